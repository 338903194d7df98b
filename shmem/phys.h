/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The primitives that write flat memory.  Each is one atomic step: what the others have written is taken in, frames
 * change, one OFLATMEM event follows.  None asks for a lock; a halted machine does nothing.
 */
#include "cpu/cpu.h"

/* flatmem[pfn] := 0; tstate := 1.  Stuck: STUCK_RANGE.  Source: AbstractMachineSpec, clear_phys_page_spec */
void clear_phys_page(struct cpu *c, u64 pfn);

/**
 * fetch_from_doracle() - @pgnum frames from @pfn on take the next values of @vmid's data oracle
 *
 * With 0 frames, which is stuck at frame 0 only, there is an event all the same.
 *
 * Source: AbstractMachineSpec, fetch_from_doracle_spec.  Erratum fetch-tstate
 * Stuck:  STUCK_RANGE
 */
void fetch_from_doracle(struct cpu *c, vmid_t vmid, u64 pfn, u64 pgnum);

/*
 * The frame of @outbuf (of @inbuf) takes the next value of the host's oracle; tstate := 1.  @vmid plays no part.
 * Source: AbstractMachineSpec, encrypt_mem_buf_spec, decrypt_mem_buf_spec.  Erratum mem-buf-pfn: as published the
 * argument is the frame's number, although the callers pass byte addresses.  Stuck: STUCK_RANGE
 */
void encrypt_mem_buf(struct cpu *c, vmid_t vmid, u64 inbuf, u64 outbuf);
void decrypt_mem_buf(struct cpu *c, vmid_t vmid, u64 inbuf);

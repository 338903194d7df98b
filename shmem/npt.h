/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Entries of stage-2 page tables, by byte address; the pool is told by the address. */
#include "cpu/cpu.h"

/**
 * pt_load() - read an entry
 * @addr: pool_start(vmid) <= addr < pool_end(vmid), a multiple of 8
 *
 * Source: AbstractMachineSpec, pt_load_spec0 (weak: pt_load_spec)
 * Locks:  NPT(vmid), pulled
 * Stuck:  STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER, STUCK_UNALIGNED
 */
u64 pt_load(struct cpu *c, vmid_t vmid, u64 addr);

/**
 * pt_store() - write an entry
 *
 * A write that can change a translation (a value that is no table entry in the pud pool, any value in the pmd pool) is
 * the one that a section may make: it needs tstate 0 and sets 1.
 *
 * Source: AbstractMachineSpec, pt_store_spec0 (weak: pt_store_spec)
 * Locks:  NPT(vmid), pulled
 * Stuck:  as pt_load(); STUCK_TSTATE
 */
void pt_store(struct cpu *c, vmid_t vmid, u64 addr, u64 value);

/* The root of a VM's table.  No lock.  Stuck: STUCK_RANGE.  Source: get_pt_vttbr_spec */
u64 get_pt_vttbr(struct cpu *c, vmid_t vmid);
/* No effect in the model, and never stuck. */
void set_pt_vttbr(struct cpu *c, vmid_t vmid, u64 vttbr);

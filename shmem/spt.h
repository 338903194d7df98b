/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Entries of the SMMU's page tables, by byte address; the pool is told by the address. */
#include "cpu/cpu.h"

struct obj;

/*
 * Read an entry.  @addr: SMMU_POOL_START <= addr < SMMU_POOL_END, a multiple of 8.
 * Source: AbstractMachineSpec, smmu_pt_load_spec.  Locks: SPT, pulled.
 * Stuck: STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER, STUCK_UNALIGNED
 */
u64 smmu_pt_load(struct cpu *c, u64 addr);

/*
 * Write an entry; one of the last level needs tstate 0 and sets 1.
 * Source: AbstractMachineSpec, smmu_pt_store_spec.  Locks: SPT, pulled.  Stuck: as smmu_pt_load(); STUCK_TSTATE
 */
void smmu_pt_store(struct cpu *c, u64 addr, u64 value);

/*
 * Clear the root table of a context bank.  Errata: smmu-pt-clear, smmu-pt-clear-tstate.
 * Source: AbstractMachineSpec, smmu_pt_clear_spec.  Locks: SPT, pulled.
 * Stuck: STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER, STUCK_TSTATE
 */
void smmu_pt_clear(struct cpu *c, u32 cbndx, u32 index);

/* The root of a context bank.  No lock.  Stuck: STUCK_RANGE.  Source: get_smmu_cfg_hw_ttbr_spec */
u64 get_smmu_cfg_hw_ttbr(struct cpu *c, u32 cbndx, u32 index);

/*
 * Its loop: @n entries of the root pool of @o, from @addr on, become 0; as published all writes are to @addr.  Returns the
 * address behind.
 * Source: AbstractMachineSpec, smmu_pt_clear_loop.  Locks: SPT, pulled.
 */
u64 smmu_pt_clear_loop(struct cpu *c, struct obj *o, u32 n, u64 addr);

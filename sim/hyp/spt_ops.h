/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The SMMUs' page tables, each operation one section on SPT.
 *
 * Layer: MmioSPTOps  over: MmioSPTWalk
 *
 * @cbndx: context bank 0..7 of SMMU @index 0..1; @addr: I/O virtual address in bytes, any offset in the page, < 2^40.
 * Ranges are looked at first, also on a halted machine, which then answers 0 or does nothing.
 */
#include "cpu/cpu.h"

/**
 * init_spt() - empty the table of a context bank
 * @c: holds no lock of the rank of SPT
 *
 * Source: MmioSPTOps, init_spt_spec0.  Errata: smmu-pt-clear, smmu-pt-clear-tstate
 * Locks:  SPT
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void init_spt(struct cpu *c, u32 cbndx, u32 index);

/**
 * walk_spt() - the leaf entry for an address, or 0
 *
 * Source: MmioSPTOps, walk_spt_spec0
 * Locks:  SPT
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
u64 walk_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr);

/**
 * map_spt() - write the leaf entry for an address
 * @pte: any; what was there is overwritten unseen
 *
 * Source: MmioSPTOps, map_spt_spec0
 * Locks:  SPT
 * Panics: a pool of tables is used up
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void map_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr, u64 pte);

/**
 * unmap_spt() - take the leaf entry for an address away: the entry that was there, or 0
 *
 * Source: MmioSPTOps, unmap_spt_spec0
 * Locks:  SPT
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
u64 unmap_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr);

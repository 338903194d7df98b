/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: NPTWalk  over: PTWalk
 *
 * A VM's stage-2 table as a map from guest addresses to entries.  An entry whose address bits are all 0 (PAGE_GUEST) maps
 * nothing, though it is not 0.
 */
#include "cpu/cpu.h"

/**
 * get_npt_level() - how an address is mapped
 * @addr: guest address in bytes; is_addr
 *
 * Returns 3: by a page, 2: by a block, 0: not at all, or a halted machine.
 * Source: NPTWalk, get_npt_level_spec0
 * Locks:  NPT(vmid), held by the caller
 * Stuck:  STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER
 */
u32 get_npt_level(struct cpu *c, u32 vmid, u64 addr);

/*
 * The entry that maps @addr: a PTE, or a block's; 0: none, or a halted machine.  It may be one that maps nothing.
 * Source: NPTWalk, walk_npt_spec0.  Locks, Stuck: as get_npt_level().
 */
u64 walk_npt(struct cpu *c, u32 vmid, u64 addr);

/**
 * set_npt() - map an address
 * @addr:  guest address in bytes; is_addr
 * @level: 2: a block of 2 MiB; 3: a page
 * @pte:   the entry; not 0; no table's entry at level 2.  A block begins at its address, however that is aligned.
 *
 * Tables are added as needed.  A block takes the place of a table of PTEs, whose page is lost.
 *
 * Source: NPTWalk, set_npt_spec0
 * Locks:  NPT(vmid), held by the caller; tstate 0 becomes 1
 * Panics: a pool of tables is used up; a page where a block lies.  Tables that were added stay
 * Stuck:  STUCK_RANGE, STUCK_TSTATE, STUCK_NOT_PULLED, STUCK_BARRIER
 */
void set_npt(struct cpu *c, u32 vmid, u64 addr, u32 level, u64 pte);

/* What runs loads from or stores to its memory: no effect at this level, and never stuck.  Source: NPTWalk, mem_load_ref_spec0 */
void mem_load_ref(struct cpu *c, u64 gfn, u32 reg);
/* Source: NPTWalk, mem_store_ref_spec0 */
void mem_store_ref(struct cpu *c, u64 gfn, u32 reg);

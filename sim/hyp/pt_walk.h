/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: PTWalk  over: PTAlloc
 *
 * One step of a stage-2 walk: from an entry to the entry of the next level, and the two stores of a leaf.
 */
#include "cpu/cpu.h"

/**
 * walk_pgd() - the root's entry for an address
 * @vttbr: the root's byte address, other bits are discarded
 * @addr:  guest address in bytes
 * @alloc: 1: an entry that is 0 gets a new table page first
 *
 * Returns the entry; 0: none, a halted machine, or the pool of tables is used up.
 * Source: PTWalk, walk_pgd_spec0
 * Locks:  NPT(vmid), held by the caller
 * Panics: the pool is used up (alloc_pgd_page); the entry stays 0
 * Stuck:  STUCK_RANGE (vmid; the entry lies outside the root), STUCK_NOT_PULLED, STUCK_BARRIER
 */
u64 walk_pgd(struct cpu *c, u32 vmid, u64 vttbr, u64 addr, u32 alloc);

/* From a root's entry @pgd, 0: none, to the PUD entry.  Source: PTWalk, walk_pud_spec0.  All else: as walk_pgd(). */
u64 walk_pud(struct cpu *c, u32 vmid, u64 pgd, u64 addr, u32 alloc);

/*
 * From a PUD entry @pud, 0: none, to the PMD entry, which may be a block: the caller looks.  Source: PTWalk, walk_pmd_spec0.
 * All else: as walk_pgd().
 */
u64 walk_pmd(struct cpu *c, u32 vmid, u64 pud, u64 addr, u32 alloc);

/* From a PMD entry @pmd that is a table's, 0: none, to the PTE.  Source: PTWalk, walk_pte_spec0.  Stuck: as walk_pgd(). */
u64 walk_pte(struct cpu *c, u32 vmid, u64 pmd, u64 addr);

/**
 * set_pmd() - write a PMD entry, a block: the one change that a section may make
 * @pud: the PUD entry that names its table
 * @pmd: no table's entry
 *
 * Source: PTWalk, set_pmd_spec0
 * Locks:  NPT(vmid), held by the caller; tstate 0 becomes 1
 * Stuck:  STUCK_RANGE (vmid; a table's entry; the table lies outside its pool), STUCK_TSTATE, STUCK_NOT_PULLED,
 *         STUCK_BARRIER
 */
void set_pmd(struct cpu *c, u32 vmid, u64 pud, u64 addr, u64 pmd);

/* Write a PTE.  @pmd: the PMD entry that names its table; @addr: is_addr.  Source: PTWalk, set_pte_spec0.  Stuck: as set_pmd(). */
void set_pte(struct cpu *c, u32 vmid, u64 pmd, u64 addr, u64 pte);

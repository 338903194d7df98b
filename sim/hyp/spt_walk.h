/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The SMMUs' page tables: one root of 1024 entries for each context bank, two pools of 256 tables below.
 *
 * Layer: MmioPTAlloc, MmioPTWalk, MmioSPTWalk  over: NPTOps
 *
 * None takes a lock or writes an event: the caller holds SPT.  A halted machine answers 0 or does nothing; then the
 * lock is looked at, then ranges (MmioSPTWalk: ranges come first).  Entries of tables are the table's address | 3.
 */
#include "cpu/cpu.h"

/**
 * alloc_smmu_pgd_page() - the next table for second-level entries: its address in bytes; its 512 entries are 0
 *
 * Tables are never given back.  The layer's specification lets the cursor begin at SMMU_POOL_START; here it is the
 * pool's own start, as in walk_smmu_pgd_spec and valid_lspt.
 *
 * Source: MmioPTAlloc, alloc_smmu_pgd_page_spec0
 * Locks:  SPT is held
 * Panics: all 256 are out; the answer is 0
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (the cursor is not in SMMU_PGD_START..SMMU_PMD_START)
 */
u64 alloc_smmu_pgd_page(struct cpu *c);

/**
 * alloc_smmu_pmd_page() - the next table for leaf entries
 *
 * Source: MmioPTAlloc, alloc_smmu_pmd_page_spec0
 * Locks:  SPT is held
 * Panics: all 256 are out; the answer is 0
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (the cursor is not in SMMU_PMD_START..SMMU_POOL_END)
 */
u64 alloc_smmu_pmd_page(struct cpu *c);

/**
 * walk_smmu_pgd() - the root entry for @addr, or 0
 * @ttbr:  root in bytes, as get_smmu_cfg_hw_ttbr() gives it
 * @addr:  I/O virtual address in bytes
 * @alloc: 1: a missing table is made; any other number: it is not
 *
 * Source: MmioPTWalk, walk_smmu_pgd_spec0
 * Locks:  SPT is held
 * Panics: alloc_smmu_pgd_page(); nothing is stored
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (the entry is not in the pool of roots)
 */
u64 walk_smmu_pgd(struct cpu *c, u64 ttbr, u64 addr, u32 alloc);

/**
 * walk_smmu_pmd() - the second-level entry for @addr, or 0
 * @pgd: root entry; 0: there is no table, whatever @alloc is
 *
 * Source: MmioPTWalk, walk_smmu_pmd_spec0
 * Locks:  SPT is held
 * Panics: alloc_smmu_pmd_page(); nothing is stored
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (the entry is not in the pool of second-level tables)
 */
u64 walk_smmu_pmd(struct cpu *c, u64 pgd, u64 addr, u32 alloc);

/**
 * walk_smmu_pte() - the leaf entry for @addr, or 0
 * @pmd: second-level entry; 0: there is no table
 *
 * Source: MmioPTWalk, walk_smmu_pte_spec0
 * Locks:  SPT is held
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (the entry is not in the pool of leaf tables)
 */
u64 walk_smmu_pte(struct cpu *c, u64 pmd, u64 addr);

/**
 * set_smmu_pte() - write the leaf entry for @addr; tstate := 1
 * @pmd: second-level entry; 0 is stuck
 *
 * Source: MmioPTWalk, set_smmu_pte_spec0
 * Locks:  SPT is held
 * Stuck:  STUCK_TSTATE, then STUCK_NOT_PULLED; STUCK_RANGE (the entry is not in the pool of leaf tables)
 */
void set_smmu_pte(struct cpu *c, u64 pmd, u64 addr, u64 pte);

/**
 * clear_smmu_pt() - empty the root of a context bank; the tables below stay allocated
 * @cbndx, @index: context bank 0..7 of SMMU 0..1
 *
 * Source: MmioSPTWalk, clear_smmu_pt_spec0.  Errata: smmu-pt-clear, smmu-pt-clear-tstate
 * Locks:  SPT is held
 * Stuck:  STUCK_RANGE; STUCK_NOT_PULLED; STUCK_TSTATE
 */
void clear_smmu_pt(struct cpu *c, u32 cbndx, u32 index);

/**
 * walk_smmu_pt() - the leaf entry of a context bank for @addr, or 0
 * @addr: I/O virtual address in bytes, < 2^40
 *
 * Source: MmioSPTWalk, walk_smmu_pt_spec0
 * Locks:  SPT is held
 * Stuck:  STUCK_RANGE, also on a halted machine; STUCK_NOT_PULLED
 */
u64 walk_smmu_pt(struct cpu *c, u32 cbndx, u32 index, u64 addr);

/**
 * set_smmu_pt() - write the leaf entry of a context bank for @addr, and make the tables that it needs
 * @addr: I/O virtual address in bytes, < 2^40
 * @pte:  any; 0 unmaps.  What was there is overwritten unseen.
 *
 * Source: MmioSPTWalk, set_smmu_pt_spec0
 * Locks:  SPT is held
 * Panics: a pool is used up: the leaf is not written, a second-level table may be
 * Stuck:  STUCK_RANGE, also on a halted machine; STUCK_TSTATE; STUCK_NOT_PULLED
 */
void set_smmu_pt(struct cpu *c, u32 cbndx, u32 index, u64 addr, u64 pte);

/*
 * What a device behind a bank does: no effect at this layer, and never stuck.
 * Source: MmioSPTWalk, dev_load_ref_spec0, dev_store_ref_spec0
 */
void dev_load_ref(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);
void dev_store_ref(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: PTAlloc  over: AbstractMachine
 *
 * Pages for the tables of a VM's stage-2 translation, from its own pool: three kinds, each with a cursor that only grows.  A
 * pool is named after the entries that point to its pages.  A page is 0 because nobody ever used it.
 */
#include "cpu/cpu.h"

/**
 * alloc_pgd_page() - the next page for PUD entries
 *
 * Returns its byte address; 0 on a halted machine, and when the pool is used up.
 * Source: PTAlloc, alloc_pgd_page_spec0
 * Locks:  NPT(vmid), held by the caller
 * Panics: the pool is used up; the cursor stays
 * Stuck:  STUCK_RANGE (vmid; a cursor outside its pool), STUCK_NOT_PULLED, STUCK_BARRIER
 */
u64 alloc_pgd_page(struct cpu *c, u32 vmid);

/* The next page for PMD entries.  Source: PTAlloc, alloc_pud_page_spec0.  All else: as alloc_pgd_page(). */
u64 alloc_pud_page(struct cpu *c, u32 vmid);

/* The next page for PTEs.  Source: PTAlloc, alloc_pmd_page_spec0.  All else: as alloc_pgd_page(). */
u64 alloc_pmd_page(struct cpu *c, u32 vmid);

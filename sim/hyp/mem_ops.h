/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: MemoryOps  over: MemManager
 *
 * Ranges of pages: one atomic operation a page, and the other CPUs may do anything between two of them.  No lock is held
 * from one to the next.
 *
 * All: nothing on a halted machine.  A panic ends the range where it is: what came before is done.
 * Stuck: STUCK_RANGE, also at a page within the range; as the functions that they call.
 */
#include "cpu/cpu.h"

/* The pages of @size bytes, rounded up. */
static inline u64 pages_of(u64 size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}

/**
 * clear_vm_range() - pages of a VM go back to the host (clear_vm_page())
 * @vmid: is_vmid
 * @pfn:  the first; is_pfn, as every one
 * @num:  how many; is_pfn
 *
 * Source: MemoryOps, clear_vm_range_spec
 * Locks:  for each page S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: as clear_vm_page()
 */
void clear_vm_range(struct cpu *c, u32 vmid, u64 pfn, u64 num);

/**
 * prot_and_map_vm_s2pt() - give pages of the host to a VM (assign_pfn_to_vm()), then map them (map_pfn_vm())
 * @vmid:  is_vmid
 * @addr:  guest address in bytes; is_addr
 * @pte:   the address of the first page; other bits are discarded; as published at level 2 it need not be that of a block
 * @level: 2: the block around @addr, 512 pages; any other: one page
 *
 * Source: MemoryOps, prot_and_map_vm_s2pt_spec.  Errata: block-not-aligned, host-outside-spec
 * Locks:  for each page S2PAGE, inside it NPT(HOSTVISOR); then NPT(vmid)
 * Panics: as assign_pfn_to_vm(), map_pfn_vm(); errata intended: a block that is not aligned, frames that are not is_pfn; no lock
 *         is held then
 */
void prot_and_map_vm_s2pt(struct cpu *c, u32 vmid, u64 addr, u64 pte, u32 level);

/**
 * grant_stage2_sg_gpa() - a VM shares what it maps at a range of its addresses with the host (grant_vm_page())
 * @vmid: is_vm
 * @addr: first guest address in bytes; is_addr
 * @size: bytes, rounded up to pages; is_addr.  Where the range begins in its page is not added to it
 *
 * Addresses that are not mapped are passed over.  As published entry and level of each are read in two sections.
 *
 * Source: MemoryOps, grant_stage2_sg_gpa_spec.  Erratum grant-two-sections
 * Locks:  for each page NPT(vmid), as published twice; then S2PAGE
 */
void grant_stage2_sg_gpa(struct cpu *c, u32 vmid, u64 addr, u64 size);

/*
 * The VM shares it no more (revoke_vm_page()).  Source: MemoryOps, revoke_stage2_sg_gpa_spec.  Arguments: as
 * grant_stage2_sg_gpa(), and its erratum.  Locks: for each page NPT(vmid), as published twice; then S2PAGE, inside it NPT(HOSTVISOR).  Panics: as
 * revoke_vm_page()
 */
void revoke_stage2_sg_gpa(struct cpu *c, u32 vmid, u64 addr, u64 size);

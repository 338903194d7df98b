// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mem_ops.h"

#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"

void clear_vm_range(struct cpu *c, u32 vmid, u64 pfn, u64 num)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_pfn(pfn) && is_pfn(num), STUCK_RANGE, vmid, pfn, num);
	for (; num > 0 && !cpu_halted(c); pfn++, num--)
		clear_vm_page(c, vmid, pfn);
}

/*
 * May the VM get what the entry names?  As far as the entry says.
 * SOURCE: nobody asks whether it names physical addresses, nor whether a block's is that of a block (prot_and_map_vm_s2pt)
 */
static bool entry_ok(struct cpu *c, u32 vmid, u64 addr, u64 pte, u32 level)
{
	u64 last = phys_page(pte) / PAGE_SIZE + (level == 2 ? PMD_PAGE_NUM - 1 : 0);

	if (!published(c, ERRATUM_HOST_OUTSIDE_SPEC) && !is_pfn(last))
		panic(c, PANIC_ENTRY_BEYOND, vmid, addr, pte, level);
	else if (!published(c, ERRATUM_BLOCK_NOT_ALIGNED) && level == 2 &&
	         phys_page(pte) % PMD_SIZE != 0)
		panic(c, PANIC_BLOCK_NOT_ALIGNED, vmid, addr, pte);
	return !cpu_halted(c);
}

void prot_and_map_vm_s2pt(struct cpu *c, u32 vmid, u64 addr, u64 pte, u32 level)
{
	u64 pfn = phys_page(pte) / PAGE_SIZE, gfn = addr / PAGE_SIZE;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr, pte, level);
	if (!entry_ok(c, vmid, addr, pte, level))
		return;
	if (level == 2) {
		gfn = gfn / PTRS_PER_PMD * PTRS_PER_PMD;
		for (u64 num = PMD_PAGE_NUM; num > 0 && !cpu_halted(c); gfn++, pfn++, num--)
			assign_pfn_to_vm(c, vmid, gfn, pfn);
	} else {
		assign_pfn_to_vm(c, vmid, gfn, pfn);
		level = 3;
	}
	map_pfn_vm(c, vmid, addr, pte, level);
}

/*
 * Is the entry at an address, read before, a block's?
 * SOURCE: the level is read in a section of its own, and the table may change between the two (grant_stage2_sg_gpa,
 * revoke_stage2_sg_gpa)
 */
static bool is_block(struct cpu *c, u32 vmid, u64 addr, u64 pte)
{
	return published(c, ERRATUM_GRANT_TWO_SECTIONS) ? get_level_s2pt(c, vmid, addr) == 2
	                                                : !is_table(pte);
}

/* The frame at a VM's address; 0: none. */
static u64 frame_at(struct cpu *c, u32 vmid, u64 addr)
{
	u64 pte = walk_s2pt(c, vmid, addr);
	bool block = is_block(c, vmid, addr, pte);

	if (phys_page(pte) == 0)
		return 0;
	return phys_page(pte) / PAGE_SIZE + (block ? addr / PAGE_SIZE & (PTRS_PER_PMD - 1) : 0);
}

void grant_stage2_sg_gpa(struct cpu *c, u32 vmid, u64 addr, u64 size)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_addr(addr) && is_addr(size), STUCK_RANGE, vmid, addr, size);
	for (u64 num = pages_of(size); num > 0 && !cpu_halted(c); addr += PAGE_SIZE, num--) {
		u64 pfn = frame_at(c, vmid, addr);

		if (pfn != 0)
			grant_vm_page(c, vmid, pfn);
	}
}

void revoke_stage2_sg_gpa(struct cpu *c, u32 vmid, u64 addr, u64 size)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_addr(addr) && is_addr(size), STUCK_RANGE, vmid, addr, size);
	for (u64 num = pages_of(size); num > 0 && !cpu_halted(c); addr += PAGE_SIZE, num--) {
		u64 pfn = frame_at(c, vmid, addr);

		if (pfn != 0)
			revoke_vm_page(c, vmid, pfn);
	}
}

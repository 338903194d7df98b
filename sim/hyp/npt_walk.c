// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/npt_walk.h"

#include "shmem/fixed.h"
#include "shmem/npt.h"
#include "shmem/tlb.h"
#include "sim/hyp/pt_walk.h"

/* The PMD entry of an address: a table's, a block's or none's. */
static u64 pmd_of(struct cpu *c, u32 vmid, u64 addr)
{
	u64 pgd = walk_pgd(c, vmid, get_pt_vttbr(c, vmid), addr, 0);
	u64 pud = walk_pud(c, vmid, pgd, addr, 0);

	return walk_pmd(c, vmid, pud, addr, 0);
}

u32 get_npt_level(struct cpu *c, u32 vmid, u64 addr)
{
	u32 level = 2;
	u64 entry;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr);
	entry = pmd_of(c, vmid, addr);
	if (is_table(entry)) {
		entry = walk_pte(c, vmid, entry, addr);
		level = 3;
	}
	return check(c, phys_page(entry) == 0 ? 0 : level);
}

u64 walk_npt(struct cpu *c, u32 vmid, u64 addr)
{
	u64 pmd;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr);
	pmd = pmd_of(c, vmid, addr);
	return check64(c, is_table(pmd) ? walk_pte(c, vmid, pmd, addr) : pmd);
}

void set_npt(struct cpu *c, u32 vmid, u64 addr, u32 level, u64 pte)
{
	u64 pgd, pud, pmd;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr, level, pte);
	RELY(c, (level == 2 || level == 3) && pte != 0, STUCK_RANGE, vmid, addr, level, pte);
	RELY(c, c->tstate == 0, STUCK_TSTATE, vmid, addr, level, pte);
	pgd = walk_pgd(c, vmid, get_pt_vttbr(c, vmid), addr, 1);
	pud = walk_pud(c, vmid, pgd, addr, 1);
	if (level == 2) {
		set_pmd(c, vmid, pud, addr, pte);
		tlb_invalidate_begin_block(c, vmid, addr / PAGE_SIZE);
		return;
	}
	pmd = walk_pmd(c, vmid, pud, addr, 1);
	if (is_table(pmd)) {
		set_pte(c, vmid, pmd, addr, pte);
		tlb_invalidate_begin(c, vmid, addr / PAGE_SIZE);
	} else {
		panic(c, PANIC_BLOCK_IN_THE_WAY, vmid, addr, pmd);
	}
}

void mem_load_ref(struct cpu *c, u64 gfn, u32 reg)
{
	mem_load_raw(c, gfn, reg);
}

void mem_store_ref(struct cpu *c, u64 gfn, u32 reg)
{
	mem_store_raw(c, gfn, reg);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/pt_walk.h"

#include "shmem/npt.h"
#include "sim/hyp/pt_alloc.h"

/* Byte address of entry @index of the table that @entry names. */
static u64 entry_at(u64 entry, u64 index)
{
	return phys_page(entry) | index * sizeof(u64);
}

u64 walk_pgd(struct cpu *c, u32 vmid, u64 vttbr, u64 addr, u32 alloc)
{
	u64 at = entry_at(vttbr, pgd_index(addr)), pgd;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, vttbr, addr);
	RELY(c, pool_start(vmid) <= at && at < pgd_start(vmid), STUCK_RANGE, vmid, vttbr, addr);
	pgd = pt_load(c, vmid, at);
	if (pgd == 0 && alloc == 1) {
		pgd = alloc_pgd_page(c, vmid) | PUD_TYPE_TABLE;
		pt_store(c, vmid, at, pgd);
	}
	return check64(c, pgd);
}

u64 walk_pud(struct cpu *c, u32 vmid, u64 pgd, u64 addr, u32 alloc)
{
	u64 at = entry_at(pgd, pud_index(addr)), pud;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, pgd, addr);
	if (pgd == 0)
		return 0;
	RELY(c, pgd_start(vmid) <= at && at < pud_start(vmid), STUCK_RANGE, vmid, pgd, addr);
	pud = pt_load(c, vmid, at);
	if (pud == 0 && alloc == 1) {
		pud = alloc_pud_page(c, vmid) | PUD_TYPE_TABLE;
		pt_store(c, vmid, at, pud);
	}
	return check64(c, pud);
}

u64 walk_pmd(struct cpu *c, u32 vmid, u64 pud, u64 addr, u32 alloc)
{
	u64 at = entry_at(pud, pmd_index(addr)), pmd;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, pud, addr);
	if (pud == 0)
		return 0;
	RELY(c, pud_start(vmid) <= at && at < pmd_start(vmid), STUCK_RANGE, vmid, pud, addr);
	pmd = pt_load(c, vmid, at);
	if (pmd == 0 && alloc == 1) {
		pmd = alloc_pmd_page(c, vmid) | PMD_TYPE_TABLE;
		pt_store(c, vmid, at, pmd);
	}
	return check64(c, pmd);
}

u64 walk_pte(struct cpu *c, u32 vmid, u64 pmd, u64 addr)
{
	u64 at = entry_at(pmd, pte_index(addr));

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, pmd, addr);
	if (pmd == 0)
		return 0;
	RELY(c, pmd_start(vmid) <= at && at < pool_end(vmid), STUCK_RANGE, vmid, pmd, addr);
	return check64(c, pt_load(c, vmid, at));
}

void set_pmd(struct cpu *c, u32 vmid, u64 pud, u64 addr, u64 pmd)
{
	u64 at = entry_at(pud, pmd_index(addr));

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && !is_table(pmd), STUCK_RANGE, vmid, pud, addr, pmd);
	RELY(c, pud_start(vmid) <= at && at < pmd_start(vmid), STUCK_RANGE, vmid, pud, addr, pmd);
	pt_store(c, vmid, at, pmd);
}

void set_pte(struct cpu *c, u32 vmid, u64 pmd, u64 addr, u64 pte)
{
	u64 at = entry_at(pmd, pte_index(addr));

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, pmd, addr, pte);
	RELY(c, pmd_start(vmid) <= at && at < pool_end(vmid), STUCK_RANGE, vmid, pmd, addr, pte);
	pt_store(c, vmid, at, pte);
}

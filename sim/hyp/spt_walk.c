// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/spt_walk.h"

#include "shmem/fields.h"
#include "shmem/fixed.h"
#include "shmem/spt.h"
#include "shmem/tlb.h"

/* The layers' specifications ask for the lock before they look at anything, the bodies when they load or store. */
#define RELY_SPT(c, ...) \
	RELY(c, (c)->lock[SPT_ID] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, __VA_ARGS__)

static u64 slot_of(u64 entry, u64 i)
{
	return phys_page(entry) | i * sizeof(u64);
}

u64 alloc_smmu_pgd_page(struct cpu *c)
{
	u64 next;

	if (cpu_halted(c))
		return 0;
	next = get_smmu_pgd_next(c);
	RELY(c, next >= SMMU_PGD_START && next <= SMMU_PMD_START, STUCK_RANGE, next);
	if (next + PAGE_SIZE <= SMMU_PMD_START)
		set_smmu_pgd_next(c, next + PAGE_SIZE);
	else
		panic(c, PANIC_SMMU_PGD_POOL, next);
	return check64(c, next);
}

u64 alloc_smmu_pmd_page(struct cpu *c)
{
	u64 next;

	if (cpu_halted(c))
		return 0;
	next = get_smmu_pmd_next(c);
	RELY(c, next >= SMMU_PMD_START && next <= SMMU_POOL_END, STUCK_RANGE, next);
	if (next + PAGE_SIZE <= SMMU_POOL_END)
		set_smmu_pmd_next(c, next + PAGE_SIZE);
	else
		panic(c, PANIC_SMMU_PMD_POOL, next);
	return check64(c, next);
}

u64 walk_smmu_pgd(struct cpu *c, u64 ttbr, u64 addr, u32 alloc)
{
	u64 slot = slot_of(ttbr, stage2_pgd_index(addr)), pgd;

	if (cpu_halted(c))
		return 0;
	RELY_SPT(c, ttbr, addr, alloc);
	RELY(c, slot >= SMMU_POOL_START && slot < SMMU_PGD_START, STUCK_RANGE, ttbr, addr, alloc);
	pgd = smmu_pt_load(c, slot);
	if (pgd == 0 && alloc == 1) {
		pgd = alloc_smmu_pgd_page(c) | PUD_TYPE_TABLE;
		smmu_pt_store(c, slot, pgd);
	}
	return check64(c, pgd);
}

u64 walk_smmu_pmd(struct cpu *c, u64 pgd, u64 addr, u32 alloc)
{
	u64 slot = slot_of(pgd, pmd_index(addr)), pmd;

	if (cpu_halted(c))
		return 0;
	RELY_SPT(c, pgd, addr, alloc);
	if (pgd == 0)
		return check64(c, 0);
	RELY(c, slot >= SMMU_PGD_START && slot < SMMU_PMD_START, STUCK_RANGE, pgd, addr, alloc);
	pmd = smmu_pt_load(c, slot);
	if (pmd == 0 && alloc == 1) {
		pmd = alloc_smmu_pmd_page(c) | PMD_TYPE_TABLE;
		smmu_pt_store(c, slot, pmd);
	}
	return check64(c, pmd);
}

u64 walk_smmu_pte(struct cpu *c, u64 pmd, u64 addr)
{
	u64 slot = slot_of(pmd, pte_index(addr));

	if (cpu_halted(c))
		return 0;
	RELY_SPT(c, pmd, addr);
	if (pmd == 0)
		return check64(c, 0);
	RELY(c, slot >= SMMU_PMD_START && slot < SMMU_POOL_END, STUCK_RANGE, pmd, addr);
	return check64(c, smmu_pt_load(c, slot));
}

void set_smmu_pte(struct cpu *c, u64 pmd, u64 addr, u64 pte)
{
	u64 slot = slot_of(pmd, pte_index(addr));

	if (cpu_halted(c))
		return;
	RELY(c, c->tstate == 0, STUCK_TSTATE, pmd, addr, pte);
	RELY_SPT(c, pmd, addr, pte);
	RELY(c, slot >= SMMU_PMD_START && slot < SMMU_POOL_END, STUCK_RANGE, pmd, addr, pte);
	smmu_pt_store(c, slot, pte);
}

void clear_smmu_pt(struct cpu *c, u32 cbndx, u32 index)
{
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, index);
	smmu_pt_clear(c, cbndx, index);
	tlb_invalidate_begin_bank(c, cbndx, index);
}

u64 walk_smmu_pt(struct cpu *c, u32 cbndx, u32 index, u64 addr)
{
	u64 ttbr, pgd, pmd, pte;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(addr), STUCK_RANGE, cbndx,
	     index, addr);
	ttbr = get_smmu_cfg_hw_ttbr(c, cbndx, index);
	pgd = walk_smmu_pgd(c, ttbr, addr, 0);
	pmd = walk_smmu_pmd(c, pgd, addr, 0);
	pte = walk_smmu_pte(c, pmd, addr);
	return check64(c, pte);
}

void set_smmu_pt(struct cpu *c, u32 cbndx, u32 index, u64 addr, u64 pte)
{
	u64 ttbr, pgd, pmd;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(addr), STUCK_RANGE, cbndx,
	     index, addr, pte);
	if (cpu_halted(c))
		return;
	RELY(c, c->tstate == 0, STUCK_TSTATE, cbndx, index, addr, pte);
	ttbr = get_smmu_cfg_hw_ttbr(c, cbndx, index);
	pgd = walk_smmu_pgd(c, ttbr, addr, 1);
	pmd = walk_smmu_pmd(c, pgd, addr, 1);
	set_smmu_pte(c, pmd, addr, pte);
	tlb_invalidate_begin_bank_page(c, cbndx, index, addr / PAGE_SIZE);
}

void dev_load_ref(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	dev_load_raw(c, gfn, reg, cbndx, index);
}

void dev_store_ref(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	dev_store_raw(c, gfn, reg, cbndx, index);
}

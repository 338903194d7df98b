// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/walk.h"

#include "shmem/obj/obj.h"
#include "shmem/shared.h"

/* The one read that takes no lock.  Not instrumented: that it races is what it is for. */
__attribute__((no_sanitize("thread"), noinline)) static u64 peek_cell(const u64 *cell)
{
	return *(const volatile u64 *)cell;
}

static u64 peek(struct cpu *c, lk_t id, u32 field, u64 index)
{
	return peek_cell(obj_cell(&c->shared->obj[id], field, index));
}

/* With a scripted environment: what the others did. */
static void take_in(struct cpu *c, lk_t id)
{
	if (unlikely(c->env)) {
		c->env->query(c, id);
		c->env->pull(c, id, true);
	}
}

/* An entry; one that lies outside its pool names nothing. */
static u64 entry(struct cpu *c, lk_t id, u32 pool, u64 table, u64 i)
{
	u64 at = phys_page(table) | i * sizeof(u64);

	return obj_index_ok(id, pool, at) ? peek(c, id, pool, at) : 0;
}

u64 walk_stage2(struct cpu *c, vmid_t vmid, u64 gfn)
{
	lk_t id = NPT_ID + vmid;
	u64 addr = gfn * PAGE_SIZE, e;

	if (!is_gfn(gfn))
		return 0;
	take_in(c, id);
	e = entry(c, id, F_NPT_pt_vttbr_pool, pt_vttbr(vmid), pgd_index(addr));
	e = entry(c, id, F_NPT_pt_pgd_pool, e, pud_index(addr));
	e = entry(c, id, F_NPT_pt_pud_pool, e, pmd_index(addr));
	if (is_table(e))
		return phys_page(entry(c, id, F_NPT_pt_pmd_pool, e, pte_index(addr))) / PAGE_SIZE;
	/* A block of 512 pages, or nothing. */
	return phys_page(e) ? phys_page(e) / PAGE_SIZE + gfn % PTRS_PER_PMD : 0;
}

u64 walk_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	u64 addr = gfn * PAGE_SIZE, e;

	if (!is_pfn(gfn))
		return 0;
	take_in(c, SPT_ID);
	e = entry(c, SPT_ID, F_SPT_spt_vttbr_pool, SMMU_TTBR(index, cbndx), stage2_pgd_index(addr));
	e = entry(c, SPT_ID, F_SPT_spt_pgd_pool, e, pmd_index(addr));
	e = entry(c, SPT_ID, F_SPT_spt_pmd_pool, e, pte_index(addr));
	return phys_page(e) / PAGE_SIZE;
}

u32 peek_s2_page_vmid(struct cpu *c, u64 index)
{
	take_in(c, S2PAGE_ID);
	return is_s2page(index) ? (u32)peek(c, S2PAGE_ID, F_S2PAGE_s2_owner, index) : INVALID;
}

u32 peek_s2_page_count(struct cpu *c, u64 index)
{
	take_in(c, S2PAGE_ID);
	return is_s2page(index) ? (u32)peek(c, S2PAGE_ID, F_S2PAGE_s2_count, index) : INVALID;
}

u32 peek_vm_state(struct cpu *c, vmid_t vmid)
{
	take_in(c, INFO_ID + vmid);
	return (u32)peek(c, INFO_ID + vmid, F_INFO_vm_state, 0);
}

u32 peek_smmu_cfg_vmid(struct cpu *c, u32 cbndx, u32 index)
{
	take_in(c, SMMU_ID);
	return (u32)peek(c, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(index, cbndx));
}

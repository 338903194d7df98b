// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/walk.h"

#include "cpu/point.h"
#include "lock/ticket.h"
#include "lock/word.h"
#include "shmem/obj/obj.h"
#include "shmem/shared.h"

/* The one read that takes no lock.  Not instrumented: that it races is what it is for. */
__attribute__((no_sanitize("thread"), noinline)) static u64 peek_cell(const u64 *cell)
{
	return *(const volatile u64 *)cell;
}

static u64 peek(struct cpu *c, lk_t id, u32 field, u64 index)
{
	if (unlikely(c->points))
		point_look(c, &c->shared->obj[id], field, index);
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

struct seen seen_begin(struct cpu *c, lk_t lk)
{
	return (struct seen){ .lk = lk, .before = word_over(&c->locks->lock[lk].word) };
}

void seen_end(struct cpu *c, struct seen *s)
{
	s->after = word_begun(&c->locks->lock[s->lk].word);
}

/* An entry; one that lies outside its pool names nothing. */
static u64 entry(struct cpu *c, lk_t id, u32 pool, u64 table, u64 i)
{
	u64 at = phys_page(table) | i * sizeof(u64);

	return obj_index_ok(id, pool, at) ? peek(c, id, pool, at) : 0;
}

/* By the entry that leads to a page, or by that of a block: if it names a frame. */
static struct walked found(u64 e, u32 level, u64 page)
{
	u64 pfn = phys_page(e) ? phys_page(e) / PAGE_SIZE + page : 0;

	return (struct walked){ .pfn = pfn, .level = pfn ? level : 0 };
}

static struct walked stage2(struct cpu *c, lk_t id, u64 gfn)
{
	vmid_t vmid = id - NPT_ID;
	u64 addr = gfn * PAGE_SIZE, e;

	e = entry(c, id, F_NPT_pt_vttbr_pool, pt_vttbr(vmid), pgd_index(addr));
	e = entry(c, id, F_NPT_pt_pgd_pool, e, pud_index(addr));
	e = entry(c, id, F_NPT_pt_pud_pool, e, pmd_index(addr));
	if (is_table(e))
		return found(entry(c, id, F_NPT_pt_pmd_pool, e, pte_index(addr)), 3, 0);
	return found(e, 2, gfn % PTRS_PER_PMD);
}

struct walked look_stage2(struct cpu *c, vmid_t vmid, u64 gfn)
{
	lk_t id = NPT_ID + vmid;
	struct walked w = { .level = 0 };
	struct seen seen;

	if (is_gfn(gfn))
		take_in(c, id);
	seen = seen_begin(c, id);
	if (is_gfn(gfn))
		w = stage2(c, id, gfn);
	seen_end(c, &seen);
	w.seen = seen;
	return w;
}

static struct walked bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	u64 addr = gfn * PAGE_SIZE, e;

	e = entry(c, SPT_ID, F_SPT_spt_vttbr_pool, SMMU_TTBR(index, cbndx), stage2_pgd_index(addr));
	e = entry(c, SPT_ID, F_SPT_spt_pgd_pool, e, pmd_index(addr));
	e = entry(c, SPT_ID, F_SPT_spt_pmd_pool, e, pte_index(addr));
	return found(e, 3, 0);
}

struct walked look_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	struct walked w = { .level = 0 };
	struct seen seen;

	if (is_pfn(gfn))
		take_in(c, SPT_ID);
	seen = seen_begin(c, SPT_ID);
	if (is_pfn(gfn))
		w = bank(c, cbndx, index, gfn);
	seen_end(c, &seen);
	w.seen = seen;
	return w;
}

u64 peek_object(struct cpu *c, lk_t id, u32 field, u64 index)
{
	return peek_cell(obj_cell(&c->shared->obj[id], field, index));
}

u64 walk_stage2(struct cpu *c, vmid_t vmid, u64 gfn)
{
	return look_stage2(c, vmid, gfn).pfn;
}

u64 walk_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	return look_bank(c, cbndx, index, gfn).pfn;
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

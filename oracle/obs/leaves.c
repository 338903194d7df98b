// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/obs/leaves.h"

#include "sim/base/addr.h"

enum { SLOTS = 512, SLOT_BITS = 9, SPT_ROOT_SLOTS = 1024 };

/**
 * struct walk - a table that is gone through
 * @pool:   [levels] the field of each level's pages
 * @blocks: the level whose entries may map 512 gfns; @levels: none
 */
struct walk {
	const struct obj *o;
	const u32 *pool;
	u32 levels, blocks;
	leaf_fn fn;
	void *arg;
};

/* The 512 gfns of a block.  [walk of level 2: phys_page(e2) / 4096 + (gfn & 511); 0 where it is 0] */
static void block(const struct walk *w, u64 gfn, u64 entry)
{
	u64 pfn = phys_page(entry) / PAGE_SIZE;

	for (u64 i = 0; i < SLOTS; i++)
		w->fn(w->arg, gfn + i, pfn ? pfn + i : 0, entry);
}

/* The table page at address @page, whose first entry stands for @gfn; @level from 0 on. */
static void page(const struct walk *w, u32 level, u64 at, u32 slots, u64 gfn)
{
	u64 gfns = 1ull << (w->levels - 1 - level) * SLOT_BITS;

	if (!obj_index_ok(w->o->id, w->pool[level], at))
		return;
	for (u32 i = 0; i < slots; i++, gfn += gfns) {
		u64 entry = obj_get(w->o, w->pool[level], at + 8ull * i);

		if (entry == 0)
			continue;
		if (level + 1 == w->levels)
			w->fn(w->arg, gfn, phys_page(entry) / PAGE_SIZE, entry);
		else if (level == w->blocks && !is_table(entry))
			block(w, gfn, entry);
		else
			page(w, level + 1, phys_page(entry), SLOTS, gfn);
	}
}

void obs_each_npt(const struct obj *o, vmid_t vmid, leaf_fn fn, void *arg)
{
	static const u32 pool[] = { F_NPT_pt_vttbr_pool, F_NPT_pt_pgd_pool, F_NPT_pt_pud_pool,
		                    F_NPT_pt_pmd_pool };
	struct walk w = { .o = o, .pool = pool, .levels = 4, .blocks = 2, .fn = fn, .arg = arg };

	page(&w, 0, pool_start(vmid), SLOTS, 0);
}

void obs_each_spt(const struct obj *o, u32 bank, leaf_fn fn, void *arg)
{
	static const u32 pool[] = { F_SPT_spt_vttbr_pool, F_SPT_spt_pgd_pool, F_SPT_spt_pmd_pool };
	struct walk w = { .o = o, .pool = pool, .levels = 3, .blocks = 3, .fn = fn, .arg = arg };

	page(&w, 0, SMMU_TTBR(bank / SMMU_NUM_CTXT_BANKS, bank % SMMU_NUM_CTXT_BANKS),
	     SPT_ROOT_SLOTS, 0);
}

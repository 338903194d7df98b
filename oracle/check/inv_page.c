// SPDX-License-Identifier: GPL-2.0-only
/* Records of pages.  [SecurityInvs: host_s2_map, page_0_invalid]  Keys: frames. */
#include "oracle/check/clause.h"
#include "shmem/obj/region.h"
#include "sim/base/addr.h"

static u64 locks_s2page(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(S2PAGE_ID);
}

static void touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	owe(o, c->at);
}

/* S4  A page of the host has the gfn that is the host's for it. */
static enum clause_verdict s2_map(const struct judge *j, u64 pfn, struct facts *f)
{
	struct page p = world_page(j->world, pfn);

	if (p.owner != HOSTVISOR)
		return CLAUSE_VACUOUS;
	if (p.gfn == smmu_host_gfn(pfn, errata_published(&j->errata, ERRATUM_SMMU_HOST_OFFSET)))
		return CLAUSE_HOLDS;
	facts_page(f, j->world, pfn, p);
	return CLAUSE_BROKEN;
}

static void all_pages(struct owed *o, const struct world *w)
{
	const struct fixed *fixed = world_fixed(w);

	for (u32 i = 0; i < fixed->region_cnt; i++) {
		const struct mem_region *r = &fixed->region[i];

		for (u64 n = 0; n < region_pages(r); n++)
			owe(o, r->mb_base / PAGE_SIZE + n);
	}
}

const struct clause clause_host_s2_map = {
	.id = CHK_HOST_S2_MAP,
	.row = ROW_HOST_S2_MAP,
	.changes = 1 << CH_PAGE,
	.touched = touched,
	.locks = locks_s2page,
	.holds = s2_map,
	.all = all_pages,
};

/* S5  Frame 0 is nobody's. */
static enum clause_verdict page_0(const struct judge *j, u64 pfn, struct facts *f)
{
	struct page p = world_page(j->world, pfn);

	if (p.owner == INVALID)
		return CLAUSE_HOLDS;
	facts_page(f, j->world, pfn, p);
	return CLAUSE_BROKEN;
}

static void page_0_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	if (c->at == 0)
		owe(o, 0);
}

static void page_0_all(struct owed *o, const struct world *w)
{
	(void)w;
	owe(o, 0);
}

const struct clause clause_page_0_invalid = {
	.id = CHK_PAGE_0_INVALID,
	.row = ROW_PAGE_0_INVALID,
	.changes = 1 << CH_PAGE,
	.touched = page_0_touched,
	.locks = locks_s2page,
	.holds = page_0,
	.all = page_0_all,
};

/* X8  A page of the host has a count of at most 16, one of a VM of at most 100, or INVALID: a device's. */
static enum clause_verdict counts(const struct judge *j, u64 pfn, struct facts *f)
{
	struct page p = world_page(j->world, pfn);

	if (p.owner == INVALID)
		return CLAUSE_VACUOUS;
	if (p.owner == HOSTVISOR
	            ? p.count <= EL2_SMMU_CFG_SIZE
	            : p.count <= MAX_SHARE_COUNT || (is_vm(p.owner) && p.count == INVALID))
		return CLAUSE_HOLDS;
	facts_page(f, j->world, pfn, p);
	return CLAUSE_BROKEN;
}

const struct clause clause_counts = {
	.id = CHK_COUNTS,
	.row = ROW_COUNTS,
	.changes = 1 << CH_PAGE,
	.touched = touched,
	.locks = locks_s2page,
	.holds = counts,
	.all = all_pages,
};

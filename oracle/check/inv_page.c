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

/* What a clause says of the record of frame @pfn; @offset: of the host's gfns. */
typedef enum clause_verdict (*page_verdict)(u64 pfn, const struct page *p, u64 offset);

static u64 host_offset(const struct world *w)
{
	return smmu_host_gfn(0, errata_published(world_errata(w), ERRATUM_SMMU_HOST_OFFSET));
}

/* All pages of a region, of which no other has an address or a record.  False: they are not cells. */
ALWAYS_INLINE bool all_at_once(struct owed *o, const struct world *w, const struct mem_region *r,
                               page_verdict verdict)
{
	u64 holds = 0, first = r->mb_base / PAGE_SIZE, n = region_pages(r), offset = host_offset(w);
	struct page_cells c;

	if (n == 0)
		return true;
	if (!world_page_cells(w, r->mb_index, &c))
		return false;
	for (u64 i = 0; i < n; i++) {
		struct page p = { c.owner[i], c.count[i], c.gfn[i] };
		enum clause_verdict v = verdict(first + i, &p, offset);

		holds += v == CLAUSE_HOLDS;
		if (unlikely(v == CLAUSE_BROKEN))
			owe(o, first + i);
	}
	owed_hold(o, holds);
	return true;
}

/* All pages that have a record. */
ALWAYS_INLINE void all_pages(struct owed *o, const struct world *w, page_verdict verdict)
{
	const struct fixed *fixed = world_fixed(w);
	u32 at;
	bool at_once = owed_now(o, LOCK(S2PAGE_ID)) && !region_wrong(fixed, &at);

	for (u32 i = 0; i < fixed->region_cnt; i++) {
		const struct mem_region *r = &fixed->region[i];

		if (at_once && all_at_once(o, w, r, verdict))
			continue;
		for (u64 n = 0; n < region_pages(r); n++)
			owe(o, r->mb_base / PAGE_SIZE + n);
	}
}

/* S4  A page of the host has the gfn that is the host's for it. */
static inline enum clause_verdict s2_map_of(u64 pfn, const struct page *p, u64 offset)
{
	if (p->owner != HOSTVISOR)
		return CLAUSE_VACUOUS;
	return p->gfn == pfn + offset ? CLAUSE_HOLDS : CLAUSE_BROKEN;
}

static enum clause_verdict s2_map(const struct judge *j, u64 pfn, struct facts *f)
{
	struct page p = world_page(j->world, pfn);
	enum clause_verdict v = s2_map_of(pfn, &p, host_offset(j->world));

	if (v == CLAUSE_BROKEN)
		facts_page(f, j->world, pfn, p);
	return v;
}

static void s2_map_all(struct owed *o, const struct world *w)
{
	all_pages(o, w, s2_map_of);
}

const struct clause clause_host_s2_map = {
	.id = CHK_HOST_S2_MAP,
	.row = ROW_HOST_S2_MAP,
	.changes = 1 << CH_PAGE,
	.touched = touched,
	.locks = locks_s2page,
	.holds = s2_map,
	.all = s2_map_all,
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
static inline enum clause_verdict counts_of(u64 pfn, const struct page *p, u64 offset)
{
	bool ok = p->owner == HOSTVISOR
	                  ? p->count <= EL2_SMMU_CFG_SIZE
	                  : p->count <= MAX_SHARE_COUNT || (is_vm(p->owner) && p->count == INVALID);

	(void)pfn;
	(void)offset;
	if (p->owner == INVALID)
		return CLAUSE_VACUOUS;
	return ok ? CLAUSE_HOLDS : CLAUSE_BROKEN;
}

static enum clause_verdict counts(const struct judge *j, u64 pfn, struct facts *f)
{
	struct page p = world_page(j->world, pfn);
	enum clause_verdict v = counts_of(pfn, &p, 0);

	if (v == CLAUSE_BROKEN)
		facts_page(f, j->world, pfn, p);
	return v;
}

static void counts_all(struct owed *o, const struct world *w)
{
	all_pages(o, w, counts_of);
}

const struct clause clause_counts = {
	.id = CHK_COUNTS,
	.row = ROW_COUNTS,
	.changes = 1 << CH_PAGE,
	.touched = touched,
	.locks = locks_s2page,
	.holds = counts,
	.all = counts_all,
};

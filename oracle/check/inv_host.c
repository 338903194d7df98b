// SPDX-License-Identifier: GPL-2.0-only
/* The host's stage-2 table.  [SecurityInvs: host_npt_cons, host_flatmap, host_iso]  Keys: gfns. */
#include "oracle/check/clause.h"
#include "sim/base/addr.h"

static u64 locks_npt0(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(NPT_ID);
}

static u64 locks_s2page_npt0(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(S2PAGE_ID) | LOCK(NPT_ID);
}

static void leaf_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	for (u32 i = 0; c->who == HOSTVISOR && i < c->n; i++)
		owe(o, c->at + i);
}

static void owe_leaf(void *o, u64 gfn, u32 n, struct maplet m)
{
	(void)m;
	for (u32 i = 0; i < n; i++)
		owe(o, gfn + i);
}

static void all_leaves(struct owed *o, const struct world *w)
{
	world_each_leaf(w, HOSTVISOR, owe_leaf, o);
}

/* S2  A frame is that of its entry, not one further on in a block. */
static enum clause_verdict npt_cons(const struct judge *j, u64 gfn, struct facts *f)
{
	struct maplet m = world_npt(j->world, HOSTVISOR, gfn);

	if (m.pfn == 0)
		return CLAUSE_VACUOUS;
	if (m.pfn == phys_page(m.pte) / PAGE_SIZE)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, HOSTVISOR, gfn, m);
	return CLAUSE_BROKEN;
}

const struct clause clause_host_npt_cons = {
	.id = CHK_HOST_NPT_CONS,
	.row = ROW_HOST_NPT_CONS,
	.changes = 1 << CH_LEAF,
	.touched = leaf_touched,
	.locks = locks_npt0,
	.holds = npt_cons,
	.all = all_leaves,
};

/* S3  The host's map is flat. */
static enum clause_verdict flatmap(const struct judge *j, u64 gfn, struct facts *f)
{
	struct maplet m = world_npt(j->world, HOSTVISOR, gfn);

	if (m.pfn == 0)
		return CLAUSE_VACUOUS;
	if (m.pfn == gfn)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, HOSTVISOR, gfn, m);
	return CLAUSE_BROKEN;
}

const struct clause clause_host_flatmap = {
	.id = CHK_HOST_FLATMAP,
	.row = ROW_HOST_FLATMAP,
	.changes = 1 << CH_LEAF,
	.touched = leaf_touched,
	.locks = locks_npt0,
	.holds = flatmap,
	.all = all_leaves,
};

/* S6  A frame that the host maps is unmanaged, the host's own, or shared. */
static enum clause_verdict iso(const struct judge *j, u64 gfn, struct facts *f)
{
	struct maplet m = world_npt(j->world, HOSTVISOR, gfn);
	struct page p = world_page(j->world, m.pfn);

	if (m.pfn == 0)
		return CLAUSE_VACUOUS;
	if (p.owner == INVALID || p.owner == HOSTVISOR || p.count > 0)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, HOSTVISOR, gfn, m);
	facts_page(f, j->world, m.pfn, p);
	return CLAUSE_BROKEN;
}

static void owe_hosts(void *o, u16 who, u64 gfn, bool spt)
{
	if (who == HOSTVISOR && !spt)
		owe(o, gfn);
}

static void iso_touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind == CH_PAGE)
		world_each_mapper(w, c->at, owe_hosts, o);
	else
		leaf_touched(o, w, c);
}

const struct clause clause_host_iso = {
	.id = CHK_HOST_ISO,
	.row = ROW_HOST_ISO,
	.changes = 1 << CH_LEAF | 1 << CH_PAGE,
	.mappers = true,
	.touched = iso_touched,
	.locks = locks_s2page_npt0,
	.holds = iso,
	.all = all_leaves,
};

/* X1  A page of a VM or of the core that the host maps is shared: its count is 1 to 100. */
static enum clause_verdict host_count(const struct judge *j, u64 gfn, struct facts *f)
{
	struct maplet m = world_npt(j->world, HOSTVISOR, gfn);
	struct page p = world_page(j->world, m.pfn);

	if (m.pfn == 0 || p.owner == HOSTVISOR || p.owner == INVALID)
		return CLAUSE_VACUOUS;
	if (p.count >= 1 && p.count <= MAX_SHARE_COUNT)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, HOSTVISOR, gfn, m);
	facts_page(f, j->world, m.pfn, p);
	return CLAUSE_BROKEN;
}

const struct clause clause_host_count = {
	.id = CHK_HOST_COUNT,
	.row = ROW_HOST_COUNT,
	.changes = 1 << CH_LEAF | 1 << CH_PAGE,
	.mappers = true,
	.touched = iso_touched,
	.locks = locks_s2page_npt0,
	.holds = host_count,
	.all = all_leaves,
};

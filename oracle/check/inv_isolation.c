// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's pages: nobody but the core maps them, so nobody else can store there.  [VRM: Memory-Isolation; spec D6 (a)]
 * Keys: whose table (vmid, or BANKS + bank) and gfn.
 */
#include "oracle/check/clause.h"
#include "sim/base/addr.h"

enum { BANKS = 32 };

static struct maplet leaf(const struct world *w, u64 key)
{
	u64 who = key_a(key);

	return who >= BANKS ? world_spt(w, (u32)(who - BANKS), key_c(key))
	                    : world_npt(w, (vmid_t)who, key_c(key));
}

static u64 locks(const struct world *w, u64 key)
{
	u64 who = key_a(key);

	(void)w;
	return LOCK(S2PAGE_ID) | (who >= BANKS ? LOCK(SPT_ID) : LOCK(NPT_ID + (lk_t)who));
}

/* A frame that somebody but the core maps is not the core's, whatever its count and the VM's state. */
static enum clause_verdict isolated(const struct judge *j, u64 key, struct facts *f)
{
	struct maplet m = leaf(j->world, key);
	struct page p = world_page(j->world, m.pfn);
	u64 who = key_a(key);

	if (m.pfn == 0)
		return CLAUSE_VACUOUS;
	if (p.owner != COREVISOR)
		return CLAUSE_HOLDS;
	if (who >= BANKS)
		facts_spt(f, j->world, (u32)(who - BANKS), key_c(key), m);
	else
		facts_maplet(f, j->world, (vmid_t)who, key_c(key), m);
	facts_page(f, j->world, m.pfn, p);
	return CLAUSE_BROKEN;
}

static void owe_mapper(void *o, u16 who, u64 gfn, bool spt)
{
	if (spt || who != COREVISOR)
		owe(o, key3(spt ? BANKS + who : who, 0, gfn));
}

static void touched(struct owed *o, const struct world *w, const struct change *c)
{
	bool spt = c->kind == CH_SPT_LEAF;

	if (c->kind == CH_PAGE) {
		if (c->before.page.owner == COREVISOR || c->after.page.owner == COREVISOR)
			world_each_mapper(w, c->at, owe_mapper, o);
		return;
	}
	for (u32 i = 0; i < c->n; i++)
		owe_mapper(o, c->who, c->at + i, spt);
}

/**
 * struct of_table - the leaves of a table
 * @who: as in a key
 */
struct of_table {
	struct owed *o;
	u64 who;
};

static void owe_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	const struct of_table *t = arg;

	(void)m;
	for (u32 i = 0; i < n; i++)
		owe(t->o, key3(t->who, 0, gfn + i));
}

static void all(struct owed *o, const struct world *w)
{
	struct of_table t = { .o = o };

	for (t.who = HOSTVISOR; t.who < COREVISOR; t.who++)
		world_each_leaf(w, (vmid_t)t.who, owe_leaf, &t);
	for (u32 bank = 0; bank < EL2_SMMU_CFG_SIZE; bank++) {
		t.who = BANKS + bank;
		world_each_spt_leaf(w, bank, owe_leaf, &t);
	}
}

const struct clause clause_isolation = {
	.id = CHK_ISOLATION,
	.row = ROW_ISOLATION,
	.changes = 1 << CH_LEAF | 1 << CH_SPT_LEAF | 1 << CH_PAGE,
	.mappers = true,
	.touched = touched,
	.locks = locks,
	.holds = isolated,
	.all = all,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables are well formed.  [valid_lnpt, valid_lspt]  Keys: a table (its object), and the address of a table page or of an
 * entry in it.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/clause.h"
#include "oracle/check/table_pools.h"
#include "sim/base/addr.h"

#include <inttypes.h>

static bool is_table_object(lk_t lk)
{
	return lk == SPT_ID || (lk >= NPT_ID && lk < INFO_ID);
}

static u64 cursor_of(const struct world *w, lk_t lk, const struct pool *p)
{
	return p->cursor == NO_CURSOR ? p->end : world_value(w, lk, p->cursor, 0);
}

static lk_t key_lk(u64 key)
{
	return (lk_t)key_a(key);
}

static u64 locks(const struct world *w, u64 key)
{
	(void)w;
	return LOCK(key_lk(key));
}

static void facts_table(struct facts *f, lk_t lk)
{
	char name[16];

	facts_value(f, fact_object("object", lk));

	facts_add(f, "%s", obj_name(lk, name, sizeof(name)));
}

/* Where the next page of the pool is. */
static void facts_cursor(struct facts *f, const struct world *w, lk_t lk, const struct pool *p)
{
	facts_value(f, fact_at(fact_hex("next_page", cursor_of(w, lk, p)), lk, p->cursor, 0));
}

/* The entry at @at. */
static void facts_entry(struct facts *f, const struct world *w, lk_t lk, u64 at)
{
	struct pool p[POOLS_MAX];
	u32 n = table_pools(lk, p), level = table_pools_level(p, n, at);

	if (level == n)
		return;
	facts_value(f, fact_hex("at", at));
	facts_value(f, fact_at(fact_hex("entry", world_value(w, lk, p[level].field, at)), lk,
	                       p[level].field, at));
}

/* W2  The cursors lie in their pools, on whole pages. */
static enum clause_verdict next_ok(const struct judge *j, u64 key, struct facts *f)
{
	lk_t lk = key_lk(key);
	struct pool p[POOLS_MAX];
	u32 n = table_pools(lk, p);
	bool ok = true;

	for (u32 i = 1; i < n; i++) {
		u64 next = cursor_of(j->world, lk, &p[i]);

		ok &= next >= p[i].start && next <= p[i].end && next % PAGE_SIZE == 0;
	}
	if (ok)
		return CLAUSE_HOLDS;
	facts_table(f, lk);
	for (u32 i = 1; i < n; i++) {
		facts_cursor(f, j->world, lk, &p[i]);
		facts_add(f,
		          "; level %u has 0x%" PRIx64 "..0x%" PRIx64
		          ", the next page is 0x%" PRIx64,
		          i, p[i].start, p[i].end, cursor_of(j->world, lk, &p[i]));
	}
	return CLAUSE_BROKEN;
}

static void next_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	owe(o, key3(c->lk, 0, 0));
}

static void all_tables(struct owed *o, const struct world *w)
{
	(void)w;
	for (lk_t lk = 0; lk < ID_END; lk++)
		if (is_table_object(lk))
			owe(o, key3(lk, 0, 0));
}

const struct clause clause_table_next = {
	.id = CHK_TABLE_NEXT,
	.row = ROW_TABLE_NEXT,
	.changes = 1 << CH_CURSOR,
	.touched = next_touched,
	.locks = locks,
	.holds = next_ok,
	.all = all_tables,
};

/* W3  A table page that is not handed out yet is empty. */
static enum clause_verdict zero(const struct judge *j, u64 key, struct facts *f)
{
	lk_t lk = key_lk(key);
	u64 page = key_c(key);
	struct pool p[POOLS_MAX];
	u32 n = table_pools(lk, p), level = table_pools_level(p, n, page);
	u32 used = world_table_used(j->world, lk, page);

	if (used == 0)
		return CLAUSE_VACUOUS;
	if (page < cursor_of(j->world, lk, &p[level]))
		return CLAUSE_HOLDS;
	facts_table(f, lk);
	facts_value(f, fact_hex("page", page));
	facts_value(f, fact_n("entries", used));
	facts_cursor(f, j->world, lk, &p[level]);
	facts_add(f, ": the page at 0x%" PRIx64 " has %u entries, and the next page is 0x%" PRIx64,
	          page, used, cursor_of(j->world, lk, &p[level]));
	return CLAUSE_BROKEN;
}

/* A difference of an entry: its page. */
static void zero_diff(struct owed *o, const struct world *w, lk_t lk, const struct diff *d)
{
	struct pool p[POOLS_MAX];
	u32 n = table_pools(lk, p), level = 1;

	(void)w;
	while (level < n && p[level].field != d->field)
		level++;
	if (level == n || d->first < p[level].start || d->last >= p[level].end)
		return;
	for (u64 page = d->first / PAGE_SIZE * PAGE_SIZE; page <= d->last; page += PAGE_SIZE)
		owe(o, key3(lk, 0, page));
}

/* Pages *from..*end - 1 of the cursor's pool that a cursor hands back: none, unless it goes back. */
static void handed_back(const struct change *c, u64 *from, u64 *end)
{
	struct pool p[POOLS_MAX];
	u32 n = table_pools(c->lk, p), i = 1;

	*from = *end = 0;
	while (i < n && p[i].cursor != c->field)
		i++;
	if (i == n)
		return;
	*from = max_u64(c->after.v, p[i].start) / PAGE_SIZE * PAGE_SIZE;
	*end = min_u64(c->before.v, p[i].end);
}

static void zero_touched(struct owed *o, const struct world *w, const struct change *c)
{
	u64 page, end;

	(void)w;
	owe_broken(o, key_begins, c->lk);
	for (handed_back(c, &page, &end); page < end; page += PAGE_SIZE)
		owe(o, key3(c->lk, 0, page));
}

/**
 * struct pages - of an object, whose table pages, or entries, are owed
 */
struct pages {
	struct owed *o;
	const struct world *w;
	lk_t lk;
};

static void owe_at(void *arg, u64 at)
{
	const struct pages *x = arg;

	owe(x->o, key3(x->lk, 0, at));
}

/* Table pages that have entries or parents, but for the roots. */
static void all_pages(struct owed *o, const struct world *w)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct pages x = { o, w, lk };

		if (is_table_object(lk))
			world_each_table_page(w, lk, owe_at, &x);
	}
}

const struct clause clause_table_zero = {
	.id = CHK_TABLE_ZERO,
	.row = ROW_TABLE_ZERO,
	.changes = 1 << CH_CURSOR,
	.wrote = 1 << OBJ_NPT | 1 << OBJ_SPT,
	.touched = zero_touched,
	.diff = zero_diff,
	.locks = locks,
	.holds = zero,
	.all = all_pages,
};

/* Entry at @at of level @level, which is not the last one, names a page of the next pool that was handed out, or nothing. */
static enum clause_verdict link_ok(const struct judge *j, lk_t lk, u64 at, const struct pool *p,
                                   u32 level, struct facts *f)
{
	u64 entry = world_value(j->world, lk, p[level].field, at), page = phys_page(entry);

	if (entry == 0)
		return CLAUSE_VACUOUS;
	if (p[level].blocks && !is_table(entry))
		return CLAUSE_HOLDS;
	if (page >= p[level + 1].start && page < cursor_of(j->world, lk, &p[level + 1]))
		return CLAUSE_HOLDS;
	facts_table(f, lk);
	facts_value(f, fact_hex("at", at));
	facts_value(f, fact_at(fact_hex("entry", entry), lk, p[level].field, at));
	facts_cursor(f, j->world, lk, &p[level + 1]);
	facts_add(f,
	          ": the entry at 0x%" PRIx64 " is 0x%" PRIx64
	          ", table pages of level %u are handed out from "
	          "0x%" PRIx64 " to 0x%" PRIx64,
	          at, entry, level + 1, p[level + 1].start, cursor_of(j->world, lk, &p[level + 1]));
	return CLAUSE_BROKEN;
}

/* Is level @level the one whose entries may be a block's, or, of banks, the last one that names tables? */
static bool above_last(u32 level, u32 n)
{
	return level + 2 == n;
}

static enum clause_verdict link_of(const struct judge *j, u64 key, struct facts *f, bool last)
{
	lk_t lk = key_lk(key);
	struct pool p[POOLS_MAX];
	u32 n = table_pools(lk, p), level = table_pools_level(p, n, key_c(key));

	if (level + 1 >= n || above_last(level, n) != last)
		return CLAUSE_VACUOUS;
	return link_ok(j, lk, key_c(key), p, level, f);
}

/* W4 */
static enum clause_verdict link_holds(const struct judge *j, u64 key, struct facts *f)
{
	return link_of(j, key, f, false);
}

/* W5 */
static enum clause_verdict block_holds(const struct judge *j, u64 key, struct facts *f)
{
	return link_of(j, key, f, true);
}

static void link_touched(struct owed *o, const struct world *w, const struct change *c)
{
	struct pages x = { o, w, c->lk };
	u64 page, end;

	if (c->kind == CH_LINK) {
		owe(o, key3(c->lk, 0, c->at));
		return;
	}
	owe_broken(o, key_begins, c->lk);
	for (handed_back(c, &page, &end); page < end; page += PAGE_SIZE)
		world_each_parent(w, c->lk, page, owe_at, &x);
}

/* Each entry of a page that names tables and is not 0. */
static void owe_slots(void *arg, u64 page)
{
	const struct pages *x = arg;
	struct pool p[POOLS_MAX];
	u32 n = table_pools(x->lk, p), level = table_pools_level(p, n, page), used;

	if (level + 1 >= n)
		return;
	used = world_table_used(x->w, x->lk, page);
	for (u64 at = page; used > 0 && at < page + PAGE_SIZE; at += 8) {
		if (world_value(x->w, x->lk, p[level].field, at) == 0)
			continue;
		used--;
		owe(x->o, key3(x->lk, 0, at));
	}
}

static void all_slots(struct owed *o, const struct world *w)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct pages x = { o, w, lk };
		struct pool p[POOLS_MAX];

		if (!is_table_object(lk))
			continue;
		(void)table_pools(lk, p);
		for (u64 page = p[0].start; page < p[0].end; page += PAGE_SIZE)
			if (world_table_used(w, lk, page))
				owe_slots(&x, page);
		world_each_table_page(w, lk, owe_slots, &x);
	}
}

const struct clause clause_table_link = {
	.id = CHK_TABLE_LINK,
	.row = ROW_TABLE_LINK,
	.changes = 1 << CH_LINK | 1 << CH_CURSOR,
	.touched = link_touched,
	.locks = locks,
	.holds = link_holds,
	.all = all_slots,
};

const struct clause clause_table_block = {
	.id = CHK_TABLE_BLOCK,
	.row = ROW_TABLE_BLOCK,
	.changes = 1 << CH_LINK | 1 << CH_CURSOR,
	.touched = link_touched,
	.locks = locks,
	.holds = block_holds,
	.all = all_slots,
};

/* The parents of a table page: how many, and two of them. */
struct parents {
	u32 n;
	u64 slot[2];
};

static void count_parent(void *arg, u64 slot)
{
	struct parents *p = arg;

	p->slot[p->n > 0] = slot;
	p->n++;
}

/* W7  No table page has two parents. */
static enum clause_verdict one_parent(const struct judge *j, u64 key, struct facts *f)
{
	struct parents p = { 0 };

	world_each_parent(j->world, key_lk(key), key_c(key), count_parent, &p);
	if (p.n == 0)
		return CLAUSE_VACUOUS;
	if (p.n == 1)
		return CLAUSE_HOLDS;
	facts_table(f, key_lk(key));
	facts_value(f, fact_hex("page", key_c(key)));
	facts_value(f, fact_n("parents", p.n));
	facts_entry(f, j->world, key_lk(key), p.slot[0]);
	facts_entry(f, j->world, key_lk(key), p.slot[1]);
	facts_add(f,
	          ": the page at 0x%" PRIx64
	          " is named by %u entries, among them those at 0x%" PRIx64 " and 0x%" PRIx64,
	          (u64)key_c(key), p.n, p.slot[0], p.slot[1]);
	return CLAUSE_BROKEN;
}

/* The table page that entry @entry of level @level names, if it is one of the next pool. */
static void owe_named(struct owed *o, lk_t lk, const struct pool *p, u32 level, u64 entry)
{
	u64 page = phys_page(entry);

	if (p[level].blocks && !is_table(entry))
		return;
	if (page >= p[level + 1].start && page < p[level + 1].end)
		owe(o, key3(lk, 0, page));
}

static void parents_touched(struct owed *o, const struct world *w, const struct change *c)
{
	struct pool p[POOLS_MAX];
	u32 n = table_pools(c->lk, p), level = table_pools_level(p, n, c->at);

	(void)w;
	if (level + 1 >= n)
		return;
	owe_named(o, c->lk, p, level, c->before.v);
	owe_named(o, c->lk, p, level, c->after.v);
}

const struct clause clause_table_parents = {
	.id = CHK_TABLE_PARENTS,
	.row = ROW_TABLE_PARENTS,
	.changes = 1 << CH_LINK,
	.touched = parents_touched,
	.locks = locks,
	.holds = one_parent,
	.all = all_pages,
};

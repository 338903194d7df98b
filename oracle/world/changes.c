// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/changes.h"

#include "oracle/world/page.h"
#include "shmem/obj/obj.h"
#include "sim/base/addr.h"
#include "sim/base/check.h"

void changes_free(struct changes *c)
{
	vec_free(&c->v);
	vec_free(&c->spare);
}

void changes_begin(struct changes *c)
{
	c->v.n = 0;
	c->ordered = true;
	c->steps = MAX_STEPS;
}

static void add(struct changes *c, const struct change *ch)
{
	vec_push(&c->v, *ch);
	c->ordered = c->v.n == 1 && ch->kind != CH_LINK;
}

/* Is @m what entry number @n of a run is that begins with @first? */
static bool goes_on(struct maplet first, u32 n, struct maplet m)
{
	return first.level != 3 && maplet_equal(change_maplet(first, n), m);
}

/* Is @b the entry behind @a's last one, of one block's gfns, and does it change alike? */
static bool continues(const struct change *a, const struct change *b)
{
	return change_is_leaf(a) && a->kind == b->kind && a->lk == b->lk && a->who == b->who &&
	       a->at + a->n == b->at && b->at % TABLE_PAGE_CELLS != 0 &&
	       goes_on(a->before.map, a->n, b->before.map) &&
	       goes_on(a->after.map, a->n, b->after.map);
}

static void add_leaf(struct changes *c, const struct ptable *t, u16 who, u64 gfn, u32 n,
                     struct maplet before, struct maplet after)
{
	struct change ch = { .kind = t->lk == SPT_ID ? CH_SPT_LEAF : CH_LEAF,
		             .lk = (u8)t->lk,
		             .who = who,
		             .n = n,
		             .at = gfn };

	if (maplet_equal(before, after))
		return;
	ch.before.map = before;
	ch.after.map = after;
	if (c->v.n > 0 && continues(&c->v.v[c->v.n - 1], &ch))
		c->v.v[c->v.n - 1].n += n;
	else
		add(c, &ch);
}

/**
 * struct slot_store - the store of a slot, for who is told of its gfns
 * @g:   first, so that it is the same address
 * @old, @new: the entry; one that names an empty table page is 0 here
 */
struct slot_store {
	struct gfns g;
	struct changes *c;
	const struct tables *ts;
	const struct ptable *t;
	u32 level;
	u64 old, new;
	u16 who;
};

/* The entry, as far as gfns are concerned. */
static u64 weigh(const struct tables *ts, const struct ptable *t, u32 level, u64 entry)
{
	struct names n = table_names(t, level, entry);

	return n.what == NAMES_TABLE && table_used(ts, t, n.at) == 0 ? 0 : entry;
}

/* Entry @i below @entry, if it names a table. */
static u64 below(const struct ptable *t, struct names n, u64 i)
{
	return n.what == NAMES_TABLE ? table_entry(t, n.at + i) : 0;
}

/* All gfns below two entries of @level, which stand for the same gfns: what they are mapped to by the one, and by the other. */
static void compare(struct slot_store *s, u32 level, u64 old, u64 new, u64 gfn)
{
	const struct ptable *t = s->t;
	struct names was = table_names(t, level, old), is = table_names(t, level, new);
	bool tables = was.what == NAMES_TABLE || is.what == NAMES_TABLE;
	const struct level *l = &t->shape->level[level + tables];

	if (!tables) {
		add_leaf(s->c, t, s->who, gfn, t->shape->level[level].blocks ? TABLE_PAGE_CELLS : 1,
		         table_leaf(t, level, old, gfn), table_leaf(t, level, new, gfn));
		return;
	}
	if (was.what == is.what && was.at == is.at)
		return;
	for (u64 i = 0; i < TABLE_PAGE_CELLS && s->g.steps > 0; i++) {
		u64 a = below(t, was, i), b = below(t, is, i), at = gfn | i << l->shift;

		s->g.steps--;
		if (l->shift > 0 && a != b)
			compare(s, level + 1, weigh(s->ts, t, level + 1, a),
			        weigh(s->ts, t, level + 1, b), at);
		else if (l->shift == 0)
			add_leaf(s->c, t, s->who, at, 1,
			         was.what == NAMES_TABLE ? table_leaf(t, level + 1, a, at)
			                                 : table_leaf(t, level, old, at),
			         is.what == NAMES_TABLE ? table_leaf(t, level + 1, b, at)
			                                : table_leaf(t, level, new, at));
	}
}

static void told(struct gfns *g, u16 who, u64 gfn)
{
	struct slot_store *s = (struct slot_store *)g;

	s->who = who;
	compare(s, s->level, s->old, s->new, gfn);
}

static void add_link(struct changes *c, const struct ptable *t, u32 field, u64 cell, u64 old,
                     u64 new)
{
	struct change ch = { .kind = CH_LINK,
		             .lk = (u8)t->lk,
		             .field = (u16)field,
		             .who = t->who,
		             .n = 1,
		             .at = t->start + cell * 8 };

	ch.before.v = old;
	ch.after.v = new;
	add(c, &ch);
}

static void store_slot(struct changes *c, struct tables *ts, const struct ptable *t, u32 level,
                       u64 cell, u64 old, u64 new)
{
	struct slot_store s = { .g = { .fn = told, .steps = c->steps },
		                .c = c,
		                .ts = ts,
		                .t = t,
		                .level = level,
		                .old = weigh(ts, t, level, old),
		                .new = weigh(ts, t, level, new) };

	if (old == new)
		return;
	if (level + 1 < t->shape->n_levels)
		add_link(c, t, t->shape->level[level].field, cell, old, new);
	if (s.old != s.new)
		tables_gfns(ts, t, level, cell, &s.g);
	c->steps = s.g.steps;
	tables_store(ts, t, level, cell, old, new);
}

static u64 new_value(const struct diff *d, u64 old)
{
	return d->both ? d->new : old + d->new;
}

static void diff_slots(struct changes *c, struct tables *ts, const struct ptable *t, u32 level,
                       const struct diff *d)
{
	u64 first = (d->first - t->start) / 8, last = (d->last - t->start) / 8;

	for (u64 cell = first; cell <= last; cell++) {
		u64 old = table_entry(t, cell);

		store_slot(c, ts, t, level, cell, old, new_value(d, old));
	}
}

/* Of the objects whose cells are what is asked for. */
static void diff_values(struct changes *c, const struct obj *o, enum change_kind kind, u16 who,
                        const struct diff *d)
{
	struct change ch = { .kind = (u8)kind, .lk = (u8)o->id, .who = who, .n = 1 };

	for (u64 i = d->first; i <= d->last; i++) {
		ch.field = kind == CH_BANK ? 0 : d->field;
		ch.at = i;
		if (kind == CH_BANK)
			ch.who = (u16)i;
		ch.before.v = obj_value(o, d->field, i);
		ch.after.v = new_value(d, ch.before.v);
		if (ch.before.v != ch.after.v)
			add(c, &ch);
	}
}

static void add_record(struct changes *c, const struct obj *o, u64 at, u16 field, u64 old, u64 new)
{
	struct change ch = { .kind = CH_RECORD, .lk = (u8)o->id, .field = field, .n = 1, .at = at };

	ch.before.v = old;
	ch.after.v = new;
	add(c, &ch);
}

/* The fields of a record mostly change one behind the other. */
static void add_page(struct changes *c, const struct change *ch)
{
	struct change *last = c->v.n ? &c->v.v[c->v.n - 1] : NULL;

	if (!last || last->kind != CH_PAGE || last->at != ch->at) {
		add(c, ch);
		return;
	}
	last->after = ch->after;
	/* The record may be as it was. */
	c->ordered &= !page_equal(last->before.page, last->after.page);
}

static void diff_pages(struct changes *c, const struct fixed *fixed, const struct obj *o,
                       const struct diff *d)
{
	struct change ch = { .kind = CH_PAGE, .lk = (u8)o->id, .n = 1 };

	for (u64 i = d->first; i <= d->last; i++) {
		struct page was = page_record(o, i), is = was;
		u64 *field = d->field == F_S2PAGE_s2_owner   ? &is.owner
		             : d->field == F_S2PAGE_s2_count ? &is.count
		                                             : &is.gfn;
		u64 pfn, old = *field;

		*field = new_value(d, old);
		if (*field == old)
			continue;
		pfn = page_pfn(fixed, i);
		/* A record that no region has is no frame's. */
		if (pfn == INVALID64) {
			add_record(c, o, i, d->field, old, *field);
			continue;
		}
		ch.at = pfn;
		ch.before.page = was;
		ch.after.page = is;
		add_page(c, &ch);
	}
}

static void diff_flat(struct changes *c, const struct data_oracle *data, const struct obj *o,
                      const struct diff *d)
{
	struct change ch = { .kind = CH_FLAT, .lk = (u8)o->id, .at = d->first };

	ch.n = (u32)(d->last - d->first + 1);
	ch.before.v = obj_value(o, d->field, d->first);
	ch.after.v =
		d->oracle ? data_oracle_value(data, d->vmid, d->index) : new_value(d, ch.before.v);
	add(c, &ch);
}

bool changes_diff(struct changes *c, struct tables *ts, const struct fixed *fixed,
                  const struct data_oracle *data, const struct obj *o, const struct diff *d)
{
	const struct ptable *t;
	u32 level;

	switch (o->kind) {
	case OBJ_FLATMEM:
		diff_flat(c, data, o, d);
		return true;
	case OBJ_CORE:
		diff_values(c, o, CH_CORE, 0, d);
		return true;
	case OBJ_S2PAGE:
		diff_pages(c, fixed, o, d);
		return true;
	case OBJ_SMMU:
		diff_values(c, o, CH_BANK, 0, d);
		return true;
	case OBJ_INFO:
		diff_values(c, o, CH_VM, (u16)(o->id - INFO_ID), d);
		return true;
	case OBJ_SPT:
	case OBJ_NPT:
		t = tables_of(ts, o->id);
		level = table_level(t, d->field);
		if (level < t->shape->n_levels)
			diff_slots(c, ts, t, level, d);
		else
			diff_values(c, o, CH_CURSOR, t->who, d);
		return c->steps > 0;
	case OBJ_NR:
		break;
	}
	SIM_UNREACHABLE();
}

/* < 0: @a stands before @b.  Changes of flat memory are left as they come. */
static int order(const struct change *a, const struct change *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == CH_FLAT)
		return 0;
	if (a->lk != b->lk)
		return a->lk < b->lk ? -1 : 1;
	if (a->who != b->who)
		return a->who < b->who ? -1 : 1;
	if (a->field != b->field)
		return a->field < b->field ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Make room for @n changes in @c->spare. */
static struct change *spare(struct changes *c, u32 n)
{
	static const struct change none;

	while (c->spare.n < n)
		vec_push(&c->spare, none);
	return c->spare.v;
}

/* Runs of length @n in order are made runs of 2 @n. */
static void merge_runs(const struct change *v, struct change *out, u32 all, u32 n)
{
	for (u32 at = 0; at < all; at += 2 * n) {
		u32 a = at, mid = (u32)min_u64((u64)at + n, all), b = mid;
		u32 end = (u32)min_u64((u64)at + 2 * (u64)n, all);

		for (u32 i = at; i < end; i++) {
			bool left = a < mid && (b == end || order(&v[a], &v[b]) <= 0);

			out[i] = left ? v[a++] : v[b++];
		}
	}
}

/* What was made in @c->spare stands for what there was. */
static void take_spare(struct changes *c)
{
	struct change *v = c->v.v;
	u32 n = c->v.n, cap = c->v.cap;

	c->v.v = c->spare.v;
	c->v.n = c->spare.n;
	c->v.cap = c->spare.cap;
	c->spare.v = v;
	c->spare.n = n;
	c->spare.cap = cap;
}

/* Sort; what is equal stays in its order. */
static void sort(struct changes *c)
{
	u32 all = c->v.n;

	for (u32 n = 1; n < all; n *= 2) {
		merge_runs(c->v.v, spare(c, all), all, n);
		take_spare(c);
		c->v.n = all;
	}
}

/* Leaves that change more than once are only seen one by one. */
static void expand(struct changes *c)
{
	u32 leaves = 0, runs = 0, n = c->v.n;

	for (u32 i = 0; i < n; i++) {
		leaves += change_is_leaf(&c->v.v[i]);
		runs += change_is_leaf(&c->v.v[i]) && c->v.v[i].n > 1;
	}
	if (runs == 0 || leaves == 1)
		return;
	c->spare.n = 0;
	for (u32 i = 0; i < n; i++) {
		struct change run = c->v.v[i], one = run;

		if (!change_is_leaf(&run)) {
			vec_push(&c->spare, run);
			continue;
		}
		one.n = 1;
		for (u32 k = 0; k < run.n; k++) {
			one.at = run.at + k;
			one.before.map = change_maplet(run.before.map, k);
			one.after.map = change_maplet(run.after.map, k);
			vec_push(&c->spare, one);
		}
	}
	take_spare(c);
}

/* An entry that was a block's, or nothing, and is one or the other again: that it changed says the leaf. */
static bool is_no_link(const struct change *c)
{
	return c->kind == CH_LINK && c->lk != SPT_ID && c->field == F_NPT_pt_pud_pool &&
	       !is_table(c->before.v) && !is_table(c->after.v);
}

static bool is_as_before(const struct change *c)
{
	if (c->kind == CH_FLAT)
		return false;
	if (change_is_leaf(c))
		return maplet_equal(c->before.map, c->after.map);
	if (c->kind == CH_PAGE)
		return page_equal(c->before.page, c->after.page);
	return c->before.v == c->after.v;
}

/* In order: one a place, and none for what is as before. */
static void combine(struct changes *c)
{
	struct change *v = c->v.v;
	u32 n = 0;

	for (u32 i = 0; i < c->v.n;) {
		struct change ch = v[i++];

		while (i < c->v.n && ch.kind != CH_FLAT && order(&ch, &v[i]) == 0)
			ch.after = v[i++].after;
		if (is_as_before(&ch) || is_no_link(&ch))
			continue;
		if (n > 0 && continues(&v[n - 1], &ch))
			v[n - 1].n += ch.n;
		else
			v[n++] = ch;
	}
	c->v.n = n;
}

const struct change *changes_get(struct changes *c, u32 *n)
{
	if (!c->ordered) {
		expand(c);
		sort(c);
		combine(c);
		c->ordered = true;
	}
	*n = c->v.n;
	return c->v.v;
}

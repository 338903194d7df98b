// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_block.h"

#include "shmem/obj/obj_pages.h"
#include "sim/base/rng.h"
#include "sim/log/read/replay_stash.h"

#include <string.h>

void index_block_begin(struct index_block *b, struct index_taking *t)
{
	*b = (struct index_block){ .episode = { ~0ull, 0 }, .ns = { ~0ull, 0 } };
	memset(t->seen, 0, sizeof(t->seen));
}

void index_block_free(struct index_block *b)
{
	vec_free(&b->frames);
	vec_free(&b->records);
	vec_free(&b->vcpus);
	vec_free(&b->cells);
	vec_free(&b->begins);
}

/**
 * struct taking - a block and who fills it
 */
struct taking {
	struct index_block *b;
	struct index_taking *t;
};

/* What comes several times comes mostly soon again. */
static void add(const struct taking *k, index_set *s, u32 which, u64 first, u64 n)
{
	struct index_range *seen = &k->t->seen[which][mix64(first) % INDEX_SEEN];

	if (seen->first == first && seen->n >= n)
		return;
	*seen = (struct index_range){ first, n };
	vec_push(s, *seen);
}

/* things_told.thing */
static void take_thing(void *arg, enum thing_kind kind, u64 first, u64 n)
{
	const struct taking *k = arg;

	switch (kind) {
	case THING_FRAME:
		add(k, &k->b->frames, 0, first, n);
		return;
	case THING_RECORD:
		add(k, &k->b->records, 1, first, n);
		return;
	case THING_VM:
		k->b->vms |= 1ull << first;
		return;
	case THING_VCPU:
		add(k, &k->b->vcpus, 2, first, n);
		return;
	case THING_BANK:
		for (u64 i = first; i < first + n; i++)
			k->b->banks |= 1ull << i;
		return;
	}
}

static u64 page_of(lk_t lk, u32 field, u64 index)
{
	const struct obj_field *f = obj_field(obj_kind_of(lk), field);

	return (f->cell0 + (index - obj_first_index(lk, field)) / f->scale) / OBJ_PAGE_CELLS;
}

static bool is_upper(lk_t lk, const struct diff *d)
{
	enum obj_kind kind = obj_kind_of(lk);

	return (kind == OBJ_NPT && d->field < F_NPT_pt_pmd_pool) ||
	       (kind == OBJ_SPT && d->field < F_SPT_spt_pmd_pool);
}

static bool push_writes(const struct event *e, u32 field, u64 index)
{
	for (u32 i = 0; i < e->n; i++)
		if (e->diffs[i].field == field && index >= e->diffs[i].first &&
		    index <= e->diffs[i].last)
			return true;
	return false;
}

/*
 * An entry that names a table comes or goes.  Does that map something otherwise which no entry of the table says that the push itself
 * changes?
 */
static bool link_matters(const struct index_taking *t, const struct event *e, const struct diff *d,
                         u64 entry)
{
	const struct obj *o = t->replay ? replay_obj(t->replay, (lk_t)e->lk) : NULL;
	u32 below = d->field + 1;
	u64 table = phys_page(entry);

	if (!is_table(entry))
		return false;
	if (!o || !obj_has(o, below, table) || !obj_has(o, below, table + PAGE_SIZE - 8))
		return true;
	for (u64 i = table; i < table + PAGE_SIZE; i += 8)
		if (obj_value(o, below, i) && !push_writes(e, below, i))
			return true;
	return false;
}

static void take_push(const struct taking *k, const struct event *e)
{
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		u64 first = page_of(e->lk, d->field, d->first);
		u64 last = page_of(e->lk, d->field, d->last);

		add(k, &k->b->cells, 3, (u64)e->lk << 32 | first, last - first + 1);
		if (!k->b->links && is_upper(e->lk, d))
			k->b->links = d->first != d->last || link_matters(k->t, e, d, d->old) ||
			              link_matters(k->t, e, d, d->new);
	}
}

void index_block_take_more(struct index_block *b, struct index_taking *t, const struct event *e)
{
	struct taking k = { b, t };
	const struct things_told told = { .thing = take_thing, .arg = &k, .roles = &t->roles };

	if (e->kind == MARK_OP)
		b->ops.atomic |= 1ull << (e->args[0] & 63);
	if (e->kind == MARK_BEGIN)
		b->ops.work |= 1ull << (e->args[0] & 63);
	if (event_is_push(e->kind) && e->lk < ID_END && e->kind == event_push_of(e->lk))
		take_push(&k, e);
	things_of(e, &told);
}

/* By one byte of @first, @shift bits up; what is equal stays as it was. */
static void sort_byte(const struct index_range *from, struct index_range *to, u32 n, u32 shift)
{
	u32 at[257] = { 0 };

	for (u32 i = 0; i < n; i++)
		at[(from[i].first >> shift & 255) + 1]++;
	for (u32 i = 0; i < 256; i++)
		at[i + 1] += at[i];
	for (u32 i = 0; i < n; i++)
		to[at[from[i].first >> shift & 255]++] = from[i];
}

/* By @first: a byte after the other, where there are several values of it. */
static void sort(index_set *s)
{
	u64 all = ~0ull, any = 0;
	struct index_range *to;

	for (u32 i = 0; i < s->n; i++) {
		all &= s->v[i].first;
		any |= s->v[i].first;
	}
	for (u32 shift = 0; shift < 64; shift += 8) {
		if (((any ^ all) >> shift & 255) == 0)
			continue;
		to = xmalloc(s->cap * sizeof(*to));
		sort_byte(s->v, to, s->n, shift);
		free(s->v);
		s->v = to;
	}
}

/* Ranges that touch become one. */
static void order(index_set *s)
{
	u32 n = 0;

	if (s->n)
		sort(s);
	for (u32 i = 0; i < s->n; i++) {
		struct index_range r = s->v[i], *last = n ? &s->v[n - 1] : NULL;

		if (!last || r.first - last->first > last->n)
			s->v[n++] = r;
		else if (r.first - last->first + r.n > last->n)
			last->n = r.first - last->first + r.n;
	}
	s->n = n;
}

void index_block_end(struct index_block *b)
{
	u64 guarded = b->locks >> NPT_ID;

	b->vms |= (guarded | guarded >> N_VMID) & ((1ull << N_VMID) - 1);
	order(&b->frames);
	order(&b->records);
	order(&b->vcpus);
	order(&b->cells);
}

static void stash_set(index_set *set, struct stash *s)
{
	u32 n = set->n;
	u64 at = 0;

	stash_u32(s, &n);
	if (s->load)
		set->n = 0;
	for (u32 i = 0; i < n && !s->bad; i++) {
		struct index_range r = { 0, 0 };

		if (!s->load)
			r = set->v[i];
		r.first -= at;
		stash_u64(s, &r.first);
		stash_u64(s, &r.n);
		r.first += at;
		at = r.first + r.n;
		if (s->load)
			vec_push(set, r);
	}
}

static void stash_begins(struct index_block *b, struct stash *s)
{
	u32 n = b->begins.n;

	stash_u32(s, &n);
	for (u32 i = 0; i < n && !s->bad; i++) {
		struct index_begin begin = { 0, 0 };

		if (!s->load)
			begin = b->begins.v[i];
		stash_u64(s, &begin.index);
		stash_u64(s, &begin.number);
		if (s->load)
			vec_push(&b->begins, begin);
	}
}

void index_block_stash(struct index_block *b, struct stash *s)
{
	u64 *const numbers[] = { &b->cpus,       &b->kinds,      &b->locks,      &b->ops.work,
		                 &b->ops.atomic, &b->episode[0], &b->episode[1], &b->ns[0],
		                 &b->ns[1],      &b->vms,        &b->banks };

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		stash_u64(s, numbers[i]);
	stash_bool(s, &b->links);
	stash_set(&b->frames, s);
	stash_set(&b->records, s);
	stash_set(&b->vcpus, s);
	stash_set(&b->cells, s);
	stash_begins(b, s);
}

bool index_set_has(const index_set *s, u64 first, u64 n)
{
	u32 from = 0, to = s->n;

	/* The first range that ends behind @first. */
	while (from < to) {
		u32 i = from + (to - from) / 2;

		if (s->v[i].first + s->v[i].n <= first)
			from = i + 1;
		else
			to = i;
	}
	return from < s->n && s->v[from].first < first + n;
}

static bool has_any(const index_set *s, const u64 *v, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (index_set_has(s, v[i], 1))
			return true;
	return false;
}

/* Of records and of flat memory each cell is known, of the others the page. */
bool index_block_has_cell(const struct index_block *b, const struct log_cell *c)
{
	enum obj_kind kind = obj_kind_of(c->lk);

	if (kind == OBJ_S2PAGE || kind == OBJ_FLATMEM)
		return index_set_has(kind == OBJ_S2PAGE ? &b->records : &b->frames, c->index, 1);
	return index_set_has(&b->cells, (u64)c->lk << 32 | page_of(c->lk, c->field, c->index), 1);
}

bool index_block_about(const struct index_block *b, const struct about *a)
{
	bool cell = a->cells.n == 0;

	for (u32 i = 0; i < a->cells.n && !cell; i++)
		cell = index_block_has_cell(b, &a->cells.v[i]);
	return cell && (!a->vms || a->vms & b->vms) && (!a->banks || a->banks & b->banks) &&
	       (!a->vcpus.n || has_any(&b->vcpus, a->vcpus.v, a->vcpus.n)) &&
	       (!a->frames.n || has_any(&b->frames, a->frames.v, a->frames.n) ||
	        has_any(&b->records, a->records.v, a->records.n));
}

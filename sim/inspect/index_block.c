// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_block.h"

#include "shmem/obj/obj_pages.h"
#include "sim/base/rng.h"

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

static bool is_upper(lk_t lk, const struct diff *d)
{
	enum obj_kind kind = obj_kind_of(lk);

	return (kind == OBJ_NPT && d->field < F_NPT_pt_pmd_pool) ||
	       (kind == OBJ_SPT && d->field < F_SPT_spt_pmd_pool);
}

static u64 page_of(lk_t lk, u32 field, u64 index)
{
	const struct obj_field *f = obj_field(obj_kind_of(lk), field);

	return (f->cell0 + (index - obj_first_index(lk, field)) / f->scale) / OBJ_PAGE_CELLS;
}

static void take_push(const struct taking *k, const struct event *e)
{
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		u64 first = page_of(e->lk, d->field, d->first);
		u64 last = page_of(e->lk, d->field, d->last);

		add(k, &k->b->cells, 3, (u64)e->lk << 32 | first, last - first + 1);
		k->b->links |= is_upper(e->lk, d) && (is_table(d->old) || is_table(d->new));
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

static int by_first(const void *a, const void *b)
{
	const struct index_range *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

/* Ranges that touch become one. */
static void order(index_set *s)
{
	u32 n = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_first);
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

bool index_block_has_cell(const struct index_block *b, const struct log_cell *c)
{
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

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/payload.h"

#include "sim/base/check.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_A_BIT = 512 };

static u64 n_words(const struct obj *o)
{
	return (o->n_cells + CELLS_A_BIT * 64 - 1) / (CELLS_A_BIT * 64);
}

struct payload *payload_new(bool whole)
{
	struct payload *p = xcalloc(1, sizeof(*p));

	p->whole = whole;
	return p;
}

void payload_put(struct payload *p, u32 field, u64 index, u64 old, u64 new)
{
	vec_push(&p->cell, ((struct payload_cell){ field, index, old, new }));
}

void payload_free(struct payload *p)
{
	if (!p)
		return;
	vec_free(&p->cell);
	free(p);
}

static int by_place(const void *a, const void *b)
{
	const struct payload_cell *x = a, *y = b;

	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void payload_sort(struct payload *p)
{
	if (p->cell.n > 1)
		qsort(p->cell.v, p->cell.n, sizeof(*p->cell.v), by_place);
}

void payload_contents_init(struct payload_contents *s, struct obj *obj)
{
	*s = (struct payload_contents){ .obj = { { 0 } } };
	for (lk_t id = 0; id < ID_END; id++) {
		s->obj[id].o = &obj[id];
		s->obj[id].touched = xcalloc(n_words(&obj[id]), sizeof(u64));
	}
	payload_contents_reset(s);
}

void payload_contents_free(struct payload_contents *s)
{
	for (lk_t id = 0; id < ID_END; id++) {
		free(s->obj[id].touched);
		vec_free(&s->obj[id].extra);
		vec_free(&s->obj[id].dirty);
	}
}

static void touch(struct payload_obj *c, u64 cell, u64 n)
{
	for (u64 b = cell / CELLS_A_BIT; n > 0 && b <= (cell + n - 1) / CELLS_A_BIT; b++)
		c->touched[b / 64] |= 1ull << (b % 64);
}

static void touch_resident(u32 field, u64 index, u64 value, void *arg)
{
	struct payload_obj *c = arg;

	(void)value;
	touch(c, (u64)(obj_cell(c->o, field, index) - c->o->cell), 1);
}

void payload_contents_reset(struct payload_contents *s)
{
	for (lk_t id = 0; id < ID_END; id++) {
		struct payload_obj *c = &s->obj[id];

		memset(c->touched, 0, n_words(c->o) * sizeof(u64));
		c->extra.n = c->dirty.n = c->base = 0;
		obj_each(c->o, touch_resident, c);
	}
}

void payload_contents_note(struct payload_contents *s, const struct obj *o, u32 field, u64 first,
                           u64 n)
{
	struct payload_obj *c = &s->obj[o->id];
	const struct obj_field *f = obj_field(o->kind, field);
	u64 from = obj_first_index(o->id, field);

	touch(c, f->cell0 + first, n);
	for (u64 i = first; i < first + n; i++)
		vec_push(&c->dirty, ((struct payload_cell){ .field = field,
		                                            .index = from + i * f->scale,
		                                            .old = o->cell[f->cell0 + i] }));
}

/* Each cell of the object that is not 0, in the order of fields and indices. */
static void each_cell(const struct payload_obj *c,
                      void (*fn)(u32 field, u64 index, u64 value, void *arg), void *arg)
{
	for (u64 w = 0; w < n_words(c->o); w++) {
		for (u64 bits = c->touched[w]; bits; bits &= bits - 1) {
			u64 first = (w * 64 + (u64)__builtin_ctzll(bits)) * CELLS_A_BIT;
			u64 last = min_u64(first + CELLS_A_BIT, c->o->n_cells);

			for (u64 i = first; i < last; i++) {
				u32 field;
				u64 index;

				if (!c->o->cell[i])
					continue;
				obj_place(c->o, i, &field, &index);
				fn(field, index, c->o->cell[i], arg);
			}
		}
	}
}

static void put_cell(u32 field, u64 index, u64 value, void *arg)
{
	payload_put(arg, field, index, 0, value);
}

struct payload *payload_contents_snapshot(struct payload_contents *s, lk_t id)
{
	struct payload_obj *c = &s->obj[id];
	struct payload *p = payload_new(true);

	each_cell(c, put_cell, p);
	for (u32 i = 0; i < c->extra.n; i++)
		vec_push(&p->cell, c->extra.v[i]);
	payload_sort(p);
	return p;
}

/* By place, then by @new, which holds the order of the notes here. */
static int by_note(const void *a, const void *b)
{
	const struct payload_cell *x = a, *y = b;
	int place = by_place(a, b);

	return place ? place : x->new < y->new ? -1 : x->new > y->new;
}

struct payload *payload_contents_diff(struct payload_contents *s, lk_t id)
{
	struct payload_obj *c = &s->obj[id];
	struct payload *p = payload_new(false);
	u32 n = 0;

	for (u32 i = c->base; i < c->dirty.n; i++) {
		const struct payload_cell *d = &c->dirty.v[i];

		payload_put(p, d->field, d->index, d->old, i);
	}
	c->base = c->dirty.n;
	if (p->cell.n > 1)
		qsort(p->cell.v, p->cell.n, sizeof(*p->cell.v), by_note);
	for (u32 i = 0; i < p->cell.n; i++) {
		struct payload_cell d = p->cell.v[i];

		/* The first note of a cell has its value before the section. */
		if (n > 0 && by_place(&p->cell.v[n - 1], &d) == 0)
			continue;
		d.new = obj_get(c->o, d.field, d.index);
		p->cell.v[n++] = d;
	}
	p->cell.n = n;
	for (u32 i = n = 0; i < p->cell.n; i++)
		if (p->cell.v[i].old != p->cell.v[i].new)
			p->cell.v[n++] = p->cell.v[i];
	p->cell.n = n;
	return p;
}

struct writer {
	struct payload_obj *c;
	void (*note)(void *arg, struct obj *o, u32 field, u64 cell);
	void *arg;
};

static void write_cell(const struct writer *w, u32 field, u64 index, u64 value)
{
	struct obj *o = w->c->o;

	if (obj_get(o, field, index) == value)
		return;
	w->note(w->arg, o, field,
	        (index - obj_first_index(o->id, field)) / obj_field(o->kind, field)->scale);
	obj_set(o, field, index, value);
}

static void drop_cell(u32 field, u64 index, u64 value, void *arg)
{
	(void)value;
	write_cell(arg, field, index, 0);
}

void payload_contents_apply(struct payload_contents *s, lk_t id, const struct payload *p,
                            void (*note)(void *arg, struct obj *o, u32 field, u64 cell), void *arg)
{
	struct payload_obj *c = &s->obj[id];
	struct writer w = { .c = c, .note = note, .arg = arg };

	if (p->whole) {
		each_cell(c, drop_cell, &w);
		c->extra.n = 0;
	}
	for (u32 i = 0; i < p->cell.n; i++) {
		const struct payload_cell *d = &p->cell.v[i];

		if (obj_index_ok(id, d->field, d->index))
			write_cell(&w, d->field, d->index, d->new);
		else if (p->whole)
			vec_push(&c->extra, *d);
	}
	c->base = c->dirty.n;
}

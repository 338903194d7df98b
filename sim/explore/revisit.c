// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/revisit.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/schedule_keys.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct item_step - a step of an item
 * @time:  when it was added, among the item's steps
 * @object, @cpu, @kind: as in struct step: that the CPU's next step is no other one shows that a schedule decides all
 */
struct item_step {
	u32 time, object;
	u8 cpu, kind;
	u16 zero;
};

/**
 * struct added - of a step of the execution that runs
 * @prev: the step before it on its resource; NONE: there is none
 * @back: some later step of the item on the same resource was added before it
 */
struct added {
	u32 time, prev;
	bool back;
};

enum { NONE = 0xffffffff };

/**
 * struct revisit
 * @items:  [n_items] oldest first, from byte @first on; each: so many steps (u32), the steps, so many again
 * @limit:  of what the items take; 0: none
 * @forced: the item that is explored
 * @added:  [of the execution's steps]
 * @last:   [resource] the last step on it
 * @back:   the steps of which added.back is true
 */
struct revisit {
	struct bytes items;
	size_t first;
	u64 n_items, limit;
	VEC(struct item_step) forced;
	VEC(struct added) added;
	VEC(u32) last;
	VEC(u32) back;
	VEC(u8) cpu_before;
	VEC(struct item_step) made;
	u32 same;
	bool unfit;
};

struct revisit *revisit_new(bool whole)
{
	struct revisit *r = xcalloc(1, sizeof(*r));

	if (whole) {
		bytes_u32(&r->items, 0);
		bytes_u32(&r->items, 0);
		r->n_items = 1;
	}
	return r;
}

void revisit_free(struct revisit *r)
{
	if (!r)
		return;
	bytes_free(&r->items);
	vec_free(&r->forced);
	vec_free(&r->added);
	vec_free(&r->last);
	vec_free(&r->back);
	vec_free(&r->cpu_before);
	vec_free(&r->made);
	free(r);
}

u64 revisit_items(const struct revisit *r)
{
	return r->n_items;
}

void revisit_limit(struct revisit *r, u64 bytes)
{
	r->limit = bytes;
}

bool revisit_unfit(const struct revisit *r)
{
	return r->unfit;
}

static u32 steps_at(const struct revisit *r, size_t at)
{
	u32 n;

	memcpy(&n, r->items.v + at, sizeof(n));
	return n;
}

static size_t size_of(u32 steps)
{
	return 2 * sizeof(u32) + steps * sizeof(struct item_step);
}

static void push(struct revisit *r, const struct item_step *step, u32 n)
{
	if (r->limit && r->items.n - r->first + size_of(n) > r->limit) {
		r->unfit = true;
		return;
	}
	bytes_u32(&r->items, n);
	bytes_put(&r->items, step, n * sizeof(*step));
	bytes_u32(&r->items, n);
	r->n_items++;
}

void revisit_drop_oldest(struct revisit *r)
{
	SIM_ASSERT(r->n_items > 0);
	r->first += size_of(steps_at(r, r->first));
	r->n_items--;
	if (r->first < r->items.n / 2)
		return;
	memmove(r->items.v, r->items.v + r->first, r->items.n - r->first);
	r->items.n -= r->first;
	r->first = 0;
}

void revisit_move_oldest(struct revisit *r, struct revisit *to)
{
	SIM_ASSERT(r->n_items > 0);
	SIM_ASSERT(r != to);
	bytes_put(&to->items, r->items.v + r->first, size_of(steps_at(r, r->first)));
	to->n_items++;
	revisit_drop_oldest(r);
}

void revisit_oldest_first(struct revisit *r)
{
	struct revisit one = { .n_items = 0 };

	revisit_move_oldest(r, &one);
	bytes_put(&r->items, one.items.v, one.items.n);
	r->n_items++;
	bytes_free(&one.items);
}

static void pop(struct revisit *r)
{
	u32 n = steps_at(r, r->items.n - sizeof(u32));
	const u8 *from = r->items.v + r->items.n - sizeof(u32) - n * sizeof(struct item_step);

	while (r->forced.cap < n)
		r->forced.v = vec_grow(r->forced.v, &r->forced.cap, sizeof(struct item_step));
	if (n)
		memcpy(r->forced.v, from, n * sizeof(struct item_step));
	r->forced.n = n;
	r->items.n -= size_of(n);
	r->n_items--;
}

static bool begin(void *arg)
{
	struct revisit *r = arg;

	if (r->n_items == 0 || r->unfit)
		return false;
	pop(r);
	r->same = 0;
	while (r->same < r->forced.n && r->same < r->cpu_before.n &&
	       r->cpu_before.v[r->same] == r->forced.v[r->same].cpu)
		r->same++;
	return true;
}

/* Else the same choices have led elsewhere: what is not the schedule's decides, too. */
static void as_added(const struct execution *x, const struct item_step *s)
{
	const struct step was = {
		.cpu = s->cpu, .kind = s->kind, .nth = x->now[s->cpu].n[s->cpu], .object = s->object
	};
	bool can = execution_can(x, s->cpu);

	if (unlikely(!can || !step_equal(&was, &x->at[s->cpu])))
		nondeterminism_step(x->n, &was, can ? &x->at[s->cpu] : NULL);
}

static u32 choose(void *arg, const struct execution *x)
{
	struct revisit *r = arg;

	if (x->n < r->forced.n) {
		const struct item_step *s = &r->forced.v[x->n];

		as_added(x, s);
		return s->cpu;
	}
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i))
			return i;
	return NOBODY;
}

static u32 *last_on(struct revisit *r, u32 resource)
{
	while (r->last.n <= resource)
		vec_push(&r->last, NONE);
	return &r->last.v[resource];
}

/* The steps of the execution with their times, and which were there before others on the same resource; false: the scope is none for us. */
static bool note_steps(struct revisit *r, const struct execution *x)
{
	u32 time = 0;

	r->added.n = r->cpu_before.n = r->back.n = 0;
	for (u32 i = 0; i < r->last.n; i++)
		r->last.v[i] = NONE;
	for (u32 k = 0; k < x->n; k++) {
		const struct taken *s = &x->step[k];
		struct added a = { .time = time };
		u32 *last;

		vec_push(&r->cpu_before, s->step.cpu);
		if (s->n_touch != 1 || !(x->touch[s->touch0] & TOUCH_WRITE)) {
			r->unfit = true;
			return false;
		}
		if (k < r->forced.n)
			a.time = r->forced.v[k].time;
		time = (u32)max_u64(time, (u64)a.time + 1);
		last = last_on(r, x->touch[s->touch0] >> 1);
		a.prev = *last;
		*last = k;
		vec_push(&r->added, a);
	}
	for (u32 k = 0; k < r->forced.n; k++)
		for (u32 p = r->added.v[k].prev; p != NONE; p = r->added.v[p].prev)
			r->added.v[p].back |= r->added.v[k].time < r->added.v[p].time;
	for (u32 k = 0; k < r->forced.n; k++)
		if (r->added.v[k].back)
			vec_push(&r->back, k);
	return true;
}

static bool has(const struct clock *c, const struct execution *x, u32 k)
{
	return clock_has(c, x->step[k].step.cpu, x->step[k].step.nth);
}

/* May what was added behind step number @x0 be thrown away, all but @needed?  Not if another order of it is another item's. */
static bool may_throw_away(const struct revisit *r, const struct execution *x, u32 x0,
                           const struct clock *needed)
{
	for (u32 i = 0; i < r->back.n; i++) {
		u32 d = r->back.v[i];

		if (r->added.v[d].time >= r->added.v[x0].time && !has(needed, x, d))
			return false;
	}
	return true;
}

static void make_item(struct revisit *r, const struct execution *x, u32 k, u32 x0,
                      const struct clock *needed)
{
	u32 newest = 0;

	r->made.n = 0;
	for (u32 i = 0; i <= k + 1; i++) {
		u32 d = i == k + 1 ? x0 : i;
		const struct step *s = &x->step[d].step;
		struct item_step made = { r->added.v[d].time, s->object, s->cpu, s->kind, 0 };

		if (i < k) {
			newest = (u32)max_u64(newest, made.time);
			if (d == x0 || (made.time > r->added.v[x0].time && !has(needed, x, d)))
				continue;
		} else if (i == k) {
			made.time = newest + 1;
		}
		vec_push(&r->made, made);
	}
	push(r, r->made.v, r->made.n);
}

/* Step number @k has been added: before which ones on its resource can it come? */
static void revisit_from(struct revisit *r, const struct execution *x, u32 k)
{
	const struct clock *before = &x->step[k].before;

	for (u32 x0 = r->added.v[k].prev; x0 != NONE; x0 = r->added.v[x0].prev) {
		u32 prev = r->added.v[x0].prev;
		struct clock needed;

		if (has(before, x, x0))
			return;
		clock_copy(&needed, before, x->cpus);
		if (prev != NONE)
			clock_join(&needed, &x->step[prev].after, x->cpus);
		if (may_throw_away(r, x, x0, &needed))
			make_item(r, x, k, x0, &needed);
	}
}

static void ended(void *arg, const struct execution *x)
{
	struct revisit *r = arg;

	/* The search begins again. */
	if (x->end == EXECUTION_AGAIN || !note_steps(r, x))
		return;
	SIM_ASSERT(x->n >= r->forced.n);
	for (u32 k = r->forced.n; k < x->n && !r->unfit; k++)
		revisit_from(r, x, k);
}

static u32 same(const void *arg)
{
	return ((const struct revisit *)arg)->same;
}

struct strategy revisit_strategy(struct revisit *r)
{
	return (struct strategy){ begin, choose, ended, same, r, false };
}

void revisit_save(const struct revisit *r, struct bytes *b)
{
	bytes_u64(b, r->n_items);
	for (size_t at = r->first; at < r->items.n;) {
		u32 n = steps_at(r, at);

		bytes_u32(b, n);
		bytes_put(b, r->items.v + at + sizeof(u32), n * sizeof(struct item_step));
		at += size_of(n);
	}
}

bool revisit_load(struct revisit *r, u32 cpus, struct bytes_in *in)
{
	u64 items = bytes_get_u64(in);

	for (u64 i = 0; i < items && !in->short_; i++) {
		u32 n = bytes_get_count(in, sizeof(struct item_step));
		const void *p = bytes_get(in, n * sizeof(struct item_step));

		r->made.n = 0;
		for (u32 k = 0; k < n && p; k++) {
			struct item_step s;

			memcpy(&s, (const u8 *)p + k * sizeof(s), sizeof(s));
			if (s.cpu >= cpus || s.kind >= POINT_NR)
				return false;
			vec_push(&r->made, s);
		}
		if (p)
			push(r, r->made.v, n);
	}
	return !in->short_;
}

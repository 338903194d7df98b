// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/touch.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/keys.h"

#include <stdlib.h>
#include <string.h>

enum { NO_STEP = 0xffffffff };

/**
 * struct resource
 * @write: the last step that changed it in this execution; NO_STEP: none
 * @read:  [n] steps that have read it since
 * @used:  in this execution
 * @cpus:  a bit for each CPU that has touched it, ever
 */
struct resource {
	u32 write;
	bool used;
	u64 cpus;
	struct {
		u32 *v;
		u32 n, cap;
	} read;
};

/* Keys that were asked for lately: what comes again and again costs no hash. */
enum { LATELY = 16 };

/**
 * struct touches
 * @keys: of the resources, by number
 * @used: [n] resources that the execution has touched
 * @late: [key % LATELY] a key that there is, with its number and 1; 0: none
 */
struct touches {
	struct keys keys;
	VEC(struct resource) resource;
	VEC(u32) used;
	struct {
		u64 key;
		u32 next;
	} late[LATELY];
};

struct touches *touches_new(void)
{
	return xcalloc(1, sizeof(struct touches));
}

void touches_free(struct touches *t)
{
	if (!t)
		return;
	for (u32 i = 0; i < t->resource.n; i++)
		vec_free(&t->resource.v[i].read);
	vec_free(&t->resource);
	vec_free(&t->used);
	keys_free(&t->keys);
	free(t);
}

void touches_begin(struct touches *t)
{
	for (u32 i = 0; i < t->used.n; i++) {
		struct resource *r = &t->resource.v[t->used.v[i]];

		r->write = NO_STEP;
		r->read.n = 0;
		r->used = false;
	}
	t->used.n = 0;
}

u64 touches_key(const struct touches *t, u32 number)
{
	SIM_ASSERT(number < t->resource.n);
	return t->keys.v.v[number];
}

u32 touches_number(struct touches *t, u64 key)
{
	u32 row = key % LATELY, number;

	if (likely(t->late[row].key == key && t->late[row].next > 0))
		return t->late[row].next - 1;
	number = keys_number(&t->keys, key);
	if (number == t->resource.n)
		vec_push(&t->resource, ((struct resource){ .write = NO_STEP }));
	t->late[row].key = key;
	t->late[row].next = number + 1;
	return number;
}

/* Has step number @k touched it already, at least so? */
static bool has(const struct execution *x, u32 k, touch_t touch)
{
	const struct taken *s = &x->step[k];

	for (u32 i = 0; i < s->n_touch; i++) {
		touch_t old = x->touch[s->touch0 + i];

		if (old == touch || old == (touch | TOUCH_WRITE))
			return true;
	}
	return false;
}

static void append(struct execution *x, u32 k, touch_t touch)
{
	SIM_ASSERT(k == x->n - 1);
	if (x->n_touch == x->touch_cap)
		x->touch = vec_grow(x->touch, &x->touch_cap, sizeof(*x->touch));
	x->touch[x->n_touch++] = touch;
	x->step[k].n_touch++;
}

/* Step number @d touches the same before step number @k, which is being taken. */
static void depends(struct execution *x, u32 k, u32 d)
{
	struct taken *s = &x->step[k];
	const struct taken *b = &x->step[d];

	if (d == k)
		return;
	clock_join(&x->now[s->step.cpu], &b->after, x->cpus);
	clock_join(&s->after, &b->after, x->cpus);
	if (b->step.cpu == s->step.cpu || clock_has(&s->before, b->step.cpu, b->step.nth))
		return;
	if (x->n_near == x->near_cap)
		x->near = vec_grow(x->near, &x->near_cap, sizeof(*x->near));
	x->near[x->n_near++] = d;
	s->n_near++;
}

bool touches_add(struct touches *t, struct execution *x, u32 k, enum resource_kind kind, u64 id,
                 bool write)
{
	u32 number = touches_number(t, (u64)kind << 56 | id);
	struct resource *r = &t->resource.v[number];
	touch_t touch = number << 1 | write;
	bool others;

	r->cpus |= 1ull << x->step[k].step.cpu;
	others = (r->cpus & (r->cpus - 1)) != 0;
	if (has(x, k, touch))
		return others;
	append(x, k, touch);
	if (!r->used) {
		r->used = true;
		vec_push(&t->used, number);
	}
	if (r->write != NO_STEP)
		depends(x, k, r->write);
	if (!write) {
		vec_push(&r->read, k);
		return others;
	}
	for (u32 i = 0; i < r->read.n; i++)
		depends(x, k, r->read.v[i]);
	r->read.n = 0;
	r->write = k;
	return others;
}

u32 execution_races(const struct execution *x, u32 k, u32 *out)
{
	const struct taken *s = &x->step[k];
	const u32 *near = x->near + s->near0;
	u32 n = 0;

	for (u32 i = 0; i < s->n_near; i++) {
		bool direct = true;

		for (u32 m = 0; m < s->n_near && direct; m++) {
			if (near[m] == near[i])
				direct = m >= i;
			else
				direct = near[m] < near[i] || !happens_before(x, near[i], near[m]);
		}
		if (direct)
			out[n++] = near[i];
	}
	return n;
}

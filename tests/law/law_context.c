// SPDX-License-Identifier: GPL-2.0-only

/*
 * The events around the first finding are those that keeping every event would show: the last CONTEXT_BEFORE of its lock, or
 * of its CPU, and what follows, however the log is cut into slices and however long a lock or CPU was quiet.
 */
#include "oracle/check/context.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "tests/kit.h"

#include <string.h>

static VEC(struct event) all;
static VEC(struct context_event) told;

/* Locks and CPUs with low numbers do most; the others come now and then. */
static u32 skewed(struct rng *r, u32 n)
{
	return (u32)rng_below(r, 1 + rng_below(r, 1 + rng_below(r, n)));
}

static struct event random_event(struct rng *r, u32 locks, u32 cpus)
{
	struct event e = { .cpu = (u8)skewed(r, cpus), .arg = (u32)rng_next(r) };

	if (rng_below(r, 4) == 0) {
		e.kind = MARK_BARRIER;
		return e;
	}
	e.kind = EV_GET_NOW;
	e.lk = skewed(r, locks);
	return e;
}

/* What is told of all events around @f: at most CONTEXT_BEFORE before it, itself, CONTEXT_AFTER after it. */
static void tell(const struct finding *f, bool lock)
{
	u64 n[ID_END] = { 0 };
	u32 after = 0, before = 0;

	told.n = 0;
	for (u32 i = 0; i < all.n; i++) {
		const struct event *e = &all.v[i];
		bool mark = event_is_mark(e->kind);
		struct context_event v = { .index = i,
			                   .at = mark ? i : n[e->lk]++,
			                   .arg = e->arg,
			                   .kind = e->kind,
			                   .cpu = e->cpu,
			                   .lk = (u8)e->lk };

		if (lock ? mark || e->lk != f->lk : e->cpu != f->cpu)
			continue;
		if (i >= f->index && after++ > CONTEXT_AFTER)
			break;
		before += i < f->index;
		vec_push(&told, v);
	}
	if (before > CONTEXT_BEFORE) {
		told.n -= before - CONTEXT_BEFORE;
		memmove(told.v, told.v + (before - CONTEXT_BEFORE), told.n * sizeof(*told.v));
	}
}

static void compare(const struct context *h)
{
	assert_int_equal(h->first.found.n, told.n);
	for (u32 i = 0; i < told.n; i++) {
		assert_int_equal(h->first.found.v[i].index, told.v[i].index);
		assert_int_equal(h->first.found.v[i].at, told.v[i].at);
		assert_int_equal(h->first.found.v[i].arg, told.v[i].arg);
		assert_int_equal(h->first.found.v[i].kind, told.v[i].kind);
		assert_int_equal(h->first.found.v[i].cpu, told.v[i].cpu);
		assert_int_equal(h->first.found.v[i].lk, told.v[i].lk);
	}
}

/* A slice of @n random events, which is not judged yet. */
static void slice(struct context *h, struct rng *r, u32 n, u32 locks, u32 cpus)
{
	context_next(h, all.n);
	for (u32 i = 0; i < n; i++) {
		vec_push(&all, random_event(r, locks, cpus));
		context_keep(h, &context_slice(h)->ev[i], &all.v[all.n - 1]);
	}
}

/* One log of random slices with a finding at event number @at. */
static void play(struct rng *r, u32 at)
{
	struct context *h = xcalloc(1, sizeof(*h));
	u32 locks = 1 + (u32)rng_below(r, ID_END), cpus = 1 + (u32)rng_below(r, MAX_CPU);
	u32 longest = 1 + (u32)rng_below(r, CONTEXT_SLICE);
	struct finding f = { .check = CHK_QUEUE, .index = at };
	bool made = false, lock = rng_below(r, 2);

	all.n = 0;
	while (all.n < at + 3 * CONTEXT_SLICE) {
		u32 n = 1 + (u32)rng_below(r, longest);
		bool fresh;

		slice(h, r, n, locks, cpus);
		fresh = !made && all.n > at;
		made |= fresh;
		if (fresh) {
			/* A quiet lock or CPU as often as a busy one. */
			f.check = lock ? CHK_QUEUE : CHK_STUCK;
			f.lk = lock ? (u32)rng_below(r, locks) : FINDING_NO_LOCK;
			f.cpu = (u32)rng_below(r, cpus);
		}
		context_judged(h, n);
		if (made)
			context_around(h, &h->first, &f, fresh);
		context_over(h);
	}
	tell(&f, lock);
	compare(h);
	free(h);
}

static void law_context_is_complete(void **state)
{
	struct rng r = { test_seed(11) };

	(void)state;
	for (u32 i = 0; i < 400; i++)
		play(&r, (u32)rng_below(&r, 12 * CONTEXT_SLICE));
}

/* The last ones of a lock are the last ones, as many as are needed or more. */
static void compare_last(const struct context *h, lk_t lk)
{
	struct context_event last[CONTEXT_LAST];
	u32 n = context_last(h, lk, last), seen = 0;

	for (u32 i = all.n; i-- > 0 && seen < CONTEXT_BEFORE;) {
		if (event_is_mark(all.v[i].kind) || all.v[i].lk != lk)
			continue;
		assert_true(seen < n);
		assert_int_equal(last[n - 1 - seen++].index, i);
	}
}

/* What is found between two slices has all that came before as well, also what only the next slice will give up. */
static void law_between_slices(void **state)
{
	struct rng r = { test_seed(12) };

	(void)state;
	for (u32 i = 0; i < 400; i++) {
		struct context *h = xcalloc(1, sizeof(*h));
		u32 locks = 1 + (u32)rng_below(&r, ID_END), cpus = 1 + (u32)rng_below(&r, MAX_CPU);
		u32 slices = (u32)rng_below(&r, 40),
		    longest = 1 + (u32)rng_below(&r, CONTEXT_SLICE);
		bool lock = rng_below(&r, 2);
		struct finding f = { .check = lock ? CHK_QUEUE : CHK_STUCK };

		f.lk = lock ? (u32)rng_below(&r, locks) : FINDING_NO_LOCK;
		f.cpu = (u32)rng_below(&r, cpus);
		all.n = 0;
		for (u32 k = 0; k < slices; k++) {
			u32 n = 1 + (u32)rng_below(&r, longest);

			slice(h, &r, n, locks, cpus);
			context_judged(h, n);
			context_over(h);
		}
		f.index = all.n;
		context_begin(h, &h->first, &f);
		tell(&f, lock);
		compare(h);
		for (lk_t lk = 0; lk < locks; lk++)
			compare_last(h, lk);
		free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_context_is_complete),
		cmocka_unit_test(law_between_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

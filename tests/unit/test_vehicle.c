// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who runs when, on each kind of vehicle.  What a body owns: test_vehicle_own.c; what the sanitizers see: test_vehicle_seen.c.
 */
#include "tests/unit/vehicle_make.h"

#include "sim/base/rng.h"

#include <string.h>

enum { MAX_BODIES = 16, MAX_TRACE = 4096 };

/* A sequence of numbers, which several kinds must make alike. */
struct trace {
	u32 n;
	u32 at[MAX_TRACE];
};

static void put(struct trace *t, u32 what)
{
	assert_true(t->n < MAX_TRACE);
	t->at[t->n++] = what;
}

#define assert_trace(t, ...)                                              \
	do {                                                              \
		const u32 expected[] = { __VA_ARGS__ };                   \
                                                                          \
		assert_int_equal((t)->n, ARRAY_SIZE(expected));           \
		assert_memory_equal((t)->at, expected, sizeof(expected)); \
	} while (0)

/* Each kind has a name, by which it is found, and nothing else is. */
static void names(void **state)
{
	(void)state;
	assert_string_equal(vehicle_name(VEHICLE_FIBER), "fiber");
	assert_string_equal(vehicle_name(VEHICLE_UCONTEXT), "ucontext");
	assert_string_equal(vehicle_name(VEHICLE_PTHREAD), "pthread");
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++)
		assert_int_equal(vehicle_by_name(vehicle_name(k)), k);
	assert_int_equal(vehicle_by_name("fibers"), VEHICLE_NR);
	assert_int_equal(vehicle_by_name(""), VEHICLE_NR);
}

static u32 ping(void *arg, u32 i)
{
	struct trace *t = arg;

	assert_int_equal(vehicle_running(v), i);
	put(t, 10 + i);
	vehicle_switch(v, i, 2);
	put(t, 20 + i);
	vehicle_switch(v, i, i);
	put(t, 30 + i);
	return 2;
}

/* Home and a body take turns; a switch to oneself is none; who ends says who goes on. */
static void ping_pong(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct trace t = { 0 };

		make(k, 2, ping, &t);
		assert_int_equal(vehicle_running(v), 2);
		vehicle_begin(v, 0);
		vehicle_begin(v, 1);
		assert_int_equal(t.n, 0);
		vehicle_switch(v, 2, 1);
		put(&t, 1);
		vehicle_switch(v, 2, 0);
		put(&t, 2);
		vehicle_switch(v, 2, 0);
		put(&t, 3);
		vehicle_switch(v, 2, 1);
		assert_int_equal(vehicle_running(v), 2);
		assert_trace(&t, 11, 1, 10, 2, 20, 30, 3, 21, 31);
		vehicle_free(v);
	}
}

static u32 ring(void *arg, u32 i)
{
	struct trace *t = arg;

	for (u32 round = 0; round < 3; round++) {
		put(t, 10 * round + i);
		if (round < 2 || i < 3)
			vehicle_switch(v, i, (i + 1) % 4);
	}
	put(t, 100 + i);
	return i ? i - 1 : 4;
}

/* Bodies switch to each other without home; one that ends says which of those goes on that are inside. */
static void without_home(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct trace t = { 0 };

		make(k, 4, ring, &t);
		for (u32 i = 0; i < 4; i++)
			vehicle_begin(v, i);
		vehicle_switch(v, 4, 0);
		assert_trace(&t, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 103, 102, 101, 100);
		vehicle_free(v);
	}
}

/* An end may be another's beginning. */
static u32 chain(void *arg, u32 i)
{
	put(arg, i);
	return i + 1;
}

static void ends_begin(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct trace t = { 0 };

		make(k, 3, chain, &t);
		for (u32 again = 0; again < 2; again++) {
			for (u32 i = 3; i--;)
				vehicle_begin(v, i);
			vehicle_switch(v, 3, 0);
		}
		assert_trace(&t, 0, 1, 2, 0, 1, 2);
		vehicle_free(v);
	}
}

struct again {
	u32 ran[3];
	u32 halves;
};

static u32 ends(void *arg, u32 i)
{
	struct again *a = arg;

	a->ran[i]++;
	if (a->ran[i] % 2)
		vehicle_switch(v, i, 3);
	a->halves++;
	return 3;
}

/* A body that has ended begins again, from its beginning, ten thousand times, each at another place of the order. */
static void begins_again(void **state)
{
	enum { TIMES = 10000 };

	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct again a = { 0 };

		make(k, 3, ends, &a);
		for (u32 t = 0; t < TIMES; t++) {
			for (u32 j = 0; j < 3; j++)
				vehicle_begin(v, (t + j) % 3);
			for (u32 j = 0; j < 3; j++)
				vehicle_switch(v, 3, (t + 2 * j) % 3);
			for (u32 j = 0; t % 2 == 0 && j < 3; j++)
				vehicle_switch(v, 3, j);
			assert_int_equal(a.halves, 3 * (t + 1));
		}
		for (u32 j = 0; j < 3; j++)
			assert_int_equal(a.ran[j], TIMES);
		vehicle_free(v);
	}
}

/* One who has begun and was never switched to has nothing to undo: it may begin once more, or go with the vehicle. */
static void begun_only(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct trace t = { 0 };

		make(k, 3, chain, &t);
		vehicle_free(v);
		make(k, 3, chain, &t);
		vehicle_begin(v, 2);
		vehicle_begin(v, 2);
		vehicle_begin(v, 1);
		vehicle_switch(v, 3, 2);
		assert_trace(&t, 2);
		vehicle_free(v);
	}
	vehicle_free(NULL);
}

struct walk {
	struct trace trace;
	u32 n;
	u32 left[MAX_BODIES]; /* switches until it ends */
	bool there[MAX_BODIES];
	struct rng rng;
};

/* One of those who are there, or home now and then, or if nobody is. */
static u32 draw(struct walk *w)
{
	u32 i = (u32)rng_below(&w->rng, w->n + 1);

	for (u32 k = 0; k < w->n && i < w->n; k++, i = (i + 1) % w->n)
		if (w->there[i])
			return i;
	return w->n;
}

static u32 wander(void *arg, u32 i)
{
	struct walk *w = arg;
	u32 mine = i * 1000;

	while (w->left[i]--) {
		put(&w->trace, mine++);
		vehicle_switch(v, i, draw(w));
	}
	w->there[i] = false;
	put(&w->trace, mine + 500);
	return draw(w);
}

static void wander_on(enum vehicle_kind k, u64 seed, struct walk *w)
{
	memset(w, 0, sizeof(*w));
	w->rng.s = seed;
	w->n = 1 + (u32)rng_below(&w->rng, MAX_BODIES);
	make(k, w->n, wander, w);
	for (u32 i = 0; i < w->n; i++) {
		w->left[i] = (u32)rng_below(&w->rng, 50);
		w->there[i] = true;
		vehicle_begin(v, i);
	}
	for (u32 i = 0; i < w->n; i++)
		while (w->there[i])
			vehicle_switch(v, w->n, i);
	vehicle_free(v);
}

/* What the switches say alone decides what happens: one program leaves one trace on each kind. */
static void same_trace(void **state)
{
	static struct walk first, w;
	u64 seed = test_seed(21);

	(void)state;
	for (u32 round = 0; round < 50; round++) {
		wander_on(VEHICLE_FIBER, seed + round, &first);
		assert_true(first.trace.n >= first.n);
		for (enum vehicle_kind k = VEHICLE_FIBER + 1; k < VEHICLE_NR; k++) {
			wander_on(k, seed + round, &w);
			assert_int_equal(w.trace.n, first.trace.n);
			assert_memory_equal(w.trace.at, first.trace.at,
			                    first.trace.n * sizeof(first.trace.at[0]));
		}
	}
}

static enum vehicle_kind misused;

static void switch_to_unbegun(void *arg)
{
	make(misused, 2, chain, arg);
	vehicle_switch(v, 2, 0);
}

static void switch_to_ended(void *arg)
{
	make(misused, 2, ping, arg);
	vehicle_begin(v, 0);
	for (u32 k = 0; k < 3; k++)
		vehicle_switch(v, 2, 0);
}

static void not_who_runs(void *arg)
{
	make(misused, 2, ping, arg);
	vehicle_begin(v, 0);
	vehicle_begin(v, 1);
	vehicle_switch(v, 0, 1);
}

static void begin_inside(void *arg)
{
	make(misused, 2, ping, arg);
	vehicle_begin(v, 0);
	vehicle_switch(v, 2, 0);
	vehicle_begin(v, 0);
}

static u32 begins_other(void *arg, u32 i)
{
	(void)arg;
	vehicle_begin(v, 1 - i);
	return 2;
}

static void begin_by_body(void *arg)
{
	make(misused, 2, begins_other, arg);
	vehicle_begin(v, 0);
	vehicle_switch(v, 2, 0);
}

static void free_inside(void *arg)
{
	make(misused, 2, ping, arg);
	vehicle_begin(v, 0);
	vehicle_switch(v, 2, 0);
	vehicle_free(v);
}

static u32 to_itself(void *arg, u32 i)
{
	(void)arg;
	return i;
}

static void ends_to_itself(void *arg)
{
	make(misused, 2, to_itself, arg);
	vehicle_begin(v, 0);
	vehicle_switch(v, 2, 0);
}

/* Who uses a vehicle otherwise than its header says is found out at that moment. */
static void misuse(void **state)
{
	static void (*const wrong[])(void *) = { switch_to_unbegun, switch_to_ended, not_who_runs,
		                                 begin_inside,      begin_by_body,   free_inside,
		                                 ends_to_itself };
	static struct trace t;

	(void)state;
	for (misused = 0; misused < VEHICLE_NR; misused++)
		for (u32 k = 0; k < ARRAY_SIZE(wrong); k++)
			assert_true(dies(wrong[k], &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),        cmocka_unit_test(ping_pong),
		cmocka_unit_test(without_home), cmocka_unit_test(ends_begin),
		cmocka_unit_test(begins_again), cmocka_unit_test(begun_only),
		cmocka_unit_test(same_trace),   cmocka_unit_test(misuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

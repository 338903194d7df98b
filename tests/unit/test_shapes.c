// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classic shapes (sim/exec/scopes.def): how many classes each has and how many of these are wrong, by hand; that nothing is wrong with
 * the mended ones; and that each strategy finds what is wrong as soon as what it promises says.
 */
#include "sim/explore/classes.h"
#include "sim/explore/naive.h"
#include "tests/kit.h"
#include "tests/kit_shapes.h"

#include <math.h>
#include <string.h>

/* Of a normal distribution 99 % lie above -Z99. */
#define Z99 2.326

enum { RUNS = 5000, SEEDS = 20 };

/**
 * struct answer
 * @classes, @wrong: by tickets, of which so many are wrong; @mended: classes of the mended shape
 * @cells, @cells_wrong, @cells_mended: the same by cells
 * @naive: every order of steps is a matter of less than a second
 */
struct answer {
	const char *name;
	u32 cpus;
	u64 classes, wrong, mended, cells, cells_wrong, cells_mended;
	bool naive;
};

static const struct answer answers[] = {
	/* (N + 2)! / 6, less N!; N! */
	{ "wronglock", 2, 4, 2, 2, 4, 2, 2, true },
	{ "wronglock", 3, 20, 14, 6, 20, 14, 6, true },
	{ "wronglock", 4, 120, 96, 24, 120, 96, 24, true },
	{ "wronglock", 6, 6720, 6000, 720, 6720, 6000, 720, false },
	/* with M = N - 1: M!^2 (1 + M (M + 1)), M M!^2; N! */
	{ "twostage", 2, 3, 1, 2, 3, 1, 2, true },
	{ "twostage", 3, 28, 8, 6, 28, 8, 6, true },
	{ "twostage", 4, 468, 108, 24, 468, 108, 24, true },
	{ "twostage", 5, 12096, 2304, 120, 12096, 2304, 120, false },
	{ "carter", 2, 4, 2, 6, 4, 2, 1, true },
	/* scope_shapes.c has the sum; wrong are M!^2 M (M + 1) / 2; N! */
	{ "reorder", 2, 4, 1, 2, 4, 1, 2, true },
	{ "reorder-3", 3, 56, 12, 6, 56, 12, 6, true },
	{ "reorder", 4, 1248, 216, 24, 1248, 216, 24, true },
	{ "reorder-5", 5, 40032, 5760, 120, 40032, 5760, 120, false },
	/* 3!, 2!; 3! */
	{ "account", 3, 6, 2, 6, 6, 2, 6, true },
	{ "bluetooth", 2, 10, 1, 9, 10, 1, 9, true },
	{ "bluetooth", 3, 418, 86, 286, 204, 50, 186, true },
	/* 2^N - 1, 1; 2^N - 2 */
	{ "philosophers", 2, 3, 1, 2, 3, 1, 1, true },
	{ "philosophers", 3, 7, 1, 6, 7, 1, 1, true },
	{ "philosophers", 4, 15, 1, 14, 15, 1, 1, true },
	{ "philosophers", 8, 255, 1, 254, 255, 1, 1, false },
};

static struct search_result searched(const struct scope *s, enum search_kind kind,
                                     enum scope_depend depend, bool judged)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = depend,
		                 .judged = judged,
		                 .checks = check_set_all(),
		                 .steps = 10000 };
	struct search_opts so = { .kind = kind, .all = true, .class_bytes = 16 << 20 };

	return shape_search(s, &o, &so, NULL);
}

/* All classes are there, each once, and so many of them are wrong, by what the scope says that is found. */
static void has(const struct answer *a, bool mended, enum search_kind kind,
                enum scope_depend depend, u64 classes, u64 wrong)
{
	struct scope *s = shape_named(a->name, a->cpus, mended);
	struct search_result r = searched(s, kind, depend, false);
	bool deadlock = strstr(s->verdict, "deadlock") != NULL;

	if (r.classes != classes || r.unexpected + r.ends[EXECUTION_DEADLOCK] != wrong)
		fail_msg("%s, %u CPUs%s, %s: %llu classes, %llu wrong", a->name, a->cpus,
		         mended ? ", mended" : "", depend == DEPEND_CELLS ? "cells" : "tickets",
		         (unsigned long long)r.classes,
		         (unsigned long long)(r.unexpected + r.ends[EXECUTION_DEADLOCK]));
	if (depend == DEPEND_TICKETS)
		assert_int_equal(s->classes, classes);
	assert_true(r.complete);
	assert_int_equal(r.executions, r.classes);
	assert_int_equal(r.blocked, 0);
	assert_int_equal(deadlock ? r.unexpected : r.ends[EXECUTION_DEADLOCK], 0);
	assert_int_equal(r.ends[EXECUTION_DONE] + r.ends[EXECUTION_DEADLOCK], classes);
	scope_free(s);
}

static void known_answers(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(answers); i++) {
		const struct answer *a = &answers[i];

		has(a, false, SEARCH_DFS, DEPEND_TICKETS, a->classes, a->wrong);
		has(a, true, SEARCH_DFS, DEPEND_TICKETS, a->mended, 0);
		has(a, false, SEARCH_DFS, DEPEND_CELLS, a->cells, a->cells_wrong);
		has(a, true, SEARCH_DFS, DEPEND_CELLS, a->cells_mended, 0);
		has(a, false, SEARCH_REVISIT, DEPEND_TICKETS, a->classes, a->wrong);
	}
}

/* Every order of steps: the same classes, and the same of them are wrong. */
static void as_naive(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(answers); i++) {
		struct classes *all = classes_new(1 << 20), *wrong = classes_new(1 << 20);
		const struct answer *a = &answers[i];
		struct naive *n = naive_new();
		struct strategy by = naive_strategy(n);
		struct shape_run r;
		struct scope *s;
		bool bug;

		if (a->naive) {
			s = shape_named(a->name, a->cpus, false);
			shape_open(&r, s);
			while (shape_next(&r, &by, &bug, NULL)) {
				u64 name = class_name(engine_execution(r.e));

				classes_add(all, name);
				if (bug)
					classes_add(wrong, name);
			}
			assert_int_equal(classes_count(all), a->classes);
			assert_int_equal(classes_count(wrong), a->wrong);
			shape_close(&r);
			scope_free(s);
		}
		naive_free(n);
		classes_free(all);
		classes_free(wrong);
	}
}

/* By all checks: of a shape nothing else is wrong than what it says, and with the mended one nothing is. */
static void judged(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(answers); i++) {
		const struct answer *a = &answers[i];
		struct search_result r;
		struct scope *s;

		if (a->classes > 2000)
			continue;
		s = shape_named(a->name, a->cpus, false);
		r = searched(s, SEARCH_DFS, DEPEND_TICKETS, true);
		assert_int_equal(r.violations > 0, strcmp(s->verdict, "expect") != 0);
		assert_int_equal(r.unexpected + r.ends[EXECUTION_DEADLOCK], a->wrong);
		scope_free(s);
		s = shape_named(a->name, a->cpus, true);
		assert_string_equal(s->verdict, "clean");
		r = searched(s, SEARCH_DFS, DEPEND_TICKETS, true);
		assert_true(r.complete);
		assert_int_equal(r.violations + r.unexpected + r.ends[EXECUTION_DEADLOCK], 0);
		scope_free(s);
	}
}

/**
 * struct weighed - naive enumeration, with the probability with which a random walk makes each execution
 */
struct weighed {
	struct strategy by;
	double weight;
};

static bool weighed_begin(void *arg)
{
	struct weighed *w = arg;

	w->weight = 1;
	return w->by.begin(w->by.arg);
}

static u32 weighed_choose(void *arg, const struct execution *x)
{
	struct weighed *w = arg;
	u32 n = 0;

	for (u32 c = 0; c < x->cpus; c++)
		n += execution_can(x, c);
	w->weight /= n;
	return w->by.choose(w->by.arg, x);
}

static void weighed_ended(void *arg, const struct execution *x)
{
	struct weighed *w = arg;

	w->by.ended(w->by.arg, x);
}

static u32 weighed_same(const void *arg)
{
	const struct weighed *w = arg;

	return w->by.same(w->by.arg);
}

/* How likely it is that a random walk finds it. */
static double walk_finds(const char *name, u32 cpus)
{
	struct naive *n = naive_new();
	struct weighed w = { .by = naive_strategy(n) };
	struct strategy by = {
		weighed_begin, weighed_choose, weighed_ended, weighed_same, &w, true
	};
	struct scope *s = shape_named(name, cpus, false);
	double all = 0, wrong = 0;
	struct shape_run r;
	bool bug;

	shape_open(&r, s);
	while (shape_next(&r, &by, &bug, NULL)) {
		all += w.weight;
		wrong += bug ? w.weight : 0;
	}
	assert_true(fabs(all - 1) < 1e-9);
	shape_close(&r);
	scope_free(s);
	naive_free(n);
	return wrong;
}

/*
 * A random walk finds each shape as often as the sum over all orders says: of all shapes together, how far the numbers are from that has a
 * chi-square distribution, with a degree of freedom for each.
 */
static void random_walks(void **state)
{
	double chi = 0;
	u32 n = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(answers); i++) {
		const struct answer *a = &answers[i];
		double p, off, variance;
		struct shape_run r;
		struct scope *s;
		u64 hits;

		if (!a->naive)
			continue;
		p = walk_finds(a->name, a->cpus);
		variance = p * (1 - p) * RUNS;
		s = shape_named(a->name, a->cpus, false);
		shape_open(&r, s);
		hits = shape_hits(&r, SAMPLER_RANDOM, 1, 1, RUNS);
		off = (double)hits - p * RUNS;
		print_message("%s, %u CPUs: %llu of %d, expected %.1f, z %.2f\n", a->name, a->cpus,
		              (unsigned long long)hits, RUNS, p * RUNS, off / sqrt(variance));
		chi += off * off / variance;
		n++;
		shape_close(&r);
		scope_free(s);
	}
	print_message("chi-square %.1f, %u degrees of freedom\n", chi, n);
	assert_int_equal(n, 16);
	assert_true(chi < 32.00); /* 1 % */
}

/**
 * struct need - what a shape needs to be found
 * @orders: of two steps; @steps: of its longest execution: by both PCT promises its rate
 * @walk:   naive enumeration says how often a random walk finds it
 *
 * reorder-N needs N orders: that a setter is between its two steps when the last CPU looks, and each other one before its second.  But of
 * PCT's priorities the setter's being the highest, and the last CPU's the next one, brings all but one of them: that the setter falls back
 * behind its first step.  So it is found as if it needed two.
 */
static const struct need {
	const char *name;
	u32 cpus, orders, steps;
	bool walk;
} needs[] = {
	{ "wronglock", 4, 2, 10, true },    { "twostage", 2, 2, 4, true },
	{ "carter", 2, 2, 6, true },        { "reorder-3", 3, 2, 8, true },
	{ "reorder-3", 3, 3, 8, true },     { "reorder-5", 5, 2, 12, false },
	{ "reorder-10", 10, 2, 22, false }, { "account", 3, 2, 3, true },
	{ "bluetooth", 2, 2, 10, true },    { "philosophers", 3, 3, 6, true },
};

static double promised(const struct need *n)
{
	return 1.0 / n->cpus / pow(n->steps, n->orders - 1);
}

/* PCT finds each shape at least as often as it promises, to what chance allows (one side, 1 %). */
static void pct_keeps_its_bound(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(needs); i++) {
		double p = promised(&needs[i]), said;
		struct scope *s = shape_named(needs[i].name, 0, false);
		struct shape_run r;
		u64 hits;

		shape_open(&r, s);
		hits = shape_bound(&r, needs[i].orders, 1, RUNS, &said);
		print_message("%s, %u orders: %llu of %d, promised %.1f\n", needs[i].name,
		              needs[i].orders, (unsigned long long)hits, RUNS, p * RUNS);
		assert_int_equal(s->cpus, needs[i].cpus);
		assert_true(fabs(said - p) < p / 1e6);
		assert_true((double)hits > p * RUNS - Z99 * sqrt(p * (1 - p) * RUNS));
		shape_close(&r);
		scope_free(s);
	}
}

/*
 * Each strategy finds each shape, of all seeds: within so many executions that what it promises fails once in e^10; where it promises no
 * number, within 1,000.
 */
static void all_strategies_find_it(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(needs); i++) {
		const struct need *n = &needs[i];
		struct scope *s = shape_named(n->name, 0, false);
		struct shape_run r;

		shape_open(&r, s);
		for (u32 kind = 0; kind < SAMPLER_NR; kind++) {
			double p = 0.01;
			u64 within;

			if (kind == SAMPLER_PCT)
				p = promised(n);
			else if (kind == SAMPLER_RANDOM && n->walk)
				p = walk_finds(n->name, n->cpus);
			within = (u64)ceil(10 / p);
			for (u64 seed = 1; seed <= SEEDS; seed++)
				if (!shape_first_hit(&r, kind, n->orders, seed, within))
					fail_msg("%s: %s, seed %llu: not within %llu", n->name,
					         sampler_name(kind), (unsigned long long)seed,
					         (unsigned long long)within);
		}
		shape_close(&r);
		scope_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(as_naive),
		cmocka_unit_test(judged),
		cmocka_unit_test(random_walks),
		cmocka_unit_test(pct_keeps_its_bound),
		cmocka_unit_test(all_strategies_find_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What is told of a search before it is made, against what is known of it. */
#include "sim/exec/scope_named.h"
#include "sim/explore/estimate.h"
#include "sim/explore/search.h"
#include "tests/kit.h"
#include "tests/kit_built.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 20, EXECUTIONS = 1000, PROGRAMS = 12 };

struct machine_of {
	struct setup *setup;
	struct engine *e;
};

static struct machine_of made(const struct scope *s)
{
	struct engine_opts eo = { .vehicle = VEHICLE_FIBER,
		                  .depend = DEPEND_TICKETS,
		                  .steps = 10000 };
	struct machine_of m = { .e = NULL };
	struct err err;

	if (setup_new(&m.setup, s, false, &err) < 0 || engine_new(&m.e, m.setup, &eo, &err) < 0)
		fail_msg("%s", err.msg);
	return m;
}

static void drop(struct machine_of *m)
{
	engine_free(m->e);
	setup_free(m->setup);
}

/* Of 20 seeds: the mean's distance from the truth, in parts of it, how many intervals hold it, and (added) how many executions were none. */
static double seeds(const struct scope *s, double truth, u32 *hold, double *all_dead)
{
	double sum = 0, dead = 0, width = 0;

	*hold = 0;
	for (u64 seed = 1; seed <= SEEDS; seed++) {
		struct estimate_opts o = { .seed = seed, .executions = EXECUTIONS };
		struct machine_of m = made(s);
		struct estimate e;

		estimate_run(m.e, m.setup, &o, &e);
		assert_false(e.exact);
		assert_true(e.probes + EXECUTIONS / 5 <= EXECUTIONS);
		assert_true(e.low <= e.classes && e.classes <= e.high);
		assert_true(e.ns_each > 0);
		sum += e.classes;
		dead += (double)e.dead / SEEDS;
		width += (e.high - e.low) / truth / SEEDS;
		*hold += e.low <= truth && truth <= e.high;
		drop(&m);
	}
	print_message(
		"%10.0f: off by %5.2f %%, %2u intervals of %u hold it, wide %5.2f, %.0f dead\n",
		truth, 100 * (sum / SEEDS / truth - 1), *hold, SEEDS, width, dead);
	*all_dead += dead;
	return sum / SEEDS / truth - 1;
}

/* The known answers of named scopes. */
static void known_answers(void **state)
{
	static const struct {
		const char *name;
		u32 cpus, sections;
		double classes;
	} rows[] = {
		{ "lock", 7, 1, 5040 },       { "lock", 8, 1, 40320 },     { "lock", 3, 3, 1680 },
		{ "lock", 3, 4, 34650 },      { "lock", 4, 2, 2520 },      { "lock", 5, 2, 113400 },
		{ "lock", 4, 3, 369600 },     { "sequence", 5, 1, 14400 }, { "nested", 7, 1, 5040 },
		{ "sequence", 6, 1, 518400 }, { "split", 4, 1, 1176 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *s;
		struct err err;
		double off, dead = 0;
		u32 hold;

		if (scope_named(rows[i].name, rows[i].cpus, rows[i].sections, &s, &err) < 0)
			fail_msg("%s", err.msg);
		print_message("%s ", rows[i].name);
		off = seeds(s, rows[i].classes, &hold, &dead);
		assert_true(off > -0.1 && off < 0.1);
		assert_true(hold >= 18);
		scope_free(s);
	}
}

/*
 * Random programs, with halts and deadlocks: the truth is what a search comes to.  Where halts cut what was to come, weights scatter, and
 * now and then an interval does not hold as often as it says.
 */
static void searched(void **state)
{
	struct rng r = { .s = test_seed(4) };
	double dead = 0;
	u32 n = 0, good = 0;

	(void)state;
	while (n < PROGRAMS) {
		struct search_opts so = {
			.kind = SEARCH_DFS, .all = true, .executions = 30000, .class_bytes = 1 << 20
		};
		struct search_result sr;
		struct machine_of m;
		struct built b;
		double off;
		u32 hold;

		built_random_of(&b, &r, 4 + (u32)rng_below(&r, 3), 3 + (u32)rng_below(&r, 3));
		m = made(&b.s);
		search_run(m.e, m.setup, &so, NULL, NULL, NULL, &sr);
		drop(&m);
		if (sr.complete && sr.executions >= 1000) {
			n++;
			off = seeds(&b.s, (double)sr.executions, &hold, &dead);
			assert_true(off > -0.1 && off < 0.1);
			good += hold >= 18;
		}
		built_drop(&b);
	}
	assert_true(good >= PROGRAMS * 5 / 6);
	/* Of 800: who cannot come first because of a lock that another CPU holds is not drawn to. */
	assert_true(dead / PROGRAMS < 230);
}

/* What is small is counted. */
static void small(void **state)
{
	struct estimate_opts o = { .seed = 1, .executions = EXECUTIONS };
	struct estimate e;
	struct machine_of m;
	struct built b;

	(void)state;
	built_begin(&b, 3);
	for (u32 c = 0; c < 3; c++)
		built_section(&b, c, 0);
	m = made(&b.s);
	estimate_run(m.e, m.setup, &o, &e);
	assert_true(e.exact);
	assert_true(e.classes == 6 && e.low == 6 && e.high == 6);
	drop(&m);
	built_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(searched),
		cmocka_unit_test(small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

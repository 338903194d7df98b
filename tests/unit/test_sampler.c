// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strategies that draw executions, each by what it promises.  Seeds are fixed, so that the figures are the same every time; how far
 * they may lie from what is promised is what chance allows.
 */
#include "sim/base/vec.h"
#include "sim/explore/classes.h"
#include "sim/explore/naive.h"
#include "tests/kit.h"
#include "tests/kit_shapes.h"

#include <math.h>

/* Of a normal distribution 95 % lie above -Z95, 99 % above -Z99. */
#define Z95 1.645
#define Z99 2.326

enum { RUNS = 10000, SEEDS = 20, MANY_SEEDS = 100 };

/* The least rate at which @hits of @n are not too many, with 95 % (Wilson's interval). */
static double at_least(u64 hits, u64 n)
{
	double p = (double)hits / (double)n, z = Z95 * Z95 / (double)n;

	return (p + z / 2 - sqrt(z * p * (1 - p) + z * z / 4)) / (1 + z);
}

/*
 * PCT finds a bug of depth d at least in one of n k^(d-1) executions.  One row is a bug that is found at just that rate: there the
 * bound must lie in the interval; in the others the rate is higher, and it must lie below.
 */
static void pct_keeps_its_bound(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct shape *b, u32 cpus, u32 steps);
		u32 cpus, steps, depth, k;
		bool tight;
	} rows[] = {
		{ "first", shape_first, 4, 6, 1, 10, true },
		{ "last", shape_last, 4, 24, 1, 37, false },
		{ "between", shape_between, 4, 16, 2, 23, false },
		{ "follow", shape_follow, 6, 10, 3, 22, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		double bound = 1.0 / rows[i].cpus / pow(rows[i].k, rows[i].depth - 1), rate,
		       promised;
		struct shape_run r;
		struct shape b;
		u64 hits;

		rows[i].make(&b, rows[i].cpus, rows[i].steps);
		shape_open(&r, &b.s);
		hits = shape_bound(&r, rows[i].depth, 1, RUNS, &promised);
		rate = (double)hits / RUNS;
		print_message("%s: depth %u: %llu of %d, bound %.5f, at least %.5f; random %llu\n",
		              rows[i].name, rows[i].depth, (unsigned long long)hits, RUNS, bound,
		              at_least(hits, RUNS),
		              (unsigned long long)shape_hits(&r, SAMPLER_RANDOM, 1, 1, RUNS));
		assert_true(fabs(promised - bound) < bound / 1e6);
		if (rows[i].tight)
			assert_true(fabs(rate - bound) < Z95 * sqrt(bound * (1 - bound) / RUNS));
		else
			assert_true(at_least(hits, RUNS) >= bound);
		shape_close(&r);
		shape_free(&b);
	}
}

/* The order in which the CPUs take VM 1's lock, as a number below the CPUs' factorial. */
static u32 order_of(const struct execution *x, u32 lk)
{
	u32 order = 0, before[EXPLORE_CPUS], n = 0;

	for (u32 k = 0; k < x->n; k++) {
		const struct step *s = &x->step[k].step;
		u32 less = s->cpu;

		if (s->kind != POINT_TICKET || s->object != lk)
			continue;
		for (u32 i = 0; i < n; i++)
			less -= before[i] < s->cpu;
		before[n++] = s->cpu;
		order = order * (x->cpus + 1 - n) + less;
	}
	assert_int_equal(n, x->cpus);
	return order;
}

/* How far the frequencies of the N! orders of a lock are from being equal: the sum of (seen - expected)^2 / expected. */
static double chi_square(struct shape_run *r, enum sampler_kind kind, u32 orders)
{
	struct sampler *p = sampler_new(&(struct sampler_opts){ .kind = kind, .seed = 1 });
	struct strategy s = sampler_strategy(p);
	const struct execution *x = engine_execution(r->e);
	u64 seen[120] = { 0 };
	double sum = 0, expected = RUNS / orders;
	bool bug;

	assert_true(orders <= ARRAY_SIZE(seen));
	for (u32 i = 0; i < expected * orders; i++) {
		assert_true(shape_next(r, &s, &bug, NULL));
		seen[order_of(x, INFO_ID + 1)]++;
	}
	sampler_free(p);
	for (u32 i = 0; i < orders; i++)
		sum += ((double)seen[i] - expected) * ((double)seen[i] - expected) / expected;
	return sum;
}

/*
 * SURW draws each of the N! orders of a lock as often as any other, though the CPUs come to it behind different numbers of steps; a
 * random walk does not.  The limits are those beyond which chi-square lies with 1 %, for N! - 1 degrees of freedom.
 */
static void surw_is_uniform(void **state)
{
	static const struct {
		u32 cpus, orders;
		double limit;
	} rows[] = { { 3, 6, 15.09 }, { 4, 24, 41.64 }, { 5, 120, 157.80 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		double surw, random;
		struct shape_run r;
		struct shape b;

		shape_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++) {
			shape_own_sections(&b, c, 2 * c);
			shape_sections(&b, c, 1, 1);
			shape_own_sections(&b, c, 3);
		}
		shape_open(&r, &b.s);
		surw = chi_square(&r, SAMPLER_SURW, rows[i].orders);
		random = chi_square(&r, SAMPLER_RANDOM, rows[i].orders);
		print_message("%u CPUs: chi-square %.1f, of a random walk %.1f, limit %.2f\n",
		              rows[i].cpus, surw, random, rows[i].limit);
		assert_true(surw < rows[i].limit);
		assert_true(random > rows[i].limit);
		shape_close(&r);
		shape_free(&b);
	}
}

/* Where only steps of one lock are made, URW draws every order of all of them alike. */
static void urw_is_uniform(void **state)
{
	/* 1, 2 and 3 steps: 60 orders */
	struct sampler *p = sampler_new(&(struct sampler_opts){ .kind = SAMPLER_URW, .seed = 1 });
	struct strategy s = sampler_strategy(p);
	u64 seen[729] = { 0 };
	double sum = 0;
	struct shape_run r;
	struct shape b;
	u32 orders = 0;
	bool bug;

	(void)state;
	shape_begin(&b, 3);
	for (u32 c = 0; c < 3; c++)
		shape_sections(&b, c, 1, c + 1);
	shape_open(&r, &b.s);
	for (u32 i = 0; i < 60 * 200; i++) {
		const struct execution *x = engine_execution(r.e);
		u32 order = 0;

		assert_true(shape_next(&r, &s, &bug, NULL));
		for (u32 k = 0; k < x->n; k++)
			order = 3 * order + x->step[k].step.cpu;
		seen[order]++;
	}
	for (u32 i = 0; i < ARRAY_SIZE(seen); i++) {
		orders += seen[i] > 0;
		sum += seen[i] ? ((double)seen[i] - 200) * ((double)seen[i] - 200) / 200 : 0;
	}
	print_message("%u orders, chi-square %.1f\n", orders, sum);
	assert_int_equal(orders, 60);
	assert_true(sum < 87.17); /* 1 %, 59 degrees of freedom */
	sampler_free(p);
	shape_close(&r);
	shape_free(&b);
}

/* One step against 25: a random walk has it last once in 2^25 executions, SURW and URW in 26. */
static void surw_finds_one_against_many(void **state)
{
	struct shape_run r;
	struct shape b;

	(void)state;
	shape_last(&b, 2, 25);
	shape_open(&r, &b.s);
	assert_int_equal(shape_hits(&r, SAMPLER_RANDOM, 1, 1, 10000), 0);
	for (u32 seed = 1; seed <= SEEDS; seed++) {
		assert_true(shape_hits(&r, SAMPLER_SURW, 1, seed, 1000) > 0);
		assert_true(shape_hits(&r, SAMPLER_URW, 1, seed, 1000) > 0);
	}
	shape_close(&r);
	shape_free(&b);
}

struct mean {
	double of_20, all, variance; /* of the mean of all */
};

static struct mean mean_of(struct shape_run *r, enum sampler_kind kind)
{
	struct mean m = { 0, 0, 0 };
	double squares = 0;

	for (u32 seed = 1; seed <= MANY_SEEDS; seed++) {
		double n = (double)shape_first_hit(r, kind, SAMPLER_DEPTH, seed, 100000);

		assert_true(n > 0);
		m.of_20 += seed <= SEEDS ? n / SEEDS : 0;
		m.all += n / MANY_SEEDS;
		squares += n * n / MANY_SEEDS;
	}
	m.variance = (squares - m.all * m.all) / (MANY_SEEDS - 1);
	return m;
}

/* Is a mean lower than another one: of 20 seeds, and of 100 by more than what chance gives in 1 %? */
static bool is_sooner(const struct mean *a, const struct mean *than)
{
	return a->of_20 < than->of_20 &&
	       than->all - a->all > Z99 * sqrt(a->variance + than->variance);
}

/* Partial order sampling finds reorder-N sooner than a random walk, and feedback sooner than both. */
static void reorder_is_found_sooner(void **state)
{
	static const u32 cpus[] = { 3, 5, 10, 20, 60 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cpus); i++) {
		struct scope *s = shape_named("reorder", cpus[i], false);
		struct mean random, pos, feedback;
		struct shape_run r;

		shape_open(&r, s);
		random = mean_of(&r, SAMPLER_RANDOM);
		pos = mean_of(&r, SAMPLER_POS);
		feedback = mean_of(&r, SAMPLER_FEEDBACK);
		print_message("reorder-%u: of 20 seeds (of 100): random %.1f (%.1f), pos %.1f "
		              "(%.1f), feedback %.1f (%.1f)\n",
		              cpus[i], random.of_20, random.all, pos.of_20, pos.all, feedback.of_20,
		              feedback.all);
		if (cpus[i] >= 20) {
			assert_true(is_sooner(&pos, &random));
			assert_true(is_sooner(&feedback, &random));
			assert_true(is_sooner(&feedback, &pos));
		}
		shape_close(&r);
		scope_free(s);
	}
}

/* Feedback goes on from what it has found: a bug that needs all CPUs' steps to alternate is found step by step, others meet it by luck. */
static void feedback_climbs(void **state)
{
	struct mean random, pos, feedback;
	struct shape_run r;
	struct shape b;

	(void)state;
	shape_ladder(&b, 6);
	shape_open(&r, &b.s);
	random = mean_of(&r, SAMPLER_RANDOM);
	pos = mean_of(&r, SAMPLER_POS);
	feedback = mean_of(&r, SAMPLER_FEEDBACK);
	print_message("ladder: random %.1f (%.1f), pos %.1f (%.1f), feedback %.1f (%.1f)\n",
	              random.of_20, random.all, pos.of_20, pos.all, feedback.of_20, feedback.all);
	assert_true(is_sooner(&feedback, &random));
	assert_true(is_sooner(&feedback, &pos));
	shape_close(&r);
	shape_free(&b);
}

/*
 * Steps that depend on each other are drawn anew by POS whenever one of them is taken: with no others it is a random walk.  Of two CPUs
 * with two steps each, the orders AABB and BBAA have 1/4 then, and ABAB, ABBA, BAAB, BABA 1/8.
 */
static void pos_draws_dependent_steps_anew(void **state)
{
	struct sampler *p = sampler_new(&(struct sampler_opts){ .kind = SAMPLER_POS, .seed = 2 });
	struct strategy s = sampler_strategy(p);
	u32 seen[16] = { 0 };
	double sum = 0;
	struct shape_run r;
	struct shape b;
	bool bug;

	(void)state;
	shape_begin(&b, 2);
	for (u32 c = 0; c < 2; c++)
		shape_sections(&b, c, 1, 2);
	shape_open(&r, &b.s);
	for (u32 i = 0; i < RUNS; i++) {
		const struct execution *x = engine_execution(r.e);
		u32 order = 0;

		assert_true(shape_next(&r, &s, &bug, NULL));
		for (u32 k = 0; k < x->n; k++)
			order = 2 * order + x->step[k].step.cpu;
		seen[order]++;
	}
	for (u32 i = 0; i < ARRAY_SIZE(seen); i++) {
		double expected = i == 3 || i == 12 ? RUNS / 4.0 : RUNS / 8.0;

		sum += seen[i] ? (seen[i] - expected) * (seen[i] - expected) / expected : 0;
	}
	print_message("chi-square %.1f\n", sum);
	assert_true(sum < 15.09); /* 1 %, 5 degrees of freedom */
	sampler_free(p);
	shape_close(&r);
	shape_free(&b);
}

/* What the first 100 executions come to. */
static u64 drawn(const struct scope *scope, enum sampler_kind kind, u64 seed)
{
	struct sampler *p = sampler_new(
		&(struct sampler_opts){ .kind = kind, .seed = seed, .depth = 3, .scope = scope });
	struct strategy s = sampler_strategy(p);
	struct shape_run r;
	u64 steps = 0;
	bool bug;

	shape_open(&r, scope);
	for (u32 i = 0; i < 100; i++)
		assert_true(shape_next(&r, &s, &bug, &steps));
	shape_close(&r);
	sampler_free(p);
	return steps;
}

/* One seed, one sequence of executions; another seed, another one; with as many CPUs as there may be, too. */
static void a_seed_says_all(void **state)
{
	static const u32 cpus[] = { 5, EXPLORE_CPUS };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cpus); i++) {
		struct scope *s = shape_named("reorder", cpus[i], false);

		for (u32 kind = 0; kind < SAMPLER_NR; kind++) {
			u64 first = drawn(s, kind, 1);

			assert_true(first == drawn(s, kind, 1));
			assert_true(first != drawn(s, kind, 2));
		}
		scope_free(s);
	}
}

/* All classes of the scope. */
static struct classes *all_classes(struct shape_run *r)
{
	struct classes *all = classes_new(1 << 20);
	struct naive *n = naive_new();
	struct strategy s = naive_strategy(n);
	bool bug;

	while (shape_next(r, &s, &bug, NULL))
		classes_add(all, class_name(engine_execution(r->e)));
	naive_free(n);
	return all;
}

/* Every execution that is drawn is one that the scope has, with deadlocks and halts, and 300 of them show most classes. */
static void only_what_there_is(void **state)
{
	struct rng rng = { .s = test_seed(21) };
	u64 there = 0, seen[SAMPLER_NR] = { 0 }, ends[EXECUTION_ENDS] = { 0 };

	(void)state;
	for (u32 i = 0; i < 100; i++) {
		struct classes *all;
		struct shape_run r;
		struct shape b;

		shape_random(&b, &rng);
		shape_open(&r, &b.s);
		all = all_classes(&r);
		there += classes_count(all);
		for (u32 kind = 0; kind < SAMPLER_NR; kind++) {
			struct sampler *p = sampler_new(&(struct sampler_opts){
				.kind = kind, .seed = i, .depth = 3, .scope = &b.s });
			struct classes *mine = classes_new(1 << 20);
			struct strategy s = sampler_strategy(p);
			bool bug;

			for (u32 k = 0; k < 300; k++) {
				u64 name;

				assert_true(shape_next(&r, &s, &bug, NULL));
				name = class_name(engine_execution(r.e));
				assert_false(classes_add(all, name));
				classes_add(mine, name);
				ends[engine_execution(r.e)->end]++;
			}
			seen[kind] += classes_count(mine);
			classes_free(mine);
			sampler_free(p);
		}
		classes_free(all);
		shape_close(&r);
		shape_free(&b);
	}
	print_message("%llu classes", (unsigned long long)there);
	for (u32 kind = 0; kind < SAMPLER_NR; kind++) {
		print_message(", %s %llu", sampler_name(kind), (unsigned long long)seen[kind]);
		assert_true(2 * seen[kind] > there);
	}
	print_message("\n");
	assert_true(ends[EXECUTION_DEADLOCK] > 0 && ends[EXECUTION_HALTED] > 0);
}

/* By name, in a search: with the judge, up to its limit, and never complete. */
static void searches(void **state)
{
	static const char *const names[] = { "random", "pct", "surw", "urw", "pos", "feedback" };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		struct engine_opts o = { .vehicle = VEHICLE_FIBER,
			                 .depend = DEPEND_TICKETS,
			                 .judged = true,
			                 .checks = check_set_all(),
			                 .steps = 10000 };
		struct search_opts so = { .kind = search_by_name(names[i]),
			                  .seed = 1,
			                  .all = true,
			                  .executions = 500,
			                  .class_bytes = 1 << 20 };
		struct search_result result;
		struct shape b;

		assert_int_not_equal(so.kind, SEARCH_NR);
		assert_string_equal(search_name(so.kind), names[i]);
		shape_begin(&b, 3);
		for (u32 c = 0; c < 3; c++)
			shape_sections(&b, c, 1, 2);
		result = shape_search(&b.s, &o, &so, NULL);
		assert_int_equal(result.executions, 500);
		assert_int_equal(result.violations, 0);
		assert_false(result.complete);
		assert_true(result.classes > 10 && result.classes <= 90);
		assert_int_equal(result.redundant, 500 - result.classes);
		assert_int_equal(result.bound > 0, i == 1);
		shape_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pct_keeps_its_bound),
		cmocka_unit_test(surw_is_uniform),
		cmocka_unit_test(urw_is_uniform),
		cmocka_unit_test(surw_finds_one_against_many),
		cmocka_unit_test(reorder_is_found_sooner),
		cmocka_unit_test(feedback_climbs),
		cmocka_unit_test(pos_draws_dependent_steps_anew),
		cmocka_unit_test(a_seed_says_all),
		cmocka_unit_test(only_what_there_is),
		cmocka_unit_test(searches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

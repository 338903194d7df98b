// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search against known answers: how many classes a scope has is a number that can be computed by hand, and what naive enumeration
 * of all orders gives.
 */
#include "shmem/locks.h"
#include "sim/base/vec.h"
#include "sim/explore/alike.h"
#include "tests/kit.h"
#include "tests/kit_built.h"
#include "tests/kit_programs.h"
#include "tests/kit_shapes.h"
#include "tests/kit_truth.h"

#include <stdio.h>
#include <string.h>

static u32 max_rounds;
static bool symmetry;

static struct search_result searched(const struct scope *s, const struct engine_opts *o,
                                     enum search_kind kind, struct endings *endings)
{
	struct search_opts so = { .kind = kind,
		                  .all = true,
		                  .rounds = max_rounds,
		                  .symmetry = symmetry,
		                  .class_bytes = 64 << 20 };

	return shape_search(s, o, &so, endings);
}

static struct search_result explored_by(const struct scope *s, enum search_kind kind, bool judged,
                                        enum scope_depend depend, struct endings *endings)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = depend,
		                 .judged = judged,
		                 .checks = check_set_all(),
		                 .steps = 10000 };

	return searched(s, &o, kind, endings);
}

static struct search_result explored(const struct scope *s, enum search_kind kind, bool judged)
{
	return explored_by(s, kind, judged, DEPEND_TICKETS, NULL);
}

static void has(struct built *b, u64 classes, u64 deadlocks)
{
	static const enum search_kind kinds[] = { SEARCH_DFS, SEARCH_REVISIT };

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct search_result r = explored(&b->s, kinds[i], false);

		assert_true(r.complete);
		assert_int_equal(r.executions, classes);
		assert_int_equal(r.classes, classes);
		assert_int_equal(r.redundant, 0);
		assert_int_equal(r.blocked, 0);
		assert_int_equal(r.ends[EXECUTION_DEADLOCK], deadlocks);
	}
	built_drop(b);
}

/* N CPUs, one lock, K sections each: (NK)! / (K!)^N orders. */
static void one_lock(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 classes;
	} rows[] = { { 2, 1, 2 },   { 3, 1, 6 },    { 4, 1, 24 },   { 5, 1, 120 },
		     { 6, 1, 720 }, { 7, 1, 5040 }, { 2, 2, 6 },    { 2, 3, 20 },
		     { 2, 4, 70 },  { 3, 2, 90 },   { 3, 3, 1680 }, { 4, 2, 2520 } };
	struct built b;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++)
				built_section(&b, c, 0);
		has(&b, rows[i].classes, 0);
	}
}

static void disjoint(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 4);
	for (u32 c = 0; c < 4; c++)
		built_section(&b, c, c + 1);
	has(&b, 1, 0);
}

/* A, then B: (N!)^2. */
static void sequence(void **state)
{
	static const u64 classes[] = { 4, 36, 576 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 4; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_section(&b, c, 0);
			built_section(&b, c, 1);
		}
		has(&b, classes[n - 2], 0);
	}
}

/* A { B }: N!. */
static void nested(void **state)
{
	static const u64 classes[] = { 2, 6, 24 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 4; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_lock(&b, c, 0);
			built_section(&b, c, 1);
			built_unlock(&b, c, 0);
		}
		has(&b, classes[n - 2], 0);
	}
}

/* A { B } and B { A }, CPUs alternating. */
static void abba(void **state)
{
	static const u64 classes[] = { 3, 12, 64, 384 }, deadlocks[] = { 1, 6, 40, 264 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 5; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_lock(&b, c, c % 2);
			built_section(&b, c, 1 - c % 2);
			built_unlock(&b, c, c % 2);
		}
		has(&b, classes[n - 2], deadlocks[n - 2]);
	}
}

/* Every order of steps has the classes of the searches and no others, and both dependences have the same outcomes; law.explore has more. */
static void as_all_orders(void **state)
{
	static const u32 programs[PROGRAM_KINDS] = { 120, 40, 10, 30 };
	struct rng r = { .s = test_seed(11) };
	char text[PROGRAM_TEXT], why[160];

	(void)state;
	for (u32 kind = 0; kind < PROGRAM_KINDS; kind++) {
		struct truth t = { .races = kind == PROGRAM_CONTEXTS };

		while (t.programs < programs[kind]) {
			struct scope *s;
			bool same;

			program_random(&r, kind, text);
			s = program_scope(text);
			same = truth_add(&t, s, true, why, sizeof(why));
			scope_free(s);
			if (!same)
				fail_msg("%s\n%s", why, text);
		}
		truth_print(&t, program_kind_name(kind));
		assert_int_equal(t.dependences, programs[kind]);
		assert_true(t.orders > t.classes);
		assert_true(kind >= PROGRAM_GUEST || t.by_cells < t.by_tickets);
	}
}

/* What has little to do with cells, and yet an order: a lock that is never given up, and an access before a section. */
static void cells_see_all(void **state)
{
	static const struct {
		const char *text;
		u64 endings;
	} rows[] = {
		{ "concurrent\n"
		  "cpu 0\nacquire_lock_s2page\nrelease_lock_s2page\n"
		  "cpu 1\nacquire_lock_s2page\n"
		  "end\n",
		  2 },
		{ "concurrent\n"
		  "cpu 0\nacquire_lock_s2page\nrelease_lock_s2page\n"
		  "cpu 1\nacquire_lock_s2page\nget_now 77\n"
		  "end\n",
		  2 },
		/* Its frame is no other CPU's: the access reads the page's record. */
		{ "boot 1024\nfault 0x201000\nconcurrent\n"
		  "cpu 0\nmem_load 0x201 3\n"
		  "acquire_lock_core\nget_next_vmid\nrelease_lock_core\n"
		  "cpu 1\nacquire_lock_s2page\nset_s2_page_vmid 1 1\nrelease_lock_s2page\n"
		  "acquire_lock_core\nset_next_vmid 9\nrelease_lock_core\n"
		  "end\n",
		  4 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *s = program_scope(rows[i].text);
		struct truth t = { .programs = 0 };
		char why[160];

		if (!truth_add(&t, s, true, why, sizeof(why)))
			fail_msg("%s", why);
		assert_int_equal(t.dependences, 1);
		assert_int_equal(t.endings, rows[i].endings);
		scope_free(s);
	}
}

/* Of classes that differ by who is who one is explored: (NK)! / (K!)^N / N!, and N! for one lock behind another. */
static void symmetric(void **state)
{
	static const struct {
		u32 cpus, sections;
		bool two;
		u64 classes;
	} rows[] = { { 4, 1, false, 1 },   { 2, 2, false, 3 },   { 3, 2, false, 15 },
		     { 4, 2, false, 105 }, { 3, 3, false, 280 }, { 2, 1, true, 2 },
		     { 3, 1, true, 6 },    { 4, 1, true, 24 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct search_result r;
		struct built b;

		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++) {
				built_section(&b, c, 0);
				if (rows[i].two)
					built_section(&b, c, 1);
			}
		symmetry = true;
		r = explored(&b.s, SEARCH_DFS, false);
		symmetry = false;
		assert_true(r.complete);
		assert_int_equal(r.classes, rows[i].classes);
		assert_int_equal(r.redundant + r.blocked, 0);
		built_drop(&b);
	}
}

/* A CPU that makes calls beside its program is like no other one. */
static void alike(void **state)
{
	static const char program[] = "acquire_lock_core\nrelease_lock_core\n";
	static const struct {
		const char *before, *behind;
		u8 same_as[3];
	} rows[] = {
		{ "", "", { 0, 0, 0 } },
		{ "cpu 0\nget_cur_vmid\n", "", { 0, 1, 1 } },
		{ "", "cpu 1\nget_cur_vmid\n", { 0, 1, 0 } },
		{ "", "get_cur_vmid\n", { 0, 1, 1 } },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 same_as[EXPLORE_CPUS];
		struct scope *s;
		char text[512];

		snprintf(text, sizeof(text), "%sconcurrent\ncpu 0\n%scpu 1\n%scpu 2\n%send\n%s",
		         rows[i].before, program, program, program, rows[i].behind);
		s = program_scope(text);
		alike_cpus(s, same_as);
		assert_memory_equal(same_as, rows[i].same_as, sizeof(rows[i].same_as));
		scope_free(s);
	}
}

/* How many orders of one lock need at most 1, 2, ... rounds. */
static void rounds(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 sums[7];
	} rows[] = { { 3, 1, { 1, 5, 6 } },
		     { 4, 1, { 1, 12, 23, 24 } },
		     { 5, 1, { 1, 27, 93, 119, 120 } },
		     { 6, 1, { 1, 58, 360, 662, 719, 720 } },
		     { 2, 2, { 1, 5, 6 } },
		     { 3, 2, { 1, 21, 69, 89, 90 } } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct endings *endings;
		struct search_result r;
		struct built b;
		u64 sum = 0;

		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++)
				built_section(&b, c, 0);
		endings = outcomes_new(&b.s, 10);
		max_rounds = 2;
		r = explored_by(&b.s, SEARCH_DFS, false, DEPEND_TICKETS, endings);
		max_rounds = 0;
		for (u32 k = 0; k < 7 && rows[i].sums[k]; k++) {
			sum += r.rounds[k];
			assert_int_equal(sum, rows[i].sums[k]);
		}
		assert_int_equal(sum, r.executions);
		assert_int_equal(r.beyond, r.executions - rows[i].sums[1]);
		assert_int_equal(outcomes_get(endings, 0)->count, rows[i].sums[1]);
		outcomes_free(endings);
		built_drop(&b);
	}
}

static u64 do_many(struct cpu *c, const u64 *a)
{
	for (u64 i = 0; i < a[0]; i++) {
		acquire_lock_vm(c, 1);
		release_lock_vm(c, 1);
	}
	return 0;
}

/* More steps of one CPU than a clock can count: the execution is cut, and the search is not complete. */
static void more_steps_than_clocks_count(void **state)
{
	static const struct prim many = {
		.name = "many", .family = PRIM_HYP, .n_args = 1, .call = do_many
	};
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 1000000 };

	(void)state;
	for (u32 more = 0; more < 2; more++) {
		struct search_result r;
		struct built b;

		built_begin(&b, 1);
		vec_push(&b.s.program[0],
		         ((struct scope_call){ .prim = &many,
		                               .args = { EXPLORE_CPU_STEPS + more } }));
		r = searched(&b.s, &o, SEARCH_DFS, NULL);
		assert_int_equal(r.ends[EXECUTION_DONE], !more);
		assert_int_equal(r.ends[EXECUTION_LIMIT], more);
		assert_int_equal(r.complete, !more);
		assert_int_equal(r.steps, EXPLORE_CPU_STEPS);
		built_drop(&b);
	}
}

/* With the judge: nothing is found in what is in order, and each deadlock is said to be one. */
static void judged(void **state)
{
	struct search_result r;
	struct built b;

	(void)state;
	built_begin(&b, 3);
	for (u32 c = 0; c < 3; c++) {
		built_section(&b, c, 0);
		built_section(&b, c, 0);
	}
	r = explored(&b.s, SEARCH_DFS, true);
	assert_int_equal(r.executions, 90);
	assert_int_equal(r.violations, 0);
	built_drop(&b);
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++) {
		built_lock(&b, c, c);
		built_section(&b, c, 1 - c);
		built_unlock(&b, c, c);
	}
	r = explored(&b.s, SEARCH_DFS, true);
	assert_int_equal(r.executions, 3);
	assert_int_equal(r.ends[EXECUTION_DEADLOCK], 1);
	built_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lock),
		cmocka_unit_test(disjoint),
		cmocka_unit_test(sequence),
		cmocka_unit_test(nested),
		cmocka_unit_test(abba),
		cmocka_unit_test(as_all_orders),
		cmocka_unit_test(judged),
		cmocka_unit_test(rounds),
		cmocka_unit_test(more_steps_than_clocks_count),
		cmocka_unit_test(symmetric),
		cmocka_unit_test(alike),
		cmocka_unit_test(cells_see_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What the judge of executions finds, in which of them, and what it says of them. */
#include "sim/explore/judge.h"

#include "tests/kit.h"
#include "tests/kit_executions.h"

#include <string.h>

static bool has_row(struct kit_bench *b, const char *row)
{
	u32 n;
	const struct finding *f = checker_findings(explore_judge_checker(b->j), &n);

	for (u32 i = 0; i < n; i++)
		if (strcmp(f[i].row, row) == 0)
			return true;
	return false;
}

/* A lock that is not passed on is found in the executions that leave it, if they came to their end. */
static void a_lock_is_left(void **state)
{
	struct kit_bench b;

	(void)state;
	kit_bench_make(&b, false, "0A 1A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_int_equal(kit_execute_text(&b, "0A 1A", true), 0);
	assert_int_equal(kit_execute_text(&b, "0A 1l 0A", true), 1);
	assert_int_equal(kit_execute_text(&b, "0A 1A", true), 0);
	assert_int_equal(kit_execute_text(&b, "0A 1l 0A", false), 0);
	assert_int_equal(kit_execute_text(&b, "2l", true), 1);
	assert_int_equal(kit_execute_text(&b, "", true), 0);
	kit_bench_free(&b);
}

/* A write that no push told of is found by what objects hold at the end, in the executions that have it. */
static void a_write_is_not_told(void **state)
{
	struct kit_bench b;

	(void)state;
	kit_bench_make(&b, false, "0A 1A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_int_equal(kit_execute_text(&b, "0A 1w", true), 0); /* nobody looks */
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(kit_execute_text(&b, "0A 1A", true), 0);
	assert_int_equal(kit_execute_text(&b, "0A 1w", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	assert_int_equal(kit_execute_text(&b, "0A 1A", true), 0);
	/* Nobody has pushed the object. */
	assert_int_equal(kit_execute_text(&b, "1w", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	/* Memory is as the prefix left it, which the log does not say any more. */
	assert_int_equal(kit_execute_text(&b, "0A 1u", true), 1);
	assert_int_equal(kit_execute_text(&b, "0A 1u 2( 2)", true), 1);
	/* Others pull what it has changed. */
	assert_true(kit_execute_text(&b, "0A 1w 2A", true) > 0);
	assert_true(has_row(&b, "CONTENTS_PULL"));
	/* The lock is held: the object is somebody's. */
	assert_int_equal(kit_execute_text(&b, "2a", false), 0);
	assert_int_equal(kit_execute_text(&b, "", true), 0);
	kit_bench_free(&b);
}

/* What was stored past the objects is no running digest's, and the end of an episode finds it. */
static void a_store_past_the_objects(void **state)
{
	struct kit_bench b;

	(void)state;
	kit_bench_make(&b, false, "0A 1A");
	kit_bench_start(&b, (struct check_how){ 0 });
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(kit_execute_text(&b, "0A 1r", true), 0);
	b.rest = true;
	assert_int_equal(kit_execute_text(&b, "0A 1r", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	assert_int_equal(kit_execute_text(&b, "0A 1A", true), 0);
	kit_bench_free(&b);
}

/* The prefix's own violations are those of each execution. */
static void a_prefix_is_judged(void **state)
{
	struct kit_bench b;
	u32 n;

	(void)state;
	kit_bench_make(&b, false, "0A 1w 2A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_true(kit_execute_text(&b, "", true) > 0);
	assert_true(has_row(&b, "CONTENTS_PULL"));
	assert_true(kit_execute_text(&b, "0A", true) > 0);
	kit_bench_free(&b);
	/* Its episode begins with all marks, whoever runs first. */
	kit_bench_make(&b, false, "1w 0A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_true(kit_execute_text(&b, "", true) > 0);
	assert_int_equal(checker_findings(explore_judge_checker(b.j), &n)->index,
	                 KIT_BENCH_CPUS + 4);
	kit_bench_free(&b);
}

/* A CPU may fill its chunk, in any execution, and the next one begins in the first chunk again. */
static void chunks_are_filled(void **state)
{
	struct kit_steps s = kit_steps("0A 1M 2A 1A"), t = kit_steps("0A 1M 1A 2A");
	struct kit_execution x = { .found = 0 };
	struct kit_bench b;
	u32 n;

	(void)state;
	kit_bench_make(&b, false, "0A 1A");
	kit_bench_start(&b, (struct check_how){ 0 });
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(kit_execute(&b, &x, &s, 0, true), 0);
	assert_true(log_writer(b.t.log, 1)->chunk->seq > 0);
	kit_expect_as_alone(&b, &s, true);
	kit_bench_back(&b);
	assert_int_equal(kit_execute(&b, &x, &t, 2, true), 0);
	kit_expect_as_alone(&b, &t, true);
	kit_bench_back(&b);
	(void)explore_judge_events(b.j, &n);
	assert_true(n > KIT_MANY * 6);
	assert_int_equal(kit_execute_text(&b, "1A 0A", true), 0);
	kit_bench_free(&b);
}

/* The prefix, too. */
static void a_long_prefix(void **state)
{
	struct kit_steps s = kit_steps("1A 2A");
	struct kit_execution x = { .found = 0 };
	struct kit_bench b;

	(void)state;
	kit_bench_make(&b, false, "0A 1M");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_int_equal(kit_execute(&b, &x, &s, 0, true), 0);
	kit_expect_as_alone(&b, &s, true);
	kit_bench_free(&b);
}

/* ---- its events ---- */

static void expect_event(const struct event *e, u32 cpu, u32 kind)
{
	assert_int_equal(e->cpu, cpu);
	assert_string_equal(event_name(e->kind), event_name(kind));
}

/* Events stand in the order in which they happened, by segments, with what they carry; a barrier comes with the next record. */
static void events_in_order(void **state)
{
	struct kit_steps s = kit_steps("0( 1a 0) 1b"), t = kit_steps("0( 1a 1b 0)");
	struct kit_execution x = { .found = 0 };
	const struct event *e;
	struct kit_bench b;
	u32 n;

	(void)state;
	kit_bench_make(&b, false, "0A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_int_equal(explore_judge_base_events(b.j), KIT_BENCH_CPUS + 8);
	assert_int_equal(kit_execute(&b, &x, &s, 0, true), 0);
	e = explore_judge_events(b.j, &n);
	assert_int_equal(n, 2 * 8);
	assert_int_equal(explore_judge_first(b.j, 0), 0);
	assert_int_equal(explore_judge_first(b.j, 1), 5);
	assert_int_equal(explore_judge_first(b.j, 2), 10);
	assert_int_equal(explore_judge_first(b.j, 3), 13);
	assert_int_equal(explore_judge_first(b.j, 4), 16);
	expect_event(&e[0], 0, EV_INC_TICKET);
	expect_event(&e[4], 0, EV_OPULL);
	expect_event(&e[5], 1, EV_INC_TICKET);
	expect_event(&e[10], 0, EV_OVMINFO);
	expect_event(&e[12], 0, EV_INC_NOW);
	expect_event(&e[13], 1, EV_ONPT);
	assert_int_equal(e[13].n, 2);
	assert_true(e[13].diffs[0].new == 4096 && e[13].diffs[1].new == 8192);
	kit_bench_back(&b);
	assert_int_equal(kit_execute(&b, &x, &t, 2, true), 0);
	e = explore_judge_events(b.j, &n);
	assert_int_equal(n, 2 * 8);
	assert_int_equal(explore_judge_first(b.j, 3), 13);
	expect_event(&e[9], 1, EV_OPULL);
	expect_event(&e[10], 1, EV_ONPT);
	assert_int_equal(e[10].n, 2);
	assert_true(e[10].diffs[0].new == 4096 && e[10].diffs[1].new == 8192);
	expect_event(&e[13], 0, EV_OVMINFO);
	kit_bench_free(&b);
}

static u64 cases(struct kit_bench *b, enum check_id id)
{
	struct check_verdict v;

	checker_verdict(explore_judge_checker(b->j), id, &v);
	return v.n_cases;
}

/* All invariants are evaluated for all there is once in an execution, if that is asked for. */
static void all_or_changes(void **state)
{
	struct kit_bench b;
	u64 before;

	(void)state;
	kit_bench_make(&b, true, "01");
	kit_bench_start(&b, (struct check_how){ 0 });
	explore_judge_whole(b.j, false);
	assert_int_equal(kit_execute_text(&b, "02 13", true), 0);
	before = cases(&b, CHK_SELFTEST);
	explore_judge_whole(b.j, true);
	assert_int_equal(kit_execute_text(&b, "02 13", true), 0);
	assert_int_equal(cases(&b, CHK_SELFTEST), before + 1);
	explore_judge_whole(b.j, false);
	assert_int_equal(kit_execute_text(&b, "02 13", true), 0);
	assert_int_equal(cases(&b, CHK_SELFTEST), before);
	kit_bench_free(&b);
}

/* ---- what it refuses ---- */

/* Between two events of a segment. */
static void undoes_to_no_place(void *arg)
{
	struct kit_bench *b = arg;

	checker_undo(explore_judge_checker(b->j), explore_judge_base_events(b->j) + 1);
}

static void ends_with_another_prefix(void *arg)
{
	struct kit_bench *b = arg;

	kit_bench_back(b);
	kit_bench_step(b, &(struct kit_step){ .cpu = 1, .what = 'A' });
	explore_judge_segment(b->j, 1);
	(void)explore_judge_end(b->j, 1, true, ~0ull);
}

/* Only a log in memory; and what is said to be the same must be. */
static void misuse(void **state)
{
	struct kit_steps s = kit_steps("0A 1A");
	struct kit_execution x = { .found = 0 };
	struct explore_judge *j = NULL;
	struct test_machine off;
	struct kit_bench b;
	struct err e;

	(void)state;
	test_machine_make(&off, KIT_BENCH_CPUS, 0, WAIT_YIELD, false);
	assert_int_equal(
		explore_judge_new(&j, off.log, check_set_all(), (struct check_how){ 0 }, &e),
		-ERR_USAGE);
	assert_null(j);
	test_machine_free(&off);
	kit_bench_make(&b, false, "0A");
	kit_bench_start(&b, (struct check_how){ 0 });
	assert_int_equal(kit_execute(&b, &x, &s, 0, true), 0);
	assert_true(dies(ends_with_another_prefix, &b));
	assert_true(dies(undoes_to_no_place, &b));
	kit_bench_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_is_left),
		cmocka_unit_test(a_write_is_not_told),
		cmocka_unit_test(a_store_past_the_objects),
		cmocka_unit_test(a_prefix_is_judged),
		cmocka_unit_test(chunks_are_filled),
		cmocka_unit_test(a_long_prefix),
		cmocka_unit_test(events_in_order),
		cmocka_unit_test(all_or_changes),
		cmocka_unit_test(misuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The searches against ground truth, on random programs: each class of all orders of steps is executed once, and which steps are taken
 * for dependent changes no outcome.
 */
#include "tests/kit.h"
#include "tests/kit_programs.h"
#include "tests/kit_truth.h"

#include <stdlib.h>
#include <string.h>

/* 2,380 programs from one seed, on 1,190 of them both dependences; in full a fourth of that from each of 20. */
static const u32 programs[PROGRAM_KINDS] = { [PROGRAM_LOCKS] = 1400,
	                                     [PROGRAM_MEMORY] = 560,
	                                     [PROGRAM_GUEST] = 140,
	                                     [PROGRAM_CONTEXTS] = 280 };

static void law(enum program_kind kind)
{
	struct rng r = { .s = test_seed(21 + kind) };
	const char *form = getenv("HYPSIM_FORM");
	u32 n = programs[kind] / (form && strcmp(form, "full") == 0 ? 4 : 1);
	struct truth t = { .races = kind == PROGRAM_CONTEXTS };
	char text[PROGRAM_TEXT], why[160];

	while (t.programs < n) {
		struct scope *s;
		bool same;

		program_random(&r, kind, text);
		s = program_scope(text);
		same = truth_add(&t, s, t.programs % 2 == 0, why, sizeof(why));
		scope_free(s);
		if (!same)
			fail_msg("%s\n%s", why, text);
	}
	truth_print(&t, program_kind_name(kind));
	assert_int_equal(t.programs, n);
	assert_int_equal(t.dependences, (n + 1) / 2);
	assert_true(t.orders > 2 * t.classes && t.by_cells < t.by_tickets && t.left < n / 4);
	assert_true(kind == PROGRAM_GUEST || (t.halts > 0 && t.stuck > 0 && t.found > 0));
	assert_true(kind != PROGRAM_LOCKS || t.deadlocks > 0);
	/* An execution by cells that says nothing new: at most one of twenty. */
	assert_true(20 * t.wasted <= t.by_cells);
}

static void locks(void **state)
{
	(void)state;
	law(PROGRAM_LOCKS);
}

static void memory(void **state)
{
	(void)state;
	law(PROGRAM_MEMORY);
}

static void guest(void **state)
{
	(void)state;
	law(PROGRAM_GUEST);
}

static void contexts(void **state)
{
	(void)state;
	law(PROGRAM_CONTEXTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks),
		cmocka_unit_test(memory),
		cmocka_unit_test(guest),
		cmocka_unit_test(contexts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

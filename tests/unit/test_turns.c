// SPDX-License-Identifier: GPL-2.0-only
/* Whose turn it is: in which order those that wait come to it. */
#include "sim/log/read/turns.h"

#include "tests/kit.h"

#include <stdio.h>

enum { LK = 3, OTHER = 4, RANK = 70, FAR = RANK + TURN_SLOTS };

static struct turns t;

static int begin(void **state)
{
	(void)state;
	t = (struct turns){ 0 };
	return 0;
}

static void park_look(u32 cpu, u32 lk, u32 rank)
{
	turns_park(&t, cpu, turn_make(lk, rank, true));
}

static void park_change(u32 cpu, u32 lk, u32 rank)
{
	turns_park(&t, cpu, turn_make(lk, rank, false));
}

/* Those that are ready, in their order, which are then ready no longer: "1 2". */
static void takes(const char *want)
{
	char have[64] = "";
	size_t n = 0;

	while (t.n_ready) {
		u32 cpu = turns_take(&t);

		assert_false(t.ready >> cpu & 1);
		n += (size_t)snprintf(have + n, sizeof(have) - n, "%s%u", n ? " " : "", cpu);
	}
	assert_true(t.ready == 0);
	assert_string_equal(have, want);
}

static void test_turn(void **state)
{
	u64 look = turn_make(LK, 0xfffffff0u, true), change = turn_make(ID_END - 1, 7, false);

	(void)state;
	assert_true(turn_rank(look) == 0xfffffff0u && turn_lk(look) == LK && turn_looks(look));
	assert_true(turn_rank(change) == 7 && turn_lk(change) == ID_END - 1 && !turn_looks(change));
}

/* In the order in which they came; there is no end of it. */
static void test_in_order(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3 * MAX_CPU; i++) {
		turns_ready(&t, 5, turn_make(LK, i, false));
		turns_ready(&t, 1, turn_make(LK, i, false));
		assert_int_equal(turns_first(&t), 5);
		assert_true(t.ready == (1 << 5 | 1 << 1));
		takes("5 1");
	}
}

/* Those that look come before who changes the lock; another rank, also of the same slot, and another lock stay. */
static void test_wake(void **state)
{
	(void)state;
	park_change(0, LK, RANK);
	park_look(6, LK, RANK);
	park_look(2, LK, RANK);
	park_look(1, LK, FAR);
	park_look(3, OTHER, RANK);
	park_look(4, LK, RANK + 1);
	turns_wake(&t, LK, RANK);
	assert_true(t.parked == (1 << 1 | 1 << 3 | 1 << 4));
	takes("2 6 0");
	turns_wake(&t, LK, RANK);
	takes("");
	turns_wake(&t, LK, FAR);
	takes("1");
	turns_wake(&t, OTHER, RANK);
	takes("3");
	turns_wake(&t, LK, RANK + 1);
	takes("4");
	assert_true(t.parked == 0);
}

static void test_waits(void **state)
{
	(void)state;
	assert_false(turns_waits(&t, LK, RANK));
	park_look(1, LK, FAR);
	park_look(2, OTHER, RANK);
	assert_false(turns_waits(&t, LK, RANK));
	assert_true(turns_waits(&t, LK, FAR));
	assert_true(turns_waits(&t, OTHER, RANK));
	park_change(MAX_CPU - 1, LK, RANK);
	assert_true(turns_waits(&t, LK, RANK));
	turns_wake(&t, LK, RANK);
	assert_false(turns_waits(&t, LK, RANK));
	assert_true(turns_waits(&t, LK, FAR));
}

static void test_ready_at(void **state)
{
	(void)state;
	assert_false(turns_ready_at(&t, LK));
	park_look(1, LK, RANK);
	turns_ready(&t, 2, turn_make(OTHER, RANK, true));
	assert_false(turns_ready_at(&t, LK));
	assert_true(turns_ready_at(&t, OTHER));
	turns_ready(&t, MAX_CPU - 1, turn_make(LK, RANK, false));
	assert_true(turns_ready_at(&t, LK));
	takes("2 63");
	assert_false(turns_ready_at(&t, LK));
}

/* Looks that are ready and those that were parked are first, by CPU; who changes the lock stays where it was, or is last. */
static void test_wake_again(void **state)
{
	(void)state;
	for (u32 turn = 0; turn < MAX_CPU; turn++) {
		turns_ready(&t, 7, turn_make(OTHER, RANK, true));
		turns_ready(&t, 8, turn_make(LK, RANK, false));
		turns_ready(&t, 5, turn_make(LK, RANK, true));
		park_look(63, LK, RANK);
		park_look(2, LK, RANK);
		park_look(4, LK, FAR);
		park_change(1, LK, RANK);
		turns_wake_again(&t, LK, RANK);
		assert_true(t.ready == (1ull << 63 | 1 << 8 | 1 << 7 | 1 << 5 | 1 << 2 | 1 << 1));
		assert_true(t.parked == 1 << 4);
		takes("2 5 63 7 8 1");
		turns_wake(&t, LK, FAR);
		takes("4");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_turn, begin),
		cmocka_unit_test_setup(test_in_order, begin),
		cmocka_unit_test_setup(test_wake, begin),
		cmocka_unit_test_setup(test_waits, begin),
		cmocka_unit_test_setup(test_ready_at, begin),
		cmocka_unit_test_setup(test_wake_again, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "lock/word.h"
#include "tests/kit.h"

/* Each step returns the old word, moves one half by one mod 2^32 and leaves the other alone. */
static void steps_move_one_half(void **state)
{
	static const struct {
		u32 ticket, now, ticket_after, now_after;
		bool inc_now;
	} rows[] = {
		{ 0, 0, 1, 0, false },
		{ 5, 3, 6, 3, false },
		{ 0xffffffff, 0xffffffff, 0, 0xffffffff, false },
		{ 5, 4, 5, 5, true },
		{ 0, 0xffffffff, 0, 0, true },
		{ 7, 0xffffffff, 7, 0, true },
		{ 0xffffffff, 0xfffffffe, 0xffffffff, 0xffffffff, true },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 w = word_make(rows[i].ticket, rows[i].now), was = w;
		u64 old = rows[i].inc_now ? word_inc_now(&w, rows[i].now) : word_inc_ticket(&w);

		assert_true(old == was);
		assert_int_equal(word_ticket(w), rows[i].ticket_after);
		assert_int_equal(word_now(w), rows[i].now_after);
	}
}

/* The rank rises by exactly one with each read-modify-write, also where a half wraps, mod 2^32. */
static void rank_counts_steps(void **state)
{
	u32 start = 0xffffffffu - 3;
	u64 w = word_make(start, start);

	(void)state;
	for (u32 i = 0; i < 20; i++) {
		u32 rank = word_rank(word_get_now(&w));

		if (i % 2)
			word_inc_now(&w, word_now(w));
		else
			word_inc_ticket(&w);
		assert_int_equal(word_rank(w), rank + 1);
	}
	assert_int_equal(word_ticket(w), start + 10);
	assert_int_equal(word_now(w), start + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_move_one_half),
		cmocka_unit_test(rank_counts_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

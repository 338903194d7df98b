// SPDX-License-Identifier: GPL-2.0-only
/* CalSumWait, CalWaitTime, CalStatus and decrease_number: the table of spec 20, section 5. */
#include "oracle/cal/wait_time.h"
#include "tests/kit.h"

/* The sum of 4 + bound, and the rounds it allows. */
static const struct {
	u32 n, tq[3];
	u64 sum, wait;
} sums[] = {
	{ 0, { 0 }, 0, 21 },
	{ 1, { 0 }, 4, 101 },
	{ 1, { 10 }, 14, 301 },
	{ 3, { 10, 0, 3 }, 25, 521 },
	{ 2, { 0xffffffff, 0xffffffff }, 8589934598, 171798691981 },
};

static void sums_and_rounds(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sums); i++) {
		assert_int_equal(cal_sum_wait(sums[i].tq, sums[i].n), sums[i].sum);
		assert_int_equal(cal_wait_time(sums[i].tq, sums[i].n, 20), sums[i].wait);
	}
	assert_int_equal(cal_wait_time(sums[3].tq, 3, 127), 128 + 25 * 127);
}

/* LEMPTY weighs 0, LHOLD 1, LGET 2. */
static void status_weighs(void **state)
{
	(void)state;
	assert_int_equal(cal_status(LEMPTY), 0);
	assert_int_equal(cal_status(LHOLD), 1);
	assert_int_equal(cal_status(LGET), 2);
}

/* LEMPTY counts every bound; LGET and LHOLD all but the head's, and what the head may still do. */
static const struct {
	u64 self, other;
	enum lock_status st;
	u32 n, tq[3];
	u64 measure;
} measures[] = {
	{ 0, 20, LEMPTY, 0, { 0 }, 20 },
	{ 9, 5, LEMPTY, 2, { 10, 3 }, 5 + 21 * 20 },
	{ 9, 5, LHOLD, 2, { 10, 3 }, 5 + (9 + 7 + 1) * 20 },
	{ 9, 5, LGET, 2, { 10, 3 }, 5 + (9 + 7 + 2) * 20 },
	{ 9, 5, LGET, 1, { 10 }, 5 + (9 + 2) * 20 },
	{ 9, 5, LHOLD, 0, { 0 }, 5 + (9 + 1) * 20 },
};

static void measures_a_waiter(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(measures); i++)
		assert_int_equal(decrease_number(measures[i].self, measures[i].other,
		                                 measures[i].st, measures[i].tq, measures[i].n, 20),
		                 measures[i].measure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_rounds),
		cmocka_unit_test(status_weighs),
		cmocka_unit_test(measures_a_waiter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

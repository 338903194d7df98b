// SPDX-License-Identifier: GPL-2.0-only
/* Locks without tickets: WAIT_LOCK and REL_LOCK, ordered by the number that was counted under the lock. */
#include "sim/base/rng.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

#include <string.h>

static void got(u32 cpu, u32 lk, u32 number)
{
	log_wait_lock(w(cpu), lk, number, 10);
}

static void gave(u32 cpu, u32 lk, u32 number)
{
	log_rel_lock(w(cpu), lk, number);
}

static void test_order_is_that_of_the_numbers(void **state)
{
	(void)state;
	got(1, 3, 2);
	gave(1, 3, 3);
	got(0, 3, 0);
	gave(0, 3, 1);
	got(0, 3, 4);
	merge_all(false);
	assert_string_equal(merge_row_name(m->finding.row), "NONE");
	assert_order("0W 0R 1W 1R 0W");
	assert_int_equal(merged[0].arg, 10);
	assert_int_equal(merged[0].flags & EVF_WORD, 0);
}

/* What the holder does stands within its section, also while it is at another lock. */
static void test_sections_stay_whole(void **state)
{
	(void)state;
	got(0, 1, 0);
	got(0, 2, 0);
	log_opull(w(0), 2, 2, 0);
	gave(0, 2, 1);
	log_opull(w(0), 1, 1, 0);
	gave(0, 1, 1);
	got(1, 1, 2);
	gave(1, 1, 3);
	merge_all(false);
	assert_order("0W 0W 0P 0R 0P 0R 1W 1R");
}

/* Two CPUs inside at once: the order of the numbers shows it, and the merge leaves it to H_CalLock. */
static void test_two_inside_are_put_out(void **state)
{
	(void)state;
	got(0, 1, 0);
	got(1, 1, 1);
	gave(0, 1, 2);
	gave(1, 1, 3);
	merge_all(true);
	assert_string_equal(merge_row_name(m->finding.row), "NONE");
	assert_order("0W 1W 0R 1R");
}

static void test_a_number_twice(void **state)
{
	(void)state;
	got(0, 1, 0);
	got(1, 1, 0);
	merge_all(false);
	assert_finding(MERGE_DOUBLED, 1, 0, 1,
	               "lock 1: WAIT_LOCK number 0 of CPU 1, which is taken: the next is number 1");
}

static void test_a_number_before_the_start(void **state)
{
	(void)state;
	merge_setup_at(4);
	gave(2, 1, 7);
	merge_all(false);
	assert_finding(MERGE_FORGED, 1, 7, 2,
	               "lock 1: REL_LOCK number 7 of CPU 2, which is before the start");
}

static void test_a_number_that_is_nowhere(void **state)
{
	(void)state;
	got(0, 1, 0);
	gave(0, 1, 1);
	got(1, 1, 3);
	merge_all(true);
	assert_finding(MERGE_LOST, 1, 2, 1,
	               "lock 1: step number 2 is in no stream; CPU 1 has number 3");
	assert_order("0W 0R");
}

/* A killed holder's missing step is its REL_LOCK. */
static void test_a_killed_holder(void **state)
{
	(void)state;
	got(0, 1, 0);
	got(1, 1, 2);
	gave(1, 1, 3);
	merge_all(false);
	assert_string_equal(merge_row_name(m->finding.row), "NONE");
	assert_order("0W 0R* 1W 1R");
	assert_int_equal(m->n_holes, 1);
}

/* Nobody can have got the lock who did not give it up: the log ends at a cut. */
static void test_a_missing_wait_lock(void **state)
{
	(void)state;
	got(0, 1, 0);
	gave(0, 1, 1);
	gave(1, 1, 3);
	merge_all(false);
	assert_int_equal(m->n_holes, 0);
	assert_finding(MERGE_HOLE_UNFIT, 1, 3, 1, "lock 1: CPU 1 passes the lock on");
	assert_order("0W 0R");
}

static void test_twice_behind_the_cut(void **state)
{
	(void)state;
	got(0, 1, 0);
	gave(0, 1, 1);
	got(1, 1, 6);
	got(1, 1, 8);
	merge_all(false);
	assert_finding(MERGE_HOLE_UNFIT, 1, 8, 1, "lock 1: CPU 1 gets the lock again");
}

/* CPU 3 waits for CPU 0, which is behind the missing number as the others are. */
static void test_a_hole_that_fits_nobody(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	for (u32 c = 0; c < 3; c++) {
		got(c, 1, 2 + 2 * c);
		gave(c, 1, 3 + 2 * c);
	}
	merge_all(false);
	assert_finding(
		MERGE_HOLE_UNFIT, 1, 0, 0,
		"lock 1: step number 0 is in no stream; CPU 0 has number 2, and it lies behind "
		"the end of no stream");
}

/* Numbers wrap. */
static void test_wrap(void **state)
{
	(void)state;
	merge_setup_at(0x7fffffff);
	got(0, 5, 0xfffffffe);
	gave(0, 5, 0xffffffff);
	got(2, 5, 0);
	gave(2, 5, 1);
	merge_all(true);
	assert_string_equal(merge_row_name(m->finding.row), "NONE");
	assert_order("0W 0R 2W 2R");
}

/* Random sections of four CPUs at five locks, some nested: each lock's log is what happened. */
static void test_random(void **state)
{
	enum { LOCKS = 5, STEPS = 120 };

	(void)state;
	for (u64 seed = 0; seed < 200; seed++) {
		u32 next[LOCKS + 1] = { 0 }, holder[LOCKS + 1], inside[MERGE_CPUS] = { 0 };
		struct {
			u8 kind, cpu, lk;
		} truth[STEPS];
		u32 at[LOCKS + 1] = { 0 };
		struct rng r;

		merge_setup_at((u32)seed * 0x7fffff0);
		r = (struct rng){ seed };
		for (u32 lk = 1; lk <= LOCKS; lk++) {
			holder[lk] = ~0u;
			next[lk] = 2 * (u32)seed * 0x7fffff0;
		}
		for (u32 i = 0; i < STEPS; i++) {
			u32 c = (u32)rng_below(&r, MERGE_CPUS), lk = inside[c];

			/* In order of the locks' numbers, two at most. */
			if (lk && (rng_below(&r, 2) || lk == LOCKS || holder[lk + 1] != ~0u)) {
				gave(c, lk, next[lk]++);
				holder[lk] = ~0u;
				inside[c] = lk > 1 && holder[lk - 1] == c ? lk - 1 : 0;
				truth[i].kind = EV_REL_LOCK;
			} else {
				lk = lk ? lk + 1 : 1 + (u32)rng_below(&r, LOCKS);
				if (holder[lk] != ~0u) {
					i--;
					continue;
				}
				got(c, lk, next[lk]++);
				holder[lk] = c;
				inside[c] = lk;
				truth[i].kind = EV_WAIT_LOCK;
			}
			truth[i].cpu = (u8)c;
			truth[i].lk = (u8)lk;
		}
		merge_all(false);
		assert_string_equal(merge_row_name(m->finding.row), "NONE");
		assert_int_equal(n_merged, STEPS);
		for (u32 i = 0; i < n_merged; i++) {
			u32 lk = merged[i].lk;

			while (at[lk] < STEPS && truth[at[lk]].lk != lk)
				at[lk]++;
			assert_true(at[lk] < STEPS);
			assert_int_equal(merged[i].kind, truth[at[lk]].kind);
			assert_int_equal(merged[i].cpu, truth[at[lk]].cpu);
			at[lk]++;
		}
		merge_free(m);
		m = NULL;
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order_is_that_of_the_numbers),
		TEST(test_sections_stay_whole),
		TEST(test_two_inside_are_put_out),
		TEST(test_a_number_twice),
		TEST(test_a_number_before_the_start),
		TEST(test_a_number_that_is_nowhere),
		TEST(test_a_killed_holder),
		TEST(test_a_missing_wait_lock),
		TEST(test_twice_behind_the_cut),
		TEST(test_a_hole_that_fits_nobody),
		TEST(test_wrap),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

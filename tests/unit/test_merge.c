// SPDX-License-Identifier: GPL-2.0-only

/* Hand-made streams: what is legal comes out in its order, what is not is found by its row. */
#include "sim/base/rng.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

static void test_reads_of_one_rank_by_cpu(void **state)
{
	(void)state;
	acquire(2, 1, 0);
	log_inc_ticket(w(3), 1, word_make(1, 0), 10);
	log_inc_ticket(w(0), 1, word_make(2, 0), 10);
	log_inc_ticket(w(1), 1, word_make(3, 0), 10);
	for (u32 c = 0; c < MERGE_CPUS; c++)
		if (c != 2)
			log_get_now(w(c), 1, word_make(4, 0));
	log_opull(w(2), 1, 1, 0);
	log_push(w(2), 1, EV_OCORE_DATA, 0, false);
	release(2, 1, 4, 0);
	log_served(w(3), 1, word_make(4, 1));
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2P 2D 3T 0T 1T 0G 1G 3G 2N 3G 3H");
	assert_false(merge_is_cut(m));
}

static void test_own_read_joins_the_set(void **state)
{
	(void)state;
	/* CPU 3 makes rank 2 current and reads it itself, as CPU 1 does, which was there before. */
	acquire(0, 1, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_inc_ticket(w(3), 1, word_make(2, 0), 10);
	log_get_now(w(3), 1, word_make(3, 0));
	log_get_now(w(1), 1, word_make(3, 0));
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 1T 3T 1G 3G");
}

static void test_wraps(void **state)
{
	(void)state;
	merge_setup_at(0xffffffffu);
	acquire(0, 5, 0xffffffffu);
	log_inc_ticket(w(1), 5, word_make(0, 0xffffffffu), 10);
	log_get_now(w(1), 5, word_make(1, 0xffffffffu));
	release(0, 5, 1, 0xffffffffu);
	log_served(w(1), 5, word_make(1, 0));
	release(1, 5, 1, 0);
	acquire(0, 5, 1);
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 1T 1G 0N 1G 1H 1N 0T 0G 0H");
}

static void test_far_behind(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	for (u32 i = 0; i < 60; i++) {
		release(i ? 0 : 3, 1, i + 1, i);
		acquire(0, 1, i + 1);
	}
	release(0, 1, 61, 60);
	/* 121 ranks later: more than once round the table. */
	acquire(3, 1, 61);
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_int_equal(merged[n_merged - 1].kind, MARK_CLOSE);
	assert_int_equal(merged[n_merged - 2].kind, EV_HOLD_LOCK);
	assert_int_equal(merged[n_merged - 2].cpu, 3);
}

static void test_lost(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	release(0, 2, 1, 0);
	/* Ticket 1 was taken, served and passed on by nobody. */
	acquire(1, 2, 2);
	merge_all(true);
	assert_finding(MERGE_LOST, 2, 2, 1, "lock 2: rank 2 (ticket 1 now 1) is in no stream");
	assert_order("0T 0G 0H 0N");
}

static void test_doubled(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	log_inc_ticket(w(1), 2, word_make(1, 0), 10);
	log_inc_ticket(w(2), 2, word_make(1, 0), 10);
	merge_all(true);
	assert_finding(MERGE_DOUBLED, 2, 1, 2, "INC_TICKET of CPU 2 saw ticket 1 now 0");
}

static void test_forged(void **state)
{
	(void)state;
	merge_setup_at(1000);
	acquire(0, 2, 1000);
	log_inc_ticket(w(1), 2, word_make(998, 998), 10);
	merge_all(true);
	assert_finding(MERGE_FORGED, 2, 1996, 1, "before the start");
}

static void test_late(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	release(0, 2, 1, 0);
	log_get_now(w(1), 3, word_make(0, 0));
	acquire(1, 3, 0);
	log_inc_ticket(w(2), 3, word_make(1, 0), 10);
	release(1, 3, 2, 0);
	log_get_now(w(1), 3, word_make(1, 0));
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_LATE);
}

static void test_halves_differ(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	/* Rank 1 fits; ticket 0 now 1 cannot be. */
	log_inc_now(w(1), 2, word_make(0, 1));
	merge_all(true);
	assert_finding(MERGE_WORD, 2, 1, 1, "the word was ticket 1 now 0");
}

static void test_cycle(void **state)
{
	(void)state;
	log_inc_ticket(w(0), 1, word_make(1, 0), 10);
	log_inc_ticket(w(0), 2, word_make(0, 0), 10);
	log_inc_ticket(w(1), 2, word_make(1, 0), 10);
	log_inc_ticket(w(1), 1, word_make(0, 0), 10);
	merge_all(true);
	assert_finding(MERGE_CYCLE, 1, 1, 0,
	               "CPU 0 waits at lock 1 for rank 0 of CPU 1, CPU 1 waits at lock 2 for rank "
	               "0 of CPU 0");
}

static void test_behind_the_close(void **state)
{
	(void)state;
	log_mark(w(1), MARK_CLOSE, 0, NULL);
	log_hold_lock(w(1), 3);
	merge_all(false);
	assert_finding(MERGE_FORGED, 0, 0, 1, "behind the end of its stream");
}

static void test_hole_of_a_taker(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	/* CPU 1 took ticket 1 and died before it could say so. */
	log_inc_ticket(w(3), 2, word_make(2, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_true(merge_is_cut(m));
	assert_int_equal(m->n_holes, 1);
	assert_order("0T 0G 0H 1T* 3T");
}

static void test_hole_of_a_holder(void **state)
{
	(void)state;
	acquire(2, 2, 0);
	acquire(3, 2, 1);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2N* 3T 3G 3H");
	assert_int_equal(merged[3].now, 0);
	assert_int_equal(merged[3].ticket, 1);
	assert_int_equal(merged[3].flags, EVF_WORD | EVF_FILLED);
}

static void test_two_holes(void **state)
{
	(void)state;
	acquire(2, 2, 0);
	/* CPU 2 passed the lock on, CPU 0 took the next ticket: both died. */
	log_inc_ticket(w(3), 2, word_make(2, 1), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2N* 0T* 3T");
}

static void test_no_hole_when_others_closed(void **state)
{
	(void)state;
	for (u32 c = 0; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	merge_all(false);
	assert_finding(MERGE_LOST, 2, 0, 3, "is in no stream");
}

static void test_second_hole_of_a_cpu(void **state)
{
	(void)state;
	for (u32 c = 1; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	/* Only CPU 0 can have died; it would have had to take two tickets. */
	log_inc_ticket(w(3), 2, word_make(2, 0), 10);
	merge_all(false);
	assert_finding(MERGE_HOLE_UNFIT, 2, 0, 3,
	               "more tickets are missing than CPUs can have taken");
}

static void test_waiting_cpu_is_no_candidate(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	log_inc_ticket(w(0), 1, word_make(1, 0), 10);
	for (u32 c = 1; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_HOLE_UNFIT);
}

static void test_episodes_are_apart(void **state)
{
	(void)state;
	for (u64 i = 0; i < 3; i++) {
		for (u32 c = 0; c < MERGE_CPUS; c++)
			log_episode(w(c), i, 0, 0);
		acquire((u32)i, 2, 0);
		release((u32)i, 2, 1, 0);
	}
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 0N 1T 1G 1H 1N 2T 2G 2H 2N");
	for (u32 c = 0; c < MERGE_CPUS; c++) {
		assert_int_equal(merged[c].kind, MARK_EPISODE);
		assert_int_equal(merged[c].cpu, c);
		assert_int_equal(merged[c + 8].args[0], 1);
	}
}

static void test_an_episode_forgets_who_held(void **state)
{
	(void)state;
	for (u32 c = 0; c < MERGE_CPUS; c++)
		log_episode(w(c), 0, 0, 0);
	acquire(2, 2, 0);
	for (u32 c = 0; c < MERGE_CPUS; c++)
		log_episode(w(c), 1, 0, 0);
	for (u32 c = 0; c < 2; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	/* Only CPU 2 can have taken ticket 0: in this episode it holds nothing. */
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2T* 3T");
}

static void test_episodes_differ(void **state)
{
	(void)state;
	for (u32 c = 0; c < MERGE_CPUS; c++)
		log_episode(w(c), c == 2 ? 5 : 4, 0, 0);
	merge_all(true);
	assert_finding(MERGE_FORGED, 0, 0, 2, "CPU 0 is at episode 4, CPU 2 at episode 5");
}

static void test_more_comes_later(void **state)
{
	(void)state;
	m = merge_open_memory(log_in_memory(streams));
	for (u32 i = 0; i < 40; i++) {
		u32 before = n_merged;

		acquire(i % 3, 2, i);
		release(i % 3, 2, i + 1, i);
		drain();
		assert_int_equal(n_merged, before + 4);
		if (i % 5 == 0)
			log_rewind(streams);
	}
	merge_finish(m);
	drain();
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_true(merge_is_cut(m));
}

static void test_a_missing_rank_may_come(void **state)
{
	(void)state;
	m = merge_open_memory(log_in_memory(streams));
	log_inc_ticket(w(1), 2, word_make(1, 0), 10);
	drain();
	assert_int_equal(n_merged, 0);
	assert_int_equal(m->finding.row, MERGE_NONE);
	log_inc_ticket(w(0), 2, word_make(0, 0), 10);
	drain();
	/* CPU 0's first look may have been before CPU 1's step */
	assert_order("0T");
	log_get_now(w(0), 2, word_make(2, 0));
	drain();
	assert_order("0T 1T");
	log_get_now(w(1), 2, word_make(2, 0));
	merge_finish(m);
	drain();
	assert_order("0T 1T 0G 1G");
	assert_int_equal(m->finding.row, MERGE_NONE);
}

/*
 * CPU 0 holds lock 1, takes and passes on lock 2, and pulls and pushes under lock 1 behind that; CPU 2 waits for lock 1, and
 * CPU 1 comes to it.  Nothing but the order of CPU 0 says where its pull stands among what they do.
 */
enum { N_AWAY = 10, N_AWAY_CPUS = 3 };

/* Write record @i of @cpu; false: there are no more. */
static bool away_record(u32 cpu, u32 i)
{
	switch (cpu * N_AWAY + i) {
	case 0:
		acquire(0, 1, 0);
		return true;
	case 1:
		acquire(0, 2, 0);
		return true;
	case 2:
		log_opull(w(0), 2, 2, 0);
		log_push(w(0), 2, EV_OCORE_DATA, 0, false);
		return true;
	case 3:
		release(0, 2, 1, 0);
		return true;
	case 4:
		log_opull(w(0), 1, 1, 0);
		return true;
	case 5:
		log_push(w(0), 1, EV_OCORE_DATA, 0, false);
		return true;
	case 6:
		release(0, 1, 3, 0);
		return true;
	case N_AWAY:
		log_inc_ticket(w(1), 1, word_make(2, 0), 10);
		return true;
	case N_AWAY + 1:
		log_get_now(w(1), 1, word_make(3, 0));
		return true;
	case N_AWAY + 2:
		log_get_now(w(1), 1, word_make(3, 1));
		return true;
	case N_AWAY + 3:
		log_served(w(1), 1, word_make(3, 2));
		return true;
	case N_AWAY + 4:
		release(1, 1, 3, 2);
		return true;
	case 2 * N_AWAY:
		log_inc_ticket(w(2), 1, word_make(1, 0), 10);
		return true;
	case 2 * N_AWAY + 1:
		log_get_now(w(2), 1, word_make(2, 0));
		return true;
	case 2 * N_AWAY + 2:
		log_get_now(w(2), 1, word_make(3, 0));
		return true;
	case 2 * N_AWAY + 3:
		log_served(w(2), 1, word_make(3, 1));
		return true;
	case 2 * N_AWAY + 4:
		log_opull(w(2), 1, 1, 0);
		log_push(w(2), 1, EV_OCORE_DATA, 0, false);
		return true;
	case 2 * N_AWAY + 5:
		release(2, 1, 3, 1);
		return true;
	default:
		return false;
	}
}

/* The events of lock 1, as assert_order() has them all. */
static void keep_lock_1(void)
{
	u32 n = 0;

	for (u32 i = 0; i < n_merged; i++)
		if (!event_is_mark(merged[i].kind) && merged[i].lk == 1)
			merged[n++] = merged[i];
	n_merged = n;
}

static const char away_lock_1[] = "0T 0G 0H 0P 0D 2T 2G 1T 1G 2G 0N 1G 2G 2H 2P 2D 2N 1G 1H 1N";

/* However the records come, lock 1's events are in one order: others stand behind all that its holder does. */
static void test_holder_is_away(void **state)
{
	struct rng r = { 7 };

	(void)state;
	for (u32 i = 0; i < N_AWAY_CPUS; i++)
		for (u32 k = 0; away_record(i, k); k++)
			;
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	keep_lock_1();
	assert_order(away_lock_1);
	for (u32 round = 0; round < 300; round++) {
		u32 at[N_AWAY_CPUS] = { 0 };

		merge_free(m);
		merge_setup_at(0);
		m = merge_open_memory(log_in_memory(streams));
		for (u64 left = (1 << N_AWAY_CPUS) - 1; left;) {
			u32 c = (u32)rng_below(&r, N_AWAY_CPUS);

			if (left >> c & 1 && !away_record(c, at[c]++))
				left &= ~(1ull << c);
			if (rng_below(&r, 2))
				drain();
		}
		merge_finish(m);
		drain();
		assert_int_equal(m->finding.row, MERGE_NONE);
		keep_lock_1();
		assert_order(away_lock_1);
	}
}

/*
 * A CPU that takes a ticket and goes on without the lock, to one that the holder waits for: what it kept back is put out, while
 * more may come as at the end.
 */
static void test_knot_of_a_holder(void **state)
{
	(void)state;
	for (u32 live = 0; live < 2; live++) {
		if (live) {
			merge_free(m);
			merge_setup_at(0);
		}
		acquire(0, 1, 0);
		log_inc_ticket(w(1), 1, word_make(1, 0), 10);
		acquire(1, 2, 0);
		release(1, 2, 1, 0);
		acquire(0, 2, 1);
		if (live) {
			m = merge_open_memory(log_in_memory(streams));
			for (u32 i = 0; i < 100; i++)
				drain();
		} else {
			merge_all(false);
			assert_int_equal(m->finding.row, MERGE_NONE);
		}
		assert_order("0T 0G 0H 1T 1T 1G 1H 1N 0T 0G 0H");
	}
}

static void test_small_batches(void **state)
{
	struct err e;
	u32 n;

	(void)state;
	acquire(0, 2, 0);
	release(0, 2, 1, 0);
	assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(log_in_memory(streams));
	merge_finish(m);
	do {
		assert_int_equal(m->src.next(&m->src, merged + n_merged, 1, &n, &e), 0);
		n_merged += n;
	} while (n);
	assert_order("0T 0G 0H 0N");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)
		T(test_reads_of_one_rank_by_cpu),
		T(test_own_read_joins_the_set),
		T(test_wraps),
		T(test_far_behind),
		T(test_lost),
		T(test_doubled),
		T(test_forged),
		T(test_late),
		T(test_halves_differ),
		T(test_cycle),
		T(test_behind_the_close),
		T(test_hole_of_a_taker),
		T(test_hole_of_a_holder),
		T(test_two_holes),
		T(test_no_hole_when_others_closed),
		T(test_second_hole_of_a_cpu),
		T(test_waiting_cpu_is_no_candidate),
		T(test_episodes_are_apart),
		T(test_an_episode_forgets_who_held),
		T(test_episodes_differ),
		T(test_more_comes_later),
		T(test_a_missing_rank_may_come),
		T(test_holder_is_away),
		T(test_knot_of_a_holder),
		T(test_small_batches),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

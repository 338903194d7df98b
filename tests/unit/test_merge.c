// SPDX-License-Identifier: GPL-2.0-only

/* Hand-made streams: what is legal comes out in its order, what is not is found by its row. */
#include "sim/log/merge.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>

enum { CPUS = 4 };

static struct log_config config;
static struct log *streams;
static struct merge *m;
static struct event out[512];
static u32 n_out;

static int setup_at(u32 start)
{
	struct err e;

	log_config_init(&config, CPUS);
	config.start_ticket = config.start_now = start;
	m = NULL;
	n_out = 0;
	return log_open_memory(&streams, &config, ~0ull, &e);
}

static int setup(void **state)
{
	(void)state;
	return setup_at(0);
}

static int teardown(void **state)
{
	(void)state;
	merge_free(m);
	log_free(streams);
	return 0;
}

static struct log_writer *w(u32 cpu)
{
	return log_writer(streams, cpu);
}

static u64 word(u32 ticket, u32 now)
{
	return (u64)ticket << 32 | now;
}

static void acquire(u32 cpu, u32 lk, u32 ticket)
{
	log_acquire(w(cpu), lk, word(ticket, ticket), 10);
}

static void release(u32 cpu, u32 lk, u32 ticket, u32 now)
{
	log_inc_now(w(cpu), lk, word(ticket, now));
}

static void drain(void)
{
	struct err e;
	u32 n;

	do {
		assert_int_equal(m->src.next(&m->src, out + n_out, 100, &n, &e), 0);
		n_out += n;
		assert_true(n_out < ARRAY_SIZE(out) - 100);
	} while (n);
}

static void merge_all(bool close)
{
	struct err e;

	if (close)
		assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(streams);
	merge_finish(m);
	drain();
}

static void assert_finding(enum merge_row row, u32 lk, u32 rank, u32 cpu, const char *text)
{
	assert_string_equal(merge_row_name(m->finding.row), merge_row_name(row));
	assert_int_equal(m->finding.lk, lk);
	assert_int_equal(m->finding.rank, rank);
	assert_int_equal(m->finding.cpu, cpu);
	if (!strstr(m->finding.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, m->finding.text);
}

/* "0T 0H ...": CPU and a letter each event; marks left out. */
static void assert_order(const char *want)
{
	static const char letter[EV_NR] = {
		[EV_INC_TICKET] = 'T', [EV_GET_NOW] = 'G', [EV_HOLD_LOCK] = 'H',
		[EV_INC_NOW] = 'N',    [EV_OPULL] = 'P',   [EV_OCORE_DATA] = 'D'
	};
	char have[2048];
	size_t n = 0;

	for (u32 i = 0; i < n_out; i++)
		if (!event_is_mark(out[i].kind))
			n += (size_t)snprintf(have + n, sizeof(have) - n, "%s%u%c%s", n ? " " : "",
			                      out[i].cpu, letter[out[i].kind],
			                      out[i].flags & EVF_FILLED ? "*" : "");
	have[n] = '\0';
	assert_string_equal(have, want);
}

static void test_reads_of_one_rank_by_cpu(void **state)
{
	(void)state;
	acquire(2, 1, 0);
	log_inc_ticket(w(3), 1, word(1, 0), 10);
	log_inc_ticket(w(0), 1, word(2, 0), 10);
	log_inc_ticket(w(1), 1, word(3, 0), 10);
	for (u32 c = 0; c < CPUS; c++)
		if (c != 2)
			log_get_now(w(c), 1, word(4, 0));
	log_opull(w(2), 1, 1, 0);
	log_push(w(2), 1, EV_OCORE_DATA, 0, false);
	release(2, 1, 4, 0);
	log_served(w(3), 1, word(4, 1));
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
	log_inc_ticket(w(1), 1, word(1, 0), 10);
	log_inc_ticket(w(3), 1, word(2, 0), 10);
	log_get_now(w(3), 1, word(3, 0));
	log_get_now(w(1), 1, word(3, 0));
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 1T 3T 1G 3G");
}

static void test_wraps(void **state)
{
	(void)state;
	log_free(streams);
	assert_int_equal(setup_at(0xffffffffu), 0);
	acquire(0, 5, 0xffffffffu);
	log_inc_ticket(w(1), 5, word(0, 0xffffffffu), 10);
	log_get_now(w(1), 5, word(1, 0xffffffffu));
	release(0, 5, 1, 0xffffffffu);
	log_served(w(1), 5, word(1, 0));
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
	assert_int_equal(out[n_out - 1].kind, MARK_CLOSE);
	assert_int_equal(out[n_out - 2].kind, EV_HOLD_LOCK);
	assert_int_equal(out[n_out - 2].cpu, 3);
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
	log_inc_ticket(w(1), 2, word(1, 0), 10);
	log_inc_ticket(w(2), 2, word(1, 0), 10);
	merge_all(true);
	assert_finding(MERGE_DOUBLED, 2, 1, 2, "INC_TICKET of CPU 2 saw ticket 1 now 0");
}

static void test_forged(void **state)
{
	(void)state;
	log_free(streams);
	assert_int_equal(setup_at(1000), 0);
	acquire(0, 2, 1000);
	log_inc_ticket(w(1), 2, word(998, 998), 10);
	merge_all(true);
	assert_finding(MERGE_FORGED, 2, 1996, 1, "before the start");
}

static void test_late(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	release(0, 2, 1, 0);
	log_get_now(w(1), 3, word(0, 0));
	acquire(1, 3, 0);
	acquire(2, 3, 1);
	release(1, 3, 2, 0);
	log_get_now(w(1), 3, word(1, 0));
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_LATE);
}

static void test_halves_differ(void **state)
{
	(void)state;
	acquire(0, 2, 0);
	/* Rank 1 fits; ticket 0 now 1 cannot be. */
	log_inc_now(w(1), 2, word(0, 1));
	merge_all(true);
	assert_finding(MERGE_WORD, 2, 1, 1, "the word was ticket 1 now 0");
}

static void test_cycle(void **state)
{
	(void)state;
	log_inc_ticket(w(0), 1, word(1, 0), 10);
	log_inc_ticket(w(0), 2, word(0, 0), 10);
	log_inc_ticket(w(1), 2, word(1, 0), 10);
	log_inc_ticket(w(1), 1, word(0, 0), 10);
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
	log_inc_ticket(w(3), 2, word(2, 0), 10);
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
	assert_int_equal(out[3].now, 0);
	assert_int_equal(out[3].ticket, 1);
	assert_int_equal(out[3].flags, EVF_WORD | EVF_FILLED);
}

static void test_two_holes(void **state)
{
	(void)state;
	acquire(2, 2, 0);
	/* CPU 2 passed the lock on, CPU 0 took the next ticket: both died. */
	log_inc_ticket(w(3), 2, word(2, 1), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2N* 0T* 3T");
}

static void test_no_hole_when_others_closed(void **state)
{
	(void)state;
	for (u32 c = 0; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(3), 2, word(1, 0), 10);
	merge_all(false);
	assert_finding(MERGE_LOST, 2, 0, 3, "is in no stream");
}

static void test_second_hole_of_a_cpu(void **state)
{
	(void)state;
	for (u32 c = 1; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	/* Only CPU 0 can have died; it would have had to take two tickets. */
	log_inc_ticket(w(3), 2, word(2, 0), 10);
	merge_all(false);
	assert_finding(MERGE_HOLE_UNFIT, 2, 0, 3, "no killed CPU can have made it");
}

static void test_waiting_cpu_is_no_candidate(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	log_inc_ticket(w(0), 1, word(1, 0), 10);
	for (u32 c = 1; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(3), 2, word(1, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_HOLE_UNFIT);
}

static void test_episodes_are_apart(void **state)
{
	(void)state;
	for (u64 i = 0; i < 3; i++) {
		for (u32 c = 0; c < CPUS; c++)
			log_episode(w(c), i, 0, 0);
		acquire((u32)i, 2, 0);
		release((u32)i, 2, 1, 0);
	}
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 0N 1T 1G 1H 1N 2T 2G 2H 2N");
	for (u32 c = 0; c < CPUS; c++) {
		assert_int_equal(out[c].kind, MARK_EPISODE);
		assert_int_equal(out[c].cpu, c);
		assert_int_equal(out[c + 8].args[0], 1);
	}
}

static void test_an_episode_forgets_who_held(void **state)
{
	(void)state;
	for (u32 c = 0; c < CPUS; c++)
		log_episode(w(c), 0, 0, 0);
	acquire(2, 2, 0);
	for (u32 c = 0; c < CPUS; c++)
		log_episode(w(c), 1, 0, 0);
	for (u32 c = 0; c < 2; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	/* Only CPU 2 can have taken ticket 0: in this episode it holds nothing. */
	log_inc_ticket(w(3), 2, word(1, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2T* 3T");
}

static void test_episodes_differ(void **state)
{
	(void)state;
	for (u32 c = 0; c < CPUS; c++)
		log_episode(w(c), c == 2 ? 5 : 4, 0, 0);
	merge_all(true);
	assert_finding(MERGE_FORGED, 0, 0, 2, "CPU 0 is at episode 4, CPU 2 at episode 5");
}

static void test_more_comes_later(void **state)
{
	(void)state;
	m = merge_open_memory(streams);
	for (u32 i = 0; i < 40; i++) {
		u32 before = n_out;

		acquire(i % 3, 2, i);
		release(i % 3, 2, i + 1, i);
		drain();
		assert_int_equal(n_out, before + 4);
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
	m = merge_open_memory(streams);
	log_inc_ticket(w(1), 2, word(1, 0), 10);
	drain();
	assert_int_equal(n_out, 0);
	assert_int_equal(m->finding.row, MERGE_NONE);
	log_inc_ticket(w(0), 2, word(0, 0), 10);
	drain();
	assert_order("0T 1T");
}

static void test_small_batches(void **state)
{
	struct err e;
	u32 n;

	(void)state;
	acquire(0, 2, 0);
	release(0, 2, 1, 0);
	assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(streams);
	merge_finish(m);
	do {
		assert_int_equal(m->src.next(&m->src, out + n_out, 1, &n, &e), 0);
		n_out += n;
	} while (n);
	assert_order("0T 0G 0H 0N");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
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
		T(test_small_batches),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only

/*
 * Two holes of a cut log, in locks 1 and 2, and which one is filled first.  CPU 2 was killed with nothing stored; CPU 0
 * passes lock 1 on behind the ticket that is missing there, CPU 1 lock 2, and each may have taken the other's.  Filled the
 * wrong way round, the second hole fits nobody.
 */
#include "sim/log/convert/pack.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Locks 1 and 2 up to their holes and the steps behind them. */
static void two_holes(void)
{
	acquire(0, 1, 0);
	acquire(1, 2, 0);
	release(0, 1, 2, 0);
	release(1, 2, 2, 0);
}

/* CPU @cpu has ticket 1 of lock @lk, of which CPU 3 has ticket 0. */
static void wait_behind_3(u32 cpu, u32 lk)
{
	acquire(3, lk, 0);
	log_inc_ticket(w(cpu), lk, word_make(1, 0), 10);
}

static void end_3(void)
{
	log_mark(w(3), MARK_CLOSE, 0, NULL);
}

/* More than a chunk of records that are no events. */
static void next_chunk(u32 cpu)
{
	for (u32 i = 0; i < LOG_SLOT_BYTES / 5 + 1; i++)
		log_set_bound(w(cpu), 10);
}

/* The merge's finding, or where the holes were filled: "2T1 0T2" is CPU 2's ticket of lock 1, then CPU 0's of lock 2. */
static void assert_filled(const char *want)
{
	char have[64] = "";
	size_t n = 0;

	merge_all(false);
	if (m->finding.row != MERGE_NONE)
		fail_msg("%s", m->finding.text);
	assert_true(merge_is_cut(m));
	for (u32 i = 0; i < n_merged; i++)
		if (merged[i].flags & EVF_FILLED)
			n += (size_t)snprintf(
				have + n, sizeof(have) - n, "%s%u%c%u", n ? " " : "", merged[i].cpu,
				merged[i].kind == EV_INC_NOW ? 'N' : 'T', merged[i].lk);
	assert_string_equal(have, want);
}

/* Nothing tells the two apart: the lock with the lower number first. */
static void test_either_way(void **state)
{
	(void)state;
	two_holes();
	end_3();
	assert_filled("2T1 0T2");
}

/* CPU 0 waits at its end: it took no other ticket. */
static void test_who_waits_later(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	end_3();
	assert_filled("2T2 1T1");
}

/* CPU 1 waits as well, but is served before its end. */
static void test_who_is_served_later(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	wait_behind_3(1, 4);
	release(3, 4, 2, 0);
	log_served(w(1), 4, word_make(2, 1));
	end_3();
	assert_filled("2T2 1T1");
}

/*
 * CPU 0 has passed lock 1 on, since CPU 4 sees it so; but CPU 1, which waits for lock 2, took a ticket of lock 1 before that and
 * behind the one that is missing.
 */
static void test_who_took_a_ticket_before_the_pass(void **state)
{
	(void)state;
	merge_setup_cpus(5);
	acquire(0, 1, 0);
	acquire(3, 2, 0);
	log_inc_ticket(w(1), 2, word_make(1, 0), 10);
	log_served(w(1), 2, word_make(2, 1));
	log_inc_ticket(w(1), 1, word_make(2, 0), 10);
	log_inc_ticket(w(4), 1, word_make(3, 1), 10);
	assert_filled("3N2 2T1 0N1");
}

/* CPU 1 takes lock 4 when CPU 3 has passed it on, and nobody has seen it go on from there. */
static void test_who_takes_what_was_passed_on(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	acquire(3, 4, 0);
	release(3, 4, 1, 0);
	acquire(1, 4, 1);
	end_3();
	assert_filled("2T2 1T1");
}

/* CPU 1 has looked at its lock's word before it was served. */
static void test_who_looks_later(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	wait_behind_3(1, 4);
	log_get_now(w(1), 4, word_make(2, 0));
	end_3();
	/* Neither can have taken a ticket: CPU 2 lacks two steps. */
	merge_all(false);
	assert_cut(5);
}

/* CPU 0 takes lock 3 at its end, and CPU 3 has seen it passed on: that was CPU 0's step. */
static void test_who_passes_on_later(void **state)
{
	(void)state;
	two_holes();
	acquire(0, 3, 0);
	acquire(3, 3, 1);
	end_3();
	assert_filled("2T2 1T1 0N3");
}

/* The same, and CPU 0 waits for lock 3 before. */
static void test_who_is_served_and_passes_on_later(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	release(3, 3, 2, 0);
	log_served(w(0), 3, word_make(2, 1));
	acquire(3, 3, 2);
	end_3();
	assert_filled("2T2 1T1 0N3");
}

/* CPU 1 has passed lock 2 on itself, which CPU 3 has seen: it can have made another step. */
static void test_who_has_passed_on(void **state)
{
	(void)state;
	two_holes();
	wait_behind_3(0, 3);
	log_inc_ticket(w(3), 2, word_make(2, 1), 10);
	assert_filled("2T2 1T1");
}

/* CPU 0 sees more of lock 2 than what comes behind its hole. */
static void test_who_is_past_the_hole(void **state)
{
	(void)state;
	two_holes();
	release(3, 2, 2, 1);
	acquire(0, 2, 2);
	end_3();
	assert_filled("2T2 1T1");
}

/* CPU 0's stream ends in order: it has no hole. */
static void test_who_closes_later(void **state)
{
	(void)state;
	two_holes();
	log_mark(w(0), MARK_CLOSE, 0, NULL);
	end_3();
	assert_filled("2T2 1T1");
}

/* What is known of CPU 0 stands in its next chunk. */
static void test_in_the_next_chunk(void **state)
{
	(void)state;
	two_holes();
	next_chunk(0);
	wait_behind_3(0, 3);
	end_3();
	assert_filled("2T2 1T1");
}

/* Of those that wait behind a lost step the one that is next behind it is named. */
static void test_who_is_next_behind_a_loss(void **state)
{
	(void)state;
	log_inc_ticket(w(0), 1, word_make(3, 0), 10);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_inc_ticket(w(2), 1, word_make(2, 0), 10);
	merge_all(true);
	assert_finding(MERGE_LOST, 1, 0, 1, "CPU 1 saw ticket 1 now 0 after it");
}

/* What stands in a stream behind the episode's end is no step of this one. */
static void test_lost_is_not_in_the_next_episode(void **state)
{
	(void)state;
	log_inc_ticket(w(0), 1, word_make(1, 0), 10);
	log_inc_ticket(w(1), 2, word_make(1, 0), 10);
	log_episode(w(1), 1, 0, 0);
	next_chunk(1);
	acquire(1, 1, 0);
	merge_all(true);
	assert_finding(MERGE_LOST, 1, 0, 0, "rank 0 (ticket 0 now 0) is in no stream");
}

/* Lock 1 was passed on, and its holder has not made that step: nobody's ticket is missing. */
static void test_no_ticket_for_a_pass(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_mark(w(0), MARK_CLOSE, 0, NULL);
	acquire(1, 1, 1);
	end_3();
	merge_all(false);
	assert_finding(MERGE_HOLE_UNFIT, 1, 1, 1, "who holds the lock has not passed it on");
	assert_order("0T 0G 0H");
}

/* Of three steps that one CPU lacks none is made up. */
static void test_out_of_reach(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	acquire(1, 1, 2);
	for (u32 c = 1; c < MERGE_CPUS; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	merge_all(false);
	assert_cut(4);
	assert_order("0T 0G 0H");
}

/* The first CPU that waits is not in the circle itself. */
static void test_way_into_a_cycle(void **state)
{
	(void)state;
	log_inc_ticket(w(0), 3, word_make(1, 0), 10);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_inc_ticket(w(1), 2, word_make(0, 0), 10);
	log_inc_ticket(w(1), 3, word_make(0, 0), 10);
	log_inc_ticket(w(2), 2, word_make(1, 0), 10);
	log_inc_ticket(w(2), 1, word_make(0, 0), 10);
	merge_all(true);
	assert_finding(MERGE_CYCLE, 1, 1, 1,
	               "order cycle: CPU 1 waits at lock 1 for rank 0 of CPU 2, CPU 2 waits at "
	               "lock 2 for rank 0 of CPU 1");
}

/* Of a circle of many CPUs the finding says what it has room for. */
static void test_long_cycle(void **state)
{
	(void)state;
	merge_setup_cpus(32);
	for (u32 c = 0; c < 32; c++) {
		log_inc_ticket(w(c), 1 + c, word_make(1, 0), 10);
		log_inc_ticket(w(c), 1 + (c + 1) % 32, word_make(0, 0), 10);
	}
	merge_all(true);
	assert_finding(MERGE_CYCLE, 1, 1, 0,
	               "CPU 31 waits at lock 32 for rank 0 of CPU 30, CPU 30 waits at");
	assert_true(strlen(m->finding.text) < 300);
}

/* Each waits for a step of the other's next chunk: nothing is missing. */
static void test_cycle_over_chunks(void **state)
{
	(void)state;
	for (u32 c = 0; c < 2; c++) {
		log_inc_ticket(w(c), 1 + c, word_make(1, 0), 10);
		next_chunk(c);
		log_inc_ticket(w(c), 2 - c, word_make(0, 0), 10);
	}
	merge_all(true);
	assert_finding(MERGE_CYCLE, 1, 1, 0,
	               "CPU 0 waits at lock 1 for rank 0 of CPU 1, CPU 1 waits at lock 2 for rank "
	               "0 of CPU 0");
}

/* A run that was killed before CPU 3 had come to the first episode: the others have begun it, and nothing is missing. */
static void test_killed_at_the_first_episode(void **state)
{
	(void)state;
	for (u32 c = 0; c < 3; c++)
		log_episode(w(c), 0, 0, 0);
	acquire(0, 1, 0);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_false(m->at_cut);
	assert_order("0T 0G 0H");
}

/*
 * Three holders that wait for each other: CPU 0 at lock 3 for CPU 2, which is kept from lock 2 by CPU 1, which is kept from
 * lock 1 by CPU 0.  Lock 1 is released, and lock 2 is not: what CPU 1 does there next, behind a step of CPU 3 at lock 4, comes
 * before CPU 2's ticket.
 */
static void test_one_lock_of_a_knot(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_ticket(w(0), 3, word_make(1, 0), 10);
	acquire(1, 2, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_inc_ticket(w(1), 4, word_make(1, 0), 10);
	log_opull(w(1), 2, 2, 0);
	release(1, 2, 2, 0);
	log_inc_ticket(w(2), 2, word_make(1, 0), 10);
	log_inc_ticket(w(2), 3, word_make(0, 0), 10);
	log_inc_ticket(w(3), 1, word_make(2, 0), 10);
	log_inc_ticket(w(3), 4, word_make(0, 0), 10);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0T 0G 0H 1T 1G 1H 1T 3T 3T 1T 1P 2T 2T 1N 0T");
}

/* A killed holder of lock 1, which was passed on: that is the step which is missing, unless the holder has still to push. */
static void killed_holder(bool pushes)
{
	acquire(0, 1, 0);
	log_opull(w(0), 1, 1, 0);
	if (pushes)
		log_push(w(0), 1, EV_OCORE_DATA, 0, false);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_get_now(w(1), 1, word_make(2, 1));
}

static void test_who_has_pushed_has_passed_on(void **state)
{
	(void)state;
	killed_holder(true);
	assert_filled("0N1");
}

static void test_who_has_to_push_has_not_passed_on(void **state)
{
	(void)state;
	killed_holder(false);
	merge_all(false);
	assert_cut(1);
	assert_order("0T 0G 0H 0P 1T");
}

/* The streams as a file, that of CPU @cpu in two chunks, the second from byte @border on; merged from there. */
static void merge_file(bool in_order, u32 cpu, u32 border)
{
	int fd = memfd_create("log", 0);
	struct reader *r;
	struct pack *p;
	char path[64];
	struct err e;

	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(pack_open(&p, path, streams->config, PACK_PLAIN, &e), 0);
	for (u32 c = 0; c < MERGE_CPUS; c++) {
		const u8 *records = (const u8 *)(w(c)->chunk + 1);
		u32 n = log_chunk_bytes(w(c)), at = c == cpu ? border : n;

		assert_int_equal(pack_chunk(p, c, records, at, false, &e), 0);
		if (at < n)
			assert_int_equal(pack_chunk(p, c, records + at, n - at, false, &e), 0);
	}
	assert_int_equal(pack_end(p, in_order, &e), 0);
	assert_int_equal(pack_close(p, &e), 0);
	assert_int_equal(reader_open_file(&r, path, &e), 0);
	close(fd);
	m = merge_new(r, false);
	drain();
}

/* As test_in_the_next_chunk, in a file. */
static void test_in_the_next_chunk_of_a_file(void **state)
{
	u32 border;

	(void)state;
	two_holes();
	border = log_chunk_bytes(w(0));
	wait_behind_3(0, 3);
	end_3();
	merge_file(false, 0, border);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_true(merge_is_cut(m));
	assert_int_equal(m->n_holes, 2);
	assert_order("0T 0G 0H 1T 1G 1H 3T 3G 3H 2T* 1N 1T* 0N 0T");
}

/* In a file that was closed nothing is filled in, though its streams have no marks at their ends. */
static void test_nothing_is_filled_in_a_closed_file(void **state)
{
	(void)state;
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	merge_file(true, 0, 0);
	assert_finding(MERGE_LOST, 2, 0, 3, "is in no stream");
	assert_false(merge_is_cut(m));
	assert_int_equal(m->n_holes, 0);
	assert_int_equal(n_merged, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)
		T(test_either_way),
		T(test_who_waits_later),
		T(test_who_is_served_later),
		T(test_who_took_a_ticket_before_the_pass),
		T(test_who_takes_what_was_passed_on),
		T(test_who_looks_later),
		T(test_who_passes_on_later),
		T(test_who_is_served_and_passes_on_later),
		T(test_who_has_passed_on),
		T(test_who_is_past_the_hole),
		T(test_who_closes_later),
		T(test_in_the_next_chunk),
		T(test_who_is_next_behind_a_loss),
		T(test_lost_is_not_in_the_next_episode),
		T(test_no_ticket_for_a_pass),
		T(test_out_of_reach),
		T(test_way_into_a_cycle),
		T(test_long_cycle),
		T(test_cycle_over_chunks),
		T(test_killed_at_the_first_episode),
		T(test_one_lock_of_a_knot),
		T(test_who_has_pushed_has_passed_on),
		T(test_who_has_to_push_has_not_passed_on),
		T(test_in_the_next_chunk_of_a_file),
		T(test_nothing_is_filled_in_a_closed_file),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

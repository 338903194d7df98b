// SPDX-License-Identifier: GPL-2.0-only

/* Events of flat memory in hand-made streams: their order, what is found, the hole that a killed CPU left. */
#include "sim/log/mark_arg.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

/* Event number @number of flat memory; it writes to frame @number. */
static void flat(u32 cpu, u32 number)
{
	log_diff(w(cpu), FLATMEM_ID, 0, number, 1, number + 1);
	log_flat(w(cpu), number, 0);
}

/* Flat memory's events come in the order of their numbers, inside of sections and outside, each with its payload. */
static void test_flat_order(void **state)
{
	(void)state;
	flat(3, 1);
	acquire(2, 2, 0);
	flat(2, 2);
	release(2, 2, 1, 0);
	flat(1, 0);
	acquire(1, 2, 1);
	flat(1, 3);
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("1F 2T 2G 2H 3F 2F 2N 1T 1G 1H 1F");
	for (u32 i = 0, number = 0; i < n_merged; i++) {
		if (merged[i].kind != EV_OFLATMEM)
			continue;
		assert_int_equal(merged[i].ticket, number);
		assert_int_equal(merged[i].now, number);
		assert_int_equal(merged[i].flags, EVF_WORD);
		assert_int_equal(merged[i].n, 1);
		number++;
	}
}

static void test_flat_wraps(void **state)
{
	(void)state;
	merge_setup_at(0xfffffffeu);
	for (u32 i = 0; i < 5; i++)
		log_flat(w(i * 7 % 3), 0xfffffffeu + i, 0);
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("0F 1F 2F 0F 1F");
}

static void test_flat_lost(void **state)
{
	(void)state;
	flat(0, 0);
	flat(1, 2);
	merge_all(true);
	assert_finding(MERGE_LOST, 0, 1, 1,
	               "lock 0: step number 1 at flat memory is in no stream; CPU 1 has number 2");
	assert_order("0F");
}

static void test_flat_doubled(void **state)
{
	(void)state;
	flat(0, 0);
	flat(1, 0);
	merge_all(true);
	assert_finding(MERGE_DOUBLED, 0, 0, 1, "OFLATMEM number 0 of CPU 1, which is taken");
}

static void test_flat_forged(void **state)
{
	(void)state;
	merge_setup_at(1000);
	log_flat(w(0), 1000, 0);
	log_flat(w(1), 999, 0);
	merge_all(true);
	assert_finding(MERGE_FORGED, 0, 1999, 1, "OFLATMEM number 999 of CPU 1, which is before");
}

/* A ticket of lock 0, which has none, moves the half that must stand still. */
static void test_flat_has_no_tickets(void **state)
{
	(void)state;
	flat(0, 0);
	release(0, 0, 1, 0);
	log_flat(w(0), 2, 0);
	merge_all(true);
	assert_finding(MERGE_WORD, 0, 2, 0,
	               "OFLATMEM number 2 of CPU 0, and the word was ticket 1");
}

static void test_flat_cycle(void **state)
{
	(void)state;
	flat(0, 1);
	acquire(0, 2, 0);
	acquire(1, 2, 1);
	flat(1, 0);
	merge_all(true);
	assert_finding(MERGE_CYCLE, 0, 0 + 1, 0, "CPU 0 waits at lock 0");
}

static void access(u32 cpu, u32 number)
{
	const u64 args[] = { MV_ACCESS_SHARED, MV_FROM_WALK, 3, 0x200 + number, 7, SPT_ID, 5, 0 };

	log_access(w(cpu), number, ARRAY_SIZE(args), args);
}

/* Accesses and changes have one order, that of their numbers. */
static void test_access_order(void **state)
{
	(void)state;
	access(0, 1);
	access(0, 5);
	flat(1, 0);
	access(1, 2);
	flat(1, 3);
	flat(2, 4);
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("1F 0A 1A 1F 2F 0A");
	for (u32 i = 0; i < n_merged; i++) {
		if (merged[i].kind != MARK_ACCESS)
			continue;
		assert_int_equal(merged[i].n, 8);
		assert_int_equal(merged[i].args[3], 0x200 + merged[i].ticket);
		assert_int_equal(merged[i].args[5], SPT_ID);
		assert_int_equal(merged[i].flags, EVF_WORD);
	}
}

static void test_access_doubled(void **state)
{
	(void)state;
	flat(0, 0);
	flat(0, 1);
	access(1, 1);
	merge_all(true);
	assert_finding(MERGE_DOUBLED, 0, 1, 1, "access number 1 of CPU 1, which is taken");
}

/* An access that is in no stream is missed as a change is. */
static void test_access_lost(void **state)
{
	(void)state;
	access(0, 0);
	access(1, 2);
	merge_all(true);
	assert_finding(MERGE_LOST, 0, 1, 1, "step number 1 at flat memory is in no stream; CPU 1");
}

/* A killed CPU's event of flat memory is filled in without what it wrote. */
static void test_hole_of_flat(void **state)
{
	(void)state;
	for (u32 c = 0; c < 2; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	flat(3, 0);
	flat(3, 2);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_int_equal(m->n_holes, 1);
	assert_order("3F 2F* 3F");
	assert_int_equal(merged[3].flags, EVF_WORD | EVF_FILLED);
	assert_int_equal(merged[3].ticket, 1);
	assert_int_equal(merged[3].now, 1);
	assert_int_equal(merged[3].n, 0);
}

/* Who was killed in a change of flat memory made that step, and no other. */
static void test_hole_of_who_was_in_flat(void **state)
{
	(void)state;
	acquire(2, 2, 0);
	log_diff(w(2), FLATMEM_ID, 0, 7, 1, 1);
	flat(3, 1);
	log_mark(w(0), MARK_CLOSE, 0, NULL);
	merge_all(false);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("2T 2G 2H 2F* 3F");
}

static void test_who_was_in_flat_made_no_other(void **state)
{
	(void)state;
	acquire(2, 2, 0);
	log_diff(w(2), FLATMEM_ID, 0, 7, 1, 1);
	for (u32 c = 0; c < 2; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	acquire(3, 2, 1);
	merge_all(false);
	/* It can have made both behind the end of its stream. */
	assert_cut(3);
}

static void test_who_was_in_flat_took_no_ticket(void **state)
{
	(void)state;
	log_diff(w(2), FLATMEM_ID, 0, 7, 1, 1);
	for (u32 c = 0; c < 2; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(3), 2, word_make(1, 0), 10);
	merge_all(false);
	assert_cut(1);
}

static void test_waiting_cpu_made_no_flat(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	log_inc_ticket(w(0), 1, word_make(1, 0), 10);
	for (u32 c = 1; c < 3; c++)
		log_mark(w(c), MARK_CLOSE, 0, NULL);
	flat(3, 1);
	merge_all(false);
	assert_finding(MERGE_HOLE_UNFIT, 0, 0, 3,
	               "step number 0 at flat memory is in no stream; CPU 3 has number 1, and it "
	               "lies behind the end of no stream");
}

/* More differences than a batch of events has room for, when it holds other events. */
static void test_flat_needs_room(void **state)
{
	(void)state;
	for (u32 k = 0; k < 3; k++) {
		for (u32 i = 0; i < 1500; i++)
			log_diff(w(1), FLATMEM_ID, 0, i, 1, 1);
		log_flat(w(1), k, 0);
	}
	merge_all(true);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("1F 1F 1F");
	for (u32 i = 0; i < n_merged; i++)
		if (merged[i].kind == EV_OFLATMEM)
			assert_int_equal(merged[i].n, 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)
		T(test_flat_order),
		T(test_flat_wraps),
		T(test_flat_lost),
		T(test_flat_doubled),
		T(test_flat_forged),
		T(test_flat_has_no_tickets),
		T(test_flat_cycle),
		T(test_access_order),
		T(test_access_doubled),
		T(test_access_lost),
		T(test_hole_of_flat),
		T(test_hole_of_who_was_in_flat),
		T(test_who_was_in_flat_made_no_other),
		T(test_who_was_in_flat_took_no_ticket),
		T(test_waiting_cpu_made_no_flat),
		T(test_flat_needs_room),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

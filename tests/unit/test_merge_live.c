// SPDX-License-Identifier: GPL-2.0-only
/* A log that is still being written: what the merge puts out is in the order that the whole log has. */
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

#include <stdio.h>

/*
 * CPU 3 passes lock 2 on, and then lock 1.  CPU 2 is the next to look at lock 2, and goes on to lock 1; CPU 0, which looks at
 * lock 1 at the same rank, is ready there and not yet put out: it comes first all the same.
 */
static void test_who_comes_while_another_is_ready(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	acquire(3, 2, 0);
	release(3, 2, 1, 0);
	release(3, 1, 1, 0);
	log_get_now(w(0), 1, word_make(1, 1));
	log_get_now(w(2), 2, word_make(1, 1));
	log_get_now(w(2), 1, word_make(1, 1));
	m = merge_open_memory(log_in_memory(streams));
	drain();
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_order("3T 3G 3H 3T 3G 3H 3N 3N 2G 0G 2G");
}

/* A stream that ends in order while its CPU holds locks: nobody waits for that CPU, also while others write on. */
static void test_holder_has_closed(void **state)
{
	(void)state;
	acquire(3, 1, 0);
	acquire(3, 2, 0);
	log_mark(w(3), MARK_CLOSE, 0, NULL);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	m = merge_open_memory(log_in_memory(streams));
	drain();
	assert_order("3T 3G 3H 3T 3G 3H 1T");
}

/*
 * CPU 3 holds lock 1, waits for CPU 1 at lock 2, and keeps CPU 1 from its ticket of lock 1: the ticket is put out all the
 * same.  From then on CPU 3 counts as away from lock 1 no longer, and what it writes there next comes before CPU 1's look.
 */
static void test_holder_writes_behind_a_knot(void **state)
{
	static const char knot[] = "3T 3G 3H 1T 1T 1G 1H 1N 3T 3G 3H";
	char want[64];

	(void)state;
	acquire(3, 1, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	acquire(1, 2, 0);
	release(1, 2, 1, 0);
	acquire(3, 2, 1);
	m = merge_open_memory(log_in_memory(streams));
	for (u32 i = 0; i < 100; i++)
		drain();
	assert_order(knot);
	log_get_now(w(1), 1, word_make(2, 0));
	log_opull(w(3), 1, 1, 0);
	drain();
	snprintf(want, sizeof(want), "%s 3P", knot);
	assert_order(want);
	merge_finish(m);
	drain();
	snprintf(want, sizeof(want), "%s 3P 1G", knot);
	assert_order(want);
}

#define T(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_who_comes_while_another_is_ready),
		T(test_holder_has_closed),
		T(test_holder_writes_behind_a_knot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

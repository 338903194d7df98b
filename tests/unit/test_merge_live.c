// SPDX-License-Identifier: GPL-2.0-only
/* A log that is still being written: what the merge puts out is in the order that the whole log has. */
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

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

#define T(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_who_comes_while_another_is_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

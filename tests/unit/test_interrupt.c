// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/interrupt.h"
#include "tests/kit.h"

#include <signal.h>

/* A signal decides the exit status of what it has interrupted; a violation comes before it. */
static void signal_is_the_status(void **state)
{
	(void)state;
	interrupts_catch(INTERRUPT_COUNT);
	assert_int_equal(interrupt_status(0), 0);
	raise(SIGTERM);
	assert_int_equal(interrupt_status(0), 128 + SIGTERM);
	assert_int_equal(interrupt_status(3), 128 + SIGTERM);
	assert_int_equal(interrupt_status(1), 1);
}

/* One that comes when the work is over decides nothing, whether that is known before or behind it. */
static void signal_that_missed(void **state)
{
	(void)state;
	interrupts_catch(INTERRUPT_COUNT);
	raise(SIGTERM);
	interrupts_missed();
	assert_int_equal(interrupt_status(0), 0);
	raise(SIGINT);
	assert_int_equal(interrupt_status(0), 0);
	assert_int_equal(interrupt_status(3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signal_is_the_status),
		cmocka_unit_test(signal_that_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What is fed to a checker: all of a log, or what came before an interrupt. */
#include "oracle/report/feed.h"

#include "tests/kit.h"
#include "tests/kit_log.h"

#include <string.h>

enum { BATCHES = 5, AT = 3 };

static int interrupts;
static u32 given;
static bool interrupting;

/* A section of one CPU in each batch; an interrupt comes during number AT, if one shall. */
static int next(struct log_source *s, struct event *out, u32 max, u32 *n, struct err *e)
{
	(void)s;
	(void)e;
	*n = given < BATCHES ? kit_log("0I10 0G 0H 0N", out, max) : 0;
	for (u32 i = 0; i < *n; i++)
		out[i].lk = NPT_ID;
	given += *n > 0;
	if (interrupting && given == AT)
		interrupts++;
	return 0;
}

static u64 fed(bool interrupted, const volatile int *seen, int expected)
{
	struct log_config config;
	struct log_source s = { .next = next };
	struct checker *c;
	struct err e;
	u64 n;

	given = 0;
	interrupting = interrupted;
	log_config_init(&config, 1);
	c = checker_new(&config, check_set_all());
	assert_int_equal(feed_checker(&s, c, seen, &e), expected);
	n = checker_n_events(c);
	checker_free(c);
	log_config_free(&config);
	return n;
}

/* One more interrupt ends it, behind what was read; those that came before count for nothing. */
static void until_interrupted(void **state)
{
	(void)state;
	interrupts = 0;
	assert_int_equal(fed(true, &interrupts, FEED_STOPPED), 4 * AT);
	interrupts = 1;
	assert_int_equal(fed(true, &interrupts, FEED_STOPPED), 4 * AT);
	assert_int_equal(interrupts, 2);
}

/* Without one, or when nobody counts, all is fed. */
static void all_of_it(void **state)
{
	(void)state;
	interrupts = 2;
	assert_int_equal(fed(false, &interrupts, 0), 4 * BATCHES);
	assert_int_equal(fed(true, NULL, 0), 4 * BATCHES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(until_interrupted),
		cmocka_unit_test(all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

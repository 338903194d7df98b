// SPDX-License-Identifier: GPL-2.0-only
/* A search by several jobs and by shards: the sums are those of one search. */
#include "tests/kit.h"
#include "tests/kit_spread.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* One, two and four jobs come to what the plain search does. */
static void jobs(void **state)
{
	static const u32 numbers[] = { 1, 2, 4 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(kit_spread_scopes); i++) {
		struct scope *s = kit_scope(kit_spread_scopes[i].name, kit_spread_scopes[i].cpus,
		                            kit_spread_scopes[i].sections);
		struct came one = kit_plain(s, false), first = { .found = NULL };

		for (u32 k = 0; k < ARRAY_SIZE(numbers); k++) {
			struct spread_opts o = kit_whole();
			struct came c;

			o.jobs = numbers[k];
			c = kit_searched(s, &o, false);
			assert_int_equal(c.r.kind, SEARCH_REVISIT);
			assert_int_equal(c.r.jobs, numbers[k]);
			kit_same_sums(&c, &one);
			if (!first.found) {
				first = c;
				continue;
			}
			kit_same_found(&c, &first);
			came_drop(&c);
		}
		came_drop(&first);
		came_drop(&one);
		scope_free(s);
	}
}

/* With the judge, several machines beside each other find the same. */
static void jobs_judged(void **state)
{
	struct scope *s = kit_scope("split", 3, 1);
	struct spread_opts o = kit_whole();
	struct came one = kit_plain(s, true), c;

	(void)state;
	o.jobs = 3;
	c = kit_searched(s, &o, true);
	kit_same_sums(&c, &one);
	came_drop(&c);
	came_drop(&one);
	scope_free(s);
}

/* The sums over all shards are those of the whole, and each shard has a part. */
static void shards(void **state)
{
	static const u32 numbers[] = { 1, 2, 3, 7 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(kit_spread_scopes); i++) {
		struct scope *s = kit_scope(kit_spread_scopes[i].name, kit_spread_scopes[i].cpus,
		                            kit_spread_scopes[i].sections);
		struct came one = kit_plain(s, false);

		for (u32 k = 0; k < ARRAY_SIZE(numbers); k++) {
			struct came sum = { .r.sum.complete = true,
				            .endings = outcomes_new(s, 1000),
				            .found = found_new() };

			for (u32 m = 1; m <= numbers[k]; m++) {
				struct spread_opts o = kit_whole();
				struct came c;

				o.jobs = 1 + m % 2;
				o.shard = m;
				o.shards = numbers[k];
				c = kit_searched(s, &o, false);
				search_add(&sum.r.sum, &c.r.sum);
				outcomes_merge(sum.endings, c.endings);
				found_merge(sum.found, c.found);
				if (one.r.sum.executions > 1000)
					assert_true(c.r.sum.executions > 0);
				came_drop(&c);
			}
			outcomes_sort(sum.endings);
			kit_same_sums(&sum, &one);
			came_drop(&sum);
		}
		came_drop(&one);
		scope_free(s);
	}
}

/* They have too many orders to keep their beginnings: dfs, in little memory. */
static void too_long(void **state)
{
	struct spread_opts o = kit_whole();
	struct built b;
	struct came c;

	(void)state;
	kit_begin_long(&b);
	o.jobs = 2;
	o.search.executions = 100;
	c = kit_searched(&b.s, &o, false);
	assert_int_equal(c.r.kind, SEARCH_DFS);
	assert_int_equal(c.r.jobs, 1);
	assert_int_equal(c.r.sum.executions, 100);
	assert_false(c.r.sum.complete);
	came_drop(&c);
	built_drop(&b);
}

/* 369600 executions by either strategy, in a process of its own: below 64 MB all in all. */
static void memory(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++) {
		pid_t pid = fork();
		struct rusage u;
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			struct scope *s = kit_scope("lock", 4, 3);
			struct spread_opts o = kit_whole();
			struct came c;

			o.search.class_bytes = 1 << 20;
			o.search.kind = i ? SEARCH_DFS : SEARCH_REVISIT;
			c = kit_searched(s, &o, false);
			_exit(c.r.sum.complete && c.r.sum.executions == 369600 ? 0 : 1);
		}
		assert_int_equal(wait4(pid, &status, 0, &u), pid);
		assert_int_equal(status, 0);
		print_message("%ld KiB\n", u.ru_maxrss);
		assert_true(u.ru_maxrss < 64 * 1024);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs),     cmocka_unit_test(jobs_judged), cmocka_unit_test(shards),
		cmocka_unit_test(too_long), cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A search that is interrupted or killed and goes on from its file: the sums are those of one search that nobody disturbs. */
#include "sim/explore/dfs.h"
#include "sim/explore/revisit.h"
#include "sim/explore/touch.h"
#include "tests/kit.h"
#include "tests/kit_spread.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A search that ends after so many executions, again and again, comes to what one does that does not; both strategies. */
static void goes_on(void **state)
{
	char path[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(kit_spread_scopes); i++) {
		for (u32 dfs = 0; dfs < 2; dfs++) {
			struct scope *s =
				kit_scope(kit_spread_scopes[i].name, kit_spread_scopes[i].cpus,
			                  kit_spread_scopes[i].sections);
			struct came one, c;
			struct spread_opts o = kit_whole();
			u64 parts = 0;

			o.search.kind = dfs ? SEARCH_DFS : SEARCH_REVISIT;
			one = kit_searched(s, &o, false);
			kit_temp_name(path, sizeof(path));
			o.keep = path;
			o.keep_ns = ~0ull >> 1;
			o.search.executions = 1 + one.r.sum.executions / 5;
			for (;; parts++) {
				o.jobs = 1 + parts % 2;
				c = kit_searched(s, &o, false);
				assert_int_equal(c.r.kind, dfs ? SEARCH_DFS : SEARCH_REVISIT);
				assert_int_equal(c.r.resumed, parts > 0);
				if (c.r.sum.complete)
					break;
				assert_int_equal(c.r.sum.executions,
				                 (parts + 1) * o.search.executions);
				came_drop(&c);
			}
			assert_true(parts >= 2 || one.r.sum.executions < 3);
			kit_same_sums(&c, &one);
			kit_same_found(&c, &one);
			came_drop(&c);
			/* What is complete stays so. */
			c = kit_searched(s, &o, false);
			kit_same_sums(&c, &one);
			kit_same_found(&c, &one);
			came_drop(&c);
			came_drop(&one);
			unlink(path);
			scope_free(s);
		}
	}
}

/* On random programs, with steps that sleep: dfs, ended again and again, comes to what an undisturbed one does. */
static void goes_on_random(void **state)
{
	struct rng r = { .s = test_seed(5) };
	char path[256];

	(void)state;
	kit_temp_name(path, sizeof(path));
	for (u32 i = 0; i < 100; i++) {
		struct spread_opts o = kit_whole();
		struct came one, c;
		struct built b;

		built_random(&b, &r);
		b.s.depend = i % 3 ? DEPEND_TICKETS : DEPEND_CELLS;
		o.search.kind = i % 3 == 1 ? SEARCH_REVISIT : SEARCH_DFS;
		one = kit_searched(&b.s, &o, false);
		o.keep = path;
		o.keep_ns = ~0ull >> 1;
		o.search.executions = 1 + rng_below(&r, 1 + one.r.sum.executions / 3);
		for (;;) {
			c = kit_searched(&b.s, &o, false);
			if (c.r.sum.complete)
				break;
			came_drop(&c);
		}
		kit_same_sums(&c, &one);
		kit_same_found(&c, &one);
		came_drop(&c);
		came_drop(&one);
		built_drop(&b);
		unlink(path);
	}
}

/* What was found together in one execution is kept, too: some executions deadlock, and in all others an expectation does not hold. */
static void found_goes_on(void **state)
{
	struct scope_expect wrong = { .kind = EXPECT_STUCK };
	struct spread_opts o = kit_whole();
	struct built b;
	char path[256], why[160];

	(void)state;
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++) {
		built_lock(&b, c, c);
		built_section(&b, c, 1 - c);
		built_unlock(&b, c, c);
	}
	b.s.program[0].v[3].expect = &wrong;
	b.s.program[0].v[3].n_expects = 1;
	kit_temp_name(path, sizeof(path));
	o.keep = path;
	for (u32 i = 0; i < 2; i++) {
		struct came c = kit_searched(&b.s, &o, false);

		assert_int_equal(c.r.resumed, i);
		assert_int_equal(c.r.sum.unexpected, 2);
		assert_int_equal(found_count(c.found), 2);
		assert_true(found_as_expected(c.found, "deadlock,expect", why, sizeof(why)));
		assert_false(found_as_expected(c.found, "deadlock", why, sizeof(why)));
		assert_false(found_as_expected(c.found, "expect", why, sizeof(why)));
		came_drop(&c);
	}
	unlink(path);
	built_drop(&b);
}

/* A process that searches and is killed at a random moment.  Returns whether it had come to its end. */
static bool killed(const struct scope *s, const struct spread_opts *o, u64 after_us)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct came c;
		struct err err;

		_exit(kit_try_search(s, o, false, &c, &err) < 0 ? 3 : c.r.sum.complete ? 0 : 1);
	}
	usleep((useconds_t)after_us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return false;
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

/* kill -9 at random moments, again and again, then to the end: the same sums; with jobs that take items from one another, and with dfs. */
static void kill_and_go_on(void **state)
{
	struct rng r = { .s = test_seed(7) };
	char path[256];
	u32 kills = 0, resumed = 0;

	(void)state;
	for (u32 i = 0; i < 6; i++) {
		struct scope *s = kit_scope("lock", 7, 1);
		struct spread_opts o = kit_whole();
		struct came one, c;

		o.search.kind = i % 3 == 2 ? SEARCH_DFS : SEARCH_REVISIT;
		one = kit_searched(s, &o, false);
		kit_temp_name(path, sizeof(path));
		o.keep = path;
		o.jobs = 1 + i % 3;
		while (!killed(s, &o, 1000 + rng_below(&r, 15000)))
			if (++kills % 20 == 0)
				break;
		c = kit_searched(s, &o, false);
		resumed += c.r.resumed;
		kit_same_sums(&c, &one);
		kit_same_found(&c, &one);
		came_drop(&c);
		came_drop(&one);
		unlink(path);
		scope_free(s);
	}
	print_message("%u killed, %u went on\n", kills, resumed);
	assert_true(kills >= 3);
	assert_true(resumed >= 3);
}

static void put(const char *path, const u8 *v, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, v, n), n);
	close(fd);
}

static void refused(const struct scope *s, const struct spread_opts *o, enum err_code code)
{
	struct came c;
	struct err err;

	assert_int_equal(kit_try_search(s, o, false, &c, &err), -(int)code);
	assert_non_null(strstr(err.msg, o->keep));
	assert_int_equal(err_status(err.code), 2);
	came_drop(&c);
}

/* A file that is damaged anywhere, cut off, no kept search or that of another search is refused, and named. */
static void refuses(void **state)
{
	static u8 v[1 << 16];
	struct scope *s = kit_scope("lock", 3, 2), *other = kit_scope("lock", 3, 1);
	struct spread_opts o = kit_whole(), shard;
	struct came c;
	char path[256];
	ssize_t n;
	int fd;

	(void)state;
	kit_temp_name(path, sizeof(path));
	o.keep = path;
	o.search.executions = 20;
	c = kit_searched(s, &o, false);
	came_drop(&c);
	fd = open(path, O_RDONLY);
	n = read(fd, v, sizeof(v));
	close(fd);
	assert_true(n > 100 && n < (ssize_t)sizeof(v));
	for (ssize_t i = 0; i < n; i += i < 48 ? 1 : 37) {
		v[i] ^= 0x10;
		put(path, v, (size_t)n);
		refused(s, &o,
		        i < 8               ? ERR_MAGIC
		        : i < 12            ? ERR_VERSION
		        : i >= 24 && i < 32 ? ERR_TRUNCATED
		                            : ERR_CHUNK);
		v[i] ^= 0x10;
	}
	for (ssize_t i = 0; i < n; i += i < 48 ? 7 : 101) {
		put(path, v, (size_t)i);
		refused(s, &o, i < 8 ? ERR_MAGIC : ERR_TRUNCATED);
	}
	put(path, v, (size_t)n);
	refused(other, &o, ERR_CONFIG);
	shard = o;
	shard.shard = 1;
	shard.shards = 2;
	refused(s, &shard, ERR_CONFIG);
	s->seed++;
	refused(s, &o, ERR_CONFIG);
	s->seed--;
	c = kit_searched(s, &o, false);
	assert_true(c.r.resumed);
	came_drop(&c);
	unlink(path);
	scope_free(s);
	scope_free(other);
}

/* What is no state of a search is refused by whoever reads it, wherever it ends. */
static void refuses_nonsense(void **state)
{
	struct rng r = { .s = test_seed(3) };
	struct scope *s = kit_scope("lock", 2, 1);
	u32 good = 0;

	(void)state;
	for (u32 i = 0; i < 3000; i++) {
		struct bytes b = { .n = 0 };
		struct bytes_in in;
		struct touches *t = touches_new();
		struct dfs *d = dfs_new();
		struct revisit *v = revisit_new(false);
		struct endings *e = outcomes_new(s, 100);
		struct found *f = found_new();

		for (u64 n = rng_below(&r, 60); n > 0; n--)
			bytes_u32(&b, rng_below(&r, 4) ? 0 : (u32)rng_below(&r, 5));
		in = (struct bytes_in){ .v = b.v, .n = b.n };
		good += i % 4 == 0   ? dfs_load(d, t, 2, &in)
		        : i % 4 == 1 ? revisit_load(v, 2, &in)
		        : i % 4 == 2 ? outcomes_load(e, &in)
		                     : found_load(f, &in);
		bytes_free(&b);
		dfs_free(d);
		revisit_free(v);
		outcomes_free(e);
		found_free(f);
		touches_free(t);
	}
	assert_true(good > 100 && good < 2900);
	scope_free(s);
}

/* What was kept before that is known is not gone on from; what dfs keeps then is. */
static void too_long_kept(void **state)
{
	struct spread_opts o = kit_whole();
	struct built b;
	char path[256];

	(void)state;
	kit_begin_long(&b);
	kit_temp_name(path, sizeof(path));
	o.keep = path;
	o.keep_ns = 0;
	o.search.executions = 100;
	for (u32 i = 0; i < 2; i++) {
		struct came c = kit_searched(&b.s, &o, false);

		assert_int_equal(c.r.kind, SEARCH_DFS);
		assert_int_equal(c.r.resumed, i);
		assert_int_equal(c.r.sum.executions, 100 * (i + 1));
		came_drop(&c);
	}
	unlink(path);
	built_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on),       cmocka_unit_test(goes_on_random),
		cmocka_unit_test(found_goes_on), cmocka_unit_test(kill_and_go_on),
		cmocka_unit_test(refuses),       cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(too_long_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

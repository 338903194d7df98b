// SPDX-License-Identifier: GPL-2.0-only
/*
 * A search by several jobs, by shards, and one that is interrupted or killed and goes on: the sums are those of one search that nobody
 * disturbs.
 */
#include "sim/exec/scope_named.h"
#include "sim/explore/dfs.h"
#include "sim/explore/revisit.h"
#include "sim/explore/spread.h"
#include "sim/explore/touch.h"
#include "tests/kit.h"
#include "tests/kit_built.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What a search came to. */
struct came {
	struct spread_result r;
	struct endings *endings;
	struct found *found;
};

static struct scope *scope_of(const char *name, u32 cpus, u32 sections)
{
	struct scope *s;
	struct err err;

	if (scope_named(name, cpus, sections, &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

static struct engine_opts engine_of(const struct scope *s, bool judged)
{
	return (struct engine_opts){ .vehicle = VEHICLE_FIBER,
		                     .depend = s->depend == DEPEND_CELLS ? DEPEND_CELLS
		                                                         : DEPEND_TICKETS,
		                     .judged = judged,
		                     .checks = check_set_all(),
		                     .steps = 10000 };
}

static struct spread_opts whole(void)
{
	return (struct spread_opts){
		.search = { .kind = SEARCH_REVISIT, .all = true, .class_bytes = 64 << 20 },
		.jobs = 1,
		.keep_ns = 1000000
	};
}

static int try_search(const struct scope *s, const struct spread_opts *o, bool judged,
                      struct came *c, struct err *err)
{
	struct engine_opts eo = engine_of(s, judged);

	c->endings = outcomes_new(s, 1000);
	c->found = found_new();
	return spread_run(s, &eo, o, c->endings, c->found, NULL, NULL, &c->r, err);
}

static struct came searched(const struct scope *s, const struct spread_opts *o, bool judged)
{
	struct came c;
	struct err err;

	if (try_search(s, o, judged, &c, &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static void drop(struct came *c)
{
	outcomes_free(c->endings);
	found_free(c->found);
}

/* By the plain search, which knows nothing of jobs and files. */
static struct came plain(const struct scope *s, bool judged)
{
	struct engine_opts eo = engine_of(s, judged);
	struct search_opts so = { .kind = SEARCH_DFS, .all = true, .class_bytes = 64 << 20 };
	struct came c = { .endings = outcomes_new(s, 1000), .found = found_new() };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, judged, &err) < 0 || engine_new(&e, setup, &eo, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, c.endings, NULL, NULL, &c.r.sum);
	engine_free(e);
	setup_free(setup);
	return c;
}

static void same_sums(const struct came *a, const struct came *b)
{
	const struct search_result *x = &a->r.sum, *y = &b->r.sum;

	assert_int_equal(x->executions, y->executions);
	assert_int_equal(x->classes, y->classes);
	assert_int_equal(x->redundant, y->redundant);
	assert_int_equal(x->blocked, y->blocked);
	assert_int_equal(x->steps, y->steps);
	assert_memory_equal(x->ends, y->ends, sizeof(x->ends));
	assert_int_equal(x->violations, y->violations);
	assert_int_equal(x->unexpected, y->unexpected);
	assert_int_equal(x->complete, y->complete);
	assert_int_equal(outcomes_count(a->endings), outcomes_count(b->endings));
	for (u32 i = 0; i < outcomes_count(a->endings); i++) {
		const struct ending *p = outcomes_get(a->endings, i);
		const struct ending *q = outcomes_get(b->endings, i);

		assert_int_equal(p->name, q->name);
		assert_int_equal(p->count, q->count);
		assert_int_equal(p->n_steps, q->n_steps);
	}
}

static void same_found(const struct came *a, const struct came *b)
{
	assert_int_equal(found_count(a->found), found_count(b->found));
	for (u32 i = 0; i < found_count(a->found); i++) {
		const struct found_name *n = found_get(a->found, i);
		u32 k = 0;

		while (k < found_count(b->found) &&
		       strcmp(found_get(b->found, k)->name, n->name) != 0)
			k++;
		assert_true(k < found_count(b->found));
		assert_int_equal(found_get(b->found, k)->executions, n->executions);
	}
}

static const struct {
	const char *name;
	u32 cpus, sections;
} scopes[] = { { "lock", 4, 1 }, { "lock", 3, 3 },   { "sequence", 4, 1 },
	       { "abba", 4, 1 }, { "nested", 4, 1 }, { "split", 3, 1 } };

/* One, two and four jobs come to what the plain search does. */
static void jobs(void **state)
{
	static const u32 numbers[] = { 1, 2, 4 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(scopes); i++) {
		struct scope *s = scope_of(scopes[i].name, scopes[i].cpus, scopes[i].sections);
		struct came one = plain(s, false), first = { .found = NULL };

		for (u32 k = 0; k < ARRAY_SIZE(numbers); k++) {
			struct spread_opts o = whole();
			struct came c;

			o.jobs = numbers[k];
			c = searched(s, &o, false);
			assert_int_equal(c.r.kind, SEARCH_REVISIT);
			assert_int_equal(c.r.jobs, numbers[k]);
			same_sums(&c, &one);
			if (!first.found) {
				first = c;
				continue;
			}
			same_found(&c, &first);
			drop(&c);
		}
		drop(&first);
		drop(&one);
		scope_free(s);
	}
}

/* With the judge, several machines beside each other find the same. */
static void jobs_judged(void **state)
{
	struct scope *s = scope_of("split", 3, 1);
	struct spread_opts o = whole();
	struct came one = plain(s, true), c;

	(void)state;
	o.jobs = 3;
	c = searched(s, &o, true);
	same_sums(&c, &one);
	drop(&c);
	drop(&one);
	scope_free(s);
}

/* The sums over all shards are those of the whole, and each shard has a part. */
static void shards(void **state)
{
	static const u32 numbers[] = { 1, 2, 3, 7 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(scopes); i++) {
		struct scope *s = scope_of(scopes[i].name, scopes[i].cpus, scopes[i].sections);
		struct came one = plain(s, false);

		for (u32 k = 0; k < ARRAY_SIZE(numbers); k++) {
			struct came sum = { .r.sum.complete = true,
				            .endings = outcomes_new(s, 1000),
				            .found = found_new() };

			for (u32 m = 1; m <= numbers[k]; m++) {
				struct spread_opts o = whole();
				struct came c;

				o.jobs = 1 + m % 2;
				o.shard = m;
				o.shards = numbers[k];
				c = searched(s, &o, false);
				search_add(&sum.r.sum, &c.r.sum);
				outcomes_merge(sum.endings, c.endings);
				found_merge(sum.found, c.found);
				if (one.r.sum.executions > 1000)
					assert_true(c.r.sum.executions > 0);
				drop(&c);
			}
			outcomes_sort(sum.endings);
			same_sums(&sum, &one);
			drop(&sum);
		}
		drop(&one);
		scope_free(s);
	}
}

static void temp_name(char *path, size_t size)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	snprintf(path, size, "%s/hypsim-kept-XXXXXX", dir ? dir : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
}

/* A search that ends after so many executions, again and again, comes to what one does that does not; both strategies. */
static void goes_on(void **state)
{
	char path[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(scopes); i++) {
		for (u32 dfs = 0; dfs < 2; dfs++) {
			struct scope *s =
				scope_of(scopes[i].name, scopes[i].cpus, scopes[i].sections);
			struct came one, c;
			struct spread_opts o = whole();
			u64 parts = 0;

			o.search.kind = dfs ? SEARCH_DFS : SEARCH_REVISIT;
			one = searched(s, &o, false);
			temp_name(path, sizeof(path));
			o.keep = path;
			o.keep_ns = ~0ull >> 1;
			o.search.executions = 1 + one.r.sum.executions / 5;
			for (;; parts++) {
				o.jobs = 1 + parts % 2;
				c = searched(s, &o, false);
				assert_int_equal(c.r.kind, dfs ? SEARCH_DFS : SEARCH_REVISIT);
				assert_int_equal(c.r.resumed, parts > 0);
				if (c.r.sum.complete)
					break;
				assert_int_equal(c.r.sum.executions,
				                 (parts + 1) * o.search.executions);
				drop(&c);
			}
			assert_true(parts >= 2 || one.r.sum.executions < 3);
			same_sums(&c, &one);
			same_found(&c, &one);
			drop(&c);
			/* What is complete stays so. */
			c = searched(s, &o, false);
			same_sums(&c, &one);
			same_found(&c, &one);
			drop(&c);
			drop(&one);
			unlink(path);
			scope_free(s);
		}
	}
}

/* What was found together in one execution is kept, too: some executions deadlock, and in all others an expectation does not hold. */
static void found_goes_on(void **state)
{
	struct scope_expect wrong = { .kind = EXPECT_STUCK };
	struct spread_opts o = whole();
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
	temp_name(path, sizeof(path));
	o.keep = path;
	for (u32 i = 0; i < 2; i++) {
		struct came c = searched(&b.s, &o, false);

		assert_int_equal(c.r.resumed, i);
		assert_int_equal(c.r.sum.unexpected, 2);
		assert_int_equal(found_count(c.found), 2);
		assert_true(found_as_expected(c.found, "deadlock,expect", why, sizeof(why)));
		assert_false(found_as_expected(c.found, "deadlock", why, sizeof(why)));
		assert_false(found_as_expected(c.found, "expect", why, sizeof(why)));
		drop(&c);
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

		_exit(try_search(s, o, false, &c, &err) < 0 ? 3 : c.r.sum.complete ? 0 : 1);
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
		struct scope *s = scope_of("lock", 7, 1);
		struct spread_opts o = whole();
		struct came one, c;

		o.search.kind = i % 3 == 2 ? SEARCH_DFS : SEARCH_REVISIT;
		one = searched(s, &o, false);
		temp_name(path, sizeof(path));
		o.keep = path;
		o.jobs = 1 + i % 3;
		while (!killed(s, &o, 1000 + rng_below(&r, 15000)))
			if (++kills % 20 == 0)
				break;
		c = searched(s, &o, false);
		resumed += c.r.resumed;
		same_sums(&c, &one);
		same_found(&c, &one);
		drop(&c);
		drop(&one);
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

	assert_int_equal(try_search(s, o, false, &c, &err), -(int)code);
	assert_non_null(strstr(err.msg, o->keep));
	assert_int_equal(err_status(err.code), 2);
	drop(&c);
}

/* A file that is damaged anywhere, cut off, no kept search or that of another search is refused, and named. */
static void refuses(void **state)
{
	static u8 v[1 << 16];
	struct scope *s = scope_of("lock", 3, 2), *other = scope_of("lock", 3, 1);
	struct spread_opts o = whole(), shard;
	struct came c;
	char path[256];
	ssize_t n;
	int fd;

	(void)state;
	temp_name(path, sizeof(path));
	o.keep = path;
	o.search.executions = 20;
	c = searched(s, &o, false);
	drop(&c);
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
	c = searched(s, &o, false);
	assert_true(c.r.resumed);
	drop(&c);
	unlink(path);
	scope_free(s);
	scope_free(other);
}

/* What is no state of a search is refused by whoever reads it, wherever it ends. */
static void refuses_nonsense(void **state)
{
	struct rng r = { .s = test_seed(3) };
	struct scope *s = scope_of("lock", 2, 1);
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

/* On random programs, with steps that sleep: dfs, ended again and again, comes to what an undisturbed one does. */
static void goes_on_random(void **state)
{
	struct rng r = { .s = test_seed(5) };
	char path[256];

	(void)state;
	temp_name(path, sizeof(path));
	for (u32 i = 0; i < 100; i++) {
		struct spread_opts o = whole();
		struct came one, c;
		struct built b;

		built_random(&b, &r);
		b.s.depend = i % 3 ? DEPEND_TICKETS : DEPEND_CELLS;
		o.search.kind = i % 3 == 1 ? SEARCH_REVISIT : SEARCH_DFS;
		one = searched(&b.s, &o, false);
		o.keep = path;
		o.keep_ns = ~0ull >> 1;
		o.search.executions = 1 + rng_below(&r, 1 + one.r.sum.executions / 3);
		for (;;) {
			c = searched(&b.s, &o, false);
			if (c.r.sum.complete)
				break;
			drop(&c);
		}
		same_sums(&c, &one);
		same_found(&c, &one);
		drop(&c);
		drop(&one);
		built_drop(&b);
		unlink(path);
	}
}

/* Two CPUs with 600 sections each. */
static void begin_long(struct built *b)
{
	built_begin(b, 2);
	for (u32 i = 0; i < 1200; i++)
		built_section(b, i % 2, 0);
}

/* They have too many orders to keep their beginnings: dfs, in little memory. */
static void too_long(void **state)
{
	struct spread_opts o = whole();
	struct built b;
	struct came c;

	(void)state;
	begin_long(&b);
	o.jobs = 2;
	o.search.executions = 100;
	c = searched(&b.s, &o, false);
	assert_int_equal(c.r.kind, SEARCH_DFS);
	assert_int_equal(c.r.jobs, 1);
	assert_int_equal(c.r.sum.executions, 100);
	assert_false(c.r.sum.complete);
	drop(&c);
	built_drop(&b);
}

/* What was kept before that is known is not gone on from; what dfs keeps then is. */
static void too_long_kept(void **state)
{
	struct spread_opts o = whole();
	struct built b;
	char path[256];

	(void)state;
	begin_long(&b);
	temp_name(path, sizeof(path));
	o.keep = path;
	o.keep_ns = 0;
	o.search.executions = 100;
	for (u32 i = 0; i < 2; i++) {
		struct came c = searched(&b.s, &o, false);

		assert_int_equal(c.r.kind, SEARCH_DFS);
		assert_int_equal(c.r.resumed, i);
		assert_int_equal(c.r.sum.executions, 100 * (i + 1));
		drop(&c);
	}
	unlink(path);
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
			struct scope *s = scope_of("lock", 4, 3);
			struct spread_opts o = whole();
			struct came c;

			o.search.class_bytes = 1 << 20;
			o.search.kind = i ? SEARCH_DFS : SEARCH_REVISIT;
			c = searched(s, &o, false);
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
		cmocka_unit_test(jobs),
		cmocka_unit_test(jobs_judged),
		cmocka_unit_test(shards),
		cmocka_unit_test(goes_on),
		cmocka_unit_test(goes_on_random),
		cmocka_unit_test(found_goes_on),
		cmocka_unit_test(kill_and_go_on),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(too_long),
		cmocka_unit_test(too_long_kept),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only

/*
 * Of any part of a log the tables of locks, the longest waits and the graph of orders are with its index what they are without: also where
 * the index turns out to be damaged when its tables have been read.
 */
#include "sim/inspect/index_build.h"
#include "sim/inspect/log_locks.h"
#include "sim/inspect/log_order.h"
#include "sim/inspect/log_waits.h"
#include "sim/log/text/open.h"
#include "tests/kit.h"
#include "tests/kit_packed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOGS = 3, QUESTIONS = 20 };

static char log_path[PACKED_PATH], index_path[64];

/* What a question is answered, by an index or without one: @ask gives < 0 and *e as the source does. */
struct question {
	struct locks_options locks;
	struct waits_options waits;
	int (*ask)(const struct question *q, struct log_source *s, struct log_index *ix, FILE *f,
	           struct err *e);
};

static int ask_locks(const struct question *q, struct log_source *s, struct log_index *ix, FILE *f,
                     struct err *e)
{
	return log_locks(s, ix, "log", &q->locks, f, e);
}

static int ask_waits(const struct question *q, struct log_source *s, struct log_index *ix, FILE *f,
                     struct err *e)
{
	return log_waits(s, ix, "log", &q->waits, f, e);
}

static int ask_order(const struct question *q, struct log_source *s, struct log_index *ix, FILE *f,
                     struct err *e)
{
	(void)q;
	return log_order(s, ix, "log", ORDER_JSON, f, e);
}

/* The answer, and how the log ended. */
static char *answer(const struct question *q, struct log_index *ix)
{
	struct log_status status;
	struct log_source *s;
	char *text;
	size_t size;
	struct err e;
	FILE *f = open_memstream(&text, &size);
	int rc;

	assert_int_equal(log_open(log_path, &s, &e), 0);
	rc = q->ask(q, s, ix, f, &e);
	log_source_status(s, &status);
	fprintf(f, "%d %u %llu %s", rc, status.holes, (unsigned long long)status.events,
	        status.finding ? status.finding->text : "");
	assert_int_equal(fclose(f), 0);
	s->close(s);
	return text;
}

static void assert_same(const struct question *q, struct log_index *ix, const char *want)
{
	char *got = answer(q, ix);

	if (strcmp(want, got) != 0)
		fail_msg("events %llu to %llu: the answer by the index is\n%s\nand without\n%s",
		         (unsigned long long)q->locks.from, (unsigned long long)q->locks.to, got,
		         want);
	free(got);
}

static void ask(struct question *q, struct log_index *ix,
                int (*how)(const struct question *q, struct log_source *s, struct log_index *ix,
                           FILE *f, struct err *e))
{
	char *want;

	q->ask = how;
	want = answer(q, NULL);
	assert_same(q, ix, want);
	/* As if a point turned out to be damaged. */
	ix->dead = true;
	assert_same(q, ix, want);
	ix->dead = false;
	free(want);
}

/* A part of the log, some of the locks and CPUs, some way to ask. */
static void ask_anything(struct rng *r, struct log_index *ix)
{
	u64 events = ix->point[ix->n_points - 1].index, all = ~0ull;
	u64 a = rng_below(r, events + 2), b = rng_below(r, events + 2);
	u64 from = rng_below(r, 4) ? min_u64(a, b) : 0, to = rng_below(r, 4) ? max_u64(a, b) : all;
	u64 locks = rng_below(r, 3) ? all : rng_next(r) | 1, cpus = rng_below(r, 3) ? all : 5;
	struct question q = {
		.locks = { .by = (enum locks_by)rng_below(r, 3),
		           .sort = (enum locks_sort)rng_below(r, LOCKS_SORT_NR),
		           .locks = locks,
		           .from = from,
		           .to = to,
		           .json = true },
		.waits = { .by = (enum waits_by)rng_below(r, WAITS_BY_NR + 1),
		           .locks = locks,
		           .cpus = cpus,
		           .from = from,
		           .to = to,
		           .top = 1 + (u32)rng_below(r, rng_below(r, 3) ? 5 : 200),
		           .json = true },
	};

	ask(&q, ix, ask_locks);
	ask(&q, ix, ask_waits);
}

/* Tables of 64 blocks. */
static u64 tables_seen;

static void try_log(struct rng *r)
{
	const struct index_options every_batch = { .every = 1 };
	struct streams_options o = streams_random(r, 3 + (u32)rng_below(r, 3), 1);
	struct log_source *s;
	struct log_name name;
	struct log_index *ix;
	struct err e;
	int fd;

	o.ops = 400;
	o.locks = 2 + (u32)rng_below(r, 4);
	o.nested = true;
	o.kill = rng_below(r, 3) == 0;
	fd = packed_streams(&o, rng_next(r), log_path);
	assert_int_equal(index_build(log_path, index_path, &every_batch, &e), 0);
	assert_int_equal(log_open(log_path, &s, &e), 0);
	assert_true(index_log_name(s, &name));
	ix = log_index_open(index_path, &name);
	assert_non_null(ix);
	for (u32 i = 0; i < (HYPSIM_TSAN ? QUESTIONS / 4 : QUESTIONS); i++)
		ask_anything(r, ix);
	ask(&(struct question){ .locks = { .to = ~0ull } }, ix, ask_order);
	tables_seen += ix->locks.level[1].n;
	log_index_close(ix);
	s->close(s);
	close(fd);
}

static void law_of_any_part(void **state)
{
	struct rng r = { test_seed(31) };
	int fd = mkstemp(strcpy(index_path, "/tmp/hypsim-index-XXXXXX"));

	(void)state;
	assert_true(fd >= 0);
	tables_seen = 0;
	for (u32 i = 0; i < LOGS; i++)
		try_log(&r);
	assert_true(tables_seen > 0);
	close(fd);
	unlink(index_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_of_any_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

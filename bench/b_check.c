// SPDX-License-Identifier: GPL-2.0-only
/* The checking tables: merge, folds and checks over logs of two scenarios on one core, and what they take of memory. */
#include "bench/b_judge.h"
#include "bench/frame.h"
#include "bench/runs.h"
#include "oracle/cal/queue.h"
#include "oracle/check/check.h"
#include "oracle/report/feed.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/inspect/index_build.h"
#include "sim/run/halves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KC_RATE, KC_EVENTS, KC_MARKS, KC_MIB, KC_NR };

static const struct table_col cols[KC_NR] = { { "events", "M/s", 1 },
	                                      { "log", "M events", 2 },
	                                      { "marks", "M", 2 },
	                                      { "memory", "MiB", 1 } };

/* What becomes of each batch that a checker judged: it stays, and could be undone; or it was undone, and judged again. */
enum undo { UNDO_OFF, UNDO_KEPT, UNDO_DONE };

/* What is done with the merged log: nothing, one fold, or a set of checks. */
struct stage {
	const char *name;
	bool fold;
	struct check_set (*checks)(void);
	enum undo undo;
	bool two;   /* on two cores */
	bool index; /* nothing is judged: the log's index is written */
};

/* The checks that see every event: of locks, without the contents of objects. */
static struct check_set lock_checks(void)
{
	struct check_set set = check_set_group(GROUP_LOCK);

	check_set_remove(&set, CHK_CONTENTS);
	return set;
}

static struct check_set contents_check(void)
{
	return check_set_of(CHK_CONTENTS);
}

static struct check_set first_tier(void)
{
	struct check_set set = check_set_group(GROUP_LOCK);

	check_set_join(&set, check_set_group(GROUP_LOG));
	return set;
}

static struct check_set inv_checks(void)
{
	return check_set_group(GROUP_INV);
}

static struct check_set cpu_checks(void)
{
	return check_set_group(GROUP_CPU);
}

static struct check_set edge_checks(void)
{
	return check_set_group(GROUP_EDGE);
}

static const struct stage stages[] = {
	{ .name = "merge" },
	{ .name = "merge + Q_CalLock", .fold = true },
	{ .name = "merge + locks", .checks = lock_checks },
	{ .name = "merge + locks, kept", .checks = lock_checks, .undo = UNDO_KEPT },
	{ .name = "merge + locks, undone", .checks = lock_checks, .undo = UNDO_DONE },
	{ .name = "merge + contents", .checks = contents_check },
	{ .name = "merge + tier 1", .checks = first_tier },
	{ .name = "merge + inv", .checks = inv_checks },
	{ .name = "merge + cpu", .checks = cpu_checks },
	{ .name = "merge + edge", .checks = edge_checks },
	{ .name = "merge + all checks", .checks = check_set_all },
	{ .name = "merge + all, kept", .checks = check_set_all, .undo = UNDO_KEPT },
	{ .name = "merge + all, undone", .checks = check_set_all, .undo = UNDO_DONE },
	{ .name = "all checks, 2 cores", .checks = check_set_all, .two = true },
	{ .name = "index", .index = true },
};

/* Whose logs are judged; @ops_a_second: how many operations they have, of all CPUs, for each second of the table. */
static const struct subject {
	const char *scenario;
	double ops_a_second;
} subjects[] = { { "lock-storm", 1.5e6 }, { "storm", 1e5 } };

/* A log of @ops operations of each of @cpus CPUs in @scenario, in @path. */
static void make_log(const char *path, const char *scenario, u32 cpus, u64 ops)
{
	struct bench_run b = { .cpus = cpus,
		               .policy = bench_policy(WAIT_AUTO, false),
		               .log = BENCH_FILE,
		               .path = path,
		               .ops = ops };

	bench_scenario(&b, scenario);
}

/* Q_CalLock of every lock; at an episode's first mark all of them are as at the start. */
struct folds {
	struct q_state q[ID_END];
	u64 episode;
};

static void folds_init(struct folds *f, const struct log_config *config, u64 episode)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		q_cal_init(&f->q[lk], config->fairness, 0);
	f->episode = episode;
}

/* The folds over a batch; returns the first row that is not CAL_OK. */
static enum cal_row fold(struct folds *f, const struct log_config *config, const struct event *ev,
                         u32 n)
{
	for (u32 i = 0; i < n; i++) {
		enum cal_row row = CAL_OK;

		if (ev[i].kind == MARK_EPISODE && ev[i].arg != f->episode)
			folds_init(f, config, ev[i].arg);
		/* Flat memory has no lock. */
		else if (!event_is_mark(ev[i].kind) && ev[i].lk != FLATMEM_ID)
			row = q_cal_step(&f->q[ev[i].lk], &ev[i]);
		if (unlikely(row != CAL_OK))
			return row;
	}
	return CAL_OK;
}

/* Resident memory of the process, MiB. */
static double resident_mib(void)
{
	unsigned long long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%llu %llu", &pages, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* The batch is judged, as the stage says. */
static void judge(struct checker *c, enum undo undo, const struct event *batch, u32 n)
{
	u64 first = checker_n_events(c);

	if (undo != UNDO_OFF)
		checker_keep(c);
	checker_feed(c, batch, n);
	if (undo != UNDO_DONE)
		return;
	/* Where an episode begins, what was before cannot come back. */
	for (u32 i = 0; i < n; i++)
		if (batch[i].kind == MARK_EPISODE)
			return;
	checker_undo(c, first);
	checker_feed(c, batch, n);
}

/**
 * struct measured - a log
 * @events, @marks: that it has, from the first row on
 */
struct measured {
	const char *path;
	u64 events, marks;
};

/* What is said of a log that took so long from @start on. */
static void say(const struct measured *m, u64 start, double *out)
{
	out[KC_RATE] = (double)m->events / (double)(clock_ns() - start) * 1e3;
	out[KC_EVENTS] = (double)m->events / 1e6;
	out[KC_MARKS] = (double)m->marks / 1e6;
	out[KC_MIB] = resident_mib();
}

/* The log's index is written beside it, and deleted. */
static void measure_index(const struct measured *m, double *out)
{
	struct index_options o = index_defaults();
	char path[288];
	struct err e;
	u64 start = clock_ns();

	snprintf(path, sizeof(path), "%s.hidx", m->path);
	bench_must(index_build(m->path, path, &o, &e), &e);
	say(m, start, out);
	unlink(path);
}

/* On two cores: as `check --jobs 2` does. */
static void measure_two(struct measured *m, const struct stage *stage, double *out)
{
	struct log_source *s;
	struct checker *c;
	u64 start;
	struct err e;

	bench_must(log_open(m->path, &s, &e), &e);
	c = checker_new_halves(s->config, stage->checks());
	start = clock_ns();
	bench_must(halves_feed(s, c, NULL, &e), &e);
	m->events = checker_n_events(c) - m->marks;
	say(m, start, out);
	checker_free(c);
	s->close(s);
}

static void measure(void *arg, u32 row, double *out)
{
	struct measured *m = arg;
	struct event batch[SOURCE_BATCH];
	struct folds *f = xcalloc(1, sizeof(*f));
	const struct stage *stage = &stages[row];
	struct checker *c = NULL;
	struct log_source *s;
	u64 events = 0, marks = 0, start;
	struct err e;
	u32 n;

	if (stage->two || stage->index) {
		free(f);
		if (stage->two)
			measure_two(m, stage, out);
		else
			measure_index(m, out);
		return;
	}
	bench_must(log_open(m->path, &s, &e), &e);
	folds_init(f, s->config, 0);
	if (stage->checks)
		c = checker_new(s->config, stage->checks());
	start = clock_ns();
	do {
		bench_must(s->next(s, batch, SOURCE_BATCH, &n, &e), &e);
		for (u32 i = 0; i < n; i++)
			marks += event_is_mark(batch[i].kind);
		events += n;
		if (stage->fold && fold(f, s->config, batch, n) != CAL_OK) {
			fprintf(stderr, "hypsim bench: check: Q_CalLock is None\n");
			exit(1);
		}
		if (c)
			judge(c, stage->undo, batch, n);
	} while (n > 0);
	m->events = events - marks;
	m->marks = marks;
	say(m, start, out);
	if (c)
		checker_free(c);
	s->close(s);
	free(f);
}

static void table_check(const struct bench_opts *o, const struct subject *subject)
{
	char title[96], path[256];
	struct measured m = { .path = path };
	struct table t = { .name = "check", .title = title, .cols = cols, .n_cols = KC_NR };
	/* A last point ten times as long shows that memory stays. */
	u64 ops = (u64)(o->seconds * subject->ops_a_second) + 1000;

	snprintf(title, sizeof(title), "check: a log of %s, one core", subject->scenario);
	snprintf(path, sizeof(path), "%s/hypsim-bench-%d.hlog", o->dir, (int)getpid());
	for (u32 i = 0; i < o->n_cpus + 1; i++) {
		bool longer = i == o->n_cpus;
		u32 cpus = o->cpus[longer ? i - 1 : i], first = t.n;

		make_log(path, subject->scenario, cpus, (longer ? 10 : 1) * ops / cpus);
		for (u32 k = 0; k < ARRAY_SIZE(stages); k++)
			table_add(&t, "%2u CPU%s%s %s", cpus, cpus == 1 ? " " : "s",
			          longer ? ", long" : "", stages[k].name);
		bench_rows(&t, first, ARRAY_SIZE(stages), o->repeat, measure, &m);
		unlink(path);
	}
	bench_show(o, &t);
	table_free(&t);
}

void bench_check(const struct bench_opts *o)
{
	for (u32 i = 0; i < ARRAY_SIZE(subjects); i++)
		table_check(o, &subjects[i]);
	bench_judge(o);
}

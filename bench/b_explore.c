// SPDX-License-Identifier: GPL-2.0-only
/*
 * The explorer: executions a second of searches that are complete, bare and judged, on each vehicle, and what share of the time the
 * judge takes.
 */
#include "bench/frame.h"

#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/exec/scope_named.h"
#include "sim/explore/search.h"

#include <string.h>

enum { C_EXECUTIONS, C_RATE, C_US, C_SHARE, C_SECONDS, C_NR };

static const struct table_col cols[C_NR] = { { "executions", "", 0 },
	                                     { "rate", "k/s", 1 },
	                                     { "each", "us", 2 },
	                                     { "judge", "%", 0 },
	                                     { "search", "s", 3 } };

/* What is judged. */
enum judged { BARE, LOCKS, ALL };

/* Two hosts on a booted machine, two faults each: pages of one table. */
static const char booted[] = "boot 1024\n"
			     "concurrent\n"
			     "cpu 0\n"
			     "fault 0x200000\n"
			     "fault 0x201000\n"
			     "cpu 1\n"
			     "fault 0x202000\n"
			     "fault 0x203000\n"
			     "end\n";

/**
 * struct row
 * @scope: a name, or NULL: the booted one
 */
struct row {
	const char *name, *scope;
	u32 cpus, sections;
	enum vehicle_kind vehicle;
	enum judged judged;
};

static const struct row rows[] = {
	{ "lock N=4 K=1, bare", "lock", 4, 1, VEHICLE_FIBER, BARE },
	{ "lock N=4 K=1, lock checks", "lock", 4, 1, VEHICLE_FIBER, LOCKS },
	{ "lock N=4 K=1, all checks", "lock", 4, 1, VEHICLE_FIBER, ALL },
	{ "lock N=4 K=1, bare, pthreads", "lock", 4, 1, VEHICLE_PTHREAD, BARE },
	{ "lock N=4 K=1, lock checks, pthreads", "lock", 4, 1, VEHICLE_PTHREAD, LOCKS },
	{ "lock N=4 K=3, bare", "lock", 4, 3, VEHICLE_FIBER, BARE },
	{ "lock N=8 K=1, bare", "lock", 8, 1, VEHICLE_FIBER, BARE },
	{ "lock N=8 K=1, all checks", "lock", 8, 1, VEHICLE_FIBER, ALL },
	{ "booted, 2 x 2 faults, bare", NULL, 2, 2, VEHICLE_FIBER, BARE },
	{ "booted, 2 x 2 faults, all checks", NULL, 2, 2, VEHICLE_FIBER, ALL },
};

static struct check_set checks_of(enum judged judged)
{
	struct check_set s = check_set_all();

	return judged == LOCKS ? check_set_group(GROUP_LOCK) : s;
}

static void read_scope(const struct row *row, struct scope **scope)
{
	struct scope_opts o = { .seed = 1 };
	struct err e;

	errata_defaults(&o.errata);
	if (row->scope)
		bench_must(scope_named(row->scope, row->cpus, row->sections, scope, &e), &e);
	else
		bench_must(scope_parse(scope, "booted", booted, strlen(booted), &o, &e), &e);
}

/* Whole searches, one after the other, for so long at least: the machine and the judge are made once. */
static void search(const struct row *row, enum judged judged, double seconds,
                   struct search_result *sum)
{
	struct engine_opts eo = { .vehicle = row->vehicle,
		                  .depend = DEPEND_TICKETS,
		                  .judged = judged != BARE,
		                  .checks = checks_of(judged),
		                  .steps = 100000 };
	struct search_opts so = { .kind = SEARCH_DFS, .all = true, .class_bytes = 1 << 20 };
	struct scope *scope;
	struct setup *setup;
	struct engine *engine;
	struct err e;

	*sum = (struct search_result){ .executions = 0 };
	read_scope(row, &scope);
	bench_must(setup_new(&setup, scope, judged != BARE, &e), &e);
	bench_must(engine_new(&engine, setup, &eo, &e), &e);
	do {
		struct search_result r;

		search_run(engine, setup, &so, NULL, NULL, NULL, &r);
		SIM_ASSERT(r.complete);
		SIM_ASSERT(r.violations == 0);
		sum->executions += r.executions;
		sum->classes = r.executions;
		sum->ns += r.ns;
		sum->begun++;
	} while ((double)sum->ns < seconds * 1e9);
	engine_free(engine);
	setup_free(setup);
	scope_free(scope);
}

static double us_each(const struct search_result *r)
{
	return (double)r->ns / 1e3 / (double)r->executions;
}

static void measure(void *arg, u32 i, double *out)
{
	const struct bench_opts *o = arg;
	struct search_result r, bare;

	search(&rows[i], rows[i].judged, o->seconds, &r);
	out[C_EXECUTIONS] = (double)r.classes;
	out[C_RATE] = (double)r.executions * 1e6 / (double)r.ns;
	out[C_US] = us_each(&r);
	out[C_SECONDS] = (double)r.ns / 1e9 / (double)r.begun;
	if (rows[i].judged == BARE)
		return;
	search(&rows[i], BARE, o->seconds, &bare);
	out[C_SHARE] = 100 * (1 - us_each(&bare) / us_each(&r));
}

void bench_explore(const struct bench_opts *o)
{
	struct table t = { .name = "explore",
		           .title = "searches that are complete, on one core",
		           .cols = cols,
		           .n_cols = C_NR };
	struct bench_opts own = *o;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		table_add(&t, "%s", rows[i].name);
	bench_rows(&t, 0, ARRAY_SIZE(rows), o->repeat, measure, &own);
	bench_show(o, &t);
	table_free(&t);
}

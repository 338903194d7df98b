// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many executions each strategy of the explorer makes until it finds what is wrong with a classic shape: the mean of seeds.  Numbers, and
 * no times: they are the same on any machine, however busy it is.
 */
#include "bench/frame.h"

#include "sim/base/check.h"
#include "sim/exec/scope_named.h"
#include "sim/explore/search.h"

#include <math.h>
#include <string.h>

enum { SEEDS = 20, MOST = 100000 };
/* A column for each strategy that draws, in the order of enum sampler_kind, and the last one for dfs. */
enum { C_DFS = SAMPLER_NR, C_NR };

/* The number of the execution that finds it, from 1 on; 0: none of MOST does. */
static u64 until_found(struct engine *e, const struct setup *setup, enum search_kind kind, u64 seed)
{
	struct search_opts o = {
		.kind = kind, .seed = seed, .executions = MOST, .class_bytes = 1 << 20
	};
	struct search_result r;

	engine_restart(e);
	search_run(e, setup, &o, NULL, NULL, NULL, &r);
	return r.unexpected + r.ends[EXECUTION_DEADLOCK] ? r.executions : 0;
}

/* Seeds in which it is not found count as MOST, and the row's note says how many these are. */
static void by_strategy(struct engine *e, const struct setup *setup, u32 c, u32 seeds,
                        struct table_row *row)
{
	enum search_kind kind = c == C_DFS ? SEARCH_DFS : (enum search_kind)(SEARCH_SAMPLER + c);
	size_t at = strlen(row->note);
	u32 missed = 0;
	u64 sum = 0;

	for (u64 seed = 1; seed <= seeds; seed++) {
		u64 n = until_found(e, setup, kind, seed);

		missed += n == 0;
		sum += n ? n : MOST;
	}
	row->v[c] = missed == seeds ? NAN : (double)sum / seeds;
	if (missed)
		snprintf(row->note + at, sizeof(row->note) - at, "%s%s: not found by %u of %u",
		         at ? ", " : "", search_name(kind), missed, seeds);
}

static void fill(const struct scope_row *shape, struct table_row *row)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 100000 };
	struct scope *scope;
	struct setup *setup;
	struct engine *engine;
	struct err e;

	bench_must(scope_named(shape->name, 0, 0, &scope, &e), &e);
	bench_must(setup_new(&setup, scope, false, &e), &e);
	bench_must(engine_new(&engine, setup, &o, &e), &e);
	for (u32 c = 0; c < C_NR; c++)
		by_strategy(engine, setup, c, c == C_DFS ? 1 : SEEDS, row);
	engine_free(engine);
	setup_free(setup);
	scope_free(scope);
}

/* Is it a shape, by the only name that it has with its number of CPUs? */
static bool wanted(const struct scope_row *row)
{
	for (u32 i = 0; i < n_scope_rows; i++)
		if (scope_rows[i].shape && strcmp(scope_rows[i].shape, row->name) == 0)
			return false;
	return scope_row_mended(row) != NULL;
}

u32 bench_shapes_cpus(void)
{
	u32 least = MAX_CPU;

	for (u32 i = 0; i < n_scope_rows; i++)
		if (wanted(&scope_rows[i]))
			least = scope_rows[i].cpus < least ? scope_rows[i].cpus : least;
	return least;
}

void bench_shapes(const struct bench_opts *o)
{
	struct table_col cols[C_NR];
	struct table t = { .name = "shapes",
		           .title =
		                   "executions until a classic shape's fault is found, of 20 seeds",
		           .cols = cols,
		           .n_cols = C_NR };
	u32 most = 0;

	for (u32 c = 0; c < C_NR; c++)
		cols[c] =
			(struct table_col){ c == C_DFS ? "dfs" : sampler_name((enum sampler_kind)c),
			                    "", c == C_DFS ? 0 : 1 };
	for (u32 i = 0; i < o->n_cpus; i++)
		most = o->cpus[i] > most ? o->cpus[i] : most;
	for (u32 i = 0; i < n_scope_rows; i++)
		if (wanted(&scope_rows[i]) && scope_rows[i].cpus <= most)
			fill(&scope_rows[i],
			     table_add(&t, "%s, %u CPUs", scope_rows[i].name, scope_rows[i].cpus));
	bench_show(o, &t);
	table_free(&t);
}

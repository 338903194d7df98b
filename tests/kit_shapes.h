/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Small concurrent programs with a bug that few orders of their steps show, as scopes, and their executions.  A cell is the state of
 * VM 1, 2, ..., a step a section of that VM's lock; the bug is a call that gives 1 where 0 is expected.
 */
#include "sim/base/rng.h"
#include "sim/exec/scope.h"
#include "sim/explore/engine.h"
#include "sim/explore/search.h"

struct shape {
	struct scope s;
};

void shape_begin(struct shape *b, u32 cpus);
void shape_free(struct shape *b);

/* @n sections of VM @vm's lock, which do nothing; of its number (3 + CPU) nobody else has any. */
void shape_sections(struct shape *b, u32 cpu, u32 vm, u32 n);
void shape_own_sections(struct shape *b, u32 cpu, u32 n);

/* CPU 0 makes @steps steps on a cell; the bug is that CPU 1's only one comes behind them all.  [depth 1] */
void shape_last(struct shape *b, u32 cpus, u32 steps);
/* CPU 0's only step on a cell comes before one of each other CPU, behind @steps of its own: the bug.  [depth 1] */
void shape_first(struct shape *b, u32 cpus, u32 steps);
/* CPU 0 looks twice, and CPU 1 writes between, behind @steps of its own.  [depth 2] */
void shape_between(struct shape *b, u32 cpus, u32 steps);
/* CPU 0 writes twice, CPU 1 looks twice, behind @steps of its own, and sees the first and then the second.  [depth 3] */
void shape_follow(struct shape *b, u32 cpus, u32 steps);

/* CPU 0 writes 1, 2, ..., and CPU 1 looks until it has missed one, and misses none.  [depth 2 @steps - 1] */
void shape_ladder(struct shape *b, u32 steps);
/* 2 to 4 CPUs: sections of three locks, nested ones, halts. */
void shape_random(struct shape *b, struct rng *r);

/* The scope of that name (sim/exec/scopes.def); @cpus: 0: as its row says.  scope_free() */
struct scope *shape_named(const char *name, u32 cpus, bool mended);
/* A search of @s on a machine of its own. */
struct search_result shape_search(const struct scope *s, const struct engine_opts *o,
                                  const struct search_opts *so, struct endings *endings);

/* What a scope runs on. */
struct shape_run {
	struct setup *setup;
	struct engine *e;
};

void shape_open(struct shape_run *r, const struct scope *s);
void shape_close(struct shape_run *r);
/* The next execution; *bug: is it one that a search is for?  *steps: if it is not NULL, a hash of its steps in their order.  False: there is none. */
bool shape_next(struct shape_run *r, const struct strategy *s, bool *bug, u64 *steps);

/* Of @executions that @kind draws with @seed, those that show the bug. */
u64 shape_hits(struct shape_run *r, enum sampler_kind kind, u32 depth, u64 seed, u64 executions);
/* The same of PCT, and sampler_bound() behind the last. */
u64 shape_bound(struct shape_run *r, u32 depth, u64 seed, u64 executions, double *bound);
/* The number of the first that shows it, from 1 on; 0: none of @most does. */
u64 shape_first_hit(struct shape_run *r, enum sampler_kind kind, u32 depth, u64 seed, u64 most);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Every class of schedules once, depth first: optimal dynamic partial order reduction with wake-up trees (sim/explore/wakeup.h).
 * What happens before what is that of the execution's clocks: with dependence "tickets" every two tickets of one lock.
 *
 * Memory: the sequences that are still to be explored, and the steps that were, of the places of one execution.
 */
#include "sim/explore/bytes.h"
#include "sim/explore/strategy.h"

struct dfs;
struct touches;

struct dfs *dfs_new(void);
void dfs_free(struct dfs *d);
/*
 * CPUs that are alike (sim/explore/alike.h) make their first steps in the order of their numbers, where these are dependent: of classes that
 * differ by who of them is who one is explored.  Before the first execution.
 */
void dfs_symmetric(struct dfs *d, const u8 same_as[EXPLORE_CPUS]);
struct strategy dfs_strategy(struct dfs *d);

/* Between two executions: all that it needs to go on.  @t: what numbers of resources mean in it. */
void dfs_save(const struct dfs *d, const struct touches *t, struct bytes *b);
/* Into a new one.  False: that is nothing that dfs_save() has written for a scope of @cpus CPUs. */
bool dfs_load(struct dfs *d, struct touches *t, u32 cpus, struct bytes_in *in);

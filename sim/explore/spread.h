/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A search by several jobs, as one of several shards, kept in a file from which it goes on: SEARCH_REVISIT, whose items are independent.
 * A scope with a step that changes several resources, or reads one, is searched by SEARCH_DFS instead: what that one knows is of one
 * execution and grows from the whole tree, so there is one job and no shard; it is kept all the same.
 *
 * Jobs are threads with a machine, engine and judge each: nothing that they write is shared but what stands in struct spread_pool.  One that has
 * nothing left gets the oldest item of another, which has most below it.
 */
#include "sim/explore/found.h"
#include "sim/explore/spread_types.h"

/*
 * spread_run()
 * @endings, @found: what the search comes to is added; NULL: nobody asks
 * @look: called for each execution that is found, by one job at a time, before it is undone; NULL: nobody asks
 *
 * Errors: those of setup_new(), engine_new(), kept_read() and kept_write(); ERR_USAGE: a shard of a scope whose steps change several
 * resources; ERR_THREAD.
 */
MUST_CHECK int spread_run(const struct scope *scope, const struct engine_opts *eo,
                          const struct spread_opts *o, struct endings *endings, struct found *found,
                          void (*look)(void *arg, struct engine *e, const struct setup *setup),
                          void *arg, struct spread_result *out, struct err *err);

/* What a result is of: the filter as well.  Equal for two results that may be added up, but for the number of the shard. */
u64 spread_of(const struct scope *scope, const struct engine_opts *eo, u32 shards, u32 rounds);

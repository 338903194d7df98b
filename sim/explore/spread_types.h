/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a search by several jobs is asked for, and what it comes to (sim/explore/spread.h). */
#include "sim/explore/search.h"

enum { SPREAD_JOBS = 256, SPREAD_SHARDS = 1000000, SPREAD_ITEMS = 32 };

/*
 * Of long executions there are so many items that they take too much memory: one that gets there early is searched by SEARCH_DFS.  After so many
 * executions, or gone on from a file, it is not given up any more.
 */
enum { SPREAD_ITEM_BYTES = 16 << 20, SPREAD_EARLY = 10000 };

/**
 * struct spread_opts
 * @search: SEARCH_REVISIT: by that where it can be; SEARCH_DFS: by that; limits are those of this call
 * @jobs:   1..SPREAD_JOBS
 * @shard:  1..@shards of so many; @shards 0: the whole search.  Every shard goes breadth first until there are SPREAD_ITEMS items for each
 *          of them, and explores every @shards-th; executions on the way are counted by the first one.
 * @keep:   the file in which the search is kept, and from which it goes on if it is there; NULL: none
 * @keep_ns: so often, and when it ends, for whatever reason
 */
struct spread_opts {
	struct search_opts search;
	u32 jobs, shard, shards;
	const char *keep;
	u64 keep_ns;
};

/**
 * struct spread_result
 * @sum:     with what was kept; after going on from a file that has not kept the names of its classes (there are more than
 *           SPREAD_CLASSES_KEPT) it is @sum.forgot, and redundant executions are counted from there on
 * @kind:    SEARCH_REVISIT or SEARCH_DFS; @jobs: so many there were, 1 with SEARCH_DFS
 * @resumed: it went on from the file, which had @executions_before
 * @slices:  how often jobs had to take the lock that they share; @moved: items that went from one to another
 */
struct spread_result {
	struct search_result sum;
	enum search_kind kind;
	u32 jobs;
	bool resumed;
	u64 executions_before;
	u64 slices, moved;
};

/* Different outcomes that a job keeps. */
enum { SPREAD_CLASSES_KEPT = 1 << 16, SPREAD_OUTCOMES = 10000 };

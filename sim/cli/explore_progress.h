/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How far a search is, every second on standard error: where that is a terminal one line, which is gone at the end. */
#include "sim/explore/estimate.h"
#include "sim/explore/search.h"

/**
 * struct explore_progress
 * @first, @first_ns: executions that there were when it was looked for the first time, and when that was
 * @said:   something was written
 * @estimated: it was tried; @classes: how many there will be, 0: nobody knows
 */
struct explore_progress {
	bool terminal, looked, said, estimated;
	const struct scope *scope;
	const struct engine_opts *engine;
	const struct search_opts *search;
	u64 seed, first, first_ns, next_ns;
	u32 shards;
	double classes;
};

/*
 * explore_progress_begin() - tell of the search @so from now on, where standard error is a terminal or @asked
 * @engine: settled; @shards: it is one of so many parts, 0: the whole
 *
 * The number of classes is estimated when the search has lasted a second, on a machine of its own.
 */
void explore_progress_begin(struct explore_progress *p, bool asked, const struct scope *scope,
                            const struct engine_opts *engine, struct search_opts *so, u32 shards);
/* A line on a terminal is taken away.  @p may be all 0. */
void explore_progress_end(const struct explore_progress *p);

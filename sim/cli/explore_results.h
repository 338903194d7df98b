/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a search found, for who reads results by machine (oracle/results/results.h). */
#include "oracle/results/results_out.h"
#include "sim/explore/engine.h"
#include "sim/explore/found.h"
#include "sim/explore/saved.h"

/**
 * struct explore_came - what a search came to, of one process or of all shards
 * @name:    of its scope
 * @as_expected: what was found is what the scope expects, or (it says nothing) nothing was; @why: what is not
 * @seconds: 0: not known
 */
struct explore_came {
	const char *name, *why;
	bool as_expected, complete;
	const struct found *found;
	u64 executions, classes;
	double seconds;
};

/*
 * The findings of the schedule that was kept: it is executed again, so that each of its steps has the function and line in which its CPU was,
 * and each finding those of the step that it is about.  @scope: as it was written, of which @path is the file; NULL: it has none.  @again: the
 * command that shows it.
 */
json_t *explore_results_found(const struct saved *saved, const struct engine_opts *engine,
                              const struct scope *scope, const char *path, const char *again);

/*
 * The scope's suite: whether it came to what is expected, and whether the search was complete.  @found: explore_results_found(), which is
 * taken, or NULL; @required: --require complete.
 */
void explore_results(struct results_out *out, const struct explore_came *c, json_t *found,
                     bool required);

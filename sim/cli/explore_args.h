/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options of hypsim explore. */
#include "oracle/results/results_out.h"
#include "sim/cli/explore_pairs.h"
#include "sim/cli/explore_scale.h"
#include "sim/cli/goes_with.h"
#include "sim/cli/scope_args.h"
#include "sim/explore/engine.h"
#include "sim/explore/search.h"
#include "sim/explore/sides.h"

/**
 * struct explore_args
 * @from:   the scope
 * @scale:  jobs, shards, what is kept and merged
 * @save:   file for the first finding; NULL: none
 * @pairs:  --pairs, instead of a scope
 * @complete: --require complete
 * @progress: how far it is is told even where nobody seems to look on
 * @print:  the scope is written, and nothing is explored
 * @redraw: each execution is of another scope; @count: calls of different CPUs (sides_read()), of which is counted in how many of them they are
 * @until:  words (found_has()) of which one must be found for the search to end; NULL: whatever it is
 * @results: who else reads results
 * @said:   which options the command line has
 * @shrink_seconds: for making the finding small, at most
 */
struct explore_args {
	struct scope_args from;
	struct engine_opts engine;
	struct search_opts search;
	struct scale scale;
	const char *save;
	struct pairs_opts pairs;
	const char *count, *until;
	struct sides sides;
	bool json, complete, print, no_shrink, progress, redraw;
	double shrink_seconds;
	struct results_out results;
	struct goes_said said;
};

/* Wrong usage ends the process with status 2. */
void explore_args_parse(struct explore_args *o, int argc, char **argv);
/* Which of them go together. */
extern const struct goes_with explore_goes;

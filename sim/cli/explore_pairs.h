/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* hypsim explore --pairs: the matrix of all pairs of entry operations. */
#include "oracle/results/results_out.h"
#include "sim/explore/pairs.h"

#include <argp.h>

/* Keys of argp, beside those of the command. */
enum { KEY_PAIRS = 544, KEY_ONLY, KEY_COMPARE, KEY_HTML };

/* clang-format off */
#define PAIRS_OPTIONS \
	{ "pairs", KEY_PAIRS, NULL, 0, \
	  "no SCOPE: every pair of entry operations on two CPUs; --executions (default 1100) and --time are of one start then", 0 }, \
	{ "only", KEY_ONLY, "ENTRY", 0, "with --pairs: this entry operation with itself and with the others that are named", 0 }, \
	{ "compare", KEY_COMPARE, "FILE", 0, "with --pairs: exit status 1 if a cell differs from what --json had printed", 0 }, \
	{ "html", KEY_HTML, "FILE", 0, "with --pairs: the matrix as a page, too: a cell opens its outcomes and schedules", 0 }
/* clang-format on */

enum { PAIRS_ONLY = 64 };

/**
 * struct pairs_opts
 * @chosen:  --pairs is there; @progress: --progress is
 * @only:    [n_only] ids of rows; 0: all
 * @compare: a matrix that --json has printed; NULL: none
 * @html:    the file for the page; NULL: none
 */
struct pairs_opts {
	const char *only[PAIRS_ONLY];
	u32 n_only;
	const char *compare, *html;
	bool chosen, progress;
};

/* One of the keys, else ARGP_ERR_UNKNOWN. */
error_t pairs_parse(int key, char *arg, struct argp_state *state, struct pairs_opts *o);

/* The command: executions and seconds of @search are of one start.  @results: who else reads results; begun.  Returns the exit status. */
int explore_pairs(const struct pairs_opts *o, u64 seed, const struct search_opts *search,
                  const struct engine_opts *engine, const struct errata_choice *errata, bool json,
                  struct results_out *results);

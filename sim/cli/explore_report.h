/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a search says: in lines, and as JSON (docs/schema/explore.json). */
#include "sim/explore/found.h"
#include "sim/explore/search.h"

#include <jansson.h>
#include <stdio.h>

/**
 * struct explore_drawn - each execution was of another scope (explore --redraw)
 * @seed:  of the first scope; the next ones have the next seeds
 * @found: of the scope of what was found first (--until: of what that names), if @has_found
 * @count: calls (explore --count), which so many of the scopes have: @counted; NULL: nobody asks
 */
struct explore_drawn {
	u64 seed, found;
	bool has_found;
	const char *count;
	u64 counted;
};

/**
 * struct explore_said
 * @as_expected: what was found is what the scope expects, or (it says nothing) nothing was
 * @why:  what is not
 * @of:   what the search is of (spread_of()); @shard: 0: the whole
 * @shrunk: what it was made to, for JSON, which takes it; NULL: it was not
 * @drawn: each execution was of another scope: nothing is told of outcomes, and @scope is one of them.  Else NULL
 * @schedule: of the first thing that was found, as a string (sim/explore/saved.h), and @verdict, what it was; NULL: nothing
 * @serial_orders: of the operations: all of them were made, and the outcomes compared with theirs; 0: there are too many
 */
struct explore_said {
	const struct scope *scope;
	const struct search_opts *o;
	const struct search_result *r;
	const struct endings *endings;
	const struct found *found;
	const struct engine_opts *engine;
	u64 of;
	u32 shard, shards, jobs;
	bool resumed;
	u64 executions_before;
	bool as_expected;
	u64 serial_orders;
	char why[160];
	char *schedule;
	json_t *shrunk;
	const char *verdict;
	const struct explore_drawn *drawn;
};

void explore_print(FILE *f, const struct explore_said *s);
/* One object, on standard output. */
void explore_json(const struct explore_said *s);

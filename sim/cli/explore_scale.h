/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options of explore with which a search outgrows one CPU, one process or one machine. */
#include "sim/explore/spread.h"

#include <argp.h>

/* Keys of argp, beside those of the command. */
enum { KEY_SHARD = 512, KEY_RESUME, KEY_EVERY, KEY_ESTIMATE, KEY_MERGE };

#define SCALE_ROWS                                                                                 \
	{                                                                                          \
		"jobs",                                                                            \
		'J',                                                                               \
		"N",                                                                               \
		0,                                                                                 \
		"search with N threads, each with a machine of its own (default 1)",               \
		0                                                                                  \
	},                                                                                         \
		{ "shard",                                                                         \
		  KEY_SHARD,                                                                       \
		  "I/N",                                                                           \
		  0,                                                                               \
		  "search part I of N, 1 to N, which together are the whole (explore --merge)",    \
		  0 },                                                                             \
		{ "resume",                                                                        \
		  KEY_RESUME,                                                                      \
		  "FILE",                                                                          \
		  0,                                                                               \
		  "keep the search in FILE; if it is there, go on from it",                        \
		  0 },                                                                             \
		{ "every", KEY_EVERY, "SECONDS", 0, "keep it so often (default 30)", 0 },          \
		{ "estimate",                                                                      \
		  KEY_ESTIMATE,                                                                    \
		  NULL,                                                                            \
		  0,                                                                               \
		  "tell from 1000 executions how many classes there are and how long a search "    \
		  "takes",                                                                         \
		  0 },                                                                             \
	{                                                                                          \
		"merge", KEY_MERGE, NULL, 0,                                                       \
			"the arguments are what --json has printed for each shard of one search: " \
			"add them up",                                                             \
			0                                                                          \
	}

/**
 * struct scale
 * @jobs, @shards: 0: nobody has said it
 */
struct scale {
	u32 jobs, shard, shards;
	const char *resume;
	double every;
	bool estimate, merge;
	struct {
		const char **v;
		u32 n, cap;
	} file;
};

/* ARGP_ERR_UNKNOWN: none of these; ends the process if what it says is wrong. */
error_t scale_parse(int key, char *arg, struct argp_state *state, struct scale *s);
/* Is a search to be spread over jobs or shards, or to be kept? */
bool scale_spreads(const struct scale *s);
/* @search: with its limits. */
struct spread_opts scale_opts(const struct scale *s, const struct search_opts *search);

/* --estimate: of the engine's scope, on standard output.  Returns the exit status. */
int scale_estimate(struct engine *e, struct setup *setup, u64 seed, bool (*is_interrupted)(void),
                   bool json);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A search: executions by a strategy until there is none left, something is found, or a limit is reached. */
#include "sim/explore/outcome.h"
#include "sim/explore/sampler.h"

enum search_kind {
	SEARCH_DFS,
	SEARCH_NAIVE,
	SEARCH_SERIAL,
	SEARCH_REVISIT,
	SEARCH_SAMPLER, /* the first of those that draw (sim/explore/sampler.h), in the order of enum sampler_kind; never complete */
	SEARCH_NR = SEARCH_SAMPLER + SAMPLER_NR
};

enum { SEARCH_ROUNDS = 64 };

struct search_result;

/**
 * struct search_opts
 * @executions, @seconds: 0: no limit; of a search that draws one of them must be a limit, or @interrupted one
 * @seed:      of a search that draws; @depth: of "pct", 0: SAMPLER_DEPTH
 * @rounds:    only classes that need at most so many rounds (class_rounds()) are told; it saves no work.  0: all are
 * @symmetry:  of SEARCH_DFS: dfs_symmetric()
 * @all:       go on behind the first finding
 * @enough:    without @all: does the search end behind this execution, which was found?  Asked with the argument of @found of search_run(),
 *             which was told of the execution.  NULL: yes
 * @class_bytes: budget of memory of what remembers classes
 * @each:      told of each execution that has ended, before it is undone, with @each_arg; NULL: nobody asks
 * @progress: told of what there is so far (but for its classes), with @progress_arg, behind each execution, or each that a search by jobs has
 *             added up: when nothing of it runs on the caller's thread; NULL: nobody looks
 * @interrupted: somebody wants it to end; NULL: nobody
 * @again:     the search begins again, since it was learned where steps begin (sim/explore/grain.h): what was found is
 *             forgotten.  NULL: nobody asks
 */
struct search_opts {
	enum search_kind kind;
	u64 seed;
	u32 depth;
	u64 executions, seconds;
	u32 rounds;
	bool all, symmetry;
	bool (*enough)(void *arg);
	u64 class_bytes;
	void (*each)(void *arg, struct engine *e);
	void *each_arg;
	void (*progress)(void *arg, const struct search_result *so_far);
	void *progress_arg;
	bool (*interrupted)(void);
	void (*again)(void *arg);
};

/**
 * struct search_result
 * @executions: that came to their end
 * @classes:   different ones among them; @redundant: executions of a class that had been; both exact unless @forgot
 * @blocked:   executions that were begun, and given up because they would repeat another one
 * @ends:      [EXECUTION_*] how many came to which end
 * @violations: executions in which the judge found something; @unexpected: in which an expectation does not hold
 * @complete:  every class was there
 * @begun:     how often the search was begun
 * @bound:     sampler_bound() at the end
 * @unfit:     a step is none that SEARCH_REVISIT can do: nothing was explored
 * @rounds:    [i] executions that need i + 1 rounds, the last one also those that need more; with search_opts.rounds
 * @beyond:    executions that need more rounds than were asked for: they are in @executions and @ends, and nothing is told of them
 * @ns:        how long it took
 */
struct search_result {
	u64 executions, classes, redundant, blocked, steps;
	u64 ends[EXECUTION_ENDS];
	u32 begun;
	u64 violations, unexpected;
	bool forgot, complete, unfit;
	double bound;
	u64 rounds[SEARCH_ROUNDS], beyond;
	u64 ns;
};

/* @o's depth, or what stands for 0. */
static inline u32 search_depth(const struct search_opts *o)
{
	return o->depth ? o->depth : SAMPLER_DEPTH;
}

/* Is the execution that ended one that a search is for: a violation, an expectation that does not hold, a deadlock or a stuck call? */
bool search_found(const struct engine_result *r);
/* Does the search end behind an execution that was found?  @arg: of @found of search_run(). */
bool search_ends(const struct search_opts *o, void *arg);

/*
 * search_run() - @found is called with the engine after each execution that is found (search_found()), before it is undone; NULL: nobody
 * asks.  *@outcomes: by outcomes_new(), or NULL.
 */
void search_run(struct engine *e, const struct setup *setup, const struct search_opts *o,
                struct endings *outcomes, void (*found)(void *arg, struct engine *e), void *arg,
                struct search_result *out);

/* The execution that has ended, but for its class, is counted in @out. */
void search_count(struct search_result *out, const struct engine *e);
/* Is the execution, which was counted, one that is told (search_opts.rounds)?  Its rounds are counted. */
bool search_tells(const struct search_opts *o, const struct execution *x,
                  struct search_result *out);
/* The sums of two parts of one search; @into->complete, forgot and unfit are of both. */
void search_add(struct search_result *into, const struct search_result *part);

/*
 * Are there more serial orders of the operations than @orders?  True is sure, and known after few executions where there are many orders of
 * many operations: about @orders operations are made.  False: that is not known, or @stops (NULL: nobody) has said so.
 */
bool search_serial_exceeds(struct engine *e, u64 orders, bool (*stops)(void), u64 *executions_out);

/*
 * search_serial() - which of *@outcomes does no serial order of the operations give (sim/explore/serial.h)?
 * @o: as of the search that has found them
 *
 * All orders are made, at most 10,000 of them and for at most ten seconds; unless a few show that there are more.  Returns how many there are; 0: more, and nothing is said of
 * the outcomes.
 */
u64 search_serial(struct engine *e, const struct setup *setup, const struct search_opts *o,
                  struct endings *outcomes);

/* "dfs", "naive", "random", ...; SEARCH_NR: there is none of that name. */
const char *search_name(enum search_kind k);
enum search_kind search_by_name(const char *name);

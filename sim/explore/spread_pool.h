/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the jobs of a search share (sim/explore/spread.h). */
#include "sim/explore/classes.h"
#include "sim/explore/dfs.h"
#include "sim/explore/found.h"
#include "sim/explore/revisit.h"
#include "sim/explore/spread_types.h"

#include <pthread.h>

/* A job looks at what is shared after so many executions, or so long, whichever is first. */
enum { SLICE = 64, SLICE_NS = 1000000 };

struct spread_pool;

/**
 * struct spread_job - of one thread; between two slices, when it is not counted in pool.running, others read it under pool.lock
 * @revisit or @dfs: by pool.kind
 * @dry:     @dfs has nothing left
 * @endings: of its executions; pool.endings has those that were kept
 * @part, @names: of the slice
 */
struct spread_job {
	struct spread_pool *pool;
	pthread_t thread;
	struct setup *setup;
	struct engine *engine;
	struct revisit *revisit;
	struct dfs *dfs;
	struct strategy strategy;
	struct endings *endings;
	bool dry;
	u64 grant;
	struct search_result part;
	u64 names[SLICE];
	u32 n_names;
};

/**
 * struct spread_pool - all but what does not change is guarded by @lock
 * @of:       what the search is of
 * @state:    of the file, as far as it was read
 * @items:    that nobody has
 * @active:   jobs that have not left; @running: in a slice; @idle: that wait for an item; @granted: executions that they may make
 * @ready:    the shard's items are there: before, there is nothing to keep
 * @keeping:  one job waits until none is in a slice
 * @keep_at:  when it is kept next, if there were slices since @kept_slices, when it was kept last
 * @classes_before, @executions_before, @ns_before: of the file
 */
struct spread_pool {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct scope *scope;
	const struct engine_opts *eo;
	const struct spread_opts *o;
	void (*look)(void *arg, struct engine *e, const struct setup *setup);
	void *look_arg;
	enum search_kind kind;
	u64 of, start;
	bool resumed;
	char *data;
	struct bytes_in state;
	u32 n_jobs;
	struct spread_job *job;
	struct revisit *items;
	struct classes *classes;
	struct endings *endings;
	struct found *found;
	struct search_result sum;
	u32 active, running, idle;
	u64 granted;
	bool ready, stop, done, unfit, keeping, forgot;
	u64 keep_at, kept_slices;
	u64 classes_before, executions_before, ns_before;
	u64 slices, moved;
	int rc;
	struct err err;
};

/*
 * The file, if there is one: pool.resumed, and which strategy the search that it keeps is by; SEARCH_NR: there is none.
 * Errors: kept_read().
 */
MUST_CHECK int pool_read(struct spread_pool *p, enum search_kind *kind, struct err *e);
/* Everything but the jobs' machines; goes on from the file that was read, if pool.resumed.  Errors: ERR_CHUNK (damaged). */
MUST_CHECK int pool_new(struct spread_pool *p, enum search_kind kind, struct err *e);
/* Also what pool_read() has read. */
void pool_free(struct spread_pool *p);

/* Under the lock, when no job is in a slice. */
MUST_CHECK int pool_keep(struct spread_pool *p, struct err *e);
/* Of the job's engine, which is new, if pool.kind is SEARCH_DFS and there is a file. */
MUST_CHECK int pool_load_dfs(struct spread_pool *p, struct spread_job *j, struct err *e);

/* A job's thread. */
void *pool_job(void *job);

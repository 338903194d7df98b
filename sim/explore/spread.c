// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/spread.h"

#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/rng.h"
#include "sim/explore/kept.h"
#include "sim/explore/spread_pool.h"

#include <stdlib.h>

u64 spread_of(const struct scope *scope, const struct engine_opts *eo, u32 shards, u32 rounds)
{
	return mix64(mix64(kept_of(scope, eo) + shards) + rounds);
}

/* What the jobs came to. */
static void sum_up(struct spread_pool *p, struct endings *endings, struct found *found,
                   struct spread_result *out)
{
	*out = (struct spread_result){ .sum = p->sum,
		                       .kind = p->kind,
		                       .jobs = p->n_jobs,
		                       .resumed = p->resumed,
		                       .executions_before = p->executions_before,
		                       .slices = p->slices,
		                       .moved = p->moved };
	out->sum.classes = p->classes_before + classes_count(p->classes);
	out->sum.forgot = p->forgot || classes_full(p->classes);
	out->sum.complete = p->done && p->sum.ends[EXECUTION_LIMIT] == 0;
	out->sum.unfit = false;
	out->sum.ns = p->ns_before + clock_ns() - p->start;
	if (found)
		found_merge(found, p->found);
	if (!endings)
		return;
	outcomes_merge(endings, p->endings);
	for (u32 i = 0; i < p->n_jobs; i++)
		outcomes_merge(endings, p->job[i].endings);
	outcomes_sort(endings);
}

/* The first job is the calling thread. */
static void run_jobs(struct spread_pool *p)
{
	u32 started = 1;

	for (; started < p->n_jobs; started++) {
		struct spread_job *j = &p->job[started];
		int number = pthread_create(&j->thread, NULL, pool_job, j);

		if (number == 0)
			continue;
		pthread_mutex_lock(&p->lock);
		p->rc = err_host(&p->err, ERR_THREAD, number, "job %u of %u", started + 1,
		                 p->n_jobs);
		p->stop = true;
		p->active -= p->n_jobs - started;
		pthread_mutex_unlock(&p->lock);
		break;
	}
	(void)pool_job(&p->job[0]);
	for (u32 i = 1; i < started; i++)
		pthread_join(p->job[i].thread, NULL);
}

static int run(struct spread_pool *p, enum search_kind kind, struct endings *endings,
               struct found *found, struct spread_result *out, bool *unfit, struct err *err)
{
	int rc;

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	rc = pool_new(p, kind, err);
	if (rc == 0) {
		run_jobs(p);
		rc = p->rc;
		if (rc < 0)
			*err = p->err;
	}
	*unfit = p->unfit;
	if (rc == 0 && !p->unfit)
		sum_up(p, endings, found, out);
	pool_free(p);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	return rc;
}

int spread_run(const struct scope *scope, const struct engine_opts *eo, const struct spread_opts *o,
               struct endings *endings, struct found *found,
               void (*look)(void *arg, struct engine *e, const struct setup *setup), void *arg,
               struct spread_result *out, struct err *err)
{
	const struct spread_pool fresh = {
		.scope = scope,
		.eo = eo,
		.o = o,
		.look = look,
		.look_arg = arg,
		.of = mix64(spread_of(scope, eo, o->shards, o->search.rounds) + o->shard),
	};
	struct spread_pool p = fresh;
	enum search_kind kind;
	bool unfit;
	int rc;

	SIM_ASSERT(o->jobs >= 1);
	SIM_ASSERT(o->jobs <= SPREAD_JOBS);
	SIM_ASSERT(o->shards == 0 || (o->shard >= 1 && o->shard <= o->shards));
	rc = pool_read(&p, &kind, err);
	if (rc < 0) {
		free(p.data);
		return rc;
	}
	if (kind == SEARCH_NR)
		kind = eo->depend == DEPEND_CELLS || o->search.kind == SEARCH_DFS ? SEARCH_DFS
		                                                                  : SEARCH_REVISIT;
	if (kind == SEARCH_REVISIT) {
		rc = run(&p, kind, endings, found, out, &unfit, err);
		if (rc < 0 || !unfit)
			return rc;
		/* What the file has is of that strategy. */
		p = fresh;
	}
	if (o->shards > 1) {
		free(p.data);
		return err_set(err, ERR_USAGE,
		               "%s: what is explored cannot be divided into shards: a step changes "
		               "several things or reads one, or executions are too long",
		               scope->name);
	}
	return run(&p, SEARCH_DFS, endings, found, out, &unfit, err);
}

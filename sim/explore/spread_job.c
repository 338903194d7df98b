// SPDX-License-Identifier: GPL-2.0-only
/* A job: slices of executions, and between two of them what it has to do with the others. */
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/explore/spread_pool.h"

#include <stdlib.h>
#include <string.h>

static void fail(struct spread_pool *p, int rc, const struct err *e)
{
	if (p->rc == 0) {
		p->rc = rc;
		p->err = *e;
	}
	p->stop = true;
	pthread_cond_broadcast(&p->changed);
}

/* The execution is one that the search is for.  False: the search stops, and another one was told already. */
static bool tell_found(struct spread_job *j)
{
	struct spread_pool *p = j->pool;
	bool tell;

	pthread_mutex_lock(&p->lock);
	tell = !p->stop || p->o->search.all;
	if (tell) {
		found_add(p->found, j->engine);
		if (p->look)
			p->look(p->look_arg, j->engine, j->setup);
	}
	p->stop |= !p->o->search.all;
	pthread_mutex_unlock(&p->lock);
	return tell;
}

/*
 * Where steps begin was learned: the search begins again.  Only the one job of SEARCH_DFS comes here with something to throw away: what
 * SEARCH_REVISIT is for has nothing to learn, and is unfit then.
 */
static void begin_again(struct spread_job *j)
{
	struct spread_pool *p = j->pool;

	pthread_mutex_lock(&p->lock);
	p->unfit |= p->kind == SEARCH_REVISIT;
	p->stop |= p->unfit;
	dfs_free(j->dfs);
	j->dfs = dfs_new();
	if (p->kind == SEARCH_DFS)
		j->strategy = dfs_strategy(j->dfs);
	classes_free(p->classes);
	p->classes = classes_new(p->o->search.class_bytes);
	outcomes_clear(p->endings);
	outcomes_clear(j->endings);
	found_clear(p->found);
	p->sum = j->part = (struct search_result){ .executions = 0 };
	p->executions_before = p->classes_before = j->n_names = 0;
	p->forgot = false;
	pthread_mutex_unlock(&p->lock);
}

/* The execution has come to its end.  False: it was found, and ends the search. */
static bool tell(struct spread_job *j)
{
	const struct search_opts *o = &j->pool->o->search;

	if (!search_tells(o, engine_execution(j->engine), &j->part))
		return true;
	outcomes_add(j->endings, j->engine, j->setup->m);
	if (!search_found(engine_result(j->engine)))
		return true;
	return tell_found(j) && o->all;
}

/* One execution; @counted: it is of this search, and not of another shard.  False: there is none left, or the search stops. */
static bool run_one(struct spread_job *j, bool counted)
{
	struct spread_pool *p = j->pool;
	bool on = true;

	if (!engine_run(j->engine, &j->strategy)) {
		j->dry = true;
		return false;
	}
	if (engine_result(j->engine)->end == EXECUTION_AGAIN) {
		engine_undo(j->engine);
		begin_again(j);
		return p->kind == SEARCH_DFS;
	}
	if (counted) {
		search_count(&j->part, j->engine);
		if (engine_result(j->engine)->end != EXECUTION_BLOCKED) {
			j->names[j->n_names++] = class_name(engine_execution(j->engine));
			on = tell(j);
		}
	}
	engine_undo(j->engine);
	return on;
}

static void slice(struct spread_job *j)
{
	u64 until = clock_ns() + SLICE_NS;

	for (u64 i = 0; i < j->grant && run_one(j, true); i++)
		if (clock_ns() >= until)
			break;
}

/* What the slice came to. */
static void account(struct spread_job *j)
{
	struct spread_pool *p = j->pool;

	for (u32 i = 0; i < j->n_names; i++)
		j->part.redundant += !classes_add(p->classes, j->names[i]);
	search_add(&p->sum, &j->part);
	j->part = (struct search_result){ .executions = 0 };
	j->n_names = 0;
	p->slices++;
	if (p->kind == SEARCH_REVISIT && revisit_unfit(j->revisit))
		p->unfit = p->stop = true;
	if (p->sum.executions >= SPREAD_EARLY)
		revisit_limit(j->revisit, 0);
}

static bool limited(const struct spread_pool *p)
{
	const struct search_opts *o = &p->o->search;

	return (o->executions && p->sum.executions >= p->executions_before + o->executions) ||
	       (o->seconds && clock_ns() - p->start >= o->seconds * 1000000000u) ||
	       (o->interrupted && o->interrupted());
}

/* How many executions the job may make; 0: the others make the last ones. */
static u64 grant_of(const struct spread_pool *p)
{
	u64 limit = p->o->search.executions;

	if (!limit)
		return SLICE;
	return min_u64(SLICE, p->executions_before + limit - p->sum.executions - p->granted);
}

static bool has_work(struct spread_job *j)
{
	return j->pool->kind == SEARCH_DFS ? !j->dry : revisit_items(j->revisit) > 0;
}

/* The job has nothing.  True: it has now; else it has waited, or there is nothing at all any more. */
static bool get_item(struct spread_job *j)
{
	struct spread_pool *p = j->pool;

	if (p->kind == SEARCH_REVISIT && revisit_items(p->items) > 0) {
		revisit_move_oldest(p->items, j->revisit);
		return true;
	}
	if (p->idle + 1 == p->active) {
		p->done = true;
		pthread_cond_broadcast(&p->changed);
		return false;
	}
	p->idle++;
	pthread_cond_wait(&p->changed, &p->lock);
	p->idle--;
	return false;
}

/* Those that wait get what is oldest. */
static void give_items(struct spread_job *j)
{
	struct spread_pool *p = j->pool;
	u64 moved = p->moved;

	while (revisit_items(p->items) < p->idle && revisit_items(j->revisit) > 1) {
		revisit_move_oldest(j->revisit, p->items);
		p->moved++;
	}
	if (p->moved != moved)
		pthread_cond_broadcast(&p->changed);
}

static void keep_now(struct spread_pool *p)
{
	struct err e;
	int rc;

	p->keeping = true;
	while (p->running > 0)
		pthread_cond_wait(&p->changed, &p->lock);
	rc = pool_keep(p, &e);
	if (rc < 0)
		fail(p, rc, &e);
	p->keeping = false;
	pthread_cond_broadcast(&p->changed);
}

/* Under the lock: may the job make a slice? */
static bool go_on(struct spread_job *j)
{
	struct spread_pool *p = j->pool;

	while (!p->stop && !p->done) {
		if (limited(p)) {
			p->stop = true;
			break;
		}
		if (p->keeping) {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		if (p->o->keep && p->slices != p->kept_slices && clock_ns() >= p->keep_at) {
			keep_now(p);
			continue;
		}
		if (!has_work(j) && !get_item(j))
			continue;
		give_items(j);
		j->grant = grant_of(p);
		if (j->grant > 0)
			return true;
		pthread_cond_wait(&p->changed, &p->lock);
	}
	pthread_cond_broadcast(&p->changed);
	return false;
}

/* The shard's items: those of the whole search, breadth first, and of these every so-manieth.  Without the lock: no other job has anything yet. */
static void take_shard(struct spread_job *j)
{
	struct spread_pool *p = j->pool;
	const struct spread_opts *o = p->o;
	struct revisit *mine = revisit_new(false), *all = revisit_new(true);
	bool on = true;

	j->strategy = revisit_strategy(all);
	revisit_limit(all, SPREAD_ITEM_BYTES);
	while (on && revisit_items(all) > 0 && revisit_items(all) < (u64)SPREAD_ITEMS * o->shards &&
	       !revisit_unfit(all)) {
		revisit_oldest_first(all);
		on = run_one(j, o->shard == 1);
		pthread_mutex_lock(&p->lock);
		account(j);
		p->unfit |= revisit_unfit(all);
		p->stop |= p->unfit || (o->search.interrupted && o->search.interrupted());
		on = !p->stop;
		pthread_mutex_unlock(&p->lock);
	}
	for (u64 i = 0; revisit_items(all) > 0; i++) {
		if (i % o->shards == o->shard - 1)
			revisit_move_oldest(all, mine);
		else
			revisit_drop_oldest(all);
	}
	revisit_free(all);
	revisit_free(j->revisit);
	j->revisit = mine;
	j->strategy = revisit_strategy(mine);
}

static int make(struct spread_job *j, struct err *e)
{
	struct spread_pool *p = j->pool;
	int rc = setup_new(&j->setup, p->scope, p->eo->judged, e);

	if (rc == 0)
		rc = engine_new(&j->engine, j->setup, p->eo, e);
	if (rc == 0 && p->kind == SEARCH_DFS)
		rc = pool_load_dfs(p, j, e);
	return rc;
}

/* What all jobs have come to: told without the lock, since who looks may take his time. */
static void tell_progress(struct spread_job *j)
{
	const struct search_opts *o = &j->pool->o->search;
	struct search_result so_far = j->pool->sum;

	if (!o->progress || j != &j->pool->job[0])
		return;
	pthread_mutex_unlock(&j->pool->lock);
	o->progress(o->progress_arg, &so_far);
	pthread_mutex_lock(&j->pool->lock);
}

static void work(struct spread_job *j)
{
	struct spread_pool *p = j->pool;

	if (j == &p->job[0] && !p->ready)
		take_shard(j);
	pthread_mutex_lock(&p->lock);
	if (j == &p->job[0])
		p->ready |= !p->stop;
	while (go_on(j)) {
		p->granted += j->grant;
		p->running++;
		pthread_mutex_unlock(&p->lock);
		slice(j);
		pthread_mutex_lock(&p->lock);
		p->running--;
		p->granted -= j->grant;
		account(j);
		pthread_cond_broadcast(&p->changed);
		tell_progress(j);
	}
	pthread_mutex_unlock(&p->lock);
}

void *pool_job(void *arg)
{
	struct spread_job *j = arg;
	struct spread_pool *p = j->pool;
	struct err e;
	int rc = make(j, &e);

	if (rc == 0)
		work(j);
	pthread_mutex_lock(&p->lock);
	if (rc < 0)
		fail(p, rc, &e);
	/* The last one that leaves: all that there is to keep is there. */
	if (--p->active == 0 && p->rc == 0 && !p->unfit) {
		rc = pool_keep(p, &e);
		if (rc < 0)
			fail(p, rc, &e);
	}
	pthread_mutex_unlock(&p->lock);
	engine_free(j->engine);
	setup_free(j->setup);
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A search's state in its file: which strategy, what it came to so far, and what is still to be explored. */
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/explore/grain.h"
#include "sim/explore/kept.h"
#include "sim/explore/spread_pool.h"

#include <stdlib.h>
#include <string.h>

static void save_sum(const struct search_result *r, struct bytes *b)
{
	bytes_u64(b, r->executions);
	bytes_u64(b, r->redundant);
	bytes_u64(b, r->blocked);
	bytes_u64(b, r->steps);
	for (u32 i = 0; i < ARRAY_SIZE(r->ends); i++)
		bytes_u64(b, r->ends[i]);
	bytes_u64(b, r->violations);
	bytes_u64(b, r->unexpected);
	for (u32 i = 0; i < SEARCH_ROUNDS; i++)
		bytes_u64(b, r->rounds[i]);
	bytes_u64(b, r->beyond);
}

static void load_sum(struct search_result *r, struct bytes_in *in)
{
	r->executions = bytes_get_u64(in);
	r->redundant = bytes_get_u64(in);
	r->blocked = bytes_get_u64(in);
	r->steps = bytes_get_u64(in);
	for (u32 i = 0; i < ARRAY_SIZE(r->ends); i++)
		r->ends[i] = bytes_get_u64(in);
	r->violations = bytes_get_u64(in);
	r->unexpected = bytes_get_u64(in);
	for (u32 i = 0; i < SEARCH_ROUNDS; i++)
		r->rounds[i] = bytes_get_u64(in);
	r->beyond = bytes_get_u64(in);
}

/* Their number; and their names, if these are few. */
static void save_classes(const struct spread_pool *p, struct bytes *b)
{
	bool names = !p->forgot && classes_count(p->classes) <= SPREAD_CLASSES_KEPT;

	bytes_u32(b, names);
	bytes_u64(b, p->classes_before + classes_count(p->classes));
	if (names)
		classes_save(p->classes, b);
}

static bool load_classes(struct spread_pool *p, struct bytes_in *in)
{
	bool names = bytes_get_u32(in) != 0;
	u64 n = bytes_get_u64(in);

	if (!names) {
		p->classes_before = n;
		p->forgot = true;
		return true;
	}
	return classes_load(p->classes, in) && classes_count(p->classes) == n;
}

static void save_items(const struct spread_pool *p, struct bytes *b)
{
	if (p->kind == SEARCH_DFS) {
		bytes_put(b, engine_grain(p->job[0].engine), sizeof(struct grain));
		dfs_save(p->job[0].dfs, engine_touches(p->job[0].engine), b);
		return;
	}
	bytes_u32(b, p->n_jobs + 1);
	revisit_save(p->items, b);
	for (u32 i = 0; i < p->n_jobs; i++)
		revisit_save(p->job[i].revisit, b);
}

static bool load_items(struct spread_pool *p, struct bytes_in *in)
{
	u32 parts = bytes_get_u32(in);
	bool good = parts <= SPREAD_JOBS + 1;

	for (u32 i = 0; i < parts && good; i++)
		good = revisit_load(p->items, p->scope->cpus, in);
	return good;
}

int pool_keep(struct spread_pool *p, struct err *e)
{
	struct bytes b = { .n = 0 };
	struct endings *all;
	int rc;

	if (!p->o->keep || !p->ready)
		return 0;
	all = outcomes_new(p->scope, SPREAD_OUTCOMES);
	outcomes_merge(all, p->endings);
	for (u32 i = 0; i < p->n_jobs; i++)
		outcomes_merge(all, p->job[i].endings);
	bytes_u32(&b, p->kind);
	bytes_u64(&b, p->ns_before + clock_ns() - p->start);
	save_sum(&p->sum, &b);
	save_classes(p, &b);
	outcomes_save(all, &b);
	found_save(p->found, &b);
	save_items(p, &b);
	rc = kept_write(p->o->keep, p->of, &b, e);
	outcomes_free(all);
	bytes_free(&b);
	p->keep_at = clock_ns() + p->o->keep_ns;
	p->kept_slices = p->slices;
	return rc;
}

static int damaged(const struct spread_pool *p, struct err *e)
{
	return err_set(e, ERR_CHUNK,
	               "%s: the kept search is damaged: what it says is no state of a search",
	               p->o->keep);
}

static int load(struct spread_pool *p, struct err *e)
{
	bool good;

	p->ns_before = bytes_get_u64(&p->state);
	load_sum(&p->sum, &p->state);
	p->executions_before = p->sum.executions;
	good = load_classes(p, &p->state) && outcomes_load(p->endings, &p->state) &&
	       found_load(p->found, &p->state);
	if (good && p->kind == SEARCH_REVISIT)
		good = load_items(p, &p->state);
	p->ready = true;
	return good && !p->state.short_ ? 0 : damaged(p, e);
}

int pool_load_dfs(struct spread_pool *p, struct spread_job *j, struct err *e)
{
	const struct grain *saved;
	struct grain g;

	if (!p->resumed)
		return 0;
	saved = bytes_get(&p->state, sizeof(g));
	if (!saved)
		return damaged(p, e);
	memcpy(&g, saved, sizeof(g));
	if (g.known.depend != p->eo->depend || g.known.grain != grain_settled(p->eo->grain))
		return damaged(p, e);
	engine_learned(j->engine, &g);
	return dfs_load(j->dfs, engine_touches(j->engine), p->scope->cpus, &p->state)
	               ? 0
	               : damaged(p, e);
}

int pool_read(struct spread_pool *p, enum search_kind *kind, struct err *e)
{
	int rc;

	*kind = SEARCH_NR;
	if (!p->o->keep)
		return 0;
	rc = kept_read(p->o->keep, p->of, &p->resumed, &p->data, &p->state, e);
	if (rc < 0 || !p->resumed)
		return rc;
	*kind = bytes_get_u32(&p->state);
	return *kind == SEARCH_DFS || *kind == SEARCH_REVISIT ? 0 : damaged(p, e);
}

int pool_new(struct spread_pool *p, enum search_kind kind, struct err *e)
{
	const struct spread_opts *o = p->o;
	int rc = 0;

	p->kind = kind;
	p->start = clock_ns();
	p->keep_at = p->start + o->keep_ns;
	p->kept_slices = ~0ull;
	p->n_jobs = p->active = kind == SEARCH_DFS ? 1 : o->jobs;
	p->classes = classes_new(o->search.class_bytes);
	p->endings = outcomes_new(p->scope, SPREAD_OUTCOMES);
	p->found = found_new();
	p->items = revisit_new(!p->resumed && !o->shards);
	if (p->resumed)
		rc = load(p, e);
	p->ready |= !o->shards;
	p->job = xcalloc(p->n_jobs, sizeof(*p->job));
	for (u32 i = 0; i < p->n_jobs; i++) {
		struct spread_job *j = &p->job[i];

		j->pool = p;
		j->endings = outcomes_new(p->scope, SPREAD_OUTCOMES);
		j->revisit = revisit_new(false);
		revisit_limit(j->revisit, p->resumed ? 0 : SPREAD_ITEM_BYTES);
		j->dfs = dfs_new();
		j->strategy =
			kind == SEARCH_DFS ? dfs_strategy(j->dfs) : revisit_strategy(j->revisit);
	}
	return rc;
}

void pool_free(struct spread_pool *p)
{
	for (u32 i = 0; i < p->n_jobs && p->job; i++) {
		outcomes_free(p->job[i].endings);
		revisit_free(p->job[i].revisit);
		dfs_free(p->job[i].dfs);
	}
	free(p->job);
	revisit_free(p->items);
	classes_free(p->classes);
	outcomes_free(p->endings);
	found_free(p->found);
	free(p->data);
}

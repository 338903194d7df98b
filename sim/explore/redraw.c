// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/redraw.h"

#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/explore/classes.h"
#include "sim/explore/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct start - of scopes; NULL as long as there was none of its scopes
 * @scope: the last one
 */
struct start {
	struct drawer *drawer;
	struct scope *scope;
	struct setup *setup;
	struct engine *engine;
};

/**
 * struct redraw
 * @seed:  of the scope of the last execution
 * @start: [o.row->starts], by the seed
 */
struct redraw {
	struct drawn_opts o;
	struct engine_opts eo;
	u64 seed;
	struct start start[DRAWN_STARTS];
};

static struct start *start_of(struct redraw *r, u64 seed)
{
	return &r->start[seed % r->o.row->starts];
}

static void drop(struct start *s)
{
	engine_free(s->engine);
	setup_free(s->setup);
	scope_free(s->scope);
	drawer_free(s->drawer);
	*s = (struct start){ .drawer = NULL };
}

static int make(struct redraw *r, struct start *s, u64 seed, struct err *e)
{
	struct drawn_opts o = r->o;
	struct engine_opts eo = r->eo;
	int rc;

	o.seed = seed;
	rc = drawer_new(&s->drawer, &o, e);
	if (rc == 0)
		rc = drawer_scope(s->drawer, seed, &s->scope, e);
	if (rc == 0)
		rc = engine_opts_settle(&eo, s->scope, e);
	if (rc == 0)
		rc = setup_new(&s->setup, s->scope, eo.judged, e);
	if (rc == 0)
		rc = engine_new(&s->engine, s->setup, &eo, e);
	if (rc < 0)
		drop(s);
	return rc;
}

/* Its start has the scope of @seed now. */
static int go_to(struct redraw *r, u64 seed, struct err *e)
{
	struct start *s = start_of(r, seed);

	r->seed = seed;
	if (!s->drawer)
		return make(r, s, seed, e);
	drawer_redraw(s->drawer, seed, s->scope);
	engine_programs(s->engine);
	return 0;
}

int redraw_new(struct redraw **out, const struct drawn_opts *o, const struct engine_opts *eo,
               struct err *e)
{
	struct redraw *r = xcalloc(1, sizeof(*r));
	int rc;

	SIM_ASSERT(o->row->starts > 0);
	SIM_ASSERT(o->row->starts <= DRAWN_STARTS);
	r->o = *o;
	r->eo = *eo;
	rc = go_to(r, o->seed, e);
	if (rc < 0) {
		redraw_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void redraw_free(struct redraw *r)
{
	if (!r)
		return;
	for (u32 i = 0; i < DRAWN_STARTS; i++)
		drop(&r->start[i]);
	free(r);
}

u64 redraw_seed(const struct redraw *r)
{
	return r->seed;
}

static bool limited(const struct search_opts *o, const struct search_result *out, u64 begun)
{
	return (o->executions && out->executions >= o->executions) ||
	       (o->seconds && clock_ns() - begun >= o->seconds * 1000000000u) ||
	       (o->interrupted && o->interrupted());
}

/* One execution of the scope that there is now; returns whether it was found. */
static bool run_one(struct redraw *r, const struct search_opts *o, const struct strategy *strategy,
                    struct classes *classes, struct search_result *out)
{
	struct engine *e = start_of(r, r->seed)->engine;
	bool more = engine_run(e, strategy);
	u64 name;

	SIM_ASSERT(more);
	/* By cells an execution may show that steps begin elsewhere: the scope's next one knows. */
	while (engine_result(e)->end == EXECUTION_AGAIN) {
		engine_undo(e);
		out->begun++;
		more = engine_run(e, strategy);
		SIM_ASSERT(more);
	}
	search_count(out, e);
	name = mix64(class_name(engine_execution(e)) + r->seed);
	if (!classes_add(classes, name))
		out->redundant++;
	if (o->each)
		o->each(o->each_arg, e);
	return search_tells(o, engine_execution(e), out) && search_found(engine_result(e));
}

int redraw_run(struct redraw *r, const struct search_opts *o,
               void (*found)(void *arg, struct engine *e), void *arg, struct search_result *out,
               struct err *e)
{
	struct sampler_opts so = { .kind = (enum sampler_kind)(o->kind - SEARCH_SAMPLER),
		                   .seed = o->seed,
		                   .depth = search_depth(o) };
	struct sampler *sampler = sampler_new(&so);
	const struct strategy strategy = sampler_strategy(sampler);
	struct classes *classes = classes_new(o->class_bytes);
	u64 start = clock_ns();
	bool stop = false;
	int rc = 0;

	SIM_ASSERT(o->kind >= SEARCH_SAMPLER);
	*out = (struct search_result){ .begun = 1 };
	for (u64 i = 0; !stop && !limited(o, out, start); i++) {
		rc = i ? go_to(r, r->o.seed + i, e) : 0;
		if (rc < 0)
			break;
		if (run_one(r, o, &strategy, classes, out)) {
			if (found)
				found(arg, start_of(r, r->seed)->engine);
			stop = search_ends(o, arg);
		}
		engine_undo(start_of(r, r->seed)->engine);
		if (unlikely(o->progress))
			o->progress(o->progress_arg, out);
	}
	out->classes = classes_count(classes);
	out->forgot = classes_full(classes);
	out->bound = sampler_bound(sampler);
	out->ns = clock_ns() - start;
	classes_free(classes);
	sampler_free(sampler);
	return rc;
}

int redraw_scope(struct redraw *r, u64 seed, struct scope **scope, struct setup **setup,
                 struct engine **engine, struct err *e)
{
	struct start *s = start_of(r, seed);
	int rc = go_to(r, seed, e);
	char name[160];

	if (rc < 0)
		return rc;
	free(s->scope->name);
	s->scope->name = strdup(drawer_name(s->drawer, seed, name, sizeof(name)));
	*scope = s->scope;
	*setup = s->setup;
	*engine = s->engine;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* hypsim explore: every schedule of a scope. */
#include "oracle/report/page.h"
#include "oracle/results/results.h"
#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/base/whole_file.h"
#include "sim/cli/cmd.h"
#include "sim/cli/explore_args.h"
#include "sim/cli/explore_keep.h"
#include "sim/cli/explore_merge.h"
#include "sim/cli/explore_progress.h"
#include "sim/cli/explore_report.h"
#include "sim/cli/explore_results.h"
#include "sim/cli/output.h"
#include "sim/cli/shrink_report.h"
#include "sim/explore/redraw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Kept outcomes. */
enum { OUTCOMES = 10000 };

/**
 * struct exploring - a scope, and what it is explored with
 * @redraw: each execution is of another scope, and the others are @redraw's: of the one that was found, or the first one; else NULL
 */
struct exploring {
	struct scope *scope;
	struct setup *setup;
	struct engine *e;
	struct redraw *redraw;
};

/**
 * struct looking - what the callback for each execution that is found keeps
 * @paged: the first page was printed
 * @seed:  of the scope of what is kept, with @redraw; @counted: scopes that have the calls of --count
 * @enough: what --until names was found
 */
struct looking {
	const struct explore_args *o;
	struct found *found;
	struct explore_keep keep;
	const struct redraw *redraw;
	u64 seed, counted;
	bool paged, shows, shrinks, enough;
};

/* The first violation of the judge as a page, before what it is about is undone. */
static void look(void *arg, struct engine *e)
{
	struct looking *l = arg;
	struct checker *k = engine_checker(e);

	if (l->paged || !l->shows || !k || engine_result(e)->violations == 0)
		return;
	l->paged = true;
	page_findings(stdout, k, &engine_setup(e)->config,
	              (struct page_how){ .color = isatty(STDOUT_FILENO) });
}

static void look_spread(void *arg, struct engine *e, const struct setup *setup)
{
	struct looking *l = arg;

	(void)setup;
	explore_keep_add(&l->keep, e);
	look(arg, e);
}

static void each(void *arg, struct engine *e)
{
	struct looking *l = arg;
	bool had = l->keep.have;
	enum execution_end end = l->keep.end;

	found_add(l->found, e);
	if (l->o->until) {
		l->enough = found_has(l->found, l->o->until);
		if (!l->enough)
			return;
	}
	explore_keep_add(&l->keep, e);
	if (l->redraw && (!had || l->keep.end != end))
		l->seed = redraw_seed(l->redraw);
	look(arg, e);
}

static bool enough(void *arg)
{
	const struct looking *l = arg;

	return l->enough;
}

static void count(void *arg, struct engine *e)
{
	struct looking *l = arg;

	l->counted += sides_are_in(&l->o->sides, engine_setup(e)->scope);
}

static void judge(const struct explore_args *o, struct explore_said *s)
{
	const struct scope *scope = s->scope;
	const char *verdict = scope->verdict[0] ? scope->verdict : "clean";

	/* What a shard alone has found is not all that was to be found: --merge judges that. */
	s->as_expected = (s->shards && strcmp(verdict, "clean") != 0) ||
	                 found_as_expected(s->found, verdict, s->why, sizeof(s->why));
	if (s->as_expected && scope->has_classes && !s->shards && s->r->complete && !s->r->forgot &&
	    s->r->classes != scope->classes) {
		s->as_expected = false;
		snprintf(s->why, sizeof(s->why), "%llu classes are expected",
		         (unsigned long long)scope->classes);
	}
	if (s->as_expected && o->complete && !s->r->complete) {
		s->as_expected = false;
		snprintf(s->why, sizeof(s->why), "not complete, which is required");
	}
}

static void again(void *arg)
{
	struct looking *l = arg;

	found_clear(l->found);
	explore_keep_again(&l->keep);
}

/* By jobs, a shard, or kept in a file: machines and engines are the jobs' own. */
static int spread(const struct explore_args *o, struct looking *l, struct explore_said *said,
                  struct endings *endings, struct search_opts *so, struct search_result *r)
{
	struct spread_opts opts = scale_opts(&o->scale, so);
	struct spread_result sr;
	struct err err;
	int rc = spread_run(said->scope, &o->engine, &opts, endings, l->found, look_spread, l, &sr,
	                    &err);

	if (rc < 0) {
		fprintf(stderr, "hypsim explore: %s\n", err.msg);
		return err_status(err.code);
	}
	*r = sr.sum;
	so->kind = sr.kind;
	said->jobs = sr.jobs;
	said->resumed = sr.resumed;
	said->executions_before = sr.executions_before;
	if (o->scale.jobs > sr.jobs)
		fprintf(stderr, "hypsim explore: one job: what is explored cannot be divided: a "
		                "step changes "
		                "several things or reads one, or executions are too long\n");
	return EXIT_NOTHING;
}

/* Each execution of another scope.  What is told then is of the one that was found, or of the first one. */
static int redraw(struct exploring *x, struct looking *l, struct explore_said *said,
                  const struct search_opts *so, struct search_result *r,
                  struct explore_drawn *drawn)
{
	struct err err;
	int rc = redraw_run(x->redraw, so, each, l, r, &err);
	u64 seed = l->keep.have ? l->seed : so->seed;

	if (rc == 0)
		rc = redraw_scope(x->redraw, seed, &x->scope, &x->setup, &x->e, &err);
	if (rc < 0) {
		fprintf(stderr, "hypsim explore: %s\n", err.msg);
		return err_status(err.code);
	}
	*drawn = (struct explore_drawn){ .seed = so->seed,
		                         .found = seed,
		                         .has_found = l->keep.have,
		                         .count = l->o->count,
		                         .counted = l->counted };
	said->scope = x->scope;
	said->drawn = drawn;
	return EXIT_NOTHING;
}

/* *@io becomes the smallest that was found in time, which is shown. */
static void make_small(const struct explore_args *o, const struct scope *scope, struct saved *io,
                       struct explore_said *said)
{
	const struct shrink_opts so = { .engine = o->engine, .ns = (u64)(o->shrink_seconds * 1e9) };
	struct shrunk s;
	struct err err;

	if (shrink(scope, &io->schedule, &io->known, io->verdict, &so, &s, &err) < 0) {
		fprintf(stderr, "hypsim explore: it was not made smaller: %s\n", err.msg);
		return;
	}
	if (o->json)
		said->shrunk = shrink_json(&s);
	else
		shrink_print(stdout, &s, scope, io->schedule.n, io->verdict);
	explore_keep_smaller(io, &s);
	shrunk_free(&s);
}

/* What was found, with its places, for who reads results by machine. */
static json_t *places_of(const struct explore_args *o, const struct saved *saved,
                         const struct scope *scope)
{
	bool is_file = access(o->from.scope, R_OK) == 0;
	char *again;
	json_t *found;

	if (asprintf(&again, "hypsim replay %s", o->save ? o->save : "") < 0)
		return NULL;
	found = explore_results_found(saved, &o->engine, scope, is_file ? o->from.scope : NULL,
	                              o->save && strcmp(o->save, "-") != 0 ? again
	                                                                   : o->results.line);
	free(again);
	return found;
}

/* The first finding, for who replays it. */
static int keep(const struct explore_args *o, struct looking *l, struct engine *e,
                struct setup *setup, struct explore_said *said, json_t **places)
{
	struct saved saved;
	struct err err;
	int rc = 0;

	if (!l->keep.have)
		return EXIT_NOTHING;
	explore_keep_end(&l->keep, e, setup, setup->scope, o->engine.how.strict, &saved);
	if (l->shrinks && !interrupted())
		make_small(o, setup->scope, &saved, said);
	said->schedule = saved_string(&saved);
	said->verdict = l->keep.verdict;
	if (results_wanted(&o->results) && !said->as_expected)
		*places = places_of(o, &saved, setup->scope);
	if (o->save)
		rc = saved_write(&saved, o->save, &err);
	if (rc < 0)
		fprintf(stderr, "hypsim explore: %s\n", err.msg);
	saved_free(&saved);
	return rc < 0 ? err_status(err.code) : EXIT_NOTHING;
}

static void tell_results(struct explore_args *o, const struct explore_said *s, json_t *places)
{
	const struct explore_came c = { .name = s->scope->name,
		                        .why = s->why,
		                        .as_expected = s->as_expected,
		                        .complete = s->r->complete,
		                        .found = s->found,
		                        .executions = s->r->executions,
		                        .classes = s->r->classes,
		                        .seconds = (double)s->r->ns / 1e9 };

	if (results_wanted(&o->results))
		explore_results(&o->results, &c, places, o->complete);
}

static int explore(struct explore_args *o, struct exploring *x)
{
	const struct scope *scope = x->scope;
	struct search_opts so = o->search;
	struct search_result r;
	struct looking l = { .o = o, .found = found_new(), .redraw = x->redraw };
	struct explore_drawn drawn;
	struct endings *endings = outcomes_new(scope, OUTCOMES);
	struct explore_said said = {
		.scope = scope,
		.o = &so,
		.r = &r,
		.endings = endings,
		.found = l.found,
		.engine = &o->engine,
		.of = spread_of(scope, &o->engine, o->scale.shards, o->search.rounds),
		.shard = o->scale.shard,
		.shards = o->scale.shards,
		.jobs = 1,
	};
	struct explore_progress progress;
	json_t *places = NULL;
	int status = EXIT_NOTHING;

	so.seed = o->from.seed;
	so.interrupted = interrupted;
	so.again = again;
	/* What a scope expects is known when all of it was there. */
	so.all |= scope->verdict[0] && strcmp(scope->verdict, "clean") != 0 && !o->until;
	so.enough = o->until ? enough : NULL;
	if (o->count) {
		so.each = count;
		so.each_arg = &l;
	}
	l.shrinks = !so.all && !o->no_shrink && !o->until;
	l.shows = !o->json && (!scope->verdict[0] || strcmp(scope->verdict, "clean") == 0);
	explore_progress_begin(&progress, o->progress, scope, &o->engine, &so, o->scale.shards);
	if (x->redraw)
		status = redraw(x, &l, &said, &so, &r, &drawn);
	else if (scale_spreads(&o->scale) || so.kind == SEARCH_REVISIT)
		status = spread(o, &l, &said, endings, &so, &r);
	else
		search_run(x->e, x->setup, &so, endings, each, &l, &r);
	explore_progress_end(&progress);
	if (status == EXIT_NOTHING) {
		if (!x->redraw)
			said.serial_orders = search_serial(x->e, x->setup, &so, endings);
		judge(o, &said);
		status = keep(o, &l, x->e, x->setup, &said, &places);
		if (o->json)
			explore_json(&said);
		else
			explore_print(stdout, &said);
		tell_results(o, &said, places);
		status = status_worse(status, said.as_expected ? EXIT_NOTHING : EXIT_VIOLATION);
	}
	found_free(l.found);
	outcomes_free(endings);
	explore_keep_free(&l.keep);
	free(said.schedule);
	return status;
}

/* The scope is there: what it is explored with. */
static int make(struct explore_args *o, struct exploring *x, struct err *e)
{
	int rc = engine_opts_settle(&o->engine, x->scope, e);

	if (rc == 0)
		rc = setup_new(&x->setup, x->scope, o->engine.judged, e);
	return rc == 0 ? engine_new(&x->e, x->setup, &o->engine, e) : rc;
}

/* The same, of the first scope of those that are drawn. */
static int make_redraw(struct explore_args *o, struct exploring *x, struct err *e)
{
	struct drawn_opts drawn;
	int rc;

	(void)scope_args_drawn(&o->from, &drawn);
	rc = redraw_new(&x->redraw, &drawn, &o->engine, e);
	if (rc == 0)
		rc = redraw_scope(x->redraw, o->from.seed, &x->scope, &x->setup, &x->e, e);
	return rc == 0 ? engine_opts_settle(&o->engine, x->scope, e) : rc;
}

static void drop(struct exploring *x)
{
	if (x->redraw) {
		redraw_free(x->redraw);
		return;
	}
	engine_free(x->e);
	setup_free(x->setup);
	scope_free(x->scope);
}

/* Files that are read, or written otherwise, are no place for results. */
static int begin_results(struct explore_args *o, struct err *e)
{
	const char *const input[] = { o->from.scope, o->pairs.compare, o->save, o->scale.resume };
	const char *given[ARRAY_SIZE(input)];
	u32 n = 0;

	if (o->scale.merge)
		return results_out_begin(&o->results, o->scale.file.v, o->scale.file.n, e);
	for (u32 i = 0; i < ARRAY_SIZE(input); i++)
		if (input[i])
			given[n++] = input[i];
	return results_out_begin(&o->results, given, n, e);
}

static int run(struct explore_args *o)
{
	struct exploring x = { .scope = NULL };
	struct err err;
	int status = EXIT_NOTHING, rc = 0;

	/* A search may take hours: that a file of its result cannot be written is told before it begins. */
	rc = begin_results(o, &err);
	if (rc == 0 && o->scale.merge)
		return explore_merge(o->scale.file.v, o->scale.file.n, o->json, o->complete,
		                     &o->results);
	if (rc == 0 && o->pairs.chosen)
		return explore_pairs(&o->pairs, o->from.seed, &o->search, &o->engine,
		                     &o->from.chosen, o->json, &o->results);
	if (rc == 0 && o->save && strcmp(o->save, "-") != 0)
		rc = whole_try(o->save, &err);
	if (rc == 0 && o->scale.resume)
		rc = whole_try(o->scale.resume, &err);
	if (rc == 0 && !o->redraw)
		rc = scope_args_read(&o->from, &x.scope, &err);
	if (rc == 0 && o->print) {
		scope_print(stdout, x.scope);
		drop(&x);
		return EXIT_NOTHING;
	}
	if (rc == 0)
		rc = o->redraw ? make_redraw(o, &x, &err) : make(o, &x, &err);
	if (rc == 0 && o->scale.estimate) {
		status = scale_estimate(x.e, x.setup, o->from.seed, interrupted, o->json);
	} else if (rc == 0) {
		status = explore(o, &x);
	} else {
		results_failed(&o->results, o->pairs.chosen ? "pairs" : o->from.scope, err.msg);
		fprintf(stderr, "hypsim explore: %s\n", err.msg);
		status = err_status(err.code);
	}
	drop(&x);
	return status;
}

int cmd_explore(int argc, char **argv)
{
	struct explore_args o;
	int status;

	explore_args_parse(&o, argc, argv);
	interrupts_catch(INTERRUPT_STEPS);
	status = run(&o);
	vec_free(&o.scale.file);
	status = results_out_end(&o.results, "hypsim explore", interrupt_status(status));
	return cli_finish_stdout(status);
}

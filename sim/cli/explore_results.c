// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_results.h"

#include "oracle/cal/rules.h"
#include "oracle/report/found_json.h"
#include "oracle/results/results.h"
#include "sim/cli/step_wheres.h"
#include "sim/explore/replay.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct looking - an execution of the schedule
 * @scope: that is executed, which may have been made smaller; @written: as its file @path has it
 * @found: findings, each with "step", the number of the step that it is about
 */
struct looking {
	const struct scope *scope, *written;
	const char *path, *again;
	struct step_wheres *wheres;
	struct setup *setup;
	json_t *found;
};

static void at_point(void *arg, u32 cpu, const struct execution *x)
{
	const struct looking *l = arg;

	step_wheres_at(l->wheres, cpu, x);
}

/* The last step in which the CPU has written this event; no event, or none of its steps: the CPU's last one. */
static u32 step_of(struct engine *e, u32 cpu, const char *event)
{
	const struct execution *x = engine_execution(e);
	u32 last = x->n ? x->n - 1 : 0;
	bool any = false;
	char text[128];

	for (u32 k = x->n; k-- > 0;) {
		u32 n;
		const struct event *v = engine_events(e, k, &n);

		if (x->step[k].step.cpu != cpu)
			continue;
		if (!any)
			last = k;
		any = true;
		for (u32 i = 0; v && i < n && event[0]; i++)
			if (v[i].cpu == cpu &&
			    strcmp(event_print(&v[i], text, sizeof(text)), event) == 0)
				return k;
	}
	return last;
}

static void add(struct looking *l, json_t *o, u32 step)
{
	json_object_set_new(o, "again", json_string(l->again));
	json_object_set_new(o, "step", json_integer(step));
	json_array_append_new(l->found, o);
}

/* What executions are found to end with, beside the rows of checks and folds. */
static const struct {
	const char *word, *sentence;
} ends[] = {
	{ "deadlock", "CPUs wait for each other" },
	{ "expect", "a call does not come to what the scope expects" },
	{ "stuck", "a call is stuck" },
};

static const char *sentence_of(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(ends); i++)
		if (strcmp(ends[i].word, name) == 0)
			return ends[i].sentence;
	for (u32 i = 0; i < CHECK_ROW_NR; i++)
		if (strcmp(check_row_name((enum check_row)i), name) == 0)
			return check_row_sentence((enum check_row)i);
	for (u32 i = CAL_OK + 1; i < CAL_NR; i++)
		if (strcmp(cal_row_name((enum cal_row)i), name) == 0)
			return cal_row_sentence((enum cal_row)i);
	return "";
}

static json_t *word_json(const char *word, const char *sentence, const char *state)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "check", word, "row", word, "sentence", sentence,
	                 "state", json_bytes(state));
}

/* What is known only before the execution is undone. */
static void ended(void *arg, struct engine *e)
{
	struct looking *l = arg;
	const struct engine_result *r = engine_result(e);
	struct checker *k = engine_checker(e);
	u32 n = 0, last = engine_execution(e)->n ? engine_execution(e)->n - 1 : 0;
	const struct finding *f = k && r->violations ? checker_findings(k, &n) : NULL;
	char text[700], got[200];

	for (u32 i = 0; i < n; i++) {
		json_t *o = found_json(k, &f[i], &l->setup->config);

		json_object_del(o, "around");
		add(l, o, f[i].cpu == FINDING_NO_CPU ? last : step_of(e, f[i].cpu, f[i].event));
	}
	if (r->end == EXECUTION_DEADLOCK) {
		add(l,
		    word_json("deadlock", sentence_of("deadlock"),
		              wait_cycle_print(&r->cycle, text, sizeof(text))),
		    last);
	}
	if (r->unexpected.expect) {
		snprintf(text, sizeof(text), "%s: expected %s, got %s", r->unexpected.what,
		         r->unexpected.expect->text,
		         scope_outcome_print(&r->unexpected.got, got, sizeof(got)));
		add(l, word_json("expect", sentence_of("expect"), text), last);
	}
	if (r->end == EXECUTION_STUCK && n == 0)
		add(l, word_json("stuck", sentence_of("stuck"), ""), last);
}

/* The line on which the call stands in the file; 0: it does not. */
static u64 line_of(const struct looking *l, u32 cpu, const char *call)
{
	const struct scope_calls *p = &l->written->program[cpu];

	for (u32 i = 0; l->path && i < p->n; i++)
		if (strcmp(p->v[i].text, call) == 0)
			return p->v[i].line;
	return 0;
}

static const char *call_text(const struct scope *s, const struct scheduled *v)
{
	return v->call < s->program[v->step.cpu].n ? s->program[v->step.cpu].v[v->call].text : "";
}

static json_t *step_json(const struct looking *l, const struct scheduled *v)
{
	struct where w = step_wheres_get(l->wheres, &v->step);
	const char *call = call_text(l->scope, v);
	char what[128];
	json_t *o = json_pack("{s:i, s:s, s:o}", "cpu", (int)v->step.cpu, "what",
	                      step_print(&v->step, what, sizeof(what)), "call", json_bytes(call));
	u64 line = line_of(l, v->step.cpu, call);

	if (w.file[0]) {
		json_object_set_new(o, "function", json_string(w.function));
		json_object_set_new(o, "file", json_string(w.file));
		json_object_set_new(o, "line", json_integer(w.line));
	} else if (line) {
		json_object_set_new(o, "file", json_bytes(l->path));
		json_object_set_new(o, "line", json_u64(line));
	}
	return o;
}

/* Each finding gets the steps, and the place of its own. */
static void place(struct looking *l, const struct schedule *took)
{
	static const char *const keys[] = { "function", "file", "line" };
	json_t *steps = json_array(), *o;
	size_t i;

	for (u32 k = 0; k < took->n; k++)
		json_array_append_new(steps, step_json(l, &took->v[k]));
	json_array_foreach(l->found, i, o)
	{
		json_t *step = json_array_get(
			steps, (size_t)json_integer_value(json_object_get(o, "step")));

		json_object_del(o, "step");
		for (u32 k = 0; k < ARRAY_SIZE(keys); k++)
			if (json_object_get(step, keys[k]))
				json_object_set(o, keys[k], json_object_get(step, keys[k]));
		json_object_set(o, "steps", steps);
	}
	json_decref(steps);
}

static int execute(struct looking *l, const struct saved *saved, const struct engine_opts *engine,
                   struct err *e)
{
	struct engine_opts o = *engine;
	struct grain_known known = saved->known;
	struct engine *en = NULL;
	struct replayed r;
	int rc;

	o.depend = known.depend;
	o.grain = known.grain;
	o.checks = check_set_all();
	o.at = at_point;
	o.at_arg = l;
	rc = engine_opts_settle(&o, l->scope, e);
	if (rc == 0)
		rc = setup_new(&l->setup, l->scope, o.judged, e);
	if (rc == 0)
		rc = engine_new(&en, l->setup, &o, e);
	if (rc == 0) {
		engine_know(en, &known);
		replay_run(en, l->setup, &saved->schedule, REPLAY_STRICT, NULL, &r, ended, l);
		(void)step_wheres_look_up(l->wheres);
		place(l, &r.took);
		replayed_free(&r);
	}
	engine_free(en);
	setup_free(l->setup);
	return rc;
}

json_t *explore_results_found(const struct saved *saved, const struct engine_opts *engine,
                              const struct scope *scope, const char *path, const char *again)
{
	struct looking l = { .written = scope,
		             .path = path,
		             .again = again,
		             .wheres = step_wheres_new(),
		             .found = json_array() };
	struct scope *small = NULL;
	struct err e;
	int rc = saved_scope(saved, &small, &e);

	l.scope = small;
	if (rc == 0)
		rc = execute(&l, saved, engine, &e);
	if (rc < 0)
		fprintf(stderr, "hypsim explore: where its steps are is not known: %s\n", e.msg);
	step_wheres_free(l.wheres);
	scope_free(small);
	return l.found;
}

/* A row or word that was found, but not in the schedule that was kept. */
static bool has_row(const json_t *found, const char *row)
{
	const json_t *o;
	size_t i;

	json_array_foreach(found, i, o) if (strcmp(results_string(o, "row"), row) == 0) return true;
	return false;
}

static json_t *named_json(const struct found_name *n, const struct explore_came *c,
                          const char *again)
{
	char state[96];
	json_t *o;

	snprintf(state, sizeof(state), "in %llu of %llu executions",
	         (unsigned long long)n->executions, (unsigned long long)c->executions);
	o = word_json(n->name, sentence_of(n->name), state);
	if (n->check != CHK_NR)
		json_object_set_new(o, "check", json_string(check_name(n->check)));
	json_object_set_new(o, "again", json_string(again));
	return o;
}

static void verdict_case(json_t *suite, const struct explore_came *c, const json_t *found,
                         const char *again)
{
	json_t *test = results_case(suite, "scope", c->name), *o;
	size_t i;

	if (c->as_expected)
		return;
	json_array_foreach(found, i, o) results_found(test, json_incref(o), false);
	for (u32 k = 0; k < found_count(c->found); k++) {
		const struct found_name *n = found_get(c->found, k);

		if (!n->answer && !has_row(found, n->name))
			results_found(test, named_json(n, c, again), false);
	}
	/* Nothing was found, and that is what is wrong. */
	if (results_fails(test))
		return;
	o = word_json("verdict", "the search does not come to what its scope expects", c->why);
	json_object_set_new(o, "again", json_string(again));
	results_found(test, o, false);
}

void explore_results(struct results_out *out, const struct explore_came *c, json_t *found,
                     bool required)
{
	json_t *suite = results_suite(c->name, NULL, out->line), *test, *o;
	char why[128];

	results_seconds(suite, c->seconds);
	verdict_case(suite, c, found, out->line);
	test = results_case(suite, "search", "complete");
	snprintf(why, sizeof(why),
	         "NOT complete: %llu executions of at least %llu classes, and there are more",
	         (unsigned long long)c->executions, (unsigned long long)c->classes);
	if (!c->complete && required) {
		o = word_json("complete", "not every class was executed, which is required", why);
		json_object_set_new(o, "again", json_string(out->line));
		results_found(test, o, false);
	} else if (!c->complete) {
		results_skip(test, why);
	}
	json_decref(found);
	json_array_append_new(out->suites, suite);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/replay_report.h"

#include "shmem/obj/obj.h"
#include "sim/log/json.h"

#include <jansson.h>
#include <string.h>

enum { STEPS_SHOWN = 200 };

static const char *call_text(const struct scope *s, const struct scheduled *v)
{
	return v->call < s->program[v->step.cpu].n ? s->program[v->step.cpu].v[v->call].text : "";
}

static void print_steps(FILE *f, const struct replay_said *s)
{
	const struct schedule *took = &s->r->took;
	char buf[96];

	for (u32 i = 0; i < took->n && i < STEPS_SHOWN; i++) {
		const struct scheduled *v = &took->v[i];
		struct where w = step_wheres_get(s->wheres, &v->step);

		fprintf(f, "%5u  %-34s %-28s", i, step_print(&v->step, buf, sizeof(buf)),
		        call_text(s->scope, v));
		if (w.file[0])
			fprintf(f, " %s, %s:%u", w.function, w.file, w.line);
		fputc('\n', f);
	}
	if (took->n > STEPS_SHOWN)
		fprintf(f, "  and %u more steps (--json has all)\n", took->n - STEPS_SHOWN);
	if (!s->known && took->n)
		fprintf(f, "functions and lines are not known: that takes addr2line (binutils) and "
		           "debug information in hypsim\n");
}

void replay_print(FILE *f, const struct replay_said *s)
{
	const struct replayed *r = s->r;

	print_steps(f, s);
	if (s->cycle[0])
		fprintf(f, "deadlock since step %u: %s\n", s->cycle_at, s->cycle);
	for (u32 i = 0; i < found_count(r->found); i++)
		fprintf(f, "found: %s\n", found_get(r->found, i)->name);
	if (r->differs)
		fprintf(f, "verdict: DIFFERS at step %u: %s\n", r->at, r->why);
	else
		fprintf(f, "verdict: %s: %s, the schedule came to %s (%u steps%s, %s)\n",
		        s->as_said ? "replayed" : "came to SOMETHING ELSE",
		        replay_verdict(r->found), s->saved->verdict, r->took.n,
		        s->times > 1 ? ", each time the same" : "", end_name(r->end));
	if (r->missed)
		fprintf(f, "%u of the schedule's %u steps were not there\n", r->missed,
		        s->saved->schedule.n);
}

static json_t *step_json(const struct replay_said *s, const struct scheduled *v)
{
	struct where w = step_wheres_get(s->wheres, &v->step);
	char name[64];
	json_t *o = json_pack("{s:i,s:i,s:s,s:i,s:s,s:s}", "cpu", (int)v->step.cpu, "nth",
	                      (int)v->step.nth, "kind", point_word((enum point_kind)v->step.kind),
	                      "object", (int)v->step.object, "name",
	                      step_object_print(&v->step, name, sizeof(name)), "call",
	                      call_text(s->scope, v));

	json_object_set_new(o, "function", w.file[0] ? json_string(w.function) : json_null());
	json_object_set_new(o, "file", w.file[0] ? json_string(w.file) : json_null());
	json_object_set_new(o, "line", w.file[0] ? json_integer(w.line) : json_null());
	return o;
}

void replay_json(const struct replay_said *s)
{
	const struct replayed *r = s->r;
	json_t *o = json_object(), *steps = json_array(), *found = json_array();

	for (u32 i = 0; i < r->took.n; i++)
		json_array_append_new(steps, step_json(s, &r->took.v[i]));
	for (u32 i = 0; i < found_count(r->found); i++)
		json_array_append_new(found, json_string(found_get(r->found, i)->name));
	json_object_set_new(o, "scope", json_bytes(s->scope->name));
	json_object_set_new(o, "how", json_string(s->how == REPLAY_STRICT ? "strict" : "tolerant"));
	json_object_set_new(o, "times", json_integer((json_int_t)s->times));
	json_object_set_new(o, "end", json_string(end_name(r->end)));
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "schedule_found", json_bytes(s->saved->verdict));
	json_object_set_new(o, "same", json_boolean(s->as_said));
	json_object_set_new(o, "differs_at", r->differs ? json_integer(r->at) : json_null());
	json_object_set_new(o, "why", json_string(r->why));
	json_object_set_new(o, "missed", json_integer(r->missed));
	json_object_set_new(o, "cycle", s->cycle[0] ? json_string(s->cycle) : json_null());
	json_object_set_new(o, "cycle_at", s->cycle[0] ? json_integer(s->cycle_at) : json_null());
	json_object_set_new(o, "steps", steps);
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(o);
}

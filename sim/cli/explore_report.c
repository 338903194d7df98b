// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_report.h"

#include "sim/base/vec.h"
#include "sim/explore/saved.h"
#include "sim/log/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20, STEPS_SHOWN = 60 };

static unsigned long long ull(u64 n)
{
	return (unsigned long long)n;
}

static const char *depend_name(const struct explore_said *s)
{
	return s->engine->depend == DEPEND_CELLS ? "cells" : "tickets";
}

/* "0 1 1 0": whose step came first, second, ... */
static void print_schedule(FILE *f, const struct ending *e)
{
	for (u32 i = 0; i < e->n_steps && i < STEPS_SHOWN; i++)
		fprintf(f, "%s%u", i ? " " : "", e->step[i]);
	if (e->n_steps > STEPS_SHOWN)
		fprintf(f, " ... (%u steps)", e->n_steps);
}

static void print_calls(FILE *f, const struct scope *s, const struct ending *e)
{
	u32 n = 0;
	char buf[160];

	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++)
			fprintf(f, "    cpu %u  %-36s %s\n", c, s->program[c].v[i].text,
			        called_print(&e->called[n++], buf, sizeof(buf)));
}

static void print_endings(FILE *f, const struct explore_said *s)
{
	u32 n = outcomes_count(s->endings);

	fprintf(f, "\n%u outcome%s", n, n == 1 ? "" : "s");
	if (s->serial_orders)
		fprintf(f, ", compared with %llu serial order%s of the operations",
		        ull(s->serial_orders), s->serial_orders == 1 ? "" : "s");
	else
		fprintf(f,
		        ", not compared with serial orders of the operations (a part of a search, "
		        "or too many)");
	fprintf(f, ":\n");
	for (u32 i = 0; i < n && i < SHOWN; i++) {
		const struct ending *e = outcomes_get(s->endings, i);

		fprintf(f, "  %llu execution%s, %s%s%s; contents %016llx; CPUs of the shortest: ",
		        ull(e->count), e->count == 1 ? "" : "s", end_name(e->end),
		        e->violations ? ", VIOLATION" : "",
		        e->serial == OUTCOME_NON_SERIAL ? ", non-serial" : "", ull(e->contents));
		print_schedule(f, e);
		fputc('\n', f);
		if (e->says)
			fprintf(f, "    %s\n", e->says);
		print_calls(f, s->scope, e);
	}
	if (n > SHOWN)
		fprintf(f, "  and %u more (--json has all)\n", n - SHOWN);
	if (outcomes_left(s->endings))
		fprintf(f, "  and %llu executions of outcomes that were not kept\n",
		        ull(outcomes_left(s->endings)));
}

static void print_drawn(FILE *f, const struct explore_said *s)
{
	if (s->r->executions)
		fprintf(f, "each of another scope, seeds %llu to %llu\n", ull(s->drawn->seed),
		        ull(s->drawn->seed + s->r->executions - 1));
	if (s->drawn->count)
		fprintf(f, "%llu of them have %s\n", ull(s->drawn->counted), s->drawn->count);
	if (s->drawn->has_found)
		fprintf(f, "found first in: %s\n", s->scope->name);
}

static void print_found(FILE *f, const struct explore_said *s)
{
	for (u32 i = 0; i < found_count(s->found); i++) {
		const struct found_name *n = found_get(s->found, i);

		fprintf(f, "found: %s in %llu of %llu executions\n", n->name, ull(n->executions),
		        ull(s->r->executions));
	}
}

/* How many executions need at most 1, 2, ... rounds. */
static void print_rounds(FILE *f, const struct explore_said *s)
{
	const struct search_result *r = s->r;
	u64 sum = 0;

	fprintf(f, "at most %u rounds: ", s->o->rounds);
	for (u32 i = 0; i < SEARCH_ROUNDS && sum < r->executions; i++) {
		sum += r->rounds[i];
		fprintf(f, "%s%llu", i ? " " : "", ull(sum));
	}
	fprintf(f, " executions by 1, 2, ...; nothing is told of %llu that need more\n",
	        ull(r->beyond));
}

void explore_print(FILE *f, const struct explore_said *s)
{
	const struct search_result *r = s->r;
	u32 calls = 0;

	for (u32 c = 0; c < s->scope->cpus; c++)
		calls += s->scope->program[c].n;
	fprintf(f, "%s: %u CPUs, %u calls; %s on %ss, by %s", s->scope->name, s->scope->cpus, calls,
	        search_name(s->o->kind), vehicle_name(s->engine->vehicle), depend_name(s));
	if (s->engine->grain > GRAIN_LOCK)
		fprintf(f, ", grain %s", scope_grain_name(s->engine->grain));
	if (!s->engine->judged)
		fprintf(f, ", not judged");
	else if (s->scope->checks.text[0])
		fprintf(f, ", checks %s", s->scope->checks.text);
	fputc('\n', f);
	fprintf(f,
	        "%llu executions, %llu classes%s, %llu redundant, %llu blocked, %s; %.2f s "
	        "(%.0f/s)\n",
	        ull(r->executions), ull(r->classes), r->forgot ? " at least" : "",
	        ull(r->redundant), ull(r->blocked), r->complete ? "complete" : "NOT complete",
	        (double)r->ns / 1e9, r->ns ? (double)r->executions * 1e9 / (double)r->ns : 0.0);
	if (r->bound > 0)
		fprintf(f, "a bug that needs %u orders shows in each with at least %.3g\n",
		        search_depth(s->o), r->bound);
	for (u32 i = EXECUTION_HALTED; i < EXECUTION_BLOCKED; i++)
		if (r->ends[i])
			fprintf(f, "%llu of them: %s\n", ull(r->ends[i]),
			        end_name((enum execution_end)i));
	if (s->o->rounds)
		print_rounds(f, s);
	if (s->shards)
		fprintf(f, "shard %u of %u\n", s->shard, s->shards);
	if (s->resumed)
		fprintf(f, "gone on behind %llu executions that were kept%s\n",
		        ull(s->executions_before),
		        r->forgot ? "; redundant ones are counted from there on" : "");
	if (s->drawn)
		print_drawn(f, s);
	else
		print_endings(f, s);
	fputc('\n', f);
	print_found(f, s);
	if (s->schedule)
		fprintf(f, "schedule (%s): %s\n", s->verdict, s->schedule);
	if (s->shards && s->as_expected && s->scope->verdict[0])
		fprintf(f, "verdict: all shards together have one (explore --merge)\n");
	else if (s->scope->verdict[0])
		fprintf(f, "verdict: %s%s (expected: %s%s%s)\n",
		        s->as_expected ? "as expected" : "NOT as expected",
		        r->complete ? "" : ", NOT complete", s->scope->verdict,
		        s->as_expected ? "" : "; ", s->why);
	else if (s->as_expected)
		fprintf(f, "verdict: nothing found in %llu executions, %s\n", ull(r->executions),
		        r->complete ? "complete" : "NOT complete");
	else
		fprintf(f, "verdict: VIOLATION: %s\n", s->why);
}

static json_t *ending_json(const struct scope *s, const struct ending *e)
{
	json_t *o = json_object(), *calls = json_array(), *steps = json_array();
	u32 n = 0;
	char buf[160];

	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++)
			json_array_append_new(
				calls, json_pack("{s:i,s:I,s:s,s:s}", "cpu", (int)c, "line",
			                         (json_int_t)s->program[c].v[i].line, "call",
			                         s->program[c].v[i].text, "result",
			                         called_print(&e->called[n++], buf, sizeof(buf))));
	for (u32 i = 0; i < e->n_steps; i++)
		json_array_append_new(steps, json_integer(e->step[i]));
	json_object_set_new(o, "end", json_string(end_name(e->end)));
	json_object_set_new(o, "executions", json_u64(e->count));
	json_object_set_new(o, "violations", json_u64(e->violations));
	json_object_set_new(o, "serial",
	                    e->serial == OUTCOME_NOT_COMPARED
	                            ? json_null()
	                            : json_boolean(e->serial == OUTCOME_SERIAL));
	json_object_set_new(o, "contents", json_hex(e->contents));
	json_object_set_new(o, "says", e->says ? json_string(e->says) : json_null());
	json_object_set_new(o, "calls", calls);
	json_object_set_new(o, "schedule", steps);
	return o;
}

/* What was found, for explore --merge: names, and which were together in one execution. */
static json_t *found_state(const struct found *f)
{
	struct bytes b = { .n = 0 };
	char *hex;
	json_t *v;

	found_save(f, &b);
	hex = xcalloc(2 * b.n + 1, 1);
	for (size_t i = 0; i < b.n; i++)
		snprintf(hex + 2 * i, 3, "%02x", b.v[i]);
	v = json_string(hex);
	free(hex);
	bytes_free(&b);
	return v;
}

/* Which part of which search it is. */
static void part_json(json_t *o, const struct explore_said *s)
{
	json_object_set_new(o, "program", json_string(HYPSIM_VERSION));
	json_object_set_new(o, "search", json_hex(s->of));
	json_object_set_new(o, "shard", s->shards ? json_integer(s->shard) : json_null());
	json_object_set_new(o, "shards", s->shards ? json_integer(s->shards) : json_null());
	json_object_set_new(o, "jobs", json_integer(s->jobs));
	json_object_set_new(o, "resumed", json_boolean(s->resumed));
	json_object_set_new(o, "expected_classes",
	                    s->scope->has_classes ? json_u64(s->scope->classes) : json_null());
	if (s->shards)
		json_object_set_new(o, "found_state", found_state(s->found));
}

static json_t *drawn_json(const struct explore_drawn *d)
{
	json_t *o = json_object();

	json_object_set_new(o, "seed", json_u64(d->seed));
	json_object_set_new(o, "found", d->has_found ? json_u64(d->found) : json_null());
	json_object_set_new(o, "count", d->count ? json_bytes(d->count) : json_null());
	json_object_set_new(o, "counted", d->count ? json_u64(d->counted) : json_null());
	return o;
}

void explore_json(const struct explore_said *s)
{
	json_t *o = json_object(), *ends = json_object(), *endings = json_array(),
	       *found = json_object();
	const struct search_result *r = s->r;

	for (u32 i = 0; i < EXECUTION_BLOCKED; i++)
		json_object_set_new(ends, end_name((enum execution_end)i), json_u64(r->ends[i]));
	for (u32 i = 0; i < outcomes_count(s->endings); i++)
		json_array_append_new(endings, ending_json(s->scope, outcomes_get(s->endings, i)));
	for (u32 i = 0; i < found_count(s->found); i++)
		json_object_set_new(found, found_get(s->found, i)->name,
		                    json_u64(found_get(s->found, i)->executions));
	json_object_set_new(o, "scope", json_bytes(s->scope->name));
	json_object_set_new(o, "cpus", json_integer(s->scope->cpus));
	json_object_set_new(o, "strategy", json_string(search_name(s->o->kind)));
	json_object_set_new(o, "vehicle", json_string(vehicle_name(s->engine->vehicle)));
	json_object_set_new(o, "depend", json_string(depend_name(s)));
	json_object_set_new(o, "grain", json_string(scope_grain_name(s->engine->grain)));
	json_object_set_new(o, "judged", json_boolean(s->engine->judged));
	json_object_set_new(o, "checks",
	                    s->scope->checks.text[0] ? json_string(s->scope->checks.text)
	                                             : json_null());
	json_object_set_new(o, "executions", json_u64(r->executions));
	json_object_set_new(o, "classes", json_u64(r->classes));
	json_object_set_new(o, "redundant", json_u64(r->redundant));
	json_object_set_new(o, "blocked", json_u64(r->blocked));
	json_object_set_new(o, "beyond_rounds", json_u64(r->beyond));
	json_object_set_new(o, "complete", json_boolean(r->complete));
	if (r->bound > 0)
		json_object_set_new(o, "bound", json_real(r->bound));
	json_object_set_new(o, "exact", json_boolean(!r->forgot));
	json_object_set_new(o, "ends", ends);
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "expected",
	                    s->scope->verdict[0] ? json_string(s->scope->verdict) : json_null());
	json_object_set_new(o, "as_expected", json_boolean(s->as_expected));
	json_object_set_new(o, "why", json_string(s->why));
	json_object_set_new(o, "schedule", s->schedule ? json_string(s->schedule) : json_null());
	json_object_set_new(o, "shrunk", s->shrunk ? s->shrunk : json_null());
	json_object_set_new(o, "serial_orders", json_u64(s->serial_orders));
	json_object_set_new(o, "drawn", s->drawn ? drawn_json(s->drawn) : json_null());
	json_object_set_new(o, "outcomes", endings);
	json_object_set_new(o, "outcomes_left", json_u64(outcomes_left(s->endings)));
	part_json(o, s);
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(o);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/results.h"

#include "sim/base/vec.h"
#include "sim/log/event.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <string.h>

enum { STEPS_SHOWN = 60 };

json_t *results_suite(const char *name, const char *log, const char *again)
{
	return json_pack("{s:o, s:o, s:o, s:f, s:[]}", "name", json_bytes(name), "log",
	                 log ? json_bytes(log) : json_null(), "again", json_bytes(again), "seconds",
	                 0.0, "cases");
}

void results_seconds(json_t *suite, double seconds)
{
	json_object_set_new(suite, "seconds", json_real(seconds));
}

json_t *results_case(json_t *suite, const char *class, const char *name)
{
	json_t *test = json_pack("{s:s, s:o, s:[], s:[]}", "class", class, "name", json_bytes(name),
	                         "findings", "known");

	json_array_append_new(json_object_get(suite, "cases"), test);
	return test;
}

void results_skip(json_t *test, const char *why)
{
	json_object_set_new(test, "skipped", json_bytes(why));
}

void results_error(json_t *test, const char *why)
{
	json_object_set_new(test, "error", json_bytes(why));
}

void results_found(json_t *test, json_t *finding, bool known)
{
	json_array_append_new(json_object_get(test, known ? "known" : "findings"), finding);
}

void results_more(json_t *test, u64 more)
{
	if (more)
		json_object_set_new(test, "more", json_u64(more));
}

const char *results_string(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

bool results_fails(const json_t *test)
{
	return json_array_size(json_object_get(test, "findings")) > 0 ||
	       json_object_get(test, "more");
}

static FILE *memory(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		abort();
	return f;
}

static void print_place(FILE *f, const json_t *finding)
{
	const json_t *lock = json_object_get(finding, "lock"),
		     *cpu = json_object_get(finding, "cpu"),
		     *index = json_object_get(finding, "index");
	const char *sep = "", *event = results_string(finding, "event");
	const char *called = results_string(finding, "lock_name");
	char name[16];

	if (json_is_integer(lock)) {
		json_int_t lk = json_integer_value(lock);

		fprintf(f, "lock %d", (int)lk);
		if (called[0])
			fprintf(f, " (%s)", called);
		else if (lk < ID_END)
			fprintf(f, " (%s)", obj_name((lk_t)lk, name, sizeof(name)));
		sep = ", ";
	}
	if (json_is_integer(cpu)) {
		fprintf(f, "%sCPU %d", sep, (int)json_integer_value(cpu));
		sep = ", ";
	}
	if (json_is_integer(index))
		fprintf(f, "%s%s %lld of the log%s%s", sep, event[0] ? "event" : "after event",
		        (long long)json_integer_value(index), event[0] ? ": " : "", event);
}

char *results_place(const json_t *finding)
{
	char *text;
	size_t size;
	FILE *f = memory(&text, &size);

	print_place(f, finding);
	fclose(f);
	return text;
}

/* "file:12 (function)" */
static void print_file(FILE *f, const json_t *at)
{
	const char *file = results_string(at, "file"), *function = results_string(at, "function");

	if (!file[0])
		return;
	fprintf(f, "%s:%d", file, (int)json_integer_value(json_object_get(at, "line")));
	if (function[0])
		fprintf(f, " (%s)", function);
}

static void print_steps(FILE *f, const json_t *steps)
{
	size_t i;
	json_t *step;

	if (json_array_size(steps))
		fprintf(f, "steps:\n");
	json_array_foreach(steps, i, step)
	{
		if (i == STEPS_SHOWN)
			break;
		fprintf(f, "  %zu  %s  %s  ", i, results_string(step, "what"),
		        results_string(step, "call"));
		print_file(f, step);
		fputc('\n', f);
	}
	if (json_array_size(steps) > STEPS_SHOWN)
		fprintf(f, "  and %zu more\n", json_array_size(steps) - STEPS_SHOWN);
}

char *results_text(const json_t *finding)
{
	const char *row = results_string(finding, "row"), *state = results_string(finding, "state"),
		   *again = results_string(finding, "again");
	char *text, *place = results_place(finding);
	size_t size;
	FILE *f = memory(&text, &size);

	fprintf(f, "%s: %s\n", row, results_string(finding, "sentence"));
	if (state[0])
		fprintf(f, "%s\n", state);
	if (place[0])
		fprintf(f, "%s\n", place);
	if (results_string(finding, "file")[0]) {
		print_file(f, finding);
		fputc('\n', f);
	}
	print_steps(f, json_object_get(finding, "steps"));
	if (again[0])
		fprintf(f, "to see it again: %s\n", again);
	fclose(f);
	free(place);
	return text;
}

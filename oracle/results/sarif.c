// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/sarif.h"

#include "oracle/results/results.h"
#include "oracle/results/sarif_rules.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct sarif - the parts of the run that grow with each case
 * @suite: whose case is at work
 */
struct sarif {
	json_t *rules, *results, *artifacts, *notes;
	const json_t *suite;
};

char *sarif_uri(const char *path)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	if (path[0] == '/')
		fputs("file://", f);
	for (; *path; path++)
		if (strchr(plain, *path))
			fputc(*path, f);
		else
			fprintf(f, "%%%02X", (unsigned char)*path);
	fclose(f);
	return text;
}

static json_t *text_json(const char *text)
{
	return json_pack("{s:o}", "text", json_bytes(text));
}

static json_t *artifact(const char *path)
{
	char *uri = sarif_uri(path);
	json_t *o = json_pack("{s:s}", "uri", uri);

	free(uri);
	return o;
}

/* A place in a text; of a log that is none, the whole file. */
static json_t *location(const json_t *at, const char *log)
{
	const char *file = results_string(at, "file"), *function = results_string(at, "function");
	json_int_t line = json_integer_value(json_object_get(at, "line"));
	json_t *o = json_object(), *physical;

	if (file[0] || log[0]) {
		physical = json_pack("{s:o}", "artifactLocation", artifact(file[0] ? file : log));
		if (file[0] && line > 0)
			json_object_set_new(physical, "region",
			                    json_pack("{s:I}", "startLine", line));
		json_object_set_new(o, "physicalLocation", physical);
	}
	if (function[0])
		json_object_set_new(
			o, "logicalLocations",
			json_pack("[{s:s, s:s}]", "name", function, "kind", "function"));
	return o;
}

static json_t *step_json(const json_t *step, size_t order)
{
	json_t *at = location(step, "");
	char *text;

	if (asprintf(&text, "%s  %s", results_string(step, "what"), results_string(step, "call")) <
	    0)
		abort();
	json_object_set_new(at, "message", text_json(text));
	free(text);
	return json_pack("{s:o, s:I}", "location", at, "executionOrder", (json_int_t)order + 1);
}

/* The steps of a schedule: a thread a CPU, with the order of all. */
static json_t *flow(const json_t *steps)
{
	json_t *threads = json_array(), *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		char id[32];
		size_t k = 0;
		json_t *thread;

		snprintf(id, sizeof(id), "CPU %d",
		         (int)json_integer_value(json_object_get(step, "cpu")));
		while (k < json_array_size(threads) &&
		       strcmp(results_string(json_array_get(threads, k), "id"), id) != 0)
			k++;
		if (k == json_array_size(threads))
			json_array_append_new(threads,
			                      json_pack("{s:s, s:[]}", "id", id, "locations"));
		thread = json_array_get(threads, k);
		json_array_append_new(json_object_get(thread, "locations"), step_json(step, i));
	}
	return json_pack("[{s:o}]", "threadFlows", threads);
}

/* Where in the log, and what else --json has of it. */
static json_t *properties(const struct sarif *s, const json_t *finding)
{
	static const char *const same[] = { "row",     "lock",    "cpu",   "at",
		                            "index",   "event",   "state", "facts",
		                            "clauses", "erratum", "again" };
	json_t *o = json_pack("{s:O}", "suite", json_object_get(s->suite, "name"));

	for (u32 i = 0; i < ARRAY_SIZE(same); i++) {
		json_t *v = json_object_get(finding, same[i]);

		if (v && !json_is_null(v))
			json_object_set(o, same[i], v);
	}
	return o;
}

/* What stays the same when a log is written again: the row, the lock, and the place in a text. */
static char *fingerprint(const struct sarif *s, const json_t *finding)
{
	const json_t *lock = json_object_get(finding, "lock");
	char *text;

	if (asprintf(&text, "%s/%s/%d/%s:%s", results_string(s->suite, "name"),
	             results_string(finding, "row"),
	             json_is_integer(lock) ? (int)json_integer_value(lock) : -1,
	             results_string(finding, "file"), results_string(finding, "function")) < 0)
		abort();
	return text;
}

static void add_result(struct sarif *s, const json_t *finding, bool known)
{
	const json_t *steps = json_object_get(finding, "steps");
	const char *rule = results_string(finding, "check");
	char *text = results_text(finding), *print = fingerprint(s, finding), *why;
	json_t *at = location(finding, results_string(s->suite, "log"));
	json_t *o =
		json_pack("{s:s, s:I, s:s, s:o, s:[], s:{s:o}, s:o}", "ruleId", rule, "ruleIndex",
	                  (json_int_t)sarif_rule(s->rules, rule), "level", known ? "note" : "error",
	                  "message", text_json(text), "locations", "partialFingerprints",
	                  "hypsim/v1", json_bytes(print), "properties", properties(s, finding));

	if (json_object_size(at))
		json_array_append(json_object_get(o, "locations"), at);
	json_decref(at);
	if (json_array_size(steps))
		json_object_set_new(o, "codeFlows", flow(steps));
	if (known && asprintf(&why, "known: erratum %s", results_string(finding, "erratum")) >= 0) {
		json_object_set_new(
			o, "suppressions",
			json_pack("[{s:s, s:s}]", "kind", "external", "justification", why));
		free(why);
	}
	json_array_append_new(s->results, o);
	free(text);
	free(print);
}

static void note(struct sarif *s, const char *level, const json_t *test, const char *words,
                 const char *text)
{
	char *all;

	if (asprintf(&all, "%s: %s: %s%s", results_string(s->suite, "name"),
	             results_string(test, "name"), words, text) < 0)
		abort();
	json_array_append_new(s->notes,
	                      json_pack("{s:s, s:o}", "level", level, "message", text_json(all)));
	free(all);
}

static void add_case(struct sarif *s, const json_t *test)
{
	char count[32];
	size_t i;
	json_t *finding;
	u64 more;

	sarif_rule_of_case(s->rules, results_string(test, "name"));
	json_array_foreach(json_object_get(test, "findings"), i, finding)
		add_result(s, finding, false);
	json_array_foreach(json_object_get(test, "known"), i, finding) add_result(s, finding, true);
	if (json_object_get(test, "error"))
		note(s, "error", test, "", results_string(test, "error"));
	if (json_object_get(test, "skipped"))
		note(s, "note", test, "not judged: ", results_string(test, "skipped"));
	if (json_u64_of(json_object_get(test, "more"), &more)) {
		snprintf(count, sizeof(count), "%llu", (unsigned long long)more);
		note(s, "warning", test, "findings that are counted and not kept: ", count);
	}
}

static void add_suite(struct sarif *s, const json_t *suite)
{
	const char *log = results_string(suite, "log");
	size_t i;
	json_t *test;

	s->suite = suite;
	if (log[0])
		json_array_append_new(s->artifacts,
		                      json_pack("{s:o, s:[s]}", "location", artifact(log), "roles",
		                                "analysisTarget"));
	json_array_foreach(json_object_get(suite, "cases"), i, test) add_case(s, test);
}

json_t *sarif_json(const char *line, int status, const json_t *suites)
{
	struct sarif s = { .rules = json_array(),
		           .results = json_array(),
		           .artifacts = json_array(),
		           .notes = json_array() };
	json_t *driver, *invocation;
	size_t i;
	json_t *suite;

	json_array_foreach(suites, i, suite) add_suite(&s, suite);
	driver = json_pack("{s:s, s:s, s:o}", "name", "hypsim", "semanticVersion", HYPSIM_VERSION,
	                   "rules", s.rules);
	invocation = json_pack("{s:o, s:b, s:i, s:o}", "commandLine", json_bytes(line),
	                       "executionSuccessful", status < 2, "exitCode", status,
	                       "toolExecutionNotifications", s.notes);
	return json_pack("{s:s, s:s, s:[{s:{s:o}, s:[o], s:o, s:o, s:s}]}", "$schema",
	                 "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
	                 "runs", "tool", "driver", driver, "invocations", invocation, "artifacts",
	                 s.artifacts, "results", s.results, "columnKind", "utf16CodeUnits");
}

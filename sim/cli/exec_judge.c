// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/exec_judge.h"

#include "oracle/report/judged.h"
#include "oracle/report/known.h"
#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "oracle/report/verdicts.h"
#include "oracle/results/results.h"
#include "sim/base/interrupt.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MEMORY_BYTES = 64 << 20 };

static int begun(void *arg, const struct exec_part *part, struct err *e)
{
	struct exec_judge *j = arg;

	return j->judges ? run_check_start(&j->check, part->log, CHECK_AFTER, j->how, false,
	                                   MEMORY_BYTES, e)
	                 : 0;
}

static void full(void *arg, const struct exec_part *part)
{
	struct exec_judge *j = arg;

	if (j->check)
		run_check_consume(j->check, part->log);
}

static const char *plural(u64 n)
{
	return n == 1 ? "" : "s";
}

static void print_part(const struct exec_part *part)
{
	printf("\nlog: %llu call%s", (unsigned long long)part->calls, plural(part->calls));
	if (part->episodes != 1)
		printf(" of %llu machines", (unsigned long long)part->episodes);
	printf(" in %s\n", part->path[0] ? part->path : "memory");
}

static struct page_how page_how(const struct exec_judge *j, const struct exec_part *part)
{
	return (struct page_how){ .color = isatty(STDOUT_FILENO),
		                  .log = part && part->path[0] ? part->path : NULL,
		                  .strict = j && j->how.strict };
}

static void print_verdict(const struct checker *k, const struct exec_part *part, bool whole)
{
	u64 n = checker_n_findings(k);
	char known[256] = "";

	page_findings(stdout, k, part->config, page_how(NULL, NULL));
	page_known(stdout, k, part->config);
	printf("verdict: %s%s\n",
	       n       ? "VIOLATION"
	       : whole ? part->calls ? "nothing found" : "nothing to judge"
	               : "not judged to the end",
	       known_words(k, known, sizeof(known)));
	verdicts_not_judged(stdout, k, part->config);
}

static void print_json(const struct checker *k, const struct exec_part *part, bool whole)
{
	json_t *o = k ? report_json(k, part->config) : json_object();

	if (!k || (!whole && checker_n_findings(k) == 0))
		json_object_set_new(o, "verdict", json_string("not judged"));
	json_object_set_new(o, "log", part->path[0] ? json_string(part->path) : json_null());
	json_object_set_new(o, "calls", json_integer((json_int_t)part->calls));
	json_object_set_new(o, "episodes", json_integer((json_int_t)part->episodes));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(o);
}

/* Judge a part that is closed, or what there is of one that has failed. */
static int judge(struct exec_judge *j, const struct exec_part *part, struct err *e)
{
	if (part->failed)
		return run_check_end_failed(j->check, part->log, interrupts_count(), e);
	return run_check_end(j->check, part->log, part->m, interrupts_count(), e);
}

/* The part's log as a suite of its own. */
static void add_results(struct exec_judge *j, const struct exec_part *part, const struct checker *k,
                        const char *failed)
{
	char name[4200];
	json_t *suite, *test;

	if (!j->calls)
		return;
	snprintf(name, sizeof(name), "%s, log %u", j->script, part->number);
	suite = results_suite(name, part->path[0] ? part->path : NULL, j->results.line);
	test = results_case(suite, "log", "read");
	if (failed)
		results_error(test, failed);
	if (k)
		judged_cases(suite, k, part->config, page_how(j, part), j->results.line);
	json_array_append_new(j->results.suites, suite);
}

static int ended(void *arg, const struct exec_part *part, struct err *e)
{
	struct exec_judge *j = arg;
	const struct checker *k = NULL;
	int rc = 0;

	if (j->check) {
		rc = judge(j, part, e);
		k = run_check_checker(j->check);
		j->findings += checker_n_findings(k);
	}
	add_results(j, part, k, rc < 0 ? e->msg : NULL);
	if (j->json) {
		print_json(k, part, rc == 0);
	} else {
		if (part->path[0] || k)
			print_part(part);
		if (k)
			print_verdict(k, part, rc == 0);
	}
	run_check_free(j->check);
	j->check = NULL;
	return rc < 0 ? rc : 0;
}

static void gap(void *arg, const struct exec_gap *g)
{
	struct exec_judge *j = arg;

	if (j->calls)
		results_skip(results_case(json_array_get(j->results.suites, 0), "log",
		                          "calls that the log does not have"),
		             g->why);
	if (j->json)
		printf("{\"not_in_log\":{\"line\":%llu,\"calls\":%llu,\"why\":\"%s\"}}\n",
		       (unsigned long long)g->line, (unsigned long long)g->calls, g->why);
	else
		printf("not in the log: from line %llu on %llu call%s: %s\n",
		       (unsigned long long)g->line, (unsigned long long)g->calls, plural(g->calls),
		       g->why);
}

void exec_judge_begin(struct exec_judge *j)
{
	j->record.memory_bytes = MEMORY_BYTES;
	j->record.begun = begun;
	j->record.full = full;
	j->record.ended = ended;
	j->record.gap = gap;
	j->record.arg = j;
}

static void failed(void *arg, const char *file, u64 line, const char *expected, const char *got)
{
	struct exec_judge *j = arg;
	char state[400];
	json_t *o;

	snprintf(state, sizeof(state), "expected %s, got %s", expected, got);
	o = json_pack("{s:s, s:s, s:s, s:o, s:s}", "check", "expect", "row", "expect", "sentence",
	              "a call does not come to what the script expects of it", "state",
	              json_bytes(state), "again", j->results.line);
	if (strcmp(j->script, "-") != 0)
		json_object_set_new(o, "file", json_bytes(file));
	json_object_set_new(o, "line", json_u64(line));
	results_found(j->calls, o, false);
}

void exec_judge_results(struct exec_judge *j, struct exec_opts *o)
{
	json_t *suite = results_suite(j->script, NULL, j->results.line);

	j->calls = results_case(suite, "script", "expect");
	json_array_append_new(j->results.suites, suite);
	o->failed = failed;
	o->failed_arg = j;
}

void exec_judge_free(struct exec_judge *j)
{
	run_check_free(j->check);
}

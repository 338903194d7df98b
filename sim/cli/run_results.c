// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/run_results.h"

#include "oracle/report/judged.h"
#include "oracle/results/results.h"
#include "sim/machine/stuck_text.h"

#include <stdio.h>
#include <unistd.h>

struct page_how run_page_how(const struct run_setup *r)
{
	return (struct page_how){ .color = isatty(STDOUT_FILENO),
		                  .all = r->how.all,
		                  .log = r->log_path,
		                  .strict = r->how.strict };
}

static json_t *own_finding(enum check_row row, u32 cpu, const char *state)
{
	return json_pack("{s:s,s:s,s:n,s:o,s:s,s:s}", "check", check_name(check_row_check(row)),
	                 "row", check_row_name(row), "lock", "cpu",
	                 cpu == FINDING_NO_CPU ? json_null() : json_integer(cpu), "sentence",
	                 check_row_sentence(row), "state", state);
}

json_t *run_own_findings(const struct run_setup *r)
{
	json_t *all = json_array();
	char call[256];

	if (r->result.end == RUN_STUCK)
		json_array_append_new(all,
		                      own_finding(ROW_STUCK_CALL, r->result.cpu,
		                                  stuck_call(&r->machine->cpu[r->result.cpu].stuck,
		                                             call, sizeof(call))));
	if (r->result.end == RUN_DEADLOCK)
		json_array_append_new(
			all, own_finding(ROW_OUTCOME_DEADLOCK, FINDING_NO_CPU, r->result.text));
	if (r->result.end == RUN_STALL)
		json_array_append_new(
			all, own_finding(ROW_OUTCOME_STALL, FINDING_NO_CPU, r->result.text));
	if (r->verified && !r->verify_ok)
		json_array_append_new(
			all, own_finding(ROW_OUTCOME_SURPRISE, FINDING_NO_CPU, r->differs.text));
	return all;
}

/* Why not all that the run did was judged; NULL: all was. */
static const char *in_part(const struct run_setup *r, char *buf, size_t size)
{
	if (r->log_error.code != ERR_NONE)
		return r->log_error.msg;
	if (r->judge_error.code != ERR_NONE)
		return r->judge_error.msg;
	if (r->judged_in_part) {
		snprintf(buf, size, "interrupted: the log was judged up to event %llu",
		         (unsigned long long)checker_n_events(run_check_checker(r->checking)));
		return buf;
	}
	return r->result.end == RUN_INTERRUPTED ? "interrupted" : NULL;
}

/* The run itself, of which the judge may know more. */
static void run_case(const struct run_setup *r, json_t *suite, const char *again, bool own)
{
	json_t *test = results_case(suite, "run", "run"), *found, *findings;
	char buf[96];
	const char *why = in_part(r, buf, sizeof(buf));
	size_t i;

	if (why)
		results_error(test, why);
	if (!own)
		return;
	findings = run_own_findings(r);
	json_array_foreach(findings, i, found)
	{
		json_object_set_new(found, "again", json_string(again));
		results_found(test, json_incref(found), false);
	}
	json_decref(findings);
}

void run_results(struct run_setup *r, bool violation)
{
	const struct checker *k = r->checking ? run_check_checker(r->checking) : NULL;
	char again[RUN_COMMAND];
	json_t *suite = results_suite(r->scenario->name, r->log_path,
	                              run_setup_command(r, again, sizeof(again)));

	results_seconds(suite, (double)(r->result.elapsed_ns + r->check_ns) / 1e9);
	run_case(r, suite, again, violation && (!k || checker_n_findings(k) == 0));
	if (k)
		judged_cases(suite, k, &r->config, run_page_how(r), again);
	else
		results_skip(results_case(suite, "log", "checks"), "--check off");
	json_array_append_new(r->results.suites, suite);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/check_logs.h"

#include "oracle/check/check.h"
#include "oracle/report/check_options.h"
#include "oracle/report/coverage.h"
#include "oracle/report/cut.h"
#include "oracle/report/feed.h"
#include "oracle/report/jobs.h"
#include "oracle/report/judged.h"
#include "oracle/report/known.h"
#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "oracle/report/require.h"
#include "oracle/report/verdicts.h"
#include "oracle/results/results.h"
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/log/text/skipped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FOLLOW_MS = 20 };

/**
 * struct outcome - of one log
 * @status: what its source knows of it
 * @err:    why reading ended before the log's end; ERR_NONE: it did not
 * @coverage: NULL: it was not asked for, or the log is not one of the hypervisor; free()
 */
struct outcome {
	struct log_status status;
	struct err err;
	struct coverage *coverage;
};

static struct overlap *overlap_of(const struct outcome *r)
{
	return r->coverage ? coverage_overlap(r->coverage) : NULL;
}

/*
 * Judge the log as it grows, until it is whole.  What is found then is told as the log tells it from its beginning: the order
 * of events of different locks is another one.  Errors: as feed_both().
 */
static int follow(const struct options *o, const char *path, struct log_source *s,
                  struct checker *c, struct outcome *r)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_MS * 1000000 };
	bool more = true, told = false;
	struct log_status status;

	do {
		int rc = feed_both(s, c, overlap_of(r), NULL, &r->err);

		if (rc < 0 || !more)
			return rc;
		log_source_status(s, &status);
		if (!told && (status.finding || checker_n_findings(c))) {
			told = true;
			fprintf(o->err, "%s: %s: a violation; it is told when the run has ended\n",
			        o->name, path);
		}
		more = log_poll(s);
		if (more)
			nanosleep(&pause, NULL);
	} while (true);
}

/* Is the one log judged on two threads? */
static bool in_halves(const struct options *o)
{
	return o->jobs > 1 && o->n_logs == 1;
}

static void run(const struct options *o, const char *path, struct log_source *s, struct checker *c,
                struct outcome *r, bool as_it_grows)
{
	int rc = as_it_grows    ? follow(o, path, s, c, r)
	         : in_halves(o) ? o->crew->feed_halves(s, c, overlap_of(r), &r->err)
	                        : feed_both(s, c, overlap_of(r), NULL, &r->err);

	feed_merge_verdict(s, c, rc == 0, &r->status);
	/* A stream that ended in order has a mark that says so: leaks are judged there. */
	checker_end(c, false);
	if (r->coverage)
		coverage_add(r->coverage, c);
}

/* Do all CPUs of the log say that their streams ended in order? */
static bool closed_in_order(const struct checker *c, const struct outcome *r)
{
	return r->err.code == ERR_NONE && !r->status.cut && checker_n_closed(c) > 0 &&
	       checker_n_closed(c) >= checker_n_cpus(c);
}

/* What could not be read was not judged: no finding is no "ok" then. */
static const char *verdict(const struct checker *c, const struct outcome *r)
{
	if (checker_n_findings(c) > 0)
		return "VIOLATION";
	return r->err.code != ERR_NONE ? "not judged to the end" : "ok";
}

/* Is the log judged by the sides of errata that it says, and not by others that were asked for? */
static bool by_its_own_errata(const struct options *o)
{
	static const struct errata none;

	return !o->chosen.has_all && memcmp(&o->chosen.named, &none, sizeof(none)) == 0;
}

static struct page_how page_how(const struct options *o, const char *path)
{
	return (struct page_how){ .color = o->color,
		                  .all = o->how.all,
		                  .log = by_its_own_errata(o) ? path : NULL,
		                  .strict = o->how.strict };
}

static void print_text(const struct options *o, const char *path, const struct log_config *config,
                       const struct checker *c, const struct outcome *r)
{
	u64 n = checker_n_findings(c);
	FILE *out = o->out;
	char known[256];

	if (o->quiet && n == 0)
		return;
	fprintf(out, "%s: %llu events%s%s: %s%s%s\n", path, (unsigned long long)checker_n_events(c),
	        r->status.growing ? ", still being written"
	        : r->status.cut   ? ", cut"
	                          : "",
	        r->err.code == ERR_INTERRUPT ? ", interrupted"
	        : r->err.code != ERR_NONE    ? ", then unreadable"
	                                     : "",
	        verdict(c, r), known_words(c, known, sizeof(known)),
	        n || r->err.code != ERR_NONE ? "" : verdicts_hollow(c));
	fprintf(out, "  ");
	verdicts_not_judged(out, c, config);
	cut_print(out, &r->status);
	skipped_print(out, "  ", config, &r->status);
	verdicts_table(out, c, o->color);
	page_findings(out, c, config, page_how(o, path));
	page_known(out, c, config);
	if (r->coverage)
		coverage_print(out, r->coverage, false);
	else if (o->coverage)
		fprintf(out, "  the log is none of the hypervisor: there is no coverage of it\n");
}

static void print_json(FILE *out, const char *path, const struct log_config *config,
                       const struct checker *c, const struct outcome *r)
{
	json_t *j = report_json(c, config);

	json_object_set_new(j, "log", json_string(path));
	json_object_set_new(j, "cut", json_boolean(r->status.cut));
	json_object_set_new(j, "interrupted", json_boolean(r->err.code == ERR_INTERRUPT));
	json_object_set_new(j, "still_being_written", json_boolean(r->status.growing));
	json_object_set_new(j, "behind_cut", json_integer((json_int_t)r->status.behind));
	json_object_set_new(j, "holes", json_integer(r->status.holes));
	json_object_set_new(j, "skipped", skipped_json(config, &r->status));
	if (r->coverage)
		json_object_set_new(j, "coverage", coverage_json(r->coverage, false));
	if (r->err.code != ERR_NONE) {
		if (checker_n_findings(c) == 0)
			json_object_set_new(j, "verdict", json_string("not judged"));
		json_object_set_new(j, "error", json_string(r->err.msg));
	}
	json_dumpf(j, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(j);
}

/* The log does not say what check @id needs, which is asked for by its name or in a group; and says so. */
static bool lacks(const struct options *o, const char *path, const struct checker *c,
                  enum check_id id, const char *asked)
{
	struct check_verdict v;

	checker_verdict(c, id, &v);
	if (v.lacks && asked)
		fprintf(o->err, "%s: %s: --only %s: not judged, %s\n", o->name, path, asked,
		        v.worst);
	return v.lacks;
}

/* Does the log say nothing of what a name in --only needs?  Of a group: nothing of what any of its checks needs. */
static bool only_lacks(const struct options *o, const char *path, const struct checker *c)
{
	bool any = false;

	for (u32 id = 0; id < CHK_NR; id++)
		if (check_set_has(&o->only, id) && checker_has(c, id))
			any |= lacks(o, path, c, id, check_name(id));
	for (u32 g = 0; g < GROUP_NR; g++) {
		enum check_id last = CHK_NR;
		bool all = o->only_groups >> g & 1;

		for (u32 id = 0; id < CHK_NR; id++) {
			if (!all || check_group(id) != g || !checker_has(c, id))
				continue;
			all = lacks(o, path, c, id, NULL);
			last = id;
		}
		if (all && last != CHK_NR)
			any |= lacks(o, path, c, last, check_group_name(g));
	}
	return any;
}

/* Open the log and judge it.  < 0: it cannot be opened. */
static int judge(const struct options *o, const char *path, bool as_it_grows,
                 struct log_config *config, struct log_source **s, struct checker **c,
                 struct outcome *r)
{
	struct check_how how = o->how;
	int rc;

	*r = (struct outcome){ 0 };
	rc = as_it_grows ? log_open_follow(path, s, &r->err) : log_open(path, s, &r->err);
	if (rc < 0)
		return rc;
	*config = *(*s)->config;
	errata_apply_all(&config->errata, &o->chosen);
	errata_apply_named(&config->errata, &o->chosen);
	*c = in_halves(o) ? checker_new_halves(config, o->checks) : checker_new(config, o->checks);
	how.pinned = errata_chosen(&o->chosen);
	how.coverage = (o->coverage || o->json) && config->fixed.region_cnt > 0;
	checker_how(*c, how);
	if (how.coverage) {
		r->coverage = coverage_new();
		coverage_log(r->coverage, &config->errata);
	}
	run(o, path, *s, *c, r, as_it_grows);
	return 0;
}

/* For who reads results by machine: the log's suite, of which reading it is a case of its own. */
static void add_results(const struct options *o, json_t *suite, const char *path,
                        const struct log_config *config, const struct checker *c,
                        const struct err *e)
{
	json_t *read;

	if (!results_wanted(&o->results))
		return;
	read = results_case(suite, "log", "read");
	if (e->code != ERR_NONE)
		results_error(read, e->msg);
	if (c)
		judged_cases(suite, c, config, page_how(o, path), o->results.line);
}

static int check_one(const struct options *o, u32 i)
{
	json_t *suite = json_array_get(o->results.suites, i);
	const char *path = o->log[i];
	u64 start = clock_ns();
	struct log_config config;
	struct log_source *s;
	struct checker *c;
	struct outcome r;
	char told[160];
	int status, rc;

	rc = judge(o, path, o->follow, &config, &s, &c, &r);
	if (rc == 0 && o->follow && checker_n_findings(c) && !interrupted()) {
		checker_free(c);
		coverage_free(r.coverage);
		s->close(s);
		rc = judge(o, path, false, &config, &s, &c, &r);
	}
	if (rc < 0) {
		add_results(o, suite, path, NULL, NULL, &r.err);
		fprintf(o->err, "%s: %s\n", o->name, r.err.msg);
		return err_status(r.err.code);
	}
	if (o->require.any)
		require_judge(&o->require, c, closed_in_order(c, &r));
	if (o->json)
		print_json(o->out, path, &config, c, &r);
	else
		print_text(o, path, &config, c, &r);
	add_results(o, suite, path, &config, c, &r.err);
	results_seconds(suite, (double)(clock_ns() - start) / 1e9);
	status = checker_n_findings(c) ? STATUS_VIOLATION : STATUS_OK;
	if (log_times_back(s, told, sizeof(told))) {
		fflush(o->out);
		fprintf(o->err, "%s: %s: %s\n", o->name, path, told);
	}
	if (only_lacks(o, path, c) && status == STATUS_OK)
		status = STATUS_INPUT;
	if (r.err.code != ERR_NONE) {
		fflush(o->out);
		fprintf(o->err, "%s: %s\n", o->name, r.err.msg);
		if (status == STATUS_OK)
			status = err_status(r.err.code);
	}
	checker_free(c);
	coverage_free(r.coverage);
	s->close(s);
	return status;
}

/* One of several logs that are judged at once. */
static int check_job(const void *arg, u32 i, FILE *out, FILE *err)
{
	struct options o = *(const struct options *)arg;

	o.out = out;
	o.err = err;
	return check_one(&o, i);
}

static int check_at_once(const struct options *o)
{
	int *each = xcalloc(o->n_logs, sizeof(*each)), status = STATUS_OK;

	jobs_run(o->crew, o->jobs, o->n_logs, check_job, o, each);
	for (u32 i = 0; i < o->n_logs; i++)
		status = status_worse(status, each[i]);
	free(each);
	return status;
}

static int check_in_turn(const struct options *o)
{
	int status = STATUS_OK;

	for (u32 i = 0; i < o->n_logs && !interrupted(); i++)
		status = status_worse(status, check_one(o, i));
	return status;
}

/* A suite each log, whoever of the jobs comes to it. */
static int begin_results(struct options *o)
{
	struct err e;

	if (results_out_begin(&o->results, (const char *const *)o->log, o->n_logs, &e) < 0) {
		fprintf(stderr, "%s: %s\n", o->name, e.msg);
		return err_status(e.code);
	}
	for (u32 i = 0; i < o->n_logs; i++)
		json_array_append_new(o->results.suites,
		                      results_suite(o->log[i],
		                                    strcmp(o->log[i], "-") == 0 ? NULL : o->log[i],
		                                    o->results.line));
	return STATUS_OK;
}

/* Logs that nobody has come to. */
static void skip_others(const struct options *o)
{
	for (u32 i = 0; i < o->n_logs; i++) {
		json_t *suite = json_array_get(o->results.suites, i);

		if (json_array_size(json_object_get(suite, "cases")) == 0)
			results_skip(results_case(suite, "log", "read"),
			             "a signal came before it was read");
	}
}

int check_logs(int argc, char **argv, const struct check_crew *crew)
{
	struct options o = { .name = argv[0],
		             .checks = check_set_all(),
		             .crew = crew,
		             .jobs = 1,
		             .out = stdout,
		             .err = stderr };
	int status;

	o.color = isatty(STDOUT_FILENO);
	if (check_options_read(&o, argc, argv) < 0)
		return STATUS_INPUT;
	status = begin_results(&o);
	if (status != STATUS_OK)
		return results_out_end(&o.results, o.name, status);
	interrupts_catch(INTERRUPT_STEPS);
	status = o.jobs > 1 && o.n_logs > 1 ? check_at_once(&o) : check_in_turn(&o);
	skip_others(&o);
	return results_out_end(&o.results, o.name, interrupt_status(status));
}

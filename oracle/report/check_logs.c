// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/check_logs.h"

#include "oracle/check/check.h"
#include "oracle/report/coverage.h"
#include "oracle/report/cut.h"
#include "oracle/report/explain.h"
#include "oracle/report/feed.h"
#include "oracle/report/jobs.h"
#include "oracle/report/known.h"
#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "oracle/report/require.h"
#include "oracle/report/verdicts.h"
#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/base/vec.h"
#include "sim/log/text/skipped.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_OK = 0, STATUS_VIOLATION = 1, STATUS_INPUT = 2, STATUS_HOST = 3 };
enum {
	OPT_ONLY = 'o',
	OPT_JSON = 'j',
	OPT_QUIET = 'q',
	OPT_FOLLOW = 'f',
	OPT_REQUIRE = 'r',
	OPT_COLOR = 256,
	OPT_ERRATA,
	OPT_ERRATUM,
	OPT_STRICT,
	OPT_FULL,
	OPT_COVERAGE,
	OPT_JOBS,
	OPT_ALL,
	OPT_EXPLAIN
};
enum { FOLLOW_MS = 20, MAX_JOBS = 64 };

/**
 * struct options
 * @checks: all that are asked for
 * @only, @only_groups: what --only names: checks, and groups (bits)
 * @crew: who has threads, or NULL; @jobs: how many may work
 * @out, @err: where it is told
 */
struct options {
	const char *name;
	struct check_set checks, only;
	u32 only_groups;
	struct require require;
	bool json, quiet, color, follow, coverage;
	struct check_how how;
	struct errata_choice chosen;
	char **log;
	u32 n_logs;
	const struct check_crew *crew;
	u32 jobs;
	FILE *out, *err;
};

static const struct argp_option option_rows[] = {
	{ "only", OPT_ONLY, "CHECK,...", 0,
	  "only these checks or groups of checks (see 'hypsim list checks')", 0 },
	{ "require", OPT_REQUIRE, "WHAT,...", 0,
	  "a violation if the log is not closed, has not events=N, contended=N (tickets taken "
	  "while another one of "
	  "the lock was out), or the check of evaluated=CHECK had nothing to judge",
	  0 },
	{ "follow", OPT_FOLLOW, NULL, 0,
	  "judge a log file on as it grows, until the run that writes it closes it or is gone", 0 },
	{ "jobs", OPT_JOBS, "N", 0,
	  "judge N logs at once, each on a thread of its own, and tell of them in their order; of "
	  "one log judge the checks of locks and log on one thread and the others on a second "
	  "one (default 1)",
	  0 },
	{ "json", OPT_JSON, NULL, 0, "one JSON object a log", 0 },
	{ "quiet", OPT_QUIET, NULL, 0, "print violations only", 0 },
	{ "errata", OPT_ERRATA, "default|intended", 0,
	  "judge by this side of all slips of the published files, but for those that --erratum "
	  "names (default: as the log says)",
	  0 },
	{ "erratum", OPT_ERRATUM, "ID=published|intended", 0,
	  "judge by this side of one slip (hypsim list errata)", 0 },
	{ "strict", OPT_STRICT, NULL, 0,
	  "a known finding, of what a slip of the published files does, is a violation", 0 },
	{ "full", OPT_FULL, NULL, 0,
	  "evaluate all invariants in full after every 1000 sections, not only at the begin and "
	  "the end of an episode",
	  0 },
	{ "coverage", OPT_COVERAGE, NULL, 0,
	  "show what of the hypervisor the log has reached: operations, ways of their steps, sides "
	  "of errata, clauses, pairs that met ('hypsim coverage' adds logs up)",
	  0 },
	{ "all", OPT_ALL, NULL, 0,
	  "tell every finding that is kept in full (64 of a log), the known ones as well, not only "
	  "the first one",
	  0 },
	{ "explain", OPT_EXPLAIN, "NAME", 0,
	  "say what a check, one of its rows (as in 'first violation: ROW') or a group of checks "
	  "is about, and end",
	  0 },
	{ "color", OPT_COLOR, "WHEN", 0, "auto (default), always or never", 0 },
	{ 0 },
};

static void list_checks(FILE *f)
{
	for (u32 id = 0; id < CHK_NR; id++)
		fprintf(f, "%s%s", id ? ", " : "", check_name(id));
	fprintf(f, "; the groups are ");
	for (u32 g = 0; g < GROUP_NR; g++)
		fprintf(f, "%s%s", g ? ", " : "", check_group_name(g));
	fputc('\n', f);
}

/* "queue,order": checks and groups of checks */
static int parse_only(struct options *o, const char *names)
{
	struct nearest near;
	char hint[80];

	o->checks = o->only = (struct check_set){ 0 };
	o->only_groups = 0;
	for (const char *p = names;; p++) {
		size_t len = strcspn(p, ",");
		enum check_group group = check_group_by_name(p, len);
		enum check_id id = check_by_name(p, len);

		if (id == CHK_NR && group == GROUP_NR) {
			nearest_begin(&near, p, len);
			for (u32 i = 0; i < CHK_NR; i++)
				nearest_try(&near, check_name(i));
			fprintf(stderr, "%s: --only: there is no check '%.*s'%s; the checks are ",
			        o->name, (int)len, p, nearest_hint(&near, hint, sizeof(hint)));
			list_checks(stderr);
			return -1;
		}
		(void)check_set_named(&o->checks, p, len);
		if (id < CHK_NR)
			check_set_add(&o->only, id);
		else
			o->only_groups |= 1u << group;
		p += len;
		if (*p == '\0')
			return 0;
	}
}

static int parse_color(struct options *o, const char *when)
{
	if (strcmp(when, "always") == 0)
		o->color = true;
	else if (strcmp(when, "never") == 0)
		o->color = false;
	else if (strcmp(when, "auto") == 0)
		o->color = isatty(STDOUT_FILENO);
	else
		return -1;
	return 0;
}

static void add_errata(struct argp_state *state, struct options *o, int key, const char *arg)
{
	struct err e;
	int rc = key == OPT_ERRATA ? errata_choose_all(&o->chosen, arg, &e)
	                           : errata_choose(&o->chosen, arg, &e);

	if (rc < 0)
		argp_error(state, "%s", e.msg);
}

static void set_jobs(struct argp_state *state, struct options *o, const char *arg)
{
	u64 n;

	if (!number_parse(arg, strlen(arg), &n) || n < 1 || n > MAX_JOBS)
		argp_error(state, "--jobs is 1 to %d, not '%s'", MAX_JOBS, arg);
	o->jobs = (u32)n;
}

static void add_require(struct argp_state *state, struct options *o, const char *arg)
{
	struct err e;

	if (require_parse(&o->require, arg, &e) < 0)
		argp_error(state, "%s", e.msg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_ONLY:
		if (parse_only(o, arg) < 0)
			exit(STATUS_INPUT);
		return 0;
	case OPT_FOLLOW:
		o->follow = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_QUIET:
		o->quiet = true;
		return 0;
	case OPT_STRICT:
		o->how.strict = true;
		return 0;
	case OPT_FULL:
		o->how.full = true;
		return 0;
	case OPT_COVERAGE:
		o->coverage = true;
		return 0;
	case OPT_JOBS:
		set_jobs(state, o, arg);
		return 0;
	case OPT_ALL:
		o->how.all = true;
		return 0;
	case OPT_EXPLAIN:
		exit(explain(o->name, arg) ? STATUS_OK : STATUS_INPUT);
	case OPT_REQUIRE:
		add_require(state, o, arg);
		return 0;
	case OPT_ERRATA:
	case OPT_ERRATUM:
		add_errata(state, o, key, arg);
		return 0;
	case OPT_COLOR:
		if (parse_color(o, arg) < 0)
			argp_error(state, "--color is auto, always or never, not '%s'", arg);
		return 0;
	case ARGP_KEY_ARGS:
		o->log = state->argv + state->next;
		o->n_logs = (u32)(state->argc - state->next);
		if (o->follow && o->n_logs > 1)
			argp_error(state, "--follow is for one log");
		if (o->follow && o->jobs > 1)
			argp_error(state, "--follow judges on one thread, without --jobs");
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no log is given");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

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
	verdicts_not_judged(out, c);
	cut_print(out, &r->status);
	skipped_print(out, "  ", config, &r->status);
	verdicts_table(out, c, o->color);
	page_findings(out, c, config,
	              (struct page_how){ .color = o->color,
	                                 .all = o->how.all,
	                                 .log = by_its_own_errata(o) ? path : NULL,
	                                 .strict = o->how.strict });
	page_known(out, c);
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

static int check_one(const struct options *o, const char *path)
{
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
		fprintf(o->err, "%s: %s\n", o->name, r.err.msg);
		return err_status(r.err.code);
	}
	if (o->require.any)
		require_judge(&o->require, c, closed_in_order(c, &r));
	if (o->json)
		print_json(o->out, path, &config, c, &r);
	else
		print_text(o, path, &config, c, &r);
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
	return check_one(&o, o.log[i]);
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
		status = status_worse(status, check_one(o, o->log[i]));
	return status;
}

/* Without a crew there is no --jobs. */
static void offer(struct argp_option *out, const struct check_crew *crew)
{
	for (const struct argp_option *row = option_rows; row->name; row++)
		if (crew || row->key != OPT_JOBS)
			*out++ = *row;
	*out = (struct argp_option){ .name = NULL };
}

int check_logs(int argc, char **argv, const struct check_crew *crew)
{
	struct argp_option rows[ARRAY_SIZE(option_rows)];
	const struct argp argp = {
		rows,
		parse,
		"LOG...",
		"Judge recorded logs, binary or text ('-' is standard input), by all checks.\v"
		"Exit status: 0 nothing found, 1 a violation, 2 wrong usage or a log that cannot "
		"be read, 3 the host failed, 130 or 143 interrupted by SIGINT or SIGTERM before "
		"all was judged, and nothing found until then.",
		NULL,
		NULL,
		NULL
	};
	struct options o = { .name = argv[0],
		             .checks = check_set_all(),
		             .crew = crew,
		             .jobs = 1,
		             .out = stdout,
		             .err = stderr };
	int status;

	offer(rows, crew);
	o.color = isatty(STDOUT_FILENO);
	argp_err_exit_status = STATUS_INPUT;
	options_known(&argp, argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
		return STATUS_INPUT;
	interrupts_catch(INTERRUPT_STEPS);
	status = o.jobs > 1 && o.n_logs > 1 ? check_at_once(&o) : check_in_turn(&o);
	return interrupt_status(status);
}

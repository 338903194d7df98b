// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/check_options.h"

#include "oracle/report/explain.h"
#include "sim/base/check.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
enum { MAX_JOBS = 64 };

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
	RESULTS_ROWS,
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
		return results_parse(key, arg, state, &o->results);
	}
}

/* Without a crew there is no --jobs. */
static void offer(struct argp_option *out, const struct check_crew *crew)
{
	for (const struct argp_option *row = option_rows; row->name; row++)
		if (crew || row->key != OPT_JOBS)
			*out++ = *row;
	*out = (struct argp_option){ .name = NULL };
}

int check_options_read(struct options *o, int argc, char **argv)
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

	offer(rows, o->crew);
	argp_err_exit_status = STATUS_INPUT;
	options_known(&argp, argc, argv);
	results_out_line(&o->results, argc, argv);
	return argp_parse(&argp, argc, argv, 0, NULL, o) == 0 ? 0 : -1;
}

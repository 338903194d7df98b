// SPDX-License-Identifier: GPL-2.0-only
/* hypsim coverage: what logs of the hypervisor have reached, added up. */
#include "oracle/report/coverage.h"
#include "oracle/report/feed.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_JSON = 256, KEY_MISSING, KEY_REQUIRE };

/**
 * struct options
 * @required: parts (bits) of which nothing may be missing
 */
struct options {
	bool json, missing;
	u32 required;
	char **log;
	int n_logs;
};

static const struct argp_option rows[] = {
	{ "missing", KEY_MISSING, NULL, 0,
	  "only what was never reached and nothing forbids, and what was reached though something "
	  "should forbid it",
	  0 },
	{ "require", KEY_REQUIRE, "PART,...", 0,
	  "exit status 1 if there is any such of these parts: operations, ways, errata, clauses, "
	  "pairs",
	  0 },
	{ "json", KEY_JSON, NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const char *part_name(u32 i)
{
	return coverage_part_name(i);
}

static void parse_require(struct argp_state *state, struct options *o, const char *names)
{
	char word[64], hint[80];

	for (const char *p = names;; p++) {
		size_t len = strcspn(p, ",");
		enum coverage_part part = coverage_part_by_name(p, len);

		if (part == COVERAGE_PARTS) {
			snprintf(word, sizeof(word), "%.*s", (int)len, p);
			argp_error(state,
			           "--require: there is no part '%s'%s; the parts are operations, "
			           "ways, errata, clauses, pairs",
			           word,
			           nearest_of(word, COVERAGE_PARTS, part_name, hint, sizeof(hint)));
		}
		o->required |= 1u << part;
		p += len;
		if (*p == '\0')
			return;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:
		o->json = true;
		return 0;
	case KEY_MISSING:
		o->missing = true;
		return 0;
	case KEY_REQUIRE:
		parse_require(state, o, arg);
		return 0;
	case ARGP_KEY_ARGS:
		o->log = state->argv + state->next;
		o->n_logs = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no log is given");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = rows,
	.parser = parse,
	.args_doc = "LOG...",
	.doc = "Add up what recorded logs of the hypervisor have reached ('-' is standard input): "
	       "its atomic operations, the ways of their steps, both sides of each erratum that a "
	       "step asks for, the clauses, the pairs of operations that met; and what never was, "
	       "with what forbids it where something does.\v"
	       "Exit status: 0 added up, 1 a log has a violation, or not all is reached that "
	       "--require asks for, 2 wrong usage or a log that cannot be read, 3 the host failed.",
};

/* The log that @s reads, to its end.  The exit status. */
static int add(struct coverage *c, const char *path, struct log_source *s)
{
	struct checker *k = checker_new(s->config, check_set_all());
	struct log_status status;
	struct err e = { 0 };
	int rc, result = EXIT_NOTHING;

	checker_how(k, (struct check_how){ .coverage = true });
	coverage_log(c, &s->config->errata);
	rc = feed_both(s, k, coverage_overlap(c), NULL, &e);
	feed_merge_verdict(s, k, rc == 0, &status);
	checker_end(k, false);
	coverage_add(c, k);
	if (rc < 0) {
		fprintf(stderr, "hypsim coverage: %s\n", e.msg);
		result = err_status(e.code);
	}
	if (checker_n_findings(k)) {
		fprintf(stderr, "hypsim coverage: %s: a violation ('hypsim check' tells it)\n",
		        path);
		result = EXIT_VIOLATION;
	}
	checker_free(k);
	return result;
}

static int add_log(struct coverage *c, const char *path)
{
	struct log_source *s;
	struct err e;
	int status = EXIT_NOTHING;

	if (log_open(path, &s, &e) < 0) {
		fprintf(stderr, "hypsim coverage: %s\n", e.msg);
		return err_status(e.code);
	}
	if (s->config->fixed.region_cnt > 0)
		status = add(c, path, s);
	else
		fprintf(stderr, "hypsim coverage: %s: no log of the hypervisor: left out\n", path);
	s->close(s);
	return status;
}

/* Of a part that is required something is missing, or was not asked about at all. */
static bool lacks(const struct options *o, const struct coverage *c)
{
	for (u32 part = 0; part < COVERAGE_PARTS; part++) {
		struct coverage_sums s = coverage_sums(c, part);

		if (o->required >> part & 1 && (s.missing || s.wrong || s.all == 0))
			return true;
	}
	return false;
}

static void print_json(const struct coverage *c, bool missing)
{
	json_t *j = coverage_json(c, missing);

	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

int cmd_coverage(int argc, char **argv)
{
	struct options o = { 0 };
	struct coverage *c = coverage_new();
	int status = EXIT_NOTHING;

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	interrupts_catch(INTERRUPT_STEPS);
	for (int i = 0; i < o.n_logs && !interrupted(); i++)
		status = status_worse(status, add_log(c, o.log[i]));
	if (o.json)
		print_json(c, o.missing);
	else
		coverage_print(stdout, c, o.missing);
	if (lacks(&o, c))
		status = EXIT_VIOLATION;
	coverage_free(c);
	return cli_finish_stdout(interrupt_status(status));
}

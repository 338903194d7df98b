// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/inspect/fold.h"
#include "sim/log/text/text.h"

#include <argp.h>
#include <string.h>

/**
 * struct fold_args
 * @file: the log; NULL until it is seen
 */
struct fold_args {
	struct fold_options opt;
	bool json;
	const char *file;
};

static const struct argp_option options[] = {
	{ "fn", 'f', "NAME", 0,
	  "only this function (may be given again): CalTicketLock, CalTicketLockWraparound, "
	  "Q_CalTicketLock, Q_CalLock, H_CalLock, relate_log",
	  0 },
	{ "initial", 'i', "T,N", 0,
	  "start counters, ticket and now (default 0,0): as they are for CalTicketLock, mod 2^32 "
	  "for "
	  "CalTicketLockWraparound, N for Q_CalTicketLock's now",
	  0 },
	{ "fairness", 'F', "N", 0,
	  "events that the others may do between two of the head's (default 20; above ten CPUs "
	  "2 * (CPUs - 1) + 1)",
	  0 },
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ 0 },
};

static void set_initial(struct argp_state *state, struct fold_options *opt, const char *arg)
{
	const char *comma = strchr(arg, ',');

	if (!comma || !number_parse(arg, (size_t)(comma - arg), &opt->t) ||
	    !number_parse(comma + 1, strlen(comma + 1), &opt->n))
		argp_error(state, "--initial: expected T,N, two numbers below 2^64, found \"%s\"",
		           arg);
}

static void set_fairness(struct argp_state *state, struct fold_options *opt, const char *arg)
{
	u64 v = 0;

	if (!number_parse(arg, strlen(arg), &v) || v > UINT32_MAX)
		argp_error(state, "--fairness: expected a number below 2^32, found \"%s\"", arg);
	opt->fairness = (u32)v;
}

static const char *fn_name(u32 i)
{
	return fold_fn_name((enum fold_fn)i);
}

static void add_fn(struct argp_state *state, struct fold_options *opt, const char *arg)
{
	enum fold_fn fn = fold_fn_by_name(arg);
	char hint[96];

	if (fn == FOLD_FN_NR)
		argp_error(state, "--fn: unknown function \"%s\"%s", arg,
		           nearest_of(arg, FOLD_FN_NR, fn_name, hint, sizeof(hint)));
	else
		opt->fns |= 1u << fn;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct fold_args *a = state->input;

	switch (key) {
	case 'f':
		add_fn(state, &a->opt, arg);
		return 0;
	case 'i':
		set_initial(state, &a->opt, arg);
		return 0;
	case 'F':
		set_fairness(state, &a->opt, arg);
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->file)
			argp_error(state, "one FILE, found \"%s\" after \"%s\"", arg, a->file);
		a->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->file)
			argp_error(state, "FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Fold the logs of a text file (- is standard input) with the published functions.  "
	       "One "
	       "result a lock, in order of first appearance; where a function is None, the event "
	       "that makes it so, the rule and the state just before.\v"
	       "A None is a result: the exit status is 0.  2: wrong usage or a malformed file, 3: "
	       "the host failed.",
};

static int complain(const struct err *e)
{
	fprintf(stderr, "hypsim fold: %s\n", e->msg);
	return interrupt_status(err_status(e->code));
}

int cmd_fold(int argc, char **argv)
{
	struct fold_args a = { .opt = { .fairness = FAIRNESS_MIN } };
	struct log_source *s;
	struct fold *f;
	struct err e;
	int rc;

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	interrupts_catch(INTERRUPT_STEPS);
	if (!a.opt.fns)
		a.opt.fns = fold_default_fns();

	if (text_open(&s, a.file, TEXT_FREE, &e) < 0)
		return complain(&e);
	f = fold_new(&a.opt);
	rc = fold_read(f, s, &e);
	s->close(s);
	if (rc < 0) {
		fold_free(f);
		return complain(&e);
	}
	for (u32 i = 0; i < fold_n_locks(f) && !cli_stdout_broken(); i++) {
		if (a.json)
			fold_print_json(f, i, stdout);
		else
			fold_print_text(f, i, stdout);
	}
	fold_free(f);
	return cli_finish_stdout(EXIT_NOTHING);
}

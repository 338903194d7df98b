// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/inspect/log_diff.h"

#include <stdio.h>
#include <sys/stat.h>

enum { OPT_IGNORE = 256 };

struct diff_args {
	struct log_files in;
	u64 ignored;
	bool json;
};

/* argp has one parser, and its list of kinds goes by a bit of each. */
static u64 kind_bit(struct argp_state *state, const char *s)
{
	return 1ull << arg_one_of(state, "--ignore", s, DIFF_NR, diff_kind_name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_args *a = state->input;

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case OPT_IGNORE:
		log_parse_bits(state, "--ignore", arg, kind_bit, &a->ignored);
		return 0;
	case ARGP_KEY_END:
		if (a->in.n < a->in.max)
			argp_error(state, "two logs are compared: %u given", a->in.n);
		return 0;
	default:
		return log_parse_file(key, arg, state);
	}
}

static const struct argp_option options[] = {
	{ "ignore", OPT_IGNORE, "KIND,...", 0,
	  "leave out kinds of differences: config, operation, result, order, value, mark", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "A B",
	.doc = "Where two logs differ, by kind: how often, and of each kind the first place with "
	       "what "
	       "both have there and what the CPUs were in.  The first episode of A is laid beside "
	       "the "
	       "first of B, and so on; in an episode the operations of a CPU and its other marks, "
	       "the "
	       "sections of a lock, and what objects hold at its end are compared each in their "
	       "own "
	       "order.  Times are not compared, nor looks at lock words (GET_NOW), digests of "
	       "pulls "
	       "and pushes, and the versions that an access may have seen.\v"
	       "Behind an operation or mark that is another one in the other log the CPU's rest of "
	       "the "
	       "episode is not comparable, and where another CPU had a lock its push is not.  Exit "
	       "status: 0 they are equal, 1 they differ, 2 wrong usage or a log that cannot be "
	       "read."
};

/* The logs are read twice, so a pipe is refused before it is opened. */
static int open_logs(const struct diff_args *a, struct log_source *s[DIFF_LOGS], struct err *e)
{
	for (u32 i = 0; i < DIFF_LOGS; i++) {
		struct stat st;

		if (stat(a->in.file[i], &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
			return err_set(e, ERR_USAGE,
			               "%s: a log that is compared is read twice: a regular file",
			               a->in.file[i]);
		if (log_open(a->in.file[i], &s[i], e) < 0)
			return -1;
	}
	return 0;
}

/* What is to be said of each log, and the worst exit status of both. */
static int judge(const struct diff_args *a, struct log_source *const s[DIFF_LOGS], int rc,
                 u32 whose, const struct err *e)
{
	int status = EXIT_NOTHING;

	for (u32 i = 0; i < DIFF_LOGS; i++) {
		struct log_files one = { .name = a->in.name, .n = 1, .file = { a->in.file[i] } };
		int its = log_judge(&one, s[i], whose == i ? rc : 0, e);

		if (its != EXIT_NOTHING && status == EXIT_NOTHING)
			status = its;
	}
	return status;
}

static int compare(const struct diff_args *a, struct log_source *const s[DIFF_LOGS],
                   struct log_diff *d)
{
	u32 whose = DIFF_A;
	struct err e;
	int rc, status;

	rc = log_diff_compare(d, s, &whose, &e);
	status = judge(a, s, rc, whose, &e);
	if (rc < 0)
		return status;
	if (log_diff_look(d, &e) < 0)
		return log_complain(&a->in, &e);
	if (a->json)
		log_diff_json(d, stdout);
	else
		log_diff_print(d, stdout);
	return status == EXIT_NOTHING && log_diff_any(d) ? EXIT_VIOLATION : status;
}

static int run(int argc, char **argv)
{
	struct diff_args a = { .ignored = ~0ull };
	struct log_source *s[DIFF_LOGS] = { NULL, NULL };
	struct log_diff d = { .ignored = 0 };
	struct err e;
	int status;

	log_parse(&argp, argc, argv, 2, &a);
	if (a.ignored != ~0ull)
		d.ignored = a.ignored;
	for (u32 i = 0; i < DIFF_LOGS; i++)
		d.path[i] = a.in.file[i];
	if (open_logs(&a, s, &e) < 0)
		status = log_complain(&a.in, &e);
	else
		status = compare(&a, s, &d);
	for (u32 i = 0; i < DIFF_LOGS; i++)
		if (s[i])
			s[i]->close(s[i]);
	log_diff_free(&d);
	return cli_finish_stdout(status);
}

const struct log_command log_command_diff = { "diff", "where two logs differ", run };

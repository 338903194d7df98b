// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/whole_file.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/inspect/export_sqlite.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_SQLITE = 256 };

/**
 * struct export_args
 * @sqlite: the database to write
 */
struct export_args {
	struct log_files in;
	const char *sqlite;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_args *a = state->input;

	switch (key) {
	case OPT_SQLITE:
		a->sqlite = arg;
		return 0;
	case ARGP_KEY_END:
		log_parse_file(key, arg, state);
		if (!a->sqlite)
			argp_error(state, "as what? (--sqlite FILE)");
		return 0;
	default:
		return log_parse_file(key, arg, state);
	}
}

static const struct argp_option options[] = {
	{ "sqlite", OPT_SQLITE, "FILE", 0,
	  "a database with the tables log, operations, sections, waits, changes, findings", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG",
	.doc = "A log in a form for other programs.  FILE is there when it is whole, and what was "
	       "there "
	       "before is replaced.  sim/inspect/export_tables.h says what the columns are."
};

/* What was written goes to standard error: standard output may be asked for later forms. */
static void tell(const struct export_args *a, const struct export_counts *n)
{
	fprintf(stderr,
	        "%s: %s: %" PRIu64 " events: %" PRIu64 " operations, %" PRIu64 " sections, %" PRIu64
	        " changes, %" PRIu64 " findings\n",
	        a->in.name, a->sqlite, n->events, n->operations, n->sections, n->changes,
	        n->findings);
}

static int export_to(const struct export_args *a, struct log_source *s, struct whole_file *out)
{
	struct export_counts n;
	struct err e;
	int rc, status;

	if (!out->temp) {
		fprintf(stderr, "%s: %s: a database is a regular file\n", a->in.name, a->sqlite);
		return EXIT_BAD_INPUT;
	}
	rc = export_sqlite(s, a->in.file[0], out->temp, &n, &e);
	status = log_judge(&a->in, s, rc, &e);
	if (rc < 0)
		return status;
	if (whole_commit(out, &e) < 0)
		return log_complain(&a->in, &e);
	tell(a, &n);
	return status;
}

static int run(int argc, char **argv)
{
	struct export_args a = { .sqlite = NULL };
	struct log_source *s;
	struct whole_file out;
	struct err e;
	int status;

	log_parse(&argp, argc, argv, 1, &a);
	if (log_open(a.in.file[0], &s, &e) < 0)
		return log_complain(&a.in, &e);
	if (whole_open(&out, a.sqlite, &e) < 0) {
		s->close(s);
		return log_complain(&a.in, &e);
	}
	status = export_to(&a, s, &out);
	whole_drop(&out);
	s->close(s);
	return cli_finish_stdout(status);
}

const struct log_command log_command_export = { "export", "a log as tables for other programs",
	                                        run };

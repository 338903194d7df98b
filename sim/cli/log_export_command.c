// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/whole_file.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/inspect/export_perfetto.h"
#include "sim/inspect/export_sqlite.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_SQLITE = 256, OPT_PERFETTO };

/**
 * struct export_args
 * @form: OPT_*, 0: not said yet; @to: the file to write
 */
struct export_args {
	struct log_files in;
	int form;
	const char *to;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_args *a = state->input;

	switch (key) {
	case OPT_SQLITE:
	case OPT_PERFETTO:
		if (a->form)
			argp_error(state, "one form at a time: --sqlite or --perfetto, once");
		a->form = key;
		a->to = arg;
		return 0;
	case ARGP_KEY_END:
		log_parse_file(key, arg, state);
		if (!a->form)
			argp_error(state, "as what? (--sqlite FILE, --perfetto FILE)");
		return 0;
	default:
		return log_parse_file(key, arg, state);
	}
}

static const struct argp_option options[] = {
	{ "sqlite", OPT_SQLITE, "FILE", 0,
	  "a database with the tables log, operations, sections, waits, changes, findings", 0 },
	{ "perfetto", OPT_PERFETTO, "FILE", 0,
	  "a trace for ui.perfetto.dev: a track a CPU (operations, waits, locks that it has) and a "
	  "lock (who had it, how many wait), flows where a lock is passed on to one who waits; "
	  "without timestamps an event's number is its time",
	  0 },
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
static void tell_tables(const struct export_args *a, const struct export_counts *n)
{
	fprintf(stderr,
	        "%s: %s: %" PRIu64 " events: %" PRIu64 " operations, %" PRIu64 " sections, %" PRIu64
	        " changes, %" PRIu64 " findings\n",
	        a->in.name, a->to, n->events, n->operations, n->sections, n->changes, n->findings);
}

static void tell_trace(const struct export_args *a, const struct perfetto_counts *n)
{
	fprintf(stderr,
	        "%s: %s: %" PRIu64 " events: %" PRIu64 " of tracks, %" PRIu64 " hand-over%s\n",
	        a->in.name, a->to, n->events, n->written, n->flows, n->flows == 1 ? "" : "s");
	if (n->moved)
		fprintf(stderr, "%s: %s: %" PRIu64 " time%s would go back on %s track: moved up\n",
		        a->in.name, a->to, n->moved, n->moved == 1 ? "" : "s",
		        n->moved == 1 ? "its" : "their");
}

static int write_tables(const struct export_args *a, struct log_source *s, struct whole_file *out)
{
	struct export_counts n;
	struct err e;
	int rc, status;

	if (!out->temp) {
		fprintf(stderr, "%s: %s: a database is a regular file\n", a->in.name, a->to);
		return EXIT_BAD_INPUT;
	}
	rc = export_sqlite(s, a->in.file[0], out->temp, &n, &e);
	status = log_judge(&a->in, s, rc, &e);
	if (rc < 0)
		return status;
	if (whole_commit(out, &e) < 0)
		return log_complain(&a->in, &e);
	tell_tables(a, &n);
	return status;
}

static int write_trace(const struct export_args *a, struct log_source *s, struct whole_file *out)
{
	struct perfetto_counts n;
	struct err e;
	int rc, status;

	rc = export_perfetto(s, out, &n, &e);
	status = log_judge(&a->in, s, rc, &e);
	if (rc < 0)
		return status;
	if (whole_commit(out, &e) < 0)
		return log_complain(&a->in, &e);
	tell_trace(a, &n);
	return status;
}

static int run(int argc, char **argv)
{
	struct export_args a = { .form = 0 };
	struct log_source *s;
	struct whole_file out;
	struct err e;
	int status;

	log_parse(&argp, argc, argv, 1, &a);
	if (log_open(a.in.file[0], &s, &e) < 0)
		return log_complain(&a.in, &e);
	if (whole_open(&out, a.to, &e) < 0) {
		s->close(s);
		return log_complain(&a.in, &e);
	}
	status = a.form == OPT_SQLITE ? write_tables(&a, s, &out) : write_trace(&a, s, &out);
	whole_drop(&out);
	s->close(s);
	return cli_finish_stdout(status);
}

const struct log_command log_command_export = { "export",
	                                        "a log as tables or a trace for other programs",
	                                        run };

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/clock.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/inspect/index_build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct index_args {
	struct log_files in;
	struct index_options o;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct index_args *a = state->input;

	switch (key) {
	case LOG_KEY_INDEX:
		a->in.index = arg;
		return 0;
	case 'e':
		a->o = (struct index_options){ .every = arg_number(state, "--every", arg, 1,
			                                           1ull << 40) };
		return 0;
	case ARGP_KEY_END:
		if (log_without_index(&a->in))
			argp_error(state,
			           "--index none: none is no index, and log index writes one; "
			           "a file of that name is ./none");
		return log_parse_file(key, arg, state);
	default:
		return log_parse_file(key, arg, state);
	}
}

static const struct argp_option options[] = {
	{ "index", LOG_KEY_INDEX, "FILE", 0, "write it there; the default is LOG.hidx", 0 },
	{ "every", 'e', "N", 0,
	  "points from which the log can be read are N events apart, however much room they take; "
	  "the default is at least 65536, and fewer where they would take much room",
	  0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG",
	.doc = "Write the index of a binary log, with which the other commands answer without "
	       "reading all of it.  They make one themselves, of a log of 4 MiB or more, when a "
	       "question is asked that one makes faster."
};

static int make(const struct index_args *a)
{
	char *path = log_index_path(&a->in);
	struct log_index *ix = NULL;
	struct log_source *s;
	struct log_name name;
	u64 begun = clock_ns();
	struct err e;
	int rc = index_build(a->in.file[0], path, &a->o, &e);

	if (rc == 0)
		rc = log_open(a->in.file[0], &s, &e);
	if (rc == 0) {
		double seconds = (double)(clock_ns() - begun) / 1e9;

		if (index_log_name(s, &name))
			ix = log_index_open(path, &name);
		if (ix)
			printf("%s: %" PRIu64 " events, %u points, %" PRIu64 " bytes: %.1f%% of "
			       "the log; %.2f s\n",
			       path, ix->point[ix->n_points - 1].index, ix->n_points,
			       log_index_bytes(ix),
			       100.0 * (double)log_index_bytes(ix) / (double)name.size, seconds);
		log_index_close(ix);
		s->close(s);
	}
	free(path);
	return rc < 0 ? log_complain(&a->in, &e) : cli_finish_stdout(EXIT_NOTHING);
}

static int run(int argc, char **argv)
{
	struct index_args a = { .o = index_defaults() };

	log_parse(&argp, argc, argv, 1, &a);
	return make(&a);
}

const struct log_command log_command_index = { "index", "make the other commands answer faster",
	                                       run };

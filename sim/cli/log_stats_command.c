// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_command.h"
#include "sim/inspect/log_stats.h"

#include <stdio.h>

struct stats_args {
	struct log_files in;
	bool json;
};

static error_t parse_stats(int key, char *arg, struct argp_state *state)
{
	struct stats_args *a = state->input;

	if (key != 'j')
		return log_parse_file(key, arg, state);
	a->json = true;
	return 0;
}

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct stats_args *a = input;

	return log_stats(s, a->in.file[0], a->json, stdout, e);
}

static const struct argp_option stats_options[] = {
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = { .options = stats_options,
	                          .parser = parse_stats,
	                          .args_doc = "LOG",
	                          .doc = "Configuration, events a CPU, acquisitions and waiting a "
	                                 "lock, bytes an event." };

static int run(int argc, char **argv)
{
	struct stats_args a = { .json = false };

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, ask);
}

const struct log_command log_command_stats = { "stats",
	                                       "how big a log is and how its locks were used",
	                                       run };

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/man.h"
#include "sim/base/nearest.h"
#include "sim/base/option_rows.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *line;
} commands[] = {
#define COMMAND(function, name, line) { name, cmd_##function, line },
#include "sim/cli/commands.def"
	{ NULL, NULL, NULL },
};

static void usage(FILE *f)
{
	fprintf(f, "usage: hypsim COMMAND [options] [args]\n\n");
	for (unsigned i = 0; commands[i].name; i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].line);
	fprintf(f,
	        "\n'hypsim help COMMAND' says more.  Exit status: 0 nothing found, 1 a "
	        "violation,\n"
	        "2 wrong usage or malformed input, 3 the host failed, 130 or 143 interrupted.\n");
}

static void man(void)
{
	man_head(stdout, "hypsim",
	         "simulate a multi-core hypervisor and judge what its CPUs do by its proofs",
	         "COMMAND [ARG...]");
	for (unsigned i = 0; commands[i].name; i++)
		man_command(stdout, "hypsim", commands[i].name, commands[i].line);
}

static void completion(void)
{
	for (unsigned i = 0; commands[i].name; i++)
		option_rows_command(stdout, commands[i].name, commands[i].line);
}

static const char *command_name(u32 i)
{
	return commands[i].name;
}

static int run(u32 i, int argc, char **argv)
{
	static char full[32];

	/* What messages and help begin with. */
	snprintf(full, sizeof(full), "hypsim %s", commands[i].name);
	argv[0] = full;
	return commands[i].run(argc, argv);
}

/* `help COMMAND [WORD...]` is `COMMAND [WORD...] --help`. */
static int help(int argc, char **argv, u32 i)
{
	static char option[] = "--help";
	char **args = calloc((size_t)argc + 2, sizeof(*args));
	int status;

	for (int k = 0; k < argc; k++)
		args[k] = argv[k];
	args[argc] = option;
	status = run(i, argc + 1, args);
	free(args);
	return status;
}

static int unknown(const char *name)
{
	char hint[80];

	fprintf(stderr, "hypsim: unknown command '%s'%s\n", name,
	        nearest_of(name, ARRAY_SIZE(commands) - 1, command_name, hint, sizeof(hint)));
	usage(stderr);
	return EXIT_BAD_INPUT;
}

static bool is(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	bool helps = strcmp(name, "help") == 0;

	cli_begin_stdout();
	if (argc < 2) {
		usage(stderr);
		return EXIT_BAD_INPUT;
	}
	if (is(name, "--help", "-h") || (helps && argc == 2)) {
		usage(stdout);
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (is(name, "--man", "--man")) {
		man();
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (is(name, "--completion", "--completion")) {
		completion();
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (is(name, "--version", "-V")) {
		printf("hypsim %s\n", HYPSIM_VERSION);
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (helps)
		name = argv[2];
	for (u32 i = 0; commands[i].name; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		return helps ? help(argc - 2, argv + 2, i) : run(i, argc - 1, argv + 1);
	}
	return unknown(name);
}

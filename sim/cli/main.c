// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *line;
} commands[] = {
#define COMMAND(name, line) { #name, cmd_##name, line },
#include "sim/cli/commands.def"
	{ NULL, NULL, NULL },
};

static void usage(FILE *f)
{
	fprintf(f, "usage: hypsim COMMAND [options] [args]\n\n");
	for (unsigned i = 0; commands[i].name; i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].line);
	fprintf(f, "\n'hypsim COMMAND --help' says more.  Exit status: 0 nothing found, 1 a "
	           "violation,\n"
	           "2 wrong usage or malformed input, 3 the host failed, 130 interrupted.\n");
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	static char full[32];

	if (name &&
	    (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)) {
		cli_begin_stdout();
		usage(stdout);
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (name && (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)) {
		printf("hypsim %s\n", HYPSIM_VERSION);
		return EXIT_NOTHING;
	}
	for (unsigned i = 0; name && commands[i].name; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		/* What messages and help begin with. */
		snprintf(full, sizeof(full), "hypsim %s", name);
		argv[1] = full;
		return commands[i].run(argc - 1, argv + 1);
	}
	if (name)
		fprintf(stderr, "hypsim: unknown command '%s'\n", name);
	usage(stderr);
	return EXIT_BAD_INPUT;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/man.h"
#include "sim/base/nearest.h"
#include "sim/base/option_rows.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"

#include <stdio.h>
#include <string.h>

static const struct log_command *const commands[] = {
	&log_command_show,   &log_command_stats, &log_command_locks,  &log_command_waits,
	&log_command_order,  &log_command_page,  &log_command_vm,     &log_command_bank,
	&log_command_cell,   &log_command_at,    &log_command_diff,   &log_command_convert,
	&log_command_export, &log_command_index, &log_command_report,
};

static void usage(FILE *f)
{
	fprintf(f, "Usage: hypsim log COMMAND [OPTION...] LOG\n\n");
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-8s %s\n", commands[i]->name, commands[i]->line);
	fprintf(f, "\n'hypsim log COMMAND --help' says more.  Exit status: 0, 1 the streams have "
	           "no legal order,\n"
	           "2 wrong usage or a malformed log, 3 the host failed.\n");
}

static void man(void)
{
	man_head(stdout, "hypsim log", "look at a recorded log", "LOG");
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++)
		man_command(stdout, "hypsim log", commands[i]->name, commands[i]->line);
}

static void completion(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++)
		option_rows_command(stdout, commands[i]->name, commands[i]->line);
}

static const char *command_name(u32 i)
{
	return commands[i]->name;
}

int cmd_log(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : NULL;
	char hint[80];

	if (which && (strcmp(which, "--help") == 0 || strcmp(which, "-h") == 0 ||
	              strcmp(which, "-?") == 0)) {
		usage(stdout);
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (which && strcmp(which, "--man") == 0) {
		man();
		return cli_finish_stdout(EXIT_NOTHING);
	}
	if (which && strcmp(which, "--completion") == 0) {
		completion();
		return cli_finish_stdout(EXIT_NOTHING);
	}
	for (u32 i = 0; which && i < ARRAY_SIZE(commands); i++) {
		char name[64];

		if (strcmp(which, commands[i]->name) != 0)
			continue;
		snprintf(name, sizeof(name), "hypsim log %s", which);
		argv[1] = name;
		return commands[i]->run(argc - 1, argv + 1);
	}
	if (which)
		fprintf(stderr, "hypsim log: unknown command '%s'%s\n", which,
		        nearest_of(which, ARRAY_SIZE(commands), command_name, hint, sizeof(hint)));
	usage(stderr);
	return EXIT_BAD_INPUT;
}

// SPDX-License-Identifier: GPL-2.0-only
/* hypsim-check: `hypsim check` as a program that is linked without the machine. */
#include "oracle/report/check_logs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static char name[] = "hypsim-check";
	int status;

	signal(SIGPIPE, SIG_IGN);
	if (argc > 0)
		argv[0] = name;
	status = check_logs(argc, argv);
	errno = 0;
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fprintf(stderr, "%s: standard output: %s\n", name, strerror(errno));
		return status == 1 ? 1 : 3;
	}
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* hypsim-check: `hypsim check` as a program that is linked without the machine. */
#include "oracle/report/check_logs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char name[] = "hypsim-check";

/* Whoever ends the process (--help does as well), what was printed goes out, or it is told that it did not. */
static void at_exit(int status, void *arg)
{
	(void)arg;
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	if (errno == EPIPE)
		return;
	if (errno == 0 && write(STDOUT_FILENO, "\n", 1) > 0)
		errno = EIO;
	fprintf(stderr, "%s: standard output: %s\n", name, strerror(errno));
	_exit(status == 1 ? 1 : 3);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	on_exit(at_exit, NULL);
	if (argc > 0)
		argv[0] = name;
	return check_logs(argc, argv, NULL);
}

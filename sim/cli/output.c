// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/output.h"

#include "sim/base/err.h"
#include "sim/base/interrupt.h"
#include "sim/base/number.h"
#include "sim/cli/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What was printed goes out, or it is told that it did not; returns the exit status. */
static int flush(int status)
{
	static bool told;
	int failed, error;

	/*
	 * After an earlier failed write the flush may have nothing left to do: errno of that write is gone, so ask the
	 * descriptor again with what is still buffered, or with an empty line.
	 */
	errno = 0;
	failed = ferror(stdout);
	if (fflush(stdout) != 0)
		failed = 1;
	error = errno;
	if (!failed || told)
		return status;
	if (error == 0 && write(STDOUT_FILENO, "\n", 1) < 0)
		error = errno;
	if (error == EPIPE)
		return status;
	told = true;
	fprintf(stderr, "hypsim: %s: standard output%s%s\n", err_sentence(ERR_WRITE),
	        error ? ": " : "", error ? strerror(error) : "");
	return status == EXIT_VIOLATION ? status : EXIT_HOST;
}

/* Who ended the process otherwise than by a command's return has printed something as well. */
static void at_exit(int status, void *arg)
{
	int now = flush(status);

	(void)arg;
	if (now != status)
		_exit(now);
}

void cli_begin_stdout(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	on_exit(at_exit, NULL);
}

int cli_stdout_broken(void)
{
	return ferror(stdout) || interrupted();
}

int cli_finish_stdout(int status)
{
	return flush(interrupt_status(status));
}

u32 cli_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	u64 v;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && number_parse(columns, strlen(columns), &v) && v >= 40 && v < 10000)
		return (u32)v;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40 ? w.ws_col : 80;
}

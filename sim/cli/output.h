/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/types.h"

/* Standard output of a command: a closed pipe is a quiet end, any other failure is exit status 3. */

/*
 * Once, when the process begins: a closed pipe and a file that may not grow are seen as a failed write, not as a signal; and
 * whoever ends the process, its output is looked at (a command's --help ends it, too).
 */
void cli_begin_stdout(void);

/*
 * Is there no more to be printed, as writing has failed or a signal has come?  Commands with long output look now and then,
 * so that `hypsim ... | head -1` ends soon.
 */
int cli_stdout_broken(void);

/*
 * Flush standard output and give the command's exit status: that of a signal, if one came and @status is no violation's; else
 * @status when all was written or the reader closed the pipe; EXIT_HOST, after a line on standard error, when writing failed
 * and @status is not EXIT_VIOLATION.
 */
int cli_finish_stdout(int status);

/* Columns of the terminal that standard output is ($COLUMNS, or what it says itself), 40 at least; 0: it is none. */
u32 cli_width(void);

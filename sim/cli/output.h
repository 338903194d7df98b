/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Standard output of a command: a closed pipe is a quiet end, any other failure is exit status 3. */

/* Once, before the first output: a closed pipe is seen as a failed write, not as SIGPIPE. */
void cli_begin_stdout(void);

/*
 * Has writing to standard output failed so far?  Commands with long output look now and then, so that
 * `hypsim ... | head -1` ends soon.
 */
int cli_stdout_broken(void);

/*
 * Flush standard output and give the command's exit status: @status when all was written or the reader closed the
 * pipe; EXIT_HOST, after a line on standard error, when writing failed and @status is not EXIT_VIOLATION.
 */
int cli_finish_stdout(int status);

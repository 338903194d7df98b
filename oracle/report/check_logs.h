/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "oracle/report/check_crew.h"

/*
 * `hypsim check` and hypsim-check: all checks over recorded logs.  @argv[0] is the name that messages have.  @crew NULL: there is no
 * --jobs.  Prints to standard output; the caller flushes it.  Returns the exit status: 0, 1 (a violation), 2 (wrong usage, unreadable or
 * malformed log), 3 (the host failed).
 */
int check_logs(int argc, char **argv, const struct check_crew *crew);

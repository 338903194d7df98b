/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Logs that are judged at once and told in their order. */
#include "oracle/report/check_crew.h"

#include <stdio.h>

/*
 * Judge @n logs on @jobs threads of @crew: one(arg, i, out, err) judges number @i, says of it what there is to say, and gives its exit
 * status, status[i].  A log that was not begun when a signal came has status 0.  Ends the process when the host has no memory.
 */
void jobs_run(const struct check_crew *crew, u32 jobs, u32 n,
              int (*one)(const void *arg, u32 i, FILE *out, FILE *err), const void *arg,
              int *status);

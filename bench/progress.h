/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How long a measurement will take, and how far it is, on standard error. */
#include "sim/base/types.h"

/* Progress is told where standard error is a terminal; from here on always. */
void progress_always(void);
/* Before the measurements of a table: how many, and the seconds that they are planned to take; 0: nobody knows. */
void progress_plan(const char *table, u32 n, double seconds);
/* One measurement is done. */
void progress_step(void);
/* The line of progress is taken away: a table is to be printed. */
void progress_end(void);

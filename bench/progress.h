/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How long a measurement will take, and how far it is, on standard error. */
#include "sim/base/types.h"

/* Told where standard error is a terminal, or always. */
void progress_always(void);
/* Before the measurements of a table: how many, and the seconds that they are planned to take; 0: nobody knows. */
void progress_plan(const char *table, u32 n, double seconds);
/* One is done. */
void progress_step(void);
/* The line is taken away: a table is to be printed. */
void progress_end(void);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A column a CPU: a line an event, whose text begins in its CPU's column and may go on to the line's end, where it is cut ("...").  The columns
 * lie as far apart as leaves the last one room for a text; so any number of CPUs fits any width.  Where they lie
 * too near, the CPU's number is before each text.
 */
#include "sim/base/types.h"

#include <stdio.h>

struct show_columns;

/* @width: of a line, at least 40; @lead: columns of it that come before the first CPU's; @cpus: bits of those that have one, below @n_cpus. */
struct show_columns *show_columns_new(u32 width, u32 lead, u64 cpus, u32 n_cpus);
void show_columns_free(struct show_columns *s);

/* The line that names the CPUs, behind @lead columns that are @text. */
void show_columns_head(struct show_columns *s, FILE *f, const char *text);

/* Where the text of an event of CPU @cpu goes: what is written there comes out of show_columns_line(). */
FILE *show_columns_text(struct show_columns *s, u32 cpu);

/* The rest of a line of which @lead columns are written: the text of CPU @cpu's event, @depth operations and sections deep. */
void show_columns_line(struct show_columns *s, FILE *f, u32 cpu, u32 depth);

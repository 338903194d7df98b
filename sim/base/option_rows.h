/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What --help says of a command, as rows for who completes its words: cmake/completion/make.sh. */
#include <stdio.h>

struct argp;

/*
 * A line an option, fields between tabs: "--seed", "-s" ("" where it has none), "must", "may" or "no" for its value, the value's name as
 * --help has it, the sentence.  A last line is of the command's arguments: "*", "", "must", their name, "".
 */
void option_rows(FILE *f, const struct argp *a);

/* The row of a command that a program has. */
void option_rows_command(FILE *f, const char *name, const char *line);

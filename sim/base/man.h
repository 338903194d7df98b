/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Pages for man(1), in roff: what --help says of a command, made of the same table of options. */
#include <stdio.h>

struct argp;

/* @program: "hypsim log show". */
void man_page(FILE *f, const struct argp *a, const char *program);

/* A page of commands: its head, with the sentence of what it is; then a man_command() each. */
void man_head(FILE *f, const char *program, const char *sentence, const char *arguments);
void man_command(FILE *f, const char *program, const char *name, const char *line);

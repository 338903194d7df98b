/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A scope as lines, of which some can be left out or be made simpler.  For sim/explore/shrink.c. */
#include "sim/exec/scope.h"

/**
 * struct scope_lines - as scope_print() writes them, without what the search is expected to come to
 * @v: [n] owned
 */
struct scope_lines {
	char **v;
	u32 n, cap;
};

void lines_of(struct scope_lines *l, const struct scope *s);
void lines_free(struct scope_lines *l);
/* Errors: ERR_TEXT. */
MUST_CHECK int lines_parse(const struct scope_lines *l, const struct scope *like,
                           struct scope **out, struct err *e);

/* A line that can be left out, with the expectations behind it: of so many lines from @i on; 0: it cannot be, or is one of those. */
u32 lines_unit(const struct scope_lines *l, u32 i);

/* @out is @l without the lines that are @gone, [l->n]; NULL: none is. */
void lines_without(struct scope_lines *out, const struct scope_lines *l, const bool *gone);
/* Without CPU @cpu's program; CPUs behind it get the number before theirs, and what it does outside of concurrent CPU 0 does. */
void lines_without_cpu(struct scope_lines *out, const struct scope_lines *l, u32 cpu);
/*
 * With the @which-th number of line @i made simpler in the @how-th way.  1: it is so; 0: there is no such way; -1: nor such a number
 */
int lines_simpler(struct scope_lines *out, const struct scope_lines *l, u32 i, u32 which, u32 how);

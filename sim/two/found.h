/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Findings of a pair: what differs, and where.  For sim/two/ alone. */
#include "sim/two/two.h"

/* Bring what the principal sees of a run to what it is now. */
void two_see(struct pair *pr, struct two_side *s);
/* The two runs are compared no longer. */
void two_part(struct pair *pr, enum two_split why);
/* Give run 1 what run 0 has at a place of what the principal sees; false: it is nothing that can be given. */
bool two_mend(struct pair *pr, enum obs_row row, u64 key, u64 value);

/*
 * The principal sees the same in both runs now, or what differs is found and, where that can be, mended: run 1 takes what run 0
 * has.  Returns the rows that differed, bits.
 */
u32 two_compare(struct pair *pr, enum two_kind kind, const char *op);
/* Somebody else's step has left what the principal sees in @run, or what is not as before is found.  Returns as two_compare(). */
u32 two_unchanged(struct pair *pr, u32 run, const char *op);

/* cpu.passed of a CPU of a run; its @passed_arg is the struct two_side. */
void two_inside(struct cpu *c);
/* The step has ended, and was judged: what showed inside it is found, but for @rows, which were found at its end. */
void two_inside_end(struct pair *pr, u32 rows, const char *op);
/* Forget the points of the steps so far. */
void two_inside_free(struct pair *pr);

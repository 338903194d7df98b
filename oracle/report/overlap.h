/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Which atomic operations met on an object, from the log alone.
 *
 * Two operations of two CPUs have met on an object when the one took a ticket of its lock while the other's was out: the lock's
 * own order says so, and it is exact.  An access takes no lock; it has met a section when that was at work between its first and its
 * last read of the object, which its mark says.  What is nested counts for the nested operation.  Two accesses do not meet: each is one
 * step of flat memory.
 */
#include "sim/log/event.h"
#include "sim/log/op.h"

#include <jansson.h>
#include <stdio.h>

enum { OVERLAP_OFTEN = 100 };

struct overlap;

/* Ends the process with status 3 when the host has no memory. */
struct overlap *overlap_new(void);
void overlap_free(struct overlap *o);
/* As if nothing had been fed. */
void overlap_reset(struct overlap *o);
/* The next @n events and marks of a merged log. */
void overlap_feed(struct overlap *o, const struct event *ev, u32 n);

/* How often @a and @b have met. */
u64 overlap_count(const struct overlap *o, enum hyp_op a, enum hyp_op b);
/* Can the two come to one object?  Two accesses cannot. */
bool overlap_can(enum hyp_op a, enum hyp_op b);
/* Why the two cannot meet although they can come to one object; NULL: they can. */
const char *overlap_excuse(enum hyp_op a, enum hyp_op b);

/* Two or three lines: how many pairs met, and which never did; @all: a line a pair as well. */
void overlap_print(FILE *f, const struct overlap *o, bool all);
/* {"pairs":N,"met":N,"often":N,"excused":N,"never":[[A,B]],"counts":[{"a","b","n"}]} */
json_t *overlap_json(const struct overlap *o);

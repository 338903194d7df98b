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
#include "sim/base/errata.h"
#include "sim/log/event.h"
#include "sim/log/op.h"

#include <stdio.h>

enum { OVERLAP_OFTEN = 100 };

struct overlap;

/* Ends the process with status 3 when the host has no memory. */
struct overlap *overlap_new(void);
void overlap_free(struct overlap *o);
/* As if nothing had been fed. */
void overlap_reset(struct overlap *o);
/* What is fed next is another log, of a machine with these errata; what was counted stays. */
void overlap_log(struct overlap *o, const struct errata *errata);
/* The next @n events and marks of a merged log. */
void overlap_feed(struct overlap *o, const struct event *ev, u32 n);

/* How often @a and @b have met. */
u64 overlap_count(const struct overlap *o, enum hyp_op a, enum hyp_op b);
/* How often @op ended. */
u64 overlap_ended(const struct overlap *o, enum hyp_op op);
/* Was there a log of a machine that follows this side? */
bool overlap_has_side(const struct overlap *o, enum erratum erratum, bool published);
/* Can the two come to one object, on a machine with the errata of one of the logs?  Two accesses cannot. */
bool overlap_can(const struct overlap *o, enum hyp_op a, enum hyp_op b);
/* Why the two cannot meet although they can come to one object; NULL: they can. */
const char *overlap_excuse(enum hyp_op a, enum hyp_op b);

/**
 * struct overlap_sums - of all pairs that can come to one object
 * @often: OVERLAP_OFTEN times or more
 */
struct overlap_sums {
	u32 pairs, met, often, excused;
};

struct overlap_sums overlap_sums(const struct overlap *o);

/* Two or three lines: how many pairs met, and which never did; @all: a line a pair as well. */
void overlap_print(FILE *f, const struct overlap *o, bool all);

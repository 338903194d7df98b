/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What comes in from outside (mark OUTSIDE, and changes of flat memory that name numbers of the data oracle): each number of a
 * stream is taken once, and values that the seed gives are the seed's.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "sim/log/op.h"

struct outside;

/* A mark that outside_is_mark(). */
void outside_event(struct outside *s, struct judge *j, const struct event *e);
/* An OFLATMEM in the log of FLATMEM. */
void outside_flat(struct outside *s, struct judge *j, const struct event *e);

/* Does a mark say something of values from outside, or what became of them? */
static inline bool outside_is_mark(const struct event *e)
{
	return e->kind == MARK_OUTSIDE ||
	       (e->kind == MARK_SEVENT && e->arg == OP_verify_and_load_images);
}

/* Is there something to judge? */
static inline bool outside_active(const struct judge *j)
{
	return check_on(j, CHK_OUTSIDE);
}

extern const struct family outside_family;

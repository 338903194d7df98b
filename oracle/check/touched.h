/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Who changed a page record, a VM's record, the owner of a bank or a frame last.  Kept beside the contents, in a table of a
 * fixed size: of each place the last few changes, unless others that fall on the same row push them out.
 */
#include "oracle/check/pieces.h"
#include "oracle/world/journal.h"
#include "sim/log/event.h"
#include "sim/log/mark_arg.h"

enum {
	TOUCHED_ROWS = 512,
	TOUCHED_WAYS = 8,     /* changes a row */
	TOUCHED_RANGES = 512, /* changes of more than one cell at once, all rows */
	TOUCHED_NO_OP = 255,
};

/**
 * struct touch - a change
 * @index: of the push among all events
 * @first, @last: the field's indices
 * @value: what the first of them became
 * @outside: the values are from outside: @value is the number of the first in the data oracle
 * @op:    the atomic operation that its CPU was in, TOUCHED_NO_OP: none
 * @work:  the operation of the workload, ~0: none
 */
struct touch {
	u64 index, first, last, value;
	u8 cpu, lk, field, op;
	bool outside;
	u32 work;
};

/**
 * struct touched_cpu
 * @op, @outer: the atomic operation that the CPU is in, and the one around it
 * @frame: that the CPU's last access in this operation came to; INVALID64: none
 */
struct touched_cpu {
	u8 op, outer;
	u32 work;
	u64 frame;
};

/**
 * struct touched
 * @journal: what was, so that it can be undone; NULL: nothing will be
 */
struct touched {
	struct journal *journal;
	u64 n[TOUCHED_ROWS], n_ranges;
	struct touch row[TOUCHED_ROWS][TOUCHED_WAYS];
	struct touch range[TOUCHED_RANGES];
	struct touched_cpu cpu[MAX_CPU];
};

/* A new episode. */
void touched_reset(struct touched *t);

/* Is it kept who changed the object? */
static inline bool touched_keeps(lk_t lk)
{
	return lk == S2PAGE_ID || lk == SMMU_ID || lk == FLATMEM_ID || lk >= INFO_ID;
}

/* Difference @d of push @e, which has index @index, made the first cell @value (@d->oracle: of this number there). */
void touched_diff(struct touched *t, const struct event *e, const struct diff *d, u64 index,
                  u64 value);

/* What a mark of @cpu may change. */
ALWAYS_INLINE void touched_pieces(struct pieces *p, struct touched *t, u32 cpu)
{
	piece(p, &t->cpu[cpu], sizeof(t->cpu[cpu]));
}

/* A mark: what its CPU is in. */
static inline void touched_mark(struct touched *t, const struct event *e)
{
	struct touched_cpu *c = &t->cpu[e->cpu];

	if (e->kind == MARK_OP) {
		c->outer = c->op;
		c->op = e->n && e->args[0] < TOUCHED_NO_OP ? (u8)e->args[0] : TOUCHED_NO_OP;
	} else if (e->kind == MARK_SEVENT) {
		c->op = c->outer;
		c->outer = TOUCHED_NO_OP;
	} else if (e->kind == MARK_BEGIN) {
		c->work = e->arg;
		c->frame = INVALID64;
	} else if (e->kind == MARK_END_OP) {
		c->work = ~0u;
	} else if (e->kind == MARK_ACCESS) {
		c->frame = e->args[0] <= MV_ACCESS_SHARED ? e->args[3] : INVALID64;
	}
}

/**
 * struct touched_want - which changes are asked for
 * @cpu, @own: those of this CPU alone, or those of all others
 * @field: ~0: any of the object's; of a VM's record: in any cell
 */
struct touched_want {
	u32 cpu, field;
	bool own;
	lk_t lk;
	u64 index;
};

/* The last ones that are still there, the latest first: at most @max into @out; how many. */
u32 touched_last(const struct touched *t, const struct touched_want *w, struct touch *out, u32 max);

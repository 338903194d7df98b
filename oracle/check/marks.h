/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Marks of operations: the workload's (begin, end), one after the other, and in them the hypervisor's atomic ones (op,
 * sevent), which nest; and what marks name.  Here is what runs at every mark; the rest is in marks.c.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/check/pieces.h"
#include "sim/log/op.h"

/* Atomic operations in one another: as many as a CPU of the machine tells apart. */
enum { MARKS_DEPTH = 64 };

_Static_assert((int)HYP_OP_NR <= 256, "a number fits in a byte");

/**
 * struct marks_cpu
 * @off:   the check has failed on this CPU, or it is deeper than MARKS_DEPTH
 * @in:    in an operation of the workload
 * @open:  [depth] numbers of the atomic operations that it is in
 */
struct marks_cpu {
	bool off, in;
	u32 depth;
	u8 open[MARKS_DEPTH];
};

/**
 * struct marks
 * @told: objects whose memory was told in this episode, bit id
 * @n: marks that marks_other() saw; @ops, @atomic: operations that ended
 */
struct marks {
	u64 told;
	u64 n, ops, atomic;
	struct marks_cpu cpu[MAX_CPU];
};

/* What the mark names. */
static inline u64 marks_number(const struct event *e)
{
	return e->n ? e->args[0] : e->arg;
}

/* A mark that is not in order, or is seldom. */
void marks_other(struct marks *s, struct judge *j, const struct event *e);

/* A mark other than MARK_BARRIER: what is in order is judged here. */
ALWAYS_INLINE void marks_event(struct marks *s, struct judge *j, const struct event *e)
{
	struct marks_cpu *m = &s->cpu[e->cpu];
	u64 number = marks_number(e);

	if (e->kind == MARK_BEGIN && !m->off && !m->in && !m->depth && number < j->n_ops) {
		m->in = true;
	} else if (e->kind == MARK_END_OP && !m->off && m->in && !m->depth) {
		m->in = false;
		s->ops++;
	} else if (e->kind == MARK_OP && !m->off && m->depth < MARKS_DEPTH && number < HYP_OP_NR) {
		m->open[m->depth++] = (u8)number;
	} else if (e->kind == MARK_SEVENT && !m->off && m->depth &&
	           m->open[m->depth - 1] == number) {
		m->depth--;
		s->atomic++;
	} else {
		marks_other(s, j, e);
	}
}

/* Is there something to judge? */
static inline bool marks_active(const struct judge *j)
{
	return check_on(j, CHK_MARKS);
}

/* What a mark of @cpu may change. */
ALWAYS_INLINE void marks_pieces(struct pieces *p, struct marks *s, u32 cpu)
{
	piece(p, s, offsetof(struct marks, cpu));
	piece(p, &s->cpu[cpu], sizeof(s->cpu[cpu]));
}

extern const struct family marks_family;

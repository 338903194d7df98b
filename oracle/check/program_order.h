/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What each CPU does in its own order: barriers, pulls and pushes, locks that it leaves behind, stuck calls.  Here is what
 * runs at every event; the rest is in program_order.c.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/check/pieces.h"

/* A check of this family in its sets. */
#define PROGRAM_BIT(id) (1u << ((id)-CHK_BARRIER))

_Static_assert(CHK_STUCK - CHK_BARRIER < 32, "they fit in one word");

/**
 * struct program - one CPU
 * @on: checks (bits) that are judged, on this CPU still
 */
struct program {
	u32 on;
};

/**
 * struct program_order
 * @mask: checks (bits) that are judged
 * @n: barriers, pulls, pushes; operations of the workload that ended; stuck calls; streams and
 *     episodes that ended in order
 * @told: the log has barrier marks.  Until that is known,
 * @untold, @untold_cpus: keep what the first event of a CPU (bits) would be that breaks the barrier protocol
 */
struct program_order {
	u32 mask;
	bool told;
	u64 untold_cpus;
	struct finding untold[MAX_CPU];
	struct program_counts {
		u64 barriers, pulls, pushes, ops, stuck, ends;
	} n;
	struct program cpu[MAX_CPU];
};

/* BARRIER or PULL has failed: report, and be silent about that check on this CPU from now on. */
__attribute__((cold)) void program_order_barred(struct program_order *s, struct judge *j,
                                                struct program *p, enum check_row row,
                                                const struct event *e);
__attribute__((cold)) void program_order_unpulled(struct judge *j, struct program *p,
                                                  enum check_row row, const struct event *e);
/* The log's first barrier mark. */
__attribute__((cold)) void program_order_told(struct program_order *s, struct judge *j);
/* A mark that ends something. */
void program_order_ends(struct program_order *s, struct judge *j, const struct event *e);

ALWAYS_INLINE void program_order_barrier(struct program_order *s, struct judge *j,
                                         const struct event *e)
{
	struct program *p = &s->cpu[e->cpu];

	if (unlikely(!s->told))
		program_order_told(s, j);
	if (unlikely(!(p->on & PROGRAM_BIT(CHK_BARRIER))))
		return;
	s->n.barriers++;
	if (unlikely(j->holder[e->cpu].bars == BAR_BARRIERED))
		program_order_barred(s, j, p, ROW_BARRIER_TWICE, e);
}

/* Where the event wants BarrierValid, the row that says so. */
ALWAYS_INLINE enum check_row program_order_wants_valid(u32 kind)
{
	switch (kind) {
	case EV_INC_TICKET:
		return ROW_BARRIER_TICKET;
	case EV_GET_NOW:
		return ROW_BARRIER_LOOK;
	case EV_HOLD_LOCK:
		return ROW_BARRIER_HOLD;
	case EV_OPULL:
		return ROW_BARRIER_PULL;
	default:
		return event_is_push(kind) ? ROW_BARRIER_PUSH : CHECK_ROW_NR;
	}
}

ALWAYS_INLINE void program_order_bars(struct program_order *s, struct judge *j, struct program *p,
                                      const struct event *e, u32 kind)
{
	enum check_row row = program_order_wants_valid(kind);
	enum bar_state bars = j->holder[e->cpu].bars;

	/* A killed CPU's last step was not recorded, and the barriers before it may not have been either. */
	if (event_is_rmw(kind) && unlikely(e->flags & EVF_FILLED))
		return;
	if (kind == EV_INC_NOW) {
		if (unlikely(bars != BAR_BARRIERED))
			program_order_barred(s, j, p, ROW_BARRIER_PASS, e);
		return;
	}
	if (row != CHECK_ROW_NR && unlikely(bars != BAR_VALID))
		program_order_barred(s, j, p, row, e);
}

/* [RData.LOCK_STATE: LockFalse, LockOwn false, LockOwn true] */
ALWAYS_INLINE void program_order_pulls(struct program_order *s, struct judge *j, struct program *p,
                                       const struct event *e, u32 kind)
{
	const struct holder *h = &j->holder[e->cpu];
	u64 bit = 1ull << e->lk;

	if (kind == EV_OPULL) {
		s->n.pulls++;
		if (unlikely(e->arg != e->lk))
			program_order_unpulled(j, p, ROW_PULL_ID, e);
		else if (unlikely(!(h->held & bit)))
			program_order_unpulled(j, p, ROW_PULL_NOT_HELD, e);
		else if (unlikely(h->pulled & bit))
			program_order_unpulled(j, p, ROW_PULL_TWICE, e);
	} else if (event_is_push(kind)) {
		s->n.pushes++;
		if (unlikely(e->kind != j->push_of[e->lk]))
			program_order_unpulled(j, p, ROW_PUSH_KIND, e);
		else if (unlikely(!(h->pulled & bit)))
			program_order_unpulled(j, p, ROW_PUSH_NOT_PULLED, e);
	} else if (kind == EV_INC_NOW && unlikely(h->pulled & bit)) {
		program_order_unpulled(j, p, ROW_PASS_PULLED, e);
	}
}

/* An event of @kind, a constant (a push: any push), on a lock: the checks of this family. */
ALWAYS_INLINE void program_order_event(struct program_order *s, struct judge *j,
                                       const struct event *e, u32 kind)
{
	struct program *p = &s->cpu[e->cpu];

	if (likely(p->on & PROGRAM_BIT(CHK_BARRIER)))
		program_order_bars(s, j, p, e, kind);
	if (likely(p->on & PROGRAM_BIT(CHK_PULL)))
		program_order_pulls(s, j, p, e, kind);
}

/* Is there something to judge at events? */
static inline bool program_order_active(const struct program_order *s)
{
	return s->mask != 0;
}

/* An event of flat memory, which is written outside of sections too: its word is no lock of the protocol. */
ALWAYS_INLINE void program_order_flat(struct program_order *s, struct judge *j,
                                      const struct event *e)
{
	struct program *p = &s->cpu[e->cpu];

	if (unlikely(e->kind != EV_OFLATMEM) && p->on & PROGRAM_BIT(CHK_PULL))
		program_order_unpulled(j, p, ROW_PULL_FLATMEM, e);
}

/* What an event or mark of @cpu may change; @counts: a shared event, or a mark. */
ALWAYS_INLINE void program_order_pieces(struct pieces *p, struct program_order *s, u32 cpu,
                                        bool counts)
{
	piece(p, &s->cpu[cpu], sizeof(s->cpu[cpu]));
	if (counts)
		piece(p, &s->n, sizeof(s->n));
}

extern const struct family program_order_family;

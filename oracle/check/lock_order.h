/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The order in which locks are nested: their ranks, and the graph of what was taken while holding what.  Here is what runs
 * at every event; the rest is in lock_order.c.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "shmem/obj/lock_rank.h"

/* Who first took the inner lock while holding the outer one. */
struct example {
	cpu_t cpu;
};

/**
 * struct lock_order
 * @not_below: [rank] locks of that rank or a higher one, bit lk
 * @inner:     [lk] locks that were taken while lk was held
 * @depth:     most locks that a CPU had at once
 */
struct lock_order {
	u64 not_below[LOCK_RANK_NR];
	u64 inner[ID_END];
	struct example example[ID_END][ID_END];
	u32 depth, edges;
	bool cycle;
};

/* CPU of @e takes a lock while it has those of @taken. */
void lock_order_nest(struct lock_order *s, struct judge *j, const struct event *e, u64 taken);

/* The log's first lock is taken. */
void lock_order_first(struct lock_order *s, struct judge *j);

/* An event of @kind, a constant, on a lock. */
ALWAYS_INLINE void lock_order_event(struct lock_order *s, struct judge *j, const struct event *e,
                                    u32 kind)
{
	u64 others;

	if (kind != EV_INC_TICKET)
		return;
	others = j->holder[e->cpu].taken & ~(1ull << e->lk);
	if (others)
		lock_order_nest(s, j, e, others);
	else if (unlikely(s->depth == 0))
		lock_order_first(s, j);
}

/* Is there something to judge? */
static inline bool lock_order_active(const struct judge *j)
{
	return check_on(j, CHK_ORDER);
}

extern const struct family lock_order_family;

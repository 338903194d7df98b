/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The order in which locks are nested: their ranks, and the graph of what was taken while holding what.  Here is what runs
 * at every event; the rest is in lock_order.c.
 */
#include "oracle/check/state.h"
#include "shmem/obj/lock_rank.h"

/* Who first took the inner lock while holding the outer one. */
struct example {
	cpu_t cpu;
};

/**
 * struct lock_order
 * @not_below: [rank] locks of that rank or a higher one, bit lk
 * @taken:     [cpu] locks taken and not passed on
 * @inner:     [lk] locks that were taken while lk was held
 * @depth:     most locks that a CPU had at once
 */
struct lock_order {
	u64 not_below[LOCK_RANK_NR];
	u64 taken[MAX_CPU];
	u64 inner[ID_END];
	struct example example[ID_END][ID_END];
	u32 depth, edges;
	bool cycle;
};

/* CPU of @e takes a lock while it has those of @taken. */
void lock_order_nest(struct checker *c, const struct event *e, u64 taken);

/* An event of @kind, a constant, on a lock. */
ALWAYS_INLINE void lock_order_event(struct checker *c, const struct event *e, u32 kind)
{
	u64 *taken = &c->lock_order->taken[e->cpu], bit = 1ull << e->lk;

	if (kind == EV_INC_NOW) {
		*taken &= ~bit;
	} else if (kind == EV_INC_TICKET) {
		if (*taken & ~bit)
			lock_order_nest(c, e, *taken & ~bit);
		else if (unlikely(c->lock_order->depth == 0))
			c->lock_order->depth = 1;
		*taken |= bit;
	}
}

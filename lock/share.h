/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Giving a core away, and what that costs.
 *
 * On cores of the machine's own a yield goes to another simulated CPU and comes back after microseconds.  Where a process
 * that computes shares the core, that process keeps it for a whole time slice, some milliseconds, and gives nothing back:
 * whoever waits for the CPU that yielded waits as long.  A sleeper that is woken gets its core at once.  So WAIT_AUTO asks
 * the clock around its yields, and its waiters sleep for a time when yields are dear.
 */
#include "lock/ticket.h"

/* Give the core away; with WAIT_AUTO now and then with a look at the clock. */
void share_yield(struct cpu *c);

/* Are yields dear at present?  Only WAIT_AUTO asks: false with any other policy. */
static inline bool share_dear(const struct cpu *c)
{
	return __atomic_load_n(&c->locks->sharing.until_ns, __ATOMIC_RELAXED) != 0;
}

/* Does a waiter sleep, rather than give its core away? */
static inline bool share_sleeps(const struct cpu *c)
{
	return c->locks->policy.kind == WAIT_PARK || share_dear(c);
}

/* Let others run for a moment, asleep, and no time slice is lost: about a tenth of a millisecond, doubled so often. */
void share_nap(struct cpu *c, u32 doublings);

/* For who waits for something that has no ticket: give the core away, or sleep for a moment where that is dear. */
void share_rest(struct cpu *c);

/*
 * Yields were dear: are they still?  For a CPU that has passed a lock on, holds none and has no ticket: it may give its core
 * away for as long as others like.
 */
void share_probe(struct cpu *c);

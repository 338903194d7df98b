/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What is seen of a lock from outside, by clocks: how long a hand-over takes, who is overtaken, and whether two threads are in the lock at
 * once.  Taking the stamps slows a lock down, so rates are measured without them.
 */
#include "cpu/stats.h"
#include "sim/base/types.h"

/* Acquisitions of a lock that are remembered: whoever was overtaken by more is told of so many. */
enum { STAMPS_KEPT = 64 };

/**
 * struct stamps - of one lock; plain memory that it guards
 * @inside:   number + 1 of the thread that has the lock; 0: none
 * @released: when it was last given up, ns; 0: never
 * @last:     by which thread
 * @n:        acquisitions; @asked, @got: [n % STAMPS_KEPT] when each was asked for and when it was had
 */
struct stamps {
	u32 inside, last;
	u64 released, n;
	u64 asked[STAMPS_KEPT], got[STAMPS_KEPT];
};

/**
 * struct stamps_seen - by one thread
 * @hand:      hand-overs between threads of which the second one was waiting, ns
 * @overtaken: acquisitions that were asked for later and had earlier, summed over all n of this thread; @overtaken_max: at once
 * @met:       somebody else was inside
 */
struct stamps_seen {
	struct hist hand;
	u64 n, overtaken, overtaken_max, met;
};

/* @thread has the lock, which it had asked for at @asked, and now it is @now. */
static inline void stamps_enter(struct stamps *s, struct stamps_seen *seen, u32 thread, u64 asked,
                                u64 now)
{
	u64 later = 0;

	seen->met += s->inside != 0;
	s->inside = thread + 1;
	if (s->released && s->last != thread && asked < s->released && now >= s->released)
		hist_add(&seen->hand, now - s->released);
	for (u64 k = 1; k <= STAMPS_KEPT && k <= s->n; k++) {
		u32 at = (u32)((s->n - k) % STAMPS_KEPT);

		if (s->got[at] < asked)
			break;
		later += s->asked[at] > asked;
	}
	seen->n++;
	seen->overtaken += later;
	if (later > seen->overtaken_max)
		seen->overtaken_max = later;
	s->asked[s->n % STAMPS_KEPT] = asked;
	s->got[s->n % STAMPS_KEPT] = now;
	s->n++;
}

/* @thread gives the lock up at @now. */
static inline void stamps_leave(struct stamps *s, struct stamps_seen *seen, u32 thread, u64 now)
{
	seen->met += s->inside != thread + 1;
	s->inside = 0;
	s->last = thread;
	s->released = now;
}

static inline void stamps_merge(struct stamps_seen *to, const struct stamps_seen *from)
{
	hist_merge(&to->hand, &from->hand);
	to->n += from->n;
	to->overtaken += from->overtaken;
	to->met += from->met;
	if (from->overtaken_max > to->overtaken_max)
		to->overtaken_max = from->overtaken_max;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The events around the first finding.  What comes before it is not known to be worth anything until it is found, so
 * keeping it must cost little: the latest slices are copied as they are, and only when one is given up its events of
 * those locks and CPUs are kept that have few in the slices that stay.
 */
#include "oracle/check/finding.h"
#include "oracle/world/journal.h"
#include "sim/log/event.h"

#include <string.h>

enum {
	CONTEXT_BEFORE = 24, /* events that are kept from before the first finding */
	CONTEXT_AFTER = 8,   /* and from after it */
	CONTEXT_LAST = 64,   /* of context_last() */
};

/**
 * struct context_event - an event near a finding
 * @at: index in its lock's log; marks: @index
 */
struct context_event {
	u64 index, at;
	u32 arg;
	u8 kind, cpu, lk;
};

/* Slices that are kept whole. */
enum { CONTEXT_SLICES = 8, CONTEXT_SLICE = 256 };

/* An event as it is kept: the first bytes of struct event. */
struct context_raw {
	u8 kind, cpu, flags, digest_len;
	u32 lk, arg, n;
};

/**
 * struct context_slice
 * @first:  index of its first event
 * @lock_n: [ID_END] events of each lock's log before it
 * @cpu_n:  [MAX_CPU] events and marks of each CPU before it
 */
struct context_slice {
	u64 first;
	u32 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU];
	struct context_raw ev[CONTEXT_SLICE];
};

/* The latest of those that were kept of slices given up. */
struct context_ring {
	u64 n;
	struct context_event v[CONTEXT_BEFORE];
};

/**
 * struct context_found - around the first finding
 * @v:    [n] oldest first
 * @open: events that may still follow it
 */
struct context_found {
	struct context_event v[CONTEXT_BEFORE + 1 + CONTEXT_AFTER];
	u32 n, open;
};

/**
 * struct context
 * @journal: what was, so that it can be undone; NULL: nothing will be
 * @n:      slices judged; the latest are slice[(n - CONTEXT_SLICES..n - 1) % CONTEXT_SLICES], of which the oldest is given up when the next begins
 * @lock_n: [ID_END] events of each lock's log so far
 * @cpu_n:  [MAX_CPU] events and marks of each CPU so far
 */
struct context {
	struct journal *journal;
	u64 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU];
	struct context_found found;
	struct context_ring by_lock[ID_END], by_cpu[MAX_CPU];
	struct context_slice slice[CONTEXT_SLICES];
};

/* The slice that is being judged, from context_next() on. */
static inline struct context_slice *context_slice(struct context *h)
{
	return &h->slice[h->n % CONTEXT_SLICES];
}

/* A slice begins whose first event has index @first.  What was in its place can be had back while the journal has it. */
void context_next(struct context *h, u64 first);

/* An event of the slice goes to @to, the next place of its ev[]. */
ALWAYS_INLINE void context_keep(struct context *h, struct context_raw *to, const struct event *e)
{
	memcpy(to, e, sizeof(*to));
	h->cpu_n[e->cpu]++;
	if (!event_is_mark(e->kind))
		h->lock_n[e->lk]++;
}

/* The slice, of @n events, was judged; or it was, and all but these were undone. @f: the first finding; it has become that in this slice if it is @fresh; NULL: there is none. */
void context_judged(struct context *h, u32 n, const struct finding *f, bool fresh);

/* The last events of lock @lk, oldest first; how many.  Between two slices. */
u32 context_last(const struct context *h, lk_t lk, struct context_event out[CONTEXT_LAST]);

/* The first finding was made, between two slices: take what came before. */
void context_begin(struct context *h, const struct finding *f);

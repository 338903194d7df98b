/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The events around the first finding.  What comes before it is not known to be worth anything until it is found, so
 * keeping it must cost little: the latest slices are copied as they are, and only when one is given up its events of
 * those locks and CPUs are kept that have few in the slices that stay.
 */
#include "oracle/check/check.h"
#include "sim/base/types.h"

#include <string.h>

/* Slices that are kept whole. */
enum { NEAR_SLICES = 8, NEAR_SLICE = 256 };

/* An event as it is kept: the first bytes of struct event. */
struct near_event {
	u8 kind, cpu, flags, digest_len;
	u32 lk, arg, n;
};

/**
 * struct near_slice
 * @first:  index of its first event
 * @lock_n: [ID_END] events of each lock's log before it
 * @cpu_n:  [MAX_CPU] events and marks of each CPU before it
 */
struct near_slice {
	u64 first;
	u32 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU];
	struct near_event ev[NEAR_SLICE];
};

/* The latest of those that were kept of slices given up. */
struct near_ring {
	u64 n;
	struct near v[NEAR_BEFORE];
};

/**
 * struct near_history
 * @n:      slices judged; the latest are slice[(n - NEAR_SLICES + 1..n - 1) % NEAR_SLICES]
 * @lock_n: [ID_END] events of each lock's log so far
 * @cpu_n:  [MAX_CPU] events and marks of each CPU so far
 * @found, @n_found: around the first finding, oldest first
 * @open:   events that may still follow it
 */
struct near_history {
	u64 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU];
	struct near found[NEAR_BEFORE + 1 + NEAR_AFTER];
	u32 n_found, open;
	struct near_ring by_lock[ID_END], by_cpu[MAX_CPU];
	struct near_slice slice[NEAR_SLICES];
};

/* The slice that is being judged, from near_next() on. */
static inline struct near_slice *near_slice(struct near_history *h)
{
	return &h->slice[h->n % NEAR_SLICES];
}

/* A slice begins whose first event has index @first. */
void near_next(struct near_history *h, u64 first);

/* An event of the slice goes to @to, the next place of its ev[]. */
ALWAYS_INLINE void near_keep(struct near_history *h, struct near_event *to, const struct event *e)
{
	memcpy(to, e, sizeof(*to));
	h->cpu_n[e->cpu]++;
	if (!event_is_mark(e->kind))
		h->lock_n[e->lk]++;
}

/* The slice, of @n events, was judged. @f: the first finding; it was made in this slice if it is @fresh; NULL: there is none. */
void near_judged(struct near_history *h, u32 n, const struct finding *f, bool fresh);

/* The first finding was made, between two slices: take what came before. */
void near_begin(struct near_history *h, const struct finding *f);

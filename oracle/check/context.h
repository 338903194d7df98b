/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The events around the first finding.  What comes before it is not known to be worth anything until it is found, so
 * keeping it must cost little: the latest slices are copied as they are, and only when one is given up its events of
 * those locks and CPUs are kept that have few in the slices that stay.
 */
#include "oracle/check/finding.h"
#include "oracle/check/touched.h"
#include "oracle/world/journal.h"
#include "oracle/world/trail.h"
#include "sim/log/event.h"

#include <string.h>

enum {
	CONTEXT_BEFORE = 24, /* events that are kept from before the first finding */
	CONTEXT_AFTER = 8,   /* and from after it */
	CONTEXT_LAST = 64,   /* of context_last() */
	AROUND_OPS = 20,     /* begins and ends of operations, of all CPUs, from before a finding */
	AROUND_OPS_AFTER = 6,
	AROUND_REACH = 512, /* and so many events behind it they may be */
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

/* The barrier protocol.  [RData.BarState]  The checker has its own, it shares none with the machine. */
enum bar_state { BAR_VALID, BAR_NEEDED, BAR_BARRIERED };

/* "BarrierValid": the source's name. */
static inline const char *bar_name(enum bar_state bars)
{
	static const char *const names[] = { "BarrierValid", "BarrierNeeded", "Barriered" };

	return names[bars];
}

/**
 * struct holder - the locks of one CPU
 * @taken:  locks whose ticket it took and has not passed on, bit lk
 * @held:   locks it is inside (LockOwn)
 * @pulled: objects it has pulled (LockOwn true)
 * @bars:   as far as the log has barrier marks
 */
struct holder {
	u64 taken, held, pulled;
	enum bar_state bars;
};

/**
 * struct scene - where a CPU was when something was found
 * @op, @n_arg, @arg: the innermost atomic operation; TOUCHED_NO_OP: none
 * @work: the operation of the workload; ~0: none
 */
struct scene {
	struct holder holder;
	u32 op, n_arg, work;
	u64 arg[TRAIL_ARGS];
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
 * @op_n:   begins and ends of operations before it
 */
struct context_slice {
	u64 first;
	u32 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU], op_n;
	struct context_raw ev[CONTEXT_SLICE];
};

/* The latest of those that were kept of slices given up. */
struct context_ring {
	u64 n;
	struct context_event v[CONTEXT_BEFORE];
};

/**
 * struct context_found - events of a finding's lock, or of its CPU
 * @v:    [n] oldest first
 * @open: events that may still follow it
 */
struct context_found {
	struct context_event v[CONTEXT_BEFORE + 1 + CONTEXT_AFTER];
	u32 n, open;
};

/**
 * struct context_ops - where operations begin and end, on all CPUs
 * @v:    [n] oldest first
 * @open: that may still follow the finding
 */
struct context_ops {
	struct context_event v[AROUND_OPS + AROUND_OPS_AFTER];
	u32 n, open;
};

/* Where the CPUs were; @known: it is known. */
struct scenes {
	bool known;
	struct scene cpu[MAX_CPU];
};

/**
 * struct around - what happened around a finding
 * @begun: what came before it was taken
 */
struct around {
	bool begun;
	struct context_found found;
	struct context_ops ops;
	struct scenes scenes;
};

/**
 * struct context
 * @journal: what was, so that it can be undone; NULL: nothing will be
 * @n:      slices judged; the latest are slice[(n - CONTEXT_SLICES..n - 1) % CONTEXT_SLICES], of which the oldest is given up when the next begins
 * @lock_n: [ID_END] events of each lock's log so far
 * @cpu_n:  [MAX_CPU] events and marks of each CPU so far
 * @op_n:   begins and ends of operations so far
 * @first:  around the first finding
 */
struct context {
	struct journal *journal;
	u64 n;
	u64 lock_n[ID_END], cpu_n[MAX_CPU], op_n;
	struct around first;
	struct context_ring by_lock[ID_END], by_cpu[MAX_CPU], by_op;
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

/* Where operations begin and end, and what ends them otherwise. */
static inline bool context_is_op(u32 kind)
{
	return kind == MARK_BEGIN || kind == MARK_END_OP || kind == MARK_OP ||
	       kind == MARK_SEVENT || kind == MARK_PANIC || kind == MARK_STUCK;
}

/* A mark other than a barrier. */
ALWAYS_INLINE void context_mark(struct context *h, const struct event *e)
{
	h->op_n += context_is_op(e->kind);
}

/* The slice, of @n events, was judged; or it was, and all but these were undone.  Behind what was found in it context_over(). */
void context_judged(struct context *h, u32 n);
/*
 * Events of the judged slice around finding @f; @begins: it was made there, and what came before is taken first.  Only &h->first can
 * be undone.
 */
void context_around(struct context *h, struct around *a, const struct finding *f, bool begins);
void context_over(struct context *h);

/* The last events of lock @lk, oldest first; how many.  Between two slices. */
u32 context_last(const struct context *h, lk_t lk, struct context_event out[CONTEXT_LAST]);

/* Finding @f was made, between two slices: take what came before. */
void context_begin(struct context *h, struct around *a, const struct finding *f);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The checker's state, for the chk_*.c files only.  Each check is a pass over a slice of the log: at most SLICE events
 * of one episode.  A pass touches its own part of the state; a check that fails on a lock (or a CPU) is silent about it
 * until the episode ends, since what follows would only repeat the first breach.
 */
#include "oracle/check/check.h"
#include "sim/base/check.h"

enum { SLICE = 256 };

/* Events lately seen on one lock, or by one CPU. */
struct ring {
	u64 n;
	struct near v[NEAR_BEFORE];
};

struct tickets;  /* chk_tickets.c: wraparound, fifo, bound, fairness */
struct queues;   /* chk_queue.c: queue, high, theorem, wait, oracle */
struct programs; /* chk_program.c: barrier, pull, leak, stuck */
struct nestings; /* chk_order.c */
struct contents; /* chk_contents.c */

/**
 * struct checker
 * @slice, @slice_n: the events that the passes run over
 * @n_events:  events and marks before the slice
 * @lock_n:    [ID_END] events of each lock's log before the slice
 * @episode:   number of the running episode
 * @halted:    a CPU was stuck or panicked in this episode: locks that are held at the end are no leak
 * @near_open: events that may still follow the first finding
 */
struct checker {
	u32 mask;
	u32 total_cpu, fairness, start_ticket, start_now;
	bool keep_reads, barriers;
	u32 n_init;
	struct init_row *init;

	const struct event *slice;
	u32 slice_n;
	u64 n_events;
	u64 lock_n[ID_END];
	u64 episode;
	u32 n_closed;
	bool any, halted, ended;

	struct finding found[MAX_FINDINGS];
	u32 n_found;
	u64 n_findings;
	u64 n_by_check[CHK_NR];
	bool merge_judged;
	char merge_worst[112];

	struct near near[NEAR_BEFORE + 1 + NEAR_AFTER];
	u32 n_near, near_open;
	struct ring by_lock[ID_END];
	struct ring by_cpu[MAX_CPU];

	struct tickets *tickets;
	struct queues *queues;
	struct programs *programs;
	struct nestings *nestings;
	struct contents *contents;
};

static inline bool has(const struct checker *c, enum check_id id)
{
	return c->mask >> id & 1;
}

/* A finding of @row at event @e of the slice; @state, printf-like, is the state just before it. */
void found(struct checker *c, enum check_row row, const struct event *e, const char *state, ...)
	PRINTF(4, 5);
/* The same for a row of a fold. */
void found_fold(struct checker *c, enum check_id id, const char *row, const char *sentence,
                const struct event *e, const char *state, ...) PRINTF(6, 7);
/* A finding that belongs to no event: the end of the log, the memory. */
void found_at_end(struct checker *c, enum check_row row, lk_t lk, cpu_t cpu, const char *state, ...)
	PRINTF(5, 6);

/* Each pass: create, forget everything but worst cases at a new episode, run over the slice, say the worst case. */
struct tickets *tickets_new(const struct checker *c);
void tickets_free(struct tickets *s);
void tickets_reset(struct checker *c);
void tickets_pass(struct checker *c);
void tickets_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct queues *queues_new(const struct checker *c);
void queues_free(struct queues *s);
void queues_reset(struct checker *c);
void queues_pass(struct checker *c);
void queues_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct programs *programs_new(void);
void programs_reset(struct checker *c);
void programs_pass(struct checker *c);
/* Locks that are held now, although their CPU's stream, or the episode, has ended. */
void programs_end(struct checker *c);
/* No CPU is inside the lock. */
bool programs_lock_free(const struct checker *c, lk_t lk);
void programs_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct nestings *nestings_new(void);
void nestings_reset(struct checker *c);
void nestings_pass(struct checker *c);
void nestings_worst(const struct checker *c, struct check_verdict *out);

/* @seed: the data oracle's. */
struct contents *contents_new(u64 seed);
void contents_free(struct contents *s);
void contents_reset(struct checker *c);
void contents_pass(struct checker *c);
/* The episode is over: what its end said of the memory, against the log. */
void contents_end(struct checker *c);
void contents_worst(const struct checker *c, struct check_verdict *out);

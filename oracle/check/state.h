/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The checker's state, for the chk_*.c files only.  The log comes in slices: at most SLICE events of one episode,
 * which slice.c passes over.  A family of checks touches its own part of the state; a check that fails on a lock (or a CPU) is silent about it
 * until the episode ends, since what follows would only repeat the first breach.
 */
#include "oracle/check/check.h"
#include "oracle/check/near.h"
#include "sim/base/check.h"

enum { SLICE = NEAR_SLICE };

struct tickets;  /* chk_tickets.c: wraparound, fifo, bound, fairness */
struct queues;   /* chk_queue.c: queue, high, theorem, wait, oracle */
struct programs; /* chk_program.c: barrier, pull, leak, stuck */
struct nestings; /* chk_order.c */
struct contents; /* chk_contents.c */

/**
 * struct checker
 * @push_of:   [ID_END] the kind of each object's push
 * @slice, @slice_n: the events that the pass runs over
 * @n_events:  events and marks before the slice
 * @episode:   number of the running episode
 * @halted:    a CPU was stuck or panicked in this episode: locks that are held at the end are no leak
 */
struct checker {
	u32 mask;
	u32 total_cpu, fairness, start_ticket, start_now;
	bool keep_reads, barriers, high_as_is;
	u8 push_of[ID_END];
	u32 n_init;
	struct init_row *init;

	const struct event *slice;
	u32 slice_n;
	u64 n_events;
	u64 episode;
	u32 n_closed;
	bool any, halted, cut, ended;

	struct finding found[MAX_FINDINGS];
	u32 n_found;
	u64 n_findings;
	u64 n_by_check[CHK_NR];
	bool merge_judged;
	char merge_worst[112];

	struct near_history near;

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
__attribute__((cold)) void found(struct checker *c, enum check_row row, const struct event *e,
                                 const char *state, ...) PRINTF(4, 5);
/* The same for a row of a fold. */
__attribute__((cold)) void found_fold(struct checker *c, enum check_id id, const char *row,
                                      const char *sentence, const struct event *e,
                                      const char *state, ...) PRINTF(6, 7);
/* A finding that belongs to no event: the end of the log, the memory. */
__attribute__((cold)) void found_at_end(struct checker *c, enum check_row row, lk_t lk, cpu_t cpu,
                                        const char *state, ...) PRINTF(5, 6);

/* All checks over the slice, which is cut short where another episode begins. */
void slice_pass(struct checker *c);

/*
 * Each family: create, forget everything but worst cases at a new episode, say the worst case.  What it does at an event is
 * in its header.
 */
struct tickets *tickets_new(const struct checker *c);
void tickets_free(struct tickets *s);
void tickets_reset(struct checker *c);
void tickets_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct queues *queues_new(const struct checker *c);
void queues_free(struct queues *s);
void queues_reset(struct checker *c);
void queues_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct programs *programs_new(const struct checker *c);
void programs_reset(struct checker *c);
/* Locks that are held now, although their CPU's stream, or the episode, has ended. */
void programs_end(struct checker *c);
/* No CPU is inside the lock. */
bool programs_lock_free(const struct checker *c, lk_t lk);
void programs_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct nestings *nestings_new(void);
void nestings_reset(struct checker *c);
void nestings_worst(const struct checker *c, struct check_verdict *out);

/* @seed: the data oracle's. */
struct contents *contents_new(u64 seed);
void contents_free(struct contents *s);
void contents_reset(struct checker *c);
/* The episode is over: what its end said of the memory, against the log. */
void contents_end(struct checker *c);
/* A shared event. */
void contents_event(struct checker *c, const struct event *e);
/* MARK_MEMORY. */
void contents_memory(struct checker *c, const struct event *e);
void contents_worst(const struct checker *c, struct check_verdict *out);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The checker's state, for the family files only.  The log comes in slices: at most SLICE events of one episode,
 * which pass.c passes over.  A family of checks touches its own part of the state; a check that fails on a lock (or a CPU) is silent about it
 * until the episode ends, since what follows would only repeat the first breach.
 */
#include "oracle/check/check.h"
#include "oracle/check/context.h"
#include "sim/base/check.h"

enum { SLICE = CONTEXT_SLICE };

struct ticket_checks; /* ticket.c: wraparound, fifo, bound, fairness */
struct queue_checks;  /* queue.c: queue, high, theorem, wait, oracle */
struct program_order; /* program_order.c: barrier, pull, leak, stuck */
struct lock_order;    /* lock_order.c */
struct contents;      /* contents.c */

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

	struct context context;

	struct ticket_checks *ticket;
	struct queue_checks *queue;
	struct program_order *program_order;
	struct lock_order *lock_order;
	struct contents *contents;
};

static inline bool check_on(const struct checker *c, enum check_id id)
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
void pass_events(struct checker *c);

/*
 * Each family: create, forget everything but worst cases at a new episode, say the worst case.  What it does at an event is
 * in its header.
 */
struct ticket_checks *ticket_new(const struct checker *c);
void ticket_free(struct ticket_checks *s);
void ticket_reset(struct checker *c);
void ticket_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct queue_checks *queue_new(const struct checker *c);
void queue_free(struct queue_checks *s);
void queue_reset(struct checker *c);
void queue_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct program_order *program_order_new(const struct checker *c);
void program_order_reset(struct checker *c);
/* Locks that are held now, although their CPU's stream, or the episode, has ended. */
void program_order_end(struct checker *c);
/* No CPU is inside the lock. */
bool program_order_lock_free(const struct checker *c, lk_t lk);
void program_order_worst(const struct checker *c, enum check_id id, struct check_verdict *out);

struct lock_order *lock_order_new(void);
void lock_order_reset(struct checker *c);
void lock_order_worst(const struct checker *c, struct check_verdict *out);

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

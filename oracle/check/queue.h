/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The folds over each lock's log: Q_CalLock; relate_log and H_CalLock; the theorem that links them; and what is said in
 * terms of Q_CalLock's state: waiting time and the environment of each CPU.  Here is what runs at every event; what runs
 * once, or when a law is broken, is in queue.c.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/check/law.h"
#include "oracle/check/pieces.h"

/* A check of this family in its sets. */
#define QUEUE_BIT(id) (1u << ((id)-CHK_QUEUE))

_Static_assert(CHK_ORACLE - CHK_QUEUE < 32, "they fit in one word");

/* A longer queue: tickets without end, which Q_CalLock has refused long ago. */
enum { RELATE_MAX = 4 * MAX_CPU };

/**
 * struct waiter - a CPU in the queue of a lock
 * @bound:  CalWaitTime at its INC_TICKET
 * @rounds: its GET_NOWs since
 * @waits:  between INC_TICKET and HOLD_LOCK
 */
struct waiter {
	u64 bound;
	u64 rounds;
	bool waits;
};

/**
 * struct queue - the folds of one lock
 * @on:       checks (bits) that are judged, on this lock still
 * @breaker:  the CPU whose event made Q_CalLock None
 * @sum_wait: CalSumWait of the bounds in the queue, kept up to date
 */
struct queue {
	struct relate_state relate;
	struct h_state high;
	u32 on;
	u64 sum_wait;
	bool q_none;
	u8 breaker;
	struct q_state q;
	struct waiter cpu[MAX_CPU];
};

struct queue_checks {
	u32 mask;
	u32 least_other;
	u64 sections, related, queries;
	u64 worst_rounds, worst_bound, worst_measure;
	struct queue lock[ID_END];
};

/* Q_CalLock is None from here on. */
__attribute__((cold)) void queue_none(struct judge *j, struct queue *l, enum cal_row row,
                                      const struct event *e);
/* The theorem, or H_CalLock's check, has failed: neither is judged any more on this lock. */
__attribute__((cold)) void queue_high_none(struct judge *j, struct queue *l, enum cal_row relate,
                                           enum cal_row high, const struct event *e);
/* A row of a check, which is not judged any more on this lock. */
__attribute__((cold)) void queue_breach(struct judge *j, struct queue *l, enum check_row row,
                                        const struct event *e);

/* The environment of e's CPU is what the others did since its previous event; GET_NOW and INC_TICKET ask for it. */
ALWAYS_INLINE void queue_oracle(struct queue_checks *s, struct judge *j, struct queue *l,
                                const struct event *e, u32 kind)
{

	if (unlikely(e->cpu >= j->total_cpu)) {
		queue_breach(j, l, ROW_ORACLE_DOMAIN, e);
		return;
	}
	if (kind != EV_GET_NOW && kind != EV_INC_TICKET)
		return;
	s->queries++;
	if (unlikely(l->q_none)) {
		if (l->breaker != e->cpu)
			queue_breach(j, l, ROW_ORACLE_NONE, e);
		return;
	}
	if (unlikely(l->q.other < s->least_other))
		s->least_other = l->q.other;
	if (unlikely(l->q.other == 0))
		queue_breach(j, l, ROW_ORACLE_OTHER, e);
}

/* Rounds are counted by the waiter's own events alone, whatever the fold says. */
ALWAYS_INLINE void queue_rounds(struct queue_checks *s, struct judge *j, struct queue *l,
                                const struct event *e, u32 kind)
{
	struct waiter *w = &l->cpu[e->cpu];

	if (kind == EV_INC_TICKET) {
		l->sum_wait += 4 + (u64)e->arg;
		w->bound = 1 + j->fairness + l->sum_wait * j->fairness;
		w->rounds = 0;
		w->waits = true;
	} else if (kind == EV_GET_NOW && w->waits) {
		if (unlikely(w->rounds >= w->bound)) {
			queue_breach(j, l, ROW_WAIT_ROUNDS, e);
			return;
		}
		/* Of as many rounds, the worse are those of which fewer were allowed. */
		if (++w->rounds >= s->worst_rounds &&
		    (w->rounds > s->worst_rounds || w->bound < s->worst_bound)) {
			s->worst_rounds = w->rounds;
			s->worst_bound = w->bound;
		}
	} else if (kind == EV_HOLD_LOCK) {
		w->waits = false;
	}
}

ALWAYS_INLINE struct measure queue_measure(const struct queue *l)
{
	const struct q_state *q = &l->q;

	return (struct measure){ .self = q->self,
		                 .other = q->other,
		                 .st = q->st,
		                 .n = q->n,
		                 .head_bound = q->n ? q_bound(q, 0) : 0,
		                 .sum_wait = l->sum_wait };
}

ALWAYS_INLINE void queue_wait_laws(struct queue_checks *s, struct judge *j, struct queue *l,
                                   const struct measure *before, bool waited, const struct event *e,
                                   u32 kind)
{
	struct measure after = queue_measure(l);
	enum check_row row = measure_law(before, &after, kind, waited, j->fairness);

	if (kind == EV_INC_TICKET)
		s->worst_measure =
			max_u64(s->worst_measure, measure_start(before, &after, j->fairness));
	if (unlikely(row != CHECK_ROW_NR))
		queue_breach(j, l, row, e);
}

/* One event of Q_CalLock; false: it has refused. */
ALWAYS_INLINE bool queue_fold(struct judge *j, struct queue *l, const struct event *e, u32 kind)
{
	enum cal_row row = q_cal_event(&l->q, kind, e->cpu, e->arg);

	if (unlikely(row != CAL_OK))
		queue_none(j, l, row, e);
	return likely(row == CAL_OK);
}

/* The same, and the laws about what waiters have still to wait for. */
ALWAYS_INLINE void queue_measured(struct queue_checks *s, struct judge *j, struct queue *l,
                                  const struct event *e, u32 kind)
{
	struct measure before = queue_measure(l);
	bool waited = l->q.in >> e->cpu & 1 && q_cpu(&l->q, 0) != e->cpu;

	if (kind == EV_INC_TICKET)
		before.sum_wait -= 4 + (u64)e->arg;
	if (!queue_fold(j, l, e, kind))
		return;
	if (kind == EV_INC_NOW)
		l->sum_wait -= 4 + (u64)before.head_bound;
	queue_wait_laws(s, j, l, &before, waited, e, kind);
}

/* One event of Q_CalLock, and the laws about its state. */
ALWAYS_INLINE void queue_step(struct queue_checks *s, struct judge *j, struct queue *l,
                              const struct event *e, u32 kind)
{
	bool wait = l->on & QUEUE_BIT(CHK_WAIT);
	u32 head_bound;

	if (likely(wait))
		queue_rounds(s, j, l, e, kind);
	if (unlikely(l->q_none))
		return;
	/* While nobody waits behind the head measure_law() asks nothing of any other event. */
	if (wait && (kind == EV_INC_TICKET || unlikely(l->q.n >= 2))) {
		queue_measured(s, j, l, e, kind);
		return;
	}
	head_bound = kind == EV_INC_NOW && l->q.n ? q_bound(&l->q, 0) : 0;
	if (queue_fold(j, l, e, kind) && kind == EV_INC_NOW && wait)
		l->sum_wait -= 4 + (u64)head_bound;
}

/* One event of relate_log, and what it derives of H_CalLock. */
ALWAYS_INLINE void queue_high(struct queue_checks *s, struct judge *j, struct queue *l,
                              const struct event *e, u32 kind)
{
	enum cal_row row, high = CAL_OK;
	struct relate_event derived;

	if (unlikely(j->high_as_is)) {
		high = h_cal_event(&l->high, kind, e->cpu, e->arg);
		if (high != CAL_OK)
			queue_high_none(j, l, CAL_OK, high, e);
		return;
	}
	row = relate_event(&l->relate, kind, e->arg, &derived);
	if (row == CAL_OK && derived.kind != EV_NONE) {
		s->related++;
		high = h_cal_event(&l->high, derived.kind, e->cpu, derived.bound);
	}
	if (unlikely(row != CAL_OK || high != CAL_OK))
		queue_high_none(j, l, row, high, e);
}

/* An event of a lock whose log is high-level. */
void queue_high_level(struct queue_checks *s, struct judge *j, const struct event *e);

/* Is there something to judge? */
static inline bool queue_active(const struct queue_checks *s)
{
	return s->mask != 0;
}

/* An event of @kind, a constant, on a lock: the checks of this family. */
ALWAYS_INLINE void queue_event(struct queue_checks *s, struct judge *j, const struct event *e,
                               u32 kind)
{
	struct queue *l = &s->lock[e->lk];
	enum check_row row;

	if (likely(l->on & QUEUE_BIT(CHK_ORACLE)))
		queue_oracle(s, j, l, e, kind);
	queue_step(s, j, l, e, kind);
	s->sections += kind == EV_INC_NOW;
	if (likely(l->on & (QUEUE_BIT(CHK_HIGH) | QUEUE_BIT(CHK_THEOREM))))
		queue_high(s, j, l, e, kind);
	if (likely(l->on & QUEUE_BIT(CHK_THEOREM))) {
		row = kind == EV_INC_TICKET || kind == EV_INC_NOW
		              ? theorem_law(&l->q, &l->relate, &l->high)
		              : theorem_holder(&l->q, &l->high);
		if (unlikely(row != CHECK_ROW_NR))
			queue_breach(j, l, row, e);
	}
	if (kind == EV_INC_TICKET && unlikely(l->relate.q.len >= RELATE_MAX))
		l->on &= ~(QUEUE_BIT(CHK_HIGH) | QUEUE_BIT(CHK_THEOREM));
}

/* What an event of @cpu on @lk, high-level or not, may change; @enters: INC_TICKET. */
ALWAYS_INLINE void queue_pieces(struct pieces *p, struct queue_checks *s, u32 cpu, lk_t lk,
                                bool enters)
{
	struct queue *l = &s->lock[lk];
	const struct q_state *q = &l->q;

	piece(p, s, offsetof(struct queue_checks, lock));
	piece(p, l, offsetof(struct queue, q) + offsetof(struct q_state, q));
	piece(p, &l->cpu[cpu], sizeof(l->cpu[cpu]));
	if (!enters)
		return;
	piece(p, &l->q.q[(q->head + q->n) % MAX_CPU], sizeof(q->q[0]));
	piece(p, &l->q.tq[(q->head + q->n) % MAX_CPU], sizeof(q->tq[0]));
	cal_ticket_pieces(p, &l->relate.q);
}

extern const struct family queue_family;

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Q_CalLock, Q_CalTicketLock, and the waits over them.  [CalLock] */
#include "oracle/cal/env.h"
#include "oracle/cal/rules.h"
#include "sim/log/event.h"

/**
 * struct q_state - (self, other, st, q, tq), and Q_CalTicketLock's now
 * @now:   now-serving number, 64 bits
 * @self:  shared events that the head may still do
 * @other: events that the others may still do before the head must move
 * @st:    of the head
 * @n:     CPUs in the queue; each at most once, so the arrays are enough
 * @head:  index of the head in the rings
 * @in:    bit c: CPU c is in the queue
 * @q:     ring of CPU numbers
 * @tq:    ring of the bounds they promised
 * @fairness: 20, or more above ten CPUs
 */
struct q_state {
	u64 now;
	u32 self, other;
	enum lock_status st;
	u32 fairness;
	u32 n, head;
	u64 in;
	u8 q[MAX_CPU];
	u32 tq[MAX_CPU];
};

void q_cal_init(struct q_state *s, u32 fairness, u64 now);

/* CPU number and bound of entry @i, head first; @i < n. */
static inline u32 q_cpu(const struct q_state *s, u32 i)
{
	return s->q[(s->head + i) % MAX_CPU];
}

static inline u32 q_bound(const struct q_state *s, u32 i)
{
	return s->tq[(s->head + i) % MAX_CPU];
}

/* ++ [cpu], ++ [bound]; the caller knows that @cpu is not in the queue. */
static inline void q_push(struct q_state *s, u32 cpu, u32 bound)
{
	u32 at = (s->head + s->n++) % MAX_CPU;

	s->q[at] = (u8)cpu;
	s->tq[at] = bound;
	s->in |= 1ull << cpu;
}

static inline enum cal_row q_inc_ticket(struct q_state *s, u32 cpu, u32 bound)
{
	if (s->n == 0) {
		/* SOURCE: self and other are kept. */
		s->st = LEMPTY;
	} else {
		if (s->in >> cpu & 1)
			return Q_TICKET_TWICE;
		if (s->other == 0)
			return Q_TICKET_UNFAIR;
		s->other--;
	}
	q_push(s, cpu, bound);
	return CAL_OK;
}

static inline enum cal_row q_get_now(struct q_state *s, bool head)
{
	if (!head) {
		if (s->other == 0)
			return Q_LOOK_UNFAIR;
		s->other--;
		return CAL_OK;
	}
	if (s->st != LEMPTY)
		return Q_LOOK_AGAIN;
	s->self = s->tq[s->head];
	s->other = s->fairness;
	s->st = LGET;
	return CAL_OK;
}

static inline enum cal_row q_shared(struct q_state *s, bool head)
{
	if (!head || s->st != LHOLD)
		return Q_SHARED_NOT_HELD;
	if (s->self == 0)
		return Q_SHARED_BOUND;
	s->self--;
	s->other = s->fairness;
	return CAL_OK;
}

/* q_cal_step() of an event of @kind by @cpu with the bound @bound; little is left of it where @kind is a constant. */
ALWAYS_INLINE enum cal_row q_cal_event(struct q_state *s, u32 kind, u32 cpu, u32 bound)
{
	bool head = s->n > 0 && s->q[s->head] == cpu;

	if (s->n == 0 && kind != EV_INC_TICKET)
		return Q_EMPTY;

	if (kind == EV_INC_TICKET)
		return q_inc_ticket(s, cpu, bound);
	if (kind == EV_GET_NOW)
		return q_get_now(s, head);
	if (kind == EV_HOLD_LOCK) {
		if (!head || s->st != LGET)
			return Q_HOLD_EARLY;
		s->other = s->fairness;
		s->st = LHOLD;
		return CAL_OK;
	}
	if (kind == EV_INC_NOW) {
		if (!head || s->st != LHOLD)
			return Q_PASS_NOT_HELD;
		s->self = 0;
		s->other = s->fairness;
		s->st = LEMPTY;
		s->in &= ~(1ull << cpu);
		s->head = (s->head + 1) % MAX_CPU;
		s->n--;
		s->now++;
		return CAL_OK;
	}
	if (!event_is_shared(kind))
		return Q_NOT_TICKET;
	return q_shared(s, head);
}

/**
 * q_cal_step() - one event of Q_CalLock (and Q_CalTicketLock), oldest first  [CalLock.Q_CalLock]
 *
 * Returns CAL_OK, or the row that the event breaks; then *s is as it was.  In the header: the merge feeds it tens of
 * millions of events a second.
 */
static inline enum cal_row q_cal_step(struct q_state *s, const struct event *e)
{
	return q_cal_event(s, e->kind, e->cpu, e->arg);
}

/**
 * q_cal_wait() - CPU @cpu waits at most @b rounds until it is the head  [CalLock.Q_CalWait, Q_CalTicketWait]
 *
 * As cal_ticket_wait().
 */
bool q_cal_wait(struct q_state *s, u64 b, cpu_t cpu, struct cal_env *env, struct cal_events *out);

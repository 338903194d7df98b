/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* CalTicketLock, CalTicketLockWraparound, and the waits over them.  [CalLock] */
#include "oracle/cal/env.h"
#include "oracle/cal/rules.h"
#include "sim/base/check.h"
#include "sim/log/event.h"

/**
 * struct cal_ticket - (t, n, q): next ticket, now serving, promised bounds of those in the queue
 * @wraps: CalTicketLockWraparound: t and n mod 2^32
 * @head, @len, @cap: @q is a ring of @cap (a power of two) bounds; nothing ties it to the CPUs: it can be as long as the
 *         log
 */
struct cal_ticket {
	u64 t, n;
	bool wraps;
	u32 head, len, cap;
	u32 *q;
};

/* Start counters; an empty queue.  Free with cal_ticket_free(). */
void cal_ticket_init(struct cal_ticket *s, bool wraps, u64 t, u64 n);
void cal_ticket_free(struct cal_ticket *s);

/* The bound of entry @i of the queue, head first; @i < len. */
static inline u32 cal_ticket_bound(const struct cal_ticket *s, u32 i)
{
	SIM_ASSERT_DBG(i < s->len);
	return s->q[(s->head + i) & (s->cap - 1)];
}

/* Twice the room, the ring straightened. */
__attribute__((cold)) void cal_ticket_grow(struct cal_ticket *s);
/* Room for @n at once: up to there the ring stays where it is. */
void cal_ticket_reserve(struct cal_ticket *s, u32 n);

/* ++ [bound] */
static inline void cal_ticket_push(struct cal_ticket *s, u32 bound)
{
	if (unlikely(s->len == s->cap))
		cal_ticket_grow(s);
	s->q[(s->head + s->len++) & (s->cap - 1)] = bound;
}

/* One more, as the fold counts. */
static inline u64 cal_ticket_next(const struct cal_ticket *s, u64 z)
{
	return s->wraps ? (u32)(z + 1) : z + 1;
}

/*
 * cal_ticket_lock_step() of an event of @kind with the bound @bound.  Where @kind is a constant, little is left of it:
 * the checker feeds it tens of millions of events a second.
 */
ALWAYS_INLINE enum cal_row cal_ticket_lock_event(struct cal_ticket *s, u32 kind, u32 bound)
{
	if (kind == EV_INC_TICKET) {
		s->t = cal_ticket_next(s, s->t);
		cal_ticket_push(s, bound);
		return CAL_OK;
	}
	if (kind == EV_INC_NOW) {
		s->n = cal_ticket_next(s, s->n);
		/* SOURCE: an empty queue stays empty, now moves all the same. */
		if (s->len) {
			s->head = (s->head + 1) & (s->cap - 1);
			s->len--;
		}
		return CAL_OK;
	}
	SIM_ASSERT_DBG(kind > EV_NONE && kind < EV_END);
	return event_is_high(kind) ? T_NOT_TICKET : CAL_OK;
}

/**
 * cal_ticket_lock_step() - one event, oldest first  [CalLock.CalTicketLock, CalTicketLockWraparound]
 *
 * Returns CAL_OK, or the row that the event breaks; then *s is as it was.
 */
static inline enum cal_row cal_ticket_lock_step(struct cal_ticket *s, const struct event *e)
{
	return cal_ticket_lock_event(s, e->kind, e->arg);
}

/**
 * cal_ticket_wait() - CPU @cpu with ticket @t waits at most @b rounds  [CalLock.CalTicketWait, CalTicketWaitWraparound]
 * @s:   the fold of the log so far; afterwards of the log with what was appended
 * @env: what the others do at each round
 * @out: the events appended
 *
 * Returns whether the wait is Some.
 */
bool cal_ticket_wait(struct cal_ticket *s, u64 b, cpu_t cpu, u64 t, struct cal_env *env,
                     struct cal_events *out);

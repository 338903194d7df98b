/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Laws about the folds' states that no log can break while the folds are right: as pure functions, so that a test can
 * show states that break them.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "oracle/check/finding.h"

/*
 * CalTicketLockWraparound is CalTicketLock mod 2^32.  The queues are compared by length and head.  CHECK_ROW_NR,
 * or the row.
 */
static inline enum check_row wrap_law(const struct cal_ticket *plain,
                                      const struct cal_ticket *wrapped)
{
	if (wrapped->t != (u32)plain->t || wrapped->n != (u32)plain->n)
		return ROW_WRAP_LAW;
	if (wrapped->len != plain->len)
		return ROW_WRAP_LAW;
	if (plain->len == 0)
		return CHECK_ROW_NR;
	if (cal_ticket_bound(plain, 0) != cal_ticket_bound(wrapped, 0))
		return ROW_WRAP_LAW;
	return CHECK_ROW_NR;
}

/* theorem_law() behind an event that leaves both queues as they were: any but INC_TICKET and INC_NOW. */
static inline enum check_row theorem_holder(const struct q_state *q, const struct h_state *h)
{
	if (h->owner != (q->n && q->st == LHOLD ? q_cpu(q, 0) : H_NOBODY))
		return ROW_THEOREM_HOLDER;
	return CHECK_ROW_NR;
}

/*
 * Q_CalLock and relate_log have the same bounds in the queue (compared by length, head and tail: each step changes an
 * end only) and, when the lock is held, H_CalLock the same holder.  CHECK_ROW_NR, or the row.
 */
static inline enum check_row theorem_law(const struct q_state *q, const struct relate_state *r,
                                         const struct h_state *h)
{
	if (q->n != r->q.len)
		return ROW_THEOREM_BOUNDS;
	if (q->n && q_bound(q, 0) != cal_ticket_bound(&r->q, 0))
		return ROW_THEOREM_BOUNDS;
	if (q->n && q_bound(q, q->n - 1) != cal_ticket_bound(&r->q, q->n - 1))
		return ROW_THEOREM_BOUNDS;
	return theorem_holder(q, h);
}

/* Where Q_CalLock is Some, relate_log and H_CalLock of what it derived are.  CHECK_ROW_NR, or the row. */
static inline enum check_row theorem_some(enum cal_row relate, enum cal_row high)
{
	if (relate != CAL_OK)
		return ROW_THEOREM_RELATE;
	return high != CAL_OK ? ROW_THEOREM_HIGH : CHECK_ROW_NR;
}

/**
 * struct measure - what decrease_number of all waiters of a lock is made of
 * @self, @other, @st: Q_CalLock's
 * @n:          CPUs in the queue
 * @head_bound: of the head; 0 when the queue is empty
 * @sum_wait:   CalSumWait of the whole queue
 *
 * All waiters share everything but the bounds between the head and themselves, and these change at INC_NOW only: so
 * one comparison an event judges them all.
 */
struct measure {
	u32 self, other;
	enum lock_status st;
	u32 n;
	u32 head_bound;
	u64 sum_wait;
};

/* decrease_number of a waiter with nobody but the head in front. */
static inline u64 measure_behind_head(const struct measure *m, u32 fairness)
{
	if (m->st == LEMPTY)
		return m->other + (4 + (u64)m->head_bound) * fairness;
	return m->other + ((u64)m->self + cal_status(m->st)) * fairness;
}

/* decrease_number of the CPU whose INC_TICKET led from @before to @after. */
static inline u64 measure_start(const struct measure *before, const struct measure *after,
                                u32 fairness)
{
	u64 between;

	if (before->n == 0)
		return after->other;
	between = before->sum_wait - (4 + (u64)before->head_bound);
	return measure_behind_head(after, fairness) + between * fairness;
}

/*
 * decrease_number never grows, falls at a GET_NOW of a CPU that @waited behind the head, and is below CalWaitTime when
 * a ticket is taken.  CHECK_ROW_NR, or the row.
 */
ALWAYS_INLINE enum check_row measure_law(const struct measure *before, const struct measure *after,
                                         u32 kind, bool waited, u32 fairness)
{
	u64 was, is;

	if (kind == EV_INC_TICKET &&
	    measure_start(before, after, fairness) >= 1 + fairness + after->sum_wait * fairness)
		return ROW_WAIT_START;
	if (before->n < 2)
		return CHECK_ROW_NR; /* nobody waits behind the head */
	was = measure_behind_head(before, fairness);
	is = measure_behind_head(after, fairness);
	if (kind == EV_INC_NOW) {
		if (before->n < 3)
			return CHECK_ROW_NR; /* the one who waited is the head now */
		/* The new head's bound stood between: those behind it had it in their sum. */
		was += (4 + (u64)after->head_bound) * fairness;
	}
	if (is > was)
		return ROW_WAIT_GROWS;
	if (kind == EV_GET_NOW && waited && is == was)
		return ROW_WAIT_STAYS;
	return CHECK_ROW_NR;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Laws about the folds' states that no log can break while the folds are right: as pure functions, so that a test can
 * show states that break them.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/check/finding.h"

/*
 * CalTicketLockWraparound is CalTicketLock mod 2^32.  The queues are compared by length and head.  CHECK_ROW_NR,
 * or the row.
 */
enum check_row wrap_law(const struct cal_ticket *plain, const struct cal_ticket *wrapped);

/*
 * Q_CalLock and relate_log have the same bounds in the queue (compared by length, head and tail: each step changes an
 * end only) and, when the lock is held, H_CalLock the same holder.  CHECK_ROW_NR, or the row.
 */
enum check_row theorem_law(const struct q_state *q, const struct relate_state *r,
                           const struct h_state *h);

/* Where Q_CalLock is Some, relate_log and H_CalLock of what it derived are.  CHECK_ROW_NR, or the row. */
enum check_row theorem_some(enum cal_row relate, enum cal_row high);

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

/* decrease_number of the CPU whose INC_TICKET led from @before to @after. */
u64 measure_start(const struct measure *before, const struct measure *after, u32 fairness);

/*
 * decrease_number never grows, falls at a GET_NOW of a CPU that @waited behind the head, and is below CalWaitTime when
 * a ticket is taken.  CHECK_ROW_NR, or the row.
 */
enum check_row measure_law(const struct measure *before, const struct measure *after, u32 kind,
                           bool waited, u32 fairness);

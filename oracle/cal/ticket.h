/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* CalTicketLock, CalTicketLockWraparound, and the waits over them.  [CalLock] */
#include "oracle/cal/env.h"
#include "oracle/cal/rules.h"
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
u32 cal_ticket_bound(const struct cal_ticket *s, u32 i);
/* ++ [bound] */
void cal_ticket_push(struct cal_ticket *s, u32 bound);

/**
 * cal_ticket_lock_step() - one event, oldest first  [CalLock.CalTicketLock, CalTicketLockWraparound]
 *
 * Returns CAL_OK, or the row that the event breaks; then *s is as it was.
 */
enum cal_row cal_ticket_lock_step(struct cal_ticket *s, const struct event *e);

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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folds over each lock's log: Q_CalLock; relate_log and H_CalLock; the theorem that links them; and what is said in
 * terms of Q_CalLock's state: waiting time and the environment of each CPU.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/check/law.h"
#include "oracle/check/state.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RELATE_MAX = 4 * MAX_CPU
}; /* longer: tickets without end, which Q_CalLock has refused long ago */

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
 * @off:      checks (bits) that are not judged any more on this lock
 * @breaker:  the CPU whose event made Q_CalLock None
 * @sum_wait: CalSumWait of the bounds in the queue, kept up to date
 */
struct queue {
	struct q_state q;
	struct relate_state relate;
	struct h_state high;
	u32 off;
	bool q_none;
	u8 breaker;
	u64 sum_wait;
	struct waiter cpu[MAX_CPU];
};

struct queues {
	u32 mask;
	u64 sections, related, queries;
	u64 worst_rounds, worst_bound, worst_measure;
	u32 least_other;
	struct queue lock[ID_END];
};

struct queues *queues_new(const struct checker *c)
{
	struct queues *s = xcalloc(1, sizeof(*s));

	s->mask = c->mask & (1u << CHK_QUEUE | 1u << CHK_HIGH | 1u << CHK_THEOREM | 1u << CHK_WAIT |
	                     1u << CHK_ORACLE);
	if (c->keep_reads)
		s->mask &= ~(1u << CHK_WAIT | 1u << CHK_ORACLE);
	s->least_other = c->fairness;
	return s;
}

void queues_free(struct queues *s)
{
	for (u32 lk = 0; s && lk < ID_END; lk++)
		relate_free(&s->lock[lk].relate);
	free(s);
}

void queues_reset(struct checker *c)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		struct queue *l = &c->queues->lock[lk];

		relate_free(&l->relate);
		memset(l, 0, sizeof(*l));
		/* A log that keeps repeated reads has no fairness: more than any log has events. */
		q_cal_init(&l->q, c->keep_reads ? UINT32_MAX : c->fairness, c->start_now);
		relate_init(&l->relate);
		h_cal_init(&l->high);
	}
}

/* "self 8, other 20, LHOLD, queue [2:10 0:10]": CPU and bound of each.  Returns buf. */
static const char *q_print(const struct q_state *q, char *buf, size_t size)
{
	int at = snprintf(buf, size, "self %u, other %u, %s, queue [", q->self, q->other,
	                  lock_status_name(q->st));

	for (u32 i = 0; i < q->n && (size_t)at + 32 < size; i++)
		at += snprintf(buf + at, size - (size_t)at, "%s%u:%u", i ? " " : "", q_cpu(q, i),
		               q_bound(q, i));
	snprintf(buf + at, size - (size_t)at, "]");
	return buf;
}

static const char *h_print(const struct h_state *h, char *buf, size_t size)
{
	if (h->owner == H_NOBODY)
		snprintf(buf, size, "self %u, %s, no owner", h->self, lock_status_name(h->st));
	else
		snprintf(buf, size, "self %u, %s, owner %u", h->self, lock_status_name(h->st),
		         h->owner);
	return buf;
}

static bool on(const struct checker *c, const struct queue *l, enum check_id id)
{
	return (c->queues->mask & ~l->off) >> id & 1;
}

static void breach(struct checker *c, struct queue *l, enum check_row row, const struct event *e)
{
	char q[200];

	l->off |= 1u << check_row_check(row);
	found(c, row, e, "%s", q_print(&l->q, q, sizeof(q)));
}

/* The environment of e's CPU is what the others did since its previous event; GET_NOW and INC_TICKET ask for it. */
static void oracle_query(struct checker *c, struct queue *l, const struct event *e)
{
	struct queues *s = c->queues;

	if (unlikely(e->cpu >= c->total_cpu)) {
		breach(c, l, ROW_ORACLE_DOMAIN, e);
		return;
	}
	if (e->kind != EV_GET_NOW && e->kind != EV_INC_TICKET)
		return;
	s->queries++;
	if (unlikely(l->q_none)) {
		if (l->breaker != e->cpu)
			breach(c, l, ROW_ORACLE_NONE, e);
		return;
	}
	if (l->q.other < s->least_other)
		s->least_other = l->q.other;
	if (unlikely(l->q.other == 0))
		breach(c, l, ROW_ORACLE_OTHER, e);
}

/* Rounds are counted by the waiter's own events alone, whatever the fold says. */
static void wait_rounds(struct checker *c, struct queue *l, const struct event *e)
{
	struct waiter *w = &l->cpu[e->cpu];
	struct queues *s = c->queues;

	if (e->kind == EV_INC_TICKET) {
		l->sum_wait += 4 + (u64)e->arg;
		w->bound = 1 + c->fairness + l->sum_wait * c->fairness;
		w->rounds = 0;
		w->waits = true;
	} else if (e->kind == EV_GET_NOW && w->waits) {
		if (w->rounds >= w->bound) {
			breach(c, l, ROW_WAIT_ROUNDS, e);
			return;
		}
		if (++w->rounds > s->worst_rounds) {
			s->worst_rounds = w->rounds;
			s->worst_bound = w->bound;
		}
	} else if (e->kind == EV_HOLD_LOCK) {
		w->waits = false;
	}
}

static struct measure measure_of(const struct queue *l)
{
	const struct q_state *q = &l->q;

	return (struct measure){ .self = q->self,
		                 .other = q->other,
		                 .st = q->st,
		                 .n = q->n,
		                 .head_bound = q->n ? q_bound(q, 0) : 0,
		                 .sum_wait = l->sum_wait };
}

static void wait_laws(struct checker *c, struct queue *l, const struct measure *before, bool waited,
                      const struct event *e)
{
	struct measure after = measure_of(l);
	enum check_row row = measure_law(before, &after, e->kind, waited, c->fairness);
	u64 start;

	if (e->kind == EV_INC_TICKET) {
		start = measure_start(before, &after, c->fairness);
		if (start > c->queues->worst_measure)
			c->queues->worst_measure = start;
	}
	if (unlikely(row != CHECK_ROW_NR))
		breach(c, l, row, e);
}

static void q_none(struct checker *c, struct queue *l, enum cal_row row, const struct event *e)
{
	char q[200];

	l->q_none = true;
	l->breaker = e->cpu;
	l->off |= 1u << CHK_THEOREM;
	if (!on(c, l, CHK_QUEUE))
		return;
	l->off |= 1u << CHK_QUEUE;
	found_fold(c, CHK_QUEUE, cal_row_name(row), cal_row_sentence(row), e, "%s",
	           q_print(&l->q, q, sizeof(q)));
}

/* One event of Q_CalLock, and the laws about its state. */
static void queue_step(struct checker *c, struct queue *l, const struct event *e)
{
	bool wait = on(c, l, CHK_WAIT);
	struct measure before;
	enum cal_row row;
	bool waited;

	if (wait) {
		wait_rounds(c, l, e);
		before = measure_of(l);
		if (e->kind == EV_INC_TICKET)
			before.sum_wait -= 4 + (u64)e->arg;
	}
	if (unlikely(l->q_none))
		return;
	waited = l->q.in >> e->cpu & 1 && q_cpu(&l->q, 0) != e->cpu;
	row = q_cal_step(&l->q, e);
	if (unlikely(row != CAL_OK)) {
		q_none(c, l, row, e);
		return;
	}
	if (!wait)
		return;
	if (e->kind == EV_INC_NOW)
		l->sum_wait -= 4 + (u64)before.head_bound;
	wait_laws(c, l, &before, waited, e);
}

/* One event of relate_log, and what it derives of H_CalLock. */
static void high_step(struct checker *c, struct queue *l, const struct event *e)
{
	enum cal_row row, high = CAL_OK;
	struct event derived;
	char h[64];

	if (unlikely(l->relate.q.len >= RELATE_MAX)) {
		l->off |= 1u << CHK_HIGH | 1u << CHK_THEOREM;
		return;
	}
	row = relate_step(&l->relate, e, &derived);
	if (row == CAL_OK && derived.kind != EV_NONE) {
		c->queues->related++;
		high = h_cal_step(&l->high, &derived);
	}
	if (likely(row == CAL_OK && high == CAL_OK))
		return;
	if (on(c, l, CHK_THEOREM) && !l->q_none)
		breach(c, l, theorem_some(row, high), e);
	if (row == CAL_OK)
		row = high;
	if (on(c, l, CHK_HIGH))
		found_fold(c, CHK_HIGH, cal_row_name(row), cal_row_sentence(row), e, "%s",
		           h_print(&l->high, h, sizeof(h)));
	l->off |= 1u << CHK_HIGH | 1u << CHK_THEOREM;
}

void queues_pass(struct checker *c)
{
	u32 mask = c->queues->mask;

	if (!mask)
		return;
	for (u32 i = 0; i < c->slice_n; i++) {
		const struct event *e = &c->slice[i];
		struct queue *l = &c->queues->lock[e->lk];
		u32 todo = mask & ~l->off;
		enum check_row row;

		if (event_is_mark(e->kind) || e->lk == FLATMEM_ID)
			continue;
		if (todo >> CHK_ORACLE & 1)
			oracle_query(c, l, e);
		queue_step(c, l, e);
		c->queues->sections += e->kind == EV_INC_NOW;
		if (todo & (1u << CHK_HIGH | 1u << CHK_THEOREM))
			high_step(c, l, e);
		if (!on(c, l, CHK_THEOREM))
			continue;
		row = theorem_law(&l->q, &l->relate, &l->high);
		if (unlikely(row != CHECK_ROW_NR))
			breach(c, l, row, e);
	}
}

void queues_worst(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct queues *s = c->queues;
	const char *unread = "log keeps repeated reads";

	out->judged = s->mask >> id & 1;
	if (!out->judged)
		snprintf(out->worst, sizeof(out->worst), "%s", unread);
	else if (id == CHK_QUEUE)
		snprintf(out->worst, sizeof(out->worst), "%llu sections",
		         (unsigned long long)s->sections);
	else if (id == CHK_HIGH)
		snprintf(out->worst, sizeof(out->worst), "%llu derived events",
		         (unsigned long long)s->related);
	else if (id == CHK_WAIT)
		snprintf(out->worst, sizeof(out->worst),
		         "worst wait %llu rounds/%llu, largest decrease_number %llu",
		         (unsigned long long)s->worst_rounds, (unsigned long long)s->worst_bound,
		         (unsigned long long)s->worst_measure);
	else if (id == CHK_ORACLE)
		snprintf(out->worst, sizeof(out->worst), "%llu queries, least other %u/%u",
		         (unsigned long long)s->queries, s->least_other, c->fairness);
}

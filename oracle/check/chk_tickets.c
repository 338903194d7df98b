// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follows from ticket arithmetic alone, without Q_CalLock: recorded words, order of entry, promised bounds,
 * fairness.  One pass, since the four checks need the same two counters.
 */
#include "oracle/cal/ticket.h"
#include "oracle/check/law.h"
#include "oracle/check/state.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

enum { OUT_MAX = 128 }; /* a power of two, more than the tickets that can be out */

_Static_assert(OUT_MAX > MAX_CPU, "one ticket a CPU, and one too many, fit");

/**
 * struct ticket_cpu - a CPU at one lock
 * @ticket: its ticket, mod 2^32, when it is out
 * @seen:   what its last GET_NOW read, mod 2^32
 */
struct ticket_cpu {
	u32 ticket, seen, bound;
	bool out, looked, inside;
};

/**
 * struct ticket_lock
 * @t, @n:    next ticket and now serving, mod 2^32
 * @plain, @wrapped: CalTicketLock and CalTicketLockWraparound
 * @enter:    the ticket that may enter next
 * @used:     shared events of the section
 * @others:   events of others since the head's last one
 * @off:      checks (bits) that have failed on this lock
 * @owner:    [OUT_MAX] who took the ticket, by ticket mod OUT_MAX
 */
struct ticket_lock {
	u32 t, n;
	u32 enter;
	u32 used, others;
	u32 off;
	struct cal_ticket plain, wrapped;
	u8 owner[OUT_MAX];
	struct ticket_cpu cpu[MAX_CPU];
};

struct tickets {
	u32 worst_used, worst_bound;
	u32 worst_others, worst_out;
	u64 words;
	struct ticket_lock lock[ID_END];
};

struct tickets *tickets_new(const struct checker *c)
{
	(void)c;
	return xcalloc(1, sizeof(struct tickets));
}

void tickets_free(struct tickets *s)
{
	for (u32 lk = 0; s && lk < ID_END; lk++) {
		cal_ticket_free(&s->lock[lk].plain);
		cal_ticket_free(&s->lock[lk].wrapped);
	}
	free(s);
}

void tickets_reset(struct checker *c)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		struct ticket_lock *l = &c->tickets->lock[lk];

		cal_ticket_free(&l->plain);
		cal_ticket_free(&l->wrapped);
		memset(l, 0, sizeof(*l));
		l->t = l->enter = c->start_ticket;
		l->n = c->start_now;
		cal_ticket_init(&l->plain, false, c->start_ticket, c->start_now);
		cal_ticket_init(&l->wrapped, true, c->start_ticket, c->start_now);
	}
}

/* Report, and be silent about this check on this lock from now on. */
#define BREACH(l, id, row, e, ...)                     \
	do {                                           \
		(l)->off |= 1u << CHK_##id;            \
		found(c, ROW_##row, (e), __VA_ARGS__); \
	} while (0)

static void wrap(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	const struct cal_ticket *w = &l->wrapped;

	if (e->flags & EVF_WORD) {
		c->tickets->words++;
		if (unlikely(e->ticket != w->t || e->now != w->n)) {
			enum check_row row = e->ticket != w->t ? ROW_WRAP_TICKET : ROW_WRAP_NOW;

			l->off |= 1u << CHK_WRAP;
			found(c, row, e, "fold: ticket %llu, now %llu; recorded: ticket %u, now %u",
			      (unsigned long long)w->t, (unsigned long long)w->n, e->ticket,
			      e->now);
			return;
		}
	}
	if (!event_is_rmw(e->kind))
		return;
	/* More tickets than CPUs is another check's: the folds' queues shall not grow with the log. */
	if (l->plain.len >= OUT_MAX && e->kind == EV_INC_TICKET) {
		l->off |= 1u << CHK_WRAP;
		return;
	}
	(void)cal_ticket_lock_step(&l->plain, e);
	(void)cal_ticket_lock_step(&l->wrapped, e);
	if (unlikely(wrap_law(&l->plain, &l->wrapped) != CHECK_ROW_NR))
		BREACH(l, WRAP, WRAP_LAW, e, "CalTicketLock (%llu, %llu), wraparound (%llu, %llu)",
		       (unsigned long long)l->plain.t, (unsigned long long)l->plain.n,
		       (unsigned long long)w->t, (unsigned long long)w->n);
}

static void take(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];
	u32 out = l->t - l->n;

	if (me->out) {
		BREACH(l, FIFO, FIFO_TWICE, e, "CPU %u has ticket %u; ticket %u, now %u", e->cpu,
		       me->ticket, l->t, l->n);
		return;
	}
	if (out + 1 > c->tickets->worst_out)
		c->tickets->worst_out = out + 1;
	me->ticket = l->t;
	me->out = true;
	me->looked = me->inside = false;
}

static void enter(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];

	if (!me->out || me->inside)
		BREACH(l, FIFO, FIFO_NO_TICKET, e, "CPU %u %s", e->cpu,
		       me->out ? "holds the lock" : "has no ticket");
	else if (me->ticket != l->enter)
		BREACH(l, FIFO, FIFO_ORDER, e, "CPU %u has ticket %u; ticket %u of CPU %u is next",
		       e->cpu, me->ticket, l->enter, l->owner[l->enter % OUT_MAX]);
	else if (!me->looked || me->seen != me->ticket)
		BREACH(l, FIFO, FIFO_NOT_SERVED, e, "CPU %u has ticket %u, %s %u", e->cpu,
		       me->ticket, me->looked ? "read now" : "did not look; now",
		       me->looked ? me->seen : l->n);
	me->inside = true;
	l->enter++;
}

static void fifo(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];

	if (unlikely(e->cpu >= c->total_cpu)) {
		BREACH(l, FIFO, FIFO_RANGE, e, "CPUs 0..%u", c->total_cpu - 1);
		return;
	}
	if (e->kind == EV_INC_TICKET) {
		take(c, l, e);
	} else if (e->kind == EV_GET_NOW) {
		me->looked = true;
		me->seen = e->flags & EVF_WORD ? e->now : l->n;
	} else if (e->kind == EV_HOLD_LOCK) {
		enter(c, l, e);
	} else if (e->kind == EV_INC_NOW) {
		if (!me->inside)
			BREACH(l, FIFO, FIFO_PASS, e, "CPU %u %s", e->cpu,
			       me->out ? "waits" : "has no ticket");
		me->out = me->inside = false;
	}
}

static void bound(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct tickets *s = c->tickets;

	if (e->kind == EV_INC_TICKET) {
		l->cpu[e->cpu].bound = e->arg;
	} else if (e->kind == EV_HOLD_LOCK) {
		l->used = 0;
	} else if (event_is_shared(e->kind)) {
		u32 max = l->cpu[e->cpu].bound;

		if (l->used >= max) {
			BREACH(l, BOUND, BOUND_SELF, e, "%u shared events of %u promised", l->used,
			       max);
			return;
		}
		if (++l->used > s->worst_used || s->worst_bound == 0) {
			s->worst_used = l->used;
			s->worst_bound = max;
		}
	}
}

/* Runs before the counters move: the head is the owner of the ticket that is served. */
static void fair(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	if (l->t == l->n)
		return;
	if (l->owner[l->n % OUT_MAX] == e->cpu) {
		l->others = 0;
		return;
	}
	if (l->others >= c->fairness) {
		BREACH(l, FAIRNESS, FAIRNESS_OTHERS, e,
		       "%u events of others since CPU %u's last one", l->others,
		       l->owner[l->n % OUT_MAX]);
		return;
	}
	if (++l->others > c->tickets->worst_others)
		c->tickets->worst_others = l->others;
}

void tickets_pass(struct checker *c)
{
	const u32 mine = 1u << CHK_WRAP | 1u << CHK_FIFO | 1u << CHK_BOUND | 1u << CHK_FAIRNESS;
	u32 mask = c->mask & mine;

	if (c->keep_reads)
		mask &= ~(1u << CHK_FAIRNESS);
	if (!mask)
		return;
	for (u32 i = 0; i < c->slice_n; i++) {
		const struct event *e = &c->slice[i];
		struct ticket_lock *l = &c->tickets->lock[e->lk];
		u32 todo;

		if (event_is_mark(e->kind) || e->lk == FLATMEM_ID)
			continue;
		todo = mask & ~l->off;
		if (todo >> CHK_WRAP & 1)
			wrap(c, l, e);
		if (todo >> CHK_FAIRNESS & 1)
			fair(c, l, e);
		if (todo >> CHK_BOUND & 1)
			bound(c, l, e);
		if (todo >> CHK_FIFO & 1)
			fifo(c, l, e);
		if (e->kind == EV_INC_TICKET)
			l->owner[l->t++ % OUT_MAX] = e->cpu;
		else if (e->kind == EV_INC_NOW)
			l->n++;
	}
}

void tickets_worst(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct tickets *s = c->tickets;

	if (id == CHK_WRAP && s->words)
		snprintf(out->worst, sizeof(out->worst), "%llu words compared",
		         (unsigned long long)s->words);
	else if (id == CHK_WRAP)
		snprintf(out->worst, sizeof(out->worst), "log has no lock words");
	else if (id == CHK_FIFO)
		snprintf(out->worst, sizeof(out->worst), "longest queue %u of %u CPUs",
		         s->worst_out, c->total_cpu);
	else if (id == CHK_BOUND)
		snprintf(out->worst, sizeof(out->worst), "max self %u/%u", s->worst_used,
		         s->worst_bound);
	else if (id == CHK_FAIRNESS && c->keep_reads)
		snprintf(out->worst, sizeof(out->worst), "log keeps repeated reads");
	else if (id == CHK_FAIRNESS)
		snprintf(out->worst, sizeof(out->worst), "max others %u/%u", s->worst_others,
		         c->fairness);
	out->judged = !(id == CHK_FAIRNESS && c->keep_reads) && !(id == CHK_WRAP && !s->words);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follows from ticket arithmetic alone, without Q_CalLock: recorded words, order of entry, promised bounds,
 * fairness.  One pass, since the four checks need the same two counters.
 */
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
 * @t, @n:    next ticket and now serving without wraparound, CalTicketLock's
 * @wt, @wn:  the same mod 2^32, CalTicketLockWraparound's
 * @enter:    the ticket that may enter next
 * @used:     shared events of the section
 * @others:   events of others since the head's last one
 * @off:      checks (bits) that have failed on this lock
 * @owner:    [OUT_MAX] who took the ticket, by ticket mod OUT_MAX
 */
struct ticket_lock {
	u64 t, n;
	u32 wt, wn;
	u32 enter;
	u32 used, others;
	u32 off;
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

void tickets_reset(struct checker *c)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		struct ticket_lock *l = &c->tickets->lock[lk];

		memset(l, 0, sizeof(*l));
		l->t = l->wt = l->enter = c->start_ticket;
		l->n = l->wn = c->start_now;
	}
}

static bool on(const struct checker *c, const struct ticket_lock *l, enum check_id id)
{
	return (c->mask & ~l->off) >> id & 1;
}

/* Report, and be silent about this check on this lock from now on. */
#define BREACH(l, id, row, e, ...)                       \
	do {                                             \
		(l)->off |= 1u << CHK_##id;              \
		found(c, ROW_##row, (e), __VA_ARGS__);   \
	} while (0)

bool wrap_law(u64 t, u64 n, u32 wt, u32 wn)
{
	return (u32)t == wt && (u32)n == wn;
}

/* The fold's counters before the event, and the word that the atomic returned. */
static void check_word(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	c->tickets->words++;
	if (e->ticket != l->wt)
		BREACH(l, WRAP, WRAP_TICKET, e, "fold: ticket %u, now %u; recorded: ticket %u, now %u",
		       l->wt, l->wn, e->ticket, e->now);
	else if (e->now != l->wn)
		BREACH(l, WRAP, WRAP_NOW, e, "fold: ticket %u, now %u; recorded: ticket %u, now %u",
		       l->wt, l->wn, e->ticket, e->now);
}

static void count(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	if (e->kind == EV_INC_TICKET) {
		l->t++;
		l->wt++;
	} else if (e->kind == EV_INC_NOW) {
		l->n++;
		l->wn++;
	} else {
		return;
	}
	if (on(c, l, CHK_WRAP) && unlikely(!wrap_law(l->t, l->n, l->wt, l->wn)))
		BREACH(l, WRAP, WRAP_LAW, e, "CalTicketLock (%llu, %llu), wraparound (%u, %u)",
		       (unsigned long long)l->t, (unsigned long long)l->n, l->wt, l->wn);
}

static void take(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];
	u32 out = l->wt - l->wn;

	if (me->out) {
		BREACH(l, FIFO, FIFO_TWICE, e, "CPU %u has ticket %u; ticket %u, now %u", e->cpu,
		       me->ticket, l->wt, l->wn);
		return;
	}
	if (out >= c->total_cpu) {
		BREACH(l, FIFO, FIFO_TICKETS, e, "%u tickets out, %u CPUs", out, c->total_cpu);
		return;
	}
	if (out + 1 > c->tickets->worst_out)
		c->tickets->worst_out = out + 1;
	me->ticket = l->wt;
	me->out = true;
	me->looked = me->inside = false;
	l->owner[l->wt % OUT_MAX] = e->cpu;
}

static void enter(struct checker *c, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];

	if (!me->out || me->inside)
		BREACH(l, FIFO, FIFO_NO_TICKET, e, "CPU %u %s", e->cpu,
		       me->out ? "holds the lock" : "has no ticket");
	else if (me->ticket != l->enter)
		BREACH(l, FIFO, FIFO_ORDER, e, "CPU %u has ticket %u; ticket %u of CPU %u is next", e->cpu,
		       me->ticket, l->enter, l->owner[l->enter % OUT_MAX]);
	else if (!me->looked || me->seen != me->ticket)
		BREACH(l, FIFO, FIFO_NOT_SERVED, e, "CPU %u has ticket %u, %s %u", e->cpu, me->ticket,
		       me->looked ? "read now" : "did not look; now", me->looked ? me->seen : l->wn);
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
		me->seen = e->flags & EVF_WORD ? e->now : l->wn;
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
			BREACH(l, BOUND, BOUND_SELF, e, "%u shared events of %u promised", l->used, max);
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
	if (l->wt == l->wn)
		return;
	if (l->owner[l->wn % OUT_MAX] == e->cpu) {
		l->others = 0;
		return;
	}
	if (l->others >= c->fairness) {
		BREACH(l, FAIRNESS, FAIRNESS_OTHERS, e, "%u events of others since CPU %u's last one",
		       l->others, l->owner[l->wn % OUT_MAX]);
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
		if (todo >> CHK_WRAP & 1 && e->flags & EVF_WORD)
			check_word(c, l, e);
		if (todo >> CHK_FAIRNESS & 1)
			fair(c, l, e);
		if (todo >> CHK_FIFO & 1)
			fifo(c, l, e);
		else if (e->kind == EV_INC_TICKET)
			l->owner[l->wt % OUT_MAX] = e->cpu;
		if (todo >> CHK_BOUND & 1)
			bound(c, l, e);
		count(c, l, e);
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
		snprintf(out->worst, sizeof(out->worst), "longest queue %u of %u CPUs", s->worst_out,
		         c->total_cpu);
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

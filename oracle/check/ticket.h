/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What follows from ticket arithmetic alone, without Q_CalLock: recorded words, order of entry, promised bounds,
 * fairness: four checks that need the same two counters.  Here is what runs at every event; the rest is in ticket.c.
 */
#include "oracle/cal/ticket.h"
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/check/law.h"
#include "oracle/check/pieces.h"

/* A check of this family in its sets. */
#define TICKET_BIT(id) (1u << ((id)-CHK_WRAP))

_Static_assert(CHK_FAIRNESS - CHK_WRAP < 32, "they fit in one word");

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
 * @on:       checks (bits) that are judged, on this lock still
 * @owner:    [OUT_MAX] who took the ticket, by ticket mod OUT_MAX
 */
struct ticket_lock {
	u32 t, n;
	u32 enter;
	u32 used, others;
	u32 on;
	struct cal_ticket plain, wrapped;
	u8 owner[OUT_MAX];
	struct ticket_cpu cpu[MAX_CPU];
};

/**
 * struct ticket_checks
 * @mask: checks (bits) that are judged
 */
struct ticket_checks {
	u32 mask;
	u32 worst_used, worst_bound;
	u32 worst_others, worst_out;
	u64 words;
	struct ticket_lock lock[ID_END];
};

/* Report, and be silent about this check on this lock from now on. */
#define BREACH(l, id, row, e, ...)                                   \
	do {                                                         \
		(l)->on &= ~(TICKET_BIT(CHK_##id));                  \
		found_of(&j->findings, ROW_##row, (e), __VA_ARGS__); \
	} while (0)

ALWAYS_INLINE void ticket_wrap(struct ticket_checks *s, struct judge *j, struct ticket_lock *l,
                               const struct event *e, u32 kind)
{
	const struct cal_ticket *w = &l->wrapped;

	if (e->flags & EVF_WORD) {
		s->words++;
		if (unlikely(e->ticket != w->t || e->now != w->n)) {
			enum check_row row = e->ticket != w->t ? ROW_WRAP_TICKET : ROW_WRAP_NOW;

			l->on &= ~(TICKET_BIT(CHK_WRAP));
			found_of(&j->findings, row, e,
			         FACTS(fact_should(fact_n("ticket", e->ticket), w->t),
			               fact_should(fact_n("now", e->now), w->n)),
			         "fold: ticket %llu, now %llu; recorded: ticket %u, now %u",
			         (unsigned long long)w->t, (unsigned long long)w->n, e->ticket,
			         e->now);
			return;
		}
	}
	if (!event_is_rmw(kind))
		return;
	/* More tickets than CPUs is another check's: the folds' queues shall not grow with the log. */
	if (kind == EV_INC_TICKET && unlikely(l->plain.len >= OUT_MAX)) {
		l->on &= ~(TICKET_BIT(CHK_WRAP));
		return;
	}
	(void)cal_ticket_lock_event(&l->plain, kind, e->arg);
	(void)cal_ticket_lock_event(&l->wrapped, kind, e->arg);
	if (unlikely(wrap_law(&l->plain, &l->wrapped) != CHECK_ROW_NR))
		BREACH(l, WRAP, WRAP_LAW, e,
		       FACTS(fact_n("ticket", l->plain.t), fact_n("now", l->plain.n),
		             fact_n("wraparound_ticket", w->t), fact_n("wraparound_now", w->n)),
		       "CalTicketLock (%llu, %llu), wraparound (%llu, %llu)",
		       (unsigned long long)l->plain.t, (unsigned long long)l->plain.n,
		       (unsigned long long)w->t, (unsigned long long)w->n);
}

ALWAYS_INLINE void ticket_take(struct ticket_checks *s, struct judge *j, struct ticket_lock *l,
                               const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];
	u32 out = l->t - l->n;

	if (unlikely(me->out)) {
		BREACH(l, FIFO, FIFO_TWICE, e,
		       FACTS(fact_n("own_ticket", me->ticket), fact_n("ticket", l->t),
		             fact_n("now", l->n)),
		       "CPU %u has ticket %u; ticket %u, now %u", e->cpu, me->ticket, l->t, l->n);
		return;
	}
	if (unlikely(out + 1 > s->worst_out))
		s->worst_out = out + 1;
	me->ticket = l->t;
	me->out = true;
	me->looked = me->inside = false;
}

ALWAYS_INLINE void ticket_enter(struct judge *j, struct ticket_lock *l, const struct event *e)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];

	if (unlikely(!me->out || me->inside))
		BREACH(l, FIFO, FIFO_NO_TICKET, e,
		       FACTS(fact_word("holder", me->out ? "holds" : "no ticket")), "CPU %u %s",
		       e->cpu, me->out ? "holds the lock" : "has no ticket");
	else if (unlikely(me->ticket != l->enter))
		BREACH(l, FIFO, FIFO_ORDER, e,
		       FACTS(fact_should(fact_n("own_ticket", me->ticket), l->enter),
		             fact_n("next_cpu", l->owner[l->enter % OUT_MAX])),
		       "CPU %u has ticket %u; ticket %u of CPU %u is next", e->cpu, me->ticket,
		       l->enter, l->owner[l->enter % OUT_MAX]);
	else if (unlikely(!me->looked || me->seen != me->ticket))
		BREACH(l, FIFO, FIFO_NOT_SERVED, e,
		       FACTS(fact_n("own_ticket", me->ticket),
		             fact_n(me->looked ? "read_now" : "now", me->looked ? me->seen : l->n)),
		       "CPU %u has ticket %u, %s %u", e->cpu, me->ticket,
		       me->looked ? "read now" : "did not look; now", me->looked ? me->seen : l->n);
	me->inside = true;
	l->enter++;
}

ALWAYS_INLINE void ticket_fifo(struct ticket_checks *s, struct judge *j, struct ticket_lock *l,
                               const struct event *e, u32 kind)
{
	struct ticket_cpu *me = &l->cpu[e->cpu];

	if (unlikely(e->cpu >= j->total_cpu)) {
		BREACH(l, FIFO, FIFO_RANGE, e, FACTS(fact_n("cpus", j->total_cpu)), "CPUs 0..%u",
		       j->total_cpu - 1);
	} else if (kind == EV_INC_TICKET) {
		ticket_take(s, j, l, e);
	} else if (kind == EV_GET_NOW) {
		me->looked = true;
		me->seen = e->flags & EVF_WORD ? e->now : l->n;
	} else if (kind == EV_HOLD_LOCK) {
		ticket_enter(j, l, e);
	} else if (kind == EV_INC_NOW) {
		if (unlikely(!me->inside))
			BREACH(l, FIFO, FIFO_PASS, e,
			       FACTS(fact_word("holder", me->out ? "waits" : "no ticket")),
			       "CPU %u %s", e->cpu, me->out ? "waits" : "has no ticket");
		me->out = me->inside = false;
	}
}

ALWAYS_INLINE void ticket_bound(struct ticket_checks *s, struct judge *j, struct ticket_lock *l,
                                const struct event *e, u32 kind)
{

	if (kind == EV_INC_TICKET) {
		l->cpu[e->cpu].bound = e->arg;
	} else if (kind == EV_HOLD_LOCK) {
		l->used = 0;
	} else if (event_is_shared(kind)) {
		u32 max = l->cpu[e->cpu].bound;

		if (unlikely(l->used >= max)) {
			BREACH(l, BOUND, BOUND_SELF, e,
			       FACTS(fact_n("shared_events", l->used + 1), fact_n("promised", max)),
			       "%u shared events of %u promised", l->used, max);
			return;
		}
		if (unlikely(++l->used > s->worst_used || s->worst_bound == 0)) {
			s->worst_used = l->used;
			s->worst_bound = max;
		}
	}
}

/* Comes before the counters move: the head is the owner of the ticket that is served. */
ALWAYS_INLINE void ticket_fair(struct ticket_checks *s, struct judge *j, struct ticket_lock *l,
                               const struct event *e)
{
	if (l->t == l->n)
		return;
	if (l->owner[l->n % OUT_MAX] == e->cpu) {
		l->others = 0;
		return;
	}
	if (unlikely(l->others >= j->fairness)) {
		BREACH(l, FAIRNESS, FAIRNESS_OTHERS, e,
		       FACTS(fact_n("others", l->others + 1), fact_n("fairness", j->fairness),
		             fact_n("head_cpu", l->owner[l->n % OUT_MAX])),
		       "%u events of others since CPU %u's last one", l->others,
		       l->owner[l->n % OUT_MAX]);
		return;
	}
	if (unlikely(++l->others > s->worst_others))
		s->worst_others = l->others;
}

/* Is there something to judge? */
static inline bool ticket_active(const struct ticket_checks *s)
{
	return s->mask != 0;
}

/* An event of @kind, a constant, on a lock: the checks of this family. */
ALWAYS_INLINE void ticket_event(struct ticket_checks *s, struct judge *j, const struct event *e,
                                u32 kind)
{
	struct ticket_lock *l = &s->lock[e->lk];

	if (likely(l->on & TICKET_BIT(CHK_WRAP)))
		ticket_wrap(s, j, l, e, kind);
	if (likely(l->on & TICKET_BIT(CHK_FAIRNESS)))
		ticket_fair(s, j, l, e);
	if (likely(l->on & TICKET_BIT(CHK_BOUND)))
		ticket_bound(s, j, l, e, kind);
	if (likely(l->on & TICKET_BIT(CHK_FIFO)))
		ticket_fifo(s, j, l, e, kind);
	if (kind == EV_INC_TICKET)
		l->owner[l->t++ % OUT_MAX] = e->cpu;
	else if (kind == EV_INC_NOW)
		l->n++;
}

/* What an event of @cpu on @lk may change; @enters: INC_TICKET. */
ALWAYS_INLINE void ticket_pieces(struct pieces *p, struct ticket_checks *s, u32 cpu, lk_t lk,
                                 bool enters)
{
	struct ticket_lock *l = &s->lock[lk];

	piece(p, s, offsetof(struct ticket_checks, lock));
	piece(p, l, offsetof(struct ticket_lock, owner));
	piece(p, &l->cpu[cpu], sizeof(l->cpu[cpu]));
	if (!enters)
		return;
	piece(p, &l->owner[l->t % OUT_MAX], sizeof(l->owner[0]));
	cal_ticket_pieces(p, &l->plain);
	cal_ticket_pieces(p, &l->wrapped);
}

extern const struct family ticket_family;

#undef BREACH

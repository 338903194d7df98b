// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/high.h"

void h_cal_init(struct h_state *s)
{
	*s = (struct h_state){ .st = LEMPTY, .owner = H_NOBODY };
}

enum cal_row h_cal_step(struct h_state *s, const struct event *e)
{
	if (e->kind == EV_WAIT_LOCK) {
		if (s->owner != H_NOBODY)
			return H_WAIT_TAKEN;
		*s = (struct h_state){ e->arg, LHOLD, e->cpu };
		return CAL_OK;
	}
	if (e->kind == EV_REL_LOCK) {
		if (s->owner == H_NOBODY)
			return H_REL_FREE;
		if (s->owner != e->cpu)
			return H_REL_NOT_HELD;
		h_cal_init(s);
		return CAL_OK;
	}
	if (!event_is_shared(e->kind))
		return H_NOT_HIGH;
	if (s->owner == H_NOBODY)
		return H_SHARED_FREE;
	if (s->owner != e->cpu)
		return H_SHARED_NOT_HELD;
	if (s->self == 0)
		return H_SHARED_BOUND;
	s->self--;
	return CAL_OK;
}

void relate_init(struct relate_state *s)
{
	cal_ticket_init(&s->q, false, 0, 0);
}

void relate_free(struct relate_state *s)
{
	cal_ticket_free(&s->q);
}

enum cal_row relate_step(struct relate_state *s, const struct event *e, struct event *derived)
{
	derived->kind = EV_NONE;
	if (e->kind == EV_CAS_TICKET || e->kind == EV_WAIT_LOCK || e->kind == EV_REL_LOCK)
		return R_NOT_TICKET;
	if (e->kind == EV_HOLD_LOCK) {
		if (s->q.len == 0)
			return R_HOLD_EMPTY;
		*derived = cal_event(EV_WAIT_LOCK, e->cpu, cal_ticket_bound(&s->q, 0));
		derived->lk = e->lk;
		return CAL_OK;
	}
	if (e->kind == EV_INC_NOW) {
		if (s->q.len == 0)
			return R_PASS_EMPTY;
		*derived = cal_event(EV_REL_LOCK, e->cpu, 0);
		derived->lk = e->lk;
	}
	if (event_is_shared(e->kind))
		*derived = *e;
	/* INC_TICKET pushes its bound, INC_NOW takes the head: the queue of CalTicketLock. */
	return cal_ticket_lock_step(&s->q, e);
}

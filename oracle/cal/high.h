/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* H_CalLock, the high-level view, and relate_log, which derives it from the ticket level.  [CalLock] */
#include "oracle/cal/rules.h"
#include "oracle/cal/ticket.h"
#include "sim/log/event.h"

enum { H_NOBODY = 0xffffffff };

/**
 * struct h_state - (self, st, owner)
 * @self:  shared events that the owner may still do
 * @owner: CPU number, or H_NOBODY
 */
struct h_state {
	u32 self;
	enum lock_status st;
	u32 owner;
};

void h_cal_init(struct h_state *s);

/* h_cal_step() of an event of @kind by @cpu with the bound @bound. */
ALWAYS_INLINE enum cal_row h_cal_event(struct h_state *s, u32 kind, u32 cpu, u32 bound)
{
	if (kind == EV_WAIT_LOCK) {
		if (s->owner != H_NOBODY)
			return H_WAIT_TAKEN;
		*s = (struct h_state){ bound, LHOLD, cpu };
		return CAL_OK;
	}
	if (kind == EV_REL_LOCK) {
		if (s->owner == H_NOBODY)
			return H_REL_FREE;
		if (s->owner != cpu)
			return H_REL_NOT_HELD;
		*s = (struct h_state){ 0, LEMPTY, H_NOBODY };
		return CAL_OK;
	}
	if (!event_is_shared(kind))
		return H_NOT_HIGH;
	if (s->owner == H_NOBODY)
		return H_SHARED_FREE;
	if (s->owner != cpu)
		return H_SHARED_NOT_HELD;
	if (s->self == 0)
		return H_SHARED_BOUND;
	s->self--;
	return CAL_OK;
}

/* One event of H_CalLock, oldest first.  On a row *s is as it was.  [CalLock.H_CalLock] */
enum cal_row h_cal_step(struct h_state *s, const struct event *e);

/**
 * struct relate_state - the bounds of the tickets that are out: a ring that can be as long as the log
 */
struct relate_state {
	struct cal_ticket q;
};

void relate_init(struct relate_state *s);
void relate_free(struct relate_state *s);

/**
 * struct relate_event - what relate_log makes of one event: an event of the same CPU in the high-level log
 * @kind:  EV_NONE where the event vanishes
 * @bound: of a WAIT_LOCK
 */
struct relate_event {
	u32 kind, bound;
};

/* relate_step() of an event of @kind with the bound @bound. */
ALWAYS_INLINE enum cal_row relate_event(struct relate_state *s, u32 kind, u32 bound,
                                        struct relate_event *derived)
{
	*derived = (struct relate_event){ EV_NONE, 0 };
	if (event_is_high(kind))
		return R_NOT_TICKET;
	if (kind == EV_HOLD_LOCK) {
		if (s->q.len == 0)
			return R_HOLD_EMPTY;
		*derived = (struct relate_event){ EV_WAIT_LOCK, cal_ticket_bound(&s->q, 0) };
		return CAL_OK;
	}
	if (kind == EV_INC_NOW) {
		if (s->q.len == 0)
			return R_PASS_EMPTY;
		derived->kind = EV_REL_LOCK;
	}
	if (event_is_shared(kind))
		derived->kind = kind;
	/* INC_TICKET pushes its bound, INC_NOW takes the head: the queue of CalTicketLock. */
	return cal_ticket_lock_event(&s->q, kind, bound);
}

/*
 * One event of relate_log.  CAL_OK: *derived is the event of the high-level log, or has kind EV_NONE where the event
 * vanishes.  A row: *s is as it was.  [CalLock.relate_log]
 */
enum cal_row relate_step(struct relate_state *s, const struct event *e, struct event *derived);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pass over a slice: all checks at one event, then the next event.  What the checks do at an event is inlined here once
 * for each kind of event, so that the kind is a constant in it and asked for once.
 */
#include "oracle/check/chk_order.h"
#include "oracle/check/chk_program.h"
#include "oracle/check/chk_queue.h"
#include "oracle/check/chk_tickets.h"
#include "oracle/check/state.h"

/* Families that have something to judge; programs always run: others ask what they know. */
struct families {
	bool queues, tickets, nestings, contents;
};

ALWAYS_INLINE void lock_event(struct checker *c, const struct families *f, const struct event *e,
                              u32 kind)
{
	if (likely(f->queues))
		queue_event(c, e, kind);
	if (likely(f->tickets))
		tickets_event(c, e, kind);
	program_event(c, e, kind);
	if (likely(f->nestings))
		nestings_event(c, e, kind);
	if (event_is_shared(kind) && likely(f->contents))
		contents_event(c, e);
}

/* Flat memory has a word of its own and no lock: only what it holds is judged. */
static void flat_event(struct checker *c, const struct families *f, const struct event *e)
{
	program_flat(c, e);
	if (event_is_shared(e->kind) && f->contents)
		contents_event(c, e);
}

ALWAYS_INLINE void one_event(struct checker *c, const struct families *f, const struct event *e)
{
	switch (e->kind) {
	case EV_INC_TICKET:
		lock_event(c, f, e, EV_INC_TICKET);
		return;
	case EV_GET_NOW:
		lock_event(c, f, e, EV_GET_NOW);
		return;
	case EV_HOLD_LOCK:
		lock_event(c, f, e, EV_HOLD_LOCK);
		return;
	case EV_INC_NOW:
		lock_event(c, f, e, EV_INC_NOW);
		return;
	case EV_CAS_TICKET:
	case EV_WAIT_LOCK:
	case EV_REL_LOCK:
		lock_event(c, f, e, EV_CAS_TICKET);
		return;
	case EV_OPULL:
		lock_event(c, f, e, EV_OPULL);
		return;
	case EV_OCORE_DATA:
	case EV_OS2_PAGE:
	case EV_ONPT:
	case EV_OVMINFO:
	case EV_OSPT:
	case EV_OSMMU:
	case EV_OFLATMEM:
		lock_event(c, f, e, EV_OCORE_DATA);
		return;
	}
	SIM_UNREACHABLE();
}

void slice_pass(struct checker *c)
{
	const struct families f = { .queues = queues_judge(c),
		                    .tickets = tickets_judge(c),
		                    .nestings = has(c, CHK_ORDER),
		                    .contents = has(c, CHK_CONTENTS) };

	const struct event *end = c->slice + c->slice_n;
	struct near_event *keep = near_slice(&c->near)->ev;

	for (const struct event *e = c->slice; e < end; e++) {
		SIM_ASSERT_DBG(e->cpu < MAX_CPU);
		SIM_ASSERT_DBG(e->lk < ID_END);
		if (unlikely(e->kind == MARK_EPISODE && e->arg != c->episode)) {
			end = e;
			break;
		}
		near_keep(&c->near, keep++, e);
		if (unlikely(e->kind == MARK_MEMORY))
			contents_memory(c, e);
		else if (event_is_mark(e->kind))
			program_mark(c, e);
		else if (likely(e->lk != FLATMEM_ID))
			one_event(c, &f, e);
		else
			flat_event(c, &f, e);
	}
	c->slice_n = (u32)(end - c->slice);
}

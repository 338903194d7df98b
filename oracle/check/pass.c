// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pass over a slice: all checks at one event, then the next event.  What the checks do at an event is inlined here once
 * for each kind of event, so that the kind is a constant in it and asked for once.
 */
#include "oracle/check/lock_order.h"
#include "oracle/check/program_order.h"
#include "oracle/check/queue.h"
#include "oracle/check/state.h"
#include "oracle/check/ticket.h"

/* Families that have something to judge; programs always run: others ask what they know. */
struct families {
	bool queue, ticket, lock_order, contents;
};

ALWAYS_INLINE void lock_event(struct checker *c, const struct families *f, const struct event *e,
                              u32 kind)
{
	if (likely(f->queue))
		queue_event(c, e, kind);
	if (likely(f->ticket))
		ticket_event(c, e, kind);
	program_order_event(c, e, kind);
	if (likely(f->lock_order))
		lock_order_event(c, e, kind);
	if (event_is_shared(kind) && likely(f->contents))
		contents_event(c, e);
}

/* Flat memory has a word of its own and no lock: only what it holds is judged. */
static void flat_event(struct checker *c, const struct families *f, const struct event *e)
{
	program_order_flat(c, e);
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

void pass_events(struct checker *c)
{
	const struct families f = { .queue = queue_judge(c),
		                    .ticket = ticket_judge(c),
		                    .lock_order = check_on(c, CHK_ORDER),
		                    .contents = check_on(c, CHK_CONTENTS) };

	const struct event *end = c->slice + c->slice_n;
	struct context_raw *keep = context_slice(&c->context)->ev;

	for (const struct event *e = c->slice; e < end; e++) {
		SIM_ASSERT_DBG(e->cpu < MAX_CPU);
		SIM_ASSERT_DBG(e->lk < ID_END);
		if (unlikely(e->kind == MARK_EPISODE && e->arg != c->episode)) {
			end = e;
			break;
		}
		context_keep(&c->context, keep++, e);
		if (unlikely(e->kind == MARK_MEMORY))
			contents_memory(c, e);
		else if (event_is_mark(e->kind))
			program_order_mark(c, e);
		else if (likely(e->lk != FLATMEM_ID))
			one_event(c, &f, e);
		else
			flat_event(c, &f, e);
	}
	c->slice_n = (u32)(end - c->slice);
}

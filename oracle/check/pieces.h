/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What one event may change in a family that judges at every event: its pieces of state, in a list that is gone through both ways.
 * Before the event they are copied to the journal, and back when the event is undone; so there is no second list to go wrong, and
 * neither addresses nor sizes are written down.  Which pieces there are may depend on the event's CPU, lock and kind, and on
 * pieces that come before in the list.
 */
#include "oracle/cal/ticket.h"
#include "sim/base/types.h"

#include <string.h>

/**
 * struct pieces
 * @at:   the next one's place in the journal
 * @back: a constant: from there to where it belongs
 */
struct pieces {
	u64 *at;
	bool back;
};

/* @size, a constant, bytes of @what. */
ALWAYS_INLINE void piece(struct pieces *p, void *what, size_t size)
{
	if (p->back)
		memcpy(what, p->at, size);
	else
		memcpy(p->at, what, size);
	p->at += (size + 7) / 8;
}

/* Where a ticket's bound will go.  The ring has room for it (cal_ticket_reserve()). */
ALWAYS_INLINE void cal_ticket_pieces(struct pieces *p, struct cal_ticket *s)
{
	piece(p, &s->q[(s->head + s->len) & (s->cap - 1)], sizeof(s->q[0]));
}

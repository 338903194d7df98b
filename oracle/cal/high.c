// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/high.h"

void h_cal_init(struct h_state *s)
{
	*s = (struct h_state){ .st = LEMPTY, .owner = H_NOBODY };
}

enum cal_row h_cal_step(struct h_state *s, const struct event *e)
{
	return h_cal_event(s, e->kind, e->cpu, e->arg);
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
	struct relate_event r;
	enum cal_row row = relate_event(s, e->kind, e->arg, &r);

	if (event_is_shared(r.kind)) {
		*derived = *e;
	} else {
		*derived = cal_event((enum event_kind)r.kind, e->cpu, r.bound);
		derived->lk = e->lk;
	}
	return row;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/ticket.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

struct ticket_checks *ticket_new(const struct checker *c)
{
	struct ticket_checks *s = xcalloc(1, sizeof(*s));

	s->mask =
		c->mask & (1u << CHK_WRAP | 1u << CHK_FIFO | 1u << CHK_BOUND | 1u << CHK_FAIRNESS);
	if (c->keep_reads)
		s->mask &= ~(1u << CHK_FAIRNESS);
	return s;
}

void ticket_free(struct ticket_checks *s)
{
	for (u32 lk = 0; s && lk < ID_END; lk++) {
		cal_ticket_free(&s->lock[lk].plain);
		cal_ticket_free(&s->lock[lk].wrapped);
	}
	free(s);
}

void ticket_reset(struct checker *c)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		struct ticket_lock *l = &c->ticket->lock[lk];

		cal_ticket_free(&l->plain);
		cal_ticket_free(&l->wrapped);
		memset(l, 0, sizeof(*l));
		l->on = c->ticket->mask;
		l->t = l->enter = c->start_ticket;
		l->n = c->start_now;
		cal_ticket_init(&l->plain, false, c->start_ticket, c->start_now);
		cal_ticket_init(&l->wrapped, true, c->start_ticket, c->start_now);
	}
}

void ticket_worst(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct ticket_checks *s = c->ticket;

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

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/ticket.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

static void *create(const struct judge *j)
{
	struct ticket_checks *s = xcalloc(1, sizeof(*s));

	s->mask = check_set_bits(&j->checks, CHK_WRAP) &
	          (TICKET_BIT(CHK_WRAP) | TICKET_BIT(CHK_FIFO) | TICKET_BIT(CHK_BOUND) |
	           TICKET_BIT(CHK_FAIRNESS));
	if (j->keep_reads)
		s->mask &= ~(TICKET_BIT(CHK_FAIRNESS));
	return s;
}

static void destroy(void *own)
{
	struct ticket_checks *s = own;

	for (u32 lk = 0; s && lk < ID_END; lk++) {
		cal_ticket_free(&s->lock[lk].plain);
		cal_ticket_free(&s->lock[lk].wrapped);
	}
	free(s);
}

static void reset(void *own, const struct judge *j)
{
	struct ticket_checks *s = own;

	for (u32 lk = 0; lk < ID_END; lk++) {
		struct ticket_lock *l = &s->lock[lk];

		cal_ticket_free(&l->plain);
		cal_ticket_free(&l->wrapped);
		memset(l, 0, sizeof(*l));
		l->on = s->mask;
		l->t = l->enter = j->start_ticket;
		l->n = j->start_now;
		cal_ticket_init(&l->plain, false, j->start_ticket, j->start_now);
		cal_ticket_init(&l->wrapped, true, j->start_ticket, j->start_now);
	}
}

/* As the queue family's. */
static void keep(void *own)
{
	struct ticket_checks *s = own;

	for (u32 lk = 0; lk < ID_END; lk++) {
		cal_ticket_reserve(&s->lock[lk].plain, OUT_MAX);
		cal_ticket_reserve(&s->lock[lk].wrapped, OUT_MAX);
	}
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct ticket_checks *s = own;

	if (!judge_lock_events(j))
		verdict_no_case(j, out);
	else if (id == CHK_WRAP && !s->words)
		verdict_lacks(out, "log has no lock words");
	else if (id == CHK_WRAP)
		snprintf(out->worst, sizeof(out->worst), "%llu words compared",
		         (unsigned long long)s->words);
	else if (id == CHK_FIFO)
		snprintf(out->worst, sizeof(out->worst), "longest queue %u of %u CPUs",
		         s->worst_out, j->total_cpu);
	else if (id == CHK_BOUND && !s->worst_bound)
		verdict_no_case(j, out);
	else if (id == CHK_BOUND)
		snprintf(out->worst, sizeof(out->worst), "max self %u/%u", s->worst_used,
		         s->worst_bound);
	else if (id == CHK_FAIRNESS && j->keep_reads)
		verdict_lacks(out, "log keeps repeated reads");
	else if (id == CHK_FAIRNESS && !s->worst_others)
		verdict_no_case(j, out);
	else if (id == CHK_FAIRNESS)
		snprintf(out->worst, sizeof(out->worst), "max others %u/%u", s->worst_others,
		         j->fairness);
}

const struct family ticket_family = {
	.create = create, .free = destroy, .reset = reset, .keep = keep, .verdict = verdict
};

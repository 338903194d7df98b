// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/queue.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *create(const struct judge *j)
{
	struct queue_checks *s = xcalloc(1, sizeof(*s));

	s->mask = check_set_bits(&j->checks, CHK_QUEUE) &
	          (QUEUE_BIT(CHK_QUEUE) | QUEUE_BIT(CHK_HIGH) | QUEUE_BIT(CHK_THEOREM) |
	           QUEUE_BIT(CHK_WAIT) | QUEUE_BIT(CHK_ORACLE));
	if (j->high_as_is)
		s->mask &= ~(QUEUE_BIT(CHK_THEOREM));
	if (j->keep_reads)
		s->mask &= ~(QUEUE_BIT(CHK_WAIT) | QUEUE_BIT(CHK_ORACLE));
	s->least_other = j->fairness;
	return s;
}

static void destroy(void *own)
{
	struct queue_checks *s = own;

	for (u32 lk = 0; s && lk < ID_END; lk++)
		relate_free(&s->lock[lk].relate);
	free(s);
}

static void reset(void *own, const struct judge *j)
{
	struct queue_checks *s = own;

	for (u32 lk = 0; lk < ID_END; lk++) {
		struct queue *l = &s->lock[lk];

		relate_free(&l->relate);
		memset(l, 0, sizeof(*l));
		l->on = s->mask;
		/* A log that keeps repeated reads has no fairness: more than any log has events. */
		q_cal_init(&l->q, j->keep_reads ? UINT32_MAX : j->fairness, j->start_now);
		relate_init(&l->relate);
		h_cal_init(&l->high);
	}
}

/* A queue that grows takes another place, where what was is not: it gets all the room that it can need. */
static void keep(void *own)
{
	struct queue_checks *s = own;

	for (u32 lk = 0; lk < ID_END; lk++)
		cal_ticket_reserve(&s->lock[lk].relate.q, RELATE_MAX);
}

/* "self 8, other 20, LHOLD, queue [2:10 0:10]": CPU and bound of each.  Returns buf. */
static const char *q_print(const struct q_state *q, char *buf, size_t size)
{
	int at = snprintf(buf, size, "self %u, other %u, %s, queue [", q->self, q->other,
	                  lock_status_name(q->st));

	for (u32 i = 0; i < q->n && (size_t)at + 32 < size; i++)
		at += snprintf(buf + at, size - (size_t)at, "%s%u:%u", i ? " " : "", q_cpu(q, i),
		               q_bound(q, i));
	snprintf(buf + at, size - (size_t)at, "]");
	return buf;
}

static const char *h_print(const struct h_state *h, char *buf, size_t size)
{
	if (h->owner == H_NOBODY)
		snprintf(buf, size, "self %u, %s, no owner", h->self, lock_status_name(h->st));
	else
		snprintf(buf, size, "self %u, %s, owner %u", h->self, lock_status_name(h->st),
		         h->owner);
	return buf;
}

/* The queue's state as data; how many. */
static u32 q_facts(const struct q_state *q, struct fact out[FACTS_MAX])
{
	u32 n = 0;

	out[n++] = fact_n("self", q->self);
	out[n++] = fact_n("other", q->other);
	out[n++] = fact_word("status", lock_status_name(q->st));
	out[n++] = fact_n("queued", q->n);
	for (u32 i = 0; i < q->n && n + 2 <= FACTS_MAX; i++) {
		out[n++] = fact_n("queue_cpu", q_cpu(q, i));
		out[n++] = fact_n("queue_bound", q_bound(q, i));
	}
	return n;
}

static u32 h_facts(const struct h_state *h, struct fact out[FACTS_MAX])
{
	out[0] = fact_n("self", h->self);
	out[1] = fact_word("status", lock_status_name(h->st));
	out[2] = h->owner == H_NOBODY ? fact_word("owner_cpu", "nobody")
	                              : fact_n("owner_cpu", h->owner);
	return 3;
}

static bool on(const struct queue *l, enum check_id id)
{
	return l->on & QUEUE_BIT(id);
}

void queue_breach(struct judge *j, struct queue *l, enum check_row row, const struct event *e)
{
	struct fact f[FACTS_MAX];
	char q[200];

	l->on &= ~(QUEUE_BIT(check_row_check(row)));
	found_of(&j->findings, row, e, f, q_facts(&l->q, f), "%s", q_print(&l->q, q, sizeof(q)));
}

void queue_none(struct judge *j, struct queue *l, enum cal_row row, const struct event *e)
{
	struct fact f[FACTS_MAX];
	char q[200];

	l->q_none = true;
	l->breaker = e->cpu;
	l->on &= ~(QUEUE_BIT(CHK_THEOREM));
	if (!on(l, CHK_QUEUE))
		return;
	l->on &= ~(QUEUE_BIT(CHK_QUEUE));
	found_fold(&j->findings, CHK_QUEUE, cal_row_name(row), cal_row_sentence(row), e, f,
	           q_facts(&l->q, f), "%s", q_print(&l->q, q, sizeof(q)));
}

void queue_high_none(struct judge *j, struct queue *l, enum cal_row relate, enum cal_row high,
                     const struct event *e)
{
	enum cal_row row = relate != CAL_OK ? relate : high;
	struct fact f[FACTS_MAX];
	char h[64];

	if (on(l, CHK_THEOREM) && !l->q_none)
		queue_breach(j, l, theorem_some(relate, high), e);
	if (on(l, CHK_HIGH))
		found_fold(&j->findings, CHK_HIGH, cal_row_name(row), cal_row_sentence(row), e, f,
		           h_facts(&l->high, f), "%s", h_print(&l->high, h, sizeof(h)));
	l->on &= ~(QUEUE_BIT(CHK_HIGH) | QUEUE_BIT(CHK_THEOREM));
}

void queue_high_level(struct queue_checks *s, struct judge *j, const struct event *e)
{
	struct queue *l = &s->lock[e->lk];
	enum cal_row row;

	l->on &= QUEUE_BIT(CHK_HIGH);
	if (!l->on)
		return;
	s->related++;
	row = h_cal_event(&l->high, e->kind, e->cpu, e->arg);
	if (row != CAL_OK)
		queue_high_none(j, l, CAL_OK, row, e);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct queue_checks *s = own;

	if (!(s->mask & QUEUE_BIT(id)))
		verdict_lacks(out, id == CHK_THEOREM
		                           ? "H_CalLock is not applied to what relate_log gives"
		                           : "log keeps repeated reads");
	else if (id == CHK_HIGH     ? !s->related && !j->high_as_is
	         : id == CHK_WAIT   ? !s->worst_rounds
	         : id == CHK_ORACLE ? !s->queries
	                            : !judge_lock_events(j))
		verdict_no_case(j, out);
	else if (id == CHK_QUEUE)
		snprintf(out->worst, sizeof(out->worst), "%llu sections",
		         (unsigned long long)s->sections);
	else if (id == CHK_HIGH)
		snprintf(out->worst, sizeof(out->worst), "%llu derived events",
		         (unsigned long long)s->related);
	else if (id == CHK_WAIT)
		snprintf(out->worst, sizeof(out->worst),
		         "worst wait %llu rounds/%llu, largest decrease_number %llu",
		         (unsigned long long)s->worst_rounds, (unsigned long long)s->worst_bound,
		         (unsigned long long)s->worst_measure);
	else if (id == CHK_ORACLE)
		snprintf(out->worst, sizeof(out->worst), "%llu queries, least other %u/%u",
		         (unsigned long long)s->queries, s->least_other, j->fairness);
}

const struct family queue_family = {
	.create = create, .free = destroy, .reset = reset, .keep = keep, .verdict = verdict
};

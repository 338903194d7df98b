// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/fold.h"

#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "sim/base/check.h"
#include "sim/exec/env_types.h"

static struct event event_of(const struct env_event *e)
{
	return cal_event((enum event_kind)e->kind, e->cpu, e->arg);
}

/* CalWaitTime over a queue that can be as long as the log. */
static u64 wait_time_of(const struct cal_ticket *s, u32 fairness)
{
	u64 sum = 0;

	for (u32 i = 0; i < s->len; i++) {
		u32 bound = cal_ticket_bound(s, i);

		sum += cal_sum_wait(&bound, 1);
	}
	return 1 + fairness + sum * fairness;
}

static bool fold_ticket(const struct env_events *log, bool wraps, const struct fold_from *from,
                        struct env_state *out)
{
	struct cal_ticket s;
	bool some = true;

	cal_ticket_init(&s, wraps, from->t, from->n);
	for (u32 i = 0; some && i < log->n; i++) {
		struct event ev = event_of(&log->v[i]);

		some = cal_ticket_lock_step(&s, &ev) == CAL_OK;
	}
	if (some)
		*out = (struct env_state){ .t = s.t,
			                   .n = s.n,
			                   .wait_time = wait_time_of(&s, from->fairness),
			                   .head = MAX_CPU };
	cal_ticket_free(&s);
	return some;
}

static bool fold_queue(const struct env_events *log, const struct fold_from *from,
                       struct env_state *out)
{
	u32 bounds[MAX_CPU];
	struct q_state s;

	q_cal_init(&s, from->fairness, from->n);
	for (u32 i = 0; i < log->n; i++) {
		struct event ev = event_of(&log->v[i]);

		if (q_cal_step(&s, &ev) != CAL_OK)
			return false;
	}
	for (u32 i = 0; i < s.n; i++)
		bounds[i] = q_bound(&s, i);
	*out = (struct env_state){ .wait_time = cal_wait_time(bounds, s.n, from->fairness),
		                   .head = s.n ? q_cpu(&s, 0) : MAX_CPU };
	return true;
}

/* Does the log speak of tickets?  A log is at one level. */
static bool of_tickets(const struct env_events *log)
{
	for (u32 i = 0; i < log->n; i++) {
		u32 kind = log->v[i].kind;

		if (kind == EV_WAIT_LOCK || kind == EV_REL_LOCK)
			return false;
		if (event_family(kind) == FAM_TTICKET)
			return true;
	}
	return false;
}

static bool fold_high(const struct env_events *log, const struct fold_from *from)
{
	bool related = !from->as_published && of_tickets(log), some = true;
	struct relate_state r;
	struct h_state s;

	h_cal_init(&s);
	relate_init(&r);
	for (u32 i = 0; some && i < log->n; i++) {
		struct event ev = event_of(&log->v[i]), derived;

		if (related) {
			some = relate_step(&r, &ev, &derived) == CAL_OK;
			if (!some || derived.kind == EV_NONE)
				continue;
			ev = derived;
		}
		some = h_cal_step(&s, &ev) == CAL_OK;
	}
	relate_free(&r);
	return some;
}

bool fold_log(const struct env_events *log, enum env_fold fold, const struct fold_from *from,
              struct env_state *out)
{
	switch (fold) {
	case FOLD_TICKET:
		return fold_ticket(log, false, from, out);
	case FOLD_WRAP:
		return fold_ticket(log, true, from, out);
	case FOLD_QUEUE:
		return fold_queue(log, from, out);
	case FOLD_HIGH:
		*out = (struct env_state){ .head = MAX_CPU };
		return fold_high(log, from);
	}
	SIM_UNREACHABLE();
}

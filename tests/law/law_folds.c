// SPDX-License-Identifier: GPL-2.0-only
/*
 * Laws of the folds over random logs.  Legal logs come from running Q_CalLock as a generator: any event that it takes
 * may come next.  Then one event is broken.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "tests/kit.h"

#include <string.h>

enum { N_LOGS = 300, N_EVENTS = 400, FAIRNESS = 20 };

static struct rng rng;

static u32 below(u32 n)
{
	return (u32)rng_below(&rng, n);
}

/* Small bounds are used up often, large ones leave room for many shared events. */
static u32 random_bound(void)
{
	static const u32 bounds[] = { 0, 1, 2, 10, 10, 10, 37, 0xffffffff };

	return bounds[below(ARRAY_SIZE(bounds))];
}

static struct event random_event(u32 cpus)
{
	/* Ticket events as often as shared ones; CAS_TICKET and the high level seldom. */
	static const u8 kinds[] = { EV_INC_TICKET, EV_INC_TICKET, EV_GET_NOW,  EV_GET_NOW,
		                    EV_GET_NOW,    EV_HOLD_LOCK,  EV_INC_NOW,  EV_OPULL,
		                    EV_OCORE_DATA, EV_OS2_PAGE,   EV_ONPT,     EV_OVMINFO,
		                    EV_OSPT,       EV_OSMMU,      EV_OFLATMEM, EV_CAS_TICKET,
		                    EV_WAIT_LOCK,  EV_REL_LOCK };
	enum event_kind kind = (enum event_kind)kinds[below(ARRAY_SIZE(kinds))];
	u32 arg = event_arg(kind) == ARG_BOUND ? random_bound()
	          : event_arg(kind) == ARG_ID  ? below(39)
	                                       : 0;

	return cal_event(kind, below(cpus), arg);
}

/*
 * A log of N_EVENTS events that Q_CalLock takes; in a third of the logs a CPU is alone.  In a crowd the head seldom gets
 * to move: it is helped along, more in some logs than in others.
 */
static void legal_log(struct cal_events *log)
{
	u32 cpus = below(3) ? 2 + below(MAX_CPU - 1) : 1, help = below(4);
	struct q_state s;

	log->n = 0;
	q_cal_init(&s, FAIRNESS, 0);
	while (log->n < N_EVENTS) {
		struct event e = random_event(cpus);

		if (s.n > 0 && below(4) < help)
			e.cpu = (u8)q_cpu(&s, 0);
		if (q_cal_step(&s, &e) == CAL_OK)
			vec_push(log, e);
	}
}

/* One event of the log becomes another, goes, or is done twice. */
static void break_log(struct cal_events *log)
{
	u32 at = below(log->n);

	switch (below(4)) {
	case 0:
		log->v[at] = random_event(MAX_CPU);
		break;
	case 1:
		log->v[at].cpu = (u8)below(MAX_CPU);
		break;
	case 2:
		memmove(&log->v[at], &log->v[at + 1], (log->n - at - 1) * sizeof(log->v[0]));
		log->n--;
		break;
	default:
		vec_push(log, log->v[at]);
		memmove(&log->v[at + 1], &log->v[at], (log->n - 1 - at) * sizeof(log->v[0]));
	}
}

/**
 * for_logs() - the law holds for legal logs, and for broken ones
 * @law: gets the log and whether it is known to be legal
 */
static void for_logs(void (*law)(const struct cal_events *log, bool legal))
{
	struct cal_events log = { 0 };

	for (u32 i = 0; i < N_LOGS; i++) {
		legal_log(&log);
		law(&log, true);
		break_log(&log);
		law(&log, false);
	}
	vec_free(&log);
}

/* CalTicketLock l = Some (t, n, q) if and only if the wraparound version is Some (t mod 2^32, n mod 2^32, q). */
static void wraparound(const struct cal_events *log, bool legal)
{
	u64 start = 0xffffffffull - below(100);
	struct cal_ticket t, w;

	cal_ticket_init(&t, false, start, start);
	cal_ticket_init(&w, true, start, start);
	for (u32 i = 0; i < log->n; i++) {
		enum cal_row row = cal_ticket_lock_step(&t, &log->v[i]);

		assert_int_equal(cal_ticket_lock_step(&w, &log->v[i]), row);
		assert_true(row == CAL_OK || !legal);
		assert_int_equal(w.t, t.t % 0x100000000);
		assert_int_equal(w.n, t.n % 0x100000000);
		assert_int_equal(w.len, t.len);
		for (u32 k = 0; k < t.len; k++)
			assert_int_equal(cal_ticket_bound(&w, k), cal_ticket_bound(&t, k));
	}
	cal_ticket_free(&t);
	cal_ticket_free(&w);
}

static void wraparound_law(void **state)
{
	(void)state;
	for_logs(wraparound);
}

/* While Q_CalLock is Some so is CalTicketLock, with its bounds, and as many tickets out as CPUs in the queue. */
static void queue_and_tickets(const struct cal_events *log, bool legal)
{
	struct cal_ticket t;
	struct q_state q;

	cal_ticket_init(&t, false, 0, 0);
	q_cal_init(&q, FAIRNESS, 0);
	for (u32 i = 0; i < log->n; i++) {
		if (q_cal_step(&q, &log->v[i]) != CAL_OK) {
			assert_false(legal);
			break;
		}
		assert_int_equal(cal_ticket_lock_step(&t, &log->v[i]), CAL_OK);
		assert_int_equal(t.n, q.now);
		assert_int_equal(t.t - t.n, q.n);
		assert_int_equal(t.len, q.n);
		for (u32 k = 0; k < q.n; k++)
			assert_int_equal(cal_ticket_bound(&t, k), q_bound(&q, k));
	}
	cal_ticket_free(&t);
}

static void queue_and_tickets_law(void **state)
{
	(void)state;
	for_logs(queue_and_tickets);
}

/*
 * While Q_CalLock is Some, relate_log is Some (h, tq) with the same tq, and H_CalLock h is Some, with the head as its
 * holder and the same self when LHOLD, and free otherwise.
 */
static void relation(const struct cal_events *log, bool legal)
{
	struct relate_state r;
	struct q_state q;
	struct h_state h;

	q_cal_init(&q, FAIRNESS, 0);
	h_cal_init(&h);
	relate_init(&r);
	for (u32 i = 0; i < log->n; i++) {
		struct event derived;

		if (q_cal_step(&q, &log->v[i]) != CAL_OK) {
			assert_false(legal);
			break;
		}
		assert_int_equal(relate_step(&r, &log->v[i], &derived), CAL_OK);
		assert_int_equal(r.q.len, q.n);
		for (u32 k = 0; k < q.n; k++)
			assert_int_equal(cal_ticket_bound(&r.q, k), q_bound(&q, k));
		if (derived.kind != EV_NONE)
			assert_int_equal(h_cal_step(&h, &derived), CAL_OK);
		assert_int_equal(h.owner, q.st == LHOLD ? q_cpu(&q, 0) : H_NOBODY);
		assert_int_equal(h.st, q.st == LHOLD ? LHOLD : LEMPTY);
		assert_true(q.st != LHOLD || h.self == q.self);
	}
	relate_free(&r);
}

static void relation_law(void **state)
{
	(void)state;
	for_logs(relation);
}

/*
 * The rows of Q_CalLock, said another way, from the whole log instead of a state.  Returns whether event @at may follow
 * log[0..at), which is legal.
 */
static bool may_follow(const struct cal_events *log, u32 at)
{
	const struct event *e = &log->v[at];
	u32 q[N_EVENTS + 1], bound[N_EVENTS + 1], head = 0, tail = 0, others = 0, shared = 0;
	bool looked = false, inside = false, waits = false;

	for (u32 i = 0; i < at; i++) {
		const struct event *p = &log->v[i];
		bool empty = head == tail;

		if (p->kind == EV_INC_TICKET) {
			q[tail] = p->cpu;
			bound[tail++] = p->arg;
			others += !empty;
		} else if (p->cpu != q[head]) {
			others++;
		} else {
			others = 0;
			looked |= p->kind == EV_GET_NOW;
			inside |= p->kind == EV_HOLD_LOCK;
			shared += event_is_shared(p->kind);
			if (p->kind == EV_INC_NOW) {
				head++;
				looked = inside = false;
				shared = 0;
			}
		}
	}
	if (e->kind == EV_CAS_TICKET || e->kind == EV_WAIT_LOCK || e->kind == EV_REL_LOCK)
		return false;
	for (u32 k = head; k < tail; k++)
		waits |= q[k] == e->cpu;
	if (e->kind == EV_INC_TICKET)
		return !waits && (head == tail || others < FAIRNESS);
	if (head == tail)
		return false;
	if (e->cpu != q[head])
		return e->kind == EV_GET_NOW && others < FAIRNESS;
	if (e->kind == EV_GET_NOW)
		return !looked;
	if (e->kind == EV_HOLD_LOCK)
		return looked && !inside;
	if (e->kind == EV_INC_NOW)
		return inside;
	return inside && shared < bound[head];
}

/* Q_CalLock becomes None at exactly the first event that may not follow, and then stays as it was. */
static void both_directions(const struct cal_events *log, bool legal)
{
	struct q_state q, before;

	q_cal_init(&q, FAIRNESS, 0);
	for (u32 i = 0; i < log->n; i++) {
		enum cal_row row;

		before = q;
		row = q_cal_step(&q, &log->v[i]);
		assert_int_equal(row == CAL_OK, may_follow(log, i));
		if (row == CAL_OK)
			continue;
		assert_false(legal);
		assert_memory_equal(&before, &q, sizeof(q));
		return;
	}
}

static void both_directions_law(void **state)
{
	(void)state;
	for_logs(both_directions);
}

/* Place of @cpu in the queue, or q->n. */
static u32 place(const struct q_state *q, u32 cpu)
{
	u32 i = 0;

	while (i < q->n && q_cpu(q, i) != cpu)
		i++;
	return i;
}

/* decrease_number over the bounds of those in front of place @at. */
static u64 measure(const struct q_state *q, u32 at)
{
	u32 tq[MAX_CPU];

	for (u32 i = 0; i < at; i++)
		tq[i] = q_bound(q, i);
	return decrease_number(q->self, q->other, q->st, tq, at, FAIRNESS);
}

/*
 * The measure of a waiter that is not the head never grows with an event of another CPU, strictly falls with each of
 * its own GET_NOW, and at its INC_TICKET is below CalWaitTime of the queue with its own bound.
 */
static void measure_falls(const struct cal_events *log, bool legal)
{
	struct q_state q, before;

	q_cal_init(&q, FAIRNESS, 0);
	for (u32 i = 0; i < log->n; i++) {
		const struct event *e = &log->v[i];

		before = q;
		if (q_cal_step(&q, e) != CAL_OK) {
			assert_false(legal);
			return;
		}
		for (u32 at = 1; at < before.n; at++) {
			u32 cpu = q_cpu(&before, at), now = place(&q, cpu);

			if (now == 0)
				continue;
			assert_true(measure(&q, now) <= measure(&before, at));
			if (e->cpu == cpu || before.other > 0)
				assert_true(measure(&q, now) < measure(&before, at));
		}
		if (e->kind == EV_INC_TICKET && q.n > 1) {
			u32 tq[MAX_CPU];

			for (u32 k = 0; k < q.n; k++)
				tq[k] = q_bound(&q, k);
			assert_true(measure(&q, q.n - 1) < cal_wait_time(tq, q.n, FAIRNESS));
		}
	}
}

static void measure_falls_law(void **state)
{
	(void)state;
	for_logs(measure_falls);
}

/* A waiter looks at most CalWaitTime times, up to and including the look that finds it served. */
static void rounds_are_bounded(const struct cal_events *log, bool legal)
{
	u64 bound[MAX_CPU] = { 0 }, rounds[MAX_CPU] = { 0 };
	struct q_state q;

	q_cal_init(&q, FAIRNESS, 0);
	for (u32 i = 0; i < log->n; i++) {
		const struct event *e = &log->v[i];
		u32 tq[MAX_CPU];

		if (q_cal_step(&q, e) != CAL_OK) {
			assert_false(legal);
			return;
		}
		for (u32 k = 0; k < q.n; k++)
			tq[k] = q_bound(&q, k);
		if (e->kind == EV_INC_TICKET) {
			bound[e->cpu] = cal_wait_time(tq, q.n, FAIRNESS);
			rounds[e->cpu] = 0;
		} else if (e->kind == EV_GET_NOW && (q.in >> e->cpu & 1)) {
			assert_true(++rounds[e->cpu] <= bound[e->cpu]);
		}
	}
}

static void rounds_are_bounded_law(void **state)
{
	(void)state;
	for_logs(rounds_are_bounded);
}

/* The generator reaches what the laws are about: every event, every row of Q_CalLock, deep queues. */
static void logs_reach_everything(void **state)
{
	bool kind_seen[EV_END] = { 0 }, row_seen[CAL_NR] = { 0 };
	struct cal_events log = { 0 };
	u32 deepest = 0, passes = 0;
	(void)state;

	for (u32 i = 0; i < 20 * N_LOGS; i++) {
		struct q_state q;
		enum cal_row row = CAL_OK;

		if (i % 20 == 0)
			legal_log(&log);
		break_log(&log);
		q_cal_init(&q, FAIRNESS, 0);
		for (u32 k = 0; k < log.n && row == CAL_OK; k++) {
			row = q_cal_step(&q, &log.v[k]);
			row_seen[row] = true;
			kind_seen[log.v[k].kind] = true;
			deepest = q.n > deepest ? q.n : deepest;
			passes += log.v[k].kind == EV_INC_NOW;
		}
	}
	for (u32 k = EV_NONE + 1; k < EV_END; k++)
		assert_true(kind_seen[k]);
	for (u32 row = Q_EMPTY; row <= Q_NOT_TICKET; row++) {
		if (!row_seen[row])
			print_message("%s is not reached\n", cal_row_name((enum cal_row)row));
		assert_true(row_seen[row]);
	}
	print_message("deepest queue %u, %u passes\n", deepest, passes);
	assert_true(deepest >= 20);
	assert_true(passes > 1000);
	vec_free(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraparound_law),        cmocka_unit_test(queue_and_tickets_law),
		cmocka_unit_test(relation_law),          cmocka_unit_test(both_directions_law),
		cmocka_unit_test(measure_falls_law),     cmocka_unit_test(rounds_are_bounded_law),
		cmocka_unit_test(logs_reach_everything),
	};

	rng.s = test_seed(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Laws that tie the folds of a lock's log to each other, over random logs.  A legal log is made by
 * running Q_CalLock as a generator: a random event that is None is thrown away, the next one is
 * tried.
 */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "sim/base/rng.h"
#include "tests/kit.h"

enum { N_LOGS = 400, LOG_LEN = 300, SEED = 20 };

struct log {
	u32 n;
	u32 fairness;
	struct event v[LOG_LEN];
};

/* Any event of any CPU below @n_cpus, the likelier ones more often. */
static struct event any_event(struct rng *r, u32 n_cpus)
{
	static const u8 kinds[] = { EV_INC_TICKET, EV_GET_NOW,   EV_GET_NOW, EV_HOLD_LOCK,
		                    EV_INC_NOW,    EV_OPULL,     EV_ONPT,    EV_OFLATMEM,
		                    EV_CAS_TICKET, EV_WAIT_LOCK, EV_REL_LOCK };
	struct event e = { .kind = kinds[rng_below(r, ARRAY_SIZE(kinds))] };

	e.cpu = (u8)rng_below(r, n_cpus);
	if (event_arg(e.kind) == ARG_BOUND)
		e.arg = (u32)rng_below(r, 13);
	return e;
}

/*
 * What the table of spec 20, section 3 demands of an event, each condition by itself: does the
 * event break @row in state s?  Written without the fold, over plain questions to the state.
 */
static bool breaks(enum cal_row row, const struct q_state *s, const struct event *e)
{
	bool empty = s->n == 0, head = !empty && q_cpu(s, 0) == e->cpu, queued = false;
	bool ticket = e->kind == EV_INC_TICKET, look = e->kind == EV_GET_NOW;
	bool high = e->kind == EV_CAS_TICKET || e->kind == EV_WAIT_LOCK || e->kind == EV_REL_LOCK;
	bool inside = head && s->st == LHOLD, shared = event_is_shared(e->kind);

	for (u32 i = 0; i < s->n; i++)
		queued |= q_cpu(s, i) == e->cpu;
	if (row == Q_EMPTY)
		return empty && !ticket;
	if (row == Q_NOT_TICKET)
		return high;
	if (empty)
		return false;
	if (row == Q_TICKET_TWICE)
		return ticket && queued;
	if (row == Q_TICKET_UNFAIR)
		return ticket && s->other == 0;
	if (row == Q_LOOK_AGAIN)
		return look && head && s->st != LEMPTY;
	if (row == Q_LOOK_UNFAIR)
		return look && !head && s->other == 0;
	if (row == Q_HOLD_EARLY)
		return e->kind == EV_HOLD_LOCK && !(head && s->st == LGET);
	if (row == Q_PASS_NOT_HELD)
		return e->kind == EV_INC_NOW && !inside;
	if (row == Q_SHARED_NOT_HELD)
		return shared && !inside;
	if (row == Q_SHARED_BOUND)
		return shared && inside && s->self == 0;
	return false;
}

/* A legal log of at most 3 to 14 CPUs, and in *s the state behind it. */
static void make_log(struct rng *r, struct log *l, struct q_state *s, u32 *n_cpus)
{
	*n_cpus = 3 + (u32)rng_below(r, 12);
	l->n = 0;
	l->fairness = fairness_of(*n_cpus);
	q_cal_init(s, l->fairness, 0);
	for (u32 tries = 0; l->n < LOG_LEN && tries < 40 * LOG_LEN; tries++) {
		struct event e = any_event(r, *n_cpus);

		if (q_cal_step(s, &e) == CAL_OK)
			l->v[l->n++] = e;
	}
	assert_int_equal(l->n, LOG_LEN);
}

/*
 * A step gives the row that the event breaks by the table, Some when it breaks none; a None changes
 * nothing.
 */
static void rows_are_the_table(void **state)
{
	struct rng r = { test_seed(SEED) };
	u32 seen[CAL_NR] = { 0 };

	(void)state;
	for (u32 i = 0; i < N_LOGS; i++) {
		u32 n_cpus = 3 + (u32)rng_below(&r, 12);
		struct q_state s;

		q_cal_init(&s, 1 + (u32)rng_below(&r, 24), 0);
		for (u32 k = 0; k < 10 * LOG_LEN; k++) {
			struct event e = any_event(&r, n_cpus);
			struct q_state before = s;
			enum cal_row row = q_cal_step(&s, &e);

			seen[row]++;
			if (row != CAL_OK) {
				assert_true(breaks(row, &before, &e));
				assert_memory_equal(&s, &before, sizeof(s));
				continue;
			}
			for (u32 other = Q_EMPTY; other <= Q_NOT_TICKET; other++)
				assert_false(breaks((enum cal_row)other, &before, &e));
		}
	}
	for (u32 row = Q_EMPTY; row <= Q_NOT_TICKET; row++)
		assert_true(seen[row] > 0); /* the generator reaches every row */
}

/* Fold l->v[0..n) from the start; the number of events until None. */
static u32 fold(const struct log *l, u32 n, struct q_state *s, enum cal_row *row)
{
	*row = CAL_OK;
	q_cal_init(s, l->fairness, 0);
	for (u32 i = 0; i < n; i++) {
		*row = q_cal_step(s, &l->v[i]);
		if (*row != CAL_OK)
			return i;
	}
	return n;
}

/*
 * Every prefix of a legal log is legal; with one event broken it is None exactly there, by a row
 * the event breaks.
 */
static void one_broken_event_is_found(void **state)
{
	struct rng r = { test_seed(SEED + 1) };

	(void)state;
	for (u32 i = 0; i < N_LOGS; i++) {
		struct q_state s, before;
		enum cal_row row;
		struct log l;
		u32 n_cpus, at;

		make_log(&r, &l, &s, &n_cpus);
		at = (u32)rng_below(&r, LOG_LEN);
		assert_int_equal(fold(&l, at, &before, &row), at);
		do {
			l.v[at] = any_event(&r, n_cpus);
			s = before;
		} while (q_cal_step(&s, &l.v[at]) == CAL_OK);
		assert_int_equal(fold(&l, LOG_LEN, &s, &row), at);
		assert_true(breaks(row, &before, &l.v[at]));
		assert_memory_equal(&s, &before, sizeof(s));
	}
}

/*
 * CalTicketLock Some (t, n, q) means that the wraparound fold is Some (t mod 2^32, n mod 2^32, q).
 */
static void wraparound_is_mod_32_bits(void **state)
{
	struct rng r = { test_seed(SEED + 2) };

	(void)state;
	for (u32 i = 0; i < N_LOGS; i++) {
		u64 from = 0x100000000ull - rng_below(&r, LOG_LEN / 4);
		struct cal_ticket wide, wrapped;

		cal_ticket_init(&wide, false, from, from);
		cal_ticket_init(&wrapped, true, from, from);
		for (u32 k = 0; k < LOG_LEN; k++) {
			struct event e = any_event(&r, 8);

			assert_int_equal(cal_ticket_lock_step(&wide, &e),
			                 cal_ticket_lock_step(&wrapped, &e));
			assert_int_equal(wrapped.t, (u32)wide.t);
			assert_int_equal(wrapped.n, (u32)wide.n);
			assert_int_equal(wrapped.len, wide.len);
			for (u32 b = 0; b < wide.len; b++)
				assert_int_equal(cal_ticket_bound(&wrapped, b),
				                 cal_ticket_bound(&wide, b));
		}
		cal_ticket_free(&wide);
		cal_ticket_free(&wrapped);
	}
}

/* The queue of bounds of @t is that of @q. */
static void same_bounds(const struct cal_ticket *t, const struct q_state *q)
{
	assert_int_equal(t->len, q->n);
	for (u32 i = 0; i < q->n; i++)
		assert_int_equal(cal_ticket_bound(t, i), q_bound(q, i));
}

/*
 * Where Q_CalLock is Some: CalTicketLock is Some with its counters apart by the queue's length;
 * relate_log is Some with the same bounds; H_CalLock of it is Some, held exactly in LHOLD, then by
 * the head with as many shared events left.
 */
static void queue_implies_high_level(void **state)
{
	struct rng r = { test_seed(SEED + 3) };

	(void)state;
	for (u32 i = 0; i < N_LOGS; i++) {
		struct relate_state related;
		struct cal_ticket ticket;
		struct q_state q;
		struct h_state high;
		struct log l;
		u32 n_cpus;

		make_log(&r, &l, &q, &n_cpus);
		q_cal_init(&q, l.fairness, 0);
		cal_ticket_init(&ticket, false, 0, 0);
		relate_init(&related);
		h_cal_init(&high);
		for (u32 k = 0; k < l.n; k++) {
			struct event derived;

			assert_int_equal(q_cal_step(&q, &l.v[k]), CAL_OK);
			assert_int_equal(cal_ticket_lock_step(&ticket, &l.v[k]), CAL_OK);
			assert_int_equal(ticket.n, q.now);
			assert_int_equal(ticket.t, q.now + q.n);
			same_bounds(&ticket, &q);
			assert_int_equal(relate_step(&related, &l.v[k], &derived), CAL_OK);
			same_bounds(&related.q, &q);
			if (derived.kind != EV_NONE)
				assert_int_equal(h_cal_step(&high, &derived), CAL_OK);
			assert_int_equal(high.st == LHOLD, q.st == LHOLD);
			assert_int_equal(high.owner, q.st == LHOLD ? q_cpu(&q, 0) : H_NOBODY);
			assert_int_equal(high.self, q.st == LHOLD ? q.self : 0);
		}
		relate_free(&related);
		cal_ticket_free(&ticket);
	}
}

/* decrease_number of the waiter in place @place: over the bounds in front of it. */
static u64 measure(const struct q_state *s, u32 place)
{
	u32 tq[MAX_CPU];

	for (u32 i = 0; i < place; i++)
		tq[i] = q_bound(s, i);
	return decrease_number(s->self, s->other, s->st, tq, place, s->fairness);
}

static u32 place_of(const struct q_state *s, u32 cpu)
{
	u32 i = 0;

	while (i < s->n && q_cpu(s, i) != cpu)
		i++;
	return i;
}

/*
 * No event raises the measure of a CPU behind the head; its own look lowers it, and any event where
 * other > 0.
 */
static void check_measures(const struct q_state *before, const struct q_state *s,
                           const struct event *e)
{
	for (u32 place = 1; place < before->n; place++) {
		u32 cpu = q_cpu(before, place);
		u64 was = measure(before, place), is = measure(s, place_of(s, cpu));

		assert_true(is <= was);
		if (e->cpu == cpu || before->other > 0)
			assert_true(is < was);
	}
}

/* Per CPU: its looks since its ticket, and the rounds that CalWaitTime granted it at its ticket. */
struct waiter {
	u64 rounds, bound;
};

static void check_rounds(struct waiter *w, const struct q_state *s, const struct event *e)
{
	u32 place = place_of(s, e->cpu);
	u32 tq[MAX_CPU];

	if (e->kind == EV_INC_TICKET) {
		for (u32 i = 0; i < s->n; i++)
			tq[i] = q_bound(s, i);
		w->rounds = 0;
		w->bound = cal_wait_time(tq, s->n, s->fairness);
		assert_true(measure(s, place) < w->bound);
	}
	if (e->kind == EV_GET_NOW && place < s->n)
		assert_true(++w->rounds <= w->bound);
}

/*
 * The measure of a waiter never grows, falls with its own looks, starts below CalWaitTime; that
 * bounds its rounds.
 */
static void waits_are_bounded(void **state)
{
	struct rng r = { test_seed(SEED + 4) };

	(void)state;
	for (u32 i = 0; i < N_LOGS; i++) {
		struct waiter waiters[MAX_CPU] = { 0 };
		struct q_state s;
		struct log l;
		u32 n_cpus;

		make_log(&r, &l, &s, &n_cpus);
		q_cal_init(&s, l.fairness, 0);
		for (u32 k = 0; k < l.n; k++) {
			struct q_state before = s;

			assert_int_equal(q_cal_step(&s, &l.v[k]), CAL_OK);
			check_measures(&before, &s, &l.v[k]);
			check_rounds(&waiters[l.v[k].cpu], &s, &l.v[k]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_table),
		cmocka_unit_test(one_broken_event_is_found),
		cmocka_unit_test(wraparound_is_mod_32_bits),
		cmocka_unit_test(queue_implies_high_level),
		cmocka_unit_test(waits_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

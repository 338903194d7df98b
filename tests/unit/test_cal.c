// SPDX-License-Identifier: GPL-2.0-only
/* The folds, row by row: each table here has the rows of the published definition, in its order. */
#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "sim/base/vec.h"
#include "tests/kit.h"

#include <string.h>

/* An initializer. */
#define EV(k, c, a)                                    \
	{                                              \
		.kind = EV_##k, .cpu = (c), .arg = (a) \
	}

static const u32 shared_kinds[] = { EV_OPULL,   EV_OCORE_DATA, EV_OS2_PAGE, EV_ONPT,
	                            EV_OVMINFO, EV_OSPT,       EV_OSMMU,    EV_OFLATMEM };

/* (t, n, q) */
struct tnq {
	u64 t, n;
	u32 len, q[4];
};

static void make_ticket(struct cal_ticket *s, bool wraps, const struct tnq *v)
{
	cal_ticket_init(s, wraps, v->t, v->n);
	for (u32 i = 0; i < v->len; i++)
		cal_ticket_push(s, v->q[i]);
}

static void is_ticket(const struct cal_ticket *s, const struct tnq *v)
{
	assert_int_equal(s->t, v->t);
	assert_int_equal(s->n, v->n);
	assert_int_equal(s->len, v->len);
	for (u32 i = 0; i < v->len; i++)
		assert_int_equal(cal_ticket_bound(s, i), v->q[i]);
}

/* clang-format off */
static const struct ticket_case {
	const char *what;
	bool wraps;
	struct tnq from;
	struct event e;
	enum cal_row row;
	struct tnq to;
} ticket_cases[] = {
	{ "INC_TICKET, empty", 0, { 3, 3, 0, { 0 } }, EV(INC_TICKET, 1, 7), CAL_OK, { 4, 3, 1, { 7 } } },
	{ "INC_TICKET", 0, { 4, 3, 1, { 7 } }, EV(INC_TICKET, 1, 8), CAL_OK, { 5, 3, 2, { 7, 8 } } },
	{ "INC_NOW", 0, { 5, 3, 2, { 7, 8 } }, EV(INC_NOW, 9, 0), CAL_OK, { 5, 4, 1, { 8 } } },
	{ "INC_NOW, empty", 0, { 5, 5, 0, { 0 } }, EV(INC_NOW, 9, 0), CAL_OK, { 5, 6, 0, { 0 } } },
	{ "GET_NOW", 0, { 5, 3, 1, { 7 } }, EV(GET_NOW, 9, 0), CAL_OK, { 5, 3, 1, { 7 } } },
	{ "HOLD_LOCK", 0, { 5, 3, 1, { 7 } }, EV(HOLD_LOCK, 9, 0), CAL_OK, { 5, 3, 1, { 7 } } },
	{ "OPULL", 0, { 5, 3, 1, { 7 } }, EV(OPULL, 9, 7), CAL_OK, { 5, 3, 1, { 7 } } },
	{ "CAS_TICKET", 0, { 5, 3, 1, { 7 } }, EV(CAS_TICKET, 9, 0), T_NOT_TICKET, { 5, 3, 1, { 7 } } },
	{ "WAIT_LOCK", 0, { 5, 3, 1, { 7 } }, EV(WAIT_LOCK, 9, 4), T_NOT_TICKET, { 5, 3, 1, { 7 } } },
	{ "REL_LOCK", 0, { 5, 3, 1, { 7 } }, EV(REL_LOCK, 9, 0), T_NOT_TICKET, { 5, 3, 1, { 7 } } },
	{ "64 bits: ticket", 0, { 0xffffffff, 3, 0, { 0 } }, EV(INC_TICKET, 1, 7), CAL_OK, { 0x100000000, 3, 1, { 7 } } },
	{ "64 bits: now", 0, { 5, 0xffffffff, 0, { 0 } }, EV(INC_NOW, 1, 0), CAL_OK, { 5, 0x100000000, 0, { 0 } } },
	{ "wraps: ticket", 1, { 0xffffffff, 3, 0, { 0 } }, EV(INC_TICKET, 1, 7), CAL_OK, { 0, 3, 1, { 7 } } },
	{ "wraps: now", 1, { 5, 0xffffffff, 1, { 7 } }, EV(INC_NOW, 1, 0), CAL_OK, { 5, 0, 0, { 0 } } },
	{ "wraps: None", 1, { 5, 0xffffffff, 1, { 7 } }, EV(REL_LOCK, 1, 0), T_NOT_TICKET, { 5, 0xffffffff, 1, { 7 } } },
};
/* clang-format on */

/* CalTicketLock and CalTicketLockWraparound do what their table says. */
static void ticket_rows(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(ticket_cases); i++) {
		const struct ticket_case *c = &ticket_cases[i];
		struct cal_ticket s;

		print_message("%s\n", c->what);
		make_ticket(&s, c->wraps, &c->from);
		assert_string_equal(cal_row_name(cal_ticket_lock_step(&s, &c->e)),
		                    cal_row_name(c->row));
		is_ticket(&s, &c->to);
		cal_ticket_free(&s);
	}
}

/* The queue of bounds can be as long as the log, and a copy is its own. */
static void ticket_queue_grows(void **state)
{
	struct cal_ticket s, copy;
	(void)state;

	cal_ticket_init(&s, true, 0xfffffffff0ull, 0x1fffffffeull);
	assert_int_equal(s.t, 0xfffffff0);
	assert_int_equal(s.n, 0xfffffffe);
	for (u32 i = 0; i < 1000; i++) {
		struct event take = EV(INC_TICKET, 0, i), pass = EV(INC_NOW, 0, 0);

		cal_ticket_lock_step(&s, &take);
		if (i % 3 == 2)
			cal_ticket_lock_step(&s, &pass);
	}
	assert_int_equal(s.len, 1000 - 333);
	cal_ticket_copy(&copy, &s);
	for (u32 i = 0; i < s.len; i++)
		assert_int_equal(cal_ticket_bound(&s, i), 333 + i);
	cal_ticket_push(&s, 5);
	s.q[s.head] = 0;
	assert_int_equal(copy.len, 667);
	assert_int_equal(cal_ticket_bound(&copy, 0), 333);
	cal_ticket_free(&s);
	cal_ticket_free(&copy);
}

/* (self, other, st, q, tq), and now. */
struct qs {
	u32 self, other;
	enum lock_status st;
	u32 n, q[4], tq[4];
	u64 now;
};

/* The ring starts near its end, so that each case crosses it. */
static void make_queue(struct q_state *s, const struct qs *v)
{
	q_cal_init(s, 20, v->now);
	s->head = MAX_CPU - 1;
	for (u32 i = 0; i < v->n; i++)
		q_push(s, v->q[i], v->tq[i]);
	s->self = v->self;
	s->other = v->other;
	s->st = v->st;
}

static void is_queue(const struct q_state *s, const struct qs *v)
{
	u64 in = 0;

	assert_int_equal(s->self, v->self);
	assert_int_equal(s->other, v->other);
	assert_string_equal(lock_status_name(s->st), lock_status_name(v->st));
	assert_int_equal(s->now, v->now);
	assert_int_equal(s->n, v->n);
	for (u32 i = 0; i < v->n; i++) {
		assert_int_equal(q_cpu(s, i), v->q[i]);
		assert_int_equal(q_bound(s, i), v->tq[i]);
		in |= 1ull << v->q[i];
	}
	assert_true(s->in == in);
}

/* clang-format off */
#define SAME { 99, 0, LEMPTY, 0, { 0 }, { 0 }, 0 } /* None: as it was */
#define TWO(self, other, st) { self, other, st, 2, { 1, 63 }, { 9, 12 }, 5 }

static const struct queue_case {
	const char *what;
	struct qs from;
	struct event e;
	enum cal_row row;
	struct qs to;
} queue_cases[] = {
	{ "INC_TICKET, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(INC_TICKET, 1, 10), CAL_OK,
	  { 3, 4, LEMPTY, 1, { 1 }, { 10 }, 5 } },
	{ "INC_TICKET, empty, other = 0", { 3, 0, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(INC_TICKET, 1, 10), CAL_OK,
	  { 3, 0, LEMPTY, 1, { 1 }, { 10 }, 5 } },
	{ "INC_TICKET", TWO(3, 1, LGET), EV(INC_TICKET, 2, 11), CAL_OK,
	  { 3, 0, LGET, 3, { 1, 63, 2 }, { 9, 12, 11 }, 5 } },
	{ "INC_TICKET, the head again", TWO(3, 1, LGET), EV(INC_TICKET, 1, 11), Q_TICKET_TWICE, SAME },
	{ "INC_TICKET, a waiter again", TWO(3, 1, LGET), EV(INC_TICKET, 63, 11), Q_TICKET_TWICE, SAME },
	{ "INC_TICKET, again and other = 0", TWO(3, 0, LGET), EV(INC_TICKET, 63, 11), Q_TICKET_TWICE, SAME },
	{ "INC_TICKET, other = 0", TWO(3, 0, LGET), EV(INC_TICKET, 2, 11), Q_TICKET_UNFAIR, SAME },
	{ "GET_NOW, head", TWO(3, 0, LEMPTY), EV(GET_NOW, 1, 0), CAL_OK, TWO(9, 20, LGET) },
	{ "GET_NOW, head, LGET", TWO(3, 7, LGET), EV(GET_NOW, 1, 0), Q_LOOK_AGAIN, SAME },
	{ "GET_NOW, head, LHOLD", TWO(3, 7, LHOLD), EV(GET_NOW, 1, 0), Q_LOOK_AGAIN, SAME },
	{ "GET_NOW, waiter", TWO(3, 7, LHOLD), EV(GET_NOW, 63, 0), CAL_OK, TWO(3, 6, LHOLD) },
	{ "GET_NOW, not in the queue", TWO(3, 1, LGET), EV(GET_NOW, 2, 0), CAL_OK, TWO(3, 0, LGET) },
	{ "GET_NOW, other = 0", TWO(3, 0, LGET), EV(GET_NOW, 63, 0), Q_LOOK_UNFAIR, SAME },
	{ "HOLD_LOCK", TWO(3, 0, LGET), EV(HOLD_LOCK, 1, 0), CAL_OK, TWO(3, 20, LHOLD) },
	{ "HOLD_LOCK, LEMPTY", TWO(3, 7, LEMPTY), EV(HOLD_LOCK, 1, 0), Q_HOLD_EARLY, SAME },
	{ "HOLD_LOCK, LHOLD", TWO(3, 7, LHOLD), EV(HOLD_LOCK, 1, 0), Q_HOLD_EARLY, SAME },
	{ "HOLD_LOCK, waiter", TWO(3, 7, LGET), EV(HOLD_LOCK, 63, 0), Q_HOLD_EARLY, SAME },
	{ "INC_NOW", TWO(3, 7, LHOLD), EV(INC_NOW, 1, 0), CAL_OK,
	  { 0, 20, LEMPTY, 1, { 63 }, { 12 }, 6 } },
	{ "INC_NOW, the last", { 3, 7, LHOLD, 1, { 4 }, { 9 }, 0xffffffff }, EV(INC_NOW, 4, 0), CAL_OK,
	  { 0, 20, LEMPTY, 0, { 0 }, { 0 }, 0x100000000 } },
	{ "INC_NOW, LEMPTY", TWO(3, 7, LEMPTY), EV(INC_NOW, 1, 0), Q_PASS_NOT_HELD, SAME },
	{ "INC_NOW, LGET", TWO(3, 7, LGET), EV(INC_NOW, 1, 0), Q_PASS_NOT_HELD, SAME },
	{ "INC_NOW, waiter", TWO(3, 7, LHOLD), EV(INC_NOW, 63, 0), Q_PASS_NOT_HELD, SAME },
	{ "TSHARED", TWO(1, 0, LHOLD), EV(ONPT, 1, 0), CAL_OK, TWO(0, 20, LHOLD) },
	{ "TSHARED, self = 0", TWO(0, 7, LHOLD), EV(ONPT, 1, 0), Q_SHARED_BOUND, SAME },
	{ "TSHARED, LGET", TWO(3, 7, LGET), EV(ONPT, 1, 0), Q_SHARED_NOT_HELD, SAME },
	{ "TSHARED, LEMPTY", TWO(3, 7, LEMPTY), EV(ONPT, 1, 0), Q_SHARED_NOT_HELD, SAME },
	{ "TSHARED, waiter", TWO(3, 7, LHOLD), EV(ONPT, 63, 0), Q_SHARED_NOT_HELD, SAME },
	{ "GET_NOW, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(GET_NOW, 1, 0), Q_EMPTY, SAME },
	{ "HOLD_LOCK, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(HOLD_LOCK, 1, 0), Q_EMPTY, SAME },
	{ "INC_NOW, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(INC_NOW, 1, 0), Q_EMPTY, SAME },
	{ "TSHARED, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(OPULL, 1, 0), Q_EMPTY, SAME },
	{ "CAS_TICKET", TWO(3, 7, LHOLD), EV(CAS_TICKET, 1, 0), Q_NOT_TICKET, SAME },
	{ "WAIT_LOCK", TWO(3, 7, LHOLD), EV(WAIT_LOCK, 1, 3), Q_NOT_TICKET, SAME },
	{ "REL_LOCK", TWO(3, 7, LHOLD), EV(REL_LOCK, 1, 0), Q_NOT_TICKET, SAME },
	{ "REL_LOCK, empty", { 3, 4, LEMPTY, 0, { 0 }, { 0 }, 5 }, EV(REL_LOCK, 1, 0), Q_NOT_TICKET, SAME },
};

/* Q_CalLock and Q_CalTicketLock do what their table says. */
static void queue_rows(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(queue_cases); i++) {
		const struct queue_case *c = &queue_cases[i];
		struct q_state s;

		print_message("%s\n", c->what);
		make_queue(&s, &c->from);
		assert_string_equal(cal_row_name(q_cal_step(&s, &c->e)), cal_row_name(c->row));
		is_queue(&s, c->row == CAL_OK ? &c->to : &c->from);
	}
}

/* Each of the eight shared events counts against the bound, in both views, and in no other fold. */
static void every_shared_event_counts(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(shared_kinds); i++) {
		struct event e = cal_event((enum event_kind)shared_kinds[i], 1, 0);
		struct h_state h = { 1, LHOLD, 1 };
		struct relate_state r;
		struct cal_ticket t;
		struct event derived;
		struct q_state q;

		make_queue(&q, &(struct qs)TWO(1, 4, LHOLD));
		assert_int_equal(q_cal_step(&q, &e), CAL_OK);
		assert_int_equal(q_cal_step(&q, &e), Q_SHARED_BOUND);
		assert_int_equal(h_cal_step(&h, &e), CAL_OK);
		assert_int_equal(h_cal_step(&h, &e), H_SHARED_BOUND);
		make_ticket(&t, false, &(struct tnq){ 5, 3, 1, { 7 } });
		assert_int_equal(cal_ticket_lock_step(&t, &e), CAL_OK);
		is_ticket(&t, &(struct tnq){ 5, 3, 1, { 7 } });
		cal_ticket_free(&t);
		relate_init(&r);
		assert_int_equal(relate_step(&r, &e, &derived), CAL_OK);
		assert_int_equal(derived.kind, shared_kinds[i]);
		relate_free(&r);
	}
}

#define FREE { 0, LEMPTY, H_NOBODY }

static const struct high_case {
	const char *what;
	struct h_state from;
	struct event e;
	enum cal_row row;
	struct h_state to;
} high_cases[] = {
	{ "WAIT_LOCK", FREE, EV(WAIT_LOCK, 3, 7), CAL_OK, { 7, LHOLD, 3 } },
	{ "WAIT_LOCK, taken", { 7, LHOLD, 3 }, EV(WAIT_LOCK, 4, 7), H_WAIT_TAKEN, FREE },
	{ "WAIT_LOCK, by the owner", { 7, LHOLD, 3 }, EV(WAIT_LOCK, 3, 7), H_WAIT_TAKEN, FREE },
	{ "TSHARED", { 1, LHOLD, 3 }, EV(OPULL, 3, 7), CAL_OK, { 0, LHOLD, 3 } },
	{ "TSHARED, self = 0", { 0, LHOLD, 3 }, EV(OPULL, 3, 7), H_SHARED_BOUND, FREE },
	{ "TSHARED, another", { 1, LHOLD, 3 }, EV(OPULL, 0, 7), H_SHARED_NOT_HELD, FREE },
	{ "TSHARED, free", FREE, EV(OPULL, 0, 7), H_SHARED_FREE, FREE },
	{ "REL_LOCK", { 4, LHOLD, 3 }, EV(REL_LOCK, 3, 0), CAL_OK, FREE },
	{ "REL_LOCK, another", { 4, LHOLD, 3 }, EV(REL_LOCK, 2, 0), H_REL_NOT_HELD, FREE },
	{ "REL_LOCK, free", FREE, EV(REL_LOCK, 2, 0), H_REL_FREE, FREE },
	{ "INC_TICKET", { 4, LHOLD, 3 }, EV(INC_TICKET, 3, 1), H_NOT_HIGH, FREE },
	{ "GET_NOW", { 4, LHOLD, 3 }, EV(GET_NOW, 3, 0), H_NOT_HIGH, FREE },
	{ "HOLD_LOCK", { 4, LHOLD, 3 }, EV(HOLD_LOCK, 3, 0), H_NOT_HIGH, FREE },
	{ "INC_NOW", { 4, LHOLD, 3 }, EV(INC_NOW, 3, 0), H_NOT_HIGH, FREE },
	{ "CAS_TICKET", { 4, LHOLD, 3 }, EV(CAS_TICKET, 3, 0), H_NOT_HIGH, FREE },
};

/* H_CalLock does what its table says. */
static void high_rows(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(high_cases); i++) {
		const struct high_case *c = &high_cases[i];
		const struct h_state *to = c->row == CAL_OK ? &c->to : &c->from;
		struct h_state s = c->from;

		print_message("%s\n", c->what);
		assert_string_equal(cal_row_name(h_cal_step(&s, &c->e)), cal_row_name(c->row));
		assert_int_equal(s.self, to->self);
		assert_int_equal(s.st, to->st);
		assert_int_equal(s.owner, to->owner);
	}
}

static const struct relate_case {
	const char *what;
	struct tnq from;
	struct event e;
	enum cal_row row;
	struct event derived;
	struct tnq to;
} relate_cases[] = {
	{ "INC_TICKET", { 0, 0, 1, { 7 } }, EV(INC_TICKET, 3, 8), CAL_OK, EV(NONE, 0, 0), { 1, 0, 2, { 7, 8 } } },
	{ "GET_NOW", { 0, 0, 1, { 7 } }, EV(GET_NOW, 3, 0), CAL_OK, EV(NONE, 0, 0), { 0, 0, 1, { 7 } } },
	{ "GET_NOW, empty", { 0, 0, 0, { 0 } }, EV(GET_NOW, 3, 0), CAL_OK, EV(NONE, 0, 0), { 0, 0, 0, { 0 } } },
	{ "HOLD_LOCK", { 0, 0, 2, { 7, 8 } }, EV(HOLD_LOCK, 3, 0), CAL_OK, EV(WAIT_LOCK, 3, 7), { 0, 0, 2, { 7, 8 } } },
	{ "INC_NOW", { 0, 0, 2, { 7, 8 } }, EV(INC_NOW, 3, 0), CAL_OK, EV(REL_LOCK, 3, 0), { 0, 1, 1, { 8 } } },
	{ "TSHARED, empty", { 0, 0, 0, { 0 } }, EV(OPULL, 3, 7), CAL_OK, EV(OPULL, 3, 7), { 0, 0, 0, { 0 } } },
	{ "HOLD_LOCK, empty", { 0, 0, 0, { 0 } }, EV(HOLD_LOCK, 3, 0), R_HOLD_EMPTY, EV(NONE, 0, 0), { 0, 0, 0, { 0 } } },
	{ "INC_NOW, empty", { 0, 0, 0, { 0 } }, EV(INC_NOW, 3, 0), R_PASS_EMPTY, EV(NONE, 0, 0), { 0, 0, 0, { 0 } } },
	{ "CAS_TICKET", { 0, 0, 1, { 7 } }, EV(CAS_TICKET, 3, 0), R_NOT_TICKET, EV(NONE, 0, 0), { 0, 0, 1, { 7 } } },
	{ "WAIT_LOCK", { 0, 0, 1, { 7 } }, EV(WAIT_LOCK, 3, 1), R_NOT_TICKET, EV(NONE, 0, 0), { 0, 0, 1, { 7 } } },
	{ "REL_LOCK", { 0, 0, 1, { 7 } }, EV(REL_LOCK, 3, 0), R_NOT_TICKET, EV(NONE, 0, 0), { 0, 0, 1, { 7 } } },
};
/* clang-format on */

/* relate_log does what its table says. */
static void relate_rows(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(relate_cases); i++) {
		const struct relate_case *c = &relate_cases[i];
		struct relate_state s;
		struct event d;

		print_message("%s\n", c->what);
		relate_init(&s);
		for (u32 k = 0; k < c->from.len; k++)
			cal_ticket_push(&s.q, c->from.q[k]);
		assert_string_equal(cal_row_name(relate_step(&s, &c->e, &d)), cal_row_name(c->row));
		assert_int_equal(d.kind, c->derived.kind);
		if (d.kind != EV_NONE) {
			assert_int_equal(d.cpu, c->derived.cpu);
			assert_int_equal(d.arg, c->derived.arg);
		}
		is_ticket(&s.q, &c->to);
		relate_free(&s);
	}
}

/* The four functions of the waiting time. */
static void wait_times(void **state)
{
	static const u32 tq[] = { 5, 10, 12, 12 }, big[] = { 0xffffffff, 0xffffffff };
	(void)state;

	assert_int_equal(cal_sum_wait(tq, 0), 0);
	assert_int_equal(cal_sum_wait(tq, 4), 4 * 4 + 39);
	assert_int_equal(cal_wait_time(tq, 0, 20), 21);
	assert_int_equal(cal_wait_time(tq, 4, 20), 1 + 20 + 55 * 20);
	assert_int_equal(cal_wait_time(tq, 4, 31), 1 + 31 + 55 * 31);
	assert_int_equal(cal_status(LEMPTY), 0);
	assert_int_equal(cal_status(LHOLD), 1);
	assert_int_equal(cal_status(LGET), 2);
	assert_int_equal(decrease_number(7, 3, LEMPTY, tq, 4, 20), 3 + 55 * 20);
	assert_int_equal(decrease_number(7, 3, LHOLD, tq, 4, 20), 3 + (7 + 46 + 1) * 20);
	assert_int_equal(decrease_number(7, 3, LGET, tq, 4, 20), 3 + (7 + 46 + 2) * 20);
	assert_int_equal(decrease_number(7, 3, LGET, tq, 0, 20), 3 + (7 + 0 + 2) * 20);
	/* Bounds just below 2^32 do not leave 64 bits. */
	assert_int_equal(cal_sum_wait(big, 2), 2 * (4 + 0xffffffffull));
	assert_int_equal(decrease_number(0xffffffff, 3, LHOLD, big, 2, 20),
	                 3 + (0xffffffffull + 4 + 0xffffffffull + 1) * 20);
}

/* The rounds of the scripted environment: round k finds events[k], once. */
struct rounds {
	struct cal_env env;
	const struct event *events;
	u32 n, next;
};

static void next_round(struct cal_env *env, cpu_t cpu, struct cal_events *out)
{
	struct rounds *r = env->arg;

	assert_int_equal(cpu, 1);
	if (r->next < r->n)
		vec_push(out, r->events[r->next++]);
}

/* A wait ends in the round that finds it served, and is None when its rounds are used up before. */
static void waits_end_in_their_round(void **state)
{
	const struct event others[] = { EV(GET_NOW, 0, 0), EV(HOLD_LOCK, 0, 0), EV(INC_NOW, 0, 0) };
	const struct event first = EV(INC_TICKET, 0, 10), second = EV(INC_TICKET, 1, 10);
	(void)state;

	for (u64 b = 0; b <= 4; b++) {
		struct rounds r = { { next_round, &r }, others, ARRAY_SIZE(others), 0 };
		struct cal_events t_out = { 0 }, q_out = { 0 };
		struct cal_ticket t;
		struct q_state q;

		cal_ticket_init(&t, false, 0, 0);
		q_cal_init(&q, 20, 0);
		cal_ticket_lock_step(&t, &first);
		cal_ticket_lock_step(&t, &second);
		q_cal_step(&q, &first);
		q_cal_step(&q, &second);
		assert_int_equal(cal_ticket_wait(&t, b, 1, 1, &r.env, &t_out), b >= 3);
		r.next = 0;
		assert_int_equal(q_cal_wait(&q, b, 1, &r.env, &q_out), b >= 3);
		/* Each round: the others' event, then the own look; none after the one that is served. */
		assert_int_equal(t_out.n, 2 * min_u64(b, 3));
		assert_int_equal(q_out.n, t_out.n);
		for (u32 i = 0; i < t_out.n; i++) {
			assert_int_equal(t_out.v[i].cpu, i % 2);
			assert_int_equal(q_out.v[i].kind, t_out.v[i].kind);
		}
		cal_ticket_free(&t);
		vec_free(&t_out);
		vec_free(&q_out);
	}
}

/* A CPU waits for a ticket that the others pass by: None after all rounds; a fold that is None: None at once. */
static void waits_that_are_none(void **state)
{
	const struct event wrong[] = { EV(REL_LOCK, 0, 0) };
	struct rounds r = { { next_round, &r }, wrong, ARRAY_SIZE(wrong), 0 };
	struct cal_events out = { 0 };
	struct cal_ticket t;
	struct q_state q;
	(void)state;

	cal_ticket_init(&t, false, 9, 9);
	assert_false(cal_ticket_wait(&t, 5, 1, 9, &r.env, &out));
	assert_int_equal(out.n, 2);
	q_cal_init(&q, 20, 0);
	q_push(&q, 1, 10);
	r.next = 0;
	assert_false(q_cal_wait(&q, 5, 1, &r.env, &out));
	assert_int_equal(out.n, 4);
	cal_ticket_free(&t);
	vec_free(&out);
}

/* Each row has a name, a sentence and the function it belongs to. */
static void rows_are_described(void **state)
{
	(void)state;
	for (u32 row = CAL_OK + 1; row < CAL_NR; row++) {
		const char *source = cal_row_source((enum cal_row)row);
		const char *name = cal_row_name((enum cal_row)row);

		assert_true(strlen(cal_row_sentence((enum cal_row)row)) > 10);
		assert_true(name[1] == '_');
		/* T_: CalTicketLock, Q_: Q_CalLock, ... */
		assert_true(source[0] == (name[0] == 'T' ? 'C' : name[0] == 'R' ? 'r' : name[0]));
		for (u32 other = CAL_OK + 1; other < row; other++)
			assert_string_not_equal(name, cal_row_name((enum cal_row)other));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticket_rows),         cmocka_unit_test(ticket_queue_grows),
		cmocka_unit_test(queue_rows),          cmocka_unit_test(every_shared_event_counts),
		cmocka_unit_test(high_rows),           cmocka_unit_test(relate_rows),
		cmocka_unit_test(wait_times),          cmocka_unit_test(waits_end_in_their_round),
		cmocka_unit_test(waits_that_are_none), cmocka_unit_test(rows_are_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

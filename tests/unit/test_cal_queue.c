// SPDX-License-Identifier: GPL-2.0-only
/* Q_CalLock, Q_CalTicketLock and their wait: the table of spec 20, section 3. */
#include "oracle/cal/queue.h"
#include "tests/kit.h"
#include "tests/kit_log.h"

#include <stdio.h>

enum { MAX_LOG = 256, FAIRNESS = 20 };

/* "now self other status | CPU:bound ..." */
static const char *shown(const struct q_state *s, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%llu %u %u %s |", (unsigned long long)s->now,
	                             s->self, s->other, lock_status_name(s->st));

	for (u32 i = 0; i < s->n; i++)
		at += (size_t)snprintf(buf + at, size - at, " %u:%u", q_cpu(s, i), q_bound(s, i));
	return buf;
}

/* All events of @log are Some. */
static void fold(struct q_state *s, const char *log)
{
	struct event e[MAX_LOG];
	u32 n = kit_log(log, e, MAX_LOG);

	q_cal_init(s, FAIRNESS, 0);
	for (u32 i = 0; i < n; i++)
		assert_int_equal(q_cal_step(s, &e[i]), CAL_OK);
}

#define HELD  "0I2 0G 0H"
#define SPENT "0I2 1G*20"

/* Each row of the table: the log before, the event, the row it breaks, and the state behind it. */
static const struct {
	const char *before, *event;
	enum cal_row row;
	const char *after;
} table[] = {
	/* INC_TICKET: empty queue; both counters are kept */
	{ "", "0I10", CAL_OK, "0 0 20 LEMPTY | 0:10" },
	{ HELD " 0N", "0I3", CAL_OK, "1 0 20 LEMPTY | 0:3" },
	/* INC_TICKET: not empty, not in the queue, other > 0 */
	{ "0I10", "5I3", CAL_OK, "0 0 19 LEMPTY | 0:10 5:3" },
	{ HELD, "63I3", CAL_OK, "0 2 19 LHOLD | 0:2 63:3" },
	{ "0I2 1G*19", "1I3", CAL_OK, "0 0 0 LEMPTY | 0:2 1:3" },
	/* INC_TICKET: already in the queue, or other = 0 */
	{ "0I10", "0I10", Q_TICKET_TWICE, "0 0 20 LEMPTY | 0:10" },
	{ "0I10 1I3", "1I3", Q_TICKET_TWICE, "0 0 19 LEMPTY | 0:10 1:3" },
	{ HELD, "0I10", Q_TICKET_TWICE, "0 2 20 LHOLD | 0:2" },
	{ SPENT, "1I3", Q_TICKET_UNFAIR, "0 0 0 LEMPTY | 0:2" },
	/* GET_NOW: head, LEMPTY */
	{ "0I7", "0G", CAL_OK, "0 7 20 LGET | 0:7" },
	{ SPENT, "0G", CAL_OK, "0 2 20 LGET | 0:2" },
	/* GET_NOW: head, LGET or LHOLD */
	{ "0I7 0G", "0G", Q_LOOK_AGAIN, "0 7 20 LGET | 0:7" },
	{ HELD, "0G", Q_LOOK_AGAIN, "0 2 20 LHOLD | 0:2" },
	/* GET_NOW: not head, other > 0; it need not be in the queue */
	{ "0I7 1I3", "1G", CAL_OK, "0 0 18 LEMPTY | 0:7 1:3" },
	{ HELD, "1G", CAL_OK, "0 2 19 LHOLD | 0:2" },
	/* GET_NOW: not head, other = 0 */
	{ SPENT, "1G", Q_LOOK_UNFAIR, "0 0 0 LEMPTY | 0:2" },
	/* HOLD_LOCK: head, LGET */
	{ "0I7 0G 1G", "0H", CAL_OK, "0 7 20 LHOLD | 0:7" },
	/* HOLD_LOCK: otherwise */
	{ "0I7", "0H", Q_HOLD_EARLY, "0 0 20 LEMPTY | 0:7" },
	{ HELD, "0H", Q_HOLD_EARLY, "0 2 20 LHOLD | 0:2" },
	{ "0I7 1I3 0G", "1H", Q_HOLD_EARLY, "0 7 20 LGET | 0:7 1:3" },
	/* INC_NOW: head, LHOLD */
	{ HELD " 1I3 2I4", "0N", CAL_OK, "1 0 20 LEMPTY | 1:3 2:4" },
	{ HELD, "0N", CAL_OK, "1 0 20 LEMPTY |" },
	/* INC_NOW: otherwise */
	{ "0I7", "0N", Q_PASS_NOT_HELD, "0 0 20 LEMPTY | 0:7" },
	{ "0I7 0G", "0N", Q_PASS_NOT_HELD, "0 7 20 LGET | 0:7" },
	{ HELD " 1I3", "1N", Q_PASS_NOT_HELD, "0 2 19 LHOLD | 0:2 1:3" },
	/* TSHARED: head, LHOLD, self > 0 */
	{ HELD " 1G", "0P7", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD, "0D", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD, "0S", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD " 0P7", "0T", CAL_OK, "0 0 20 LHOLD | 0:2" },
	{ HELD, "0V", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD, "0U", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD, "0M", CAL_OK, "0 1 20 LHOLD | 0:2" },
	{ HELD, "0F", CAL_OK, "0 1 20 LHOLD | 0:2" },
	/* TSHARED: otherwise */
	{ "0I7", "0P7", Q_SHARED_NOT_HELD, "0 0 20 LEMPTY | 0:7" },
	{ "0I7 0G", "0P7", Q_SHARED_NOT_HELD, "0 7 20 LGET | 0:7" },
	{ HELD, "1P7", Q_SHARED_NOT_HELD, "0 2 20 LHOLD | 0:2" },
	{ HELD " 0P7 0T", "0T", Q_SHARED_BOUND, "0 0 20 LHOLD | 0:2" },
	{ "0I0 0G 0H", "0P7", Q_SHARED_BOUND, "0 0 20 LHOLD | 0:0" },
	/* anything but INC_TICKET on an empty queue; CAS_TICKET, WAIT_LOCK, REL_LOCK */
	{ "", "0G", Q_EMPTY, "0 0 20 LEMPTY |" },
	{ "", "0H", Q_EMPTY, "0 0 20 LEMPTY |" },
	{ HELD " 0N", "0N", Q_EMPTY, "1 0 20 LEMPTY |" },
	{ "", "0P7", Q_EMPTY, "0 0 20 LEMPTY |" },
	{ HELD, "0C", Q_NOT_TICKET, "0 2 20 LHOLD | 0:2" },
	{ HELD, "0W10", Q_NOT_TICKET, "0 2 20 LHOLD | 0:2" },
	{ HELD, "0R", Q_NOT_TICKET, "0 2 20 LHOLD | 0:2" },
};

/*
 * Every row of the table gives the state or the None that it says, and a None leaves the state
 * alone.
 */
static void follows_the_table(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		struct q_state s, before;
		struct event e;
		char buf[256];

		fold(&s, table[i].before);
		before = s;
		assert_int_equal(kit_log(table[i].event, &e, 1), 1);
		assert_string_equal(cal_row_name(q_cal_step(&s, &e)), cal_row_name(table[i].row));
		assert_string_equal(shown(&s, buf, sizeof(buf)), table[i].after);
		if (table[i].row != CAL_OK)
			assert_memory_equal(&s, &before, sizeof(s));
	}
}

/*
 * All 64 CPUs fit in the queue and leave it in the order of their tickets, more than once around
 * the ring.
 */
static void whole_machine_queues_in_order(void **state)
{
	struct q_state s;

	(void)state;
	q_cal_init(&s, 2 * MAX_CPU, 0);
	for (u32 turn = 0; turn < 5 * MAX_CPU; turn++) {
		struct event take = { .kind = EV_INC_TICKET, .arg = turn };
		struct event own = { .kind = EV_GET_NOW };

		while (s.n < MAX_CPU) {
			take.cpu = (u8)((turn + s.n) % MAX_CPU);
			assert_int_equal(q_cal_step(&s, &take), CAL_OK);
		}
		assert_int_equal(q_cpu(&s, 0), turn % MAX_CPU);
		assert_int_equal(q_cpu(&s, MAX_CPU - 1), (turn + MAX_CPU - 1) % MAX_CPU);
		assert_int_equal(q_bound(&s, MAX_CPU - 1), turn);
		own.cpu = (u8)q_cpu(&s, 0);
		assert_int_equal(q_cal_step(&s, &own), CAL_OK);
		own.kind = EV_HOLD_LOCK;
		assert_int_equal(q_cal_step(&s, &own), CAL_OK);
		own.kind = EV_INC_NOW;
		assert_int_equal(q_cal_step(&s, &own), CAL_OK);
	}
	assert_int_equal(s.now, 5 * MAX_CPU);
}

static void answer(struct cal_env *env, cpu_t cpu, struct cal_events *out)
{
	const char *const **next = env->arg;
	struct event e[MAX_LOG];
	u32 n;

	(void)cpu;
	if (!**next)
		return;
	n = kit_log(*(*next)++, e, MAX_LOG);
	for (u32 i = 0; i < n; i++)
		vec_push(out, e[i]);
}

static const char *const served[] = { "0G 0H", "", "0N 2I5", NULL };
static const char *const broken[] = { "0G 0H", "0G", NULL };
static const char *const idle[] = { NULL };

/* CPU 1 waits behind @before: rounds allowed, what the others do, Some or not, events appended. */
static const struct {
	const char *before;
	u64 b;
	const char *const *batches;
	bool some;
	u32 appended;
} waits[] = {
	{ "0I10 1I10", 3, served, true, 7 },
	{ "0I10 1I10", 9, served, true, 7 },
	{ "0I10 1I10", 2, served, false, 0 },
	{ "0I10 1I10", 0, served, false, 0 },
	{ "0I10 1I10", 9, broken, false, 0 },
	{ "1I10", 1, idle, true, 1 },
	{ "1I10", 0, idle, false, 0 },
	{ "0I10 1I10", 19, idle, false, 0 }, /* too long */
	{ "0I10 1I10", 99, idle, false, 0 }, /* its own 20th look is unfair */
	{ "", 9, idle, false, 0 },           /* nobody to look for */
};

/* A wait ends with the first look as the head; it is None after b rounds or where the fold is. */
static void waits_until_head(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(waits); i++) {
		const char *const *next = waits[i].batches;
		struct cal_env env = { answer, &next };
		struct cal_events out = { 0 };
		struct q_state s;

		fold(&s, waits[i].before);
		assert_int_equal(q_cal_wait(&s, waits[i].b, 1, &env, &out), waits[i].some);
		if (waits[i].some) {
			assert_int_equal(out.n, waits[i].appended);
			assert_int_equal(q_cpu(&s, 0), 1);
			assert_int_equal(s.st, LGET);
		}
		vec_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_table),
		cmocka_unit_test(whole_machine_queues_in_order),
		cmocka_unit_test(waits_until_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

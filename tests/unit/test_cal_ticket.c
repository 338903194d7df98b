// SPDX-License-Identifier: GPL-2.0-only
/* CalTicketLock, its wraparound twin and their waits: the table of spec 20, section 2. */
#include "oracle/cal/ticket.h"
#include "tests/kit.h"
#include "tests/kit_log.h"

#include <stdio.h>

enum { MAX_LOG = 128 };

static const char *shown(const struct cal_ticket *s, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%llu %llu", (unsigned long long)s->t,
	                             (unsigned long long)s->n);

	for (u32 i = 0; i < s->len; i++)
		at += (size_t)snprintf(buf + at, size - at, " %u", cal_ticket_bound(s, i));
	return buf;
}

/* All events of @log are Some. */
static void fold(struct cal_ticket *s, const char *log)
{
	struct event e[MAX_LOG];
	u32 n = kit_log(log, e, MAX_LOG);

	for (u32 i = 0; i < n; i++)
		assert_int_equal(cal_ticket_lock_step(s, &e[i]), CAL_OK);
}

/*
 * Each row of the table: the log before, the event, the row it breaks, and "t n bounds" behind it.
 */
static const struct {
	const char *before, *event;
	enum cal_row row;
	const char *after;
} table[] = {
	{ "", "0I10", CAL_OK, "1 0 10" },
	{ "0I10", "1I7", CAL_OK, "2 0 10 7" },
	{ "0I10 1I7", "0I5", CAL_OK, "3 0 10 7 5" },
	{ "0I10 1I7", "0N", CAL_OK, "2 1 7" },
	{ "0I10 1I7", "5N", CAL_OK, "2 1 7" },
	{ "", "0N", CAL_OK, "0 1" },
	{ "0I10 0N 0N", "1I7", CAL_OK, "2 2 7" },
	{ "0I10", "0G", CAL_OK, "1 0 10" },
	{ "0I10", "3H", CAL_OK, "1 0 10" },
	{ "", "0P7", CAL_OK, "0 0" },
	{ "0I10", "1D", CAL_OK, "1 0 10" },
	{ "0I10", "1S", CAL_OK, "1 0 10" },
	{ "0I10", "1T", CAL_OK, "1 0 10" },
	{ "0I10", "1V", CAL_OK, "1 0 10" },
	{ "0I10", "1U", CAL_OK, "1 0 10" },
	{ "0I10", "1M", CAL_OK, "1 0 10" },
	{ "0I10", "1F", CAL_OK, "1 0 10" },
	{ "0I10", "0C", T_NOT_TICKET, "1 0 10" },
	{ "0I10", "0W10", T_NOT_TICKET, "1 0 10" },
	{ "0I10", "0R", T_NOT_TICKET, "1 0 10" },
};

/*
 * Every row of the table gives the state or the None that it says, and a None leaves the state
 * alone.
 */
static void follows_the_table(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		struct cal_ticket s;
		struct event e;
		char buf[256];

		cal_ticket_init(&s, false, 0, 0);
		fold(&s, table[i].before);
		assert_int_equal(kit_log(table[i].event, &e, 1), 1);
		assert_int_equal(cal_ticket_lock_step(&s, &e), table[i].row);
		assert_string_equal(shown(&s, buf, sizeof(buf)), table[i].after);
		cal_ticket_free(&s);
	}
}

/* The queue of bounds is as long as the log asks for, in order, however far it has moved on. */
static void bounds_stay_in_order(void **state)
{
	struct event take = { .kind = EV_INC_TICKET };
	struct event pass = { .kind = EV_INC_NOW };
	struct cal_ticket s;
	u32 first = 0;

	(void)state;
	cal_ticket_init(&s, false, 0, 0);
	for (u32 i = 0; i < 1000; i++) {
		take.arg = i;
		assert_int_equal(cal_ticket_lock_step(&s, &take), CAL_OK);
		if (i % 3 == 2) {
			assert_int_equal(cal_ticket_lock_step(&s, &pass), CAL_OK);
			first++;
		}
	}
	assert_int_equal(s.len, 1000 - first);
	for (u32 i = 0; i < s.len; i++)
		assert_int_equal(cal_ticket_bound(&s, i), first + i);
	cal_ticket_free(&s);
}

/* Past 2^32 the wraparound fold counts from zero, the plain one goes on. */
static void wraps_at_32_bits(void **state)
{
	struct cal_ticket wide, wrapped;
	char buf[64];

	(void)state;
	cal_ticket_init(&wide, false, 0xffffffff, 0xfffffffe);
	cal_ticket_init(&wrapped, true, 0xffffffff, 0xfffffffe);
	fold(&wide, "0I3 0N 1I4 0N");
	fold(&wrapped, "0I3 0N 1I4 0N");
	assert_string_equal(shown(&wide, buf, sizeof(buf)), "4294967297 4294967296");
	assert_string_equal(shown(&wrapped, buf, sizeof(buf)), "1 0");
	cal_ticket_free(&wide);
	cal_ticket_free(&wrapped);
}

/* One batch of others' events a query, then none. */
struct script {
	const char *const *batches;
	u32 n, next;
};

static void answer(struct cal_env *env, cpu_t cpu, struct cal_events *out)
{
	struct script *s = env->arg;
	struct event e[MAX_LOG];
	u32 n;

	(void)cpu;
	if (s->next == s->n)
		return;
	n = kit_log(s->batches[s->next++], e, MAX_LOG);
	for (u32 i = 0; i < n; i++)
		vec_push(out, e[i]);
}

static const char *const served[] = { "0G 0H", "", "0N 0I5" };
static const char *const broken[] = { "0G 0H", "0R" };

/*
 * Behind "0I10 1I10" CPU 1 waits for ticket t: rounds allowed, what the others do, Some or not,
 * events appended.
 */
static const struct {
	u64 b, t;
	struct script script;
	bool some;
	u32 appended;
} waits[] = {
	{ 3, 1, { served, 3, 0 }, true, 7 },  { 9, 1, { served, 3, 0 }, true, 7 },
	{ 2, 1, { served, 3, 0 }, false, 0 }, { 0, 1, { served, 3, 0 }, false, 0 },
	{ 1, 0, { served, 3, 0 }, true, 3 },  { 9, 7, { served, 3, 0 }, false, 0 },
	{ 9, 1, { broken, 2, 0 }, false, 0 }, { 0, 0, { served, 0, 0 }, false, 0 },
};

/*
 * A wait ends with the first look that finds the ticket served; it is None after b rounds or where
 * the fold is.
 */
static void waits_until_served(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(waits); i++) {
		struct script script = waits[i].script;
		struct cal_env env = { answer, &script };
		struct cal_events out = { 0 };
		struct cal_ticket s;

		cal_ticket_init(&s, i % 2, 0, 0);
		fold(&s, "0I10 1I10");
		assert_int_equal(cal_ticket_wait(&s, waits[i].b, 1, waits[i].t, &env, &out),
		                 waits[i].some);
		if (waits[i].some) {
			assert_int_equal(out.n, waits[i].appended);
			assert_int_equal(out.v[out.n - 1].kind, EV_GET_NOW);
			assert_int_equal(out.v[out.n - 1].cpu, 1);
			assert_int_equal(s.n, waits[i].t);
		}
		vec_free(&out);
		cal_ticket_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_table),
		cmocka_unit_test(bounds_stay_in_order),
		cmocka_unit_test(wraps_at_32_bits),
		cmocka_unit_test(waits_until_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

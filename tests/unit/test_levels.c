// SPDX-License-Identifier: GPL-2.0-only
/* wait_lock and pass_lock over a scripted environment: how long a wait may be, and when its log is none of the machine. */
#include "lock/levels.h"
#include "lock/word.h"
#include "oracle/cal/wait_time.h"
#include "sim/log/event.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { LK = NPT_ID + 4 };

static struct test_env t;

static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	return 0;
}

/* Events of others, one of a kind by each CPU from @cpu on: what the log held before. */
static void before(u32 n, u32 cpu, u32 kind, u32 arg)
{
	for (u32 i = 0; i < n; i++)
		env_log_start(
			t.e, LK,
			&(struct env_event){ .cpu = (u8)(cpu + i), .kind = (u8)kind, .arg = arg });
}

static u32 looks(void)
{
	const struct env_events *ev = &t.e->log[LK].ev;
	u32 n = 0;

	for (u32 i = 0; i < ev->n; i++)
		n += ev->v[i].cpu == t.c->id && ev->v[i].kind == EV_GET_NOW;
	return n;
}

/* The others' answers: @n times nothing, then that CPU 1 goes. */
static void goes_after(u32 n)
{
	struct env_events batch = { 0 };

	for (u32 i = 0; i < n; i++)
		env_answer(t.e, LK, &batch);
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_GET_NOW }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_HOLD_LOCK }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_INC_NOW }));
	env_answer(t.e, LK, &batch);
}

/* A wait lasts CalWaitTime looks, that of the bounds in the queue, and not one more. */
static void wait_time(void **state)
{
	static const char *const waits[] = { "wait_lock", "wait_lock_spec",
		                             "wait_lock_spec_wraparound" };
	const u32 bounds[] = { 3, LOCK_BOUND };
	u64 rounds = cal_wait_time(bounds, 2, FAIRNESS_MIN);

	for (u32 i = 0; i < ARRAY_SIZE(waits); i++) {
		begin(state);
		before(1, 1, EV_INC_TICKET, 3);
		/* One query at the ticket, one a look: the last look sees the lock served. */
		goes_after((u32)rounds);
		test_ok(&t, waits[i], (const u64[]){ LK });
		assert_true(looks() == rounds);
		begin(state);
		before(1, 1, EV_INC_TICKET, 3);
		goes_after((u32)rounds + 1);
		test_stuck(&t, STUCK_WAIT_TIME, waits[i], (const u64[]){ LK });
		assert_int_equal(t.e->log[LK].ev.n, 1);
	}
}

/* In the queue fairness is spent before: by the waiter's ticket, and by each of its looks. */
static void fairness(void **state)
{
	(void)state;
	before(1, 1, EV_INC_TICKET, 3);
	goes_after(FAIRNESS_MIN);
	OK(&t, "wait_qlock", LK);
	assert_int_equal(looks(), FAIRNESS_MIN);
	begin(state);
	before(1, 1, EV_INC_TICKET, 3);
	goes_after(FAIRNESS_MIN + 1);
	STUCK(&t, STUCK_LOG_QUEUE, "wait_qlock", LK);
}

/* There are as many tickets as CPUs; one more is stuck, where the source counts them. */
static void tickets(void **state)
{
	(void)state;
	before(TOTAL_CPU, 1, EV_INC_TICKET, 1);
	STUCK(&t, STUCK_TICKETS, "wait_lock", LK);
	STUCK(&t, STUCK_TICKETS, "wait_lock_spec", LK);
	STUCK(&t, STUCK_WAIT_TIME, "wait_lock_spec_wraparound", LK);
	begin(state);
	before(TOTAL_CPU - 1, 1, EV_INC_TICKET, 1);
	STUCK(&t, STUCK_WAIT_TIME, "wait_lock", LK);
	STUCK(&t, STUCK_WAIT_TIME, "wait_lock_spec", LK);
}

/* A log that is at the other level, or breaks the queue, is none that a wait can follow. */
static void wrong_logs(void **state)
{
	(void)state;
	before(1, 1, EV_WAIT_LOCK, 1);
	STUCK(&t, STUCK_LOG_TICKET, "wait_lock", LK);
	STUCK(&t, STUCK_LOG_TICKET, "wait_lock_spec", LK);
	STUCK(&t, STUCK_LOG_TICKET, "wait_lock_spec_wraparound", LK);
	STUCK(&t, STUCK_LOG_QUEUE, "wait_qlock", LK);
	STUCK(&t, STUCK_LOG_HIGH, "wait_hlock", LK);
	STUCK(&t, STUCK_LOG_TICKET, "get_now", LK);
	STUCK(&t, STUCK_LOG_TICKET, "incr_ticket", 10, LK);
	/* The CPU has the lock, and its log does not know. */
	begin(state);
	t.c->lock[LK] = LOCK_OWN;
	STUCK(&t, STUCK_LOG_QUEUE, "pass_qlock", LK);
	STUCK(&t, STUCK_LOG_HIGH, "pass_hlock", LK);
	OK(&t, "pass_lock", LK);
	begin(state);
	before(1, 1, EV_HOLD_LOCK, 0);
	STUCK(&t, STUCK_LOG_QUEUE, "wait_qlock", LK);
	OK(&t, "wait_lock", LK);
}

/* Who has the lock cannot take it, who has not, or has pulled its object, cannot give it up. */
static void states(void **state)
{
	static const char *const waits[] = { "wait_lock", "wait_qlock", "wait_hlock" };
	static const char *const passes[] = { "pass_lock", "pass_qlock", "pass_hlock" };
	const u64 a[] = { LK };

	for (u32 i = 0; i < ARRAY_SIZE(waits); i++) {
		begin(state);
		test_stuck(&t, STUCK_LOCK_NOT_OWN, passes[i], a);
		test_ok(&t, waits[i], a);
		assert_int_equal(t.c->lock[LK], LOCK_OWN);
		test_stuck(&t, STUCK_LOCK_TAKEN, waits[i], a);
		t.c->lock[LK] = LOCK_OWN_PULLED;
		test_stuck(&t, STUCK_LOCK_TAKEN, waits[i], a);
		test_stuck(&t, STUCK_LOCK_NOT_OWN, passes[i], a);
		t.c->lock[LK] = LOCK_OWN;
		test_ok(&t, passes[i], a);
		assert_int_equal(t.c->lock[LK], LOCK_FALSE);
		assert_true(t.m->locks.lock[LK].word ==
		            (i < 2 ? word_make(1, 1) : word_make(0, 0)));
	}
}

/* The barrier protocol holds at the level of steps; the specifications above it know it in part. */
static void barriers(void **state)
{
	for (u32 bars = BARRIER_VALID; bars <= BARRIERED; bars++) {
		bool valid = bars == BARRIER_VALID;

		begin(state);
		t.c->bars = (enum bars)bars;
		t.c->hold_word = &t.m->locks.lock[LK].word;
		assert_int_equal(TRY(&t, "wait_lock", LK), valid ? OUT_OK : OUT_STUCK);
		begin(state);
		t.c->bars = (enum bars)bars;
		assert_int_equal(TRY(&t, "wait_lock_spec", LK), OUT_OK);
		assert_int_equal(TRY(&t, "pass_lock_spec", LK), OUT_OK);
		begin(state);
		t.c->bars = (enum bars)bars;
		assert_int_equal(TRY(&t, "wait_lock_spec_wraparound", LK),
		                 valid ? OUT_OK : OUT_STUCK);
		assert_int_equal(TRY(&t, "pass_lock_spec0", LK), valid ? OUT_OK : OUT_STUCK);
		assert_int_equal(t.c->bars, bars);
		begin(state);
		t.c->bars = (enum bars)bars;
		t.c->lock[LK] = LOCK_OWN;
		t.c->hold_word = &t.m->locks.lock[LK].word;
		/* pass_lock's barrier makes of Needed only Valid, which incr_now refuses. */
		assert_int_equal(TRY(&t, "pass_lock", LK), valid ? OUT_OK : OUT_STUCK);
	}
}

/* Numbers without a lock: flat memory's, and all from ID_END on; as published up to 63. */
static void numbers(void **state)
{
	static const char *const all[] = { "wait_lock",
		                           "pass_lock",
		                           "wait_lock_spec",
		                           "pass_lock_spec",
		                           "wait_lock_spec_wraparound",
		                           "pass_lock_spec0",
		                           "wait_qlock",
		                           "pass_qlock",
		                           "wait_hlock",
		                           "pass_hlock",
		                           "get_now",
		                           "log_hold",
		                           "incr_now",
		                           "acquire_shared" };

	for (u32 i = 0; i < ARRAY_SIZE(all); i++) {
		begin(state);
		test_stuck(&t, STUCK_RANGE, all[i], (const u64[]){ FLATMEM_ID });
		test_stuck(&t, STUCK_RANGE, all[i], (const u64[]){ ID_END });
		test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, true);
		test_stuck(&t, STUCK_RANGE, all[i], (const u64[]){ LK_SPACE });
		assert_true(test_try(&t, all[i], (const u64[]){ ID_END }, &(u64){ 0 }) == OUT_OK ||
		            t.c->stuck.rule != STUCK_RANGE);
	}
}

/* Words may begin just below 2^32: each wait, and the folds of the log, wrap with them. */
static void wraps(void **state)
{
	static const struct {
		const char *wait, *pass;
	} pairs[] = { { "wait_lock", "pass_lock" },
		      { "wait_lock_spec_wraparound", "pass_lock_spec0" },
		      { "wait_lock_spec", "pass_lock_spec" },
		      { "wait_qlock", "pass_qlock" } };
	const u64 a[] = { LK };

	t.m->params.start_ticket = t.m->params.start_now = 0xffffffff;
	for (u32 i = 0; i < ARRAY_SIZE(pairs); i++) {
		begin(state);
		for (u32 k = 0; k < 3; k++) {
			test_ok(&t, pairs[i].wait, a);
			test_ok(&t, pairs[i].pass, a);
		}
		assert_true(t.m->locks.lock[LK].word == word_make(2, 2));
	}
	assert_true(OK(&t, "get_now", LK) == 2);
	assert_true(OK(&t, "incr_ticket", 10, LK) == 2);
	t.m->params.start_ticket = t.m->params.start_now = 0;
}

static int make(void **state)
{
	(void)state;
	test_env_make(&t, false);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_env_free(&t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(wait_time, begin), cmocka_unit_test_setup(fairness, begin),
		cmocka_unit_test_setup(tickets, begin),   cmocka_unit_test_setup(wrong_logs, begin),
		cmocka_unit_test_setup(states, begin),    cmocka_unit_test_setup(barriers, begin),
		cmocka_unit_test_setup(numbers, begin),   cmocka_unit_test_setup(wraps, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Waiting, look by look. */
#include "tests/unit/wait_host.h"

#include "sim/log/write/log.h"

/* CPU 0's records so far are exactly @hex. */
static void stream_is(const char *hex)
{
	const struct log_writer *w = cpu(0)->log;
	char text[256] = "";
	size_t n = 0;

	for (const u8 *p = (const u8 *)(w->chunk + 1); p < log_cur(w); p++) {
		assert_true(n + 4 < sizeof(text));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x", n ? " " : "", *p);
	}
	assert_string_equal(text, hex);
}

static void serve_slowly(u32 n)
{
	assert_true(cpu(0)->pub.waits == waits_of(LK, 2));
	assert_true(cpu(0)->pub.held == 0);
	if (n == 3)
		set_now(LK, 1);
	if (n == 5)
		set_now(LK, 2);
}

/* A look is an event when it shows progress, the first always; all looks with keep_reads. */
static void looks(void **state)
{
	(void)state;
	for (u32 keep = 0; keep < 2; keep++) {
		struct cpu *c;

		make(WAIT_YIELD);
		c = cpu(0);
		c->keep_reads = keep;
		h.on_yield = serve_slowly;
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), OUT_OK);
		stream_is(keep ? "41 07 20 12 12 12 52 01 12 56 01" : "41 07 20 12 52 01 56 01");
		assert_true(c->stats.spins == 5);
		assert_true(c->stats.yields == 5);
		assert_true(c->stats.contended == 1);
		assert_true(c->stats.lock_contended[LK] == 1);
		assert_true(c->stats.lock_acquisitions[LK] == 1);
		assert_true(c->stats.parks == 0);
		assert_true(c->pub.waits == 0);
		assert_true(c->pub.held == 1ull << LK);
		assert_int_equal(c->bars, BARRIER_VALID);
		assert_int_equal(c->lock[LK], LOCK_OWN);
		assert_int_equal(pass(0, LK), OUT_OK);
		assert_true(c->pub.held == 0);
		assert_int_equal(c->lock[LK], LOCK_FALSE);
		/* served at once: not contended, and one record says all three */
		assert_int_equal(take(0, LK), OUT_OK);
		assert_true(c->stats.contended == 1);
		assert_true(c->stats.lock_acquisitions[LK] == 2);
		assert_true(c->stats.wakes == 0);
		assert_true(h.wakes == 0);
		unmake();
	}
}

/* However the lock is passed on, fast or with all that can be done beside, the records are the same. */
static void the_same_records(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++) {
		make(i & 1 ? WAIT_PARK : WAIT_YIELD);
		cpu(0)->timing = cpu(0)->longer = i & 2;
		assert_int_equal(take(0, LK), OUT_OK);
		assert_int_equal(pass(0, LK), OUT_OK);
		stream_is("05 07 0d 34");
		unmake();
	}
	/* and without a log there are none */
	for (u32 i = 0; i < 4; i++) {
		memset(&h, 0, sizeof(h));
		test_machine_make(&h.t, CPUS, 0, i & 1 ? WAIT_PARK : WAIT_YIELD, false);
		cpu(0)->timing = cpu(0)->longer = i & 2;
		assert_int_equal(take(0, LK), OUT_OK);
		assert_int_equal(pass(0, LK), OUT_OK);
		assert_true(lock(LK)->word == word_make(1, 1));
		assert_true(log_bytes(h.t.log) == 0);
		unmake();
	}
}

static void serve_at_10(void)
{
	if (h.clock == 10000)
		set_now(LK, 1);
}

/* Who is served while it spins sees it at the next look, and does not leave the core. */
static void spin_ends_when_served(void **state)
{
	(void)state;
	make(WAIT_AUTO);
	cpu(0)->keep_reads = true;
	cpu(0)->log->timestamps = true;
	h.clock = 0;
	h.on_clock = serve_at_10;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	/* the first record is INC_TICKET's, and each look wrote one */
	assert_true(cpu(0)->stats.spins == 9);
	assert_int_equal(h.yields, 0);
	assert_true(cpu(0)->served[LK] == 1);
	unmake();
}

static u64 spins_at[256];

static void near_after_70(u32 n)
{
	assert_true(n < ARRAY_SIZE(spins_at));
	spins_at[n] = cpu(0)->stats.spins;
	if (n == 70)
		set_now(LK, 1);
	if (n == 72)
		set_now(LK, 2);
}

/* auto: yield at once when far; a little spin (64 looks) when next in line, and a new one after progress. */
static void auto_spins_when_next(void **state)
{
	(void)state;
	make(WAIT_AUTO);
	h.on_yield = near_after_70;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.yields, 72);
	assert_true(spins_at[1] == 1);
	assert_true(spins_at[70] == 70);
	assert_true(spins_at[71] == 70 + 64);
	assert_true(spins_at[72] == 70 + 128);
	assert_true(cpu(0)->stats.yields == 72);
	unmake();
	/* with one core the one that is served cannot run meanwhile */
	make(WAIT_AUTO);
	h.t.m->locks.policy.cores = 1;
	h.on_yield = near_after_70;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(spins_at[72] == 72);
	unmake();
}

static void stop_at_100(void)
{
	if (h.clock >= 100000)
		flag_set(&h.t.m->stop);
}

/* spin: never leaves the core; with keep_reads each look is a record, which asks for the time. */
static void spin_stays(void **state)
{
	u64 start;

	(void)state;
	make(WAIT_SPIN);
	cpu(0)->keep_reads = true;
	cpu(0)->log->timestamps = true;
	h.on_clock = stop_at_100;
	lock(LK)->word = word_make(2, 0);
	start = h.clock;
	assert_int_equal(take(0, LK), OUT_STOPPED);
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.sleeps, 0);
	assert_true(cpu(0)->stats.spins > 50);
	/* and one is INC_TICKET's */
	assert_true((h.clock - start) / 1000 == cpu(0)->stats.spins + 1);
	unmake();
}

static void wake_with_progress(u32 *slot)
{
	assert_ptr_equal(slot, &lock(LK)->slot[2]);
	assert_int_equal(h.t.m->locks.sleepers, 1);
	assert_true(cpu(0)->stats.parks == h.sleeps);
	if (h.sleeps == 2)
		set_now(LK, 2);
}

/* park: sleeps on the slot of its ticket, whatever wakes it, until it is served; leaves the slot empty. */
static void park_sleeps(void **state)
{
	(void)state;
	make(WAIT_PARK);
	h.on_sleep = wake_with_progress;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.sleeps, 2);
	assert_true(cpu(0)->stats.parks == 2);
	assert_true(cpu(0)->stats.spins == 2);
	assert_true(cpu(0)->stats.yields == 0);
	assert_int_equal(lock(LK)->slot[2], 0);
	assert_int_equal(h.t.m->locks.sleepers, 0);
	unmake();
}

/* park, next in line: a little spin first. */
static void park_spins_when_next(void **state)
{
	(void)state;
	make(WAIT_PARK);
	h.on_sleep = serve_next;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.sleeps, 1);
	assert_true(cpu(0)->stats.spins == 64);
	unmake();
}

/* The second look at the clock is that of the GET_NOW's record: after the look at the word, before the sleep. */
static void serve_before_sleep(void)
{
	if (h.clock == 1000 * 4)
		set_now(LK, 2);
}

static void stop_before_sleep(void)
{
	if (h.clock == 1000 * 4)
		flag_set(&h.t.m->stop);
}

static void halt_before_sleep(void)
{
	if (h.clock == 1000 * 4)
		flag_set(&h.t.m->halt);
}

/* Served, stopped or halted between the look and the sleep: it does not sleep. */
static void no_wake_up_is_lost(void **state)
{
	static void (*const events[])(void) = { serve_before_sleep, stop_before_sleep,
		                                halt_before_sleep };
	static const enum outcome ends[] = { OUT_OK, OUT_STOPPED, OUT_PANIC };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
		make(WAIT_PARK);
		h.clock = 2000; /* one look for INC_TICKET, one for the first GET_NOW */
		cpu(0)->log->timestamps = true;
		h.on_clock = events[i];
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), ends[i]);
		assert_int_equal(h.sleeps, 0);
		assert_true(cpu(0)->stats.parks == 0);
		assert_int_equal(lock(LK)->slot[2], 0);
		assert_int_equal(h.t.m->locks.sleepers, 0);
		unmake();
	}
}

static void stop_at_20(void)
{
	if (h.clock == 20000)
		flag_set(&h.t.m->stop);
}

static void halt_at_20(void)
{
	if (h.clock == 20000)
		flag_set(&h.t.m->halt);
}

/* Stopped or halted in its last spin, which does not ask: it does not sleep either. */
static void no_stop_is_slept_through(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		make(WAIT_PARK);
		cpu(0)->keep_reads = true;
		cpu(0)->log->timestamps = true;
		h.clock = 0;
		h.on_clock = halt ? halt_at_20 : stop_at_20;
		lock(LK)->word = word_make(1, 0);
		assert_int_equal(take(0, LK), halt ? OUT_PANIC : OUT_STOPPED);
		assert_true(cpu(0)->stats.spins > 60);
		assert_int_equal(h.sleeps, 0);
		assert_true(cpu(0)->stats.parks == 0);
		assert_int_equal(lock(LK)->slot[1], 0);
		unmake();
	}
}

/* The releaser wakes the one that is next, if it sleeps, and nobody else. */
static void release_wakes(void **state)
{
	(void)state;
	make(WAIT_PARK);
	assert_int_equal(take(0, LK), OUT_OK);
	lock(LK)->word = word_make(3, 0);
	lock(LK)->slot[1] = lock(LK)->slot[2] = lock(OTHER)->slot[1] = 1;
	h.t.m->locks.sleepers = 3;
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, &lock(LK)->slot[1]);
	assert_int_equal(lock(LK)->slot[1], 0);
	assert_int_equal(lock(LK)->slot[2], 1);
	assert_true(cpu(0)->stats.wakes == 1);
	/* next in line, but awake */
	set_now(LK, 3);
	assert_int_equal(take(0, LK), OUT_OK);
	lock(LK)->word = word_make(5, 3);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(h.wakes, 1);
	assert_true(cpu(0)->stats.wakes == 1);
	unmake();
}

/* At the end everybody is woken: waiters for locks and for admission. */
static void wake_all(void **state)
{
	(void)state;
	make(WAIT_PARK);
	for (u32 i = 0; i < MAX_CPU; i++) {
		h.t.m->locks.admission.slot[i] = 1;
		for (lk_t lk = 0; lk < ID_END; lk++)
			lock(lk)->slot[i] = 1;
	}
	locks_wake_all(&h.t.m->locks);
	assert_int_equal(h.wakes, MAX_CPU * (1 + ID_END));
	locks_wake_all(&h.t.m->locks);
	/* who waits for admission takes its slot back itself */
	assert_int_equal(h.wakes, MAX_CPU * (2 + ID_END));
	unmake();
}

/* With timing: how long it waited and held, in all and for the lock. */
static void timing(void **state)
{
	struct cpu *c;

	(void)state;
	make(WAIT_YIELD);
	c = cpu(0);
	c->timing = c->longer = true;
	h.on_yield = serve_slowly;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(c->stats.wait.n == 1);
	assert_true(c->stats.wait.sum == 1000);
	assert_true(c->stats.wait.max == 1000);
	assert_true(c->stats.wait.bucket[9] == 1);
	assert_true(c->stats.lock_wait_ns[LK] == 1000);
	assert_true(c->stats.lock_wait_max_ns[LK] == 1000);
	assert_true(c->stats.hold.n == 0);
	h.clock += 5000;
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(c->stats.hold.n == 1);
	assert_true(c->stats.hold.sum == 6000);
	assert_true(c->stats.hold.bucket[12] == 1);
	/* not contended: held, and not waited */
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(c->stats.wait.n == 1);
	assert_true(c->stats.hold.n == 2);
	assert_true(c->stats.hold.sum == 7000);
	assert_true(c->stats.hold.max == 6000);
	/* without timing nobody looks at the clock */
	c->timing = c->longer = false;
	h.clock = 0;
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(h.clock == 0);
	assert_true(c->stats.hold.n == 2);
	unmake();
}

/* A waiter of a machine without log and clock writes nothing and looks at no clock. */
static void plain_wait(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	test_machine_make(&h.t, CPUS, 0, WAIT_YIELD, false);
	h.on_yield = serve_slowly;
	lock(LK)->word = word_make(2, 0);
	h.clock = 0;
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(h.clock == 0);
	assert_true(cpu(0)->stats.wait.n == 0);
	assert_true(cpu(0)->stats.contended == 1);
	assert_true(log_bytes(h.t.log) == 0);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks),
		cmocka_unit_test(the_same_records),
		cmocka_unit_test(spin_ends_when_served),
		cmocka_unit_test(auto_spins_when_next),
		cmocka_unit_test(spin_stays),
		cmocka_unit_test(park_sleeps),
		cmocka_unit_test(park_spins_when_next),
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(no_stop_is_slept_through),
		cmocka_unit_test(release_wakes),
		cmocka_unit_test(wake_all),
		cmocka_unit_test(timing),
		cmocka_unit_test(plain_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

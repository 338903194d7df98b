// SPDX-License-Identifier: GPL-2.0-only
/* What a yield costs, and what waiters make of it: the test's clock says how long each one takes. */
#include "tests/unit/wait_host.h"

#include "lock/share.h"

#define MS 1000000ull

static u64 cost_ns; /* of each yield that follows */

static struct sharing *sharing(void)
{
	return &h.t.m->locks.sharing;
}

static void take_time(u32 n)
{
	(void)n;
	h.clock += cost_ns;
}

/* @n yields of CPU 0. */
static void yields(u32 n, u64 ns)
{
	cost_ns = ns;
	h.on_yield = take_time;
	for (u32 i = 0; i < n; i++)
		share_yield(cpu(0));
}

static void begin(void)
{
	make(WAIT_AUTO);
	h.clock = 5 * MS;
}

static void dear_until_shared(void)
{
	for (u32 i = 0; i < 100 && !share_dear(cpu(0)); i++)
		yields(1, 4 * MS);
	assert_true(share_dear(cpu(0)));
}

static void serve_2(u32 *slot)
{
	(void)slot;
	set_now(LK, 2);
}

/* Where somebody else keeps the core for whole time slices, a waiter soon sleeps, and does not yield again. */
static void sleeps_when_dear(void **state)
{
	(void)state;
	begin();
	cost_ns = 4 * MS;
	h.on_yield = take_time;
	h.on_sleep = serve_2;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_in_range(h.yields, 2, 8);
	assert_int_equal(h.sleeps, 1);
	assert_true(sharing()->times == 1);
	assert_true(sharing()->dear_yields >= 2);
	assert_in_range(sharing()->dear_sum_ns / sharing()->dear_yields, 4 * MS, 5 * MS);
	/* one finding for the machine: the next CPU does not try */
	h.yields = 0;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(1, LK), OUT_OK);
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.sleeps, 2);
	unmake();
}

/* It stays with yields where they cost what a turn of the other CPUs takes, or a daemon is in the way now and then. */
static void yields_when_cheap(void **state)
{
	(void)state;
	begin();
	yields(100000, 100000);
	assert_true(sharing()->dear_yields == 0);
	for (u32 i = 0; i < 100; i++) {
		cpu(0)->stats.yields = 3; /* the next one is timed */
		yields(1, 2 * MS);
		yields(1000, 100000);
	}
	assert_true(sharing()->dear_yields >= 100);
	assert_true(sharing()->times == 0);
	assert_false(share_dear(cpu(0)));
	unmake();
}

static void all_away(u32 n)
{
	if (n < CPUS)
		share_yield(cpu(n));
	else
		h.clock += 3 * MS;
}

/* All CPUs that were away at the same time lost that time once. */
static void time_is_lost_once(void **state)
{
	(void)state;
	begin();
	for (u32 i = 0; i < CPUS; i++)
		cpu(i)->stats.yields = 3; /* the next one is timed */
	h.on_yield = all_away;
	share_yield(cpu(0));
	assert_int_equal(h.yields, CPUS);
	assert_true(sharing()->dear_yields == CPUS);
	assert_true(sharing()->times == 0);
	assert_in_range(sharing()->lost_ns, 3 * MS, 3 * MS + 10000);
	unmake();
}

/* @n probes, each of which takes @ns. */
static void probes(u32 n, u64 ns)
{
	cost_ns = ns;
	h.on_yield = take_time;
	for (u32 i = 0; i < n; i++) {
		h.clock += MS;
		share_probe(cpu(i % CPUS));
	}
}

static void come_back(void)
{
	h.clock += sharing()->hold_ns;
	probes(64, 10000);
	assert_false(share_dear(cpu(0)));
}

/* After a while single CPUs try yields again; when many were cheap in a row, all yield. */
static void comes_back(void **state)
{
	(void)state;
	begin();
	dear_until_shared();
	h.yields = 0;
	probes(10, 10000); /* too early */
	assert_int_equal(h.yields, 0);
	h.clock += 50 * MS;
	probes(63, 10000);
	assert_int_equal(h.yields, 63);
	assert_true(share_dear(cpu(0)));
	probes(1, 10000);
	assert_false(share_dear(cpu(0)));
	assert_true(sharing()->lost_ns == 0);
	assert_true(sharing()->times == 1);
	probes(10, 10000); /* no more needed */
	assert_int_equal(h.yields, 64);
	unmake();
}

/* A dear probe makes the next sleep twice as long, up to a second, and the cheap ones before it count no longer. */
static void sleeps_get_longer(void **state)
{
	u64 hold = 50 * MS, slept = hold;

	(void)state;
	begin();
	dear_until_shared();
	for (u32 i = 2; i < 10; i++) {
		assert_true(sharing()->hold_ns == hold);
		h.clock += hold;
		probes(63, 10000);
		probes(1, 4 * MS);
		assert_true(share_dear(cpu(0)));
		assert_true(sharing()->times == i);
		assert_true(sharing()->probes == 0);
		hold = min_u64(2 * hold, 1000 * MS);
		slept += hold;
	}
	assert_true(sharing()->slept_ns == slept);
	assert_true(sharing()->hold_ns == 1000 * MS);
	unmake();
}

/* When yields came back, one time slice is enough for a while to go to sleep again, and for longer. */
static void stays_suspect(void **state)
{
	(void)state;
	begin();
	dear_until_shared();
	come_back();
	yields(100, 10000);
	yields(1, 4 * MS);
	assert_true(share_dear(cpu(0)));
	assert_true(sharing()->hold_ns == 100 * MS);
	come_back();
	yields(200, 10 * MS / 40);
	h.clock += 1000 * MS;
	yields(1, 10000);
	assert_true(sharing()->back_ns == 0);
	cpu(0)->stats.yields = 3; /* the next one is timed */
	yields(1, 4 * MS);
	assert_false(share_dear(cpu(0)));
	dear_until_shared();
	assert_true(sharing()->hold_ns == 50 * MS);
	unmake();
}

static void another_probe(u32 n)
{
	assert_int_equal(n, 1);
	share_probe(cpu(1));
}

/* One CPU at a time probes, and only one that keeps nobody waiting: it holds no lock, and others sleep. */
static void who_probes(void **state)
{
	(void)state;
	for (u32 timing = 0; timing < 2; timing++) {
		begin();
		dear_until_shared();
		cpu(0)->timing = cpu(0)->longer = timing;
		h.clock += 50 * MS;
		h.yields = 0;
		h.on_yield = another_probe;
		assert_int_equal(take(0, LK), OUT_OK);
		assert_int_equal(take(0, OTHER), OUT_OK);
		h.t.m->locks.sleepers = 1;
		assert_int_equal(pass(0, OTHER), OUT_OK);
		assert_int_equal(h.yields, 0);
		assert_int_equal(pass(0, LK), OUT_OK);
		assert_int_equal(h.yields, 1);
		assert_true(sharing()->probes == 1);
		unmake();
	}
}

static void cheap_again(u32 *slot)
{
	assert_ptr_equal(slot, &lock(LK)->slot[1]);
	/* the machine is idle now, so the releaser would yield itself: it wakes all the same */
	sharing()->until_ns = 0;
	assert_int_equal(pass(1, LK), OUT_OK);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, slot);
}

/* A sleeper is woken though the machine went back to yields while it slept. */
static void woken_in_another_mind(void **state)
{
	(void)state;
	begin();
	assert_int_equal(take(1, LK), OUT_OK);
	dear_until_shared();
	h.yields = 0;
	h.on_sleep = cheap_again;
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.sleeps, 1);
	assert_int_equal(h.yields, 0);
	assert_true(cpu(1)->stats.wakes == 1);
	assert_int_equal(h.t.m->locks.sleepers, 0);
	unmake();
}

/* Only auto asks the clock and changes its ways. */
static void others_do_not_ask(void **state)
{
	(void)state;
	for (enum wait_kind k = WAIT_SPIN; k < WAIT_AUTO; k++) {
		make(k);
		h.clock = 0;
		yields(100, 0);
		assert_true(h.clock == 0);
		yields(100, 4 * MS);
		assert_true(sharing()->dear_yields == 0);
		assert_false(share_dear(cpu(0)));
		assert_true(share_sleeps(cpu(0)) == (k == WAIT_PARK));
		unmake();
	}
}

/* What is known of the host outlives an episode, and not the machine. */
static void a_reset_keeps_it(void **state)
{
	(void)state;
	begin();
	dear_until_shared();
	machine_reset(h.t.m);
	assert_true(share_dear(cpu(0)));
	assert_true(sharing()->times == 1);
	unmake();
	begin();
	assert_false(share_dear(cpu(0)));
	unmake();
}

static void free_at_3(u32 n)
{
	/* no ticket was taken yet */
	assert_true(lock(LK)->word == word_make(2, 0));
	if (n == 3)
		set_now(LK, 2);
}

/* Who finds somebody inside stays out until the lock is free, asleep, and takes no ticket that others would wait for. */
static void stays_out(void **state)
{
	struct cpu *c;

	(void)state;
	begin();
	dear_until_shared();
	h.yields = 0;
	h.on_nap = free_at_3;
	c = cpu(0);
	c->gives_way = true;
	c->stats.ways = 1; /* the next one stays out */
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.naps, 3);
	assert_int_equal(h.sleeps + h.yields, 0);
	assert_true(c->stats.ways == 2 && c->stats.naps == 3 && c->stats.contended == 0);
	/* nobody inside: at once */
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(c->stats.ways == 2 && h.naps == 3);
	unmake();
}

/* Not for ever, not each time, not who never had to wait, and not who holds a lock that others wait for. */
static void stays_out_for_a_while(void **state)
{
	(void)state;
	begin();
	dear_until_shared();
	h.yields = 0;
	h.on_sleep = serve_2;
	for (u32 i = 0; i < 9; i++) {
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), OUT_OK);
		assert_true(cpu(0)->gives_way);
		assert_int_equal(h.sleeps, i + 1);
		assert_int_equal(h.naps, i / 2 * 6);
		assert_int_equal(pass(0, LK), OUT_OK);
	}
	cpu(0)->stats.ways = 1;
	assert_int_equal(take(0, OTHER), OUT_OK);
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.naps, 24);
	assert_int_equal(h.yields, 0);
	unmake();
}

static void free_at_2(u32 n)
{
	assert_true(lock(LK)->word == word_make(2, 0));
	if (n == 2)
		set_now(LK, 2);
}

static void serve_when_queued(u32 n)
{
	(void)n;
	if (word_ticket(lock(LK)->word) == 3)
		set_now(LK, 2);
}

/* Where yields are cheap, one in 16 of those who had to wait stays out of the next busy lock, for four yields at most. */
static void lets_them_by(void **state)
{
	struct cpu *c;

	(void)state;
	begin();
	c = cpu(0);
	for (u32 i = 1; i <= 16; i++) {
		h.on_yield = serve_when_queued;
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), OUT_OK);
		assert_true(c->gives_way == (i == 16));
		assert_int_equal(pass(0, LK), OUT_OK);
	}
	/* nobody inside: at once, and not forgotten */
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(c->gives_way && c->stats.ways == 0);
	h.yields = 0;
	h.on_yield = free_at_2;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(h.yields == 2 && c->stats.contended == 16 && c->stats.ways == 1);
	assert_false(c->gives_way);
	/* nobody comes out: four yields, then a ticket */
	c->gives_way = true;
	h.yields = 0;
	h.on_yield = serve_when_queued;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(h.yields == 5 && c->stats.contended == 17);
	assert_int_equal(h.naps + h.sleeps, 0);
	unmake();
}

static void stop_or_halt(u32 n)
{
	flag_set(n == 1 ? &h.t.m->stop : &h.t.m->halt);
}

/* Halt and stop end a nap's rounds, and no ticket is out. */
static void stays_out_and_leaves(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		begin();
		dear_until_shared();
		h.naps = halt;
		h.on_nap = stop_or_halt;
		cpu(0)->gives_way = true;
		cpu(0)->stats.ways = 1;
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), halt ? OUT_PANIC : OUT_STOPPED);
		assert_int_equal(h.naps, 1 + halt);
		assert_true(lock(LK)->word == word_make(2, 0));
		unmake();
	}
}

static void serve_yield(u32 n)
{
	(void)n;
	set_now(LK, 2);
}

/* Other policies take a ticket, whatever was found. */
static void others_take_tickets(void **state)
{
	(void)state;
	for (enum wait_kind k = WAIT_SPIN; k < WAIT_AUTO; k++) {
		make(k);
		h.on_yield = serve_yield;
		h.on_sleep = serve_2;
		for (u32 i = 1; i <= 32; i++) {
			lock(LK)->word = k == WAIT_SPIN ? word_make(0, 0) : word_make(2, 0);
			assert_int_equal(take(0, LK), OUT_OK);
			assert_int_equal(pass(0, LK), OUT_OK);
			assert_true(cpu(0)->stats.contended == (k == WAIT_SPIN ? 0 : i));
		}
		assert_int_equal(h.naps, 0);
		assert_true(cpu(0)->stats.ways == 0);
		unmake();
	}
}

/* Who waits without a ticket yields, or sleeps for a moment where that is dear. */
static void rests(void **state)
{
	(void)state;
	begin();
	share_rest(cpu(0));
	assert_int_equal(h.yields, 1);
	assert_int_equal(h.naps, 0);
	dear_until_shared();
	h.yields = 0;
	share_rest(cpu(0));
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.naps, 1);
	assert_true(cpu(0)->stats.naps == 1);
	unmake();
}

/* With admission as well nobody gives way by yields that are dear. */
static void no_yield_gives_way(void **state)
{
	(void)state;
	begin();
	test_machine_admit(&h.t, 1, 8);
	dear_until_shared();
	h.yields = 0;
	h.on_sleep = serve_next;
	cpu(0)->stats.ways = 1;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.naps, 6);
	assert_int_equal(h.sleeps, 1);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sleeps_when_dear),
		cmocka_unit_test(yields_when_cheap),
		cmocka_unit_test(time_is_lost_once),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(sleeps_get_longer),
		cmocka_unit_test(stays_suspect),
		cmocka_unit_test(who_probes),
		cmocka_unit_test(woken_in_another_mind),
		cmocka_unit_test(others_do_not_ask),
		cmocka_unit_test(a_reset_keeps_it),
		cmocka_unit_test(stays_out),
		cmocka_unit_test(stays_out_for_a_while),
		cmocka_unit_test(stays_out_and_leaves),
		cmocka_unit_test(lets_them_by),
		cmocka_unit_test(others_take_tickets),
		cmocka_unit_test(rests),
		cmocka_unit_test(no_yield_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

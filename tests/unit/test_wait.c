// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting, look by look.  The host calls that a waiter makes (sched_yield, the futex, the clock) are this file's own: what
 * the other CPUs would do happens inside them, so that one thread plays every schedule exactly.
 */
#include "lock/wait.h"
#include "lock/word.h"
#include "sim/log/log.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LK = NPT_ID + 2, OTHER = NPT_ID + 3, CPUS = 4, FOREVER = 100000 };

/* What the host does; NULL: nothing. */
static struct host {
	struct test_machine t;
	void (*on_yield)(u32 n);
	void (*on_sleep)(u32 *slot);
	void (*on_clock)(void);
	u32 yields, sleeps, wakes;
	u32 *woken;
	u64 clock;
} h;

int sched_yield(void)
{
	h.yields++;
	if (h.on_yield)
		h.on_yield(h.yields);
	return 0;
}

long syscall(long number, ...)
{
	va_list ap;
	u32 *slot, val;
	int op;

	va_start(ap, number);
	slot = va_arg(ap, u32 *);
	op = va_arg(ap, int);
	val = va_arg(ap, u32);
	va_end(ap);
	assert_int_equal(number, SYS_futex);
	if (op == FUTEX_WAKE_PRIVATE) {
		assert_true(val == MAX_CPU || (val == 1 && *slot == 0));
		h.wakes++;
		h.woken = slot;
	} else {
		assert_int_equal(op, FUTEX_WAIT_PRIVATE);
		assert_true(*slot && val == *slot);
		h.sleeps++;
		assert_true(h.sleeps < FOREVER);
		if (h.on_sleep)
			h.on_sleep(slot);
	}
	return 0;
}

/* Each look at the clock finds a microsecond gone. */
int clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	h.clock += 1000;
	*t = (struct timespec){ .tv_sec = (time_t)(h.clock / 1000000000),
		                .tv_nsec = (long)(h.clock % 1000000000) };
	if (h.on_clock)
		h.on_clock();
	return 0;
}

static void make(enum wait_kind kind)
{
	memset(&h, 0, sizeof(h));
	test_machine_make(&h.t, CPUS, 0, kind, true);
}

static void unmake(void)
{
	test_machine_free(&h.t);
	memset(&h, 0, sizeof(h));
}

static struct cpu *cpu(u32 i)
{
	return &h.t.m->cpu[i];
}

static struct ticket_lock *lock(lk_t lk)
{
	return &h.t.m->locks.lock[lk];
}

static void set_now(lk_t lk, u32 now)
{
	lock(lk)->word = word_make(word_ticket(lock(lk)->word), now);
}

static void do_wait(struct cpu *c, void *lk)
{
	wait_lock(c, *(lk_t *)lk);
}

static void do_pass(struct cpu *c, void *lk)
{
	pass_lock(c, *(lk_t *)lk);
}

static enum outcome take(u32 i, lk_t lk)
{
	return cpu_call(cpu(i), do_wait, &lk);
}

static enum outcome pass(u32 i, lk_t lk)
{
	return cpu_call(cpu(i), do_pass, &lk);
}

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

/* spin: never leaves the core. */
static void spin_stays(void **state)
{
	(void)state;
	make(WAIT_SPIN);
	cpu(0)->keep_reads = true;
	cpu(0)->log->timestamps = true;
	h.on_clock = stop_at_100;
	lock(LK)->word = word_make(2, 0);
	assert_int_equal(take(0, LK), OUT_STOPPED);
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.sleeps, 0);
	assert_true(cpu(0)->stats.spins > 50);
	unmake();
}

static void wake_with_progress(u32 *slot)
{
	assert_ptr_equal(slot, &lock(LK)->slot[2]);
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
	unmake();
}

static void serve_next(u32 *slot)
{
	(void)slot;
	set_now(LK, 1);
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
	c->timing = true;
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
	c->timing = false;
	h.clock = 0;
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(h.clock == 0);
	assert_true(c->stats.hold.n == 2);
	unmake();
}

static void make_admission(u32 admit, u32 runs)
{
	make(WAIT_PARK);
	h.t.m->params.policy.admit = admit;
	h.t.m->params.policy.admit_runs = runs;
	locks_init(&h.t.m->locks, &h.t.m->params.policy, 0, 0);
}

static void both_runs_of_cpu0(u32 *slot)
{
	struct admission *a = &h.t.m->locks.admission;

	assert_ptr_equal(slot, &a->slot[1]);
	if (h.sleeps == 1)
		return; /* woken for nothing */
	assert_int_equal(cpu(1)->permit, 0);
	assert_int_equal(pass(0, OTHER), OUT_OK);
	assert_int_equal(cpu(0)->permit, 2);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(cpu(0)->permit, 1);
	assert_true(a->served == 1);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(a->next == 2);
	assert_int_equal(h.wakes, 0);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(cpu(0)->permit, 0);
	assert_true(a->served == 2);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, slot);
}

/* Admission: good for so many outermost acquisitions, given on to the next in order when somebody waits for it. */
static void admission_goes_on(void **state)
{
	struct admission *a;

	(void)state;
	make_admission(1, 2);
	a = &h.t.m->locks.admission;
	assert_true(a->served == 1);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(a->next == 1);
	assert_int_equal(cpu(0)->permit, 2);
	assert_true(cpu(0)->stats.admissions == 0);
	assert_int_equal(take(0, OTHER), OUT_OK); /* nested: under the same one */
	assert_true(a->next == 1);
	h.on_sleep = both_runs_of_cpu0;
	assert_int_equal(take(1, SPT_ID), OUT_OK);
	assert_int_equal(h.sleeps, 2);
	assert_true(cpu(1)->stats.admissions == 1);
	assert_int_equal(cpu(1)->permit, 2);
	assert_int_equal(a->slot[1], 0);
	unmake();
}

/* Nobody waits: the admission is renewed; given back only when asked to, and once. */
static void admission_is_renewed(void **state)
{
	struct admission *a;

	(void)state;
	make_admission(2, 2);
	a = &h.t.m->locks.admission;
	assert_true(a->served == 2);
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(take(0, LK), OUT_OK);
		assert_int_equal(cpu(0)->permit, 2 - i % 2);
		assert_int_equal(pass(0, LK), OUT_OK);
	}
	assert_true(a->next == 1);
	assert_true(a->served == 2);
	/* the numbers 1 and 2 are out, and the CPU with 2 sleeps */
	a->next = 3;
	a->slot[2] = 2 << 1 | 1;
	admit_quit(cpu(0));
	assert_true(a->served == 3);
	assert_int_equal(a->slot[2], 0);
	assert_int_equal(cpu(0)->permit, 0);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, &a->slot[2]);
	admit_quit(cpu(0));
	assert_true(a->served == 3);
	/* without a limit nobody takes a number */
	unmake();
	make(WAIT_PARK);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(h.t.m->locks.admission.next == 0);
	assert_int_equal(cpu(0)->permit, 0);
	unmake();
}

static void stop_machine(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->stop);
}

static void halt_machine(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->halt);
}

/* Who waits for admission leaves when the machine stops or halts. */
static void admission_ends(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		make_admission(1, 1);
		assert_int_equal(take(0, LK), OUT_OK);
		h.on_sleep = halt ? halt_machine : stop_machine;
		assert_int_equal(take(1, OTHER), halt ? OUT_PANIC : OUT_STOPPED);
		assert_int_equal(h.sleeps, 1);
		assert_true(cpu(1)->stats.lock_acquisitions[OTHER] == 0);
		assert_int_equal(word_ticket(lock(OTHER)->word), 0);
		unmake();
	}
}

static void served_without_a_wake(u32 *slot)
{
	(void)slot;
	h.t.m->locks.admission.served++;
}

/* Whoever ends a sleep, the slot is left empty for the next one that has it. */
static void admission_slot_is_left_empty(void **state)
{
	(void)state;
	make_admission(1, 1);
	assert_int_equal(take(0, LK), OUT_OK);
	h.on_sleep = served_without_a_wake;
	assert_int_equal(take(1, OTHER), OUT_OK);
	assert_int_equal(h.t.m->locks.admission.slot[1], 0);
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
		cmocka_unit_test(auto_spins_when_next),
		cmocka_unit_test(spin_stays),
		cmocka_unit_test(park_sleeps),
		cmocka_unit_test(park_spins_when_next),
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(release_wakes),
		cmocka_unit_test(wake_all),
		cmocka_unit_test(timing),
		cmocka_unit_test(admission_goes_on),
		cmocka_unit_test(admission_is_renewed),
		cmocka_unit_test(admission_ends),
		cmocka_unit_test(admission_slot_is_left_empty),
		cmocka_unit_test(plain_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

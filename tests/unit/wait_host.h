/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The host calls that a waiter makes (sched_yield, the futex, a nap, the clock), made by the test itself: what the other CPUs would
 * do happens inside them, so that one thread plays every schedule exactly.  For one test program, which it is a part of.
 */
#include "lock/wait.h"
#include "lock/word.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <errno.h>
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
	void (*on_nap)(u32 n);
	void (*on_sleep)(u32 *slot);
	void (*on_clock)(void);
	u32 yields, naps, sleeps, wakes;
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

int nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	h.naps++;
	assert_true(t->tv_sec == 0 && t->tv_nsec > 0 && h.naps < FOREVER);
	if (h.on_nap)
		h.on_nap(h.naps);
	return 0;
}

long syscall(long number, ...)
{
	va_list ap;
	u32 *slot, val;
	int op;

	/* Before there is a machine, the start of some library. */
	if (!h.t.m) {
		errno = ENOSYS;
		return -1;
	}
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

static __attribute__((unused)) void serve_next(u32 *slot)
{
	(void)slot;
	set_now(LK, 1);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A lock of one's own: a ticket lock that sleeps for a moment where others are many. */
#include <hypsim/bench_lock.h>

#include <sched.h>
#include <stdlib.h>

struct fair {
	unsigned next, now;
};

static void *create(unsigned threads)
{
	(void)threads;
	return calloc(1, sizeof(struct fair));
}

static void acquire(void *lock, unsigned thread)
{
	struct fair *l = lock;
	unsigned ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

	(void)thread;
	while (__atomic_load_n(&l->now, __ATOMIC_ACQUIRE) != ticket)
		sched_yield();
}

static void release(void *lock, unsigned thread)
{
	struct fair *l = lock;

	(void)thread;
	__atomic_store_n(&l->now, l->now + 1, __ATOMIC_RELEASE);
}

const struct hypsim_bench_lock hypsim_bench_lock = { .version = HYPSIM_BENCH_LOCK_VERSION,
	                                             .name = "my fair lock",
	                                             .create = create,
	                                             .acquire = acquire,
	                                             .release = release,
	                                             .destroy = free };

// SPDX-License-Identifier: GPL-2.0-only
/* Whoever has this lock keeps it, and others wait for ever. */
#include <hypsim/bench_lock.h>

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *create(unsigned threads)
{
	(void)threads;
	return &mutex;
}

static void acquire(void *lock, unsigned thread)
{
	(void)thread;
	pthread_mutex_lock(lock);
}

static void release(void *lock, unsigned thread)
{
	(void)lock;
	(void)thread;
}

static void destroy(void *lock)
{
	(void)lock;
}

const struct hypsim_bench_lock hypsim_bench_lock = {
	HYPSIM_BENCH_LOCK_VERSION, "my kept lock", create, acquire, release, destroy
};

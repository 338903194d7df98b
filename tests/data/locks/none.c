// SPDX-License-Identifier: GPL-2.0-only
/* No lock: whoever asks is let in. */
#include <hypsim/bench_lock.h>

static int lock;

static void *create(unsigned threads)
{
	(void)threads;
	return &lock;
}

static void nothing(void *l, unsigned thread)
{
	(void)l;
	(void)thread;
}

static void destroy(void *l)
{
	(void)l;
}

#ifndef VERSION
#define VERSION HYPSIM_BENCH_LOCK_VERSION
#endif
#ifndef NAME
#define NAME "my open door"
#endif
#ifndef RELEASE
#define RELEASE nothing
#endif

const struct hypsim_bench_lock hypsim_bench_lock = { VERSION, NAME,    create,
	                                             nothing, RELEASE, destroy };

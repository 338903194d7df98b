// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/start.h"

#include "sim/base/clock.h"
#include "sim/base/relax.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The others are being woken, which takes some ten microseconds each.  Who waits for longer waits for a core that somebody
 * else has, and sleeps.
 */
enum { LOOKS_NS = 200000 };

u32 start_seen(const struct start *s)
{
	return __atomic_load_n(&s->word, __ATOMIC_RELAXED);
}

void start_wait(struct start *s, u32 seen, bool spin)
{
	u64 since = clock_ns();

	while (start_seen(s) == seen) {
		if (clock_ns() - since >= LOOKS_NS)
			syscall(SYS_futex, &s->word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
		else if (spin)
			cpu_relax();
		else
			sched_yield();
	}
}

void start_all(struct start *s)
{
	__atomic_fetch_add(&s->word, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &s->word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/ticks.h"

#include "sim/base/relax.h"

#include <pthread.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Of so many looks at counter and clock the one counts that nothing came between. */
enum { LOOKS = 16 };

/**
 * struct look - counter and clock at one moment
 */
struct look {
	u64 ticks, ns;
};

/* One for the process: the rate is the host's. */
static struct ticks host;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct look look(void)
{
	struct look best = { .ticks = 0 };
	u64 least = ~0ull;

	for (u32 i = 0; i < LOOKS; i++) {
		u64 before = ticks_read(), ns = clock_ns(), after = ticks_read();

		if (after - before >= least)
			continue;
		least = after - before;
		best = (struct look){ before + least / 2, ns };
	}
	return best;
}

/* Does the counter run at one rate, in whatever state the core is? */
static bool invariant(void)
{
#if defined(__x86_64__)
	u32 a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d >> 8 & 1;
#else
	return ticks_read() != 0;
#endif
}

static void measure(void)
{
	struct look from, to;

	if (!invariant())
		return;
	from = look();
	while (clock_ns() - from.ns < TICKS_MEASURE_NS)
		cpu_relax();
	to = look();
	if (to.ticks <= from.ticks)
		return;
	host.base = from.ticks;
	host.rate = (u64)(((unsigned __int128)(to.ns - from.ns) << TICKS_SHIFT) /
	                  (to.ticks - from.ticks));
}

struct ticks ticks_of_host(void)
{
	(void)pthread_once(&once, measure);
	return host;
}

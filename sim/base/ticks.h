/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Nanoseconds from the processor's own counter, which takes a few of them to read where the clock takes up to fifty: for times that
 * are written down at every event.  The counter runs at one rate on all cores (an invariant TSC; AArch64's CNTVCT), which is measured
 * once against the clock; a host without such a counter is asked for its clock.
 */
#include "sim/base/clock.h"

/**
 * struct ticks
 * @base: what the counter showed, mod 2^64, when it was measured
 * @rate: nanoseconds a tick, times 2^TICKS_SHIFT; 0: there is no such counter, and the clock is read
 */
struct ticks {
	u64 base, rate;
};

enum { TICKS_SHIFT = 32 };

static inline u64 ticks_read(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	u64 v;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(v));
	return v;
#else
	return 0;
#endif
}

/* Nanoseconds since some moment; of two CPUs, as close as their counters are. */
static inline u64 ticks_ns(const struct ticks *t)
{
	if (unlikely(!t->rate))
		return clock_ns();
	return (u64)((unsigned __int128)(ticks_read() - t->base) * t->rate >> TICKS_SHIFT);
}

/* The host's counter; the first call takes TICKS_MEASURE_NS. */
enum { TICKS_MEASURE_NS = 10000000 };
struct ticks ticks_of_host(void);

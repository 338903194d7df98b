/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A time to spend: in a section, or between two. */
#include "sim/base/clock.h"
#include "sim/base/rng.h"
#include "sim/base/types.h"

/**
 * struct bench_span
 * @ns:     how long; 0: nothing
 * @random: evenly drawn from 0..2 * @ns, else @ns each time
 */
struct bench_span {
	u64 ns;
	bool random;
};

/* At least that long: the clock is looked at until the time is over. */
static inline void span_spend(const struct bench_span *s, struct rng *rng)
{
	u64 end;

	if (likely(s->ns == 0))
		return;
	end = clock_ns() + (s->random ? rng_below(rng, 2 * s->ns + 1) : s->ns);
	while (clock_ns() < end)
		;
}

/* "500", "random:500": nanoseconds.  False: it is neither. */
bool span_parse(const char *text, struct bench_span *out);

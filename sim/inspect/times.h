/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A distribution of durations: nanoseconds, events, hand-overs. */
#include "sim/base/types.h"

#include <stddef.h>

/* An eighth of a power of two wide each. */
enum { TIMES_BUCKETS = 64 * 8 };

/**
 * struct times
 * @n: how many; @min, @max, @sum: of them (@min only of n > 0)
 */
struct times {
	u64 n, min, max, sum;
	u64 bucket[TIMES_BUCKETS];
};

void times_add(struct times *t, u64 v);
/* Those of @more, too. */
void times_join(struct times *t, const struct times *more);

/* The @percent-th percentile, at most an eighth too high; 0 of none. */
u64 times_at(const struct times *t, u32 percent);

/* "812", "81.9k", "7.07M", "1.20G": at most 5 characters below 10^12; returns buf. */
const char *times_short(double v, char *buf, size_t size);

static inline double times_mean(const struct times *t)
{
	return t->n ? (double)t->sum / (double)t->n : 0.0;
}

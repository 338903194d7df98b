// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/times.h"

#include <math.h>
#include <stdio.h>

static u32 bucket_of(u64 v)
{
	u32 top = v ? 63 - (u32)__builtin_clzll(v) : 0;

	return top < 3 ? (u32)v : top * 8 + (u32)(v >> (top - 3) & 7);
}

/* The largest value that falls into a bucket. */
static u64 bucket_end(u32 b)
{
	u32 top = b / 8;

	return top < 3 ? b : ((8ull + b % 8 + 1) << (top - 3)) - 1;
}

void times_add(struct times *t, u64 v)
{
	t->min = t->n ? min_u64(t->min, v) : v;
	t->max = max_u64(t->max, v);
	t->sum += v;
	t->n++;
	t->bucket[bucket_of(v)]++;
}

void times_join(struct times *t, const struct times *more)
{
	if (more->n == 0)
		return;
	t->min = t->n ? min_u64(t->min, more->min) : more->min;
	t->max = max_u64(t->max, more->max);
	t->sum += more->sum;
	t->n += more->n;
	for (u32 i = 0; i < TIMES_BUCKETS; i++)
		t->bucket[i] += more->bucket[i];
}

u64 times_at(const struct times *t, u32 percent)
{
	u64 want = (t->n * percent + 99) / 100, sum = 0;

	for (u32 b = 0; b < TIMES_BUCKETS; b++) {
		sum += t->bucket[b];
		if (sum >= want && sum)
			return min_u64(bucket_end(b), t->max);
	}
	return t->max;
}

const char *times_short(double v, char *buf, size_t size)
{
	static const char unit[] = " kMGTPE";
	u32 u = 0;

	/* 999.5 would be rounded to four digits. */
	for (; v >= 999.5; v /= 1000)
		u++;
	if (u == 0 && v == floor(v))
		snprintf(buf, size, "%.0f", v);
	else if (u == 0)
		snprintf(buf, size, "%.1f", v);
	else
		snprintf(buf, size, "%.*f%c", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, unit[u]);
	return buf;
}

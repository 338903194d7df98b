// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope_maker.h"

void maker_take(const struct maker *m, const char *lock)
{
	fprintf(m->f, "acquire_lock_%s\n", lock);
}

void maker_give(const struct maker *m, const char *lock)
{
	fprintf(m->f, "release_lock_%s\n", lock);
}

void maker_times(u64 *io, u64 a)
{
	if (__builtin_mul_overflow(*io, a, io))
		*io = 0;
}

u64 maker_orders(u32 n, u32 k)
{
	u64 all = 1;

	/* One CPU after the other: where its sections stand among those that are there. */
	for (u32 cpu = 1; cpu < n && all; cpu++) {
		u64 places = 1;

		for (u32 i = 1; i <= k && places; i++) {
			maker_times(&places, (u64)cpu * k + i);
			places /= i;
		}
		maker_times(&all, places);
	}
	return all;
}

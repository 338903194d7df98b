// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/wait_time.h"

u64 cal_sum_wait(const u32 *tq, u32 n)
{
	u64 sum = 0;

	for (u32 i = 0; i < n; i++)
		sum += 4 + (u64)tq[i];
	return sum;
}

u64 cal_wait_time(const u32 *tq, u32 n, u32 fairness)
{
	return 1 + fairness + cal_sum_wait(tq, n) * fairness;
}

u64 decrease_number(u64 self, u64 other, enum lock_status st, const u32 *tq, u32 n, u32 fairness)
{
	if (st == LEMPTY)
		return other + cal_sum_wait(tq, n) * fairness;
	return other + (self + (n ? cal_sum_wait(tq + 1, n - 1) : 0) + cal_status(st)) * fairness;
}

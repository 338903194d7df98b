/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How long a wait may take.  [CalLock]  Bounds are below 2^32 and n is small: nothing here leaves 64 bits. */
#include "oracle/cal/rules.h"

/* Sum of 4 + a over the bounds a of tq[0..n). */
u64 cal_sum_wait(const u32 *tq, u32 n);
/* 1 + fairness + CalSumWait tq * fairness: the rounds of a wait are at most so many. */
u64 cal_wait_time(const u32 *tq, u32 n, u32 fairness);
/* LEMPTY 0, LHOLD 1, LGET 2. */
static inline u32 cal_status(enum lock_status st)
{
	switch (st) {
	case LEMPTY:
		return 0;
	case LHOLD:
		return 1;
	case LGET:
		return 2;
	}
	return 0;
}
/* The measure of a waiter, over the bounds of those in front of it. */
u64 decrease_number(u64 self, u64 other, enum lock_status st, const u32 *tq, u32 n, u32 fairness);

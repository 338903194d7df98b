/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/types.h"

#include <time.h>

/* Nanoseconds of the host's monotonic clock: for people and statistics, never for ordering. */
static inline u64 clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

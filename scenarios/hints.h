/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Hints of a scenario, which CPUs tell each other: relaxed atomics that order nothing of the machine. */
#include "sim/base/types.h"

static inline u64 board_get(const u64 *hint)
{
	return __atomic_load_n(hint, __ATOMIC_RELAXED);
}

static inline void board_set(u64 *hint, u64 v)
{
	__atomic_store_n(hint, v, __ATOMIC_RELAXED);
}

static inline void board_add(u64 *hint, u64 n)
{
	__atomic_fetch_add(hint, n, __ATOMIC_RELAXED);
}

/* What it is then. */
static inline u64 board_add_get(u64 *hint, u64 n)
{
	return __atomic_add_fetch(hint, n, __ATOMIC_RELAXED);
}

static inline void board_or(u64 *hint, u64 bits)
{
	__atomic_fetch_or(hint, bits, __ATOMIC_RELAXED);
}

static inline void board_and(u64 *hint, u64 bits)
{
	__atomic_fetch_and(hint, bits, __ATOMIC_RELAXED);
}

static inline bool board_cas(u64 *hint, u64 *old, u64 v)
{
	return __atomic_compare_exchange_n(hint, old, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

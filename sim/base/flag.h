/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Flags of a whole machine (halt, stop): set once, read often.  Relaxed on purpose: a flag must not order anything that
 * the simulated machine does, or ThreadSanitizer would see an edge where the machine has none.
 */
#include "sim/base/types.h"

struct flag {
	u32 v;
};

static inline bool flag_get(const struct flag *f)
{
	return __atomic_load_n(&f->v, __ATOMIC_RELAXED) != 0;
}

static inline void flag_set(struct flag *f)
{
	__atomic_store_n(&f->v, 1, __ATOMIC_RELAXED);
}

/* Set it; true: it was clear. */
static inline bool flag_set_first(struct flag *f)
{
	return __atomic_exchange_n(&f->v, 1, __ATOMIC_RELAXED) == 0;
}

static inline void flag_clear(struct flag *f)
{
	__atomic_store_n(&f->v, 0, __ATOMIC_RELAXED);
}

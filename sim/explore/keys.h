/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Numbers of 64-bit keys, from 0 on, in the order in which they were first asked for. */
#include "sim/base/vec.h"

/**
 * struct keys - all 0 at first
 * @v:    [n] the key of each number
 * @slot: [slots] a power of two, or 0: numbers + 1 by a hash of the key; 0: free
 */
struct keys {
	VEC(u64) v;
	u32 slots;
	u32 *slot;
};

/* No number. */
enum { NO_KEY = 0xffffffff };

void keys_free(struct keys *k);
/* The number of @key; if it has none, the next one. */
u32 keys_number(struct keys *k, u64 key);
/* NO_KEY: it has none. */
u32 keys_find(const struct keys *k, u64 key);
/* No key has a number any more. */
void keys_clear(struct keys *k);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/types.h"

/* One round of a 64-bit finaliser (Stafford's variant 13): a bijection in which every input bit reaches every output bit. */
static inline u64 mix64(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ull;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* What a keyed mix is for: kinds that differ never share a value's key. */
enum mix_kind {
	MIX_CHOICE = 1,       /* a CPU's choice of operations in an episode */
	MIX_DORACLE = 2,      /* oracle/data.h */
	MIX_CORE_DORACLE = 3, /* oracle/data.h */
	MIX_PERTURB = 4,      /* a CPU's delays in an episode */
	MIX_OUTSIDE = 5,      /* sim/machine/random_outside.h */
	MIX_SCHEDULE = 6,     /* sim/explore/draw.h */
};

/* A keyed mix: the same four numbers give the same answer, whoever asks first. */
static inline u64 mix_key(u64 seed, u64 kind, u64 a, u64 b)
{
	return mix64(mix64(mix64(mix64(seed + 0x9e3779b97f4a7c15ull) + kind) + a) + b);
}

/* SplitMix64: small, seedable, one word of state. */
struct rng {
	u64 s;
};

static inline u64 rng_next(struct rng *r)
{
	r->s += 0x9e3779b97f4a7c15ull;
	return mix64(r->s);
}

/* A number in 0..n-1; n > 0.  (The bias is below n / 2^64.) */
static inline u64 rng_below(struct rng *r, u64 n)
{
	return (u64)(((unsigned __int128)rng_next(r) * n) >> 64);
}

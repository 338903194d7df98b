/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * State as bytes, and back.  One function of a struct says both ways: each call below writes the value behind its pointer, or reads it.
 * What is read is believed no more than its bytes: a value that cannot be makes the stash @bad, and is 0.
 */
#include "sim/base/vec.h"

/**
 * struct stash
 * @load: bytes become state: @cur..@end; else state becomes bytes: @out
 * @bad:  of @load: these are not the bytes of such a state
 */
struct stash {
	bool load, bad;
	VEC(u8) out;
	const u8 *cur, *end;
};

/* As many bytes as it needs: sim/base/varint.h. */
void stash_u64(struct stash *s, u64 *v);
/* Below @below; 0 is below anything. */
void stash_below(struct stash *s, u32 *v, u64 below);
/* The same, or ~0u: none. */
void stash_or_none(struct stash *s, u32 *v, u64 below);
/* A mask without bits that are not in @all. */
void stash_mask(struct stash *s, u64 *v, u64 all);
void stash_bytes(struct stash *s, void *p, size_t n);

static inline void stash_u32(struct stash *s, u32 *v)
{
	stash_below(s, v, 1ull << 32);
}

static inline void stash_u8(struct stash *s, u8 *v)
{
	u32 wide = *v;

	stash_below(s, &wide, 256);
	*v = (u8)wide;
}

static inline void stash_bool(struct stash *s, bool *v)
{
	u32 wide = *v;

	stash_below(s, &wide, 2);
	*v = wide != 0;
}

/* To write. */
static inline struct stash stash_new(void)
{
	return (struct stash){ .load = false };
}

/* To read [@n] bytes @p. */
static inline struct stash stash_of(const u8 *p, size_t n)
{
	return (struct stash){ .load = true, .cur = p, .end = p + n };
}

/* All bytes were read, and were such a state. */
static inline bool stash_done(const struct stash *s)
{
	return !s->bad && s->cur == s->end;
}

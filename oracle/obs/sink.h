/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Where the rows put what they see: a fingerprint, and where one is asked for the list.  For oracle/obs/ alone. */
#include "oracle/obs/view.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"

/**
 * struct obs_sink
 * @tag:    of the row
 * @print:  XOR of the terms so far
 * @put:    also each of them; NULL: nobody asks
 */
struct obs_sink {
	u64 tag, print;
	void (*put)(void *arg, u64 key, u64 value);
	void *arg;
};

/* The term of one observable; 0: it is left out. */
static inline u64 obs_term(u64 tag, u64 key, u64 value)
{
	return value ? mix64(mix64(mix64(key + tag) ^ value) + tag) : 0;
}

/* Of a row, which tells its terms from those of others. */
static inline u64 obs_tag(u32 row)
{
	return (row + 1ull) << 56;
}

static inline void obs_put(struct obs_sink *s, u64 key, u64 value)
{
	if (value == 0)
		return;
	s->print ^= obs_term(s->tag, key, value);
	if (s->put)
		s->put(s->arg, key, value);
}

/* What a row is, but for those of pages (oracle/obs/pages.h), which have no function: the function, and what of the objects it reads (bits of enum obj_kind); @live: also what is no object. */
struct obs_reader {
	void (*see)(const struct obs_view *v, vmid_t p, struct obs_sink *s);
	u32 kinds;
	bool live;
};

extern const struct obs_reader obs_readers[];

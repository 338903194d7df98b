/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Numbers of as many bytes as they need, seven bits a byte, low ones first; and signed ones as such. */
#include "sim/base/types.h"

#include <string.h>

/* Bytes of the longest varint. */
enum { VARINT_MAX = 10 };

static inline u32 varint_put(u8 *out, u64 v)
{
	u32 n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (u8)(v | 0x80);
	out[n++] = (u8)v;
	return n;
}

/* varint_get() of one that lies in eight bytes, all of them there to be read; 0: it does not end in them. */
static inline u32 varint_get_8(const u8 *in, u64 *v)
{
	u64 w, ends;

	memcpy(&w, in, sizeof(w));
	ends = ~w & 0x8080808080808080;
	if (!ends)
		return 0;
	/* Its bytes; then seven bits of each, joined to 14, to 28, to 56. */
	w &= ends ^ (ends - 1);
	w &= 0x7f7f7f7f7f7f7f7f;
	w = (w & 0x007f007f007f007f) | (w & 0x7f007f007f007f00) >> 1;
	w = (w & 0x00003fff00003fff) | (w & 0x3fff00003fff0000) >> 2;
	*v = (w & 0x0fffffff) | (w & 0x0fffffff00000000) >> 4;
	return (u32)__builtin_ctzll(ends) / 8 + 1;
}

/* Returns the bytes taken, 0 when @len ends before the number does or it leaves 64 bits. */
static inline u32 varint_get(const u8 *in, u32 len, u64 *v)
{
	u64 r = 0;

	if (likely(len >= 8)) {
		u32 took = varint_get_8(in, v);

		if (likely(took))
			return took;
	}
	for (u32 n = 0; n < len && n < 10; n++) {
		u64 bits = in[n] & 0x7f;

		if (n == 9 && bits > 1)
			return 0;
		r |= bits << (7 * n);
		if (!(in[n] & 0x80)) {
			*v = r;
			return n + 1;
		}
	}
	return 0;
}

/* varint_get() where eight bytes can be read, whatever @len is. */
static inline u32 varint_get_padded(const u8 *in, u32 len, u64 *v)
{
	u64 value;
	u32 took = varint_get_8(in, &value);

	if (unlikely(!took || took > len))
		return varint_get(in, len, v);
	*v = value;
	return took;
}

static inline u64 zigzag(u64 v)
{
	return (v << 1) ^ (u64)((s64)v >> 63);
}

static inline u64 unzigzag(u64 v)
{
	return (v >> 1) ^ (0 - (v & 1));
}

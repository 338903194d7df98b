// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/stash.h"

#include "sim/base/varint.h"

#include <string.h>

static void put(struct stash *s, u64 v)
{
	u8 bytes[VARINT_MAX];

	stash_bytes(s, bytes, varint_put(bytes, v));
}

static u64 get(struct stash *s)
{
	u64 v = 0;
	u32 took = varint_get(s->cur, (u32)min_u64((u64)(s->end - s->cur), VARINT_MAX), &v);

	s->cur += took;
	s->bad |= took == 0;
	return took ? v : 0;
}

void stash_u64(struct stash *s, u64 *v)
{
	if (s->load)
		*v = get(s);
	else
		put(s, *v);
}

void stash_below(struct stash *s, u32 *v, u64 below)
{
	u64 wide = *v;

	stash_u64(s, &wide);
	if (s->load && wide && wide >= below) {
		s->bad = true;
		wide = 0;
	}
	*v = (u32)wide;
}

void stash_or_none(struct stash *s, u32 *v, u64 below)
{
	u32 wide = *v + 1;

	stash_below(s, &wide, below + 1);
	*v = wide - 1;
}

void stash_mask(struct stash *s, u64 *v, u64 all)
{
	stash_u64(s, v);
	if (s->load && *v & ~all) {
		s->bad = true;
		*v = 0;
	}
}

void stash_bytes(struct stash *s, void *p, size_t n)
{
	const u8 *from = p;

	if (!s->load) {
		for (size_t i = 0; i < n; i++)
			vec_push(&s->out, from[i]);
		return;
	}
	if ((size_t)(s->end - s->cur) < n) {
		s->bad = true;
		memset(p, 0, n);
		return;
	}
	memcpy(p, s->cur, n);
	s->cur += n;
}

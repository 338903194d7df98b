// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/bytes.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

void bytes_free(struct bytes *b)
{
	free(b->v);
	*b = (struct bytes){ .v = NULL };
}

void bytes_put(struct bytes *b, const void *p, size_t n)
{
	if (b->n + n > b->cap) {
		size_t cap = 2 * (b->n + n) + 64;
		u8 *v = xcalloc(cap, 1);

		if (b->n)
			memcpy(v, b->v, b->n);
		free(b->v);
		b->v = v;
		b->cap = cap;
	}
	if (n)
		memcpy(b->v + b->n, p, n);
	b->n += n;
}

void bytes_u32(struct bytes *b, u32 v)
{
	bytes_put(b, &v, sizeof(v));
}

void bytes_u64(struct bytes *b, u64 v)
{
	bytes_put(b, &v, sizeof(v));
}

const void *bytes_get(struct bytes_in *in, size_t n)
{
	const u8 *p = in->v + in->at;

	if (in->short_ || in->n - in->at < n) {
		in->short_ = true;
		return NULL;
	}
	in->at += n;
	return p;
}

u32 bytes_get_u32(struct bytes_in *in)
{
	const void *p = bytes_get(in, sizeof(u32));
	u32 v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

u64 bytes_get_u64(struct bytes_in *in)
{
	const void *p = bytes_get(in, sizeof(u64));
	u64 v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

u32 bytes_get_count(struct bytes_in *in, size_t size)
{
	u32 n = bytes_get_u32(in);

	if (n > (in->n - in->at) / size) {
		in->short_ = true;
		return 0;
	}
	return n;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/proto.h"

#include "sim/base/check.h"
#include "sim/base/varint.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a message's length: two, the first of which says that one follows even where one would do. */
enum { LENGTH_BYTES = 2, LENGTH_END = 1 << 14 };

static u8 *room(struct proto *p, size_t n)
{
	if (p->n + n > p->cap) {
		size_t cap = 2 * (p->n + n) + 4096;
		u8 *v = xmalloc(cap);

		if (p->n)
			memcpy(v, p->v, p->n);
		free(p->v);
		p->v = v;
		p->cap = cap;
	}
	return p->v + p->n;
}

static void key(struct proto *p, u32 field, enum proto_wire wire)
{
	p->n += varint_put(room(p, VARINT_MAX), (u64)field << 3 | wire);
}

void proto_varint(struct proto *p, u32 field, u64 v)
{
	key(p, field, PROTO_VARINT);
	p->n += varint_put(room(p, VARINT_MAX), v);
}

void proto_fixed64(struct proto *p, u32 field, u64 v)
{
	u8 *out;

	key(p, field, PROTO_FIXED64);
	out = room(p, 8);
	for (u32 i = 0; i < 8; i++)
		out[i] = (u8)(v >> 8 * i);
	p->n += 8;
}

void proto_text(struct proto *p, u32 field, const char *text)
{
	size_t len = strlen(text);

	key(p, field, PROTO_BYTES);
	p->n += varint_put(room(p, VARINT_MAX), len);
	memcpy(room(p, len), text, len);
	p->n += len;
}

size_t proto_begin(struct proto *p, u32 field)
{
	key(p, field, PROTO_BYTES);
	(void)room(p, LENGTH_BYTES);
	p->n += LENGTH_BYTES;
	return p->n;
}

void proto_end(struct proto *p, size_t at)
{
	size_t len = p->n - at;

	SIM_ASSERT(len < LENGTH_END);
	p->v[at - 2] = (u8)(len | 0x80);
	p->v[at - 1] = (u8)(len >> 7);
}

void proto_free(struct proto *p)
{
	free(p->v);
}

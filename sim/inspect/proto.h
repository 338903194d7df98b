/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Messages of Protocol Buffers as they are written: fields one behind the other, into a buffer that grows.  Written here since an
 * encoder made from a .proto builds a tree of objects for each message, and what an export writes is three kinds of fields.
 */
#include "sim/base/types.h"

/**
 * struct proto - @n bytes that were written, of @cap
 */
struct proto {
	u8 *v;
	size_t n, cap;
};

/* Types of fields, as the wire has them. */
enum proto_wire { PROTO_VARINT = 0, PROTO_FIXED64 = 1, PROTO_BYTES = 2 };

void proto_varint(struct proto *p, u32 field, u64 v);
void proto_fixed64(struct proto *p, u32 field, u64 v);
void proto_text(struct proto *p, u32 field, const char *text);

/*
 * A message within the message, shorter than 16 KiB: what is written between is its.  proto_begin() returns what proto_end() is
 * to be given.
 */
size_t proto_begin(struct proto *p, u32 field);
void proto_end(struct proto *p, size_t at);

void proto_free(struct proto *p);

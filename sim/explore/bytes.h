/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a search is kept as: numbers and bytes one behind the other, in the host's byte order; and their reading, which trusts nothing
 * that it reads: behind the first number that is not there every other is 0.
 */
#include "sim/base/types.h"

#include <stddef.h>

/* All zero: empty. */
struct bytes {
	u8 *v;
	size_t n, cap;
};

void bytes_free(struct bytes *b);
void bytes_put(struct bytes *b, const void *p, size_t n);
void bytes_u32(struct bytes *b, u32 v);
void bytes_u64(struct bytes *b, u64 v);

/**
 * struct bytes_in
 * @short_: something was read that is not there
 */
struct bytes_in {
	const u8 *v;
	size_t n, at;
	bool short_;
};

/* The next @n bytes; NULL: there are not so many. */
const void *bytes_get(struct bytes_in *in, size_t n);
u32 bytes_get_u32(struct bytes_in *in);
u64 bytes_get_u64(struct bytes_in *in);
/* The number of things of at least @size bytes each, not more than there can be; else it is short. */
u32 bytes_get_count(struct bytes_in *in, size_t size);

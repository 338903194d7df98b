/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Copies and clears of a constant size by the library: what a compiler makes of a large one itself (rep movs, rep stos) takes some tens
 * of cycles to begin, which is most of it for a hundred bytes to a thousand.
 */
#include "sim/base/types.h"

#include <string.h>

static inline void copy_large(void *to, const void *from, size_t size)
{
	void *(*volatile copy)(void *, const void *, size_t) = memcpy;

	copy(to, from, size);
}

static inline void clear_large(void *what, size_t size)
{
	void *(*volatile set)(void *, int, size_t) = memset;

	set(what, 0, size);
}

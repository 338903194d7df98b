// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/vec.h"

#include <stdio.h>

static void out_of_memory(void)
{
	fprintf(stderr, "hypsim: out of memory\n");
	exit(3);
}

void *vec_grow(void *v, u32 *cap, size_t size)
{
	u32 more = *cap ? *cap * 2 : 16;
	void *p = more > *cap ? reallocarray(v, more, size) : NULL;

	if (!p)
		out_of_memory();
	*cap = more;
	return p;
}

void *xmalloc(size_t size)
{
	void *p = malloc(size);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		out_of_memory();
	return p;
}

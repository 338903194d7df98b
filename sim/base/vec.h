/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A growable array for tools (the machine itself never allocates): struct { T *v; u32 n, cap; }.
 *   VEC(struct event) events = { 0 };
 *   vec_push(&events, e);  vec_free(&events);
 * Out of memory is fatal here: exit status 3 after one line on standard error.
 */
#include "sim/base/types.h"

#include <stdlib.h>

#define VEC(type)           \
	struct {            \
		type *v;    \
		u32 n, cap; \
	}

void *vec_grow(void *v, u32 *cap, size_t size);

#define vec_push(vec, item)                                                            \
	do {                                                                           \
		if ((vec)->n == (vec)->cap)                                            \
			(vec)->v = vec_grow((vec)->v, &(vec)->cap, sizeof(*(vec)->v)); \
		(vec)->v[(vec)->n++] = (item);                                         \
	} while (0)

#define vec_free(vec)                      \
	do {                               \
		free((vec)->v);            \
		(vec)->v = NULL;           \
		(vec)->n = (vec)->cap = 0; \
	} while (0)

/* calloc that ends the process with status 3 when the host has no memory left. */
void *xcalloc(size_t n, size_t size);
/* The same of @size bytes, more than 0, that nobody has cleared: for what is made and freed all the time. */
void *xmalloc(size_t size);

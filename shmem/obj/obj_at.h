/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Cells of an object as the judge reads them, many times a push: inline, and without a look at the table of fields. */
#include "shmem/obj/obj_pages.h"

/* The number of the cell (field, index); the caller has checked obj_has(). */
static inline u64 obj_number(const struct obj *o, u32 field, u64 index)
{
	const struct obj_span *s = &o->span[field];

	return s->offset + (index >> s->shift);
}

/* Is it a field of the object, and @index one of the field's? */
static inline bool obj_has(const struct obj *o, u32 field, u64 index)
{
	const struct obj_span *s = o->span;

	if (unlikely(field >= o->n_fields))
		return false;
	s += field;
	return (index & ((1u << s->shift) - 1)) == 0 &&
	       obj_number(o, field, index) - s->cell0 < s->count;
}

/* obj_get() */
static inline u64 obj_value(const struct obj *o, u32 field, u64 index)
{
	u64 cell = obj_number(o, field, index);

	return unlikely(o->pages != NULL) ? obj_pages_value(o, cell) : o->cell[cell];
}

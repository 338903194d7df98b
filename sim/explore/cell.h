/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A cell of a locked object as one number of 31 bits, which is the object of a step's key: S2PAGE has 2^26 cells at most, any other
 * object 2^23.  Flat memory, which has frames and no lock, has none.
 */
#include "shmem/obj/obj.h"

enum { CELL_BITS = 23, CELL_S2PAGE = 1 << 30 };

_Static_assert(ID_END <= 64, "an object's number and a cell's have 29 bits together");

static inline u32 cell_number(lk_t id, u64 cell)
{
	return id == S2PAGE_ID ? CELL_S2PAGE | (u32)cell : id << CELL_BITS | (u32)cell;
}

static inline lk_t cell_object(u32 number)
{
	return number & CELL_S2PAGE ? S2PAGE_ID : number >> CELL_BITS;
}

/* Within its object. */
static inline u64 cell_within(u32 number)
{
	return number & (number & CELL_S2PAGE ? CELL_S2PAGE - 1 : (1u << CELL_BITS) - 1);
}

/* Does the number name a cell? */
static inline bool cell_is(u32 number)
{
	lk_t id = cell_object(number);
	const struct obj_field *last;

	if (id == FLATMEM_ID || id >= ID_END || number >> 31)
		return false;
	last = obj_field(obj_kind_of(id), obj_n_fields(obj_kind_of(id)) - 1);
	return cell_within(number) < last->cell0 + last->count &&
	       cell_number(id, cell_within(number)) == number;
}

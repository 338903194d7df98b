/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a push carries in a script or a vector, and how it becomes contents of an object. */
#include "shmem/obj/obj.h"
#include "sim/base/vec.h"

/**
 * struct payload_cell
 * @old: differences only
 */
struct payload_cell {
	u32 field;
	u64 index;
	u64 old, new;
};

/**
 * struct payload
 * @whole: all cells that are not 0; cells may have an index that the object does not have, since the published maps
 *         are total.  false: differences
 */
struct payload {
	bool whole;
	VEC(struct payload_cell) cell;
};

/**
 * struct payload_contents - the machine's objects, and what is needed beside them
 * @touched: a bit for each 512 cells that were ever written
 * @extra:   cells outside of the object, of a whole payload that was pulled
 * @dirty:   cells with their values before, since the object was pulled or pushed; from @base on
 */
struct payload_obj {
	struct obj *o;
	u64 *touched;
	VEC(struct payload_cell) extra, dirty;
	u32 base;
};

struct payload_contents {
	struct payload_obj obj[ID_END];
};

void payload_contents_init(struct payload_contents *s, struct obj *obj);
void payload_contents_free(struct payload_contents *s);
/* All objects are 0 (or initial) again; marks what is not 0 as touched. */
void payload_contents_reset(struct payload_contents *s);

/* Cells [first, first + n) of a field are about to change. */
void payload_contents_note(struct payload_contents *s, const struct obj *o, u32 field, u64 first,
                           u64 n);
/* What the object holds: sorted by field and index. */
struct payload *payload_contents_snapshot(struct payload_contents *s, lk_t id);
/* What changed since the object was pulled or pushed last; from here on, since now. */
struct payload *payload_contents_diff(struct payload_contents *s, lk_t id);
/* Make the object what a payload says, or what it changes.  @note is called before each write. */
void payload_contents_apply(struct payload_contents *s, lk_t id, const struct payload *p,
                            void (*note)(void *arg, struct obj *o, u32 field, u64 cell), void *arg);

struct payload *payload_new(bool whole);
void payload_put(struct payload *p, u32 field, u64 index, u64 old, u64 new);
void payload_free(struct payload *p);
void payload_sort(struct payload *p);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The differences of one push as changes.  They are collected difference by difference, each from the contents as they then
 * are, and put in order when they are asked for: by kind, object, who, field and place, one change a place, from what it was
 * before the section to what it is behind it; what is as before is left out.  Those of flat memory stay as they come.
 */
#include "oracle/world/table.h"
#include "shmem/obj/fixed_types.h"

/**
 * struct changes
 * @v:     so far; @ordered: as they are given
 * @spare: for putting them in order
 * @steps: entries of page tables that this section may still look at
 */
struct changes {
	VEC(struct change) v, spare;
	bool ordered;
	u64 steps;
};

void changes_free(struct changes *c);
/* A section begins. */
void changes_begin(struct changes *c);

/**
 * changes_diff() - what a difference will do that has not been applied yet
 * @o:  its object; the difference is in its range
 *
 * Keeps the lists of page tables.  Returns false when the tables are so tangled that not all changes were found.
 */
bool changes_diff(struct changes *c, struct tables *ts, const struct fixed *fixed,
                  const struct data_oracle *data, const struct obj *o, const struct diff *d);

const struct change *changes_get(struct changes *c, u32 *n);

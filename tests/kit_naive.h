/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Page tables and page records of plain cells, read from their roots entry by entry: what a faster way is compared with. */
#include "oracle/world/change.h"
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"
#include "sim/base/vec.h"

/* One gfn whose walk ends at an entry that is not 0: of a VM, or of a bank. */
struct leaf {
	u16 who;
	u64 gfn;
	struct maplet m;
};

struct leaves {
	VEC(struct leaf) v;
};

bool naive_is_table(lk_t lk);
/* All of an NPT's, or of all banks, in the order of who and gfn. */
void naive_read(const struct obj *o, struct leaves *out);
/* The frame that record number @index is of; INVALID64: none. */
u64 naive_frame(const struct fixed *f, u64 index);
struct page naive_record(const struct obj *o, u64 index);

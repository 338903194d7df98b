/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a log says in plain cells, with page tables read from their roots, entry by entry,: what a faster way is
 * compared with.
 */
#include "oracle/world/change.h"
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"
#include "sim/base/vec.h"
#include "sim/log/config.h"

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
bool naive_page_equal(struct page a, struct page b);

/**
 * struct naive - all objects
 * @leaves: of tables; @before: of the last push's table, before it
 * @want:   what the last push changes, a leaf a gfn, in no order
 * @mapped, @gone: gfns that got an entry, or lost it, so far
 */
struct naive {
	const struct log_config *config;
	struct data_oracle data;
	struct obj obj[ID_END];
	struct leaves leaves[ID_END], before;
	VEC(struct change) want;
	u64 mapped, gone;
};

void naive_init(struct naive *n, const struct log_config *config);
/* An episode begins. */
void naive_begin(struct naive *n);
/* A push of @lk, whose differences fit. */
void naive_push(struct naive *n, lk_t lk, const struct diff *d, u32 n_diffs);
void naive_drop(struct naive *n);

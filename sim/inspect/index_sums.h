/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The locks' tables of parts of a log, in its index: of eight blocks each, of eight times as many, and so on; so the table of any part
 * is the sum of a few of them, and of what is read at both its ends.
 */
#include "sim/base/vec.h"
#include "sim/inspect/index_file.h"

struct lock_sums;
struct stash;

enum { INDEX_SUMS_FAN = 8, INDEX_SUMS_LEVELS = 6 };

/**
 * struct index_sums
 * @level: the @i-th of level @l is of the blocks from @i * 8^(@l + 1) on, 8^(@l + 1) of them; none is of blocks that are fewer
 * @whole: of the whole log
 */
struct index_sums {
	VEC(struct index_place) level[INDEX_SUMS_LEVELS];
	struct index_place whole;
};

void index_sums_free(struct index_sums *x);
/* Where they lie, as bytes and back. */
void index_sums_stash(struct index_sums *x, struct stash *s);
/* Add to @t the table of the whole log.  False: it is damaged, and nothing is in @t. */
bool index_sums_whole(int fd, const struct index_sums *x, struct index_bytes *bytes,
                      struct lock_sums *t);
/*
 * Add to @t those of blocks @first .. @end - 1 that tables are of, one after the other: they are *from .. *to - 1, none where both are
 * equal.  False: a table is damaged, and nothing is in @t.
 */
bool index_sums_take(int fd, const struct index_sums *x, struct index_bytes *bytes, u32 first,
                     u32 end, struct lock_sums *t, u32 *from, u32 *to);

/**
 * struct index_summing - who makes them
 * @n:    blocks so far
 * @part: of the blocks that are in no table of the level yet, but in one of the level before; [0]: of those that are in none
 */
struct index_summing {
	u32 n;
	struct lock_sums *part[INDEX_SUMS_LEVELS + 1];
};

void index_summing_begin(struct index_summing *m, bool timed);
void index_summing_free(struct index_summing *m);
/* Where sections that are let go are to be counted. */
static inline struct lock_sums *index_summing_now(const struct index_summing *m)
{
	return m->part[0];
}

/* A block has ended. */
MUST_CHECK int index_summing_block(struct index_summing *m, struct index_out *out,
                                   struct index_sums *x, struct err *e);
/* The log has. */
MUST_CHECK int index_summing_end(struct index_summing *m, struct index_out *out,
                                 struct index_sums *x, struct err *e);

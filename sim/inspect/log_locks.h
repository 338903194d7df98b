/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The table of contention: how the locks of a log were used, by lock, by operation that waited, by operation that held. */
#include "sim/log/source.h"

#include <stdio.h>

/* Whose rows a table of contention has. */
enum locks_by { LOCKS_BY_LOCK, LOCKS_BY_WAITER, LOCKS_BY_HOLDER };

/* What the rows can be in the order of, most first (names: from A on). */
enum locks_sort {
#define LOCKS_SORT(id, name) LOCKS_SORT_##id,
#include "sim/inspect/locks_sort.def"
	LOCKS_SORT_NR
};

const char *locks_sort_name(u32 sort);

/**
 * struct locks_options
 * @locks:    bits of those that count; all ones: every one
 * @from, @to: indices in the merged log, both included: sections that were let go there
 * @top:      rows at most; 0: all
 */
struct locks_options {
	enum locks_by by;
	enum locks_sort sort;
	u64 locks, from, to;
	u32 top;
	bool json;
};

struct log_index;

/* Print the table of a whole log; @ix: its index, or NULL.  < 0: the source's error; what was read until then is printed. */
MUST_CHECK int log_locks(struct log_source *s, struct log_index *ix, const char *path,
                         const struct locks_options *o, FILE *f, struct err *e);

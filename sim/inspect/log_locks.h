/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The table of contention: how the locks of a log were used, by lock, by operation that waited, by operation that held. */
#include "sim/inspect/locks_by.h"
#include "sim/log/source.h"

#include <stdio.h>

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
struct lock_section;
struct locks;
struct sections;
struct stash;

/* The table of all sections, for an index. */
struct locks *locks_new(const struct log_source *s, enum locks_by by);
void locks_free(struct locks *t);
/* sections_told.done: a section was let go. */
void locks_done(struct locks *t, const struct sections *ss, const struct lock_section *s);
void locks_stash(struct locks *t, struct stash *s);

/* Print the table of a whole log; @ix: its index, or NULL.  < 0: the source's error; what was read until then is printed. */
MUST_CHECK int log_locks(struct log_source *s, struct log_index *ix, const char *path,
                         const struct locks_options *o, FILE *f, struct err *e);

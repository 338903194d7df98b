/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What occurs in a part of a log between two places from which it can be read: so who looks for something passes over the others. */
#include "sim/base/stash.h"
#include "sim/inspect/about.h"
#include "sim/inspect/nest.h"

struct replay;

/**
 * struct index_range - numbers @first .. @first + @n - 1
 */
struct index_range {
	u64 first, n;
};

typedef VEC(struct index_range) index_set;

/**
 * struct index_begin - an episode begins: event @index, episode @number
 */
struct index_begin {
	u64 index, number;
};

/**
 * struct index_block
 * @cpus, @kinds, @locks: bits of those that occur; @locks: not of marks
 * @ops:      operations that some CPU is in at some event
 * @episode:  least and most number of an episode that an event is of
 * @begins:   of episodes, the first mark of each
 * @ns:       of times, of a log without them 0
 * @vms, @banks: bits
 * @frames, @records, @vcpus: thing.h
 * @cells:    pages of 512 cells that change, 2^32 * object + page
 * @links:    a table that maps something is linked or unlinked: any frame may be mapped otherwise
 */
struct index_block {
	u64 cpus, kinds, locks;
	struct nest_ops ops;
	u64 episode[2], ns[2];
	u64 vms, banks;
	index_set frames, records, vcpus, cells;
	VEC(struct index_begin) begins;
	bool links;
};

enum { INDEX_SETS = 4, INDEX_SEEN = 8192 };

/**
 * struct index_taking - who fills blocks, one after the other
 * @replay: NULL: links are not looked at, and any may matter
 * @seen: by set, what was put into it not long ago
 */
struct index_taking {
	struct thing_roles roles;
	const struct replay *replay;
	struct index_range seen[INDEX_SETS][INDEX_SEEN];
};

/* Nothing has occurred. */
void index_block_begin(struct index_block *b, struct index_taking *t);
/* index_block_take() of an event that has arguments or differences. */
void index_block_take_more(struct index_block *b, struct index_taking *t, const struct event *e);

/*
 * The next event, whose differences have both values; @episode: that it is of.  The contents of t->replay are those behind it.
 */
static inline void index_block_take(struct index_block *b, struct index_taking *t,
                                    const struct event *e, u64 episode)
{
	b->cpus |= 1ull << e->cpu;
	b->kinds |= 1ull << e->kind;
	b->locks |= event_is_mark(e->kind) ? 0 : 1ull << (e->lk & 63);
	b->episode[0] = min_u64(b->episode[0], episode);
	b->episode[1] = max_u64(b->episode[1], episode);
	b->ns[0] = min_u64(b->ns[0], e->time_ns);
	b->ns[1] = max_u64(b->ns[1], e->time_ns);
	/* What a step is about follows from its lock, index_block_end(). */
	if (e->n)
		index_block_take_more(b, t, e);
}

/* At its end: sets in order, each number once. */
void index_block_end(struct index_block *b);
void index_block_free(struct index_block *b);
void index_block_stash(struct index_block *b, struct stash *s);

/* May an event of the block be about what @a asks for?  (Of cells and of things; of arguments it is not known.) */
bool index_block_about(const struct index_block *b, const struct about *a);
/* May the block change the cell? */
bool index_block_has_cell(const struct index_block *b, const struct log_cell *c);
/* Does the set have one of @first .. @first + @n - 1? */
bool index_set_has(const index_set *s, u64 first, u64 n);

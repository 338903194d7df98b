/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What two logs say, item by item: each stream's items of the one are laid beside those of the other, whichever log is read
 * further.  A stream is what has an order of its own in every log of the same run: a CPU's operations, a CPU's other marks, the
 * sections of a lock, what an object holds at the end of an episode.
 */
#include "sim/log/event.h"

enum diff_kind {
#define KIND(name, word, what) DIFF_##name,
#include "sim/inspect/diff_kind.def"
	DIFF_NR
};

enum { DIFF_A, DIFF_B, DIFF_LOGS };

/* Streams: PAIRS_OPS of each CPU and of the run itself, PAIRS_MARKS of each CPU, PAIRS_LOCK and PAIRS_MEMORY of each object. */
enum {
	PAIRS_OPS = 0,
	PAIRS_MARKS = PAIRS_OPS + MAX_CPU + 1,
	PAIRS_LOCK = PAIRS_MARKS + MAX_CPU,
	PAIRS_MEMORY = PAIRS_LOCK + ID_END,
	PAIRS_NR = PAIRS_MEMORY + ID_END,
	PAIRS_NONE = ~0u
};

/**
 * struct diff_item
 * @kind:  of a stream of operations: DIFF_OPERATION or DIFF_RESULT
 * @shape: which operation or mark; of a section the CPU.  Items of other shapes are not comparable
 * @hash:  of what it says
 * @index: in the merged log; of a section the push, or where there is none its end
 * @got:   of a section: HOLD_LOCK
 */
struct diff_item {
	enum diff_kind kind;
	u32 shape;
	u64 hash, index, got;
};

/**
 * struct diff_place - where a difference is
 * @stream:  PAIRS_OPS + CPU, ...; @number: of the stream's items in the episode, from 0 on
 * @there:   the log has an item there; @index: its, or where the episode ends
 */
struct diff_place {
	u64 episode, number;
	u32 stream;
	bool there[DIFF_LOGS];
	u64 index[DIFF_LOGS];
};

/**
 * struct diff_count - of one kind
 * @n:        differences; @compared: pairs, those that differ included
 * @left_out: [log] items that are not compared, since the streams are not comparable there
 * @first:    of @n: that with the lowest index in A
 */
struct diff_count {
	u64 n, compared;
	u64 left_out[DIFF_LOGS];
	struct diff_place first;
};

struct diff_pairs;

struct diff_pairs *diff_pairs_new(void);
void diff_pairs_free(struct diff_pairs *p);

/* The next item of a stream of one of the logs. */
void diff_pairs_take(struct diff_pairs *p, u32 log, u32 stream, const struct diff_item *it);

/* Items of the log that the other one has not come to. */
u64 diff_pairs_ahead(const struct diff_pairs *p, u32 log);

/* Both logs are at the end of an episode, before these events: what is left has nothing beside it. */
void diff_pairs_episode(struct diff_pairs *p, const u64 end[DIFF_LOGS]);

/* [DIFF_NR] */
const struct diff_count *diff_pairs_counts(const struct diff_pairs *p);

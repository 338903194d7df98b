/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The index of a log, in a file beside it: points in its middle from which it can be read, and what occurs between them.  What is read
 * from a point on is what a reader from the beginning gets there: the index makes answers faster, and never other ones.
 */
#include "sim/inspect/index_block.h"
#include "sim/inspect/index_file.h"
#include "sim/inspect/index_sums.h"
#include "sim/log/read/replay.h"
#include "sim/log/source.h"

struct sections;

/**
 * struct index_point - a place from which the log can be read; the last one is its end
 * @index: of the event that comes next
 * @state: the merge, and who is where; @contents: of objects, what has changed since the point before; @whole: since the episode began
 */
struct index_point {
	u64 index;
	struct index_place state, contents;
	bool whole;
};

/**
 * struct log_index - of one log
 * @point: [n_points], one at least
 * @block: [n_points]: number i are the events between points i - 1 (number 0: the beginning) and i
 * @locks: what log_locks() sums up
 * @order: the edges of log_order()
 * @waits: in which blocks log_waits() finds the longest
 * @dead:  it was found to be damaged, and is not asked any more
 */
struct log_index {
	int fd;
	u32 n_points;
	struct index_point *point;
	struct index_block *block;
	struct index_sums locks;
	struct index_place waits, order;
	struct index_bytes bytes;
	bool dead;
};

/**
 * struct index_state - what its owner knows of a log, up to where it has read; each may be NULL
 * @episode: [cpu] that the CPU's events are of
 * @replay:  a new one, or one that replay_track() was called for
 */
struct index_state {
	u64 *episode;
	struct nest *nest;
	struct sections *sections;
	struct replay *replay;
};

/* The parts of a point, as bytes and back. */
void index_state_stash(struct log_source *s, const struct index_state *st, struct stash *out);

/* The points and blocks of an index, as bytes and back. */
void log_index_stash(struct log_index *ix, struct stash *s);

/* The index in file @path of the log that is named; NULL: there is none, or it is damaged, or another log's. */
struct log_index *log_index_open(const char *path, const struct log_name *name);
void log_index_close(struct log_index *ix);
/* How long its file is. */
u64 log_index_bytes(const struct log_index *ix);

/*
 * @s and what @st has stand at point @point.  False: the index is damaged, and nothing has changed.  (Ends the process with status 3
 * when the host has no memory.)
 */
bool log_index_go(struct log_index *ix, struct log_source *s, u32 point,
                  const struct index_state *st);

/* Go to the end.  False: the index is damaged, and nothing has changed. */
bool log_index_go_to_end(struct log_index *ix, struct log_source *s, const struct index_state *st);

/**
 * struct index_walk - who reads a log and passes over what does not matter
 * @ix:  NULL: everything is read
 * @least: fewer blocks than so many are not passed over, since going takes time
 * @may: may the block matter, which has the events @first..@last?
 * @read: of the blocks before this number it is known; all but the last of them are behind the reader
 */
struct index_walk {
	struct log_index *ix;
	struct index_state st;
	bool (*may)(void *arg, const struct index_block *b, u64 first, u64 last);
	void *arg;
	u32 least, read;
};

/*
 * Before the next batch of @s, of which *index is the first: if it is the first of a block that does not matter, go to the next block that
 * does, or to the end.  Returns whether it went.
 */
bool index_walk(struct index_walk *w, struct log_source *s, u64 *index);

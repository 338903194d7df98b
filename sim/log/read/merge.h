/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One legal global order of a log's streams, exactly by rank: rank = ticket + now mod 2^32 of the word that an atomic
 * returned.  Number r of a lock's INC_TICKETs and INC_NOWs is the one that found the word's rank to be r; GET_NOWs that
 * read rank r stand before it, in the order of their CPUs; OFLATMEMs carry their number and stand in the order of the
 * numbers.  Events without rank follow their CPU's previous event of the lock directly: while a holder is at other locks,
 * nobody else's step of its lock is put out.  So the order of each lock depends on the streams only, not on when they came.
 *
 * It follows the data: each stream goes on until its next step is not possible yet, waits there by lock and rank, and is
 * woken by the step that makes it possible.  The states of a stream are drawn at struct merge.
 */
#include "sim/log/read/merge_state.h"

/* Merge what @reader reads; the merge owns it from now on.  @open_end: more may come (merge_finish()). */
struct merge *merge_new(struct reader *reader, bool open_end);
/* Over what running CPUs hand over. */
struct merge *merge_open_live(struct live_source *s);
/* Over a log in memory.  While its CPUs have met, next() gives all that is there, and then n == 0. */
struct merge *merge_open_memory(const struct chunk_source *s);
/* No more will come: what next() gives from here on is the end, with its judgement. */
void merge_finish(struct merge *m);
void merge_free(struct merge *m);

static inline struct log_source *merge_source(struct merge *m)
{
	return &m->src;
}

/* The merge behind a source, or NULL when it is something else. */
struct merge *merge_of_source(struct log_source *s);

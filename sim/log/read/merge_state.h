/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a merge knows: of each stream, of each lock, and who goes on next.  Used by the merge only. */
#include "sim/log/read/decoder.h"
#include "sim/log/read/reader.h"
#include "sim/log/source.h"

enum merge_row {
	MERGE_NONE,
#define MERGE(id, sentence) MERGE_##id,
#include "sim/log/merge.def"
	MERGE_NR
};

/**
 * struct merge_finding - why the streams have no legal order
 * @row:  MERGE_NONE: nothing found
 * @lk, @rank, @cpu: where
 * @text: one line for a person
 */
struct merge_finding {
	enum merge_row row;
	u32 lk, rank, cpu;
	char text[320];
};

/* Residues modulo which streams wait. */
enum { MERGE_SLOTS = 64 };

/**
 * struct merge_lock - one lock's word after the events so far
 * @word:  ticket in the high half; of FLATMEM: the number of its next event
 * @n_rmw: INC_TICKETs, INC_NOWs and OFLATMEMs of this episode
 */
struct merge_lock {
	u64 word;
	u64 n_rmw;
};

/**
 * struct merge_cpu
 * @waiting: lock at which the CPU waits for @ticket to be served, ~0: none
 * @held:    locks held, a bit each
 */
struct merge_cpu {
	struct decoder dec;
	u32 waiting, ticket;
	u64 held, retry;
};

/**
 * struct merge - masks have one bit a CPU; every CPU is in exactly one of @fresh, @ready, @parked, @at_episode, @ended,
 * @dry, or is @running
 * @fresh:   to be run from where they are
 * @ready:   their step is next; queue[head..head + n_ready - 1] mod MAX_CPU is their order
 * @parked:  their step is not possible yet; also in slot[lock][rank % MERGE_SLOTS]
 * @dry:     all bytes used up without a CLOSE; more may come
 * @running: CPU whose step was put out and whose following events are due; ~0: none
 * @wake_lk: lock whose new rank is to be announced when @running has come to its next step; ~0: none
 * @back_lk: lock to which its holder, @running, has come back while others wait there; ~0: none
 * @marks:   CPUs whose EPISODE mark is to be put out
 * @filled:  CPUs that a hole was filled for
 * @begun:   an episode has begun
 * @open_end: more bytes may come: nothing is judged yet
 * @held:    locks, a bit each, whose next step is there and must wait: a CPU that has a ticket of the lock is dry, and what it
 *           did next may belong before that step
 * @retry:   of these, the ones that are to be looked at again
 * @away:    locks, a bit each, whose holder has not come to its next step there: what it does before may belong to the lock
 * @idle:    how often in a row nothing could be put out
 */
struct merge {
	struct log_source src;
	struct reader *reader;
	u32 cpus;
	u64 all;
	u64 fresh, ready, parked, at_episode, closed, dry, broken, marks, filled;
	u64 held, retry, away;
	u32 running, wake_lk, back_lk, idle;
	u32 head, n_ready;
	u32 cap;
	bool begun, open_end, done;
	u64 n_events, cpu_events[MAX_CPU];
	u32 n_holes;
	struct err error;
	struct merge_finding finding;
	struct decode_batch batch;
	struct event *own;
	u32 own_at, own_n;
	u8 queue[MAX_CPU];
	struct merge_lock lock[ID_END];
	u64 slot[ID_END][MERGE_SLOTS];
	struct merge_cpu cpu[MAX_CPU];
};

static inline u32 merge_rank(const struct merge_lock *l)
{
	return word_rank(l->word);
}

static inline u32 step_rank(const struct decode_step *s)
{
	return word_rank(s->word);
}

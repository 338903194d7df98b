/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a merge knows of each stream, of each lock, and of who goes on next. */
#include "sim/log/read/decoder.h"
#include "sim/log/read/merge_finding.h"
#include "sim/log/read/reader.h"
#include "sim/log/read/turns.h"
#include "sim/log/source.h"

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
 * @held:    locks that the CPU holds, a bit each
 */
struct merge_cpu {
	struct decoder dec;
	u32 waiting, ticket;
	u64 held;
};

/**
 * struct merge - masks have one bit a CPU, unless they are of locks
 *
 * Each CPU's stream is in one state, which is a mask, or it is @running:
 *
 *                     fresh <---- at first; from dry, when bytes may have come; from marks, by put_mark()
 *                       |
 *                       v
 *   +--------------> running ---- its bytes are used up, or damaged ----> dry
 *   |                 |   |  ---- the mark CLOSE -----------------------> closed
 *   |                 |   |  ---- the mark EPISODE ---------------------> at_episode
 *   |                 |   |                                                   |  when each stream is there
 *   |   its next step |   | its next step is                                  v  or has ended
 *   |   is possible   |   | not possible yet                                marks ----> fresh
 *   |                 |   v
 *   |                 |  parked  (turns.parked)
 *   |                 |   |   ^
 *   |                 |   |   |  its lock's holder is away, or a look that belongs before it may come (merge_wait.h)
 *   |                 |   |   |
 *   |                 |   | the lock has come to the step's rank, or its holder back
 *   |  the step is    v   v   |
 *   +-- put out ---- ready --+   (turns.ready)
 *
 * A look that is possible at once is put out at once, and its stream stays @running.
 *
 * @dry:     more bytes may come, unless the log is whole or the stream is @broken
 * @broken:  damage ended the stream
 * @running: CPU whose step was put out and whose following events are due; ~0: none
 * @wake_lk: lock whose new rank is to be announced when @running has come to its next step; ~0: none
 * @back_lk: lock to which its holder, @running, has come back while others wait there; ~0: none
 * @marks:   CPUs whose EPISODE mark is to be put out
 * @filled:  CPUs that a hole was filled for
 * @begun:   an episode has begun
 * @broke:   @finding says where
 * @open_end: more bytes may come: nothing is judged yet
 * @blocked: locks whose next step is there and must wait: a CPU that waits for the lock or holds it is dry, and what that CPU
 *           did next may belong before that step
 * @retry:   of @blocked, the locks that are to be looked at again
 * @away:    locks whose holder has not come to its next step there: what the holder does before may belong to the lock
 * @run:     the run's own stream, which has marks only: what it says of an episode is put out behind the episode
 * @run_ended: that stream is damaged
 * @episode, @run_episode: number of the running episode, and of the one that @run stands in
 * @idle:    how often in a row nothing could be put out
 * @trial:   a copy that tries whether one step of each CPU that was not stored explains all that is missing (repair.h)
 * @weighed: that was tried; @lags: it does not, so no hole is filled
 * @at_cut:  ended at a cut: each step that is missing may lie behind the end of its CPU's stream (cut.h)
 * @behind:  events behind the cut
 */
struct merge {
	struct log_source src;
	struct reader *reader;
	u32 cpus;
	u64 all;
	u64 fresh, at_episode, closed, dry, broken, marks, filled;
	u64 blocked, retry, away;
	u32 running, wake_lk, back_lk, idle;
	bool begun, open_end, done, broke;
	u64 n_events, cpu_events[MAX_CPU];
	u32 n_holes;
	struct err error;
	struct merge_finding finding;
	struct decode_batch batch;
	struct event *own;
	u32 own_at, own_n;
	struct merge_lock lock[ID_END];
	struct turns turns;
	u64 episode, run_episode;
	struct decoder run;
	bool run_ended;
	bool trial, weighed, lags, at_cut;
	u64 behind;
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

static inline u64 step_turn(const struct decode_step *s)
{
	return turn_make(s->lk, step_rank(s), !step_is_rmw(s));
}

/* Go on with what a reader gave. */
static inline void reader_feed(struct decoder *d, const struct reader_bytes *b)
{
	decoder_feed(d, b->cur, b->end, b->open);
	d->limit = b->limit;
}

/* Not closed in order: the streams end where they were cut. */
bool merge_is_cut(const struct merge *m);

/*
 * At the end: a stream ends where there was no room for more of it, while others went on; what comes behind any step that
 * may be missing was not put out.
 */
bool merge_in_part(const struct merge *m);

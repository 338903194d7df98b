/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Who must wait for whom although its step is the next one of its lock.  While a holder is at other locks, nobody else's step
 * of its lock is put out (@away).  And while a log is still being written, no step of a lock is put out before which another
 * may belong whose bytes have not come yet (@blocked).
 */
#include "sim/log/read/merge_state.h"

/* Lock @lk has come to a new rank, or its holder back to it: those that wait for it are next, readers first. */
static inline void merge_wake(struct merge *m, u32 lk)
{
	if (m->away >> lk & 1)
		return;
	turns_wake(&m->turns, lk, merge_rank(&m->lock[lk]));
}

bool merge_look_may_come(struct merge *m, u32 lk);

/*
 * Must the steps of lock @lk wait?  In a live log only: a CPU that waits for the lock, or holds it, has no bytes now, and the
 * look, pull or push that the CPU writes next may belong before the step.
 */
static inline bool must_wait(struct merge *m, u32 lk)
{
	if (likely(!m->open_end && !m->blocked))
		return false;
	return merge_look_may_come(m, lk);
}

/* CPU @cpu has come to its next step of lock @lk.  If it holds the lock, others may go on there, looks first. */
static inline void come_back(struct merge *m, u32 cpu, u32 lk)
{
	if (!(m->cpu[cpu].held & m->away & 1ull << lk))
		return;
	m->away &= ~(1ull << lk);
	if (m->turns.slot[lk][merge_rank(&m->lock[lk]) % TURN_SLOTS])
		m->back_lk = lk;
}

/* CPU @cpu does not come back to the locks that it holds. */
void merge_leave(struct merge *m, u32 cpu);

/* CPUs that were dry may have more bytes now; @blocked locks are looked at again when those CPUs have gone as far as they can. */
void merge_look_again(struct merge *m);
/* The first lock of @m->retry, which has stayed at its rank: must it wait still? */
void merge_retry(struct merge *m);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Which CPU's step is next, for merge.c and repair.c only: those that are ready, in their order; those that are parked until their lock
 * comes to their rank, and its holder back to it; and, while a log is still being written, those that must wait since what a CPU did before may not
 * have come yet.
 */
#include "sim/log/read/merge.h"

static inline void push_ready(struct merge *m, u32 cpu)
{
	m->queue[(m->head + m->n_ready++) % MAX_CPU] = (u8)cpu;
	m->ready |= 1ull << cpu;
}

static inline void park(struct merge *m, u32 cpu, const struct decode_step *s)
{
	m->slot[s->lk][step_rank(s) % MERGE_SLOTS] |= 1ull << cpu;
	m->parked |= 1ull << cpu;
}

static inline void push_ready_first(struct merge *m, u32 cpu)
{
	m->head = (m->head + MAX_CPU - 1) % MAX_CPU;
	m->queue[m->head] = (u8)cpu;
	m->n_ready++;
	m->ready |= 1ull << cpu;
}

/* Those that wait for lock @lk's rank are parked no longer: who looks, and who takes a step, a bit each. */
static inline void unpark(struct merge *m, u32 lk, u64 *looks, u64 *steps)
{
	u32 rank = merge_rank(&m->lock[lk]);
	u64 *slot = &m->slot[lk][rank % MERGE_SLOTS];

	for (u64 left = *slot; left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left);
		const struct decode_step *s = &m->cpu[c].dec.step;

		if (step_rank(s) != rank)
			continue;
		*slot &= ~(1ull << c);
		m->parked &= ~(1ull << c);
		*(step_is_rmw(s) ? steps : looks) |= 1ull << c;
	}
}

static inline void push_all_ready(struct merge *m, u64 cpus)
{
	for (; cpus; cpus &= cpus - 1)
		push_ready(m, (u32)__builtin_ctzll(cpus));
}

/* Lock @lk has come to a new rank, or its holder back to it: those that wait for it are next, readers first. */
static inline void wake(struct merge *m, u32 lk)
{
	u64 looks = 0, steps = 0;

	if (m->away >> lk & 1)
		return;
	unpark(m, lk, &looks, &steps);
	push_all_ready(m, looks);
	push_all_ready(m, steps);
}

bool merge_look_may_come(struct merge *m, u32 lk);

/*
 * May no step of lock @lk be put out yet?  More bytes may come, and a CPU that waits for the lock, or holds it, has none now:
 * the look, the pull or push that it writes next may belong before the step.
 */
static inline bool must_wait(struct merge *m, u32 lk)
{
	if (likely(!m->open_end && !m->held))
		return false;
	return merge_look_may_come(m, lk);
}

/* CPU @cpu has come to its next step of lock @lk.  If it holds the lock, others may go on there, looks first. */
static inline void come_back(struct merge *m, u32 cpu, u32 lk)
{
	if (!(m->cpu[cpu].held & m->away & 1ull << lk))
		return;
	m->away &= ~(1ull << lk);
	if (m->slot[lk][merge_rank(&m->lock[lk]) % MERGE_SLOTS])
		m->back_lk = lk;
}

/* CPU @cpu does not come back to the locks that it holds. */
void merge_leave(struct merge *m, u32 cpu);

/* Is somebody ready at lock @lk?  Then a look that comes late, since its bytes did, may belong before that one's. */
bool merge_somebody_ready(const struct merge *m, u32 lk);
/* Those that were dry may have more now; what waited for them is looked at again when they have gone as far as they can. */
void merge_look_again(struct merge *m);
/* As wake(), of the first of @m->retry, which has stayed at its rank: looks, and its step, may be ready already. */
void merge_retry(struct merge *m);

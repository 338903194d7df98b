// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/turns.h"

bool turns_waits(const struct turns *t, u32 lk, u32 rank)
{
	for (u64 left = t->slot[lk][rank % TURN_SLOTS]; left; left &= left - 1)
		if (turn_rank(t->turn[__builtin_ctzll(left)]) == rank)
			return true;
	return false;
}

bool turns_ready_at(const struct turns *t, u32 lk)
{
	for (u64 left = t->ready; left; left &= left - 1)
		if (turn_lk(t->turn[__builtin_ctzll(left)]) == lk)
			return true;
	return false;
}

/* Take those out of the queue that are ready to look at lock @lk; returns them, a bit each. */
static u64 unqueue_looks(struct turns *t, u32 lk)
{
	u32 n = t->n_ready, kept = 0;
	u64 out = 0;

	for (u32 i = 0; i < n; i++) {
		u32 cpu = t->queue[(t->head + i) % MAX_CPU];

		if (turn_lk(t->turn[cpu]) == lk && turn_looks(t->turn[cpu]))
			out |= 1ull << cpu;
		else
			t->queue[(t->head + kept++) % MAX_CPU] = (u8)cpu;
	}
	t->n_ready = kept;
	t->ready &= ~out;
	return out;
}

void turns_wake_again(struct turns *t, u32 lk, u32 rank)
{
	u64 looks = unqueue_looks(t, lk), changes = 0;

	turns_unpark(t, lk, rank, &looks, &changes);
	turns_queue_all(t, changes);
	while (looks) {
		u32 cpu = 63 - (u32)__builtin_clzll(looks);

		looks &= ~(1ull << cpu);
		t->head = (t->head + MAX_CPU - 1) % MAX_CPU;
		t->queue[t->head] = (u8)cpu;
		t->n_ready++;
		t->ready |= 1ull << cpu;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Whose turn it is: the CPUs whose next step may be put out, in their order, and those that wait until their lock has come to
 * the rank of their step.
 */
#include "sim/base/consts.h"
#include "sim/base/types.h"

/* Residues modulo which CPUs wait. */
enum { TURN_SLOTS = 64 };

/**
 * struct turn - what a CPU's next step needs
 * @rank: that lock @lk must have come to
 * @look: the step leaves the lock at that rank: any number of looks have the same turn
 */
struct turn {
	u32 rank;
	u8 lk;
	bool look;
};

/**
 * struct turns - masks have one bit a CPU; a CPU is in one of them at most
 * @ready:  their step may be put out; queue[head..head + n_ready - 1] mod MAX_CPU is their order
 * @parked: their step is not possible yet; also in slot[lock][rank % TURN_SLOTS]
 * @of:     [cpu] of those in @ready and @parked
 */
struct turns {
	u64 ready, parked;
	u32 head, n_ready;
	u8 queue[MAX_CPU];
	struct turn of[MAX_CPU];
	u64 slot[ID_END][TURN_SLOTS];
};

/* Put behind the others that are ready. */
static inline void turns_queue(struct turns *t, u32 cpu)
{
	t->queue[(t->head + t->n_ready++) % MAX_CPU] = (u8)cpu;
	t->ready |= 1ull << cpu;
}

/* @cpu's step may be put out. */
static inline void turns_ready(struct turns *t, u32 cpu, struct turn turn)
{
	t->of[cpu] = turn;
	turns_queue(t, cpu);
}

/* @cpu's step is not possible yet. */
static inline void turns_park(struct turns *t, u32 cpu, struct turn turn)
{
	t->of[cpu] = turn;
	t->slot[turn.lk][turn.rank % TURN_SLOTS] |= 1ull << cpu;
	t->parked |= 1ull << cpu;
}

/* The CPU that is next; there is one. */
static inline u32 turns_first(const struct turns *t)
{
	return t->queue[t->head];
}

/* The same, and it is ready no longer. */
static inline u32 turns_take(struct turns *t)
{
	u32 cpu = turns_first(t);

	t->head = (t->head + 1) % MAX_CPU;
	t->n_ready--;
	t->ready &= ~(1ull << cpu);
	return cpu;
}

/* Those that wait for lock @lk to come to @rank are parked no longer: who looks, and who changes the lock, a bit each. */
static inline void turns_unpark(struct turns *t, u32 lk, u32 rank, u64 *looks, u64 *changes)
{
	u64 *slot = &t->slot[lk][rank % TURN_SLOTS];

	for (u64 left = *slot; left; left &= left - 1) {
		u32 cpu = (u32)__builtin_ctzll(left);

		if (t->of[cpu].rank != rank)
			continue;
		*slot &= ~(1ull << cpu);
		t->parked &= ~(1ull << cpu);
		*(t->of[cpu].look ? looks : changes) |= 1ull << cpu;
	}
}

static inline void turns_queue_all(struct turns *t, u64 cpus)
{
	for (; cpus; cpus &= cpus - 1)
		turns_queue(t, (u32)__builtin_ctzll(cpus));
}

/* Lock @lk has come to @rank: those that wait for it are ready, looks first. */
static inline void turns_wake(struct turns *t, u32 lk, u32 rank)
{
	u64 looks = 0, changes = 0;

	turns_unpark(t, lk, rank, &looks, &changes);
	turns_queue_all(t, looks);
	turns_queue_all(t, changes);
}

/* Would turns_wake() make somebody ready? */
bool turns_waits(const struct turns *t, u32 lk, u32 rank);
/* Is somebody ready at lock @lk? */
bool turns_ready_at(const struct turns *t, u32 lk);
/*
 * Lock @lk is at @rank still, and more CPUs may have come to it: turns_wake(), and all that look there, ready or woken, are
 * first now, in the order of their numbers.
 */
void turns_wake_again(struct turns *t, u32 lk, u32 rank);

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

/*
 * A turn: what a CPU's next step needs, as one number, since it is written in one store and read soon:
 *   bits 0..31   the rank that the lock must have come to
 *   bits 32..39  the lock
 *   bit 40       the step only looks and leaves the lock at that rank: any number of looks have the same turn
 */
static inline u64 turn_make(u32 lk, u32 rank, bool look)
{
	return rank | (u64)lk << 32 | (u64)look << 40;
}

static inline u32 turn_rank(u64 turn)
{
	return (u32)turn;
}

static inline u32 turn_lk(u64 turn)
{
	return (u32)(turn >> 32) & 0xff;
}

static inline bool turn_looks(u64 turn)
{
	return turn >> 40;
}

/**
 * struct turns - masks have one bit a CPU; a CPU is in one of them at most
 * @ready:  their step may be put out; queue[head..head + n_ready - 1] mod MAX_CPU is their order
 * @parked: their step is not possible yet; also in slot[lock][rank % TURN_SLOTS]
 * @turn:   [cpu] of those in @ready and @parked
 */
struct turns {
	u64 ready, parked;
	u32 head, n_ready;
	u8 queue[MAX_CPU];
	u64 turn[MAX_CPU];
	u64 slot[ID_END][TURN_SLOTS];
};

/* Put behind the others that are ready. */
static inline void turns_queue(struct turns *t, u32 cpu)
{
	t->queue[(t->head + t->n_ready++) % MAX_CPU] = (u8)cpu;
	t->ready |= 1ull << cpu;
}

/* @cpu's step may be put out. */
static inline void turns_ready(struct turns *t, u32 cpu, u64 turn)
{
	t->turn[cpu] = turn;
	turns_queue(t, cpu);
}

/* @cpu's step is not possible yet. */
static inline void turns_park(struct turns *t, u32 cpu, u64 turn)
{
	t->turn[cpu] = turn;
	t->slot[turn_lk(turn)][turn_rank(turn) % TURN_SLOTS] |= 1ull << cpu;
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

		if (turn_rank(t->turn[cpu]) != rank)
			continue;
		*slot &= ~(1ull << cpu);
		t->parked &= ~(1ull << cpu);
		*(turn_looks(t->turn[cpu]) ? looks : changes) |= 1ull << cpu;
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

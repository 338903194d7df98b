/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The ticket lock's word: the next ticket in the high half, the now-serving number in the low half, both mod 2^32.
 *
 * What it relies on:
 *  - a 64-bit fetch_add is one atomic step, and all steps on one word have one order (its modification order);
 *  - every step returns the old word; rank = ticket + now rises by exactly one with each read-modify-write, so the rank
 *    that a step read is its place in that order: exact order needs no lock and no counter beside the word itself;
 *  - at most MAX_CPU tickets are out (ticket - now <= MAX_CPU < 2^32), so the halves compare mod 2^32;
 *  - only the holder changes the now half, so it knows when its step would carry into the ticket half, and takes the
 *    carry back in the same addition.
 *
 * Orders: ordering of the guarded contents is barrier()'s work (lock/barrier.h), not the word's.  Under ThreadSanitizer
 * the word is relaxed, so that a missing barrier is a reported race; elsewhere it is sequentially consistent: the same
 * instructions on x86-64, and what a sleeping waiter's hand-shake needs (lock/slot.h).
 */
#include "sim/base/ticket_word.h"

#if HYPSIM_TSAN
#define WORD_ORDER __ATOMIC_RELAXED
#else
#define WORD_ORDER __ATOMIC_SEQ_CST
#endif

/* (t, n) -> (t+1, n)  INC_TICKET.  The carry out of the ticket half leaves the word. */
static inline u64 word_inc_ticket(u64 *w)
{
	return __atomic_fetch_add(w, 1ull << 32, WORD_ORDER);
}

/* (t, n) -> (t, n)    GET_NOW */
static inline u64 word_get_now(const u64 *w)
{
	return __atomic_load_n(w, WORD_ORDER);
}

/* (t, n) -> (t, n+1)  INC_NOW, by the holder, who knows @now = n: 1, or 1 - 2^32 where n+1 wraps to 0. */
static inline u64 word_inc_now(u64 *w, u32 now)
{
	u64 add = now == 0xffffffffu ? 1 - (1ull << 32) : 1;

	return __atomic_fetch_add(w, add, WORD_ORDER);
}

/*
 * What a look tells of the sections of the lock, which are counted as now counts them.  Who reads the contents without the
 * lock, between the two looks, finds every write of the sections below word_over(), none of those from word_begun() on, and
 * of those between some writes and not others: while somebody is inside, word_begun() is one more than now.
 */
static inline u32 word_over(const u64 *w)
{
	return word_now(word_get_now(w));
}

static inline u32 word_begun(const u64 *w)
{
	u64 word;

#if !HYPSIM_TSAN
	/* What was read before this look is read before it. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
	word = word_get_now(w);
	return word_now(word) + (word_ticket(word) != word_now(word));
}

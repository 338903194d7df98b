/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The layout of a ticket lock's word, which the lock steps through and a log records: the next ticket in the high half,
 * the now-serving number in the low half, both mod 2^32.
 */
#include "sim/base/types.h"

static inline u64 word_make(u32 ticket, u32 now)
{
	return (u64)ticket << 32 | now;
}

static inline u32 word_ticket(u64 word)
{
	return (u32)(word >> 32);
}

static inline u32 word_now(u64 word)
{
	return (u32)word;
}

/* Place of the step that read @word in the word's modification order, mod 2^32. */
static inline u32 word_rank(u64 word)
{
	return word_ticket(word) + word_now(word);
}

/*
 * The word of a lock of another kind, at which so many steps were counted, if each acquisition and each release is one: that
 * of a ticket lock which is never contended.  Its rank is @number.
 */
static inline u64 word_of_number(u32 number)
{
	return word_make(number / 2 + number % 2, number / 2);
}

/* The word after INC_TICKET, and after INC_NOW: each half wraps by itself. */
static inline u64 word_next_ticket(u64 word)
{
	return word + (1ull << 32);
}

static inline u64 word_next_now(u64 word)
{
	return word_make(word_ticket(word), word_now(word) + 1);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Vector clocks: how many steps of each CPU happen before a point.  A step happens before another one when a chain of these leads to it:
 * the order of one CPU's program, the order of two dependent steps, and that of a lock's passing and of its being served.
 */
#include "sim/base/types.h"

/* CPUs of a scope; steps of one of them in an execution, at most: what a clock can count. */
enum { EXPLORE_CPUS = 64, EXPLORE_CPU_STEPS = 0xffff };

/* What is copied and joined at once, of so many CPUs. */
enum { CLOCK_PIECE = 8 };
typedef u16 clock_piece __attribute__((vector_size(CLOCK_PIECE * sizeof(u16))));

_Static_assert((int)EXPLORE_CPUS % CLOCK_PIECE == 0, "a clock is whole pieces");

/**
 * struct clock
 * @n: [cpu] so many steps of the CPU, its first ones
 */
struct clock {
	union {
		u16 n[EXPLORE_CPUS];
		clock_piece piece[EXPLORE_CPUS / CLOCK_PIECE];
	};
};

/* *@a is *@b, as far as @cpus CPUs are concerned; of others a clock says nothing. */
static inline void clock_copy(struct clock *a, const struct clock *b, u32 cpus)
{
	for (u32 i = 0; i * CLOCK_PIECE < cpus; i++)
		a->piece[i] = b->piece[i];
}

/* *@a is none, as far as @cpus CPUs are concerned. */
static inline void clock_clear(struct clock *a, u32 cpus)
{
	for (u32 i = 0; i * CLOCK_PIECE < cpus; i++)
		a->piece[i] = (clock_piece){ 0 };
}

/* *@a is what happens before either, as far as @cpus CPUs are concerned. */
static inline void clock_join(struct clock *a, const struct clock *b, u32 cpus)
{
	for (u32 i = 0; i * CLOCK_PIECE < cpus; i++) {
		clock_piece more = (clock_piece)(a->piece[i] > b->piece[i]);

		a->piece[i] = (a->piece[i] & more) | (b->piece[i] & ~more);
	}
}

enum { CLOCK_WORD = 4 };

/* What is counted of CPUs @cpu..@cpu + 3, as one number; @cpu is a multiple of 4.  It says nothing of CPUs that there are not. */
static inline u64 clock_word(const struct clock *c, u32 cpu)
{
	return c->n[cpu] | (u64)c->n[cpu + 1] << 16 | (u64)c->n[cpu + 2] << 32 |
	       (u64)c->n[cpu + 3] << 48;
}

/* Is the @nth step of @cpu, from 0 on, in it? */
static inline bool clock_has(const struct clock *c, u32 cpu, u32 nth)
{
	return c->n[cpu] > nth;
}

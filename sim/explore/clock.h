/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Vector clocks: how many steps of each CPU happen before a point.  A step happens before another one when a chain of these leads to it:
 * the order of one CPU's program, the order of two dependent steps, and that of a lock's passing and of its being served.
 */
#include "sim/base/types.h"

/* CPUs of a scope; steps of one of them in an execution, at most: what a clock can count. */
enum { EXPLORE_CPUS = 64, EXPLORE_CPU_STEPS = 0xffff };

/**
 * struct clock
 * @n: [cpu] so many steps of the CPU, its first ones
 */
struct clock {
	u16 n[EXPLORE_CPUS];
} __attribute__((aligned(32)));

/* *@a is what happens before either. */
static inline void clock_join(struct clock *a, const struct clock *b)
{
	for (u32 i = 0; i < EXPLORE_CPUS; i++)
		a->n[i] = a->n[i] > b->n[i] ? a->n[i] : b->n[i];
}

/* Is the @nth step of @cpu, from 0 on, in it? */
static inline bool clock_has(const struct clock *c, u32 cpu, u32 nth)
{
	return c->n[cpu] > nth;
}

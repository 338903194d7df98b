/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Delays and yields between the steps of a CPU, so that windows of a few instructions stay open long enough for another CPU
 * to come through (machine_params.perturb).
 *
 * A point stands before a ticket is taken, behind a look at a lock word, before and behind HOLD_LOCK, before a pull, behind a
 * push, before and behind INC_NOW; the same at flat memory's word; at each entry that a walk reads, and around invalidations.
 * The CPU's own random stream decides, from the machine's seed and the episode; the workload's stream is not asked, so what a
 * CPU chooses stays what it is.  A point changes nothing of the machine, writes no event and orders nothing.
 *
 * Off, a point is one branch on a byte of the CPU's first cache line.  The points around the wait for a ticket lie on the
 * longer way, which a waiter goes anyway; those of pulls, pushes, flat memory, walks and translations on the common way.
 */
#include "cpu/cpu.h"

/* The stream of a new episode.  @percent: of the points, how many delay; 0: off. */
void perturb_begin(struct cpu *c, u64 seed, u64 episode, u32 percent);

/* At a point of a CPU that is perturbed: perhaps a delay. */
__attribute__((cold, noinline)) void perturb_draw(struct cpu *c);

static inline void perturb_point(struct cpu *c)
{
	if (unlikely(c->perturb))
		perturb_draw(c);
}

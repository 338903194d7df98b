/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Delays and yields between the steps of a CPU, so that windows of a few instructions stay open long enough for another CPU
 * to come through (machine_params.perturb).  They come at points (cpu/point.h).  The CPU's own random stream decides, from the
 * machine's seed and the episode; the workload's stream is not asked, so what a CPU chooses stays what it is.
 */
#include "cpu/cpu.h"

/* The stream of a new episode.  @percent: of the points, how many delay; 0: off. */
void perturb_begin(struct cpu *c, u64 seed, u64 episode, u32 percent);

/* At a point of a CPU that is perturbed: perhaps a delay. */
__attribute__((cold, noinline)) void perturb_draw(struct cpu *c);

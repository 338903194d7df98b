/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Two runs of a scenario on one CPU.  Its steps are its operations. */
#include "sim/machine/workload.h"
#include "sim/two/pair.h"

/**
 * struct two_run - two machines and their workloads, made alike, which no thread runs
 * @ops:         operations of each
 * @episode_ops: of one episode; 0: as the workload says
 * @interrupts:  number of interrupts so far: one ends it; NULL: none
 */
struct two_run {
	struct machine *m[2];
	struct workload *w[2];
	u64 ops, episode_ops;
	const volatile int *interrupts;
};

/* For @pr, which was pair_init()ed, or pair_again() wants once more.  Returns false: interrupted. */
bool two_run(struct two_run *t, struct pair *pr);

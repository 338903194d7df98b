/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Who waits for whom, from what the CPUs publish; no simulated lock is taken. */
#include "sim/machine/machine.h"

/* CPU @waiter waits for lock @lk, which CPU @holder has. */
struct wait_edge {
	u32 waiter, holder;
	lk_t lk;
};

/**
 * struct wait_cycle - CPUs that wait for each other
 * @mask: bit c: CPU c is in the cycle
 * @waits: a mix of their waits, tickets included: the same twice means that none has moved
 * @edge: [n] round the cycle
 */
struct wait_cycle {
	u64 mask, waits;
	u32 n;
	struct wait_edge edge[MAX_CPU];
};

/* Look once.  Returns false when there is no cycle; a cycle counts when two looks show the same one. */
bool watch_cycle(const struct machine *m, struct wait_cycle *out);

/* "cpu 0 waits for NPT:1 (lock 6), held by cpu 1; ..."  Returns buf. */
const char *wait_cycle_print(const struct wait_cycle *c, char *buf, size_t size);

/* The mark DEADLOCK, in the run's own stream.  All CPUs have ended. */
void deadlock_say(struct machine *m, const struct wait_cycle *c);

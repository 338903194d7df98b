/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Who waits for whom, from what the CPUs publish; no simulated lock is taken. */
#include "sim/machine/machine.h"

/**
 * struct wait_cycle - CPUs that wait for each other
 * @mask: bit c: CPU c is in the cycle
 * @waits: a mix of their waits, tickets included: the same twice means that none has moved
 */
struct wait_cycle {
	u64 mask, waits;
};

/* Look once.  Returns false when there is no cycle; a cycle counts when two looks show the same one. */
bool watch_cycle(const struct machine *m, struct wait_cycle *out, char *text, size_t size);

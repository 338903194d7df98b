/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/rng.h"
#include "tests/kit_machine.h"

/**
 * struct players - what the CPUs of a machine do, each on a thread of its own
 * @op:   one operation, called by cpu_call(); its argument is the CPU's struct rng
 * @more: does a CPU that has done @n operations go on?  Called by all threads
 */
struct players {
	void (*op)(struct cpu *c, void *rng);
	bool (*more)(u32 n);
};

/* All CPUs of @t play until @p->more says no.  Each must have come to its end (OUT_OK), with some effect. */
void kit_play(struct test_machine *t, const struct players *p, u64 seed);

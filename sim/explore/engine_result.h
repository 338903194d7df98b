/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How executions are made, and what each comes to (sim/explore/engine.h). */
#include "oracle/check/check.h"
#include "sim/explore/setup.h"
#include "sim/explore/step.h"
#include "sim/machine/watch.h"
#include "sim/sched/vehicle.h"

/**
 * struct engine_opts
 * @vehicle: what the CPUs run on
 * @depend:  which steps are dependent: DEPEND_TICKETS or DEPEND_CELLS (sim/explore/grain.h)
 * @grain:   how fine steps are; by DEPEND_CELLS GRAIN_LOCK.  GRAIN_DEFAULT: GRAIN_LOCK
 * @checks, @how: how each execution is judged; @judged: it is
 * @steps:   of an execution, at most
 * @once:    there is one execution and nothing is undone: the setup's log may be a file, and nobody judges
 * @at:      told of each step when it is about to be chosen whose turn it is: CPU @cpu is at execution.at[cpu], on its own stack.
 *           NULL: nobody asks; @at_arg is its own
 * @begins:  told of each step as it begins, the last one of execution.step: on the stack of CPU @cpu, whose step it is.  NULL: nobody
 *           asks; @at_arg is its own
 */
struct engine_opts {
	enum vehicle_kind vehicle;
	enum scope_depend depend;
	enum scope_grain grain;
	bool judged, once;
	void (*at)(void *arg, u32 cpu, const struct execution *x);
	void (*begins)(void *arg, u32 cpu, const struct execution *x);
	void *at_arg;
	struct check_set checks;
	struct check_how how;
	u32 steps;
};

/**
 * struct unexpected - an expectation that does not hold; @expect NULL: all do
 * @what: the call, or the cell; @got: what it came to
 */
struct unexpected {
	const struct scope_expect *expect;
	const char *what;
	struct scope_outcome got;
};

/**
 * struct engine_result - what an execution came to
 * @called:  [cpu][call] of the programs
 * @unexpected: the first
 * @cycle:   of EXECUTION_DEADLOCK; n 0: nobody waits in a circle, but for a CPU that has left with the lock
 * @cycle_at: the circle was there as soon as step number @cycle_at had been taken, while others could still go on; with n > 0 only
 * @violations: of the judge; 0 when nobody judges
 */
struct engine_result {
	enum execution_end end;
	struct called *called[EXPLORE_CPUS];
	struct unexpected unexpected;
	struct wait_cycle cycle;
	u32 cycle_at;
	u64 violations;
};

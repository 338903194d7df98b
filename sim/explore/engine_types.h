/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What engine.c and schedule.c share. */
#include "sim/explore/contexts.h"
#include "sim/explore/engine_result.h"
#include "sim/explore/grain.h"
#include "sim/explore/judge.h"
#include "sim/explore/strategy.h"
#include "sim/explore/touch.h"
#include "sim/machine/undo.h"

/**
 * struct waiting - of a CPU that waits
 * @seen: what the word's now was when the CPU looked last
 */
struct waiting {
	lk_t lk;
	u32 ticket, seen;
};

/**
 * struct handed - what was passed on in a step
 * @steps: so many the execution had, of which the last one is that step
 * @locks, @cpus: bits of the locks, and of the CPUs that go on with them
 */
struct handed {
	u32 steps;
	u64 locks, cpus;
};

/**
 * struct engine
 * @x:       the execution that runs, or ran last
 * @passed:  [lock] what happens before its last pass in the execution of number @passed_in
 * @judged:  so many executions were
 * @open:    [cpu] an operation goes on in its stream
 * @last:    [cpu][call] of the programs
 * @grain:   where steps begin; @points, @words: grain_points() and grain_words() of it
 * @full:    a CPU has made all the steps that it may (EXPLORE_CPU_STEPS), and has come to one more
 * @taken:   bit of the CPU whose step was taken last and has not begun; 0 where nobody asks (engine_opts.begins)
 * @moving:  bits of the CPUs whose registers an execution may change
 * @cutting: the execution is over: CPUs that have not ended leave
 * @behind:  what stands behind the end is called: nobody goes on with who waits
 * @dropped: the last execution was not judged; @common: so many steps of it are those of the last one that was
 * @same:    segments that the execution has in common with the last one that was judged
 * @same_steps: its first steps that are those of the execution before, of this engine
 * @whole:   the next one is judged whole
 * @afresh:  nothing was judged that an execution could have in common
 */
struct engine {
	struct setup *setup;
	struct engine_opts o;
	struct machine *m;
	struct machine_undo *undo;
	struct explore_judge *judge;
	struct vehicle *vehicle;
	struct touches *touches;
	struct contexts *contexts;
	const struct strategy *strategy;
	struct execution x;
	struct engine_result result;
	struct waiting wait[EXPLORE_CPUS];
	struct clock passed[ID_END];
	u64 passed_in[ID_END], number, judged;
	struct handed handed;
	bool open[EXPLORE_CPUS];
	struct regs_hash *last[EXPLORE_CPUS];
	u64 taken;
	u64 moving;
	bool full, cutting, behind;
	struct grain grain;
	u32 points;
	bool words;
	bool dropped, afresh, whole;
	u32 common, same, same_steps;
};

/* Is told what a CPU of the engine does, and holds it where a step begins (schedule.c). */
extern const struct control_ops engine_control;

/* Whom to go on with when CPU @cpu is left: at a point, where it waits, or at its end.  Between vehicle_unseen_begin() and _end(). */
u32 engine_leave(struct engine *e, u32 cpu);

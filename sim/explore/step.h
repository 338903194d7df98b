/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Steps, what each touches, and the execution that they make. */
#include "cpu/point.h"
#include "sim/explore/clock.h"

/**
 * struct step - what a CPU does from one point to the next
 * @kind:   the point that it begins at (cpu/point.def)
 * @nth:    of the CPU's steps, from 0 on
 * @object: the point's
 */
struct step {
	u8 cpu, kind;
	u16 nth;
	u32 object;
};

static inline bool step_equal(const struct step *a, const struct step *b)
{
	return a->cpu == b->cpu && a->kind == b->kind && a->nth == b->nth && a->object == b->object;
}

/* What it is about, a kind of point and its object, as one key. */
static inline u64 step_about(const struct step *s)
{
	return (u64)s->kind << 32 | s->object;
}

/*
 * What a step touches: numbers of resources (sim/explore/touch.h), each with TOUCH_WRITE if it changes it.  Two steps are dependent when
 * they touch the same one and one of them changes it.
 */
typedef u32 touch_t;

enum { TOUCH_WRITE = 1 };

static inline bool touch_conflicts(touch_t a, touch_t b)
{
	return (a ^ b) <= TOUCH_WRITE && ((a | b) & TOUCH_WRITE);
}

/**
 * struct taken - a step that was taken
 * @before:  what happens before it by the CPU's program and by locks that it was served
 * @after:   what happens before it by that, and by the steps that it depends on; itself included
 * @touch0, @n_touch: of execution.touch
 * @near0, @n_near: of execution.near
 * @segment: how many segments the judge had when it was taken (sim/explore/judge.h)
 */
struct taken {
	struct clock before, after;
	struct step step;
	u32 touch0, n_touch;
	u32 near0, n_near;
	u32 segment;
};

enum cpu_state {
	CPU_RUNS,    /* it will be run to its next point before anything else is chosen */
	CPU_PENDING, /* it is at a point: its step can be taken */
	CPU_WAITS,   /* its ticket is not served */
	CPU_ENDED,
	CPU_STATES
};

enum execution_end {
	EXECUTION_DONE,     /* every program has ended */
	EXECUTION_HALTED,   /* the machine has halted, and every CPU has left or ended */
	EXECUTION_STUCK,    /* a call broke a rule; CPUs that need a lock of it are cut */
	EXECUTION_DEADLOCK, /* CPUs wait for each other */
	EXECUTION_LIMIT,    /* more steps than the limit, or than EXPLORE_CPU_STEPS of one CPU */
	EXECUTION_BLOCKED,  /* the strategy gave it up: it would repeat another one */
	EXECUTION_AGAIN,    /* where steps begin was learned in it: the search begins again */
	EXECUTION_ENDS
};

/**
 * struct execution - the one that runs, or has run last
 * @step:    [n]
 * @touch:   [n_touch] of all steps
 * @near:    [n_near] of each step those of other CPUs that it depends on, without what is between
 * @state, @at: [cpus] of each CPU: @at the step that it is about to take (CPU_PENDING)
 * @in:      [CPU_RUNS, ...] a bit for each CPU whose @state it is
 * @now:     [cpus] what happens before the CPU's next step
 * @op:      [cpus] operations that the CPU has begun: calls, but for one that a lock which the CPU holds makes a part of the one before
 * @end:     when it is over
 */
struct execution {
	u32 cpus, n, cap;
	struct taken *step;
	u32 n_touch, touch_cap;
	touch_t *touch;
	u32 n_near, near_cap;
	u32 *near;
	u8 state[EXPLORE_CPUS];
	u64 in[CPU_STATES];
	struct step at[EXPLORE_CPUS];
	struct clock now[EXPLORE_CPUS];
	u32 op[EXPLORE_CPUS];
	enum execution_end end;
};

/* No CPU. */
enum { NOBODY = 0xffffffff };

_Static_assert((int)EXPLORE_CPUS <= 64, "CPUs have a bit each");

/* CPU @i is in another state from now on. */
static inline void execution_state(struct execution *x, u32 i, enum cpu_state state)
{
	x->in[x->state[i]] &= ~(1ull << i);
	x->in[state] |= 1ull << i;
	x->state[i] = (u8)state;
}

/* May the step of CPU @i be taken now?  Halting comes last: it commutes with what the others can still do. */
static inline bool execution_can(const struct execution *x, u32 i)
{
	if (x->state[i] != CPU_PENDING)
		return false;
	if (x->at[i].kind != POINT_HALT)
		return true;
	for (u64 left = x->in[CPU_PENDING]; left; left &= left - 1)
		if (x->at[__builtin_ctzll(left)].kind != POINT_HALT)
			return false;
	return true;
}

/* Does step number @i happen before number @k, @i < @k? */
static inline bool happens_before(const struct execution *x, u32 i, u32 k)
{
	const struct step *s = &x->step[i].step;

	return clock_has(&x->step[k].after, s->cpu, s->nth);
}

/*
 * The steps that step number @k races with: of other CPUs, dependent on it, with nothing between the two in the order of what happens
 * before what.  @out: [n_near of the step]; returns their number.
 */
u32 execution_races(const struct execution *x, u32 k, u32 *out);

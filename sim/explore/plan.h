/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* An order of steps that an execution is to follow as far as it can. */
#include "sim/base/rng.h"
#include "sim/explore/keys.h"
#include "sim/explore/step.h"

/**
 * struct planned_step
 * @object: the number of what it is about (step_about())
 */
struct planned_step {
	u8 cpu;
	u16 nth;
	u32 object;
};

/**
 * struct plan
 * @step: [n] those of one CPU in the order of its program
 * @at:   those before it are taken, or cannot be any more
 * @spare, @owner, @shared, @on: for changes
 */
struct plan {
	VEC(struct planned_step) step;
	u32 at;
	VEC(struct planned_step) spare;
	VEC(u32) owner;
	VEC(u32) shared;
	VEC(u32) on;
};

void plan_free(struct plan *p);
/* The steps of an execution.  @objects: what steps were about; updated. */
void plan_of(struct plan *p, const struct execution *x, struct keys *objects);
void plan_copy(struct plan *p, const struct plan *from);

/* The CPU of the first step in the plan that can be taken now; NOBODY: none of them can. */
u32 plan_next(struct plan *p, const struct execution *x);

/*
 * One step on an object that steps of at least two CPUs are about goes to another place among the steps on it: before the first, or directly behind
 * another CPU's; with those of its CPU that must come before or behind it.  Steps of CPUs of which @same_as [cpu] is equal, with the
 * same number, are together as likely as one that nobody else has.
 */
void plan_change(struct plan *p, const u8 *same_as, struct rng *r);

/* Step number @i goes to place @to: behind all before @to, with those of its CPU that are between. */
void plan_move(struct plan *p, u32 i, u32 to);

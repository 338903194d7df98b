/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Who decides which CPU makes its step. */
#include "sim/explore/step.h"

/**
 * struct strategy
 * @begin:  an execution is to begin; false: there is none left
 * @choose: every CPU is at a point, waits or has ended, and one can make its step: which one; NOBODY: the execution is given up
 * @ended:  it is over
 * @same:   of the execution that has begun: so many of its first steps are those of the one before, in the same order
 * @alone:  each execution stands by itself, and nothing is left out for another one's sake: for which saved contexts CPUs race is not learned
 */
struct strategy {
	bool (*begin)(void *arg);
	u32 (*choose)(void *arg, const struct execution *x);
	void (*ended)(void *arg, const struct execution *x);
	u32 (*same)(const void *arg);
	void *arg;
	bool alone;
};

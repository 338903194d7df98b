/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * How many classes a scope has, and how long a search takes, before it is searched: random executions, each of which stands for as many classes
 * as the inverse of the probability with which it was drawn (Knuth, "Estimating the Efficiency of Backtrack Programs", Math. Comp. 29,
 * 1975).
 *
 * The tree is that of sleep sets: of the CPUs that can make a step one is drawn; those before it in the order in which they were asked sleep
 * until somebody makes a step that depends on theirs.  Each class is one path; a path on which all sleep is none and counts 0.  So the mean is
 * right whatever the probabilities are, and the better these are, the less it scatters: the probability that a CPU's step comes
 * first on its resource is that of a uniformly drawn order of the steps that are still to come on it, as the executions before had
 * them, without those of CPUs that cannot get there before.  For one lock every execution is drawn with the same probability, and the first
 * one tells the number.
 *
 * Of a step whose resources are known only when it was made (accesses of running code) those count that it had in an execution before: there
 * the mean may be off.
 */
#include "sim/explore/engine.h"

/**
 * struct estimate_opts
 * @executions: at most, those that measure the speed included; at least 10
 */
struct estimate_opts {
	u64 seed, executions;
	bool (*interrupted)(void);
};

/**
 * struct estimate
 * @exact:   all classes were there
 * @probes:  of which @dead were none
 * @classes: the mean; @low..@high holds the number in 95 of 100 cases
 * @ns_each: how long an execution of a search took; what a search would take is @classes of these
 */
struct estimate {
	bool exact;
	u64 probes, dead;
	double classes, low, high;
	double ns_each;
};

void estimate_run(struct engine *e, struct setup *setup, const struct estimate_opts *o,
                  struct estimate *out);

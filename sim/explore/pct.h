/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010.  The CPUs have priorities, drawn anew for each execution, and the highest of those that can make
 * their step makes it.  Behind d - 1 steps, drawn among k, who made the step falls below all others.  A bug that needs d orders of two
 * steps is met with a probability of at least 1 / (n k^(d-1)), n the CPUs and k the steps of an execution.
 *
 * k is the number of steps of the longest execution so far; the first one, which has no such steps, is the pilot.
 */
#include "sim/explore/sampler_opts.h"

struct strategy pct_new(const struct sampler_opts *o);
void pct_free(void *arg);
/* The bound, with n and k as they are known; 0: before the first execution has ended. */
double pct_bound(const void *arg);

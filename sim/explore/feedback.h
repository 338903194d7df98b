/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Executions that lead to something new are kept, and changed.  What is new is a pair of steps on one object, the later of which comes
 * next behind the earlier: a lock that is handed over, or a value and who reads it; CPUs with the same program count as one.  A
 * change takes a step of a kept execution to another place among the steps on its object, with those steps of its CPU that must come
 * before or behind it; the other steps stay in their order.  Wolff, Shi, Duck, Mathur, Roychoudhury, "Greybox Fuzzing for
 * Concurrency Testing", ASPLOS 2024, does so with the pairs themselves.
 *
 * Which execution is changed is drawn, in proportion to how many pairs it has brought and against how often it was changed.  The more
 * what is kept is used up, the more executions are fresh, drawn by partial order sampling (sim/explore/pos.h).
 */
#include "sim/explore/sampler_opts.h"

struct strategy feedback_new(const struct sampler_opts *o);
void feedback_free(void *arg);

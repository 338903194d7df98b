/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Partial order sampling: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018.  Each step that is about to be taken has
 * a random priority, and the highest of those that can be taken is.  Then those that depend on it have theirs drawn anew: the order of
 * steps that do not depend on each other costs no draws.
 */
#include "sim/explore/sampler_opts.h"

struct strategy pos_new(const struct sampler_opts *o);
void pos_free(void *arg);

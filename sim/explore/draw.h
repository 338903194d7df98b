/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What strategies that draw have in common. */
#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/explore/sampler_opts.h"

static inline struct rng draw_rng(const struct sampler_opts *o)
{
	return (struct rng){ .s = mix_key(o->seed, MIX_SCHEDULE, o->kind, 0) };
}

/* One of the CPUs that can make their step: CPU i with a probability in proportion to @weight[i] (NULL: each the same). */
static inline u32 draw_cpu(struct rng *r, const struct execution *x, const u64 *weight)
{
	u64 of[EXPLORE_CPUS], all = 0, at;

	for (u32 i = 0; i < x->cpus; i++) {
		of[i] = !execution_can(x, i) ? 0 : weight ? weight[i] : 1;
		all += of[i];
	}
	SIM_ASSERT(all > 0);
	at = rng_below(r, all);
	for (u32 i = 0;; i++) {
		if (at < of[i])
			return i;
		at -= of[i];
	}
}

/* For strategies to which the beginning, or the end, of an execution says nothing; and which do not know what is the same in two. */
static inline bool draw_begin(void *arg)
{
	(void)arg;
	return true;
}

static inline void draw_ended(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static inline u32 draw_same(const void *arg)
{
	(void)arg;
	return 0;
}

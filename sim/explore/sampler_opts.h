/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which executions are to be drawn (sim/explore/sampler.h). */
#include "sim/exec/scope.h"
#include "sim/explore/strategy.h"

enum sampler_kind {
	SAMPLER_RANDOM,   /* sim/explore/random.h */
	SAMPLER_PCT,      /* sim/explore/pct.h */
	SAMPLER_SURW,     /* sim/explore/surw.h */
	SAMPLER_URW,      /* the same, all steps being interesting */
	SAMPLER_POS,      /* sim/explore/pos.h */
	SAMPLER_FEEDBACK, /* sim/explore/feedback.h */
	SAMPLER_NR
};

enum { SAMPLER_DEPTH = 3 };

/**
 * struct sampler_opts
 * @depth: of PCT: how many orders of two steps a bug needs, at least 1
 * @scope: whose executions they are: which CPUs have the same program (FEEDBACK); NULL: no two have
 */
struct sampler_opts {
	enum sampler_kind kind;
	u64 seed;
	u32 depth;
	const struct scope *scope;
};

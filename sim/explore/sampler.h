/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Strategies that draw executions at random: one seed, one sequence of executions.  None of them ever ends by itself, and none says that
 * everything was there.
 */
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

struct sampler;

struct sampler *sampler_new(const struct sampler_opts *o);
/* NULL: nothing. */
void sampler_free(struct sampler *s);
struct strategy sampler_strategy(struct sampler *s);

/*
 * With what probability, at least, each next execution shows a bug that needs no more than @depth orders: of PCT, when an execution has
 * ended.  0: the strategy does not promise any.
 */
double sampler_bound(const struct sampler *s);

/* "random", "pct", "surw", "urw", "pos", "feedback". */
const char *sampler_name(enum sampler_kind k);

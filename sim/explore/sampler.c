// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/sampler.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/feedback.h"
#include "sim/explore/pct.h"
#include "sim/explore/pos.h"
#include "sim/explore/random.h"
#include "sim/explore/surw.h"

#include <stdlib.h>

static const struct {
	const char *name;
	struct strategy (*make)(const struct sampler_opts *o);
	void (*free)(void *arg);
} kinds[] = {
	[SAMPLER_RANDOM] = { "random", random_new, random_free },
	[SAMPLER_PCT] = { "pct", pct_new, pct_free },
	[SAMPLER_SURW] = { "surw", surw_new, surw_free },
	[SAMPLER_URW] = { "urw", surw_new, surw_free },
	[SAMPLER_POS] = { "pos", pos_new, pos_free },
	[SAMPLER_FEEDBACK] = { "feedback", feedback_new, feedback_free },
};

_Static_assert(ARRAY_SIZE(kinds) == SAMPLER_NR, "a row for each");

struct sampler {
	enum sampler_kind kind;
	struct strategy strategy;
};

struct sampler *sampler_new(const struct sampler_opts *o)
{
	struct sampler *s = xcalloc(1, sizeof(*s));

	SIM_ASSERT(o->kind < SAMPLER_NR);
	SIM_ASSERT(o->kind != SAMPLER_PCT || o->depth > 0);
	s->kind = o->kind;
	s->strategy = kinds[o->kind].make(o);
	return s;
}

void sampler_free(struct sampler *s)
{
	if (!s)
		return;
	kinds[s->kind].free(s->strategy.arg);
	free(s);
}

struct strategy sampler_strategy(struct sampler *s)
{
	return s->strategy;
}

double sampler_bound(const struct sampler *s)
{
	return s->kind == SAMPLER_PCT ? pct_bound(s->strategy.arg) : 0;
}

const char *sampler_name(enum sampler_kind k)
{
	return kinds[k].name;
}

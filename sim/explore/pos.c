// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/pos.h"

#include "sim/base/vec.h"
#include "sim/explore/draw.h"

#include <stdlib.h>

/**
 * struct pos
 * @priority: [cpu] of the step that it is about to take, or will be when it has been served
 */
struct pos {
	struct rng rng;
	u64 priority[EXPLORE_CPUS];
};

static bool changes(const struct execution *x, const struct taken *s)
{
	for (u32 i = 0; i < s->n_touch; i++)
		if (x->touch[s->touch0 + i] & TOUCH_WRITE)
			return true;
	return false;
}

/*
 * Does the step that CPU @i is about to take depend on @s: is it about what @s was about, and did @s change anything?  What it touches is
 * not known before it is taken.
 */
static bool depends(const struct execution *x, u32 i, const struct taken *s)
{
	const struct step *at = &x->at[i];

	return x->state[i] == CPU_PENDING && at->kind == s->step.kind &&
	       at->object == s->step.object && changes(x, s);
}

static void draw(struct pos *p, const struct execution *x)
{
	const struct taken *last = x->n > 0 ? &x->step[x->n - 1] : NULL;

	for (u32 i = 0; i < x->cpus; i++)
		if (!last || last->step.cpu == i || depends(x, i, last))
			p->priority[i] = rng_next(&p->rng);
}

static u32 choose(void *arg, const struct execution *x)
{
	struct pos *p = arg;
	u32 best = NOBODY;

	draw(p, x);
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i) && (best == NOBODY || p->priority[i] > p->priority[best]))
			best = i;
	return best;
}

struct strategy pos_new(const struct sampler_opts *o)
{
	struct pos *p = xcalloc(1, sizeof(*p));

	p->rng = draw_rng(o);
	return (struct strategy){ draw_begin, choose, draw_ended, draw_same, p, true };
}

void pos_free(void *arg)
{
	free(arg);
}

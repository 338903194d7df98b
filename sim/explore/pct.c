// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/pct.h"

#include "sim/base/vec.h"
#include "sim/explore/draw.h"

#include <stdlib.h>

/**
 * struct pct
 * @cpus:     that have steps to make, n
 * @steps:    k; 0: there was no execution
 * @priority: [cpu] of d..d+cpus-1 at first, each another one; of a CPU that fell at change point i: i
 * @change:   [depth] numbers of steps from 1 on, of which number 0 is not used; 0: none
 */
struct pct {
	struct rng rng;
	u32 depth, cpus, steps;
	u32 priority[EXPLORE_CPUS];
	u32 *change;
};

static void draw(struct pct *p, const struct execution *x)
{
	p->cpus = 0;
	for (u32 i = 0; i < x->cpus; i++) {
		u32 k = (u32)rng_below(&p->rng, i + 1);

		p->priority[i] = p->priority[k];
		p->priority[k] = p->depth + i;
		p->cpus += x->state[i] != CPU_ENDED;
	}
	for (u32 i = 1; i < p->depth; i++)
		p->change[i] = p->steps ? 1 + (u32)rng_below(&p->rng, p->steps) : 0;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct pct *p = arg;
	u32 best = NOBODY;

	if (x->n == 0)
		draw(p, x);
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i) && (best == NOBODY || p->priority[i] > p->priority[best]))
			best = i;
	for (u32 i = 1; i < p->depth; i++)
		if (p->change[i] == x->n + 1)
			p->priority[best] = i;
	return best;
}

static void ended(void *arg, const struct execution *x)
{
	struct pct *p = arg;

	p->steps = x->n > p->steps ? x->n : p->steps;
}

struct strategy pct_new(const struct sampler_opts *o)
{
	struct pct *p = xcalloc(1, sizeof(*p));

	p->rng = draw_rng(o);
	p->depth = o->depth;
	p->change = xcalloc(o->depth, sizeof(*p->change));
	return (struct strategy){ draw_begin, choose, ended, draw_same, p, true };
}

void pct_free(void *arg)
{
	struct pct *p = arg;

	free(p->change);
	free(p);
}

double pct_bound(const void *arg)
{
	const struct pct *p = arg;
	double bound = 1;

	if (p->steps == 0)
		return 0;
	for (u32 i = 1; i < p->depth; i++)
		bound /= p->steps;
	return bound / p->cpus;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/plan.h"

#include "sim/base/check.h"

enum { FRONT_IN = 3, SEVERAL = 0xfffffffe };

void plan_free(struct plan *p)
{
	vec_free(&p->step);
	vec_free(&p->spare);
	vec_free(&p->owner);
	vec_free(&p->shared);
	vec_free(&p->on);
}

void plan_of(struct plan *p, const struct execution *x, struct keys *objects)
{
	p->step.n = p->at = 0;
	for (u32 k = 0; k < x->n; k++) {
		const struct step *s = &x->step[k].step;

		vec_push(&p->step,
		         ((struct planned_step){ .cpu = s->cpu,
		                                 .nth = s->nth,
		                                 .object = keys_number(objects, step_about(s)) }));
	}
}

void plan_copy(struct plan *p, const struct plan *from)
{
	p->step.n = p->at = 0;
	for (u32 i = 0; i < from->step.n; i++)
		vec_push(&p->step, from->step.v[i]);
}

u32 plan_next(struct plan *p, const struct execution *x)
{
	for (u32 i = p->at; i < p->step.n; i++) {
		const struct planned_step *s = &p->step.v[i];
		bool over = x->state[s->cpu] == CPU_ENDED || x->now[s->cpu].n[s->cpu] > s->nth;

		if (over) {
			p->at += i == p->at;
			continue;
		}
		if (execution_can(x, s->cpu) && x->at[s->cpu].nth == s->nth)
			return s->cpu;
	}
	return NOBODY;
}

/* Steps of @cpu that are in [from, to) come first, or last, and the others keep their order. */
static void part(struct plan *p, u32 from, u32 to, u32 cpu, bool first)
{
	p->spare.n = 0;
	for (u32 pass = 0; pass < 2; pass++)
		for (u32 i = from; i < to; i++)
			if ((p->step.v[i].cpu == cpu) == ((pass == 0) == first))
				vec_push(&p->spare, p->step.v[i]);
	SIM_ASSERT(p->spare.n == to - from);
	for (u32 i = from; i < to; i++)
		p->step.v[i] = p->spare.v[i - from];
}

void plan_move(struct plan *p, u32 i, u32 to)
{
	u32 cpu = p->step.v[i].cpu;

	SIM_ASSERT(i < p->step.n);
	SIM_ASSERT(to <= p->step.n);
	if (to <= i)
		part(p, to, i + 1, cpu, true);
	else
		part(p, i, to, cpu, false);
}

/* p->shared: objects of steps of at least two CPUs. */
static void find_shared(struct plan *p)
{
	p->owner.n = p->shared.n = 0;
	for (u32 i = 0; i < p->step.n; i++) {
		const struct planned_step *s = &p->step.v[i];
		u32 *owner;

		while (p->owner.n <= s->object)
			vec_push(&p->owner, NOBODY);
		owner = &p->owner.v[s->object];
		if (*owner == NOBODY) {
			*owner = s->cpu;
		} else if (*owner != s->cpu && *owner != SEVERAL) {
			*owner = SEVERAL;
			vec_push(&p->shared, s->object);
		}
	}
}

/* How many of the steps on the object are the same but for the CPU. */
static u32 count_same(const struct plan *p, const u8 *same_as, u32 i)
{
	const struct planned_step *s = &p->step.v[i];
	u32 n = 0;

	for (u32 k = 0; k < p->on.n; k++) {
		const struct planned_step *o = &p->step.v[p->on.v[k]];

		n += o->nth == s->nth && same_as[o->cpu] == same_as[s->cpu];
	}
	return n;
}

/* One of the steps on the object, of another CPU than @but. */
static u32 draw_step(const struct plan *p, const u8 *same_as, u32 but, struct rng *r)
{
	for (;;) {
		u32 i = p->on.v[rng_below(r, p->on.n)];

		if (p->step.v[i].cpu != but && rng_below(r, count_same(p, same_as, i)) == 0)
			return i;
	}
}

void plan_change(struct plan *p, const u8 *same_as, struct rng *r)
{
	u32 object, i;

	find_shared(p);
	if (p->shared.n == 0)
		return;
	object = p->shared.v[rng_below(r, p->shared.n)];
	p->on.n = 0;
	for (u32 k = 0; k < p->step.n; k++)
		if (p->step.v[k].object == object)
			vec_push(&p->on, k);
	i = draw_step(p, same_as, NOBODY, r);
	if (rng_below(r, FRONT_IN) == 0)
		plan_move(p, i, p->on.v[0]);
	else
		plan_move(p, i, draw_step(p, same_as, p->step.v[i].cpu, r) + 1);
}

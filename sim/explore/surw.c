// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/surw.h"

#include "sim/base/vec.h"
#include "sim/explore/draw.h"
#include "sim/explore/keys.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct about - the steps about one object
 * @most: [cpu] in an execution, at most so far
 * @now:  [cpu] in the execution that ended
 */
struct about {
	u16 most[EXPLORE_CPUS], now[EXPLORE_CPUS];
};

/**
 * struct surw
 * @selective: SURW; else every step is interesting
 * @objects: what steps were about (step_about()); @about: [number of the object]
 * @most:   [cpu] steps in an execution, at most so far
 * @on:     the object of the interesting steps; NOBODY: none is
 * @left:   [cpu] steps that the CPU is still to make; @due: interesting ones
 * @intended: whose interesting step comes next; NOBODY: anybody's
 */
struct surw {
	struct rng rng;
	bool selective, piloted;
	struct keys objects;
	VEC(struct about) about;
	u64 most[EXPLORE_CPUS];
	u32 on, intended;
	u64 left[EXPLORE_CPUS], due[EXPLORE_CPUS];
};

static bool is_shared(const struct about *a, u32 cpus)
{
	u32 n = 0;

	for (u32 i = 0; i < cpus; i++)
		n += a->most[i] > 0;
	return n > 1;
}

/* One of the objects that CPUs share. */
static u32 draw_object(struct surw *s, u32 cpus)
{
	u32 n = 0, at;

	for (u32 i = 0; i < s->about.n; i++)
		n += is_shared(&s->about.v[i], cpus);
	if (n == 0)
		return NOBODY;
	at = (u32)rng_below(&s->rng, n);
	for (u32 i = 0;; i++)
		if (is_shared(&s->about.v[i], cpus) && at-- == 0)
			return i;
}

static bool interesting(const struct surw *s, const struct step *at)
{
	return s->on != NOBODY && s->objects.v.v[s->on] == step_about(at);
}

/* Whose interesting step comes next. */
static u32 draw_intended(struct surw *s, const struct execution *x)
{
	u64 all = 0, at;

	for (u32 i = 0; i < x->cpus; i++)
		if (x->state[i] != CPU_ENDED)
			all += s->due[i];
	if (all == 0)
		return NOBODY;
	at = rng_below(&s->rng, all);
	for (u32 i = 0;; i++) {
		if (x->state[i] == CPU_ENDED)
			continue;
		if (at < s->due[i])
			return i;
		at -= s->due[i];
	}
}

static void draw(struct surw *s, const struct execution *x)
{
	s->on = s->intended = NOBODY;
	memcpy(s->left, s->most, sizeof(s->left));
	if (!s->selective || !s->piloted)
		return;
	s->on = draw_object(s, x->cpus);
	for (u32 i = 0; i < x->cpus && s->on != NOBODY; i++)
		s->due[i] = s->about.v[s->on].most[i];
}

static bool is_held_back(const struct surw *s, const struct execution *x, u32 i)
{
	return s->intended != NOBODY && i != s->intended && interesting(s, &x->at[i]);
}

/* By the steps that each has still to make; a CPU that makes more of them than ever counts as one that has one. */
static u32 draw_next(struct surw *s, const struct execution *x)
{
	u64 weight[EXPLORE_CPUS], all = 0;

	for (u32 i = 0; i < x->cpus; i++) {
		weight[i] = !execution_can(x, i) || is_held_back(s, x, i) ? 0
		            : s->left[i] && s->piloted                    ? s->left[i]
		                                                          : 1;
		all += weight[i];
	}
	if (all > 0)
		return draw_cpu(&s->rng, x, weight);
	/* Who is intended waits for one of those that are held back. */
	for (u32 i = 0; i < x->cpus; i++)
		weight[i] = s->due[i] ? s->due[i] : 1;
	return draw_cpu(&s->rng, x, weight);
}

static u32 choose(void *arg, const struct execution *x)
{
	struct surw *s = arg;
	bool is_interesting;
	u32 cpu;

	if (x->n == 0)
		draw(s, x);
	if (s->intended == NOBODY || x->state[s->intended] == CPU_ENDED)
		s->intended = s->on == NOBODY ? NOBODY : draw_intended(s, x);
	cpu = draw_next(s, x);
	is_interesting = interesting(s, &x->at[cpu]);
	s->left[cpu] -= s->left[cpu] > 0;
	if (is_interesting) {
		s->due[cpu] -= s->due[cpu] > 0;
		s->intended = NOBODY;
	}
	return cpu;
}

static struct about *about_of(struct surw *s, const struct step *step)
{
	u32 number = keys_number(&s->objects, step_about(step));

	while (s->about.n <= number)
		vec_push(&s->about, ((struct about){ .most = { 0 } }));
	return &s->about.v[number];
}

static void ended(void *arg, const struct execution *x)
{
	struct surw *s = arg;
	u64 now[EXPLORE_CPUS] = { 0 };

	for (u32 k = 0; k < x->n; k++) {
		u32 cpu = x->step[k].step.cpu;

		now[cpu]++;
		if (s->most[cpu] < now[cpu])
			s->most[cpu] = now[cpu];
		if (s->selective)
			about_of(s, &x->step[k].step)->now[cpu]++;
	}
	for (u32 i = 0; i < s->about.n; i++) {
		struct about *a = &s->about.v[i];

		for (u32 c = 0; c < x->cpus; c++) {
			a->most[c] = a->most[c] > a->now[c] ? a->most[c] : a->now[c];
			a->now[c] = 0;
		}
	}
	s->piloted = true;
}

struct strategy surw_new(const struct sampler_opts *o)
{
	struct surw *s = xcalloc(1, sizeof(*s));

	s->rng = draw_rng(o);
	s->selective = o->kind == SAMPLER_SURW;
	return (struct strategy){ draw_begin, choose, ended, draw_same, s, true };
}

void surw_free(void *arg)
{
	struct surw *s = arg;

	keys_free(&s->objects);
	vec_free(&s->about);
	free(s);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/dfs.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/wakeup.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct slept - a step that need not be taken at a place: all that begins with it has been explored
 * @touch: [n_touch] what it touched there; owned
 */
struct slept {
	u32 cpu, n_touch;
	touch_t *touch;
};

/**
 * struct place - of the execution behind so many steps
 * @cpu:  whose step was taken there
 * @tree: what else is to be explored from there
 * @sleep: [n]
 */
struct place {
	u32 cpu;
	struct wake_node *tree;
	VEC(struct slept) sleep;
};

/**
 * struct dfs
 * @place: [n_places] of the execution that runs; cap of them were used before
 * @forced: so many first steps are those that @place says
 * @guide: what the wake-up sequence that was begun wants next; owned
 * @left:  the execution was given up
 */
struct dfs {
	struct place *place;
	u32 n_places, cap;
	u32 forced, same;
	struct wake_node *guide;
	bool begun, left;
	u64 blocked;
	VEC(struct wake_step) v;
	VEC(u32) races;
};

struct dfs *dfs_new(void)
{
	return xcalloc(1, sizeof(struct dfs));
}

static void sleep_clear(struct place *p)
{
	for (u32 i = 0; i < p->sleep.n; i++)
		free(p->sleep.v[i].touch);
	p->sleep.n = 0;
}

void dfs_free(struct dfs *d)
{
	if (!d)
		return;
	for (u32 i = 0; i < d->cap; i++) {
		sleep_clear(&d->place[i]);
		vec_free(&d->place[i].sleep);
		wake_free(d->place[i].tree);
	}
	wake_free(d->guide);
	vec_free(&d->v);
	vec_free(&d->races);
	free(d->place);
	free(d);
}

u64 dfs_blocked(const struct dfs *d)
{
	return d->blocked;
}

static void sleep_add(struct place *p, u32 cpu, const touch_t *touch, u32 n)
{
	struct slept s = { .cpu = cpu, .n_touch = n, .touch = xcalloc(n + 1, sizeof(touch_t)) };

	if (n)
		memcpy(s.touch, touch, n * sizeof(touch_t));
	vec_push(&p->sleep, s);
}

static bool sleeps(const struct place *p, u32 cpu)
{
	for (u32 i = 0; i < p->sleep.n; i++)
		if (p->sleep.v[i].cpu == cpu)
			return true;
	return false;
}

/* What the step that was taken at the place before did not wake. */
static void sleep_inherit(struct place *p, const struct place *before, const struct execution *x)
{
	const struct taken *s = &x->step[x->n - 1];
	const touch_t *touch = x->touch + s->touch0;

	for (u32 i = 0; i < before->sleep.n; i++) {
		const struct slept *z = &before->sleep.v[i];

		if (z->cpu != s->step.cpu &&
		    touches_independent(z->touch, z->n_touch, touch, s->n_touch))
			sleep_add(p, z->cpu, z->touch, z->n_touch);
	}
}

static struct place *new_place(struct dfs *d)
{
	if (d->n_places == d->cap) {
		u32 cap = d->cap;

		d->place = vec_grow(d->place, &d->cap, sizeof(*d->place));
		memset(d->place + cap, 0, (d->cap - cap) * sizeof(*d->place));
	}
	return &d->place[d->n_places++];
}

/* The next one to explore at the deepest place that has one; what is deeper is forgotten.  False: there is none. */
static bool backtrack(struct dfs *d)
{
	while (d->n_places > 0) {
		struct place *p = &d->place[d->n_places - 1];
		struct wake_node *w = p->tree;

		if (w) {
			p->tree = w->next;
			p->cpu = w->cpu;
			d->guide = w->child;
			wake_free_one(w);
			d->forced = d->n_places;
			d->same = d->n_places - 1;
			return true;
		}
		sleep_clear(p);
		d->n_places--;
	}
	return false;
}

static bool begin(void *arg)
{
	struct dfs *d = arg;

	d->left = false;
	if (d->begun)
		return backtrack(d);
	d->begun = true;
	d->forced = d->same = 0;
	return true;
}

static u32 first_awake(const struct place *p, const struct execution *x)
{
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i) && !sleeps(p, i))
			return i;
	return NOBODY;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct dfs *d = arg;
	struct wake_node *w;
	struct place *p;

	if (x->n < d->forced)
		return d->place[x->n].cpu;
	SIM_ASSERT(x->n == d->n_places);
	p = new_place(d);
	if (x->n > 0)
		sleep_inherit(p, p - 1, x);
	w = d->guide;
	if (w) {
		p->cpu = w->cpu;
		p->tree = w->next;
		d->guide = w->child;
		wake_free_one(w);
		return p->cpu;
	}
	p->cpu = first_awake(p, x);
	if (p->cpu == NOBODY) {
		d->left = true;
		d->n_places--;
		sleep_clear(p);
	}
	return p->cpu;
}

/*
 * What could have come instead of step number @i: step number @k, and all behind @i that does not follow from it.  Halting comes last
 * in every execution, so only another halt can come before one.
 */
static void other_way(struct dfs *d, const struct execution *x, u32 i, u32 k)
{
	bool halts = x->step[k].step.kind == POINT_HALT;
	struct place *p = &d->place[i];
	u32 at;

	d->v.n = 0;
	for (u32 m = i + 1; m < x->n; m++) {
		const struct taken *s = &x->step[m];

		if (m != k && (happens_before(x, i, m) || (s->step.kind == POINT_HALT && !halts)))
			continue;
		vec_push(&d->v, ((struct wake_step){ s->step.cpu, s->step.nth, s->n_touch,
		                                     x->touch + s->touch0, &s->after }));
	}
	for (u32 m = 0; m < p->sleep.n; m++) {
		const struct slept *z = &p->sleep.v[m];

		if (wake_initial(d->v.v, d->v.n, z->cpu, z->touch, z->n_touch, &at))
			return;
	}
	wake_insert(&p->tree, d->v.v, d->v.n);
}

static void ended(void *arg, const struct execution *x)
{
	struct dfs *d = arg;

	SIM_ASSERT(x->n == d->n_places);
	d->blocked += d->left;
	for (u32 k = 1; k < x->n && !d->left; k++) {
		u32 n;

		if (x->step[k].n_near == 0)
			continue;
		while (d->races.cap < x->step[k].n_near)
			d->races.v = vec_grow(d->races.v, &d->races.cap, sizeof(u32));
		n = execution_races(x, k, d->races.v);
		for (u32 i = 0; i < n; i++)
			other_way(d, x, d->races.v[i], k);
	}
	/* What was taken at each place is explored with the last of what follows: it sleeps when another one is taken there. */
	for (u32 i = x->n; i-- > 0;) {
		const struct taken *s = &x->step[i];
		struct place *p = &d->place[i];

		if (p->tree) {
			sleep_add(p, s->step.cpu, x->touch + s->touch0, s->n_touch);
			break;
		}
	}
}

static u32 same(const void *arg)
{
	return ((const struct dfs *)arg)->same;
}

struct strategy dfs_strategy(struct dfs *d)
{
	return (struct strategy){ begin, choose, ended, same, d };
}

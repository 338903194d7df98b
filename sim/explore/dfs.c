// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/dfs.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/touch.h"
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
 * @symmetric: dfs_symmetric() was called with @same_as
 * @left:  the execution was given up
 */
struct dfs {
	struct place *place;
	u32 n_places, cap;
	u32 forced, same;
	struct wake_node *guide;
	bool symmetric;
	u8 same_as[EXPLORE_CPUS];
	bool begun, left;
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

void dfs_symmetric(struct dfs *d, const u8 same_as[EXPLORE_CPUS])
{
	d->symmetric = true;
	memcpy(d->same_as, same_as, sizeof(d->same_as));
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

static void sleep_add(struct place *p, u32 cpu, const touch_t *touch, u32 n)
{
	struct slept s = { .cpu = cpu, .n_touch = n, .touch = xmalloc((n + 1) * sizeof(touch_t)) };

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
			wake_free(d->guide);
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

static inline void put_step(struct dfs *d, const struct execution *x, u32 m, bool unsure)
{
	const struct taken *s = &x->step[m];

	vec_push(&d->v, ((struct wake_step){ s->step.cpu, s->step.nth, s->n_touch, unsure,
	                                     x->touch + s->touch0, &s->after }));
}

/*
 * What could have come instead of step number @i: all behind @i that does not follow from it, and then step number @k.  That one comes
 * last: without @i it may touch something else, and what stands before it may change that.  Halting comes last in every execution, so
 * only another halt can come before one.
 */
static void other_way(struct dfs *d, const struct execution *x, u32 i, u32 k)
{
	bool halts = x->step[k].step.kind == POINT_HALT;
	struct place *p = &d->place[i];
	u32 at;

	d->v.n = 0;
	for (u32 m = i + 1; m < x->n; m++) {
		const struct taken *s = &x->step[m];

		if (m == k || happens_before(x, i, m) || (s->step.kind == POINT_HALT && !halts))
			continue;
		put_step(d, x, m, false);
	}
	put_step(d, x, k, true);
	for (u32 m = 0; m < p->sleep.n; m++) {
		const struct slept *z = &p->sleep.v[m];

		if (wake_initial(d->v.v, d->v.n, z->cpu, z->touch, z->n_touch, false, &at))
			return;
	}
	wake_insert(&p->tree, d->v.v, d->v.n);
}

/* Are they the first steps of two CPUs that are alike?  The other way round they are the same with other numbers. */
static bool are_mirrored(const struct dfs *d, const struct step *a, const struct step *b)
{
	return d->symmetric && a->nth == 0 && b->nth == 0 &&
	       d->same_as[a->cpu] == d->same_as[b->cpu];
}

static void ended(void *arg, const struct execution *x)
{
	struct dfs *d = arg;

	SIM_ASSERT(x->n == d->n_places);
	for (u32 k = 1; k < x->n && !d->left; k++) {
		u32 n;

		if (x->step[k].n_near == 0)
			continue;
		while (d->races.cap < x->step[k].n_near)
			d->races.v = vec_grow(d->races.v, &d->races.cap, sizeof(u32));
		n = execution_races(x, k, d->races.v);
		for (u32 i = 0; i < n; i++)
			if (!are_mirrored(d, &x->step[d->races.v[i]].step, &x->step[k].step))
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
	return (struct strategy){ begin, choose, ended, same, d, false };
}

static void save_touch(const touch_t *touch, u32 n, const struct touches *t, struct bytes *b)
{
	bytes_u32(b, n);
	for (u32 i = 0; i < n; i++) {
		bytes_u64(b, touches_key(t, touch[i] >> 1));
		bytes_u32(b, touch[i] & TOUCH_WRITE);
	}
}

/* The nodes of one list, with all below each. */
static void save_tree(const struct wake_node *w, const struct touches *t, struct bytes *b)
{
	u32 n = 0;

	for (const struct wake_node *i = w; i; i = i->next)
		n++;
	bytes_u32(b, n);
	for (; w; w = w->next) {
		bytes_u32(b, w->cpu);
		bytes_u32(b, w->unsure);
		save_touch(w->touch, w->n_touch, t, b);
		save_tree(w->child, t, b);
	}
}

void dfs_save(const struct dfs *d, const struct touches *t, struct bytes *b)
{
	bytes_u32(b, d->begun);
	bytes_u32(b, d->n_places);
	for (u32 i = 0; i < d->n_places; i++) {
		const struct place *p = &d->place[i];

		bytes_u32(b, p->cpu);
		bytes_u32(b, p->sleep.n);
		for (u32 k = 0; k < p->sleep.n; k++) {
			bytes_u32(b, p->sleep.v[k].cpu);
			save_touch(p->sleep.v[k].touch, p->sleep.v[k].n_touch, t, b);
		}
		save_tree(p->tree, t, b);
	}
}

/* What is read is added to @touch, n 0. */
struct touch_vec {
	touch_t *v;
	u32 n, cap;
};

static void load_touch(struct touches *t, struct bytes_in *in, struct touch_vec *touch)
{
	u32 n = bytes_get_count(in, sizeof(u64) + sizeof(u32));

	touch->n = 0;
	for (u32 i = 0; i < n; i++) {
		u64 key = bytes_get_u64(in);
		u32 write = bytes_get_u32(in) & TOUCH_WRITE;

		vec_push(touch, touches_number(t, key) << 1 | write);
	}
}

/* Trees are as deep as executions have steps; what is deeper than the file has bytes is none. */
static bool load_tree(struct wake_node **at, struct touches *t, u32 cpus, struct bytes_in *in,
                      struct touch_vec *touch)
{
	u32 n = bytes_get_count(in, 4 * sizeof(u32));

	for (u32 i = 0; i < n; i++) {
		struct wake_step s = { .cpu = bytes_get_u32(in) };

		s.unsure = bytes_get_u32(in) != 0;
		load_touch(t, in, touch);
		if (in->short_ || s.cpu >= cpus)
			return false;
		s.touch = touch->v;
		s.n_touch = touch->n;
		*at = wake_node_new(&s);
		if (!load_tree(&(*at)->child, t, cpus, in, touch))
			return false;
		at = &(*at)->next;
	}
	return !in->short_;
}

static bool load_place(struct place *p, struct touches *t, u32 cpus, struct bytes_in *in,
                       struct touch_vec *touch)
{
	u32 n;

	p->cpu = bytes_get_u32(in);
	n = bytes_get_count(in, 2 * sizeof(u32));
	for (u32 i = 0; i < n; i++) {
		u32 cpu = bytes_get_u32(in);

		load_touch(t, in, touch);
		if (in->short_ || cpu >= cpus)
			return false;
		sleep_add(p, cpu, touch->v, touch->n);
	}
	return p->cpu < cpus && load_tree(&p->tree, t, cpus, in, touch);
}

bool dfs_load(struct dfs *d, struct touches *t, u32 cpus, struct bytes_in *in)
{
	struct touch_vec touch = { .n = 0 };
	bool good = true;
	u32 n;

	d->begun = bytes_get_u32(in) != 0;
	n = bytes_get_count(in, 3 * sizeof(u32));
	for (u32 i = 0; i < n && good; i++)
		good = load_place(new_place(d), t, cpus, in, &touch);
	vec_free(&touch);
	return good && !in->short_;
}

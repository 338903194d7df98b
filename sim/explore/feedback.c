// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/feedback.h"

#include "sim/base/vec.h"
#include "sim/explore/alike.h"
#include "sim/explore/classes.h"
#include "sim/explore/draw.h"
#include "sim/explore/plan.h"
#include "sim/explore/pos.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRESH = 1000,    /* energy of all that is kept with which every second execution is fresh */
	MAX_KEPT = 512,  /* executions that are kept */
	MAX_CHANGES = 4, /* of an execution at a time */
	PAIR_BYTES = 32 << 20, /* of memory for pairs */
	NO_STEP = 0xffffffff,
};

/**
 * struct kept - an execution that has brought something new
 * @gain:    pairs that it was the first to have
 * @changed: how often it was changed
 */
struct kept {
	struct plan plan;
	u64 gain, changed;
};

/**
 * struct feedback
 * @same_as: [cpu] the first CPU that has the same program
 * @pairs:   that there were
 * @objects: what steps were about (step_about())
 * @plan:    the execution that is to be, if @planned
 * @last:    [resource] the last step that changed it; NO_STEP: none
 */
struct feedback {
	struct rng rng;
	struct strategy fresh;
	u8 same_as[EXPLORE_CPUS];
	struct classes *pairs;
	struct keys objects;
	VEC(struct kept) kept;
	struct plan plan;
	bool planned;
	VEC(u32) last;
};

static u64 energy(const struct kept *k)
{
	return 1000 * k->gain / (1 + k->changed);
}

/* NULL: a fresh execution. */
static struct kept *draw_kept(struct feedback *f)
{
	u64 all = 0, at;

	for (u32 i = 0; i < f->kept.n; i++)
		all += energy(&f->kept.v[i]);
	at = rng_below(&f->rng, all + FRESH);
	if (at >= all)
		return NULL;
	for (u32 i = 0;; i++) {
		if (at < energy(&f->kept.v[i]))
			return &f->kept.v[i];
		at -= energy(&f->kept.v[i]);
	}
}

static bool begin(void *arg)
{
	struct feedback *f = arg;
	struct kept *k = draw_kept(f);

	f->planned = k != NULL;
	if (!k)
		return f->fresh.begin(f->fresh.arg);
	k->changed++;
	plan_copy(&f->plan, &k->plan);
	for (u32 i = 0; i < MAX_CHANGES; i++) {
		plan_change(&f->plan, f->same_as, &f->rng);
		if (rng_below(&f->rng, 2))
			break;
	}
	return true;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct feedback *f = arg;
	u32 cpu;

	if (!f->planned)
		return f->fresh.choose(f->fresh.arg, x);
	cpu = plan_next(&f->plan, x);
	return cpu != NOBODY ? cpu : draw_cpu(&f->rng, x, NULL);
}

static u64 step_name(const struct feedback *f, const struct execution *x, u32 k)
{
	const struct step *s;

	if (k == NO_STEP)
		return NO_STEP;
	s = &x->step[k].step;
	return (u64)f->same_as[s->cpu] << 16 | s->nth;
}

/* How many pairs the execution is the first to have. */
static u64 count_new(struct feedback *f, const struct execution *x)
{
	u64 n = 0;

	f->last.n = 0;
	for (u32 k = 0; k < x->n; k++) {
		const struct taken *s = &x->step[k];

		for (u32 i = 0; i < s->n_touch; i++) {
			touch_t touch = x->touch[s->touch0 + i];
			u32 resource = touch / 2;

			while (f->last.n <= resource)
				vec_push(&f->last, NO_STEP);
			n += classes_add(f->pairs,
			                 mix_key(resource, 0, step_name(f, x, f->last.v[resource]),
			                         step_name(f, x, k)));
			if (touch & TOUCH_WRITE)
				f->last.v[resource] = k;
		}
	}
	return n;
}

/* A new place; when there are too many, that of the one with the least energy. */
static struct kept *place(struct feedback *f)
{
	u32 least = 0;

	if (f->kept.n < MAX_KEPT) {
		vec_push(&f->kept, ((struct kept){ .gain = 0 }));
		return &f->kept.v[f->kept.n - 1];
	}
	for (u32 i = 1; i < f->kept.n; i++)
		if (energy(&f->kept.v[i]) < energy(&f->kept.v[least]))
			least = i;
	return &f->kept.v[least];
}

static void ended(void *arg, const struct execution *x)
{
	struct feedback *f = arg;
	u64 gain = count_new(f, x);
	struct kept *k;

	if (gain == 0 || classes_full(f->pairs))
		return;
	k = place(f);
	k->gain = gain;
	k->changed = 0;
	plan_of(&k->plan, x, &f->objects);
}

struct strategy feedback_new(const struct sampler_opts *o)
{
	struct feedback *f = xcalloc(1, sizeof(*f));

	f->rng = draw_rng(o);
	f->fresh = pos_new(o);
	f->pairs = classes_new(PAIR_BYTES);
	for (u32 i = 0; i < EXPLORE_CPUS; i++)
		f->same_as[i] = (u8)i;
	if (o->scope)
		alike_cpus(o->scope, f->same_as);
	return (struct strategy){ begin, choose, ended, draw_same, f, true };
}

void feedback_free(void *arg)
{
	struct feedback *f = arg;

	for (u32 i = 0; i < f->kept.n; i++)
		plan_free(&f->kept.v[i].plan);
	vec_free(&f->kept);
	plan_free(&f->plan);
	keys_free(&f->objects);
	vec_free(&f->last);
	classes_free(f->pairs);
	pos_free(f->fresh.arg);
	free(f);
}

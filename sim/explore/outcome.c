// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/outcome.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

struct endings {
	const struct scope *scope;
	u32 max, n_calls;
	u64 left;
	VEC(struct ending) v;
};

struct endings *outcomes_new(const struct scope *scope, u32 max)
{
	struct endings *o = xcalloc(1, sizeof(*o));

	o->scope = scope;
	o->max = max;
	for (u32 i = 0; i < scope->cpus; i++)
		o->n_calls += scope->program[i].n;
	return o;
}

void outcomes_clear(struct endings *o)
{
	for (u32 i = 0; i < o->v.n; i++) {
		free(o->v.v[i].called);
		free(o->v.v[i].step);
	}
	o->v.n = 0;
	o->left = 0;
}

void outcomes_free(struct endings *o)
{
	if (!o)
		return;
	outcomes_clear(o);
	vec_free(&o->v);
	free(o);
}

static u64 hash_called(u64 h, const struct called *c)
{
	h = mix64(h + (c->made ? 1 + (u64)c->did.outcome : 0));
	h = mix64(h + c->did.value);
	h = mix64(h + c->did.rule);
	h = mix64(h + c->did.panic.reason);
	for (u32 i = 0; i < c->did.panic.n; i++)
		h = mix64(h + c->did.panic.values[i]);
	return h;
}

static u64 hash_contents(const struct machine *m)
{
	u64 h = 0;

	for (lk_t id = 0; id < ID_END; id++)
		h = mix64(h + m->shared.obj[id].digest);
	return h;
}

static void keep_schedule(struct ending *out, const struct execution *x)
{
	if (out->step && out->n_steps <= x->n)
		return;
	free(out->step);
	out->step = xcalloc(x->n + 1, 1);
	out->n_steps = x->n;
	for (u32 i = 0; i < x->n; i++)
		out->step[i] = x->step[i].step.cpu;
}

static void keep_called(const struct endings *o, struct ending *out, const struct engine_result *r)
{
	u32 n = 0;

	out->called = xcalloc(o->n_calls + 1, sizeof(*out->called));
	for (u32 i = 0; i < o->scope->cpus; i++) {
		u32 calls = o->scope->program[i].n;

		if (calls)
			memcpy(out->called + n, r->called[i], calls * sizeof(*out->called));
		n += calls;
	}
}

void outcomes_add(struct endings *o, const struct engine *e, const struct machine *m)
{
	const struct engine_result *r = engine_result(e);
	const struct execution *x = engine_execution(e);
	u64 contents = hash_contents(m), name = mix64(contents + r->end);
	struct ending *out;
	u32 i = 0;

	for (u32 c = 0; c < o->scope->cpus; c++)
		for (u32 k = 0; k < o->scope->program[c].n; k++)
			name = hash_called(name, &r->called[c][k]);
	while (i < o->v.n && o->v.v[i].name != name)
		i++;
	if (i == o->v.n) {
		if (i == o->max) {
			o->left++;
			return;
		}
		vec_push(&o->v,
		         ((struct ending){ .name = name, .contents = contents, .end = r->end }));
		keep_called(o, &o->v.v[i], r);
	}
	out = &o->v.v[i];
	out->count++;
	out->violations += r->violations != 0 || r->unexpected.expect;
	keep_schedule(out, x);
}

u32 outcomes_count(const struct endings *o)
{
	return o->v.n;
}

const struct ending *outcomes_get(const struct endings *o, u32 i)
{
	return &o->v.v[i];
}

u64 outcomes_left(const struct endings *o)
{
	return o->left;
}

static int by_count(const void *a, const void *b)
{
	const struct ending *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
	                            : (x->name > y->name) - (x->name < y->name);
}

void outcomes_sort(struct endings *o)
{
	if (o->v.n)
		qsort(o->v.v, o->v.n, sizeof(*o->v.v), by_count);
}

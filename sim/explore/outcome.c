// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/outcome.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/explore/schedule_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct endings {
	const struct scope *scope;
	u32 max, n_calls;
	u64 left;
	VEC(struct ending) v;
	VEC(u8) schedule;
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
		free(o->v.v[i].says);
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
	vec_free(&o->schedule);
	free(o);
}

u64 called_hash(u64 h, const struct called *c)
{
	h = mix64(h + (c->made ? 1 + (u64)c->did.outcome : 0));
	h = mix64(h + c->did.value);
	h = mix64(h + c->regs);
	h = mix64(h + c->did.rule);
	h = mix64(h + c->did.panic.reason);
	for (u32 i = 0; i < c->did.panic.n; i++)
		h = mix64(h + c->did.panic.values[i]);
	return h;
}

u64 outcome_contents(const struct machine *m)
{
	u64 h = 0;

	for (lk_t id = 0; id < ID_END; id++)
		h = mix64(h + m->shared.obj[id].digest);
	return h;
}

u64 outcome_name(const struct engine *e, const struct machine *m)
{
	const struct scope *scope = engine_scope(e);
	const struct engine_result *r = engine_result(e);
	u64 name = mix64(outcome_contents(m) + r->end);

	name = mix64(name + engine_contexts(e));
	for (u32 c = 0; c < scope->cpus; c++)
		for (u32 k = 0; k < scope->program[c].n; k++)
			name = called_hash(name, &r->called[c][k]);
	return name;
}

static void copy_schedule(struct ending *out, const u8 *step, u32 n)
{
	free(out->step);
	out->step = xcalloc(n + 1, 1);
	out->n_steps = n;
	if (n)
		memcpy(out->step, step, n);
}

/* Is @step shorter, or as long and before the one that is kept? */
static bool is_better(const struct ending *out, const u8 *step, u32 n)
{
	return !out->step || n < out->n_steps ||
	       (n == out->n_steps && memcmp(step, out->step, n) < 0);
}

static void keep_schedule(struct endings *o, struct ending *out, const struct execution *x)
{
	if (out->step && out->n_steps < x->n)
		return;
	o->schedule.n = 0;
	for (u32 i = 0; i < x->n; i++)
		vec_push(&o->schedule, x->step[i].step.cpu);
	if (is_better(out, o->schedule.v, x->n))
		copy_schedule(out, o->schedule.v, x->n);
}

/* The steps that come again and again, at most so many of them; or those that came last. */
static void say_steps(char *buf, size_t size, const struct execution *x)
{
	u32 period = schedule_repeats(x), n = period ? period : 1;
	size_t at = (size_t)snprintf(
		buf, size, period ? "%u step%s repeat%s: " : "no steps repeat; the last: ", period,
		period == 1 ? "" : "s", period == 1 ? "s" : "");
	char step[96];

	for (u32 i = x->n - n; i < x->n && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i > x->n - n ? "; " : "",
		                       step_print(&x->step[i].step, step, sizeof(step)));
}

/* Why it came to no end. */
static void keep_says(struct ending *out, const struct engine_result *r, const struct execution *x)
{
	char text[600], who[480];

	if (r->end == EXECUTION_LIMIT && x->n > 0)
		say_steps(text, sizeof(text), x);
	else if (r->end == EXECUTION_DEADLOCK && r->cycle.n)
		snprintf(text, sizeof(text), "since step %u %s", r->cycle_at,
		         wait_cycle_print(&r->cycle, who, sizeof(who)));
	else
		return;
	out->says = strdup(text);
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

/* The one of that name; if there is none, a new one that nobody came to; NULL: there is no room. */
static struct ending *of_name(struct endings *o, const struct ending *like)
{
	u32 i = 0;

	while (i < o->v.n && o->v.v[i].name != like->name)
		i++;
	if (i == o->v.n && i == o->max)
		return NULL;
	if (i == o->v.n)
		vec_push(&o->v, ((struct ending){ .name = like->name,
		                                  .contents = like->contents,
		                                  .end = like->end }));
	return &o->v.v[i];
}

void outcomes_add(struct endings *o, const struct engine *e, const struct machine *m)
{
	const struct engine_result *r = engine_result(e);
	const struct execution *x = engine_execution(e);
	struct ending *out = of_name(o, &(struct ending){ .name = outcome_name(e, m),
	                                                  .contents = outcome_contents(m),
	                                                  .end = r->end });

	if (!out) {
		o->left++;
		return;
	}
	if (out->count == 0) {
		keep_called(o, out, r);
		keep_says(out, r, x);
	}
	out->count++;
	out->violations += r->violations != 0 || r->unexpected.expect;
	keep_schedule(o, out, x);
}

/* Do the same calls halt the machine, for the same reason? */
static bool halts_alike(const struct endings *o, const struct ending *x, const struct ending *y)
{
	if (x->end != EXECUTION_HALTED || y->end != EXECUTION_HALTED)
		return false;
	for (u32 i = 0; i < o->n_calls; i++) {
		const struct called *a = &x->called[i], *b = &y->called[i];
		bool a_halts = a->made && a->did.outcome == OUT_PANIC && !called_left(a);
		bool b_halts = b->made && b->did.outcome == OUT_PANIC && !called_left(b);

		if (a_halts != b_halts || (a_halts && a->did.panic.reason != b->did.panic.reason))
			return false;
	}
	return true;
}

static bool is_serial(const struct ending *x, const struct endings *serial)
{
	for (u32 i = 0; i < serial->v.n; i++)
		if (serial->v.v[i].name == x->name || halts_alike(serial, &serial->v.v[i], x))
			return true;
	return false;
}

void outcomes_compare(struct endings *o, const struct endings *serial)
{
	for (u32 i = 0; i < o->v.n; i++) {
		struct ending *x = &o->v.v[i];

		x->serial = is_serial(x, serial) ? OUTCOME_SERIAL : OUTCOME_NON_SERIAL;
	}
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

/* @from stays its owner's. */
static void merge_one(struct endings *o, const struct ending *from)
{
	struct ending *out = of_name(o, from);

	if (!out) {
		o->left += from->count;
		return;
	}
	if (!out->called) {
		out->called = xcalloc(o->n_calls + 1, sizeof(*out->called));
		memcpy(out->called, from->called, o->n_calls * sizeof(*out->called));
		out->says = from->says ? strdup(from->says) : NULL;
	}
	out->count += from->count;
	out->violations += from->violations;
	if (is_better(out, from->step, from->n_steps))
		copy_schedule(out, from->step, from->n_steps);
}

void outcomes_merge(struct endings *o, const struct endings *from)
{
	o->left += from->left;
	for (u32 i = 0; i < from->v.n; i++)
		merge_one(o, &from->v.v[i]);
}

void outcomes_save(const struct endings *o, struct bytes *b)
{
	bytes_u64(b, o->left);
	bytes_u32(b, o->v.n);
	for (u32 i = 0; i < o->v.n; i++) {
		const struct ending *e = &o->v.v[i];

		bytes_u64(b, e->name);
		bytes_u64(b, e->contents);
		bytes_u64(b, e->count);
		bytes_u64(b, e->violations);
		bytes_u32(b, e->end);
		bytes_put(b, e->called, o->n_calls * sizeof(*e->called));
		bytes_u32(b, e->n_steps);
		bytes_put(b, e->step, e->n_steps);
		bytes_u32(b, e->says ? (u32)strlen(e->says) + 1 : 0);
		if (e->says)
			bytes_put(b, e->says, strlen(e->says) + 1);
	}
}

static bool load_one(struct endings *o, struct bytes_in *in)
{
	struct ending e = { .name = bytes_get_u64(in) };
	const void *called, *step;
	const char *says;
	u32 n_says;
	bool good;

	e.contents = bytes_get_u64(in);
	e.count = bytes_get_u64(in);
	e.violations = bytes_get_u64(in);
	e.end = bytes_get_u32(in);
	called = bytes_get(in, o->n_calls * sizeof(*e.called));
	e.n_steps = bytes_get_count(in, 1);
	step = bytes_get(in, e.n_steps);
	n_says = bytes_get_count(in, 1);
	says = bytes_get(in, n_says);
	good = !in->short_ && (n_says == 0 || says[n_says - 1] == '\0') &&
	       e.end < EXECUTION_BLOCKED && e.count > 0;
	if (!good)
		return false;
	e.called = xcalloc(o->n_calls + 1, sizeof(*e.called));
	memcpy(e.called, called, o->n_calls * sizeof(*e.called));
	copy_schedule(&e, step, e.n_steps);
	e.says = n_says ? strdup(says) : NULL;
	merge_one(o, &e);
	free(e.says);
	free(e.called);
	free(e.step);
	return true;
}

bool outcomes_load(struct endings *o, struct bytes_in *in)
{
	u32 n;

	o->left += bytes_get_u64(in);
	n = bytes_get_u32(in);
	for (u32 i = 0; i < n; i++)
		if (!load_one(o, in))
			return false;
	return !in->short_;
}

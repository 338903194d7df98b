// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_shapes.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/base/rng.h"
#include "sim/exec/scope_named.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VM_A = 1, VM_OWN = 3, OLD = 0, NEW = 1 };

static u32 look(struct cpu *c, u32 vm)
{
	u32 v;

	acquire_lock_vm(c, vm);
	v = get_vm_state(c, vm);
	release_lock_vm(c, vm);
	return v;
}

static void put(struct cpu *c, u32 vm, u32 v)
{
	acquire_lock_vm(c, vm);
	set_vm_state(c, vm, v);
	release_lock_vm(c, vm);
}

static u64 do_section(struct cpu *c, const u64 *a)
{
	acquire_lock_vm(c, (u32)a[0]);
	release_lock_vm(c, (u32)a[0]);
	return 0;
}

static u64 do_enter(struct cpu *c, const u64 *a)
{
	acquire_lock_vm(c, (u32)a[0]);
	return 0;
}

static u64 do_leave(struct cpu *c, const u64 *a)
{
	release_lock_vm(c, (u32)a[0]);
	return 0;
}

static u64 do_put(struct cpu *c, const u64 *a)
{
	put(c, VM_A, (u32)a[0]);
	return 0;
}

static u64 do_is(struct cpu *c, const u64 *a)
{
	return look(c, VM_A) == a[0];
}

static u64 do_is_then(struct cpu *c, const u64 *a)
{
	u32 first = look(c, VM_A), second = look(c, VM_A);

	return first == a[0] && second == a[1];
}

static u64 do_climbs(struct cpu *c, const u64 *a)
{
	u64 i = 1;

	while (i <= a[0] && look(c, VM_A) == i)
		i++;
	return i > a[0];
}

#define PRIM(f, n, gives)                                                                       \
	{                                                                                       \
		.name = #f, .function = #f, .source = "", .family = PRIM_HYP, .returns = gives, \
		.n_args = n, .arg = { PRIM_ARG_u64, PRIM_ARG_u64 }, .call = do_##f              \
	}

static const struct prim section = PRIM(section, 1, false);
static const struct prim enter = PRIM(enter, 1, false);
static const struct prim leave = PRIM(leave, 1, false);
static const struct prim put_a = PRIM(put, 1, false);
static const struct prim is = PRIM(is, 1, true);
static const struct prim is_then = PRIM(is_then, 2, true);
static const struct prim climbs = PRIM(climbs, 1, true);

void shape_begin(struct shape *b, u32 cpus)
{
	memset(b, 0, sizeof(*b));
	b->s.name = strdup("shape");
	b->s.cpus = cpus;
	b->s.seed = 1;
	errata_defaults(&b->s.errata);
}

void shape_free(struct shape *b)
{
	free(b->s.name);
	for (u32 i = 0; i < MAX_CPU; i++) {
		for (u32 k = 0; k < b->s.program[i].n; k++)
			free(b->s.program[i].v[k].expect);
		vec_free(&b->s.program[i]);
	}
}

static void call(struct shape *b, u32 cpu, const struct prim *p, u64 x, u64 y)
{
	struct scope_call c = { .cpu = cpu, .prim = p, .args = { x, y } };

	snprintf(c.text, sizeof(c.text), "%s %llu %llu", p->name, (unsigned long long)x,
	         (unsigned long long)y);
	if (p->returns) {
		c.n_expects = 1;
		c.expect = xcalloc(1, sizeof(*c.expect));
		*c.expect = (struct scope_expect){ .kind = EXPECT_VALUE, .value = 0, .text = "0" };
	}
	vec_push(&b->s.program[cpu], c);
}

void shape_sections(struct shape *b, u32 cpu, u32 vm, u32 n)
{
	for (u32 i = 0; i < n; i++)
		call(b, cpu, &section, vm, 0);
}

void shape_own_sections(struct shape *b, u32 cpu, u32 n)
{
	shape_sections(b, cpu, VM_OWN + cpu, n);
}

void shape_last(struct shape *b, u32 cpus, u32 steps)
{
	shape_begin(b, cpus);
	for (u32 i = 1; i <= steps; i++)
		call(b, 0, &put_a, i, 0);
	call(b, 1, &is, steps, 0);
	for (u32 i = 2; i < cpus; i++)
		shape_own_sections(b, i, steps / 4);
}

void shape_first(struct shape *b, u32 cpus, u32 steps)
{
	shape_begin(b, cpus);
	shape_own_sections(b, 0, steps);
	call(b, 0, &is, OLD, 0);
	for (u32 i = 1; i < cpus; i++)
		call(b, i, &put_a, NEW, 0);
}

/* CPU 1 has a long way to go, and CPU 0 none. */
static void shape_fill(struct shape *b, u32 steps)
{
	shape_own_sections(b, 1, steps);
	for (u32 i = 2; i < b->s.cpus; i++)
		shape_own_sections(b, i, 2);
}

void shape_between(struct shape *b, u32 cpus, u32 steps)
{
	shape_begin(b, cpus);
	shape_fill(b, steps);
	call(b, 0, &is_then, OLD, 1);
	call(b, 1, &put_a, 1, 0);
}

void shape_follow(struct shape *b, u32 cpus, u32 steps)
{
	shape_begin(b, cpus);
	shape_fill(b, steps);
	call(b, 0, &put_a, 1, 0);
	call(b, 0, &put_a, 2, 0);
	call(b, 1, &is_then, 1, 2);
}

void shape_ladder(struct shape *b, u32 steps)
{
	shape_begin(b, 2);
	for (u32 i = 1; i <= steps; i++)
		call(b, 0, &put_a, i, 0);
	call(b, 1, &climbs, steps, 0);
}

void shape_random(struct shape *b, struct rng *r)
{
	u32 cpus = 2 + (u32)rng_below(r, 3), budget = cpus == 2 ? 4 : cpus == 3 ? 3 : 2;

	shape_begin(b, cpus);
	for (u32 c = 0; c < cpus; c++) {
		u32 left = 1 + (u32)rng_below(r, budget);

		while (left > 0) {
			u32 a = 1 + (u32)rng_below(r, 3), inner = 1 + (u32)rng_below(r, 3);

			if (rng_below(r, 10) == 0) {
				call(b, c, prim_by_name("panic"), 0, 0);
				left--;
			} else if (left > 1 && inner != a && rng_below(r, 2)) {
				call(b, c, &enter, a, 0);
				shape_sections(b, c, inner, 1);
				call(b, c, &leave, a, 0);
				left -= 2;
			} else {
				shape_sections(b, c, a, 1);
				left--;
			}
		}
	}
}

struct scope *shape_named(const char *name, u32 cpus, bool mended)
{
	const struct scope_row *row = scope_row_by_name(name);
	struct scope *s;
	struct err err;

	if (!row)
		fail_msg("%s", name);
	if (scope_make(row, &(struct scope_size){ .cpus = cpus, .mended = mended }, &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

struct search_result shape_search(const struct scope *s, const struct engine_opts *o,
                                  const struct search_opts *so, struct endings *endings)
{
	struct search_result r;
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, o->judged, &err) < 0 || engine_new(&e, setup, o, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, so, endings, NULL, NULL, &r);
	engine_free(e);
	setup_free(setup);
	return r;
}

void shape_open(struct shape_run *r, const struct scope *s)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 10000 };
	struct err err;

	if (setup_new(&r->setup, s, false, &err) < 0 || engine_new(&r->e, r->setup, &o, &err) < 0)
		fail_msg("%s", err.msg);
}

void shape_close(struct shape_run *r)
{
	engine_free(r->e);
	setup_free(r->setup);
}

bool shape_next(struct shape_run *r, const struct strategy *s, bool *bug, u64 *steps)
{
	const struct execution *x = engine_execution(r->e);

	*bug = false;
	if (!engine_run(r->e, s))
		return false;
	*bug = search_found(engine_result(r->e));
	for (u32 i = 0; steps && i < x->n; i++)
		*steps = mix_key(*steps, x->step[i].step.cpu, x->step[i].step.kind,
		                 x->step[i].step.object);
	engine_undo(r->e);
	return true;
}

static struct sampler *sampler(const struct shape_run *r, enum sampler_kind kind, u32 depth,
                               u64 seed)
{
	return sampler_new(&(struct sampler_opts){
		.kind = kind, .seed = seed, .depth = depth, .scope = r->setup->scope });
}

static u64 hits(struct shape_run *r, struct sampler *p, u64 executions)
{
	struct strategy s = sampler_strategy(p);
	u64 n = 0;
	bool bug = false;

	for (u64 i = 0; i < executions; i++) {
		assert_true(shape_next(r, &s, &bug, NULL));
		n += bug;
	}
	return n;
}

u64 shape_hits(struct shape_run *r, enum sampler_kind kind, u32 depth, u64 seed, u64 executions)
{
	struct sampler *p = sampler(r, kind, depth, seed);
	u64 n = hits(r, p, executions);

	sampler_free(p);
	return n;
}

u64 shape_bound(struct shape_run *r, u32 depth, u64 seed, u64 executions, double *bound)
{
	struct sampler *p = sampler(r, SAMPLER_PCT, depth, seed);
	u64 n = hits(r, p, executions);

	*bound = sampler_bound(p);
	sampler_free(p);
	return n;
}

u64 shape_first_hit(struct shape_run *r, enum sampler_kind kind, u32 depth, u64 seed, u64 most)
{
	struct sampler *p = sampler(r, kind, depth, seed);
	struct strategy s = sampler_strategy(p);
	bool bug = false;
	u64 n = 0;

	while (n < most && !bug) {
		assert_true(shape_next(r, &s, &bug, NULL));
		n++;
	}
	sampler_free(p);
	return bug ? n : 0;
}

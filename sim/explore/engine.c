// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/engine.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/engine_types.h"

#include <stdlib.h>
#include <string.h>

/* One execution of so many is judged whole: all invariants at its end, and memory itself against the log. */
enum { WHOLE_EVERY = 1000 };

static void judge_expects(struct engine *e, const struct scope_call *call, const struct called *c)
{
	for (u32 i = 0; i < call->n_expects && !called_left(c); i++)
		if (!e->result.unexpected.expect && !scope_expect_holds(&call->expect[i], &c->did))
			e->result.unexpected =
				(struct unexpected){ &call->expect[i], call->text, c->did };
}

/* The CPU's program has ended, or was left: whom to go on with. */
static u32 ended(struct engine *e, u32 cpu)
{
	execution_state(&e->x, cpu, CPU_ENDED);
	if (e->cutting)
		return e->x.cpus;
	grain_keeps(&e->grain, cpu_held(&e->m->cpu[cpu]));
	return engine_leave(e, cpu);
}

static u32 body(void *arg, u32 cpu)
{
	struct engine *e = arg;
	const struct scope_calls *program = &e->setup->scope->program[cpu];
	u32 to;

	for (u32 i = 0; i < program->n; i++) {
		struct called *did = &e->result.called[cpu][i];

		vehicle_unseen_begin();
		setup_call(e->setup, &program->v[i], SCOPE_CONCURRENT, i);
		if (unlikely(e->grain.accesses))
			grain_call(&e->grain, cpu, program->v[i].prim);
		e->x.op[cpu] += !e->open[cpu];
		vehicle_unseen_end();
		calls_make(&e->m->cpu[cpu], &program->v[i], &e->open[cpu], &e->last[cpu][i], did);
		judge_expects(e, &program->v[i], did);
		if (did->did.outcome != OUT_OK)
			break;
	}
	vehicle_unseen_begin();
	to = ended(e, cpu);
	vehicle_unseen_end();
	return to;
}

/* What is asked at each point, and changes with what is learned only. */
static void look_at_points(struct engine *e)
{
	e->points = grain_points(&e->grain);
	e->words = grain_words(&e->grain);
}

/* CPUs (bits) that the scope's programs, or what stands behind them, may bring to change registers. */
static u64 moving_cpus(const struct scope *s)
{
	u64 cpus = calls_keep_regs(&s->after) ? 0 : ~0ull;

	for (u32 i = 0; i < s->cpus; i++)
		if (!calls_keep_regs(&s->program[i]))
			cpus |= 1ull << i;
	return cpus;
}

/* Room for what the programs' calls come to. */
static void new_called(struct engine *e)
{
	for (u32 i = 0; i < e->x.cpus; i++) {
		u32 n = e->setup->scope->program[i].n + 1;

		e->result.called[i] = xcalloc(n, sizeof(struct called));
		e->last[i] = xcalloc(n, sizeof(struct regs_hash));
	}
}

static void free_called(struct engine *e)
{
	for (u32 i = 0; i < e->x.cpus; i++) {
		free(e->result.called[i]);
		free(e->last[i]);
	}
}

static void control_cpus(struct engine *e, bool on)
{
	for (u32 i = 0; i < e->x.cpus; i++) {
		struct cpu *c = &e->m->cpu[i];

		c->control = &engine_control;
		c->control_arg = e;
		c->points = on ? POINTS_CONTROLLED : 0;
		c->longer = on;
	}
}

int engine_new(struct engine **out, struct setup *setup, const struct engine_opts *o,
               struct err *err)
{
	struct engine *e;
	int rc;

	if (o->depend == DEPEND_CELLS && o->grain > GRAIN_LOCK)
		return err_set(err, ERR_USAGE,
		               "%s: grain %s divides sections, and dependence \"cells\" takes "
		               "them as a whole: it needs dependence \"tickets\"",
		               setup->scope->name, scope_grain_name(o->grain));
	e = xcalloc(1, sizeof(*e));
	e->setup = setup;
	e->m = setup->m;
	e->o = *o;
	e->x.cpus = setup->scope->cpus;
	e->grain.known.depend = o->depend;
	e->grain.known.grain = grain_settled(o->grain);
	e->grain.accesses = grain_accesses(setup->scope);
	e->grain.slots = setup->m->tlbs != NULL;
	e->moving = moving_cpus(setup->scope);
	look_at_points(e);
	e->touches = touches_new();
	new_called(e);
	e->contexts = contexts_new(N_VMID * setup->m->model.vcpu_per_vm);
	rc = vehicle_new(&e->vehicle, o->vehicle, e->x.cpus, body, e, err);
	if (rc == 0 && !o->once)
		rc = machine_undo_new(&e->undo, e->m, err);
	if (rc == 0 && o->judged)
		rc = explore_judge_new(&e->judge, setup->log, o->checks, o->how, err);
	for (u32 i = 0; rc == 0 && o->judged && i < setup->scope->before.n; i++)
		explore_judge_segment_to(e->judge, setup->scope->before.v[i].cpu, setup->left[i]);
	if (rc == 0 && o->judged)
		rc = explore_judge_base(e->judge, err);
	if (rc < 0) {
		engine_free(e);
		return rc;
	}
	if (e->judge)
		explore_judge_memory(e->judge, e->m->shared.obj);
	e->afresh = true;
	control_cpus(e, true);
	*out = e;
	return 0;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	free_called(e);
	explore_judge_free(e->judge);
	machine_undo_free(e->undo);
	vehicle_free(e->vehicle);
	touches_free(e->touches);
	contexts_free(e->contexts);
	free(e->x.step);
	free(e->x.touch);
	free(e->x.near);
	free(e);
}

/* How many segments of the last execution that was judged the one that begins will have again. */
static u32 segments_same(struct engine *e, u32 steps)
{
	if (e->dropped)
		steps = (u32)min_u64(steps, e->common);
	e->common = steps;
	return e->judge && !e->afresh && steps < e->x.n ? e->x.step[steps].segment : 0;
}

static void begin(struct engine *e)
{
	struct execution *x = &e->x;

	x->n = x->n_touch = x->n_near = 0;
	x->end = EXECUTION_DONE;
	memset(e->open, 0, sizeof(e->open));
	memset(x->in, 0, sizeof(x->in));
	touches_begin(e->touches);
	contexts_begin(e->contexts);
	e->handed.steps = 0;
	if (unlikely(e->grain.again))
		look_at_points(e);
	grain_begin(&e->grain);
	setup_begin(e->setup);
	e->number++;
	e->full = e->cutting = false;
	e->result.unexpected.expect = NULL;
	e->result.cycle.n = 0;
	e->result.violations = 0;
	for (u32 i = 0; i < x->cpus; i++) {
		const struct scope_calls *program = &e->setup->scope->program[i];

		for (u32 k = 0; k < program->n; k++)
			e->result.called[i][k].made = false;
		clock_clear(&x->now[i], x->cpus);
		x->op[i] = 0;
		execution_state(x, i, program->n ? CPU_RUNS : CPU_ENDED);
		vehicle_begin(e->vehicle, i);
	}
}

static bool all_ended(const struct execution *x)
{
	return !(x->in[CPU_RUNS] | x->in[CPU_PENDING] | x->in[CPU_WAITS]);
}

/* What was not made came to nothing, whatever it came to in executions before. */
static bool somebody_is_stuck(struct engine *e)
{
	bool stuck = false;

	for (u32 i = 0; i < e->x.cpus; i++)
		for (u32 k = 0; k < e->setup->scope->program[i].n; k++) {
			struct called *c = &e->result.called[i][k];

			if (unlikely(!c->made))
				*c = (struct called){ .made = false };
			stuck |= c->did.outcome == OUT_STUCK;
		}
	return stuck;
}

/* Those that have not ended leave where they wait. */
static void cut(struct engine *e)
{
	struct execution *x = &e->x;
	u64 in_cycle = e->result.cycle.n ? e->result.cycle.mask : 0;

	e->cutting = true;
	flag_set(&e->m->stop);
	for (u32 i = 0; i < x->cpus; i++) {
		if (x->state[i] == CPU_ENDED)
			continue;
		e->setup->runs = i;
		vehicle_switch(e->vehicle, x->cpus, i);
		SIM_ASSERT(x->state[i] == CPU_ENDED);
		if (e->open[i])
			calls_left(&e->m->cpu[i], in_cycle >> i & 1);
		if (e->judge)
			explore_judge_segment(e->judge, i);
	}
	if (in_cycle)
		deadlock_say(e->m, &e->result.cycle);
}

static enum execution_end how_it_ended(struct engine *e)
{
	const struct execution *x = &e->x;
	bool stuck = somebody_is_stuck(e);

	if (x->end != EXECUTION_DONE)
		return x->end;
	if (stuck)
		return EXECUTION_STUCK;
	if (flag_get(&e->m->halt))
		return EXECUTION_HALTED;
	if (all_ended(x))
		return EXECUTION_DONE;
	return EXECUTION_DEADLOCK;
}

/* Cells that are looked at before call number @call of what comes behind. */
static void look(struct engine *e, u32 call)
{
	const struct scope *s = e->setup->scope;

	for (u32 i = 0; i < s->n_looks; i++) {
		const struct scope_look *l = &s->look[i];
		struct scope_outcome o = { .outcome = OUT_OK, .gives = true };

		if (l->call != call)
			continue;
		o.value = obj_get(&e->m->shared.obj[l->cell.obj], l->cell.field, l->cell.index);
		for (u32 k = 0; k < l->n_expects; k++)
			if (!e->result.unexpected.expect && !scope_expect_holds(&l->expect[k], &o))
				e->result.unexpected =
					(struct unexpected){ &l->expect[k], l->cell.text, o };
	}
}

/* A call behind the end waits for a lock that a call before it has kept: nobody makes another one that could give it up. */
static void waits_behind(struct engine *e, u32 cpu)
{
	calls_left(&e->m->cpu[cpu], true);
	e->open[cpu] = false;
	e->x.end = e->result.end = EXECUTION_DEADLOCK;
}

/* What comes behind, by the CPUs that the scope says. */
static void make_after(struct engine *e)
{
	const struct scope_calls *after = &e->setup->scope->after;

	if (after->n == 0 && e->setup->scope->n_looks == 0)
		return;
	control_cpus(e, false);
	e->behind = true;
	for (u32 i = 0; i < after->n; i++) {
		u32 cpu = after->v[i].cpu;
		struct called did;

		look(e, i);
		e->setup->runs = cpu;
		setup_call(e->setup, &after->v[i], SCOPE_BEHIND, i);
		calls_make(&e->m->cpu[cpu], &after->v[i], &e->open[cpu], NULL, &did);
		judge_expects(e, &after->v[i], &did);
		if (did.did.outcome == OUT_STOPPED)
			waits_behind(e, cpu);
		if (e->judge)
			explore_judge_segment(e->judge, cpu);
		if (did.did.outcome != OUT_OK)
			break;
	}
	look(e, after->n);
	e->behind = false;
	control_cpus(e, true);
}

/* Has a program ended with a lock?  Then nobody can say who would get it behind the end. */
static bool somebody_holds(const struct engine *e)
{
	for (u32 i = 0; i < e->x.cpus; i++)
		if (cpu_held(&e->m->cpu[i]))
			return true;
	return false;
}

static void judge(struct engine *e)
{
	enum execution_end end = e->x.end;
	bool whole = e->judged++ % WHOLE_EVERY == 0 || e->whole;
	u64 changed;

	e->whole = false;
	explore_judge_whole(e->judge, whole);
	if (whole) {
		machine_end_episode(e->m);
		for (u32 i = 0; i < e->x.cpus; i++)
			explore_judge_segment(e->judge, i);
	}
	/* Digests of all objects are looked at when memory itself is. */
	changed = whole || !e->undo ? ~0ull : machine_undo_objs_changed(e->undo);
	e->result.violations = explore_judge_end(
		e->judge, e->same, end == EXECUTION_DONE || end == EXECUTION_HALTED, changed);
}

bool engine_run(struct engine *e, const struct strategy *s)
{
	struct execution *x = &e->x;
	u32 same;

	if (!s->begin(s->arg))
		return false;
	same = s->same(s->arg);
	e->same_steps = same < x->n ? same : x->n;
	e->same = segments_same(e, same);
	e->strategy = s;
	begin(e);
	for (u32 i = 0; i < x->cpus; i++)
		if (x->state[i] == CPU_RUNS) {
			e->setup->runs = i;
			vehicle_switch(e->vehicle, x->cpus, i);
			break;
		}
	x->end = how_it_ended(e);
	e->result.end = x->end;
	if (x->end != EXECUTION_DEADLOCK)
		e->result.cycle.n = 0;
	if (!all_ended(x))
		cut(e);
	s->ended(s->arg, x);
	if (x->end == EXECUTION_DONE && !somebody_holds(e))
		make_after(e);
	if (!e->judge)
		return true;
	e->dropped = x->end == EXECUTION_BLOCKED || x->end == EXECUTION_AGAIN;
	if (x->end == EXECUTION_AGAIN)
		e->afresh = true;
	if (e->dropped) {
		explore_judge_drop(e->judge);
		return true;
	}
	e->afresh = false;
	judge(e);
	return true;
}

void engine_undo(struct engine *e)
{
	SIM_ASSERT(e->undo);
	machine_undo_run(e->undo, ~0ull >> (64 - e->x.cpus), e->moving);
}

struct grain_known engine_known(const struct engine *e)
{
	return e->grain.known;
}

void engine_know(struct engine *e, const struct grain_known *k)
{
	e->grain.known = *k;
	look_at_points(e);
}

void engine_next_whole(struct engine *e)
{
	e->whole = true;
}

bool engine_once(const struct engine *e)
{
	return e->o.once;
}

const struct scope *engine_scope(const struct engine *e)
{
	return e->setup->scope;
}

void engine_restart(struct engine *e)
{
	e->x.n = 0;
}

void engine_programs(struct engine *e)
{
	const struct scope *s = e->setup->scope;

	free_called(e);
	new_called(e);
	e->grain.accesses = grain_accesses(s);
	memset(e->grain.accessing, false, sizeof(e->grain.accessing));
	e->moving = moving_cpus(s);
	look_at_points(e);
	engine_restart(e);
}

u64 engine_contexts(const struct engine *e)
{
	return machine_undo_ctxts_changed(e->undo);
}

const struct setup *engine_setup(const struct engine *e)
{
	return e->setup;
}

const struct execution *engine_execution(const struct engine *e)
{
	return &e->x;
}

const struct engine_result *engine_result(const struct engine *e)
{
	return &e->result;
}

const struct event *engine_events(const struct engine *e, u32 k, u32 *n)
{
	const struct event *all;
	u32 first, last;

	*n = 0;
	if (!e->judge || k >= e->x.n)
		return NULL;
	all = explore_judge_events(e->judge, n);
	first = explore_judge_first(e->judge, e->x.step[k].segment);
	last = k + 1 < e->x.n ? explore_judge_first(e->judge, e->x.step[k + 1].segment) : *n;
	*n = last - first;
	return all + first;
}

struct checker *engine_checker(const struct engine *e)
{
	return e->judge ? explore_judge_checker(e->judge) : NULL;
}

struct touches *engine_touches(struct engine *e)
{
	return e->touches;
}

const struct grain *engine_grain(const struct engine *e)
{
	return &e->grain;
}

void engine_learned(struct engine *e, const struct grain *g)
{
	e->grain = *g;
	look_at_points(e);
}

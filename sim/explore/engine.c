// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/engine.h"

#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/grain.h"
#include "sim/explore/judge.h"
#include "sim/explore/touch.h"
#include "sim/log/op.h"
#include "sim/machine/undo.h"

#include <stdlib.h>
#include <string.h>

/* One execution of so many is judged whole: all invariants at its end, and memory itself against the log. */
enum { WHOLE_EVERY = 1000 };

/**
 * struct waiting - of a CPU that waits
 */
struct waiting {
	lk_t lk;
	u32 ticket;
};

/**
 * struct engine
 * @x:       the execution that runs, or ran last
 * @passed:  [lock] what happens before its last pass in the execution of number @passed_in
 * @judged:  so many executions were
 * @open:    [cpu] an operation goes on in its stream
 * @grain:   where steps begin
 * @cutting: the execution is over: CPUs that have not ended leave
 * @dropped: the last execution was not judged; @common: so many steps of it are those of the last one that was
 * @same:    segments that the execution has in common with the last one that was judged
 * @afresh:  nothing was judged that an execution could have in common
 */
struct engine {
	struct setup *setup;
	struct engine_opts o;
	struct machine *m;
	struct machine_undo *undo;
	struct explore_judge *judge;
	struct vehicle *vehicle;
	struct touches *touches;
	const struct strategy *strategy;
	struct execution x;
	struct engine_result result;
	struct waiting wait[EXPLORE_CPUS];
	struct clock passed[ID_END];
	u64 passed_in[ID_END], number, judged;
	bool open[EXPLORE_CPUS];
	bool cutting;
	struct grain grain;
	bool dropped, afresh;
	u32 common, same;
};

static struct engine *engine_of(const struct cpu *c)
{
	return c->control_arg;
}

static struct taken *append_step(struct execution *x)
{
	if (x->n == x->cap)
		x->step = vec_grow(x->step, &x->cap, sizeof(*x->step));
	return &x->step[x->n++];
}

/* What a step touches by the point that it begins at: the resource of that kind that the point is about. */
static const struct {
	bool touches;
	enum resource_kind kind;
} kinds[POINT_NR] = {
	[POINT_TICKET] = { true, RESOURCE_LOCK },
	[POINT_DATA] = { true, RESOURCE_DATA },
	[POINT_CORE] = { true, RESOURCE_CORE },
	[POINT_HALT] = { true, RESOURCE_HALT },
};

/* The CPU's last step, which is the last of all, touches a resource. */
static void touch(struct engine *e, u32 cpu, enum resource_kind kind, u64 id, bool write)
{
	struct execution *x = &e->x;

	if (e->cutting || e->grain.again || x->n == 0)
		return;
	SIM_ASSERT(x->step[x->n - 1].step.cpu == cpu);
	if (touches_add(e->touches, x, x->n - 1, kind, id, write))
		grain_shared(&e->grain, kind, id);
}

static void touch_first(struct engine *e, u32 cpu)
{
	struct execution *x = &e->x;
	const struct step *s = &x->at[cpu];
	u64 word;

	if (s->kind == POINT_TICKET && !grain_orders(&e->grain, s->object))
		return;
	if (kinds[s->kind].touches)
		touch(e, cpu, kinds[s->kind].kind, s->object, true);
	if (s->kind != POINT_TICKET)
		return;
	/* The lock is free: what was done under it happens before what the CPU does with it, though not before the ticket. */
	word = e->m->locks.lock[s->object].word;
	if (word_ticket(word) == word_now(word) && e->passed_in[s->object] == e->number)
		clock_join(&x->now[cpu], &e->passed[s->object]);
}

/* The CPU's step is taken: it goes on. */
static void take(struct engine *e, u32 cpu)
{
	struct execution *x = &e->x;
	struct taken *s = append_step(x);

	SIM_ASSERT(execution_can(x, cpu));
	*s = (struct taken){
		.before = x->now[cpu], .step = x->at[cpu], .touch0 = x->n_touch, .near0 = x->n_near
	};
	if (e->judge)
		s->segment = explore_judge_segments(e->judge);
	x->now[cpu].n[cpu]++;
	s->after = x->now[cpu];
	touch_first(e, cpu);
	x->state[cpu] = CPU_RUNS;
}

/* Who waits leaves a machine that has halted. */
static void wake_all(struct engine *e)
{
	for (u32 i = 0; i < e->x.cpus; i++)
		if (e->x.state[i] == CPU_WAITS)
			e->x.state[i] = CPU_RUNS;
}

static bool somebody_can(const struct execution *x)
{
	for (u32 i = 0; i < x->cpus; i++)
		if (x->state[i] == CPU_PENDING)
			return true;
	return false;
}

/* Whom to go on with: a CPU, or home when the execution is over or is given up. */
static u32 next_cpu(struct engine *e)
{
	struct execution *x = &e->x;
	u32 cpu;

	for (;;) {
		if (unlikely(flag_get(&e->m->halt)))
			wake_all(e);
		for (u32 i = 0; i < x->cpus; i++)
			if (x->state[i] == CPU_RUNS)
				return i;
		if (e->grain.again)
			x->end = EXECUTION_AGAIN;
		if (e->grain.again || !somebody_can(x))
			return x->cpus;
		if (x->n >= e->o.steps) {
			x->end = EXECUTION_LIMIT;
			return x->cpus;
		}
		cpu = e->strategy->choose(e->strategy->arg, x);
		if (cpu == NOBODY) {
			x->end = EXECUTION_BLOCKED;
			return x->cpus;
		}
		take(e, cpu);
	}
}

/* The CPU is left, until its step is taken or it is served: whom to go on with. */
static u32 leave(struct engine *e, u32 cpu)
{
	u32 to;

	if (e->judge)
		explore_judge_segment(e->judge, cpu);
	to = next_cpu(e);
	if (to < e->x.cpus)
		e->setup->runs = to;
	return to;
}

/* From @cpu to @to; returns when @cpu goes on.  Not between vehicle_unseen_begin() and _end(). */
static void go_on(struct engine *e, u32 cpu, u32 to)
{
	vehicle_switch(e->vehicle, cpu, to);
	e->setup->runs = cpu;
}

/* A lock was passed on: who is next goes on. */
static void passed(struct engine *e, u32 cpu, lk_t lk)
{
	struct execution *x = &e->x;
	u32 now = word_now(e->m->locks.lock[lk].word);

	grain_passed(&e->grain, cpu);
	e->passed[lk] = x->now[cpu];
	e->passed_in[lk] = e->number;
	for (u32 i = 0; i < x->cpus; i++) {
		if (x->state[i] != CPU_WAITS || e->wait[i].lk != lk || e->wait[i].ticket != now)
			continue;
		clock_join(&x->now[i], &e->passed[lk]);
		x->state[i] = CPU_RUNS;
	}
}

/* A point: returns whom to go on with, the CPU itself where no step begins. */
static u32 reach(struct engine *e, struct cpu *c, enum point_kind kind, u32 object)
{
	struct execution *x = &e->x;
	u32 cpu = c->id;

	if (kind == POINT_PASSED)
		passed(e, cpu, object);
	if (c->leave_step) {
		/* In a step at flat memory, which is not divided: an access looks at the number of a value. */
		if (kind == POINT_DATA)
			touch(e, cpu, RESOURCE_DATA, object, false);
		return cpu;
	}
	if (!grain_begins(&e->grain, cpu, cpu_held(c), kind, object)) {
		if (kind == POINT_DATA || kind == POINT_CORE)
			touch(e, cpu, kinds[kind].kind, object, true);
		return cpu;
	}
	x->state[cpu] = CPU_PENDING;
	x->at[cpu] = (struct step){
		.cpu = (u8)cpu, .kind = (u8)kind, .nth = x->now[cpu].n[cpu], .object = object
	};
	return leave(e, cpu);
}

/* The points that are looked at. */
static const u32 seen_points = 1u << POINT_TICKET | 1u << POINT_FLAT | 1u << POINT_DATA |
                               1u << POINT_CORE | 1u << POINT_HALT | 1u << POINT_HOLD |
                               1u << POINT_PASSED;

/* What the engine keeps is nobody's who runs on it: ThreadSanitizer need not see it (sim/sched/vehicle.h). */

static void control_point(struct cpu *c, enum point_kind kind, u32 object)
{
	struct engine *e = engine_of(c);
	u32 to;

	if (!(seen_points >> kind & 1) || unlikely(e->cutting))
		return;
	vehicle_unseen_begin();
	to = reach(e, c, kind, object);
	vehicle_unseen_end();
	go_on(e, c->id, to);
	if (kind == POINT_DATA && !c->leave_step)
		setup_takes_data(e->setup, c->id, object);
}

static void control_await(struct cpu *c, lk_t lk, u32 ticket)
{
	struct engine *e = engine_of(c);
	u32 to;

	if (unlikely(e->cutting))
		return;
	e->wait[c->id] = (struct waiting){ lk, ticket };
	e->x.state[c->id] = CPU_WAITS;
	vehicle_unseen_begin();
	to = leave(e, c->id);
	vehicle_unseen_end();
	go_on(e, c->id, to);
}

/* The CPU's last step comes to a cell, or a frame. */
static void comes_to(struct engine *e, u32 cpu, const struct obj *o, u64 cell, bool write)
{
	if (o->id == FLATMEM_ID)
		touch(e, cpu, RESOURCE_FRAME, cell, write);
	else if (grain_cells(&e->grain))
		touch(e, cpu, RESOURCE_CELL, (u64)o->id << 40 | cell, write);
}

static void control_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	struct engine *e = engine_of(c);

	vehicle_unseen_begin();
	machine_undo_note(e->undo, o, field, first, n);
	for (u64 i = 0; i < n && c->points == POINTS_CONTROLLED; i++)
		comes_to(e, c->id, o, obj_field(o->kind, field)->cell0 + first + i, true);
	vehicle_unseen_end();
}

static void control_look(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	vehicle_unseen_begin();
	comes_to(engine_of(c), c->id, o, (u64)(obj_cell(o, field, index) - o->cell), false);
	vehicle_unseen_end();
}

static void control_read(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	struct engine *e = engine_of(c);

	if (e->grain.depend == DEPEND_CELLS && c->points == POINTS_CONTROLLED)
		control_look(c, o, field, index);
}

static void control_note_ctxt(struct cpu *c, u32 id)
{
	vehicle_unseen_begin();
	machine_undo_ctxt(engine_of(c)->undo, id);
	vehicle_unseen_end();
}

static const struct control_ops control = { .point = control_point,
	                                    .await = control_await,
	                                    .note = control_note,
	                                    .read = control_read,
	                                    .look = control_look,
	                                    .note_ctxt = control_note_ctxt };

static void judge_expects(struct engine *e, const struct scope_call *call, const struct called *c)
{
	for (u32 i = 0; i < call->n_expects && !called_left(c); i++)
		if (!e->result.unexpected && !scope_expect_holds(&call->expect[i], &c->did))
			e->result.unexpected = call;
}

/* The CPU's program has ended, or was left: whom to go on with. */
static u32 ended(struct engine *e, u32 cpu)
{
	e->x.state[cpu] = CPU_ENDED;
	return e->cutting ? e->x.cpus : leave(e, cpu);
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
		vehicle_unseen_end();
		calls_make(&e->m->cpu[cpu], &program->v[i], &e->open[cpu], did);
		judge_expects(e, &program->v[i], did);
		if (did->did.outcome != OUT_OK)
			break;
	}
	vehicle_unseen_begin();
	to = ended(e, cpu);
	vehicle_unseen_end();
	return to;
}

static void control_cpus(struct engine *e, bool on)
{
	for (u32 i = 0; i < e->x.cpus; i++) {
		struct cpu *c = &e->m->cpu[i];

		c->control = &control;
		c->control_arg = e;
		c->points = on ? POINTS_CONTROLLED : 0;
		c->longer = on;
	}
}

/* Is it an access of running code, or of a device? */
static bool is_access(const struct prim *p)
{
	for (u32 op = 0; op < HYP_OP_NR; op++)
		if (op_is_access(op) && strcmp(op_function(op), p->name) == 0)
			return true;
	return false;
}

static bool has_accesses(const struct scope *s)
{
	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++)
			if (is_access(s->program[c].v[i].prim))
				return true;
	return false;
}

int engine_new(struct engine **out, struct setup *setup, const struct engine_opts *o,
               struct err *err)
{
	struct engine *e = xcalloc(1, sizeof(*e));
	int rc;

	e->setup = setup;
	e->m = setup->m;
	e->o = *o;
	e->x.cpus = setup->scope->cpus;
	e->grain.depend = o->depend;
	e->grain.accesses = has_accesses(setup->scope);
	e->touches = touches_new();
	for (u32 i = 0; i < e->x.cpus; i++)
		e->result.called[i] =
			xcalloc(setup->scope->program[i].n + 1, sizeof(struct called));
	e->result.after = xcalloc(setup->scope->after.n + 1, sizeof(struct called));
	rc = vehicle_new(&e->vehicle, o->vehicle, e->x.cpus, body, e, err);
	if (rc == 0)
		rc = machine_undo_new(&e->undo, e->m, err);
	if (rc == 0 && o->judged)
		rc = explore_judge_new(&e->judge, setup->log, o->checks, o->how, err);
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
	for (u32 i = 0; i < e->x.cpus; i++)
		free(e->result.called[i]);
	free(e->result.after);
	explore_judge_free(e->judge);
	machine_undo_free(e->undo);
	vehicle_free(e->vehicle);
	touches_free(e->touches);
	free(e->x.step);
	free(e->x.touch);
	free(e->x.near);
	free(e);
}

/* How many segments of the last execution that was judged the one that begins will have again. */
static u32 segments_same(struct engine *e, const struct strategy *s)
{
	u32 steps = s->same(s->arg);

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
	memset(x->now, 0, x->cpus * sizeof(x->now[0]));
	memset(e->open, 0, sizeof(e->open));
	touches_begin(e->touches);
	grain_begin(&e->grain);
	setup_begin(e->setup);
	e->number++;
	e->cutting = false;
	e->result.unexpected = NULL;
	e->result.cycle.n = 0;
	e->result.violations = 0;
	for (u32 i = 0; i < x->cpus; i++) {
		memset(e->result.called[i], 0,
		       e->setup->scope->program[i].n * sizeof(struct called));
		x->state[i] = e->setup->scope->program[i].n ? CPU_RUNS : CPU_ENDED;
		vehicle_begin(e->vehicle, i);
	}
	memset(e->result.after, 0, e->setup->scope->after.n * sizeof(struct called));
}

static bool all_ended(const struct execution *x)
{
	for (u32 i = 0; i < x->cpus; i++)
		if (x->state[i] != CPU_ENDED)
			return false;
	return true;
}

static bool somebody_is_stuck(const struct engine *e)
{
	for (u32 i = 0; i < e->x.cpus; i++)
		for (u32 k = 0; k < e->setup->scope->program[i].n; k++)
			if (e->result.called[i][k].made &&
			    e->result.called[i][k].did.outcome == OUT_STUCK)
				return true;
	return false;
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

	if (x->end != EXECUTION_DONE)
		return x->end;
	if (somebody_is_stuck(e))
		return EXECUTION_STUCK;
	if (flag_get(&e->m->halt))
		return EXECUTION_HALTED;
	if (all_ended(x))
		return EXECUTION_DONE;
	(void)watch_cycle(e->m, &e->result.cycle);
	return EXECUTION_DEADLOCK;
}

/* What comes behind, by the CPUs that the scope says. */
static void make_after(struct engine *e)
{
	const struct scope_calls *after = &e->setup->scope->after;

	control_cpus(e, false);
	for (u32 i = 0; i < after->n; i++) {
		u32 cpu = after->v[i].cpu;

		e->setup->runs = cpu;
		setup_call(e->setup, &after->v[i], SCOPE_BEHIND, i);
		calls_make(&e->m->cpu[cpu], &after->v[i], &e->open[cpu], &e->result.after[i]);
		judge_expects(e, &after->v[i], &e->result.after[i]);
		if (e->judge)
			explore_judge_segment(e->judge, cpu);
		if (e->result.after[i].did.outcome != OUT_OK)
			break;
	}
	control_cpus(e, true);
}

static void judge(struct engine *e)
{
	enum execution_end end = e->x.end;
	bool whole = e->judged++ % WHOLE_EVERY == 0;

	explore_judge_whole(e->judge, whole);
	if (whole) {
		machine_end_episode(e->m);
		for (u32 i = 0; i < e->x.cpus; i++)
			explore_judge_segment(e->judge, i);
	}
	e->result.violations = explore_judge_end(e->judge, e->same,
	                                         end == EXECUTION_DONE || end == EXECUTION_HALTED);
}

bool engine_run(struct engine *e, const struct strategy *s)
{
	struct execution *x = &e->x;

	if (!s->begin(s->arg))
		return false;
	e->same = segments_same(e, s);
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
	if (!all_ended(x))
		cut(e);
	s->ended(s->arg, x);
	if (x->end == EXECUTION_DONE)
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
	machine_undo_run(e->undo, (1ull << e->x.cpus) - 1);
}

const struct execution *engine_execution(const struct engine *e)
{
	return &e->x;
}

const struct engine_result *engine_result(const struct engine *e)
{
	return &e->result;
}

struct checker *engine_checker(const struct engine *e)
{
	return e->judge ? explore_judge_checker(e->judge) : NULL;
}

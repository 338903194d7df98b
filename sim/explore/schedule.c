// SPDX-License-Identifier: GPL-2.0-only
/* Where CPUs are held, and who goes on: steps, and what each touches. */
#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/cell.h"
#include "sim/explore/engine_types.h"
#include "sim/explore/schedule_keys.h"

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
	bool touches, reads;
	enum resource_kind kind;
} kinds[POINT_NR] = {
	[POINT_TICKET] = { true, false, RESOURCE_LOCK },
	[POINT_DATA] = { true, false, RESOURCE_DATA },
	[POINT_CORE] = { true, false, RESOURCE_CORE },
	[POINT_HALT] = { true, false, RESOURCE_HALT },
	[POINT_QUEUED] = { true, true, RESOURCE_LOCK },
	[POINT_LOOKED] = { true, true, RESOURCE_LOCK },
	[POINT_FLAT_LOOKED] = { true, true, RESOURCE_LOCK },
	[POINT_PASS] = { true, false, RESOURCE_LOCK },
	[POINT_FLAT_OUT] = { true, false, RESOURCE_LOCK },
	[POINT_WORD] = { true, false, RESOURCE_LOCK },
};

/*
 * What the last step, which is @cpu's, has passed on is used behind all of that step: also what it has come to depend on since happens before
 * what is done with the locks.
 */
static void hand_down(struct engine *e, u32 cpu)
{
	struct execution *x = &e->x;

	for (u64 left = e->handed.locks; left; left &= left - 1)
		clock_copy(&e->passed[__builtin_ctzll(left)], &x->now[cpu], x->cpus);
	for (u64 left = e->handed.cpus; left; left &= left - 1)
		clock_join(&x->now[__builtin_ctzll(left)], &x->now[cpu], x->cpus);
}

/* The CPU's last step, which is the last of all, touches a resource. */
static void touch(struct engine *e, u32 cpu, enum resource_kind kind, u64 id, bool write)
{
	struct execution *x = &e->x;

	if (e->cutting || e->grain.again || x->n == 0)
		return;
	SIM_ASSERT(x->step[x->n - 1].step.cpu == cpu);
	if (touches_add(e->touches, x, x->n - 1, kind, id, write))
		grain_shared(&e->grain, kind, id);
	if (unlikely(e->handed.steps == x->n))
		hand_down(e, cpu);
}

/* What is not known of the point alone: flat memory's ticket is a step on its word, and INC_NOW stands among what its lock's owners do. */
static void touch_word(struct engine *e, u32 cpu, const struct step *s)
{
	if (s->kind == POINT_FLAT)
		touch(e, cpu, RESOURCE_LOCK, FLATMEM_ID, true);
	else if (s->kind == POINT_PASS)
		touch(e, cpu, RESOURCE_SHARED, s->object, true);
}

static void touch_first(struct engine *e, u32 cpu)
{
	struct execution *x = &e->x;
	const struct step *s = &x->at[cpu];
	u64 word;

	if (s->kind == POINT_TICKET && !grain_orders(&e->grain, s->object))
		return;
	if (kinds[s->kind].touches)
		touch(e, cpu, kinds[s->kind].kind, s->object, !kinds[s->kind].reads);
	if (unlikely(e->words))
		touch_word(e, cpu, s);
	if (s->kind != POINT_TICKET)
		return;
	if (unlikely(e->grain.slots))
		touch(e, cpu, RESOURCE_AT_WORK, s->object, false);
	/* The lock is free: what was done under it happens before what the CPU does with it, though not before the ticket. */
	word = e->m->locks.lock[s->object].word;
	if (word_ticket(word) == word_now(word) && e->passed_in[s->object] == e->number)
		clock_join(&x->now[cpu], &e->passed[s->object], x->cpus);
}

/* A step that the execution has in common with the one before must be what it was there: else something chooses that nobody controls. */
static void as_before(const struct engine *e, u32 cpu)
{
	const struct execution *x = &e->x;
	const struct step *was = &x->step[x->n].step, *is = &x->at[cpu];

	if (likely(execution_can(x, cpu) && step_equal(was, is)))
		return;
	nondeterminism_step(x->n, was, execution_can(x, cpu) ? is : NULL);
}

/* The CPU's step is taken: it goes on. */
static void take(struct engine *e, u32 cpu)
{
	struct execution *x = &e->x;
	struct taken *s;

	if (x->n < e->same_steps)
		as_before(e, cpu);
	/* Who chose goes by an execution that began as this one did. */
	if (unlikely(cpu >= x->cpus || !execution_can(x, cpu)))
		nondeterminism_cannot(x, cpu);
	if (unlikely(e->o.begins))
		e->taken = 1ull << cpu;
	s = append_step(x);
	clock_copy(&s->before, &x->now[cpu], x->cpus);
	s->step = x->at[cpu];
	s->touch0 = x->n_touch;
	s->near0 = x->n_near;
	s->n_touch = s->n_near = 0;
	s->segment = e->judge ? explore_judge_segments(e->judge) : 0;
	x->now[cpu].n[cpu]++;
	clock_copy(&s->after, &x->now[cpu], x->cpus);
	touch_first(e, cpu);
	execution_state(x, cpu, CPU_RUNS);
}

/* Who waits leaves a machine that has halted. */
static void wake_all(struct engine *e)
{
	struct execution *x = &e->x;

	for (u64 left = x->in[CPU_WAITS]; left; left &= left - 1)
		execution_state(x, (u32)__builtin_ctzll(left), CPU_RUNS);
}

/* GRAIN_WORD: who waits for a word that has another now than it has seen can look at it: nothing else can be seen by looking. */
static void wake_lookers(struct engine *e)
{
	struct execution *x = &e->x;

	for (u64 left = x->in[CPU_WAITS]; left; left &= left - 1) {
		u32 i = (u32)__builtin_ctzll(left);
		const struct waiting *w = &e->wait[i];

		if (word_now(e->m->locks.lock[w->lk].word) == w->seen)
			continue;
		clock_join(&x->now[i], &x->step[x->n - 1].after, x->cpus);
		execution_state(x, i, CPU_PENDING);
	}
}

/* Whom to go on with: a CPU, or home when the execution is over or is given up. */
static u32 next_cpu(struct engine *e)
{
	struct execution *x = &e->x;
	u32 cpu;

	for (;;) {
		if (unlikely(flag_get(&e->m->halt)))
			wake_all(e);
		else if (unlikely(e->words))
			wake_lookers(e);
		if (x->in[CPU_RUNS])
			return (u32)__builtin_ctzll(x->in[CPU_RUNS]);
		if (unlikely(e->grain.again))
			x->end = EXECUTION_AGAIN;
		if (unlikely(e->grain.again) || !x->in[CPU_PENDING])
			return x->cpus;
		if (x->n >= e->o.steps || e->full) {
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
u32 engine_leave(struct engine *e, u32 cpu)
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
	if (to != cpu) {
		vehicle_switch(e->vehicle, cpu, to);
		e->setup->runs = cpu;
	}
	if (unlikely(e->taken >> cpu & 1)) {
		e->taken = 0;
		vehicle_unseen_begin();
		e->o.begins(e->o.at_arg, cpu, &e->x);
		vehicle_unseen_end();
	}
}

/* A lock was passed on: who is next goes on. */
static void passed(struct engine *e, u32 cpu, lk_t lk)
{
	struct execution *x = &e->x;
	u32 now = word_now(e->m->locks.lock[lk].word);

	grain_passed(&e->grain, cpu);
	clock_copy(&e->passed[lk], &x->now[cpu], x->cpus);
	e->passed_in[lk] = e->number;
	if (e->handed.steps != x->n)
		e->handed = (struct handed){ .steps = x->n };
	e->handed.locks |= 1ull << lk;
	if (unlikely(e->grain.slots))
		touch(e, cpu, RESOURCE_AT_WORK, lk, false);
	for (u64 left = e->words ? 0 : x->in[CPU_WAITS]; left; left &= left - 1) {
		u32 i = (u32)__builtin_ctzll(left);

		if (e->wait[i].lk != lk || e->wait[i].ticket != now)
			continue;
		clock_join(&x->now[i], &e->passed[lk], x->cpus);
		e->handed.cpus |= 1ull << i;
		execution_state(x, i, CPU_RUNS);
	}
}

/* The step that the CPU makes next begins here. */
static inline void stand_at(struct engine *e, u32 cpu, enum point_kind kind, u32 object)
{
	struct execution *x = &e->x;

	e->full |= x->now[cpu].n[cpu] == EXPLORE_CPU_STEPS;
	x->at[cpu] = (struct step){
		.cpu = (u8)cpu, .kind = (u8)kind, .nth = x->now[cpu].n[cpu], .object = object
	};
	if (unlikely(e->o.at))
		e->o.at(e->o.at_arg, cpu, x);
}

/* A step begins: returns whom to go on with. */
static inline u32 hold_at(struct engine *e, u32 cpu, enum point_kind kind, u32 object)
{
	execution_state(&e->x, cpu, CPU_PENDING);
	stand_at(e, cpu, kind, object);
	return engine_leave(e, cpu);
}

/* GRAIN_WORD: a lock that is broken has several owners, and what one says as its owner is ordered with what the others say. */
static void owns(struct engine *e, u32 cpu, enum point_kind kind, u32 object)
{
	if (kind == POINT_HOLD || kind == POINT_PULL || kind == POINT_PUSHED)
		touch(e, cpu, RESOURCE_SHARED, object, true);
}

/* A point: returns whom to go on with, the CPU itself where no step begins. */
static u32 reach(struct engine *e, struct cpu *c, enum point_kind kind, u32 object)
{
	u32 cpu = c->id;

	if (kind == POINT_PASSED)
		passed(e, cpu, object);
	if (unlikely(e->words))
		owns(e, cpu, kind, object);
	else if (kind == POINT_PASSED)
		return cpu;
	if (c->leave_step && kind != POINT_FLAT_IN && kind != POINT_FLAT_OUT) {
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
	return hold_at(e, cpu, kind, object);
}

/* What the engine keeps is nobody's who runs on it: ThreadSanitizer need not see it (sim/sched/vehicle.h). */

static __attribute__((noinline)) void at_point(struct engine *e, struct cpu *c,
                                               enum point_kind kind, u32 object)
{
	u32 to;

	vehicle_unseen_begin();
	to = reach(e, c, kind, object);
	vehicle_unseen_end();
	go_on(e, c->id, to);
	if (kind == POINT_DATA && !c->leave_step)
		setup_takes_data(e->setup, c->id, object);
}

/* Most points are none of those: they should save no registers. */
static void control_point(struct cpu *c, enum point_kind kind, u32 object)
{
	struct engine *e = engine_of(c);

	if ((e->points >> kind & 1) && likely(!e->cutting))
		at_point(e, c, kind, object);
}

static void control_await(struct cpu *c, lk_t lk, u32 ticket)
{
	struct engine *e = engine_of(c);
	u32 to;

	if (unlikely(e->behind))
		flag_set(&e->m->stop);
	if (unlikely(e->behind || e->cutting))
		return;
	e->wait[c->id] = (struct waiting){ lk, ticket, word_now(e->m->locks.lock[lk].word) };
	vehicle_unseen_begin();
	execution_state(&e->x, c->id, CPU_WAITS);
	if (unlikely(e->words))
		stand_at(e, c->id, lk == FLATMEM_ID ? POINT_FLAT_LOOKED : POINT_LOOKED, lk);
	/* A circle can only be closed by who holds something himself. */
	if (cpu_held(c) && e->result.cycle.n == 0 && watch_cycle(e->m, &e->result.cycle))
		e->result.cycle_at = e->x.n - 1;
	to = engine_leave(e, c->id);
	vehicle_unseen_end();
	go_on(e, c->id, to);
}

/* The CPU's last step comes to a cell, or a frame. */
static void comes_to(struct engine *e, u32 cpu, const struct obj *o, u64 cell, bool write)
{
	if (o->id == FLATMEM_ID)
		touch(e, cpu, RESOURCE_FRAME, cell, write);
	else if (grain_cells(&e->grain, o->id))
		touch(e, cpu, RESOURCE_CELL, (u64)o->id << 40 | cell, write);
	else if (unlikely(e->words))
		touch(e, cpu, RESOURCE_SHARED, o->id, true);
}

/* A cell is about to be written, or to be read by no access: does a step begin there? */
static void reach_cell(struct engine *e, struct cpu *c, enum point_kind kind, const struct obj *o,
                       u64 cell, bool locked)
{
	u32 to = c->id;

	if (o->id == FLATMEM_ID || c->leave_step || e->cutting)
		return;
	vehicle_unseen_begin();
	if (grain_begins_cell(&e->grain, c->id, cpu_held(c), kind, o->id, locked))
		to = hold_at(e, c->id, kind, cell_number(o->id, cell));
	vehicle_unseen_end();
	go_on(e, c->id, to);
}

static void control_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	struct engine *e = engine_of(c);
	bool controlled = c->points == POINTS_CONTROLLED;

	if (controlled)
		reach_cell(e, c, POINT_STORE, o, obj_field(o->kind, field)->cell0 + first, true);
	vehicle_unseen_begin();
	if (likely(e->undo))
		machine_undo_note(e->undo, o, field, first, n);
	for (u64 i = 0; i < n && controlled; i++)
		comes_to(e, c->id, o, obj_field(o->kind, field)->cell0 + first + i, true);
	vehicle_unseen_end();
}

static u64 cell_of(const struct obj *o, u32 field, u64 index)
{
	return (u64)(obj_cell(o, field, index) - o->cell);
}

/* A cell is read, not by an access: if nothing orders the read behind another CPU's write, the two race. */
static void reads(struct engine *e, struct cpu *c, const struct obj *o, u64 cell, bool locked)
{
	u32 near;

	reach_cell(e, c, POINT_READ, o, cell, locked);
	vehicle_unseen_begin();
	near = e->x.n_near;
	comes_to(e, c->id, o, cell, false);
	/* By lock, a section is no step of its own: that the other one was ordered is not known of what stands in one with its ticket. */
	if (e->x.n_near > near && (!locked || grain_each_cell(&e->grain)))
		grain_raced(&e->grain, o->id);
	vehicle_unseen_end();
}

static void control_look(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	struct engine *e = engine_of(c);

	if (o->id != FLATMEM_ID && !c->leave_step) {
		grain_looked(&e->grain, o->id);
		if (unlikely(e->grain.again))
			e->points = grain_points(&e->grain);
		reads(e, c, o, cell_of(o, field, index), false);
		return;
	}
	vehicle_unseen_begin();
	comes_to(e, c->id, o, cell_of(o, field, index), false);
	vehicle_unseen_end();
}

static void control_read(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	struct engine *e = engine_of(c);

	if (e->grain.known.depend == DEPEND_CELLS || grain_each_cell(&e->grain) || e->words)
		reads(e, c, o, cell_of(o, field, index), true);
}

/* One slot, or all: who comes to one says that it may be any, so that it is ordered with who comes to all. */
static void control_slots(struct cpu *c, u32 owner, u64 first, u64 n, bool change)
{
	struct engine *e = engine_of(c);

	vehicle_unseen_begin();
	touch(e, c->id, RESOURCE_BUFFER, owner, n > 1);
	if (n == 1)
		touch(e, c->id, RESOURCE_SLOT, (u64)owner << 16 | first, change);
	vehicle_unseen_end();
}

static void control_at_work(struct cpu *c, lk_t lk)
{
	vehicle_unseen_begin();
	touch(engine_of(c), c->id, RESOURCE_AT_WORK, lk, true);
	vehicle_unseen_end();
}

static void control_note_ctxt(struct cpu *c, u32 id)
{
	vehicle_unseen_begin();
	if (likely(engine_of(c)->undo))
		machine_undo_ctxt(engine_of(c)->undo, id);
	vehicle_unseen_end();
}

/* A saved context is used.  What a CPU does before its first step is in none: with what others race for that step begins here. */
static void control_ctxt(struct cpu *c, u32 id, bool write)
{
	struct engine *e = engine_of(c);
	u32 vmid = id / c->vcpu_per_vm, to = c->id;

	if (unlikely(e->cutting || e->x.state[c->id] != CPU_RUNS))
		return;
	vehicle_unseen_begin();
	if (!grain_contexts(&e->grain, vmid)) {
		if (!e->strategy->alone && contexts_race(e->contexts, &e->x, c->id, id, write))
			grain_raced_context(&e->grain, vmid);
		vehicle_unseen_end();
		return;
	}
	if (e->x.now[c->id].n[c->id] == 0)
		to = hold_at(e, c->id, POINT_CTXT, id);
	vehicle_unseen_end();
	go_on(e, c->id, to);
	vehicle_unseen_begin();
	touch(e, c->id, RESOURCE_CTXT, id, write);
	grain_used_context(&e->grain, c->id);
	vehicle_unseen_end();
}

const struct control_ops engine_control = { .point = control_point,
	                                    .await = control_await,
	                                    .note = control_note,
	                                    .read = control_read,
	                                    .look = control_look,
	                                    .slots = control_slots,
	                                    .at_work = control_at_work,
	                                    .note_ctxt = control_note_ctxt,
	                                    .ctxt = control_ctxt };

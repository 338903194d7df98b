// SPDX-License-Identifier: GPL-2.0-only
/* Points at which a CPU waits for its turn; on the CPU's own stack. */
#include "cpu/point.h"
#include "lock/ticket.h"
#include "sim/base/ticket_word.h"
#include "sim/rerun/rerun_types.h"

#include <stdio.h>

static struct rerun *rerun_of(const struct cpu *c)
{
	return c->control_arg;
}

/* Out of the call; what it does before it is out is no step. */
static __attribute__((noreturn)) void leave(struct cpu *c, enum outcome why)
{
	rerun_of(c)->cpu[c->id].leaves = true;
	cpu_leave(c, why);
}

/* The CPU goes home until it can go on, and leaves if it shall; true: it goes on although it could not. */
static bool wait_here(struct cpu *c, enum rerun_state state)
{
	struct rerun *r = rerun_of(c);
	struct rerun_cpu *s = &r->cpu[c->id];
	bool forced;

	s->state = state;
	do
		vehicle_switch(r->vehicle, c->id, r->cpus);
	while (!r->over && !rerun_can(r, c->id));
	s->state = RERUN_RUNS;
	forced = r->forced;
	r->forced = false;
	if (r->over)
		leave(c, OUT_STOPPED);
	return forced;
}

void rerun_leave(struct cpu *c)
{
	struct rerun *r = rerun_of(c);

	r->cpu[c->id].left |= !r->over;
	leave(c, r->rec->halts && !r->over ? OUT_PANIC : OUT_STOPPED);
}

/* The log has nothing more of this CPU, which was left where it is, or there is a difference. */
static void leave_if(struct cpu *c)
{
	struct rerun *r = rerun_of(c);

	if (!rerun_compare(r, c->id) || rerun_is_left(r, c->id))
		rerun_leave(c);
}

bool rerun_can(struct rerun *r, u32 cpu)
{
	const struct rerun_cpu *s = &r->cpu[cpu];
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];
	const struct turn *t = s->turn < rec->turn.n ? &rec->turn.v[s->turn] : NULL;
	const struct look *l = s->look < rec->look.n ? &rec->look.v[s->look] : NULL;

	switch (s->state) {
	case RERUN_RUNS:
		return true;
	case RERUN_TURN:
		return t && t->place == r->done[t->order] && r->looks[t->order][t->place] == 0;
	case RERUN_AWAIT:
		return word_now(r->m->locks.lock[s->lk].word) == s->ticket;
	case RERUN_LOOKS:
		return r->forced ||
		       (l && r->done[l->lk] >= l->after && (!l->raced || rerun_finds(r, cpu)));
	case RERUN_HELD:
		return r->forced || !rerun_awaited(r, s->object);
	case RERUN_ENDED:
		return false;
	}
	return false;
}

/*
 * A CPU that was left behind a step at a VM's oracle, before it came to the change of flat memory that names the numbers, has taken numbers
 * of which no stream says anything.
 */
static void skip_numbers(struct rerun *r, const struct turn *t)
{
	u64 *next;

	if (t->kind != TURN_DATA && t->kind != TURN_PEEK)
		return;
	next = &r->m->data_logs.data[t->order - ORDER_DATA];
	if (*next >= t->number)
		return;
	for (u32 i = 0; i < r->cpus; i++)
		if (r->rec->cpu[i].left != NO_PLACE) {
			*next = t->number;
			return;
		}
}

static void take_turn(struct cpu *c, enum turn_kind kind, u32 order, enum point_kind at, u32 object)
{
	struct rerun *r = rerun_of(c);
	struct rerun_cpu *s = &r->cpu[c->id];
	const struct recorded_cpu *rec = &r->rec->cpu[c->id];
	const struct turn *t = s->turn < rec->turn.n ? &rec->turn.v[s->turn] : NULL;
	char name[32];

	if (kind == TURN_DATA && t && t->kind == TURN_PEEK)
		kind = TURN_PEEK;
	if (!t || t->kind != kind || t->order != order) {
		rerun_differs(r, c->id, "is at the point \"%s\" of %s", point_word(at),
		              order < ID_END ? obj_name(object, name, sizeof(name)) : "an oracle");
		leave(c, OUT_STOPPED);
	}
	if (t->place != r->done[order] || r->looks[order][t->place])
		wait_here(c, RERUN_TURN);
	skip_numbers(r, t);
	r->done[order]++;
	s->turn++;
}

/* The look is over: what waits for it may go on. */
static void looked(struct rerun *r, struct rerun_cpu *s, u32 cpu)
{
	const struct look *l = &r->rec->cpu[cpu].look.v[s->look];

	if (l->before != NO_PLACE)
		r->looks[l->lk][l->before]--;
	s->look++;
	s->looks = false;
}

static void begin_access(struct rerun *r, u32 cpu)
{
	struct rerun_cpu *s = &r->cpu[cpu];
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];
	const struct recorded_access *a;

	s->looks = false;
	s->look_end = s->look;
	/* A change of flat memory by the core reads nothing without a lock. */
	if (s->access == rec->access.n || r->m->cpu[cpu].icore)
		return;
	a = &rec->access.v[s->access];
	s->look = a->look;
	s->look_end = a->look + a->n_looks;
	for (u32 i = s->look; i < s->look_end; i++)
		if (rec->look.v[i].raced) {
			r->out->raced++;
			break;
		}
}

/* It has read all that it reads without a lock. */
static void end_looks(struct rerun *r, u32 cpu)
{
	struct rerun_cpu *s = &r->cpu[cpu];

	while (s->look < s->look_end)
		looked(r, s, cpu);
}

static void end_access(struct rerun *r, u32 cpu)
{
	struct rerun_cpu *s = &r->cpu[cpu];

	if (r->m->cpu[cpu].icore)
		return;
	end_looks(r, cpu);
	s->access++;
	r->out->accesses++;
}

/* An entry or a record of the object is about to be read by an access. */
static void look_at(struct cpu *c, u32 object)
{
	struct rerun *r = rerun_of(c);
	struct rerun_cpu *s = &r->cpu[c->id];
	const struct look *l = r->rec->cpu[c->id].look.v;

	while (s->look < s->look_end && l[s->look].lk != object)
		looked(r, s, c->id);
	if (s->look == s->look_end || s->looks)
		return;
	s->looks = true;
	s->state = RERUN_LOOKS;
	r->out->unplaced += !rerun_can(r, c->id) && wait_here(c, RERUN_LOOKS);
	s->state = RERUN_RUNS;
}

static void control_point(struct cpu *c, enum point_kind kind, u32 object)
{
	struct rerun *r = rerun_of(c);

	if (r->dry || !c->in_call || r->cpu[c->id].leaves)
		return;
	if (kind != POINT_WALK)
		leave_if(c);
	switch ((u32)kind) {
	case POINT_TICKET:
		take_turn(c, TURN_TICKET, object, kind, object);
		return;
	case POINT_PASS:
		take_turn(c, TURN_PASS, object, kind, object);
		return;
	case POINT_FLAT:
		take_turn(c, TURN_FLAT, FLATMEM_ID, kind, object);
		return;
	case POINT_DATA:
		if (c->leave_step)
			end_looks(r, c->id);
		take_turn(c, TURN_DATA, ORDER_DATA + object, kind, object);
		return;
	case POINT_CORE:
		take_turn(c, TURN_CORE, ORDER_CORE + object, kind, object);
		return;
	case POINT_FLAT_IN:
		begin_access(r, c->id);
		return;
	case POINT_WALK:
		look_at(c, object);
		return;
	case POINT_FLAT_OUT:
		end_access(r, c->id);
		return;
	default:
		return;
	}
}

static void control_await(struct cpu *c, lk_t lk, u32 ticket)
{
	struct rerun *r = rerun_of(c);
	struct rerun_cpu *s = &r->cpu[c->id];

	leave_if(c);
	s->lk = lk;
	s->ticket = ticket;
	wait_here(c, RERUN_AWAIT);
}

/* In an operation that was left between two of its steps: all of these were made. */
static void leave_between(struct cpu *c)
{
	const struct rerun *r = rerun_of(c);
	const struct recorded_cpu *rec = &r->rec->cpu[c->id];

	if (r->cpu[c->id].leaves)
		return;
	if (unlikely(rec->left != NO_PLACE) && r->cpu[c->id].turn == rec->turn.n && c->in_call)
		leave_if(c);
}

/* The CPU is about to change what somebody has to read as it is now, if that can be. */
static void hold_back(struct cpu *c, const struct obj *o)
{
	struct rerun *r = rerun_of(c);

	if (likely(r->raced[o->id].n == 0) || r->cpu[c->id].leaves || !c->in_call)
		return;
	r->cpu[c->id].object = o;
	/* Those who wait for what it is now look at it before it changes. */
	wait_here(c, RERUN_RUNS);
	if (rerun_awaited(r, o))
		wait_here(c, RERUN_HELD);
}

static void control_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	struct rerun *r = rerun_of(c);

	(void)field;
	(void)n;
	if (o->id == FLATMEM_ID)
		r->cpu[c->id].fetch_at = first;
	else
		hold_back(c, o);
	leave_between(c);
}

static void control_read(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	(void)o;
	(void)field;
	(void)index;
	if (!rerun_of(c)->dry)
		leave_between(c);
}

const struct control_ops rerun_control = {
	.point = control_point, .await = control_await, .note = control_note, .read = control_read
};

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/rerun/recorded_order.h"

#include "sim/log/format.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"

#include <stdlib.h>

/* Of the mark OUTSIDE; values that one such mark of several for one take has, where more follow. */
enum { OUTSIDE_STREAM, OUTSIDE_VMID, OUTSIDE_N, OUTSIDE_COUNT, OUTSIDE_FIXED, VALUES_A_MARK = 64 };

/**
 * struct taken - a step at an oracle
 * @n:    the number that was taken, or looked at (@peek)
 * @turn: of its CPU; @step: of @peek the turn of its access, and then that one's place
 */
struct taken {
	u32 order, cpu, turn, step;
	u64 n;
	bool peek;
};

/**
 * struct order_cpu - where a CPU is
 * @entry, @op: in an entry of the core; in an access of running code
 * @taken_vmid, @taken_next: VM + 1, and the number behind those of the mark before, which may go on in the next one
 * @flat_said: the mark before says numbers and no values, so an event of flat memory has them, or the seed
 * @access_turn, @op_event: the access's turn, and its mark OP
 */
struct order_cpu {
	bool entry, op;
	u32 access_turn, op_event;
	u64 taken_vmid, taken_next;
	bool flat_said;
};

/**
 * struct record_order
 * @seed_gives: an event of flat memory names numbers of the data oracle
 */
struct record_order {
	struct recorded *rec;
	struct order_cpu cpu[MAX_CPU];
	VEC(struct taken) taken;
	bool seed_gives;
};

struct record_order *record_order_new(struct recorded *rec)
{
	struct record_order *o = xcalloc(1, sizeof(*o));

	o->rec = rec;
	return o;
}

void record_order_free(struct record_order *o)
{
	if (!o)
		return;
	vec_free(&o->taken);
	free(o);
}

static void turn(struct record_order *o, u32 cpu, enum turn_kind kind, u32 order, u32 place)
{
	vec_push(&o->rec->cpu[cpu].turn,
	         ((struct turn){ .kind = (u8)kind, .order = order, .place = place }));
}

/* The CPU's next turn, which is the next step of the order. */
static void step(struct record_order *o, u32 cpu, enum turn_kind kind, u32 order)
{
	turn(o, cpu, kind, order, o->rec->order[order].n);
	vec_push(&o->rec->order[order], ((struct order_step){ .cpu = cpu }));
}

/* Number @n of an oracle is taken or looked at: its place is known when all are. */
static void take(struct record_order *o, u32 cpu, enum turn_kind kind, u32 order, u64 n)
{
	struct taken t = { .order = order,
		           .cpu = cpu,
		           .turn = o->rec->cpu[cpu].turn.n,
		           .step = o->cpu[cpu].access_turn,
		           .n = n,
		           .peek = kind == TURN_PEEK };

	turn(o, cpu, kind, order, NO_PLACE);
	o->rec->cpu[cpu].turn.v[t.turn].number = n;
	vec_push(&o->taken, t);
}

static void outside(struct record_order *o, const struct event *e)
{
	struct order_cpu *c = &o->cpu[e->cpu];
	bool given = e->n > OUTSIDE_FIXED;
	u64 vmid = e->args[OUTSIDE_VMID], n = e->args[OUTSIDE_N], count = e->args[OUTSIDE_COUNT];

	switch (e->args[OUTSIDE_STREAM]) {
	case MV_STREAM_DATA:
		o->rec->data_given |= given;
		if (c->taken_vmid != vmid + 1 || c->taken_next != n)
			take(o, e->cpu, TURN_DATA, ORDER_DATA + (u32)vmid, n);
		c->taken_vmid = given && count == VALUES_A_MARK ? vmid + 1 : 0;
		c->taken_next = n + count;
		c->flat_said = !given;
		return;
	case MV_STREAM_DATA_PEEK:
		o->rec->data_given |= given;
		take(o, e->cpu, TURN_PEEK, ORDER_DATA + (u32)vmid, n);
		return;
	case MV_STREAM_CORE:
		o->rec->core_given |= given;
		take(o, e->cpu, TURN_CORE, ORDER_CORE + (u32)vmid, n);
		return;
	case MV_STREAM_REG_DESC:
		o->rec->reg_given |= given;
		return;
	case MV_STREAM_VECTOR:
		o->rec->vector_given |= given;
		return;
	default:
		return;
	}
}

/* The access's place is that of its change of flat memory, if it makes one. */
static void place_access(struct record_order *o, u32 cpu)
{
	struct turn *t = &o->rec->cpu[cpu].turn.v[o->cpu[cpu].access_turn];

	if (t->place != NO_PLACE)
		return;
	t->place = o->rec->order[FLATMEM_ID].n;
	vec_push(&o->rec->order[FLATMEM_ID], ((struct order_step){ .cpu = cpu }));
}

/* A change of flat memory; what is an access's own has its turn already. */
static void flat(struct record_order *o, const struct event *e, bool said)
{
	const struct diff *first = e->n ? &e->diffs[0] : NULL;

	if (o->cpu[e->cpu].op) {
		place_access(o, e->cpu);
		return;
	}
	if (first && first->oracle) {
		o->seed_gives = true;
		take(o, e->cpu, TURN_DATA, ORDER_DATA + first->vmid, first->index);
	} else if (said) {
		/* The mark before has no values, and these are not the seed's: they are in the differences. */
		o->rec->data_given = true;
	}
	step(o, e->cpu, TURN_FLAT, FLATMEM_ID);
}

static void access(struct record_order *o, const struct event *e)
{
	struct recorded_cpu *c = &o->rec->cpu[e->cpu];
	struct recorded_access a = { .op = o->cpu[e->cpu].op_event,
		                     .access = c->event.n,
		                     .look = c->look.n };

	place_access(o, e->cpu);
	for (u32 i = ACCESS_FIXED; i + ACCESS_GROUP <= e->n; i += ACCESS_GROUP) {
		u64 before = e->args[i + 1];
		/* Sections, until places are known. */
		struct look l = { .lk = (u32)e->args[i],
			          .after = (u32)(before - o->rec->config->start_now),
			          .before = (u32)(before + e->args[i + 2] -
			                          o->rec->config->start_now),
			          .raced = e->args[i + 2] != 0 };

		if (e->args[i] >= ID_END)
			continue;
		vec_push(&c->look, l);
		a.n_looks++;
	}
	vec_push(&c->access, a);
}

/* An atomic operation begins; outside of the core only an access can be executed again. */
static int operation(struct record_order *o, const struct event *e, u64 index, struct err *err)
{
	struct order_cpu *c = &o->cpu[e->cpu];

	if (c->entry)
		return 0;
	if (!op_is_access(e->arg))
		return err_set(
			err, ERR_USAGE,
			"event %llu: %s of CPU %u is no part of an entry of the core: only what "
			"enters the core, and accesses of running code, can be replayed",
			(unsigned long long)index, op_function(e->arg), e->cpu);
	c->op = true;
	c->access_turn = o->rec->cpu[e->cpu].turn.n;
	c->op_event = o->rec->cpu[e->cpu].event.n;
	turn(o, e->cpu, TURN_FLAT, FLATMEM_ID, NO_PLACE);
	return 0;
}

static int mark(struct record_order *o, const struct event *e, u64 index, struct err *err)
{
	struct order_cpu *c = &o->cpu[e->cpu];

	if (e->kind == MARK_OP)
		return operation(o, e, index, err);
	if (e->kind == MARK_ENTER)
		c->entry = true;
	else if (e->kind == MARK_LEAVE || e->kind == MARK_BEGIN || e->kind == MARK_STUCK)
		c->entry = c->op = false;
	else if (e->kind == MARK_SEVENT)
		c->op = false;
	else if (e->kind == MARK_OUTSIDE && e->args[OUTSIDE_VMID] < N_VMID)
		outside(o, e);
	else if (e->kind == MARK_ACCESS && c->op)
		access(o, e);
	else if (e->kind == MARK_PANIC)
		o->rec->halts = true;
	return 0;
}

int record_order_take(struct record_order *o, const struct event *e, u64 index, struct err *err)
{
	struct order_cpu *c = &o->cpu[e->cpu];
	bool said = c->flat_said;
	char buf[96], name[32];

	c->flat_said = false;
	if (e->kind != MARK_OUTSIDE)
		c->taken_vmid = 0;
	if (event_is_mark(e->kind))
		return mark(o, e, index, err);
	if (!c->entry && !c->op)
		return err_set(
			err, ERR_USAGE,
			"event %llu: %s of CPU %u at %s is no part of an entry of the core: only "
			"what enters the core, and accesses of running code, can be replayed",
			(unsigned long long)index, event_print(e, buf, sizeof(buf)), e->cpu,
			e->lk < ID_END ? obj_name(e->lk, name, sizeof(name)) : "a lock");
	if (event_is_high(e->kind))
		return err_set(err, ERR_USAGE, "event %llu: %s is no step of a run",
		               (unsigned long long)index, event_print(e, buf, sizeof(buf)));
	if (e->kind == EV_INC_TICKET)
		step(o, e->cpu, TURN_TICKET, e->lk);
	else if (e->kind == EV_INC_NOW)
		step(o, e->cpu, TURN_PASS, e->lk);
	else if (e->kind == EV_OFLATMEM)
		flat(o, e, said);
	return 0;
}

/* By number; those who look at one come before who takes it, in the order of their steps. */
static int by_number(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	if (x->peek != y->peek)
		return x->peek ? -1 : 1;
	return x->step < y->step ? -1 : x->step > y->step;
}

/* Where the steps of a lock are: [sections] the place of each ticket and of each pass. */
struct sections {
	VEC(u32) ticket;
	VEC(u32) pass;
};

static void find_sections(const struct recorded *rec, u32 lk, struct sections *s)
{
	u32 n[MAX_CPU] = { 0 };

	/* A CPU's steps at one lock are by turns a ticket and a pass. */
	for (u32 i = 0; i < rec->order[lk].n; i++) {
		u32 cpu = rec->order[lk].v[i].cpu;

		if (n[cpu]++ % 2 == 0)
			vec_push(&s->ticket, i);
		else
			vec_push(&s->pass, i);
	}
}

/* From sections to steps of the lock. */
static void place_look(struct recorded *rec, const struct sections *s, struct look *l)
{
	u32 begun = l->before, over = l->after;

	l->after = over == 0 ? 0 : over <= s->pass.n ? s->pass.v[over - 1] + 1 : NO_PLACE;
	l->before = NO_PLACE;
	/* A section begins with its ticket, or with the pass before, whatever comes later. */
	if (begun < s->ticket.n && (begun == 0 || begun <= s->pass.n)) {
		l->before = s->ticket.v[begun];
		if (begun > 0 && s->pass.v[begun - 1] > l->before)
			l->before = s->pass.v[begun - 1];
		rec->order[l->lk].v[l->before].looks++;
	}
}

void record_order_settle(struct record_order *o)
{
	struct recorded *rec = o->rec;
	struct sections *s = xcalloc(ID_END, sizeof(*s));

	for (u32 i = 0; i < o->taken.n; i++)
		if (o->taken.v[i].peek)
			o->taken.v[i].step =
				rec->cpu[o->taken.v[i].cpu].turn.v[o->taken.v[i].step].place;
	if (o->taken.n)
		qsort(o->taken.v, o->taken.n, sizeof(*o->taken.v), by_number);
	for (u32 i = 0; i < o->taken.n; i++) {
		const struct taken *t = &o->taken.v[i];

		rec->cpu[t->cpu].turn.v[t->turn].place = rec->order[t->order].n;
		vec_push(&rec->order[t->order], ((struct order_step){ .cpu = t->cpu }));
	}
	rec->data_given &= !o->seed_gives;
	for (u32 lk = 1; lk < ID_END; lk++)
		find_sections(rec, lk, &s[lk]);
	for (u32 c = 0; c < rec->config->cpus; c++)
		for (u32 i = 0; i < rec->cpu[c].look.n; i++)
			place_look(rec, &s[rec->cpu[c].look.v[i].lk], &rec->cpu[c].look.v[i]);
	for (u32 lk = 0; lk < ID_END; lk++) {
		vec_free(&s[lk].ticket);
		vec_free(&s[lk].pass);
	}
	free(s);
}

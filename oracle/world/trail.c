// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/trail.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct opened - a section of a CPU
 * @pull_at: index of its OPULL
 * @serial, @depth: the operation that it belongs to; depth 0: none, else its place + 1
 */
struct opened {
	u64 pull_at;
	u32 serial, depth;
};

/**
 * struct trail_cpu
 * @n_done, @n_nested: in use of @done and @nested, all open operations; the innermost has the last ones
 * @deep:   operations that began beyond TRAIL_DEPTH, or that there is not, and have not ended
 * @inside: (bits) locks of its sections
 * @done:   [TRAIL_DONE], @nested: [TRAIL_NESTED]; NULL until its first operation
 */
struct trail_cpu {
	u32 depth, serial;
	u32 n_done, n_nested;
	u64 deep, inside;
	struct change *done;
	struct op_nested *nested;
	struct op_open op[TRAIL_DEPTH];
	struct opened section[ID_END];
};

/**
 * struct trail
 * @n_inside: [lk] CPUs that are inside
 * @touched:  (bits) CPUs that are not as at the start
 * @told:     the last section that was given out
 */
struct trail {
	struct journal *journal;
	u64 held, touched;
	u64 n_inside[ID_END];
	struct section told;
	struct trail_cpu cpu[MAX_CPU];
};

_Static_assert(MAX_CPU <= 64, "one bit a CPU");

struct trail *trail_new(struct journal *journal)
{
	struct trail *t = xcalloc(1, sizeof(*t));

	t->journal = journal;
	return t;
}

void trail_free(struct trail *t)
{
	if (!t)
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		free(t->cpu[i].done);
		free(t->cpu[i].nested);
	}
	free(t);
}

void trail_reset(struct trail *t)
{
	for (u64 left = t->touched; left; left &= left - 1) {
		struct trail_cpu *c = &t->cpu[__builtin_ctzll(left)];

		c->depth = c->serial = c->n_done = c->n_nested = 0;
		c->deep = c->inside = 0;
	}
	memset(t->n_inside, 0, sizeof(t->n_inside));
	t->held = t->touched = 0;
}

/* The CPU's state, of which [its fixed part] may change. */
static struct trail_cpu *touch(struct trail *t, cpu_t cpu)
{
	struct trail_cpu *c = &t->cpu[cpu];

	if (unlikely(!(t->touched >> cpu & 1))) {
		JOURNAL(t->journal, t->touched);
		t->touched |= 1ull << cpu;
		if (!c->done) {
			c->done = xcalloc(TRAIL_DONE, sizeof(*c->done));
			c->nested = xcalloc(TRAIL_NESTED, sizeof(*c->nested));
		}
	}
	if (unlikely(t->journal->on)) {
		journal_note(t->journal, c, offsetof(struct trail_cpu, done));
		if (c->depth)
			JOURNAL(t->journal, c->op[c->depth - 1]);
	}
	return c;
}

static void add_step(struct op_open *o, u32 step)
{
	if (o->n_steps < TRAIL_STEPS)
		o->step[o->n_steps] = (u8)step;
	o->n_steps++;
}

/* The operation that an open section belongs to, or NULL. */
static struct op_open *op_of(struct trail_cpu *c, lk_t lk)
{
	const struct opened *s = &c->section[lk];
	struct op_open *o;

	if (s->depth == 0 || s->depth > c->depth)
		return NULL;
	o = &c->op[s->depth - 1];
	return o->serial == s->serial ? o : NULL;
}

void trail_pull(struct trail *t, cpu_t cpu, lk_t lk, u64 at)
{
	struct trail_cpu *c = touch(t, cpu);
	struct op_open *o = c->depth ? &c->op[c->depth - 1] : NULL;
	u64 bit = 1ull << lk;

	if (!(c->inside & bit)) {
		JOURNAL(t->journal, t->n_inside[lk]);
		JOURNAL(t->journal, t->held);
		t->n_inside[lk]++;
		t->held |= bit;
	}
	JOURNAL(t->journal, c->section[lk]);
	c->inside |= bit;
	c->section[lk] =
		(struct opened){ .pull_at = at, .serial = o ? o->serial : 0, .depth = c->depth };
	if (!o)
		return;
	o->locks |= bit;
	o->taken |= bit;
	o->late |= o->pushed ? bit : 0;
	add_step(o, lk);
}

/* The operation that a push of @lk, or a change of flat memory, belongs to. */
static struct op_open *pusher(struct trail_cpu *c, lk_t lk)
{
	if (lk == FLATMEM_ID || !(c->inside >> lk & 1))
		return c->depth ? &c->op[c->depth - 1] : NULL;
	return op_of(c, lk);
}

static bool is_innermost(const struct trail_cpu *c, const struct op_open *o)
{
	return o->depth + 1 == c->depth;
}

/* As touch(), for operation @o, which may be another than the innermost one. */
static void touch_op(struct trail *t, const struct trail_cpu *c, struct op_open *o)
{
	if (unlikely(t->journal->on) && !is_innermost(c, o))
		journal_note(t->journal, o, sizeof(*o));
}

const struct op_open *trail_push_begins(struct trail *t, cpu_t cpu, lk_t lk)
{
	struct trail_cpu *c = touch(t, cpu);
	struct op_open *o = pusher(c, lk);

	if (!o || o->pushed)
		return NULL;
	touch_op(t, c, o);
	o->pushed = true;
	return o;
}

/* The operation has changed this as well.  Those of an operation that is not the innermost one do not lie behind each other. */
static void add_done(struct trail *t, struct trail_cpu *c, struct op_open *o, u32 n,
                     const struct change *change)
{
	if (!is_innermost(c, o) || c->n_done + n > TRAIL_DONE) {
		touch_op(t, c, o);
		o->lost = true;
		return;
	}
	if (unlikely(t->journal->on))
		for (u32 i = 0; i < n; i++)
			journal_note(t->journal, &c->done[c->n_done + i], sizeof(*change));
	for (u32 i = 0; i < n; i++)
		c->done[c->n_done + i] = change[i];
	c->n_done += n;
	o->n_done += n;
}

const struct section *trail_push(struct trail *t, cpu_t cpu, lk_t lk, u64 at, u32 n,
                                 const struct change *change)
{
	struct trail_cpu *c = touch(t, cpu);
	struct op_open *o = pusher(c, lk);
	bool inside = lk != FLATMEM_ID && c->inside >> lk & 1;

	if (o)
		add_done(t, c, o, n, change);
	t->told = (struct section){ .cpu = cpu,
		                    .lk = lk,
		                    .pull_at = inside ? c->section[lk].pull_at : at,
		                    .push_at = at,
		                    .op = o,
		                    .n = n,
		                    .change = change };
	return &t->told;
}

const struct section *trail_pass(struct trail *t, cpu_t cpu, lk_t lk)
{
	struct trail_cpu *c = touch(t, cpu);
	u64 bit = 1ull << lk;
	struct op_open *o;

	if (!(c->inside & bit))
		return NULL;
	o = op_of(c, lk);
	JOURNAL(t->journal, t->n_inside[lk]);
	JOURNAL(t->journal, t->held);
	c->inside &= ~bit;
	if (--t->n_inside[lk] == 0)
		t->held &= ~bit;
	t->told = (struct section){ .cpu = cpu,
		                    .lk = lk,
		                    .pull_at = c->section[lk].pull_at,
		                    .push_at = INVALID64,
		                    .op = o };
	if (o) {
		touch_op(t, c, o);
		o->locks &= ~bit;
		add_step(o, STEP_PASS | lk);
	}
	return &t->told;
}

const struct op_open *trail_op_begins(struct trail *t, const struct event *e, u64 at)
{
	struct trail_cpu *c = touch(t, e->cpu);
	struct op_open *o = &c->op[c->depth];

	if (c->deep || c->depth == TRAIL_DEPTH || e->n == 0 || e->args[0] >= HYP_OP_NR) {
		c->deep++;
		return NULL;
	}
	JOURNAL(t->journal, *o);
	/* Steps beyond n_steps are never looked at: no need to clear them. */
	memset(o, 0, offsetof(struct op_open, step));
	o->op = (u32)e->args[0];
	o->serial = ++c->serial;
	o->depth = c->depth++;
	o->n_arg = e->n - 1 < TRAIL_ARGS ? e->n - 1 : TRAIL_ARGS;
	o->begin_at = at;
	o->n_done = o->n_nested = 0;
	o->done = c->done + c->n_done;
	o->nested = c->nested + c->n_nested;
	for (u32 i = 0; i < o->n_arg; i++)
		o->arg[i] = e->args[1 + i];
	return o;
}

const struct op_open *trail_op_ends(struct trail *t, const struct event *e)
{
	struct trail_cpu *c = touch(t, e->cpu);
	struct op_open *o;

	if (c->deep) {
		c->deep--;
		return NULL;
	}
	if (c->depth == 0 || e->n == 0 || c->op[c->depth - 1].op != e->args[0])
		return NULL;
	o = &c->op[c->depth - 1];
	o->halted = e->n > 1 && e->args[1] != 0;
	o->result = e->n > 2 ? e->args[2] : 0;
	return o;
}

void trail_op_over(struct trail *t, cpu_t cpu)
{
	struct trail_cpu *c = touch(t, cpu);
	const struct op_open *o;
	struct op_open *outer;

	SIM_ASSERT(c->depth > 0);
	o = &c->op[--c->depth];
	c->n_done -= o->n_done;
	c->n_nested -= o->n_nested;
	if (c->depth == 0)
		return;
	outer = &c->op[c->depth - 1];
	JOURNAL(t->journal, *outer);
	if (c->n_nested == TRAIL_NESTED) {
		outer->lost = true;
		return;
	}
	JOURNAL(t->journal, c->nested[c->n_nested]);
	c->nested[c->n_nested] =
		(struct op_nested){ .op = o->op, .halted = o->halted, .result = o->result };
	memcpy(c->nested[c->n_nested++].arg, o->arg, sizeof(o->arg));
	outer->n_nested++;
}

void trail_leaves(struct trail *t, cpu_t cpu)
{
	struct trail_cpu *c = touch(t, cpu);

	c->depth = c->n_done = c->n_nested = 0;
	c->deep = 0;
}

u64 trail_held(const struct trail *t)
{
	return t->held;
}

u64 trail_held_by(const struct trail *t, cpu_t cpu)
{
	return t->touched >> cpu & 1 ? t->cpu[cpu].inside : 0;
}

const struct op_open *trail_op(const struct trail *t, cpu_t cpu)
{
	const struct trail_cpu *c = &t->cpu[cpu];

	return c->depth ? &c->op[c->depth - 1] : NULL;
}

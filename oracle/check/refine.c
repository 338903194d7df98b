// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refinement: each atomic operation of the hypervisor against its step in oracle/spec.  The step is run at the operation's lock
 * point, on the world as it is there, and what comes of it is compared with what the operation did when its event comes.  What is
 * inside an operation is an operation of its own.  [TrapHandlerSpec; 40 section 1.3]
 *
 * An operation that pulls behind an own push has no lock point, and one that was left where it waited has no event: they are not
 * judged.  Accesses of running code take no locks, and have no step.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/refine_facts.h"
#include "oracle/check/stream_value.h"
#include "oracle/registers.h"
#include "oracle/spec/differs.h"
#include "oracle/spec/say.h"
#include "oracle/spec/spec.h"
#include "sim/base/check.h"

#include <stdio.h>
#include <string.h>

enum {
	REFINE_DEPTH =
		3, /* operations in one another that are refined: one has another inside it, and that has none */
	KEPT_TOOK = 8,
	KEPT_FLAT = 2,
	KEPT_DEVICES = 2,
	KEPT_REGS = 96,
};

/* What is known of an operation's effect. */
enum expected { EXPECTED_NOT_YET, EXPECTED, EXPECTED_DOUBT, EXPECTED_UNHELD };

/**
 * struct refined - an operation that has begun
 * @expected: enum expected: is @want what it must do?
 * @many:     it did more than is kept of it here
 * @far, @elr, @x, @vcpuid: of emulate_mmio, as it began: registers of the CPU, the host's register that the access names, who runs;
 *            @knows_regs: they are known
 * @unheld:   of EXPECTED_UNHELD: objects (bits) that the step reads and the operation does not hold
 * @asked, @differ: errata whose side the step asked for, and of these those whose other side has another effect
 * @unsaid:   1 + number of the values in @took that the change of flat memory which comes next has; 0: there are none
 */
struct refined {
	u32 expected, many, knows_regs, vcpuid, unsaid, spare;
	u32 n_took, n_flat, n_devices, n_regs;
	u64 far, elr, x, unheld;
	struct erratum_bits asked, differ;
	struct effect want;
	struct took took[KEPT_TOOK];
	struct did_flat flat[KEPT_FLAT];
	struct want_device device[KEPT_DEVICES];
};

/**
 * struct refine_cpu
 * @open: operations that have begun and have no event yet, with a step
 * @n_regs, @reg: registers that changed in the open operations, those of the innermost one last
 */
struct refine_cpu {
	u64 open, n_regs;
	struct did_reg reg[KEPT_REGS];
	struct refined op[REFINE_DEPTH];
};

/**
 * struct refine
 * @says_regs: the log of this episode has told of an entry of the core, and so tells of registers and of values from outside
 */
struct refine {
	u64 says_regs;
	struct refine_cpu cpu[MAX_CPU];
};

static const u8 rows[DIFFERS_NR] = {
	[DIFFERS_STUCK] = ROW_REFINE_STUCK,       [DIFFERS_HALT] = ROW_REFINE_HALT,
	[DIFFERS_KEPT] = ROW_REFINE_KEPT,         [DIFFERS_NESTED] = ROW_REFINE_NESTED,
	[DIFFERS_EFFECT] = ROW_REFINE_EFFECT,     [DIFFERS_FLAT] = ROW_REFINE_FLAT,
	[DIFFERS_TAKEN] = ROW_REFINE_TAKEN,       [DIFFERS_RESULT] = ROW_REFINE_RESULT,
	[DIFFERS_REGISTER] = ROW_REFINE_REGISTER,
};

_Static_assert((int)CHECK_ROW_NR <= 256, "a row fits in a byte");

/* What is kept of operation @o, which has a step, about to change; NULL: too deep. */
static struct refined *stepped(struct judge *j, struct refine *r, cpu_t cpu,
                               const struct op_open *o)
{
	struct refined *f;

	if (o->depth >= REFINE_DEPTH)
		return NULL;
	f = &r->cpu[cpu].op[o->depth];
	KEEP(j, *f);
	return f;
}

/* The same of any operation, or none; NULL: it has no step, as well. */
static struct refined *refined_of(struct judge *j, struct refine *r, cpu_t cpu,
                                  const struct op_open *o)
{
	return o && spec_has_step(o->op) ? stepped(j, r, cpu, o) : NULL;
}

/* Registers that the step of emulate_mmio reads, before it has changed them. */
static void note_registers(const struct judge *j, const struct refine *r, struct refined *f,
                           cpu_t cpu, u64 hsr)
{
	u32 rt = hsr >> 16 & 31;
	const struct ctxt *regs, *saved;
	struct runs_on runs;

	if (!r->says_regs || !j->registers || cpu >= j->cpus)
		return;
	runs = registers_runs_on(j->registers, cpu);
	regs = registers_of_cpu(j->registers, cpu);
	saved = registers_of_vcpu(j->registers, runs.vmid, runs.vcpuid);
	f->knows_regs = saved && !registers_doubt_cpu(j->registers, cpu) &&
	                !registers_doubt_vcpu(j->registers, runs.vmid, runs.vcpuid);
	f->vcpuid = runs.vcpuid;
	f->far = regs->r[R_far_el2];
	f->elr = regs->r[R_elr_el2];
	f->x = saved && rt < 31 ? saved->r[R_x0 + rt] : 0;
}

static void begins(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct refine *r = own;
	struct refine_cpu *c = &r->cpu[cpu];
	struct refined *f = stepped(j, r, cpu, o);

	if (!f)
		return;
	KEEP(j, c->open);
	c->open++;
	f->expected = EXPECTED_NOT_YET;
	f->many = f->knows_regs = f->unsaid = 0;
	f->n_took = f->n_flat = f->n_devices = f->n_regs = 0;
	if (o->op == OP_emulate_mmio)
		note_registers(j, r, f, cpu, o->arg[1]);
}

/* Of which errata would the other side have another effect?  One whose step reads what is not held has none that is known. */
static void other_sides(struct refined *f, const struct op_open *o, const struct abs *as_judged)
{
	struct errata errata = *as_judged->errata;
	struct effect other;

	f->differ = (struct erratum_bits){ .bit = { 0 } };
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		struct abs s = *as_judged;
		bool published = errata_published(s.errata, i);

		if (!(f->asked.bit[i / 64] >> i % 64 & 1))
			continue;
		errata_set(&errata, i, !published);
		s.errata = &errata;
		spec_step(o->op, &s, o->arg, &other);
		errata_set(&errata, i, published);
		if (abs_is_stable(&s) && !effect_equal(&f->want, &other))
			f->differ.bit[i / 64] |= 1ull << i % 64;
	}
}

/* Run the step on the world as it is. */
static void expect(struct judge *j, struct refined *f, const struct op_open *o)
{
	struct ctxt regs, saved;
	struct abs s = { .w = j->world,
		         .fixed = &j->fixed,
		         .errata = &j->side[j->at->cpu],
		         .total_cpu = j->total_cpu,
		         .vcpuid = f->vcpuid,
		         .held = o->locks,
		         .n_nested = o->n_nested,
		         .nested = o->nested,
		         .n_took = f->n_took,
		         .took = f->took };

	f->expected = EXPECTED_DOUBT;
	if (!world_trusts(j->world, o->locks))
		return;
	if (o->op == OP_emulate_mmio) {
		if (!f->knows_regs)
			return;
		regs.r[R_far_el2] = f->far;
		regs.r[R_elr_el2] = f->elr;
		saved.r[R_x0 + (o->arg[1] >> 16 & 31)] = f->x;
		s.regs = &regs;
		s.saved = &saved;
	}
	spec_step(o->op, &s, o->arg, &f->want);
	f->expected = abs_is_stable(&s) ? EXPECTED : EXPECTED_UNHELD;
	f->unheld = s.unheld;
	f->asked = s.asked;
	if (j->covers && f->expected == EXPECTED)
		other_sides(f, o, &s);
}

static void lock_point(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct refined *f = stepped(j, own, cpu, o);

	if (f)
		expect(j, f, o);
}

static void take(struct refined *f, const struct took *t)
{
	if (f->n_took == KEPT_TOOK)
		f->many = true;
	else
		f->took[f->n_took++] = *t;
}

/* A change of flat memory: what was taken for it, and what the frame of the effect holds behind it. */
static void section(struct judge *j, void *own, const struct section *s)
{
	struct refined *f;
	struct did_flat *d;

	f = refined_of(j, own, s->cpu, s->op);
	if (!f)
		return;
	for (u32 i = 0; i < j->at->n; i++) {
		const struct diff *diff = &j->at->diffs[i];

		if (!diff->oracle)
			continue;
		take(f, &(struct took){
				.stream = MV_STREAM_DATA,
				.vmid = diff->vmid,
				.n = diff->index,
				.count = diff->last - diff->first + 1,
				.value = data_oracle_value(&j->data, diff->vmid, diff->index) });
	}
	if (f->n_flat == KEPT_FLAT) {
		f->many = true;
		return;
	}
	d = &f->flat[f->n_flat++];
	*d = (struct did_flat){ .other = INVALID64, .held = s->op->locks };
	if (f->expected == EXPECTED && f->want.flat)
		d->holds = world_value(j->world, FLATMEM_ID, F_FLATMEM_flatmem, f->want.flat_pfn);
	if (f->unsaid)
		f->took[f->unsaid - 1].value =
			j->at->n ? world_value(j->world, FLATMEM_ID, F_FLATMEM_flatmem,
		                               j->at->diffs[0].first)
				 : d->holds;
	f->unsaid = 0;
	for (u32 i = 0; i < s->n; i++)
		if (f->expected == EXPECTED &&
		    (!f->want.flat || s->change[i].at != f->want.flat_pfn || s->change[i].n != 1))
			d->other = s->change[i].at == f->want.flat_pfn ? s->change[i].at + 1
			                                               : s->change[i].at;
}

/* Registers that a mark tells, from args[@at] on. */
static void change_registers(struct refine_cpu *c, struct refined *f, struct did_reg d,
                             const struct event *e, u32 at)
{
	for (u32 i = at; i + 1 < e->n; i += 2) {
		if (c->n_regs == KEPT_REGS) {
			f->many = true;
			return;
		}
		d.reg = (u16)e->args[i];
		d.value = e->args[i + 1];
		c->reg[c->n_regs++] = d;
		f->n_regs++;
	}
}

static void take_outside(const struct judge *j, struct refined *f, const struct event *e)
{
	const u64 *a = e->args;
	struct took t = { .stream = (u32)a[0], .vmid = (u32)a[1], .n = a[2], .count = a[3] };

	t.value = e->n > 4 ? a[4] : stream_value(j, a[0], a[1], a[2]);
	take(f, &t);
	if (e->n == 4 && a[0] == MV_STREAM_DATA && !f->many)
		f->unsaid = f->n_took;
}

static void left(struct judge *j, struct refine_cpu *c)
{
	if (likely(!c->open && !c->n_regs))
		return;
	KEEP(j, c->open);
	KEEP(j, c->n_regs);
	for (; c->open; c->open--)
		not_judged(j, CHK_REFINE, UNJUDGED_CUT);
	c->n_regs = 0;
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct refine *r = own;
	struct refine_cpu *c = &r->cpu[e->cpu];
	struct refined *f;

	if (e->kind == MARK_STUCK || e->kind == MARK_STOPPED) {
		left(j, c);
		return;
	}
	if (e->kind == MARK_ENTER && !r->says_regs) {
		KEEP(j, r->says_regs);
		r->says_regs = true;
	}
	if (e->kind != MARK_REGS && e->kind != MARK_CTXT && e->kind != MARK_OUTSIDE &&
	    e->kind != MARK_DEVICE)
		return;
	f = refined_of(j, r, e->cpu, trail_op(j->trail, e->cpu));
	if (!f)
		return;
	if (e->kind == MARK_OUTSIDE) {
		take_outside(j, f, e);
	} else if (e->kind == MARK_DEVICE && f->n_devices == KEPT_DEVICES) {
		f->many = true;
	} else if (e->kind == MARK_DEVICE) {
		f->device[f->n_devices++] =
			(struct want_device){ e->args[0], e->args[1], e->args[2] };
	} else {
		struct did_reg d = { .saved = e->kind == MARK_CTXT };

		d.vmid = d.saved ? (u16)e->args[0] : 0;
		d.vcpuid = d.saved ? (u16)e->args[1] : 0;
		KEEP(j, c->n_regs);
		KEEP(j, c->reg);
		change_registers(c, f, d, e, d.saved ? 3 : 1);
	}
}

/* Registers that changed, then those of the effect as they are; how many.  @known: all of the latter are known. */
static u32 registers_behind(const struct judge *j, const struct refine *r, cpu_t cpu,
                            const struct refined *f, struct did_reg *out, bool *known)
{
	const struct refine_cpu *c = &r->cpu[cpu];
	u32 n = 0;

	*known = r->says_regs && j->registers && cpu < j->cpus && !f->many;
	for (; n < f->n_regs; n++)
		out[n] = c->reg[c->n_regs - f->n_regs + n];
	for (u32 i = 0; i < f->want.n_regs && *known; i++) {
		const struct want_reg *w = &f->want.reg[i];
		const struct ctxt *set;

		if (w->any)
			continue;
		set = registers_known(j->registers, w->saved, cpu, w->vmid, w->vcpuid);
		*known = set != NULL;
		if (*known)
			out[n++] = (struct did_reg){ .saved = w->saved,
				                     .vmid = w->vmid,
				                     .vcpuid = w->vcpuid,
				                     .reg = w->reg,
				                     .value = set->r[w->reg] };
	}
	return n;
}

/* The step has said what to expect: this way, and these sides. */
static void cover(struct judge *j, const struct refined *f, const struct op_open *o)
{
	enum erratum e;

	if (!f->want.stuck) {
		KEEP(j, j->covered.way[f->want.branch]);
		j->covered.way[f->want.branch]++;
	}
	if (!j->covers)
		return;
	for (u32 i = 0; (e = spec_slip(o->op, i)) < ERRATUM_NR; i++) {
		SIM_ASSERT(i < SPEC_SLIPS);
		KEEP(j, j->covered.read[o->op][i]);
		KEEP(j, j->covered.differ[o->op][i]);
		j->covered.read[o->op][i] += f->asked.bit[e / 64] >> e % 64 & 1;
		j->covered.differ[o->op][i] += f->differ.bit[e / 64] >> e % 64 & 1;
	}
}

static void compare(struct judge *j, const struct refine *r, cpu_t cpu, const struct refined *f,
                    const struct op_open *o)
{
	struct did_reg regs[KEPT_REGS + EFFECT_REGS];
	struct did did = { .n_changes = o->n_done,
		           .n_flat = f->n_flat,
		           .n_took = f->n_took,
		           .n_devices = f->n_devices,
		           .n_nested = o->n_nested,
		           .change = o->done,
		           .flat = f->flat,
		           .took = f->took,
		           .reg = regs,
		           .device = f->device,
		           .kept = o->locks,
		           .result = o->result,
		           .halted = o->halted,
		           .knows_flat = world_trusts(j->world, 1ull << FLATMEM_ID),
		           .knows_outside = r->says_regs || f->n_took > 0 };
	struct fact facts[FACTS_MAX];
	char call[160], text[200];
	struct differing differing;
	enum differs row;

	cover(j, f, o);
	did.n_regs = registers_behind(j, r, cpu, f, regs, &did.knows_regs);
	row = effect_differs(o->op, &f->want, &did, &differing, text, sizeof(text));
	evaluated(j, CHK_REFINE);
	if (row != DIFFERS_NOT)
		found_of(&j->findings, rows[row], j->at, facts,
		         differing_facts(j, o->op, &differing, facts), "%s: %s",
		         op_print(o->op, o->n_arg, o->arg, call, sizeof(call)), text);
}

/* What the step says of an object that may be anything by now is worth nothing. */
static void tell_unheld(struct judge *j, const struct refined *f, const struct op_open *o)
{
	char call[160], objects[96];

	evaluated(j, CHK_REFINE);
	found_of(&j->findings, ROW_REFINE_HELD, j->at,
	         FACTS(fact_word("operation", op_function(o->op)), fact_locks("unheld", f->unheld)),
	         "%s: it depends on %s, which it does not hold before it changes anything",
	         op_print(o->op, o->n_arg, o->arg, call, sizeof(call)),
	         say_lock_names(f->unheld, objects, sizeof(objects)));
}

static void ends(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct refine *r = own;
	struct refine_cpu *c = &r->cpu[cpu];
	struct refined *f = stepped(j, r, cpu, o);

	if (!f)
		return;
	/* It has published nothing: what it holds is as it was. */
	if (!o->pushed)
		expect(j, f, o);
	if (o->late)
		not_judged(j, CHK_REFINE, UNJUDGED_ORDER);
	else if (o->lost || f->many)
		not_judged(j, CHK_REFINE, UNJUDGED_MANY);
	else if (f->expected == EXPECTED_DOUBT || !world_trusts(j->world, o->taken))
		not_judged(j, CHK_REFINE, UNJUDGED_DOUBT);
	else if (f->expected == EXPECTED_UNHELD)
		tell_unheld(j, f, o);
	else
		compare(j, r, cpu, f, o);
	KEEP(j, c->open);
	KEEP(j, c->n_regs);
	c->open -= c->open > 0;
	c->n_regs -= f->n_regs < c->n_regs ? f->n_regs : c->n_regs;
}

u32 covered_ways(const struct covered *c)
{
	u32 n = 0;

	for (u32 b = 0; b < SPEC_BRANCH_NR; b++)
		n += c->way[b] > 0;
	return n;
}

static void worst(const struct judge *j, const void *own, char *buf, size_t size)
{
	(void)own;
	snprintf(buf, size, "%u of %d ways", covered_ways(&j->covered), SPEC_BRANCH_NR);
}

static void episode_end(struct judge *j, void *own, bool cut)
{
	struct refine *r = own;

	(void)cut;
	for (u32 i = 0; i < MAX_CPU; i++)
		left(j, &r->cpu[i]);
}

const struct state_check check_refine = {
	.id = CHK_REFINE,
	.bytes = sizeof(struct refine),
	.objects = 1 << OBJ_FLATMEM,
	.section = section,
	.ops = spec_has_step,
	.op_begin = begins,
	.lock_point = lock_point,
	.op_end = ends,
	.marks = STATE_MARK(MARK_STUCK) | STATE_MARK(MARK_STOPPED) | STATE_MARK(MARK_ENTER) |
	         STATE_MARK(MARK_REGS) | STATE_MARK(MARK_CTXT) | STATE_MARK(MARK_OUTSIDE) |
	         STATE_MARK(MARK_DEVICE),
	.mark = mark,
	.episode_end = episode_end,
	.worst = worst
};

_Static_assert(sizeof(struct refine) % 8 == 0, "words");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refinement of the accesses of running code (oracle/spec/access.h): what an access's answer says of tables and records, against
 * these as they were between the sections that its mark names; what it loads, and what it stores.
 *
 * The merge knows no order between a read and the sections of the object's lock but these numbers.  An access is judged when the
 * world is where the numbers say, and the last section has been published and passed.  Whether the next section had begun by then is
 * not known: an answer that does not fit is a finding when that section has changed nothing that the answer rests on.
 */
#include "oracle/spec/access.h"
#include "oracle/check/check_if.h"
#include "oracle/check/stream_value.h"
#include "oracle/registers.h"

#include <stdio.h>
#include <string.h>

/**
 * struct suspect - an access whose answer does not fit
 * @any: there is one
 * @on:  the object that it rests on
 * @op, @answer: the operation, and what its mark says of it
 */
struct suspect {
	u32 any, on;
	u32 op, answer;
	struct access a;
	char text[240];
};

/**
 * struct access_cpu
 * @loads, @stores: its access has come to a frame, which is its own: what a load must give, a store must store (@value, if @known)
 * @n_flat: changes of flat memory in the operation; @changed: one has changed @frame; @other: one is not of the access's frame alone
 * @holds: what the frame holds behind the last of them
 * @peek:  value of its last look at the data oracle (@peeked)
 */
struct access_cpu {
	u32 loads, stores, known, n_flat, changed, other, peeked, spare;
	u64 value, holds, peek, frame;
	struct suspect suspect;
};

/**
 * struct accesses
 * @passed:    [lk] sections of the lock that are over
 * @published: (bits) locks of which a section has pushed, and is not over
 * @suspects:  (bits) CPUs that have one
 */
struct accesses {
	u64 published, suspects, passed[ID_END];
	struct access_cpu cpu[MAX_CPU];
};

_Static_assert(sizeof(struct accesses) % 8 == 0, "words");

/* What is wrong with what an access loads or stores. */
enum wrong { WRONG_RESULT, WRONG_FRAME, WRONG_VALUE };

static struct access_cpu *cpu_of(struct judge *j, struct accesses *s, cpu_t cpu)
{
	KEEP(j, s->cpu[cpu]);
	return &s->cpu[cpu];
}

static void begins(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct access_cpu *c;
	const struct ctxt *regs;
	struct runs_on runs;

	c = cpu_of(j, own, cpu);
	c->loads = c->stores = c->known = c->n_flat = c->changed = c->other = c->peeked = 0;
	if (o->op == OP_dma_store) {
		c->known = true;
		c->value = o->arg[1];
		return;
	}
	if (op_is_load(o->op) || !j->registers || cpu >= j->cpus || o->arg[1] > 30)
		return;
	/* what a store stores: of the saved context as published (32/E-T15), of the CPU as intended */
	runs = registers_runs_on(j->registers, cpu);
	regs = registers_known(j->registers, judge_published(j, cpu, ERRATUM_ACCESS_REGISTERS), cpu,
	                       runs.vmid, runs.vcpuid);
	c->known = regs != NULL;
	c->value = regs ? regs->r[R_x0 + o->arg[1]] : 0;
}

/* Objects (bits) of the mark that are in the world as the access read them; *@raced: some is not. */
static u64 objects_read(const struct judge *j, const struct accesses *s, const struct event *e,
                        bool *raced)
{
	u64 known = 0;

	*raced = false;
	for (u32 i = 5; i + 2 < e->n; i += 3) {
		u64 lk = e->args[i];

		if (lk < ID_END && e->args[i + 2] == 0 && !(s->published >> lk & 1) &&
		    (u32)(j->start_now + s->passed[lk]) == (u32)e->args[i + 1] &&
		    world_trusts(j->world, 1ull << lk))
			known |= 1ull << lk;
		else
			*raced = true;
	}
	return known;
}

static void judge_access(struct judge *j, struct accesses *s, const struct event *e,
                         const struct op_open *o)
{
	struct access_cpu *c = cpu_of(j, s, e->cpu);
	struct abs abs = { .w = j->world, .fixed = &j->fixed, .errata = &j->side[e->cpu] };
	struct suspect p = { .any = true };
	char why[120], call[96];
	const u64 *bank = o->arg + (o->op == OP_dma_load ? 1 : 2); /* cbndx, index */
	bool raced;

	p.a = (struct access){ .how = (u32)e->args[0],
		               .vmid = registers_runs_on(j->registers, e->cpu).vmid,
		               .walked = e->args[1] == MV_FROM_WALK,
		               .device = o->op != OP_mem_load && o->op != OP_mem_store,
		               .dma = op_is_dma(o->op),
		               .gfn = o->arg[0],
		               .pfn = e->args[3] };
	if (p.a.vmid >= N_VMID || (p.a.device && (!is_smmu_cfg(bank[0]) || !is_smmu(bank[1]))))
		return;
	p.a.bank = p.a.device ? smmu_id((u32)bank[1], (u32)bank[0]) : 0;
	abs.held = objects_read(j, s, e, &raced);
	if (p.a.dma) {
		u64 owner = world_value(j->world, SMMU_ID, F_SMMU_smmu_vmid, p.a.bank);

		/* whose access it is only the bank's owner says, as the access found it */
		if (!(abs.held >> SMMU_ID & 1))
			abs.held = 0;
		p.a.vmid = owner < COREVISOR ? (u32)owner : HOSTVISOR;
	}
	if (access_fits(&abs, &p.a, &p.on, why, sizeof(why))) {
		if (raced)
			not_judged(j, CHK_REFINE, UNJUDGED_RACED);
		else
			evaluated(j, CHK_REFINE);
		return;
	}
	p.op = o->op;
	p.answer = (u32)e->args[0];
	snprintf(p.text, sizeof(p.text), "CPU %u, %s: the answer is %s, and %s", e->cpu,
	         op_print(o->op, o->n_arg, o->arg, call, sizeof(call)),
	         mark_word(NULL, MARG_ACCESS, e->args[0], NULL, 0), why);
	/* a suspect of this CPU that still waits is given up for the new one */
	if (c->suspect.any)
		not_judged(j, CHK_REFINE, UNJUDGED_RACED);
	c->suspect = p;
	KEEP(j, s->suspects);
	s->suspects |= 1ull << e->cpu;
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	const struct op_open *o;
	struct access_cpu *c;

	if (e->kind != MARK_ACCESS &&
	    (e->kind != MARK_OUTSIDE || e->args[0] != MV_STREAM_DATA_PEEK))
		return;
	o = trail_op(j->trail, e->cpu);
	if (!o || !op_is_access(o->op) || !j->registers || e->cpu >= j->cpus)
		return;
	c = cpu_of(j, own, e->cpu);
	if (e->kind == MARK_OUTSIDE) {
		c->peeked = true;
		c->peek = e->n > 4 ? e->args[4]
		                   : data_oracle_value(&j->data, (vmid_t)e->args[1], e->args[2]);
		return;
	}
	judge_access(j, own, e, o);
	if (e->args[0] != MV_ACCESS_OWN && e->args[0] != MV_ACCESS_SHARED)
		return;
	if (!op_is_load(o->op)) {
		c->stores = e->args[0] == MV_ACCESS_OWN;
	} else if (e->args[0] == MV_ACCESS_OWN) {
		c->loads = c->known = world_trusts(j->world, 1ull << FLATMEM_ID);
		c->value = world_value(j->world, FLATMEM_ID, F_FLATMEM_flatmem, e->args[3]);
	} else {
		c->loads = c->known = c->peeked;
		c->value = c->peek;
	}
	c->other |= c->changed && c->frame != e->args[3];
	c->frame = e->args[3];
	if (c->n_flat)
		c->holds = world_value(j->world, FLATMEM_ID, F_FLATMEM_flatmem, c->frame);
}

/* What the answer of an access that waits rests on changes. */
static bool concerns(const struct access *a, const struct change *c)
{
	switch ((enum change_kind)c->kind) {
	case CH_LEAF:
		return c->who == a->vmid && a->gfn - c->at < c->n;
	case CH_SPT_LEAF:
		return c->who == a->bank && a->gfn - c->at < c->n;
	case CH_PAGE:
		return c->at == a->pfn;
	case CH_VM:
		return c->who == a->vmid && c->field == F_INFO_vm_state;
	case CH_BANK:
		return c->at == a->bank;
	case CH_LINK:
	case CH_RECORD:
	case CH_CORE:
	case CH_CURSOR:
	case CH_FLAT:
	case CH_NR:
		break;
	}
	return false;
}
enum { ACCESS_FACTS = 6 };

/* The access as data; how many. */
static u32 access_facts(const struct suspect *p, struct fact out[ACCESS_FACTS])
{
	u32 n = 0;

	out[n++] = fact_word("operation", op_function(p->op));
	out[n++] = fact_word("answer", mark_word(NULL, MARG_ACCESS, p->answer, NULL, 0));
	out[n++] = fact_n("vmid", p->a.vmid);
	out[n++] = fact_hex("gfn", p->a.gfn);
	out[n++] = fact_hex("pfn", p->a.pfn);
	if (p->a.device)
		out[n++] = fact_n("bank", p->a.bank);
	return n;
}

static void no_suspect(struct judge *j, struct accesses *s, cpu_t cpu)
{
	cpu_of(j, s, cpu)->suspect.any = false;
	KEEP(j, s->suspects);
	s->suspects &= ~(1ull << cpu);
}

static void settle(struct judge *j, struct accesses *s, const struct section *sec, u32 i)
{
	struct suspect *p = &s->cpu[i].suspect;
	struct fact f[ACCESS_FACTS];
	bool raced = false;

	for (u32 k = 0; k < sec->n; k++)
		raced |= concerns(&p->a, &sec->change[k]);
	no_suspect(j, s, i);
	if (raced || !world_trusts(j->world, 1ull << sec->lk)) {
		not_judged(j, CHK_REFINE, UNJUDGED_RACED);
		return;
	}
	evaluated(j, CHK_REFINE);
	found_of(&j->findings, ROW_REFINE_ACCESS, j->at, f, access_facts(p, f), "%s", p->text);
}

static void section(struct judge *j, void *own, const struct section *sec)
{
	struct accesses *s = own;
	struct access_cpu *c;

	if (sec->lk != FLATMEM_ID) {
		for (u64 left = s->suspects; left; left &= left - 1) {
			u32 i = (u32)__builtin_ctzll(left);

			if (s->cpu[i].suspect.on == sec->lk)
				settle(j, s, sec, i);
		}
		KEEP(j, s->published);
		s->published |= 1ull << sec->lk;
		return;
	}
	if (!sec->op || !op_is_access(sec->op->op))
		return;
	c = cpu_of(j, s, sec->cpu);
	c->n_flat++;
	for (u32 k = 0; k < sec->n; k++) {
		c->other |= sec->change[k].n != 1;
		c->frame = sec->change[k].at;
		c->changed = true;
	}
}

static void passed(struct judge *j, void *own, const struct section *sec)
{
	struct accesses *s = own;

	KEEP(j, s->published);
	KEEP(j, s->passed[sec->lk]);
	s->published &= ~(1ull << sec->lk);
	s->passed[sec->lk]++;
}

/* What it loads or stores is another value than it should be, or stands elsewhere. */
static __attribute__((cold, noinline)) void tell_wrong(struct judge *j, const struct access_cpu *c,
                                                       const struct op_open *o, enum wrong what)
{
	char call[96];

	op_print(o->op, o->n_arg, o->arg, call, sizeof(call));
	switch (what) {
	case WRONG_RESULT:
		found_of(&j->findings, ROW_REFINE_RESULT, j->at,
		         FACTS(fact_word("operation", op_function(o->op)),
		               fact_at(fact_should(fact_hex("result", o->result), c->value),
		                       FLATMEM_ID, F_FLATMEM_flatmem, c->frame)),
		         "%s: it should give 0x%llx, gives 0x%llx", call,
		         (unsigned long long)c->value, (unsigned long long)o->result);
		return;
	case WRONG_FRAME:
		found_of(
			&j->findings, ROW_REFINE_FLAT, j->at,
			FACTS(fact_word("operation", op_function(o->op)), fact_hex("pfn", c->frame),
		              fact_should(fact_n("changes", c->n_flat), c->stores)),
			"%s: it should change flat memory %u times, in frame 0x%llx alone, does %u "
			"times%s",
			call, c->stores, (unsigned long long)c->frame, c->n_flat,
			c->other ? ", elsewhere" : "");
		return;
	case WRONG_VALUE:
		found_of(&j->findings, ROW_REFINE_FLAT, j->at,
		         FACTS(fact_word("operation", op_function(o->op)),
		               fact_hex("pfn", c->frame),
		               fact_at(fact_should(fact_hex("value", c->holds), c->value),
		                       FLATMEM_ID, F_FLATMEM_flatmem, c->frame)),
		         "%s: frame 0x%llx should hold 0x%llx, holds 0x%llx", call,
		         (unsigned long long)c->frame, (unsigned long long)c->value,
		         (unsigned long long)c->holds);
		return;
	}
}

static void ends(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	const struct access_cpu *c = &((struct accesses *)own)->cpu[cpu];

	if (unlikely(c->loads && c->known && o->result != c->value))
		tell_wrong(j, c, o, WRONG_RESULT);
	else if (unlikely(c->n_flat != c->stores || c->other))
		tell_wrong(j, c, o, WRONG_FRAME);
	else if (c->stores && c->known && world_trusts(j->world, 1ull << FLATMEM_ID) &&
	         unlikely(c->holds != c->value))
		tell_wrong(j, c, o, WRONG_VALUE);
}

/* No section comes that could excuse the suspects, unless a CPU has halted in one. */
static void episode_end(struct judge *j, void *own, bool cut)
{
	struct accesses *s = own;

	for (u32 i = 0; i < MAX_CPU; i++) {
		struct suspect *p = &s->cpu[i].suspect;
		struct fact f[ACCESS_FACTS];

		if (!p->any)
			continue;
		no_suspect(j, s, i);
		if (cut || trail_held(j->trail) >> p->on & 1) {
			not_judged(j, CHK_REFINE, UNJUDGED_RACED);
			continue;
		}
		evaluated(j, CHK_REFINE);
		found_at_end(&j->findings, ROW_REFINE_ACCESS, FINDING_NO_LOCK, i, f,
		             access_facts(p, f), "%s", p->text);
	}
}

const struct state_check check_access = { .id = CHK_REFINE,
	                                  .bytes = sizeof(struct accesses),
	                                  .section = section,
	                                  .passed = passed,
	                                  .ops = op_is_access,
	                                  .op_begin = begins,
	                                  .op_end = ends,
	                                  .marks = STATE_MARK(MARK_ACCESS) |
	                                           STATE_MARK(MARK_OUTSIDE),
	                                  .mark = mark,
	                                  .episode_end = episode_end };

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Composites: from ENTER to LEAVE a CPU does the atomic operations of the entry's sequence (oracle/spec/seq.def), in its order and
 * with the arguments that follow from the entry's registers and from what was given before; takes from outside what it says; and
 * leaves the core for whom, and with what in x0, it says.  What each operation does is refine.c's, what is nested in one as well.
 *
 * Behind the first thing that is otherwise the rest of that entry is not judged; nor is an entry that a halted machine, a stuck
 * call or the end of the log left where it was, from there on.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/stream_value.h"
#include "oracle/registers.h"
#include "oracle/spec/seq.h"
#include "oracle/spec/spec.h"

#include <stdio.h>
#include <string.h>

/* Where a CPU is: in no entry, just in one, in one, in one of which nothing more is judged. */
enum place { PLACE_OUT, PLACE_FRESH, PLACE_IN, PLACE_OFF };

/**
 * struct composite_cpu
 * @place: enum place
 * @in_work: 1: an operation of the workload has begun, 2: and has had an entry
 * @seq:   of PLACE_FRESH and PLACE_IN
 */
struct composite_cpu {
	u32 place, in_work;
	struct seq seq;
};

struct composite {
	struct composite_cpu cpu[MAX_CPU];
};

_Static_assert(sizeof(struct composite) % 8 == 0, "words");

static const struct ctxt *saved(const void *arg, u64 vmid, u64 vcpuid)
{
	return registers_known(arg, true, 0, vmid, vcpuid);
}

static struct seq_env env_of(const struct judge *j)
{
	return (struct seq_env){ .errata = &j->side[j->at->cpu],
		                 .total_cpu = j->total_cpu,
		                 .saved = saved,
		                 .arg = j->registers };
}

/* The CPU's, about to change. */
static struct composite_cpu *change(struct judge *j, void *own, cpu_t cpu)
{
	struct composite_cpu *c = &((struct composite *)own)->cpu[cpu];

	KEEP(j, *c);
	return c;
}

static bool is_in(const struct composite_cpu *c)
{
	return c->place == PLACE_FRESH || c->place == PLACE_IN;
}

/* "hypercall 14, ...: does ..., and clear_vm_page(vmid=3, pfn=0x210) should come": the entry is not judged on. */
static __attribute__((cold, noinline)) void breach(struct judge *j, struct composite_cpu *c,
                                                   enum check_row row, const char *what)
{
	char entry[120], want[120];

	evaluated(j, CHK_COMPOSITE);
	c->place = PLACE_OFF;
	found_of(
		&j->findings, row, j->at,
		FACTS(fact_word("should_come",
	                        c->seq.want.op < HYP_OP_NR ? op_function(c->seq.want.op) : "none")),
		"%s: %s, and %s should come", seq_print(&c->seq, entry, sizeof(entry)), what,
		seq_print_want(&c->seq.want, want, sizeof(want)));
}

static void unknown(struct judge *j, struct composite_cpu *c)
{
	if (c->seq.want.kind != SEQ_UNKNOWN)
		return;
	not_judged(j, CHK_COMPOSITE, UNJUDGED_DOUBT);
	c->place = PLACE_OFF;
}

static void next(struct judge *j, struct composite_cpu *c, u64 result)
{
	const struct seq_env env = env_of(j);

	seq_next(&c->seq, &env, result);
	unknown(j, c);
}

/* The entry begins with the registers that the CPU has. */
static void begin(struct judge *j, struct composite_cpu *c, cpu_t cpu, u32 entry, u32 vmid,
                  u32 vcpuid)
{
	const struct ctxt *regs = registers_known(j->registers, false, cpu, 0, 0);
	const struct seq_env env = env_of(j);

	c->place = PLACE_FRESH;
	if (!regs) {
		c->place = PLACE_OFF;
		not_judged(j, CHK_COMPOSITE, UNJUDGED_DOUBT);
		return;
	}
	seq_begin(&c->seq, &env, entry, cpu, vmid, vcpuid, regs);
	unknown(j, c);
}

static void op_begins(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct composite_cpu *c = &((struct composite *)own)->cpu[cpu];
	const struct seq_want *w = &c->seq.want;
	char call[120], text[160];

	if (o->depth)
		return;
	if (c->place == PLACE_OUT && c->in_work == 2 && !op_is_access(o->op)) {
		evaluated(j, CHK_COMPOSITE);
		found_of(&j->findings, ROW_COMPOSITE_OUTSIDE, j->at,
		         FACTS(fact_word("operation", op_function(o->op))), "CPU %u: %s", cpu,
		         op_print(o->op, o->n_arg, o->arg, call, sizeof(call)));
	}
	if (!is_in(c))
		return;
	c = change(j, own, cpu);
	c->place = PLACE_IN;
	if (w->kind == SEQ_OP && w->op == o->op && memcmp(w->arg, o->arg, sizeof(w->arg)) == 0)
		return;
	snprintf(text, sizeof(text), "does %s",
	         op_print(o->op, o->n_arg, o->arg, call, sizeof(call)));
	breach(j, c,
	       w->kind == SEQ_OP && w->op == o->op ? ROW_COMPOSITE_ARGS
	       : w->kind == SEQ_TAKE               ? ROW_COMPOSITE_TAKEN
	       : w->kind == SEQ_HALT               ? ROW_COMPOSITE_HALT
	                                           : ROW_COMPOSITE_OP,
	       text);
}

static void op_ends(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct composite_cpu *c = &((struct composite *)own)->cpu[cpu];

	if (o->depth || !is_in(c))
		return;
	c = change(j, own, cpu);
	if (o->halted) {
		evaluated(j, CHK_COMPOSITE);
		c->place = PLACE_OFF;
		return;
	}
	next(j, c, o->result);
}

/* Values of a stream that an entry may take outside of its operations. */
static void takes(struct judge *j, struct composite_cpu *c, const struct event *e)
{
	struct seq_want *w = &c->seq.want;
	u64 stream = e->args[0], count = e->args[3];
	char text[80], word[MARK_WORD];

	if (w->kind != SEQ_TAKE || w->stream != stream || w->vmid != e->args[1] || count > w->n) {
		snprintf(text, sizeof(text), "takes %llu value%s of stream %s for VM %llu",
		         (unsigned long long)count, count == 1 ? "" : "s",
		         mark_print(NULL, MARG_STREAM, stream, word, sizeof(word)),
		         (unsigned long long)e->args[1]);
		breach(j, c, ROW_COMPOSITE_TAKEN, text);
		return;
	}
	w->n -= count;
	if (w->n == 0)
		next(j, c,
		     e->n > 4 ? e->args[e->n - 1]
		              : stream_value(j, stream, e->args[1], e->args[2] + count - 1));
}

/* The CPU leaves the core: it has done all that it should, and goes on as who it should. */
static void leaves(struct judge *j, struct composite_cpu *c, cpu_t cpu)
{
	struct runs_on now = registers_runs_on(j->registers, cpu);
	const struct ctxt *regs = registers_known(j->registers, false, cpu, 0, 0);
	const struct seq_want *w = &c->seq.want;
	char text[80];

	if (w->kind != SEQ_LEAVE) {
		breach(j, c,
		       w->kind == SEQ_OP     ? ROW_COMPOSITE_MISSING
		       : w->kind == SEQ_TAKE ? ROW_COMPOSITE_TAKEN
		                             : ROW_COMPOSITE_HALT,
		       "ends");
	} else if (now.ihost != w->ihost || now.vmid != w->vmid || now.vcpuid != w->vcpuid) {
		snprintf(text, sizeof(text), "ends for %s vCPU %u of VM %u",
		         now.ihost ? "the host as" : "", now.vcpuid, now.vmid);
		breach(j, c, ROW_COMPOSITE_WHO, text);
	} else if (w->gives && regs && regs->r[R_x0] != w->x0) {
		snprintf(text, sizeof(text), "ends with 0x%llx in x0, not 0x%llx",
		         (unsigned long long)regs->r[R_x0], (unsigned long long)w->x0);
		breach(j, c, ROW_COMPOSITE_RESULT, text);
	} else {
		evaluated(j, CHK_COMPOSITE);
	}
	c->place = PLACE_OUT;
}

/* The CPU has halted the machine, outside of every operation. */
static void halts(struct judge *j, struct composite_cpu *c)
{
	if (c->seq.want.kind != SEQ_HALT) {
		breach(j, c, ROW_COMPOSITE_HALT, "halts the machine");
		return;
	}
	evaluated(j, CHK_COMPOSITE);
	c->place = PLACE_OFF;
}

/* A mark in an entry that is judged. */
static void inside(struct judge *j, struct composite_cpu *c, const struct event *e)
{
	bool in_op = trail_op(j->trail, e->cpu) != NULL;
	bool fresh = c->place == PLACE_FRESH;

	c->place = PLACE_IN;
	if (e->kind == MARK_REGS && fresh)
		begin(j, c, e->cpu, c->seq.entry, c->seq.vmid, c->seq.vcpuid);
	else if (e->kind == MARK_LEAVE)
		leaves(j, c, e->cpu);
	else if (e->kind == MARK_OUTSIDE && !in_op && e->args[0] <= MV_STREAM_CORE)
		takes(j, c, e);
	else if (e->kind == MARK_PANIC && !in_op)
		halts(j, c);
	if (e->kind == MARK_REGS && fresh && c->place == PLACE_FRESH)
		c->place = PLACE_IN;
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct composite_cpu *c = &((struct composite *)own)->cpu[e->cpu];

	if (!j->registers || e->cpu >= j->cpus)
		return;
	switch (e->kind) {
	case MARK_BEGIN:
	case MARK_END_OP:
		c = change(j, own, e->cpu);
		c->in_work = e->kind == MARK_BEGIN;
		return;
	case MARK_ENTER:
		if (e->args[0] > MV_ENTRY_EXIT)
			return;
		c = change(j, own, e->cpu);
		c->in_work *= c->in_work == 1 ? 2 : 1;
		begin(j, c, e->cpu, (u32)e->args[0], (u32)e->args[2], (u32)e->args[3]);
		return;
	case MARK_STUCK:
	case MARK_STOPPED:
		c = change(j, own, e->cpu);
		if (is_in(c))
			not_judged(j, CHK_COMPOSITE, UNJUDGED_CUT);
		c->place = PLACE_OUT;
		c->in_work = 0;
		return;
	default:
		if (is_in(c))
			inside(j, change(j, own, e->cpu), e);
		else if (e->kind == MARK_LEAVE)
			change(j, own, e->cpu)->place = PLACE_OUT;
	}
}

static void episode_end(struct judge *j, void *own, bool cut)
{
	struct composite *s = own;

	(void)cut;
	for (u32 i = 0; i < MAX_CPU; i++)
		if (is_in(&s->cpu[i]))
			not_judged(j, CHK_COMPOSITE, UNJUDGED_CUT);
}

const struct state_check check_composite = { .id = CHK_COMPOSITE,
	                                     .bytes = sizeof(struct composite),
	                                     .op_begin = op_begins,
	                                     .op_end = op_ends,
	                                     .marks = ~(STATE_MARK(MARK_OP) |
	                                                STATE_MARK(MARK_SEVENT)),
	                                     .mark = mark,
	                                     .episode_end = episode_end };

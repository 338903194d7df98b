// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/registers.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/said.h"

#include <stdlib.h>

/**
 * struct told - of one CPU
 * @runs, @before: now, and before its last ENTER
 * @at:       context of its MOVE or ENTER before, a number of registers.ctxt
 * @load_reg: register that the access which has begun loads into; REG_NR: it is no load, or came to nothing
 */
struct told {
	struct said regs;
	struct runs_on runs, before;
	u64 at;
	u32 load_reg;
};

/**
 * struct registers
 * @cpu:  [config->cpus]
 * @ctxt: [N_VMID * config->total_cpu] NULL: nothing was said of it, every register is 0
 */
struct registers {
	const struct log_config *config;
	bool in_episode;
	u32 episode;
	struct told *cpu;
	struct said **ctxt;
};

static u64 n_ctxts(const struct registers *r)
{
	return (u64)N_VMID * r->config->total_cpu;
}

/* Number of a context; n_ctxts(): there is none. */
static u64 ctxt_number(const struct registers *r, u64 vmid, u64 vcpuid)
{
	if (vmid >= N_VMID || vcpuid >= r->config->total_cpu)
		return n_ctxts(r);
	return vmid * r->config->total_cpu + vcpuid;
}

static void start_episode(struct registers *r, u32 number)
{
	if (r->in_episode && r->episode == number)
		return;
	r->in_episode = true;
	r->episode = number;
	for (u32 i = 0; i < r->config->cpus; i++)
		r->cpu[i] = (struct told){ .runs = { .ihost = true, .vcpuid = i },
			                   .at = ctxt_number(r, HOSTVISOR, i),
			                   .load_reg = REG_NR };
	for (u64 i = 0; i < n_ctxts(r); i++)
		if (r->ctxt[i])
			*r->ctxt[i] = (struct said){ .part = { 0 } };
}

struct registers *registers_new(const struct log_config *config)
{
	struct registers *r = xcalloc(1, sizeof(*r));

	r->config = config;
	r->cpu = xcalloc(config->cpus, sizeof(*r->cpu));
	r->ctxt = xcalloc(n_ctxts(r), sizeof(struct said *));
	start_episode(r, 0);
	r->in_episode = false;
	return r;
}

void registers_free(struct registers *r)
{
	if (!r)
		return;
	for (u64 i = 0; i < n_ctxts(r); i++)
		free(r->ctxt[i]);
	free(r->ctxt);
	free(r->cpu);
	free(r);
}

static struct said *context(struct registers *r, u64 number)
{
	if (number >= n_ctxts(r))
		return NULL;
	if (!r->ctxt[number])
		r->ctxt[number] = xcalloc(1, sizeof(struct said));
	return r->ctxt[number];
}

/* A digest, then differences, from args[@at] on. */
static enum registers_row differences(struct said *s, const struct event *e, u32 at)
{
	u64 digest = e->args[at];

	for (u32 i = at + 1; i + 1 < e->n; i += 2) {
		if (e->args[i] >= REG_NR)
			return REGISTERS_NO_REG;
		said_put(s, (enum reg)e->args[i], e->args[i + 1]);
	}
	/* A whole one is made from the values anew, so that what keeps digests up to date is judged as well. */
	if (digest >= SAID_SHORT_END || said_short(said_digest(s)) != digest)
		return regs_digest(&s->ctxt) == digest ? REGISTERS_OK : REGISTERS_DIGEST;
	return REGISTERS_OK;
}

static enum registers_row enter(struct registers *r, struct told *c, const struct event *e)
{
	const struct entry_args *a = entry_args(e->args[0]);

	c->runs.icore = true;
	c->before = (struct runs_on){ .ihost = c->runs.ihost,
		                      .vmid = (u32)e->args[2],
		                      .vcpuid = (u32)e->args[3] };
	c->runs.vmid = (u32)e->args[2];
	c->runs.vcpuid = (u32)e->args[3];
	c->at = ctxt_number(r, e->args[2], e->args[3]);
	if (a->what_is_x0)
		said_put(&c->regs, R_x0, e->args[1]);
	if (e->n - 4 > a->n)
		return REGISTERS_NO_REG;
	for (u32 i = 4; i < e->n; i++)
		said_put(&c->regs, (enum reg)a->reg[i - 4], e->args[i]);
	return REGISTERS_OK;
}

static void leave(struct told *c, const struct event *e)
{
	c->runs = c->before;
	if (e->n > 0)
		c->runs = (struct runs_on){ .ihost = e->args[0],
			                    .icore = e->args[1],
			                    .vmid = (u32)e->args[2],
			                    .vcpuid = (u32)e->args[3] };
}

static enum registers_row move(struct registers *r, struct told *c, const struct event *e)
{
	struct said *ctxt;

	if (e->n > 1)
		c->at = ctxt_number(r, e->args[1], e->args[2]);
	ctxt = context(r, c->at);
	if (!ctxt)
		return REGISTERS_NO_CTXT;
	said_move(&c->regs, ctxt, e->args[0]);
	return REGISTERS_OK;
}

static bool is_load(u64 op)
{
	return op == OP_mem_load || op == OP_dev_load;
}

/* An operation has begun: is it a load, and into which register? */
static void begin_op(struct told *c, const struct event *e)
{
	c->load_reg = REG_NR;
	if (is_load(e->args[0]) && e->n > 2)
		c->load_reg = reg_by_index((u32)e->args[2]);
}

/* How its access ended. */
static void access(struct told *c, const struct event *e)
{
	if (e->args[0] != MV_ACCESS_OWN && e->args[0] != MV_ACCESS_SHARED)
		c->load_reg = REG_NR;
}

/* What a load gives is in its register (erratum access-registers). */
static enum registers_row end_op(struct registers *r, struct told *c, const struct event *e)
{
	struct said *to = &c->regs;

	if (!is_load(e->args[0]) || c->load_reg == REG_NR)
		return REGISTERS_OK;
	if (errata_published(&r->config->errata, ERRATUM_ACCESS_REGISTERS))
		to = context(r, ctxt_number(r, c->runs.vmid, c->runs.vcpuid));
	if (!to)
		return REGISTERS_NO_CTXT;
	said_put(to, (enum reg)c->load_reg, e->args[2]);
	return REGISTERS_OK;
}

enum registers_row registers_event(struct registers *r, const struct event *e)
{
	struct told *c;
	struct said *s;

	if (e->kind == MARK_EPISODE)
		start_episode(r, e->arg);
	if (!event_is_mark(e->kind) || e->cpu >= r->config->cpus)
		return REGISTERS_OK;
	c = &r->cpu[e->cpu];
	if (e->kind == MARK_OP)
		begin_op(c, e);
	if (e->kind == MARK_ENTER)
		return enter(r, c, e);
	if (e->kind == MARK_LEAVE)
		leave(c, e);
	if (e->kind == MARK_REGS)
		return differences(&c->regs, e, 0);
	if (e->kind == MARK_MOVE)
		return move(r, c, e);
	if (e->kind == MARK_ACCESS)
		access(c, e);
	if (e->kind == MARK_SEVENT)
		return end_op(r, c, e);
	if (e->kind != MARK_CTXT)
		return REGISTERS_OK;
	s = context(r, ctxt_number(r, e->args[0], e->args[1]));
	return s ? differences(s, e, 2) : REGISTERS_NO_CTXT;
}

const struct ctxt *registers_of_cpu(const struct registers *r, cpu_t cpu)
{
	SIM_ASSERT(cpu < r->config->cpus);
	return &r->cpu[cpu].regs.ctxt;
}

const struct ctxt *registers_of_vcpu(const struct registers *r, u64 vmid, u64 vcpuid)
{
	static const struct ctxt zero;
	u64 number = ctxt_number(r, vmid, vcpuid);

	if (number == n_ctxts(r))
		return NULL;
	return r->ctxt[number] ? &r->ctxt[number]->ctxt : &zero;
}

struct runs_on registers_runs_on(const struct registers *r, cpu_t cpu)
{
	SIM_ASSERT(cpu < r->config->cpus);
	return r->cpu[cpu].runs;
}

const char *registers_sentence(enum registers_row row)
{
	switch (row) {
	case REGISTERS_OK:
		return "";
	case REGISTERS_DIGEST:
		return "the digest of registers is not that of what the log has said of them";
	case REGISTERS_NO_CTXT:
		return "a mark speaks of a context that there is not";
	case REGISTERS_NO_REG:
		return "a mark speaks of a register that there is not";
	case REGISTERS_NR:
		break;
	}
	SIM_UNREACHABLE();
}

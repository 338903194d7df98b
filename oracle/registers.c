// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/registers.h"

#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/said.h"

#include <stdlib.h>

/* Groups of registers that are in doubt, bit MOVE_*. */
enum { DOUBT_NONE = 0, DOUBT_ALL = (1 << (MOVE_FAULT + 1)) - 1 };

/**
 * struct set - one set of registers
 * @doubt: its groups that may hold something else than @said has
 * @told:  a mark of this episode told something of it
 */
struct set {
	struct said said;
	u32 doubt;
	bool told;
};

/**
 * struct told - of one CPU
 * @runs, @before: now, and before its last ENTER
 * @at:       context of its MOVE or ENTER before, a number of registers.ctxt
 * @loads_saved: what it loads goes to the saved context of who runs there
 * @load_reg: register that the access which has begun loads into; REG_NR: it is no load, or came to nothing
 */
struct told {
	struct set regs;
	struct runs_on runs, before;
	u64 at;
	bool loads_saved;
	u32 load_reg;
};

/**
 * struct registers
 * @cpu:  [cpus]
 * @ctxt: [N_VMID * total_cpu] NULL: nothing was said of it, every register is 0
 * @n:    of registers_digests()
 */
struct registers {
	u32 cpus, total_cpu;
	bool loads_saved;
	bool in_episode;
	u32 episode;
	struct compared {
		u64 digests, whole, doubted;
	} n;
	struct told *cpu;
	struct set **ctxt;
};

static u64 n_ctxts(const struct registers *r)
{
	return (u64)N_VMID * r->total_cpu;
}

/* Number of a context; n_ctxts(): there is none. */
static u64 ctxt_number(const struct registers *r, u64 vmid, u64 vcpuid)
{
	if (vmid >= N_VMID || vcpuid >= r->total_cpu)
		return n_ctxts(r);
	return vmid * r->total_cpu + vcpuid;
}

void registers_reset(struct registers *r)
{
	for (u32 i = 0; i < r->cpus; i++)
		r->cpu[i] = (struct told){ .runs = { .ihost = true, .vcpuid = i },
			                   .at = ctxt_number(r, HOSTVISOR, i),
			                   .loads_saved = r->loads_saved,
			                   .load_reg = REG_NR };
	for (u64 i = 0; i < n_ctxts(r); i++)
		if (r->ctxt[i])
			*r->ctxt[i] = (struct set){ .told = false };
}

static void start_episode(struct registers *r, u32 number)
{
	if (r->in_episode && r->episode == number)
		return;
	r->in_episode = true;
	r->episode = number;
	registers_reset(r);
}

struct registers *registers_new(u32 cpus, u32 total_cpu, bool loads_saved)
{
	struct registers *r = xcalloc(1, sizeof(*r));

	r->cpus = cpus;
	r->total_cpu = total_cpu;
	r->loads_saved = loads_saved;
	r->cpu = xcalloc(cpus, sizeof(*r->cpu));
	r->ctxt = xcalloc(n_ctxts(r), sizeof(struct set *));
	registers_reset(r);
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

static struct set *context(struct registers *r, u64 number)
{
	if (number >= n_ctxts(r))
		return NULL;
	if (!r->ctxt[number])
		r->ctxt[number] = xcalloc(1, sizeof(struct set));
	return r->ctxt[number];
}

/* Which move each register belongs to. */
static const u8 group_of[REG_NR] = {
#define REG(group, field, move) [R_##field] = MOVE_##move,
#include "shmem/obj/regs.def"
};

/* Groups of which the differences in args[@at..] tell every register: no doubt is left in them.  Numbers are in range. */
static __attribute__((cold, noinline)) void settle(struct set *s, const struct event *e, u32 at)
{
	bool named[REG_NR] = { false };
	u32 open = 0;

	for (u32 i = at; i + 1 < e->n; i += 2)
		named[e->args[i]] = true;
	for (u32 r = 0; r < REG_NR; r++)
		open |= (u32)!named[r] << group_of[r];
	s->doubt &= open;
}

static enum registers_row compare(struct registers *r, struct set *s, u64 digest)
{
	bool whole = digest >= SAID_SHORT_END;
	u64 is;

	if (unlikely(s->doubt)) {
		r->n.doubted++;
		return REGISTERS_OK;
	}
	/* A whole one is made from the values anew, so that what keeps digests up to date is judged as well. */
	is = whole ? regs_digest(&s->said.ctxt) : said_short(said_digest(&s->said));
	/* As a whole one a small number can only be what these bits of it are as well. */
	if (unlikely(is != digest) && (whole || regs_digest(&s->said.ctxt) != digest)) {
		s->doubt = DOUBT_ALL;
		return REGISTERS_DIGEST;
	}
	r->n.digests++;
	r->n.whole += whole;
	return REGISTERS_OK;
}

/* A digest, then differences, from args[@at] on. */
static enum registers_row differences(struct registers *r, struct set *s, const struct event *e,
                                      u32 at)
{
	s->told = true;
	for (u32 i = at + 1; i + 1 < e->n; i += 2) {
		if (unlikely(e->args[i] >= REG_NR)) {
			s->doubt = DOUBT_ALL;
			return REGISTERS_NO_REG;
		}
		said_put(&s->said, (enum reg)e->args[i], e->args[i + 1]);
	}
	if (unlikely(s->doubt))
		settle(s, e, at + 1);
	return compare(r, s, e->args[at]);
}

/* Does an entry of this number come from the host? */
static bool from_host(u64 entry)
{
	return entry != MV_ENTRY_EXIT;
}

static enum registers_row enter_row(const struct told *c, const struct event *e)
{
	if (unlikely(c->runs.icore))
		return REGISTERS_ENTER;
	if (unlikely(e->args[0] > MV_ENTRY_EXIT || c->runs.ihost != from_host(e->args[0])))
		return REGISTERS_MODE;
	if (unlikely(c->runs.vmid != e->args[2] || c->runs.vcpuid != e->args[3]))
		return REGISTERS_WHO;
	return REGISTERS_OK;
}

static enum registers_row enter(struct registers *r, struct told *c, const struct event *e)
{
	const struct entry_args *a = entry_args(e->args[0]);
	enum registers_row row = enter_row(c, e);

	c->regs.told = true;
	c->runs.icore = true;
	c->before = (struct runs_on){ .ihost = from_host(e->args[0]),
		                      .vmid = (u32)e->args[2],
		                      .vcpuid = (u32)e->args[3] };
	c->runs.ihost = c->before.ihost;
	c->runs.vmid = c->before.vmid;
	c->runs.vcpuid = c->before.vcpuid;
	c->at = ctxt_number(r, e->args[2], e->args[3]);
	if (a->what_is_x0)
		said_put(&c->regs.said, R_x0, e->args[1]);
	for (u32 i = 4; i < e->n && i - 4 < a->n; i++)
		said_put(&c->regs.said, (enum reg)a->reg[i - 4], e->args[i]);
	if (row == REGISTERS_OK && e->n - 4 > a->n)
		return REGISTERS_NO_REG;
	return row;
}

/* Can @runs be what goes on on this CPU?  [SecurityInvs: cur_vmid_range to valid_core_vcpuid] */
static bool can_run(const struct registers *r, cpu_t cpu, const struct runs_on *runs)
{
	if (runs->ihost)
		return runs->vmid == HOSTVISOR && runs->vcpuid == cpu;
	return is_vm(runs->vmid) && runs->vcpuid < r->total_cpu;
}

static enum registers_row leave(struct registers *r, struct told *c, const struct event *e)
{
	bool inside = c->runs.icore;

	c->runs = c->before;
	if (e->n > 0)
		c->runs = (struct runs_on){ .ihost = e->args[0],
			                    .icore = e->args[1],
			                    .vmid = (u32)e->args[2],
			                    .vcpuid = (u32)e->args[3] };
	if (unlikely(!inside))
		return REGISTERS_LEAVE;
	if (unlikely(c->runs.icore)) {
		c->runs.icore = false;
		return REGISTERS_MODE;
	}
	return likely(can_run(r, e->cpu, &c->runs)) ? REGISTERS_OK : REGISTERS_VCPU;
}

static bool is_save(u64 move)
{
	return move <= MV_MOVE_SAVE_FAULT;
}

/* The groups that a move takes along under their own names. */
static u32 groups_of(u64 move)
{
	static const u8 groups[] = {
		[MV_MOVE_SAVE_GP] = 1 << MOVE_GP,
		[MV_MOVE_SAVE_FP] = 1 << MOVE_FP,
		[MV_MOVE_SAVE_SYS] = 1 << MOVE_SYS,
		[MV_MOVE_SAVE_FAULT] = 1 << MOVE_FAULT,
		[MV_MOVE_LOAD_GP] = 1 << MOVE_GP,
		[MV_MOVE_LOAD_FP] = 1 << MOVE_FP,
		[MV_MOVE_LOAD_SYS] = 1 << MOVE_SYS | 1 << MOVE_FAULT,
		[MV_MOVE_LOAD_REST] = 1 << MOVE_FP | 1 << MOVE_SYS | 1 << MOVE_FAULT,
	};

	return groups[move];
}

/* What is moved is as much in doubt as where it comes from; registers that move by other names are of group NONE. */
static __attribute__((cold, noinline)) void doubt_moves(struct set *to, const struct set *from,
                                                        u64 move)
{
	u32 groups = groups_of(move);

	to->doubt = (to->doubt & ~groups) | (from->doubt & groups);
	if (from->doubt && move != MV_MOVE_SAVE_GP && move != MV_MOVE_LOAD_GP)
		to->doubt |= 1 << MOVE_NONE;
}

static enum registers_row move(struct registers *r, struct told *c, const struct event *e)
{
	u64 move = e->args[0];
	struct set *ctxt;
	bool told;

	if (e->n > 1)
		c->at = ctxt_number(r, e->args[1], e->args[2]);
	ctxt = context(r, c->at);
	if (unlikely(!ctxt))
		return REGISTERS_NO_CTXT;
	if (unlikely(move > MV_MOVE_LOAD_REST))
		return REGISTERS_NO_REG;
	if (unlikely(c->regs.doubt | ctxt->doubt))
		doubt_moves(is_save(move) ? ctxt : &c->regs, is_save(move) ? &c->regs : ctxt, move);
	said_move(&c->regs.said, &ctxt->said, move);
	told = ctxt->told;
	ctxt->told = true;
	return likely(told || is_save(move)) ? REGISTERS_OK : REGISTERS_UNSAID;
}

/* A load has begun: into which register? */
static void begin_op(struct told *c, const struct event *e)
{
	c->load_reg = REG_NR;
	if (e->n > 2)
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
	struct set *to = &c->regs;

	if (c->load_reg == REG_NR)
		return REGISTERS_OK;
	if (c->loads_saved)
		to = context(r, ctxt_number(r, c->runs.vmid, c->runs.vcpuid));
	if (!to)
		return REGISTERS_NO_CTXT;
	to->told = true;
	said_put(&to->said, (enum reg)c->load_reg, e->args[2]);
	return REGISTERS_OK;
}

static enum registers_row saved(struct registers *r, const struct event *e)
{
	struct set *s = context(r, ctxt_number(r, e->args[0], e->args[1]));

	return likely(s) ? differences(r, s, e, 2) : REGISTERS_NO_CTXT;
}

enum registers_row registers_event(struct registers *r, const struct event *e)
{
	struct told *c;

	if (e->kind == MARK_EPISODE)
		start_episode(r, e->arg);
	if (!event_is_mark(e->kind) || !registers_is_mark(e) || e->cpu >= r->cpus)
		return REGISTERS_OK;
	c = &r->cpu[e->cpu];
	switch (e->kind) {
	case MARK_OP:
		begin_op(c, e);
		return REGISTERS_OK;
	case MARK_SEVENT:
		return end_op(r, c, e);
	case MARK_ENTER:
		return enter(r, c, e);
	case MARK_LEAVE:
		return leave(r, c, e);
	case MARK_REGS:
		return differences(r, &c->regs, e, 0);
	case MARK_CTXT:
		return saved(r, e);
	case MARK_MOVE:
		return move(r, c, e);
	case MARK_ACCESS:
		access(c, e);
		return REGISTERS_OK;
	case MARK_ERRATUM:
		if (e->args[0] == ERRATUM_ACCESS_REGISTERS)
			c->loads_saved = e->args[1] == MV_SIDE_PUBLISHED;
		return REGISTERS_OK;
	}
	return REGISTERS_OK;
}

/* The context that the mark is about; NULL: it is about none. */
static struct set *context_of(struct registers *r, const struct told *c, const struct event *e)
{
	if (e->kind == MARK_CTXT)
		return context(r, ctxt_number(r, e->args[0], e->args[1]));
	if (e->kind == MARK_MOVE)
		return context(r, e->n > 1 ? ctxt_number(r, e->args[1], e->args[2]) : c->at);
	if (e->kind == MARK_SEVENT && c->loads_saved && c->load_reg != REG_NR)
		return context(r, ctxt_number(r, c->runs.vmid, c->runs.vcpuid));
	return NULL;
}

void registers_before(struct registers *r, const struct event *e,
                      void (*note)(void *arg, void *at, size_t size), void *arg)
{
	struct told *c;
	struct set *set;

	if (e->cpu >= r->cpus)
		return;
	c = &r->cpu[e->cpu];
	set = context_of(r, c, e);
	note(arg, &r->n, sizeof(r->n));
	note(arg, &c->runs, sizeof(*c) - offsetof(struct told, runs));
	if (set)
		note(arg, set, sizeof(*set));
	/* Of a CPU's own registers nothing moves where it is only said what was saved. */
	if (e->kind != MARK_OP && e->kind != MARK_ACCESS && e->kind != MARK_CTXT &&
	    e->kind != MARK_LEAVE)
		note(arg, &c->regs, sizeof(c->regs));
}

const struct ctxt *registers_of_cpu(const struct registers *r, cpu_t cpu)
{
	SIM_ASSERT(cpu < r->cpus);
	return &r->cpu[cpu].regs.said.ctxt;
}

const struct ctxt *registers_of_vcpu(const struct registers *r, u64 vmid, u64 vcpuid)
{
	static const struct ctxt zero;
	u64 number = ctxt_number(r, vmid, vcpuid);

	if (number == n_ctxts(r))
		return NULL;
	return r->ctxt[number] ? &r->ctxt[number]->said.ctxt : &zero;
}

bool registers_doubt_cpu(const struct registers *r, cpu_t cpu)
{
	SIM_ASSERT(cpu < r->cpus);
	return r->cpu[cpu].regs.doubt != 0;
}

bool registers_doubt_vcpu(const struct registers *r, u64 vmid, u64 vcpuid)
{
	u64 number = ctxt_number(r, vmid, vcpuid);

	return number < n_ctxts(r) && r->ctxt[number] && r->ctxt[number]->doubt != 0;
}

struct runs_on registers_runs_on(const struct registers *r, cpu_t cpu)
{
	SIM_ASSERT(cpu < r->cpus);
	return r->cpu[cpu].runs;
}

u64 registers_digests(const struct registers *r, u64 *whole, u64 *doubted)
{
	*whole = r->n.whole;
	*doubted = r->n.doubted;
	return r->n.digests;
}

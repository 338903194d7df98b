// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who touches a saved context, which no lock guards.  A CPU has a vCPU from its push that makes the vCPU ACTIVE to the one that makes it
 * something else; the marks of what that CPU does with the context lie between the two in its own stream.  [spec X6]
 */
#include "oracle/check/check_if.h"
#include "sim/base/addr.h"
#include "sim/log/mark_arg.h"

#include <inttypes.h>
#include <stdio.h>

/* A context by number; 0 stands for the host's context of the CPU that is asked about, where nothing else was said. */
typedef u64 which_t;

/**
 * struct edge_ctxt
 * @has:    [vmid][vcpuid] CPU that has the vCPU, + 1; 0: none
 * @at:     [cpu] context of its MOVE or ENTER before
 * @runs, @before: [cpu] whose context is that of what runs there now, and ran there before its last ENTER
 * @inside: (bits) CPUs that are in the core
 * @told:   (bits) CPUs of which something was found in this episode; one finding each is enough
 */
struct edge_ctxt {
	u64 has[N_VMID][MAX_CPU];
	which_t at[MAX_CPU], runs[MAX_CPU], before[MAX_CPU];
	u64 inside, told;
};

static which_t which(u64 vmid, u64 vcpuid)
{
	return 1 + vmid * MAX_CPU + vcpuid;
}

/* A context that the machine has. */
static bool is_ctxt(const struct judge *j, u64 vmid, u64 vcpuid)
{
	return vmid < N_VMID && vcpuid < j->total_cpu && vcpuid < MAX_CPU;
}

static __attribute__((cold, noinline)) void breach(struct judge *j, struct edge_ctxt *k,
                                                   enum check_row row, const char *how, u64 vmid,
                                                   u64 vcpuid)
{
	cpu_t cpu = j->at->cpu;
	u64 has = k->has[vmid][vcpuid], state;
	char who[64];

	if (k->told >> cpu & 1)
		return;
	KEEP(j, k->told);
	k->told |= 1ull << cpu;
	if (!is_vm(vmid)) {
		found_of(&j->findings, row, j->at,
		         FACTS(fact_n("vmid", vmid), fact_n("vcpu", vcpuid)),
		         "CPU %u %s the context of CPU %" PRIu64 "'s own", cpu, how, vcpuid);
		return;
	}
	state = world_value(j->world, INFO_ID + (lk_t)vmid, F_INFO_vm_vcpu_state, vcpuid);
	snprintf(who, sizeof(who), has ? "CPU %u has it" : "no CPU has it", (u32)has - 1);
	found_of(&j->findings, row, j->at,
	         FACTS(fact_n("vmid", vmid), fact_n("vcpu", vcpuid),
	               fact_at(fact("vcpu_state", FACT_STATE, state), INFO_ID + (lk_t)vmid,
	                       F_INFO_vm_vcpu_state, vcpuid),
	               has ? fact_n("had_by_cpu", has - 1) : fact_word("had_by_cpu", "none")),
	         "CPU %u %s the context of vCPU %" PRIu64 " of VM %" PRIu64 ", which is %s; %s",
	         cpu, how, vcpuid, vmid, state_name(state), who);
}

/* The CPU of this event reads or writes a context. */
static void touch(struct judge *j, struct edge_ctxt *k, const char *how, u64 vmid, u64 vcpuid)
{
	cpu_t cpu = j->at->cpu;
	lk_t lk = INFO_ID + (lk_t)vmid;
	bool active;

	if (!is_ctxt(j, vmid, vcpuid))
		return;
	if (!is_vm(vmid)) {
		evaluated(j, CHK_SHADOW_CTXT);
		if (vcpuid != cpu)
			breach(j, k, ROW_SHADOW_CTXT_OTHER, how, vmid, vcpuid);
		return;
	}
	if (!trusts(j, CHK_SHADOW_CTXT, 1ull << lk))
		return;
	evaluated(j, CHK_SHADOW_CTXT);
	active = world_value(j->world, lk, F_INFO_vm_vcpu_state, vcpuid) == ACTIVE;
	if (active ? k->has[vmid][vcpuid] != cpu + 1 : !(trail_held_by(j->trail, cpu) >> lk & 1))
		breach(j, k, active ? ROW_SHADOW_CTXT_OTHER : ROW_SHADOW_CTXT_FREE, how, vmid,
		       vcpuid);
}

static void touch_which(struct judge *j, struct edge_ctxt *k, const char *how, which_t w)
{
	if (w == 0)
		touch(j, k, how, HOSTVISOR, j->at->cpu);
	else
		touch(j, k, how, (w - 1) / MAX_CPU, (w - 1) % MAX_CPU);
}

static void set_has(struct judge *j, struct edge_ctxt *k, u64 vmid, u64 vcpuid, u64 has)
{
	KEEP(j, k->has[vmid][vcpuid]);
	k->has[vmid][vcpuid] = has;
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	if (c->field == F_INFO_vm_vcpu_state && c->who < N_VMID && c->at < MAX_CPU)
		set_has(j, own, c->who, c->at, c->after.v == ACTIVE ? s->cpu + 1 : 0);
}

/* set_vcpu_active() may find the vCPU ACTIVE, and change nothing. */
static void section(struct judge *j, void *own, const struct section *s)
{
	struct edge_ctxt *k = own;
	u64 vmid, vcpuid, has;

	if (!s->op || s->op->op != OP_set_vcpu_active)
		return;
	vmid = s->op->arg[0];
	vcpuid = s->op->arg[1];
	if (s->lk - INFO_ID != vmid || !is_vm(vmid) || !is_ctxt(j, vmid, vcpuid) ||
	    !trusts(j, CHK_SHADOW_CTXT, 1ull << s->lk))
		return;
	if (world_value(j->world, s->lk, F_INFO_vm_vcpu_state, vcpuid) != ACTIVE)
		return;
	evaluated(j, CHK_SHADOW_CTXT);
	has = k->has[vmid][vcpuid];
	if (has && has != s->cpu + 1)
		breach(j, k, ROW_SHADOW_CTXT_TWO, "makes active", vmid, vcpuid);
}

static void enter_or_leave(struct judge *j, struct edge_ctxt *k, const struct event *e)
{
	KEEP(j, k->at[e->cpu]);
	KEEP(j, k->runs[e->cpu]);
	KEEP(j, k->before[e->cpu]);
	KEEP(j, k->inside);
	if (e->kind == MARK_ENTER) {
		k->inside |= 1ull << e->cpu;
		k->at[e->cpu] = which(e->args[2], e->args[3]);
		k->runs[e->cpu] = k->before[e->cpu] = k->at[e->cpu];
	} else {
		k->inside &= ~(1ull << e->cpu);
		k->runs[e->cpu] = e->n ? which(e->args[2], e->args[3]) : k->before[e->cpu];
	}
}

static void move(struct judge *j, struct edge_ctxt *k, const struct event *e)
{
	bool load = e->args[0] > MV_MOVE_SAVE_FAULT;

	if (e->n > 1 && is_ctxt(j, e->args[1], e->args[2])) {
		KEEP(j, k->at[e->cpu]);
		k->at[e->cpu] = which(e->args[1], e->args[2]);
	}
	touch_which(j, k, load ? "loads registers from" : "saves registers to", k->at[e->cpu]);
}

/* Outside of the core, and of what is called without an entry, a script sets a register as it likes. */
static void changes(struct judge *j, struct edge_ctxt *k, const struct event *e)
{
	if (e->n > 3 && (k->inside >> e->cpu & 1 || trail_op(j->trail, e->cpu)))
		touch(j, k, "changes", e->args[0], e->args[1]);
}

/* As published, what running code loads and stores is in the saved context of who runs. */
static void access(struct judge *j, struct edge_ctxt *k, const struct event *e)
{
	if (judge_published(j, e->cpu, ERRATUM_ACCESS_REGISTERS) &&
	    (e->args[0] == MV_ACCESS_OWN || e->args[0] == MV_ACCESS_SHARED))
		touch_which(j, k, "accesses memory with registers of", k->runs[e->cpu]);
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct edge_ctxt *k = own;

	if (e->kind == MARK_ENTER || e->kind == MARK_LEAVE)
		enter_or_leave(j, k, e);
	else if (e->kind == MARK_MOVE)
		move(j, k, e);
	else if (e->kind == MARK_CTXT)
		changes(j, k, e);
	else if (e->kind == MARK_ACCESS)
		access(j, k, e);
}

const struct state_check check_ctxt = {
	.id = CHK_SHADOW_CTXT,
	.changes = 1 << CH_VM,
	.bytes = sizeof(struct edge_ctxt),
	.change = change,
	.objects = 1 << OBJ_INFO,
	.section = section,
	.marks = STATE_MARK(MARK_ENTER) | STATE_MARK(MARK_LEAVE) | STATE_MARK(MARK_MOVE) |
	         STATE_MARK(MARK_CTXT) | STATE_MARK(MARK_ACCESS),
	.mark = mark,
};

_Static_assert(sizeof(struct edge_ctxt) % 8 == 0, "words");

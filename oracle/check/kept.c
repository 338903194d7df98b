// SPDX-License-Identifier: GPL-2.0-only
/*
 * [spec X16; VCPUOps: save_shadow_kvm_regs, restore_shadow_kvm_regs; CtxtSwitch: save_host, restore_host, save_vm, restore_vm]
 *
 * Of a machine that halted nobody goes on, and a LEAVE is missing: nothing is compared.
 */
#include "oracle/check/kept.h"

#include "oracle/check/check_if.h"
#include "oracle/check/kept_expect.h"
#include "oracle/check/known.h"
#include "oracle/check/stream_value.h"
#include "sim/base/addr.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The dirty word that the published shift of an int gives for register 31. */
#define ABORT_FLAG_31 0xffffffff80000000ull

/* What is known of a vCPU that does not run. */
enum life { LIFE_UNKNOWN, LIFE_NEW, LIFE_LEFT };

/**
 * struct kept_vcpu
 * @life: LIFE_NEW: registered, it has not run; LIFE_LEFT: @saved is its context as its last exit left it
 */
struct kept_vcpu {
	u64 life; /* enum life */
	struct ctxt saved;
};

/**
 * struct kept_cpu
 * @entry: MV_ENTRY_* of its last ENTER, as long as it is in the core
 * @inside, @fresh: it is in the core; and has moved no registers there so far
 * @known:  @entered holds the registers with which it entered; @host_known: @host those with which the host ran a vCPU
 * @vector: where exceptions go from @vector_of, as was asked last in the core
 */
struct kept_cpu {
	u64 entry, vector, vector_of;
	struct runs_on who;
	bool inside, fresh, known, host_known, has_vector;
	struct ctxt entered, host;
};

/**
 * struct kept
 * @vcpu:   [N_VMID * total_cpu] NULL: LIFE_UNKNOWN
 * @loaded: (bits) VMs of which an encrypted vCPU was loaded in this episode
 *
 * What is stored here is kept before (KEEP()).
 */
struct kept {
	const struct registers *registers;
	u32 cpus, total_cpu;
	u64 loaded;
	struct kept_cpu *cpu;
	struct kept_vcpu **vcpu;
};

static const u8 group_of[REG_NR] = {
#define REG(group, field, move) [R_##field] = MOVE_##move,
#include "shmem/obj/regs.def"
};

struct kept *kept_new(const struct judge *j, const struct registers *r)
{
	struct kept *k = xcalloc(1, sizeof(*k));

	k->registers = r;
	k->cpus = j->cpus;
	k->total_cpu = j->total_cpu;
	k->cpu = xcalloc(k->cpus, sizeof(*k->cpu));
	k->vcpu = xcalloc((size_t)N_VMID * k->total_cpu, sizeof(struct kept_vcpu *));
	return k;
}

static size_t n_vcpus(const struct kept *k)
{
	return (size_t)N_VMID * k->total_cpu;
}

void kept_free(struct kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < n_vcpus(k); i++)
		free(k->vcpu[i]);
	free(k->vcpu);
	free(k->cpu);
	free(k);
}

void kept_reset(struct kept *k)
{
	k->loaded = 0;
	memset(k->cpu, 0, k->cpus * sizeof(*k->cpu));
	for (size_t i = 0; i < n_vcpus(k); i++)
		if (k->vcpu[i])
			k->vcpu[i]->life = LIFE_UNKNOWN;
}

/* NULL: there is no such vCPU. */
static struct kept_vcpu *vcpu_of(struct kept *k, u64 vmid, u64 vcpuid)
{
	struct kept_vcpu **at;

	if (!is_vm(vmid) || vcpuid >= k->total_cpu)
		return NULL;
	at = &k->vcpu[vmid * k->total_cpu + vcpuid];
	if (!*at)
		*at = xcalloc(1, sizeof(**at));
	return *at;
}

static u64 class_of(const struct ctxt *c)
{
	return (c->r[R_esr_el2] & ESR_ELx_EC_MASK) >> ESR_ELx_EC_SHIFT;
}

/*
 * The dirty word that the exit leaves, where it was 0 while the vCPU ran.  Of an abort the host says which register it loads into,
 * if it is one of a device.
 */
static u64 dirty_of(const struct ctxt *live, u64 is, u32 *by)
{
	u64 reg = is & ~(u64)DIRTY_PC_FLAG;

	*by = 0;
	if (live->r[R_ec] != ARM_EXCEPTION_TRAP)
		return 0;
	switch (class_of(live)) {
	case ESR_ELx_EC_WFx:
		return DIRTY_PC_FLAG;
	case ESR_ELx_EC_HVC32:
	case ESR_ELx_EC_HVC64:
		return 1;
	case ESR_ELx_EC_IABT_LOW:
	case ESR_ELx_EC_DABT_LOW:
		if (is == ABORT_FLAG_31)
			*by = 1u << KNOWN_ABORT_FLAG;
		else if (is == reg)
			*by = 1u << KNOWN_DIRTY_BIT;
		/* Nothing, the pc, or the pc and one register. */
		if (is == 0 || is == DIRTY_PC_FLAG)
			return is;
		if (reg <= UINT32_MAX && (reg & (reg - 1)) == 0)
			return reg | DIRTY_PC_FLAG;
		return DIRTY_PC_FLAG;
	default:
		return is;
	}
}

/* A vCPU was left: what is saved of it against what it had.  @live: as it entered the core. */
static void exits(struct judge *j, const struct event *e, const struct runs_on *who,
                  const struct ctxt *live, const struct ctxt *saved)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_EXIT, who, true);
	u32 by;
	u64 dirty = dirty_of(live, saved->r[R_dirty], &by);

	for (u32 r = 0; r < REG_NR; r++)
		if (group_of[r] != MOVE_NONE)
			kept_expect(&d, r, saved->r[r], live->r[r], 0);
	kept_expect(&d, R_mpidr_el1, saved->r[R_mpidr_el1], live->r[R_vmpidr_el2], 0);
	kept_expect(&d, R_pc, saved->r[R_pc], live->r[R_elr_el2], 1u << KNOWN_SAVE_PC);
	kept_expect(&d, R_pstate, saved->r[R_pstate], live->r[R_spsr_el2], 1u << KNOWN_SAVE_PC);
	d.row = ROW_KEPT_DIRTY;
	kept_expect(&d, R_dirty, saved->r[R_dirty], dirty, by);
}

/* The context of a vCPU that is entered again, against what its exit left: @was. */
static void enters_again(struct judge *j, const struct event *e, const struct kept_cpu *c,
                         const struct runs_on *who, const struct ctxt *was, const struct ctxt *is)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_SAVED, who, true);
	u64 dirty = was->r[R_dirty], pc = was->r[R_pc];
	bool trap = was->r[R_ec] == ARM_EXCEPTION_TRAP;
	bool inject = dirty & PENDING_EXCEPT_INJECT_FLAG, skip = dirty & DIRTY_PC_FLAG;

	/* Where exceptions go comes from outside, and a log need not say it. */
	if (inject)
		pc = c->has_vector && c->vector_of == was->r[R_pstate]
		             ? c->vector
		             : is->r[R_pc] - (skip ? 4 : 0);
	for (u32 r = 0; r < REG_NR; r++) {
		u64 want = was->r[r];

		/* The host gives those registers that it may write. */
		if (r <= R_x30 && trap && dirty >> r & 1)
			continue;
		if (r == R_far_el2 || r == R_dirty)
			want = 0;
		else if (r == R_pc)
			want = pc + (skip ? 4 : 0);
		else if (inject && r == R_elr_el1)
			want = was->r[R_pc];
		else if (inject && r == R_pstate)
			want = PSTATE_FAULT_BITS_64;
		else if (inject && r == R_spsr_0)
			want = was->r[R_pstate];
		else if (inject && r == R_esr_el1)
			want = ESR_ELx_EC_UNKNOWN;
		kept_expect(&d, r, is->r[r], want, 0);
	}
}

/* [reset_sys_regs] */
static u64 mpidr_of(u64 vcpuid)
{
	return (vcpuid & 15) + (vcpuid / 16 & 255) * 256 + (vcpuid / 4096 & 255) * 65536 +
	       0x80000000ull;
}

/* The context of a vCPU that is entered for the first time, unless it came encrypted; of the dirty word check DIRTY says more. */
static void enters_first(struct judge *j, const struct event *e, const struct runs_on *who,
                         const struct ctxt *is)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_FIRST, who, true);

	for (u32 r = 0; r < REG_NR; r++)
		if (group_of[r] == MOVE_GP || group_of[r] == MOVE_FP)
			kept_expect(&d, r, is->r[r], 0, 0);
	kept_expect(&d, R_mpidr_el1, is->r[R_mpidr_el1], mpidr_of(who->vcpuid),
	            1u << KNOWN_RESET_SYS);
}

/*
 * A guest goes on with @is, which should be @want, with its pc and pstate in @pc and @pstate, and its number in @mpidr.  @saved: its
 * context, from which the published core_to_vm() loads all but x0 to x30.
 */
struct goes_on {
	const struct ctxt *is, *want, *saved;
	enum reg mpidr;
	u64 pc, pstate;
	u32 pc_by;
};

static u32 by_core_to_vm(const struct goes_on *g, enum reg r)
{
	return r <= R_x30 || g->is->r[r] == g->saved->r[r] ? 1u << KNOWN_CORE_TO_VM : 0;
}

static void guest_goes_on(struct judge *j, const struct event *e, const struct runs_on *who,
                          const struct goes_on *g)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_ENTRY, who, false);

	for (u32 r = 0; r < REG_NR; r++)
		if (group_of[r] != MOVE_NONE && group_of[r] != MOVE_FAULT)
			kept_expect(&d, r, g->is->r[r], g->want->r[r], by_core_to_vm(g, r));
	kept_expect(&d, R_vmpidr_el2, g->is->r[R_vmpidr_el2], g->want->r[g->mpidr],
	            by_core_to_vm(g, R_vmpidr_el2));
	kept_expect(&d, R_elr_el2, g->is->r[R_elr_el2], g->pc,
	            by_core_to_vm(g, R_elr_el2) | g->pc_by);
	kept_expect(&d, R_spsr_el2, g->is->r[R_spsr_el2], g->pstate, by_core_to_vm(g, R_spsr_el2));
}

/* The host ran a vCPU with registers @was, and is back. */
static void host_is_back(struct judge *j, const struct event *e, const struct runs_on *who,
                         const struct ctxt *was, const struct ctxt *is)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_HOST, who, false);

	for (u32 r = 0; r < REG_NR; r++)
		if (group_of[r] != MOVE_NONE && group_of[r] != MOVE_FAULT)
			kept_expect(&d, r, is->r[r], was->r[r], 0);
	kept_expect(&d, R_vmpidr_el2, is->r[R_vmpidr_el2], was->r[R_vmpidr_el2], 0);
	kept_expect(&d, R_elr_el2, is->r[R_elr_el2], was->r[R_elr_el2], 1u << KNOWN_SAVE_PC);
	kept_expect(&d, R_spsr_el2, is->r[R_spsr_el2], was->r[R_spsr_el2], 1u << KNOWN_SAVE_PC);
}

/* The host's hypercall or fault is over: x0 to x30 may be answers, and an instruction that was emulated is behind. */
static void host_was_served(struct judge *j, const struct event *e, const struct runs_on *who,
                            bool fault, const struct ctxt *was, const struct ctxt *is)
{
	struct differ d = kept_differ(j, e, ROW_KEPT_HOST, who, false);
	u64 next = was->r[R_elr_el2] + 4;
	bool skipped = fault && is->r[R_elr_el2] == next;

	if (likely(memcmp(&is->r[R_x30 + 1], &was->r[R_x30 + 1],
	                  (REG_NR - R_x30 - 1) * sizeof(is->r[0])) == 0))
		return;
	for (u32 r = R_x30 + 1; r < REG_NR; r++)
		if (r != R_elr_el2)
			kept_expect(&d, r, is->r[r], was->r[r],
			            r == R_esr_el2 && is->r[r] == next ? 1u << KNOWN_SKIP_INSTR
			                                               : 0);
	if (!skipped)
		kept_expect(&d, R_elr_el2, is->r[R_elr_el2], was->r[R_elr_el2], 0);
}

static const struct ctxt *cpu_regs(const struct kept *k, cpu_t cpu)
{
	return registers_known(k->registers, false, cpu, 0, 0);
}

static const struct ctxt *saved_regs(const struct kept *k, const struct runs_on *who)
{
	return registers_known(k->registers, true, 0, who->vmid, who->vcpuid);
}

/* The host has run a vCPU. */
static void leaves_by_run(struct kept *k, struct judge *j, const struct event *e,
                          const struct runs_on *now)
{
	struct kept_vcpu *v = vcpu_of(k, now->vmid, now->vcpuid);
	const struct ctxt *regs = cpu_regs(k, e->cpu), *saved = saved_regs(k, now);
	bool loaded =
		k->loaded >> now->vmid & 1 && !judge_published(j, e->cpu, ERRATUM_SET_VM_INC_EXE);

	if (v && saved && v->life == LIFE_LEFT)
		enters_again(j, e, &k->cpu[e->cpu], now, &v->saved, saved);
	else if (v && saved && v->life == LIFE_NEW && !loaded)
		enters_first(j, e, now, saved);
	if (v) {
		KEEP(j, v->life);
		v->life = LIFE_UNKNOWN;
	}
	if (v && saved && regs)
		guest_goes_on(j, e, now,
		              &(struct goes_on){ .is = regs,
		                                 .want = saved,
		                                 .saved = saved,
		                                 .mpidr = R_mpidr_el1,
		                                 .pc = saved->r[R_pc],
		                                 .pstate = saved->r[R_pstate] });
}

/* A guest's exit ends in the host. */
static void leaves_guest(struct kept *k, struct judge *j, const struct event *e,
                         const struct runs_on *now)
{
	struct kept_cpu *c = &k->cpu[e->cpu];
	struct kept_vcpu *v = vcpu_of(k, c->who.vmid, c->who.vcpuid);
	const struct ctxt *regs = cpu_regs(k, e->cpu), *saved = saved_regs(k, &c->who);

	if (v && saved && c->known)
		exits(j, e, &c->who, &c->entered, saved);
	if (v && saved) {
		KEEP(j, *v);
		v->life = LIFE_LEFT;
		v->saved = *saved;
	}
	if (regs && c->host_known)
		host_is_back(j, e, now, &c->host, regs);
	c->host_known = false;
}

/* The core has served a guest, which goes on. */
static void resumes(struct kept *k, struct judge *j, const struct event *e,
                    const struct runs_on *now)
{
	const struct kept_cpu *c = &k->cpu[e->cpu];
	const struct ctxt *regs = cpu_regs(k, e->cpu), *saved = saved_regs(k, now);
	const struct ctxt *was = &c->entered;
	bool skips = class_of(was) == ESR_ELx_EC_SYS64;

	if (!regs || !saved || !c->known)
		return;
	guest_goes_on(j, e, now,
	              &(struct goes_on){ .is = regs,
	                                 .want = was,
	                                 .saved = saved,
	                                 .mpidr = R_vmpidr_el2,
	                                 .pc = was->r[R_elr_el2] + (skips ? 4 : 0),
	                                 .pstate = was->r[R_spsr_el2],
	                                 .pc_by = skips && regs->r[R_elr_el2] == was->r[R_elr_el2]
	                                                  ? 1u << KNOWN_SYS64
	                                                  : 0 });
}

/* All of it but the registers is about to change. */
static void keep_head(struct judge *j, struct kept_cpu *c)
{
	if (j->journal)
		journal_note(j->journal, c, offsetof(struct kept_cpu, entered));
}

static void leave(struct kept *k, struct judge *j, const struct event *e)
{
	struct kept_cpu *c = &k->cpu[e->cpu];
	struct runs_on now = registers_runs_on(k->registers, e->cpu);
	const struct ctxt *regs = cpu_regs(k, e->cpu);

	if (!c->inside)
		return;
	keep_head(j, c);
	c->inside = c->fresh = false;
	if (c->entry == MV_ENTRY_RUN && !now.ihost)
		leaves_by_run(k, j, e, &now);
	else if (c->entry == MV_ENTRY_EXIT && now.ihost)
		leaves_guest(k, j, e, &now);
	else if (c->entry == MV_ENTRY_EXIT)
		resumes(k, j, e, &now);
	else if (now.ihost && regs && c->known)
		host_was_served(j, e, &now, c->entry == MV_ENTRY_FAULT, &c->entered, regs);
}

/* A saved context is changed by something else than an entry or an exit: its vCPU is registered, or comes encrypted. */
static void changes(struct kept *k, struct judge *j, const struct event *e)
{
	const struct kept_cpu *c = &k->cpu[e->cpu];
	struct runs_on who = { .vmid = (u32)e->args[0], .vcpuid = (u32)e->args[1] };
	struct kept_vcpu *v = vcpu_of(k, e->args[0], e->args[1]);
	const struct ctxt *saved;

	if (!v || (c->inside && c->entry >= MV_ENTRY_RUN) || v->life == LIFE_LEFT)
		return;
	KEEP(j, k->loaded);
	KEEP(j, v->life);
	for (u32 i = 3; i + 1 < e->n; i += 2)
		if (e->args[i] != R_dirty)
			k->loaded |= 1ull << who.vmid;
	saved = saved_regs(k, &who);
	v->life = saved && saved->r[R_dirty] == INVALID64 ? LIFE_NEW : LIFE_UNKNOWN;
}

void kept_before(struct kept *k, struct judge *j, const struct event *e)
{
	struct kept_cpu *c = &k->cpu[e->cpu];
	const struct ctxt *regs;

	if (e->kind != MARK_MOVE || !c->fresh)
		return;
	/* What the marks said of the registers since ENTER is all that differed when the core was entered. */
	regs = cpu_regs(k, e->cpu);
	keep_head(j, c);
	c->fresh = false;
	c->known = regs != NULL;
	if (!regs)
		return;
	KEEP(j, c->entered);
	c->entered = *regs;
	if (c->entry == MV_ENTRY_RUN) {
		KEEP(j, c->host);
		c->host = *regs;
		c->host_known = true;
	}
}

void kept_mark(struct kept *k, struct judge *j, const struct event *e)
{
	struct kept_cpu *c = &k->cpu[e->cpu];

	if (e->kind == MARK_ENTER) {
		keep_head(j, c);
		c->entry = e->args[0];
		c->inside = c->fresh = true;
		c->known = c->has_vector = false;
		c->host_known = c->host_known && c->entry == MV_ENTRY_EXIT;
		c->who = registers_runs_on(k->registers, e->cpu);
	} else if (e->kind == MARK_LEAVE) {
		leave(k, j, e);
	} else if (e->kind == MARK_CTXT && e->n > 3) {
		changes(k, j, e);
	}
}

void kept_vector(struct kept *k, struct judge *j, const struct event *e)
{
	struct kept_cpu *c = &k->cpu[e->cpu];

	keep_head(j, c);
	c->has_vector = true;
	c->vector_of = e->args[2];
	c->vector = e->n > 4 ? e->args[4] : stream_value(j, MV_STREAM_VECTOR, 0, c->vector_of);
}

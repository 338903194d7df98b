// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequences of runs of vCPUs and of exits of guests.  [CtxtSwitch, VCPUOps, VCPUOpsAux, FaultHandler, MemoryOps, TrapDispatcher;
 * TrapHandlerSpec: host_vcpu_run_handler_spec, vm_exit_handler_spec]
 */
#include "oracle/spec/seq_steps.h"

/* A run of a vCPU.  [32 sections 5.1 to 5.3] */

/* prot_and_map_vm_s2pt: may the VM get what the entry s->v[1] of level s->v[2] names?  As far as the entry says. */
static bool entry_ok(const struct seq *s, const struct seq_env *e)
{
	u64 first = phys_page(s->v[1]) / PAGE_SIZE;
	u64 last = first + (s->v[2] == 2 ? PMD_PAGE_NUM - 1 : 0);

	if (!published(e, ERRATUM_HOST_OUTSIDE_SPEC) && !is_pfn(last))
		return false;
	return published(e, ERRATUM_BLOCK_NOT_ALIGNED) || s->v[2] != 2 || first % PMD_PAGE_NUM == 0;
}

/* The vCPU has never run.  VM s->vmid, now its number. */
static void first_run(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		DO(is_inc_exe, s->vmid);
		if (s->result == 0) {
			TAKE(DATA, s->vmid, 1);
			DO(search_load_info, s->vmid, s->result);
			if (s->result == 0) {
				halts(s);
				return;
			}
			/* pstate; then, of reset_sys_regs, actlr_el1. */
			TAKE(DATA, s->vmid, 2);
		}
		to_guest(s, s->vmid, s->vcpuid);
	}
}

/* It has: what the host changed of its registers, and the page that it offers for a fault (post_handle_shadow_s2pt_fault). */
static void later_run(struct seq *s, const struct seq_env *e)
{
	u64 gfn = s->v[0] / PAGE_SIZE, pfn = phys_page(s->v[1]) / PAGE_SIZE;

	switch (s->at) {
	case 0:
		/* s->i: values for the registers that its dirty word names. */
		if (s->i > 0)
			TAKE(DATA, s->vmid, s->i);
		TAKE(CORE, s->vmid, 1);
		s->v[0] = s->result;
		if (s->v[0] < PAGE_SIZE || !is_addr(s->v[0])) {
			to_guest(s, s->vmid, s->vcpuid);
			return;
		}
		TAKE(CORE, s->vmid, 1);
		s->v[1] = s->result;
		TAKE(CORE, s->vmid, 1);
		s->v[2] = s->result == 2 ? 2 : 3;
		RANGES(entry_ok(s, e));
		gfn = s->v[0] / PAGE_SIZE;
		pfn = phys_page(s->v[1]) / PAGE_SIZE;
		for (s->i = 0; s->i < (s->v[2] == 2 ? PMD_PAGE_NUM : 1); s->i++)
			DO(assign_pfn_to_vm, s->vmid,
			   s->v[2] == 2 ? gfn / PTRS_PER_PMD * PTRS_PER_PMD + s->i : gfn,
			   pfn + s->i);
		DO(map_pfn_vm, s->vmid, s->v[0], s->v[1], s->v[2]);
		to_guest(s, s->vmid, s->vcpuid);
	}
}

/* Where the part behind set_vcpu_active() goes on: s->at is its own. */
enum { RUN_ACTIVE = 1 << 16, RUN_FIRST = 1 << 17, RUN_LATER = 1 << 18 };

/*
 * restore_shadow_kvm_regs: what the vCPU's saved context says.  32/E-C5: the body asks is_inc_exe, and gives out a page for addresses
 * from 4096 on, as the top specification does.
 */
static u32 restored(struct seq *s, const struct seq_env *e)
{
	const struct ctxt *saved = e->saved(e->arg, s->vmid, s->vcpuid);

	if (!saved)
		return 0;
	if (saved->r[R_dirty] == INVALID64)
		return RUN_FIRST;
	s->i = saved->r[R_ec] == ARM_EXCEPTION_TRAP
	               ? (u64)__builtin_popcountll(saved->r[R_dirty] & 0x7fffffff)
	               : 0;
	return RUN_LATER;
}

/* 32/E-C1: which vCPU numbers there are. */
static void run_vcpu(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[0]));
		TAKE(CORE, s->x[0], 1);
		RANGES(is_vcpu(e, published(e, ERRATUM_RUN_VCPUID) ? s->x[0] : s->result));
		/* As published of a number that nobody has asked for the low 32 bits count. */
		if (!is_vcpu(e, (u32)s->result)) {
			is_stuck(s);
			return;
		}
		s->vmid = (u32)s->x[0];
		s->vcpuid = (u32)s->result;
		DO(set_vcpu_active, s->vmid, s->vcpuid);
		s->at = RUN_ACTIVE;
	}
}

void seq_restore_vm(struct seq *s, const struct seq_env *e)
{
	u32 part = s->at & (RUN_FIRST | RUN_LATER);

	if (!part) {
		run_vcpu(s, e);
		if (s->at != RUN_ACTIVE)
			return;
		part = restored(s, e);
		s->at = 0;
		if (!part) {
			wants(s, SEQ_UNKNOWN);
			return;
		}
	}
	s->at &= ~part;
	if (part == RUN_FIRST)
		first_run(s, e);
	else
		later_run(s, e);
	s->at |= part;
}

/* Exits of a guest.  [32 sections 7.1, 7.2] */

void seq_core_handle_sys64(struct seq *s, const struct seq_env *e)
{
	(void)e;
	to_guest(s, s->vmid, s->vcpuid);
}

/* How many pages a guest's call is about, s->i, and the first one's address, s->v[0].  Returns: false: the call is stuck. */
static bool shares(struct seq *s, const struct seq_env *e)
{
	u64 addr = s->x[2], size = s->x[3];

	if (!published(e, ERRATUM_GUEST_OUTSIDE_SPEC) &&
	    !(is_addr(addr) && size <= GRANT_SIZE_INTENDED && is_addr(addr + size)))
		return true;
	s->i = pages(size);
	s->v[0] = addr;
	return is_addr(addr) && is_addr(size);
}

/* The frame of the page at s->v[0], whose entry is s->v[1]; @level: as it was asked for, or 0.  0: none. */
static u64 frame(const struct seq *s, u64 level)
{
	u64 pfn = phys_page(s->v[1]) / PAGE_SIZE;
	bool block = level ? level == 2 : !is_table(s->v[1]);

	return pfn && block ? pfn + (s->v[0] / PAGE_SIZE) % PTRS_PER_PMD : pfn;
}

/* 32/E-T10: the top specification computes the frame in a block, and uses the block's first. */
static void share_pages(struct seq *s, const struct seq_env *e, enum hyp_op op)
{
	bool two = published(e, ERRATUM_GRANT_TWO_SECTIONS);

	switch (s->at) {
	case 0:
		RANGES(is_vm(s->vmid));
		if (!shares(s, e)) {
			is_stuck(s);
			return;
		}
		for (; s->i > 0; s->v[0] += PAGE_SIZE, s->i--) {
			DO(walk_s2pt, s->vmid, s->v[0]);
			s->v[1] = s->result;
			s->result = 0;
			if (two)
				DO(get_level_s2pt, s->vmid, s->v[0]);
			s->v[2] = two && s->result != 2 ? 3 : s->result;
			if (!phys_page(s->v[1]))
				continue;
			want_op(s, op, (const u64[TRAIL_ARGS]){ s->vmid, frame(s, s->v[2]) });
			STOP;
		}
		to_guest(s, s->vmid, s->vcpuid);
	}
}

void seq_grant_stage2_sg_gpa(struct seq *s, const struct seq_env *e)
{
	share_pages(s, e, OP_grant_vm_page);
}

void seq_revoke_stage2_sg_gpa(struct seq *s, const struct seq_env *e)
{
	share_pages(s, e, OP_revoke_vm_page);
}

/* save_vm and restore_host, what prep_*() has to do being done. */
void seq_save_vm(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		DO(set_vcpu_inactive, s->vmid, s->vcpuid);
		to_host(s);
	}
}

void seq_prep_hvc(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		if ((s->x[0] & INVALID) == PSCI_0_2_FN_SYSTEM_OFF)
			DO(set_vm_poweroff, s->vmid);
		DO(set_vcpu_inactive, s->vmid, s->vcpuid);
		to_host(s);
	}
}

/* 32/E-C8: as published the dispatcher halts the machine at every class but SYS64 and HVC64. */
void seq_prep_hvc_32(struct seq *s, const struct seq_env *e)
{
	RANGES(!published(e, ERRATUM_EXIT_CLASSES));
	seq_prep_hvc(s, e);
}

void seq_prep_wfx(struct seq *s, const struct seq_env *e)
{
	RANGES(!published(e, ERRATUM_EXIT_CLASSES));
	seq_save_vm(s, e);
}

/* The syndrome is the host's copy. */
void seq_prep_abort(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		RANGES(!published(e, ERRATUM_EXIT_CLASSES));
		TAKE(DATA, s->vmid, 1);
		DO(set_vcpu_inactive, s->vmid, s->vcpuid);
		to_host(s);
	}
}

void seq_no_exit(struct seq *s, const struct seq_env *e)
{
	(void)e;
	halts(s);
}

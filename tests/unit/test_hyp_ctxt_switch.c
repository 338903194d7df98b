// SPDX-License-Identifier: GPL-2.0-only
/* CtxtSwitch: all registers but the general ones, from the host to a vCPU and back. */
#include "sim/hyp/ctxt_switch.h"

#include "cpu/ctxt.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VOID(save_host)
KIT_VOID(restore_host)
KIT_VOID(save_vm)
KIT_VOID(restore_vm)
KIT_VOID(set_per_cpu, (u32)k[0], (u32)k[1])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(panic_called)

enum { V = 3, C = 5 };

#define HELD_INFO(v) (1ull << (INFO_ID + (v)))

/* What a register holds at first: the CPU's own, the host's context, the vCPU's. */
#define CPU(r)  (0xc0000000ull + (r))
#define HOST(r) (0xd0000000ull + (r))
#define VCPU(r) (0xe0000000ull + (r))

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static u64 *host(void)
{
	return t.m->shadow_ctxts[0].r;
}

static u64 *vcpu_of(vmid_t v)
{
	return t.m->shadow_ctxts[v * VCPU_PER_VM + C].r;
}

static void set_vcpu(vmid_t v, u32 vm_state, u32 vcpu_state)
{
	kit_set_state(&t, v, vm_state);
	OK(acquire_lock_vm, v);
	OK(set_vcpu_state, v, C, vcpu_state);
	OK(release_lock_vm, v);
	kit_forget(&t);
}

static u32 vcpu_state(vmid_t v)
{
	return (u32)kit_cell(&t, INFO_ID + v, F_INFO_vm_vcpu_state, C);
}

/* A VERIFIED VM @v with its vCPU READY, which has run before; the host runs on CPU 0. */
static void boot(const struct errata *e, vmid_t v)
{
	test_machine_boot(&t, 1, e);
	kit_feed(&t);
	set_vcpu(v, VERIFIED, READY);
	for (u32 r = 0; r < REG_NR; r++) {
		c0()->regs.r[r] = CPU(r);
		host()[r] = HOST(r);
		vcpu_of(v)[r] = VCPU(r);
	}
	vcpu_of(v)[R_dirty] = 0;
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, id, published);
	return &e;
}

/* Registers that save_sysregs and restore_sysregs move under their own names. */
static bool is_sys(enum reg r)
{
	return (r >= R_csselr_el1 && r <= R_tpidrro_el0) || r == R_actlr_el1 || r == R_sp_el1 ||
	       r == R_elr_el1;
}

static bool is_fp(enum reg r)
{
	return r >= R_fp_q0 && r <= R_fp_fpcr;
}

/* The host's system and floating-point registers go to its context, nothing else does.  Erratum save-sysregs-pc. */
static void host_saved(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_SAVE_SYSREGS_PC, published), V);
		OK(save_host);
		for (enum reg r = 0; r < REG_NR; r++) {
			u64 want = is_sys(r) || is_fp(r) ? CPU(r) : HOST(r);

			if (r == R_mpidr_el1)
				want = CPU(R_vmpidr_el2);
			if (!published && r == R_pc)
				want = CPU(R_elr_el2);
			if (!published && r == R_pstate)
				want = CPU(R_spsr_el2);
			assert_true(host()[r] == want);
			assert_true(c0()->regs.r[r] == CPU(r));
		}
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
}

/* What restore_sysregs, fpsimd_restore_state and the core's own registers bring of context @s. */
static u64 restored(const u64 *s, enum reg r)
{
	if (is_sys(r) || is_fp(r) || r == R_esr_el2 || r == R_ec || r == R_far_el2 ||
	    r == R_hpfar_el2)
		return s[r];
	if (r == R_vmpidr_el2 || r == R_mpidr_el1)
		return s[R_mpidr_el1];
	if (r == R_elr_el2)
		return s[R_pc];
	return r == R_spsr_el2 ? s[R_pstate] : CPU(r);
}

/* The host runs again, on the context of the CPU's number, with the host's table. */
static void host_restored(void **state)
{
	(void)state;
	boot(NULL, V);
	OK(set_per_cpu, V, C);
	OK(restore_host);
	for (enum reg r = 0; r < REG_NR; r++) {
		u64 want = restored(host(), r);

		if (r == R_vttbr_el2)
			want = pt_vttbr(HOSTVISOR);
		if (r == R_hcr_el2)
			want = HCR_HOST_NVHE_FLAGS;
		if (r == R_tpidr_el2)
			want = 0;
		assert_true(c0()->regs.r[r] == want);
	}
	assert_int_equal(c0()->cur_vmid, HOSTVISOR);
	assert_int_equal(c0()->cur_vcpuid, 0);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* A vCPU's registers come, with the table, the traps and the timer of a guest. */
static void vm_restored(void **state)
{
	(void)state;
	boot(NULL, V);
	host()[R_x0] = V;
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	OK(restore_vm);
	kit_expect_events(&t, 0, "[set_vcpu_active(3,5) INFO:3+ INFO:3* OVM_ACTIVE]");
	for (enum reg r = 0; r < REG_NR; r++) {
		u64 want = restored(vcpu_of(V), r);

		if (r == R_vttbr_el2)
			want = pt_vttbr(V);
		if (r == R_hcr_el2)
			want = HCR_HYPSEC_VM_FLAGS;
		if (r == R_tpidr_el2)
			want = VCPU(R_tpidr_el2);
		if (r == R_pmuselr_el0)
			want = 0;
		if (r == R_pmuserenr_el0)
			want = ARMV8_PMU_USERENR_MASK;
		if (r == R_mdcr_el2)
			want = HYPSEC_MDCR_EL2_FLAG;
		if (r == R_cptr_el2)
			want = CPTR_VM;
		if (r == R_cnthctl_el2)
			want = CPU(R_cnthctl_el2) + 1; /* as published */
		assert_true(c0()->regs.r[r] == want);
	}
	assert_int_equal(c0()->cur_vmid, V);
	assert_int_equal(c0()->cur_vcpuid, C);
	assert_int_equal(vcpu_state(V), ACTIVE);
	assert_int_equal(kit_core_used(&t, V), 2);
	assert_int_equal(vcpu_of(V)[R_far_el2], 0);
	kit_judge_poked(&t);
	test_machine_free(&t);
}

/* VMs that there are not, by all 64 bits; a vCPU that is not READY, a VM that is not VERIFIED. */
static void not_runnable(void **state)
{
	static const u64 vmids[] = { 0, 16, 17, 1ull << 32 | V, INVALID64 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(vmids); i++) {
		boot(NULL, V);
		host()[R_x0] = vmids[i];
		PANICS(restore_vm);
		assert_true(kit_held(&t) == 0);
		assert_int_equal(c0()->cur_vmid, HOSTVISOR);
		kit_expect_events(&t, 0, "");
		assert_int_equal(kit_core_used(&t, V), 0);
		test_machine_free(&t);
	}
	for (u32 n = 0; n < 36; n++) {
		u32 vm = n / 6, vcpu = n % 6;

		if (vm == VERIFIED && vcpu == READY)
			continue;
		boot(NULL, V);
		set_vcpu(V, vm, vcpu);
		host()[R_x0] = V;
		kit_feed_core(&t, V, KIT_FEED_LIST(C));
		PANICS(restore_vm);
		assert_true(kit_held(&t) == HELD_INFO(V));
		assert_int_equal(vcpu_state(V), vcpu);
		/* what follows the panic does nothing */
		assert_true(c0()->regs.r[R_vttbr_el2] == CPU(R_vttbr_el2));
		assert_true(c0()->regs.r[R_cnthctl_el2] == CPU(R_cnthctl_el2));
		test_machine_free(&t);
	}
}

/*
 * Erratum run-vcpuid.  As published VMs from 8 on cannot be run, and of the vCPU the low 32 bits count, stuck when there
 * is none of that number; as intended only the vCPU's number is asked for, all of it.
 */
static void run_vcpuid(void **state)
{
	enum { RUNS, HALTS, IS_STUCK };
	static const struct {
		vmid_t vmid;
		u64 vcpuid;
		u32 published, intended;
	} row[] = {
		{ 7, C, RUNS, RUNS },
		{ 8, C, HALTS, RUNS },
		{ 15, C, HALTS, RUNS },
		{ 7, 8, IS_STUCK, HALTS },
		{ 7, 1ull << 32 | C, RUNS, HALTS },
		{ 15, INVALID64, HALTS, HALTS },
	};

	(void)state;
	for (u32 n = 0; n < 2 * ARRAY_SIZE(row); n++) {
		u32 i = n / 2, want = n & 1 ? row[i].published : row[i].intended;
		vmid_t v = row[i].vmid;

		boot(with(ERRATUM_RUN_VCPUID, n & 1), v);
		host()[R_x0] = v;
		kit_feed_core(&t, v, KIT_FEED_LIST(row[i].vcpuid, 0));
		if (want == RUNS)
			OK(restore_vm);
		else if (want == HALTS)
			PANICS(restore_vm);
		else
			STUCK(RANGE, restore_vm);
		assert_int_equal(vcpu_state(v), want == RUNS ? ACTIVE : READY);
		assert_true(kit_held(&t) == 0);
		test_machine_free(&t);
	}
}

static void run_it(vmid_t v)
{
	OK(set_per_cpu, v, C);
	set_vcpu(v, VERIFIED, ACTIVE);
}

/* What the guest had goes to its context, its traps are off, and the vCPU can be run again. */
static void vm_saved(void **state)
{
	(void)state;
	boot(NULL, V);
	run_it(V);
	vcpu_of(V)[R_ec] = ARM_EXCEPTION_INTERRUPT;
	OK(save_vm);
	kit_expect_events(&t, 0, "[set_vcpu_inactive(3,5) INFO:3+ INFO:3* OVM_INACTIVE]");
	assert_int_equal(vcpu_state(V), READY);
	for (enum reg r = 0; r < REG_NR; r++) {
		u64 want = is_sys(r) || is_fp(r) ? CPU(r) : VCPU(r), regs = CPU(r);

		if (r == R_mpidr_el1)
			want = CPU(R_vmpidr_el2);
		if (r == R_ec)
			want = ARM_EXCEPTION_INTERRUPT;
		if (r == R_dirty)
			want = 0;
		if (r == R_pmuserenr_el0 || r == R_mdcr_el2)
			regs = 0;
		if (r == R_cptr_el2)
			regs = CPTR_EL2_DEFAULT;
		if (r == R_cnthctl_el2)
			regs = CPU(r) + 1;
		assert_true(vcpu_of(V)[r] == want);
		assert_true(c0()->regs.r[r] == regs);
	}
	test_machine_free(&t);
}

/* A guest that has powered its VM off leaves the record twice, and the vCPU READY. */
static void powered_off(void **state)
{
	(void)state;
	boot(NULL, V);
	run_it(V);
	vcpu_of(V)[R_ec] = ARM_EXCEPTION_TRAP;
	vcpu_of(V)[R_esr_el2] = (u64)ESR_ELx_EC_HVC64 << 26;
	vcpu_of(V)[R_x0] = PSCI_0_2_FN_SYSTEM_OFF;
	OK(save_vm);
	kit_expect_events(&t, 0,
	                  "[set_vm_poweroff(3) INFO:3+ INFO:3* OVM_POWEROFF] "
	                  "[set_vcpu_inactive(3,5) INFO:3+ INFO:3* OVM_INACTIVE]");
	assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_state, 0), POWEROFF);
	assert_int_equal(vcpu_state(V), READY);
	test_machine_free(&t);
}

static void save_panics(void **state)
{
	(void)state;
	boot(NULL, V);
	OK(set_per_cpu, V, C);
	vcpu_of(V)[R_ec] = ARM_EXCEPTION_INTERRUPT;
	PANICS(save_vm); /* the vCPU is READY */
	assert_true(kit_held(&t) == HELD_INFO(V));
	test_machine_free(&t);

	boot(NULL, V);
	run_it(V);
	vcpu_of(V)[R_ec] = ARM_EXCEPTION_TRAP;
	vcpu_of(V)[R_esr_el2] = 0;
	PANICS(save_vm); /* no class that the host could handle */
	assert_true(kit_held(&t) == 0);
	assert_int_equal(vcpu_state(V), ACTIVE);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* The timer's register grows at each switch, as published; at its end that is stuck. */
static void timer(void **state)
{
	(void)state;
	boot(NULL, V);
	run_it(V);
	c0()->regs.r[R_cnthctl_el2] = INVALID64;
	STUCK(OVERFLOW, save_vm);
	test_machine_free(&t);

	boot(NULL, V);
	host()[R_x0] = V;
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	c0()->regs.r[R_cnthctl_el2] = INVALID64;
	STUCK(OVERFLOW, restore_vm);
	test_machine_free(&t);

	boot(with(ERRATUM_TIMER_ENABLE_TRAPS, false), V);
	run_it(V);
	vcpu_of(V)[R_ec] = ARM_EXCEPTION_INTERRUPT;
	c0()->regs.r[R_cnthctl_el2] = INVALID64 - 1;
	OK(save_vm);
	assert_true(c0()->regs.r[R_cnthctl_el2] == (((INVALID64 - 1) & ~9ull) | 10));
	test_machine_free(&t);
}

static void halted(void **state)
{
	(void)state;
	boot(NULL, V);
	host()[R_x0] = V;
	PANICS(panic_called);
	PANICS(save_host);
	PANICS(restore_host);
	PANICS(save_vm);
	PANICS(restore_vm);
	for (enum reg r = 0; r < REG_NR; r++) {
		assert_true(c0()->regs.r[r] == CPU(r));
		assert_true(host()[r] == HOST(r) || r == R_x0);
	}
	assert_int_equal(kit_core_used(&t, V), 0);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_saved),  cmocka_unit_test(host_restored),
		cmocka_unit_test(vm_restored), cmocka_unit_test(not_runnable),
		cmocka_unit_test(run_vcpuid),  cmocka_unit_test(vm_saved),
		cmocka_unit_test(powered_off), cmocka_unit_test(save_panics),
		cmocka_unit_test(timer),       cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

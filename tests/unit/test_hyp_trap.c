// SPDX-License-Identifier: GPL-2.0-only
/* TrapDispatcher, TrapHandlerRaw, TrapHandler: runs and exits of guests, and in which modes the entries are. */
#include "sim/hyp/trap.h"

#include "cpu/mode.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <string.h>

static struct test_machine t;

KIT_VOID(host_hvc_handler)
KIT_VOID(host_npt_handler)
KIT_VOID(host_vcpu_run_handler)
KIT_VOID(vm_exit_handler)
KIT_VOID(host_hvc_handler_raw)
KIT_VOID(host_npt_handler_raw)
KIT_VOID(host_vcpu_run_handler_raw)
KIT_VOID(vm_exit_handler_raw)
KIT_VALUE(vm_exit_dispatcher, (u32)k[0], (u32)k[1])
KIT_VOID(mem_load, k[0], (u32)k[1])
KIT_VOID(mem_store, k[0], (u32)k[1])
KIT_VOID(dev_load, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(dev_store, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(panic_called)

enum { V = 3, C = 5, LOW = 512 };

#define ACTIVE_EVENTS   "[set_vcpu_active(3,5) INFO:3+ INFO:3* OVM_ACTIVE]"
#define INACTIVE_EVENTS "[set_vcpu_inactive(3,5) INFO:3+ INFO:3* OVM_INACTIVE]"

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static u64 *vcpu(void)
{
	return t.m->shadow_ctxts[V * VCPU_PER_VM + C].r;
}

static bool is_mode(bool ihost, bool icore)
{
	return c0()->ihost == ihost && c0()->icore == icore;
}

static void boot(const struct errata *e)
{
	test_machine_boot(&t, 1, e);
	kit_feed(&t);
	kit_set_state(&t, V, VERIFIED);
	OK(acquire_lock_vm, V);
	OK(set_vcpu_state, V, C, READY);
	OK(release_lock_vm, V);
	kit_forget(&t);
	vcpu()[R_dirty] = 0;
}

/* The vCPU runs; then @guest of its registers are what a test sets. */
static void boot_guest(const struct errata *e)
{
	boot(e);
	c0()->regs.r[R_x0] = V;
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	OK(host_vcpu_run_handler);
	assert_true(is_mode(false, false));
	kit_forget(&t);
}

/* Everything as it is meant. */
static const struct errata *intended(void)
{
	static struct errata e;

	e = (struct errata){ .published = { 0 } };
	return &e;
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, id, published);
	return &e;
}

/* A trap of class @class, or another exit. */
static void leave_guest(u64 ec, u64 class, u64 x0)
{
	c0()->regs.r[R_ec] = ec;
	c0()->regs.r[R_esr_el2] = class << 26;
	c0()->regs.r[R_hpfar_el2] = 0x40000ull
	                            << 4; /* no device: prep_abort() leaves dirty alone */
	c0()->regs.r[R_x0] = x0;
	c0()->regs.r[R_x2] = 0x80000000;
	c0()->regs.r[R_x3] = 0;
}

/* The entries exist in one mode each, accesses in those outside the core; elsewhere they are stuck. */
static void modes(void **state)
{
	static const struct {
		const char *name;
		kit_fn *fn;
		u32 allowed; /* bit ihost * 2 + icore */
	} row[] = {
		{ "host_hvc_handler", do_host_hvc_handler, 1 << 2 },
		{ "host_npt_handler", do_host_npt_handler, 1 << 2 },
		{ "host_vcpu_run_handler", do_host_vcpu_run_handler, 1 << 2 },
		{ "vm_exit_handler", do_vm_exit_handler, 1 << 0 },
		{ "mem_load", do_mem_load, 1 << 2 | 1 << 0 },
		{ "mem_store", do_mem_store, 1 << 2 | 1 << 0 },
		{ "dev_load", do_dev_load, 1 << 2 | 1 << 0 },
		{ "dev_store", do_dev_store, 1 << 2 | 1 << 0 },
	};

	(void)state;
	for (u32 n = 0; n < 4 * ARRAY_SIZE(row); n++) {
		u32 i = n / 4, mode = n % 4;

		if (row[i].allowed >> mode & 1)
			continue;
		boot(NULL);
		c0()->ihost = mode >> 1;
		c0()->icore = mode & 1;
		kit_stuck(&t, 0, STUCK_MODE, row[i].fn, row[i].name, KIT_LIST(0));
		assert_string_equal(c0()->stuck.prim, row[i].name);
		assert_true(is_mode(mode >> 1, mode & 1));
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
}

/* A run: the host's registers are saved, the guest's come.  Erratum core-to-vm: which. */
static void run(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_CORE_TO_VM, published));
		for (u32 r = 0; r < REG_NR; r++) {
			c0()->regs.r[r] = 0xc0000000ull + r;
			vcpu()[r] = 0xe0000000ull + r;
		}
		vcpu()[R_dirty] = 0;
		c0()->regs.r[R_x0] = V;
		kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
		OK(host_vcpu_run_handler);
		kit_expect_events(&t, 0, ACTIVE_EVENTS);
		assert_true(is_mode(false, false));
		assert_true(t.m->shadow_ctxts[0].r[R_x0] == V);
		assert_true(t.m->shadow_ctxts[0].r[R_x7] == 0xc0000000ull + R_x7);
		assert_true(t.m->shadow_ctxts[0].r[R_sctlr_el1] == 0xc0000000ull + R_sctlr_el1);
		assert_true(c0()->regs.r[R_x7] ==
		            (published ? 0xc0000000ull : 0xe0000000ull) + R_x7);
		assert_true(c0()->regs.r[R_sctlr_el1] == 0xe0000000ull + R_sctlr_el1);
		assert_true(c0()->regs.r[R_vttbr_el2] ==
		            (published ? 0xe0000000ull + R_vttbr_el2 : pt_vttbr(V)));
		kit_judge_poked(&t);
		test_machine_free(&t);
	}
}

/* A run that halts leaves the CPU in the core. */
static void run_halts(void **state)
{
	(void)state;
	boot(NULL);
	c0()->regs.r[R_x0] = 16;
	PANICS(host_vcpu_run_handler);
	assert_true(is_mode(true, true));
	assert_true(kit_held(&t) == 0);
	STUCK(MODE, host_vcpu_run_handler);
	test_machine_free(&t);
}

enum next { GUEST, HOST, NOWHERE };

/* Every class of every exit: who goes on. */
static enum next goes_on(u64 ec, u64 class, u64 x0, bool published)
{
	if (ec == 31)
		return HOST;
	if (ec != 2)
		return NOWHERE;
	if (class == 30)
		return GUEST;
	if (class == 22)
		return x0 == 11 || x0 == 12 ? GUEST : HOST;
	if (class == 1 || class == 18 || class == 32 || class == 36)
		return published ? NOWHERE : HOST;
	return NOWHERE;
}

static void one_exit(u64 ec, u64 class, u64 x0, bool published)
{
	enum next next = goes_on(ec, class, x0, published);

	boot_guest(with(ERRATUM_EXIT_CLASSES, published));
	leave_guest(ec, class, x0);
	if (next == NOWHERE) {
		PANICS(vm_exit_handler);
		assert_true(is_mode(false, true));
		assert_true(kit_held(&t) == 0);
		assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_vcpu_state, C), ACTIVE);
		kit_expect_events(&t, 0, "");
	} else {
		OK(vm_exit_handler);
		assert_true(is_mode(next == HOST, false));
		assert_int_equal(c0()->cur_vmid, next == HOST ? HOSTVISOR : V);
		assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_vcpu_state, C),
		                 next == HOST ? READY : ACTIVE);
		kit_expect_events(&t, 0, next == HOST ? INACTIVE_EVENTS : "");
	}
	test_machine_free(&t);
}

static void exits(void **state)
{
	static const u64 x0s[] = { 0, 11, 12, 13, 1ull << 32 | 11 };

	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		for (u64 class = 0; class < 64; class ++) {
			one_exit(2, class, 0, published);
			one_exit(31, class, 0, published);
		}
		for (u32 i = 0; i < ARRAY_SIZE(x0s); i++)
			one_exit(2, ESR_ELx_EC_HVC64, x0s[i], published);
		for (u64 ec = 0; ec < 64; ec++)
			one_exit(ec, ESR_ELx_EC_SYS64, 0, published);
		one_exit(1ull << 32 | 2, ESR_ELx_EC_SYS64, 0, published);
	}
}

/* Bits of the syndrome beside the class play no part. */
static void dispatch(void **state)
{
	(void)state;
	boot_guest(NULL);
	vcpu()[R_esr_el2] = INVALID64 << 32 | (u64)ESR_ELx_EC_SYS64 << 26 | 0x3ffffff;
	assert_int_equal(OK(vm_exit_dispatcher, V, C), 0);
	vcpu()[R_esr_el2] = (u64)ESR_ELx_EC_HVC64 << 26;
	vcpu()[R_x0] = 7;
	assert_int_equal(OK(vm_exit_dispatcher, V, C), 1);
	STUCK(RANGE, vm_exit_dispatcher, 17, 0);
	STUCK(RANGE, vm_exit_dispatcher, V, 8);
	PANICS(panic_called);
	PANICS(vm_exit_dispatcher, 99, 99);
	test_machine_free(&t);
}

/* What the exit was goes to the context, and what the guest had in x0..x30. */
static void exit_is_told(void **state)
{
	(void)state;
	boot_guest(NULL);
	for (u32 r = 0; r < REG_NR; r++)
		c0()->regs.r[r] = 0xb0000000ull + r;
	c0()->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	OK(vm_exit_handler);
	assert_true(vcpu()[R_x0] == 0xb0000000ull + R_x0);
	assert_true(vcpu()[R_x30] == 0xb0000000ull + R_x30);
	assert_true(vcpu()[R_esr_el2] == 0xb0000000ull + R_esr_el2);
	assert_true(vcpu()[R_far_el2] == 0xb0000000ull + R_far_el2);
	assert_true(vcpu()[R_hpfar_el2] == 0xb0000000ull + R_hpfar_el2);
	assert_true(vcpu()[R_sctlr_el1] == 0xb0000000ull + R_sctlr_el1);
	/* the host has its own again */
	assert_true(c0()->regs.r[R_x0] == V);
	assert_true(c0()->regs.r[R_sctlr_el1] == 0);
	assert_true(c0()->regs.r[R_vttbr_el2] == pt_vttbr(HOSTVISOR));
	test_machine_free(&t);
}

/* The guest's pages are granted and it goes on, without a word to the host. */
static void grant_and_go_on(void **state)
{
	(void)state;
	boot_guest(intended());
	kit_set_page(&t, LOW, V, 0, 0x80000);
	OK(map_s2pt, V, 0x80000000, 3, LOW * 4096 | PAGE_S2_KERNEL);
	kit_forget(&t);
	leave_guest(2, ESR_ELx_EC_HVC64, HVC_KVM_SET_DESC_PFN);
	c0()->regs.r[R_x3] = 1;
	c0()->regs.r[R_x9] = 0x99;
	OK(vm_exit_handler);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,2147483648) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,512) S2PAGE+ S2PAGE* OGRANT]");
	assert_true(is_mode(false, false));
	assert_true(c0()->regs.r[R_x9] == 0x99);
	assert_int_equal(kit_page(&t, LOW).count, 1);
	test_machine_free(&t);
}

/* Errata core-handle-sys64 and pc-overflow, seen through an exit: as intended the guest goes on behind the instruction. */
static void skips(void **state)
{
	(void)state;
	boot_guest(intended());
	leave_guest(2, ESR_ELx_EC_SYS64, 0);
	c0()->regs.r[R_elr_el2] = 0x8000;
	OK(vm_exit_handler);
	assert_true(c0()->regs.r[R_elr_el2] == 0x8004);
	c0()->regs.r[R_elr_el2] = INVALID64;
	leave_guest(2, ESR_ELx_EC_SYS64, 0);
	OK(vm_exit_handler);
	assert_true(c0()->regs.r[R_elr_el2] == 3);
	test_machine_free(&t);

	boot_guest(NULL);
	leave_guest(2, ESR_ELx_EC_SYS64, 0);
	c0()->regs.r[R_elr_el2] = 0x8000;
	OK(vm_exit_handler);
	assert_true(c0()->regs.r[R_elr_el2] == vcpu()[R_elr_el2]); /* erratum core-to-vm */
	c0()->regs.r[R_elr_el2] = INVALID64;
	leave_guest(2, ESR_ELx_EC_SYS64, 0);
	STUCK(OVERFLOW, vm_exit_handler);
	test_machine_free(&t);
}

/*
 * A guest's hypercall to the host and back, as intended: the host finds its registers as they were, and the guest goes on
 * behind the call with the host's answer in x0 and all else as it was.
 */
static void there_and_back(void **state)
{
	struct ctxt before;

	(void)state;
	boot_guest(intended());
	for (u32 r = 0; r <= R_fp_fpcr; r++)
		c0()->regs.r[r] = 0x70000000ull + r;
	c0()->regs.r[R_elr_el2] = 0x8000;
	c0()->regs.r[R_spsr_el2] = 0x45;
	before = c0()->regs;
	c0()->regs.r[R_ec] = ARM_EXCEPTION_TRAP;
	c0()->regs.r[R_esr_el2] = (u64)ESR_ELx_EC_WFx << 26;
	OK(vm_exit_handler);
	assert_true(is_mode(true, false));
	assert_true(c0()->regs.r[R_x0] == V);
	assert_true(vcpu()[R_dirty] == DIRTY_PC_FLAG);
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	OK(host_vcpu_run_handler);
	for (u32 r = 0; r <= R_fp_fpcr; r++)
		assert_true(c0()->regs.r[r] == before.r[r]);
	assert_true(c0()->regs.r[R_elr_el2] == 0x8004);
	assert_true(c0()->regs.r[R_spsr_el2] == 0x45);
	leave_guest(2, ESR_ELx_EC_HVC64, 0x77);
	OK(vm_exit_handler);
	kit_feed_data(&t, V, KIT_FEED_LIST(0xa45));
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	OK(host_vcpu_run_handler);
	assert_true(c0()->regs.r[R_x0] == 0xa45);
	assert_true(c0()->regs.r[R_x1] == before.r[R_x1]);
	test_machine_free(&t);
}

/* The handlers below the entries look at no mode and leave it alone. */
static void raw(void **state)
{
	(void)state;
	boot(NULL);
	t.m->shared.fixed.smmu.smmu_num = 1;
	c0()->icore = true;
	c0()->regs.r[R_x0] = 13;
	OK(host_hvc_handler_raw);
	assert_true(t.m->shadow_ctxts[0].r[R_x0] == 13);
	c0()->regs.r[R_hpfar_el2] = LOW * 16;
	OK(host_npt_handler_raw);
	assert_int_equal(kit_walk(&t, 0, LOW * 4096).pfn, LOW);
	c0()->regs.r[R_x0] = V;
	kit_feed_core(&t, V, KIT_FEED_LIST(C, 0));
	OK(host_vcpu_run_handler_raw);
	assert_int_equal(c0()->cur_vmid, V);
	c0()->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	OK(vm_exit_handler_raw);
	assert_int_equal(c0()->cur_vmid, HOSTVISOR);
	assert_true(is_mode(true, true));
	c0()->cur_vmid = 17;
	c0()->cur_vcpuid = 0;
	REFUSES(vm_exit_handler_raw, 17, 0);
	c0()->cur_vmid = V;
	c0()->cur_vcpuid = 8;
	REFUSES(vm_exit_handler_raw, V, 8);
	test_machine_free(&t);
}

/* A fault of the host through its entry: done, and halting. */
static void host_faults(void **state)
{
	(void)state;
	boot(NULL);
	t.m->shared.fixed.smmu.smmu_num = 1;
	c0()->regs.r[R_hpfar_el2] = LOW * 16;
	c0()->regs.r[R_x5] = 0x55;
	OK(host_npt_handler);
	assert_true(is_mode(true, false));
	assert_true(c0()->regs.r[R_x5] == 0x55);
	/* a register of an SMMU is read into the host's */
	c0()->regs.r[R_hpfar_el2] = 0x100000 / 256;
	c0()->regs.r[R_esr_el2] = 3ull << 22 | 4ull << 16;
	OK(host_npt_handler);
	assert_true(c0()->regs.r[R_x4] == KIT_UNFED);
	c0()->regs.r[R_esr_el2] = 0;
	kit_set_page(&t, LOW + 1, V, 0, 9);
	c0()->regs.r[R_hpfar_el2] = (LOW + 1) * 16;
	PANICS(host_npt_handler);
	assert_true(is_mode(true, true));
	test_machine_free(&t);
}

/* A machine that another CPU has halted: an entry in its mode does nothing, and the CPU stays outside the core. */
static void halted(void **state)
{
	struct ctxt before;

	(void)state;
	boot(NULL);
	before = c0()->regs;
	PANICS(panic_called);
	PANICS(host_hvc_handler);
	PANICS(host_npt_handler);
	PANICS(host_vcpu_run_handler);
	c0()->ihost = false;
	PANICS(vm_exit_handler);
	PANICS(vm_exit_handler_raw);
	assert_true(is_mode(false, false));
	assert_memory_equal(&c0()->regs, &before, sizeof(before));
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),           cmocka_unit_test(run),
		cmocka_unit_test(run_halts),       cmocka_unit_test(exits),
		cmocka_unit_test(dispatch),        cmocka_unit_test(exit_is_told),
		cmocka_unit_test(grant_and_go_on), cmocka_unit_test(skips),
		cmocka_unit_test(there_and_back),  cmocka_unit_test(raw),
		cmocka_unit_test(host_faults),     cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

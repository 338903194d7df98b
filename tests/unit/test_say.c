// SPDX-License-Identifier: GPL-2.0-only
/* What a CPU's stream says of entries, registers, saved contexts and values from outside. */
#include "cpu/say.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"
#include "cpu/intake.h"
#include "cpu/mode.h"
#include "cpu/op.h"
#include "cpu/panic.h"
#include "cpu/switch_regs.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/api.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <stdlib.h>
#include <string.h>

enum { V = 3, C = 5, LOW = 512 };

static struct test_machine t;

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static u64 *regs(void)
{
	return c0()->regs.r;
}

static void begin(const char *side)
{
	struct errata e;
	struct err err;

	errata_defaults(&e);
	assert_int_equal(errata_parse(&e, side, &err), 0);
	test_machine_boot(&t, 1, &e);
	kit_forget(&t);
}

/* The core is entered with these registers, which are said then, and the mark is forgotten. */
static void entered(const char *side)
{
	begin(side);
	regs()[R_x4] = 0x44;
	regs()[R_fp_q1] = 0xf1;
	regs()[R_tpidr_el0] = 0x70;
	regs()[R_far_el2] = 0xfa;
	regs()[R_vmpidr_el2] = 0x80;
	c0()->cur_vmid = V;
	c0()->cur_vcpuid = C;
	mode_enter_core(c0(), ENTRY_EXIT);
	kit_forget(&t);
}

/* Each move is one mark; what the primitive does beyond it is said as differences. */
static void moves(void **state)
{
	static const struct {
		const char *side;
		void (*fn)(struct cpu *c);
		const char *want;
	} rows[] = {
		{ "all=published", host_to_core, "move save_gp" },
		{ "all=published", vm_to_core, "move save_gp" },
		{ "all=published", core_to_host, "move load_gp" },
		{ "all=published", core_to_vm, "move load_rest" },
		{ "all=intended", core_to_vm, "move load_gp" },
		{ "all=published", exit_populate_fault, "move save_fault" },
		{ "all=published", save_sysregs, "move save_sys" },
		{ "all=intended", save_sysregs, "move save_sys; ctxt 3 5 pc=0x1000" },
		{ "all=published", restore_sysregs, "move load_sys" },
		{ "all=published", fpsimd_save_state, "move save_fp" },
		{ "all=published", fpsimd_restore_state, "move load_fp" },
		{ "all=published", activate_traps, "regs pmuserenr_el0=4 mdcr_el2=5 cptr_el2=6" },
		{ "all=published", deactivate_traps, "regs cptr_el2=7" },
		{ "all=published", timer_enable_traps, "regs cnthctl_el2=1" },
		{ "all=published", host_el2_restore_state, "regs vttbr_el2=0x10000 hcr_el2=8" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		char *have;

		entered(rows[i].side);
		regs()[R_elr_el2] = 0x1000;
		say_touch_regs(c0(), REG_ALL_BLOCKS);
		say_touched(c0());
		kit_forget(&t);
		rows[i].fn(c0());
		say_touched(c0());
		have = kit_said(&t, 0);
		if (strcmp(have, rows[i].want) != 0)
			fail_msg("row %u: \"%s\"", i, have);
		free(have);
		test_machine_free(&t);
	}
}

/* What was different before a move is told first, so that the move takes it along. */
static void before_a_move(void **state)
{
	(void)state;
	entered("all=published");
	say_touch_regs(c0(), REG_ALL_BLOCKS);
	regs()[R_x4] = 0x45;
	vm_to_core(c0());
	set_shadow_ctxt(c0(), V, C, CTXT_X4, 0x46);
	core_to_host(c0());
	regs()[R_x4] = 0x47;
	say_touched(c0());
	kit_expect_said(&t, 0,
	                "regs x4=0x45; move save_gp; ctxt 3 5 x4=0x46; move load_gp; regs x4=0x47");
	/* The context of another is named, until one is again. */
	c0()->cur_vmid = HOSTVISOR;
	c0()->cur_vcpuid = 0;
	core_to_host(c0());
	fpsimd_restore_state(c0());
	say_touched(c0());
	kit_expect_said(&t, 0, "move load_gp 0 0; move load_fp");
	test_machine_free(&t);
}

/* Each entry, with what it is about and its arguments up to the last that is new; and the way out. */
static void entries(void **state)
{
	static const struct {
		enum core_entry entry;
		u64 x0, x1, x2, esr, ec, hpfar;
		const char *want;
	} rows[] = {
		{ ENTRY_HVC, HVC_SET_BOOT_INFO, 3, 0x9000, 0, 0, 0, "enter hvc 0xf 0 0 3 0x9000" },
		{ ENTRY_HVC, HVC_SET_BOOT_INFO, 3, 0x9000, 0, 0, 0, "enter hvc 0xf 0 0" },
		{ ENTRY_HVC, HVC_VERIFY_VM_IMAGE, 4, 0x9000, 0, 0, 0, "enter hvc 0x11 0 0 4" },
		{ ENTRY_FAULT, HVC_VERIFY_VM_IMAGE, 4, 0x9000, 0x93000000, 0, 0x40,
		  "enter fault 0x24 0 0 0x40 0 0x93000000" },
		{ ENTRY_RUN, 7, 4, 0x9000, 0x93000000, 0, 0x40, "enter run 7 0 0" },
		{ ENTRY_EXIT, 11, 4, 0x9001, 0x5a000000, ARM_EXCEPTION_TRAP, 0x40,
		  "enter exit 0x16 0 0 0xb 4 0x9001; regs esr_el2=0x5a000000 ec=2" },
		{ ENTRY_EXIT, 11, 4, 0x9001, 0x5a000000, ARM_EXCEPTION_INTERRUPT, 0x40,
		  "enter exit 0x40 0 0; regs ec=0x1f" },
	};

	(void)state;
	begin("all=published");
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		regs()[R_x0] = rows[i].x0;
		regs()[R_x1] = rows[i].x1;
		regs()[R_x2] = rows[i].x2;
		regs()[R_esr_el2] = rows[i].esr;
		regs()[R_ec] = rows[i].ec;
		regs()[R_hpfar_el2] = rows[i].hpfar;
		mode_enter_core(c0(), rows[i].entry);
		kit_expect_said(&t, 0, rows[i].want);
		mode_leave_core(c0(), rows[i].entry != ENTRY_EXIT);
		/* By nothing, when it is as it was. */
		kit_expect_said(&t, 0, i == 5 ? "leave 0 0 0 0" : "leave");
	}
	test_machine_free(&t);
}

KIT_VOID(host_hvc_handler)
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])

/* All of a small hypercall. */
static void hypercall(void **state)
{
	(void)state;
	begin("all=intended");
	regs()[R_x0] = HVC_REGISTER_KVM;
	regs()[R_x20] = 0x20;
	OK(host_hvc_handler);
	kit_expect_said(&t, 0,
	                "enter hvc 0x18 0 0; regs x20=0x20; move save_gp; op gen_vmid; sevent "
	                "gen_vmid 0 1; "
	                "op register_kvm 1; outside shared_kvm 1 0 1; sevent register_kvm 0 1; "
	                "ctxt 0 0 x0=1; move load_gp; leave");
	regs()[R_x0] = HVC_REGISTER_VCPU;
	regs()[R_x1] = 1;
	regs()[R_x2] = 6;
	OK(host_hvc_handler);
	kit_expect_said(&t, 0,
	                "enter hvc 0x19 0 0 1 6; move save_gp; op register_vcpu 1 6; "
	                "outside shared_vcpu 1 6 1; ctxt 1 6 dirty=0xffffffffffffffff; "
	                "sevent register_vcpu 0 0; move load_gp; leave");
	test_machine_free(&t);
}

/* Contexts that setters touch are said at once when there are too many, each once. */
static void touched(void **state)
{
	(void)state;
	begin("all=published");
	for (vcpuid_t v = 0; v <= SAY_TOUCHED; v++) {
		set_shadow_ctxt(c0(), V, v, CTXT_X0 + v, 1);
		set_shadow_ctxt(c0(), V, v, CTXT_PC, 2);
		set_shadow_ctxt(c0(), V, v, CTXT_MDCCINT_EL1, 3);
	}
	kit_expect_said(
		&t, 0,
		"ctxt 3 0 x0=1 pc=2; ctxt 3 1 x1=1 pc=2; ctxt 3 2 x2=1 pc=2; ctxt 3 3 x3=1 pc=2");
	acquire_lock_vm(c0(), V);
	kit_expect_said(&t, 0, "");
	release_lock_vm(c0(), V);
	kit_expect_said(&t, 0, "ctxt 3 4 x4=1 pc=2");
	set_shadow_ctxt(c0(), V, 0, CTXT_X0, 1);
	set_shadow_dirty_bit(c0(), V, 0, 5);
	reset_fp_regs(c0(), V, 0);
	clear_shadow_gp_regs(c0(), V, 0);
	OP_BEGIN(c0(), set_vm_poweroff, V);
	host_skip_instr(c0());
	OP_END(c0(), set_vm_poweroff);
	kit_expect_said(&t, 0,
	                "ctxt 3 0 x0=0 dirty=5; op set_vm_poweroff 3; regs esr_el2=4; sevent "
	                "set_vm_poweroff 0 0");
	test_machine_free(&t);
}

static void takes_all(void)
{
	get_int_esr(c0(), V, C);
	if (!c0()->panicked)
		data_peek(c0(), V);
	get_int_run_vcpuid(c0(), V);
	get_shared_kvm(c0(), V);
	get_shared_vcpu(c0(), V, C);
	verify_image(c0(), V, 0x2000);
	get_sys_reg_desc_val(c0(), 50);
	get_exception_vector(c0(), 9);
	fetch_from_doracle(c0(), V, LOW, 2);
	fetch_from_doracle(c0(), V, LOW, 0);
	set_shadow_ctxt(c0(), V, C, CTXT_X0, 0);
}

/* A value from outside is said where it is taken; by its number alone where the log's header gives it. */
static void streams(void **state)
{
	(void)state;
	begin("all=published");
	takes_all();
	kit_expect_said(&t, 0,
	                "outside data 3 0 1; outside data_peek 3 1 1; outside core 3 0 1; "
	                "outside shared_kvm 3 0 1; outside shared_vcpu 3 5 1; "
	                "outside verify_image 3 0x2000 1 1; outside reg_desc 0 0x32 1; "
	                "outside exception_vector 0 9 1");
	kit_feed(&t);
	kit_bad_image(0x2000);
	kit_feed_data(&t, V, KIT_FEED_LIST(0x11, 0x12, 0x13));
	kit_feed_core(&t, V, KIT_FEED_LIST(0x21));
	takes_all();
	kit_expect_said(
		&t, 0,
		"outside data 3 3 1 0x11; outside data_peek 3 4 1 0x12; outside core 3 1 1 0x21; "
		"outside shared_kvm 3 0 1; outside shared_vcpu 3 5 1; "
		"outside verify_image 3 0x2000 1 0; outside reg_desc 0 0x32 1 0xde5c0032; "
		"outside exception_vector 0 9 1 0xec0009; outside data 3 4 2");
	test_machine_free(&t);
}

/* Registers that come decrypted: one mark with all their values, then the context. */
static void decrypted(void **state)
{
	static const char *const want =
		"outside data 3 0 31 0xfeed0000000 0xfeed0000001 0xfeed0000002";
	char *have;

	(void)state;
	begin("all=published");
	kit_feed(&t);
	decrypt_gp_regs(c0(), V, C);
	say_touched(c0());
	have = kit_said(&t, 0);
	assert_memory_equal(have, want, strlen(want));
	assert_non_null(
		strstr(have, " 0xfeed000001e; ctxt 3 5 x0=0xfeed0000000 x1=0xfeed0000001 "));
	free(have);
	test_machine_free(&t);
}

KIT_VOID(mem_load, k[0], (u32)k[1])

/* What a load gives is said by the event of its operation alone. */
static void loads(void **state)
{
	(void)state;
	begin("access-registers=published");
	kit_feed(&t);
	kit_feed_data(&t, HOSTVISOR, KIT_FEED_LIST(0x77));
	kit_set_page(&t, LOW, V, 1, 0);
	OK(map_s2pt, HOSTVISOR, LOW * 4096, 3, LOW * 4096 | PAGE_S2_KERNEL);
	kit_forget(&t);
	OK(mem_load, LOW, 12);
	kit_expect_said(
		&t, 0,
		"op mem_load 0x200 0xc; outside data_peek 0 0 1 0x77; sevent mem_load 0 0x77");
	assert_true(t.m->shadow_ctxts[0].r[R_x12] == 0x77);
	assert_true(t.m->said_ctxts[0].said.ctxt.r[R_x12] == 0x77);
	test_machine_free(&t);
}

static void devices(void **state)
{
	(void)state;
	begin("all=published");
	writeq_relaxed(c0(), 0x1122334455667788, 0x2010);
	writel_relaxed(c0(), 0x1122334455667788, 0x2020);
	kit_expect_said(&t, 0, "device 0x2010 0x1122334455667788 8; device 0x2020 0x55667788 4");
	test_machine_free(&t);
}

static void sets_and_is_stuck(struct cpu *c, void *arg)
{
	(void)arg;
	set_shadow_ctxt(c, V, C, CTXT_X1, 1);
	c->regs.r[R_x2] = 2;
	stuck(c, STUCK_RANGE, "test", 0, 0, 0);
}

/* A call that a jump leaves tells what it did to registers. */
static void left(void **state)
{
	(void)state;
	begin("all=published");
	assert_int_equal(cpu_call(c0(), sets_and_is_stuck, NULL), OUT_STUCK);
	kit_expect_said(&t, 0, "ctxt 3 5 x1=1; regs x2=2");
	test_machine_free(&t);
}

static void goes_on(struct cpu *c, void *arg)
{
	(void)arg;
	set_shadow_ctxt(c, V, C, CTXT_X1, 1);
	flag_set(c->halt);
	c->panicked = true;
	set_shadow_ctxt(c, V, C, CTXT_X1, 2);
	vm_to_core(c);
	activate_traps(c);
	takes_all();
	writeq_relaxed(c, 1, 2);
}

/* On a halted machine nothing is said but what was done before. */
static void halted(void **state)
{
	(void)state;
	begin("all=published");
	assert_int_equal(cpu_call(c0(), goes_on, NULL), OUT_PANIC);
	kit_expect_said(&t, 0, "ctxt 3 5 x1=1");
	test_machine_free(&t);
}

/* The end of an episode gives whole digests of all that was spoken of, and the next begins with zeros. */
static void ends(void **state)
{
	(void)state;
	entered("all=published");
	vm_to_core(c0());
	set_shadow_ctxt(c0(), V, C, CTXT_X1, 1);
	machine_end_episode(t.m);
	kit_expect_said(&t, 0, "move save_gp; ctxt 3 5 x1=1; regs; ctxt 3 5");
	machine_reset(t.m);
	machine_begin_episode(t.m);
	regs()[R_x4] = 0x44;
	mode_enter_core(c0(), ENTRY_RUN);
	kit_expect_said(&t, 0, "enter run 0 0 0; regs x4=0x44");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),     cmocka_unit_test(before_a_move),
		cmocka_unit_test(entries),   cmocka_unit_test(hypercall),
		cmocka_unit_test(touched),   cmocka_unit_test(streams),
		cmocka_unit_test(decrypted), cmocka_unit_test(loads),
		cmocka_unit_test(devices),   cmocka_unit_test(left),
		cmocka_unit_test(halted),    cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Moves between the CPU and the saved context of what runs on it: which registers go along, both sides of each erratum. */
#include "cpu/switch_regs.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { VMID = 2, VCPU = 6, HERE = 1000, SAVED = 2000 };

static struct test_env t;
static struct ctxt *saved;

/* Register r is HERE + r in the CPU and SAVED + r in the context. */
static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	test_env_run(&t, true);
	t.c = &t.m->cpu[1];
	t.c->cur_vmid = VMID;
	t.c->cur_vcpuid = VCPU;
	saved = &t.m->shadow_ctxts[VMID * VCPU_PER_VM + VCPU];
	for (u64 r = 0; r < REG_NR; r++) {
		t.c->regs.r[r] = HERE + r;
		saved->r[r] = SAVED + r;
	}
	return 0;
}

/* Which registers a move takes along under their own names. */
static bool goes(u32 r, enum reg_move move)
{
	static const enum reg_move moves[REG_NR] = {
#define REG(group, field, m) [R_##field] = MOVE_##m,
#include "shmem/obj/regs.def"
	};

	return moves[r] == move;
}

static void untouched(const struct ctxt *c, u64 base)
{
	for (u64 r = 0; r < REG_NR; r++)
		assert_true(c->r[r] == base + r);
}

/* The registers of @move in @to, which was at @base, come from the other side; the rest stays. */
static void moved(const struct ctxt *to, u64 base, u64 from, enum reg_move move)
{
	for (u64 r = 0; r < REG_NR; r++)
		if (to->r[r] != (goes((u32)r, move) ? from : base) + r)
			fail_msg("%s is %llu", reg_name((enum reg)r), (unsigned long long)to->r[r]);
}

/* Into the context: general registers, the fault's, floating point. */
static void in(void **state)
{
	static const struct {
		const char *name;
		enum reg_move move;
	} rows[] = { { "host_to_core", MOVE_GP },
		     { "vm_to_core", MOVE_GP },
		     { "exit_populate_fault", MOVE_FAULT },
		     { "fpsimd_save_state", MOVE_FP } };

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(state);
		test_ok(&t, rows[i].name, NULL);
		moved(saved, SAVED, HERE, rows[i].move);
		untouched(&t.c->regs, HERE);
	}
}

/* Back to the CPU. */
static void out(void **state)
{
	static const struct {
		const char *name;
		enum reg_move move;
	} rows[] = { { "core_to_host", MOVE_GP },
		     { "fpsimd_restore_state", MOVE_FP },
		     { "core_to_vm", MOVE_GP } };

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(state);
		test_env_erratum(&t, ERRATUM_CORE_TO_VM, false);
		test_ok(&t, rows[i].name, NULL);
		moved(&t.c->regs, HERE, SAVED, rows[i].move);
		untouched(saved, SAVED);
	}
}

/* As published core_to_vm brings what it should not, and leaves what it should bring. */
static void core_to_vm_published(void **state)
{
	(void)state;
	OK(&t, "core_to_vm");
	for (u64 r = 0; r < REG_NR; r++) {
		bool comes = reg_group((enum reg)r) == REGS && !goes((u32)r, MOVE_GP);

		assert_true(t.c->regs.r[r] == (comes ? SAVED : HERE) + r);
	}
	untouched(saved, SAVED);
}

/* System registers in and out; the published save forgets what the restore loads. */
static void sysregs(void **state)
{
	(void)state;
	OK(&t, "save_sysregs");
	for (u64 r = 0; r < REG_NR; r++)
		assert_true(saved->r[r] == (r == R_mpidr_el1         ? HERE + R_vmpidr_el2
		                            : goes((u32)r, MOVE_SYS) ? HERE + r
		                                                     : SAVED + r));
	assert_true(saved->r[R_pc] == SAVED + R_pc);
	assert_true(saved->r[R_pstate] == SAVED + R_pstate);

	begin(state);
	test_env_erratum(&t, ERRATUM_SAVE_SYSREGS_PC, false);
	OK(&t, "save_sysregs");
	assert_true(saved->r[R_pc] == HERE + R_elr_el2);
	assert_true(saved->r[R_pstate] == HERE + R_spsr_el2);
	assert_true(saved->r[R_flags] == SAVED + R_flags);

	begin(state);
	OK(&t, "restore_sysregs");
	for (u64 r = 0; r < REG_NR; r++) {
		u64 want =
			goes((u32)r, MOVE_SYS) || goes((u32)r, MOVE_FAULT) ? SAVED + r : HERE + r;

		want = r == R_vmpidr_el2 || r == R_mpidr_el1 ? SAVED + R_mpidr_el1 : want;
		want = r == R_elr_el2 ? SAVED + R_pc : r == R_spsr_el2 ? SAVED + R_pstate : want;
		assert_true(t.c->regs.r[r] == want);
	}
}

static void traps(void **state)
{
	(void)state;
	OK(&t, "activate_traps");
	assert_true(t.c->regs.r[R_pmuselr_el0] == 0);
	assert_true(t.c->regs.r[R_pmuserenr_el0] == ARMV8_PMU_USERENR_MASK);
	assert_true(t.c->regs.r[R_mdcr_el2] == HYPSEC_MDCR_EL2_FLAG);
	assert_true(t.c->regs.r[R_cptr_el2] == CPTR_VM);
	assert_true(t.c->regs.r[R_cnthctl_el2] == HERE + R_cnthctl_el2);
	t.c->regs.r[R_pmuselr_el0] = 5;
	OK(&t, "deactivate_traps");
	assert_true(t.c->regs.r[R_pmuselr_el0] == 5);
	assert_true(t.c->regs.r[R_pmuserenr_el0] == 0);
	assert_true(t.c->regs.r[R_mdcr_el2] == 0);
	assert_true(t.c->regs.r[R_cptr_el2] == CPTR_EL2_DEFAULT);
	untouched(saved, SAVED);
}

/* As published the timer's word grows by 1 at each call, until it would leave 64 bits; as intended bits go and come. */
static void timer(void **state)
{
	u64 *v = &t.c->regs.r[R_cnthctl_el2];

	(void)state;
	*v = 3;
	OK(&t, "timer_enable_traps");
	OK(&t, "timer_enable_traps");
	assert_true(*v == 5);
	*v = INVALID64;
	STUCK(&t, STUCK_OVERFLOW, "timer_enable_traps");
	test_env_erratum(&t, ERRATUM_TIMER_ENABLE_TRAPS, false);
	*v = 0x19;
	OK(&t, "timer_enable_traps");
	assert_true(*v == (0x10 | CNTHCTL_EL1PCTEN));
	*v = INVALID64;
	OK(&t, "timer_enable_traps");
	assert_true(*v == ((INVALID64 & ~(u64)CNTHCTL_EL1PCEN) | CNTHCTL_EL1PCTEN));
}

/* Who runs decides the root of the translation. */
static void el2(void **state)
{
	(void)state;
	OK(&t, "vm_el2_restore_state");
	assert_true(t.c->regs.r[R_vttbr_el2] == pt_vttbr(VMID));
	assert_true(t.c->regs.r[R_tpidr_el2] == SAVED + R_tpidr_el2);
	assert_true(t.c->regs.r[R_hcr_el2] == HCR_HYPSEC_VM_FLAGS);
	OK(&t, "host_el2_restore_state");
	assert_true(t.c->regs.r[R_vttbr_el2] == pt_vttbr(HOSTVISOR));
	assert_true(t.c->regs.r[R_tpidr_el2] == 0);
	assert_true(t.c->regs.r[R_hcr_el2] == HCR_HOST_NVHE_FLAGS);
	untouched(saved, SAVED);
}

static int make(void **state)
{
	(void)state;
	test_env_make(&t, false);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_env_free(&t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in, begin),
		cmocka_unit_test_setup(out, begin),
		cmocka_unit_test_setup(core_to_vm_published, begin),
		cmocka_unit_test_setup(sysregs, begin),
		cmocka_unit_test_setup(traps, begin),
		cmocka_unit_test_setup(timer, begin),
		cmocka_unit_test_setup(el2, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

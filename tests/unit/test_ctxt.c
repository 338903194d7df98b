// SPDX-License-Identifier: GPL-2.0-only
/* Saved contexts and who runs here: every number, the default parameters, both sides of each erratum, as in a run. */
#include "cpu/ctxt.h"
#include "oracle/data.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { VMID = 5, VCPU = 3, NUMBERS = 80 };

static struct test_env t;

static struct ctxt *ctxt(vmid_t vmid, vcpuid_t vcpuid)
{
	return &t.m->shadow_ctxts[vmid * VCPU_PER_VM + vcpuid];
}

static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	test_env_run(&t, true);
	return 0;
}

/* A number names one register, of this vCPU alone; numbers without a register read 0 and take nothing. */
static void numbers(void **state)
{
	u32 named = 0;

	(void)state;
	for (u64 i = 0; i < NUMBERS; i++) {
		enum reg r = reg_by_index((u32)i);

		OK(&t, "set_shadow_ctxt", VMID, VCPU, i, 1000 + i);
		named += r != REG_NR;
		assert_true(OK(&t, "get_shadow_ctxt", VMID, VCPU, i) ==
		            (r == REG_NR ? 0 : 1000 + i));
		if (r != REG_NR)
			assert_true(ctxt(VMID, VCPU)->r[r] == 1000 + i);
		assert_true(OK(&t, "get_shadow_ctxt", VMID, VCPU + 1, i) == 0);
	}
	assert_int_equal(named, 66);
	assert_true(ctxt(VMID, VCPU)->r[R_sp_el1] == 0);
	assert_true(OK(&t, "get_shadow_ctxt", VMID, VCPU, CTXT_ELR_EL2) == 1000 + CTXT_ELR_EL2);
	assert_true(OK(&t, "get_shadow_esr", VMID, VCPU) == 1000 + CTXT_ESR_EL2);
	STUCK(&t, STUCK_RANGE, "get_shadow_ctxt", 17, 0, 0);
	STUCK(&t, STUCK_RANGE, "set_shadow_ctxt", 0, 8, 0, 1);
}

/* SP_EL1 has a field that the published table forgets. */
static void sp_el1(void **state)
{
	(void)state;
	OK(&t, "set_shadow_ctxt", VMID, VCPU, CTXT_SP_EL1, 7);
	ctxt(VMID, VCPU)->r[R_sp_el1] = 9;
	assert_true(OK(&t, "get_shadow_ctxt", VMID, VCPU, CTXT_SP_EL1) == 0);
	test_env_erratum(&t, ERRATUM_SP_EL1, false);
	assert_true(OK(&t, "get_shadow_ctxt", VMID, VCPU, CTXT_SP_EL1) == 9);
	OK(&t, "set_shadow_ctxt", VMID, VCPU, CTXT_SP_EL1, 11);
	assert_true(ctxt(VMID, VCPU)->r[R_sp_el1] == 11);
}

/* As published a mark replaces the others; as intended it joins them, and 0 clears. */
static void dirty_bit(void **state)
{
	(void)state;
	OK(&t, "set_shadow_dirty_bit", VMID, VCPU, 6);
	OK(&t, "set_shadow_dirty_bit", VMID, VCPU, 9);
	assert_true(OK(&t, "get_shadow_dirty_bit", VMID, VCPU) == 9);
	test_env_erratum(&t, ERRATUM_DIRTY_BIT, false);
	OK(&t, "set_shadow_dirty_bit", VMID, VCPU, 6);
	assert_true(OK(&t, "get_shadow_dirty_bit", VMID, VCPU) == (6 | 9));
	OK(&t, "set_shadow_dirty_bit", VMID, VCPU, 0);
	assert_true(OK(&t, "get_shadow_dirty_bit", VMID, VCPU) == 0);
}

/* Clearing general registers and resetting floating point touch these and no others. */
static void clears(void **state)
{
	struct ctxt *c = ctxt(VMID, VCPU);

	(void)state;
	for (u32 r = 0; r < REG_NR; r++)
		c->r[r] = 1 + r;
	OK(&t, "clear_shadow_gp_regs", VMID, VCPU);
	for (u32 r = 0; r < REG_NR; r++)
		assert_true(c->r[r] == (r <= R_x30 ? 0 : 1 + r));
	for (u32 r = 0; r < REG_NR; r++)
		c->r[r] = 1 + r;
	OK(&t, "reset_fp_regs", VMID, VCPU);
	for (u32 r = 0; r < REG_NR; r++)
		assert_true(c->r[r] == (r >= R_fp_q0 && r <= R_fp_fpcr ? 0 : 1 + r));
}

/* The host and the core run on the vCPU of the CPU's number, a VM on the one that is asked for. */
static void per_cpu(void **state)
{
	(void)state;
	t.c = &t.m->cpu[4];
	OK(&t, "set_per_cpu", VMID, VCPU);
	assert_true(OK(&t, "get_cur_vmid") == VMID);
	assert_true(OK(&t, "get_cur_vcpuid") == VCPU);
	OK(&t, "set_per_cpu", COREVISOR, VCPU);
	assert_true(OK(&t, "get_cur_vmid") == COREVISOR);
	assert_true(OK(&t, "get_cur_vcpuid") == 4);
	OK(&t, "set_per_cpu", HOSTVISOR, VCPU);
	assert_true(OK(&t, "get_cur_vmid") == HOSTVISOR);
	assert_true(OK(&t, "get_cur_vcpuid") == 4);
	STUCK(&t, STUCK_RANGE, "set_per_cpu", HOSTVISOR, 8);
}

/* Each general register takes the next value of the VM's oracle, each system register after them. */
static void decrypts(void **state)
{
	struct ctxt *c = ctxt(VMID, VCPU);
	u64 seed = t.m->model.seed, *n = &t.m->data_logs.data[VMID];

	(void)state;
	*n = 10;
	OK(&t, "decrypt_gp_regs", VMID, VCPU);
	assert_true(*n == 10 + 31);
	for (u32 i = 0; i < 31; i++)
		assert_true(c->r[R_x0 + i] == doracle(seed, VMID, 10 + i));
	assert_true(c->r[R_fp_q0] == 0);
	OK(&t, "decrypt_sys_regs", VMID, VCPU);
	assert_true(*n == 10 + 31 + CTXT_SYSREGS_SIZE);
	assert_true(c->r[R_mpidr_el1] == doracle(seed, VMID, 41));
	assert_true(c->r[R_mdscr_el1] == doracle(seed, VMID, 41 + CTXT_MDSCR_EL1 - CTXT_MPIDR_EL1));
	assert_true(c->r[R_x30] == doracle(seed, VMID, 40));
	assert_true(t.m->data_logs.data[HOSTVISOR] == 0);
}

/* As intended the values are the host's. */
static void decrypt_oracle(void **state)
{
	u64 seed = t.m->model.seed;

	(void)state;
	test_env_erratum(&t, ERRATUM_DECRYPT_ORACLE, false);
	OK(&t, "decrypt_gp_regs", VMID, VCPU);
	OK(&t, "decrypt_sys_regs", VMID, VCPU);
	assert_true(ctxt(VMID, VCPU)->r[R_x3] == doracle(seed, HOSTVISOR, 3));
	assert_true(ctxt(VMID, VCPU)->r[R_mpidr_el1] == doracle(seed, HOSTVISOR, 31));
	assert_true(t.m->data_logs.data[HOSTVISOR] == 31 + CTXT_SYSREGS_SIZE);
	assert_true(t.m->data_logs.data[VMID] == 0);
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
		cmocka_unit_test_setup(numbers, begin),
		cmocka_unit_test_setup(sp_el1, begin),
		cmocka_unit_test_setup(dirty_bit, begin),
		cmocka_unit_test_setup(clears, begin),
		cmocka_unit_test_setup(per_cpu, begin),
		cmocka_unit_test_setup(decrypts, begin),
		cmocka_unit_test_setup(decrypt_oracle, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What comes in from outside: default oracles and parameters, counters, device registers; fault syndromes. */
#include "cpu/intake.h"
#include "oracle/data.h"
#include "sim/log/config.h"
#include "sim/log/mark_arg.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { VMID = 5, VCPU = 3 };

static struct test_env t;

static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	test_env_run(&t, true);
	return 0;
}

/* Each takes the next value of the VM's oracle, whatever it is called. */
static void data(void **state)
{
	static const char *const names[] = { "get_int_esr", "get_int_pc", "get_int_pstate" };
	u64 seed = t.m->model.seed, n = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(OK(&t, names[i], VMID, VCPU) == doracle(seed, VMID, n++));
	assert_true(OK(&t, "get_int_gpr", VMID, VCPU, 4) == doracle(seed, VMID, n++));
	assert_true(OK(&t, "get_int_gpr", VMID, 0, 999) == doracle(seed, VMID, n++));
	t.c->cur_vmid = VMID;
	assert_true(OK(&t, "read_actlr_el1") == doracle(seed, VMID, n++));
	assert_true(t.m->data_logs.data[VMID] == n);
	assert_true(OK(&t, "get_int_pc", VMID + 1, VCPU) == doracle(seed, VMID + 1, 0));
	for (vmid_t vmid = 0; vmid < N_VMID; vmid++)
		assert_true(t.m->data_logs.core[vmid] == 0);
	/* Two CPUs draw from one row. */
	t.c = &t.m->cpu[3];
	assert_true(OK(&t, "get_int_pc", VMID, VCPU) == doracle(seed, VMID, n));
}

/* The core's oracle is another. */
static void core(void **state)
{
	static const char *const names[] = { "get_vm_fault_addr", "get_int_new_pte",
		                             "get_int_new_level" };
	u64 seed = t.m->model.seed, n = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(OK(&t, names[i], VMID, VCPU) == core_doracle(seed, VMID, n++));
	assert_true(OK(&t, "get_int_run_vcpuid", VMID) == core_doracle(seed, VMID, n++));
	assert_true(t.m->data_logs.core[VMID] == n);
	assert_true(t.m->data_logs.data[VMID] == 0);
	assert_true(core_doracle(seed, VMID, 0) != doracle(seed, VMID, 0));
}

/* Device registers read the host's oracle, 32 bits of it or all. */
static void devices(void **state)
{
	u64 seed = t.m->model.seed;

	(void)state;
	assert_true(OK(&t, "readq_relaxed", 0x40) == doracle(seed, HOSTVISOR, 0));
	assert_true(OK(&t, "readl_relaxed", 0x40) == (u32)doracle(seed, HOSTVISOR, 1));
	OK(&t, "writel_relaxed", 1, 0x40);
	OK(&t, "writeq_relaxed", 1, 0x40);
	assert_true(OK(&t, "readq_relaxed", 0x80) == doracle(seed, HOSTVISOR, 2));
}

/* The defaults of what the source leaves open. */
static void parameters(void **state)
{
	(void)state;
	assert_true(OK(&t, "get_shared_kvm", VMID) == SHARED_KVM_START + VMID);
	assert_true(OK(&t, "get_shared_vcpu", VMID, VCPU) ==
	            SHARED_VCPU_START + VMID * VCPU_PER_VM + VCPU);
	assert_true(OK(&t, "verify_image", VMID, KVM_ADDR_SPACE - 1) == 1);
	assert_true(OK(&t, "get_sys_reg_desc_val", 9) == 0);
	assert_true(OK(&t, "get_exception_vector", 5) == 0);
	STUCK(&t, STUCK_RANGE, "verify_image", VMID, KVM_ADDR_SPACE);
	assert_true(OK(&t, "check", 5) == 5);
	assert_true(OK(&t, "check64", INVALID64) == INVALID64);
}

static u32 bad_image(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)p;
	(void)cpu;
	return vmid == VMID && addr == 64 ? 0 : 1;
}

/* A machine's parameters can be replaced, one by one. */
static void replaced(void **state)
{
	u32 (*kept)(const struct params *, cpu_t, vmid_t, u64) = t.m->model.verify_img;

	(void)state;
	t.m->model.verify_img = bad_image;
	assert_true(OK(&t, "verify_image", VMID, 64) == 0);
	assert_true(OK(&t, "verify_image", VMID, 65) == 1);
	t.m->model.verify_img = kept;
}

/* Nothing comes in on a halted machine: the CPU that halted it reads 0, the others leave. */
static void halted(void **state)
{
	u64 value = 1;

	(void)state;
	flag_set(&t.m->halt);
	assert_int_equal(TRY(&t, "get_int_pc", VMID, VCPU), OUT_PANIC);
	assert_int_equal(TRY(&t, "check", 5), OUT_PANIC);
	t.c->panicked = true;
	assert_int_equal(test_try(&t, "get_int_pc", TEST_ARGS(VMID, VCPU), &value), OUT_PANIC);
	assert_true(value == 0);
	assert_true(t.m->data_logs.data[VMID] == 0);
}

/* Fields of a syndrome: register, size, write. */
static void syndromes(void **state)
{
	static const struct {
		u64 hsr, rd, as, write;
	} rows[] = {
		{ 0, 0, 1, 0 },       { 0x1f << 16, 31, 1, 0 },  { 5 << 16, 5, 1, 0 },
		{ 1 << 22, 0, 2, 0 }, { 2 << 22, 0, 4, 0 },      { 3 << 22, 0, 8, 0 },
		{ 0x40, 0, 1, 0x40 }, { 0xffffffff, 31, 8, 64 }, { 1 << 21, 0, 1, 0 },
		{ 0x80, 0, 1, 0 },    { 1 << 24, 0, 1, 0 },
	};

	(void)state;
	flag_set(&t.m->halt); /* pure: a halt changes nothing */
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(OK(&t, "host_dabt_get_rd", rows[i].hsr) == rows[i].rd);
		assert_true(OK(&t, "host_dabt_get_as", rows[i].hsr) == rows[i].as);
		assert_true(OK(&t, "host_dabt_is_write", rows[i].hsr) == rows[i].write);
	}
}

/* As published the address behind the instruction goes to esr_el2; as intended elr_el2 goes on. */
static void skips(void **state)
{
	static const struct {
		const char *name;
		enum erratum id;
	} rows[] = { { "host_skip_instr", ERRATUM_HOST_SKIP_INSTR },
		     { "core_handle_sys64", ERRATUM_CORE_HANDLE_SYS64 } };
	u64 *r = t.c->regs.r;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		r[R_elr_el2] = INVALID64 - 4;
		r[R_esr_el2] = 7;
		test_ok(&t, rows[i].name, NULL);
		assert_true(r[R_esr_el2] == INVALID64);
		assert_true(r[R_elr_el2] == INVALID64 - 4);
		test_env_erratum(&t, rows[i].id, false);
		test_ok(&t, rows[i].name, NULL);
		assert_true(r[R_elr_el2] == INVALID64);
		assert_true(r[R_esr_el2] == INVALID64);
		test_stuck(&t, STUCK_OVERFLOW, rows[i].name, NULL);
		test_env_erratum(&t, rows[i].id, true);
		r[R_elr_el2] = INVALID64 - 3;
		test_stuck(&t, STUCK_OVERFLOW, rows[i].name, NULL);
	}
}

/* The fault's page comes from the caller, the offset from far_el2. */
static void fault(void **state)
{
	u64 *r = t.c->regs.r;

	(void)state;
	r[R_far_el2] = 0x123456789abcdef0;
	r[R_hpfar_el2] = INVALID64;
	r[R_esr_el2] = 1ull << 40;
	assert_true(OK(&t, "host_get_fault_ipa", 0x5000) == 0x5ef0);
	assert_true(OK(&t, "read_hpfar_el2") == INVALID64);
	assert_true(OK(&t, "read_esr_el2") == 1ull << 40);
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

static u64 own_core(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)p;
	(void)cpu;
	return vmid + n;
}

/* A header gives the values of the defaults with its seed and range, and never what becomes of an image. */
static void known(void **state)
{
	struct log_config c = { .seed = 0 };
	struct params p;

	(void)state;
	params_init(&p, 9, 8);
	p.guest_base = 0x1000;
	p.guest_span = 0x100;
	assert_false(params_known(&p, MV_STREAM_DATA, &c));
	params_tell(&p, &c);
	assert_true(c.seed == 9 && c.guest_base == 0x1000 && c.guest_span == 0x100);
	for (u32 i = 0; i <= MV_STREAM_VECTOR; i++)
		assert_true(params_known(&p, i, &c) == (i != MV_STREAM_VERIFY_IMAGE));
	assert_true(p.doracle(&p, VMID, 3) == 0x1000 + doracle(9, VMID, 3) % 0x100);
	p.core_doracle = own_core;
	assert_false(params_known(&p, MV_STREAM_CORE, &c));
	assert_true(params_known(&p, MV_STREAM_DATA_PEEK, &c));
	c.guest_span++;
	assert_false(params_known(&p, MV_STREAM_DATA, &c));
	assert_false(params_known(&p, MV_STREAM_DATA_PEEK, &c));
	c.guest_span--;
	c.seed++;
	assert_false(params_known(&p, MV_STREAM_DATA, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test_setup(data, begin),
		cmocka_unit_test_setup(core, begin),
		cmocka_unit_test_setup(devices, begin),
		cmocka_unit_test_setup(parameters, begin),
		cmocka_unit_test_setup(replaced, begin),
		cmocka_unit_test_setup(halted, begin),
		cmocka_unit_test_setup(syndromes, begin),
		cmocka_unit_test_setup(skips, begin),
		cmocka_unit_test_setup(fault, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

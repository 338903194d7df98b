// SPDX-License-Identifier: GPL-2.0-only
/* Registers of SMMUs as the host's faults see them: where they are, what an access does, and goes on behind it. */
#include "sim/hyp/mmio_ops.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

#include <stdio.h>

KIT_VALUE(is_smmu_range, k[0])
KIT_VOID(handle_host_mmio, k[0], (u32)k[1], (u32)k[2])
KIT_VALUE(emulate_mmio, k[0], (u32)k[1])
KIT_VOID(acquire_lock_smmu)

enum { RT = 7, WRITE = 64, BASE = 0x100000 };

/* A syndrome; @as: 0..3, an access of 1 << as bytes. */
#define HSR(as, w) ((u32)((as) << 22 | RT << 16 | (w)))

static struct test_machine t;

static struct smmu_conf *conf(void)
{
	return &t.m->shared.fixed.smmu;
}

static void set_range(u32 i, u64 base, u64 size)
{
	conf()->smmu_phys_base[i] = base;
	conf()->smmu_size[i] = size;
}

/* The last SMMU whose registers hold the address. */
static void ranges(void **state)
{
	static const struct {
		u64 base[2], size[2], addr;
		u32 num, is;
	} rows[] = {
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0xffff, 2, INVALID },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x10000, 2, 0 },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x1ffff, 2, 0 },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x20000, 2, INVALID },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x3abcd, 2, 1 },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x3abcd, 1, INVALID },
		{ { 0x10000, 0x30000 }, { 0x10000, 0x10000 }, 0x10000, 0, INVALID },
		{ { 0x10000, 0x10000 }, { 0x20000, 0x10000 }, 0x10000, 2, 1 },
		{ { 0x10000, 0x10000 }, { 0x20000, 0x10000 }, 0x20000, 2, 0 },
		{ { 0x10000, 0 }, { 0x10000, 0xffffffffffff }, 0xfffffffffffe, 2, 1 },
		{ { 0x10000, 0 }, { 0x10000, 0xffffffffffff }, 0xffffffffffff, 2, INVALID },
		{ { 0, 0 }, { 0, 0 }, 0, 2, INVALID },
	};

	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		conf()->smmu_num = rows[i].num;
		set_range(0, rows[i].base[0], rows[i].size[0]);
		set_range(1, rows[i].base[1], rows[i].size[1]);
		assert_int_equal(OK(is_smmu_range, rows[i].addr), rows[i].is);
	}
	kit_expect_events(&t, 0, "");
	kit_end(&t);
}

/* An address, a base or an end beyond 48 bits is stuck, the last two only of SMMUs that are counted. */
static void ranges_out_of_range(void **state)
{
	static const u64 bad[][2] = { { 1ull << 48, 0 },
		                      { INVALID64, 2 },
		                      { 1, 0xffffffffffff },
		                      { 0xffffffffffff, 1 },
		                      { 1, INVALID64 } };

	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(is_smmu_range, 1ull << 48);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		set_range(1, bad[i][0], bad[i][1]);
		conf()->smmu_num = 2;
		REFUSES(is_smmu_range, BASE);
		conf()->smmu_num = 1;
		assert_int_equal(OK(is_smmu_range, BASE), 0);
	}
	kit_halt(&t);
	REFUSES(is_smmu_range, 1ull << 48);
	conf()->smmu_num = 3;
	assert_int_equal(is_smmu_range(CPU0, BASE), INVALID);
	kit_end(&t);
}

/* smmu-num: two SMMUs are one too many as published, three are under either. */
static void erratum_num(void **state)
{
	(void)state;
	for (u32 side = 0; side < 2; side++) {
		for (u32 num = 0; num < 4; num++) {
			test_machine_boot(&t, 1, NULL);
			assert_false(published(CPU0, ERRATUM_SMMU_NUM));
			errata_set(&CPU0->errata, ERRATUM_SMMU_NUM, side);
			conf()->smmu_num = num;
			if (num < (side ? 2u : 3u))
				assert_int_equal(OK(emulate_mmio, 0, HSR(3, 0)), INVALID);
			else
				STUCK_IN(RANGE, "is_smmu_range", emulate_mmio, 0, HSR(3, 0));
			kit_end(&t);
		}
	}
}

/* What accesses do: the host's register, its oracle, its program counter; the offset comes from far_el2. */
static void accesses(void **state)
{
	static const struct {
		u32 hsr;
		u64 addr, far;
		u32 is;
		bool panics, reads;
	} rows[] = {
		/* Reads of 8 and of 4 bytes, wherever; of 1 and 2 bytes. */
		{ HSR(3, 0), BASE, 0, 0, false, true },
		{ HSR(2, 0), BASE + 0x1f000, 0xabcde034, 1, false, true },
		{ HSR(1, 0), BASE, 0, 0, true, false },
		{ HSR(0, 0), BASE, 0, 0, true, false },
		/* Writes: sCR0 without its bit, a register that takes anything, CONTEXTIDR, TTBR0. */
		{ HSR(3, WRITE), BASE, 0, 0, true, false },
		{ HSR(3, WRITE), BASE, 0x010, 0, false, false },
		{ HSR(2, WRITE), BASE + 0x10000, 0xfff, 1, false, false },
		{ HSR(3, WRITE), BASE + 0x8000, 0x034, 0, true, false },
		{ HSR(3, WRITE), BASE + 0x18000, 0x020, 1, false, false },
		{ HSR(0, WRITE), BASE, 0x010, 0, true, false },
		/* Behind the last SMMU. */
		{ HSR(3, 0), BASE + 0x20000, 0, INVALID, false, false },
		{ HSR(0, WRITE), 0xfffffffff000, 0xfff, INVALID, false, false },
	};
	enum { ELR = 0x8000, ESR = 99 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool skips = rows[i].is != INVALID && !rows[i].panics;
		char want[128];
		u64 v;

		test_machine_boot(&t, 1, NULL);
		v = t.m->model.doracle(&t.m->model, HOSTVISOR, 0);
		CPU0->regs.r[R_far_el2] = rows[i].far;
		CPU0->regs.r[R_elr_el2] = ELR;
		CPU0->regs.r[R_esr_el2] = ESR;
		t.m->shadow_ctxts[0].r[R_x0 + RT] = 5;
		snprintf(want, sizeof(want), "[emulate_mmio(%llu,%u) SMMU+%s OSMMU_GET%s]",
		         (unsigned long long)rows[i].addr, rows[i].hsr,
		         rows[i].panics ? "" : " SMMU-", rows[i].panics ? "!" : "");
		if (rows[i].panics)
			PANICS(emulate_mmio, rows[i].addr, rows[i].hsr);
		else
			assert_int_equal(OK(emulate_mmio, rows[i].addr, rows[i].hsr), rows[i].is);
		kit_expect_events(&t, 0, want);
		assert_true(kit_held(&t) == (rows[i].panics ? 1ull << SMMU_ID : 0));
		assert_int_equal(CPU0->tstate, rows[i].panics ? 0 : 1);
		if (rows[i].reads && rows[i].hsr == HSR(2, 0))
			v &= 0xffffffff;
		assert_true(t.m->shadow_ctxts[0].r[R_x0 + RT] == (rows[i].reads ? v : 5));
		assert_true(t.m->data_logs.data[HOSTVISOR] == rows[i].reads);
		/* host-skip-instr as published */
		assert_true(CPU0->regs.r[R_elr_el2] == ELR);
		assert_true(CPU0->regs.r[R_esr_el2] == (skips ? ELR + 4 : ESR));
		assert_true(CPU0->effects == 0);
		kit_end(&t);
	}
}

/* host-skip-instr: as published the host's program counter stays on the access, and its syndrome is overwritten. */
static void erratum_skip(void **state)
{
	(void)state;
	for (u32 side = 0; side < 2; side++) {
		test_machine_boot(&t, 1, NULL);
		errata_set(&CPU0->errata, ERRATUM_HOST_SKIP_INSTR, side);
		CPU0->regs.r[R_elr_el2] = 0x8000;
		CPU0->regs.r[R_esr_el2] = 99;
		assert_int_equal(OK(emulate_mmio, BASE, HSR(3, 0)), 0);
		assert_true(CPU0->regs.r[R_elr_el2] == (side ? 0x8000 : 0x8004));
		assert_true(CPU0->regs.r[R_esr_el2] == (side ? 0x8004 : 99));
		kit_end(&t);
	}
}

/* The SMMU that was found decides whose bank a CBAR is: bank 3 of SMMU 1 is VM 5's, that of SMMU 0 the host's. */
static void banks_of_the_smmu(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(1, 3), 5);
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(0, 3), HOSTVISOR);
	CPU0->regs.r[R_far_el2] = 12;
	t.m->shadow_ctxts[0].r[R_x0 + RT] = 6;
	assert_int_equal(OK(emulate_mmio, BASE + 0x1000, HSR(2, WRITE)), 0);
	t.m->shadow_ctxts[0].r[R_x0 + RT] = 5;
	assert_int_equal(OK(emulate_mmio, BASE + 0x11000, HSR(2, WRITE)), 1);
	t.m->shadow_ctxts[0].r[R_x0 + RT] = 6;
	PANICS(emulate_mmio, BASE + 0x11000, HSR(2, WRITE));
	kit_end(&t);
}

/* Ranges come first, then the halted machine, then locks. */
static void order_of_checks(void **state)
{
	(void)state;
	for (u32 mode = 0; mode < 3; mode++) {
		test_machine_boot(&t, 1, NULL);
		if (mode == 1)
			OK(acquire_lock_smmu);
		if (mode == 2)
			kit_halt(&t);
		kit_forget(&t);
		REFUSES(handle_host_mmio, 1ull << 48, 0, HSR(3, 0));
		REFUSES(handle_host_mmio, BASE, 2, HSR(3, 0));
		REFUSES(emulate_mmio, 1ull << 48, HSR(3, 0));
		CPU0->cur_vcpuid = 8;
		REFUSES(emulate_mmio, 0, HSR(3, 0));
		if (mode == 1)
			STUCK_IN(RANGE, "__handle_smmu_read", handle_host_mmio, BASE, 0, HSR(3, 0));
		CPU0->cur_vcpuid = 0;
		if (mode == 0) {
			STUCK_IN(NOT_PULLED, "handle_host_mmio", handle_host_mmio, BASE, 0,
			         HSR(3, 0));
		} else if (mode == 1) {
			OK(handle_host_mmio, BASE, 0, HSR(3, 0));
			STUCK_IN(LOCK_TAKEN, "wait_lock", emulate_mmio, BASE, HSR(3, 0));
		} else {
			PANICS(handle_host_mmio, BASE, 0, HSR(3, 0));
			PANICS(emulate_mmio, BASE, HSR(3, 0));
			PANICS(emulate_mmio, 0, HSR(3, 0));
			assert_true(t.m->data_logs.data[HOSTVISOR] == 0);
			kit_expect_events(&t, 0, "");
		}
		kit_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),          cmocka_unit_test(ranges_out_of_range),
		cmocka_unit_test(erratum_num),     cmocka_unit_test(accesses),
		cmocka_unit_test(erratum_skip),    cmocka_unit_test(banks_of_the_smmu),
		cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* FaultHandler: what the host has touched, and the pages that a guest grants and revokes. */
#include "sim/hyp/fault.h"

#include "cpu/ctxt.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <stdio.h>

static struct test_machine t;

KIT_VOID(handle_host_stage2_fault)
KIT_VALUE(core_handle_pvops)
KIT_VOID(set_per_cpu, (u32)k[0], (u32)k[1])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])

enum { V = 3, C = 5, LOW = 512, HIGH = 262144, SMMU0 = 0x100000 };

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, id, published);
	return &e;
}

/* The host has touched @addr; hpfar_el2 as @published decodes it. */
static void touch(u64 addr, bool published)
{
	c0()->regs.r[R_hpfar_el2] = published ? addr / 256 : addr / 4096 * 16;
	c0()->regs.r[R_far_el2] = addr;
	c0()->regs.r[R_esr_el2] = 0;
}

static void one_smmu(void)
{
	t.m->shared.fixed.smmu.smmu_num = 1; /* with two every fault is stuck, as published */
}

/* A page of the host, one of nobody, a shared one: mapped; another VM's: the machine halts. */
static void pages(void **state)
{
	static const struct {
		u64 pfn;
		u32 owner, count;
		u64 pte;
	} row[] = {
		{ LOW + 1, 0, 0, (LOW + 1) * 4096ull | PAGE_S2_KERNEL },
		{ LOW + 1, V, 1, (LOW + 1) * 4096ull | PAGE_S2_KERNEL },
		{ 3, 0, 0, 3 * 4096ull | PAGE_S2_DEVICE | S2_RDWR },
		{ LOW + 1, V, 0, 0 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u64 addr = row[i].pfn * 4096;

		test_machine_boot(&t, 1, NULL);
		one_smmu();
		if (row[i].pfn >= LOW)
			kit_set_page(&t, row[i].pfn, row[i].owner, row[i].count, 9);
		kit_forget(&t);
		touch(addr, true);
		if (row[i].pte) {
			char want[160];

			OK(handle_host_stage2_fault);
			snprintf(want, sizeof(want),
			         "[emulate_mmio(%u,0) SMMU+ SMMU- OSMMU_GET] [map_page_host(%u) "
			         "S2PAGE+ NPT:0+ NPT:0* S2PAGE- OMAP_HOST]",
			         (u32)addr, (u32)addr);
			kit_expect_events(&t, 0, want);
		} else {
			PANICS(handle_host_stage2_fault);
			assert_true(kit_held(&t) == 1ull << S2PAGE_ID);
		}
		assert_true(kit_walk(&t, 0, addr).pte == row[i].pte);
		kit_judge(&t);
		test_machine_free(&t);
	}
}

/* A register of an SMMU: emulated, and nothing is mapped; a forbidden access halts the machine. */
static void registers(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	one_smmu();
	kit_feed(&t);
	touch(SMMU0, true);
	c0()->regs.r[R_esr_el2] = 3ull << 22 | 4ull << 16; /* 8 bytes into x4 */
	OK(handle_host_stage2_fault);
	kit_expect_events(&t, 0, "[emulate_mmio(1048576,12845056) SMMU+ SMMU- OSMMU_GET]");
	assert_true(t.m->shadow_ctxts[0].r[R_x4] == KIT_UNFED);
	assert_int_equal(kit_walk(&t, 0, SMMU0).level, 0);
	touch(SMMU0, true);
	c0()->regs.r[R_esr_el2] = 0; /* one byte */
	PANICS(handle_host_stage2_fault);
	assert_true(kit_held(&t) == 1ull << SMMU_ID);
	assert_int_equal(kit_walk(&t, 0, SMMU0).level, 0);
	test_machine_free(&t);
}

/* Erratum hpfar-mask: which address it was. */
static void fault_address(void **state)
{
	static const struct {
		u64 hpfar, published, intended;
	} row[] = {
		{ LOW * 16, LOW * 4096, LOW * 4096 },
		{ LOW * 16 + 15, LOW * 4096 + 15 * 256, LOW * 4096 },
		{ (u64)HIGH * 16 | 0xf, 0xf00, HIGH * 4096ull },
		{ 0x10000 | LOW * 16, LOW * 4096, (0x1000 + LOW) * 4096 },
	};

	(void)state;
	for (u32 n = 0; n < 2 * ARRAY_SIZE(row); n++) {
		u64 addr = n & 1 ? row[n / 2].published : row[n / 2].intended;
		char want[160];

		test_machine_boot(&t, 1, with(ERRATUM_HPFAR_MASK, n & 1));
		one_smmu();
		c0()->regs.r[R_hpfar_el2] = row[n / 2].hpfar;
		OK(handle_host_stage2_fault);
		snprintf(want, sizeof(want),
		         "[emulate_mmio(%u,0) SMMU+ SMMU- OSMMU_GET] [map_page_host(%u) S2PAGE+ "
		         "NPT:0+ NPT:0* S2PAGE- OMAP_HOST]",
		         (u32)addr, (u32)addr);
		kit_expect_events(&t, 0, want);
		assert_int_equal(kit_walk(&t, 0, addr).pfn, addr / 4096);
		test_machine_free(&t);
	}
}

static void syndrome(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	one_smmu();
	c0()->regs.r[R_hpfar_el2] = LOW * 16;
	c0()->regs.r[R_esr_el2] = INVALID;
	OK(handle_host_stage2_fault);
	c0()->regs.r[R_esr_el2] = 1ull << 32;
	REFUSES(handle_host_stage2_fault, LOW * 4096, 1ull << 32);
	test_machine_free(&t);
}

/* A guest's vCPU runs; its pages LOW and LOW + 1 are mapped at 0x80000000. */
static void guest(void)
{
	test_machine_boot(&t, 1, NULL);
	OK(set_per_cpu, V, C);
	for (u32 i = 0; i < 2; i++) {
		kit_set_page(&t, LOW + i, V, 0, 0x80000 + i);
		OK(map_s2pt, V, 0x80000000 + i * 4096, 3, (LOW + i) * 4096 | PAGE_S2_KERNEL);
	}
	kit_forget(&t);
}

static void ask(u64 x0, u64 x2, u64 x3)
{
	u64 *r = t.m->shadow_ctxts[V * VCPU_PER_VM + C].r;

	r[R_x0] = x0;
	r[R_x1] = 0x1111;
	r[R_x2] = x2;
	r[R_x3] = x3;
}

/* The core answers 11 and 12, on all 64 bits; the rest is the host's. */
static void grants(void **state)
{
	static const u64 others[] = { 0, 10, 13, 1ull << 32 | 11, INVALID64 };

	(void)state;
	guest();
	ask(HVC_KVM_SET_DESC_PFN, 0x80000000, 4097);
	assert_int_equal(OK(core_handle_pvops), 0);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,2147483648) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,2147483648) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,512) S2PAGE+ S2PAGE* OGRANT] "
	                  "[walk_s2pt(3,2147487744) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,2147487744) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,513) S2PAGE+ S2PAGE* OGRANT]");
	assert_int_equal(kit_page(&t, LOW).count, 1);
	assert_int_equal(kit_page(&t, LOW + 1).count, 1);
	ask(HVC_KVM_UNSET_DESC_PFN, 0x80001000, 1);
	assert_int_equal(OK(core_handle_pvops), 0);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,2147487744) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,2147487744) NPT:3+ NPT:3- OPT_GET] "
	                  "[revoke_vm_page(3,513) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OREVOKE]");
	assert_int_equal(kit_page(&t, LOW + 1).count, 0);
	for (u32 i = 0; i < ARRAY_SIZE(others); i++) {
		ask(others[i], INVALID64, INVALID64);
		assert_int_equal(OK(core_handle_pvops), 1);
	}
	kit_expect_events(&t, 0, "");
	ask(HVC_KVM_SET_DESC_PFN, 1ull << 48, 1);
	STUCK(RANGE, core_handle_pvops);
	ask(HVC_KVM_SET_DESC_PFN, 0, 1ull << 48);
	STUCK(RANGE, core_handle_pvops);
	ask(HVC_KVM_UNSET_DESC_PFN, (1ull << 48) - 4096, 4097);
	STUCK(RANGE, core_handle_pvops);
	kit_judge(&t);
	test_machine_free(&t);
}

static void no_guest(void **state)
{
	static const u32 vmids[] = { HOSTVISOR, COREVISOR };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(vmids); i++) {
		test_machine_boot(&t, 1, NULL);
		OK(set_per_cpu, vmids[i], 0);
		PANICS(core_handle_pvops);
		assert_true(kit_held(&t) == 0);
		kit_expect_events(&t, 0, "");
		/* a machine that has halted */
		c0()->cur_vmid = 99;
		PANICS(core_handle_pvops);
		PANICS(handle_host_stage2_fault);
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
	test_machine_boot(&t, 1, NULL);
	c0()->cur_vmid = 17;
	REFUSES(core_handle_pvops, 17, 0);
	c0()->cur_vmid = V;
	c0()->cur_vcpuid = 8;
	REFUSES(core_handle_pvops, V, 8);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),         cmocka_unit_test(registers),
		cmocka_unit_test(fault_address), cmocka_unit_test(syndrome),
		cmocka_unit_test(grants),        cmocka_unit_test(no_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

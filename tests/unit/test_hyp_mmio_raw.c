// SPDX-License-Identifier: GPL-2.0-only
/* What an access to an SMMU's registers is made of: the host's value, entries, context banks. */
#include "sim/hyp/mmio_raw.h"

#include "tests/kit.h"
#include "tests/kit_smmu.h"

KIT_VALUE(host_get_mmio_data, (u32)k[0])
KIT_VALUE(smmu_init_pte, k[0], k[1])
KIT_VALUE(smmu_get_cbndx, k[0])

static struct test_machine t;

/* The value is register rt of the host's vCPU that runs here; number 31 is the zero register. */
static void value_of_the_host(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 vcpu = 0; vcpu < 8; vcpu += 7) {
		CPU0->cur_vcpuid = vcpu;
		for (u32 i = 0; i < REG_NR; i++)
			t.m->shadow_ctxts[vcpu].r[i] = 1000 * (vcpu + 1) + i;
		for (u64 rt = 0; rt < 32; rt++) {
			assert_true(OK(host_get_mmio_data, 0xffe0ffff | rt << 16) ==
			            (rt == 31 ? 0 : 1000 * (vcpu + 1) + rt));
		}
	}
	CPU0->cur_vcpuid = 8;
	STUCK_IN(RANGE, "get_shadow_ctxt", host_get_mmio_data, 0);
	kit_halt(&t);
	PANICS(host_get_mmio_data, 0);
	kit_end(&t);
}

/* smmu-pte-attrs: as published bit 16 of the address is set, so that frame 0x40000 becomes 0x40010. */
static void entries(void **state)
{
	static const struct {
		u64 prot, addr, published, intended;
	} rows[] = {
		{ 0x7, 0x40000000, 0x40010007, 0x40000707 },
		{ 0x7, 0x40010000, 0x40010007, 0x40010707 },
		{ 0, 0, 0x10000, 0x700 },
		{ 1ull << 62, 0xfffffffff000, 1ull << 62 | 0xfffffffff000,
		  1ull << 62 | 0xfffffffff700 },
		{ 0x7ffffffffffffffe, 0, 0x7ffffffffffffffe, 0x7ffffffffffffffe },
	};

	(void)state;
	for (u32 side = 0; side < 2; side++) {
		test_machine_boot(&t, 1, NULL);
		assert_true(published(CPU0, ERRATUM_SMMU_PTE_ATTRS));
		errata_set(&CPU0->errata, ERRATUM_SMMU_PTE_ATTRS, side);
		for (u32 halted = 0; halted < 2; halted++) {
			if (halted)
				kit_halt(&t);
			for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
				u64 pte = smmu_init_pte(CPU0, rows[i].prot, rows[i].addr);

				assert_true(pte == (side ? rows[i].published : rows[i].intended));
			}
			REFUSES(smmu_init_pte, INT64_MAX, 0);
			REFUSES(smmu_init_pte, INVALID64, 0);
			REFUSES(smmu_init_pte, 0, 1ull << 48);
		}
		kit_end(&t);
	}
}

/* Eight pages of context banks lie in the upper half of 64 KiB; below and beyond is stuck. */
static void banks(void **state)
{
	static const struct {
		u64 offset;
		u32 cbndx;
	} rows[] = { { 0x8000, 0 }, { 0x8fff, 0 }, { 0x9000, 1 }, { 0xb034, 3 }, { 0xffff, 7 } };
	static const u64 bad[] = { 0, 0x7fff, 0x10000, 1ull << 44 | 0x8000, INVALID64 };

	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 halted = 0; halted < 2; halted++) {
		if (halted)
			kit_halt(&t);
		for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
			assert_int_equal(smmu_get_cbndx(CPU0, rows[i].offset), rows[i].cbndx);
		}
		for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
			REFUSES(smmu_get_cbndx, bad[i]);
	}
	kit_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_of_the_host),
		cmocka_unit_test(entries),
		cmocka_unit_test(banks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* SMMU page tables, a section on SPT each: the worked example, events, what a used up pool leaves. */
#include "sim/hyp/spt_ops.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

KIT_VOID(init_spt, (u32)k[0], (u32)k[1])
KIT_VALUE(walk_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(unmap_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(acquire_lock_spt)

enum { PTE = 0x40000747, OTHER = 0x40001747 };

static struct test_machine t;

/* One address in two banks: each has tables of its own. */
static void worked_example(void **state)
{
	const u64 addr = 0x80403000;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(map_spt, 0, 0, addr, PTE);
	kit_expect_text(&t, "OSPT spt_pgd_next[0]=0x110000>0x111000"
	                    " spt_vttbr_pool[0x10010]=0>0x110003"
	                    " spt_pmd_next[0]=0x210000>0x211000"
	                    " spt_pgd_pool[0x110010]=0>0x210003"
	                    " spt_pmd_pool[0x210018]=0>0x40000747\n");
	OK(map_spt, 1, 0, addr, PTE);
	kit_expect_text(&t, "OSPT spt_pgd_next[0]=0x111000>0x112000"
	                    " spt_vttbr_pool[0x12010]=0>0x111003"
	                    " spt_pmd_next[0]=0x211000>0x212000"
	                    " spt_pgd_pool[0x111010]=0>0x211003"
	                    " spt_pmd_pool[0x211018]=0>0x40000747\n");
	for (u64 bank = 0; bank < 3; bank++) {
		assert_true(OK(walk_spt, bank, 0, addr + 0xfff) == (bank < 2 ? PTE : 0));
		kit_expect_events(&t, 0, "SPT+ SPT-");
	}
	assert_int_equal(CPU0->tstate, 1);
	assert_true(kit_held(&t) == 0);
	kit_end(&t);
}

/* An entry is overwritten unseen and taken away once; the push stands at each release, changed or not. */
static void map_and_unmap(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	assert_true(OK(unmap_spt, 2, 1, 0) == 0);
	kit_expect_events(&t, 0, "SPT+ SPT-");
	OK(map_spt, 2, 1, 0, PTE);
	kit_forget(&t);
	OK(map_spt, 2, 1, 0xfff, OTHER);
	kit_expect_text(&t, "OSPT spt_pmd_pool[0x210000]=0x40000747>0x40001747\n");
	assert_true(OK(unmap_spt, 2, 1, 0x123) == OTHER);
	kit_expect_text(&t, "OSPT spt_pmd_pool[0x210000]=0x40001747>0\n");
	assert_true(OK(unmap_spt, 2, 1, 0) == 0);
	kit_expect_events(&t, 0, "SPT+ SPT-");
	OK(map_spt, 2, 1, 0, 0);
	kit_expect_events(&t, 0, "SPT+ SPT-");
	kit_end(&t);
}

/* Clearing a bank is a section; the other banks stay as they are. */
static void clearing(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(init_spt, 0, 0);
	kit_expect_events(&t, 0, "SPT+ SPT-");
	OK(map_spt, 0, 0, 0, PTE);
	OK(map_spt, 0, 1, 0, OTHER);
	kit_forget(&t);
	OK(init_spt, 0, 0);
	kit_expect_text(&t, "OSPT spt_vttbr_pool[0x10000]=0x110003>0\n");
	assert_int_equal(CPU0->tstate, 1);
	assert_true(OK(walk_spt, 0, 0, 0) == 0);
	assert_true(OK(walk_spt, 0, 1, 0) == OTHER);
	kit_end(&t);
}

/* smmu-pt-clear: as published an address above the first GiB is still mapped when the bank is cleared. */
static void errata_of_clearing(void **state)
{
	(void)state;
	for (u32 published = 0; published < 2; published++) {
		test_machine_boot(&t, 1, NULL);
		errata_set(&CPU0->errata, ERRATUM_SMMU_PT_CLEAR, published);
		errata_set(&CPU0->errata, ERRATUM_SMMU_PT_CLEAR_TSTATE, published);
		OK(map_spt, 0, 0, 1ull << 30, PTE);
		OK(init_spt, 0, 0);
		assert_true(OK(walk_spt, 0, 0, 1ull << 30) == (published ? PTE : 0));
		kit_end(&t);
	}
}

/* 256 tables of each kind: the mapping that needs the 257th panics, with SPT kept and nothing pushed. */
static void pools_run_out(void **state)
{
	static const struct {
		u32 shift;
		u64 root, pmd;
	} rows[] = {
		/* One GiB after the other: both pools end together, and the one of second-level tables panics. */
		{ 30, 0, SMMU_POOL_END },
		/* 2 MiB after 2 MiB: one second-level table is enough for all leaf tables. */
		{ 21, SMMU_PGD_START | 3, SMMU_POOL_END },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_machine_boot(&t, 1, NULL);
		for (u64 n = 0; n < 256; n++)
			OK(map_spt, 0, 0, n << rows[i].shift, PTE);
		kit_forget(&t);
		PANICS(map_spt, 0, 0, 256ull << rows[i].shift, PTE);
		kit_expect_events(&t, 0, "SPT+");
		assert_true(kit_held(&t) == 1ull << SPT_ID);
		assert_int_equal(CPU0->tstate, 0);
		assert_true(kit_cell(&t, SPT_ID, F_SPT_spt_vttbr_pool,
		                     SMMU_TTBR(0, 0) + (256ull << rows[i].shift >> 30) * 8) ==
		            rows[i].root);
		assert_true(kit_cell(&t, SPT_ID, F_SPT_spt_pmd_next, 0) == rows[i].pmd);
		kit_end(&t);
	}
}

/* Ranges come first, then the halted machine, which answers 0; then the lock, which must not be held. */
static void order_of_checks(void **state)
{
	static const u64 bad[][3] = {
		{ 8, 0, 0 }, { 0, 2, 0 }, { 0, 0, 1ull << 40 }, { INVALID, INVALID, INVALID64 }
	};

	(void)state;
	for (u32 mode = 0; mode < 3; mode++) {
		test_machine_boot(&t, 1, NULL);
		if (mode == 1)
			OK(acquire_lock_spt);
		if (mode == 2)
			kit_halt(&t);
		kit_forget(&t);
		for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
			const u64 *b = bad[i];

			REFUSES(walk_spt, b[0], b[1], b[2]);
			REFUSES(map_spt, b[0], b[1], b[2], PTE);
			REFUSES(unmap_spt, b[0], b[1], b[2]);
			if (i != 2)
				REFUSES(init_spt, b[0], b[1]);
		}
		if (mode == 1) {
			STUCK_IN(LOCK_TAKEN, "wait_lock", init_spt, 0, 0);
			STUCK_IN(LOCK_TAKEN, "wait_lock", walk_spt, 0, 0, 0);
			STUCK_IN(LOCK_TAKEN, "wait_lock", map_spt, 0, 0, 0, PTE);
			STUCK_IN(LOCK_TAKEN, "wait_lock", unmap_spt, 0, 0, 0);
		}
		if (mode == 2) {
			PANICS(init_spt, 0, 0);
			PANICS(map_spt, 0, 0, 0, PTE);
			PANICS(walk_spt, 0, 0, 0);
			PANICS(unmap_spt, 0, 0, 0);
		}
		kit_expect_events(&t, 0, "");
		assert_true(CPU0->effects == 0);
		kit_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_example), cmocka_unit_test(map_and_unmap),
		cmocka_unit_test(clearing),       cmocka_unit_test(errata_of_clearing),
		cmocka_unit_test(pools_run_out),  cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

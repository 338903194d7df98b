// SPDX-License-Identifier: GPL-2.0-only
/* SMMU page tables below their lock: pools that run out, walks with and without tables, entries that point astray. */
#include "sim/hyp/spt_walk.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

KIT_VALUE(alloc_smmu_pgd_page)
KIT_VALUE(alloc_smmu_pmd_page)
KIT_VALUE(walk_smmu_pgd, k[0], k[1], (u32)k[2])
KIT_VALUE(walk_smmu_pmd, k[0], k[1], (u32)k[2])
KIT_VALUE(walk_smmu_pte, k[0], k[1])
KIT_VOID(set_smmu_pte, k[0], k[1], k[2])
KIT_VOID(clear_smmu_pt, (u32)k[0], (u32)k[1])
KIT_VALUE(walk_smmu_pt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_smmu_pt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(dev_load_ref, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(dev_store_ref, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(acquire_lock_spt)
KIT_VOID(release_lock_spt)

enum { TTBR = SMMU_POOL_START, PTE = 0x40000747 };

static struct test_machine t;

/* A machine whose SPT lock is this CPU's. */
static void make_held(void)
{
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_spt);
}

static u64 pool(u32 field, u64 addr)
{
	return kit_cell(&t, SPT_ID, field, addr);
}

/* Tables are handed out one after the other, 256 of each kind; the 257th is a panic that changes nothing. */
static void pools_run_out(void **state)
{
	static const struct {
		kit_fn *alloc;
		u32 next;
		u64 start, end;
	} kinds[] = {
		{ do_alloc_smmu_pgd_page, F_SPT_spt_pgd_next, SMMU_PGD_START, SMMU_PMD_START },
		{ do_alloc_smmu_pmd_page, F_SPT_spt_pmd_next, SMMU_PMD_START, SMMU_POOL_END },
	};

	(void)state;
	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++) {
		make_held();
		for (u64 i = 0; i < 256; i++) {
			u64 page = kinds[k].start + i * PAGE_SIZE;

			assert_true(kit_ok(&t, 0, kinds[k].alloc, "alloc", KIT_LIST(0)) == page);
			assert_true(pool(kinds[k].next, 0) == page + PAGE_SIZE);
		}
		kit_panics(&t, 0, kinds[k].alloc, "alloc", KIT_LIST(0));
		assert_true(pool(kinds[k].next, 0) == kinds[k].end);
		kit_end(&t);
	}
}

/* A cursor outside its pool is stuck, one at either end is not. */
static void cursors(void **state)
{
	static const struct {
		u64 pgd, pmd;
		bool good;
	} rows[] = {
		{ SMMU_PGD_START, SMMU_PMD_START, true },
		{ SMMU_PMD_START - PAGE_SIZE, SMMU_POOL_END - PAGE_SIZE, true },
		{ SMMU_PGD_START - PAGE_SIZE, SMMU_PMD_START - PAGE_SIZE, false },
		{ SMMU_POOL_START, SMMU_POOL_START, false },
		{ SMMU_PMD_START + PAGE_SIZE, SMMU_POOL_END + PAGE_SIZE, false },
		{ INVALID64, INVALID64, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_machine_boot(&t, 1, NULL);
		kit_set_cell(&t, SPT_ID, F_SPT_spt_pgd_next, 0, rows[i].pgd);
		kit_set_cell(&t, SPT_ID, F_SPT_spt_pmd_next, 0, rows[i].pmd);
		OK(acquire_lock_spt);
		if (rows[i].good) {
			OK(alloc_smmu_pgd_page);
			OK(alloc_smmu_pmd_page);
		} else {
			STUCK_IN(RANGE, "alloc_smmu_pgd_page", alloc_smmu_pgd_page);
			STUCK_IN(RANGE, "alloc_smmu_pmd_page", alloc_smmu_pmd_page);
		}
		kit_end(&t);
	}
}

/* A walk makes a missing table when alloc is 1, and not for any other number. */
static void walks_make_tables(void **state)
{
	const u64 addr = 0x80403000;

	(void)state;
	make_held();
	for (u64 alloc = 0; alloc < 3; alloc += 2) {
		assert_true(OK(walk_smmu_pgd, TTBR, addr, alloc) == 0);
		assert_true(OK(walk_smmu_pmd, SMMU_PGD_START | 3, addr, alloc) == 0);
	}
	assert_true(OK(walk_smmu_pmd, 0, addr, 1) == 0);
	assert_true(OK(walk_smmu_pte, 0, addr) == 0);
	assert_true(pool(F_SPT_spt_pgd_next, 0) == SMMU_PGD_START);
	assert_true(pool(F_SPT_spt_pmd_next, 0) == SMMU_PMD_START);

	for (u32 again = 0; again < 2; again++) {
		assert_true(OK(walk_smmu_pgd, TTBR, addr, 1) == (SMMU_PGD_START | 3));
		assert_true(pool(F_SPT_spt_vttbr_pool, TTBR | 2 * 8) == (SMMU_PGD_START | 3));
		assert_true(OK(walk_smmu_pmd, SMMU_PGD_START | 3, addr, 1) == (SMMU_PMD_START | 3));
		assert_true(pool(F_SPT_spt_pgd_pool, SMMU_PGD_START | 2 * 8) ==
		            (SMMU_PMD_START | 3));
	}
	assert_true(pool(F_SPT_spt_pgd_next, 0) == SMMU_PGD_START + PAGE_SIZE);
	assert_true(pool(F_SPT_spt_pmd_next, 0) == SMMU_PMD_START + PAGE_SIZE);
	assert_int_equal(CPU0->tstate, 0);

	OK(set_smmu_pte, SMMU_PMD_START | 3, addr, PTE);
	assert_int_equal(CPU0->tstate, 1);
	assert_true(pool(F_SPT_spt_pmd_pool, SMMU_PMD_START | 3 * 8) == PTE);
	assert_true(OK(walk_smmu_pte, SMMU_PMD_START | 3, addr) == PTE);
	OK(release_lock_spt);
	kit_end(&t);
}

/* An entry that does not point into the pool of the next level is stuck, whatever there is. */
static void entries_that_point_astray(void **state)
{
	static const u64 pgd[] = { 8, SMMU_POOL_START - PAGE_SIZE, SMMU_PGD_START, INVALID64 };
	static const u64 pmd[] = { 8, SMMU_PGD_START - PAGE_SIZE, SMMU_PMD_START, INVALID64 };
	static const u64 pte[] = { 8, SMMU_PMD_START - PAGE_SIZE, SMMU_POOL_END, INVALID64 };

	(void)state;
	make_held();
	for (u32 i = 0; i < 4; i++) {
		REFUSES(walk_smmu_pgd, pgd[i], 0, 1);
		REFUSES(walk_smmu_pmd, pmd[i], 0, 1);
		REFUSES(walk_smmu_pte, pte[i], 0);
		REFUSES(set_smmu_pte, pte[i], 0, PTE);
	}
	REFUSES(set_smmu_pte, 0, 0, PTE);
	/* The last entry of each pool is good. */
	OK(walk_smmu_pgd, SMMU_PGD_START - PAGE_SIZE, 511ull << 30, 0);
	OK(walk_smmu_pmd, SMMU_PMD_START - PAGE_SIZE, 511ull << 21, 0);
	OK(walk_smmu_pte, SMMU_POOL_END - PAGE_SIZE, 511ull << 12);
	OK(set_smmu_pte, SMMU_POOL_END - PAGE_SIZE, 511ull << 12, PTE);
	assert_true(pool(F_SPT_spt_pmd_pool, SMMU_POOL_END - 8) == PTE);
	kit_end(&t);
}

/* Without the lock each is stuck, before ranges are looked at; a closed transaction takes no leaf. */
static void the_lock_comes_first(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	STUCK_IN(NOT_PULLED, "get_smmu_pgd_next", alloc_smmu_pgd_page);
	STUCK_IN(NOT_PULLED, "get_smmu_pmd_next", alloc_smmu_pmd_page);
	STUCK_IN(NOT_PULLED, "walk_smmu_pgd", walk_smmu_pgd, 8, 0, 0);
	STUCK_IN(NOT_PULLED, "walk_smmu_pmd", walk_smmu_pmd, 0, 0, 0);
	STUCK_IN(NOT_PULLED, "walk_smmu_pte", walk_smmu_pte, 0, 0);
	STUCK_IN(TSTATE, "set_smmu_pte", set_smmu_pte, 0, 0, PTE);
	STUCK_IN(NOT_PULLED, "smmu_pt_clear", clear_smmu_pt, 0, 0);
	STUCK_IN(NOT_PULLED, "walk_smmu_pgd", walk_smmu_pt, 0, 0, 0);
	STUCK_IN(TSTATE, "set_smmu_pt", set_smmu_pt, 0, 0, 0, PTE);
	CPU0->tstate = 0;
	STUCK_IN(NOT_PULLED, "set_smmu_pte", set_smmu_pte, 0, 0, PTE);
	STUCK_IN(NOT_PULLED, "walk_smmu_pgd", set_smmu_pt, 0, 0, 0, PTE);
	kit_end(&t);
	/* One leaf a section: the second is stuck, and has made no table. */
	make_held();
	OK(set_smmu_pt, 0, 0, 0, PTE);
	STUCK_IN(TSTATE, "set_smmu_pt", set_smmu_pt, 0, 0, 1ull << 30, PTE);
	assert_true(pool(F_SPT_spt_pgd_next, 0) == SMMU_PGD_START + PAGE_SIZE);
	STUCK_IN(TSTATE, "set_smmu_pte", set_smmu_pte, SMMU_PMD_START, 0, PTE);
	kit_end(&t);
}

/* Banks are 8 of each of 2 SMMUs, addresses have 40 bits: beyond is stuck. */
static void ranges(void **state)
{
	static const u64 bad[][3] = {
		{ 8, 0, 0 }, { 0, 2, 0 }, { 0, 0, 1ull << 40 }, { INVALID, INVALID, INVALID64 }
	};

	(void)state;
	for (u32 halted = 0; halted < 2; halted++) {
		make_held();
		if (halted)
			kit_halt(&t);
		for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
			const u64 *b = bad[i];

			REFUSES(walk_smmu_pt, b[0], b[1], b[2]);
			REFUSES(set_smmu_pt, b[0], b[1], b[2], PTE);
			if (i != 2)
				REFUSES(clear_smmu_pt, b[0], b[1]);
		}
		kit_end(&t);
	}
	make_held();
	OK(set_smmu_pt, 7, 1, (1ull << 40) - 1, PTE);
	assert_true(pool(F_SPT_spt_vttbr_pool, 188416 + 8191 - 7) == (SMMU_PGD_START | 3));
	assert_true(OK(walk_smmu_pt, 7, 1, (1ull << 40) - PAGE_SIZE) == PTE);
	kit_end(&t);
}

/* Looking an address up makes no table, at whichever level one is missing. */
static void looking_makes_nothing(void **state)
{
	static const u64 addr[] = { 1ull << 30, 1ull << 21, 1ull << 12 };

	(void)state;
	make_held();
	OK(set_smmu_pt, 0, 0, 0, PTE);
	for (u32 i = 0; i < ARRAY_SIZE(addr); i++) {
		u64 before = CPU0->effects;

		assert_true(OK(walk_smmu_pt, 0, 0, addr[i]) == 0);
		assert_true(CPU0->effects == before);
	}
	assert_true(OK(walk_smmu_pt, 0, 0, 0) == PTE);
	kit_end(&t);
}

/* Either pool may be the one that is used up; the leaf is not written, the second-level table may be there. */
static void mapping_runs_out(void **state)
{
	static const struct {
		u64 pgd_next, pmd_next, root;
	} rows[] = {
		{ SMMU_PMD_START, SMMU_PMD_START, 0 },
		{ SMMU_PGD_START, SMMU_POOL_END, SMMU_PGD_START | 3 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_machine_boot(&t, 1, NULL);
		kit_set_cell(&t, SPT_ID, F_SPT_spt_pgd_next, 0, rows[i].pgd_next);
		kit_set_cell(&t, SPT_ID, F_SPT_spt_pmd_next, 0, rows[i].pmd_next);
		OK(acquire_lock_spt);
		PANICS(set_smmu_pt, 0, 0, 0, PTE);
		assert_int_equal(CPU0->tstate, 0);
		assert_true(kit_held(&t) == 1ull << SPT_ID);
		assert_true(pool(F_SPT_spt_vttbr_pool, TTBR) == rows[i].root);
		assert_true(pool(F_SPT_spt_pmd_next, 0) == rows[i].pmd_next);
		assert_true(pool(F_SPT_spt_pmd_pool, SMMU_PMD_START) == 0);
		kit_end(&t);
	}
}

/* On a halted machine all answer 0 and change nothing, with and without the lock. */
static void halted(void **state)
{
	(void)state;
	for (u32 held = 0; held < 2; held++) {
		test_machine_boot(&t, 1, NULL);
		if (held)
			OK(acquire_lock_spt);
		kit_halt(&t);
		CPU0->tstate = 1;
		PANICS(alloc_smmu_pgd_page);
		PANICS(alloc_smmu_pmd_page);
		PANICS(walk_smmu_pgd, 8, 0, 1);
		PANICS(walk_smmu_pmd, 8, 0, 1);
		PANICS(walk_smmu_pte, 8, 0);
		PANICS(set_smmu_pte, 0, 0, PTE);
		PANICS(clear_smmu_pt, 0, 0);
		PANICS(walk_smmu_pt, 0, 0, 0);
		PANICS(set_smmu_pt, 0, 0, 0, PTE);
		assert_true(pool(F_SPT_spt_pgd_next, 0) == SMMU_PGD_START);
		assert_true(pool(F_SPT_spt_pmd_next, 0) == SMMU_PMD_START);
		assert_true(CPU0->effects == 0);
		kit_end(&t);
	}
}

/* Accesses of devices do nothing here: no lock, no range, no halt, no event. */
static void devices(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(dev_load_ref, INVALID64, 99, 99, 99);
	OK(dev_store_ref, INVALID64, 99, 99, 99);
	kit_expect_events(&t, 0, "");
	assert_true(CPU0->effects == 0);
	kit_end(&t);
}

/*
 * smmu-pt-clear: as published only the first root entry is cleared, so that an address of any other survives the bank's
 * next owner; as intended none does.  smmu-pt-clear-tstate: only as intended it is the section's one change.
 */
static void errata_of_clearing(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++) {
		bool clear = i & 1, tstate = i & 2;

		make_held();
		errata_set(&CPU0->errata, ERRATUM_SMMU_PT_CLEAR, clear);
		errata_set(&CPU0->errata, ERRATUM_SMMU_PT_CLEAR_TSTATE, tstate);
		for (u64 r = 0; r < 1024; r += 1023) {
			CPU0->tstate = 0;
			OK(set_smmu_pt, 3, 1, r << 30, PTE);
			assert_true(OK(walk_smmu_pt, 3, 1, r << 30) == PTE);
		}
		STUCK_IN(TSTATE, "smmu_pt_clear", clear_smmu_pt, 3, 1);
		CPU0->tstate = 0;
		OK(clear_smmu_pt, 3, 1);
		assert_int_equal(CPU0->tstate, tstate ? 0 : 1);
		assert_true(OK(walk_smmu_pt, 3, 1, 0) == 0);
		assert_true(OK(walk_smmu_pt, 3, 1, 1023ull << 30) == (clear ? PTE : 0));
		/* The tables stay allocated. */
		assert_true(pool(F_SPT_spt_pgd_next, 0) == SMMU_PGD_START + 2 * PAGE_SIZE);
		assert_true(pool(F_SPT_spt_pmd_pool, SMMU_PMD_START) == PTE);
		kit_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_run_out),
		cmocka_unit_test(cursors),
		cmocka_unit_test(walks_make_tables),
		cmocka_unit_test(entries_that_point_astray),
		cmocka_unit_test(the_lock_comes_first),
		cmocka_unit_test(ranges),
		cmocka_unit_test(looking_makes_nothing),
		cmocka_unit_test(mapping_runs_out),
		cmocka_unit_test(halted),
		cmocka_unit_test(devices),
		cmocka_unit_test(errata_of_clearing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

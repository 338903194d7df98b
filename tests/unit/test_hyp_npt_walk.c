// SPDX-License-Identifier: GPL-2.0-only
/* NPTWalk: a VM's table as a map.  Random ones: tests/law/law_npt.c. */
#include "sim/hyp/npt_walk.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VOID(acquire_lock_pt, (u32)k[0])
KIT_VOID(release_lock_pt, (u32)k[0])
KIT_VOID(set_pgd_next, (u32)k[0], k[1])
KIT_VOID(set_pud_next, (u32)k[0], k[1])
KIT_VOID(set_pmd_next, (u32)k[0], k[1])
KIT_VALUE(get_npt_level, (u32)k[0], k[1])
KIT_VALUE(walk_npt, (u32)k[0], k[1])
KIT_VOID(set_npt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(mem_load_ref, k[0], (u32)k[1])
KIT_VOID(mem_store_ref, k[0], (u32)k[1])

/* The VM's pools, and the first page of each kind of table. */
enum {
	V = 1,
	START = 65536 + 33554432 * V,
	PGD = START + 4096,
	PUD = START + 1052672,
	PMD = START + 9441280,
	END = START + 33554432,
};

/* Indices 0, 2, 2, 3 from the root down. */
#define ADDR 0x80403000ull
#define PTE  0x12345fffull

/* Map in a section of its own. */
static void map(u64 addr, u64 level, u64 pte)
{
	OK(acquire_lock_pt, V);
	OK(set_npt, V, addr, level, pte);
	assert_int_equal(t.m->cpu[0].tstate, 1);
	OK(release_lock_pt, V);
}

/* How an address is mapped, by the hypervisor's walk and by one that shares nothing with it. */
static void maps(u64 addr, u32 level, u64 entry)
{
	struct kit_pte e = kit_walk(&t, V, addr);

	OK(acquire_lock_pt, V);
	assert_int_equal(OK(get_npt_level, V, addr), level);
	assert_true(OK(walk_npt, V, addr) == entry);
	OK(release_lock_pt, V);
	assert_true(e.level == level && e.pte == entry);
}

static bool cursors_are(u64 pgd, u64 pud, u64 pmd)
{
	return kit_cell(&t, NPT_ID + V, F_NPT_pt_pgd_next, 0) == pgd &&
	       kit_cell(&t, NPT_ID + V, F_NPT_pt_pud_next, 0) == pud &&
	       kit_cell(&t, NPT_ID + V, F_NPT_pt_pmd_next, 0) == pmd;
}

/* The first page of a VM takes one table of each kind, and the four entries lie where its indices say. */
static void first_page(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	maps(ADDR, 0, 0);
	map(ADDR + 0x123, 3, PTE);
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_vttbr_pool, START) == (PGD | 3));
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_pgd_pool, PGD + 16) == (PUD | 3));
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_pud_pool, PUD + 16) == (PMD | 3));
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_pmd_pool, PMD + 24) == PTE);
	assert_true(cursors_are(PGD + 4096, PUD + 4096, PMD + 4096));
	maps(ADDR + 0xfff, 3, PTE);
	maps(ADDR + 0x1000, 0, 0);
	maps(ADDR + (1ull << 39), 0, 0);
	/* Its neighbour needs no more tables; another 2 MiB need one. */
	map(ADDR - 0x1000, 3, PTE + 1);
	assert_true(cursors_are(PGD + 4096, PUD + 4096, PMD + 4096));
	map(ADDR + (1 << 21), 3, PTE + 2);
	assert_true(cursors_are(PGD + 4096, PUD + 4096, PMD + 8192));
	maps(ADDR, 3, PTE);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A block maps its 512 pages, one behind the other from its address on, and needs no table of PTEs. */
static void block(void **state)
{
	const u64 entry = 0x40203ffd; /* begins at a page that no block begins at: nobody asks */

	(void)state;
	test_machine_boot(&t, 1, NULL);
	map(ADDR, 2, entry);
	assert_true(cursors_are(PGD + 4096, PUD + 4096, PMD));
	for (u64 i = 0; i < 512; i++) {
		assert_int_equal(kit_walk(&t, V, 0x80400000 + i * 4096).pfn, 0x40203 + i);
		assert_int_equal(kit_walk(&t, V, 0x80400000 + i * 4096).level, 2);
	}
	maps(0x80400000, 2, entry);
	maps(0x805fffff, 2, entry);
	maps(0x803fffff, 0, 0);
	maps(0x80600000, 0, 0);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A block takes the place of a table of PTEs, which nothing gives back; a page where a block lies is a panic. */
static void blocks_and_pages(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	map(ADDR, 3, PTE);
	map(ADDR, 2, 0x40200ffd);
	assert_true(cursors_are(PGD + 4096, PUD + 4096, PMD + 4096));
	maps(ADDR, 2, 0x40200ffd);
	map(ADDR, 2, 0x40600ffd);
	maps(ADDR, 2, 0x40600ffd);
	kit_judge(&t);
	OK(acquire_lock_pt, V);
	PANICS(set_npt, V, ADDR, 3, PTE);
	assert_int_equal(t.m->cpu[0].tstate, 0);
	assert_true(kit_held(&t) == 1ull << (NPT_ID + V));
	assert_int_equal(kit_walk(&t, V, ADDR).level, 2);
	test_machine_free(&t);
}

/* An entry without an address maps nothing, and is found all the same. */
static void entries_that_map_nothing(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	map(ADDR, 3, PTE);
	map(ADDR, 3, PAGE_GUEST);
	maps(ADDR, 0, PAGE_GUEST);
	map(ADDR + (1 << 21), 2, PAGE_GUEST);
	maps(ADDR + (1 << 21), 0, PAGE_GUEST);
	/* bits above 47 and below 12 are no address */
	map(ADDR, 3, 0xffff000000000fffull);
	maps(ADDR, 0, 0xffff000000000fffull);
	map(ADDR, 3, 1ull << 47);
	maps(ADDR, 3, 1ull << 47);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A pool that is used up: what was linked before stays; the lock is kept and the transaction is open. */
static void pools_are_used_up(void **state)
{
	static const struct {
		kit_fn *set;
		u64 end;
		u64 level;
		u64 links; /* tables that were added before */
	} rows[] = {
		{ do_set_pgd_next, PUD, 2, 0 }, { do_set_pud_next, PMD, 2, 1 },
		{ do_set_pgd_next, PUD, 3, 0 }, { do_set_pud_next, PMD, 3, 1 },
		{ do_set_pmd_next, END, 3, 2 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_machine_boot(&t, 1, NULL);
		OK(acquire_lock_pt, V);
		kit_ok(&t, 0, rows[i].set, "set", KIT_LIST(V, rows[i].end));
		PANICS(set_npt, V, ADDR, rows[i].level, 0x40200ffd);
		assert_int_equal(t.m->cpu[0].tstate, 0);
		assert_int_equal(t.m->cpu[0].effects, 1 + 2 * rows[i].links);
		assert_true(kit_held(&t) == 1ull << (NPT_ID + V));
		test_machine_free(&t);
	}
	/* A block needs none of the last kind. */
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_pt, V);
	OK(set_pmd_next, V, END);
	OK(set_npt, V, ADDR, 2, 0x40200ffd);
	test_machine_free(&t);
}

/* Each rule of each function. */
static void stuck_rules(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	STUCK(TSTATE, set_npt, V, ADDR, 3, PTE);
	t.m->cpu[0].tstate = 0;
	STUCK(NOT_PULLED, get_npt_level, V, ADDR);
	STUCK(NOT_PULLED, walk_npt, V, ADDR);
	STUCK(NOT_PULLED, set_npt, V, ADDR, 3, PTE);
	OK(acquire_lock_pt, V);
	REFUSES(get_npt_level, 17, ADDR);
	REFUSES(get_npt_level, V, 1ull << 48);
	REFUSES(walk_npt, 17, ADDR);
	REFUSES(walk_npt, V, 1ull << 48);
	REFUSES(set_npt, 17, ADDR, 3, PTE);
	REFUSES(set_npt, V, 1ull << 48, 3, PTE);
	REFUSES(set_npt, V, ADDR, 1, PTE);
	REFUSES(set_npt, V, ADDR, 4, PTE);
	REFUSES(set_npt, V, ADDR, 3, 0);
	REFUSES(set_npt, V, ADDR, 2, 0);
	assert_int_equal(t.m->cpu[0].effects, 0);
	STUCK(RANGE, set_npt, V, ADDR, 2, PMD | 3);
	assert_int_equal(kit_walk(&t, V, ADDR).level, 0);
	OK(set_npt, V, ADDR, 3, PTE);
	STUCK(TSTATE, set_npt, V, ADDR, 3, PTE);
	test_machine_free(&t);
}

/* What has halted answers 0 and changes nothing. */
static void halted(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	map(ADDR, 2, 0x40200ffd);
	OK(acquire_lock_pt, V);
	PANICS(set_npt, V, ADDR, 3, PTE);
	PANICS(get_npt_level, V, ADDR);
	PANICS(walk_npt, V, ADDR);
	PANICS(walk_npt, 99, ~0ull);
	PANICS(get_npt_level, 99, ~0ull);
	PANICS(set_npt, 99, ~0ull, 7, 0);
	assert_int_equal(kit_walk(&t, V, ADDR).pte, 0x40200ffd);
	test_machine_free(&t);
}

/* Loads and stores have no effect here, whatever their arguments. */
static void references(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(mem_load_ref, ~0ull, 99);
	OK(mem_store_ref, ~0ull, 99);
	assert_int_equal(t.m->cpu[0].effects, 0);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_page),
		cmocka_unit_test(block),
		cmocka_unit_test(blocks_and_pages),
		cmocka_unit_test(entries_that_map_nothing),
		cmocka_unit_test(pools_are_used_up),
		cmocka_unit_test(stuck_rules),
		cmocka_unit_test(halted),
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

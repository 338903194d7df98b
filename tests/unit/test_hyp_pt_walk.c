// SPDX-License-Identifier: GPL-2.0-only
/* PTWalk: one step of a walk, with and without a new table, and the stores of leaves. */
#include "sim/hyp/pt_walk.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VOID(acquire_lock_pt, (u32)k[0])
KIT_VOID(release_lock_pt, (u32)k[0])
KIT_VOID(set_pgd_next, (u32)k[0], k[1])
KIT_VOID(set_pud_next, (u32)k[0], k[1])
KIT_VOID(set_pmd_next, (u32)k[0], k[1])
KIT_VALUE(walk_pgd, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VALUE(walk_pud, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VALUE(walk_pmd, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VALUE(walk_pte, (u32)k[0], k[1], k[2])
KIT_VOID(set_pmd, (u32)k[0], k[1], k[2], k[3])
KIT_VOID(set_pte, (u32)k[0], k[1], k[2], k[3])

/* The VM's pools, and the first page of each kind of table. */
enum {
	V = 3,
	START = 65536 + 33554432 * V,
	PGD = START + 4096,
	PUD = START + 1052672,
	PMD = START + 9441280,
	END = START + 33554432,
};

/* Indices 1, 2, 3, 4 from the root down, 5 bytes into the page. */
#define ADDR (1ull << 39 | 2ull << 30 | 3ull << 21 | 4ull << 12 | 5)

/**
 * struct step - a walker that can add tables
 * @parent: what it starts from: bits beside the address are discarded
 * @slot:   address of the entry it looks at, in field @field
 * @pool:   what it allocates: first page, end, cursor
 */
static const struct step {
	const char *name;
	kit_fn *walk, *set;
	u64 parent;
	u32 field;
	u64 slot, page, end;
	u32 cursor;
} steps[] = {
	{ "walk_pgd", do_walk_pgd, do_set_pgd_next, START | 3ull << 48, F_NPT_pt_vttbr_pool,
	  START + 8, PGD, PUD, F_NPT_pt_pgd_next },
	{ "walk_pud", do_walk_pud, do_set_pud_next, PGD | 1ull << 60 | 3, F_NPT_pt_pgd_pool,
	  PGD + 16, PUD, PMD, F_NPT_pt_pud_next },
	{ "walk_pmd", do_walk_pmd, do_set_pmd_next, PUD | 1ull << 50 | 7, F_NPT_pt_pud_pool,
	  PUD + 24, PMD, END, F_NPT_pt_pmd_next },
};

static u64 walk(const struct step *s, u64 parent, u64 alloc)
{
	return kit_ok(&t, 0, s->walk, s->name, KIT_LIST(V, parent, ADDR, alloc));
}

static u64 entry(const struct step *s)
{
	return kit_cell(&t, NPT_ID + V, s->field, s->slot);
}

/* An entry that is 0 stays 0 without a wish for a table; alloc 1, and no other number, links the next page, once. */
static void tables_are_added(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *s = &steps[i];

		test_machine_boot(&t, 1, NULL);
		OK(acquire_lock_pt, V);
		t.m->cpu[0].tstate = i & 1; /* not looked at, and left alone */
		assert_true(walk(s, s->parent, 0) == 0);
		assert_true(walk(s, s->parent, 2) == 0);
		assert_int_equal(t.m->cpu[0].effects, 0);
		assert_true(walk(s, s->parent, 1) == (s->page | 3));
		assert_true(entry(s) == (s->page | 3));
		assert_true(kit_cell(&t, NPT_ID + V, s->cursor, 0) == s->page + 4096);
		assert_int_equal(t.m->cpu[0].effects, 2);
		assert_true(walk(s, s->parent, 1) == (s->page | 3));
		assert_true(walk(s, s->parent, 0) == (s->page | 3));
		assert_int_equal(t.m->cpu[0].effects, 2);
		assert_int_equal(t.m->cpu[0].tstate, i & 1);
		t.m->cpu[0].tstate = 0;
		OK(release_lock_pt, V);
		kit_judge(&t);
		test_machine_free(&t);
	}
}

/* From nothing there is nothing, except from a root, which is not asked: its entry lies outside the pool. */
static void parents_of_nothing(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_pt, V);
	REFUSES(walk_pgd, V, 0, ADDR, 1);
	assert_true(OK(walk_pud, V, 0, ADDR, 1) == 0);
	assert_true(OK(walk_pmd, V, 0, ADDR, 1) == 0);
	assert_true(OK(walk_pte, V, 0, ADDR) == 0);
	assert_int_equal(t.m->cpu[0].effects, 0);
	test_machine_free(&t);
}

/* A pool that is used up: the machine halts, the entry stays 0, the walker gives 0, the lock is kept. */
static void pools_are_used_up(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *s = &steps[i];

		test_machine_boot(&t, 1, NULL);
		OK(acquire_lock_pt, V);
		kit_ok(&t, 0, s->set, "set", KIT_LIST(V, s->end));
		kit_panics(&t, 0, s->walk, s->name, KIT_LIST(V, s->parent, ADDR, 1));
		assert_true(entry(s) == 0);
		assert_true(kit_held(&t) == 1ull << (NPT_ID + V));
		test_machine_free(&t);
	}
}

/* Each function takes the first slot of its pool and refuses the first behind it. */
static void first_slots(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_pt, V);
	OK(walk_pgd, V, START, 0, 0);
	REFUSES(walk_pgd, V, PGD, 0, 0);
	OK(walk_pud, V, PGD, 0, 0);
	REFUSES(walk_pud, V, PUD, 0, 0);
	OK(walk_pmd, V, PUD, 0, 0);
	REFUSES(walk_pmd, V, PMD, 0, 0);
	OK(walk_pte, V, PMD, 0);
	REFUSES(walk_pte, V, END, 0);
	REFUSES(set_pmd, V, PMD, 0, 1);
	REFUSES(set_pte, V, END, 0, 1);
	OK(set_pmd, V, PUD, 0, 1);
	OK(release_lock_pt, V);
	OK(acquire_lock_pt, V);
	OK(set_pte, V, PMD, 0, 1);
	test_machine_free(&t);
}

/* A PMD entry may be a block; PTEs are read and written by their index; a table's address bits alone count. */
static void leaves(void **state)
{
	const u64 block = 0x40200ffdull, pte = 0x200fff;
	const u64 slot = PMD + 32;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_pt, V);
	OK(set_pmd, V, PUD | 3, ADDR, block);
	assert_int_equal(t.m->cpu[0].tstate, 1);
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_pud_pool, PUD + 24) == block);
	assert_true(OK(walk_pmd, V, PUD | 3, ADDR, 1) == block);
	STUCK(TSTATE, set_pmd, V, PUD | 3, ADDR, 0);
	STUCK(TSTATE, set_pte, V, PMD | 3, ADDR, pte);
	OK(release_lock_pt, V);
	OK(acquire_lock_pt, V);
	assert_true(OK(walk_pte, V, PMD | 3, ADDR) == 0);
	OK(set_pte, V, PMD | 1ull << 52 | 3, ADDR, pte);
	assert_int_equal(t.m->cpu[0].tstate, 1);
	assert_true(kit_cell(&t, NPT_ID + V, F_NPT_pt_pmd_pool, slot) == pte);
	assert_true(OK(walk_pte, V, PMD | 3, ADDR) == pte);
	assert_true(OK(walk_pte, V, PMD | 3, ADDR + 4096) == 0);
	OK(release_lock_pt, V);
	kit_judge(&t);
	test_machine_free(&t);
}

/* Each rule of each function: no VM, a table outside its pool, no lock; an entry that set_pmd may not write. */
static void stuck_rules(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	STUCK(NOT_PULLED, walk_pgd, V, START, ADDR, 0);
	STUCK(NOT_PULLED, walk_pud, V, PGD | 3, ADDR, 0);
	STUCK(NOT_PULLED, walk_pmd, V, PUD | 3, ADDR, 0);
	STUCK(NOT_PULLED, walk_pte, V, PMD | 3, ADDR);
	STUCK(NOT_PULLED, set_pmd, V, PUD | 3, ADDR, 1);
	STUCK(NOT_PULLED, set_pte, V, PMD | 3, ADDR, 1);
	OK(acquire_lock_pt, V);
	REFUSES(walk_pgd, 17, START, ADDR, 0);
	REFUSES(walk_pud, 17, PGD | 3, ADDR, 0);
	REFUSES(walk_pmd, 17, PUD | 3, ADDR, 0);
	REFUSES(walk_pte, 17, PMD | 3, ADDR);
	REFUSES(set_pmd, 17, PUD | 3, ADDR, 1);
	REFUSES(set_pte, 17, PMD | 3, ADDR, 1);
	/* the table before the pool, and the one behind it */
	REFUSES(walk_pgd, V, START - 4096, ADDR, 0);
	REFUSES(walk_pgd, V, PGD, ADDR, 0);
	REFUSES(walk_pud, V, START | 3, ADDR, 0);
	REFUSES(walk_pud, V, PUD | 3, ADDR, 0);
	REFUSES(walk_pmd, V, (PUD - 4096) | 3, ADDR, 0);
	REFUSES(walk_pmd, V, PMD | 3, ADDR, 0);
	REFUSES(walk_pte, V, (PMD - 4096) | 3, ADDR);
	REFUSES(walk_pte, V, (END) | 3, ADDR);
	REFUSES(set_pmd, V, (PUD - 4096) | 3, ADDR, 1);
	REFUSES(set_pmd, V, PMD | 3, ADDR, 1);
	REFUSES(set_pmd, V, 0, ADDR, 1);
	REFUSES(set_pte, V, (PMD - 4096) | 3, ADDR, 1);
	REFUSES(set_pte, V, (END) | 3, ADDR, 1);
	REFUSES(set_pte, V, 0, ADDR, 1);
	REFUSES(set_pmd, V, PUD | 3, ADDR, PMD | 3);
	REFUSES(set_pte, V, PMD | 3, 1ull << 48, 1);
	assert_int_equal(t.m->cpu[0].effects, 0);
	assert_int_equal(t.m->cpu[0].tstate, 0);
	test_machine_free(&t);
}

/* A machine that has halted answers 0 and changes nothing, whatever the arguments. */
static void halted(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_pt, V);
	OK(set_pgd_next, V, PUD);
	PANICS(walk_pgd, V, START, ADDR, 1);
	PANICS(walk_pgd, 99, 0, ~0ull, 1);
	PANICS(walk_pud, V, 0, ADDR, 1);
	PANICS(walk_pmd, V, 0, ADDR, 1);
	PANICS(walk_pte, V, 0, ADDR);
	PANICS(set_pmd, V, 0, ADDR, 3);
	PANICS(set_pte, V, 0, 1ull << 48, 3);
	assert_int_equal(t.m->cpu[0].effects, 1);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_added),
		cmocka_unit_test(parents_of_nothing),
		cmocka_unit_test(pools_are_used_up),
		cmocka_unit_test(first_slots),
		cmocka_unit_test(leaves),
		cmocka_unit_test(stuck_rules),
		cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

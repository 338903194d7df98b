// SPDX-License-Identifier: GPL-2.0-only
/* What hardware reads of the tables, and what the model reads beside it, without a lock. */
#include "shmem/walk.h"

#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <pthread.h>

enum { VM = 3, TABLE = 3, BANK = 5, SMMU = 1 };

static struct test_machine t;

static void put(lk_t id, u32 field, u64 index, u64 value)
{
	obj_set(&t.m->shared.obj[id], field, index, value);
}

static int make(void **state)
{
	(void)state;
	test_machine_make(&t, 2, 0, WAIT_YIELD, false);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_machine_free(&t);
	return 0;
}

/* The address with these indices at the four levels, as a page's number. */
static u64 gfn_at(u64 pgd, u64 pud, u64 pmd, u64 pte)
{
	return pgd << 27 | pud << 18 | pmd << 9 | pte;
}

/* One table a level, a page in the last one, and a block beside it: all at [1][2][3][4] and [1][2][5]. */
static void make_tables(void)
{
	u64 pud = pgd_start(VM), pmd = pud_start(VM), pte = pmd_start(VM);

	put(NPT_ID + VM, F_NPT_pt_vttbr_pool, pool_start(VM) + 1 * 8, pud | TABLE);
	put(NPT_ID + VM, F_NPT_pt_pgd_pool, pud + 2 * 8, pmd | TABLE);
	put(NPT_ID + VM, F_NPT_pt_pud_pool, pmd + 3 * 8, pte | TABLE);
	put(NPT_ID + VM, F_NPT_pt_pmd_pool, pte + 4 * 8, 0x77000 | PAGE_S2_KERNEL);
	put(NPT_ID + VM, F_NPT_pt_pud_pool, pmd + 5 * 8, 0x40000000 | 1);
	put(NPT_ID + VM, F_NPT_pt_pud_pool, pmd + 6 * 8, PAGE_GUEST);
	put(NPT_ID + VM, F_NPT_pt_pmd_pool, pte + 6 * 8, PAGE_GUEST);
}

/* Pages and blocks; nothing where an entry of any level is missing or names no frame. */
static void stage2(void **state)
{
	static const struct {
		u64 gfn[4], pfn;
	} row[] = {
		{ { 1, 2, 3, 4 }, 0x77 },
		{ { 1, 2, 5, 0 }, 0x40000 },
		{ { 1, 2, 5, 511 }, 0x40000 + 511 },
		{ { 1, 2, 6, 9 }, 0 }, /* PAGE_GUEST in the place of a block */
		{ { 1, 2, 3, 6 }, 0 }, /* and of a page */
		{ { 1, 2, 3, 5 }, 0 },
		{ { 1, 2, 4, 4 }, 0 },
		{ { 1, 3, 3, 4 }, 0 },
		{ { 2, 2, 3, 4 }, 0 },
		{ { 1 + 512, 2, 3, 4 }, 0 }, /* 2^36 pages further on */
	};
	struct cpu *c = &t.m->cpu[0];

	(void)state;
	make_tables();
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const u64 *g = row[i].gfn;

		assert_int_equal(walk_stage2(c, VM, gfn_at(g[0], g[1], g[2], g[3])), row[i].pfn);
	}
	assert_int_equal(walk_stage2(c, VM + 1, gfn_at(1, 2, 3, 4)), 0);
}

/* An entry that names a place outside the pool of its level leads nowhere. */
static void outside_the_pools(void **state)
{
	struct cpu *c = &t.m->cpu[0];
	const u64 wrong[] = { pool_start(VM), pmd_start(VM), pud_start(VM + 1), PAGE_HYP };

	(void)state;
	make_tables();
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		put(NPT_ID + VM, F_NPT_pt_pgd_pool, pgd_start(VM) + 2 * 8, wrong[i] | TABLE);
		assert_int_equal(walk_stage2(c, VM, gfn_at(1, 2, 3, 4)), 0);
	}
}

static void bank(void **state)
{
	u64 root = SMMU_TTBR(SMMU, BANK), gfn = 700ull << 18 | 2 << 9 | 3;
	struct cpu *c = &t.m->cpu[0];

	(void)state;
	put(SPT_ID, F_SPT_spt_vttbr_pool, root + 700 * 8, SMMU_PGD_START | TABLE);
	put(SPT_ID, F_SPT_spt_pgd_pool, SMMU_PGD_START + 2 * 8, SMMU_PMD_START | TABLE);
	put(SPT_ID, F_SPT_spt_pmd_pool, SMMU_PMD_START + 3 * 8, 0x99000 | 7);
	assert_int_equal(walk_bank(c, BANK, SMMU, gfn), 0x99);
	assert_int_equal(walk_bank(c, BANK, SMMU, gfn + 1), 0);
	assert_int_equal(walk_bank(c, BANK, SMMU, gfn + (1 << 9)), 0);
	assert_int_equal(walk_bank(c, BANK, SMMU, gfn + (1 << 18)), 0);
	assert_int_equal(walk_bank(c, BANK - 1, SMMU, gfn), 0);
	assert_int_equal(walk_bank(c, BANK, SMMU, gfn + KVM_PFN_SPACE), 0);
}

static void records(void **state)
{
	struct cpu *c = &t.m->cpu[0];

	(void)state;
	put(S2PAGE_ID, F_S2PAGE_s2_owner, 9, VM);
	put(S2PAGE_ID, F_S2PAGE_s2_count, 9, 2);
	put(INFO_ID + VM, F_INFO_vm_state, 0, VERIFIED);
	put(SMMU_ID, F_SMMU_smmu_vmid, smmu_id(SMMU, BANK), VM);
	assert_int_equal(peek_s2_page_vmid(c, 9), VM);
	assert_int_equal(peek_s2_page_count(c, 9), 2);
	assert_int_equal(peek_s2_page_vmid(c, INVALID64), INVALID);
	assert_int_equal(peek_s2_page_count(c, INVALID64), INVALID);
	assert_int_equal(peek_vm_state(c, VM), VERIFIED);
	assert_int_equal(peek_vm_state(c, VM + 1), UNUSED);
	assert_int_equal(peek_smmu_cfg_vmid(c, BANK, SMMU), VM);
	assert_int_equal(peek_smmu_cfg_vmid(c, SMMU, BANK % 2), 0);
}

static struct {
	u64 queried, pulled;
} seen;

static void saw_query(struct cpu *c, lk_t lk)
{
	(void)c;
	seen.queried |= 1ull << lk;
}

static void saw_pull(struct cpu *c, lk_t lk, bool fresh)
{
	(void)c;
	assert_true(fresh);
	assert_true(seen.queried >> lk & 1);
	seen.pulled |= 1ull << lk;
}

/* With a scripted environment each read takes in the others' events of its object first. */
static void takes_in(void **state)
{
	static const struct env_ops env = { .query = saw_query, .pull = saw_pull };
	struct cpu *c = &t.m->cpu[0];

	(void)state;
	c->env = &env;
	seen.queried = seen.pulled = 0;
	walk_stage2(c, VM, 0);
	walk_bank(c, 0, 0, 0);
	peek_s2_page_vmid(c, 0);
	peek_vm_state(c, VM);
	peek_smmu_cfg_vmid(c, 0, 0);
	assert_true(seen.pulled == (1ull << (NPT_ID + VM) | 1ull << SPT_ID | 1ull << S2PAGE_ID |
	                            1ull << (INFO_ID + VM) | 1ull << SMMU_ID));
	seen.pulled = 0;
	peek_s2_page_count(c, 0);
	assert_true(seen.pulled == 1ull << S2PAGE_ID);
	c->env = NULL;
}

static void take(struct cpu *c, void *arg)
{
	(void)arg;
	wait_lock(c, NPT_ID + VM);
}

static void pass(struct cpu *c, void *arg)
{
	(void)arg;
	pass_lock(c, NPT_ID + VM);
}

static void section(void (*step)(struct cpu *c, void *arg))
{
	assert_int_equal(cpu_call(&t.m->cpu[1], step, NULL), OUT_OK);
}

static void expect_seen(const struct seen *s, u32 before, u32 after)
{
	assert_int_equal(s->lk, NPT_ID + VM);
	assert_int_equal(s->before, before);
	assert_int_equal(s->after, after);
}

/* Which versions were read: a section counts from its beginning for the last look, from its end on for the first. */
static void versions(void **state)
{
	struct cpu *c = &t.m->cpu[0];
	struct walked w;
	struct seen s;

	(void)state;
	make_tables();
	t.m->locks.lock[NPT_ID + VM].word = word_make(0xfffffffe, 0xfffffffe);
	w = look_stage2(c, VM, gfn_at(1, 2, 3, 4));
	expect_seen(&w.seen, 0xfffffffe, 0xfffffffe);
	section(take);
	w = look_stage2(c, VM, gfn_at(1, 2, 3, 4));
	expect_seen(&w.seen, 0xfffffffe, 0xffffffff);
	s = seen_begin(c, NPT_ID + VM);
	section(pass); /* begun before, over behind */
	seen_end(c, &s);
	expect_seen(&s, 0xfffffffe, 0xffffffff);
	s = seen_begin(c, NPT_ID + VM);
	section(take); /* begun in between, not over */
	seen_end(c, &s);
	expect_seen(&s, 0xffffffff, 0);
	s = seen_begin(c, NPT_ID + VM);
	section(pass);
	section(take);
	section(pass);
	section(take);
	seen_end(c, &s);
	expect_seen(&s, 0xffffffff, 2);
	section(pass);
	w = look_stage2(c, VM, KVM_GFN_SPACE);
	expect_seen(&w.seen, 2, 2);
	w = look_bank(c, BANK, SMMU, KVM_PFN_SPACE);
	assert_int_equal(w.seen.lk, SPT_ID);
}

/* By what a page is mapped. */
static void levels(void **state)
{
	struct cpu *c = &t.m->cpu[0];

	(void)state;
	make_tables();
	assert_int_equal(look_stage2(c, VM, gfn_at(1, 2, 3, 4)).level, 3);
	assert_int_equal(look_stage2(c, VM, gfn_at(1, 2, 5, 8)).level, 2);
	assert_int_equal(look_stage2(c, VM, gfn_at(1, 2, 6, 9)).level, 0);
	assert_int_equal(look_stage2(c, VM, gfn_at(1, 2, 3, 6)).level, 0);
	assert_int_equal(look_stage2(c, VM, gfn_at(2, 2, 3, 4)).level, 0);
	assert_int_equal(look_bank(c, BANK, SMMU, 0).level, 0);
	put(SPT_ID, F_SPT_spt_vttbr_pool, SMMU_TTBR(SMMU, BANK), SMMU_PGD_START | TABLE);
	put(SPT_ID, F_SPT_spt_pgd_pool, SMMU_PGD_START, SMMU_PMD_START | TABLE);
	put(SPT_ID, F_SPT_spt_pmd_pool, SMMU_PMD_START, 0x99000);
	assert_int_equal(look_bank(c, BANK, SMMU, 0).level, 3);
}

enum { ROUNDS = 20000 };

static void *change(void *arg)
{
	u64 *at = obj_cell(&t.m->shared.obj[NPT_ID + VM], F_NPT_pt_pmd_pool, pmd_start(VM) + 4 * 8);

	(void)arg;
	for (u32 i = 0; i < ROUNDS; i++)
		*(volatile u64 *)at = i & 1 ? 0x77000 : 0x88000;
	return NULL;
}

/* A walk beside a change finds the old entry or the new one, and is no race to report. */
static void beside_a_change(void **state)
{
	struct cpu *c = &t.m->cpu[0];
	pthread_t thread;

	(void)state;
	make_tables();
	assert_int_equal(pthread_create(&thread, NULL, change, NULL), 0);
	for (u32 i = 0; i < ROUNDS; i++) {
		u64 pfn = walk_stage2(c, VM, gfn_at(1, 2, 3, 4));

		assert_true(pfn == 0x77 || pfn == 0x88);
	}
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stage2, make, unmake),
		cmocka_unit_test_setup_teardown(outside_the_pools, make, unmake),
		cmocka_unit_test_setup_teardown(bank, make, unmake),
		cmocka_unit_test_setup_teardown(records, make, unmake),
		cmocka_unit_test_setup_teardown(takes_in, make, unmake),
		cmocka_unit_test_setup_teardown(versions, make, unmake),
		cmocka_unit_test_setup_teardown(levels, make, unmake),
		cmocka_unit_test_setup_teardown(beside_a_change, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

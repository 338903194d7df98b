// SPDX-License-Identifier: GPL-2.0-only
/* Entries of stage-2 and SMMU page tables: the pool by its address, the one change of a translation, clearing a root. */
#include "shmem/npt.h"
#include "shmem/spt.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { TABLE = PMD_TYPE_TABLE, CB = 2, SMMU = 1 };

static struct test_env t;

static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	test_env_run(&t, true);
	for (lk_t id = 0; id < ID_END; id++)
		t.c->lock[id] = LOCK_OWN_PULLED;
	t.c->tstate = 0;
	return 0;
}

/* The first and the last entry of each pool of a VM. */
static void npt_pools(void **state)
{
	(void)state;
	for (vmid_t vmid = 0; vmid < N_VMID; vmid++) {
		const struct {
			u64 first, end;
			u32 field;
		} pools[] = { { pool_start(vmid), pgd_start(vmid), F_NPT_pt_vttbr_pool },
			      { pgd_start(vmid), pud_start(vmid), F_NPT_pt_pgd_pool },
			      { pud_start(vmid), pmd_start(vmid), F_NPT_pt_pud_pool },
			      { pmd_start(vmid), pool_end(vmid), F_NPT_pt_pmd_pool } };
		struct obj *o = &t.m->shared.obj[NPT_ID + vmid];

		for (u32 i = 0; i < ARRAY_SIZE(pools); i++) {
			const u64 at[] = { pools[i].first, pools[i].end - 8 };

			for (u32 k = 0; k < ARRAY_SIZE(at); k++) {
				u64 v = TABLE | (i + 1) << 12 | k << 16;

				t.c->tstate = 0;
				OK(&t, "pt_store", vmid, at[k], v);
				assert_true(obj_get(o, pools[i].field, at[k]) == v);
				assert_true(OK(&t, "pt_load", vmid, at[k]) == v);
			}
		}
		assert_true(obj_digest(o) == o->digest);
		STUCK(&t, STUCK_RANGE, "pt_load", vmid, pool_start(vmid) - 8);
		STUCK(&t, STUCK_RANGE, "pt_store", vmid, pool_end(vmid), 1);
	}
	assert_true(OK(&t, "get_pt_vttbr", 3) == (pool_start(3) | 3ull << 48));
}

/* A walk that runs meanwhile sees one change at most: a leaf needs tstate 0 and leaves 1, a table entry does neither. */
static void npt_leaves(void **state)
{
	const struct {
		u64 addr, value;
		bool leaf;
	} rows[] = {
		{ pool_start(1), 5, false },        { pgd_start(1), 0, false },
		{ pgd_start(1) + 8, TABLE, false }, { pud_start(1), TABLE, false },
		{ pud_start(1), 0x7ff003, false },  { pud_start(1), 0, true },
		{ pud_start(1), 1, true },          { pud_start(1), 2, true },
		{ pmd_start(1), TABLE, true },      { pmd_start(1), 0, true },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		t.c->tstate = 0;
		OK(&t, "pt_store", 1, rows[i].addr, rows[i].value);
		assert_int_equal(t.c->tstate, rows[i].leaf);
		t.c->tstate = 1;
		if (rows[i].leaf)
			STUCK(&t, STUCK_TSTATE, "pt_store", 1, rows[i].addr, rows[i].value);
		else
			OK(&t, "pt_store", 1, rows[i].addr, rows[i].value);
	}
}

static void npt_stuck(void **state)
{
	(void)state;
	STUCK(&t, STUCK_UNALIGNED, "pt_load", 1, pool_start(1) + 4);
	STUCK(&t, STUCK_UNALIGNED, "pt_store", 1, pool_start(1) + 1, 0);
	t.c->lock[NPT_ID + 1] = LOCK_OWN;
	STUCK(&t, STUCK_NOT_PULLED, "pt_load", 1, pool_start(1));
	STUCK(&t, STUCK_NOT_PULLED, "pt_store", 1, pool_start(1), 0);
	t.c->lock[NPT_ID + 1] = LOCK_OWN_PULLED;
	t.c->bars = BARRIER_NEEDED;
	STUCK(&t, STUCK_BARRIER, "pt_load", 1, pool_start(1));
	STUCK(&t, STUCK_BARRIER, "pt_store", 1, pool_start(1), 0);
}

static void spt_pools(void **state)
{
	static const struct {
		u64 first, end;
		u32 field;
		bool leaf;
	} pools[] = { { SMMU_POOL_START, SMMU_PGD_START, F_SPT_spt_vttbr_pool, false },
		      { SMMU_PGD_START, SMMU_PMD_START, F_SPT_spt_pgd_pool, false },
		      { SMMU_PMD_START, SMMU_POOL_END, F_SPT_spt_pmd_pool, true } };
	struct obj *o = &t.m->shared.obj[SPT_ID];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pools); i++) {
		const u64 at[] = { pools[i].first, pools[i].end - 8 };

		for (u32 k = 0; k < ARRAY_SIZE(at); k++) {
			t.c->tstate = 0;
			OK(&t, "smmu_pt_store", at[k], 10 * i + k + 1);
			assert_true(obj_get(o, pools[i].field, at[k]) == 10 * i + k + 1);
			assert_true(OK(&t, "smmu_pt_load", at[k]) == 10 * i + k + 1);
			assert_int_equal(t.c->tstate, pools[i].leaf);
			t.c->tstate = 1;
			if (pools[i].leaf)
				STUCK(&t, STUCK_TSTATE, "smmu_pt_store", at[k], 0);
			else
				OK(&t, "smmu_pt_store", at[k], 0);
		}
	}
	STUCK(&t, STUCK_RANGE, "smmu_pt_load", SMMU_POOL_START - 8);
	STUCK(&t, STUCK_RANGE, "smmu_pt_store", SMMU_POOL_END, 1);
	STUCK(&t, STUCK_UNALIGNED, "smmu_pt_load", SMMU_POOL_START + 2);
	STUCK(&t, STUCK_UNALIGNED, "smmu_pt_store", SMMU_PMD_START + 9, 0);
	t.c->lock[SPT_ID] = LOCK_OWN;
	STUCK(&t, STUCK_NOT_PULLED, "smmu_pt_load", SMMU_POOL_START);
	STUCK(&t, STUCK_NOT_PULLED, "smmu_pt_store", SMMU_POOL_START, 1);
	STUCK(&t, STUCK_NOT_PULLED, "smmu_pt_clear", CB, SMMU);
}

/* The root of a context bank with its neighbours all in use. */
static void fill(u64 root)
{
	for (u64 a = root - 8; a <= root + PTRS_PER_S2_PGD * 8; a += 8)
		obj_set(&t.m->shared.obj[SPT_ID], F_SPT_spt_vttbr_pool, a, a);
}

static void cleared(u64 root, u64 n)
{
	for (u64 a = root - 8; a <= root + PTRS_PER_S2_PGD * 8; a += 8)
		assert_true(OK(&t, "smmu_pt_load", a) == (a >= root && a < root + 8 * n ? 0 : a));
}

/* As published one entry of a root is cleared and the transaction stays open; as intended the root, and it closes. */
static void spt_clear(void **state)
{
	u64 root = OK(&t, "get_smmu_cfg_hw_ttbr", CB, SMMU);

	(void)state;
	assert_true(root == SMMU_POOL_START + (u64)smmu_id(SMMU, CB) * 2 * PAGE_SIZE);
	fill(root);
	OK(&t, "smmu_pt_clear", CB, SMMU);
	cleared(root, 1);
	assert_int_equal(t.c->tstate, 0);
	test_env_erratum(&t, ERRATUM_SMMU_PT_CLEAR, false);
	fill(root);
	OK(&t, "smmu_pt_clear", CB, SMMU);
	cleared(root, PTRS_PER_S2_PGD);
	assert_int_equal(t.c->tstate, 0);
	test_env_erratum(&t, ERRATUM_SMMU_PT_CLEAR_TSTATE, false);
	OK(&t, "smmu_pt_clear", CB, SMMU);
	assert_int_equal(t.c->tstate, 1);
	STUCK(&t, STUCK_TSTATE, "smmu_pt_clear", CB, SMMU);
	STUCK(&t, STUCK_RANGE, "smmu_pt_clear", SMMU_NUM_CTXT_BANKS, SMMU);
	STUCK(&t, STUCK_RANGE, "smmu_pt_clear", CB, SMMU_NUM);
}

/* Regions and SMMUs are what the machine was made with. */
static void fixed(void **state)
{
	struct fixed *f = &t.m->shared.fixed, kept = *f;

	(void)state;
	f->region_cnt = 2;
	f->region[31] = (struct mem_region){ 1ull << 40, 2ull << 40, 3ull << 40, 4ull << 40 };
	f->smmu.smmu_num = 1;
	f->smmu.smmu_size[1] = 5ull << 40;
	f->smmu.smmu_phys_base[1] = 6ull << 40;
	f->smmu.smmu_pgshift[1] = 7;
	f->smmu.smmu_dev_context_banks[1] = 8;
	assert_true(OK(&t, "get_mem_region_cnt") == 2);
	assert_true(OK(&t, "get_mem_region_base", 31) == 1ull << 40);
	assert_true(OK(&t, "get_mem_region_size", 31) == 2ull << 40);
	assert_true(OK(&t, "get_mem_region_index", 31) == 3ull << 40);
	assert_true(OK(&t, "get_mem_region_flag", 31) == 4ull << 40);
	assert_true(OK(&t, "get_smmu_num") == 1);
	assert_true(OK(&t, "get_smmu_size", 1) == 5ull << 40);
	assert_true(OK(&t, "get_smmu_base", 1) == 6ull << 40);
	assert_true(OK(&t, "get_smmu_pgshift", 1) == 7);
	assert_true(OK(&t, "get_smmu_num_context_banks", 1) == 8);
	*f = kept;
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
		cmocka_unit_test_setup(npt_pools, begin), cmocka_unit_test_setup(npt_leaves, begin),
		cmocka_unit_test_setup(npt_stuck, begin), cmocka_unit_test_setup(spt_pools, begin),
		cmocka_unit_test_setup(spt_clear, begin), cmocka_unit_test_setup(fixed, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

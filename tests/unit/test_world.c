// SPDX-License-Identifier: GPL-2.0-only
/* The world: how it begins, what it trusts, and what can be undone. */
#include "oracle/world/page.h"
#include "tests/kit.h"
#include "tests/kit_world.h"

#include <string.h>

enum { NPT3 = NPT_ID + 3, INFO3 = INFO_ID + 3 };

static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = kit_world();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

static bool page_is(u64 pfn, u64 owner, u64 count, u64 gfn)
{
	struct page p = world_page(w, pfn);

	return p.owner == owner && p.count == count && p.gfn == gfn;
}

/* Records by frame, through the regions: the host's, the core's, and none. */
static void records_by_frame(void **state)
{
	const u64 unmanaged[] = { 0, 0xf, 0x1ff, 0x400, 0x30000, 0x40200, 1ull << 36, ~0ull };

	(void)state;
	assert_true(page_is(0x200, 0, 0, 0x200 + 1000000000));
	assert_true(page_is(0x3ff, 0, 0, 0x3ff + 1000000000));
	assert_true(page_is(0x40000, 0, 0, 0x40000 + 1000000000));
	assert_true(page_is(0x401ff, 0, 0, 0x401ff + 1000000000));
	assert_true(page_is(0x10, COREVISOR, 0, INVALID64));
	for (u32 i = 0; i < ARRAY_SIZE(unmanaged); i++)
		assert_true(page_is(unmanaged[i], INVALID, INVALID, INVALID64));
	/* record 512 is that of the first frame above 1 GiB */
	KIT_PUSH(w, S2PAGE_ID, KIT_D(S2PAGE, s2_owner, 512, 0, 4));
	assert_true(page_is(0x40000, 4, 0, 0x40000 + 1000000000));
}

/* Where regions overlap the last one has the frame; the record of the one before is no frame's. */
static void regions_that_overlap(void **state)
{
	static const struct fixed f = { .region_cnt = 3,
		                        .region = { { 0x1000, 0x4000, 0, 0 },
		                                    { 0x3000, 0x1000, 100, 0 },
		                                    { 0x8000, 0x1000, INVALID64, 0 } } };

	(void)state;
	assert_true(page_pfn(&f, 0) == 1);
	assert_true(page_pfn(&f, 1) == 2);
	assert_true(page_pfn(&f, 2) == INVALID64);
	assert_true(page_pfn(&f, 3) == 4);
	assert_true(page_pfn(&f, 4) == INVALID64);
	assert_true(page_pfn(&f, 100) == 3);
	assert_true(page_pfn(&f, INVALID64) == INVALID64);
}

/* Single values, and what the machine does not have. */
static void values(void **state)
{
	(void)state;
	assert_true(world_value(w, CORE_ID, F_CORE_next_vmid, 0) == 1);
	assert_true(world_value(w, SMMU_ID, F_SMMU_smmu_vmid, 15) == INVALID);
	assert_true(world_value(w, SMMU_ID, F_SMMU_smmu_vmid, 16) == 0);
	assert_true(world_value(w, INFO3, F_INFO_vm_state, 0) == UNUSED);
	assert_true(world_value(w, INFO3, 11, 0) == 0);
	assert_true(world_value(w, ID_END, 0, 0) == 0);
	kit_expect_maplet(world_npt(w, N_VMID, 0), "-");
	kit_expect_maplet(world_spt(w, 16, 0), "-");
	kit_expect_mappers(w, 0, "");
}

static void row(u32 lk, struct diff d, enum world_row want)
{
	struct world_cell cell;

	world_begin(w);
	assert_int_equal(world_apply(w, lk, &d, &cell), want);
}

/* A difference that does not fit: its row, and the object is doubted until the episode ends; others are not. */
static void doubts(void **state)
{
	struct world_cell cell;
	struct diff d = KIT_D(NPT, pt_pmd_pool, 0x6911080, 5, 6);

	(void)state;
	assert_true(world_trusts(w, ~0ull));
	row(INFO3, KIT_D(INFO, vm_vcpu_state, 64, 0, 1), WORLD_RANGE);
	row(SPT_ID, (struct diff){ .field = 5 }, WORLD_RANGE);
	row(SPT_ID, (struct diff){ .oracle = true }, WORLD_RANGE);
	world_begin(w);
	assert_int_equal(world_apply(w, NPT3, &d, &cell), WORLD_OLD);
	assert_true(cell.index == 0x6911080 && cell.value == 0);
	/* it is applied all the same, and the change is what there was and is */
	assert_true(world_value(w, NPT3, F_NPT_pt_pmd_pool, 0x6911080) == 6);
	assert_false(world_trusts(w, 1ull << NPT3));
	assert_false(world_trusts(w, 1ull << SPT_ID));
	assert_false(world_trusts(w, 1ull << INFO3 | 1ull << CORE_ID));
	assert_true(world_trusts(w, ~(1ull << NPT3 | 1ull << SPT_ID | 1ull << INFO3)));
	assert_int_equal(world_doubts(w, NPT3), DOUBT_WRONG);
	world_doubt(w, FLATMEM_ID, DOUBT_HOLE);
	assert_int_equal(world_doubts(w, FLATMEM_ID), DOUBT_HOLE);
	assert_false(world_trusts(w, 1ull << FLATMEM_ID));
	world_reset(w);
	assert_true(world_trusts(w, ~0ull));
	assert_true(world_value(w, NPT3, F_NPT_pt_pmd_pool, 0x6911080) == 0);
}

/* An episode begins as the configuration says, with page tables as well, whatever was before. */
static void begins_with_tables(void **state)
{
	struct init_row rows[] = {
		{ .obj = NPT3, .d = KIT_D(NPT, pt_vttbr_pool, 0x6010000, 0, 0x6011003) },
		{ .obj = NPT3, .d = KIT_D(NPT, pt_pgd_pool, 0x6011010, 0, 0x6111003) },
		{ .obj = NPT3, .d = KIT_D(NPT, pt_pud_pool, 0x6111000, 0, 0x600ff9) },
		{ .obj = SPT_ID, .d = KIT_D(SPT, spt_pmd_pool, 0x210000, 0, 0x211440) },
	};
	struct log_config config;
	struct world *own;

	(void)state;
	log_config_init(&config, 1);
	config.n_init = ARRAY_SIZE(rows);
	config.init = rows;
	own = world_new(&config, WORLD_INDEX);
	for (u32 i = 0; i < 2; i++) {
		kit_expect_maplet(world_npt(own, 3, 0x80003), "2:603:600ff9");
		kit_expect_mappers(own, 0x7ff, "3:801ff");
		kit_expect_mappers(own, 0x211, "");
		KIT_PUSH(own, SPT_ID, KIT_D(SPT, spt_vttbr_pool, 0x10000, 0, 0x110003),
		         KIT_D(SPT, spt_pgd_pool, 0x110000, 0, 0x210003));
		kit_expect_mappers(own, 0x211, "b0:0");
		KIT_PUSH(own, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111000, 0x600ff9, 0));
		kit_expect_mappers(own, 0x7ff, "");
		world_reset(own);
	}
	world_free(own);
	config.n_init = 0;
	config.init = NULL;
	log_config_free(&config);
}

/* All that a push did is undone, and may be done again. */
static void undone(void **state)
{
	(void)state;
	world_keep(w, true);
	for (u32 i = 0; i < 2; i++) {
		u32 start = world_mark(w), mapped;

		KIT_PUSH(w, NPT3, KIT_D(NPT, pt_vttbr_pool, 0x6010000, 0, 0x6011003),
		         KIT_D(NPT, pt_pgd_pool, 0x6011010, 0, 0x6111003),
		         KIT_D(NPT, pt_pud_pool, 0x6111000, 0, 0x6911003),
		         KIT_D(NPT, pt_pmd_pool, 0x6911080, 0, 0x210fff));
		KIT_PUSH(w, S2PAGE_ID, KIT_D(S2PAGE, s2_owner, 0x10, 0, 3));
		mapped = world_mark(w);
		KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111000, 0x6911003, 0));
		row(INFO3, KIT_D(INFO, vm_vcpu_state, 64, 0, 1), WORLD_RANGE);
		kit_expect_mappers(w, 0x210, "");
		world_undo(w, mapped);
		kit_expect_changes(w, "");
		kit_expect_mappers(w, 0x210, "3:80010");
		assert_true(world_trusts(w, ~0ull));
		assert_true(page_is(0x210, 3, 0, 0x210 + 1000000000));
		world_undo(w, start);
		kit_expect_mappers(w, 0x210, "");
		kit_expect_maplet(world_npt(w, 3, 0x80010), "-");
		assert_true(page_is(0x210, 0, 0, 0x210 + 1000000000));
		assert_true(world_obj(w, NPT3)->digest == obj_digest(world_obj(w, NPT3)));
	}
}

/* Long ranges, kept by pages, are undone: over cells, over pages, beside them, and where the object was settled since. */
static void undone_ranges(void **state)
{
	struct diff steps[] = {
		{ .field = 0, .both = true, .first = 700, .last = 700, .new = 9 },
		{ .field = 0, .both = false, .first = 100, .last = 9000, .new = 5 },
		{ .field = 0, .oracle = true, .vmid = 3, .first = 600, .last = 8000, .index = 70 },
		{ .field = 0, .first = 1100, .last = 1100, .new = 3 },
		{ .field = 0, .first = 0, .last = 20000, .new = 1 },
		{ .field = 0, .both = true, .first = 2048, .last = 8191, .new = 4 },
	};
	u64 digest[ARRAY_SIZE(steps) + 1];
	u32 mark[ARRAY_SIZE(steps) + 1];
	struct obj *flat = world_obj(w, FLATMEM_ID);
	struct world_cell cell;

	(void)state;
	world_keep(w, true);
	/* without undo, from an object that is settled at each step */
	for (u32 i = 0; i <= ARRAY_SIZE(steps); i++) {
		obj_settle(flat);
		digest[i] = flat->digest;
		world_begin(w);
		if (i < ARRAY_SIZE(steps))
			(void)world_apply(w, FLATMEM_ID, &steps[i], &cell);
	}
	world_reset(w);
	/* bit i of @settle: the object is settled behind step i */
	for (u32 settle = 0; settle < 1u << ARRAY_SIZE(steps); settle++) {
		for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
			mark[i] = world_mark(w);
			world_begin(w);
			(void)world_apply(w, FLATMEM_ID, &steps[i], &cell);
			if (settle >> i & 1)
				obj_settle(flat);
		}
		for (u32 i = ARRAY_SIZE(steps); i-- > 0;) {
			world_undo(w, mark[i]);
			/* to look at the digest settles; every other time nobody looks in between */
			if (settle & 1) {
				obj_settle(flat);
				assert_true(flat->digest == digest[i]);
			}
		}
		obj_settle(flat);
		assert_true(flat->digest == 0);
		assert_true(obj_digest(flat) == 0);
	}
}

/* The journal ends with the episode. */
static void episodes(void **state)
{
	(void)state;
	world_keep(w, true);
	KIT_PUSH(w, CORE_ID, KIT_D(CORE, next_vmid, 0, 1, 2));
	assert_true(world_mark(w) > 0);
	world_reset(w);
	assert_int_equal(world_mark(w), 0);
	assert_true(world_value(w, CORE_ID, F_CORE_next_vmid, 0) == 1);
	KIT_PUSH(w, CORE_ID, KIT_D(CORE, next_vmid, 0, 1, 2));
	world_keep(w, false);
	KIT_PUSH(w, CORE_ID, KIT_D(CORE, next_vmid, 0, 2, 3));
	assert_int_equal(world_mark(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records_by_frame, setup, teardown),
		cmocka_unit_test(regions_that_overlap),
		cmocka_unit_test_setup_teardown(values, setup, teardown),
		cmocka_unit_test_setup_teardown(doubts, setup, teardown),
		cmocka_unit_test_setup_teardown(begins_with_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(undone, setup, teardown),
		cmocka_unit_test_setup_teardown(undone_ranges, setup, teardown),
		cmocka_unit_test_setup_teardown(episodes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* From frames to page records by the memory regions: what the machine's own search gives. */
#include "shmem/obj/region.h"

#include "sim/base/addr.h"
#include "sim/base/rng.h"
#include "sim/hyp/page_index.h"
#include "sim/machine/boot.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VALUE(get_s2_page_index, k[0])

/* A frame near a border of a region, or any. */
static u64 draw_pfn(struct rng *r, const struct fixed *f)
{
	const struct mem_region *m = &f->region[rng_below(r, f->region_cnt ? f->region_cnt : 1)];
	u64 at = m->mb_base / PAGE_SIZE + (rng_below(r, 2) ? m->mb_size / PAGE_SIZE : 0);

	if (rng_below(r, 4) == 0)
		return rng_below(r, KVM_ADDR_SPACE / PAGE_SIZE);
	if (rng_below(r, 3) == 0)
		return (m->mb_base + rng_below(r, m->mb_size + 1)) / PAGE_SIZE;
	return (at + rng_below(r, 4) - rng_below(r, 3)) % (KVM_ADDR_SPACE / PAGE_SIZE);
}

static void agree(struct rng *r, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u64 pfn = draw_pfn(r, &t.m->shared.fixed);

		if (OK(get_s2_page_index, pfn * PAGE_SIZE) !=
		    region_page_index(&t.m->shared.fixed, pfn))
			fail_msg("frame 0x%llx", (unsigned long long)pfn);
	}
}

/* Whatever the map, also where regions overlap: the record is the one that get_s2_page_index() gives. */
static void as_the_machine_does(void **state)
{
	struct rng r = { test_seed(1) };

	(void)state;
	test_machine_boot(&t, 1, NULL);
	agree(&r, 20000);
	machine_boot_fixed(&t.m->shared.fixed, BOOT_PAGES_MAX);
	agree(&r, 20000);
	for (u32 round = 0; round < 300; round++) {
		struct fixed *f = &t.m->shared.fixed;

		f->region_cnt = (u32)rng_below(&r, MAX_MEMBLOCK_NUM);
		for (u32 i = 0; i < f->region_cnt; i++)
			f->region[i] = (struct mem_region){
				.mb_base = rng_next(&r) >> (18 + rng_below(&r, 30)),
				.mb_size = rng_next(&r) >> (18 + rng_below(&r, 40)),
				.mb_index = rng_below(&r, 3) ? rng_below(&r, KVM_ADDR_SPACE)
				                             : INVALID64,
			};
		agree(&r, 200);
	}
	test_machine_free(&t);
}

/* What is no address at all has no record. */
static void beyond_all(void **state)
{
	static const u64 pfn[] = { KVM_ADDR_SPACE / PAGE_SIZE, 1ull << 52, (1ull << 52) + 0x200,
		                   INVALID64 };
	struct fixed f;

	(void)state;
	machine_boot_fixed(&f, BOOT_PAGES);
	for (u32 i = 0; i < ARRAY_SIZE(pfn); i++)
		assert_true(region_page_index(&f, pfn[i]) == INVALID64);
	assert_true(region_page_index(&f, 0x200) == 0);
	assert_true(region_page_index(&f, 0) == INVALID64);
	/* Nor has a frame before a region, as long as the region may be. */
	f.region_cnt = 1;
	f.region[0] = (struct mem_region){ 0x2000, ~0ull, 5, 0 };
	assert_true(region_page_index(&f, 1) == INVALID64);
	assert_true(region_page_index(&f, 2) == 5);
}

/* The maps that a machine boots with are consistent; regions that touch are; the place of what is wrong is given. */
static void maps(void **state)
{
	struct fixed f = { .region_cnt = 3,
		           .region = { { 0x1000, 0x1000, 0, 0 },
		                       { 0x2000, 0x2000, 1, 0 },
		                       { 0x1000, 0, 1, 0 } } };
	u32 at = 9;

	(void)state;
	assert_null(region_wrong(&f, &at));
	f.region[2].mb_size = 0x1000;
	assert_string_equal(region_wrong(&f, &at), "it overlaps one before it");
	assert_int_equal(at, 2);
	machine_boot_fixed(&f, BOOT_PAGES_MIN);
	assert_null(region_wrong(&f, &at));
	machine_boot_fixed(&f, BOOT_PAGES_MAX);
	assert_null(region_wrong(&f, &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_machine_does),
		cmocka_unit_test(beyond_all),
		cmocka_unit_test(maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

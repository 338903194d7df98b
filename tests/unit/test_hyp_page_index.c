// SPDX-License-Identifier: GPL-2.0-only
/* MemRegion and PageIndex: addresses, regions, records. */
#include "sim/hyp/page_index.h"

#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VALUE(mem_region_search, k[0])
KIT_VALUE(get_s2_page_index, k[0])

/* Regions of a machine that is not the default one. */
static void make(const struct mem_region *r, u32 n)
{
	test_machine_boot(&t, 1, NULL);
	t.m->shared.fixed.region_cnt = n;
	for (u32 i = 0; i < n; i++)
		t.m->shared.fixed.region[i] = r[i];
}

/* The default map: devices, 512 pages from 2 MiB on, devices, 512 pages from 1 GiB on, the core's pages from 64 KiB on. */
static void default_map(void **state)
{
	static const struct {
		u64 addr, region, index;
	} rows[] = {
		{ 0, INVALID, INVALID64 },
		{ 0xffff, INVALID, INVALID64 },
		{ 0x10000, 4, 1024 },
		{ 0xfffff, 4, 1024 + 239 },
		{ 0x100000, 0, INVALID64 },
		{ 0x1fffff, 0, INVALID64 },
		{ 0x200000, 1, 0 },
		{ 0x200fff, 1, 0 },
		{ 0x201000, 1, 1 },
		{ 0x3fffff, 1, 511 },
		{ 0x400000, INVALID, INVALID64 },
		{ 0x30000000, 2, INVALID64 },
		{ 0x3fffffff, INVALID, INVALID64 },
		{ 0x40000000, 3, 512 },
		{ 0x401fffff, 3, 1023 },
		{ 0x40200000, INVALID, INVALID64 },
		{ 0xffffffffffff, INVALID, INVALID64 },
	};

	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(OK(mem_region_search, rows[i].addr) == rows[i].region);
		assert_true(OK(get_s2_page_index, rows[i].addr) == rows[i].index);
	}
	/* The same when the machine has halted. */
	flag_set(&t.m->halt);
	assert_true(OK(get_s2_page_index, 0x201000) == 1);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* Of regions that overlap the last one counts; one of no size has no address; 31 regions are searched. */
static void odd_regions(void **state)
{
	struct mem_region rows[31] = { { .mb_base = 0x1000, .mb_size = 0x3000, .mb_index = 10 },
		                       { .mb_base = 0x2000, .mb_size = 0x800, .mb_index = 70 },
		                       { .mb_base = 0x3000, .mb_size = 0, .mb_index = 80 } };

	(void)state;
	rows[30] = (struct mem_region){ .mb_base = 0xfffffffff000ull,
		                        .mb_size = 0xfff,
		                        .mb_index = INVALID64 - 1 };
	make(rows, 31);
	assert_true(OK(mem_region_search, 0x1fff) == 0);
	assert_true(OK(mem_region_search, 0x2000) == 1);
	assert_true(OK(mem_region_search, 0x2800) == 0);
	assert_true(OK(mem_region_search, 0x3000) == 0);
	assert_true(OK(get_s2_page_index, 0x1fff) == 10);
	assert_true(OK(get_s2_page_index, 0x27ff) == 70);
	assert_true(OK(get_s2_page_index, 0x3fff) == 12);
	assert_true(OK(mem_region_search, 0xfffffffff000ull) == 30);
	/* INVALID64 - 1 is no number of a record */
	REFUSES(get_s2_page_index, 0xfffffffff000ull);
	test_machine_free(&t);
	make(rows, 0);
	assert_true(OK(mem_region_search, 0) == INVALID);
	test_machine_free(&t);
}

static void stuck_rules(void **state)
{
	static const struct mem_region beyond[][1] = {
		{ { .mb_base = 1ull << 48, .mb_size = 0 } },
		{ { .mb_base = 0xfffffffff000ull, .mb_size = 0x1000 } },
		{ { .mb_base = 0x1000, .mb_size = 1ull << 48 } },
		{ { .mb_base = 0x1000, .mb_size = INVALID64 } },
	};

	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(mem_region_search, 1ull << 48);
	STUCK(RANGE, get_s2_page_index, 1ull << 48);
	test_machine_free(&t);
	for (u32 i = 0; i < ARRAY_SIZE(beyond); i++) {
		make(beyond[i], 1);
		REFUSES(mem_region_search, 0);
		test_machine_free(&t);
	}
	/* a table that is full */
	make(NULL, 0);
	t.m->shared.fixed.region_cnt = 32;
	REFUSES(mem_region_search, 0);
	STUCK(RANGE, get_s2_page_index, 0);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_map),
		cmocka_unit_test(odd_regions),
		cmocka_unit_test(stuck_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

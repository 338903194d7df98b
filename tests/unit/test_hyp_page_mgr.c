// SPDX-License-Identifier: GPL-2.0-only
/* PageManager: the records of pages by frame. */
#include "sim/hyp/page_mgr.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

static void halt(struct cpu *c)
{
	panic_called(c);
}

KIT_VOID(acquire_lock_s2page)
KIT_VOID(release_lock_s2page)
KIT_VALUE(get_pfn_owner, k[0])
KIT_VALUE(get_pfn_count, k[0])
KIT_VALUE(get_pfn_map, k[0])
KIT_VOID(set_pfn_owner, k[0], (u32)k[1])
KIT_VOID(set_pfn_count, k[0], (u32)k[1])
KIT_VOID(set_pfn_map, k[0], k[1])
KIT_VOID(halt)

static bool reads(u64 pfn, u64 owner, u64 count, u64 map)
{
	return OK(get_pfn_owner, pfn) == owner && OK(get_pfn_count, pfn) == count &&
	       OK(get_pfn_map, pfn) == map;
}

/* Each setter writes its field of its page, and each getter reads it back; the neighbours stay. */
static void managed(void **state)
{
	static const u64 pfns[] = { 512, 600, 1023, 262144, 262655 };

	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_s2page);
	for (u32 i = 0; i < ARRAY_SIZE(pfns); i++) {
		assert_true(reads(pfns[i], 0, 0, pfns[i] + 1000000000));
		OK(set_pfn_owner, pfns[i], 16 - i);
		OK(set_pfn_count, pfns[i], INVALID - i);
		OK(set_pfn_map, pfns[i], INVALID64 - i);
	}
	assert_int_equal(t.m->cpu[0].effects, 15);
	for (u32 i = 0; i < ARRAY_SIZE(pfns); i++) {
		assert_true(reads(pfns[i], 16 - i, INVALID - i, INVALID64 - i));
		assert_true(kit_page_is(&t, pfns[i], 16 - i, INVALID - i, INVALID64 - i));
	}
	assert_true(reads(513, 0, 0, 1000000513));
	assert_true(reads(601, 0, 0, 1000000601));
	OK(release_lock_s2page);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A frame without a record reads INVALID and takes no write, without the lock too: there is nothing to guard. */
static void unmanaged(void **state)
{
	static const u64 pfns[] = { 0, 511, 1024, 0x30000, 262656, (1ull << 36) - 1 };

	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 locked = 0; locked < 2; locked++) {
		for (u32 i = 0; i < ARRAY_SIZE(pfns); i++) {
			assert_true(reads(pfns[i], INVALID, INVALID, INVALID64));
			OK(set_pfn_owner, pfns[i], 99);
			OK(set_pfn_count, pfns[i], 1);
			OK(set_pfn_map, pfns[i], 1);
			assert_true(reads(pfns[i], INVALID, INVALID, INVALID64));
		}
		if (!locked)
			OK(acquire_lock_s2page);
	}
	assert_int_equal(t.m->cpu[0].effects, 0);
	test_machine_free(&t);
}

static void stuck_rules(void **state)
{
	const u64 beyond = 1ull << 36;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	STUCK(NOT_PULLED, get_pfn_owner, 600);
	STUCK(NOT_PULLED, get_pfn_count, 600);
	STUCK(NOT_PULLED, get_pfn_map, 600);
	STUCK(NOT_PULLED, set_pfn_owner, 600, 1);
	STUCK(NOT_PULLED, set_pfn_count, 600, 1);
	STUCK(NOT_PULLED, set_pfn_map, 600, 1);
	OK(acquire_lock_s2page);
	REFUSES(get_pfn_owner, beyond);
	REFUSES(get_pfn_count, beyond);
	REFUSES(get_pfn_map, beyond);
	REFUSES(set_pfn_owner, beyond, 1);
	REFUSES(set_pfn_count, beyond, 1);
	REFUSES(set_pfn_map, beyond, 1);
	REFUSES(set_pfn_owner, 600, 17);
	/* more pages than there are records */
	t.m->shared.fixed.region[3].mb_index = MAX_S2PAGE_NUM;
	STUCK(RANGE, get_pfn_owner, 262144);
	STUCK(RANGE, set_pfn_map, 262144, 1);
	assert_int_equal(t.m->cpu[0].effects, 0);
	test_machine_free(&t);
}

static void halted(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(acquire_lock_s2page);
	PANICS(halt);
	for (u32 i = 0; i < 3; i++) {
		const u64 pfn = (const u64[]){ 600, 0, ~0ull }[i];

		PANICS(get_pfn_owner, pfn);
		PANICS(get_pfn_count, pfn);
		PANICS(get_pfn_map, pfn);
		PANICS(set_pfn_owner, pfn, 99);
		PANICS(set_pfn_count, pfn, 1);
		PANICS(set_pfn_map, pfn, 1);
	}
	assert_int_equal(t.m->cpu[0].effects, 0);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(managed),
		cmocka_unit_test(unmanaged),
		cmocka_unit_test(stuck_rules),
		cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

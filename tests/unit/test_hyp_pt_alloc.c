// SPDX-License-Identifier: GPL-2.0-only
/* PTAlloc: table pages in order, each pool up to its end. */
#include "sim/hyp/pt_alloc.h"

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
KIT_VALUE(alloc_pgd_page, (u32)k[0])
KIT_VALUE(alloc_pud_page, (u32)k[0])
KIT_VALUE(alloc_pmd_page, (u32)k[0])

/* A pool: its functions, its cursor, and where it lies behind the VM's start. */
static const struct pool {
	const char *name;
	kit_fn *alloc, *set;
	u32 cursor;
	u64 start, end;
} pools[] = {
	{ "alloc_pgd_page", do_alloc_pgd_page, do_set_pgd_next, F_NPT_pt_pgd_next, 4096, 1052672 },
	{ "alloc_pud_page", do_alloc_pud_page, do_set_pud_next, F_NPT_pt_pud_next, 1052672,
	  9441280 },
	{ "alloc_pmd_page", do_alloc_pmd_page, do_set_pmd_next, F_NPT_pt_pmd_next, 9441280,
	  33554432 },
};

static u64 start_of(vmid_t vmid)
{
	return 65536 + 33554432ull * vmid;
}

/* Pages follow each other from the pool's start on, and only its cursor changes. */
static void pages_in_order(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pools); i++) {
		for (vmid_t v = 0; v < N_VMID; v += 8) {
			u64 first = start_of(v) + pools[i].start;

			test_machine_boot(&t, 1, NULL);
			OK(acquire_lock_pt, v);
			for (u64 n = 0; n < 3; n++)
				assert_true(kit_ok(&t, 0, pools[i].alloc, pools[i].name,
				                   KIT_LIST(v)) == first + n * 4096);
			assert_true(kit_cell(&t, NPT_ID + v, pools[i].cursor, 0) ==
			            first + 3 * 4096);
			assert_int_equal(t.m->cpu[0].effects, 3);
			assert_int_equal(t.m->cpu[0].tstate, 0);
			OK(release_lock_pt, v);
			kit_judge(&t);
			test_machine_free(&t);
		}
	}
}

/* The last page is given out; then the machine halts, the cursor stays, and the lock is kept. */
static void pool_is_used_up(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pools); i++) {
		const vmid_t v = 2;
		u64 end = start_of(v) + pools[i].end;

		test_machine_boot(&t, 1, NULL);
		OK(acquire_lock_pt, v);
		kit_ok(&t, 0, pools[i].set, "set", KIT_LIST(v, end - 4096));
		assert_true(kit_ok(&t, 0, pools[i].alloc, pools[i].name, KIT_LIST(v)) ==
		            end - 4096);
		kit_panics(&t, 0, pools[i].alloc, pools[i].name, KIT_LIST(v));
		assert_true(kit_cell(&t, NPT_ID + v, pools[i].cursor, 0) == end);
		assert_true(kit_held(&t) == 1ull << (NPT_ID + v));
		/* On the halted machine: 0, whatever the argument. */
		kit_panics(&t, 0, pools[i].alloc, pools[i].name, KIT_LIST(99));
		test_machine_free(&t);
	}
}

/* No VM, no lock, a cursor below its pool or beyond its end: stuck, and nothing is changed. */
static void stuck_rules(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pools); i++) {
		u64 outside[] = { start_of(1) + pools[i].start - 4096,
			          start_of(1) + pools[i].end + 4096 };

		test_machine_boot(&t, 1, NULL);
		kit_stuck(&t, 0, STUCK_NOT_PULLED, pools[i].alloc, pools[i].name, KIT_LIST(1));
		OK(acquire_lock_pt, 1);
		kit_refuses(&t, pools[i].alloc, pools[i].name, KIT_LIST(17), 1);
		kit_stuck(&t, 0, STUCK_NOT_PULLED, pools[i].alloc, pools[i].name, KIT_LIST(0));
		for (u32 n = 0; n < 2; n++) {
			kit_ok(&t, 0, pools[i].set, "set", KIT_LIST(1, outside[n]));
			kit_refuses(&t, pools[i].alloc, pools[i].name, KIT_LIST(1), 1);
			assert_true(kit_cell(&t, NPT_ID + 1, pools[i].cursor, 0) == outside[n]);
		}
		test_machine_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_in_order),
		cmocka_unit_test(pool_is_used_up),
		cmocka_unit_test(stuck_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

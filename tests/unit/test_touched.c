// SPDX-License-Identifier: GPL-2.0-only
/* Who changed what last: the latest first, by others or by oneself, until others push them out. */
#include "oracle/check/touched.h"

#include "tests/kit.h"

#include <string.h>

static struct touched t;
static struct touch out[TOUCHED_WAYS];

static void change(u32 cpu, lk_t lk, u16 field, u64 first, u64 last, u64 value, u64 index)
{
	const struct event e = { .cpu = (u8)cpu, .lk = lk };
	const struct diff d = { .field = field, .first = first, .last = last };

	touched_diff(&t, &e, &d, index, value);
}

static u32 others(u32 cpu, lk_t lk, u32 field, u64 index, u32 max)
{
	const struct touched_want w = { .cpu = cpu, .field = field, .lk = lk, .index = index };

	return touched_last(&t, &w, out, max);
}

static void latest_first(void **state)
{
	(void)state;
	touched_reset(&t);
	change(1, S2PAGE_ID, F_S2PAGE_s2_owner, 7, 7, 2, 10);
	change(2, S2PAGE_ID, F_S2PAGE_s2_owner, 0, 511, 3, 20);
	change(0, S2PAGE_ID, F_S2PAGE_s2_owner, 7, 7, 4, 30);
	change(1, S2PAGE_ID, F_S2PAGE_s2_gfn, 7, 7, 5, 40);
	assert_int_equal(others(0, S2PAGE_ID, ~0u, 7, 4), 3);
	assert_true(out[0].index == 40 && out[1].index == 20 && out[2].index == 10);
	assert_true(out[1].cpu == 2 && out[1].first == 0 && out[1].last == 511);
	assert_int_equal(others(0, S2PAGE_ID, F_S2PAGE_s2_owner, 7, 4), 2);
	assert_int_equal(others(0, S2PAGE_ID, ~0u, 7, 2), 2);
	assert_true(out[0].index == 40 && out[1].index == 20);
	/* the range only, and nothing */
	assert_int_equal(others(0, S2PAGE_ID, ~0u, 8, 4), 1);
	assert_int_equal(others(0, S2PAGE_ID, ~0u, 512, 4), 0);
	touched_reset(&t);
	assert_int_equal(others(0, S2PAGE_ID, ~0u, 7, 4), 0);
}

static void own(void **state)
{
	const struct touched_want w = {
		.cpu = 1, .own = true, .field = ~0u, .lk = SMMU_ID, .index = 3
	};

	(void)state;
	touched_reset(&t);
	change(0, SMMU_ID, 0, 3, 3, 1, 1);
	change(1, SMMU_ID, 0, 3, 3, 2, 2);
	assert_int_equal(touched_last(&t, &w, out, 4), 1);
	assert_true(out[0].value == 2);
}

/* A vCPU's state is kept apart from the rest of its VM's record, of which any cell is the VM's. */
static void records_of_vms(void **state)
{
	lk_t lk = INFO_ID + 3;

	(void)state;
	touched_reset(&t);
	change(1, lk, F_INFO_vm_vcpu_state, 2, 2, ACTIVE, 5);
	for (u64 i = 0; i < 2 * TOUCHED_WAYS; i++)
		change(1, lk, F_INFO_vm_mapped_pages, i % 5, i % 5, i, 10 + i);
	assert_int_equal(others(0, lk, F_INFO_vm_vcpu_state, 2, 4), 1);
	assert_int_equal(others(0, lk, F_INFO_vm_vcpu_state, 3, 4), 0);
	assert_int_equal(others(0, lk, ~0u, 0, TOUCHED_WAYS), TOUCHED_WAYS);
	assert_true(out[0].index == 10 + 2 * TOUCHED_WAYS - 1);
	assert_int_equal(others(0, lk + 1, ~0u, 0, 4), 0);
}

static void mark(u32 kind, u32 cpu, u64 number)
{
	u64 args[5] = { number, 0, 0, 0x99, 0 };
	const struct event e = {
		.kind = (u8)kind, .cpu = (u8)cpu, .arg = (u32)number, .n = 5, .args = args
	};

	touched_mark(&t, &e);
}

/* What the CPU was in: the innermost atomic operation, and the workload's. */
static void in_what(void **state)
{
	(void)state;
	touched_reset(&t);
	mark(MARK_BEGIN, 1, 3);
	mark(MARK_OP, 1, 8);
	mark(MARK_OP, 1, 9);
	change(1, SMMU_ID, 0, 0, 0, 1, 1);
	mark(MARK_SEVENT, 1, 9);
	change(1, SMMU_ID, 0, 0, 0, 1, 2);
	mark(MARK_SEVENT, 1, 8);
	change(1, SMMU_ID, 0, 0, 0, 1, 3);
	mark(MARK_END_OP, 1, 0);
	change(1, SMMU_ID, 0, 0, 0, 1, 4);
	assert_int_equal(others(0, SMMU_ID, ~0u, 0, 8), 4);
	assert_true(out[3].op == 9 && out[3].work == 3);
	assert_true(out[2].op == 8 && out[2].work == 3);
	assert_true(out[1].op == TOUCHED_NO_OP && out[1].work == 3);
	assert_true(out[0].op == TOUCHED_NO_OP && out[0].work == ~0u);
	/* the frame of the operation's last access that found a page */
	mark(MARK_ACCESS, 1, MV_ACCESS_OWN);
	assert_true(t.cpu[1].frame == 0x99);
	mark(MARK_ACCESS, 1, MV_ACCESS_NO_RECORD);
	assert_true(t.cpu[1].frame == INVALID64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latest_first),
		cmocka_unit_test(own),
		cmocka_unit_test(records_of_vms),
		cmocka_unit_test(in_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

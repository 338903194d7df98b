// SPDX-License-Identifier: GPL-2.0-only
/* What was reached is counted: effects that differ, errata of a step, and what logs add up to. */
#include "oracle/report/coverage.h"

#include "oracle/spec/spec.h"
#include "tests/kit.h"

#include <string.h>

/* The errata of a row of spec.def, in its order; each row's are names that there are, and no more than are counted. */
static void slips(void **state)
{
	(void)state;
	assert_int_equal(spec_slip(OP_map_page_host, 0), ERRATUM_COUNT_INVALID);
	assert_int_equal(spec_slip(OP_map_page_host, 1), ERRATUM_NR);
	assert_int_equal(spec_slip(OP_load_decrypt_buf, 0), ERRATUM_MEM_BUF_PFN);
	assert_int_equal(spec_slip(OP_load_decrypt_buf, 1), ERRATUM_DECRYPT_BUF_COUNT);
	assert_int_equal(spec_slip(OP_emulate_mmio, 6), ERRATUM_PC_OVERFLOW);
	assert_int_equal(spec_slip(OP_walk_s2pt, 0), ERRATUM_NR);
	assert_int_equal(spec_slip(OP_mem_load, 0), ERRATUM_NR);
	for (u32 op = 0; op < HYP_OP_NR; op++) {
		const char *errata = spec_of(op)->errata;
		u32 words = errata && *errata, n = 0;

		for (const char *p = errata; p && *p; p++)
			words += *p == ' ';
		while (n <= SPEC_SLIPS && spec_slip(op, n) < ERRATUM_NR)
			n++;
		assert_int_equal(n, words);
		assert_true(n <= SPEC_SLIPS);
	}
}

static struct effect one(void)
{
	struct effect e;

	effect_reset(&e);
	e.branch = BR_grant_vm_page_COUNTED;
	e.n_changes = 1;
	e.change[0] = (struct want){ .c = { .kind = CH_PAGE, .lk = S2PAGE_ID, .n = 1, .at = 0x210 },
		                     .changes = 1 };
	e.change[0].c.after.page = (struct page){ 2, 1, 5 };
	e.n_takes = 1;
	e.take[0] = (struct take){ .stream = 1, .vmid = 2, .count = 1, .key = 3 };
	e.n_regs = 1;
	e.reg[0] = (struct want_reg){ .reg = 4, .value = { .v = 9 } };
	e.flat = true;
	e.flat_pfn = 0x210;
	e.device = true;
	e.write = (struct want_device){ 0x1000, 7, 4 };
	e.result = 11;
	return e;
}

/* Two effects are equal when all that is compared with the operation is; the way is no part of it. */
static void effects(void **state)
{
	struct effect a = one(), b;

	(void)state;
	b = one();
	b.branch = BR_grant_vm_page_FULL;
	assert_true(effect_equal(&a, &b));
	/* What a change, a take or a register behind the last one holds is nothing. */
	b.change[1].changes = 5;
	b.take[1].key = 5;
	b.reg[1].reg = 5;
	assert_true(effect_equal(&a, &b));
#define OTHER(field, to)                            \
	do {                                        \
		b = one();                          \
		b.field = to;                       \
		assert_false(effect_equal(&a, &b)); \
		assert_false(effect_equal(&b, &a)); \
	} while (0)
	OTHER(stuck, true);
	OTHER(halts, true);
	OTHER(keeps, 2);
	OTHER(n_nested, 1);
	OTHER(nested_wrong, true);
	OTHER(n_changes, 0);
	OTHER(change[0].c.at, 0x211);
	OTHER(change[0].c.after.page.count, 2);
	OTHER(change[0].changes, 2);
	OTHER(change[0].value.take, 1);
	OTHER(n_takes, 0);
	OTHER(take[0].vmid, 0);
	OTHER(take[0].key, 4);
	OTHER(n_regs, 0);
	OTHER(reg[0].reg, 5);
	OTHER(reg[0].value.v, 8);
	OTHER(flat, false);
	OTHER(flat_pfn, 0x211);
	OTHER(flat_value.v, 1);
	OTHER(device, false);
	OTHER(write.value, 8);
	OTHER(result, 12);
#undef OTHER
}

/* Of a machine that halts nobody gets a result; where there is no step on either side there is no difference. */
static void halted(void **state)
{
	struct effect a = one(), b = one();

	(void)state;
	effect_halts(&a, 2);
	effect_halts(&b, 2);
	b.result = 12;
	assert_true(effect_equal(&a, &b));
	effect_stuck(&a);
	assert_false(effect_equal(&a, &b));
	effect_stuck(&b);
	assert_true(effect_equal(&a, &b));
}

static void names(void **state)
{
	(void)state;
	for (u32 part = 0; part < COVERAGE_PARTS; part++) {
		const char *name = coverage_part_name(part);

		assert_int_equal(coverage_part_by_name(name, strlen(name)), part);
		assert_int_equal(coverage_part_by_name(name, strlen(name) - 1), COVERAGE_PARTS);
	}
}

/* What needs a side that no log had cannot be; when a log has it, it can. */
static void sides(void **state)
{
	struct coverage *c = coverage_new();
	struct coverage_sums s;
	struct errata e;

	(void)state;
	errata_all_published(&e);
	coverage_log(c, &e);
	s = coverage_sums(c, COVERAGE_OPERATIONS);
	assert_int_equal(s.all, HYP_OP_NR);
	assert_int_equal(s.reached, 0);
	assert_int_equal(s.excused, 1);
	assert_int_equal(s.missing, HYP_OP_NR - 1);
	/* No log was judged: no way can be told. */
	assert_int_equal(coverage_sums(c, COVERAGE_WAYS).all, 0);
	assert_int_equal(coverage_sums(c, COVERAGE_CLAUSES).all, 0);
	errata_all_intended(&e);
	coverage_log(c, &e);
	assert_int_equal(coverage_sums(c, COVERAGE_OPERATIONS).excused, 0);
	/* Without a log neither side is there: each of the two operations needs one. */
	coverage_reset(c);
	assert_int_equal(coverage_sums(c, COVERAGE_OPERATIONS).excused, 2);
	coverage_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips), cmocka_unit_test(effects), cmocka_unit_test(halted),
		cmocka_unit_test(names), cmocka_unit_test(sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

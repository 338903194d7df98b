// SPDX-License-Identifier: GPL-2.0-only
/* Two booted machines, step by step: what is compared, what is found, what is left out.  A step is what the test does to both. */
#include "oracle/obs/obs.h"
#include "sim/two/pair.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

enum { FRAME = 0x200 };

static struct test_machine t[2];
static struct pair pr;

static void both(lk_t lk, u32 field, u64 index, u64 value)
{
	for (u32 i = 0; i < 2; i++)
		obj_set(&t[i].m->shared.obj[lk], field, index, value);
}

static u64 frame(u32 run, u64 pfn)
{
	return obj_get(&t[run].m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn);
}

static void own(u64 pfn, vmid_t vmid)
{
	both(S2PAGE_ID, F_S2PAGE_s2_owner, region_page_index(&t[0].fixed, pfn), vmid);
}

/* Machines of their own, for principal @p; VM 1 is VERIFIED and has a frame. */
static void begin(vmid_t p, u32 vary)
{
	for (u32 i = 0; i < 2; i++)
		test_machine_boot(&t[i], 1, NULL);
	both(INFO_ID + 1, F_INFO_vm_state, 0, VERIFIED);
	own(FRAME, 1);
	pair_init(&pr, p, vary, false);
	pair_begin(&pr, t[0].m, t[1].m);
}

static void end(void)
{
	pair_free(&pr);
	for (u32 i = 0; i < 2; i++)
		test_machine_free(&t[i]);
}

static void step(const char *op)
{
	pair_after(&pr, op, OUT_OK, OUT_OK);
}

/* Pages of others differ between the runs where they are varied, and are the same where not; registers of others likewise. */
static void test_secrets(void **state)
{
	(void)state;
	for (u32 varied = 0; varied < 2; varied++) {
		begin(1, varied ? SECRETS_ALL : 0);
		pair_before(&pr, 0);
		assert_true(frame(0, FRAME + 1) != 0);
		assert_true((frame(0, FRAME + 1) != frame(1, FRAME + 1)) == varied);
		assert_true((t[0].m->cpu[0].regs.r[R_x4] != t[1].m->cpu[0].regs.r[R_x4]) == varied);
		assert_int_equal(frame(0, FRAME), frame(1, FRAME));
		assert_int_equal(pr.count.starts, 1);
		step("nothing");
		assert_int_equal(pr.n_findings, 0);
		end();
	}
}

/* What the principal's own step shows it in one run alone is found, told, and made equal. */
static void test_confidentiality(void **state)
{
	const struct two_finding *f = &pr.finding[0];

	(void)state;
	begin(HOSTVISOR, SECRETS_ALL);
	pair_before(&pr, 0);
	assert_true(frame(0, FRAME) != frame(1, FRAME));
	own(FRAME, HOSTVISOR);
	step("take(1)");
	assert_int_equal(pr.n_findings, 1);
	assert_int_equal(f->kind, TWO_CONFIDENTIALITY);
	assert_int_equal(f->row, OBS_FLATMEM);
	assert_int_equal(f->key, FRAME);
	assert_int_equal(f->n, 1);
	assert_true(f->is_secret);
	assert_int_equal(f->secret.kind, SECRET_PAGES);
	assert_int_equal(f->secret.owner, 1);
	assert_int_equal(frame(0, FRAME), frame(1, FRAME));
	assert_int_equal(pr.split, SPLIT_NONE);
	pair_before(&pr, 0);
	step("take(1)");
	assert_int_equal(f->times, 1);
	assert_int_equal(pr.count.compared, 2);
	end();
}

/* What somebody else's step changes is found in each run; the second time it is known what was there before. */
static void test_integrity(void **state)
{
	const struct two_finding *f = &pr.finding[0];

	(void)state;
	begin(1, SECRETS_ALL);
	for (u32 pass = 0; pass < 2; pass++) {
		pair_before(&pr, 0);
		step("nothing()");
		pair_before(&pr, 0);
		both(FLATMEM_ID, F_FLATMEM_flatmem, FRAME, 7 + pass);
		step("write()");
		assert_int_equal(pr.n_findings, 1);
		assert_int_equal(f->kind, TWO_INTEGRITY);
		assert_int_equal(f->row, OBS_FLATMEM);
		assert_int_equal(f->step, 2);
		assert_int_equal(f->times, 1);
		assert_int_equal(pr.count.integrity, 4);
		assert_int_equal(f->key, pass ? FRAME : 0);
		if (pass == 0) {
			assert_true(pair_again(&pr));
			pair_begin(&pr, t[0].m, t[1].m);
		}
	}
	assert_int_equal(f->value[0], 7);
	assert_int_equal(f->value[1], 8);
	assert_false(pair_again(&pr));
	end();
}

/* A VM that is not verified is no principal: nothing is compared. */
static void test_no_role(void **state)
{
	(void)state;
	begin(2, SECRETS_ALL);
	pair_before(&pr, 0);
	own(FRAME + 1, 2);
	step("give()");
	pair_end(&pr);
	assert_int_equal(pr.count.steps, 1);
	assert_int_equal(pr.count.in_role + pr.count.compared + pr.count.integrity, 0);
	assert_int_equal(pr.n_findings, 0);
	assert_int_equal(pr.verified, 1 << 1);
	end();
}

/* Two runs of which one halts, or is stuck, or goes another way, are compared no longer, and that is counted. */
static void test_parted(void **state)
{
	static const enum two_split ways[] = { SPLIT_HALTED, SPLIT_HALTED_BOTH, SPLIT_STUCK,
		                               SPLIT_WAY };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(ways); i++) {
		bool quiet = ways[i] == SPLIT_HALTED_BOTH;

		begin(HOSTVISOR, SECRETS_ALL);
		pair_before(&pr, 0);
		if (ways[i] == SPLIT_HALTED || quiet)
			flag_set(&t[0].m->halt);
		if (quiet)
			flag_set(&t[1].m->halt);
		if (ways[i] == SPLIT_WAY)
			pair_part(&pr);
		pair_after(&pr, "it()", OUT_OK, ways[i] == SPLIT_STUCK ? OUT_STUCK : OUT_OK);
		assert_int_equal(pr.count.split[ways[i]], 1);
		pair_before(&pr, 0);
		own(FRAME, HOSTVISOR);
		step("take()");
		pair_end(&pr);
		assert_int_equal(pr.n_findings, 0);
		assert_int_equal(pr.count.compared, 0);
		assert_int_equal(pr.count.discarded, quiet ? 0 : 2);
		/* Machines of their own are compared again. */
		pair_begin(&pr, t[0].m, t[1].m);
		assert_int_equal(pr.split, SPLIT_NONE);
		end();
	}
}

/* A difference that cannot be made equal parts the runs. */
static void test_found_parts(void **state)
{
	(void)state;
	begin(HOSTVISOR, SECRETS_ALL);
	pair_before(&pr, 0);
	obj_set(&t[1].m->shared.obj[CORE_ID], F_CORE_next_vmid, 0, 9);
	step("count()");
	assert_int_equal(pr.n_findings, 1);
	assert_int_equal(pr.finding[0].row, OBS_CORE_DATA);
	assert_int_equal(pr.finding[0].value[1], 9);
	assert_int_equal(pr.split, SPLIT_FOUND);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),   cmocka_unit_test(test_confidentiality),
		cmocka_unit_test(test_integrity), cmocka_unit_test(test_no_role),
		cmocka_unit_test(test_parted),    cmocka_unit_test(test_found_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

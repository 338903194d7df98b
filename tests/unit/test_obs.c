// SPDX-License-Identifier: GPL-2.0-only
/*
 * What HOST, VM 1 and VM 2 see of a booted machine: each observation function sees what it is of, and nothing else does.
 * Frames 0x200 and 0x201 are VM 1's, 0x202 VM 2's, 0x203 the host's.
 */
#include "oracle/obs/obs.h"
#include "sim/base/addr.h"
#include "sim/two/secret.h"
#include "sim/two/view.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <string.h>

enum { N_SEEN = 3, FRAME = 0x200 };

static struct test_machine t;

static void cell(lk_t lk, u32 field, u64 index, u64 value)
{
	obj_set(&t.m->shared.obj[lk], field, index, value);
}

static void own(u64 pfn, vmid_t vmid)
{
	cell(S2PAGE_ID, F_S2PAGE_s2_owner, region_page_index(&t.fixed, pfn), vmid);
}

static int setup(void **state)
{
	(void)state;
	test_machine_boot(&t, 2, NULL);
	own(FRAME, 1);
	own(FRAME + 1, 1);
	own(FRAME + 2, 2);
	for (vmid_t v = 1; v <= 2; v++)
		cell(INFO_ID + v, F_INFO_vm_state, 0, VERIFIED);
	/* The host runs on CPU 0, VM 1's vCPU 3 on CPU 1. */
	t.m->cpu[1].ihost = false;
	t.m->cpu[1].cur_vmid = 1;
	t.m->cpu[1].cur_vcpuid = 3;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_machine_free(&t);
	return 0;
}

/* A table of VM @v with one page: gfn 5 to @pfn. */
static void map_gfn(vmid_t v, u64 pfn)
{
	cell(NPT_ID + v, F_NPT_pt_vttbr_pool, pool_start(v), pgd_start(v) | PMD_TYPE_TABLE);
	cell(NPT_ID + v, F_NPT_pt_pgd_pool, pgd_start(v), pud_start(v) | PMD_TYPE_TABLE);
	cell(NPT_ID + v, F_NPT_pt_pud_pool, pud_start(v), pmd_start(v) | PMD_TYPE_TABLE);
	cell(NPT_ID + v, F_NPT_pt_pmd_pool, pmd_start(v) + 8 * 5, pfn * PAGE_SIZE | 0xfff);
}

/* A block of VM @v: gfns 512 to 1023 to @pfn and those behind it. */
static void map_block(vmid_t v, u64 pfn)
{
	cell(NPT_ID + v, F_NPT_pt_vttbr_pool, pool_start(v), pgd_start(v) | PMD_TYPE_TABLE);
	cell(NPT_ID + v, F_NPT_pt_pgd_pool, pgd_start(v), pud_start(v) | PMD_TYPE_TABLE);
	cell(NPT_ID + v, F_NPT_pt_pud_pool, pud_start(v) + 8, pfn * PAGE_SIZE | 1);
}

/* Bank 9 maps gfn 7. */
static void map_bank(void)
{
	u64 root = SMMU_TTBR(1, 1);

	cell(SPT_ID, F_SPT_spt_vttbr_pool, root, SMMU_PGD_START | PMD_TYPE_TABLE);
	cell(SPT_ID, F_SPT_spt_pgd_pool, SMMU_PGD_START, SMMU_PMD_START | PMD_TYPE_TABLE);
	cell(SPT_ID, F_SPT_spt_pmd_pool, SMMU_PMD_START + 8 * 7, FRAME * PAGE_SIZE | 0x700);
}

static void page(u32 field, u64 pfn, u64 value)
{
	cell(S2PAGE_ID, field, region_page_index(&t.fixed, pfn), value);
}

static void host_reg(void)
{
	t.m->cpu[0].regs.r[R_x7] = 1;
}
static void vm_reg(void)
{
	t.m->cpu[1].regs.r[R_fp_q5] = 1;
}
static void trap_reg(void)
{
	t.m->cpu[1].regs.r[R_cptr_el2] ^= 1;
}
static void core_reg(void)
{
	t.m->cpu[1].icore = true;
}
static void host_npt(void)
{
	map_gfn(HOSTVISOR, FRAME + 3);
}
static void host_npt_other(void)
{
	map_gfn(HOSTVISOR, FRAME);
}
static void vm_npt(void)
{
	map_gfn(1, FRAME);
}
static void vm_npt_block(void)
{
	map_block(2, FRAME);
}
static void owner(void)
{
	own(FRAME + 1, 2);
}
static void vm_count(void)
{
	page(F_S2PAGE_s2_count, FRAME, 3);
}
static void host_count(void)
{
	page(F_S2PAGE_s2_count, FRAME + 3, 3);
}
static void gfn(void)
{
	page(F_S2PAGE_s2_gfn, FRAME + 2, 0x99);
}
static void host_frame(void)
{
	cell(FLATMEM_ID, F_FLATMEM_flatmem, FRAME + 3, 9);
}
static void vm_frame(void)
{
	cell(FLATMEM_ID, F_FLATMEM_flatmem, FRAME, 9);
}
static void bank_owner(void)
{
	cell(SMMU_ID, F_SMMU_smmu_vmid, 9, 2);
}
static void bank_entry(void)
{
	map_bank();
}
static void host_ctxt(void)
{
	t.m->shadow_ctxts[4].r[R_ttbr0_el1] = 5;
}
static void vm_ctxt(void)
{
	t.m->shadow_ctxts[2 * TOTAL_CPU + 7].r[R_flags] = 5;
}
static void images(void)
{
	cell(INFO_ID + 1, F_INFO_vm_load_size, 4, 0x1000);
}
static void vcpu_state(void)
{
	cell(INFO_ID + 2, F_INFO_vm_vcpu_state, 1, READY);
}
static void core_data(void)
{
	cell(CORE_ID, F_CORE_next_remap_ptr, 0, REMAP_START + PAGE_SIZE);
}
static void dirty(void)
{
	t.m->shadow_ctxts[TOTAL_CPU + 2].r[R_dirty] = INVALID64;
}
static void vcpuid(void)
{
	t.m->cpu[1].cur_vcpuid = 4;
}
static void data_log(void)
{
	t.m->data_logs.data[2]++;
}
static void core_log(void)
{
	t.m->data_logs.core[1]++;
}
static void smmu_cfg(void)
{
	t.m->shared.fixed.smmu.smmu_features[1] ^= 1;
}

/* What is done, and the rows in which HOST, VM 1 and VM 2 see it: bits. */
struct seeing {
	const char *name;
	void (*fn)(void);
	u32 rows[N_SEEN];
};

#define R(id) (1u << OBS_##id)
#define CASE(f, ...)                \
	{                           \
#f, f,              \
		{                   \
			__VA_ARGS__ \
		}                   \
	}

static const struct seeing cases[] = {
	CASE(host_reg, R(REG), 0, 0),
	CASE(vm_reg, 0, R(REG), 0),
	CASE(trap_reg, 0, 0, 0),
	CASE(host_npt_other, 0, 0, 0),
	CASE(host_npt, R(NPT), 0, 0),
	CASE(vm_npt, 0, R(NPT), 0),
	CASE(vm_npt_block, 0, 0, R(NPT)),
	CASE(owner, R(OWNER), R(OWNER) | R(GFN), R(OWNER) | R(GFN)),
	CASE(vm_frame, 0, R(FLATMEM), 0),
	CASE(vm_count, 0, R(COUNT) | R(FLATMEM), 0),
	CASE(host_count, R(COUNT), 0, 0),
	CASE(gfn, R(GFN), 0, R(GFN)),
	CASE(host_frame, R(FLATMEM), 0, 0),
	CASE(bank_entry, R(SPT), 0, 0),
	CASE(bank_owner, R(SMMU), 0, R(SMMU) | R(SPT)),
	CASE(host_ctxt, R(CTXT), 0, 0),
	CASE(vm_ctxt, 0, 0, R(CTXT)),
	CASE(images, R(BOOT_INFO), R(BOOT_INFO), 0),
	CASE(vcpu_state, 0, 0, R(STATE_INFO)),
	CASE(core_data, R(CORE_DATA), 0, 0),
	CASE(dirty, R(DIRTY), R(CTXT), 0),
	CASE(vcpuid, 0, R(CUR_VCPUID), 0),
	CASE(data_log, 0, 0, R(DATA_LOG)),
	CASE(core_log, R(CORE_LOG), R(CORE_LOG), 0),
	CASE(smmu_cfg, R(SMMU_CFG), R(SMMU_CFG), R(SMMU_CFG)),
};

static void see(struct obs_prints f[N_SEEN])
{
	struct obs_view v;

	two_view(&v, t.m);
	for (vmid_t p = 0; p < N_SEEN; p++)
		obs_prints(&f[p], &v, p);
}

/* The fingerprints are those of a reading from the beginning, and 0 where the list is empty. */
static void expect_whole(const struct obs_prints *f, vmid_t p)
{
	struct obs_prints whole = { .valid = false };
	struct obs_items items = { .n = 0 };
	struct obs_view v;

	two_view(&v, t.m);
	obs_prints(&whole, &v, p);
	assert_int_equal(obs_first(f, &whole), OBS_NR);
	assert_int_equal(f->masked, whole.masked);
	for (u32 r = 0; r < OBS_NR; r++) {
		obs_list(&v, p, (enum obs_row)r, &items);
		assert_int_equal(items.n == 0, whole.row[r] == 0);
	}
	vec_free(&items);
	obs_prints_free(&whole);
}

/* Each observation function sees what it is of, whoever may see it, and nobody else sees it in any. */
static void test_rows(void **state)
{
	struct obs_prints f[N_SEEN] = { { .valid = false } }, before[N_SEEN];
	u32 seen = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		see(f);
		memcpy(before, f, sizeof(f));
		cases[i].fn();
		see(f);
		for (vmid_t p = 0; p < N_SEEN; p++) {
			u32 rows = 0;

			for (u32 r = 0; r < OBS_NR; r++)
				rows |= (u32)(f[p].row[r] != before[p].row[r]) << r;
			if (rows != cases[i].rows[p])
				fail_msg("%s: %u sees it in rows %#x, not %#x", cases[i].name, p,
				         rows, cases[i].rows[p]);
			seen |= rows;
			expect_whole(&f[p], p);
		}
	}
	assert_int_equal(seen, (1u << OBS_NR) - 1);
	for (u32 p = 0; p < N_SEEN; p++)
		obs_prints_free(&f[p]);
}

struct difference {
	u32 n;
	u64 key, a, b;
};

static void differs(void *arg, u64 key, u64 a, u64 b)
{
	struct difference *d = arg;

	if (d->n++ == 0)
		*d = (struct difference){ 1, key, a, b };
}

/* Two lists differ where one of them has a key, a value, that the other has not. */
static void test_differences(void **state)
{
	struct obs_item x[] = { { 1, 5 }, { 2, 5 }, { 4, 5 } };
	struct obs_item y[] = { { 2, 5 }, { 3, 7 }, { 4, 6 } };
	struct obs_items a = { x, 3, 3 }, b = { y, 3, 3 };
	struct difference d = { .n = 0 };

	(void)state;
	obs_differences(&a, &b, differs, &d);
	assert_int_equal(d.n, 3);
	assert_int_equal(d.key, 1);
	assert_int_equal(d.a, 5);
	assert_int_equal(d.b, 0);
	d.n = 0;
	obs_differences(&a, &a, differs, &d);
	assert_int_equal(d.n, 0);
}

/* A CPU's registers are seen outside the core only; a VM's page that is shared is left out, and counted. */
static void test_core_and_masks(void **state)
{
	struct obs_prints f[N_SEEN] = { { .valid = false } };

	(void)state;
	vm_reg();
	vm_frame();
	see(f);
	assert_true(f[1].row[OBS_REG] != 0);
	assert_true(f[1].row[OBS_FLATMEM] != 0);
	core_reg();
	vm_count();
	see(f);
	assert_int_equal(f[1].row[OBS_REG], 0);
	assert_int_equal(f[1].row[OBS_FLATMEM], 0);
	assert_int_equal(f[1].masked, 1);
	page(F_S2PAGE_s2_count, FRAME, 0);
	see(f);
	assert_int_equal(f[1].masked, 0);
	assert_true(f[1].row[OBS_FLATMEM] != 0);
	for (u32 p = 0; p < N_SEEN; p++)
		obs_prints_free(&f[p]);
}

/* With other memory regions everything is read again. */
static void test_regions(void **state)
{
	struct obs_prints f[N_SEEN] = { { .valid = false } };

	(void)state;
	vm_frame();
	see(f);
	t.m->shared.fixed.region[1].mb_size -= PAGE_SIZE;
	see(f);
	for (vmid_t p = 0; p < N_SEEN; p++) {
		expect_whole(&f[p], p);
		obs_prints_free(&f[p]);
	}
}

/* Every key can be said. */
static void test_keys(void **state)
{
	char buf[64];

	(void)state;
	assert_string_equal(obs_key_print(OBS_REG, 1 << 16 | R_x7, buf, sizeof(buf)), "CPU 1, x7");
	assert_string_equal(obs_key_print(OBS_CTXT, 2 << 16 | R_pc, buf, sizeof(buf)),
	                    "vCPU 2, pc");
	assert_string_equal(obs_key_print(OBS_NPT, 5, buf, sizeof(buf)), "gfn 0x5");
	assert_string_equal(obs_key_print(OBS_FLATMEM, 5, buf, sizeof(buf)), "frame 0x5");
	assert_string_equal(obs_key_print(OBS_SMMU, 9, buf, sizeof(buf)), "bank 9");
	assert_string_equal(obs_key_print(OBS_SPT, (9ull << 32 | 7) * 2 + 1, buf, sizeof(buf)),
	                    "bank 9, gfn 0x7, entry");
	assert_string_equal(obs_key_print(OBS_BOOT_INFO, 3 << 16 | F_INFO_vm_load_size << 8 | 2,
	                                  buf, sizeof(buf)),
	                    "VM 3, vm_load_size[2]");
	assert_string_equal(obs_key_print(OBS_CORE_DATA, 1, buf, sizeof(buf)), "next_remap_ptr");
	assert_string_equal(obs_key_print(OBS_DIRTY, 3 << 16 | 1, buf, sizeof(buf)),
	                    "VM 3, vCPU 1");
	assert_string_equal(obs_key_print(OBS_CUR_VCPUID, 1, buf, sizeof(buf)), "CPU 1");
	assert_string_equal(obs_key_print(OBS_DATA_LOG, 2, buf, sizeof(buf)), "VM 2");
	assert_string_equal(obs_key_print(OBS_SMMU_CFG, 2, buf, sizeof(buf)), "number 2");
}

/* A secret says what it is, whatever it is; other numbers are none. */
static void test_secrets(void **state)
{
	struct secret out;
	u32 taken = 0;

	(void)state;
	for (u32 k = 0; k < SECRET_NR; k++)
		for (u32 run = 0; run < 2; run++) {
			struct secret s = { .kind = (enum secret_kind)k,
				            .run = run,
				            .owner = (vmid_t)(3 + k),
				            .place = secret_place(9, R_x5 + k),
				            .time = 0xfffe };

			assert_true(secret_of(secret_value(&s), &out));
			assert_memory_equal(&out, &s, sizeof(s));
		}
	for (u64 v = 0; v < 100000; v++)
		taken += secret_of(v, &out);
	assert_true(taken < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test(test_differences),
		cmocka_unit_test_setup_teardown(test_core_and_masks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_regions, setup, teardown),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

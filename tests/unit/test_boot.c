// SPDX-License-Identifier: GPL-2.0-only
/* The state that a machine boots with: its memory map, its contents, and what the header says of them. */
#include "sim/machine/boot.h"

#include "shmem/obj/region.h"
#include "sim/base/addr.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <stdlib.h>
#include <string.h>

static const u64 sizes[] = {
	BOOT_PAGES_MIN, 1536, BOOT_PAGES, 400 * PMD_PAGE_NUM, 4096 * PMD_PAGE_NUM, BOOT_PAGES_MAX,
};

/*
 * Regions of memory and devices stand in order, of whole 2 MiB but for those below; the core's is the last one.  Records do not
 * overlap, and frame 0 has none.
 */
static void maps_are_consistent(void **state)
{
	(void)state;
	for (u32 k = 0; k < ARRAY_SIZE(sizes); k++) {
		u64 end = 0, next = 0, low = 0;
		const struct mem_region *core;
		struct fixed f;
		u32 at;

		machine_boot_fixed(&f, sizes[k]);
		assert_true(f.region_cnt <= 31);
		assert_null(region_wrong(&f, &at));
		for (u32 i = 0; i < f.region_cnt - 1; i++) {
			const struct mem_region *r = &f.region[i];

			assert_true(r->mb_base >= end);
			end = r->mb_base + r->mb_size;
			assert_true(is_paddr(end) && end % PMD_SIZE == 0);
			assert_true(r->mb_base % PMD_SIZE == 0 || end == PMD_SIZE);
			assert_true(r->mb_flag ==
			            (r->mb_index == INVALID64 ? BOOT_DEVICES : BOOT_MEMORY));
			assert_true(r->mb_size > 0);
			if (r->mb_index == INVALID64)
				continue;
			assert_true(r->mb_base > 0);
			assert_true(r->mb_index == next);
			next += r->mb_size / PAGE_SIZE;
			assert_true(is_s2page(r->mb_index) && is_s2page(next));
			if (r->mb_base < 1 << 24)
				low += min_u64(1 << 24, end) - r->mb_base;
		}
		assert_true(next == sizes[k]);
		core = &f.region[f.region_cnt - 1];
		assert_true(core->mb_base == 65536 && core->mb_size == 0xf0 * 4096);
		assert_true(core->mb_index == next && core->mb_flag == BOOT_CORE);
		assert_true(is_s2page(next + 0xf0 - 1));
		assert_true(region_page_index(&f, 0x10) == next);
		assert_true(region_page_index(&f, 0xff) == next + 0xef);
		assert_true(region_page_index(&f, 0xf) == INVALID64);
		assert_true(region_page_index(&f, 0) == INVALID64);
		assert_true(low >= PMD_SIZE);
	}
}

/* The SMMUs' registers are devices that a fault of the host can name, 64 KiB each and aligned to them. */
static void smmus_are_devices(void **state)
{
	struct fixed f;

	(void)state;
	machine_boot_fixed(&f, BOOT_PAGES);
	assert_int_equal(f.region_cnt, 5);
	assert_true(f.region[2].mb_base == 0x30000000 && f.region[2].mb_index == INVALID64);
	assert_int_equal(f.smmu.smmu_num, SMMU_NUM);
	for (u32 i = 0; i < SMMU_NUM; i++) {
		u64 base = f.smmu.smmu_phys_base[i], end = base + f.smmu.smmu_size[i];

		assert_true(base % 0x10000 == 0 && f.smmu.smmu_size[i] == 0x10000);
		assert_true(base >= f.region[0].mb_base && end <= 1 << 24);
		assert_true(end <= f.region[0].mb_base + f.region[0].mb_size);
		assert_true(f.region[0].mb_index == INVALID64);
		assert_true(i == 0 || base >= f.smmu.smmu_phys_base[i - 1] + 0x10000);
		assert_int_equal(f.smmu.smmu_dev_context_banks[i], SMMU_NUM_CTXT_BANKS);
		assert_int_equal(f.smmu.smmu_features[i], 1 | 2 | 8);
		assert_int_equal(f.smmu.smmu_exists[i], 1);
	}
}

static u64 cell(const struct test_machine *t, lk_t id, u32 field, u64 index)
{
	return obj_get(&t->m->shared.obj[id], field, index);
}

/* @offset: s2_gfn of a page less its frame's number. */
static void is_booted(const struct test_machine *t, u64 offset)
{
	for (u64 i = 0; i < BOOT_PAGES_MIN + 240 + 2; i++) {
		u64 pfn = i < 512 ? 512 + i : 262144 + i - 512;
		bool core = i >= BOOT_PAGES_MIN && i < BOOT_PAGES_MIN + 240;

		assert_true(cell(t, S2PAGE_ID, F_S2PAGE_s2_owner, i) == (core ? 16 : 0));
		assert_true(cell(t, S2PAGE_ID, F_S2PAGE_s2_count, i) == 0);
		assert_true(cell(t, S2PAGE_ID, F_S2PAGE_s2_gfn, i) == (i < BOOT_PAGES_MIN
		                                                               ? pfn + offset
		                                                       : core ? INVALID64
		                                                              : 0));
	}
	assert_true(cell(t, CORE_ID, F_CORE_next_vmid, 0) == 1);
	assert_true(cell(t, CORE_ID, F_CORE_next_remap_ptr, 0) == 33554432);
	assert_true(cell(t, SPT_ID, F_SPT_spt_pgd_next, 0) == 1114112);
	assert_true(cell(t, SPT_ID, F_SPT_spt_pmd_next, 0) == 2162688);
	for (u32 i = 0; i < 16; i++)
		assert_true(cell(t, SMMU_ID, F_SMMU_smmu_vmid, i) == 4294967295);
	for (vmid_t v = 0; v < N_VMID; v++) {
		u64 start = 65536 + 33554432ull * v;

		assert_true(cell(t, NPT_ID + v, F_NPT_pt_pgd_next, 0) == start + 4096);
		assert_true(cell(t, NPT_ID + v, F_NPT_pt_pud_next, 0) == start + 1052672);
		assert_true(cell(t, NPT_ID + v, F_NPT_pt_pmd_next, 0) == start + 9441280);
		assert_true(cell(t, INFO_ID + v, F_INFO_vm_state, 0) == UNUSED);
	}
	/* nothing beyond: the digests are those of these cells */
	for (lk_t id = 0; id < ID_END; id++)
		assert_true(obj_digest(&t->m->shared.obj[id]) == t->m->shared.obj[id].digest);
	assert_true(t->m->shared.obj[INFO_ID].digest == 0);
	assert_true(t->m->shared.obj[FLATMEM_ID].digest == 0);
}

/* A machine begins with the contents, and so does each episode. */
static void contents_are_initial(void **state)
{
	struct test_machine t;

	(void)state;
	test_machine_boot(&t, 2, NULL);
	is_booted(&t, 1000000000);
	for (u32 i = 0; i < 3; i++) {
		obj_set(&t.m->shared.obj[S2PAGE_ID], i, 700, 77);
		obj_set(&t.m->shared.obj[S2PAGE_ID], i, 1 << 20, 77);
		obj_set(&t.m->shared.obj[NPT_ID + 3], F_NPT_pt_pgd_next + i, 0, 77);
	}
	obj_set(&t.m->shared.obj[SMMU_ID], F_SMMU_smmu_vmid, 15, 3);
	obj_set(&t.m->shared.obj[INFO_ID], F_INFO_vm_state, 0, READY);
	machine_reset(t.m);
	is_booted(&t, 1000000000);
	assert_true(cell(&t, S2PAGE_ID, F_S2PAGE_s2_gfn, 1 << 20) == 0);
	test_machine_free(&t);
}

/* With the erratum as intended a page of the host has a device address. */
static void host_offset_is_an_erratum(void **state)
{
	struct test_machine t;
	struct errata e;

	(void)state;
	errata_defaults(&e);
	errata_set(&e, ERRATUM_SMMU_HOST_OFFSET, false);
	test_machine_boot(&t, 1, &e);
	is_booted(&t, 1 << 27);
	assert_true(is_smmu_addr(cell(&t, S2PAGE_ID, F_S2PAGE_s2_gfn, 1023) * PAGE_SIZE));
	test_machine_free(&t);
}

/* The header has memory regions and SMMUs, leaves its extra part as it was, is small, and is read back the same. */
static void header_has_it_all(void **state)
{
	(void)state;
	for (u32 k = 0; k < ARRAY_SIZE(sizes); k++) {
		struct log_config c, again;
		struct fixed f;
		struct errata e;
		struct err err;
		char *text, *second;

		errata_defaults(&e);
		log_config_init(&c, 4);
		c.machine = true;
		if (k & 1)
			c.extra_json = strdup("{\"wait\":\"park\"}");
		machine_boot_fixed(&f, sizes[k]);
		machine_boot_config(&c, &f, &e);
		text = log_config_to_json(&c);
		assert_true(strlen(text) < 8192);
		assert_int_equal(log_config_from_json(&again, text, strlen(text), &err), 0);
		second = log_config_to_json(&again);
		assert_string_equal(text, second);
		assert_int_equal(again.fixed.region_cnt, f.region_cnt);
		assert_memory_equal(again.fixed.region, f.region, sizeof(f.region));
		assert_int_equal(again.fixed.smmu.smmu_num, f.smmu.smmu_num);
#define U64S(name, max) \
	assert_memory_equal(again.fixed.smmu.name, f.smmu.name, sizeof(f.smmu.name));
#define U32S(name, max) U64S(name, max)
#include "shmem/obj/smmu_conf.def"
		if (k & 1)
			assert_string_equal(again.extra_json, "{\"wait\":\"park\"}");
		else
			assert_null(again.extra_json);
		free(text);
		free(second);
		log_config_free(&c);
		log_config_free(&again);
	}
}

/* Rows that a configuration has already stay before the boot's. */
static void rows_are_kept(void **state)
{
	const struct init_row first = {
		.obj = CORE_ID, .d = { .field = F_CORE_next_vmid, .both = true, .new = 9 }
	};
	struct log_config c;
	struct fixed f;
	struct errata e;

	(void)state;
	errata_defaults(&e);
	log_config_init(&c, 1);
	c.init = calloc(1, sizeof(*c.init));
	c.init[0] = first;
	c.n_init = 1;
	machine_boot_fixed(&f, BOOT_PAGES_MIN);
	machine_boot_config(&c, &f, &e);
	assert_int_equal(c.n_init, 1 + 2 + 2 + 2 + 2 + 1 + 51);
	assert_true(c.init[0].obj == CORE_ID && c.init[0].d.new == 9);
	log_config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_are_consistent),  cmocka_unit_test(smmus_are_devices),
		cmocka_unit_test(contents_are_initial), cmocka_unit_test(host_offset_is_an_erratum),
		cmocka_unit_test(header_has_it_all),    cmocka_unit_test(rows_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* MemManager: what the host, VMs and devices map, and two errata. */
#include "sim/hyp/mem_mgr.h"

#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VOID(map_page_host, k[0])
KIT_VOID(clear_vm_page, (u32)k[0], k[1])
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(map_pfn_vm, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VOID(map_vm_io, (u32)k[0], k[1], k[2])
KIT_VOID(grant_vm_page, (u32)k[0], k[1])
KIT_VOID(revoke_vm_page, (u32)k[0], k[1])
KIT_VOID(assign_pfn_to_smmu, (u32)k[0], k[1], k[2])
KIT_VOID(update_smmu_page, (u32)k[0], (u32)k[1], (u32)k[2], k[3], k[4])
KIT_VOID(unmap_smmu_page, (u32)k[0], (u32)k[1], k[2])

/* A managed page and its frame; s2_gfn of a page of the host, as published; a page of the core. */
enum { PFN = 600, HOST_GFN = 1000000000 + PFN, CORE_PFN = 0x42 };

#define ADDR (PFN * 4096ull)
#define S2   (1ull << S2PAGE_ID)
#define N0   (1ull << NPT_ID)

/* A machine whose page is as said. */
static void prepare(const struct errata *e, u64 owner, u64 count, u64 gfn)
{
	test_machine_boot(&t, 1, e);
	kit_set_page(&t, PFN, (u32)owner, (u32)count, gfn);
	kit_forget(&t);
}

/* What is not managed: the host maps it as a device, a VM may map it, nobody can own it. */
static void devices(void **state)
{
	static const u64 pfns[] = { 256, 0x30000, 0x8000000 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pfns); i++) {
		u64 pfn = pfns[i], pte = pfn << 12 | 0x400000000007c7;

		test_machine_boot(&t, 1, NULL);
		OK(map_page_host, pfn << 12 | 0x10);
		assert_true(kit_walk(&t, 0, pfn << 12).pte == pte);
		kit_forget(&t);
		OK(map_vm_io, 3, 0x5010, pfn << 12 | 0x20);
		assert_true(kit_walk(&t, 3, 0x5000).pte == pte);
		kit_expect_events(&t, 0, "S2PAGE+ NPT:3+ NPT:3* S2PAGE-");
		OK(clear_vm_page, 0, pfn);
		OK(grant_vm_page, 3, pfn);
		OK(revoke_vm_page, 3, pfn);
		kit_judge(&t);
		if (i == 0)
			PANICS(assign_pfn_to_vm, 0, 5, pfn);
		else
			PANICS(assign_pfn_to_smmu, 3, 5, pfn);
		assert_true(kit_held(&t) == S2);
		test_machine_free(&t);
	}
}

/* A managed page is no device: map_vm_io does nothing, whoever owns it; a block in its way is a panic. */
static void devices_only(void **state)
{
	(void)state;
	prepare(NULL, 3, 0, 40);
	OK(map_vm_io, 3, 0x5000, ADDR);
	kit_expect_events(&t, 0, "S2PAGE+ S2PAGE-");
	assert_true(kit_walk(&t, 3, 0x5000).pte == 0);
	OK(map_pfn_vm, 3, 0x5000, 1024 * 4096, 2);
	kit_forget(&t);
	PANICS(map_vm_io, 3, 0x5000, 256 << 12);
	kit_expect_events(&t, 0, "S2PAGE+ NPT:3+");
	assert_true(kit_held(&t) == (S2 | N0 << 3));
	PANICS(map_vm_io, 99, ~0ull, ~0ull);
	test_machine_free(&t);
}

/* map_pfn_vm keeps the entry's address only; any level but 2 is a page; it takes the lock of the VM's table alone. */
static void guest_mappings(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(map_pfn_vm, 3, 0x5123, 0x8000000258fffull, 3);
	kit_expect_events(&t, 0, "[map_pfn_vm(3,20771,2251799816146943,3) NPT:3+ NPT:3* OMAP_VM]");
	assert_true(kit_walk(&t, 3, 0x5000).pte == 0x258fff);
	OK(map_pfn_vm, 3, 0x6000, 0x259000, 7);
	assert_int_equal(kit_walk(&t, 3, 0x6000).level, 3);
	assert_true(kit_walk(&t, 3, 0x6000).pte == 0x259fff);
	OK(map_pfn_vm, 3, 0x40000000, 0x200003, 2);
	assert_int_equal(kit_walk(&t, 3, 0x40001000).level, 2);
	assert_true(kit_walk(&t, 3, 0x40001000).pte == 0x200ffd);
	assert_int_equal(kit_walk(&t, 3, 0x40001000).pfn, 513);
	kit_judge(&t);
	kit_forget(&t);
	PANICS(map_pfn_vm, 3, 0x40000000, 0x259000, 3);
	kit_expect_events(&t, 0, "[map_pfn_vm(3,1073741824,2461696,3) NPT:3+ OMAP_VM!]");
	assert_true(kit_held(&t) == N0 << 3);
	PANICS(map_pfn_vm, 99, ~0ull, 0, 3);
	test_machine_free(&t);
}

static u64 spt_entry(u64 iova)
{
	const u32 pools[] = { F_SPT_spt_vttbr_pool, F_SPT_spt_pgd_pool, F_SPT_spt_pmd_pool };
	const u64 index[] = { iova >> 30 & 1023, iova >> 21 & 511, iova >> 12 & 511 };
	u64 table = 65536 + (1 * 8 + 2) * 8192; /* bank 2 of SMMU 1 */

	for (u32 i = 0; i < 3; i++) {
		table = kit_cell(&t, SPT_ID, pools[i], table + 8 * index[i]);
		if (table == 0)
			return 0;
		if (i < 2)
			table &= 0xfffffffff000;
	}
	return table;
}

/* A page of the bank's owner, at the device frame that its record says, is mapped; and taken away again. */
static void device_mappings(void **state)
{
	const u64 iova = 40 * 4096, pte = ADDR | 7;

	(void)state;
	prepare(NULL, 3, INVALID, 40);
	OK(update_smmu_page, 3, 2, 1, iova + 9, pte);
	kit_expect_events(&t, 0, "S2PAGE+ SPT+ SPT* S2PAGE-");
	assert_true(spt_entry(iova) == pte);
	assert_true(kit_page_is(&t, PFN, 3, INVALID, 40));
	OK(unmap_smmu_page, 2, 1, iova + 9);
	kit_expect_events(&t, 0, "S2PAGE+ SPT+ SPT* S2PAGE-");
	assert_true(spt_entry(iova) == 0);
	OK(unmap_smmu_page, 2, 1, iova);
	kit_expect_events(&t, 0, "S2PAGE+ SPT+ SPT- S2PAGE-");
	assert_true(kit_page_is(&t, PFN, 3, INVALID, 40));
	kit_judge(&t);
	test_machine_free(&t);
}

/* Another's page, another device frame, what is not managed: panics, with the lock of the pages held. */
static void device_mappings_refused(void **state)
{
	static const struct {
		u64 vmid, iova, pte;
	} refused[] = {
		{ 4, 40, ADDR }, { 3, 41, ADDR },      { 3, 40, ADDR + 4096 },
		{ 0, 40, ADDR }, { 3, 40, 256 << 12 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(refused); i++) {
		prepare(NULL, 3, 0, 40);
		PANICS(update_smmu_page, refused[i].vmid, 2, 1, refused[i].iova << 12,
		       refused[i].pte);
		kit_expect_events(&t, 0, "S2PAGE+");
		assert_true(kit_held(&t) == S2);
		PANICS(update_smmu_page, 99, 9, 9, ~0ull, 0);
		PANICS(unmap_smmu_page, 9, 9, ~0ull);
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
	/* no table left for it */
	prepare(NULL, 3, 0, 40);
	obj_set(&t.m->shared.obj[SPT_ID], F_SPT_spt_pgd_next, 0, SMMU_PMD_START);
	PANICS(update_smmu_page, 3, 2, 1, 40 << 12, ADDR);
	kit_expect_events(&t, 0, "S2PAGE+ SPT+");
	assert_true(kit_held(&t) == (S2 | 1ull << SPT_ID));
	test_machine_free(&t);
}

/* Of the host's page the mappings are counted, up to 16; a page so counted can be given to no VM. */
static void host_mappings_are_counted(void **state)
{
	const u64 iova = 40 * 4096, pte = ADDR | 7;

	(void)state;
	for (u64 count = 0; count < 18; count++) {
		u64 more = count < 16 ? count + 1 : count;

		prepare(NULL, 0, count, 40);
		OK(update_smmu_page, 0, 2, 1, iova, pte);
		kit_expect_events(&t, 0,
		                  count < 16 ? "S2PAGE+ SPT+ SPT* S2PAGE*"
		                             : "S2PAGE+ SPT+ SPT* S2PAGE-");
		assert_true(kit_page_is(&t, PFN, 0, (u32)more, 40));
		OK(unmap_smmu_page, 2, 1, iova);
		kit_expect_events(&t, 0, "S2PAGE+ SPT+ SPT* S2PAGE*");
		assert_true(kit_page_is(&t, PFN, 0, (u32)more - 1, 40));
		test_machine_free(&t);
	}
	/* a mapping that was not counted */
	prepare(NULL, 0, 0, 40);
	OK(update_smmu_page, 0, 2, 1, iova, pte);
	kit_set_page(&t, PFN, 0, 0, 40);
	OK(unmap_smmu_page, 2, 1, iova);
	assert_true(kit_page_is(&t, PFN, 0, 0, 40));
	test_machine_free(&t);
}

/*
 * Erratum count-invalid, as published: a page handed to a device is the VM's alone, and yet the host maps it; when the VM
 * takes it the host's mapping stays.  A revoke makes a count of INVALID one that is less.
 */
static void count_invalid(void **state)
{
	struct errata e;

	(void)state;
	prepare(NULL, 0, 0, HOST_GFN);
	OK(assign_pfn_to_smmu, 3, 40, PFN);
	OK(map_page_host, ADDR);
	assert_int_equal(kit_walk(&t, 0, ADDR).pfn, PFN);
	OK(assign_pfn_to_vm, 3, 40, PFN);
	assert_true(kit_page_is(&t, PFN, 3, 0, 40));
	assert_int_equal(kit_walk(&t, 0, ADDR).pfn, PFN);
	test_machine_free(&t);

	prepare(NULL, 3, INVALID, 40);
	OK(revoke_vm_page, 3, PFN);
	assert_true(kit_page_is(&t, PFN, 3, 0xfffffffe, 40));
	test_machine_free(&t);

	errata_defaults(&e);
	errata_set(&e, ERRATUM_COUNT_INVALID, false);
	prepare(&e, 0, 0, HOST_GFN);
	OK(assign_pfn_to_smmu, 3, 40, PFN);
	OK(revoke_vm_page, 3, PFN);
	assert_true(kit_page_is(&t, PFN, 3, INVALID, 40));
	PANICS(map_page_host, ADDR);
	assert_true(kit_walk(&t, 0, ADDR).pte == 0);
	test_machine_free(&t);

	/* a page that is shared is shared with either */
	prepare(&e, 3, 100, 40);
	OK(map_page_host, ADDR);
	OK(revoke_vm_page, 3, PFN);
	assert_true(kit_page_is(&t, PFN, 3, 99, 40));
	test_machine_free(&t);
}

/*
 * Erratum smmu-host-offset, as published: a page that comes back to the host has a guest frame that no device address has.
 * As intended the host's devices can have it.
 */
static void smmu_host_offset(void **state)
{
	struct errata e;

	(void)state;
	prepare(NULL, 3, 0, 40);
	OK(clear_vm_page, 3, PFN);
	assert_true(kit_page_is(&t, PFN, 0, 0, HOST_GFN));
	REFUSES(update_smmu_page, 0, 2, 1, HOST_GFN * 4096ull, ADDR);
	PANICS(update_smmu_page, 0, 2, 1, (HOST_GFN * 4096ull) & ((1ull << 40) - 1), ADDR);
	test_machine_free(&t);

	errata_defaults(&e);
	errata_set(&e, ERRATUM_SMMU_HOST_OFFSET, false);
	prepare(&e, 3, 0, 40);
	OK(clear_vm_page, 3, PFN);
	assert_true(kit_page_is(&t, PFN, 0, 0, (1 << 27) + PFN));
	OK(update_smmu_page, 0, 2, 1, ((1ull << 27) + PFN) << 12, ADDR | 7);
	assert_true(kit_page_is(&t, PFN, 0, 1, (1 << 27) + PFN));
	assert_true(spt_entry(((1ull << 27) + PFN) << 12) == (ADDR | 7));
	/* and then it is given to no VM */
	PANICS(assign_pfn_to_vm, 3, 40, PFN);
	test_machine_free(&t);
}

/* A page of the core: whatever is asked with its frame, its record stays, and neither host nor VM gets it. */
static void core_page(void **state)
{
	static const struct {
		kit_fn *fn;
		const char *name;
		u64 k[KIT_ARGS];
		bool panics;
	} rows[] = {
		{ do_map_page_host, "map_page_host", { CORE_PFN << 12 }, true },
		{ do_assign_pfn_to_vm, "assign_pfn_to_vm", { 3, 5, CORE_PFN }, true },
		{ do_assign_pfn_to_smmu, "assign_pfn_to_smmu", { 3, 5, CORE_PFN }, true },
		{ do_assign_pfn_to_smmu, "assign_pfn_to_smmu", { 0, 5, CORE_PFN }, true },
		{ do_map_vm_io, "map_vm_io", { 3, 0x5000, CORE_PFN << 12 }, false },
		{ do_update_smmu_page,
		  "update_smmu_page",
		  { 3, 2, 1, 5 << 12, CORE_PFN << 12 },
		  true },
		{ do_clear_vm_page, "clear_vm_page", { 3, CORE_PFN }, false },
		{ do_grant_vm_page, "grant_vm_page", { 3, CORE_PFN }, false },
		{ do_revoke_vm_page, "revoke_vm_page", { 3, CORE_PFN }, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_machine_boot(&t, 1, NULL);
		assert_true(kit_page_is(&t, CORE_PFN, COREVISOR, 0, INVALID64));
		if (rows[i].panics)
			kit_panics(&t, 0, rows[i].fn, rows[i].name, rows[i].k);
		else
			kit_ok(&t, 0, rows[i].fn, rows[i].name, rows[i].k);
		assert_true(kit_page_is(&t, CORE_PFN, COREVISOR, 0, INVALID64));
		assert_int_equal(kit_walk(&t, HOSTVISOR, CORE_PFN << 12).level, 0);
		assert_int_equal(kit_walk(&t, 3, 0x5000).level, 0);
		test_machine_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices),
		cmocka_unit_test(devices_only),
		cmocka_unit_test(guest_mappings),
		cmocka_unit_test(device_mappings),
		cmocka_unit_test(device_mappings_refused),
		cmocka_unit_test(host_mappings_are_counted),
		cmocka_unit_test(count_invalid),
		cmocka_unit_test(smmu_host_offset),
		cmocka_unit_test(core_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

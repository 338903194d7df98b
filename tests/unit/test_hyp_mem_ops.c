// SPDX-License-Identifier: GPL-2.0-only
/* MemoryOps and MemHandler: ranges of pages, one atomic operation after the other. */
#include "sim/hyp/mem_handler.h"
#include "sim/hyp/mem_ops.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/mem_mgr.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

#include <stdlib.h>
#include <string.h>

static struct test_machine t;

static void set_bank(struct cpu *c, u32 cbndx, u32 index, u32 vmid)
{
	acquire_lock_smmu(c);
	set_smmu_cfg_vmid(c, cbndx, index, vmid);
	release_lock_smmu(c);
}

static void halt(struct cpu *c)
{
	panic_called(c);
}

KIT_VOID(set_bank, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(halt)
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(map_pfn_vm, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VOID(map_page_host, k[0])
KIT_VOID(clear_vm_range, (u32)k[0], k[1], k[2])
KIT_VOID(prot_and_map_vm_s2pt, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VOID(grant_stage2_sg_gpa, (u32)k[0], k[1], k[2])
KIT_VOID(revoke_stage2_sg_gpa, (u32)k[0], k[1], k[2])
KIT_VOID(clear_vm_stage2_range, (u32)k[0], k[1], k[2])
KIT_VOID(el2_arm_lpae_map, k[0], k[1], k[2], (u32)k[3], (u32)k[4])
KIT_VOID(kvm_phys_addr_ioremap, (u32)k[0], k[1], k[2], k[3])

#define S2   (1ull << S2PAGE_ID)
#define N0   (1ull << NPT_ID)
#define INFO (1ull << INFO_ID)

/* A VM's page @gfn is the host's frame @pfn until now. */
static void give(vmid_t vmid, u64 gfn, u64 pfn)
{
	OK(assign_pfn_to_vm, vmid, gfn, pfn);
	OK(map_pfn_vm, vmid, gfn << 12, pfn << 12, 3);
}

/* How often @what stands in the events since the last call. */
static u32 count_events(const char *what)
{
	char *text = kit_events(&t, 0);
	u32 n = 0;

	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	free(text);
	return n;
}

/* Each page of the range goes back, those that are another's stay; none is nothing. */
static void ranges_are_cleared(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_page(&t, 600, 3, 0, 40);
	kit_set_page(&t, 601, 4, 0, 40);
	kit_set_page(&t, 602, 3, 2, 41);
	kit_set_page(&t, 603, 3, 2, 42);
	kit_forget(&t);
	OK(clear_vm_range, 3, 600, 3);
	kit_expect_events(&t, 0,
	                  "[clear_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM] "
	                  "[clear_vm_page(3,601) S2PAGE+ S2PAGE- OCLEAR_VM] "
	                  "[clear_vm_page(3,602) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM]");
	assert_true(kit_page_is(&t, 600, 0, 0, 1000000600));
	assert_true(kit_page_is(&t, 601, 4, 0, 40));
	assert_true(kit_page_is(&t, 602, 0, 0, 1000000602));
	assert_true(kit_page_is(&t, 603, 3, 2, 42));
	OK(clear_vm_range, 3, 603, 0);
	kit_expect_events(&t, 0, "");
	/* the last page that there can be, and one behind it */
	OK(clear_vm_range, 3, 0xfffffff, 1);
	kit_forget(&t);
	STUCK(RANGE, clear_vm_range, 3, 0xfffffff, 2);
	assert_int_equal(count_events("[clear_vm_page"), 1);
	test_machine_free(&t);
}

/* A panic ends the range: a block of the host, which it never has. */
static void clearing_panics(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_page(&t, 600, 3, 0, 40);
	kit_set_page(&t, 601, 3, 0, 41);
	OK(map_pfn_vm, 0, 600 << 12, 512 << 12, 2);
	kit_forget(&t);
	PANICS(clear_vm_range, 3, 600, 2);
	kit_expect_events(&t, 0, "[clear_vm_page(3,600) S2PAGE+ NPT:0+ OCLEAR_VM!]");
	assert_true(kit_page_is(&t, 600, 3, 0, 40));
	assert_true(kit_held(&t) == (S2 | N0));
	test_machine_free(&t);
}

/* Pages of a VM that is off go back, the size rounded down; of one that is on none, in whatever state. */
static void only_when_off(void **state)
{
	(void)state;
	for (u32 s = UNUSED; s <= ACTIVE; s++) {
		test_machine_boot(&t, 1, NULL);
		kit_set_page(&t, 600, 3, 0, 40);
		kit_set_page(&t, 601, 3, 0, 41);
		kit_set_state(&t, 3, s);
		kit_forget(&t);
		OK(clear_vm_stage2_range, 3, 600 << 12 | 0x800, 0x1fff);
		if (s == POWEROFF)
			kit_expect_events(
				&t, 0,
				"[get_vm_poweron(3) INFO:3+ INFO:3- OVM_GET] [clear_vm_page(3,600) "
				"S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM]");
		else
			kit_expect_events(&t, 0, "[get_vm_poweron(3) INFO:3+ INFO:3- OVM_GET]");
		assert_int_equal(kit_page(&t, 600).owner, s == POWEROFF ? 0 : 3);
		assert_int_equal(kit_page(&t, 601).owner, 3);
		test_machine_free(&t);
	}
}

/* One page: given, then mapped at the address that was asked for. */
static void page_for_a_guest(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(prot_and_map_vm_s2pt, 3, 0x5678, 600 << 12 | 0x7, 0);
	kit_expect_events(&t, 0,
	                  "[assign_pfn_to_vm(3,5,600) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OASSIGN_VM] "
	                  "[map_pfn_vm(3,22136,2457607,3) NPT:3+ NPT:3* OMAP_VM]");
	assert_true(kit_page_is(&t, 600, 3, 0, 5));
	assert_true(kit_walk(&t, 3, 0x5000).pte == (600 << 12 | 0xfff));
	kit_judge(&t);
	test_machine_free(&t);
}

/* A block: 512 pages, the guest frames from the block's first on, the frames from the entry's on. */
static void block_for_a_guest(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(prot_and_map_vm_s2pt, 3, 0x403ff456, 0x40000000, 2);
	for (u64 i = 0; i < 512; i++)
		assert_true(kit_page_is(&t, 0x40000 + i, 3, 0, 0x40200 + i));
	assert_true(kit_walk(&t, 3, 0x40200000).pte == 0x40000ffd);
	assert_int_equal(kit_walk(&t, 3, 0x403ff000).pfn, 0x401ff);
	assert_int_equal(t.m->data_logs.data[3], 512);
	kit_judge(&t);
	assert_int_equal(count_events("[assign_pfn_to_vm"), 512);
	test_machine_free(&t);
}

/* A page that is another's: those before it are given, nothing is mapped, nothing more happens. */
static void block_with_a_foreign_page(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_page(&t, 0x40007, 4, 0, 1);
	kit_forget(&t);
	PANICS(prot_and_map_vm_s2pt, 3, 0x40200000, 0x40000000, 2);
	assert_true(kit_page_is(&t, 0x40006, 3, 0, 0x40206));
	assert_true(kit_page_is(&t, 0x40007, 4, 0, 1));
	assert_true(kit_page_is(&t, 0x40008, 0, 0, 1000000000 + 0x40008));
	assert_true(kit_walk(&t, 3, 0x40200000).pte == 0);
	assert_true(kit_held(&t) == S2);
	kit_judge(&t);
	assert_int_equal(count_events("[assign_pfn_to_vm"), 8);
	test_machine_free(&t);
	/* the same for one page */
	test_machine_boot(&t, 1, NULL);
	PANICS(prot_and_map_vm_s2pt, 3, 0x5000, 0x5000, 3);
	kit_expect_events(&t, 0, "[assign_pfn_to_vm(3,5,5) S2PAGE+ OASSIGN_VM!]");
	test_machine_free(&t);
}

/* What a VM maps is shared and no more shared, page by page; what it does not map is passed over. */
static void sharing(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	give(3, 0x10, 600);
	give(3, 0x12, 601);
	OK(map_pfn_vm, 3, 0x13000, 700 << 12, 3); /* not its own */
	kit_forget(&t);
	OK(grant_stage2_sg_gpa, 3, 0x10800, 0x3001);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,67584) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,67584) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,600) S2PAGE+ S2PAGE* OGRANT] "
	                  "[walk_s2pt(3,71680) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,71680) NPT:3+ NPT:3- OPT_GET] "
	                  "[walk_s2pt(3,75776) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,75776) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,601) S2PAGE+ S2PAGE* OGRANT] "
	                  "[walk_s2pt(3,79872) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,79872) NPT:3+ NPT:3- OPT_GET] "
	                  "[grant_vm_page(3,700) S2PAGE+ S2PAGE- OGRANT]");
	assert_true(kit_page_is(&t, 600, 3, 1, 0x10));
	assert_true(kit_page_is(&t, 700, 0, 0, 1000000700));
	OK(map_page_host, 600 << 12);
	OK(grant_stage2_sg_gpa, 3, 0x10000, 0x1000);
	OK(grant_stage2_sg_gpa, 3, 0x10000, 0);
	kit_forget(&t);
	OK(revoke_stage2_sg_gpa, 3, 0x10000, 0x1000);
	assert_int_equal(kit_walk(&t, 0, 600 << 12).pfn, 600);
	OK(revoke_stage2_sg_gpa, 3, 0x10000, 0x3000);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[revoke_vm_page(3,600) S2PAGE+ S2PAGE* OREVOKE] "
	                  "[walk_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[revoke_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0* F S2PAGE* OREVOKE] "
	                  "[walk_s2pt(3,69632) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,69632) NPT:3+ NPT:3- OPT_GET] "
	                  "[walk_s2pt(3,73728) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,73728) NPT:3+ NPT:3- OPT_GET] "
	                  "[revoke_vm_page(3,601) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OREVOKE]");
	assert_int_equal(kit_walk(&t, 0, 600 << 12).level, 0);
	assert_true(kit_page_is(&t, 600, 3, 0, 0x10));
	assert_true(kit_page_is(&t, 601, 3, 0, 0x12));
	kit_judge(&t);
	test_machine_free(&t);
}

/* Within a block it is the page of the address that is shared. */
static void sharing_within_a_block(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(prot_and_map_vm_s2pt, 3, 0x40200000, 0x40000000, 2);
	OK(grant_stage2_sg_gpa, 3, 0x40205000, 0x2000);
	for (u64 i = 0; i < 512; i++)
		assert_int_equal(kit_page(&t, 0x40000 + i).count, i == 5 || i == 6);
	OK(revoke_stage2_sg_gpa, 3, 0x40206000, 0x1000);
	for (u64 i = 0; i < 512; i++)
		assert_int_equal(kit_page(&t, 0x40000 + i).count, i == 5);
	test_machine_free(&t);
}

/* A panic in a revoke ends the range. */
static void revoke_panics(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	give(3, 0x10, 600);
	give(3, 0x11, 601);
	OK(grant_stage2_sg_gpa, 3, 0x10000, 0x2000);
	/* a block of the host where the first page is */
	OK(map_pfn_vm, 0, 600 << 12, 512 << 12, 2);
	kit_forget(&t);
	PANICS(revoke_stage2_sg_gpa, 3, 0x10000, 0x2000);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[get_level_s2pt(3,65536) NPT:3+ NPT:3- OPT_GET] "
	                  "[revoke_vm_page(3,600) S2PAGE+ NPT:0+ OREVOKE!]");
	assert_int_equal(kit_page(&t, 601).count, 1);
	assert_true(kit_held(&t) == (S2 | N0));
	test_machine_free(&t);
}

/* A page for a device: given to the bank's owner, then mapped; a bank without an owner gets nothing. */
static void page_for_a_device(void **state)
{
	const u64 pfn =
		0x250; /* bit 4 of the frame is set: erratum smmu-pte-attrs makes no difference */

	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(el2_arm_lpae_map, 0x5000, pfn << 12, 7, 2, 1);
	kit_expect_events(&t, 0,
	                  "[smmu_assign_page(2,1,592,5) SMMU+ SMMU- OASSIGN_SMMU] "
	                  "[smmu_map_page(2,1,20480,2424839) SMMU+ SMMU- OSMMU_MAP]");
	OK(set_bank, 2, 1, 3);
	kit_forget(&t);
	OK(el2_arm_lpae_map, 0x5000, pfn << 12, 7, 2, 1);
	kit_expect_events(
		&t, 0,
		"[smmu_assign_page(2,1,592,5) SMMU+ INFO:3+ S2PAGE+ NPT:0+ NPT:0- S2PAGE* "
		"INFO:3- SMMU- OASSIGN_SMMU] "
		"[smmu_map_page(2,1,20480,2424839) SMMU+ INFO:3+ S2PAGE+ SPT+ SPT* "
		"S2PAGE- INFO:3- SMMU- OSMMU_MAP]");
	assert_true(kit_page_is(&t, pfn, 3, INVALID, 5));
	kit_judge(&t);
	/* a panic in the first step: there is no second */
	kit_set_state(&t, 3, VERIFIED);
	kit_forget(&t);
	PANICS(el2_arm_lpae_map, 0x6000, 0x251000, 7, 2, 1);
	kit_expect_events(&t, 0, "[smmu_assign_page(2,1,593,6) SMMU+ INFO:3+ OASSIGN_SMMU!]");
	assert_true(kit_held(&t) == (1ull << SMMU_ID | INFO << 3));
	test_machine_free(&t);
}

/* Devices for a VM that is READY, page by page, the size rounded up; a managed page among them is left out. */
static void devices_for_a_guest(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_state(&t, 3, READY);
	kit_forget(&t);
	OK(kvm_phys_addr_ioremap, 3, 0x5000, 0x1ff000, 0x1001);
	kit_expect_events(
		&t, 0,
		"[map_io(3,20480,2093056) INFO:3+ S2PAGE+ NPT:3+ NPT:3* S2PAGE- INFO:3- OMAP_IO] "
		"[map_io(3,24576,2097152) INFO:3+ S2PAGE+ S2PAGE- INFO:3- OMAP_IO]");
	assert_true(kit_walk(&t, 3, 0x5000).pte == 0x400000001ff7c7);
	assert_true(kit_walk(&t, 3, 0x6000).pte == 0);
	OK(kvm_phys_addr_ioremap, 3, 0x5000, 0, 0);
	kit_expect_events(&t, 0, "");
	kit_judge(&t);
	kit_set_state(&t, 3, VERIFIED);
	kit_forget(&t);
	PANICS(kvm_phys_addr_ioremap, 3, 0x5000, 0x1000, 0x5000);
	kit_expect_events(&t, 0, "[map_io(3,20480,4096) INFO:3+ OMAP_IO!]");
	assert_true(kit_held(&t) == INFO << 3);
	test_machine_free(&t);
}

/* Each range, before anything is done; and the page within a range that is beyond it. */
static void stuck_rules(void **state)
{
	const u64 addr = 1ull << 48, paddr = 1ull << 40, pfn = 1 << 28;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_set_state(&t, 3, READY);
	kit_forget(&t);
	REFUSES(clear_vm_range, 17, 0, 0);
	REFUSES(clear_vm_range, 1, pfn, 0);
	REFUSES(clear_vm_range, 1, 0, pfn);
	REFUSES(prot_and_map_vm_s2pt, 17, 0, 0, 3);
	REFUSES(prot_and_map_vm_s2pt, 1, addr, 0, 3);
	STUCK(RANGE, prot_and_map_vm_s2pt, 1, 0, paddr, 3);
	for (u64 vmid = 0; vmid <= 16; vmid += 16) {
		REFUSES(grant_stage2_sg_gpa, vmid, 0, 0);
		REFUSES(revoke_stage2_sg_gpa, vmid, 0, 0);
	}
	REFUSES(grant_stage2_sg_gpa, 1, addr, 0);
	REFUSES(grant_stage2_sg_gpa, 1, 0, addr);
	REFUSES(revoke_stage2_sg_gpa, 1, addr, 0);
	REFUSES(revoke_stage2_sg_gpa, 1, 0, addr);
	REFUSES(clear_vm_stage2_range, 17, 0, 0);
	REFUSES(clear_vm_stage2_range, 1, paddr, 0);
	REFUSES(clear_vm_stage2_range, 1, 0, paddr);
	REFUSES(el2_arm_lpae_map, paddr, 0, 0, 0, 0);
	REFUSES(el2_arm_lpae_map, 0, paddr, 0, 0, 0);
	REFUSES(el2_arm_lpae_map, 0, 0, INT64_MAX, 0, 0);
	REFUSES(el2_arm_lpae_map, 0, 0, 0x1000, 0, 0);
	REFUSES(el2_arm_lpae_map, 0, 0, 0, 8, 0);
	REFUSES(el2_arm_lpae_map, 0, 0, 0, 0, 2);
	REFUSES(kvm_phys_addr_ioremap, 17, 0, 0, 0);
	REFUSES(kvm_phys_addr_ioremap, 1, addr, 0, 0);
	REFUSES(kvm_phys_addr_ioremap, 1, 0, paddr, 0);
	REFUSES(kvm_phys_addr_ioremap, 1, 0, 0, addr);
	kit_expect_events(&t, 0, "");
	STUCK(RANGE, grant_stage2_sg_gpa, 3, addr - 4096, 8192);
	assert_int_equal(count_events("[walk_s2pt"), 1);
	STUCK(RANGE, revoke_stage2_sg_gpa, 3, addr - 4096, 8192);
	assert_int_equal(count_events("[walk_s2pt"), 1);
	STUCK(RANGE, kvm_phys_addr_ioremap, 3, 0, paddr - 4096, 8192);
	assert_int_equal(count_events("[map_io"), 1);
	STUCK(RANGE, kvm_phys_addr_ioremap, 3, addr - 4096, 0, 8192);
	assert_int_equal(count_events("[map_io"), 1);
	/* frames beyond those of flat memory, in the middle of a block */
	STUCK(RANGE, prot_and_map_vm_s2pt, 1, 0, 1ull << 47, 2);
	test_machine_free(&t);
}

static void halted(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	PANICS(halt);
	for (u64 big = 0; big < 2; big++) {
		PANICS(clear_vm_range, 3, 600 - big, 3 - 4 * big);
		PANICS(prot_and_map_vm_s2pt, 3 - 4 * big, 0x5000, 600 << 12, 3);
		PANICS(grant_stage2_sg_gpa, 3 - 4 * big, 0x5000, 0x1000);
		PANICS(revoke_stage2_sg_gpa, 3 - 4 * big, 0x5000, 0x1000);
		PANICS(clear_vm_stage2_range, 3 - 4 * big, 600 << 12, 0x1000);
		PANICS(el2_arm_lpae_map, 0x5000, 600 << 12, 7, 3 - 4 * big, 1);
		PANICS(kvm_phys_addr_ioremap, 3 - 4 * big, 0x5000, 0x1000, 0x1000);
	}
	kit_expect_events(&t, 0, "");
	assert_int_equal(t.m->cpu[0].effects, 0);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_cleared),
		cmocka_unit_test(clearing_panics),
		cmocka_unit_test(only_when_off),
		cmocka_unit_test(page_for_a_guest),
		cmocka_unit_test(block_for_a_guest),
		cmocka_unit_test(block_with_a_foreign_page),
		cmocka_unit_test(sharing),
		cmocka_unit_test(sharing_within_a_block),
		cmocka_unit_test(revoke_panics),
		cmocka_unit_test(page_for_a_device),
		cmocka_unit_test(devices_for_a_guest),
		cmocka_unit_test(stuck_rules),
		cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

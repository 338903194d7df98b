// SPDX-License-Identifier: GPL-2.0-only
/* What the owner of a context bank may do with it, by the state of the VM. */
#include "sim/hyp/vm_smmu.h"

#include "shmem/locks.h"
#include "sim/hyp/spt_ops.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

#include <stdio.h>

KIT_VOID(alloc_smmu, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(assign_smmu, (u32)k[0], k[1], k[2])
KIT_VOID(map_smmu, (u32)k[0], (u32)k[1], (u32)k[2], k[3], k[4])
KIT_VOID(clear_smmu, (u32)k[0], (u32)k[1], (u32)k[2], k[3])
KIT_VALUE(walk_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(acquire_lock_vm, (u32)k[0])

enum { PFN = 0x40010, GFN = 5, IOVA = GFN * PAGE_SIZE };

static const u64 PTE = PFN * (u64)PAGE_SIZE | 7;
static struct test_machine t;

/* Page PFN is @vmid's and meant for GFN. */
static void make(vmid_t vmid, u32 state)
{
	test_machine_boot(&t, 1, NULL);
	kit_set_page(&t, PFN, vmid, 0, GFN);
	if (state != UNUSED)
		kit_set_state(&t, vmid, state);
	kit_forget(&t);
}

static const struct {
	vmid_t vmid;
	u32 state;
	bool refused;
	const char *info; /* of the events */
} owners[] = {
	{ 1, UNUSED, false, "INFO:1" },
	{ 1, MAPPED, false, "INFO:1" },
	{ 15, READY, false, "INFO:15" },
	{ 15, VERIFIED, true, "INFO:15" },
	{ 1, VERIFIED, true, "INFO:1" },
	{ 7, POWEROFF, false, "INFO:7" },
	{ 7, ACTIVE, false, "INFO:7" },
	{ HOSTVISOR, VERIFIED, false, "INFO:0" },
	{ COREVISOR, VERIFIED, false, "INFO:16" },
};

/* "I+ @inside I-", or where it ends when the VM is refused: "I+". */
static void expect_section(u32 i, const char *inside)
{
	char want[128];

	if (owners[i].refused)
		snprintf(want, sizeof(want), "%s+", owners[i].info);
	else
		snprintf(want, sizeof(want), "%s+%s%s %s-", owners[i].info, *inside ? " " : "",
		         inside, owners[i].info);
	kit_expect_events(&t, 0, want);
	assert_true(kit_held(&t) == (owners[i].refused ? 1ull << (INFO_ID + owners[i].vmid) : 0));
	assert_int_equal(CPU0->tstate, owners[i].refused ? 0 : 1);
}

/* A bank that is given away has an empty table. */
static void allocating(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owners); i++) {
		make(owners[i].vmid, owners[i].state);
		OK(map_spt, 3, 1, IOVA, PTE);
		kit_forget(&t);
		if (owners[i].refused)
			PANICS(alloc_smmu, owners[i].vmid, 3, 1);
		else
			OK(alloc_smmu, owners[i].vmid, 3, 1);
		expect_section(i, "SPT+ SPT*");
		if (!owners[i].refused)
			assert_true(OK(walk_spt, 3, 1, IOVA) == 0);
		kit_end(&t);
	}
}

/* A page of the host becomes the VM's, for its devices only; the host and the core are given nothing. */
static void assigning(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owners); i++) {
		make(owners[i].vmid, owners[i].state);
		kit_set_page(&t, PFN, HOSTVISOR, 0, PFN + SMMU_HOST_OFFSET);
		kit_forget(&t);
		if (owners[i].refused)
			PANICS(assign_smmu, owners[i].vmid, PFN, GFN);
		else
			OK(assign_smmu, owners[i].vmid, PFN, GFN);
		if (owners[i].refused || !is_vm(owners[i].vmid)) {
			expect_section(i, "");
			assert_true(kit_page_is(&t, PFN, HOSTVISOR, 0, PFN + SMMU_HOST_OFFSET));
		} else {
			expect_section(i, "S2PAGE+ NPT:0+ NPT:0- S2PAGE*");
			assert_true(kit_page_is(&t, PFN, owners[i].vmid, INVALID, GFN));
		}
		kit_end(&t);
	}
}

/* A page of the bank's owner is mapped, and one of the host's is counted. */
static void mapping(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owners); i++) {
		bool host = owners[i].vmid == HOSTVISOR;

		make(owners[i].vmid, owners[i].state);
		if (owners[i].refused)
			PANICS(map_smmu, owners[i].vmid, 3, 1, IOVA, PTE);
		else
			OK(map_smmu, owners[i].vmid, 3, 1, IOVA, PTE);
		expect_section(i, host ? "S2PAGE+ SPT+ SPT* S2PAGE*" : "S2PAGE+ SPT+ SPT* S2PAGE-");
		assert_true(kit_page_is(&t, PFN, owners[i].vmid, host ? 1 : 0, GFN));
		if (!owners[i].refused)
			assert_true(OK(walk_spt, 3, 1, IOVA) == PTE);
		kit_end(&t);
	}
}

/* A mapping goes away; a powered-off VM may take it, a verified one may not. */
static void clearing(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owners); i++) {
		bool host = owners[i].vmid == HOSTVISOR;

		make(owners[i].vmid, owners[i].state);
		kit_set_page(&t, PFN, owners[i].vmid, 2, GFN);
		OK(map_spt, 3, 1, IOVA, PTE);
		kit_forget(&t);
		if (owners[i].refused)
			PANICS(clear_smmu, owners[i].vmid, 3, 1, IOVA);
		else
			OK(clear_smmu, owners[i].vmid, 3, 1, IOVA);
		expect_section(i, host ? "S2PAGE+ SPT+ SPT* S2PAGE*" : "S2PAGE+ SPT+ SPT* S2PAGE-");
		assert_true(kit_page_is(&t, PFN, owners[i].vmid, host ? 1 : 2, GFN));
		if (!owners[i].refused)
			assert_true(OK(walk_spt, 3, 1, IOVA) == 0);
		kit_end(&t);
	}
}

/* Ranges come first, then the halted machine, which does nothing; then the lock, which must not be held. */
static void order_of_checks(void **state)
{
	(void)state;
	for (u32 mode = 0; mode < 3; mode++) {
		test_machine_boot(&t, 1, NULL);
		if (mode == 1)
			OK(acquire_lock_vm, 3);
		if (mode == 2)
			kit_halt(&t);
		kit_forget(&t);
		REFUSES(alloc_smmu, 17, 0, 0);
		REFUSES(alloc_smmu, 3, 8, 0);
		REFUSES(alloc_smmu, 3, 0, 2);
		REFUSES(assign_smmu, 17, PFN, GFN);
		REFUSES(assign_smmu, 3, 1ull << 28, GFN);
		REFUSES(assign_smmu, 3, PFN, 1ull << 36);
		REFUSES(map_smmu, INVALID, 0, 0, IOVA, PTE);
		REFUSES(map_smmu, 3, 8, 0, IOVA, PTE);
		REFUSES(map_smmu, 3, 0, 2, IOVA, PTE);
		REFUSES(map_smmu, 3, 0, 0, 1ull << 40, PTE);
		REFUSES(clear_smmu, INVALID, 0, 0, IOVA);
		REFUSES(clear_smmu, 3, 8, 0, IOVA);
		REFUSES(clear_smmu, 3, 0, 2, IOVA);
		REFUSES(clear_smmu, 3, 0, 0, 1ull << 40);
		if (mode == 1) {
			STUCK_IN(LOCK_TAKEN, "wait_lock", alloc_smmu, 3, 0, 0);
			STUCK_IN(LOCK_TAKEN, "wait_lock", assign_smmu, 3, PFN, GFN);
			STUCK_IN(LOCK_TAKEN, "wait_lock", map_smmu, 3, 0, 0, IOVA, PTE);
			STUCK_IN(LOCK_TAKEN, "wait_lock", clear_smmu, 3, 0, 0, IOVA);
		}
		if (mode == 2) {
			PANICS(alloc_smmu, 3, 0, 0);
			PANICS(assign_smmu, 3, PFN, GFN);
			PANICS(map_smmu, 3, 0, 0, IOVA, PTE);
			PANICS(clear_smmu, 3, 0, 0, IOVA);
		}
		kit_expect_events(&t, 0, "");
		assert_true(CPU0->effects == 0);
		kit_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocating),      cmocka_unit_test(assigning),
		cmocka_unit_test(mapping),         cmocka_unit_test(clearing),
		cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

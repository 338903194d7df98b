// SPDX-License-Identifier: GPL-2.0-only
/* Context banks of SMMUs: their owners, the pages that devices get, what is kept when the machine halts. */
#include "sim/hyp/mmio_ops.h"

#include "shmem/locks.h"
#include "sim/hyp/mmio_raw.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/spt_ops.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

#include <stdio.h>

KIT_VOID(el2_free_smmu_pgd, (u32)k[0], (u32)k[1])
KIT_VOID(el2_alloc_smmu_pgd, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(smmu_assign_page, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(smmu_map_page, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(el2_arm_lpae_iova_to_phys, k[0], (u32)k[1], (u32)k[2])
KIT_VOID(el2_arm_lpae_clear, k[0], (u32)k[1], (u32)k[2])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(walk_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(acquire_lock_smmu)

/* The bank of most tests, its owner, and a page of high memory with bit 4 of its number set. */
enum { CB = 3, SMMU = 1, VM = 5, PFN = 0x40010, GFN = 7, IOVA = GFN * PAGE_SIZE };

static const u64 PTE = PFN * (u64)PAGE_SIZE | 7;
static const u64 HOST_GFN = PFN + (u64)SMMU_HOST_OFFSET;

#define HELD_SMMU (1ull << SMMU_ID)
#define HELD_INFO (HELD_SMMU | 1ull << (INFO_ID + VM))
#define HELD_PAGE (HELD_INFO | 1ull << S2PAGE_ID)

static struct test_machine t;

static void set_owner(u32 vmid)
{
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(SMMU, CB), vmid);
}

static u32 owner(void)
{
	return (u32)kit_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(SMMU, CB));
}

/* The bank is @vmid's, whose state is @state. */
static void make(u32 vmid, u32 state)
{
	test_machine_boot(&t, 1, NULL);
	set_owner(vmid);
	if (state != UNUSED)
		kit_set_state(&t, vmid, state);
	kit_forget(&t);
}

/* What the call left: its events, the locks that are held, tstate. */
static void left(const char *events, u64 held, u32 tstate)
{
	kit_expect_events(&t, 0, events);
	assert_true(kit_held(&t) == held);
	assert_int_equal(CPU0->tstate, tstate);
}

/* A bank is taken from an owner that is POWEROFF only; its table stays. */
static void freeing(void **state)
{
	(void)state;
	make(INVALID, UNUSED);
	OK(el2_free_smmu_pgd, CB, SMMU);
	left("[el2_free_smmu_pgd(3,1) SMMU+ SMMU- OSMMU_FREE]", 0, 1);
	assert_true(owner() == INVALID);
	kit_end(&t);

	make(VM, POWEROFF);
	OK(map_spt, CB, SMMU, IOVA, PTE);
	kit_forget(&t);
	OK(el2_free_smmu_pgd, CB, SMMU);
	left("[el2_free_smmu_pgd(3,1) SMMU+"
	     " [get_vm_poweron(5) INFO:5+ INFO:5- OVM_GET]"
	     " SMMU* OSMMU_FREE]",
	     0, 1);
	assert_true(owner() == INVALID);
	assert_true(OK(walk_spt, CB, SMMU, IOVA) == PTE);
	kit_end(&t);

	for (u32 s = UNUSED; s <= ACTIVE; s++) {
		if (s == POWEROFF)
			continue;
		make(VM, s);
		PANICS(el2_free_smmu_pgd, CB, SMMU);
		left("[el2_free_smmu_pgd(3,1) SMMU+"
		     " [get_vm_poweron(5) INFO:5+ INFO:5- OVM_GET]"
		     " OSMMU_FREE!]",
		     HELD_SMMU, 1);
		assert_true(owner() == VM);
		kit_end(&t);
	}
	/* The host never is. */
	make(HOSTVISOR, UNUSED);
	PANICS(el2_free_smmu_pgd, CB, SMMU);
	kit_end(&t);
	make(17, UNUSED);
	STUCK(RANGE, el2_free_smmu_pgd, CB, SMMU);
	kit_end(&t);
}

/* A bank that nobody owns gets an owner and an empty table; one that is owned stays as it is. */
static void allocating(void **state)
{
	static const struct {
		u32 owner, vmid, state;
	} owned[] = { { VM, VM, UNUSED },
		      { VM, 6, UNUSED },
		      { HOSTVISOR, VM, UNUSED },
		      { COREVISOR, VM, UNUSED },
		      { VM, VM, VERIFIED } };
	static const u32 given[][2] = { { VM, UNUSED },          { VM, READY },
		                        { VM, POWEROFF },        { VM, ACTIVE },
		                        { HOSTVISOR, VERIFIED }, { COREVISOR, VERIFIED } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owned); i++) {
		make(owned[i].owner, owned[i].state);
		OK(map_spt, CB, SMMU, IOVA, PTE);
		kit_forget(&t);
		OK(el2_alloc_smmu_pgd, CB, owned[i].vmid, SMMU);
		kit_expect_text(&t, "sevent");
		assert_true(owner() == owned[i].owner);
		assert_true(OK(walk_spt, CB, SMMU, IOVA) == PTE);
		kit_end(&t);
	}
	make(VM, UNUSED);
	OK(el2_alloc_smmu_pgd, CB, 6, SMMU);
	left("[el2_alloc_smmu_pgd(3,6,1) SMMU+ SMMU- OSMMU_ALLOC]", 0, 1);
	kit_end(&t);

	for (u32 i = 0; i < ARRAY_SIZE(given); i++) {
		char want[128];

		test_machine_boot(&t, 1, NULL);
		if (given[i][1] != UNUSED)
			kit_set_state(&t, given[i][0], given[i][1]);
		OK(map_spt, CB, SMMU, IOVA, PTE);
		kit_forget(&t);
		OK(el2_alloc_smmu_pgd, CB, given[i][0], SMMU);
		snprintf(want, sizeof(want),
		         "[el2_alloc_smmu_pgd(3,%u,1) SMMU+ INFO:%u+ SPT+ SPT* INFO:%u- SMMU*"
		         " OSMMU_ALLOC]",
		         given[i][0], given[i][0], given[i][0]);
		left(want, 0, 1);
		assert_true(owner() == given[i][0]);
		assert_true(OK(walk_spt, CB, SMMU, IOVA) == 0);
		kit_end(&t);
	}
}

/* No such bank; a VM that is VERIFIED: its ownership is written and never pushed. */
static void allocating_panics(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	t.m->shared.fixed.smmu.smmu_dev_context_banks[SMMU] = CB;
	t.config.fixed.smmu.smmu_dev_context_banks[SMMU] = CB;
	OK(el2_alloc_smmu_pgd, CB - 1, VM, SMMU);
	kit_forget(&t);
	PANICS(el2_alloc_smmu_pgd, CB, VM, SMMU);
	left("[el2_alloc_smmu_pgd(3,5,1) SMMU+ OSMMU_ALLOC!]", HELD_SMMU, 0);
	assert_true(owner() == INVALID);
	kit_end(&t);

	test_machine_boot(&t, 1, NULL);
	kit_set_state(&t, VM, VERIFIED);
	kit_forget(&t);
	PANICS(el2_alloc_smmu_pgd, CB, VM, SMMU);
	left("[el2_alloc_smmu_pgd(3,5,1) SMMU+ INFO:5+ OSMMU_ALLOC!]", HELD_INFO, 0);
	assert_true(owner() == VM);
	kit_end(&t);
}

/* A page of the host becomes the VM's: the case table. */
static void assigning(void **state)
{
	static const struct {
		u32 bank, state, owner, count;
		bool panics;
		u64 held;
		const char *inside;
	} rows[] = {
		{ INVALID, UNUSED, 0, 0, false, 0, "SMMU-" },
		{ HOSTVISOR, UNUSED, 0, 0, false, 0, "INFO:0+ INFO:0- SMMU-" },
		{ COREVISOR, VERIFIED, 0, 0, false, 0, "INFO:16+ INFO:16- SMMU-" },
		{ VM, VERIFIED, 0, 0, true, HELD_INFO, "INFO:5+" },
		{ VM, READY, 0, 0, false, 0,
		  "INFO:5+ S2PAGE+ NPT:0+ NPT:0- S2PAGE* INFO:5- SMMU-" },
		{ VM, POWEROFF, 0, 0, false, 0,
		  "INFO:5+ S2PAGE+ NPT:0+ NPT:0- S2PAGE* INFO:5- SMMU-" },
		{ VM, READY, 0, 1, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
		{ VM, READY, VM, 0, false, 0, "INFO:5+ S2PAGE+ S2PAGE- INFO:5- SMMU-" },
		{ VM, READY, VM, INVALID, false, 0, "INFO:5+ S2PAGE+ S2PAGE- INFO:5- SMMU-" },
		{ VM, READY, 6, 0, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
		{ VM, READY, INVALID, INVALID, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool changes = rows[i].bank == VM && rows[i].owner == 0 && !rows[i].panics;
		char want[160];

		make(rows[i].bank, rows[i].state);
		kit_set_page(&t, PFN, rows[i].owner, rows[i].count, HOST_GFN);
		kit_forget(&t);
		if (rows[i].panics)
			PANICS(smmu_assign_page, CB, SMMU, PFN, GFN);
		else
			OK(smmu_assign_page, CB, SMMU, PFN, GFN);
		snprintf(want, sizeof(want), "[smmu_assign_page(3,1,%u,7) SMMU+ %s OASSIGN_SMMU%s]",
		         PFN, rows[i].inside, rows[i].panics ? "!" : "");
		left(want, rows[i].held, rows[i].panics ? 0 : 1);
		if (changes)
			assert_true(kit_page_is(&t, PFN, VM, INVALID, GFN));
		else
			assert_true(kit_page_is(&t, PFN, rows[i].owner, rows[i].count, HOST_GFN));
		kit_end(&t);
	}
	/* What is not managed belongs to nobody. */
	make(VM, READY);
	PANICS(smmu_assign_page, CB, SMMU, 1, GFN);
	assert_true(kit_held(&t) == HELD_PAGE);
	kit_end(&t);
	make(17, UNUSED);
	STUCK_IN(RANGE, "assign_smmu", smmu_assign_page, CB, SMMU, PFN, GFN);
	kit_end(&t);
}

/* The host's own mapping of the page goes; a block that covers it is a panic. */
static void assigning_unmaps(void **state)
{
	const u64 addr = PFN * (u64)PAGE_SIZE;
	struct kit_pte e;

	(void)state;
	make(VM, READY);
	OK(map_s2pt, HOSTVISOR, addr, 3, addr | PAGE_S2_KERNEL);
	kit_forget(&t);
	OK(smmu_assign_page, CB, SMMU, PFN, GFN);
	left("[smmu_assign_page(3,1,262160,7) SMMU+ INFO:5+ S2PAGE+ NPT:0+ NPT:0* S2PAGE* INFO:5-"
	     " SMMU- OASSIGN_SMMU]",
	     0, 1);
	e = kit_walk(&t, HOSTVISOR, addr);
	assert_true(e.level == 0);
	assert_true(e.pte == PAGE_GUEST);
	kit_end(&t);

	make(VM, READY);
	OK(map_s2pt, HOSTVISOR, addr, 2, addr | 1);
	kit_forget(&t);
	PANICS(smmu_assign_page, CB, SMMU, PFN, GFN);
	left("[smmu_assign_page(3,1,262160,7) SMMU+ INFO:5+ S2PAGE+ NPT:0+ OASSIGN_SMMU!]",
	     HELD_PAGE | 1ull << NPT_ID, 0);
	assert_true(kit_page_is(&t, PFN, HOSTVISOR, 0, HOST_GFN));
	kit_end(&t);
}

/* A page is mapped for a device: the case table. */
static void mapping(void **state)
{
	static const struct {
		u32 bank, state, owner, count, count_after;
		u64 gfn;
		bool panics;
		u64 held;
		const char *inside;
	} rows[] = {
		{ INVALID, UNUSED, VM, 0, 0, GFN, false, 0, "SMMU-" },
		{ VM, VERIFIED, VM, 0, 0, GFN, true, HELD_INFO, "INFO:5+" },
		{ VM, READY, 6, 0, 0, GFN, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
		{ VM, READY, 0, 0, 0, GFN, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
		{ VM, READY, VM, 0, 0, GFN + 1, true, HELD_PAGE, "INFO:5+ S2PAGE+" },
		{ VM, READY, VM, INVALID, INVALID, GFN, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:5- SMMU-" },
		{ VM, POWEROFF, VM, 0, 0, GFN, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:5- SMMU-" },
		{ HOSTVISOR, VERIFIED, 0, 0, 1, GFN, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT* S2PAGE* INFO:0- SMMU-" },
		{ HOSTVISOR, UNUSED, 0, 15, 16, GFN, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT* S2PAGE* INFO:0- SMMU-" },
		{ HOSTVISOR, UNUSED, 0, 16, 16, GFN, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:0- SMMU-" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool maps = !rows[i].panics && rows[i].bank != INVALID;
		char want[160];

		make(rows[i].bank, rows[i].state);
		kit_set_page(&t, PFN, rows[i].owner, rows[i].count, rows[i].gfn);
		kit_forget(&t);
		if (rows[i].panics)
			PANICS(smmu_map_page, CB, SMMU, IOVA, PTE);
		else
			OK(smmu_map_page, CB, SMMU, IOVA, PTE);
		snprintf(want, sizeof(want), "[smmu_map_page(3,1,%u,%llu) SMMU+ %s OSMMU_MAP%s]",
		         IOVA, (unsigned long long)PTE, rows[i].inside, rows[i].panics ? "!" : "");
		left(want, rows[i].held, rows[i].panics ? 0 : 1);
		assert_true(kit_page_is(&t, PFN, rows[i].owner, rows[i].count_after, rows[i].gfn));
		if (!rows[i].panics)
			assert_true(OK(walk_spt, CB, SMMU, IOVA) == (maps ? PTE : 0));
		kit_end(&t);
	}
	make(17, UNUSED);
	STUCK_IN(RANGE, "map_smmu", smmu_map_page, CB, SMMU, IOVA, PTE);
	kit_end(&t);
}

/* The tables' pool is used up: everything on the way is kept. */
static void mapping_runs_out(void **state)
{
	(void)state;
	make(VM, READY);
	kit_set_page(&t, PFN, VM, 0, GFN);
	kit_set_cell(&t, SPT_ID, F_SPT_spt_pmd_next, 0, SMMU_POOL_END);
	kit_forget(&t);
	PANICS(smmu_map_page, CB, SMMU, IOVA, PTE);
	left("[smmu_map_page(3,1,28672,1073807367) SMMU+ INFO:5+ S2PAGE+ SPT+ OSMMU_MAP!]",
	     HELD_PAGE | 1ull << SPT_ID, 0);
	kit_end(&t);
}

/*
 * Hypercall 20 with prot 7.  smmu-pte-attrs: as published frame 0x40000 is assigned and 0x40010 looked at, which
 * panics; as intended it is mapped.  Frame 0x40010 works either way.
 */
static void assign_and_map(void **state)
{
	static const struct {
		u64 paddr;
		bool published, panics;
	} rows[] = { { 0x40000000, true, true },
		     { 0x40010000, true, false },
		     { 0x40000000, false, false },
		     { 0x40010000, false, false } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const u64 pfn = rows[i].paddr / PAGE_SIZE;
		u64 pte;

		make(VM, READY);
		errata_set(&CPU0->errata, ERRATUM_SMMU_PTE_ATTRS, rows[i].published);
		OK(smmu_assign_page, CB, SMMU, pfn, 5);
		assert_true(kit_page_is(&t, pfn, VM, INVALID, 5));
		pte = smmu_init_pte(CPU0, 7, rows[i].paddr);
		if (rows[i].panics) {
			PANICS(smmu_map_page, CB, SMMU, 0x5000, pte);
		} else {
			OK(smmu_map_page, CB, SMMU, 0x5000, pte);
			assert_true(OK(el2_arm_lpae_iova_to_phys, 0x5123, CB, SMMU) ==
			            rows[i].paddr + 0x123);
		}
		kit_end(&t);
	}
}

/* Whoever owns the bank, an address is translated; one that is not mapped gives its offset in the page. */
static void translating(void **state)
{
	static const u32 owners[] = { INVALID, HOSTVISOR, VM, 17 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(owners); i++) {
		make(owners[i], UNUSED);
		OK(map_spt, CB, SMMU, IOVA, INVALID64);
		kit_forget(&t);
		assert_true(OK(el2_arm_lpae_iova_to_phys, IOVA + 0xabc, CB, SMMU) ==
		            0xfffffffffabc);
		left("[el2_arm_lpae_iova_to_phys(31420,3,1) SPT+ SPT- OSMMU_GET]", 0, 1);
		assert_true(OK(el2_arm_lpae_iova_to_phys, 0xffffffff17, CB, SMMU) == 0xf17);
		kit_end(&t);
	}
}

/* A mapping goes away: the case table. */
static void clearing(void **state)
{
	static const struct {
		u32 bank, state, owner, count, count_after;
		bool mapped, panics;
		u64 held;
		const char *inside;
	} rows[] = {
		{ INVALID, UNUSED, 0, 2, 2, true, false, 0, "SMMU-" },
		{ VM, VERIFIED, VM, 0, 0, true, true, HELD_INFO, "INFO:5+" },
		{ VM, READY, VM, INVALID, INVALID, true, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:5- SMMU-" },
		{ VM, POWEROFF, VM, 3, 3, true, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:5- SMMU-" },
		{ VM, ACTIVE, VM, 3, 3, true, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:5- SMMU-" },
		{ VM, POWEROFF, 0, 2, 1, true, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT* S2PAGE* INFO:5- SMMU-" },
		{ HOSTVISOR, VERIFIED, 0, 1, 0, true, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT* S2PAGE* INFO:0- SMMU-" },
		{ HOSTVISOR, UNUSED, 0, 0, 0, true, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:0- SMMU-" },
		{ VM, READY, VM, 1, 1, false, false, 0,
		  "INFO:5+ S2PAGE+ SPT+ SPT- S2PAGE- INFO:5- SMMU-" },
		{ HOSTVISOR, UNUSED, 0, 1, 1, false, false, 0,
		  "INFO:0+ S2PAGE+ SPT+ SPT- S2PAGE- INFO:0- SMMU-" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		char want[160];

		make(rows[i].bank, rows[i].state);
		kit_set_page(&t, PFN, rows[i].owner, rows[i].count, GFN);
		if (rows[i].mapped)
			OK(map_spt, CB, SMMU, IOVA, PTE);
		kit_forget(&t);
		if (rows[i].panics)
			PANICS(el2_arm_lpae_clear, IOVA, CB, SMMU);
		else
			OK(el2_arm_lpae_clear, IOVA, CB, SMMU);
		snprintf(want, sizeof(want), "[el2_arm_lpae_clear(%u,3,1) SMMU+ %s OSMMU_CLEAR%s]",
		         IOVA, rows[i].inside, rows[i].panics ? "!" : "");
		left(want, rows[i].held, rows[i].panics ? 0 : 1);
		assert_true(kit_page_is(&t, PFN, rows[i].owner, rows[i].count_after, GFN));
		if (!rows[i].panics)
			assert_true(OK(walk_spt, CB, SMMU, IOVA) ==
			            (rows[i].bank == INVALID ? PTE : 0));
		kit_end(&t);
	}
	make(17, UNUSED);
	STUCK_IN(RANGE, "clear_smmu", el2_arm_lpae_clear, IOVA, CB, SMMU);
	kit_end(&t);
}

/* Ranges come first, also on a halted machine, which otherwise does nothing; then SMMU, which must not be held. */
static void order_of_checks(void **state)
{
	static const u64 banks[][2] = { { 8, 0 }, { 0, 2 }, { INVALID, INVALID } };

	(void)state;
	for (u32 mode = 0; mode < 3; mode++) {
		test_machine_boot(&t, 1, NULL);
		if (mode == 1)
			OK(acquire_lock_smmu);
		if (mode == 2)
			kit_halt(&t);
		kit_forget(&t);
		for (u32 i = 0; i < ARRAY_SIZE(banks); i++) {
			const u64 cb = banks[i][0], smmu = banks[i][1];

			REFUSES(el2_free_smmu_pgd, cb, smmu);
			REFUSES(el2_alloc_smmu_pgd, cb, VM, smmu);
			REFUSES(smmu_assign_page, cb, smmu, PFN, GFN);
			REFUSES(smmu_map_page, cb, smmu, IOVA, PTE);
			REFUSES(el2_arm_lpae_iova_to_phys, IOVA, cb, smmu);
			REFUSES(el2_arm_lpae_clear, IOVA, cb, smmu);
		}
		REFUSES(el2_alloc_smmu_pgd, CB, 17, SMMU);
		REFUSES(smmu_assign_page, CB, SMMU, 1ull << 28, GFN);
		REFUSES(smmu_assign_page, CB, SMMU, PFN, 1ull << 36);
		REFUSES(smmu_map_page, CB, SMMU, 1ull << 40, PTE);
		REFUSES(el2_arm_lpae_iova_to_phys, 1ull << 40, CB, SMMU);
		REFUSES(el2_arm_lpae_clear, 1ull << 40, CB, SMMU);
		kit_expect_events(&t, 0, "");
		if (mode == 1) {
			STUCK_IN(LOCK_TAKEN, "wait_lock", el2_free_smmu_pgd, CB, SMMU);
			STUCK_IN(LOCK_TAKEN, "wait_lock", el2_alloc_smmu_pgd, CB, VM, SMMU);
			STUCK_IN(LOCK_TAKEN, "wait_lock", smmu_assign_page, CB, SMMU, PFN, GFN);
			STUCK_IN(LOCK_TAKEN, "wait_lock", smmu_map_page, CB, SMMU, IOVA, PTE);
			STUCK_IN(LOCK_TAKEN, "wait_lock", el2_arm_lpae_clear, IOVA, CB, SMMU);
		}
		if (mode == 2) {
			PANICS(el2_free_smmu_pgd, CB, SMMU);
			PANICS(el2_alloc_smmu_pgd, CB, VM, SMMU);
			PANICS(smmu_assign_page, CB, SMMU, PFN, GFN);
			PANICS(smmu_map_page, CB, SMMU, IOVA, PTE);
			PANICS(el2_arm_lpae_iova_to_phys, IOVA + 1, CB, SMMU);
			PANICS(el2_arm_lpae_clear, IOVA, CB, SMMU);
			kit_expect_events(&t, 0, "");
		}
		assert_true(CPU0->effects == 0);
		kit_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freeing),           cmocka_unit_test(allocating),
		cmocka_unit_test(allocating_panics), cmocka_unit_test(assigning),
		cmocka_unit_test(assigning_unmaps),  cmocka_unit_test(mapping),
		cmocka_unit_test(mapping_runs_out),  cmocka_unit_test(assign_and_map),
		cmocka_unit_test(translating),       cmocka_unit_test(clearing),
		cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

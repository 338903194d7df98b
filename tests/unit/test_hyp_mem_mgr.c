// SPDX-License-Identifier: GPL-2.0-only
/* MemManager: what each function makes of a page, whoever owns it; what it writes to the log; which locks a panic keeps. */
#include "sim/hyp/mem_mgr.h"

#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VOID(acquire_lock_s2page)
KIT_VOID(acquire_lock_pt, (u32)k[0])
KIT_VOID(acquire_lock_spt)
KIT_VOID(fetch_from_doracle, (u32)k[0], k[1], k[2])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
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

/* A managed page and its frame; s2_gfn of a page of the host, as published. */
enum { PFN = 600, HOST_GFN = 1000000000 + PFN };

#define ADDR (PFN * 4096ull)
#define S2   (1ull << S2PAGE_ID)
#define N0   (1ull << NPT_ID)

/* What the frame holds in the end: what it held before, 0, a value drawn for the VM. */
enum flat { KEPT, ZEROED, DRAWN };

struct record {
	u64 owner, count, gfn;
};

/**
 * struct row - one call on the page
 * @mapped:  the host maps the page before
 * @held:    0: it ends well; else it panics, and these locks stay held
 * @maps:    how the host maps it then: the entry
 */
struct row {
	const char *name;
	kit_fn *fn;
	u64 k[3];
	struct record before;
	bool mapped;
	u64 held;
	struct record after;
	u64 maps;
	enum flat flat;
	const char *events;
};

/* clang-format off */
#define CALL(f)     #f, do_##f
#define ROW(f, ...) { CALL(f), __VA_ARGS__ }
#define ARGS(...)   { __VA_ARGS__ }
#define REC(...)    { __VA_ARGS__ }
#define HOST        { 0, 0, HOST_GFN }
#define KERNEL      (ADDR | 0xfff)
/* clang-format on */

static const struct row rows[] = {
	/* map_page_host: the host's page, a shared page of a VM; a VM's page is a panic */
	ROW(map_page_host, ARGS(ADDR + 5), HOST, false, 0, HOST, KERNEL, KEPT,
	    "[map_page_host(2457605) S2PAGE+ NPT:0+ NPT:0* S2PAGE- OMAP_HOST]"),
	ROW(map_page_host, ARGS(ADDR), HOST, true, 0, HOST, KERNEL, KEPT,
	    "[map_page_host(2457600) S2PAGE+ NPT:0+ NPT:0- S2PAGE- OMAP_HOST]"),
	ROW(map_page_host, ARGS(ADDR), REC(0, 7, HOST_GFN), false, 0, REC(0, 7, HOST_GFN), KERNEL,
	    KEPT, "[map_page_host(2457600) S2PAGE+ NPT:0+ NPT:0* S2PAGE- OMAP_HOST]"),
	ROW(map_page_host, ARGS(ADDR), REC(3, 1, 40), false, 0, REC(3, 1, 40), KERNEL, KEPT,
	    "[map_page_host(2457600) S2PAGE+ NPT:0+ NPT:0* S2PAGE- OMAP_HOST]"),
	ROW(map_page_host, ARGS(ADDR), REC(3, 0, 40), false, S2, REC(3, 0, 40), 0, KEPT,
	    "[map_page_host(2457600) S2PAGE+ OMAP_HOST!]"),
	/* clear_vm_page: the owner's page goes back; another's stays */
	ROW(clear_vm_page, ARGS(3, PFN), REC(3, 2, 40), true, 0, HOST, PAGE_GUEST, ZEROED,
	    "[clear_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0* F S2PAGE* OCLEAR_VM]"),
	ROW(clear_vm_page, ARGS(3, PFN), REC(3, INVALID, INVALID64), false, 0, HOST, 0, ZEROED,
	    "[clear_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM]"),
	ROW(clear_vm_page, ARGS(3, PFN), REC(4, 2, 40), true, 0, REC(4, 2, 40), KERNEL, KEPT,
	    "[clear_vm_page(3,600) S2PAGE+ S2PAGE- OCLEAR_VM]"),
	ROW(clear_vm_page, ARGS(0, PFN), HOST, true, 0, HOST, PAGE_GUEST, ZEROED,
	    "[clear_vm_page(0,600) S2PAGE+ NPT:0+ NPT:0* F S2PAGE- OCLEAR_VM]"),
	/* assign_pfn_to_vm: the host's page */
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), HOST, true, 0, REC(3, 0, 40), PAGE_GUEST, DRAWN,
	    "[assign_pfn_to_vm(3,40,600) S2PAGE+ NPT:0+ NPT:0* F S2PAGE* OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), HOST, false, 0, REC(3, 0, 40), 0, DRAWN,
	    "[assign_pfn_to_vm(3,40,600) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(0, 1, HOST_GFN), true, S2, REC(0, 1, HOST_GFN),
	    KERNEL, KEPT, "[assign_pfn_to_vm(3,40,600) S2PAGE+ OASSIGN_VM!]"),
	ROW(assign_pfn_to_vm, ARGS(0, 40, PFN), REC(0, 1, 40), false, S2, REC(0, 1, 40), 0, KEPT,
	    "[assign_pfn_to_vm(0,40,600) S2PAGE+ OASSIGN_VM!]"),
	/* its own: settled where it was open, the same guest frame, another */
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(3, INVALID, INVALID64), false, 0, REC(3, 0, 40),
	    0, KEPT, "[assign_pfn_to_vm(3,40,600) S2PAGE+ S2PAGE* OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(3, 2, INVALID64), false, 0, REC(3, 2, 40), 0,
	    KEPT, "[assign_pfn_to_vm(3,40,600) S2PAGE+ S2PAGE* OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(3, INVALID, 40), false, 0, REC(3, 0, 40), 0,
	    KEPT, "[assign_pfn_to_vm(3,40,600) S2PAGE+ S2PAGE* OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(3, 2, 40), false, 0, REC(3, 2, 40), 0, KEPT,
	    "[assign_pfn_to_vm(3,40,600) S2PAGE+ S2PAGE- OASSIGN_VM]"),
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(3, 2, 41), false, S2, REC(3, 2, 41), 0, KEPT,
	    "[assign_pfn_to_vm(3,40,600) S2PAGE+ OASSIGN_VM!]"),
	/* another VM's */
	ROW(assign_pfn_to_vm, ARGS(3, 40, PFN), REC(4, 0, 40), false, S2, REC(4, 0, 40), 0, KEPT,
	    "[assign_pfn_to_vm(3,40,600) S2PAGE+ OASSIGN_VM!]"),
	/* grant_vm_page */
	ROW(grant_vm_page, ARGS(3, PFN), REC(3, 0, 40), false, 0, REC(3, 1, 40), 0, KEPT,
	    "[grant_vm_page(3,600) S2PAGE+ S2PAGE* OGRANT]"),
	ROW(grant_vm_page, ARGS(3, PFN), REC(3, 99, 40), false, 0, REC(3, 100, 40), 0, KEPT,
	    "[grant_vm_page(3,600) S2PAGE+ S2PAGE* OGRANT]"),
	ROW(grant_vm_page, ARGS(3, PFN), REC(3, 100, 40), false, 0, REC(3, 100, 40), 0, KEPT,
	    "[grant_vm_page(3,600) S2PAGE+ S2PAGE- OGRANT]"),
	ROW(grant_vm_page, ARGS(3, PFN), REC(3, INVALID, 40), false, 0, REC(3, INVALID, 40), 0,
	    KEPT, "[grant_vm_page(3,600) S2PAGE+ S2PAGE- OGRANT]"),
	ROW(grant_vm_page, ARGS(3, PFN), REC(4, 0, 40), false, 0, REC(4, 0, 40), 0, KEPT,
	    "[grant_vm_page(3,600) S2PAGE+ S2PAGE- OGRANT]"),
	/* revoke_vm_page: the last, one of several, none; another's */
	ROW(revoke_vm_page, ARGS(3, PFN), REC(3, 1, 40), true, 0, REC(3, 0, 40), PAGE_GUEST, DRAWN,
	    "[revoke_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0* F S2PAGE* OREVOKE]"),
	ROW(revoke_vm_page, ARGS(3, PFN), REC(3, 1, 40), false, 0, REC(3, 0, 40), 0, DRAWN,
	    "[revoke_vm_page(3,600) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OREVOKE]"),
	ROW(revoke_vm_page, ARGS(3, PFN), REC(3, 2, 40), true, 0, REC(3, 1, 40), KERNEL, KEPT,
	    "[revoke_vm_page(3,600) S2PAGE+ S2PAGE* OREVOKE]"),
	ROW(revoke_vm_page, ARGS(3, PFN), REC(3, 0, 40), false, 0, REC(3, 0, 40), 0, KEPT,
	    "[revoke_vm_page(3,600) S2PAGE+ S2PAGE- OREVOKE]"),
	ROW(revoke_vm_page, ARGS(3, PFN), REC(4, 1, 40), true, 0, REC(4, 1, 40), KERNEL, KEPT,
	    "[revoke_vm_page(3,600) S2PAGE+ S2PAGE- OREVOKE]"),
	/* assign_pfn_to_smmu: the host's page, with a count; its own; another's */
	ROW(assign_pfn_to_smmu, ARGS(3, 40, PFN), HOST, true, 0, REC(3, INVALID, 40), PAGE_GUEST,
	    KEPT, "S2PAGE+ NPT:0+ NPT:0* S2PAGE*"),
	ROW(assign_pfn_to_smmu, ARGS(3, 40, PFN), HOST, false, 0, REC(3, INVALID, 40), 0, KEPT,
	    "S2PAGE+ NPT:0+ NPT:0- S2PAGE*"),
	ROW(assign_pfn_to_smmu, ARGS(3, 40, PFN), REC(0, 1, HOST_GFN), true, S2,
	    REC(0, 1, HOST_GFN), KERNEL, KEPT, "S2PAGE+"),
	ROW(assign_pfn_to_smmu, ARGS(0, 40, PFN), REC(0, 1, 40), false, S2, REC(0, 1, 40), 0, KEPT,
	    "S2PAGE+"),
	ROW(assign_pfn_to_smmu, ARGS(3, 40, PFN), REC(3, 5, 41), false, 0, REC(3, 5, 41), 0, KEPT,
	    "S2PAGE+ S2PAGE-"),
	ROW(assign_pfn_to_smmu, ARGS(3, 40, PFN), REC(4, 0, 40), false, S2, REC(4, 0, 40), 0, KEPT,
	    "S2PAGE+"),
};

/* A machine whose page is as said; the frame holds the first value of VM 9, and 5 values were drawn for VM 3. */
static void prepare(struct record r, bool mapped)
{
	test_machine_boot(&t, 1, NULL);
	kit_set_page(&t, PFN, (u32)r.owner, (u32)r.count, r.gfn);
	if (mapped)
		OK(map_s2pt, 0, ADDR, 3, KERNEL);
	OK(fetch_from_doracle, 9, PFN, 1);
	t.m->data_logs.data[3] = 5;
	kit_forget(&t);
}

static u64 first_value(void)
{
	return flat_value(&t.m->cpu[0], 9, 0);
}

static void check_row(const struct row *r)
{
	const u64 flat[] = {
		[KEPT] = first_value(), [ZEROED] = 0, [DRAWN] = flat_value(&t.m->cpu[0], 3, 5)
	};

	assert_true(kit_page_is(&t, PFN, (u32)r->after.owner, (u32)r->after.count, r->after.gfn));
	assert_true(kit_walk(&t, 0, ADDR).pte == r->maps);
	assert_true(kit_flat(&t, PFN) == flat[r->flat]);
	assert_true(t.m->data_logs.data[3] == (r->flat == DRAWN ? 6 : 5));
	assert_true(kit_held(&t) == r->held);
	assert_int_equal(t.m->cpu[0].tstate, r->held == 0);
	kit_expect_events(&t, 0, r->events);
	kit_judge(&t);
}

static void one_page(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		print_message("row %u: %s\n", i, r->name);
		prepare(r->before, r->mapped);
		if (r->held)
			kit_panics(&t, 0, r->fn, r->name, r->k);
		else
			kit_ok(&t, 0, r->fn, r->name, r->k);
		check_row(r);
		test_machine_free(&t);
	}
}

/* A panic within the inner section: both locks stay held, nothing is pushed; what came before it is done. */
static void inner_panics(void **state)
{
	static const struct {
		const char *name;
		kit_fn *fn;
		u64 k[3];
		struct record before, after;
		const char *events;
	} inner[] = {
		{ CALL(map_page_host),
		  { ADDR },
		  HOST,
		  HOST,
		  "[map_page_host(2457600) S2PAGE+ NPT:0+ OMAP_HOST!]" },
		{ CALL(clear_vm_page),
		  { 3, PFN },
		  { 3, 0, 40 },
		  { 3, 0, 40 },
		  "[clear_vm_page(3,600) S2PAGE+ NPT:0+ OCLEAR_VM!]" },
		{ CALL(assign_pfn_to_vm),
		  { 3, 40, PFN },
		  HOST,
		  HOST,
		  "[assign_pfn_to_vm(3,40,600) S2PAGE+ NPT:0+ OASSIGN_VM!]" },
		{ CALL(revoke_vm_page),
		  { 3, PFN },
		  { 3, 1, 40 },
		  { 3, 0, 40 },
		  "[revoke_vm_page(3,600) S2PAGE+ NPT:0+ OREVOKE!]" },
		{ CALL(assign_pfn_to_smmu), { 3, 40, PFN }, HOST, HOST, "S2PAGE+ NPT:0+" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(inner); i++) {
		prepare(inner[i].before, false);
		/* a block of the host, which it never has: the page cannot be taken out of it */
		OK(map_s2pt, 0, ADDR, 2, 512 * 4096 | 0xffd);
		kit_forget(&t);
		kit_panics(&t, 0, inner[i].fn, inner[i].name, inner[i].k);
		assert_true(kit_held(&t) == (S2 | N0));
		assert_true(kit_page_is(&t, PFN, (u32)inner[i].after.owner,
		                        (u32)inner[i].after.count, inner[i].after.gfn));
		assert_true(kit_flat(&t, PFN) == first_value() && t.m->data_logs.data[3] == 5);
		assert_int_equal(t.m->cpu[0].tstate, 0);
		kit_expect_events(&t, 0, inner[i].events);
		kit_judge(&t);
		/* the halted machine does nothing more */
		kit_panics(&t, 0, inner[i].fn, inner[i].name, inner[i].k);
		kit_panics(&t, 0, inner[i].fn, inner[i].name, KIT_LIST(~0ull, ~0ull, ~0ull));
		PANICS(grant_vm_page, 99, PFN);
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
}

/* Each range of each function, before any lock; a lock that is taken already. */
static void stuck_rules(void **state)
{
	const u64 addr = 1ull << 48, iova = 1ull << 40, pfn = 1 << 28, gfn = 1ull << 36;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(map_page_host, iova);
	REFUSES(clear_vm_page, 17, PFN);
	REFUSES(clear_vm_page, 1, pfn);
	REFUSES(assign_pfn_to_vm, 17, 1, PFN);
	REFUSES(assign_pfn_to_vm, 1, gfn, PFN);
	REFUSES(assign_pfn_to_vm, 1, 1, pfn);
	REFUSES(map_pfn_vm, 17, 0, ADDR, 3);
	REFUSES(map_pfn_vm, 1, addr, ADDR, 3);
	REFUSES(map_vm_io, 17, 0, 0);
	REFUSES(map_vm_io, 1, addr, 0);
	REFUSES(map_vm_io, 1, 0, addr);
	REFUSES(grant_vm_page, 17, PFN);
	REFUSES(grant_vm_page, 1, pfn);
	REFUSES(revoke_vm_page, 17, PFN);
	REFUSES(revoke_vm_page, 1, pfn);
	REFUSES(assign_pfn_to_smmu, 17, 1, PFN);
	REFUSES(assign_pfn_to_smmu, 1, gfn, PFN);
	REFUSES(assign_pfn_to_smmu, 1, 1, pfn);
	REFUSES(update_smmu_page, 17, 0, 0, 0, 0);
	REFUSES(update_smmu_page, 1, 8, 0, 0, 0);
	REFUSES(update_smmu_page, 1, 0, 2, 0, 0);
	REFUSES(update_smmu_page, 1, 0, 0, iova, 0);
	REFUSES(unmap_smmu_page, 8, 0, 0);
	REFUSES(unmap_smmu_page, 0, 2, 0);
	REFUSES(unmap_smmu_page, 0, 0, iova);
	kit_expect_events(&t, 0, "");
	OK(acquire_lock_s2page);
	STUCK(LOCK_TAKEN, map_page_host, ADDR);
	STUCK(LOCK_TAKEN, clear_vm_page, 1, PFN);
	STUCK(LOCK_TAKEN, assign_pfn_to_vm, 1, 1, PFN);
	STUCK(LOCK_TAKEN, map_vm_io, 1, 0, 0);
	STUCK(LOCK_TAKEN, grant_vm_page, 1, PFN);
	STUCK(LOCK_TAKEN, revoke_vm_page, 1, PFN);
	STUCK(LOCK_TAKEN, assign_pfn_to_smmu, 1, 1, PFN);
	STUCK(LOCK_TAKEN, update_smmu_page, 1, 0, 0, 0, 0);
	STUCK(LOCK_TAKEN, unmap_smmu_page, 0, 0, 0);
	test_machine_free(&t);
}

/* The last number of each range is in it. */
static void last_numbers(void **state)
{
	const u64 pfn = (1 << 28) - 1, gfn = (1ull << 36) - 1;

	(void)state;
	prepare((struct record)HOST, false);
	OK(map_page_host, (1ull << 40) - 1);
	OK(clear_vm_page, 16, pfn);
	OK(grant_vm_page, 16, pfn);
	OK(revoke_vm_page, 16, pfn);
	OK(assign_pfn_to_vm, 16, gfn, PFN);
	OK(map_pfn_vm, 16, (1ull << 48) - 1, ADDR, 3);
	OK(map_vm_io, 15, (1ull << 48) - 1, (1ull << 48) - 1);
	OK(unmap_smmu_page, 7, 1, (1ull << 40) - 1);
	kit_set_page(&t, PFN, 0, 0, HOST_GFN);
	OK(assign_pfn_to_smmu, 16, gfn, PFN);
	kit_set_page(&t, PFN, 16, 0, (1 << 28) - 1);
	OK(update_smmu_page, 16, 7, 1, (1ull << 40) - 1, ADDR);
	PANICS(assign_pfn_to_vm, 16, gfn, pfn);
	test_machine_free(&t);
	prepare((struct record)HOST, false);
	PANICS(assign_pfn_to_smmu, 16, gfn, pfn);
	test_machine_free(&t);
}

/* The inner lock is asked for where the body takes it, and nowhere else. */
static void inner_locks(void **state)
{
	(void)state;
	prepare((struct record){ 3, 1, 40 }, false);
	OK(acquire_lock_pt, 0);
	OK(acquire_lock_spt);
	OK(grant_vm_page, 3, PFN);
	OK(revoke_vm_page, 3, PFN);
	OK(assign_pfn_to_vm, 3, 40, PFN);
	OK(assign_pfn_to_smmu, 3, 40, PFN);
	OK(clear_vm_page, 4, PFN);
	OK(map_vm_io, 0, 0, ADDR);
	STUCK(LOCK_TAKEN, revoke_vm_page, 3, PFN);
	test_machine_free(&t);
	prepare((struct record){ 3, 1, 40 }, false);
	OK(acquire_lock_spt);
	STUCK(LOCK_TAKEN, update_smmu_page, 3, 2, 1, 40 << 12, ADDR);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_page),    cmocka_unit_test(inner_panics),
		cmocka_unit_test(stuck_rules), cmocka_unit_test(last_numbers),
		cmocka_unit_test(inner_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

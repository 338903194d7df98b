// SPDX-License-Identifier: GPL-2.0-only
/* Which atomic operations met on an object, by the log. */
#include "oracle/report/overlap.h"

#include "sim/log/mark_arg.h"
#include "tests/kit.h"

static struct overlap *o;

static int make(void **state)
{
	(void)state;
	o = overlap_new();
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	overlap_free(o);
	return 0;
}

static void op(u8 cpu, u64 which)
{
	overlap_feed(o, &(struct event){ .kind = MARK_OP, .cpu = cpu, .n = 1, .args = &which }, 1);
}

static void over(u8 cpu)
{
	overlap_feed(o, &(struct event){ .kind = MARK_SEVENT, .cpu = cpu }, 1);
}

static void ticket(u8 cpu, lk_t lk, u32 number)
{
	overlap_feed(o,
	             &(struct event){ .kind = EV_INC_TICKET,
	                              .cpu = cpu,
	                              .lk = lk,
	                              .ticket = number,
	                              .flags = EVF_WORD },
	             1);
}

static void pass(u8 cpu, lk_t lk)
{
	overlap_feed(o, &(struct event){ .kind = EV_INC_NOW, .cpu = cpu, .lk = lk }, 1);
}

/* An access that saw the object before section @before, and @more had begun when it was done. */
static void looks(u8 cpu, lk_t lk, u64 before, u64 more)
{
	const u64 args[] = { MV_ACCESS_OWN, MV_FROM_WALK, 3, 7, 0, lk, before, more };

	overlap_feed(o,
	             &(struct event){
			     .kind = MARK_ACCESS, .cpu = cpu, .n = ARRAY_SIZE(args), .args = args },
	             1);
}

static void machine(bool dead_vm_entries_published)
{
	struct errata e;

	errata_all_published(&e);
	errata_set(&e, ERRATUM_DEAD_VM_ENTRIES, dead_vm_entries_published);
	overlap_log(o, &e);
}

static void met(enum hyp_op a, enum hyp_op b, u64 times)
{
	assert_int_equal(overlap_count(o, a, b), times);
	assert_int_equal(overlap_count(o, b, a), times);
}

/* Two tickets of one lock that are out at once: the operations have met; one after the other they have not. */
static void tickets(void **state)
{
	(void)state;
	op(0, OP_map_page_host);
	op(1, OP_grant_vm_page);
	ticket(0, S2PAGE_ID, 1);
	ticket(1, S2PAGE_ID, 2);
	met(OP_map_page_host, OP_grant_vm_page, 1);
	pass(0, S2PAGE_ID);
	over(0);
	pass(1, S2PAGE_ID);
	over(1);
	op(0, OP_map_page_host);
	ticket(0, S2PAGE_ID, 3);
	pass(0, S2PAGE_ID);
	op(1, OP_grant_vm_page);
	ticket(1, S2PAGE_ID, 4);
	met(OP_map_page_host, OP_grant_vm_page, 1);
}

/* At two locks at once, they have not. */
static void other_locks(void **state)
{
	(void)state;
	op(0, OP_walk_s2pt);
	op(1, OP_walk_s2pt);
	ticket(0, NPT_ID + 1, 1);
	ticket(1, NPT_ID + 2, 1);
	met(OP_walk_s2pt, OP_walk_s2pt, 0);
}

/* What is nested meets others, and behind it the outer one does. */
static void nested(void **state)
{
	(void)state;
	op(0, OP_verify_and_load_images);
	op(0, OP_assign_pfn_to_vm);
	op(1, OP_clear_vm_page);
	ticket(1, S2PAGE_ID, 1);
	ticket(0, S2PAGE_ID, 2);
	met(OP_assign_pfn_to_vm, OP_clear_vm_page, 1);
	met(OP_verify_and_load_images, OP_clear_vm_page, 0);
	over(0);
	op(2, OP_get_vm_poweron);
	ticket(0, INFO_ID + 1, 1);
	ticket(2, INFO_ID + 1, 2);
	met(OP_verify_and_load_images, OP_get_vm_poweron, 1);
}

/* An access has met the sections that were at work during its look, whether the log has come to them or not. */
static void accesses(void **state)
{
	(void)state;
	op(0, OP_grant_vm_page);
	ticket(0, S2PAGE_ID, 5);
	op(1, OP_mem_load);
	looks(1, S2PAGE_ID, 5, 1);
	met(OP_grant_vm_page, OP_mem_load, 1);
	looks(1, S2PAGE_ID, 5, 0);
	met(OP_grant_vm_page, OP_mem_load, 1);
	looks(1, S2PAGE_ID, 6, 1);
	over(1);
	met(OP_revoke_vm_page, OP_mem_load, 0);
	pass(0, S2PAGE_ID);
	over(0);
	op(0, OP_revoke_vm_page);
	ticket(0, S2PAGE_ID, 6);
	met(OP_revoke_vm_page, OP_mem_load, 1);
}

/* An episode is a machine of its own. */
static void episodes(void **state)
{
	(void)state;
	op(0, OP_walk_s2pt);
	ticket(0, NPT_ID + 1, 1);
	overlap_feed(o, &(struct event){ .kind = MARK_EPISODE, .arg = 1 }, 1);
	op(1, OP_walk_s2pt);
	ticket(1, NPT_ID + 1, 1);
	met(OP_walk_s2pt, OP_walk_s2pt, 0);
}

/* Each operation that ended is counted, also one inside another. */
static void endings(void **state)
{
	(void)state;
	op(0, OP_verify_and_load_images);
	op(0, OP_walk_s2pt);
	over(0);
	op(0, OP_walk_s2pt);
	over(0);
	over(0);
	op(1, OP_walk_s2pt);
	assert_int_equal(overlap_ended(o, OP_walk_s2pt), 2);
	assert_int_equal(overlap_ended(o, OP_verify_and_load_images), 1);
}

/* The next log is another machine: its tickets meet nobody's of the log before, and counts stay. */
static void logs(void **state)
{
	(void)state;
	machine(true);
	op(0, OP_walk_s2pt);
	ticket(0, NPT_ID + 1, 1);
	op(1, OP_walk_s2pt);
	ticket(1, NPT_ID + 1, 2);
	met(OP_walk_s2pt, OP_walk_s2pt, 1);
	machine(true);
	op(1, OP_walk_s2pt);
	ticket(1, NPT_ID + 1, 1);
	met(OP_walk_s2pt, OP_walk_s2pt, 1);
	assert_true(overlap_has_side(o, ERRATUM_DEAD_VM_ENTRIES, true));
	assert_false(overlap_has_side(o, ERRATUM_DEAD_VM_ENTRIES, false));
}

/* Which pairs can come to one object; two accesses take no lock, so they do not. */
static void pairs(void **state)
{
	(void)state;
	machine(true);
	assert_true(overlap_can(o, OP_map_page_host, OP_mem_store));
	assert_false(overlap_can(o, OP_mem_load, OP_mem_store));
	assert_false(overlap_can(o, OP_gen_vmid, OP_walk_s2pt));
	assert_true(overlap_can(o, OP_gen_vmid, OP_set_boot_info));
	for (u32 a = 0; a < HYP_OP_NR; a++)
		for (u32 b = 0; b < HYP_OP_NR; b++)
			if (overlap_excuse(a, b))
				assert_true(overlap_can(o, a, b));
	assert_int_equal(overlap_sums(o).pairs, 357);
}

/*
 * A bank that is freed keeps its table, and nobody asks for a VM's banks, as published.  As intended the table is emptied, so
 * el2_free_smmu_pgd meets who walks it, and get_vm_banks meets whoever is at the SMMUs: itself, six operations and two accesses.
 */
static void sides(void **state)
{
	struct errata e;

	(void)state;
	machine(true);
	assert_false(overlap_can(o, OP_el2_free_smmu_pgd, OP_el2_arm_lpae_iova_to_phys));
	assert_false(overlap_can(o, OP_get_vm_banks, OP_el2_alloc_smmu_pgd));
	machine(false);
	assert_true(overlap_can(o, OP_el2_free_smmu_pgd, OP_el2_arm_lpae_iova_to_phys));
	assert_true(overlap_can(o, OP_get_vm_banks, OP_el2_alloc_smmu_pgd));
	assert_true(overlap_can(o, OP_get_vm_banks, OP_dev_load));
	assert_false(overlap_can(o, OP_get_vm_banks, OP_el2_arm_lpae_iova_to_phys));
	assert_int_equal(overlap_sums(o).pairs, 367);
	/* A share of pages asks for the level of an entry as published alone. */
	overlap_reset(o);
	errata_all_intended(&e);
	overlap_log(o, &e);
	assert_false(overlap_can(o, OP_get_level_s2pt, OP_walk_s2pt));
	assert_int_equal(overlap_sums(o).pairs, 367 - 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tickets, make, unmake),
		cmocka_unit_test_setup_teardown(other_locks, make, unmake),
		cmocka_unit_test_setup_teardown(nested, make, unmake),
		cmocka_unit_test_setup_teardown(accesses, make, unmake),
		cmocka_unit_test_setup_teardown(episodes, make, unmake),
		cmocka_unit_test_setup_teardown(endings, make, unmake),
		cmocka_unit_test_setup_teardown(logs, make, unmake),
		cmocka_unit_test_setup_teardown(pairs, make, unmake),
		cmocka_unit_test_setup_teardown(sides, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

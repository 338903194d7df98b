// SPDX-License-Identifier: GPL-2.0-only
/* NPTOps: each function is one section of one table's lock. */
#include "sim/hyp/npt_ops.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "shmem/tlb.h"
#include "sim/hyp/npt_walk.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

#include <stdlib.h>

static struct test_machine t;

KIT_VOID(acquire_lock_pt, (u32)k[0])
KIT_VALUE(get_level_s2pt, (u32)k[0], k[1])
KIT_VALUE(walk_s2pt, (u32)k[0], k[1])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(clear_pfn_host, k[0])
KIT_VOID(release_lock_pt, (u32)k[0])
KIT_VOID(acquire_lock_s2page)
KIT_VOID(release_lock_s2page)
KIT_VOID(set_s2_page_vmid, k[0], (u32)k[1])
KIT_VOID(set_npt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(clear_phys_page, k[0])
KIT_VOID(tlb_invalidate_wait)

/* What each function does, returns and writes to the log, changed or not. */
static void sections(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	assert_true(OK(walk_s2pt, 16, 0x5123) == 0);
	kit_expect_events(&t, 0, "[walk_s2pt(16,20771) NPT:16+ NPT:16- OPT_GET]");
	OK(map_s2pt, 16, 0x5000, 3, 0x7fff);
	kit_expect_events(&t, 0, "NPT:16+ NPT:16*");
	assert_true(OK(walk_s2pt, 16, 0x5123) == 0x7fff);
	assert_true(OK(get_level_s2pt, 16, 0x5123) == 3);
	kit_expect_events(&t, 0,
	                  "[walk_s2pt(16,20771) NPT:16+ NPT:16- OPT_GET] "
	                  "[get_level_s2pt(16,20771) NPT:16+ NPT:16- OPT_GET]");
	OK(map_s2pt, 16, 0x5000, 3, 0x7fff);
	kit_expect_events(&t, 0, "NPT:16+ NPT:16-");
	OK(map_s2pt, 2, 0x40000000, 2, 0x200ffd);
	assert_true(OK(get_level_s2pt, 2, 0x401fffff) == 2);
	assert_true(OK(get_level_s2pt, 2, 0x40200000) == 0);
	assert_int_equal(t.m->cpu[0].tstate, 1);
	kit_judge(&t);
	test_machine_free(&t);
}

/* The host's entry becomes PAGE_GUEST; where it has none there is a section all the same. */
static void host_page_is_cleared(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(clear_pfn_host, 600);
	kit_expect_events(&t, 0, "NPT:0+ NPT:0-");
	OK(map_s2pt, 0, 601 * 4096, 3, 601 * 4096 | 0xfff);
	kit_forget(&t);
	OK(clear_pfn_host, 600);
	OK(clear_pfn_host, 602);
	OK(clear_pfn_host, 0xfffffff);
	kit_expect_events(&t, 0, "NPT:0+ NPT:0- NPT:0+ NPT:0- NPT:0+ NPT:0-");
	OK(map_s2pt, 0, 600 * 4096, 3, 600 * 4096 | 0xfff);
	OK(clear_pfn_host, 601);
	assert_int_equal(kit_walk(&t, 0, 601 * 4096).level, 0);
	assert_int_equal(kit_walk(&t, 0, 600 * 4096).pfn, 600);
	OK(map_s2pt, 0, 601 * 4096, 3, 601 * 4096 | 0xfff);
	kit_forget(&t);
	OK(clear_pfn_host, 600);
	kit_expect_events(&t, 0, "NPT:0+ NPT:0*");
	assert_true(kit_walk(&t, 0, 600 * 4096).pte == 1ull << 57);
	assert_int_equal(kit_walk(&t, 0, 600 * 4096).level, 0);
	assert_int_equal(kit_walk(&t, 0, 601 * 4096).pfn, 601);
	OK(clear_pfn_host, 600);
	kit_expect_events(&t, 0, "NPT:0+ NPT:0-");
	kit_judge(&t);
	test_machine_free(&t);
}

/* The lock stays held when the machine halts in a section, and nothing is pushed. */
static void panics(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(map_s2pt, 2, 0x40000000, 2, 0x200ffd);
	kit_forget(&t);
	PANICS(map_s2pt, 2, 0x40001000, 3, 0x7fff);
	kit_expect_events(&t, 0, "NPT:2+");
	assert_true(kit_held(&t) == 1ull << (NPT_ID + 2));
	assert_int_equal(t.m->cpu[0].tstate, 0);
	/* And then nothing is done any more. */
	PANICS(map_s2pt, 3, 0x40001000, 3, 0x7fff);
	PANICS(walk_s2pt, 2, 0x40000000);
	PANICS(get_level_s2pt, 2, 0x40000000);
	PANICS(clear_pfn_host, 600);
	PANICS(walk_s2pt, 99, 0);
	PANICS(get_level_s2pt, 99, 0);
	PANICS(clear_pfn_host, ~0ull);
	kit_expect_events(&t, 0, "");
	kit_judge(&t);
	test_machine_free(&t);

	test_machine_boot(&t, 1, NULL);
	OK(map_s2pt, 0, 1024 * 4096, 2, 1024 * 4096 | 0xffd);
	kit_forget(&t);
	PANICS(clear_pfn_host, 1030);
	kit_expect_events(&t, 0, "NPT:0+");
	assert_true(kit_held(&t) == 1ull << NPT_ID);
	test_machine_free(&t);
}

static void stuck_rules(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(get_level_s2pt, 17, 0);
	REFUSES(get_level_s2pt, 1, 1ull << 48);
	REFUSES(walk_s2pt, 17, 0);
	REFUSES(walk_s2pt, 1, 1ull << 48);
	REFUSES(map_s2pt, 17, 0, 3, 1);
	REFUSES(map_s2pt, 1, 1ull << 48, 3, 1);
	REFUSES(map_s2pt, 1, 0, 1, 1);
	REFUSES(map_s2pt, 1, 0, 4, 1);
	REFUSES(map_s2pt, 1, 0, 3, 0);
	REFUSES(clear_pfn_host, 1 << 28);
	kit_expect_events(&t, 0, "");
	OK(acquire_lock_pt, 0);
	STUCK(LOCK_TAKEN, get_level_s2pt, 0, 0);
	STUCK(LOCK_TAKEN, walk_s2pt, 0, 0);
	STUCK(LOCK_TAKEN, map_s2pt, 0, 0, 3, 1);
	STUCK(LOCK_TAKEN, clear_pfn_host, 1);
	test_machine_free(&t);
}

/* A section, event by event. */
static void events(void **state)
{
	char *text;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(map_s2pt, 1, 0x80403000, 3, 0x12345fff);
	text = kit_text(&t, 0);
	assert_string_equal(text, "6 0 INC_TICKET 10\n6 0 GET_NOW\n6 0 HOLD_LOCK\n#! 0 barrier\n"
	                          "6 0 OPULL 6\n"
	                          "6 0 ONPT pt_pgd_next[0]=0x2011000>0x2012000 "
	                          "pt_vttbr_pool[0x2010000]=0>0x2011003 "
	                          "pt_pud_next[0]=0x2111000>0x2112000 "
	                          "pt_pgd_pool[0x2011010]=0>0x2111003 "
	                          "pt_pmd_next[0]=0x2911000>0x2912000 "
	                          "pt_pud_pool[0x2111010]=0>0x2911003 "
	                          "pt_pmd_pool[0x2911018]=0>0x12345fff\n"
	                          "#! 0 barrier\n6 0 INC_NOW\n");
	free(text);
	test_machine_free(&t);
}

/* Of each object, the differences that its section has so far: what stands before an invalidation that begins now. */
static void differences(void **state)
{
	const u32 *n;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	n = t.m->cpu[0].n_diffs;
	OK(acquire_lock_s2page);
	OK(set_s2_page_vmid, 3, 2);
	OK(acquire_lock_pt, 1);
	assert_int_equal(n[NPT_ID + 1], 0);
	OK(set_npt, 1, 0x80403000, 3, 0x12345fff);
	assert_int_equal(n[NPT_ID + 1], 7); /* as events() has them */
	assert_int_equal(n[S2PAGE_ID], 1);
	OK(set_s2_page_vmid, 3, 2); /* what is there already is none */
	OK(clear_phys_page, 3);
	OK(set_s2_page_vmid, 4, 2);
	assert_int_equal(n[NPT_ID + 1], 7);
	assert_int_equal(n[S2PAGE_ID], 2);
	OK(release_lock_pt, 1);
	assert_int_equal(n[NPT_ID + 1], 0);
	assert_int_equal(n[S2PAGE_ID], 2);
	OK(release_lock_s2page);
	OK(acquire_lock_pt, 1);
	assert_int_equal(n[NPT_ID + 1] + n[S2PAGE_ID], 0);
	test_machine_free(&t);
}

/* An old translation lives until its section ends, no longer: whoever changes an entry waits for the invalidation. */
static void waits(void **state)
{
	static struct tlb tlbs[2];
	struct errata e;

	(void)state;
	errata_defaults(&e);
	errata_set(&e, ERRATUM_TLB_INVALIDATE, false);
	test_machine_boot(&t, 2, &e);
	for (u32 i = 0; i < 2; i++) {
		t.m->cpu[i].tlbs = tlbs;
		t.m->cpu[i].n_tlbs = 2;
	}
	OK(map_s2pt, 0, 600 * 4096, 3, 600 * 4096 | 0xfff);
	assert_int_equal(translate_stage2(&t.m->cpu[1], 0, 600).table.pfn, 600);
	OK(acquire_lock_pt, 0);
	OK(set_npt, 0, 600 * 4096, 3, PAGE_GUEST);
	assert_int_equal(tlbs[0].n_begun, 1);
	assert_int_equal(translate_stage2(&t.m->cpu[1], 0, 600).table.pfn, 600);
	OK(tlb_invalidate_wait);
	assert_int_equal(translate_stage2(&t.m->cpu[1], 0, 600).table.pfn, 0);
	OK(release_lock_pt, 0);
	for (u32 what = 0; what < 2; what++) {
		OK(map_s2pt, 0, 600 * 4096, 3, 600 * 4096 | 0xfff);
		assert_int_equal(translate_stage2(&t.m->cpu[1], 0, 600).table.pfn, 600);
		if (what)
			OK(clear_pfn_host, 600);
		else
			OK(map_s2pt, 0, 600 * 4096, 3, 601 * 4096 | 0xfff);
		assert_int_equal(tlbs[0].n_begun, 0);
		assert_int_equal(translate_stage2(&t.m->cpu[1], 0, 600).table.pfn, what ? 0 : 601);
	}
	/* a section in which the machine halts invalidates nothing */
	OK(map_s2pt, 0, 1024 * 4096, 2, 1024 * 4096 | 0xffd);
	PANICS(map_s2pt, 0, 1030 * 4096, 3, 0x7fff);
	assert_int_equal(tlbs[0].n_begun, 0);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections), cmocka_unit_test(host_page_is_cleared),
		cmocka_unit_test(panics),   cmocka_unit_test(stuck_rules),
		cmocka_unit_test(events),   cmocka_unit_test(differences),
		cmocka_unit_test(waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

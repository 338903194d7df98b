// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a push changes, above cells.  Addresses are those of the specification's pools: VM 3 has its root at 0x6010000, pools from
 * 0x6011000, 0x6111000 and 0x6911000 on; bank 10 (SMMU 1, context 2) its root at 0x24000, pools at 0x110000 and 0x210000.
 */
#include "tests/kit.h"
#include "tests/kit_world.h"

enum { NPT3 = NPT_ID + 3 };

static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = kit_world();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

/* The way to gfn 0x80010: entries 0, 2, 0 and 0x10. */
#define ROOT(was, is) KIT_D(NPT, pt_vttbr_pool, 0x6010000, was, is)
#define PGD(was, is)  KIT_D(NPT, pt_pgd_pool, 0x6011010, was, is)
#define PUD(was, is)  KIT_D(NPT, pt_pud_pool, 0x6111000, was, is)
#define PTE(was, is)  KIT_D(NPT, pt_pmd_pool, 0x6911080, was, is)

static void map_page(void)
{
	KIT_PUSH(w, NPT3, ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003),
	         PTE(0, 0x210fff));
}

/* The first map of a page links three tables and takes a page of each pool. */
static void first_map(void **state)
{
	(void)state;
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pgd_next, 0, 0x6011000, 0x6012000), ROOT(0, 0x6011003),
	         KIT_D(NPT, pt_pud_next, 0, 0x6111000, 0x6112000), PGD(0, 0x6111003),
	         KIT_D(NPT, pt_pmd_next, 0, 0x6911000, 0x6912000), PUD(0, 0x6911003),
	         PTE(0, 0x210fff));
	kit_expect_changes(w, "leaf 3 80010 ->3:210:210fff; "
	                      "link NPT:3 6010000 0>6011003; "
	                      "link NPT:3 6011010 0>6111003; "
	                      "link NPT:3 6111000 0>6911003; "
	                      "cursor NPT:3 pt_pgd_next 6011000>6012000; "
	                      "cursor NPT:3 pt_pud_next 6111000>6112000; "
	                      "cursor NPT:3 pt_pmd_next 6911000>6912000");
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pmd_pool, 0x6911088, 0, 0x211fff));
	kit_expect_changes(w, "leaf 3 80011 ->3:211:211fff");
}

/* The same whatever the order in which a push tells its differences. */
static void any_order(void **state)
{
	const struct diff d[] = { ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003),
		                  PTE(0, 0x210fff) };

	(void)state;
	for (u32 p = 0; p < 256; p++) {
		u32 at[4] = { p & 3, p >> 2 & 3, p >> 4 & 3, p >> 6 & 3 };
		struct diff v[4];

		if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
			continue;
		for (u32 i = 0; i < 4; i++)
			v[i] = d[at[i]];
		world_reset(w);
		kit_push(w, NPT3, v, 4);
		kit_expect_changes(w, "leaf 3 80010 ->3:210:210fff; "
		                      "link NPT:3 6010000 0>6011003; "
		                      "link NPT:3 6011010 0>6111003; "
		                      "link NPT:3 6111000 0>6911003");
		kit_expect_maplet(world_npt(w, 3, 0x80010), "3:210:210fff");
		kit_expect_mappers(w, 0x210, "3:80010");
	}
}

/* A table that is linked with entries in it maps them; one that is unlinked takes them away, at every level. */
static void links_carry_leaves(void **state)
{
	(void)state;
	map_page();
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pmd_pool, 0x6911ff8, 0, 0x123fff));
	KIT_PUSH(w, NPT3, PUD(0x6911003, 0));
	kit_expect_changes(w, "leaf 3 80010 3:210:210fff>-; leaf 3 801ff 3:123:123fff>-; "
	                      "link NPT:3 6111000 6911003>0");
	kit_expect_mappers(w, 0x210, "");
	/* entry 1 of the same page: 2 MiB above */
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111008, 0, 0x6911003));
	kit_expect_changes(w, "leaf 3 80210 ->3:210:210fff; leaf 3 803ff ->3:123:123fff; "
	                      "link NPT:3 6111008 0>6911003");
	KIT_PUSH(w, NPT3, ROOT(0x6011003, 0));
	kit_expect_changes(w, "leaf 3 80210 3:210:210fff>-; leaf 3 803ff 3:123:123fff>-; "
	                      "link NPT:3 6010000 6011003>0");
	/* as root entry 1, 512 GiB above */
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_vttbr_pool, 0x6010008, 0, 0x6011003));
	kit_expect_changes(w, "leaf 3 8080210 ->3:210:210fff; leaf 3 80803ff ->3:123:123fff; "
	                      "link NPT:3 6010008 0>6011003");
	/* other bits of the same table's entry: no walk is another one */
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_vttbr_pool, 0x6010008, 0x6011003, 0x6011007));
	kit_expect_changes(w, "link NPT:3 6010008 6011003>6011007");
}

/* An entry of a table page that nothing links maps nothing. */
static void unlinked(void **state)
{
	(void)state;
	KIT_PUSH(w, NPT3, PTE(0, 0x210fff));
	kit_expect_changes(w, "");
	KIT_PUSH(w, NPT3, PUD(0, 0x6911003));
	kit_expect_changes(w, "link NPT:3 6111000 0>6911003");
	kit_expect_mappers(w, 0x210, "");
}

/* Another table in one store: what only the old one has goes, what only the new one has comes. */
static void another_table(void **state)
{
	(void)state;
	map_page();
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pmd_pool, 0x6912080, 0, 0x220fff),
	         KIT_D(NPT, pt_pmd_pool, 0x6912088, 0, 0x221fff));
	kit_expect_changes(w, "");
	KIT_PUSH(w, NPT3, PUD(0x6911003, 0x6912003));
	kit_expect_changes(w, "leaf 3 80010 3:210:210fff>3:220:220fff; "
	                      "leaf 3 80011 ->3:221:221fff; "
	                      "link NPT:3 6111000 6911003>6912003");
}

/* A block is one change of 512 gfns; over a table it splits at the pages that the table mapped. */
static void blocks(void **state)
{
	(void)state;
	map_page();
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111008, 0, 0x600ff9));
	kit_expect_changes(w, "leaf 3 80200+200 ->2:600:600ff9");
	KIT_PUSH(w, NPT3, PUD(0x6911003, 0x400ff9));
	kit_expect_changes(w, "leaf 3 80000+10 ->2:400:400ff9; "
	                      "leaf 3 80010 3:210:210fff>2:410:400ff9; "
	                      "leaf 3 80011+1ef ->2:411:400ff9; "
	                      "link NPT:3 6111000 6911003>400ff9");
	/* to another frame, and not aligned */
	KIT_PUSH(w, NPT3, PUD(0x400ff9, 0x210ff9));
	kit_expect_changes(w, "leaf 3 80000+200 2:400:400ff9>2:210:210ff9");
	KIT_PUSH(w, NPT3, PUD(0x210ff9, 0));
	kit_expect_changes(w, "leaf 3 80000+200 2:210:210ff9>-");
	/* the table comes back with what it had */
	KIT_PUSH(w, NPT3, PUD(0, 0x6911003));
	kit_expect_changes(w, "leaf 3 80010 ->3:210:210fff; link NPT:3 6111000 0>6911003");
}

/* PAGE_GUEST is not zero and maps nothing, as a page's entry and as a block's. */
static void page_guest(void **state)
{
	(void)state;
	map_page();
	KIT_PUSH(w, NPT3, PTE(0x210fff, PAGE_GUEST));
	kit_expect_changes(w, "leaf 3 80010 3:210:210fff>0:0:200000000000000");
	kit_expect_mappers(w, 0x210, "");
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111008, 0, PAGE_GUEST));
	kit_expect_changes(w, "leaf 3 80200+200 ->0:0:200000000000000");
}

/* From before the section to behind it, whatever was in between; what is as before is no change. */
static void one_a_place(void **state)
{
	(void)state;
	map_page();
	KIT_PUSH(w, NPT3, PTE(0x210fff, 0), PTE(0, 0x220fff));
	kit_expect_changes(w, "leaf 3 80010 3:210:210fff>3:220:220fff");
	KIT_PUSH(w, NPT3, PTE(0x220fff, 0), PTE(0, 0x220fff));
	kit_expect_changes(w, "");
	KIT_PUSH(w, NPT3, PUD(0x6911003, 0x400ff9), PUD(0x400ff9, 0x6911003));
	kit_expect_changes(w, "");
	/* a block, then a table that maps one page as the block did not */
	KIT_PUSH(w, NPT3, PUD(0x6911003, 0x400ff9));
	KIT_PUSH(w, NPT3, PUD(0x400ff9, 0), PUD(0, 0x6911003));
	kit_expect_changes(w, "leaf 3 80000+10 2:400:400ff9>-; "
	                      "leaf 3 80010 2:410:400ff9>3:220:220fff; "
	                      "leaf 3 80011+1ef 2:411:400ff9>-; "
	                      "link NPT:3 6111000 400ff9>6911003");
	KIT_PUSH(w, S2PAGE_ID, KIT_D(S2PAGE, s2_owner, 3, 0, 5), KIT_D(S2PAGE, s2_count, 3, 0, 1),
	         KIT_D(S2PAGE, s2_owner, 3, 5, 0), KIT_D(S2PAGE, s2_count, 3, 1, 0));
	kit_expect_changes(w, "");
}

/* A bank's tables: three levels, 1024 entries in the root, no blocks. */
static void banks(void **state)
{
	(void)state;
	/* gfn 0x48123: entries 1, 0x40, 0x123 */
	KIT_PUSH(w, SPT_ID, KIT_D(SPT, spt_pgd_next, 0, 0x110000, 0x111000),
	         KIT_D(SPT, spt_vttbr_pool, 0x24008, 0, 0x110003),
	         KIT_D(SPT, spt_pgd_pool, 0x110200, 0, 0x210003),
	         KIT_D(SPT, spt_pmd_pool, 0x210918, 0, 0x211440));
	kit_expect_changes(w, "spt_leaf a 48123 ->3:211:211440; "
	                      "link SPT 24008 0>110003; link SPT 110200 0>210003; "
	                      "cursor SPT spt_pgd_next 110000>111000");
	kit_expect_maplet(world_spt(w, 10, 0x48123), "3:211:211440");
	kit_expect_mappers(w, 0x211, "ba:48123");
	/* entry 1023 of the bank before */
	KIT_PUSH(w, SPT_ID, KIT_D(SPT, spt_vttbr_pool, 0x23ff8, 0, 0x110003));
	kit_expect_changes(w, "spt_leaf 9 ffc8123 ->3:211:211440; link SPT 23ff8 0>110003");
	kit_expect_mappers(w, 0x211, "b9:ffc8123 ba:48123");
	KIT_PUSH(w, SPT_ID, KIT_D(SPT, spt_pmd_pool, 0x210918, 0x211440, 0));
	kit_expect_changes(w, "spt_leaf 9 ffc8123 3:211:211440>-; spt_leaf a 48123 3:211:211440>-");
}

/* Three fields are one record; it is told by its frame. */
static void records(void **state)
{
	struct diff range = { .field = F_S2PAGE_s2_owner, .first = 1022, .last = 1024, .new = 2 };

	(void)state;
	KIT_PUSH(w, S2PAGE_ID, KIT_D(S2PAGE, s2_gfn, 0x10, 0x3b9acc10, 0x80010),
	         KIT_D(S2PAGE, s2_owner, 0x10, 0, 3), KIT_D(S2PAGE, s2_count, 517, 0, 1));
	kit_expect_changes(w, "page 210 0/0/3b9acc10>3/0/80010; "
	                      "page 40005 0/0/3b9eca05>0/1/3b9eca05");
	/* the compact form: new is so much more than old; the core's first page is frame 0x10 */
	kit_push(w, S2PAGE_ID, &range, 1);
	kit_expect_changes(w, "page 10 10/0/ffffffffffffffff>12/0/ffffffffffffffff; "
	                      "page 401fe 0/0/3b9ecbfe>2/0/3b9ecbfe; "
	                      "page 401ff 0/0/3b9ecbff>2/0/3b9ecbff");
	/* a record that no region has */
	KIT_PUSH(w, S2PAGE_ID, KIT_D(S2PAGE, s2_owner, 100000, 0, 3));
	kit_expect_changes(w, "record 186a0 0>3");
}

static void values(void **state)
{
	(void)state;
	KIT_PUSH(w, SMMU_ID, KIT_D(SMMU, smmu_vmid, 10, INVALID, 3));
	kit_expect_changes(w, "bank a ffffffff>3");
	KIT_PUSH(w, INFO_ID + 3, KIT_D(INFO, vm_load_addr, 1, 0, 0x80000000),
	         KIT_D(INFO, vm_state, 0, 0, READY), KIT_D(INFO, vm_vcpu_state, 7, 0, 1));
	kit_expect_changes(w, "vm 3 vm_state[0] 0>2; vm 3 vm_vcpu_state[7] 0>1; "
	                      "vm 3 vm_load_addr[1] 0>80000000");
	KIT_PUSH(w, CORE_ID, KIT_D(CORE, next_remap_ptr, 0, 0x2000000, 0x2001000),
	         KIT_D(CORE, next_vmid, 0, 1, 1));
	kit_expect_changes(w, "core next_remap_ptr 2000000>2001000");
}

/* Flat memory: each difference as it comes, also one that leaves the value. */
static void flat(void **state)
{
	struct diff fetch = {
		.field = 0, .oracle = true, .vmid = 3, .first = 0x210, .last = 0x217, .index = 5
	};

	(void)state;
	KIT_PUSH(w, FLATMEM_ID, KIT_D(FLATMEM, flatmem, 0x300, 0, 7),
	         KIT_D(FLATMEM, flatmem, 0x200, 0, 0), KIT_D(FLATMEM, flatmem, 0x300, 7, 8));
	kit_expect_changes(w, "flat 300 0>7; flat 200 0>0; flat 300 7>8");
	kit_push(w, FLATMEM_ID, &fetch, 1);
	{
		const struct change *c;
		u32 n;

		c = world_changes(w, &n);
		assert_int_equal(n, 1);
		assert_true(c->at == 0x210 && c->n == 8 && c->before.v == 0);
		assert_true(c->after.v == world_value(w, FLATMEM_ID, 0, 0x210));
		assert_true(c->after.v != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_map, setup, teardown),
		cmocka_unit_test_setup_teardown(any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(links_carry_leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(unlinked, setup, teardown),
		cmocka_unit_test_setup_teardown(another_table, setup, teardown),
		cmocka_unit_test_setup_teardown(blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(page_guest, setup, teardown),
		cmocka_unit_test_setup_teardown(one_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(banks, setup, teardown),
		cmocka_unit_test_setup_teardown(records, setup, teardown),
		cmocka_unit_test_setup_teardown(values, setup, teardown),
		cmocka_unit_test_setup_teardown(flat, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

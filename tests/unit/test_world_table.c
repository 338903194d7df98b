// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks, leaves and mappers, of tables that are well formed and of those that are not.  Addresses as in test_world_changes.c; VM 0's
 * root is at 0x10000, its pools at 0x11000, 0x111000 and 0x911000.
 */
#include "tests/kit.h"
#include "tests/kit_world.h"

#include <stdio.h>
#include <string.h>

enum { NPT0 = NPT_ID, NPT3 = NPT_ID + 3 };

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

#define ROOT(at, is) KIT_D(NPT, pt_vttbr_pool, 0x6010000 + 8 * (at), 0, is)
#define PGD(at, is)  KIT_D(NPT, pt_pgd_pool, 0x6011000 + 8 * (at), 0, is)
#define PUD(at, is)  KIT_D(NPT, pt_pud_pool, 0x6111000 + 8 * (at), 0, is)
#define PTE(at, is)  KIT_D(NPT, pt_pmd_pool, 0x6911000 + 8 * (at), 0, is)

/* gfn = root << 27 | pgd << 18 | pud << 9 | pte; all bits of an address beyond 47 and below 12 are attributes */
static void walks(void **state)
{
	static const struct {
		u64 gfn;
		const char *maplet;
	} want[] = {
		{ 1ull << 27 | 2 << 18 | 3 << 9 | 4, "3:210:f00000000210fff" },
		{ 1ull << 27 | 2 << 18 | 3 << 9 | 5, "0:0:200000000000000" },
		{ 1ull << 27 | 2 << 18 | 3 << 9 | 6, "-" },
		{ 1ull << 27 | 2 << 18 | 4 << 9 | 0, "2:40000:40000ff9" },
		{ 1ull << 27 | 2 << 18 | 4 << 9 | 511, "2:401ff:40000ff9" },
		{ 1ull << 27 | 2 << 18 | 5 << 9 | 7, "0:0:200000000000000" },
		{ 1ull << 27 | 2 << 18 | 6 << 9, "-" },
		{ 1ull << 27 | 3 << 18 | 3 << 9 | 4, "-" },
		{ 2 << 18 | 3 << 9 | 4, "-" },
		{ 1ull << 36 | 1ull << 27 | 2 << 18 | 3 << 9 | 4, "-" }, /* no gfn */
		{ ~0ull, "-" },
	};

	(void)state;
	KIT_PUSH(w, NPT3, ROOT(1, 0x6011003), PGD(2, 0x6111003), PUD(3, 0x6911003),
	         PTE(4, 0xf00000000210fff), PTE(5, PAGE_GUEST), PUD(4, 0x40000ff9),
	         PUD(5, PAGE_GUEST));
	for (u32 i = 0; i < ARRAY_SIZE(want); i++)
		kit_expect_maplet(world_npt(w, 3, want[i].gfn), want[i].maplet);
	kit_expect_maplet(world_npt(w, 2, want[0].gfn), "-");
}

/* Root entries and the next level's need no table bits; an entry that names what is not in the next pool ends the walk. */
static void astray(void **state)
{
	static const u64 bad[] = {
		0x6010003, /* the root itself */
		0x6111003, /* beyond the next pool */
		0x8010003, /* another VM's root */
		0x8011003, /* and its pool */
		3,         /* frame 0 */
		~0ull,
	};

	(void)state;
	KIT_PUSH(w, NPT3, ROOT(1, 0x6011000), PGD(2, 0x6111008), PUD(3, 0x6911003),
	         PTE(4, 0x210fff));
	kit_expect_maplet(world_npt(w, 3, 1ull << 27 | 2 << 18 | 3 << 9 | 4), "3:210:210fff");
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		KIT_PUSH(w, NPT3, ROOT(0, bad[i]));
		kit_expect_maplet(world_npt(w, 3, 2 << 18 | 3 << 9 | 4), "-");
		kit_expect_mappers(w, 0x210, "3:8080604");
		KIT_PUSH(w, NPT3, KIT_D(NPT, pt_vttbr_pool, 0x6010000, bad[i], 0));
	}
	/* a pud entry with table bits is no block, wherever it leads */
	KIT_PUSH(w, NPT3, PUD(9, 0x40000fff));
	kit_expect_changes(w, "link NPT:3 6111048 0>40000fff");
	kit_expect_maplet(world_npt(w, 3, 1ull << 27 | 2 << 18 | 9 << 9), "-");
	kit_expect_mappers(w, 0x40000, "");
}

/* Who maps a frame: VMs and banks, several gfns of one VM, pages and blocks around it, aligned or not. */
static void mappers(void **state)
{
	(void)state;
	KIT_PUSH(w, NPT3, ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003),
	         PTE(1, 0x40010fff), PTE(2, 0x40010fff), PTE(3, 0x40011fff), PUD(1, 0x40000ff9),
	         PUD(2, 0x3fff1ff9), PUD(3, 0x40011ff9));
	KIT_PUSH(w, NPT0, KIT_D(NPT, pt_vttbr_pool, 0x10000, 0, 0x11003),
	         KIT_D(NPT, pt_pgd_pool, 0x11000, 0, 0x111003),
	         KIT_D(NPT, pt_pud_pool, 0x111000, 0, 0x911003),
	         KIT_D(NPT, pt_pmd_pool, 0x911080, 0, 0x40010fff));
	KIT_PUSH(w, SPT_ID, KIT_D(SPT, spt_vttbr_pool, 0x24000, 0, 0x110003),
	         KIT_D(SPT, spt_pgd_pool, 0x110000, 0, 0x210003),
	         KIT_D(SPT, spt_pmd_pool, 0x210008, 0, 0x40010440));
	/* the block from 0x3fff1 on ends with 0x401f0, the one from 0x40011 on begins behind */
	kit_expect_mappers(w, 0x40010, "0:10 3:1 3:2 3:210 3:41f ba:1");
	kit_expect_mappers(w, 0x40011, "3:211 3:3 3:420 3:600");
	kit_expect_mappers(w, 0x401f0, "3:3f0 3:5ff 3:7df");
	kit_expect_mappers(w, 0x401f1, "3:3f1 3:7e0");
	kit_expect_mappers(w, 0x40210, "3:7ff");
	kit_expect_mappers(w, 0x40211, "");
	kit_expect_mappers(w, 0x3fff0, "");
	/* a frame of the same list */
	kit_expect_mappers(w, 0x40010 + (1 << 20), "");
}

/* Mappers come and go in any order. */
static void mappers_in_any_order(void **state)
{
	enum { N = 4, ALL = 1 << N };
	static const char *const gfn[N] = { "3:0", "3:1", "3:2", "3:3" };

	(void)state;
	KIT_PUSH(w, NPT3, ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003));
	/* from each set of them to each other, one by one from either end */
	for (u32 i = 0; i < 2 * ALL * ALL; i++) {
		u32 is = i / ALL % ALL, to = i % ALL, from = i / ALL / 2 % ALL;
		char want[64] = "";

		for (u32 k = 0; k < N; k++) {
			u32 at = from & 1 ? k : N - 1 - k;
			struct maplet m = world_npt(w, 3, at);
			u64 entry = to >> at & 1 ? 0x210fff | (u64)(is & 7) << 55 : 0;

			KIT_PUSH(w, NPT3,
			         KIT_D(NPT, pt_pmd_pool, 0x6911000 + 8 * at, m.pte, entry));
		}
		for (u32 k = 0; k < N; k++)
			if (to >> k & 1)
				strcat(strcat(want, *want ? " " : ""), gfn[k]);
		kit_expect_mappers(w, 0x210, want);
	}
}

static void put_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	char *text = arg, maplet[64];

	sprintf(text + strlen(text), "%llx+%x %s;", (unsigned long long)gfn, n,
	        kit_maplet(m, maplet, sizeof(maplet)));
}

/* What was asked last is recalled: it is asked anew behind a store, of whichever level, behind undo, and in another episode. */
static void recalled(void **state)
{
	u32 mark;

	(void)state;
	world_keep(w, true);
	KIT_PUSH(w, NPT3, ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003),
	         PTE(1, 0x210fff));
	kit_expect_maplet(world_npt(w, 3, 1), "3:210:210fff");
	kit_expect_maplet(world_npt(w, 3, 2), "-");
	kit_expect_maplet(world_npt(w, 2, 1), "-");
	kit_expect_mappers(w, 0x211, "");
	assert_false(world_is_mapped(w, 0x211));
	mark = world_mark(w);
	KIT_PUSH(w, NPT3, PTE(2, 0x211fff));
	kit_expect_maplet(world_npt(w, 3, 2), "3:211:211fff");
	assert_true(world_is_mapped(w, 0x211));
	kit_expect_mappers(w, 0x211, "3:2");
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111000, 0x6911003, 0));
	kit_expect_maplet(world_npt(w, 3, 2), "-");
	kit_expect_mappers(w, 0x211, "");
	KIT_PUSH(w, NPT3, PUD(0, 0x40000ff9));
	kit_expect_maplet(world_npt(w, 3, 2), "2:40002:40000ff9");
	kit_expect_mappers(w, 0x40002, "3:2");
	world_undo(w, mark);
	kit_expect_maplet(world_npt(w, 3, 2), "-");
	kit_expect_mappers(w, 0x40002, "");
	kit_expect_maplet(world_npt(w, 3, 1), "3:210:210fff");
	kit_expect_mappers(w, 0x210, "3:1");
	world_reset(w);
	kit_expect_mappers(w, 0x210, "");
	kit_expect_maplet(world_npt(w, 3, 1), "-");
}

/* Leaves in the order of gfns, those that map something. */
static void leaves(void **state)
{
	char text[512] = "";

	(void)state;
	KIT_PUSH(w, NPT3, ROOT(511, 0x6011003), PGD(511, 0x6111003), PUD(511, 0x6911003),
	         PTE(511, 0x210fff), PTE(0, 0x211fff), PTE(7, PAGE_GUEST), PUD(0, 0x40000ff9));
	world_each_leaf(w, 3, put_leaf, text);
	assert_string_equal(text, "ffffc0000+200 2:40000:40000ff9;ffffffe00+1 3:211:211fff;"
	                          "fffffffff+1 3:210:210fff;");
	KIT_PUSH(w, SPT_ID, KIT_D(SPT, spt_vttbr_pool, 0x2fff8, 0, 0x110003),
	         KIT_D(SPT, spt_pgd_pool, 0x110ff8, 0, 0x210003),
	         KIT_D(SPT, spt_pmd_pool, 0x210ff8, 0, 0x213440));
	text[0] = 0;
	world_each_spt_leaf(w, 15, put_leaf, text);
	assert_string_equal(text, "fffffff+1 3:213:213440;");
	text[0] = 0;
	world_each_spt_leaf(w, 14, put_leaf, text);
	world_each_leaf(w, 2, put_leaf, text);
	assert_string_equal(text, "");
	kit_expect_maplet(world_spt(w, 15, 0xfffffff), "3:213:213440");
	kit_expect_maplet(world_spt(w, 15, 0x1fffffff), "-");
}

/* A table page that two entries link is in both places, and goes from one. */
static void two_parents(void **state)
{
	(void)state;
	KIT_PUSH(w, NPT3, ROOT(0, 0x6011003), ROOT(1, 0x6011003), PGD(0, 0x6111003),
	         PUD(0, 0x6911003), PUD(1, 0x6911003), PTE(0, 0x210fff));
	kit_expect_mappers(w, 0x210, "3:0 3:200 3:8000000 3:8000200");
	KIT_PUSH(w, NPT3, PTE(1, 0x211fff));
	kit_expect_changes(w, "leaf 3 1 ->3:211:211fff; leaf 3 201 ->3:211:211fff; "
	                      "leaf 3 8000001 ->3:211:211fff; leaf 3 8000201 ->3:211:211fff");
	KIT_PUSH(w, NPT3, KIT_D(NPT, pt_pud_pool, 0x6111008, 0x6911003, 0));
	kit_expect_changes(w, "leaf 3 200 3:210:210fff>-; leaf 3 201 3:211:211fff>-; "
	                      "leaf 3 8000200 3:210:210fff>-; leaf 3 8000201 3:211:211fff>-; "
	                      "link NPT:3 6111008 6911003>0");
	kit_expect_mappers(w, 0x210, "3:0 3:8000000");
	assert_true(world_trusts(w, ~0ull));
}

/* Where there are more ways to an entry than anybody can go, the changes are not trusted; contents are. */
static void tangled(void **state)
{
	struct diff d[] = { ROOT(0, 0x6011003), PGD(0, 0x6111003), PUD(0, 0x6911003) };
	u32 mark;

	(void)state;
	world_keep(w, true);
	for (u32 i = 0; i < ARRAY_SIZE(d); i++) {
		d[i].last = d[i].first + 511 * 8;
		kit_push(w, NPT3, &d[i], 1);
	}
	assert_true(world_trusts(w, ~0ull));
	mark = world_mark(w);
	KIT_PUSH(w, NPT3, PTE(4, 0x210fff));
	assert_int_equal(world_doubts(w, NPT3), DOUBT_TANGLED);
	assert_false(world_trusts(w, 1ull << NPT3));
	assert_true(world_trusts(w, ~(1ull << NPT3)));
	kit_expect_maplet(world_npt(w, 3, 0x123404), "3:210:210fff");
	world_undo(w, mark);
	assert_true(world_trusts(w, ~0ull));
	kit_expect_maplet(world_npt(w, 3, 4), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(walks, setup, teardown),
		cmocka_unit_test_setup_teardown(astray, setup, teardown),
		cmocka_unit_test_setup_teardown(mappers, setup, teardown),
		cmocka_unit_test_setup_teardown(mappers_in_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(recalled, setup, teardown),
		cmocka_unit_test_setup_teardown(leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(two_parents, setup, teardown),
		cmocka_unit_test_setup_teardown(tangled, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of NPTOps' and MemManager's operations, each guard of spec/30.  Frames 0x200..0x3ff and 0x40000..0x401ff are managed
 * and the host's, gfn frame + 0x3b9aca00; frame 0x100 is nobody's, 0x10 the core's.
 */
#include "tests/kit.h"
#include "tests/kit_spec.h"

enum { HOST_GFN = 0x3b9aca00 };

static struct kit_spec k;

static int setup(void **state)
{
	(void)state;
	kit_spec_new(&k);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_spec_free(&k);
	return 0;
}

#define TABLES_0(a)                                                           \
	"link NPT:0 10000 0>11003; cursor NPT:0 pt_pgd_next 11000>12000; "    \
	"link NPT:0 11000 0>111003; cursor NPT:0 pt_pud_next 111000>112000; " \
	"link NPT:0 " a " 0>911003; cursor NPT:0 pt_pmd_next 911000>912000; "

/* 6.1 */
static void map_page_host(void **state)
{
	(void)state;
	EFFECT(&k, map_page_host, "-: stuck", 1ull << 40);
	EFFECT(&k, map_page_host,
	       "S2PAGE NPT:0: " TABLES_0("111000") "leaf 0 100 ->3:100:400000001007c7", 0x100fff);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: " TABLES_0("111008") "leaf 0 210 ->3:210:210fff",
	       0x210008);
	kit_spec_page(&k, 0x210, 3, 0, 0x80000);
	EFFECT(&k, map_page_host, "S2PAGE: halts, keeps S2PAGE", 0x210000);
	EFFECT(&k, map_page_host, "S2PAGE: halts, keeps S2PAGE", 0x10000);
	kit_spec_page(&k, 0x210, 3, 1, 0x80000);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: " TABLES_0("111008") "leaf 0 210 ->3:210:210fff",
	       0x210000);
	/* a page that was handed to a device */
	kit_spec_page(&k, 0x210, 3, INVALID, 0x80000);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: " TABLES_0("111008") "leaf 0 210 ->3:210:210fff",
	       0x210000);
	kit_spec_side(&k, ERRATUM_COUNT_INVALID, false);
	EFFECT(&k, map_page_host, "S2PAGE: halts, keeps S2PAGE", 0x210000);
}

/* 4: pools, blocks in the way, entries that are there. */
static void local_mmap(void **state)
{
	(void)state;
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: nothing", 0x210000);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: leaf 0 211 ->3:211:211fff", 0x211000);
	kit_spec_set(&k, NPT_ID, F_NPT_pt_pmd_next, 0, pool_end(0));
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: leaf 0 211 ->3:211:211fff", 0x211000);
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: halts, keeps S2PAGE NPT:0", 0x400000);
	kit_spec_set(&k, NPT_ID, F_NPT_pt_pmd_next, 0, pool_end(0) - 4096);
	EFFECT(&k, map_page_host,
	       "S2PAGE NPT:0: link NPT:0 111010 0>200f003; "
	       "cursor NPT:0 pt_pmd_next 200f000>2010000; leaf 0 400 ->3:400:400000004007c7",
	       0x400000);
	kit_spec_set(&k, NPT_ID, F_NPT_pt_pud_next, 0, pmd_start(0));
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: halts, keeps S2PAGE NPT:0", 0x40000000);
	kit_spec_set(&k, NPT_ID, F_NPT_pt_pgd_next, 0, pud_start(0));
	EFFECT(&k, map_page_host, "S2PAGE NPT:0: halts, keeps S2PAGE NPT:0", 1ull << 39);
}

/* 6.4 */
static void map_pfn_vm(void **state)
{
	(void)state;
	EFFECT(&k, map_pfn_vm, "-: stuck", 17, 0x80010000, 0x210000, 3);
	EFFECT(&k, map_pfn_vm, "-: stuck", 3, 1ull << 48, 0x210000, 3);
	EFFECT(&k, map_pfn_vm,
	       "NPT:3: link NPT:3 6010000 0>6011003; cursor NPT:3 pt_pgd_next 6011000>6012000; "
	       "link NPT:3 6011010 0>6111003; cursor NPT:3 pt_pud_next 6111000>6112000; "
	       "link NPT:3 6111000 0>6911003; cursor NPT:3 pt_pmd_next 6911000>6912000; "
	       "leaf 3 80010 ->3:210:210fff",
	       3, 0x80010000, 0xff00000000210abcull, 3);
	/* any level but 2 is 3 */
	kit_spec_map(&k, 3, 0x80010, 3, 0x210fff);
	EFFECT(&k, map_pfn_vm, "NPT:3: leaf 3 80011 ->3:211:211fff", 3, 0x80011000, 0x211000, 1);
	EFFECT(&k, map_pfn_vm, "NPT:3: leaf 3 80200+200 ->2:40000:40000ffd (200)", 3, 0x80210000,
	       0x40000003, 2);
	/* over a table: its 511 other gfns, and the one that is mapped */
	EFFECT(&k, map_pfn_vm,
	       "NPT:3: link NPT:3 6111000 6911003>200ffd; "
	       "leaf 3 80000+200 ->2:200:200ffd (200)",
	       3, 0x80000000, 0x200000, 2);
	kit_spec_map(&k, 3, 0x80200, 2, 0x40000ffd);
	EFFECT(&k, map_pfn_vm, "NPT:3: nothing", 3, 0x80200000, 0x40000000, 2);
	EFFECT(&k, map_pfn_vm, "NPT:3: halts, keeps NPT:3", 3, 0x80200000, 0x210000, 3);
	/* frame 0 is no frame */
	EFFECT(&k, map_pfn_vm, "NPT:3: leaf 3 80012 ->0:0:fff", 3, 0x80012000, 0, 3);
	/* an entry that names no table of the next pool */
	kit_spec_set(&k, NPT_ID + 3, F_NPT_pt_vttbr_pool, 0x6010008, 0x6000003);
	EFFECT(&k, map_pfn_vm, "NPT:3: stuck", 3, 1ull << 39, 0x210000, 3);
}

/* 3.4 */
static void readers(void **state)
{
	(void)state;
	EFFECT(&k, walk_s2pt, "-: stuck", 17, 0);
	EFFECT(&k, get_level_s2pt, "-: stuck", 0, 1ull << 48);
	kit_spec_map(&k, 3, 0x80010, 3, 0x210fff);
	kit_spec_map(&k, 3, 0x80011, 3, PAGE_GUEST);
	kit_spec_map(&k, 3, 0x80200, 2, 0x40000ffd);
	EFFECT(&k, walk_s2pt, "NPT:3: gives 210fff", 3, 0x80010fff);
	EFFECT(&k, get_level_s2pt, "NPT:3: gives 3", 3, 0x80010fff);
	EFFECT(&k, walk_s2pt, "NPT:3: gives 200000000000000", 3, 0x80011000);
	EFFECT(&k, get_level_s2pt, "NPT:3: gives 0", 3, 0x80011000);
	EFFECT(&k, walk_s2pt, "NPT:3: gives 40000ffd", 3, 0x803ff000);
	EFFECT(&k, get_level_s2pt, "NPT:3: gives 2", 3, 0x803ff000);
	EFFECT(&k, walk_s2pt, "NPT:3: gives 0", 3, 0);
	EFFECT(&k, get_level_s2pt, "NPT:3: gives 0", 3, 0);
}

/* 6.2 */
static void clear_vm_page(void **state)
{
	(void)state;
	EFFECT(&k, clear_vm_page, "-: stuck", 17, 0x210);
	EFFECT(&k, clear_vm_page, "-: stuck", 3, 1ull << 28);
	EFFECT(&k, clear_vm_page, "S2PAGE: nothing", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 2, 0x80000);
	EFFECT(&k, clear_vm_page, "S2PAGE: nothing", 4, 0x210);
	EFFECT(&k, clear_vm_page, "S2PAGE NPT:0: page 210 3/2/80000>0/0/3b9acc10; flat 210=0", 3,
	       0x210);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, clear_vm_page,
	       "S2PAGE NPT:0: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 3/2/80000>0/0/3b9acc10; flat 210=0",
	       3, 0x210);
	kit_spec_map(&k, 0, 0x210, 3, PAGE_GUEST);
	EFFECT(&k, clear_vm_page, "S2PAGE NPT:0: page 210 3/2/80000>0/0/3b9acc10; flat 210=0", 3,
	       0x210);
	kit_spec_side(&k, ERRATUM_SMMU_HOST_OFFSET, false);
	EFFECT(&k, clear_vm_page, "S2PAGE NPT:0: page 210 3/2/80000>0/0/8000210; flat 210=0", 3,
	       0x210);
	/* the host has a block there, which it never has */
	kit_spec_page(&k, 0x40010, 3, 0, 0x80000);
	kit_spec_map(&k, 0, 0x40000, 2, 0x40000ffd);
	EFFECT(&k, clear_vm_page, "S2PAGE NPT:0: halts, keeps S2PAGE NPT:0", 3, 0x40010);
}

/* 6.3 */
static void assign_pfn_to_vm(void **state)
{
	(void)state;
	EFFECT(&k, assign_pfn_to_vm, "-: stuck", 17, 0x80000, 0x210);
	EFFECT(&k, assign_pfn_to_vm, "-: stuck", 3, 1ull << 36, 0x210);
	EFFECT(&k, assign_pfn_to_vm, "-: stuck", 3, 0x80000, 1ull << 28);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, assign_pfn_to_vm,
	       "S2PAGE NPT:0: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 0/0/3b9acc10>3/0/80000; flat 210=OUT; take data 3",
	       3, 0x80000, 0x210);
	EFFECT(&k, assign_pfn_to_vm,
	       "S2PAGE NPT:0: page 211 0/0/3b9acc11>3/0/80000; flat 211=OUT; take data 3", 3,
	       0x80000, 0x211);
	kit_spec_page(&k, 0x211, 0, 1, HOST_GFN + 0x211);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: halts, keeps S2PAGE", 3, 0x80000, 0x211);
	kit_spec_page(&k, 0x211, 3, 5, 0x80000);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: nothing", 3, 0x80000, 0x211);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: halts, keeps S2PAGE", 3, 0x80001, 0x211);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: halts, keeps S2PAGE", 4, 0x80000, 0x211);
	/* from load_decrypt_buf, and from smmu_assign_page */
	kit_spec_page(&k, 0x211, 3, 0, INVALID64);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: page 211 3/0/ffffffffffffffff>3/0/80000", 3, 0x80000,
	       0x211);
	kit_spec_page(&k, 0x211, 3, INVALID, 0x80000);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: page 211 3/ffffffff/80000>3/0/80000", 3, 0x80000,
	       0x211);
	EFFECT(&k, assign_pfn_to_vm, "S2PAGE: halts, keeps S2PAGE", 3, 0x80000, 0x100);
}

/* 6.5, 8.5 */
static void map_io(void **state)
{
	(void)state;
	EFFECT(&k, map_io, "-: stuck", 17, 0x80000000, 0x100000);
	EFFECT(&k, map_io, "-: stuck", 3, 1ull << 48, 0x100000);
	EFFECT(&k, map_io, "-: stuck", 3, 0x80000000, 1ull << 48);
	EFFECT(&k, map_io, "INFO:3: halts, keeps INFO:3", 3, 0x80000000, 0x100000);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, map_io, "S2PAGE INFO:3: nothing", 3, 0x80000000, 0x210000);
	kit_spec_map(&k, 3, 0x80001, 3, 0x210fff);
	EFFECT(&k, map_io, "S2PAGE NPT:3 INFO:3: leaf 3 80000 ->3:100:400000001007c7", 3,
	       0x80000000, 0x100abc);
	kit_spec_map(&k, 3, 0x80200, 2, 0x40000ffd);
	EFFECT(&k, map_io, "S2PAGE NPT:3 INFO:3: halts, keeps S2PAGE NPT:3 INFO:3", 3, 0x80200000,
	       0x100000);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, map_io, "INFO:3: halts, keeps INFO:3", 3, 0x80000000, 0x100000);
}

/* 6.6, 6.7 */
static void grant_revoke(void **state)
{
	(void)state;
	EFFECT(&k, grant_vm_page, "-: stuck", 17, 0x210);
	EFFECT(&k, revoke_vm_page, "-: stuck", 3, 1ull << 28);
	EFFECT(&k, grant_vm_page, "S2PAGE: nothing", 3, 0x210);
	EFFECT(&k, revoke_vm_page, "S2PAGE: nothing", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 0, 0x80000);
	EFFECT(&k, grant_vm_page, "S2PAGE: page 210 3/0/80000>3/1/80000", 3, 0x210);
	EFFECT(&k, revoke_vm_page, "S2PAGE: nothing", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 99, 0x80000);
	EFFECT(&k, grant_vm_page, "S2PAGE: page 210 3/63/80000>3/64/80000", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 100, 0x80000);
	EFFECT(&k, grant_vm_page, "S2PAGE: nothing", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 2, 0x80000);
	EFFECT(&k, revoke_vm_page, "S2PAGE: page 210 3/2/80000>3/1/80000", 3, 0x210);
	kit_spec_page(&k, 0x210, 3, 1, 0x80000);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, revoke_vm_page,
	       "S2PAGE NPT:0: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 3/1/80000>3/0/80000; flat 210=OUT; take data 3",
	       3, 0x210);
	kit_spec_page(&k, 0x210, 3, INVALID, 0x80000);
	EFFECT(&k, grant_vm_page, "S2PAGE: nothing", 3, 0x210);
	EFFECT(&k, revoke_vm_page, "S2PAGE: page 210 3/ffffffff/80000>3/fffffffe/80000", 3, 0x210);
	kit_spec_side(&k, ERRATUM_COUNT_INVALID, false);
	EFFECT(&k, revoke_vm_page, "S2PAGE: nothing", 3, 0x210);
	/* the host has a block there */
	kit_spec_page(&k, 0x40010, 3, 1, 0x80000);
	kit_spec_map(&k, 0, 0x40000, 2, 0x40000ffd);
	EFFECT(&k, revoke_vm_page, "S2PAGE NPT:0: halts, keeps S2PAGE NPT:0", 3, 0x40010);
}

static void every_way(void **state)
{
	(void)state;
	KIT_BRANCHES(OP_walk_s2pt, OP_get_level_s2pt, OP_map_page_host, OP_clear_vm_page,
	             OP_assign_pfn_to_vm, OP_map_pfn_vm, OP_map_io, OP_grant_vm_page,
	             OP_revoke_vm_page);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(map_page_host), ROW(local_mmap),    ROW(map_pfn_vm),
		ROW(readers),       ROW(clear_vm_page), ROW(assign_pfn_to_vm),
		ROW(map_io),        ROW(grant_revoke),  cmocka_unit_test(every_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

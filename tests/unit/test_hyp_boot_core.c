// SPDX-License-Identifier: GPL-2.0-only
/* BootCore and BootAux: numbers of VMs, addresses for images, and an image's way into its VM. */
#include "sim/hyp/boot_core.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <stdio.h>
#include <stdlib.h>

static struct test_machine t;

KIT_VALUE(gen_vmid)
KIT_VALUE(alloc_remap_addr, k[0])
KIT_VOID(unmap_and_load_vm_image, (u32)k[0], k[1], k[2], k[3])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(map_page_host, k[0])
KIT_VOID(acquire_lock_core)
KIT_VOID(release_lock_core)
KIT_VOID(set_next_vmid, (u32)k[0])
KIT_VOID(set_next_remap_ptr, k[0])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])

enum {
	V = 3,
	LOW = 512,     /* first of the 512 frames from 2 MiB on */
	HIGH = 262144, /* and from 1 GiB on */
	REMAP = REMAP_START,
	TARGET = 0x10000000,
};

#define HELD_INFO (1ull << (INFO_ID + V))

/* Numbers go up from 1 and end with 15; then the machine halts, with the lock held. */
static void numbers(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 v = 1; v <= 15; v++) {
		assert_int_equal(OK(gen_vmid), v);
		assert_int_equal(kit_cell(&t, CORE_ID, F_CORE_next_vmid, 0), v + 1);
		kit_expect_events(&t, 0, "[gen_vmid() CORE+ CORE* OGEN_VMID]");
	}
	PANICS(gen_vmid);
	kit_expect_events(&t, 0, "[gen_vmid() CORE+ OGEN_VMID!]");
	assert_true(kit_held(&t) == 1ull << CORE_ID);
	PANICS(gen_vmid);
	PANICS(alloc_remap_addr, 1);
	PANICS(unmap_and_load_vm_image, V, TARGET, REMAP, 1);
	kit_expect_events(&t, 0, "");
	kit_judge(&t);
	test_machine_free(&t);
}

static void set_core(u64 vmid, u64 remap)
{
	OK(acquire_lock_core);
	OK(set_next_vmid, vmid);
	OK(set_next_remap_ptr, remap);
	OK(release_lock_core);
	kit_forget(&t);
}

/* A block may not reach the end of the space, nor begin there. */
static void addresses(void **state)
{
	static const struct {
		u64 next, pages;
		bool panics;
	} row[] = {
		{ REMAP_START, 1, false },
		{ REMAP_START, 8191, false },
		{ REMAP_START, 8192, true },
		{ REMAP_END - 4096, 0, false },
		{ REMAP_END - 4096, 1, true },
		{ REMAP_END, 0, true },
		{ REMAP_START, (1ull << 36) - 1, true },
		{ REMAP_START, 0, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u64 pages = row[i].pages;

		test_machine_boot(&t, 1, NULL);
		set_core(1, row[i].next);
		if (row[i].panics) {
			PANICS(alloc_remap_addr, pages);
			kit_expect_events(&t, 0, "CORE+");
			assert_true(kit_held(&t) == 1ull << CORE_ID);
		} else {
			assert_int_equal(OK(alloc_remap_addr, pages), row[i].next);
			assert_int_equal(kit_cell(&t, CORE_ID, F_CORE_next_remap_ptr, 0),
			                 row[i].next + pages * 4096);
			kit_expect_events(&t, 0, pages ? "CORE+ CORE*" : "CORE+ CORE-");
			assert_int_equal(t.m->cpu[0].tstate, 1);
		}
		kit_judge(&t);
		test_machine_free(&t);
	}
}

static void stuck_rules(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(alloc_remap_addr, 1ull << 36);
	REFUSES(unmap_and_load_vm_image, 0, TARGET, REMAP, 1);
	REFUSES(unmap_and_load_vm_image, 16, TARGET, REMAP, 1);
	REFUSES(unmap_and_load_vm_image, V, 1ull << 48, REMAP, 3);
	REFUSES(unmap_and_load_vm_image, V, TARGET, 1ull << 48, 3);
	REFUSES(unmap_and_load_vm_image, V, TARGET, REMAP, 1ull << 36);
	kit_expect_events(&t, 0, "");
	OK(acquire_lock_core);
	STUCK(LOCK_TAKEN, gen_vmid);
	STUCK(LOCK_TAKEN, alloc_remap_addr, 1);
	test_machine_free(&t);

	test_machine_boot(&t, 1, NULL);
	set_core(17, REMAP_START);
	STUCK(RANGE, gen_vmid);
	test_machine_free(&t);
	test_machine_boot(&t, 1, NULL);
	set_core(1, 1ull << 48);
	REFUSES(alloc_remap_addr, 0);
	test_machine_free(&t);
}

/* The core has frame @pfn at @remap; the caller of what follows holds the VM's record. */
static void core_has(u64 remap, u64 pfn)
{
	OK(map_s2pt, COREVISOR, remap, 3, pfn * 4096 | PAGE_HYP);
}

static void hold(void)
{
	OK(acquire_lock_vm, V);
	kit_forget(&t);
}

/* What the block whose look-up is at @remap, with frames from @pfn on, is to write when it goes to @start. */
static void tell_block(FILE *f, const char *before, u64 remap, u64 start, u64 pfn)
{
	fprintf(f, "%s[walk_s2pt(16,%llu) NPT:16+ NPT:16- OPT_GET]", before,
	        (unsigned long long)remap);
	for (u64 i = 0; i < 512; i++)
		fprintf(f,
		        " [assign_pfn_to_vm(%u,%llu,%llu) S2PAGE+ NPT:0+ NPT:0%s F S2PAGE* "
		        "OASSIGN_VM]",
		        V, (unsigned long long)(start / 4096 + i), (unsigned long long)(pfn + i),
		        i == 1 ? "*" : "-");
	fprintf(f, " [map_pfn_vm(%u,%llu,%llu,2) NPT:%u+ NPT:%u* OMAP_VM]", V,
	        (unsigned long long)start, (unsigned long long)pfn * 4096, V, V);
}

static void block_is(u64 start, u64 pfn)
{
	for (u64 i = 0; i < 512; i++) {
		struct kit_pte p = kit_walk(&t, V, start + i * 4096);

		assert_int_equal(p.level, 2);
		assert_int_equal(p.pfn, pfn + i);
		assert_true(p.pte == (pfn * 4096 | 0xffd));
		assert_true(kit_page_is(&t, pfn + i, V, 0, start / 4096 + i));
		assert_int_equal(kit_walk(&t, 0, (pfn + i) * 4096).level, 0);
	}
}

/* An image within one block, and one over a border: each block is looked up where its own part begins. */
static void blocks(void **state)
{
	char *want;
	size_t size;
	FILE *f;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	kit_feed(&t);
	core_has(REMAP, LOW + 7); /* the frame's place in its block plays no part */
	core_has(REMAP + 0x1000, HIGH);
	OK(map_page_host, (LOW + 1) * 4096);
	OK(map_page_host, (HIGH + 1) * 4096);
	hold();
	OK(unmap_and_load_vm_image, V, TARGET + 0x1ff000, REMAP, 2);
	f = open_memstream(&want, &size);
	tell_block(f, "", REMAP, TARGET, LOW);
	tell_block(f, " ", REMAP + 0x1000, TARGET + PMD_SIZE, HIGH);
	fclose(f);
	kit_expect_events(&t, 0, want);
	free(want);
	block_is(TARGET, LOW);
	block_is(TARGET + PMD_SIZE, HIGH);
	assert_int_equal(kit_data_used(&t, V), 1024);
	assert_true(kit_flat(&t, LOW) == KIT_UNFED);
	assert_true(kit_flat(&t, HIGH + 511) == KIT_UNFED + 1023);
	/* nothing is unmapped from the core */
	assert_int_equal(kit_walk(&t, COREVISOR, REMAP).pfn, LOW + 7);
	OK(release_lock_vm, V);
	kit_judge(&t);
	test_machine_free(&t);
}

/* How many blocks an image of @num pages at @offset in its block takes; none is a block all the same off the border. */
static void how_many(void **state)
{
	static const struct {
		u64 offset, num, blocks;
	} row[] = { { 0, 0, 0 }, { 0, 1, 1 }, { 0, 512, 1 }, { 0x1000, 0, 1 }, { 0x1000, 511, 1 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		test_machine_boot(&t, 1, NULL);
		core_has(REMAP, LOW);
		hold();
		OK(unmap_and_load_vm_image, V, TARGET + row[i].offset, REMAP, row[i].num);
		assert_int_equal(kit_walk(&t, V, TARGET).level, row[i].blocks ? 2 : 0);
		test_machine_free(&t);
	}
}

/* A part that the core does not have halts the machine; so does a frame that is another VM's, where it stands. */
static void panics(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	core_has(REMAP, LOW);
	hold();
	PANICS(unmap_and_load_vm_image, V, TARGET, REMAP, 513);
	assert_true(kit_held(&t) == HELD_INFO);
	assert_true(kit_page_is(&t, LOW + 511, V, 0, TARGET / 4096 + 511));
	assert_int_equal(kit_walk(&t, V, TARGET).level, 2);
	test_machine_free(&t);

	test_machine_boot(&t, 1, NULL);
	core_has(REMAP, LOW);
	kit_set_page(&t, LOW + 2, V + 1, 0, 99);
	hold();
	PANICS(unmap_and_load_vm_image, V, TARGET, REMAP, 1);
	kit_expect_events(
		&t, 0,
		"[walk_s2pt(16,33554432) NPT:16+ NPT:16- OPT_GET] "
		"[assign_pfn_to_vm(3,65536,512) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OASSIGN_VM] "
		"[assign_pfn_to_vm(3,65537,513) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OASSIGN_VM] "
		"[assign_pfn_to_vm(3,65538,514) S2PAGE+ OASSIGN_VM!]");
	assert_true(kit_held(&t) == (HELD_INFO | 1ull << S2PAGE_ID));
	assert_int_equal(kit_walk(&t, V, TARGET).level, 0);
	test_machine_free(&t);
}

/* Ranges are asked again for each block. */
static void each_block(void **state)
{
	u64 last = (1ull << 48) - PMD_SIZE;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	core_has(REMAP, LOW);
	hold();
	STUCK(RANGE, unmap_and_load_vm_image, V, last, REMAP, 513);
	assert_string_equal(t.m->cpu[0].stuck.prim, "unmap_and_load_vm_image");
	assert_int_equal(kit_walk(&t, V, last).level, 2);
	test_machine_free(&t);

	test_machine_boot(&t, 1, NULL);
	core_has((1ull << 48) - 4096, LOW);
	hold();
	STUCK(RANGE, unmap_and_load_vm_image, V, TARGET, (1ull << 48) - 4096, 513);
	assert_string_equal(t.m->cpu[0].stuck.prim, "unmap_and_load_vm_image");
	assert_int_equal(kit_walk(&t, V, TARGET).level, 2);
	test_machine_free(&t);
}

/*
 * Erratum load-frame-zero: the core has a frame of the block at 0 there.  As published that counts as nothing and no
 * page is asked for; as intended frame 0 is, which is nobody's to give.
 */
static void load_frame_zero(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		struct errata e;

		errata_defaults(&e);
		errata_set(&e, ERRATUM_LOAD_FRAME_ZERO, published);
		test_machine_boot(&t, 1, &e);
		core_has(REMAP, 1);
		hold();
		PANICS(unmap_and_load_vm_image, V, TARGET, REMAP, 1);
		assert_true(kit_held(&t) ==
		            (published ? HELD_INFO : HELD_INFO | 1ull << S2PAGE_ID));
		test_machine_free(&t);
		/* what is not mapped at all is not on either side */
		test_machine_boot(&t, 1, &e);
		hold();
		PANICS(unmap_and_load_vm_image, V, TARGET, REMAP, 1);
		kit_expect_events(&t, 0, "[walk_s2pt(16,33554432) NPT:16+ NPT:16- OPT_GET]");
		assert_true(kit_held(&t) == HELD_INFO);
		test_machine_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),     cmocka_unit_test(addresses),
		cmocka_unit_test(blocks),      cmocka_unit_test(how_many),
		cmocka_unit_test(panics),      cmocka_unit_test(each_block),
		cmocka_unit_test(stuck_rules), cmocka_unit_test(load_frame_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

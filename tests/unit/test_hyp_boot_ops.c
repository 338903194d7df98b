// SPDX-License-Identifier: GPL-2.0-only
/* BootOps: registering VMs and vCPUs, their images, and device mappings. */
#include "sim/hyp/boot_ops.h"

#include "cpu/ctxt.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <stdio.h>

static struct test_machine t;

KIT_VALUE(search_load_info, (u32)k[0], k[1])
KIT_VOID(set_vcpu_active, (u32)k[0], (u32)k[1])
KIT_VOID(set_vcpu_inactive, (u32)k[0], (u32)k[1])
KIT_VOID(register_vcpu, (u32)k[0], (u32)k[1])
KIT_VALUE(register_kvm)
KIT_VALUE(set_boot_info, (u32)k[0], k[1], k[2])
KIT_VOID(remap_vm_image, (u32)k[0], k[1], (u32)k[2])
KIT_VOID(verify_and_load_images, (u32)k[0])
KIT_VOID(map_io, (u32)k[0], k[1], k[2])
KIT_VALUE(is_inc_exe, (u32)k[0])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(acquire_lock_core)
KIT_VOID(release_lock_core)
KIT_VOID(set_next_vmid, (u32)k[0])
KIT_VOID(set_next_remap_ptr, k[0])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(set_vm_next_load_idx, (u32)k[0], (u32)k[1])
KIT_VOID(set_vm_load_addr, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_load_size, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_remap_addr, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_mapped_pages, (u32)k[0], (u32)k[1], k[2])

/* Stuck by STUCK_RANGE in the function itself, which says more than its arguments. */
#define REFUSED(f, ...)                                          \
	do {                                                     \
		STUCK(RANGE, f, __VA_ARGS__);                    \
		assert_string_equal(t.m->cpu[0].stuck.prim, #f); \
	} while (0)

enum {
	V = 3,
	C = 5,
	LOW = 512,     /* first of the 512 frames from 2 MiB on */
	HIGH = 262144, /* and from 1 GiB on */
	DEVICE = 0x30000000,
	TARGET = 0x10000000,
};

#define HELD_INFO (1ull << (INFO_ID + V))
#define HELD_CORE (1ull << CORE_ID)

static u64 info(u32 field, u64 index)
{
	return kit_cell(&t, INFO_ID + V, field, index);
}

static void boot(u32 vm_state, u32 vcpu_state)
{
	test_machine_boot(&t, 1, NULL);
	kit_feed(&t);
	kit_set_state(&t, V, vm_state);
	OK(acquire_lock_vm, V);
	OK(set_vcpu_state, V, C, vcpu_state);
	OK(release_lock_vm, V);
	kit_forget(&t);
}

/* One image as a row of a table. */
struct image {
	u64 base, size, remap, mapped;
};

static void set_images(const struct image *im, u32 n)
{
	OK(acquire_lock_vm, V);
	OK(set_vm_next_load_idx, V, n);
	for (u32 i = 0; i < n && i < MAX_LOAD_INFO_NUM; i++) {
		OK(set_vm_load_addr, V, i, im[i].base);
		OK(set_vm_load_size, V, i, im[i].size);
		OK(set_vm_remap_addr, V, i, im[i].remap);
		OK(set_vm_mapped_pages, V, i, im[i].mapped);
	}
	OK(release_lock_vm, V);
	kit_forget(&t);
}

/* An address of an image is found at its place in the core; the last image that has it counts. */
static void where_images_are(void **state)
{
	static const struct image im[] = { { 0x1000, 0x2000, 0x2000000, 0 },
		                           { 0x8000, 1, 0x2010000, 0 },
		                           { 0x9000, 0, 0x2020000, 0 },
		                           { 0x2800, 0x100, 0x2030000, 0 },
		                           { 0, 0x800, (1ull << 48) - 0x800, 0 } };
	static const struct {
		u64 addr, found;
	} row[] = {
		{ 0x1000, 0x2000000 },
		{ 0xfff, 0 },
		{ 0x2fff, 0x2001fff },
		{ 0x3000, 0 },
		{ 0x8000, 0x2010000 },
		{ 0x8001, 0 },
		{ 0x9000, 0 },
		{ 0x27ff, 0x20017ff },
		{ 0x2800, 0x2030000 },
		{ 0x2900, 0x2001900 },
		{ 0x7ff, (1ull << 48) - 1 },
		{ INVALID64, 0 },
	};

	(void)state;
	boot(READY, UNUSED);
	set_images(im, 5);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_true(OK(search_load_info, V, row[i].addr) == row[i].found);
	kit_forget(&t);
	OK(search_load_info, V, 0x1234);
	kit_expect_events(&t, 0, "[search_load_info(3,4660) INFO:3+ INFO:3- OVM_GET]");
	set_images(im, 0);
	assert_true(OK(search_load_info, V, 0x1000) == 0);
	REFUSES(search_load_info, 17, 0);
	kit_judge(&t);
	test_machine_free(&t);
}

static void bad_images(void **state)
{
	static const struct image im[] = { { 1ull << 48, 0, 0, 0 },
		                           { 0, 1ull << 48, 0, 0 },
		                           { 0, 0, 1ull << 48, 0 },
		                           { 0, 0x801, (1ull << 48) - 0x800, 0 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(im); i++) {
		boot(READY, UNUSED);
		set_images(&im[i], 1);
		REFUSED(search_load_info, V, 0);
		test_machine_free(&t);
	}
	boot(READY, UNUSED);
	set_images((const struct image[6]){ 0 }, 6);
	REFUSED(search_load_info, V, 0);
	test_machine_free(&t);
}

enum { N_STATES = ACTIVE + 1 };

/*
 * What needs a state of the VM and one of the vCPU (N_STATES: it is not looked at), and what the vCPU's is then.
 * Any other state halts the machine, with the record held and nothing changed.
 */
static void vcpu_states(void **state)
{
	static const struct {
		const char *name, *event;
		kit_fn *fn;
		u32 vm, vcpu, after;
	} row[] = {
		{ "set_vcpu_active", "OVM_ACTIVE", do_set_vcpu_active, VERIFIED, READY, ACTIVE },
		{ "set_vcpu_inactive", "OVM_INACTIVE", do_set_vcpu_inactive, N_STATES, ACTIVE,
		  READY },
		{ "register_vcpu", "OREG_VCPU", do_register_vcpu, READY, UNUSED, READY },
	};
	char want[100];

	(void)state;
	for (u32 n = 0; n < ARRAY_SIZE(row) * N_STATES * N_STATES; n++) {
		u32 i = n / N_STATES / N_STATES, vm = n / N_STATES % N_STATES, vcpu = n % N_STATES;
		bool ok = vcpu == row[i].vcpu && (row[i].vm == N_STATES || vm == row[i].vm);

		boot(vm, vcpu);
		if (ok)
			kit_ok(&t, 0, row[i].fn, row[i].name, KIT_LIST(V, C));
		else
			kit_panics(&t, 0, row[i].fn, row[i].name, KIT_LIST(V, C));
		assert_int_equal(info(F_INFO_vm_vcpu_state, C), ok ? row[i].after : vcpu);
		assert_int_equal(info(F_INFO_vm_state, 0), vm);
		assert_true(kit_held(&t) == (ok ? 0 : HELD_INFO));
		snprintf(want, sizeof(want), "[%s(3,5) INFO:3+%s %s%s]", row[i].name,
		         ok ? " INFO:3*" : "", row[i].event, ok ? "" : "!");
		kit_expect_events(&t, 0, want);
		kit_judge(&t);
		test_machine_free(&t);
	}
}

/* The neighbours' states are their own. */
static void one_vcpu(void **state)
{
	(void)state;
	boot(READY, UNUSED);
	OK(register_vcpu, V, C);
	assert_int_equal(info(F_INFO_vm_vcpu, C), SHARED_VCPU_START + V * VCPU_PER_VM + C);
	assert_true(t.m->shadow_ctxts[V * VCPU_PER_VM + C].r[R_dirty] == INVALID64);
	for (u32 v = 0; v < VCPU_PER_VM; v++) {
		assert_int_equal(info(F_INFO_vm_vcpu_state, v), v == C ? READY : UNUSED);
		assert_int_equal(info(F_INFO_vm_vcpu, v) != 0, v == C);
		assert_int_equal(t.m->shadow_ctxts[V * VCPU_PER_VM + v].r[R_dirty] != 0, v == C);
	}
	REFUSES(register_vcpu, 17, 0);
	REFUSES(register_vcpu, V, 8);
	REFUSES(set_vcpu_active, 17, 0);
	REFUSES(set_vcpu_active, V, 8);
	REFUSES(set_vcpu_inactive, 17, 0);
	REFUSES(set_vcpu_inactive, V, 8);
	test_machine_free(&t);
}

/* Each VM gets the next number and its own record, in two sections. */
static void vms(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 v = 1; v <= 15; v++) {
		assert_int_equal(OK(register_kvm), v);
		assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_state, 0), READY);
		assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_kvm, 0), SHARED_KVM_START + v);
		if (v == 1)
			kit_expect_events(&t, 0,
			                  "[gen_vmid() CORE+ CORE* OGEN_VMID] "
			                  "[register_kvm(1) INFO:1+ INFO:1* OREG_KVM]");
	}
	kit_forget(&t);
	PANICS(register_kvm);
	kit_expect_events(&t, 0, "[gen_vmid() CORE+ OGEN_VMID!]");
	assert_true(kit_held(&t) == HELD_CORE);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A record that is in use halts the machine; the number is gone. */
static void record_in_use(void **state)
{
	(void)state;
	for (u32 vm = 1; vm < N_STATES; vm++) {
		boot(vm, UNUSED);
		OK(acquire_lock_core);
		OK(set_next_vmid, V);
		OK(release_lock_core);
		kit_forget(&t);
		PANICS(register_kvm);
		kit_expect_events(&t, 0,
		                  "[gen_vmid() CORE+ CORE* OGEN_VMID] "
		                  "[register_kvm(3) INFO:3+ OREG_KVM!]");
		assert_true(kit_held(&t) == HELD_INFO);
		assert_int_equal(kit_cell(&t, CORE_ID, F_CORE_next_vmid, 0), V + 1);
		assert_int_equal(info(F_INFO_vm_state, 0), vm);
		test_machine_free(&t);
	}
}

/* Five images, each with its own block of the core's addresses; of a sixth nothing is kept. */
static void five_images(void **state)
{
	static const struct {
		u64 addr, size, pages;
	} row[] = { { 0x1000, 0x2000, 2 },
		    { 0, 1, 1 },
		    { 0x5000, 0, 0 },
		    { (1ull << 48) - 1, 4096, 1 },
		    { 7, 4097, 2 } };
	u64 remap = REMAP_START;

	(void)state;
	boot(READY, UNUSED);
	/* pages of an image that was there before do not count */
	set_images((const struct image[]){ { 0, 0, 0, 7 } }, 1);
	set_images(NULL, 0);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		assert_int_equal(OK(set_boot_info, V, row[i].addr, row[i].size), i);
		assert_true(info(F_INFO_vm_load_addr, i) == row[i].addr);
		assert_true(info(F_INFO_vm_load_size, i) == row[i].size);
		assert_true(info(F_INFO_vm_remap_addr, i) == remap);
		assert_true(info(F_INFO_vm_mapped_pages, i) == 0);
		assert_int_equal(info(F_INFO_vm_next_load_info, 0), i + 1);
		remap += row[i].pages * 4096;
		assert_true(kit_cell(&t, CORE_ID, F_CORE_next_remap_ptr, 0) == remap);
		if (i == 0)
			kit_expect_events(&t, 0,
			                  "[set_boot_info(3,4096,8192) INFO:3+ CORE+ CORE* INFO:3* "
			                  "OBOOT_INFO]");
	}
	kit_forget(&t);
	assert_int_equal(OK(set_boot_info, V, 0x1000, 0x1000), 5);
	kit_expect_events(&t, 0, "[set_boot_info(3,4096,4096) INFO:3+ INFO:3- OBOOT_INFO]");
	REFUSES(set_boot_info, 17, 0, 0);
	REFUSES(set_boot_info, V, 1ull << 48, 0);
	REFUSES(set_boot_info, V, 0, 1ull << 48);
	kit_judge(&t);
	test_machine_free(&t);
}

/* When the core's addresses are used up both locks stay held, and the held record has the new number already. */
static void no_room(void **state)
{
	(void)state;
	boot(READY, UNUSED);
	OK(acquire_lock_core);
	OK(set_next_remap_ptr, REMAP_END - 4096);
	OK(release_lock_core);
	kit_forget(&t);
	PANICS(set_boot_info, V, 0x1000, 1);
	kit_expect_events(&t, 0, "[set_boot_info(3,4096,1) INFO:3+ CORE+ OBOOT_INFO!]");
	assert_true(kit_held(&t) == (HELD_INFO | HELD_CORE));
	assert_int_equal(info(F_INFO_vm_next_load_info, 0), 1);
	assert_int_equal(info(F_INFO_vm_load_addr, 0), 0);
	test_machine_free(&t);
}

/* Each call maps the next page of the image in the core, while it has one. */
static void remap(void **state)
{
	static const struct image im[] = { { 0x1000, 0x1001, REMAP_START, 0 },
		                           { 0x5000, 0x1000, REMAP_START + 0x2000, 0 } };

	(void)state;
	boot(READY, UNUSED);
	set_images(im, 2);
	set_images(im, 1); /* number 1 has all that it needs, but it is not there */
	OK(remap_vm_image, V, HIGH + 3, 0);
	kit_expect_events(
		&t, 0, "[remap_vm_image(3,262147,0) INFO:3+ NPT:16+ NPT:16* INFO:3* OREMAP_IMAGE]");
	OK(remap_vm_image, V, 7, 0); /* nobody's frame */
	assert_true(kit_walk(&t, COREVISOR, REMAP_START).pte == ((HIGH + 3ull) * 4096 | PAGE_HYP));
	assert_true(kit_walk(&t, COREVISOR, REMAP_START + 4096).pte == (7 * 4096 | PAGE_HYP));
	assert_int_equal(info(F_INFO_vm_mapped_pages, 0), 2);
	kit_forget(&t);
	OK(remap_vm_image, V, HIGH, 0); /* it has all its pages */
	kit_expect_events(&t, 0, "[remap_vm_image(3,262144,0) INFO:3+ INFO:3- OREMAP_IMAGE]");
	OK(remap_vm_image, V, HIGH, 1); /* there is no such image */
	kit_expect_events(&t, 0, "[remap_vm_image(3,262144,1) INFO:3+ INFO:3- OREMAP_IMAGE]");
	REFUSES(remap_vm_image, 17, 0, 0);
	REFUSES(remap_vm_image, V, 1 << 28, 0);
	REFUSES(remap_vm_image, V, 0, 5);
	kit_judge(&t);
	test_machine_free(&t);
}

static void remap_stuck(void **state)
{
	static const struct image im[] = { { 0, 1ull << 48, 0, 0 },
		                           { 0, 8192, INVALID64 - 4095, 1 },
		                           { 0, 8192, 0, 1ull << 52 },
		                           { 0, 8192, (1ull << 48) - 4096, 1 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(im); i++) {
		boot(READY, UNUSED);
		set_images(&im[i], 1);
		REFUSED(remap_vm_image, V, LOW, 0);
		test_machine_free(&t);
	}
}

/* A block that is in the way halts the machine, with the core's table held and the page not counted. */
static void remap_panics(void **state)
{
	static const struct image im = { 0x1000, 0x1000, REMAP_START, 0 };

	(void)state;
	boot(READY, UNUSED);
	set_images(&im, 1);
	OK(map_s2pt, COREVISOR, REMAP_START, 2, LOW * 4096 | 1);
	PANICS(remap_vm_image, V, LOW, 0);
	assert_true(kit_held(&t) == (HELD_INFO | 1ull << (NPT_ID + COREVISOR)));
	assert_int_equal(info(F_INFO_vm_mapped_pages, 0), 0);
	test_machine_free(&t);
}

/* A VM without an image is verified as it is. */
static void no_image(void **state)
{
	(void)state;
	boot(READY, UNUSED);
	OK(verify_and_load_images, V);
	kit_expect_events(&t, 0, "[verify_and_load_images(3) INFO:3+ INFO:3* OVERIFY]");
	assert_int_equal(info(F_INFO_vm_state, 0), VERIFIED);
	REFUSES(verify_and_load_images, 17);
	kit_judge(&t);
	test_machine_free(&t);
}

/* Every image is loaded and looked at; one that is incomplete is loaded as far as it goes. */
static void loads(void **state)
{
	static const struct image im[] = { { TARGET, 0x2000, REMAP_START, 2 },
		                           { TARGET + PMD_SIZE, 0x3000, REMAP_START + 0x2000, 1 },
		                           { 0, 0, REMAP_START + 0x5000, 0 } };

	(void)state;
	boot(READY, UNUSED);
	kit_bad_image(REMAP_START + 0x5000);
	set_images(im, 3);
	set_images(im, 2);
	OK(map_s2pt, COREVISOR, REMAP_START, 3, LOW * 4096 | PAGE_HYP);
	OK(map_s2pt, COREVISOR, REMAP_START + 0x2000, 3, (u64)HIGH * 4096 | PAGE_HYP);
	OK(verify_and_load_images, V);
	assert_int_equal(info(F_INFO_vm_state, 0), VERIFIED);
	assert_int_equal(kit_walk(&t, V, TARGET + 4096).pfn, LOW + 1);
	assert_int_equal(kit_walk(&t, V, TARGET + PMD_SIZE + 511 * 4096).pfn, HIGH + 511);
	assert_true(kit_page_is(&t, HIGH + 511, V, 0, TARGET / 4096 + 1023));
	assert_true(kit_held(&t) == 0);
	kit_judge(&t);
	test_machine_free(&t);
}

/* A bad signature halts the machine when the pages have changed hands; images behind it are not loaded. */
static void bad_signature(void **state)
{
	static const struct image im[] = { { TARGET, 0x1000, REMAP_START, 1 },
		                           { TARGET + PMD_SIZE, 0x1000, REMAP_START + 0x1000, 1 } };

	(void)state;
	boot(READY, UNUSED);
	kit_bad_image(REMAP_START);
	set_images(im, 2);
	OK(map_s2pt, COREVISOR, REMAP_START, 3, LOW * 4096 | PAGE_HYP);
	OK(map_s2pt, COREVISOR, REMAP_START + 0x1000, 3, (u64)HIGH * 4096 | PAGE_HYP);
	PANICS(verify_and_load_images, V);
	assert_true(kit_held(&t) == HELD_INFO);
	assert_int_equal(info(F_INFO_vm_state, 0), READY);
	assert_true(kit_page_is(&t, LOW, V, 0, TARGET / 4096));
	assert_int_equal(kit_page(&t, HIGH).owner, 0);
	test_machine_free(&t);
}

static void load_stuck(void **state)
{
	static const struct image im[] = { { 1ull << 48, 0, 0, 0 },
		                           { 0, 0, 1ull << 48, 0 },
		                           { 0, 0, 0, 1ull << 48 } };
	static const struct image six[6];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(im); i++) {
		boot(READY, UNUSED);
		set_images(&im[i], 1);
		REFUSED(verify_and_load_images, V);
		test_machine_free(&t);
	}
	boot(READY, UNUSED);
	set_images(six, 6);
	REFUSED(verify_and_load_images, V); /* an image number 5 */
	test_machine_free(&t);
}

/* Devices are mapped, memory is not; neither is said. */
static void devices(void **state)
{
	(void)state;
	boot(READY, UNUSED);
	OK(map_io, V, 0x8001234, DEVICE + 0x5678);
	kit_expect_events(&t, 0,
	                  "[map_io(3,134222388,805328504) INFO:3+ S2PAGE+ NPT:3+ NPT:3* S2PAGE- "
	                  "INFO:3- OMAP_IO]");
	assert_true(kit_walk(&t, V, 0x8001000).pte == (DEVICE + 0x5000 + 0x400000000007c7ull));
	OK(map_io, V, 0x8002000, LOW * 4096);
	kit_expect_events(&t, 0,
	                  "[map_io(3,134225920,2097152) INFO:3+ S2PAGE+ S2PAGE- INFO:3- OMAP_IO]");
	assert_int_equal(kit_walk(&t, V, 0x8002000).level, 0);
	REFUSES(map_io, 17, 0, 0);
	REFUSES(map_io, V, 1ull << 48, 0);
	REFUSES(map_io, V, 0, 1ull << 48);
	kit_judge(&t);
	test_machine_free(&t);

	boot(READY, UNUSED);
	OK(map_s2pt, V, 0x8000000, 2, LOW * 4096 | 1);
	PANICS(map_io, V, 0x8000000, DEVICE);
	assert_true(kit_held(&t) == (HELD_INFO | 1ull << S2PAGE_ID | 1ull << (NPT_ID + V)));
	test_machine_free(&t);
}

/* What is for a VM that is READY halts the machine in any other state, with the record held. */
static void only_ready(void **state)
{
	static const struct {
		const char *name;
		kit_fn *fn;
		u64 k[3];
		const char *events;
	} row[] = {
		{ "set_boot_info",
		  do_set_boot_info,
		  { V, 1, 2 },
		  "[set_boot_info(3,1,2) INFO:3+ OBOOT_INFO!]" },
		{ "remap_vm_image",
		  do_remap_vm_image,
		  { V, 1, 2 },
		  "[remap_vm_image(3,1,2) INFO:3+ OREMAP_IMAGE!]" },
		{ "verify_and_load_images",
		  do_verify_and_load_images,
		  { V },
		  "[verify_and_load_images(3) INFO:3+ OVERIFY!]" },
		{ "map_io", do_map_io, { V, 1, 2 }, "[map_io(3,1,2) INFO:3+ OMAP_IO!]" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row) * N_STATES; i++) {
		u32 r = i / N_STATES, vm = i % N_STATES;
		const u64 *k = row[r].k;

		if (vm == READY)
			continue;
		boot(vm, UNUSED);
		kit_panics(&t, 0, row[r].fn, row[r].name, KIT_LIST(k[0], k[1], k[2]));
		kit_expect_events(&t, 0, row[r].events);
		assert_true(kit_held(&t) == HELD_INFO);
		assert_int_equal(info(F_INFO_vm_state, 0), vm);
		test_machine_free(&t);
	}
}

static void restored(void **state)
{
	(void)state;
	boot(VERIFIED, UNUSED);
	assert_int_equal(OK(is_inc_exe, V), 0);
	kit_expect_events(&t, 0, "[is_inc_exe(3) INFO:3+ INFO:3- OVM_GET]");
	obj_set(&t.m->shared.obj[INFO_ID + V], F_INFO_vm_inc_exe, 0, 1);
	assert_int_equal(OK(is_inc_exe, V), 1);
	REFUSES(is_inc_exe, 17);
	test_machine_free(&t);
}

/* A machine that has halted: nothing, and 0. */
static void halted(void **state)
{
	(void)state;
	boot(UNUSED, UNUSED);
	PANICS(register_vcpu, V, C);
	kit_forget(&t);
	PANICS(search_load_info, 99, 0);
	PANICS(set_vcpu_active, 99, 0);
	PANICS(set_vcpu_inactive, 99, 0);
	PANICS(register_vcpu, 99, 0);
	PANICS(register_kvm);
	PANICS(set_boot_info, 99, 0, 0);
	PANICS(remap_vm_image, 99, 0, 0);
	PANICS(verify_and_load_images, 99);
	PANICS(map_io, 99, 0, 0);
	PANICS(is_inc_exe, 99);
	kit_expect_events(&t, 0, "");
	assert_int_equal(kit_cell(&t, CORE_ID, F_CORE_next_vmid, 0), 1);
	kit_judge(&t);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_images_are),
		cmocka_unit_test(bad_images),
		cmocka_unit_test(vcpu_states),
		cmocka_unit_test(one_vcpu),
		cmocka_unit_test(vms),
		cmocka_unit_test(record_in_use),
		cmocka_unit_test(five_images),
		cmocka_unit_test(no_room),
		cmocka_unit_test(remap),
		cmocka_unit_test(remap_stuck),
		cmocka_unit_test(remap_panics),
		cmocka_unit_test(no_image),
		cmocka_unit_test(loads),
		cmocka_unit_test(bad_signature),
		cmocka_unit_test(load_stuck),
		cmocka_unit_test(devices),
		cmocka_unit_test(only_ready),
		cmocka_unit_test(restored),
		cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

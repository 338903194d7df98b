// SPDX-License-Identifier: GPL-2.0-only
/* The steps of VMPower's, BootCore's and BootOps' operations, each guard of spec/32 section 4. */
#include "tests/kit.h"
#include "tests/kit_spec.h"

#include <string.h>

enum { INFO3 = INFO_ID + 3 };

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

static void vcpu_state(u64 vcpuid, u64 state)
{
	kit_spec_set(&k, INFO3, F_INFO_vm_vcpu_state, vcpuid, state);
}

/* Image @i of VM 3, of which @mapped pages are. */
static void image(u64 i, u64 addr, u64 size, u64 remap, u64 mapped)
{
	kit_spec_set(&k, INFO3, F_INFO_vm_load_addr, i, addr);
	kit_spec_set(&k, INFO3, F_INFO_vm_load_size, i, size);
	kit_spec_set(&k, INFO3, F_INFO_vm_remap_addr, i, remap);
	kit_spec_set(&k, INFO3, F_INFO_vm_mapped_pages, i, mapped);
	kit_spec_set(&k, INFO3, F_INFO_vm_next_load_info, 0, i + 1);
}

static void power(void **state)
{
	(void)state;
	EFFECT(&k, get_vm_poweron, "-: stuck", 17);
	EFFECT(&k, set_vm_poweroff, "-: stuck", 17);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 1", 3);
	EFFECT(&k, set_vm_poweroff, "INFO:3: vm 3 vm_state[0] 0>4", 3);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 1", 3);
	EFFECT(&k, set_vm_poweroff, "INFO:3: vm 3 vm_state[0] 3>4", 3);
	kit_spec_state(&k, 3, POWEROFF);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 0", 3);
	EFFECT(&k, set_vm_poweroff, "INFO:3: nothing", 3);
	/* another vCPU runs still */
	vcpu_state(7, ACTIVE);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 0", 3);
	kit_spec_side(&k, ERRATUM_POWEROFF_OTHER_VCPU, false);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 1", 3);
	vcpu_state(7, READY);
	EFFECT(&k, get_vm_poweron, "INFO:3: gives 0", 3);
}

static void images_searched(void **state)
{
	(void)state;
	EFFECT(&k, search_load_info, "-: stuck", 17, 0);
	EFFECT(&k, search_load_info, "INFO:3: gives 0", 3, 0);
	image(0, 0x80000000, 0x3000, 0x2000000, 0);
	image(1, 0x80002000, 0x1000, 0x2003000, 0);
	EFFECT(&k, search_load_info, "INFO:3: gives 2001abc", 3, 0x80001abc);
	/* two have it: the last */
	EFFECT(&k, search_load_info, "INFO:3: gives 2003008", 3, 0x80002008);
	EFFECT(&k, search_load_info, "INFO:3: gives 0", 3, 0x80003000);
	EFFECT(&k, search_load_info, "INFO:3: gives 0", 3, 0x7fffffff);
	kit_spec_set(&k, INFO3, F_INFO_vm_next_load_info, 0, 6);
	EFFECT(&k, search_load_info, "INFO:3: stuck", 3, 0);
	EFFECT(&k, is_inc_exe, "-: stuck", 17);
	EFFECT(&k, is_inc_exe, "INFO:3: gives 0", 3);
	kit_spec_set(&k, INFO3, F_INFO_vm_inc_exe, 0, 1);
	EFFECT(&k, is_inc_exe, "INFO:3: gives 1", 3);
}

static void vcpus(void **state)
{
	(void)state;
	EFFECT(&k, set_vcpu_active, "-: stuck", 17, 0);
	EFFECT(&k, set_vcpu_active, "-: stuck", 3, 8);
	EFFECT(&k, set_vcpu_inactive, "-: stuck", 3, 8);
	EFFECT(&k, register_vcpu, "-: stuck", 3, 8);
	EFFECT(&k, register_vcpu, "INFO:3: halts, keeps INFO:3", 3, 1);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, register_vcpu,
	       "INFO:3: vm 3 vm_vcpu[1] 0>OUT; vm 3 vm_vcpu_state[1] 0>2; "
	       "take shared_vcpu 3 #1; reg 3.1 dirty=ffffffffffffffff",
	       3, 1);
	vcpu_state(1, READY);
	EFFECT(&k, register_vcpu, "INFO:3: halts, keeps INFO:3", 3, 1);
	EFFECT(&k, set_vcpu_active, "INFO:3: halts, keeps INFO:3", 3, 1);
	EFFECT(&k, set_vcpu_inactive, "INFO:3: halts, keeps INFO:3", 3, 1);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, register_vcpu, "INFO:3: halts, keeps INFO:3", 3, 2);
	EFFECT(&k, set_vcpu_active, "INFO:3: vm 3 vm_vcpu_state[1] 2>5", 3, 1);
	EFFECT(&k, set_vcpu_active, "INFO:3: halts, keeps INFO:3", 3, 2);
	vcpu_state(1, ACTIVE);
	EFFECT(&k, set_vcpu_active, "INFO:3: halts, keeps INFO:3", 3, 1);
	EFFECT(&k, set_vcpu_inactive, "INFO:3: vm 3 vm_vcpu_state[1] 5>2", 3, 1);
	/* whatever the VM's state is */
	kit_spec_state(&k, 3, POWEROFF);
	EFFECT(&k, set_vcpu_inactive, "INFO:3: vm 3 vm_vcpu_state[1] 5>2", 3, 1);
	vcpu_state(1, READY);
	EFFECT(&k, set_vcpu_active, "INFO:3: halts, keeps INFO:3", 3, 1);
}

static void vmids(void **state)
{
	(void)state;
	EFFECT(&k, gen_vmid, "CORE: core next_vmid 1>2; gives 1");
	kit_spec_set(&k, CORE_ID, F_CORE_next_vmid, 0, 15);
	EFFECT(&k, gen_vmid, "CORE: core next_vmid f>10; gives f");
	kit_spec_set(&k, CORE_ID, F_CORE_next_vmid, 0, 16);
	EFFECT(&k, gen_vmid, "CORE: halts, keeps CORE");
	kit_spec_set(&k, CORE_ID, F_CORE_next_vmid, 0, 17);
	EFFECT(&k, gen_vmid, "CORE: stuck");
	EFFECT(&k, register_kvm, "-: stuck", 17);
	EFFECT(&k, register_kvm,
	       "INFO:3: vm 3 vm_kvm[0] 0>OUT; vm 3 vm_state[0] 0>2; take shared_kvm 3 #0; gives 3",
	       3);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, register_kvm, "INFO:3: halts, keeps INFO:3", 3);
}

static void boot_info(void **state)
{
	(void)state;
	EFFECT(&k, set_boot_info, "-: stuck", 17, 0, 0);
	EFFECT(&k, set_boot_info, "-: stuck", 3, 1ull << 48, 0);
	EFFECT(&k, set_boot_info, "-: stuck", 3, 0, 1ull << 48);
	EFFECT(&k, set_boot_info, "INFO:3: halts, keeps INFO:3", 3, 0x80000000, 0x2001);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, set_boot_info,
	       "CORE INFO:3: core next_remap_ptr 2000000>2003000; vm 3 vm_next_load_info[0] 0>1; "
	       "vm 3 vm_load_addr[0] 0>80000000; vm 3 vm_load_size[0] 0>2001; "
	       "vm 3 vm_remap_addr[0] 0>2000000; gives 0",
	       3, 0x80000000, 0x2001);
	/* an image of no pages is one */
	kit_spec_set(&k, INFO3, F_INFO_vm_next_load_info, 0, 4);
	EFFECT(&k, set_boot_info,
	       "CORE INFO:3: vm 3 vm_next_load_info[0] 4>5; vm 3 vm_load_addr[4] 0>80000000; "
	       "vm 3 vm_remap_addr[4] 0>2000000; gives 4",
	       3, 0x80000000, 0);
	kit_spec_set(&k, INFO3, F_INFO_vm_next_load_info, 0, 5);
	EFFECT(&k, set_boot_info, "INFO:3: gives 5", 3, 0x80000000, 0x2001);
	kit_spec_set(&k, INFO3, F_INFO_vm_next_load_info, 0, 0);
	/* the last page of the window stays free */
	kit_spec_set(&k, CORE_ID, F_CORE_next_remap_ptr, 0, REMAP_END - 0x3000);
	EFFECT(&k, set_boot_info, "CORE INFO:3: halts, keeps CORE INFO:3", 3, 0x80000000, 0x2001);
	EFFECT(&k, set_boot_info,
	       "CORE INFO:3: core next_remap_ptr 3ffd000>3fff000; "
	       "vm 3 vm_next_load_info[0] 0>1; vm 3 vm_load_addr[0] 0>80000000; "
	       "vm 3 vm_load_size[0] 0>2000; vm 3 vm_remap_addr[0] 0>3ffd000; gives 0",
	       3, 0x80000000, 0x2000);
}

static void remap(void **state)
{
	(void)state;
	EFFECT(&k, remap_vm_image, "-: stuck", 17, 0x210, 0);
	EFFECT(&k, remap_vm_image, "-: stuck", 3, 1ull << 28, 0);
	EFFECT(&k, remap_vm_image, "-: stuck", 3, 0x210, 5);
	EFFECT(&k, remap_vm_image, "INFO:3: halts, keeps INFO:3", 3, 0x210, 0);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, remap_vm_image, "INFO:3: nothing", 3, 0x210, 0);
	image(0, 0x80000000, 0x2001, 0x2000000, 2);
	kit_spec_map(&k, 16, 0x2000, 3, 0x40000000210753);
	EFFECT(&k, remap_vm_image,
	       "NPT:16 INFO:3: leaf 10 2002 ->3:211:40000000211753; vm 3 vm_mapped_pages[0] 2>3", 3,
	       0x211, 0);
	EFFECT(&k, remap_vm_image, "INFO:3: nothing", 3, 0x211, 1);
	image(0, 0x80000000, 0x2001, 0x2000000, 3);
	EFFECT(&k, remap_vm_image, "INFO:3: nothing", 3, 0x211, 0);
	image(0, 0x80000000, 0x2001, 0x2000000, 2);
	kit_spec_map(&k, 16, 0x2000, 2, 0x40000000000751);
	EFFECT(&k, remap_vm_image, "NPT:16 INFO:3: halts, keeps NPT:16 INFO:3", 3, 0x211, 0);
}

/* ---- verify_and_load_images ---- */

static struct op_nested inside[1100];
static struct took answers[4];

static void is_inside(enum hyp_op op, u64 result, u64 a, u64 b, u64 c, u64 d)
{
	inside[k.abs.n_nested++] =
		(struct op_nested){ .op = op, .result = result, .arg = { a, b, c, d } };
}

/* A block at gfn @gfn that lies at frame @pfn. */
static void block(u64 remap, u64 gfn, u64 pfn)
{
	is_inside(OP_walk_s2pt, pfn << 12 | 0x753, 16, remap, 0, 0);
	for (u32 i = 0; i < 512; i++)
		is_inside(OP_assign_pfn_to_vm, 0, 3, gfn + i, pfn + i, 0);
	is_inside(OP_map_pfn_vm, 0, 3, gfn << 12, pfn << 12, 2);
}

static void answer(u64 remap, u64 good)
{
	answers[k.abs.n_took++] = (struct took){
		.stream = MV_STREAM_VERIFY_IMAGE, .vmid = 3, .n = remap, .count = 1, .value = good
	};
}

static void nothing_inside(void)
{
	k.abs.nested = inside;
	k.abs.took = answers;
	k.abs.n_nested = 0;
	k.abs.n_took = 0;
}

#define TAKE "; take verify_image 3 any"

static void verify(void **state)
{
	(void)state;
	nothing_inside();
	EFFECT(&k, verify_and_load_images, "-: stuck", 17);
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3", 3);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, verify_and_load_images, "INFO:3: vm 3 vm_state[0] 2>3" TAKE, 3);
	/* from the middle of a block into the next one: 0x3000 bytes at 0x801ff000 */
	image(0, 0x801ff000, 0x3000, 0x2000000, 3);
	EFFECT(&k, verify_and_load_images,
	       "INFO:3: take verify_image 3 any; inside 0 not walk_s2pt", 3);
}

/* Two blocks: the second one's address lies where the first one ends. */
static void verify_blocks(void **state)
{
	(void)state;
	nothing_inside();
	kit_spec_state(&k, 3, READY);
	image(0, 0x801ff000, 0x3000, 0x2000000, 3);
	block(0x2000000, 0x80000, 0x40000);
	block(0x2001000, 0x80200, 0x40200);
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1028", 3);
	answer(0x2000000, 0);
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1028", 3);
	answers[0].value = 1;
	EFFECT(&k, verify_and_load_images, "INFO:3: vm 3 vm_state[0] 2>3" TAKE "; inside 1028", 3);
	/* a page that is not the one of its turn */
	inside[513 + 1 + 7].arg[2]++;
	EFFECT(&k, verify_and_load_images,
	       "INFO:3: take verify_image 3 any; inside 521 not assign_pfn_to_vm", 3);
	inside[513 + 1 + 7].arg[2]--;
	inside[700].halted = true;
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 701", 3);
}

/* An image without a frame, and one whose block is number 0. */
static void verify_no_frame(void **state)
{
	(void)state;
	nothing_inside();
	kit_spec_state(&k, 3, READY);
	image(0, 0x80000000, 0x1000, 0x2000000, 1);
	is_inside(OP_walk_s2pt, 0x1ff753, 16, 0x2000000, 0, 0);
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1", 3);
	kit_spec_side(&k, ERRATUM_LOAD_FRAME_ZERO, false);
	EFFECT(&k, verify_and_load_images,
	       "INFO:3: take verify_image 3 any; inside 1 not assign_pfn_to_vm", 3);
	inside[0].result = 0;
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1", 3);
}

/* What was remapped of an image and checked, page by page, against what the VM has of it: erratum image-frames as intended. */
static void verify_frames(void **state)
{
	(void)state;
	nothing_inside();
	kit_spec_state(&k, 3, READY);
	kit_spec_side(&k, ERRATUM_IMAGE_FRAMES, false);
	image(0, 0x801ff000, 0x3000, 0x2000000, 3);
	block(0x2000000, 0x80000, 0x40000);
	block(0x2001000, 0x80200, 0x40200);
	answer(0x2000000, 1);
	EFFECT(&k, verify_and_load_images,
	       "INFO:3: take verify_image 3 any; inside 1028 not walk_s2pt", 3);
	is_inside(OP_walk_s2pt, 0x401ff753, 16, 0x2000000, 0, 0);
	is_inside(OP_walk_s2pt, 0x40000ffd, 3, 0x801ff000, 0, 0);
	is_inside(OP_walk_s2pt, 0x40200753, 16, 0x2001000, 0, 0);
	is_inside(OP_walk_s2pt, 0x40200ffd, 3, 0x80200000, 0, 0);
	is_inside(OP_walk_s2pt, 0x40201753, 16, 0x2002000, 0, 0);
	is_inside(OP_walk_s2pt, 0x40200ffd, 3, 0x80201000, 0, 0);
	EFFECT(&k, verify_and_load_images, "INFO:3: vm 3 vm_state[0] 2>3" TAKE "; inside 1034", 3);
	inside[1032].result = 0x40202753;
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1034", 3);
	/* the second page is at a page of the VM's own */
	inside[1031].result = 0x40300fff;
	EFFECT(&k, verify_and_load_images, "INFO:3: halts, keeps INFO:3" TAKE "; inside 1032", 3);
	inside[1031].result = 0x40200fff;
	inside[1032].result = 0x40201753;
	EFFECT(&k, verify_and_load_images, "INFO:3: vm 3 vm_state[0] 2>3" TAKE "; inside 1034", 3);
}

static void every_way(void **state)
{
	(void)state;
	KIT_BRANCHES(OP_get_vm_poweron, OP_search_load_info, OP_is_inc_exe, OP_set_vcpu_active,
	             OP_set_vcpu_inactive, OP_set_vm_poweroff, OP_register_vcpu, OP_gen_vmid,
	             OP_register_kvm, OP_set_boot_info, OP_remap_vm_image,
	             OP_verify_and_load_images);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(power),
		ROW(images_searched),
		ROW(vcpus),
		ROW(vmids),
		ROW(boot_info),
		ROW(remap),
		ROW(verify),
		ROW(verify_blocks),
		ROW(verify_no_frame),
		ROW(verify_frames),
		cmocka_unit_test(every_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What an operation did against its effect: each difference, and its sentence. */
#include "oracle/spec/differs.h"
#include "tests/kit.h"
#include "tests/kit_spec.h"

#include <string.h>

static struct kit_spec k;
static struct did did;
static struct change done[8];
static struct took took[2];
static struct did_flat flat;
static struct did_reg reg[2];
static struct want_device device;

static int setup(void **state)
{
	(void)state;
	kit_spec_new(&k);
	did = (struct did){ .change = done,
		            .took = took,
		            .flat = &flat,
		            .reg = reg,
		            .device = &device,
		            .knows_regs = true,
		            .knows_flat = true,
		            .knows_outside = true };
	flat = (struct did_flat){ .other = INVALID64, .held = LK(S2PAGE_ID) };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_spec_free(&k);
	return 0;
}

static void expect(enum hyp_op op, const u64 *arg, enum differs want, const char *sentence)
{
	char text[320];
	enum differs have;

	k.abs.held = (1ull << ID_END) - 1;
	spec_step(op, &k.abs, arg, &k.effect);
	have = effect_differs(op, &k.effect, &did, NULL, text, sizeof(text));
	if (have != want || strcmp(text, sentence) != 0)
		fail_msg("%s: %u\n%s\nexpected %u\n%s", op_function(op), have, text, want,
		         sentence);
}

#define EXPECT(f, want, sentence, ...) \
	expect(OP_##f, KIT_ARG(__VA_ARGS__), DIFFERS_##want, sentence)

static struct change *push_page(u64 pfn, struct page before, struct page after)
{
	struct change *c = &done[did.n_changes++];

	*c = (struct change){ .kind = CH_PAGE, .lk = S2PAGE_ID, .n = 1, .at = pfn };
	c->before.page = before;
	c->after.page = after;
	return c;
}

static void pages(void **state)
{
	struct page has = { 3, 0, 0x80000 };
	struct change *c;

	(void)state;
	kit_spec_page(&k, 0x210, 3, 0, 0x80000);
	EXPECT(grant_vm_page, EFFECT, "frame 0x210 should be count 1, is count 0", 3, 0x210);
	c = push_page(0x210, has, (struct page){ 3, 1, 0x80000 });
	EXPECT(grant_vm_page, NOT, "", 3, 0x210);
	c->after.page.count = 2;
	c->after.page.owner = INVALID;
	EXPECT(grant_vm_page, EFFECT,
	       "frame 0x210 should be owner 3, count 1, is owner nobody, count 2", 3, 0x210);
	c->after.page = (struct page){ 3, 1, 0x80000 };
	push_page(0x211, has, (struct page){ 3, 0, 0x80001 });
	EXPECT(grant_vm_page, EFFECT, "frame 0x211 should be gfn 0x80000, is gfn 0x80001", 3,
	       0x210);
	did.n_changes = 1;
	did.halted = true;
	did.kept = LK(S2PAGE_ID);
	EXPECT(grant_vm_page, HALT, "the machine should not halt in it, and does", 3, 0x210);
}

static void halts(void **state)
{
	(void)state;
	EXPECT(map_io, HALT, "the machine should halt in it, and does not", 3, 0, 0);
	did.halted = true;
	EXPECT(map_io, KEPT, "locks that stay held should be INFO:3, are none", 3, 0, 0);
	did.kept = LK(INFO_ID + 3) | LK(S2PAGE_ID) | LK(NPT_ID);
	EXPECT(map_io, KEPT, "locks that stay held should be INFO:3, are S2PAGE, NPT:0 and INFO:3",
	       3, 0, 0);
	did.kept = LK(INFO_ID + 3);
	EXPECT(map_io, NOT, "", 3, 0, 0);
	EXPECT(map_io, STUCK, "the pages have no such step: it should be stuck", 17, 0, 0);
	/* what it changes all the same */
	push_page(0x210, (struct page){ 0, 0, 0 }, (struct page){ 3, 0, 0 });
	EXPECT(map_io, EFFECT, "frame 0x210 should be owner 0, is owner 3", 3, 0, 0);
}

static struct change *push_leaf(u64 gfn, u32 n, struct maplet before, struct maplet after)
{
	struct change *c = &done[did.n_changes++];

	*c = (struct change){ .kind = CH_LEAF, .lk = NPT_ID + 3, .who = 3, .n = n, .at = gfn };
	c->before.map = before;
	c->after.map = after;
	return c;
}

/* A block may come in runs, of which none may be missing or another one. */
static void leaves(void **state)
{
	struct maplet none = { 0, 0, 0 }, first = { 0x40000, 0x40000ffd, 2 };
	struct change *c;

	(void)state;
	kit_spec_map(&k, 3, 0x80200, 2, 0x40200ffd);
	push_leaf(0x80200, 0x10, none, first);
	EXPECT(map_pfn_vm, EFFECT,
	       "512 gfns from 0x80200 on should be mapped to frame 0x40000 (level 2, entry "
	       "0x40000ffd) and those behind it, 16 of 512 that were not have become so",
	       3, 0x80200000, 0x40000000, 2);
	c = push_leaf(0x80210, 0x1f0, none, change_maplet(first, 0x10));
	EXPECT(map_pfn_vm, NOT, "", 3, 0x80200000, 0x40000000, 2);
	c->after.map.pfn++;
	EXPECT(map_pfn_vm, EFFECT,
	       "NPT:3 should map gfn 0x80210 to frame 0x40010 (level 2, entry 0x40000ffd), maps "
	       "it to frame 0x40011 (level 2, entry 0x40000ffd)",
	       3, 0x80200000, 0x40000000, 2);
	did.n_changes = 0;
	EXPECT(map_pfn_vm, NOT, "", 3, 0x80200000, 0x40200000, 2);
	push_leaf(0x7ffff, 1, none, (struct maplet){ 0, PAGE_GUEST, 0 });
	EXPECT(map_pfn_vm, EFFECT,
	       "NPT:3 should map gfn 0x7ffff to nothing, maps it to no frame (entry "
	       "0x200000000000000)",
	       3, 0x80200000, 0x40200000, 2);
}

static void values(void **state)
{
	struct change *c = &done[0];

	(void)state;
	did.n_changes = 1;
	did.result = 1;
	*c = (struct change){ .kind = CH_CORE, .lk = CORE_ID, .field = F_CORE_next_vmid, .n = 1 };
	c->before.v = 1;
	c->after.v = 3;
	EXPECT(gen_vmid, EFFECT, "CORE next_vmid should be 2, is 3");
	c->after.v = 2;
	EXPECT(gen_vmid, NOT, "");
	did.result = 2;
	EXPECT(gen_vmid, RESULT, "it should give 1, gives 2");
	did.result = 1;
	*c = (struct change){ .kind = CH_VM, .lk = INFO_ID + 3, .who = 3, .n = 1, .at = 1 };
	c->field = F_INFO_vm_vcpu_state;
	c->after.v = 2;
	EXPECT(gen_vmid, EFFECT, "INFO:3 vm_vcpu_state[1] should be 0, is 2");
	*c = (struct change){ .kind = CH_BANK, .lk = SMMU_ID, .who = 10, .n = 1, .at = 10 };
	c->before.v = INVALID;
	c->after.v = 2;
	EXPECT(gen_vmid, EFFECT, "context bank 10's owner should be 0xffffffff, is 2");
	*c = (struct change){ .kind = CH_SPT_LEAF, .lk = SPT_ID, .who = 10, .n = 1, .at = 5 };
	c->after.map = (struct maplet){ 0x210, 0x210007, 3 };
	EXPECT(gen_vmid, EFFECT,
	       "context bank 10 should map gfn 5 to nothing, maps it to frame 0x210 (level 3, "
	       "entry 0x210007)");
}

/* What the frame holds, which value that is, and that it is the frame. */
static void flat_memory(void **state)
{
	(void)state;
	kit_spec_page(&k, 0x210, 3, 0, 0x80000);
	push_page(0x210, (struct page){ 3, 0, 0x80000 }, (struct page){ 0, 0, 0x3b9acc10 });
	EXPECT(clear_vm_page, FLAT, "frame 0x210 should be written, and is not", 3, 0x210);
	did.n_flat = 1;
	flat.holds = 5;
	EXPECT(clear_vm_page, FLAT, "frame 0x210 should hold 0, holds 5", 3, 0x210);
	flat.holds = 0;
	EXPECT(clear_vm_page, NOT, "", 3, 0x210);
	flat.held = 0;
	EXPECT(clear_vm_page, FLAT,
	       "frame 0x210 should be written while S2PAGE is held, and is not", 3, 0x210);
	flat.held = LK(S2PAGE_ID);
	flat.other = 0x211;
	EXPECT(clear_vm_page, FLAT, "frame 0x210 should be written, frame 0x211 is", 3, 0x210);
	did.n_changes = 0;
	EXPECT(grant_vm_page, FLAT,
	       "it should change flat memory not at all, does 1 times, frame 0x211", 4, 0x210);
}

static void outside(void **state)
{
	(void)state;
	push_page(0x211, (struct page){ 0, 0, 0x3b9acc11 }, (struct page){ 3, 0, 0x80000 });
	did.n_flat = 1;
	flat.holds = 0x1234;
	EXPECT(assign_pfn_to_vm, TAKEN,
	       "it should take 1 value of data of VM 3 from outside, takes 0", 3, 0x80000, 0x211);
	took[0] = (struct took){
		.stream = MV_STREAM_DATA, .vmid = 3, .n = 7, .count = 1, .value = 0x1234
	};
	did.n_took = 1;
	EXPECT(assign_pfn_to_vm, NOT, "", 3, 0x80000, 0x211);
	flat.holds = 0x1235;
	EXPECT(assign_pfn_to_vm, FLAT,
	       "frame 0x211 should hold 0x1234, which was taken from outside, holds 0x1235", 3,
	       0x80000, 0x211);
	flat.holds = 0x1234;
	took[1] = (struct took){
		.stream = MV_STREAM_DATA, .vmid = 0, .n = 8, .count = 1, .value = 0x1234
	};
	did.n_took = 2;
	EXPECT(assign_pfn_to_vm, TAKEN,
	       "it takes value 8 of data of VM 0 from outside, and should not", 3, 0x80000, 0x211);
}

static void registers(void **state)
{
	(void)state;
	k.regs.r[R_elr_el2] = 0x4000;
	reg[0] = (struct did_reg){ .reg = R_esr_el2, .value = 0x4004 };
	did.n_regs = 1;
	did.n_devices = 1;
	device = (struct want_device){ 0x100004, 7, 8 };
	k.saved.r[R_x5] = 7;
	EXPECT(emulate_mmio, NOT, "", 0x100004, 3 << 22 | 64 | 5 << 16);
	reg[0].value = 0x4000;
	EXPECT(emulate_mmio, REGISTER, "esr_el2 of the CPU should be 0x4004, is 0x4000", 0x100004,
	       3 << 22 | 64 | 5 << 16);
	reg[0] = (struct did_reg){ .saved = true, .vcpuid = 2, .reg = R_x5, .value = 1 };
	EXPECT(emulate_mmio, REGISTER,
	       "x5 of the saved context of vCPU 2 of VM 0 becomes 1, and should stay as it is",
	       0x100004, 3 << 22 | 64 | 5 << 16);
	did.knows_regs = false;
	EXPECT(emulate_mmio, NOT, "", 0x100004, 3 << 22 | 64 | 5 << 16);
	device.value = 8;
	EXPECT(emulate_mmio, REGISTER,
	       "the device should get 7 (8 bytes) at 0x100004, gets 8 (8 bytes) at 0x100004",
	       0x100004, 3 << 22 | 64 | 5 << 16);
	did.n_devices = 0;
	EXPECT(emulate_mmio, REGISTER,
	       "it should write to one register of a device, writes 0 times", 0x100004,
	       3 << 22 | 64 | 5 << 16);
}

static void nested(void **state)
{
	static struct op_nested off = { .op = OP_get_vm_poweron, .arg = { 4 } };

	(void)state;
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, 10, 3);
	EXPECT(el2_free_smmu_pgd, NESTED, "operation 1 inside it should be get_vm_poweron(vmid=3)",
	       2, 1);
	k.abs.nested = &off;
	k.abs.n_nested = did.n_nested = 1;
	EXPECT(el2_free_smmu_pgd, NESTED, "operation 1 inside it should be get_vm_poweron(vmid=3)",
	       2, 1);
	EXPECT(grant_vm_page, NESTED, "0 operations should be inside it, 1 are", 3, 0x210);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { ROW(pages),     ROW(halts),       ROW(leaves),
		                            ROW(values),    ROW(flat_memory), ROW(outside),
		                            ROW(registers), ROW(nested) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

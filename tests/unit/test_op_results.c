// SPDX-License-Identifier: GPL-2.0-only
/* What the log says that each of the hypervisor's atomic operations gave. */
#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/boot_core.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/spt_ops.h"
#include "sim/hyp/user.h"
#include "sim/hyp/vm_power.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

#include <string.h>

static struct test_machine t;

KIT_VALUE(walk_s2pt, (u32)k[0], k[1])
KIT_VALUE(get_level_s2pt, (u32)k[0], k[1])
KIT_VALUE(get_vm_poweron, (u32)k[0])
KIT_VALUE(search_load_info, (u32)k[0], k[1])
KIT_VALUE(is_inc_exe, (u32)k[0])
KIT_VALUE(gen_vmid)
KIT_VALUE(register_kvm)
KIT_VALUE(set_boot_info, (u32)k[0], k[1], k[2])
KIT_VALUE(emulate_mmio, k[0], (u32)k[1])
/* Of the machine, and no entry of the source: its access has a record, of which the value is what the log says. */
static u64 dma_load(struct cpu *c, u64 gfn, u32 cbndx, u32 index)
{
	return dma_access(c, ACCESS_LOAD, gfn, 0, cbndx, index).value;
}

KIT_VALUE(dma_load, k[0], (u32)k[1], (u32)k[2])
KIT_VALUE(get_vm_banks, (u32)k[0])
KIT_VALUE(el2_arm_lpae_iova_to_phys, k[0], (u32)k[1], (u32)k[2])
KIT_VOID(mem_load, k[0], (u32)k[1])
KIT_VOID(mem_store, k[0], (u32)k[1])
KIT_VOID(dev_load, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(dev_store, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(flat_store, k[0], k[1])

enum { V = 3, BANK = 4, SMMU = 1, LOW = 512, GFN = 0x80000, REG = 5 };

#define ENTRY (LOW * 4096ull | PAGE_S2_KERNEL)

/* What is behind the operation's number in the last sevent: its n arguments. */
static u32 last_event(u64 *op, u64 args[MAX_MARK_ARGS])
{
	struct merge *m = merge_open_memory(log_in_memory(t.log));
	struct event e[64];
	struct err err;
	u32 n = 1, found = 0;

	merge_finish(m);
	while (n) {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, 64, &n, &err), 0);
		for (u32 i = 0; i < n; i++) {
			if (e[i].kind != MARK_SEVENT)
				continue;
			*op = e[i].args[0];
			found = e[i].n - 1;
			memcpy(args, e[i].args + 1, found * sizeof(u64));
		}
	}
	merge_free(m);
	return found;
}

/* The log's result, which is 0 when the mark has none. */
static u64 logged(enum hyp_op want)
{
	u64 op = HYP_OP_NR, args[MAX_MARK_ARGS];
	u32 n = last_event(&op, args);

	assert_int_equal(op, want);
	assert_true(n < 1 || args[0] == 0);
	return n > 1 ? args[1] : 0;
}

static u64 images_in_a_section(struct cpu *c, const u64 *k)
{
	acquire_lock_vm(c, V);
	set_vm_state(c, V, READY);
	set_vm_inc_exe(c, V, (u32)k[0]);
	release_lock_vm(c, V);
	acquire_lock_smmu(c);
	set_smmu_cfg_vmid(c, BANK, SMMU, HOSTVISOR);
	release_lock_smmu(c);
	return 0;
}

/* VM V is READY with one image, vm_inc_exe 7, a page at GFN; the host's device has the page too, and the frame holds 0xf1a7. */
static void boot(void)
{
	struct errata e;

	errata_defaults(&e);
	errata_set(&e, ERRATUM_SET_VM_INC_EXE, false);
	test_machine_boot(&t, 1, &e);
	kit_ok(&t, 0, images_in_a_section, "images", KIT_LIST(7));
	assert_int_equal(OK(set_boot_info, V, 0x80000000, 8192), 0);
	OK(map_s2pt, V, GFN * 4096ull, 3, ENTRY);
	OK(map_s2pt, HOSTVISOR, LOW * 4096ull, 3, ENTRY);
	OK(map_spt, BANK, SMMU, GFN * 4096ull, LOW * 4096ull | 7);
	OK(flat_store, LOW, 0xf1a7);
	t.m->shadow_ctxts[0].r[R_x0 + REG] = 99;
}

/* An operation, what it must give, and whether its function returns that. */
struct row {
	enum hyp_op op;
	kit_fn *fn;
	u64 k[KIT_ARGS];
	u64 gives;
};

#define ROW(f, gives, ...)                             \
	{                                              \
		OP_##f, do_##f, { __VA_ARGS__ }, gives \
	}

static const struct row rows[] = {
	ROW(walk_s2pt, ENTRY, V, GFN * 4096ull),
	ROW(walk_s2pt, 0, V, 0),
	ROW(get_level_s2pt, 3, V, GFN * 4096ull),
	ROW(get_level_s2pt, 0, V, 0),
	ROW(get_vm_poweron, 1, V),
	ROW(search_load_info, REMAP_START + 0x1234, V, 0x80001234),
	ROW(search_load_info, 0, V, 0x1234),
	ROW(is_inc_exe, 7, V),
	ROW(is_inc_exe, 0, V + 1),
	ROW(gen_vmid, 1),
	ROW(register_kvm, 2),
	ROW(set_boot_info, 1, V, 0x90000000, 4096),
	ROW(emulate_mmio, INVALID, 0, 0),
	ROW(emulate_mmio, 0, 0x100000, 3u << 22),
	ROW(emulate_mmio, 1, 0x110000, 3u << 22),
	ROW(el2_arm_lpae_iova_to_phys, LOW * 4096 + 8, GFN * 4096ull + 8, BANK, SMMU),
	ROW(el2_arm_lpae_iova_to_phys, 0, 0, BANK, SMMU),
	ROW(get_vm_banks, 1, HOSTVISOR),
	ROW(get_vm_banks, 0, V),
	ROW(mem_load, 0xf1a7, LOW, REG),
	ROW(dev_load, 0xf1a7, GFN, REG, BANK, SMMU),
	/* 0xf1a7, which the row before has loaded */
	ROW(mem_store, 0, LOW, REG),
	ROW(dev_store, 0, GFN, REG, BANK, SMMU),
	ROW(dma_load, 0xf1a7, GFN, BANK, SMMU),
};

/* What the log says is what the function gives; no operation that gives something is left out. */
static void as_given(void **state)
{
	u64 seen = 0;

	(void)state;
	boot();
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		u64 value = kit_ok(&t, 0, r->fn, op_function(r->op), r->k), said = logged(r->op);

		if (said != r->gives)
			fail_msg("%s: the log says %llu, expected %llu", op_function(r->op),
			         (unsigned long long)said, (unsigned long long)r->gives);
		if (r->op < OP_mem_load || r->op > OP_dev_store)
			assert_true(value == r->gives);
		seen |= 1ull << r->op;
	}
	for (u32 op = 0; op < HYP_OP_NR; op++)
		if (*op_result(op))
			assert_true(seen >> op & 1);
	test_machine_free(&t);
}

/* An operation that halts the machine gives 0, whatever it has read. */
static void halted(void **state)
{
	u64 op = 0, args[MAX_MARK_ARGS];

	(void)state;
	boot();
	kit_set_state(&t, V, VERIFIED);
	PANICS(set_boot_info, V, 0, 4096);
	assert_int_equal(last_event(&op, args), 2);
	assert_int_equal(op, OP_set_boot_info);
	assert_int_equal(args[0], 1);
	assert_int_equal(args[1], 0);
	test_machine_free(&t);
	boot();
	for (u32 vmid = 1; vmid < COREVISOR; vmid++)
		assert_int_equal(OK(gen_vmid), vmid);
	PANICS(gen_vmid);
	assert_int_equal(last_event(&op, args), 2);
	assert_int_equal(op, OP_gen_vmid);
	assert_int_equal(args[0], 1);
	assert_int_equal(args[1], 0);
	test_machine_free(&t);
}

static void expect_text(enum hyp_op op, u32 n, u64 halted_in_it, u64 result, const char *want)
{
	char buf[96];

	assert_string_equal(
		op_print_end(op, n, (const u64[]){ halted_in_it, result }, buf, sizeof(buf)), want);
}

/* The text: results by name, 0 too; none where the operation gives none or has halted; beyond the last operation. */
static void as_text(void **state)
{
	char buf[8];

	(void)state;
	expect_text(OP_walk_s2pt, 2, 0, 0x4003, "OPT_GET, pte=0x4003");
	expect_text(OP_walk_s2pt, 0, 0, 0, "OPT_GET, pte=0");
	expect_text(OP_gen_vmid, 2, 0, 15, "OGEN_VMID, vmid=15");
	expect_text(OP_gen_vmid, 1, 1, 0, "OGEN_VMID, the machine halts");
	expect_text(OP_map_page_host, 0, 0, 0, "OMAP_HOST");
	expect_text(OP_map_page_host, 1, 1, 0, "OMAP_HOST, the machine halts");
	expect_text(HYP_OP_NR, 2, 0, 5, "?");
	assert_string_equal(op_print_end(OP_walk_s2pt, 0, NULL, buf, sizeof(buf)), "OPT_GET");
	assert_string_equal(op_result(OP_is_inc_exe), "inc_exe");
	assert_string_equal(op_result(OP_dev_store), "");
	assert_string_equal(op_result(HYP_OP_NR), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_given),
		cmocka_unit_test(halted),
		cmocka_unit_test(as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* VCPUOpsAux and VCPUOps: a vCPU's registers between two runs. */
#include "sim/hyp/vcpu_ops.h"

#include "cpu/ctxt.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <string.h>

static struct test_machine t;

KIT_VOID(reset_gp_regs, (u32)k[0], (u32)k[1])
KIT_VOID(reset_sys_regs, (u32)k[0], (u32)k[1])
KIT_VOID(sync_dirty_to_shadow, (u32)k[0], (u32)k[1])
KIT_VOID(prep_wfx, (u32)k[0], (u32)k[1])
KIT_VOID(prep_hvc, (u32)k[0], (u32)k[1])
KIT_VOID(prep_abort, (u32)k[0], (u32)k[1])
KIT_VOID(update_exception_gp_regs, (u32)k[0], (u32)k[1])
KIT_VOID(post_handle_shadow_s2pt_fault, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(save_shadow_kvm_regs)
KIT_VOID(restore_shadow_kvm_regs)
KIT_VOID(set_per_cpu, (u32)k[0], (u32)k[1])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vm_next_load_idx, (u32)k[0], (u32)k[1])
KIT_VOID(set_vm_load_addr, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_load_size, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_remap_addr, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(panic_called)

enum { V = 3, C = 5, LOW = 512, HIGH = 262144, ENTRY = 0x80001234 };

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static struct ctxt *slot(void)
{
	return &t.m->shadow_ctxts[V * VCPU_PER_VM + C];
}

/* The vCPU runs on CPU 0; one image, at 0x80000000; every register of the slot is 0xa5000000 + its number. */
static void boot(const struct errata *e)
{
	test_machine_boot(&t, 1, e);
	kit_feed(&t);
	OK(set_per_cpu, V, C);
	OK(acquire_lock_vm, V);
	OK(set_vm_next_load_idx, V, 1);
	OK(set_vm_load_addr, V, 0, 0x80000000);
	OK(set_vm_load_size, V, 0, 0x2000);
	OK(set_vm_remap_addr, V, 0, REMAP_START);
	OK(release_lock_vm, V);
	kit_set_state(&t, V, VERIFIED);
	for (u32 r = 0; r < REG_NR; r++)
		slot()->r[r] = 0xa5000000 + r;
	kit_forget(&t);
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, id, published);
	return &e;
}

/* What of the slot differs from what boot() has set, by name, but for the registers named: "" when nothing does. */
static const char *changed_but(const enum reg *known, u32 n)
{
	for (u32 r = 0; r < REG_NR; r++) {
		bool is_known = false;

		for (u32 i = 0; i < n; i++)
			is_known |= known[i] == (enum reg)r;
		if (!is_known && slot()->r[r] != 0xa5000000 + r)
			return reg_name((enum reg)r);
	}
	return "";
}

#define CHANGED_BUT(...)                               \
	changed_but((const enum reg[]){ __VA_ARGS__ }, \
	            sizeof((const enum reg[]){ __VA_ARGS__ }) / sizeof(enum reg))

/* The host's entry point, if it lies in an image; general and floating-point registers are 0. */
static void first_registers(void **state)
{
	(void)state;
	boot(NULL);
	kit_feed_data(&t, V, KIT_FEED_LIST(ENTRY, 0x3c5));
	OK(reset_gp_regs, V, C);
	kit_expect_events(&t, 0, "[search_load_info(3,2147488308) INFO:3+ INFO:3- OVM_GET]");
	for (enum reg r = R_x0; r <= R_fp_fpcr; r++)
		assert_true(slot()->r[r] == 0);
	assert_true(slot()->r[R_pc] == ENTRY);
	assert_true(slot()->r[R_pstate] == 0x3c5);
	for (enum reg r = R_csselr_el1; r < REG_NR; r++)
		assert_true(slot()->r[r] == 0xa5000000 + r || r == R_pc || r == R_pstate);
	assert_int_equal(kit_data_used(&t, V), 2);
	kit_judge_poked(&t);
	test_machine_free(&t);
}

/* An entry point outside every image halts the machine, with no lock held, and the registers are as they were. */
static void no_entry(void **state)
{
	(void)state;
	boot(NULL);
	kit_feed_data(&t, V, KIT_FEED_LIST(0x80002000));
	PANICS(reset_gp_regs, V, C);
	kit_expect_events(&t, 0, "[search_load_info(3,2147491840) INFO:3+ INFO:3- OVM_GET]");
	assert_true(kit_held(&t) == 0);
	assert_int_equal(t.m->cpu[0].tstate, 1);
	assert_int_equal(kit_data_used(&t, V), 1);
	assert_string_equal(CHANGED_BUT(REG_NR), "");
	test_machine_free(&t);
}

/* Erratum reset-sys-regs: which registers get which values. */
static void system_registers(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_RESET_SYS_REGS, published));
		kit_feed_data(&t, V, KIT_FEED_LIST(0xac71));
		OK(reset_sys_regs, V, C);
		for (u32 index = 0; index <= 80; index++) {
			u32 first = published ? 48 : 47, n = index - first + 1;
			enum reg r = reg_by_index(index);
			u64 want = n == 1   ? 0x80000000ull + C
			           : n == 4 ? 0xac71
			                    : 0xde5c0000ull + (published ? n : index);

			if (r == REG_NR)
				continue;
			if (index < first || n > 24)
				want = 0xa5000000ull + r;
			assert_true(slot()->r[r] == want);
		}
		assert_int_equal(kit_data_used(&t, V), 1);
		kit_expect_events(&t, 0, "");
		test_machine_free(&t);
	}
}

/* ACTLR's value is from the oracle of what runs, not of the vCPU. */
static void running_oracle(void **state)
{
	(void)state;
	boot(NULL);
	OK(set_per_cpu, V + 1, C);
	OK(reset_sys_regs, V, C);
	assert_int_equal(kit_data_used(&t, V), 0);
	assert_int_equal(kit_data_used(&t, V + 1), 1);
	test_machine_free(&t);
}

/* Each marked register of x0..x30 takes the host's next value, in rising order; other bits play no part. */
static void host_registers(void **state)
{
	static const struct {
		u64 dirty;
		u32 n;
	} row[] = { { 0, 0 },          { 1, 1 },           { 1ull << 30 | 1 << 7, 2 },
		    { 1ull << 31, 0 }, { 0x7fffffff, 31 }, { INVALID64 << 31, 0 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u32 n = 0;

		boot(NULL);
		slot()->r[R_dirty] = row[i].dirty;
		OK(sync_dirty_to_shadow, V, C);
		for (u32 x = 0; x <= 30; x++)
			assert_true(slot()->r[R_x0 + x] == (row[i].dirty >> x & 1
			                                            ? KIT_UNFED + n++
			                                            : 0xa5000000ull + R_x0 + x));
		assert_int_equal(kit_data_used(&t, V), row[i].n);
		assert_true(slot()->r[R_dirty] == row[i].dirty);
		test_machine_free(&t);
	}
}

static void wait_for(void **state)
{
	(void)state;
	boot(NULL);
	slot()->r[R_dirty] = 0;
	OK(prep_wfx, V, C);
	assert_true(slot()->r[R_dirty] == DIRTY_PC_FLAG);
	assert_string_equal(CHANGED_BUT(R_dirty), "");
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* A hypercall for the host leaves x0 to it; SYSTEM_OFF, in the low 32 bits of x0, ends the VM. */
static void hypercall(void **state)
{
	static const struct {
		u64 x0;
		bool off;
	} row[] = { { PSCI_0_2_FN64_CPU_ON, false },
		    { PSCI_0_2_FN_AFFINITY_INFO, false },
		    { PSCI_0_2_FN64_AFFINITY_INFO, false },
		    { PSCI_0_2_FN_SYSTEM_OFF, true },
		    { 7ull << 32 | PSCI_0_2_FN_SYSTEM_OFF, true },
		    { 0, false } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		slot()->r[R_x0] = row[i].x0;
		OK(prep_hvc, V, C);
		assert_true(slot()->r[R_dirty] == 1);
		assert_string_equal(CHANGED_BUT(R_dirty, R_x0), "");
		assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_state, 0),
		                 row[i].off ? POWEROFF : VERIFIED);
		kit_expect_events(&t, 0,
		                  row[i].off ? "[set_vm_poweroff(3) INFO:3+ INFO:3* OVM_POWEROFF]"
		                             : "");
		kit_judge_poked(&t);
		test_machine_free(&t);
	}
}

/* An abort in device memory: the register of a load is the host's to set, for a store the instruction is done. */
static void abort_(void **state)
{
	static const struct {
		u64 esr, hpfar, dirty;
	} row[] = {
		{ 7ull << 16, 0x100, 1ull << 7 },
		{ 30ull << 16 | 1, 0x3ffffull << 4, 1ull << 30 },
		{ 7ull << 16 | ESR_ELx_WNR, 0x100, DIRTY_PC_FLAG },
		{ 31ull << 16 | ESR_ELx_S1PTW, 0x100, DIRTY_PC_FLAG },
		{ 7ull << 16, 0x40000ull << 4, 0 }, /* beyond MAX_MMIO_ADDR */
		{ 7ull << 16, (0x1000000000ull << 4) - 1, 0 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		slot()->r[R_dirty] = 0;
		slot()->r[R_hpfar_el2] = row[i].hpfar;
		kit_feed_data(&t, V, KIT_FEED_LIST(row[i].esr));
		OK(prep_abort, V, C);
		assert_true(slot()->r[R_dirty] == row[i].dirty);
		assert_string_equal(CHANGED_BUT(R_dirty, R_hpfar_el2), "");
		assert_int_equal(kit_data_used(&t, V), 1);
		test_machine_free(&t);
	}
	boot(NULL);
	slot()->r[R_hpfar_el2] = 0x1000000000ull << 4;
	STUCK(RANGE, prep_abort, V, C);
	test_machine_free(&t);
}

/* Errata abort-flag-sign and dirty-bit: what a load of the zero register leaves in the word. */
static void abort_flags(void **state)
{
	static const struct {
		bool sign, bit;
		u64 dirty;
	} row[] = { { true, true, 0xffffffff80000000ull },
		    { false, true, 0x80000000 },
		    { true, false, 0xffffffff80000000ull },
		    { false, false, DIRTY_PC_FLAG | 0x80000000 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct errata e = *with(ERRATUM_ABORT_FLAG, row[i].sign);

		errata_set(&e, ERRATUM_DIRTY_BIT, row[i].bit);
		boot(&e);
		slot()->r[R_dirty] = 0;
		slot()->r[R_hpfar_el2] = 0;
		kit_feed_data(&t, V, KIT_FEED_LIST(31ull << 16));
		OK(prep_abort, V, C);
		assert_true(slot()->r[R_dirty] == row[i].dirty);
		test_machine_free(&t);
	}
}

static void exception(void **state)
{
	(void)state;
	boot(NULL);
	slot()->r[R_pc] = 0x1000;
	slot()->r[R_pstate] = 0x5;
	OK(update_exception_gp_regs, V, C);
	assert_true(slot()->r[R_elr_el1] == 0x1000);
	assert_true(slot()->r[R_pc] == 0xec0005);
	assert_true(slot()->r[R_pstate] == 965);
	assert_true(slot()->r[R_spsr_0] == 0x5);
	assert_true(slot()->r[R_esr_el1] == 0);
	assert_string_equal(CHANGED_BUT(R_elr_el1, R_pc, R_pstate, R_spsr_0, R_esr_el1), "");
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* The page that the host offers is assigned and mapped, as a block only when its level is 2. */
static void offered_page(void **state)
{
	static const struct {
		u64 level;
		u32 mapped;
	} row[] = { { 2, 2 }, { 3, 3 }, { 0, 3 }, { 1ull << 32 | 2, 3 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		kit_feed_core(&t, V, KIT_FEED_LIST((u64)HIGH * 4096 | 0xfff, row[i].level));
		OK(post_handle_shadow_s2pt_fault, V, C, 0x40003000);
		assert_int_equal(kit_walk(&t, V, 0x40003000).level, row[i].mapped);
		assert_int_equal(kit_core_used(&t, V), 2);
		if (row[i].mapped == 3)
			kit_expect_events(
				&t, 0,
				"[assign_pfn_to_vm(3,262147,262144) S2PAGE+ NPT:0+ NPT:0- F "
				"S2PAGE* OASSIGN_VM] [map_pfn_vm(3,1073754112,1073745919,3) "
				"NPT:3+ NPT:3* OMAP_VM]");
		assert_int_equal(kit_page(&t, HIGH + 511).owner, row[i].mapped == 2 ? V : 0);
		kit_judge_poked(&t);
		test_machine_free(&t);
	}
	boot(NULL);
	kit_feed_core(&t, V, KIT_FEED_LIST(1ull << 40, 3));
	STUCK(RANGE, post_handle_shadow_s2pt_fault, V, C, 0x40003000);
	test_machine_free(&t);
}

/* What the host gets of an exit, by its class. */
static void exit_classes(void **state)
{
	static const struct {
		u64 ec, class;
		u64 dirty; /* 1 panics */
		u32 esr_used;
	} row[] = {
		{ 2, ESR_ELx_EC_WFx, DIRTY_PC_FLAG, 0 },
		{ 2, ESR_ELx_EC_HVC32, 1, 0 },
		{ 2, ESR_ELx_EC_HVC64, 1, 0 },
		{ 2, ESR_ELx_EC_IABT_LOW, 1ull << 9, 1 },
		{ 2, ESR_ELx_EC_DABT_LOW, 1ull << 9, 1 },
		{ 31, ESR_ELx_EC_WFx, 0, 0 },
		{ 31, 63, 0, 0 },
		{ 0, ESR_ELx_EC_HVC64, 0, 0 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		slot()->r[R_dirty] = 0;
		slot()->r[R_ec] = row[i].ec;
		slot()->r[R_esr_el2] = row[i].class << 26 | 0x1fffff;
		slot()->r[R_hpfar_el2] = 0;
		kit_feed_data(&t, V, KIT_FEED_LIST(9ull << 16));
		OK(save_shadow_kvm_regs);
		assert_true(slot()->r[R_dirty] == row[i].dirty);
		assert_int_equal(kit_data_used(&t, V), row[i].esr_used);
		test_machine_free(&t);
	}
	for (u64 class = 0; class < 64; class ++) {
		if (class == 1 || class == 18 || class == 22 || class == 32 || class == 36)
			continue;
		boot(NULL);
		slot()->r[R_ec] = 2;
		slot()->r[R_esr_el2] = class << 26;
		PANICS(save_shadow_kvm_regs);
		assert_true(kit_held(&t) == 0);
		test_machine_free(&t);
	}
}

static void set_inc_exe(u64 value)
{
	obj_set(&t.m->shared.obj[INFO_ID + V], F_INFO_vm_inc_exe, 0, value);
}

/* The first run: reset registers, unless the VM was restored. */
static void first_run(void **state)
{
	(void)state;
	boot(NULL);
	slot()->r[R_dirty] = INVALID64;
	kit_feed_data(&t, V, KIT_FEED_LIST(ENTRY, 0x3c5, 0xac71));
	OK(restore_shadow_kvm_regs);
	kit_expect_events(&t, 0,
	                  "[is_inc_exe(3) INFO:3+ INFO:3- OVM_GET] "
	                  "[search_load_info(3,2147488308) INFO:3+ INFO:3- OVM_GET]");
	assert_true(slot()->r[R_dirty] == 0);
	assert_true(slot()->r[R_pc] == ENTRY);
	assert_true(slot()->r[R_csselr_el1] == 0x80000000 + C); /* as published */
	assert_int_equal(kit_data_used(&t, V), 3);
	assert_int_equal(kit_core_used(&t, V), 0);
	test_machine_free(&t);

	boot(NULL);
	set_inc_exe(1);
	slot()->r[R_dirty] = INVALID64;
	OK(restore_shadow_kvm_regs);
	kit_expect_events(&t, 0, "[is_inc_exe(3) INFO:3+ INFO:3- OVM_GET]");
	assert_true(slot()->r[R_dirty] == 0);
	assert_string_equal(CHANGED_BUT(R_dirty), "");
	assert_int_equal(kit_data_used(&t, V), 0);
	test_machine_free(&t);

	boot(NULL);
	slot()->r[R_dirty] = INVALID64;
	PANICS(restore_shadow_kvm_regs);
	assert_true(kit_held(&t) == 0);
	assert_true(slot()->r[R_dirty] == INVALID64);
	test_machine_free(&t);
}

/* A later run: the host's registers, an exception, the next instruction, in this order. */
static void later_run(void **state)
{
	static const struct {
		u64 dirty, ec;
		bool x1;
		u64 pc, pstate;
	} row[] = {
		{ 0, 2, false, 0x1000, 5 },
		{ 2, 2, true, 0x1000, 5 },
		{ 2, 31, false, 0x1000, 5 },
		{ DIRTY_PC_FLAG, 31, false, 0x1004, 5 },
		{ 1ull << 33, 31, false, 0xec0005, 965 },
		{ 1ull << 34, 31, false, 0xec0005, 965 },
		{ 1ull << 35 | DIRTY_PC_FLAG | 2, 2, true, 0xec0009, 965 },
		{ 1ull << 36, 31, false, 0x1000, 5 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		slot()->r[R_dirty] = row[i].dirty;
		slot()->r[R_ec] = row[i].ec;
		slot()->r[R_pc] = 0x1000;
		slot()->r[R_pstate] = 5;
		kit_feed_core(&t, V, KIT_FEED_LIST(4095));
		OK(restore_shadow_kvm_regs);
		kit_expect_events(&t, 0, "");
		assert_true(slot()->r[R_dirty] == 0);
		assert_true(slot()->r[R_far_el2] == 0);
		assert_true(slot()->r[R_pc] == row[i].pc);
		assert_true(slot()->r[R_pstate] == row[i].pstate);
		assert_true(slot()->r[R_x1] == (row[i].x1 ? KIT_UNFED : 0xa5000000ull + R_x1));
		assert_int_equal(kit_core_used(&t, V), 1);
		test_machine_free(&t);
	}
	boot(NULL);
	slot()->r[R_dirty] = DIRTY_PC_FLAG;
	slot()->r[R_pc] = INVALID64 - 4;
	kit_feed_core(&t, V, KIT_FEED_LIST(0));
	OK(restore_shadow_kvm_regs);
	assert_true(slot()->r[R_pc] == INVALID64);
	slot()->r[R_dirty] = DIRTY_PC_FLAG;
	STUCK(OVERFLOW, restore_shadow_kvm_regs);
	slot()->r[R_pc] = INVALID64 - 3;
	STUCK(OVERFLOW, restore_shadow_kvm_regs);
	test_machine_free(&t);
}

/* A fault address from 4096 on to 2^48 brings the page that the host offers. */
static void fault_of_a_guest(void **state)
{
	static const struct {
		u64 addr;
		bool maps;
	} row[] = { { 0, false },          { 4095, false },
		    { 4096, true },        { (1ull << 48) - 1, true },
		    { 1ull << 48, false }, { INVALID64, false } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(NULL);
		slot()->r[R_dirty] = 0;
		kit_feed_core(&t, V, KIT_FEED_LIST(row[i].addr, HIGH * 4096ull, 3));
		OK(restore_shadow_kvm_regs);
		assert_int_equal(kit_core_used(&t, V), row[i].maps ? 3 : 1);
		assert_int_equal(kit_page(&t, HIGH).owner, row[i].maps ? V : 0);
		test_machine_free(&t);
	}
	/* another's page halts the machine */
	boot(NULL);
	kit_set_page(&t, HIGH, V + 1, 0, 9);
	slot()->r[R_dirty] = 0;
	kit_feed_core(&t, V, KIT_FEED_LIST(4096, HIGH * 4096ull, 3));
	PANICS(restore_shadow_kvm_regs);
	assert_true(kit_held(&t) == 1ull << S2PAGE_ID);
	test_machine_free(&t);
}

static void ranges(void **state)
{
	static const struct {
		const char *name;
		kit_fn *fn;
		bool host; /* vmid 0 is in range */
	} row[] = {
		{ "reset_gp_regs", do_reset_gp_regs, true },
		{ "reset_sys_regs", do_reset_sys_regs, false },
		{ "sync_dirty_to_shadow", do_sync_dirty_to_shadow, false },
		{ "prep_wfx", do_prep_wfx, false },
		{ "prep_hvc", do_prep_hvc, false },
		{ "prep_abort", do_prep_abort, false },
		{ "update_exception_gp_regs", do_update_exception_gp_regs, false },
		{ "post_handle_shadow_s2pt_fault", do_post_handle_shadow_s2pt_fault, false },
	};

	(void)state;
	boot(NULL);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		kit_refuses(&t, row[i].fn, row[i].name, KIT_LIST(17, 0), 2);
		kit_refuses(&t, row[i].fn, row[i].name, KIT_LIST(V, 8), 2);
		if (!row[i].host) {
			kit_refuses(&t, row[i].fn, row[i].name, KIT_LIST(0, 0), 2);
			kit_refuses(&t, row[i].fn, row[i].name, KIT_LIST(16, 0), 2);
		}
	}
	REFUSES(post_handle_shadow_s2pt_fault, V, C, 1ull << 48);
	assert_string_equal(CHANGED_BUT(REG_NR), "");
	for (u32 i = 0; i < 2; i++) {
		c0()->cur_vmid = i ? V : 17;
		c0()->cur_vcpuid = i ? 8 : C;
		REFUSES(save_shadow_kvm_regs, c0()->cur_vmid, c0()->cur_vcpuid);
		REFUSES(restore_shadow_kvm_regs, c0()->cur_vmid, c0()->cur_vcpuid);
	}
	test_machine_free(&t);

	/* a machine that has halted: nothing, whatever the arguments are */
	boot(NULL);
	PANICS(panic_called);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		kit_panics(&t, 0, row[i].fn, row[i].name, KIT_LIST(99, 99, INVALID64));
	PANICS(save_shadow_kvm_regs);
	PANICS(restore_shadow_kvm_regs);
	kit_expect_events(&t, 0, "");
	assert_string_equal(CHANGED_BUT(REG_NR), "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_registers),  cmocka_unit_test(no_entry),
		cmocka_unit_test(system_registers), cmocka_unit_test(running_oracle),
		cmocka_unit_test(host_registers),   cmocka_unit_test(wait_for),
		cmocka_unit_test(hypercall),        cmocka_unit_test(abort_),
		cmocka_unit_test(abort_flags),      cmocka_unit_test(exception),
		cmocka_unit_test(offered_page),     cmocka_unit_test(exit_classes),
		cmocka_unit_test(first_run),        cmocka_unit_test(later_run),
		cmocka_unit_test(fault_of_a_guest), cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

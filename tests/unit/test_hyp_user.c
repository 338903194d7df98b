// SPDX-License-Identifier: GPL-2.0-only
/* Accesses of the host, of guests and of devices: what they reach, and what stops them. */
#include "sim/hyp/user.h"

#include "cpu/ctxt.h"
#include "cpu/point.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/tlb.h"
#include "sim/hyp/api.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/spt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <string.h>

static struct test_machine t;

KIT_VOID(mem_load, k[0], (u32)k[1])
KIT_VOID(mem_store, k[0], (u32)k[1])
KIT_VOID(dev_load, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(dev_store, k[0], (u32)k[1], (u32)k[2], (u32)k[3])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(unmap_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(init_spt, (u32)k[0], (u32)k[1])
KIT_VOID(map_page_host, k[0])
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(flat_store, k[0], k[1])
KIT_VOID(acquire_lock_smmu)
KIT_VOID(release_lock_smmu)
KIT_VOID(set_smmu_cfg_vmid, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(set_per_cpu, (u32)k[0], (u32)k[1])
KIT_VOID(acquire_lock_pt, (u32)k[0])
KIT_VOID(release_lock_pt, (u32)k[0])
KIT_VOID(panic_called)

enum {
	V = 3,
	C = 5,
	BANK = 4,
	SMMU = 1,
	LOW = 512,
	HIGH = 262144,
	DEVICE = 0x30000,
	GFN = 0x80000
};

/* Kept by try(), try_dev() and try_dma(). */
static struct access got;

static u64 do_try(struct cpu *c, const u64 *k)
{
	got = mem_access(c, (enum access_kind)k[0], k[1], (u32)k[2]);
	return 0;
}

static u64 do_try_dev(struct cpu *c, const u64 *k)
{
	got = dev_access(c, (enum access_kind)k[0], k[1], (u32)k[2], (u32)k[3], (u32)k[4]);
	return 0;
}

static u64 do_try_dma(struct cpu *c, const u64 *k)
{
	got = dma_access(c, (enum access_kind)k[0], k[1], k[2], (u32)k[3], (u32)k[4]);
	return 0;
}

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static u64 *host(void)
{
	return t.m->shadow_ctxts[0].r;
}

static u64 *guest(void)
{
	return t.m->shadow_ctxts[V * VCPU_PER_VM + C].r;
}

static void boot(const struct errata *e)
{
	test_machine_boot(&t, 2, e);
	kit_feed(&t);
}

/* VM V has state @state and its vCPU runs; frame LOW is its page GFN, with this record. */
static void boot_guest(u32 state, u32 owner, u32 count)
{
	boot(NULL);
	kit_set_state(&t, V, state);
	kit_set_page(&t, LOW, owner, count, GFN);
	OK(map_s2pt, V, GFN * 4096ull, 3, LOW * 4096 | PAGE_S2_KERNEL);
	OK(set_per_cpu, V, C);
	c0()->ihost = false;
	kit_forget(&t);
}

/* A bank of VM @vmid, in which frame @pfn is page GFN. */
static void bank_of(vmid_t vmid, u64 pfn)
{
	OK(acquire_lock_smmu);
	OK(set_smmu_cfg_vmid, BANK, SMMU, vmid);
	OK(release_lock_smmu);
	OK(map_spt, BANK, SMMU, GFN * 4096ull, pfn * 4096 | 7);
	kit_forget(&t);
}

static void expect(enum access_result how, u64 pfn, u64 value)
{
	assert_int_equal(got.how, how);
	assert_true(got.pfn == pfn);
	assert_true(got.value == value);
	assert_false(got.stale);
	assert_false(got.untold);
}

/* The host has its own pages; of others it gets what the world says, and stores nothing. */
static void of_the_host(void **state)
{
	static const struct {
		u64 pfn;
		u32 owner, count;
		enum access_result how;
	} row[] = {
		{ LOW, 0, 0, ACCESS_OWN },
		{ LOW, 0, 7, ACCESS_OWN }, /* its count plays no part */
		{ LOW, V, 0, ACCESS_SHARED },
		{ LOW, V, 1, ACCESS_SHARED },
		{ DEVICE, 0, 0, ACCESS_SHARED },
		{ HIGH + 511, 0, 0, ACCESS_OWN },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		bool own = row[i].how == ACCESS_OWN;
		u64 pfn = row[i].pfn;

		boot(NULL);
		if (pfn != DEVICE)
			kit_set_page(&t, pfn, row[i].owner, row[i].count, 9);
		OK(map_s2pt, 0, pfn * 4096, 3, pfn * 4096 | PAGE_S2_KERNEL);
		OK(flat_store, pfn, 0xf1a7);
		kit_forget(&t);
		kit_feed_data(&t, 0, KIT_FEED_LIST(0x0ac1e));
		OK(try, ACCESS_LOAD, pfn, 4);
		expect(row[i].how, pfn, own ? 0xf1a7 : 0x0ac1e);
		assert_true(host()[R_x4] == (own ? 0xf1a7 : 0x0ac1e));
		assert_int_equal(kit_data_used(&t, 0), 0); /* not used up */
		host()[R_x5] = 0x5708e;
		OK(try, ACCESS_STORE, pfn, 5);
		expect(row[i].how, pfn, 0x5708e);
		assert_true(kit_flat(&t, pfn) == (own ? 0x5708e : 0xf1a7));
		/* the published entries do the same */
		host()[R_x6] = 0x6;
		OK(mem_store, pfn, 6);
		OK(mem_load, pfn, 7);
		assert_true(host()[R_x7] == (own ? 6 : 0x0ac1e));
		assert_int_equal(c0()->stats.stale_accesses, 0);
		test_machine_free(&t);
	}
}

/* A guest has what is not shared, while its VM is VERIFIED. */
static void of_a_guest(void **state)
{
	static const struct {
		u32 owner, count;
		enum access_result how;
		u32 rule;
	} row[] = {
		{ V, 0, ACCESS_OWN, 0 },
		{ V, 1, ACCESS_SHARED, 0 },
		{ V, INVALID, ACCESS_SHARED, 0 },
		{ 0, 0, ACCESS_OWN, 0 }, /* whose it is plays no part */
		{ INVALID, 0, ACCESS_NO_RECORD, STUCK_NO_RECORD },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		bool own = row[i].how == ACCESS_OWN, ends = own || row[i].how == ACCESS_SHARED;

		boot_guest(VERIFIED, row[i].owner, row[i].count);
		OK(flat_store, LOW, 0xf1a7);
		kit_forget(&t);
		kit_feed_data(&t, V, KIT_FEED_LIST(0x0ac1e));
		OK(try, ACCESS_LOAD, GFN, 4);
		expect(row[i].how, LOW, !ends ? 0 : own ? 0xf1a7 : 0x0ac1e);
		assert_true(guest()[R_x4] == (!ends ? 0 : own ? 0xf1a7 : 0x0ac1e));
		guest()[R_x5] = 0x5708e;
		OK(try, ACCESS_STORE, GFN, 5);
		expect(row[i].how, LOW, ends ? 0x5708e : 0);
		assert_true(kit_flat(&t, LOW) == (own ? 0x5708e : 0xf1a7));
		if (ends) {
			OK(mem_load, GFN, 6);
			OK(mem_store, GFN, 6);
		} else {
			kit_stuck(&t, 0, row[i].rule, do_mem_load, "mem_load", KIT_LIST(GFN, 6));
			kit_stuck(&t, 0, row[i].rule, do_mem_store, "mem_store", KIT_LIST(GFN, 6));
		}
		test_machine_free(&t);
	}
	for (u32 s = 0; s <= ACTIVE; s++) {
		if (s == VERIFIED)
			continue;
		boot_guest(s, V, 0);
		OK(try, ACCESS_LOAD, GFN, 4);
		expect(ACCESS_NOT_VERIFIED, 0, 0);
		STUCK(NOT_VERIFIED, mem_load, GFN, 4);
		STUCK(NOT_VERIFIED, mem_store, GFN, 4);
		test_machine_free(&t);
	}
}

/* A page without a translation is a fault to who asks for it, and stuck in the published entries. */
static void faults(void **state)
{
	(void)state;
	boot_guest(VERIFIED, V, 0);
	OK(try, ACCESS_LOAD, GFN + 1, 4);
	expect(ACCESS_NO_TRANSLATION, 0, 0);
	OK(try, ACCESS_STORE, 1ull << 36, 4);
	expect(ACCESS_NO_TRANSLATION, 0, 0);
	STUCK(NO_TRANSLATION, mem_load, GFN + 1, 4);
	assert_string_equal(c0()->stuck.prim, "mem_load");
	STUCK(NO_TRANSLATION, mem_store, GFN + 1, 4);
	assert_string_equal(c0()->stuck.prim, "mem_store");
	kit_expect_events(&t, 0,
	                  "[mem_load(524289,4) OPT_GET] [mem_store(68719476736,4) OPT_GET] "
	                  "[mem_load(524289,4) [mem_store(524289,4)");
	test_machine_free(&t);
}

/* The core itself has no accesses. */
static void in_the_core(void **state)
{
	(void)state;
	boot_guest(VERIFIED, V, 0);
	for (u32 ihost = 0; ihost <= 1; ihost++) {
		c0()->ihost = ihost;
		c0()->icore = true;
		STUCK(MODE, mem_load, GFN, 4);
		STUCK(MODE, mem_store, GFN, 4);
		STUCK(MODE, dev_load, GFN, 4, BANK, SMMU);
		STUCK(MODE, dev_store, GFN, 4, BANK, SMMU);
		STUCK(MODE, try, ACCESS_LOAD, GFN, 4);
		STUCK(MODE, try_dev, ACCESS_LOAD, GFN, 4, BANK, SMMU);
	}
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* Registers that a load may set, and any number that a store may name. */
static void register_numbers(void **state)
{
	(void)state;
	boot_guest(VERIFIED, V, 0);
	OK(flat_store, LOW, 7);
	OK(try, ACCESS_LOAD, GFN, 29);
	assert_true(guest()[R_x29] == 7);
	STUCK(RANGE, try, ACCESS_LOAD, GFN, 30);
	STUCK(RANGE, mem_load, GFN, 30);
	guest()[R_x30] = 30;
	OK(try, ACCESS_STORE, GFN, 30);
	assert_true(kit_flat(&t, LOW) == 30);
	OK(mem_store, GFN, 31); /* no register has this number */
	assert_true(kit_flat(&t, LOW) == 0);
	test_machine_free(&t);
}

/* Erratum access-registers: those of the context, or those of the CPU. */
static void which_registers(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		struct errata e;

		errata_defaults(&e);
		errata_set(&e, ERRATUM_ACCESS_REGISTERS, published);
		boot(&e);
		OK(map_s2pt, 0, LOW * 4096, 3, LOW * 4096 | PAGE_S2_KERNEL);
		host()[R_x4] = 0x5107;
		c0()->regs.r[R_x4] = 0xc9;
		OK(mem_store, LOW, 4);
		assert_true(kit_flat(&t, LOW) == (published ? 0x5107 : 0xc9));
		OK(mem_load, LOW, 5);
		assert_true(host()[R_x5] == (published ? 0x5107 : 0));
		assert_true(c0()->regs.r[R_x5] == (published ? 0 : 0xc9));
		test_machine_free(&t);
	}
}

/* A device reaches what its bank's table has, for whom the bank is. */
static void of_a_device(void **state)
{
	(void)state;
	boot_guest(VERIFIED, V, 0);
	bank_of(V, LOW);
	OK(flat_store, LOW, 0xf1a7);
	OK(try_dev, ACCESS_LOAD, GFN, 4, BANK, SMMU);
	expect(ACCESS_OWN, LOW, 0xf1a7);
	OK(dev_load, GFN, 6, BANK, SMMU);
	assert_true(guest()[R_x6] == 0xf1a7);
	guest()[R_x6] = 6;
	kit_forget(&t);
	OK(dev_store, GFN, 6, BANK, SMMU);
	assert_true(kit_flat(&t, LOW) == 6);
	OK(try_dev, ACCESS_LOAD, GFN + 1, 4, BANK, SMMU);
	expect(ACCESS_NO_TRANSLATION, 0, 0);
	OK(try_dev, ACCESS_STORE, GFN, 4, BANK + 1, SMMU);
	expect(ACCESS_NOT_OWNER, 0, 0);
	STUCK(NO_TRANSLATION, dev_load, GFN + 1, 4, BANK, SMMU);
	STUCK(NOT_OWNER, dev_load, GFN, 4, BANK + 1, SMMU);
	assert_string_equal(c0()->stuck.prim, "dev_load");
	STUCK(NOT_OWNER, dev_store, GFN, 4, BANK, 0);
	STUCK(RANGE, dev_load, GFN, 4, 8, 0);
	STUCK(RANGE, dev_store, GFN, 4, 0, 2);
	STUCK(RANGE, dev_load, GFN, 30, BANK, SMMU);
	kit_set_page(&t, LOW, INVALID, 0, 0);
	STUCK(NO_RECORD, dev_store, GFN, 4, BANK, SMMU);
	kit_set_state(&t, V, READY);
	STUCK(NOT_VERIFIED, dev_store, GFN, 4, BANK, SMMU);
	test_machine_free(&t);

	/* the host's devices have the host's pages, whatever the VMs' states are */
	boot(NULL);
	bank_of(0, LOW);
	OK(flat_store, LOW, 0xf1a7);
	kit_forget(&t);
	OK(dev_load, GFN, 4, BANK, SMMU);
	assert_true(host()[R_x4] == 0xf1a7);
	kit_expect_events(&t, 0, "[dev_load(524288,4,4,1) OPT_GET]");
	kit_set_page(&t, LOW, V, 0, 9);
	OK(try_dev, ACCESS_STORE, GFN, 5, BANK, SMMU);
	expect(ACCESS_SHARED, LOW, 0);
	STUCK(NOT_OWNER, dev_load, GFN, 4, 0, 0); /* INVALID */
	test_machine_free(&t);
}

/* Beyond the model: a device does what its bank's owner may, whoever runs on the CPU, and no register has part in it. */
static void whoever_runs(void **state)
{
	struct ctxt before;

	(void)state;
	boot_guest(VERIFIED, V, 0);
	bank_of(V, LOW);
	OK(flat_store, LOW, 0xf1a7);
	c0()->cur_vmid = HOSTVISOR;
	c0()->ihost = true;
	before = c0()->regs;
	kit_forget(&t);
	OK(try_dma, ACCESS_LOAD, GFN, 0, BANK, SMMU);
	expect(ACCESS_OWN, LOW, 0xf1a7);
	OK(try_dma, ACCESS_STORE, GFN, 6, BANK, SMMU);
	expect(ACCESS_OWN, LOW, 6);
	assert_true(kit_flat(&t, LOW) == 6);
	kit_expect_events(&t, 0,
	                  "[dma_load(524288,4,1) OPT_GET] [dma_store(524288,6,4,1) F OPT_GET]");
	assert_memory_equal(&before, &c0()->regs, sizeof(before));
	OK(try_dma, ACCESS_LOAD, GFN + 1, 0, BANK, SMMU);
	expect(ACCESS_NO_TRANSLATION, 0, 0);
	OK(try_dma, ACCESS_STORE, GFN, 7, BANK + 1, SMMU);
	expect(ACCESS_NOT_OWNER, 0, 0);
	STUCK(RANGE, try_dma, ACCESS_LOAD, GFN, 0, 8, 0);
	STUCK(RANGE, try_dma, ACCESS_LOAD, GFN, 0, 0, 2);
	/* shared: nothing is stored, and what is loaded is a value from outside */
	kit_set_page(&t, LOW, V, 1, GFN);
	OK(try_dma, ACCESS_STORE, GFN, 8, BANK, SMMU);
	expect(ACCESS_SHARED, LOW, 8);
	assert_true(kit_flat(&t, LOW) == 6);
	kit_set_page(&t, LOW, INVALID, 0, 0);
	OK(try_dma, ACCESS_STORE, GFN, 8, BANK, SMMU);
	expect(ACCESS_NO_RECORD, LOW, 0);
	kit_set_state(&t, V, READY);
	OK(try_dma, ACCESS_STORE, GFN, 8, BANK, SMMU);
	expect(ACCESS_NOT_VERIFIED, 0, 0);
	c0()->icore = true;
	STUCK(MODE, try_dma, ACCESS_LOAD, GFN, 0, BANK, SMMU);
	test_machine_free(&t);

	/* the host's devices while a guest runs */
	boot_guest(VERIFIED, V, 0);
	bank_of(0, LOW);
	OK(flat_store, LOW, 0xf1a7);
	OK(try_dma, ACCESS_STORE, GFN, 9, BANK, SMMU);
	expect(ACCESS_SHARED, LOW, 9);
	kit_set_page(&t, LOW, HOSTVISOR, 0, GFN);
	OK(try_dma, ACCESS_LOAD, GFN, 0, BANK, SMMU);
	expect(ACCESS_OWN, LOW, 0xf1a7);
	test_machine_free(&t);
}

/* With buffers the host goes on using a page that a VM has got; the access says so, and is counted. */
static void stale(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		static struct tlb tlbs[2];
		struct errata e;

		errata_defaults(&e);
		errata_set(&e, ERRATUM_TLB_INVALIDATE, published);
		errata_set(&e, ERRATUM_SMMU_PT_CLEAR, false);
		boot(&e);
		memset(tlbs, 0, sizeof(tlbs));
		for (u32 i = 0; i < 2; i++) {
			t.m->cpu[i].tlbs = tlbs;
			t.m->cpu[i].n_tlbs = 2;
		}

		OK(map_page_host, LOW * 4096);
		OK(try, ACCESS_STORE, LOW, 4);
		expect(ACCESS_OWN, LOW, 0);
		kit_ok(&t, 1, do_assign_pfn_to_vm, "assign_pfn_to_vm", KIT_LIST(V, GFN, LOW));
		OK(try, ACCESS_STORE, LOW, 4);
		assert_int_equal(got.how, published ? ACCESS_SHARED : ACCESS_NO_TRANSLATION);
		assert_int_equal(got.stale, published);
		assert_int_equal(got.from, published ? ACCESS_FROM_BUFFER : ACCESS_FROM_WALK);
		assert_int_equal(c0()->stats.stale_accesses, published);
		assert_int_equal(t.m->cpu[1].stats.stale_accesses, 0);

		/* while somebody is at work on the table it cannot be told, and that is counted */
		kit_ok(&t, 1, do_acquire_lock_pt, "acquire_lock_pt", KIT_LIST(0));
		OK(try, ACCESS_STORE, LOW, 4);
		assert_false(got.stale);
		assert_int_equal(got.untold, published);
		assert_int_equal(c0()->stats.stale_accesses, published);
		assert_int_equal(c0()->stats.untold_accesses, published);
		kit_ok(&t, 1, do_release_lock_pt, "release_lock_pt", KIT_LIST(0));

		/* of a block that comes over the page, too */
		OK(map_s2pt, 0, HIGH * 4096ull, 3, HIGH * 4096ull | PAGE_S2_KERNEL);
		OK(try, ACCESS_LOAD, HIGH + 7, 4);
		assert_int_equal(got.how, ACCESS_NO_TRANSLATION);
		OK(try, ACCESS_LOAD, HIGH, 4);
		OK(map_s2pt, 0, HIGH * 4096ull + 5 * 4096, 2, LOW * 4096 | 1);
		OK(try, ACCESS_LOAD, HIGH, 4);
		assert_true(got.pfn == (published ? HIGH : LOW));
		assert_int_equal(got.stale, published);

		/* so does a device: when its page is unmapped, when its bank is emptied */
		for (u32 i = 0; i < 2; i++) {
			bank_of(0, HIGH);
			OK(try_dev, ACCESS_LOAD, GFN, 4, BANK, SMMU);
			expect(ACCESS_OWN, HIGH, 0);
			if (i == 0)
				OK(unmap_spt, BANK, SMMU, GFN * 4096ull);
			else
				OK(init_spt, BANK, SMMU);
			OK(try_dev, ACCESS_LOAD, GFN, 4, BANK, SMMU);
			assert_int_equal(got.how, published ? ACCESS_OWN : ACCESS_NO_TRANSLATION);
			assert_int_equal(got.stale, published);
		}
		test_machine_free(&t);
	}
}

static void no_query(struct cpu *c, lk_t lk)
{
	(void)c;
	(void)lk;
}

static void no_pull(struct cpu *c, lk_t lk, bool fresh)
{
	(void)c;
	(void)lk;
	(void)fresh;
}

static void no_op(struct cpu *c, u32 op, u32 n, const u64 *args)
{
	(void)c;
	(void)op;
	(void)n;
	(void)args;
}

static void no_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	(void)c;
	(void)o;
	(void)field;
	(void)first;
	(void)n;
}

/* A machine that has halted: a run's CPUs leave; halt itself is not looked at, which a script can see. */
static void halted(void **state)
{
	static const struct env_ops script = { .query = no_query, .pull = no_pull, .op = no_op };
	static const struct control_ops control = { .note = no_note };

	(void)state;
	boot(NULL);
	OK(map_s2pt, 0, LOW * 4096, 3, LOW * 4096 | PAGE_S2_KERNEL);
	OK(flat_store, LOW, 1);
	host()[R_x4] = 4;
	PANICS(panic_called);
	PANICS(mem_store, LOW, 4);
	kit_panics(&t, 1, do_mem_store, "mem_store", KIT_LIST(LOW, 4));
	assert_true(kit_flat(&t, LOW) == 1);
	c0()->env = &script;
	c0()->control = &control;
	c0()->panicked = false;
	OK(mem_store, LOW, 4);
	assert_true(kit_flat(&t, LOW) == 4);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_host),
		cmocka_unit_test(of_a_guest),
		cmocka_unit_test(faults),
		cmocka_unit_test(in_the_core),
		cmocka_unit_test(register_numbers),
		cmocka_unit_test(which_registers),
		cmocka_unit_test(of_a_device),
		cmocka_unit_test(whoever_runs),
		cmocka_unit_test(stale),
		cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Whole lives of VMs and vCPUs: what each operation asks of their states, in which order locks are taken, and a VM from
 * its registration to the return of its pages. */
#include "cpu/mode.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_handler.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/vm_crypt.h"
#include "sim/hyp/vm_power.h"
#include "sim/hyp/vm_smmu.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VALUE(register_kvm)
KIT_VOID(register_vcpu, (u32)k[0], (u32)k[1])
KIT_VALUE(set_boot_info, (u32)k[0], k[1], k[2])
KIT_VOID(remap_vm_image, (u32)k[0], k[1], (u32)k[2])
KIT_VOID(verify_and_load_images, (u32)k[0])
KIT_VOID(map_io, (u32)k[0], k[1], k[2])
KIT_VOID(kvm_phys_addr_ioremap, (u32)k[0], k[1], k[2], k[3])
KIT_VOID(load_encrypted_vcpu, (u32)k[0], (u32)k[1])
KIT_VOID(load_decrypt_buf, (u32)k[0], k[1])
KIT_VOID(save_encrypt_buf, (u32)k[0], k[1], k[2])
KIT_VOID(save_encrypted_vcpu, (u32)k[0], (u32)k[1])
KIT_VOID(set_vcpu_active, (u32)k[0], (u32)k[1])
KIT_VOID(set_vcpu_inactive, (u32)k[0], (u32)k[1])
KIT_VOID(alloc_smmu, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(assign_smmu, (u32)k[0], k[1], k[2])
KIT_VOID(map_smmu, (u32)k[0], (u32)k[1], (u32)k[2], k[3], k[4])
KIT_VOID(clear_smmu, (u32)k[0], (u32)k[1], (u32)k[2], k[3])
KIT_VOID(el2_free_smmu_pgd, (u32)k[0], (u32)k[1])
KIT_VOID(el2_arm_lpae_map, k[0], k[1], k[2], (u32)k[3], (u32)k[4])
KIT_VOID(clear_vm_stage2_range, (u32)k[0], k[1], k[2])
KIT_VALUE(search_load_info, (u32)k[0], k[1])
KIT_VALUE(is_inc_exe, (u32)k[0])
KIT_VALUE(get_vm_poweron, (u32)k[0])
KIT_VOID(set_vm_poweroff, (u32)k[0])
KIT_VOID(grant_vm_page, (u32)k[0], k[1])
KIT_VOID(revoke_vm_page, (u32)k[0], k[1])
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(clear_vm_page, (u32)k[0], k[1])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(acquire_lock_core)
KIT_VOID(release_lock_core)
KIT_VOID(set_next_vmid, (u32)k[0])
KIT_VOID(acquire_lock_smmu)
KIT_VOID(release_lock_smmu)
KIT_VOID(set_smmu_cfg_vmid, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(host_hvc_handler)
KIT_VOID(host_npt_handler)
KIT_VOID(host_vcpu_run_handler)
KIT_VOID(vm_exit_handler)
KIT_VOID(mem_load, k[0], (u32)k[1])

enum {
	V = 3,
	C = 5,
	BANK = 2,
	SMMU = 0,
	LOW = 512, /* first of the 512 frames from 2 MiB on; LOW is the VM's at page GFN, LOW + 1 the host's */
	HIGH = 262144, /* and from 1 GiB on */
	DEVICE = 0x30000000,
	GFN = 0x80000,
};

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

static void set_vcpu(u32 state)
{
	OK(acquire_lock_vm, V);
	OK(set_vcpu_state, V, C, state);
	OK(release_lock_vm, V);
}

/* VM V in @state with vCPU C READY, page LOW, and bank BANK; 3 is the next number of a VM. */
static void boot(u32 state)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, ERRATUM_MEM_BUF_PFN, false);
	errata_set(&e, ERRATUM_SMMU_PTE_ATTRS, false);
	test_machine_boot(&t, 1, &e);
	kit_feed(&t);
	kit_set_state(&t, V, state);
	set_vcpu(READY);
	kit_set_page(&t, LOW, V, 0, GFN);
	OK(acquire_lock_core);
	OK(set_next_vmid, V);
	OK(release_lock_core);
	OK(acquire_lock_smmu);
	OK(set_smmu_cfg_vmid, BANK, SMMU, V);
	OK(release_lock_smmu);
	kit_forget(&t);
}

/* What an operation asks of the VM: a bit for each state in which it is done; in the others the machine halts. */
enum {
	ANY = 0x3f,
	ONLY_UNUSED = 1 << UNUSED,
	ONLY_READY = 1 << READY,
	ONLY_VERIFIED = 1 << VERIFIED
};

struct demand {
	const char *name;
	kit_fn *fn;
	u64 k[5];
	u32 states, vcpu;
};

static const struct demand demands[] = {
	{ "register_kvm", do_register_kvm, { 0 }, ONLY_UNUSED, READY },
	{ "register_vcpu", do_register_vcpu, { V, C }, ONLY_READY, UNUSED },
	{ "set_boot_info", do_set_boot_info, { V, 0, 0 }, ONLY_READY, READY },
	{ "remap_vm_image", do_remap_vm_image, { V, LOW, 0 }, ONLY_READY, READY },
	{ "verify_and_load_images", do_verify_and_load_images, { V }, ONLY_READY, READY },
	{ "map_io", do_map_io, { V, 0, DEVICE }, ONLY_READY, READY },
	{ "kvm_phys_addr_ioremap",
	  do_kvm_phys_addr_ioremap,
	  { V, 0, DEVICE, 1 },
	  ONLY_READY,
	  READY },
	{ "load_encrypted_vcpu", do_load_encrypted_vcpu, { V, C }, ONLY_READY, READY },
	{ "load_decrypt_buf", do_load_decrypt_buf, { V, (LOW + 1) * 4096 }, ONLY_READY, READY },
	{ "set_vcpu_active", do_set_vcpu_active, { V, C }, ONLY_VERIFIED, READY },
	{ "set_vcpu_inactive", do_set_vcpu_inactive, { V, C }, ANY, ACTIVE },
	{ "alloc_smmu", do_alloc_smmu, { V, BANK, SMMU }, ANY & ~ONLY_VERIFIED, READY },
	{ "assign_smmu", do_assign_smmu, { V, LOW + 1, GFN }, ANY & ~ONLY_VERIFIED, READY },
	{ "map_smmu",
	  do_map_smmu,
	  { V, BANK, SMMU, GFN * 4096ull, LOW * 4096 | 7 },
	  ANY & ~ONLY_VERIFIED,
	  READY },
	{ "clear_smmu",
	  do_clear_smmu,
	  { V, BANK, SMMU, GFN * 4096ull },
	  ANY & ~ONLY_VERIFIED,
	  READY },
	{ "el2_free_smmu_pgd", do_el2_free_smmu_pgd, { BANK, SMMU }, 1 << POWEROFF, READY },
	{ "clear_vm_stage2_range", do_clear_vm_stage2_range, { V, LOW * 4096, 4096 }, ANY, READY },
	{ "search_load_info", do_search_load_info, { V, 0 }, ANY, READY },
	{ "is_inc_exe", do_is_inc_exe, { V }, ANY, READY },
	{ "get_vm_poweron", do_get_vm_poweron, { V }, ANY, READY },
	{ "set_vm_poweroff", do_set_vm_poweroff, { V }, ANY, READY },
	{ "save_encrypt_buf",
	  do_save_encrypt_buf,
	  { V, LOW * 4096, (LOW + 1) * 4096 },
	  ANY,
	  READY },
	{ "save_encrypted_vcpu", do_save_encrypted_vcpu, { V, C }, ANY, READY },
	{ "grant_vm_page", do_grant_vm_page, { V, LOW }, ANY, READY },
	{ "revoke_vm_page", do_revoke_vm_page, { V, LOW }, ANY, READY },
};

/* Every operation in every state of the VM. */
static void states(void **state)
{
	(void)state;
	for (u32 n = 0; n < ARRAY_SIZE(demands) * 6; n++) {
		const struct demand *d = &demands[n / 6];
		const u64 *k = d->k;
		u32 vm = n % 6;

		boot(vm);
		set_vcpu(d->vcpu);
		if (d->states >> vm & 1) {
			kit_ok(&t, 0, d->fn, d->name, KIT_LIST(k[0], k[1], k[2], k[3], k[4]));
			assert_true(kit_held(&t) == 0);
		} else {
			kit_panics(&t, 0, d->fn, d->name, KIT_LIST(k[0], k[1], k[2], k[3], k[4]));
			/* el2_free_smmu_pgd() has given the record up again */
			assert_true(kit_held(&t) == (d->fn == do_el2_free_smmu_pgd
			                                     ? 1ull << SMMU_ID
			                                     : 1ull << (INFO_ID + V)));
		}
		test_machine_free(&t);
	}
}

/* As intended a mapping of a VM's bank can be cleared only before the VM is verified. */
static void clear_before_verified(void **state)
{
	(void)state;
	for (u32 vm = 0; vm < 6; vm++) {
		boot(vm);
		errata_set(&c0()->errata, ERRATUM_SMMU_CLEAR_OFF, false);
		if (vm < VERIFIED)
			OK(clear_smmu, V, BANK, SMMU, GFN * 4096ull);
		else
			PANICS(clear_smmu, V, BANK, SMMU, GFN * 4096ull);
		test_machine_free(&t);
	}
}

/* The pages of a VM go back when it is off, and only then. */
static void pages_come_back(void **state)
{
	(void)state;
	for (u32 vm = 0; vm < 6; vm++) {
		boot(vm);
		OK(clear_vm_stage2_range, V, LOW * 4096, 4096);
		assert_int_equal(kit_page(&t, LOW).owner, vm == POWEROFF ? 0 : V);
		test_machine_free(&t);
	}
}

/* The order in which nested sections are written. */
static void order(void **state)
{
	static const struct {
		const char *name;
		kit_fn *fn;
		u64 k[5];
		u32 vm;
		const char *events;
	} row[] = {
		{ "set_boot_info",
		  do_set_boot_info,
		  { V, 0, 4096 },
		  READY,
		  "[set_boot_info(3,0,4096) INFO:3+ CORE+ CORE* INFO:3* OBOOT_INFO]" },
		{ "assign_pfn_to_vm",
		  do_assign_pfn_to_vm,
		  { V, 9, LOW + 1 },
		  READY,
		  "[assign_pfn_to_vm(3,9,513) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OASSIGN_VM]" },
		{ "clear_vm_page",
		  do_clear_vm_page,
		  { V, LOW },
		  READY,
		  "[clear_vm_page(3,512) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM]" },
		{ "load_decrypt_buf",
		  do_load_decrypt_buf,
		  { V, (LOW + 1) * 4096 },
		  READY,
		  "[load_decrypt_buf(3,2101248) INFO:3+ S2PAGE+ NPT:0+ NPT:0- F S2PAGE* INFO:3- "
		  "OLOAD_ENC_BUF]" },
		{ "map_smmu",
		  do_map_smmu,
		  { V, BANK, SMMU, GFN * 4096ull, LOW * 4096 | 7 },
		  READY,
		  "INFO:3+ S2PAGE+ SPT+ SPT* S2PAGE- INFO:3-" },
		{ "el2_arm_lpae_map",
		  do_el2_arm_lpae_map,
		  { (GFN + 1) * 4096ull, (LOW + 1) * 4096, 7, BANK, SMMU },
		  READY,
		  "[smmu_assign_page(2,0,513,524289) SMMU+ INFO:3+ S2PAGE+ NPT:0+ NPT:0- S2PAGE* "
		  "INFO:3- SMMU- OASSIGN_SMMU] "
		  "[smmu_map_page(2,0,2147487744,2103047) SMMU+ INFO:3+ S2PAGE+ SPT+ SPT* S2PAGE- "
		  "INFO:3- SMMU- OSMMU_MAP]" },
		{ "kvm_phys_addr_ioremap",
		  do_kvm_phys_addr_ioremap,
		  { V, 0, DEVICE, 4097 },
		  READY,
		  "[map_io(3,0,805306368) INFO:3+ S2PAGE+ NPT:3+ NPT:3* S2PAGE- INFO:3- OMAP_IO] "
		  "[map_io(3,4096,805310464) INFO:3+ S2PAGE+ NPT:3+ NPT:3* S2PAGE- INFO:3- "
		  "OMAP_IO]" },
		{ "clear_vm_stage2_range",
		  do_clear_vm_stage2_range,
		  { V, LOW * 4096, 8192 },
		  POWEROFF,
		  "[get_vm_poweron(3) INFO:3+ INFO:3- OVM_GET] "
		  "[clear_vm_page(3,512) S2PAGE+ NPT:0+ NPT:0- F S2PAGE* OCLEAR_VM] "
		  "[clear_vm_page(3,513) S2PAGE+ S2PAGE- OCLEAR_VM]" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const u64 *k = row[i].k;

		boot(row[i].vm);
		kit_ok(&t, 0, row[i].fn, row[i].name, KIT_LIST(k[0], k[1], k[2], k[3], k[4]));
		kit_expect_events(&t, 0, row[i].events);
		kit_judge_poked(&t);
		test_machine_free(&t);
	}
}

/* A hypercall of the host: the answer, in x0. */
static u64 hvc(u64 nr, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5)
{
	const u64 x[] = { nr, x1, x2, x3, x4, x5 };

	for (u32 i = 0; i < ARRAY_SIZE(x); i++)
		c0()->regs.r[R_x0 + i] = x[i];
	OK(host_hvc_handler);
	return c0()->regs.r[R_x0];
}

/* Run vCPU C of the VM. */
static void run(vmid_t v)
{
	kit_feed_core(&t, v, KIT_FEED_LIST(C, 0));
	c0()->regs.r[R_x0] = v;
	OK(host_vcpu_run_handler);
	assert_true(mode_is(c0(), false));
}

static void guest_calls(u64 x0, u64 x2, u64 x3)
{
	c0()->regs.r[R_ec] = ARM_EXCEPTION_TRAP;
	c0()->regs.r[R_esr_el2] = (u64)ESR_ELx_EC_HVC64 << 26;
	c0()->regs.r[R_x0] = x0;
	c0()->regs.r[R_x2] = x2;
	c0()->regs.r[R_x3] = x3;
	OK(vm_exit_handler);
}

/* The host puts a program of one page into the VM and boots it; page 0x40000 of the VM is then frame HIGH. */
static vmid_t boot_vm(void)
{
	vmid_t v = (vmid_t)hvc(HVC_REGISTER_KVM, 0, 0, 0, 0, 0);

	hvc(HVC_REGISTER_VCPU, v, C, 0, 0, 0);
	hvc(HVC_SET_BOOT_INFO, v, 0x40000000, 4096, 0, 0);
	hvc(HVC_REMAP_VM_IMAGE, v, HIGH, 0, 0, 0);
	hvc(HVC_SMMU_ALLOC_PGD, BANK, v, SMMU, 0, 0);
	hvc(HVC_SMMU_LPAE_MAP, GFN * 4096ull, (LOW + 1) * 4096, 7, BANK, SMMU);
	hvc(HVC_PHYS_ADDR_IOREMAP, v, 0x8000000, DEVICE, 4096, 0);
	hvc(HVC_VERIFY_VM_IMAGE, v, 0, 0, 0, 0);
	return v;
}

/* From its registration to the return of its pages, by the entries of the top layer alone. */
static void a_life(void **state)
{
	struct errata e = { .published = { 0 } };
	vmid_t v;

	(void)state;
	/* its devices' mappings are cleared when it is off */
	errata_set(&e, ERRATUM_SMMU_CLEAR_OFF, true);
	test_machine_boot(&t, 1, &e);
	kit_feed(&t);
	v = boot_vm();
	assert_int_equal(v, 1);
	assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_state, 0), VERIFIED);
	assert_true(hvc(HVC_SMMU_LPAE_IOVA_TO_PHYS, GFN * 4096ull + 5, BANK, SMMU, 0, 0) ==
	            (LOW + 1) * 4096 + 5);

	kit_feed_data(&t, v, KIT_FEED_LIST(0x40000010, 0x3c5)); /* entry point, pstate */
	run(v);
	assert_true(c0()->regs.r[R_elr_el2] == 0x40000010);
	OK(mem_load, 0x40000, 4); /* the program was taken over by the VM */
	assert_true(c0()->regs.r[R_x4] >= KIT_UNFED);

	/* a page is shared, the host sees it, and sees it no more */
	guest_calls(HVC_KVM_SET_DESC_PFN, 0x40001000, 4096);
	assert_true(mode_is(c0(), false));
	assert_int_equal(kit_page(&t, HIGH + 1).count, 1);
	guest_calls(0, 0, 0); /* a call for the host */
	assert_true(mode_is(c0(), true));
	c0()->regs.r[R_hpfar_el2] = (HIGH + 1) * 16ull;
	c0()->regs.r[R_esr_el2] = 0;
	OK(host_npt_handler);
	assert_int_equal(kit_walk(&t, 0, (HIGH + 1) * 4096ull).pfn, HIGH + 1);
	kit_feed_data(&t, v, KIT_FEED_LIST(0xa45));
	run(v);
	assert_true(c0()->regs.r[R_x0] == 0xa45); /* the host's answer */
	guest_calls(HVC_KVM_UNSET_DESC_PFN, 0x40001000, 4096);
	assert_int_equal(kit_walk(&t, 0, (HIGH + 1) * 4096ull).level, 0);

	/* the end: off, and everything goes back */
	guest_calls(PSCI_0_2_FN_SYSTEM_OFF, 0, 0);
	assert_true(mode_is(c0(), true));
	assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_state, 0), POWEROFF);
	hvc(HVC_SMMU_CLEAR, GFN * 4096ull, BANK, SMMU, 0, 0);
	hvc(HVC_CLEAR_VM_S2_RANGE, v, HIGH * 4096ull, PMD_SIZE, 0, 0);
	assert_int_equal(kit_page(&t, HIGH).owner, v); /* not while it has a bank */
	hvc(HVC_SMMU_FREE_PGD, BANK, SMMU, 0, 0, 0);
	hvc(HVC_CLEAR_VM_S2_RANGE, v, HIGH * 4096ull, PMD_SIZE, 0, 0);
	hvc(HVC_CLEAR_VM_S2_RANGE, v, (LOW + 1) * 4096, 4096, 0, 0);
	for (u32 i = 0; i < 512; i++)
		assert_int_equal(kit_page(&t, HIGH + i).owner, 0);
	assert_int_equal(kit_page(&t, LOW + 1).owner, 0);
	kit_judge_poked(&t);

	/* a VM that is off cannot be run: the machine halts */
	kit_feed_core(&t, v, KIT_FEED_LIST(C));
	c0()->regs.r[R_x0] = v;
	PANICS(host_vcpu_run_handler);
	assert_true(kit_held(&t) == 1ull << (INFO_ID + v));
	test_machine_free(&t);
}

/* A vCPU runs on one CPU only; what its VM's end leaves running can leave once, and not come back. */
static void one_cpu(void **state)
{
	(void)state;
	boot(VERIFIED);
	OK(set_vcpu_active, V, C);
	PANICS(set_vcpu_active, V, C);
	test_machine_free(&t);

	boot(VERIFIED);
	OK(set_vcpu_active, V, C);
	OK(set_vm_poweroff, V);
	OK(set_vcpu_inactive, V, C);
	PANICS(set_vcpu_active, V, C);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),          cmocka_unit_test(clear_before_verified),
		cmocka_unit_test(pages_come_back), cmocka_unit_test(order),
		cmocka_unit_test(a_life),          cmocka_unit_test(one_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What hosts do in clash: hypercalls, faults, runs, loads and stores, about the focus. */
#include "scenarios/clash_world.h"
#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"
#include "sim/hyp/user.h"

enum {
	DEVICE_ADDR = 0x30000000,
	PROT = 0xc0,
	MAX_PAGES = 3,
	LIVE = 3,     /* VMs that are not off, before a new one would be one too many */
	REMAPPED = 2, /* pages of an image, before it is verified */
	LOADS = 6,
	FULL = 4, /* one verification of so many that loads pages */
	LOW = 64, /* one image of so many begins in the block of frame 0 */
	KEPT = 64,
	NOWHERE =
		8, /* one VM of so many that have no image is verified, and one of its vCPUs is run */
};

static u64 pa_of(const struct kit_cpu *k, u64 page)
{
	return kit_pfn(k->kit, page) * PAGE_SIZE;
}

static bool args(struct operation *op, u32 n, u64 a, u64 b, u64 c, u64 d)
{
	op->n_args = n;
	op->args[0] = a;
	op->args[1] = b;
	op->args[2] = c;
	op->args[3] = d;
	return true;
}

/* host_fault */

static bool fault_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 page = clash_focus(k)->page;
	u32 owner = clash_owner(k, page), count = clash_count(k, page);
	bool shared = count > 0 && (count != INVALID ||
	                            errata_published(&k->kit->errata, ERRATUM_COUNT_INVALID));

	if (clash_heeds(k, r, owner != HOSTVISOR && !shared))
		return false;
	return args(op, 1, pa_of(k, page), 0, 0, 0);
}

/* Loads and stores: of the host, and of devices behind its banks */

static bool host_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return args(op, 2, kit_pfn(k->kit, clash_focus(k)->page), kit_some_reg(r), 0, 0);
}

static bool accessed(struct kit_cpu *k, struct access a, struct operation *op)
{
	op->result = a.value;
	k->note[0] = a.how == ACCESS_OWN || a.how == ACCESS_SHARED;
	return k->note[0];
}

/* Again and again, so that it finds the page before another CPU is done with it, and behind. */
static void load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	for (u32 i = 1; i < LOADS; i++)
		(void)mem_access(c, ACCESS_LOAD, op->args[0], (u32)op->args[1]);
	accessed(k, mem_access(c, ACCESS_LOAD, op->args[0], (u32)op->args[1]), op);
}

static void store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	accessed(k, mem_access(c, ACCESS_STORE, op->args[0], (u32)op->args[1]), op);
}

static bool access_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)op;
	return k->note[0];
}

static bool device_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct focus *f = clash_focus(k);

	return args(op, 4, clash_iova_gfn(k, f->page, clash_bank_owner(k, f->bank)),
	            kit_some_reg(r), smmu_cbndx_of(f->bank), smmu_index_of(f->bank));
}

static void device_load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	accessed(k,
	         dev_access(c, ACCESS_LOAD, op->args[0], (u32)op->args[1], (u32)op->args[2],
	                    (u32)op->args[3]),
	         op);
}

static void device_store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	accessed(k,
	         dev_access(c, ACCESS_STORE, op->args[0], (u32)op->args[1], (u32)op->args[2],
	                    (u32)op->args[3]),
	         op);
}

/* register_kvm, register_vcpu */

static bool kvm_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 next = clash_next_vmid(k), live = 0;

	(void)op;
	for (vmid_t v = 1; v < next && v <= MAX_VM_NUM; v++)
		live += clash_vm_state(k, v) != POWEROFF;
	if (live >= LIVE + (u32)!clash_of(k)->alone && (clash_of(k)->alone || !clash_ends(k)) &&
	    rng_below(r, 8))
		return false;
	return !clash_heeds(k, r, next > MAX_VM_NUM);
}

static bool kvm_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)k;
	return is_vm(op->result);
}

static bool vcpu_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	u32 vcpuid = (u32)rng_below(r, CLASH_VCPUS);

	if (clash_heeds(k, r, !clash_is_ready(k, r, v) || clash_vcpu_state(k, v, vcpuid) != UNUSED))
		return false;
	return args(op, 2, v, vcpuid, 0, 0);
}

/* set_boot_info, remap_vm_image, ioremap, verify_vm_image */

static u64 images(const struct kit_cpu *k, vmid_t vmid)
{
	return peek_object(k->c, INFO_ID + vmid, F_INFO_vm_next_load_info, 0);
}

static u64 remapped(const struct kit_cpu *k, vmid_t vmid, u64 image)
{
	return peek_object(k->c, INFO_ID + vmid, F_INFO_vm_mapped_pages, image);
}

/* The first image has its block; those behind it are a page or two, anywhere. */
static bool info_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;

	if (clash_heeds(k, r, !clash_is_ready(k, r, v)) || (images(k, v) > 0 && rng_below(r, 4)))
		return false;
	if (images(k, v) == 0)
		return args(op, 3, v, KIT_IMAGE_GFN * PAGE_SIZE, PMD_SIZE, 0);
	return args(op, 3, v, clash_gfn(clash_focus(k)->page) * PAGE_SIZE,
	            PAGE_SIZE * (1 + rng_below(r, MAX_PAGES)), 0);
}

static bool remap_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct focus *f = clash_focus(k);
	u64 n = images(k, f->vmid), i = rng_below(r, n + 1) % MAX_LOAD_INFO_NUM, mapped;

	if (clash_heeds(k, r, !clash_is_ready(k, r, f->vmid)))
		return false;
	mapped = remapped(k, f->vmid, i);
	/* The machine halts when it is verified, as published before it looks whose the block is (erratum load-frame-zero). */
	if (i == 0 && mapped == 0 && rng_below(r, LOW) == 0)
		return args(op, 3, f->vmid, rng_below(r, PMD_PAGE_NUM), i, 0);
	if (i == 0 && mapped < REMAPPED)
		return args(op, 3, f->vmid, kit_pfn(k->kit, clash_image(f->vmid) + mapped), i, 0);
	return args(op, 3, f->vmid, kit_pfn(k->kit, f->page), i, 0);
}

/* At a place of its own, or where a page of it is or may come. */
static bool io_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct focus *f = clash_focus(k);
	u64 gfn = rng_below(r, 2) ? KIT_IO_GFN + rng_below(r, 16) : clash_gfn(f->page), pa;

	if (clash_heeds(k, r, !clash_is_ready(k, r, f->vmid)))
		return false;
	/* of a page that is somebody's nothing is mapped */
	pa = rng_below(r, 8) ? DEVICE_ADDR + rng_below(r, 64) * PAGE_SIZE : pa_of(k, f->page);
	return args(op, 4, f->vmid, gfn * PAGE_SIZE, pa, PAGE_SIZE * (1 + rng_below(r, MAX_PAGES)));
}

/* Is the first image the block in which all entry points lie? */
bool clash_has_image(const struct kit_cpu *k, vmid_t vmid)
{
	return images(k, vmid) > 0 &&
	       peek_object(k->c, INFO_ID + vmid, F_INFO_vm_load_size, 0) == PMD_SIZE;
}

/* Could the images be loaded?  Each needs a page of the core's map, and the block that it lies in. */
static bool loadable(const struct kit_cpu *k, vmid_t vmid)
{
	u64 n = images(k, vmid);

	if (!clash_has_image(k, vmid))
		return false;
	/* Behind the first pages those that were remapped are others than the block's. */
	if (!clash_of(k)->alone && remapped(k, vmid, 0) > REMAPPED)
		return false;
	/* A block of which no page was remapped is no block to load. */
	if (n == 1 && remapped(k, vmid, 0) == 0)
		return true;
	for (u64 i = 0; i < n && i < MAX_LOAD_INFO_NUM; i++)
		if (remapped(k, vmid, i) == 0)
			return false;
	for (u64 i = 0; i < PMD_PAGE_NUM; i++)
		if (!clash_may_get(k, vmid, clash_image(vmid) + i))
			return false;
	return n == 1;
}

static bool verify_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	/* One without an image verifies, and no vCPU of it finds its entry point. */
	bool empty = images(k, v) == 0 && rng_below(r, NOWHERE) == 0;

	/* Where all 512 pages of a block change hands the rest of the machine waits. */
	if (remapped(k, v, 0) > 0 && clash_of(k)->cpu[k->id].to != LIST_CORE && rng_below(r, FULL))
		return false;
	if (clash_heeds(k, r, !clash_is_ready(k, r, v) || !(loadable(k, v) || empty)))
		return false;
	if (!clash_heeds(k, r, true))
		k->bad_image = 1;
	return args(op, 1, v, 0, 0, 0);
}

static void verify_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	board_or(&clash_of(k)->verifying, 1ull << op->args[0]);
	kit_hvc(c, k, HVC_VERIFY_VM_IMAGE, op);
	board_and(&clash_of(k)->verifying, ~(1ull << op->args[0]));
}

/* clear_vm_s2_range: of a VM that runs it does nothing, and of one that is off it takes what it finds */

static bool clear_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct focus *f = clash_focus(k);
	u64 n = rng_below(r, 64) == 0 ? PMD_PAGE_NUM : 1 + rng_below(r, 2 * MAX_PAGES);
	u64 first = n == PMD_PAGE_NUM ? f->page / PMD_PAGE_NUM * PMD_PAGE_NUM : f->page;
	u32 v = f->vmid, owner;

	if (!clash_of(k)->alone && rng_below(r, 4)) {
		if (clash_left_page(k, r, &first))
			n = 1 + rng_below(r, 2);
		else if (rng_below(r, 2))
			return false;
	}
	owner = clash_owner(k, first);
	/* Rather of whose it is, if that one is off. */
	if (!clash_of(k)->alone && is_vm(owner) && clash_vm_state(k, owner) == POWEROFF &&
	    rng_below(r, 4))
		v = owner;
	return args(op, 3, v, pa_of(k, first), n * PAGE_SIZE, 0);
}

/* Context banks */

/* Can something be mapped for the VM's devices now?  Not when it is verified, or about to be. */
static bool maps_for(const struct kit_cpu *k, struct rng *r, vmid_t vmid)
{
	u32 state = clash_vm_state(k, vmid);

	return state != VERIFIED && (state != READY || clash_is_ready(k, r, vmid));
}

/* The host's bank, which can never be freed: where it can have pages in it, one that it finds free. */
static u32 hosts_bank(const struct kit_cpu *k)
{
	return clash_bank(errata_published(&k->kit->errata, ERRATUM_SMMU_HOST_OFFSET) ? 0 : 2);
}

static u32 free_banks(const struct kit_cpu *k)
{
	u32 n = 0;

	for (u32 i = 0; i < CLASH_BANKS; i++)
		n += clash_bank_owner(k, clash_bank(i)) == INVALID;
	return n;
}

static bool alloc_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct focus *f = clash_focus(k);
	u64 v = rng_below(r, 8) ? f->vmid : HOSTVISOR;
	/* A VM that is not there yet: who makes it finds that it has a bank. */
	bool early =
		!clash_of(k)->alone && rng_below(r, 8) == 0 && clash_next_vmid(k) <= MAX_VM_NUM;
	bool taken;

	f->bank = clash_bank_of(k, INVALID);
	taken = clash_bank_owner(k, f->bank) != INVALID;

	/* One is left for the episode's end. */
	if (!clash_of(k)->alone && !clash_ends(k) && !taken && free_banks(k) == 1 &&
	    rng_below(r, KEPT))
		return false;
	if (early)
		v = clash_next_vmid(k);
	if (clash_heeds(k, r, !taken && v && !maps_for(k, r, (vmid_t)v)))
		return false;
	if (v == HOSTVISOR && f->bank != hosts_bank(k))
		return false;
	return smmu_alloc_args(op, f->bank, v);
}

/* Is the VM off, as who frees its bank or takes its pages back finds it? */
static bool is_off(const struct kit_cpu *k, u32 vmid)
{
	if (!is_vm(vmid) || clash_vm_state(k, (vmid_t)vmid) != POWEROFF)
		return false;
	return clash_of(k)->alone || !clash_runs(k, (vmid_t)vmid);
}

/* The focus' bank, or rather one whose VM is off: there are few, as an episode is short. */
static u32 bank_to_free(const struct kit_cpu *k, struct rng *r)
{
	for (u32 i = 0; i < CLASH_BANKS && !clash_of(k)->alone && rng_below(r, 8); i++) {
		u32 owner = clash_bank_owner(k, clash_bank(i));

		if (is_off(k, owner))
			return clash_bank(i);
	}
	return clash_focus(k)->bank;
}

static bool free_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = bank_to_free(k, r), owner = clash_bank_owner(k, bank);

	if (clash_heeds(k, r, owner == HOSTVISOR || (owner < COREVISOR && !is_off(k, owner))))
		return false;
	return args(op, 2, smmu_cbndx_of(bank), smmu_index_of(bank), 0, 0);
}

/* Would the machine halt when the page is mapped for the bank's owner? */
static bool map_halts(const struct kit_cpu *k, struct rng *r, u32 owner, u64 page)
{
	bool slip = errata_published(&k->kit->errata, ERRATUM_SMMU_HOST_OFFSET);

	if (owner == INVALID)
		return false;
	if (owner == HOSTVISOR)
		return slip || clash_owner(k, page) != HOSTVISOR;
	return !maps_for(k, r, owner) || !clash_may_map(k, owner, page) ||
	       !smmu_frame_ok(k->kit, kit_pfn(k->kit, page));
}

static bool map_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct focus *f = clash_focus(k);
	u32 owner;

	f->bank = clash_bank_of(k, f->vmid);
	owner = clash_bank_owner(k, f->bank);
	if (clash_heeds(k, r, map_halts(k, r, owner, f->page)))
		return false;
	args(op, 5, clash_iova_gfn(k, f->page, owner) * PAGE_SIZE, pa_of(k, f->page), PROT,
	     smmu_cbndx_of(f->bank));
	op->args[4] = smmu_index_of(f->bank);
	return true;
}

static bool place(struct kit_cpu *k, struct operation *op, u64 offset)
{
	const struct focus *f = clash_focus(k);
	u64 gfn = clash_iova_gfn(k, f->page, clash_bank_owner(k, f->bank));

	return args(op, 3, gfn * PAGE_SIZE + offset, smmu_cbndx_of(f->bank), smmu_index_of(f->bank),
	            0);
}

static bool unmap_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct focus *f = clash_focus(k);
	u32 bank = f->bank = clash_bank_of(k, f->vmid), owner = clash_bank_owner(k, bank);
	bool slip = errata_published(&k->kit->errata, ERRATUM_SMMU_CLEAR_OFF);
	bool vm = is_vm(owner), off = vm && clash_vm_state(k, owner) == POWEROFF;

	if (clash_heeds(k, r, vm && (off ? !slip : !maps_for(k, r, owner))))
		return false;
	return place(k, op, 0);
}

static bool translate_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return place(k, op, rng_below(r, PAGE_SIZE));
}

/* Encrypted pages and vCPUs.  The buffers' addresses are frames that nobody has, in low memory (erratum mem-buf-pfn). */

static bool encrypt_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	u64 page = clash_page_that(k, r, v, clash_is_owner), out = clash_page(r, v);

	if (clash_heeds(k, r, clash_owner(k, page) != v || clash_owner(k, out) != HOSTVISOR))
		return false;
	return args(op, 3, v, pa_of(k, page), pa_of(k, out), 0);
}

static bool decrypt_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	u64 page = clash_focus(k)->page;
	bool slip = errata_published(&k->kit->errata, ERRATUM_DECRYPT_BUF_COUNT);

	if (clash_heeds(k, r,
	                !clash_is_ready(k, r, v) || clash_owner(k, page) != HOSTVISOR ||
	                        (!slip && clash_count(k, page) > 0)))
		return false;
	return args(op, 2, v, pa_of(k, page), 0, 0);
}

static bool save_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return args(op, 2, clash_focus(k)->vmid, rng_below(r, CLASH_VCPUS), 0, 0);
}

static bool load_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	u32 vcpuid = (u32)rng_below(r, CLASH_VCPUS);

	if (clash_heeds(k, r, !clash_is_ready(k, r, v) || clash_vcpu_state(k, v, vcpuid) != READY))
		return false;
	return args(op, 2, v, vcpuid, 0, 0);
}

#define HOST(name_, share_, prefix)                                          \
	.name = name_, .weight = "clash", .share = share_, .mode = KIT_HOST, \
	.choose = prefix##_choose

#define HVC(name_, share_, hvc_, prefix)                              \
	{                                                             \
		HOST(name_, share_, prefix), .hvc = hvc_, .bad = NULL \
	}

#define ACCESS(name_, share_, prefix, execute_)                                         \
	{                                                                               \
		HOST(name_, share_, prefix), .execute = execute_, .judge = access_judge \
	}

const struct kit_op kit_clash_ops[] = {
	{ HOST("host_fault", 10, fault), .execute = kit_fault_execute },
	ACCESS("host_load", 8, host, load_execute),
	ACCESS("host_store", 8, host, store_execute),
	ACCESS("host_device_load", 2, device, device_load_execute),
	ACCESS("host_device_store", 2, device, device_store_execute),
	{ HOST("dma_load", 3, clash_dma), .execute = clash_dma_load, .judge = access_judge },
	{ HOST("dma_store", 3, clash_dma), .execute = clash_dma_store, .judge = access_judge },
	{ HOST("register_kvm", 2, kvm), .hvc = HVC_REGISTER_KVM, .judge = kvm_judge },
	HVC("register_vcpu", 8, HVC_REGISTER_VCPU, vcpu),
	HVC("set_boot_info", 6, HVC_SET_BOOT_INFO, info),
	HVC("remap_vm_image", 6, HVC_REMAP_VM_IMAGE, remap),
	HVC("ioremap", 6, HVC_PHYS_ADDR_IOREMAP, io),
	{ HOST("verify_vm_image", 4, verify), .execute = verify_execute },
	{ HOST("vcpu_run", 30, clash_run), .execute = kit_clash_run_execute,
	  .judge = clash_run_judge },
	HVC("clear_vm_s2_range", 10, HVC_CLEAR_VM_S2_RANGE, clear),
	HVC("smmu_alloc", 5, HVC_SMMU_ALLOC_PGD, alloc),
	HVC("smmu_free", 5, HVC_SMMU_FREE_PGD, free),
	HVC("smmu_map", 8, HVC_SMMU_LPAE_MAP, map),
	HVC("smmu_clear", 5, HVC_SMMU_CLEAR, unmap),
	HVC("smmu_translate", 4, HVC_SMMU_LPAE_IOVA_TO_PHYS, translate),
	HVC("encrypt_buf", 4, HVC_ENCRYPT_BUF, encrypt),
	HVC("decrypt_buf", 4, HVC_DECRYPT_BUF, decrypt),
	{ HOST("save_crypt_vcpu", 1, save), .hvc = HVC_SAVE_CRYPT_VCPU,
	  .judge = kit_judge_nothing },
	HVC("load_crypt_vcpu", 4, HVC_LOAD_CRYPT_VCPU, load),
	/* what is done when nothing else can be, and while an episode is set up */
	{ .name = "timer_set_cntvoff",
	  .weight = "clash",
	  .share = 1,
	  .mode = KIT_HOST,
	  .hvc = HVC_TIMER_SET_CNTVOFF,
	  .idle = true,
	  .judge = kit_judge_nothing },
	{ .name = NULL },
};

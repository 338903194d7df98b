// SPDX-License-Identifier: GPL-2.0-only
/* How a host boots a VM: register it and its vCPUs, say where its images go, remap their pages, map devices, verify. */
#include "scenarios/kit.h"

enum { NOTE_WANT, NOTE_BLOCK, NOTE_IDX, NOTE_SIZE }; /* k->note */

enum {
	MAX_REMAPS = 12,     /* pages of the first image that are remapped before it is verified */
	MAX_SMALL_IMAGE = 8, /* pages of the images behind the first, in the same block */
	MAX_IO = 16,         /* pages of devices of a VM */
	OTHERS = 4, /* without claims: one step of so many is about a VM that another CPU boots */
	DEVICE_ADDR = 0x30000000,
	DEVICE_PAGES = 1024,
};

/* Without claims another CPU may have verified it meanwhile. */
static bool boots(const struct kit_cpu *k)
{
	enum vm_state_hint state = board_vm(&k->kit->board, k->boot.vmid);

	return k->boot.vmid != 0 && (state == VM_BOOTS || state == VM_VERIFIES);
}

/* register_kvm */

static bool boots_none(const struct kit_cpu *k)
{
	return !boots(k);
}

static bool kvm_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 most = min_u64(min_u64(k->kit->total_cpu, BOARD_MAX_VCPUS), 8);

	(void)op;
	k->note[NOTE_WANT] = 1 + rng_below(r, most);
	return kit_take_vmid(k->kit);
}

static bool kvm_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)k;
	return is_vm(op->result);
}

static void kvm_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how != KIT_DID || k->bad)
		return;
	k->boot = (struct kit_boot){ .vmid = (vmid_t)op->result, .want = (u32)k->note[NOTE_WANT] };
	board_vm_set(&k->kit->board, k->boot.vmid, VM_BOOTS);
	board_add(&k->kit->board.registered, 1);
}

static bool kvm_used_up(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	(void)op;
	return board_get(&k->kit->board.registered) == MAX_VM_NUM;
}

static const struct kit_bad kvm_bad[] = {
	{ "all vmids are used up", KIT_PANICKED, kvm_used_up },
	{ NULL, KIT_DID, NULL },
};

/* A VM that is verified, which no boot step may touch any more, as first argument. */
static bool verified_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, rng_below(r, 2) ? VM_RUNS : VM_STAYS);

	op->args[0] = v;
	op->n_args = 1;
	return v != 0;
}

/* No guest's vmid, as first argument. */
static bool no_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const u64 none[] = { HOSTVISOR, COREVISOR, 17, 1ull << 32, INVALID64 };

	(void)k;
	op->args[0] = none[rng_below(r, ARRAY_SIZE(none))];
	op->n_args = 1;
	return true;
}

/* Without claims, now and then: a VM that boots, whoever boots it, in args[0] of @op. */
static bool others_boot(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (!kit_meets(k) || rng_below(r, OTHERS))
		return false;
	op->args[0] = kit_some_vm(k, r, VM_BOOTS);
	return op->args[0] != 0 && op->args[0] != k->boot.vmid;
}

/* Is the operation about the VM that this CPU boots, and did it have its effect? */
static bool own_step(const struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	return how == KIT_DID && !k->bad && op->args[0] == k->boot.vmid;
}

/* register_vcpu */

static bool vcpu_may(const struct kit_cpu *k)
{
	return boots(k) && k->boot.vcpus < k->boot.want;
}

static bool vcpu_args(struct operation *op, u64 vcpuid)
{
	op->args[1] = vcpuid;
	op->n_args = 2;
	return true;
}

static bool vcpu_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (others_boot(k, r, op))
		return vcpu_args(op, rng_below(r, k->kit->total_cpu));
	op->args[0] = k->boot.vmid;
	return vcpu_args(op, k->boot.vcpus);
}

static void vcpu_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (own_step(k, op, how) && op->args[1] == k->boot.vcpus)
		board_set(&k->kit->board.vm[k->boot.vmid].vcpus, ++k->boot.vcpus);
}

static bool vcpu_twice(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (!boots(k) || k->boot.vcpus == 0)
		return false;
	op->args[0] = k->boot.vmid;
	return vcpu_args(op, rng_below(r, k->boot.vcpus));
}

static bool vcpu_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return verified_vm(k, r, op) && vcpu_args(op, rng_below(r, k->kit->total_cpu));
}

static bool vcpu_none(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	op->args[0] = k->boot.vmid;
	return boots(k) && vcpu_args(op, k->kit->total_cpu);
}

static const struct kit_bad vcpu_bad[] = {
	{ "registered before", KIT_PANICKED, vcpu_twice },
	{ "the VM is verified", KIT_PANICKED, vcpu_verified },
	{ "no such vCPU", KIT_PANICKED, vcpu_none },
	{ "no VM", KIT_PANICKED, no_vm },
	{ NULL, KIT_DID, NULL },
};

/* set_boot_info */

static bool info_may(const struct kit_cpu *k)
{
	return boots(k) && k->boot.images < MAX_LOAD_INFO_NUM;
}

static bool info_args(struct operation *op, u64 addr, u64 size)
{
	op->args[1] = addr;
	op->args[2] = size;
	op->n_args = 3;
	return true;
}

static bool info_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 first, size;

	if (others_boot(k, r, op))
		return info_args(op, KIT_IMAGE_GFN * PAGE_SIZE, PAGE_SIZE);
	op->args[0] = k->boot.vmid;
	if (k->boot.images == 0) {
		k->note[NOTE_BLOCK] = kit_take_block(k, r);
		k->note[NOTE_SIZE] = PMD_PAGE_NUM;
		return k->note[NOTE_BLOCK] != INVALID64 &&
		       info_args(op, KIT_IMAGE_GFN * PAGE_SIZE, PMD_SIZE);
	}
	size = 1 + rng_below(r, MAX_SMALL_IMAGE);
	first = rng_below(r, PMD_PAGE_NUM - size);
	k->note[NOTE_BLOCK] = k->boot.block[0] + first;
	k->note[NOTE_SIZE] = size;
	/* The last page need not be whole. */
	return info_args(op, (KIT_IMAGE_GFN + first) * PAGE_SIZE,
	                 size * PAGE_SIZE - rng_below(r, PAGE_SIZE));
}

static void info_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	u32 i = k->boot.images;

	if (!own_step(k, op, how))
		return;
	k->boot.block[i] = k->note[NOTE_BLOCK];
	k->boot.size[i] = k->note[NOTE_SIZE];
	k->boot.mapped[i] = 0;
	if (i == 0)
		board_set(&k->kit->board.vm[k->boot.vmid].image, k->boot.block[0]);
	k->boot.images++;
}

static bool info_full(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	op->args[0] = k->boot.vmid;
	return boots(k) && k->boot.images == MAX_LOAD_INFO_NUM &&
	       info_args(op, KIT_IMAGE_GFN * PAGE_SIZE, PAGE_SIZE);
}

static bool info_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return verified_vm(k, r, op) && info_args(op, KIT_IMAGE_GFN * PAGE_SIZE, PAGE_SIZE);
}

static bool info_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->args[0] = k->boot.vmid;
	if (!boots(k))
		return false;
	if (rng_below(r, 2))
		return info_args(op, KVM_PHYS_SIZE, PAGE_SIZE);
	return info_args(op, KVM_PHYS_SIZE - PAGE_SIZE, PAGE_SIZE);
}

static bool info_none(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return no_vm(k, r, op) && info_args(op, KIT_IMAGE_GFN * PAGE_SIZE, PAGE_SIZE);
}

static const struct kit_bad info_bad[] = {
	{ "five images already", KIT_REFUSED, info_full },
	{ "the VM is verified", KIT_PANICKED, info_verified },
	{ "beyond the physical addresses", KIT_PANICKED, info_range },
	{ "no VM", KIT_PANICKED, info_none },
	{ NULL, KIT_DID, NULL },
};

/* remap_vm_image */

static bool remap_args(struct operation *op, u64 pfn, u64 idx)
{
	op->args[1] = pfn;
	op->args[2] = idx;
	op->n_args = 3;
	return true;
}

static bool remap_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 i;

	if (others_boot(k, r, op))
		return remap_args(op, kit_pfn(k->kit, rng_below(r, k->kit->board.n_pages)), 0);
	if (k->boot.images == 0)
		return false;
	i = (u32)rng_below(r, k->boot.images);
	if (k->boot.mapped[i] == min_u64(k->boot.size[i], MAX_REMAPS))
		return false;
	k->note[NOTE_IDX] = i;
	op->args[0] = k->boot.vmid;
	return remap_args(op, kit_pfn(k->kit, k->boot.block[i] + k->boot.mapped[i]), i);
}

static void remap_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (own_step(k, op, how))
		k->boot.mapped[k->note[NOTE_IDX]]++;
}

static bool remap_unknown(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	op->args[0] = k->boot.vmid;
	return boots(k) && k->boot.images < MAX_LOAD_INFO_NUM &&
	       remap_args(op, kit_pfn(k->kit, 0), k->boot.images);
}

static bool remap_all(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 i;

	if (!boots(k) || k->boot.images == 0)
		return false;
	i = (u32)rng_below(r, k->boot.images);
	op->args[0] = k->boot.vmid;
	return k->boot.mapped[i] == k->boot.size[i] && remap_args(op, kit_pfn(k->kit, 0), i);
}

static bool remap_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return verified_vm(k, r, op) && remap_args(op, kit_pfn(k->kit, 0), 0);
}

static bool remap_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->args[0] = k->boot.vmid;
	if (!boots(k))
		return false;
	if (rng_below(r, 2))
		return remap_args(op, KVM_PFN_SPACE, 0);
	return remap_args(op, kit_pfn(k->kit, 0), MAX_LOAD_INFO_NUM);
}

static const struct kit_bad remap_bad[] = {
	{ "no such image", KIT_REFUSED, remap_unknown },
	{ "all pages are mapped", KIT_REFUSED, remap_all },
	{ "the VM is verified", KIT_PANICKED, remap_verified },
	{ "frame or image out of range", KIT_PANICKED, remap_range },
	{ NULL, KIT_DID, NULL },
};

/* ioremap */

static bool io_args(struct operation *op, u64 gpa, u64 pa, u64 size)
{
	op->args[1] = gpa;
	op->args[2] = pa;
	op->args[3] = size;
	op->n_args = 4;
	return true;
}

static bool io_may(const struct kit_cpu *k)
{
	return boots(k) && k->boot.io < MAX_IO;
}

static bool io_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 n = 1 + rng_below(r, 3);

	k->note[NOTE_SIZE] = n;
	if (!others_boot(k, r, op))
		op->args[0] = k->boot.vmid;
	return io_args(op, (KIT_IO_GFN + k->boot.io) * PAGE_SIZE,
	               DEVICE_ADDR + rng_below(r, DEVICE_PAGES) * PAGE_SIZE,
	               n * PAGE_SIZE - rng_below(r, PAGE_SIZE));
}

static void io_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (own_step(k, op, how))
		k->boot.io += (u32)k->note[NOTE_SIZE];
}

static bool io_memory(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->args[0] = k->boot.vmid;
	return boots(k) &&
	       io_args(op, (KIT_IO_GFN + k->boot.io) * PAGE_SIZE,
	               kit_pfn(k->kit, rng_below(r, k->kit->board.n_pages)) * PAGE_SIZE, PAGE_SIZE);
}

static bool io_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return verified_vm(k, r, op) && io_args(op, KIT_IO_GFN * PAGE_SIZE, DEVICE_ADDR, PAGE_SIZE);
}

static bool io_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	op->args[0] = k->boot.vmid;
	return boots(k) &&
	       io_args(op, KIT_IO_GFN * PAGE_SIZE, KVM_PHYS_SIZE - PAGE_SIZE, 2 * PAGE_SIZE);
}

static const struct kit_bad io_bad[] = {
	{ "memory, no device", KIT_REFUSED, io_memory },
	{ "the VM is verified", KIT_PANICKED, io_verified },
	{ "beyond the physical addresses", KIT_PANICKED, io_range },
	{ NULL, KIT_DID, NULL },
};

/* verify_vm_image */

/* An image whose first page was not remapped halts the machine, unless it begins with a block. */
static bool verify_may(const struct kit_cpu *k)
{
	for (u32 i = 0; i < k->boot.images; i++)
		if (k->boot.mapped[i] == 0)
			return false;
	return boots(k) && k->boot.vcpus > 0 && k->boot.images > 0;
}

static bool verify_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->n_args = 1;
	if (others_boot(k, r, op))
		return true;
	op->args[0] = k->boot.vmid;
	return board_vm_close(&k->kit->board, k->boot.vmid, VM_BOOTS, VM_VERIFIES);
}

/* An image that does not verify, any of them. */
static bool verify_image_bad(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (!verify_may(k) || !verify_choose(k, r, op))
		return false;
	k->bad_image = (u32)(1 + rng_below(r, k->boot.images));
	return true;
}

static void verify_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;
	vmid_t v = (vmid_t)op->args[0];
	bool runs = v <= k->kit->runnable;
	u64 image;

	if (how != KIT_DID || k->bad)
		return;
	image = board_get(&b->vm[v].image);
	for (u64 i = 0; i < PMD_PAGE_NUM; i++)
		board_page_give(b, image + i, v);
	board_set(&b->vm[v].ready, (1ull << board_get(&b->vm[v].vcpus)) - 1);
	board_vm_set(b, v, runs ? VM_RUNS : VM_STAYS);
	if (!runs)
		kit_vm_done(k->kit);
	if (v == k->boot.vmid)
		k->boot = (struct kit_boot){ .vmid = 0 };
}

enum { VERIFY_IMAGE };

static const struct kit_bad verify_bad[] = {
	[VERIFY_IMAGE] = { "an image that does not verify", KIT_PANICKED, verify_image_bad },
	{ "the VM is verified", KIT_PANICKED, verified_vm },
	{ "no VM", KIT_PANICKED, no_vm },
	{ NULL, KIT_DID, NULL },
};

#define BOOT(name_, share_, hvc_, may_, prefix)                                          \
	.name = name_, .weight = "boot", .share = share_, .mode = KIT_HOST, .hvc = hvc_, \
	.sure = true, .may = may_, .choose = prefix##_choose, .ended = prefix##_ended,   \
	.bad = prefix##_bad

const struct kit_op kit_boot_ops[] = {
	{ BOOT("register_kvm", 8, HVC_REGISTER_KVM, boots_none, kvm), .judge = kvm_judge },
	{ BOOT("register_vcpu", 8, HVC_REGISTER_VCPU, vcpu_may, vcpu) },
	{ BOOT("set_boot_info", 3, HVC_SET_BOOT_INFO, info_may, info) },
	{ BOOT("remap_vm_image", 8, HVC_REMAP_VM_IMAGE, boots, remap) },
	{ BOOT("ioremap", 2, HVC_PHYS_ADDR_IOREMAP, io_may, io) },
	{ BOOT("verify_vm_image", 4, HVC_VERIFY_VM_IMAGE, verify_may, verify), .dose = "image",
	  .dosed = &verify_bad[VERIFY_IMAGE] },
	{ .name = "timer_set_cntvoff",
	  .weight = "boot",
	  .share = 1,
	  .mode = KIT_HOST,
	  .hvc = HVC_TIMER_SET_CNTVOFF,
	  .sure = true,
	  .idle = true,
	  .judge = kit_judge_nothing },
	{ .name = NULL },
};

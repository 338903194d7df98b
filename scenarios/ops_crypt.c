// SPDX-License-Identifier: GPL-2.0-only
/*
 * Encrypted vCPUs and buffers: what leaves a VM, and what one that boots begins with.
 *
 * As published there are none of these calls (erratum crypt-hypercalls); a scenario that is about them has those of the top
 * specification.  As published the address of a buffer is taken for the number of a frame (erratum mem-buf-pfn): the
 * buffers lie where these numbers are frames that nobody has.  And a load of a vCPU makes the VM forget all images but the
 * first (erratum set-vm-inc-exe): it has no other then.  A vCPU is not saved while it runs.
 */
#include "scenarios/kit.h"
#include "shmem/walk.h"

/* k->note; CRYPT_NONE: not claimed */
enum {
	CRYPT_PAGE,  /* a VM's page, claimed */
	CRYPT_OWNER, /* whose */
	CRYPT_HOST,  /* the host's page, claimed */
	CRYPT_VM,    /* a VM that is held */
	CRYPT_MORE,  /* the operation's own */
	CRYPT_SYS,
};

#define CRYPT_NONE INVALID64

static void begin(struct kit_cpu *k)
{
	for (u32 i = 0; i < KIT_NOTES; i++)
		k->note[i] = CRYPT_NONE;
}

static void release(struct kit_cpu *k)
{
	struct board *b = &k->kit->board;

	if (k->note[CRYPT_PAGE] != CRYPT_NONE)
		board_page_back(b, k->note[CRYPT_PAGE], (vmid_t)k->note[CRYPT_OWNER]);
	if (k->note[CRYPT_HOST] != CRYPT_NONE)
		board_page_back(b, k->note[CRYPT_HOST], HOSTVISOR);
	if (k->note[CRYPT_VM] != CRYPT_NONE)
		board_vm_release(b, (vmid_t)k->note[CRYPT_VM]);
}

/* Is the hypercall there?  As published two numbers are those of the registering calls. */
static bool is_call(const struct kit *kit, u32 nr)
{
	if (errata_published(&kit->errata, ERRATUM_CRYPT_HYPERCALLS))
		return false;
	return nr > HVC_DECRYPT_BUF || !errata_published(&kit->errata, ERRATUM_HVC_NUMBERS);
}

static bool is_buffer(const struct kit *kit, u64 page)
{
	return !errata_published(&kit->errata, ERRATUM_MEM_BUF_PFN) ||
	       is_pfn(kit_pfn(kit, page) * PAGE_SIZE);
}

/* A page of any VM that nobody shares. */
static bool take_vm_page(struct kit_cpu *k, struct rng *r)
{
	u64 page;
	vmid_t v;

	if (!kit_freeze_page(k, r, k->kit->board.n_pages, &page, &v))
		return false;
	k->note[CRYPT_PAGE] = page;
	k->note[CRYPT_OWNER] = v;
	return is_buffer(k->kit, page);
}

static bool take_host_page(struct kit_cpu *k, struct rng *r)
{
	u64 page = kit_take_page(k, r);

	if (page == INVALID64)
		return false;
	k->note[CRYPT_HOST] = page;
	return is_buffer(k->kit, page);
}

static bool hold(struct kit_cpu *k, struct rng *r, enum vm_state_hint state)
{
	vmid_t v = kit_some_vm(k, r, state);

	if (!v || !board_vm_hold(&k->kit->board, v, state))
		return false;
	k->note[CRYPT_VM] = v;
	return true;
}

static u64 addr_of(const struct kit_cpu *k, u32 note)
{
	return kit_pfn(k->kit, k->note[note]) * PAGE_SIZE;
}

static bool args(struct operation *op, u32 n, u64 first, u64 second, u64 third)
{
	op->n_args = n;
	op->args[0] = first;
	op->args[1] = second;
	op->args[2] = third;
	return true;
}

static u64 no_vm(struct rng *r)
{
	static const u64 none[] = { HOSTVISOR, COREVISOR, 1ull << 32 | 1, INVALID64 };

	return none[rng_below(r, ARRAY_SIZE(none))];
}

static void ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	(void)how;
	release(k);
}

/* An illegal form that is one only as published: no such call. */
static bool no_call(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	return errata_published(&k->kit->errata, ERRATUM_CRYPT_HYPERCALLS) &&
	       !errata_published(&k->kit->errata, ERRATUM_HVC_NUMBERS) &&
	       args(op, 3, 1 + rng_below(r, MAX_VM_NUM), 0, 0);
}

/* encrypt_buf */

static bool encrypt_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_ENCRYPT_BUF) && take_vm_page(k, r) && take_host_page(k, r))
		return args(op, 3, k->note[CRYPT_OWNER], addr_of(k, CRYPT_PAGE),
		            addr_of(k, CRYPT_HOST));
	release(k);
	return false;
}

static bool encrypt_foreign(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_ENCRYPT_BUF) && take_vm_page(k, r) && take_host_page(k, r)) {
		u64 in = rng_below(r, 2) ? CRYPT_PAGE : CRYPT_HOST;
		u64 v = 1 + (k->note[CRYPT_OWNER] + rng_below(r, MAX_VM_NUM - 1)) % MAX_VM_NUM;

		return args(op, 3, v, addr_of(k, (u32)in), addr_of(k, CRYPT_HOST));
	}
	release(k);
	return false;
}

static bool encrypt_not_hosts(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_ENCRYPT_BUF) && take_vm_page(k, r))
		return args(op, 3, k->note[CRYPT_OWNER], addr_of(k, CRYPT_PAGE),
		            addr_of(k, CRYPT_PAGE));
	release(k);
	return false;
}

static bool encrypt_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (!is_call(k->kit, HVC_ENCRYPT_BUF))
		return false;
	args(op, 3, 1, 0, 0);
	op->args[rng_below(r, 3)] = KVM_PHYS_SIZE | PAGE_SIZE;
	return true;
}

static const struct kit_bad encrypt_bad[] = {
	{ "there is no such call", KIT_REFUSED, no_call },
	{ "a page that is not the VM's", KIT_PANICKED, encrypt_foreign },
	{ "into a page that is not the host's", KIT_PANICKED, encrypt_not_hosts },
	{ "no VM, or an address out of range", KIT_PANICKED, encrypt_range },
	{ NULL, KIT_DID, NULL },
};

/* decrypt_buf */

/* A place among the pages that VM @v begins with, claimed. */
static bool take_place(struct kit_cpu *k, struct rng *r)
{
	u64 at = rng_below(r, BOARD_LOADED_SLOTS);

	k->note[CRYPT_MORE] = at;
	return board_slot_take(&k->kit->board, &k->kit->board.vm[k->note[CRYPT_VM]].loaded[at],
	                       SLOT_FREE);
}

static u64 *place(const struct kit_cpu *k)
{
	return &k->kit->board.vm[k->note[CRYPT_VM]].loaded[k->note[CRYPT_MORE]];
}

static bool decrypt_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_DECRYPT_BUF) && hold(k, r, VM_BOOTS) && take_host_page(k, r) &&
	    take_place(k, r))
		return args(op, 2, k->note[CRYPT_VM], addr_of(k, CRYPT_HOST), 0);
	release(k);
	return false;
}

/* The page is the VM's alone, with other contents; the host does not have it. */
static bool decrypt_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	if (k->bad)
		return c->effects != k->effects;
	return c->effects != k->effects &&
	       peek_s2_page_vmid(c, k->note[CRYPT_HOST]) == op->args[0] &&
	       peek_s2_page_count(c, k->note[CRYPT_HOST]) == 0 &&
	       walk_stage2(c, HOSTVISOR, op->args[1] / PAGE_SIZE) == 0;
}

static void decrypt_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	if (how == KIT_DID && !k->bad) {
		board_page_give(&k->kit->board, k->note[CRYPT_HOST], (vmid_t)k->note[CRYPT_VM]);
		board_set(place(k), k->note[CRYPT_HOST]);
		k->note[CRYPT_HOST] = CRYPT_NONE;
	}
	release(k);
}

static bool decrypt_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_DECRYPT_BUF) && hold(k, r, rng_below(r, 2) ? VM_RUNS : VM_STAYS) &&
	    take_host_page(k, r))
		return args(op, 2, k->note[CRYPT_VM], addr_of(k, CRYPT_HOST), 0);
	release(k);
	return false;
}

static bool decrypt_not_hosts(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (is_call(k->kit, HVC_DECRYPT_BUF) && hold(k, r, VM_BOOTS) && take_vm_page(k, r))
		return args(op, 2, k->note[CRYPT_VM], addr_of(k, CRYPT_PAGE), 0);
	release(k);
	return false;
}

static bool decrypt_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (!is_call(k->kit, HVC_DECRYPT_BUF))
		return false;
	if (rng_below(r, 2))
		return args(op, 2, no_vm(r), 0, 0);
	return args(op, 2, 1, KVM_PHYS_SIZE | PAGE_SIZE, 0);
}

static const struct kit_bad decrypt_bad[] = {
	{ "there is no such call", KIT_REFUSED, no_call },
	{ "the VM is verified", KIT_PANICKED, decrypt_verified },
	{ "a page that is not the host's", KIT_PANICKED, decrypt_not_hosts },
	{ "no VM, or an address out of range", KIT_PANICKED, decrypt_range },
	{ NULL, KIT_DID, NULL },
};

/* save_crypt_vcpu */

static bool save_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 vcpuid = (u32)rng_below(r, BOARD_MAX_VCPUS);
	vmid_t v;

	begin(k);
	if (!is_call(k->kit, HVC_SAVE_CRYPT_VCPU))
		return false;
	if (k->boot.vcpus > 0 && rng_below(r, 2))
		return args(op, 2, k->boot.vmid, vcpuid % k->boot.vcpus, 0);
	v = kit_some_vm(k, r, VM_RUNS);
	vcpuid = v ? board_vcpu_take(&k->kit->board, v, vcpuid) : NO_VCPU;
	k->note[CRYPT_MORE] = vcpuid;
	return vcpuid != NO_VCPU && args(op, 2, v, vcpuid, 0);
}

/* In the model it has no effect. */
static bool save_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)op;
	return !k->bad;
}

static void save_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)how;
	if (k->note[CRYPT_MORE] != CRYPT_NONE)
		board_vcpu_drop(&k->kit->board, (vmid_t)op->args[0], (u32)op->args[1]);
}

static bool save_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (!is_call(k->kit, HVC_SAVE_CRYPT_VCPU))
		return false;
	if (rng_below(r, 2))
		return args(op, 2, no_vm(r), 0, 0);
	return args(op, 2, 1, k->kit->total_cpu + rng_below(r, 4), 0);
}

static const struct kit_bad save_bad[] = {
	{ "there is no such call", KIT_REFUSED, no_call },
	{ "no such vCPU", KIT_PANICKED, save_range },
	{ NULL, KIT_DID, NULL },
};

/* load_crypt_vcpu */

static bool load_may(const struct kit_cpu *k)
{
	return is_call(k->kit, HVC_LOAD_CRYPT_VCPU) && k->boot.vcpus > 0 &&
	       (k->boot.images == 1 || !errata_published(&k->kit->errata, ERRATUM_SET_VM_INC_EXE));
}

static bool load_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	return args(op, 2, k->boot.vmid, rng_below(r, k->boot.vcpus), 0);
}

/* The context of the vCPU in @op, which nobody else touches as long as its VM boots. */
static const struct ctxt *context(const struct cpu *c, const struct operation *op)
{
	return &c->shadow_ctxts[ctxt_id(c, (vmid_t)op->args[0], (vcpuid_t)op->args[1])];
}

/* What stands in @n registers from number @first on, in one number. */
static u64 sum_of(const struct ctxt *ctxt, u32 first, u32 n)
{
	u64 sum = 0;

	for (u32 i = first; i < first + n; i++)
		if (reg_by_index(i) != REG_NR)
			sum = sum * 31 + ctxt->r[reg_by_index(i)];
	return sum;
}

static u64 gp_sum(const struct ctxt *ctxt)
{
	return sum_of(ctxt, CTXT_X0, CTXT_X30 + 1);
}

static u64 sys_sum(const struct ctxt *ctxt)
{
	return sum_of(ctxt, CTXT_SYSREGS_START, CTXT_SYSREGS_SIZE);
}

static void load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	if (!k->bad && !kit_meets(k)) {
		k->note[CRYPT_MORE] = gp_sum(context(c, op));
		k->note[CRYPT_SYS] = sys_sum(context(c, op));
	}
	kit_hvc(c, k, HVC_LOAD_CRYPT_VCPU, op);
}

/* It has other registers, and is to run for the first time still. */
static bool load_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	struct vm_hint *v = &k->kit->board.vm[op->args[0] % N_VMID];

	if (k->bad)
		return false;
	if (kit_meets(k))
		return c->effects != k->effects;
	/* It begins with the registers that came with it; as published it gets new ones at its first run. */
	if (!published(c, ERRATUM_SET_VM_INC_EXE)) {
		board_set(&v->token[op->args[1]], context(c, op)->r[R_tpidr_el0]);
		board_or(&v->loaded_vcpus, 1ull << op->args[1]);
	}
	return gp_sum(context(c, op)) != k->note[CRYPT_MORE] &&
	       sys_sum(context(c, op)) != k->note[CRYPT_SYS] &&
	       context(c, op)->r[R_dirty] == INVALID64;
}

static bool load_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	return is_call(k->kit, HVC_LOAD_CRYPT_VCPU) &&
	       hold(k, r, rng_below(r, 2) ? VM_RUNS : VM_STAYS) &&
	       args(op, 2, k->note[CRYPT_VM], 0, 0);
}

static bool load_unregistered(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	begin(k);
	return is_call(k->kit, HVC_LOAD_CRYPT_VCPU) && k->boot.vmid &&
	       k->boot.vcpus < k->kit->total_cpu && args(op, 2, k->boot.vmid, k->boot.vcpus, 0);
}

static const struct kit_bad load_bad[] = {
	{ "there is no such call", KIT_REFUSED, no_call },
	{ "the VM is verified", KIT_PANICKED, load_verified },
	{ "the vCPU is not registered", KIT_PANICKED, load_unregistered },
	{ "no such vCPU", KIT_PANICKED, save_range },
	{ NULL, KIT_DID, NULL },
};

#define CRYPT(name_, share_, hvc_, prefix)                                                \
	.name = name_, .weight = "crypt", .share = share_, .mode = KIT_HOST, .hvc = hvc_, \
	.sure = true, .choose = prefix##_choose, .bad = prefix##_bad

const struct kit_op kit_crypt_ops[] = {
	{ CRYPT("encrypt_buf", 3, HVC_ENCRYPT_BUF, encrypt), .ended = ended },
	{ CRYPT("decrypt_buf", 3, HVC_DECRYPT_BUF, decrypt), .judge = decrypt_judge,
	  .ended = decrypt_ended },
	{ CRYPT("save_crypt_vcpu", 2, HVC_SAVE_CRYPT_VCPU, save), .judge = save_judge,
	  .ended = save_ended },
	{ CRYPT("load_crypt_vcpu", 2, HVC_LOAD_CRYPT_VCPU, load), .may = load_may,
	  .execute = load_execute, .judge = load_judge, .ended = ended },
	{ .name = NULL },
};

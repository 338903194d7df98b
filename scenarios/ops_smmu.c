// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host gives context banks to VMs that boot, and takes them back from those that are off.
 *
 * A bank of the host can never be freed, so the host has few.  As published a bank's next owner finds what was mapped from
 * 1 GiB on (erratum smmu-pt-clear), where pages of images are: those are cleared before a bank is freed.  As intended a bank
 * is empty when it is freed (erratum dead-vm-entries), and is not as long as a vCPU of its VM runs (poweroff-other-vcpu).
 */
#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"

enum { MAX_BANKS = 3, HOST_BANKS = 2, HOST_PERCENT = 10 };

static void ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	(void)how;
	smmu_release(k);
}

/* smmu_free: the bank that was claimed (note SMMU_FREE) is nobody's. */
static void free_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how == KIT_DID && !k->bad) {
		bank_freed(&k->kit->board.banks, (u32)k->note[SMMU_FREE],
		           (vmid_t)k->note[SMMU_PAGE]);
		k->note[SMMU_FREE] = SMMU_NONE;
	}
	ended(k, op, how);
}

/* smmu_alloc */

static bool hold_some(struct kit_cpu *k, struct rng *r, enum vm_state_hint state)
{
	vmid_t v = kit_some_vm(k, r, state);

	if (!v || !board_vm_hold(&k->kit->board, v, state))
		return false;
	k->note[SMMU_VM] = v;
	return true;
}

/* Whose a bank is to be: seldom the host's. */
static bool next_owner(struct kit_cpu *k, struct rng *r, u64 *vmid)
{
	const struct banks *b = &k->kit->board.banks;

	*vmid = HOSTVISOR;
	if (rng_below(r, 100) < HOST_PERCENT && banks_of(b, HOSTVISOR) < HOST_BANKS)
		return true;
	if (!hold_some(k, r, VM_BOOTS))
		return false;
	*vmid = k->note[SMMU_VM];
	return banks_of(b, (vmid_t)*vmid) < MAX_BANKS;
}

static bool alloc_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 vmid;

	smmu_begin(k);
	if (next_owner(k, r, &vmid) && smmu_free_bank(k, r))
		return smmu_alloc_args(op, k->note[SMMU_FREE], vmid);
	smmu_release(k);
	return false;
}

/* Nothing is mapped wherever an owner may have had something. */
static bool is_empty(struct cpu *c, u32 cbndx, u32 index)
{
	for (u32 slot = 0; slot < BANK_SLOTS; slot++)
		if (walk_bank(c, cbndx, index, smmu_gfn(slot)) != 0)
			return false;
	return true;
}

/* The bank is the VM's, and its table empty. */
static bool alloc_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u32 cbndx = (u32)op->args[0], index = (u32)op->args[2];

	return c->effects != k->effects && peek_smmu_cfg_vmid(c, cbndx, index) == op->args[1] &&
	       is_empty(c, cbndx, index);
}

static bool alloc_taken(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct banks *b = &k->kit->board.banks;
	u32 bank = (u32)rng_below(r, BANKS);
	vmid_t owner;

	smmu_begin(k);
	if (!bank_use(b, bank, &owner))
		return false;
	k->note[SMMU_BANK] = bank;
	return smmu_alloc_args(op, bank, rng_below(r, 2) ? owner : rng_below(r, COREVISOR));
}

static bool alloc_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const enum vm_state_hint settled[] = { VM_RUNS, VM_STAYS, VM_OFF, VM_CLEARED };
	bool off = !errata_published(&k->kit->errata, ERRATUM_SMMU_ALLOC_OFF);

	smmu_begin(k);
	if (hold_some(k, r, settled[rng_below(r, off ? ARRAY_SIZE(settled) : 2)]) &&
	    smmu_free_bank(k, r))
		return smmu_alloc_args(op, k->note[SMMU_FREE], k->note[SMMU_VM]);
	smmu_release(k);
	return false;
}

static bool alloc_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	smmu_alloc_args(op, 0, HOSTVISOR);
	if (rng_below(r, 2))
		smmu_no_bank(r, &op->args[0], &op->args[2]);
	else
		op->args[1] = COREVISOR + rng_below(r, 2) * (INVALID - COREVISOR);
	return true;
}

static const struct kit_bad alloc_bad[] = {
	{ "the bank is taken", KIT_REFUSED, alloc_taken },
	{ "the VM is verified, or was", KIT_PANICKED, alloc_verified },
	{ "no such bank, or no VM", KIT_PANICKED, alloc_range },
	{ NULL, KIT_DID, NULL },
};

/* smmu_free */

static bool free_args(struct operation *op, u64 bank)
{
	op->n_args = 2;
	op->args[0] = smmu_cbndx_of(bank);
	op->args[1] = smmu_index_of(bank);
	return true;
}

/* Is anything mapped that the next owner would find? */
static bool leaves_traces(const struct kit *kit, u32 bank)
{
	return errata_published(&kit->errata, ERRATUM_SMMU_PT_CLEAR) &&
	       board_get(&kit->board.banks.bank[bank].mapped) >> BOARD_DEVICE_SLOTS != 0;
}

/* Erratum poweroff-other-vcpu, as intended: a VM is on as long as one of its vCPUs runs. */
static bool is_on(const struct kit_cpu *k, vmid_t vmid)
{
	return !errata_published(&k->kit->errata, ERRATUM_POWEROFF_OTHER_VCPU) &&
	       board_vm_running(&k->kit->board, vmid) > 0;
}

/* A bank of a VM that is off, claimed. */
static bool free_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct banks *b = &k->kit->board.banks;
	vmid_t v = kit_some_vm(k, r, rng_below(r, 2) ? VM_OFF : VM_CLEARED);
	u32 bank = v ? bank_of(b, v, (u32)rng_below(r, BANKS)) : NO_BANK;

	smmu_begin(k);
	if (bank == NO_BANK || leaves_traces(k->kit, bank) || is_on(k, v) ||
	    !bank_retire(b, bank, v))
		return false;
	k->note[SMMU_FREE] = bank;
	k->note[SMMU_PAGE] = v;
	return free_args(op, bank);
}

static bool free_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u32 cbndx = (u32)op->args[0], index = (u32)op->args[1];

	return c->effects != k->effects && peek_smmu_cfg_vmid(c, cbndx, index) == INVALID &&
	       (published(c, ERRATUM_DEAD_VM_ENTRIES) || is_empty(c, cbndx, index));
}

static bool free_nobodys(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	return smmu_free_bank(k, r) && free_args(op, k->note[SMMU_FREE]);
}

static bool free_on(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const enum vm_state_hint on[] = { VM_BOOTS, VM_RUNS, VM_STAYS };
	u64 which = rng_below(r, ARRAY_SIZE(on) + 1);

	smmu_begin(k);
	if (which < ARRAY_SIZE(on) ? smmu_vm_bank(k, r, on[which]) : smmu_bank(k, r, HOSTVISOR))
		return free_args(op, k->note[SMMU_BANK]);
	smmu_release(k);
	return false;
}

static bool free_running(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 vcpuid;
	vmid_t v;

	smmu_begin(k);
	if (errata_published(&k->kit->errata, ERRATUM_POWEROFF_OTHER_VCPU))
		return false;
	v = kit_pin_of_off(k, r, &vcpuid);
	if (v && smmu_bank(k, r, v))
		return free_args(op, k->note[SMMU_BANK]);
	smmu_release(k);
	if (v)
		board_vcpu_unpin(&k->kit->board, v, vcpuid);
	return false;
}

static bool free_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	op->n_args = 2;
	smmu_no_bank(r, &op->args[0], &op->args[1]);
	return true;
}

static const struct kit_bad free_bad[] = {
	{ "the bank is nobody's", KIT_REFUSED, free_nobodys },
	{ "its VM is not off, or it is the host's", KIT_PANICKED, free_on },
	{ "a vCPU of its VM runs", KIT_PANICKED, free_running },
	{ "no such bank", KIT_PANICKED, free_range },
	{ NULL, KIT_DID, NULL },
};

#define SMMU(name_, share_, hvc_, prefix)                                                \
	.name = name_, .weight = "smmu", .share = share_, .mode = KIT_HOST, .hvc = hvc_, \
	.sure = true, .choose = prefix##_choose, .judge = prefix##_judge, .bad = prefix##_bad

const struct kit_op kit_smmu_ops[] = {
	{ SMMU("smmu_alloc", 2, HVC_SMMU_ALLOC_PGD, alloc), .ended = smmu_alloc_ended },
	{ SMMU("smmu_free", 2, HVC_SMMU_FREE_PGD, free), .needs = "off", .ended = free_ended },
	{ .name = NULL },
};

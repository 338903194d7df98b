// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and stores of hosts and guests, and of guests' devices.
 *
 * Of a page that is not shared, and not about to be, each vCPU (each CPU of the host) has those that its number falls on:
 * nobody else stores there, and what it stored it must find again.
 */
#include "scenarios/kit_smmu.h"
#include "sim/hyp/user.h"

enum {
	NOTE_PAGE,
	NOTE_VMID,
	NOTE_HOW,
	NOTE_TURN,
	NOTE_PFN
}; /* k->note; NOTE_TURN: INVALID64: others may change the page; NOTE_PFN: the frame that a device reached */

/* Does the page fall on what runs here? */
static bool falls_on(const struct kit_cpu *k, u64 page)
{
	if (k->guest)
		return page % max_u64(board_get(&k->kit->board.vm[k->vmid].vcpus), 1) == k->vcpuid;
	return page % k->kit->cpus == k->id;
}

/* Note in which turn the page is what runs here's alone. */
static void note_turn(struct kit_cpu *k)
{
	struct page_hint h = board_page(&k->kit->board, k->note[NOTE_PAGE]);
	bool own = h.state == (k->guest ? PAGE_VM : PAGE_HOST) && h.most == 0 &&
	           h.vmid == k->vmid && falls_on(k, k->note[NOTE_PAGE]);

	k->note[NOTE_TURN] = own ? h.turn : INVALID64;
}

/* A page that the host has touched lately, in use. */
static bool host_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 n = min_u64(k->n_faulted, KIT_FAULTED);
	vmid_t vmid;

	if (n == 0)
		return false;
	k->note[NOTE_PAGE] = k->faulted[rng_below(r, n)];
	if (!board_page_use(&k->kit->board, k->note[NOTE_PAGE], &vmid))
		return false;
	note_turn(k);
	op->n_args = 2;
	op->args[0] = kit_pfn(k->kit, k->note[NOTE_PAGE]);
	op->args[1] = kit_some_reg(r);
	return true;
}

/* Whoever asks for it, a VM's page that is not shared must not be found. */
static bool host_private(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t vmid;

	if (!kit_freeze_page(k, r, k->kit->board.n_pages, &k->note[NOTE_PAGE], &vmid))
		return false;
	k->note[NOTE_VMID] = vmid;
	op->n_args = 2;
	op->args[0] = kit_pfn(k->kit, k->note[NOTE_PAGE]);
	op->args[1] = kit_some_reg(r);
	return true;
}

static bool guest_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->n_args = 2;
	op->args[1] = kit_some_reg(r);
	if (!kit_guest_page(k, r, k->vmid, &op->args[0], &k->note[NOTE_PAGE]))
		return false;
	note_turn(k);
	return true;
}

static bool guest_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)k;
	op->n_args = 2;
	op->args[0] = KIT_NOTHING_GFN + rng_below(r, 1u << 20);
	op->args[1] = kit_some_reg(r);
	return true;
}

/* Only pages that fall on it are stored to. */
static bool host_store_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (!host_choose(k, r, op))
		return false;
	if (falls_on(k, k->note[NOTE_PAGE]))
		return true;
	board_page_unuse(&k->kit->board, k->note[NOTE_PAGE]);
	return false;
}

/* A device of the guest, through one of its banks, by the place where a page is mapped. */
static bool device_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct banks *b = &k->kit->board.banks;
	u32 bank = bank_of(b, k->vmid, (u32)rng_below(r, BANKS)), slot;

	if (bank == NO_BANK)
		return false;
	slot = bank_slot_some(b, bank, (u32)rng_below(r, BANK_SLOTS));
	if (slot == BANK_SLOTS)
		return false;
	k->note[NOTE_PAGE] = smmu_page(k->kit, k->vmid, slot);
	if (k->note[NOTE_PAGE] >= SLOT_TAKEN)
		return false;
	note_turn(k);
	op->n_args = 4;
	op->args[0] = smmu_gfn(slot);
	op->args[1] = kit_some_reg(r);
	op->args[2] = smmu_cbndx_of(bank);
	op->args[3] = smmu_index_of(bank);
	return true;
}

static bool device_store_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return device_choose(k, r, op) && falls_on(k, k->note[NOTE_PAGE]);
}

/* Where nothing is mapped, or through a bank of another. */
static bool device_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = (u32)rng_below(r, BANKS);

	op->n_args = 4;
	op->args[0] = KIT_NOTHING_GFN + rng_below(r, 1u << 20);
	op->args[1] = kit_some_reg(r);
	if (!(board_get(&k->kit->board.banks.of[k->vmid]) >> bank & 1))
		op->args[0] = smmu_gfn((u32)rng_below(r, BANK_SLOTS));
	op->args[2] = smmu_cbndx_of(bank);
	op->args[3] = smmu_index_of(bank);
	return true;
}

static bool guest_store_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return guest_choose(k, r, op) && falls_on(k, k->note[NOTE_PAGE]);
}

/* What an access came to. */
static void note_access(struct kit_cpu *k, const struct access *a, struct operation *op)
{
	k->note[NOTE_HOW] = a->how;
	k->note[NOTE_PFN] = a->pfn;
	k->as_published = (a->stale || a->untold) &&
	                  errata_published(&k->kit->errata, ERRATUM_TLB_INVALIDATE);
	op->result = a->value;
}

static void access_execute(struct cpu *c, struct kit_cpu *k, struct operation *op,
                           enum access_kind kind)
{
	struct access a = mem_access(c, kind, op->args[0], (u32)op->args[1]);

	note_access(k, &a, op);
}

static void load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	access_execute(c, k, op, ACCESS_LOAD);
}

static void store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	access_execute(c, k, op, ACCESS_STORE);
}

static void device_execute(struct cpu *c, struct kit_cpu *k, struct operation *op,
                           enum access_kind kind)
{
	struct access a = dev_access(c, kind, op->args[0], (u32)op->args[1], (u32)op->args[2],
	                             (u32)op->args[3]);

	note_access(k, &a, op);
}

static void device_load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	device_execute(c, k, op, ACCESS_LOAD);
}

static void device_store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	device_execute(c, k, op, ACCESS_STORE);
}

static bool access_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)op;
	return k->note[NOTE_HOW] == ACCESS_OWN || k->note[NOTE_HOW] == ACCESS_SHARED;
}

/* As long as the VM runs nothing in its banks changes. */
static bool device_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	if (!access_judge(c, k, op))
		return false;
	if (!k->bad && k->note[NOTE_PFN] != kit_pfn(k->kit, k->note[NOTE_PAGE]) &&
	    board_vm(&k->kit->board, k->vmid) == VM_RUNS)
		kit_surprise(k, op, "and reached another frame");
	return true;
}

/* Was the page what runs here's alone from the choice on? */
static bool undisturbed(const struct kit_cpu *k)
{
	return k->note[NOTE_HOW] == ACCESS_OWN && k->note[NOTE_TURN] != INVALID64 &&
	       board_page(&k->kit->board, k->note[NOTE_PAGE]).turn == k->note[NOTE_TURN];
}

static void release(struct kit_cpu *k)
{
	if (k->bad && !k->guest)
		board_page_back(&k->kit->board, k->note[NOTE_PAGE], (vmid_t)k->note[NOTE_VMID]);
	else if (!k->guest)
		board_page_unuse(&k->kit->board, k->note[NOTE_PAGE]);
}

static void load_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	u64 value;

	(void)how;
	if (!k->bad && undisturbed(k) &&
	    board_kept(&k->kit->board, k->note[NOTE_PAGE], (u32)k->note[NOTE_TURN], &value) &&
	    value != op->result)
		kit_surprise(k, op, "and did not find what was stored there");
	release(k);
}

static void store_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)how;
	if (!k->bad && undisturbed(k))
		board_keep(&k->kit->board, k->note[NOTE_PAGE], (u32)k->note[NOTE_TURN], op->result);
	release(k);
}

static const struct kit_bad host_bad[] = {
	{ "a VM's page that is not shared", KIT_REFUSED, host_private },
	{ NULL, KIT_DID, NULL },
};

static const struct kit_bad guest_bad[] = {
	{ "nothing is mapped there", KIT_REFUSED, guest_nothing },
	{ NULL, KIT_DID, NULL },
};

static const struct kit_bad device_bad[] = {
	{ "nothing is mapped there, or it is another's bank", KIT_REFUSED, device_nothing },
	{ NULL, KIT_DID, NULL },
};

#define ACCESS(name_, mode_, needs_, choose_, kind, bad_)                                      \
	{                                                                                      \
		.name = name_, .weight = "access", .needs = needs_, .share = 1, .mode = mode_, \
		.choose = choose_, .execute = kind##_execute, .judge = access_judge,           \
		.ended = kind##_ended, .bad = bad_                                             \
	}

#define DEVICE(name_, prefix, kind)                                             \
	{                                                                       \
		.name = name_, .weight = "smmu", .share = 1, .mode = KIT_GUEST, \
		.choose = prefix##_choose, .execute = device_##kind##_execute,  \
		.judge = device_judge, .ended = kind##_ended, .bad = device_bad \
	}

const struct kit_op kit_access_ops[] = {
	ACCESS("host_load", KIT_HOST, "fault", host_choose, load, host_bad),
	ACCESS("host_store", KIT_HOST, "fault", host_store_choose, store, host_bad),
	ACCESS("guest_load", KIT_GUEST, NULL, guest_choose, load, guest_bad),
	ACCESS("guest_store", KIT_GUEST, NULL, guest_store_choose, store, guest_bad),
	DEVICE("device_load", device, load),
	DEVICE("device_store", device_store, store),
	{ .name = NULL },
};

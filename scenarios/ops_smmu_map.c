// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host maps pages for the devices of VMs that boot, and clears what it mapped; it asks where an address leads to.
 *
 * A page that came to a VM this way has the count INVALID, and as published the host could map it (erratum count-invalid):
 * it does not touch it.  There are so few tables that the pools never run out.
 */
#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"

enum {
	PROT = 0xc0, /* readable and writable */
	OFFSET = 0x400,
	POOL_KEPT = 192, /* of the 256 tables of a level: that many may be drawn */
};

/* Of a bank: the table of the places for devices alone, and that of images. */
enum { DEVICE_TABLE, IMAGE_TABLE };

/* smmu_map */

static bool map_args(struct operation *op, u64 bank, u64 gfn, u64 pfn, u64 prot)
{
	op->n_args = 5;
	op->args[0] = gfn * PAGE_SIZE;
	op->args[1] = pfn * PAGE_SIZE;
	op->args[2] = prot;
	op->args[3] = smmu_cbndx_of(bank);
	op->args[4] = smmu_index_of(bank);
	return true;
}

/* The tables for the place that is claimed are drawn, or there are enough left. */
static bool tables_ok(struct kit_cpu *k)
{
	struct board *b = &k->kit->board;
	u64 *tables = &b->banks.bank[k->note[SMMU_BANK]].tables;
	u64 bit = 1ull << (k->note[SMMU_SLOT] < BOARD_DEVICE_SLOTS ? DEVICE_TABLE : IMAGE_TABLE);
	u64 have = board_get(tables), first;

	do {
		if (have & bit)
			return true;
	} while (!board_cas(tables, &have, have | bit));
	if (pool_reserve(&b->pools.spt_pgd, 1, POOL_KEPT, &first) &&
	    pool_reserve(&b->pools.spt_pmd, 1, POOL_KEPT, &first))
		return true;
	board_add(tables, -bit);
	return false;
}

/* A page of the host, with a frame that can be mapped as it is meant, or (@ok false) that cannot. */
static u64 host_page(struct kit_cpu *k, struct rng *r, bool ok)
{
	u64 page = kit_take_page(k, r);

	if (page == INVALID64 || smmu_frame_ok(k->kit, kit_pfn(k->kit, page)) == ok)
		return page;
	board_page_back(&k->kit->board, page, HOSTVISOR);
	return INVALID64;
}

/* The page that the VM is to get for the place that is claimed, and for no other purpose: taken from the host. */
static bool fresh_page(struct kit_cpu *k, struct rng *r, bool ok)
{
	u64 *at = &k->kit->board.vm[k->note[SMMU_VM]].device[k->note[SMMU_SLOT]];

	if (!board_slot_take(&k->kit->board, at, SLOT_FREE))
		return false;
	k->note[SMMU_PAGE] = host_page(k, r, ok);
	if (k->note[SMMU_PAGE] != INVALID64)
		return true;
	board_set(at, SLOT_FREE);
	return false;
}

/* The page of the place that is claimed. */
static bool find_page(struct kit_cpu *k, struct rng *r)
{
	u64 page = smmu_page(k->kit, (vmid_t)k->note[SMMU_VM], (u32)k->note[SMMU_SLOT]);

	if (page == SLOT_FREE)
		return fresh_page(k, r, true);
	k->note[SMMU_PAGE] = page;
	return page != SLOT_TAKEN;
}

/* Any place for devices; one of the image, if it is a VM that boots here. */
static u32 some_place(const struct kit_cpu *k, struct rng *r)
{
	if (k->boot.vmid == k->note[SMMU_VM] && k->boot.images > 0)
		return (u32)rng_below(r, BANK_SLOTS);
	return (u32)rng_below(r, BOARD_DEVICE_SLOTS);
}

static bool map_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, VM_BOOTS) && smmu_slot(k, some_place(k, r)) && tables_ok(k) &&
	    find_page(k, r))
		return map_args(op, k->note[SMMU_BANK], smmu_gfn((u32)k->note[SMMU_SLOT]),
		                kit_pfn(k->kit, k->note[SMMU_PAGE]), PROT | rng_below(r, 64));
	smmu_release(k);
	return false;
}

/* The address leads to the page, which is the VM's, and the host does not have it any more. */
static bool map_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u64 gfn = op->args[0] / PAGE_SIZE, pfn = op->args[1] / PAGE_SIZE;

	if (k->bad)
		return c->effects != k->effects;
	return walk_bank(c, (u32)op->args[3], (u32)op->args[4], gfn) == pfn &&
	       peek_s2_page_vmid(c, k->note[SMMU_PAGE]) == k->note[SMMU_VM] &&
	       walk_stage2(c, HOSTVISOR, pfn) == 0;
}

static void map_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;
	u64 slot = k->note[SMMU_SLOT], page = k->note[SMMU_PAGE];

	(void)op;
	if (how == KIT_DID && !k->bad) {
		vmid_t v = (vmid_t)k->note[SMMU_VM];

		if (slot < BOARD_DEVICE_SLOTS && board_get(&b->vm[v].device[slot]) >= SLOT_TAKEN) {
			board_page_give_device(b, page, v);
			board_set(&b->vm[v].device[slot], page);
		}
		bank_slot_set(&b->banks, (u32)k->note[SMMU_BANK], (u32)slot, true);
	}
	smmu_release(k);
}

static u64 any_pfn(const struct kit_cpu *k, struct rng *r)
{
	return kit_pfn(k->kit, rng_below(r, k->kit->board.n_pages));
}

static bool map_nobodys(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	return smmu_free_bank(k, r) &&
	       map_args(op, k->note[SMMU_FREE], KIT_DEVICE_GFN, any_pfn(k, r), PROT);
}

static bool map_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, rng_below(r, 2) ? VM_RUNS : VM_STAYS))
		return map_args(op, k->note[SMMU_BANK], KIT_DEVICE_GFN, any_pfn(k, r), PROT);
	smmu_release(k);
	return false;
}

static bool map_foreign(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t other;

	smmu_begin(k);
	if (smmu_vm_bank(k, r, VM_BOOTS) &&
	    kit_freeze_page(k, r, k->kit->board.n_pages, &k->note[SMMU_PAGE], &other))
		return map_args(op, k->note[SMMU_BANK], KIT_NOTHING_GFN,
		                kit_pfn(k->kit, k->note[SMMU_PAGE]), PROT);
	smmu_release(k);
	return false;
}

/* The VM has the page, with another guest frame. */
static bool map_elsewhere(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, VM_BOOTS)) {
		u64 page = smmu_page(k->kit, (vmid_t)k->note[SMMU_VM],
		                     (u32)rng_below(r, BOARD_DEVICE_SLOTS));

		if (page < SLOT_TAKEN)
			return map_args(op, k->note[SMMU_BANK], KIT_NOTHING_GFN,
			                kit_pfn(k->kit, page), PROT);
	}
	smmu_release(k);
	return false;
}

static bool map_hosts(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_bank(k, r, HOSTVISOR))
		return map_args(op, k->note[SMMU_BANK], KIT_NOTHING_GFN, any_pfn(k, r), PROT);
	smmu_release(k);
	return false;
}

/* The entry names another frame than the VM gets. */
static bool map_attributes(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, VM_BOOTS) && smmu_slot(k, (u32)rng_below(r, BOARD_DEVICE_SLOTS)) &&
	    fresh_page(k, r, false))
		return map_args(op, k->note[SMMU_BANK], smmu_gfn((u32)k->note[SMMU_SLOT]),
		                kit_pfn(k->kit, k->note[SMMU_PAGE]), PROT);
	smmu_release(k);
	return false;
}

static bool map_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	map_args(op, 0, KIT_DEVICE_GFN, any_pfn(k, r), PROT);
	switch (rng_below(r, 5)) {
	case 0:
		op->args[0] |= 1ull << 40;
		break;
	case 1:
		op->args[1] |= KVM_PHYS_SIZE;
		break;
	case 2:
		op->args[2] |= 1ull << 63;
		break;
	case 3:
		op->args[2] |= 16 * PAGE_SIZE; /* no attribute */
		break;
	default:
		smmu_no_bank(r, &op->args[3], &op->args[4]);
		break;
	}
	return true;
}

static const struct kit_bad map_bad[] = {
	{ "the bank is nobody's", KIT_REFUSED, map_nobodys },
	{ "the VM is verified", KIT_PANICKED, map_verified },
	{ "a page of another VM", KIT_PANICKED, map_foreign },
	{ "a page that it has elsewhere", KIT_PANICKED, map_elsewhere },
	{ "a bank of the host", KIT_PANICKED, map_hosts },
	{ "a frame that the attributes change", KIT_PANICKED, map_attributes },
	{ "an argument out of range", KIT_PANICKED, map_range },
	{ NULL, KIT_DID, NULL },
};

/* smmu_clear */

static bool place_args(const struct kit_cpu *k, struct operation *op, u64 bank, u64 gfn, u64 offset)
{
	(void)k;
	op->n_args = 3;
	op->args[0] = gfn * PAGE_SIZE + offset;
	op->args[1] = smmu_cbndx_of(bank);
	op->args[2] = smmu_index_of(bank);
	return true;
}

/* A place of the bank that is in use where a page is mapped, claimed. */
static bool mapped_place(struct kit_cpu *k, struct rng *r)
{
	const struct banks *b = &k->kit->board.banks;
	u32 bank = (u32)k->note[SMMU_BANK];
	u32 slot = bank_slot_some(b, bank, (u32)rng_below(r, BANK_SLOTS));

	return slot < BANK_SLOTS && smmu_slot(k, slot) && bank_slot_mapped(b, bank, slot);
}

/* Where nothing is mapped, claimed. */
static bool empty_place(struct kit_cpu *k, struct rng *r)
{
	u32 slot = (u32)rng_below(r, BANK_SLOTS);

	return smmu_slot(k, slot) &&
	       !bank_slot_mapped(&k->kit->board.banks, (u32)k->note[SMMU_BANK], slot);
}

/* A VM's state in which its mappings can be cleared. */
static enum vm_state_hint clear_state(const struct kit_cpu *k, struct rng *r)
{
	static const enum vm_state_hint may[] = { VM_BOOTS, VM_OFF, VM_OFF, VM_CLEARED };

	if (!errata_published(&k->kit->errata, ERRATUM_SMMU_CLEAR_OFF))
		return VM_BOOTS;
	return may[rng_below(r, ARRAY_SIZE(may))];
}

/* And one in which they cannot. */
static enum vm_state_hint kept_state(const struct kit_cpu *k, struct rng *r)
{
	static const enum vm_state_hint kept[] = { VM_RUNS, VM_STAYS, VM_OFF, VM_CLEARED };
	bool off = !errata_published(&k->kit->errata, ERRATUM_SMMU_CLEAR_OFF);

	return kept[rng_below(r, off ? ARRAY_SIZE(kept) : 2)];
}

static bool clear_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, clear_state(k, r)) && mapped_place(k, r))
		return place_args(k, op, k->note[SMMU_BANK], smmu_gfn((u32)k->note[SMMU_SLOT]), 0);
	smmu_release(k);
	return false;
}

static bool clear_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	return c->effects != k->effects &&
	       walk_bank(c, (u32)op->args[1], (u32)op->args[2], op->args[0] / PAGE_SIZE) == 0;
}

static void clear_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	if (how == KIT_DID && !k->bad)
		bank_slot_set(&k->kit->board.banks, (u32)k->note[SMMU_BANK],
		              (u32)k->note[SMMU_SLOT], false);
	smmu_release(k);
}

static bool clear_nobodys(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	return smmu_free_bank(k, r) &&
	       place_args(k, op, k->note[SMMU_FREE],
	                  smmu_gfn((u32)rng_below(r, BOARD_DEVICE_SLOTS)), 0);
}

static bool clear_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, clear_state(k, r)) && empty_place(k, r))
		return place_args(k, op, k->note[SMMU_BANK], smmu_gfn((u32)k->note[SMMU_SLOT]), 0);
	smmu_release(k);
	return false;
}

static bool clear_verified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, kept_state(k, r)))
		return place_args(k, op, k->note[SMMU_BANK],
		                  smmu_gfn((u32)rng_below(r, BANK_SLOTS)), 0);
	smmu_release(k);
	return false;
}

static bool place_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	place_args(k, op, 0, KIT_DEVICE_GFN, 0);
	if (rng_below(r, 2))
		op->args[0] |= 1ull << 40;
	else
		smmu_no_bank(r, &op->args[1], &op->args[2]);
	return true;
}

static const struct kit_bad clear_bad[] = {
	{ "the bank is nobody's", KIT_REFUSED, clear_nobodys },
	{ "nothing is mapped there", KIT_REFUSED, clear_nothing },
	{ "the VM is verified, or was", KIT_PANICKED, clear_verified },
	{ "an argument out of range", KIT_PANICKED, place_range },
	{ NULL, KIT_DID, NULL },
};

/* smmu_translate */

/* A bank that has an owner, in use. */
static bool some_bank(struct kit_cpu *k, struct rng *r)
{
	u32 bank = (u32)rng_below(r, BANKS);
	vmid_t owner;

	if (!bank_use(&k->kit->board.banks, bank, &owner))
		return false;
	k->note[SMMU_BANK] = bank;
	k->note[SMMU_PAGE] = owner;
	return true;
}

static bool translate_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (some_bank(k, r) && mapped_place(k, r)) {
		u32 slot = (u32)k->note[SMMU_SLOT];

		k->note[SMMU_PAGE] = smmu_page(k->kit, (vmid_t)k->note[SMMU_PAGE], slot);
		return place_args(k, op, k->note[SMMU_BANK], smmu_gfn(slot),
		                  OFFSET + rng_below(r, PAGE_SIZE - OFFSET));
	}
	smmu_release(k);
	return false;
}

/* The answer is the address in the page; where nothing is mapped it is below the first page. */
static bool translate_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u64 offset = op->args[0] % PAGE_SIZE;

	(void)c;
	if (k->bad)
		return op->result != offset;
	return op->result == kit_pfn(k->kit, k->note[SMMU_PAGE]) * PAGE_SIZE + offset;
}

static void translate_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	(void)how;
	smmu_release(k);
}

static bool translate_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (some_bank(k, r) && empty_place(k, r))
		return place_args(k, op, k->note[SMMU_BANK], smmu_gfn((u32)k->note[SMMU_SLOT]),
		                  OFFSET + rng_below(r, PAGE_SIZE - OFFSET));
	smmu_release(k);
	return false;
}

static const struct kit_bad translate_bad[] = {
	{ "nothing is mapped there", KIT_REFUSED, translate_nothing },
	{ "an argument out of range", KIT_PANICKED, place_range },
	{ NULL, KIT_DID, NULL },
};

#define SMMU(name_, share_, hvc_, prefix)                                                        \
	{                                                                                        \
		.name = name_, .weight = "smmu", .share = share_, .mode = KIT_HOST, .hvc = hvc_, \
		.sure = true, .choose = prefix##_choose, .judge = prefix##_judge,                \
		.ended = prefix##_ended, .bad = prefix##_bad                                     \
	}

const struct kit_op kit_smmu_map_ops[] = {
	SMMU("smmu_map", 6, HVC_SMMU_LPAE_MAP, map),
	SMMU("smmu_clear", 4, HVC_SMMU_CLEAR, clear),
	SMMU("smmu_translate", 3, HVC_SMMU_LPAE_IOVA_TO_PHYS, translate),
	{ .name = NULL },
};

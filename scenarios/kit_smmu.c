// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit_smmu.h"

#include "sim/base/check.h"

enum { FREE_TRIES = 4, ATTR_BIT = PTE_AF_OR_SH_IS / PAGE_SIZE };

/* Of 32 pages of the image the upper 16 have places. */
enum { RUN = ATTR_BIT, STEP = 2 * ATTR_BIT };

_Static_assert((BANK_SLOTS - BOARD_DEVICE_SLOTS) / RUN * STEP <= PMD_PAGE_NUM,
               "all places are in one image");

void smmu_no_bank(struct rng *r, u64 *cbndx, u64 *index)
{
	*cbndx = rng_below(r, SMMU_NUM_CTXT_BANKS);
	*index = rng_below(r, SMMU_NUM);
	if (rng_below(r, 2))
		*cbndx += rng_below(r, 2) ? SMMU_NUM_CTXT_BANKS : 1ull << 32;
	else
		*index += rng_below(r, 2) ? SMMU_NUM : 1ull << 32;
}

void smmu_begin(struct kit_cpu *k)
{
	for (u32 i = 0; i < KIT_NOTES; i++)
		k->note[i] = SMMU_NONE;
}

void smmu_release(struct kit_cpu *k)
{
	struct banks *b = &k->kit->board.banks;

	if (k->note[SMMU_VM] != SMMU_NONE)
		board_vm_release(&k->kit->board, (vmid_t)k->note[SMMU_VM]);
	if (k->note[SMMU_SLOT] != SMMU_NONE)
		bank_slot_drop(b, (u32)k->note[SMMU_BANK], (u32)k->note[SMMU_SLOT]);
	if (k->note[SMMU_BANK] != SMMU_NONE)
		bank_unuse(b, (u32)k->note[SMMU_BANK]);
	if (k->note[SMMU_FREE] != SMMU_NONE)
		bank_drop(b, (u32)k->note[SMMU_FREE]);
}

bool smmu_free_bank(struct kit_cpu *k, struct rng *r)
{
	for (u32 try = 0; try < FREE_TRIES; try++) {
		u32 bank = (u32)rng_below(r, BANKS);

		if (!bank_take(&k->kit->board.banks, bank))
			continue;
		k->note[SMMU_FREE] = bank;
		return true;
	}
	return false;
}

bool smmu_bank(struct kit_cpu *k, struct rng *r, vmid_t vmid)
{
	struct banks *b = &k->kit->board.banks;
	u32 bank = bank_of(b, vmid, (u32)rng_below(r, BANKS));
	vmid_t owner;

	if (bank == NO_BANK || !bank_use(b, bank, &owner))
		return false;
	k->note[SMMU_BANK] = bank;
	return owner == vmid;
}

bool smmu_vm_bank(struct kit_cpu *k, struct rng *r, enum vm_state_hint state)
{
	vmid_t v = kit_some_vm(k, r, state);

	if (!v || banks_of(&k->kit->board.banks, v) == 0 ||
	    !board_vm_hold(&k->kit->board, v, state))
		return false;
	k->note[SMMU_VM] = v;
	return smmu_bank(k, r, v);
}

bool smmu_slot(struct kit_cpu *k, u32 slot)
{
	if (!bank_slot_take(&k->kit->board.banks, (u32)k->note[SMMU_BANK], slot))
		return false;
	k->note[SMMU_SLOT] = slot;
	return true;
}

u64 smmu_image_page(u64 image, u32 slot)
{
	u64 i = slot - BOARD_DEVICE_SLOTS;

	SIM_ASSERT_DBG(slot >= BOARD_DEVICE_SLOTS);
	return image + i / RUN * STEP + RUN + i % RUN;
}

u64 smmu_gfn(u32 slot)
{
	return slot < BOARD_DEVICE_SLOTS ? KIT_DEVICE_GFN + slot
	                                 : smmu_image_page(KIT_IMAGE_GFN, slot);
}

u64 smmu_page(const struct kit *kit, vmid_t vmid, u32 slot)
{
	const struct vm_hint *v = &kit->board.vm[vmid];

	return slot < BOARD_DEVICE_SLOTS ? board_get(&v->device[slot])
	                                 : smmu_image_page(board_get(&v->image), slot);
}

bool smmu_frame_ok(const struct kit *kit, u64 pfn)
{
	return !errata_published(&kit->errata, ERRATUM_SMMU_PTE_ATTRS) || pfn & ATTR_BIT;
}

bool smmu_alloc_args(struct operation *op, u64 bank, u64 vmid)
{
	op->n_args = 3;
	op->args[0] = smmu_cbndx_of(bank);
	op->args[1] = vmid;
	op->args[2] = smmu_index_of(bank);
	return true;
}

void smmu_alloc_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how == KIT_DID && !k->bad) {
		bank_give(&k->kit->board.banks, (u32)k->note[SMMU_FREE], (vmid_t)op->args[1]);
		k->note[SMMU_FREE] = SMMU_NONE;
	}
	smmu_release(k);
}

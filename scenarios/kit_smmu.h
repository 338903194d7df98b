/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What operations on context banks claim (banks.h), and where banks have pages mapped.
 *
 * As published an entry of an SMMU names the wrong frame unless bit 4 of the frame's number is set (erratum
 * smmu-pte-attrs): only such frames are mapped.
 */
#include "scenarios/kit.h"

/* k->note of these operations; SMMU_NONE: not claimed. */
enum {
	SMMU_BANK, /* a bank that is in use */
	SMMU_FREE, /* one that is nobody's, claimed */
	SMMU_SLOT, /* a place of SMMU_BANK, claimed */
	SMMU_PAGE, /* the number of a page */
	SMMU_VM,   /* a VM that is held in its state */
};

#define SMMU_NONE INVALID64

static inline u32 smmu_index_of(u64 bank)
{
	return (u32)bank / SMMU_NUM_CTXT_BANKS;
}

static inline u32 smmu_cbndx_of(u64 bank)
{
	return (u32)bank % SMMU_NUM_CTXT_BANKS;
}

/* Numbers of a bank that there is not. */
void smmu_no_bank(struct rng *r, u64 *cbndx, u64 *index);

/* Nothing is claimed. */
void smmu_begin(struct kit_cpu *k);
/* Give back all that is claimed, but for the page. */
void smmu_release(struct kit_cpu *k);

/* A bank that is nobody's. */
bool smmu_free_bank(struct kit_cpu *k, struct rng *r);
/* A bank of any VM that is in the state, and stays so. */
bool smmu_vm_bank(struct kit_cpu *k, struct rng *r, enum vm_state_hint state);
/* A bank of @vmid. */
bool smmu_bank(struct kit_cpu *k, struct rng *r, vmid_t vmid);
/* Place @slot of the bank that is in use. */
bool smmu_slot(struct kit_cpu *k, u32 slot);

/* A context bank's hypercall: the bank to the VM. */
bool smmu_alloc_args(struct operation *op, u64 bank, u64 vmid);
/* kit_op.ended of it: the bank that was claimed (note SMMU_FREE) is the VM's now, or nobody's again. */
void smmu_alloc_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how);

/* Places below BOARD_DEVICE_SLOTS are for devices alone, the others for pages of the first image. */
u64 smmu_gfn(u32 slot);
/* The page of a VM's place; SLOT_FREE, SLOT_TAKEN: it has none yet.  The first image is known. */
u64 smmu_page(const struct kit *kit, vmid_t vmid, u32 slot);
/* The page of a place of an image. */
u64 smmu_image_page(u64 image, u32 slot);
/* Can a frame be mapped, as it is meant? */
bool smmu_frame_ok(const struct kit *kit, u64 pfn);

/* After a run: are the banks whose they should be, and is mapped what should be, with the right guest frames? */
bool kit_verify_banks(const struct kit *kit, const struct machine *m, struct run_differs *out);

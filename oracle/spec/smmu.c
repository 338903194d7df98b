// SPDX-License-Identifier: GPL-2.0-only
/* MmioOps' operations on context banks, one step each.  [TrapHandlerSpec; spec/31 section 7] */
#include "oracle/spec/mmap.h"
#include "oracle/spec/steps.h"

/* Counts of a host's page beyond this one are not counted.  [EL2_SMMU_CFG_SIZE] */
enum { MAX_HOST_COUNT = EL2_SMMU_CFG_SIZE };

static bool is_bank(u64 cbndx, u64 index)
{
	return is_smmu_cfg(cbndx) && is_smmu(index);
}

/* The owner of a bank; false: it is none that there can be, and the step is stuck.  INVALID: nobody's. */
static bool owner_of(struct abs *s, u64 cbndx, u64 index, struct effect *out, u64 *owner)
{
	*owner = abs_bank(s, smmu_id((u32)index, (u32)cbndx));
	if (*owner == INVALID || is_vmid(*owner))
		return true;
	effect_stuck(out);
	return false;
}

/* The bank's VM has been verified, and its devices are as they are. */
static bool is_verified(struct abs *s, u64 vmid)
{
	return is_vm(vmid) && abs_vm(s, (vmid_t)vmid, F_INFO_vm_state, 0) == VERIFIED;
}

/* OSMMU_GET iova cbndx index: el2_arm_lpae_iova_to_phys.  31/E28: nobody asks whose bank it is. */
void read_iova_to_phys(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 iova = arg[0], pte;

	if (!is_smmu_addr(iova) || !is_bank(arg[1], arg[2])) {
		effect_stuck(out);
		return;
	}
	pte = abs_spt(s, smmu_id((u32)arg[2], (u32)arg[1]), iova / PAGE_SIZE).pte;
	if (pte)
		GOES(el2_arm_lpae_iova_to_phys, MAPPED);
	else
		GOES(el2_arm_lpae_iova_to_phys, NOT_MAPPED);
	out->result = phys_page(pte) + (iova & (PAGE_SIZE - 1));
}

/*
 * OASSIGN_SMMU cbndx index pfn gfn.  30/E27, 31/E34: the layers have the test of the VM's state the wrong way round; 30/E2, 31/E16:
 * and give the frame new contents, as body and top specification do not.
 */
void local_smmu_assign_page(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 pfn = arg[2], gfn = arg[3], owner, keeps = LK(SMMU_ID);
	struct page page;

	if (!is_bank(arg[0], arg[1]) || !is_pfn(pfn) || !is_gfn(gfn)) {
		effect_stuck(out);
		return;
	}
	if (!owner_of(s, arg[0], arg[1], out, &owner))
		return;
	if (owner == INVALID) {
		GOES(smmu_assign_page, NO_OWNER);
		return;
	}
	if (!is_vm(owner)) {
		GOES(smmu_assign_page, NO_VM);
		return;
	}
	keeps |= LK(INFO_ID + owner);
	if (is_verified(s, owner)) {
		GOES(smmu_assign_page, VERIFIED);
		effect_halts(out, keeps);
		return;
	}
	keeps |= LK(S2PAGE_ID);
	page = abs_page(s, pfn);
	if (page.owner == HOSTVISOR && page.count == 0) {
		GOES(smmu_assign_page, GIVEN);
		if (unmap_host(s, pfn, keeps, out))
			effect_page(out, s, pfn, (struct page){ owner, INVALID, gfn });
	} else if (page.owner == HOSTVISOR) {
		GOES(smmu_assign_page, COUNTED);
		effect_halts(out, keeps);
	} else if (page.owner == owner) {
		GOES(smmu_assign_page, ITS);
	} else {
		GOES(smmu_assign_page, FOREIGN);
		effect_halts(out, keeps);
	}
}

/* OSMMU_GET vmid: get_vm_banks, how many banks are a VM's. */
void read_vm_banks(struct abs *s, const u64 *arg, struct effect *out)
{
	if (!is_vmid(arg[0])) {
		effect_stuck(out);
		return;
	}
	for (u32 i = 0; i < EL2_SMMU_CFG_SIZE; i++)
		out->result += abs_bank(s, i) == arg[0];
	if (out->result)
		GOES(get_vm_banks, SOME);
	else
		GOES(get_vm_banks, NONE);
}

/*
 * OSMMU_FREE cbndx index.  What the operation inside it says of the owner is from INFO, which it does not hold itself.  40/K17: as
 * published the bank keeps its table.
 */
void local_free_smmu_pgd(struct abs *s, const u64 *arg, struct effect *out)
{
	const struct op_nested *n = abs_nested(s, 0);
	u64 owner;

	if (!is_bank(arg[0], arg[1])) {
		effect_stuck(out);
		return;
	}
	if (!owner_of(s, arg[0], arg[1], out, &owner))
		return;
	if (owner == INVALID) {
		GOES(el2_free_smmu_pgd, NO_OWNER);
		return;
	}
	GOES(el2_free_smmu_pgd, FREED);
	if (!n || n->op != OP_get_vm_poweron || n->arg[0] != owner) {
		out->nested_wrong = true;
		out->nested_want = (struct op_nested){ .op = OP_get_vm_poweron, .arg = { owner } };
		return;
	}
	out->n_nested = 1;
	if (n->result) {
		GOES(el2_free_smmu_pgd, OWNER_ON);
		effect_halts(out, LK(SMMU_ID));
	} else {
		effect_bank(out, s, smmu_id((u32)arg[1], (u32)arg[0]), INVALID);
		if (!abs_published(s, ERRATUM_DEAD_VM_ENTRIES))
			clear_bank(s, (u32)arg[0], (u32)arg[1], out);
	}
}

/* Of a bank's VM: is its state VERIFIED, or with @slip as intended any from there on? */
static bool was_verified(struct abs *s, u64 vmid, enum erratum slip)
{
	if (!is_vm(vmid))
		return false;
	if (abs_published(s, slip))
		return is_verified(s, vmid);
	return abs_vm(s, (vmid_t)vmid, F_INFO_vm_state, 0) >= VERIFIED;
}

/*
 * OSMMU_ALLOC cbndx vmid index.  31/E15, 32/E-B10: the layer takes no INFO and does not ask for the VM's state; body and top
 * specification do.
 */
void local_alloc_smmu_pgd(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 cbndx = arg[0], vmid = arg[1], index = arg[2];
	u32 bank = smmu_id((u32)index, (u32)cbndx);

	if (!is_bank(cbndx, index) || !is_vmid(vmid)) {
		effect_stuck(out);
		return;
	}
	if (cbndx >= s->fixed->smmu.smmu_dev_context_banks[index]) {
		GOES(el2_alloc_smmu_pgd, NO_BANK);
		effect_halts(out, LK(SMMU_ID));
		return;
	}
	if (abs_bank(s, bank) != INVALID) {
		GOES(el2_alloc_smmu_pgd, TAKEN);
		return;
	}
	/* 31/E33: as published a bank can be given to a VM that is off */
	if (was_verified(s, vmid, ERRATUM_SMMU_ALLOC_OFF)) {
		GOES(el2_alloc_smmu_pgd, VERIFIED);
		effect_halts(out, LK(SMMU_ID) | LK(INFO_ID + vmid));
		return;
	}
	GOES(el2_alloc_smmu_pgd, GIVEN);
	effect_bank(out, s, bank, vmid);
	clear_bank(s, (u32)cbndx, (u32)index, out);
}

/* OSMMU_MAP cbndx index iova pte.  31/E25: with the published offset no page of the host has an address that a device can say. */
void local_smmu_map_page(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 iova = arg[2], pte = arg[3], pfn = phys_page(pte) / PAGE_SIZE, owner;
	u64 keeps = LK(SMMU_ID);
	struct page page;

	if (!is_bank(arg[0], arg[1]) || !is_smmu_addr(iova)) {
		effect_stuck(out);
		return;
	}
	if (!owner_of(s, arg[0], arg[1], out, &owner))
		return;
	if (owner == INVALID) {
		GOES(smmu_map_page, NO_OWNER);
		return;
	}
	keeps |= LK(INFO_ID + owner);
	if (is_verified(s, owner)) {
		GOES(smmu_map_page, VERIFIED);
		effect_halts(out, keeps);
		return;
	}
	keeps |= LK(S2PAGE_ID);
	page = abs_page(s, pfn);
	if (page.owner != owner || page.gfn != iova / PAGE_SIZE) {
		GOES(smmu_map_page, NOT_ITS);
		effect_halts(out, keeps);
		return;
	}
	if (owner == HOSTVISOR)
		GOES(smmu_map_page, MAPPED_HOST);
	else
		GOES(smmu_map_page, MAPPED);
	if (!local_spt_map(s, (u32)arg[0], (u32)arg[1], iova, pte, keeps, out))
		return;
	if (owner == HOSTVISOR && page.count < MAX_HOST_COUNT) {
		page.count++;
		effect_page(out, s, pfn, page);
	}
}

/*
 * OSMMU_CLEAR iova cbndx index.  31/E18: of an address that is not mapped the frame is 0, whose record is nobody's.
 */
void local_smmu_clear(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 iova = arg[0], cbndx = arg[1], index = arg[2], owner, pfn, keeps = LK(SMMU_ID), pte;
	struct page page;

	if (!is_bank(cbndx, index) || !is_smmu_addr(iova)) {
		effect_stuck(out);
		return;
	}
	if (!owner_of(s, cbndx, index, out, &owner))
		return;
	if (owner == INVALID) {
		GOES(el2_arm_lpae_clear, NO_OWNER);
		return;
	}
	keeps |= LK(INFO_ID + owner);
	/* 31/E19, 32/E-B11: as published VERIFIED alone keeps a VM's mappings */
	if (was_verified(s, owner, ERRATUM_SMMU_CLEAR_OFF)) {
		GOES(el2_arm_lpae_clear, VERIFIED);
		effect_halts(out, keeps);
		return;
	}
	keeps |= LK(S2PAGE_ID);
	pte = abs_spt(s, smmu_id((u32)index, (u32)cbndx), iova / PAGE_SIZE).pte;
	pfn = phys_page(pte) / PAGE_SIZE;
	GOES(el2_arm_lpae_clear, NOT_MAPPED);
	if (pte && !local_spt_map(s, (u32)cbndx, (u32)index, iova, 0, keeps, out))
		return;
	if (pte)
		GOES(el2_arm_lpae_clear, CLEARED);
	page = abs_page(s, pfn);
	if (page.owner == HOSTVISOR && page.count > 0) {
		GOES(el2_arm_lpae_clear, CLEARED_HOST);
		page.count--;
		effect_page(out, s, pfn, page);
	}
}

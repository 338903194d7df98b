// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/vm_smmu.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/spt_ops.h"

/* The state of HOSTVISOR and COREVISOR is not looked at. */
static bool is_verified(struct cpu *c, vmid_t vmid)
{
	return is_vm(vmid) && get_vm_state(c, vmid) == VERIFIED;
}

/*
 * Is what the VM's devices have settled?
 * SOURCE: only VERIFIED, not what comes after it (clear_smmu, alloc_smmu); of clear_smmu the top specification says VERIFIED and
 * above (local_smmu_clear)
 */
static bool is_settled(struct cpu *c, vmid_t vmid, enum erratum id)
{
	if (published(c, id))
		return is_verified(c, vmid);
	return is_vm(vmid) && get_vm_state(c, vmid) >= VERIFIED;
}

void alloc_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index)
{
	RELY(c, is_vmid(vmid) && is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, vmid, cbndx,
	     index);
	acquire_lock_vm(c, vmid);
	if (is_settled(c, vmid, ERRATUM_SMMU_ALLOC_OFF))
		panic(c, PANIC_VM_VERIFIED, vmid, get_vm_state(c, vmid));
	init_spt(c, cbndx, index);
	release_lock_vm(c, vmid);
}

void assign_smmu(struct cpu *c, vmid_t vmid, u64 pfn, u64 gfn)
{
	RELY(c, is_vmid(vmid) && is_gfn(gfn) && is_pfn(pfn), STUCK_RANGE, vmid, pfn, gfn);
	acquire_lock_vm(c, vmid);
	if (is_verified(c, vmid))
		panic(c, PANIC_VM_VERIFIED, vmid, get_vm_state(c, vmid));
	else if (is_vm(vmid))
		assign_pfn_to_smmu(c, vmid, gfn, pfn);
	release_lock_vm(c, vmid);
}

void map_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index, u64 iova, u64 pte)
{
	RELY(c, is_vmid(vmid) && is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova),
	     STUCK_RANGE, vmid, cbndx, index, iova, pte);
	acquire_lock_vm(c, vmid);
	if (is_verified(c, vmid))
		panic(c, PANIC_VM_VERIFIED, vmid, get_vm_state(c, vmid));
	update_smmu_page(c, vmid, cbndx, index, iova, pte);
	release_lock_vm(c, vmid);
}

void clear_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index, u64 iova)
{
	RELY(c, is_vmid(vmid) && is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova),
	     STUCK_RANGE, vmid, cbndx, index, iova);
	acquire_lock_vm(c, vmid);
	if (is_settled(c, vmid, ERRATUM_SMMU_CLEAR_OFF))
		panic(c, PANIC_VM_VERIFIED, vmid, get_vm_state(c, vmid));
	unmap_smmu_page(c, cbndx, index, iova);
	release_lock_vm(c, vmid);
}

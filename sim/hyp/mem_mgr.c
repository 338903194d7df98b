// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mem_mgr.h"

#include "cpu/op.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/page_mgr.h"
#include "sim/hyp/spt_ops.h"

/* SOURCE: INVALID, which is no number of sharers, is above 0 (map_page_host, revoke_vm_page) */
static bool is_shared(const struct cpu *c, u32 count)
{
	return count > 0 && (count != INVALID || published(c, ERRATUM_COUNT_INVALID));
}

void map_page_host(struct cpu *c, u64 addr)
{
	u64 pfn = addr / PAGE_SIZE;
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_paddr(addr), STUCK_RANGE, addr);
	OP_BEGIN(c, map_page_host, addr);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	if (owner == INVALID)
		map_s2pt(c, HOSTVISOR, addr, 3, pfn * PAGE_SIZE | PAGE_S2_DEVICE | S2_RDWR);
	else if (owner == HOSTVISOR || is_shared(c, count))
		map_s2pt(c, HOSTVISOR, addr, 3, pfn * PAGE_SIZE | PAGE_S2_KERNEL);
	else
		panic(c, PANIC_PAGE_PRIVATE, pfn, owner, count);
	release_lock_s2page(c);
	OP_END(c, map_page_host);
}

void clear_vm_page(struct cpu *c, u32 vmid, u64 pfn)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_pfn(pfn), STUCK_RANGE, vmid, pfn);
	OP_BEGIN(c, clear_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	if (get_pfn_owner(c, pfn) == vmid) {
		clear_pfn_host(c, pfn);
		set_pfn_owner(c, pfn, HOSTVISOR);
		set_pfn_count(c, pfn, 0);
		set_pfn_map(c, pfn, smmu_host_gfn(pfn, published(c, ERRATUM_SMMU_HOST_OFFSET)));
		clear_phys_page(c, pfn);
	}
	release_lock_s2page(c);
	OP_END(c, clear_vm_page);
}

/* The page is the VM's already: its guest frame and its count are settled.  Holds S2PAGE. */
static void settle_page(struct cpu *c, u32 vmid, u64 gfn, u64 pfn, u32 count)
{
	u64 map = get_pfn_map(c, pfn);

	if (map != INVALID64 && map != gfn) {
		panic(c, PANIC_PAGE_ELSEWHERE, pfn, vmid, gfn, map);
		return;
	}
	if (map == INVALID64)
		set_pfn_map(c, pfn, gfn);
	if (count == INVALID)
		set_pfn_count(c, pfn, 0);
}

void assign_pfn_to_vm(struct cpu *c, u32 vmid, u64 gfn, u64 pfn)
{
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_gfn(gfn) && is_pfn(pfn), STUCK_RANGE, vmid, gfn, pfn);
	OP_BEGIN(c, assign_pfn_to_vm, vmid, gfn, pfn);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	if (owner == HOSTVISOR && count == 0) {
		clear_pfn_host(c, pfn);
		set_pfn_owner(c, pfn, vmid);
		set_pfn_map(c, pfn, gfn);
		fetch_from_doracle(c, vmid, pfn, 1);
	} else if (owner == HOSTVISOR) {
		panic(c, PANIC_PAGE_IN_USE, pfn, vmid, count);
	} else if (owner == vmid) {
		settle_page(c, vmid, gfn, pfn, count);
	} else {
		panic(c, PANIC_PAGE_NOT_OWNED, pfn, vmid, owner);
	}
	release_lock_s2page(c);
	OP_END(c, assign_pfn_to_vm);
}

void map_pfn_vm(struct cpu *c, u32 vmid, u64 addr, u64 pte, u32 level)
{
	u64 entry = phys_page(pte) | PAGE_S2_KERNEL;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr, pte, level);
	OP_BEGIN(c, map_pfn_vm, vmid, addr, pte, level);
	if (level == 2)
		map_s2pt(c, vmid, addr, 2, entry & NOT_PMD_TABLE_BIT);
	else
		map_s2pt(c, vmid, addr, 3, entry);
	OP_END(c, map_pfn_vm);
}

void map_vm_io(struct cpu *c, u32 vmid, u64 gpa, u64 pa)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(gpa) && is_addr(pa), STUCK_RANGE, vmid, gpa, pa);
	acquire_lock_s2page(c);
	if (get_pfn_owner(c, pa / PAGE_SIZE) == INVALID)
		map_s2pt(c, vmid, gpa, 3, phys_page(pa) | PAGE_S2_DEVICE | S2_RDWR);
	release_lock_s2page(c);
}

void grant_vm_page(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_pfn(pfn), STUCK_RANGE, vmid, pfn);
	OP_BEGIN(c, grant_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	if (owner == vmid && count < MAX_SHARE_COUNT)
		set_pfn_count(c, pfn, count + 1);
	release_lock_s2page(c);
	OP_END(c, grant_vm_page);
}

void revoke_vm_page(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_pfn(pfn), STUCK_RANGE, vmid, pfn);
	OP_BEGIN(c, revoke_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	if (owner == vmid && is_shared(c, count)) {
		set_pfn_count(c, pfn, count - 1);
		if (count == 1) {
			clear_pfn_host(c, pfn);
			fetch_from_doracle(c, vmid, pfn, 1);
		}
	}
	release_lock_s2page(c);
	OP_END(c, revoke_vm_page);
}

void assign_pfn_to_smmu(struct cpu *c, u32 vmid, u64 gfn, u64 pfn)
{
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_gfn(gfn) && is_pfn(pfn), STUCK_RANGE, vmid, gfn, pfn);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	if (owner == HOSTVISOR && count == 0) {
		clear_pfn_host(c, pfn);
		set_pfn_owner(c, pfn, vmid);
		set_pfn_map(c, pfn, gfn);
		set_pfn_count(c, pfn, INVALID);
	} else if (owner == HOSTVISOR) {
		panic(c, PANIC_PAGE_IN_USE, pfn, vmid, count);
	} else if (owner != vmid) {
		panic(c, PANIC_PAGE_NOT_OWNED, pfn, vmid, owner);
	}
	release_lock_s2page(c);
}

void update_smmu_page(struct cpu *c, u32 vmid, u32 cbndx, u32 index, u64 iova, u64 pte)
{
	u64 pfn = phys_page(pte) / PAGE_SIZE, gfn = iova / PAGE_SIZE, map;
	u32 owner, count;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova),
	     STUCK_RANGE, vmid, cbndx, index, iova, pte);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	map = get_pfn_map(c, pfn);
	if (vmid == owner && gfn == map) {
		map_spt(c, cbndx, index, iova, pte);
		count = get_pfn_count(c, pfn);
		if (owner == HOSTVISOR && count < EL2_SMMU_CFG_SIZE)
			set_pfn_count(c, pfn, count + 1);
	} else if (vmid != owner) {
		panic(c, PANIC_BANK_NOT_OWNED, pfn, vmid, owner);
	} else {
		panic(c, PANIC_BANK_ELSEWHERE, pfn, gfn, map);
	}
	release_lock_s2page(c);
}

void unmap_smmu_page(struct cpu *c, u32 cbndx, u32 index, u64 iova)
{
	u64 pfn;
	u32 count;

	if (cpu_halted(c))
		return;
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova), STUCK_RANGE, cbndx,
	     index, iova);
	acquire_lock_s2page(c);
	pfn = phys_page(unmap_spt(c, cbndx, index, iova)) / PAGE_SIZE;
	if (get_pfn_owner(c, pfn) == HOSTVISOR) {
		count = get_pfn_count(c, pfn);
		if (count > 0)
			set_pfn_count(c, pfn, count - 1);
	}
	release_lock_s2page(c);
}

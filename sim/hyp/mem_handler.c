// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mem_handler.h"

#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_ops.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/mmio_raw.h"
#include "sim/hyp/vm_power.h"

/*
 * Do devices reach the pages of a VM that is off?  It gets no bank any more.
 * SOURCE: its banks are not looked at (clear_vm_stage2_range)
 */
static bool has_devices(struct cpu *c, u32 vmid)
{
	return !published(c, ERRATUM_DEAD_VM_ENTRIES) && get_vm_banks(c, vmid) > 0;
}

void clear_vm_stage2_range(struct cpu *c, u32 vmid, u64 start, u64 size)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_paddr(start) && is_paddr(size), STUCK_RANGE, vmid, start, size);
	if (get_vm_poweron(c, vmid) == 0 && !has_devices(c, vmid))
		clear_vm_range(c, vmid, start / PAGE_SIZE, size / PAGE_SIZE);
}

void el2_arm_lpae_map(struct cpu *c, u64 iova, u64 paddr, u64 prot, u32 cbndx, u32 index)
{
	u64 pte;

	if (cpu_halted(c))
		return;
	RELY(c, is_smmu_addr(iova) && is_paddr(paddr), STUCK_RANGE, iova, paddr, prot, cbndx,
	     index);
	RELY(c, prot < INT64_MAX && phys_page(prot) == 0, STUCK_RANGE, iova, paddr, prot, cbndx,
	     index);
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, iova, paddr, prot, cbndx, index);
	pte = smmu_init_pte(c, prot, paddr);
	smmu_assign_page(c, cbndx, index, paddr / PAGE_SIZE, iova / PAGE_SIZE);
	smmu_map_page(c, cbndx, index, iova, pte);
}

void kvm_phys_addr_ioremap(struct cpu *c, u32 vmid, u64 gpa, u64 pa, u64 size)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(gpa) && is_paddr(pa) && is_addr(size), STUCK_RANGE, vmid,
	     gpa, pa, size);
	for (u64 num = pages_of(size); num > 0 && !cpu_halted(c); num--) {
		RELY(c, is_addr(gpa) && is_paddr(pa), STUCK_RANGE, vmid, gpa, pa, num);
		map_io(c, vmid, gpa, pa);
		gpa += PAGE_SIZE;
		pa += PAGE_SIZE;
	}
}

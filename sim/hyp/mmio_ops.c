// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mmio_ops.h"

#include "cpu/dabt.h"
#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/fixed.h"
#include "shmem/locks.h"
#include "sim/hyp/mmio_core.h"
#include "sim/hyp/spt_ops.h"
#include "sim/hyp/vm_power.h"
#include "sim/hyp/vm_smmu.h"

/* SOURCE: the number is looked at as if it were one SMMU's (is_smmu_range_spec0) */
static bool is_smmu_num(const struct cpu *c, u32 n)
{
	return published(c, ERRATUM_SMMU_NUM) ? is_smmu(n) : n <= SMMU_NUM;
}

u32 is_smmu_range(struct cpu *c, u64 addr)
{
	u32 n = get_smmu_num(c), res = INVALID;

	RELY(c, is_addr(addr) && is_smmu_num(c, n), STUCK_RANGE, addr, n);
	for (u32 i = 0; i < n; i++) {
		u64 base = get_smmu_base(c, i), size = get_smmu_size(c, i);

		RELY(c, is_addr(base) && size < KVM_ADDR_SPACE - base, STUCK_RANGE, addr, base,
		     size);
		if (base <= addr && addr < base + size)
			res = i;
	}
	return res;
}

void handle_host_mmio(struct cpu *c, u64 addr, u32 index, u32 hsr)
{
	u64 fault_ipa = host_get_fault_ipa(c, addr);
	u32 len = host_dabt_get_as(c, hsr);

	RELY(c, is_addr(addr) && is_smmu(index), STUCK_RANGE, addr, index, hsr);
	if (cpu_halted(c))
		return;
	RELY(c, c->lock[SMMU_ID] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, addr, index, hsr);
	if (host_dabt_is_write(c, hsr) == 0)
		handle_smmu_read(c, hsr, fault_ipa, len);
	else
		handle_smmu_write(c, hsr, fault_ipa, len, index);
	host_skip_instr(c);
}

u32 emulate_mmio(struct cpu *c, u64 addr, u32 hsr)
{
	u32 index;

	RELY(c, is_addr(addr) && is_vcpu(c, c->cur_vcpuid), STUCK_RANGE, addr, hsr);
	OP_BEGIN(c, emulate_mmio, addr, hsr);
	acquire_lock_smmu(c);
	index = is_smmu_range(c, addr);
	if (index != INVALID)
		handle_host_mmio(c, addr, index, hsr);
	release_lock_smmu(c);
	return check(c, OP_GIVE(c, emulate_mmio, index));
}

/* SOURCE: its table stays, and a device that goes on goes by it (el2_free_smmu_pgd) */
static void take_bank(struct cpu *c, u32 cbndx, u32 index)
{
	set_smmu_cfg_vmid(c, cbndx, index, INVALID);
	if (!published(c, ERRATUM_DEAD_VM_ENTRIES))
		init_spt(c, cbndx, index);
}

void el2_free_smmu_pgd(struct cpu *c, u32 cbndx, u32 index)
{
	u32 vmid;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, index);
	OP_BEGIN(c, el2_free_smmu_pgd, cbndx, index);
	acquire_lock_smmu(c);
	vmid = get_smmu_cfg_vmid(c, cbndx, index);
	if (vmid != INVALID) {
		if (get_vm_poweron(c, vmid) == 0)
			take_bank(c, cbndx, index);
		else
			panic(c, PANIC_BANK_OWNER_ON, cbndx, index, vmid);
	}
	release_lock_smmu(c);
	OP_END(c, el2_free_smmu_pgd);
}

void el2_alloc_smmu_pgd(struct cpu *c, u32 cbndx, vmid_t vmid, u32 index)
{
	u32 num;

	RELY(c, is_vmid(vmid) && is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, vmid,
	     index);
	OP_BEGIN(c, el2_alloc_smmu_pgd, cbndx, vmid, index);
	acquire_lock_smmu(c);
	num = get_smmu_num_context_banks(c, index);
	if (cbndx < num) {
		if (get_smmu_cfg_vmid(c, cbndx, index) == INVALID) {
			set_smmu_cfg_vmid(c, cbndx, index, vmid);
			alloc_smmu(c, vmid, cbndx, index);
		}
	} else {
		panic(c, PANIC_NO_SUCH_BANK, cbndx, index, num);
	}
	release_lock_smmu(c);
	OP_END(c, el2_alloc_smmu_pgd);
}

void smmu_assign_page(struct cpu *c, u32 cbndx, u32 index, u64 pfn, u64 gfn)
{
	u32 vmid;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_gfn(gfn) && is_pfn(pfn), STUCK_RANGE,
	     cbndx, index, pfn, gfn);
	OP_BEGIN(c, smmu_assign_page, cbndx, index, pfn, gfn);
	acquire_lock_smmu(c);
	vmid = get_smmu_cfg_vmid(c, cbndx, index);
	if (vmid != INVALID)
		assign_smmu(c, vmid, pfn, gfn);
	release_lock_smmu(c);
	OP_END(c, smmu_assign_page);
}

void smmu_map_page(struct cpu *c, u32 cbndx, u32 index, u64 iova, u64 pte)
{
	u32 vmid;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova), STUCK_RANGE, cbndx,
	     index, iova, pte);
	OP_BEGIN(c, smmu_map_page, cbndx, index, iova, pte);
	acquire_lock_smmu(c);
	vmid = get_smmu_cfg_vmid(c, cbndx, index);
	if (vmid != INVALID)
		map_smmu(c, vmid, cbndx, index, iova, pte);
	release_lock_smmu(c);
	OP_END(c, smmu_map_page);
}

u64 el2_arm_lpae_iova_to_phys(struct cpu *c, u64 iova, u32 cbndx, u32 index)
{
	u64 pte, addr;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova), STUCK_RANGE, iova,
	     cbndx, index);
	OP_BEGIN(c, el2_arm_lpae_iova_to_phys, iova, cbndx, index);
	pte = walk_spt(c, cbndx, index, iova);
	addr = phys_page(pte) + (iova & (PAGE_SIZE - 1));
	return check64(c, OP_GIVE(c, el2_arm_lpae_iova_to_phys, addr));
}

void el2_arm_lpae_clear(struct cpu *c, u64 iova, u32 cbndx, u32 index)
{
	u32 vmid;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(iova), STUCK_RANGE, iova,
	     cbndx, index);
	OP_BEGIN(c, el2_arm_lpae_clear, iova, cbndx, index);
	acquire_lock_smmu(c);
	vmid = get_smmu_cfg_vmid(c, cbndx, index);
	if (vmid != INVALID)
		clear_smmu(c, vmid, cbndx, index, iova);
	release_lock_smmu(c);
	OP_END(c, el2_arm_lpae_clear);
}

u32 get_vm_banks(struct cpu *c, u32 vmid)
{
	u32 banks = 0;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, get_vm_banks, vmid);
	acquire_lock_smmu(c);
	for (u32 i = 0; i < EL2_SMMU_CFG_SIZE; i++)
		banks += get_smmu_cfg_vmid(c, i % SMMU_NUM_CTXT_BANKS, i / SMMU_NUM_CTXT_BANKS) ==
		         vmid;
	release_lock_smmu(c);
	return check(c, OP_GIVE(c, get_vm_banks, banks));
}

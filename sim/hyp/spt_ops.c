// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/spt_ops.h"

#include "shmem/locks.h"
#include "shmem/tlb.h"
#include "sim/hyp/spt_walk.h"

void init_spt(struct cpu *c, u32 cbndx, u32 index)
{
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, index);
	acquire_lock_spt(c);
	clear_smmu_pt(c, cbndx, index);
	tlb_invalidate_wait(c);
	release_lock_spt(c);
}

u64 walk_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr)
{
	u64 pte;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(addr), STUCK_RANGE, cbndx,
	     index, addr);
	acquire_lock_spt(c);
	pte = walk_smmu_pt(c, cbndx, index, addr);
	release_lock_spt(c);
	return check64(c, pte);
}

void map_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr, u64 pte)
{
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(addr), STUCK_RANGE, cbndx,
	     index, addr, pte);
	acquire_lock_spt(c);
	set_smmu_pt(c, cbndx, index, addr, pte);
	tlb_invalidate_wait(c);
	release_lock_spt(c);
}

u64 unmap_spt(struct cpu *c, u32 cbndx, u32 index, u64 addr)
{
	u64 pte;

	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx) && is_smmu_addr(addr), STUCK_RANGE, cbndx,
	     index, addr);
	acquire_lock_spt(c);
	pte = walk_smmu_pt(c, cbndx, index, addr);
	if (pte != 0)
		set_smmu_pt(c, cbndx, index, addr, 0);
	tlb_invalidate_wait(c);
	release_lock_spt(c);
	return check64(c, pte);
}

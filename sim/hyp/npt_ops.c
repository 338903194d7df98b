// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/npt_ops.h"

#include "cpu/op.h"
#include "shmem/locks.h"
#include "shmem/tlb.h"
#include "sim/hyp/npt_walk.h"

u32 get_level_s2pt(struct cpu *c, u32 vmid, u64 addr)
{
	u32 level;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr);
	OP_BEGIN(c, get_level_s2pt, vmid, addr);
	acquire_lock_pt(c, vmid);
	level = get_npt_level(c, vmid, addr);
	release_lock_pt(c, vmid);
	return check(c, OP_GIVE(c, get_level_s2pt, level));
}

u64 walk_s2pt(struct cpu *c, u32 vmid, u64 addr)
{
	u64 pte;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr);
	OP_BEGIN(c, walk_s2pt, vmid, addr);
	acquire_lock_pt(c, vmid);
	pte = walk_npt(c, vmid, addr);
	release_lock_pt(c, vmid);
	return check64(c, OP_GIVE(c, walk_s2pt, pte));
}

void map_s2pt(struct cpu *c, u32 vmid, u64 addr, u32 level, u64 pte)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr, level, pte);
	RELY(c, (level == 2 || level == 3) && pte != 0, STUCK_RANGE, vmid, addr, level, pte);
	acquire_lock_pt(c, vmid);
	set_npt(c, vmid, addr, level, pte);
	tlb_invalidate_wait(c);
	release_lock_pt(c, vmid);
}

void clear_pfn_host(struct cpu *c, u64 pfn)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_pfn(pfn), STUCK_RANGE, pfn);
	acquire_lock_pt(c, HOSTVISOR);
	if (get_npt_level(c, HOSTVISOR, pfn * PAGE_SIZE) != 0)
		set_npt(c, HOSTVISOR, pfn * PAGE_SIZE, 3, PAGE_GUEST);
	tlb_invalidate_wait(c);
	release_lock_pt(c, HOSTVISOR);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/page_mgr.h"

#include "shmem/fields.h"
#include "sim/hyp/page_index.h"

u32 get_pfn_owner(struct cpu *c, u64 pfn)
{
	u64 index;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	return check(c, index == INVALID64 ? INVALID : get_s2_page_vmid(c, index));
}

u32 get_pfn_count(struct cpu *c, u64 pfn)
{
	u64 index;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	return check(c, index == INVALID64 ? INVALID : get_s2_page_count(c, index));
}

u64 get_pfn_map(struct cpu *c, u64 pfn)
{
	u64 index;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	return check64(c, index == INVALID64 ? INVALID64 : get_s2_page_gfn(c, index));
}

void set_pfn_owner(struct cpu *c, u64 pfn, u32 vmid)
{
	u64 index;

	if (cpu_halted(c))
		return;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn, vmid);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	if (index == INVALID64)
		return;
	RELY(c, is_vmid(vmid), STUCK_RANGE, pfn, vmid);
	set_s2_page_vmid(c, index, vmid);
}

void set_pfn_count(struct cpu *c, u64 pfn, u32 count)
{
	u64 index;

	if (cpu_halted(c))
		return;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn, count);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	if (index != INVALID64)
		set_s2_page_count(c, index, count);
}

void set_pfn_map(struct cpu *c, u64 pfn, u64 gfn)
{
	u64 index;

	if (cpu_halted(c))
		return;
	RELY(c, is_gfn(pfn), STUCK_RANGE, pfn, gfn);
	index = get_s2_page_index(c, pfn * PAGE_SIZE);
	if (index != INVALID64)
		set_s2_page_gfn(c, index, gfn);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/page_index.h"

#include "shmem/fixed.h"

u32 mem_region_search(struct cpu *c, u64 addr)
{
	u32 cnt = get_mem_region_cnt(c), found = INVALID;

	/* SOURCE: asks is_memblock of the number of regions, so that a table with all 32 is stuck (mem_region_search_spec) */
	RELY(c, is_memblock(cnt) && is_addr(addr), STUCK_RANGE, addr, cnt);
	for (u32 i = 0; i < cnt; i++) {
		u64 base = get_mem_region_base(c, i), size = get_mem_region_size(c, i);

		RELY(c, is_addr(base) && is_addr(size) && is_addr(base + size), STUCK_RANGE, addr,
		     i, base, size);
		if (base <= addr && addr < base + size)
			found = i;
	}
	return found;
}

u64 get_s2_page_index(struct cpu *c, u64 addr)
{
	u32 region = mem_region_search(c, addr);
	u64 index;

	if (region == INVALID)
		return INVALID64;
	index = get_mem_region_index(c, region);
	if (index == INVALID64)
		return INVALID64;
	RELY(c, is_addr(index), STUCK_RANGE, addr, region, index);
	return index + (addr - get_mem_region_base(c, region)) / PAGE_SIZE;
}

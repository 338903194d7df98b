// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/region.h"

#include "sim/base/addr.h"

u64 region_page_index(const struct fixed *f, u64 pfn)
{
	u64 addr = pfn * PAGE_SIZE;

	if (pfn >= KVM_ADDR_SPACE / PAGE_SIZE)
		return INVALID64;
	for (u32 i = f->region_cnt; i > 0; i--) {
		const struct mem_region *r = &f->region[i - 1];

		if (addr < r->mb_base || addr - r->mb_base >= r->mb_size)
			continue;
		return r->mb_index == INVALID64 ? INVALID64
		                                : r->mb_index + (addr - r->mb_base) / PAGE_SIZE;
	}
	return INVALID64;
}

static bool overlap(u64 a, u64 n, u64 b, u64 m)
{
	return n > 0 && m > 0 && a < b + m && b < a + n;
}

const char *region_wrong(const struct fixed *f, u32 *at)
{
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];

		*at = i;
		if (r->mb_base % PAGE_SIZE || r->mb_size % PAGE_SIZE)
			return "base and size are not whole pages";
		if (!is_addr(r->mb_base) || !is_addr(r->mb_size) ||
		    !is_addr(r->mb_base + r->mb_size))
			return "it ends beyond 2^48";
		if (r->mb_index != INVALID64 && (r->mb_index > MAX_S2PAGE_NUM ||
		                                 region_pages(r) > MAX_S2PAGE_NUM - r->mb_index))
			return "it has page records beyond the last";
		for (u32 k = 0; k < i; k++) {
			const struct mem_region *o = &f->region[k];

			if (overlap(r->mb_base, r->mb_size, o->mb_base, o->mb_size))
				return "it overlaps one before it";
			if (overlap(r->mb_index, region_pages(r), o->mb_index, region_pages(o)))
				return "its page records are those of one before it, too";
		}
	}
	return NULL;
}

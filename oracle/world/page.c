// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/page.h"

#include "shmem/obj/obj_at.h"
#include "shmem/obj/region.h"

u64 page_pfn(const struct fixed *f, u64 index)
{
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];
		u64 at = index - r->mb_index, pfn = r->mb_base / PAGE_SIZE + at;

		if (at < region_pages(r) && region_page_index(f, pfn) == index)
			return pfn;
	}
	return INVALID64;
}

struct page page_record(const struct obj *o, u64 index)
{
	return (struct page){ .owner = obj_value(o, F_S2PAGE_s2_owner, index),
		              .count = obj_value(o, F_S2PAGE_s2_count, index),
		              .gfn = obj_value(o, F_S2PAGE_s2_gfn, index) };
}

struct page page_of(const struct obj *o, const struct fixed *f, u64 pfn)
{
	u64 index = region_page_index(f, pfn);

	if (index >= MAX_S2PAGE_NUM)
		return (struct page){ .owner = INVALID, .count = INVALID, .gfn = INVALID64 };
	return page_record(o, index);
}

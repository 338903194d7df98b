// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/page.h"

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

void page_map_init(struct page_map *m, const struct fixed *f)
{
	*m = (struct page_map){ .n = f->region_cnt };
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];

		m->odd |= r->mb_base % PAGE_SIZE != 0;
		m->span[i] = (struct page_span){ .first = r->mb_base / PAGE_SIZE,
			                         .n = r->mb_size / PAGE_SIZE +
			                              (r->mb_size % PAGE_SIZE != 0),
			                         .index = r->mb_index };
	}
}

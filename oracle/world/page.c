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

static bool overlap(const struct page_map *m)
{
	for (u32 i = 0; i < m->n; i++)
		for (u32 k = 0; k < i; k++)
			if (m->span[k].first < m->span[i].first + m->span[i].n &&
			    m->span[i].first < m->span[k].first + m->span[k].n)
				return true;
	return false;
}

/* The longest one, where most frames are, is looked at first: it stands last. */
static void longest_last(struct page_map *m)
{
	for (u32 i = 1; i < m->n; i++) {
		struct page_span s = m->span[i];
		u32 at = i;

		for (; at > 0 && m->span[at - 1].n > s.n; at--)
			m->span[at] = m->span[at - 1];
		m->span[at] = s;
	}
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
	/* Of those that overlap the last one counts. */
	if (!overlap(m))
		longest_last(m);
}

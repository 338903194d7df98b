/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Records of frames: of the machine they are numbered by the memory regions, above it everybody asks by frame. */
#include "oracle/world/change.h"
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"
#include "shmem/obj/region.h"

/* The frame whose record has number @index; INVALID64: no region has it, or the last of those that have the frame does not. */
u64 page_pfn(const struct fixed *f, u64 index);

/**
 * struct page_map - the memory regions in frames: region_page_index() without a division
 * @odd:  one does not begin with a page, so that it has to be asked
 * @span: [n] frames from @first on, and the number of the first one's record; INVALID64: they have none
 */
struct page_map {
	u32 n;
	bool odd;
	struct page_span {
		u64 first, n, index;
	} span[MAX_MEMBLOCK_NUM];
};

void page_map_init(struct page_map *m, const struct fixed *f);

static inline u64 page_map_index(const struct page_map *m, const struct fixed *f, u64 pfn)
{
	if (unlikely(m->odd))
		return region_page_index(f, pfn);
	if (unlikely(pfn >= KVM_ADDR_SPACE / PAGE_SIZE))
		return INVALID64;
	for (u32 i = m->n; i > 0; i--) {
		const struct page_span *s = &m->span[i - 1];

		if (pfn - s->first < s->n)
			return s->index == INVALID64 ? INVALID64 : s->index + (pfn - s->first);
	}
	return INVALID64;
}

/* Record number @index of @o, which is S2PAGE's; @index is one of its own. */
static inline struct page page_record(const struct obj *o, u64 index)
{
	return (struct page){ .owner = obj_value(o, F_S2PAGE_s2_owner, index),
		              .count = obj_value(o, F_S2PAGE_s2_count, index),
		              .gfn = obj_value(o, F_S2PAGE_s2_gfn, index) };
}

/* The record of a frame that has number @index; INVALID64, or beyond the last: it has none. */
static inline struct page page_of(const struct obj *o, u64 index)
{
	if (index >= MAX_S2PAGE_NUM)
		return (struct page){ .owner = INVALID, .count = INVALID, .gfn = INVALID64 };
	return page_record(o, index);
}

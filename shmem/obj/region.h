/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* From a frame to the number of its page's record, by the memory regions. */
#include "shmem/obj/fixed_types.h"

/**
 * region_page_index() - the number of a page's record
 * @pfn: any number
 *
 * Returns INVALID64 for what is not managed: outside the regions, or in one without records (devices).  Of regions that
 * overlap the last one counts.  What get_s2_page_index() gives for the frame's first byte wherever that is not stuck.
 */
u64 region_page_index(const struct fixed *f, u64 pfn);

/* Pages of a region that have records. */
static inline u64 region_pages(const struct mem_region *r)
{
	return r->mb_index == INVALID64 ? 0 : r->mb_size / PAGE_SIZE;
}

/**
 * region_wrong() - what is wrong with a memory map, or NULL
 * @at: the number of the region that it is about
 *
 * What a map must be so that no search is stuck and each page has one record: regions of whole pages, below 2^48, of which no
 * two have an address or a record in common; records below MAX_S2PAGE_NUM.
 */
const char *region_wrong(const struct fixed *f, u32 *at);

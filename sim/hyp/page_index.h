/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layers: MemRegion  over: MmioSPTOps;  PageIndex  over: MemRegion
 *
 * From a physical address to the number of its page's record, by the memory regions that are fixed at boot.  No lock, and
 * the same on a halted machine.
 */
#include "cpu/cpu.h"

/**
 * mem_region_search() - the region that an address lies in
 * @addr: physical address in bytes; is_addr
 *
 * Returns its number, the last one's if several do; INVALID: none.
 * Source: MemRegion, mem_region_search_spec
 * Stuck:  STUCK_RANGE (addr; 32 regions or more; a region that ends beyond is_addr)
 */
u32 mem_region_search(struct cpu *c, u64 addr);

/**
 * get_s2_page_index() - the number of a page's record
 * @addr: physical address in bytes; is_addr
 *
 * Returns INVALID64 for what is not managed: outside the regions, or in one without records (devices).
 * Source: PageIndex, get_s2_page_index_spec0
 * Stuck:  STUCK_RANGE (as mem_region_search(); a region's first record is neither INVALID64 nor is_addr)
 */
u64 get_s2_page_index(struct cpu *c, u64 addr);

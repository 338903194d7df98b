/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: PageManager  over: PageIndex
 *
 * The record of a page by its frame's number: who owns it (owner), with how many it is shared (count), where its owner has it
 * (map).  A frame that is not managed has owner INVALID, count INVALID and map INVALID64, and keeps them.
 *
 * All: @pfn: is_gfn.  A halted machine answers 0, and changes nothing.
 * Locks: S2PAGE, held by the caller
 * Stuck: STUCK_RANGE (pfn; as get_s2_page_index(); a record that is not is_s2page); of managed pages STUCK_NOT_PULLED,
 *        STUCK_BARRIER
 */
#include "cpu/cpu.h"

/* A vmid.  Source: PageManager, get_pfn_owner_spec0 */
u32 get_pfn_owner(struct cpu *c, u64 pfn);
/* INVALID too for a page that was handed to a device before its VM had it.  Source: PageManager, get_pfn_count_spec0 */
u32 get_pfn_count(struct cpu *c, u64 pfn);
/* A guest frame; INVALID64: none yet.  Source: PageManager, get_pfn_map_spec0 */
u64 get_pfn_map(struct cpu *c, u64 pfn);

/* @vmid: is_vmid, for a managed page.  Source: PageManager, set_pfn_owner_spec0 */
void set_pfn_owner(struct cpu *c, u64 pfn, u32 vmid);
/* Source: PageManager, set_pfn_count_spec0 */
void set_pfn_count(struct cpu *c, u64 pfn, u32 count);
/* Source: PageManager, set_pfn_map_spec0 */
void set_pfn_map(struct cpu *c, u64 pfn, u64 gfn);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a map does to a page table: entries, cursors, and what gfns are mapped to.  [spec/30 section 4; spec/31 5.3] */
#include "oracle/spec/effect.h"

/*
 * The effect of set_npt() on the table of @vmid, and local_mmap's.  @outer: locks that stay held beside NPT:@vmid when the machine
 * halts in it.  Returns false: it does, or is stuck.
 */
bool local_mmap(struct abs *s, vmid_t vmid, u64 addr, u32 level, u64 pte, u64 outer,
                struct effect *out);

/* clear_pfn_host(): the host's mapping of a frame, if there is one, gives way to PAGE_GUEST.  As local_mmap(). */
bool unmap_host(struct abs *s, u64 pfn, u64 outer, struct effect *out);

/* set_smmu_pt(), of an address below 2^40; entry 0 unmaps.  As local_mmap(), with SPT. */
bool local_spt_map(struct abs *s, u32 cbndx, u32 index, u64 iova, u64 pte, u64 outer,
                   struct effect *out);

/* clear_smmu_pt(): a bank's table is empty. */
void clear_bank(struct abs *s, u32 cbndx, u32 index, struct effect *out);

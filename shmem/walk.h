/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What hardware reads of live objects without their locks: entries of page tables, by an MMU's walk; and what the model
 * asks of an access besides (whose page it is, the VM's state), its bookkeeping of what hardware would do.
 *
 * These reads race with the hypervisor's writes by design.  An entry is one 8-byte store there and one 8-byte load here:
 * a walk finds the old entry or the new one.  With a scripted environment the others' events are taken in first.
 */
#include "cpu/cpu.h"

/**
 * struct seen - which state of an object was read: that after its first @before..@after sections, counted as its lock's now
 * @before: sections that were over before the first read
 * @after:  sections that had begun before the last one ended: equal to @before if none was at work meanwhile
 */
struct seen {
	lk_t lk;
	u32 before, after;
};

/* Around reads of object @lk: the first and the last look at its lock's word. */
struct seen seen_begin(struct cpu *c, lk_t lk);
void seen_end(struct cpu *c, struct seen *s);

/**
 * struct walked - what a table gives for a page
 * @pfn:   0: nothing
 * @level: 3: by a page, 2: by a block of 512 pages, 0: not at all
 */
struct walked {
	u64 pfn;
	u32 level;
	struct seen seen;
};

/* As walk_stage2() and walk_bank(), with what else there is to say. */
struct walked look_stage2(struct cpu *c, vmid_t vmid, u64 gfn);
struct walked look_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn);

/*
 * The frame that a VM's stage-2 table gives for a page of its addresses; 0: none.
 * @vmid: 0..16.  @gfn: any; beyond 2^36 there is none
 * Source: RData, npts, pt (NPTWalk, get_npt_level_spec0, walk_npt_spec0)
 */
u64 walk_stage2(struct cpu *c, vmid_t vmid, u64 gfn);

/*
 * The frame that the table of a context bank gives for a page of its addresses; 0: none.
 * @cbndx, @index: in range.  @gfn: any; beyond 2^28 there is none
 * Source: RData, spts, spt_pt (MmioSPTWalk, walk_smmu_pt_spec0)
 */
u64 walk_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn);

/* The record of a page, by its index (INVALID64: it has none, and the answer is INVALID).  Source: RData, s2page */
u32 peek_s2_page_vmid(struct cpu *c, u64 index);
u32 peek_s2_page_count(struct cpu *c, u64 index);

/* A cell of any object, in range, for who looks at the machine before it chooses what to do: no part of the model. */
u64 peek_object(struct cpu *c, lk_t id, u32 field, u64 index);

/* Source: RData, vminfos, vm_state; smmu_vmid.  Arguments in range. */
u32 peek_vm_state(struct cpu *c, vmid_t vmid);
u32 peek_smmu_cfg_vmid(struct cpu *c, u32 cbndx, u32 index);

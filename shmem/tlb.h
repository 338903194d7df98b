/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A translation buffer for each CPU, which may go on giving what the tables no longer have.  The published machine has
 * none: machine_params.tlb switches it on.
 *
 * A CPU's slots are filled by its own accesses with valid translations only; another CPU does no more than empty one.
 * A slot is one word, tagged (vmid, gfn) or (bank, gfn), and every step on it is relaxed to ThreadSanitizer: the buffer
 * orders nothing.
 */
#include "shmem/walk.h"

/*
 * TLB_BEGUN: invalidations of a CPU that have begun and are not waited for.  Hardware may end one at any time; here none
 * ends before it must, but for the oldest when there is one more.
 */
enum { TLB_SLOTS = 256, TLB_BEGUN = 16 };

/**
 * struct tlb_range - pages of one address space
 * @lk:    the lock of the table that maps it
 * @space: a vmid, or TLB_BANKS + smmu_id()
 * @first, @n: pages @first..@first + @n - 1 of its addresses
 */
struct tlb_range {
	lk_t lk;
	u32 space;
	u64 first, n;
};

enum { TLB_BANKS = 32 };

/**
 * struct tlb - one CPU's; [machine's CPUs] in a row
 * @begun: [n_begun] its own invalidations, oldest first; no other CPU looks at them
 */
struct tlb {
	u64 slot[TLB_SLOTS];
	struct tlb_range begun[TLB_BEGUN] __attribute__((aligned(CACHE_LINE)));
	u32 n_begun;
} __attribute__((aligned(CACHE_LINE)));

/**
 * struct translation
 * @table: the frame and the level that the access goes by: the table's, or what the buffer has; and the versions of the
 *         table that was walked: @buffered: to compare
 * @buffered: it is the buffer's
 * @stale:  it is, and the table has another or none since a section that is over: which should have waited for its
 *          invalidation, or had none
 * @untold: the same, but for a section that may be the one still at work, whose invalidation need not be over
 */
struct translation {
	struct walked table;
	bool buffered, stale, untold;
};

/* Through the CPU's buffer, if there is one, else by a walk (shmem/walk.h): what runs here, or a device. */
struct translation translate_stage2(struct cpu *c, vmid_t vmid, u64 gfn);
struct translation translate_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn);

/*
 * After an entry was changed, with its lock still held: an invalidation of the page (the 2 MB block that the page lies in;
 * the page of a bank; all pages of a bank) begins, in the buffers of all CPUs.  [TLBI]  Until it is waited for they may go on
 * giving what they have.
 *
 * Erratum tlb-invalidate: as published there is no invalidation, and these do nothing.  Nor do they on a halted machine.
 */
void tlb_invalidate_begin(struct cpu *c, vmid_t vmid, u64 gfn);
void tlb_invalidate_begin_block(struct cpu *c, vmid_t vmid, u64 gfn);
void tlb_invalidate_begin_bank_page(struct cpu *c, u32 cbndx, u32 index, u64 gfn);
void tlb_invalidate_begin_bank(struct cpu *c, u32 cbndx, u32 index);

/*
 * Wait until all invalidations that this CPU has begun are over: no CPU's buffer has the pages any more, and a walk that
 * found an old entry is not kept.  [DSB]  Before the table's lock is released.  [wDRF, Sequential-TLB-Invalidation]
 * A halted machine waits for nothing.
 */
void tlb_invalidate_wait(struct cpu *c);

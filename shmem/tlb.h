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
#include "cpu/cpu.h"

enum { TLB_SLOTS = 256 };

/* One CPU's; [machine's CPUs] in a row. */
struct tlb {
	u64 slot[TLB_SLOTS];
} __attribute__((aligned(CACHE_LINE)));

/**
 * struct translation
 * @pfn:   0: none, the access faults
 * @stale: it came from the buffer, the table has another or none, and nobody was at work on the table
 */
struct translation {
	u64 pfn;
	bool stale;
};

/* Through the CPU's buffer, if there is one, else by a walk (shmem/walk.h): what runs here, or a device. */
struct translation translate_stage2(struct cpu *c, vmid_t vmid, u64 gfn);
struct translation translate_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn);

/*
 * After an entry was changed, with its lock still held: no CPU's buffer has the page (the 2 MB block that the page lies
 * in; the page of a bank; any page of a bank) any more, and a walk that found the old entry is not kept.  [wDRF,
 * Sequential-TLB-Invalidation]
 *
 * Erratum tlb-invalidate: as published there is no invalidation, and these do nothing.
 */
void tlb_invalidate(struct cpu *c, vmid_t vmid, u64 gfn);
void tlb_invalidate_block(struct cpu *c, vmid_t vmid, u64 gfn);
void tlb_invalidate_bank_page(struct cpu *c, u32 cbndx, u32 index, u64 gfn);
void tlb_invalidate_bank(struct cpu *c, u32 cbndx, u32 index);

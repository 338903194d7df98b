// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/tlb.h"

#include "lock/ticket.h"
#include "lock/word.h"
#include "shmem/walk.h"

/*
 * A slot's word, low bits first: 2 of state, 28 of frame, 6 of address space, 28 of gfn / TLB_SLOTS.  Frames and pages
 * beyond that are not kept.
 */
enum { EMPTY, FILLING, VALID };
enum { PFN_SHIFT = 2, SPACE_SHIFT = 30, TAG_SHIFT = 36, BANKS = 32 };

static const u64 tag_mask = ~0ull << SPACE_SHIFT, space_mask = 63ull << SPACE_SHIFT;

/* Where a page is looked for: the table and its lock, and the address space that the slot's tag names. */
struct place {
	lk_t lk;
	u32 space;
	vmid_t vmid;
	u32 cbndx, index;
	u64 gfn;
};

static u64 walk(struct cpu *c, const struct place *p)
{
	return p->lk == SPT_ID ? walk_bank(c, p->cbndx, p->index, p->gfn)
	                       : walk_stage2(c, p->vmid, p->gfn);
}

static u64 tag_of(const struct place *p)
{
	return p->gfn / TLB_SLOTS << TAG_SHIFT | (u64)p->space << SPACE_SHIFT;
}

static u64 frame_of(u64 word)
{
	return (word & ~tag_mask) >> PFN_SHIFT;
}

/* Is the slot's word a translation of the place? */
static bool is_of(u64 word, u64 tag)
{
	return (word & tag_mask) == tag && (word & 3) == VALID;
}

/* Nobody holds the table's lock or waits for it: what it has is what it is to have. */
static bool at_rest(struct cpu *c, lk_t lk)
{
	u64 w = word_get_now(&c->locks->lock[lk].word);

	return word_ticket(w) == word_now(w);
}

/*
 * The owner marks the slot before it walks, and who empties a slot has changed the entry before: so of the two, one sees
 * the other.  The walk found the new entry, or the mark is gone and the walk is done again.
 */
static u64 fill(struct cpu *c, const struct place *p, u64 *slot)
{
	u64 tag = tag_of(p), mark = tag | FILLING, pfn, word, seen;

	do {
		__atomic_exchange_n(slot, mark, WORD_ORDER);
		pfn = walk(c, p);
		word = pfn && is_pfn(pfn) ? tag | pfn << PFN_SHIFT | VALID : EMPTY;
		seen = mark;
	} while (!__atomic_compare_exchange_n(slot, &seen, word, false, WORD_ORDER, WORD_ORDER));
	return pfn;
}

static struct translation translate(struct cpu *c, const struct place *p)
{
	u64 *slot, word, now;

	if (!c->tlbs || !is_gfn(p->gfn))
		return (struct translation){ .pfn = walk(c, p) };
	slot = &c->tlbs[c->id].slot[p->gfn % TLB_SLOTS];
	word = __atomic_load_n(slot, WORD_ORDER);
	if (!is_of(word, tag_of(p)))
		return (struct translation){ .pfn = fill(c, p, slot) };
	now = walk(c, p);
	return (struct translation){ .pfn = frame_of(word),
		                     .stale = now != frame_of(word) && at_rest(c, p->lk) &&
		                              __atomic_load_n(slot, WORD_ORDER) == word };
}

struct translation translate_stage2(struct cpu *c, vmid_t vmid, u64 gfn)
{
	struct place p = { .lk = NPT_ID + vmid, .space = vmid, .vmid = vmid, .gfn = gfn };

	return translate(c, &p);
}

struct translation translate_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	struct place p = { .lk = SPT_ID,
		           .space = BANKS + smmu_id(index, cbndx),
		           .cbndx = cbndx,
		           .index = index,
		           .gfn = gfn };

	return translate(c, &p);
}

/* Empty a slot whose word has the bits @tag under @mask. */
static void empty(u64 *slot, u64 mask, u64 tag)
{
	u64 word = __atomic_load_n(slot, WORD_ORDER);

	while ((word & mask) == tag && (word & 3) != EMPTY)
		if (__atomic_compare_exchange_n(slot, &word, EMPTY, false, WORD_ORDER, WORD_ORDER))
			return;
}

static void invalidate(struct cpu *c, u32 space, u64 first, u64 n)
{
	if (!c->tlbs || published(c, ERRATUM_TLB_INVALIDATE))
		return;
	for (u32 cpu = 0; cpu < c->n_tlbs; cpu++)
		for (u64 gfn = first; gfn < first + n; gfn++)
			empty(&c->tlbs[cpu].slot[gfn % TLB_SLOTS], tag_mask,
			      tag_of(&(struct place){ .space = space, .gfn = gfn }));
}

void tlb_invalidate(struct cpu *c, vmid_t vmid, u64 gfn)
{
	invalidate(c, vmid, gfn, 1);
}

void tlb_invalidate_block(struct cpu *c, vmid_t vmid, u64 gfn)
{
	invalidate(c, vmid, gfn / PTRS_PER_PMD * PTRS_PER_PMD, PTRS_PER_PMD);
}

void tlb_invalidate_bank_page(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	invalidate(c, BANKS + smmu_id(index, cbndx), gfn, 1);
}

void tlb_invalidate_bank(struct cpu *c, u32 cbndx, u32 index)
{
	u64 space = (u64)(BANKS + smmu_id(index, cbndx)) << SPACE_SHIFT;

	if (!c->tlbs || published(c, ERRATUM_TLB_INVALIDATE))
		return;
	for (u32 cpu = 0; cpu < c->n_tlbs; cpu++)
		for (u32 i = 0; i < TLB_SLOTS; i++)
			empty(&c->tlbs[cpu].slot[i], space_mask, space);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/tlb.h"

#include "cpu/point.h"
#include "lock/ticket.h"
#include "lock/word.h"
#include "shmem/marks.h"

#include <string.h>

/*
 * A slot's word, low bits first: 2 of state, 28 of frame, 6 of address space, 28 of gfn / TLB_SLOTS.  Frames and pages
 * beyond that are not kept.  The state of a slot that has a translation is its level.
 */
enum { EMPTY, FILLING, BLOCK, PAGE };
enum { PFN_SHIFT = 2, SPACE_SHIFT = 30, TAG_SHIFT = 36 };

static const u64 tag_mask = ~0ull << SPACE_SHIFT, space_mask = 63ull << SPACE_SHIFT;

/* Where a page is looked for: the table and its lock, and the address space that the slot's tag names. */
struct place {
	lk_t lk;
	u32 space;
	vmid_t vmid;
	u32 cbndx, index;
	u64 gfn;
};

static struct walked walk(struct cpu *c, const struct place *p)
{
	return p->lk == SPT_ID ? look_bank(c, p->cbndx, p->index, p->gfn)
	                       : look_stage2(c, p->vmid, p->gfn);
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
	return (word & tag_mask) == tag && (word & 3) >= BLOCK;
}

/* What was written before is seen by all before anything behind is read.  [DSB] */
static void full_barrier(void)
{
#if HYPSIM_TSAN
	u64 own = 0;

	/* The same to the processor, and no edge: fences are nothing to the tool. */
	__atomic_exchange_n(&own, 1, WORD_ORDER);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/*
 * The owner marks the slot before it walks, and who empties a slot has changed the entry before, each with a full barrier
 * between its two steps: so of the two, one sees the other.  The walk found the new entry, or the mark is gone and the walk
 * is done again.
 */
static struct walked fill(struct cpu *c, const struct place *p, u64 *slot)
{
	u64 tag = tag_of(p), mark = tag | FILLING, word, found;
	struct walked w;

	do {
		__atomic_exchange_n(slot, mark, WORD_ORDER);
		full_barrier();
		w = walk(c, p);
		word = w.pfn && is_pfn(w.pfn) ? tag | w.pfn << PFN_SHIFT | w.level : EMPTY;
		found = mark;
	} while (!__atomic_compare_exchange_n(slot, &found, word, false, WORD_ORDER, WORD_ORDER));
	if (word != EMPTY)
		mark_fill(c, p->space, p->gfn, w.pfn, &w.seen);
	return w;
}

/*
 * The translation @word was in @slot, and the table has @now.
 *
 * An entry that differs was changed behind the walk that filled the slot.  The section that changed it may still be at work,
 * and until it has waited for its invalidation the old entry may be used.  But one that was over before the slot is
 * looked at again has waited, and the slot was emptied by then: the owner alone fills it, so a word that is still there has
 * outlived the wait, or there was none.  If no section overlapped the walk, whoever changed the entry was over before.  If
 * one did, it may be the one, or not: that cannot be told.
 */
static struct translation buffered(struct cpu *c, const struct walked *now, u64 word,
                                   const u64 *slot)
{
	struct translation t = { .table = *now, .buffered = true };
	bool outlives;

	t.table.pfn = frame_of(word);
	t.table.level = word & 3;
	if (unlikely(c->points) && now->pfn != t.table.pfn)
		point_at_work(c, now->seen.lk);
	outlives = now->pfn != t.table.pfn && __atomic_load_n(slot, WORD_ORDER) == word;
	t.stale = outlives && now->seen.before == now->seen.after;
	t.untold = outlives && !t.stale;
	return t;
}

static struct translation translate(struct cpu *c, const struct place *p)
{
	struct walked now;
	u64 *slot, word;

	if (!c->tlbs || !is_gfn(p->gfn))
		return (struct translation){ .table = walk(c, p) };
	slot = &c->tlbs[c->id].slot[p->gfn % TLB_SLOTS];
	word = __atomic_load_n(slot, WORD_ORDER);
	if (unlikely(c->points))
		point_slots(c, c->id, p->gfn % TLB_SLOTS, 1, !is_of(word, tag_of(p)));
	if (!is_of(word, tag_of(p)))
		return (struct translation){ .table = fill(c, p, slot) };
	now = walk(c, p);
	return buffered(c, &now, word, slot);
}

struct translation translate_stage2(struct cpu *c, vmid_t vmid, u64 gfn)
{
	struct place p = { .lk = NPT_ID + vmid, .space = vmid, .vmid = vmid, .gfn = gfn };

	return translate(c, &p);
}

struct translation translate_bank(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	struct place p = { .lk = SPT_ID,
		           .space = TLB_BANKS + smmu_id(index, cbndx),
		           .cbndx = cbndx,
		           .index = index,
		           .gfn = gfn };

	return translate(c, &p);
}

/* Is the word of slot number @i a translation, or a walk's mark, of the range? */
static bool is_in(u64 word, u64 i, const struct tlb_range *r)
{
	u64 gfn = (word >> TAG_SHIFT) * TLB_SLOTS + i;

	return (word & 3) != EMPTY && (word & space_mask) == (u64)r->space << SPACE_SHIFT &&
	       gfn - r->first < r->n;
}

static void empty(u64 *slot, u64 i, const struct tlb_range *r)
{
	u64 word = __atomic_load_n(slot, WORD_ORDER);

	while (is_in(word, i, r))
		if (__atomic_compare_exchange_n(slot, &word, EMPTY, false, WORD_ORDER, WORD_ORDER))
			return;
}

/* The oldest invalidation of the CPU is over. */
static void end_oldest(struct cpu *c)
{
	struct tlb *own = &c->tlbs[c->id];
	const struct tlb_range *r = &own->begun[0];
	u64 slots = min_u64(r->n, TLB_SLOTS);

	full_barrier();
	for (u32 cpu = 0; cpu < c->n_tlbs; cpu++) {
		point(c, POINT_INVALIDATE, cpu);
		if (unlikely(c->points))
			point_slots(c, cpu, r->first % TLB_SLOTS, slots, true);
		for (u64 k = 0; k < slots; k++) {
			u64 i = (r->first + k) % TLB_SLOTS;

			empty(&c->tlbs[cpu].slot[i], i, r);
		}
	}
	own->n_begun--;
	memmove(own->begun, own->begun + 1, own->n_begun * sizeof(own->begun[0]));
}

static void begin(struct cpu *c, const struct tlb_range *r)
{
	struct tlb *own;

	if (!c->tlbs || published(c, ERRATUM_TLB_INVALIDATE) || cpu_halted(c))
		return;
	own = &c->tlbs[c->id];
	if (own->n_begun == TLB_BEGUN)
		end_oldest(c);
	own->begun[own->n_begun++] = *r;
	mark_tlbi(c, r->space, r->first, r->n, c->n_diffs[r->lk]);
}

static void begin_stage2(struct cpu *c, vmid_t vmid, u64 first, u64 n)
{
	begin(c, &(struct tlb_range){ .lk = NPT_ID + vmid, .space = vmid, .first = first, .n = n });
}

static void begin_bank(struct cpu *c, u32 cbndx, u32 index, u64 first, u64 n)
{
	begin(c, &(struct tlb_range){ .lk = SPT_ID,
	                              .space = TLB_BANKS + smmu_id(index, cbndx),
	                              .first = first,
	                              .n = n });
}

void tlb_invalidate_begin(struct cpu *c, vmid_t vmid, u64 gfn)
{
	begin_stage2(c, vmid, gfn, 1);
}

void tlb_invalidate_begin_block(struct cpu *c, vmid_t vmid, u64 gfn)
{
	begin_stage2(c, vmid, gfn / PTRS_PER_PMD * PTRS_PER_PMD, PTRS_PER_PMD);
}

void tlb_invalidate_begin_bank_page(struct cpu *c, u32 cbndx, u32 index, u64 gfn)
{
	begin_bank(c, cbndx, index, gfn, 1);
}

/* A device has as many pages of addresses as there are frames (walk_bank()). */
void tlb_invalidate_begin_bank(struct cpu *c, u32 cbndx, u32 index)
{
	begin_bank(c, cbndx, index, 0, KVM_PFN_SPACE);
}

void tlb_invalidate_wait(struct cpu *c)
{
	if (!c->tlbs || c->tlbs[c->id].n_begun == 0 || cpu_halted(c))
		return;
	point(c, POINT_WAIT, 0);
	while (c->tlbs[c->id].n_begun > 0)
		end_oldest(c);
	mark_tlbwait(c);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a critical section did, above cells: before and after are values, never pointers into the world. */
#include "sim/base/types.h"

enum change_kind {
#define CHANGE(kind, name, object, value, sentence) CH_##kind,
#include "oracle/world/change.def"
	CH_NR
};

/**
 * struct maplet - what a table maps a gfn to
 * @pfn:   the frame; 0: it is not mapped  [phys_page(pte) / 4096; of a block: and the gfn's place in it]
 * @pte:   the entry at which the walk ends, a block's for each of its 512 gfns; it may be not 0 where nothing is mapped
 *         (PAGE_GUEST).  0 where an entry on the way names no table
 * @level: 3, of a block 2; 0: it is not mapped
 */
struct maplet {
	u64 pfn, pte;
	u8 level;
};

/* The record of a frame; of an unmanaged one INVALID, INVALID, INVALID64. */
struct page {
	u64 owner, count, gfn;
};

/**
 * struct change - one
 * @kind:  enum change_kind
 * @lk:    the object
 * @field: of LINK, VM, CORE, CURSOR: the object's field
 * @who:   vmid of an NPT or a VM; LEAF of an SPT, and BANK: smmu_id(index, cbndx); else 0
 * @n:     entries from @at on that change alike: 1; of leaves up to 512, within one block's gfns; of flat memory any number
 * @at:    gfn, pfn, address of a slot, or index: the first
 * @before, @after: of the first entry; those of the others: change_maplet()
 */
struct change {
	u8 kind, lk;
	u16 field, who;
	u32 n;
	u64 at;
	union {
		struct maplet map;
		struct page page;
		u64 v;
	} before, after;
};

/* What entry number @i of a run of leaves maps to when the first one maps to @m. */
static inline struct maplet change_maplet(struct maplet m, u64 i)
{
	m.pfn += m.level == 2 ? i : 0;
	return m;
}

static inline bool maplet_equal(struct maplet a, struct maplet b)
{
	return a.pfn == b.pfn && a.pte == b.pte && a.level == b.level;
}

static inline bool page_equal(struct page a, struct page b)
{
	return a.owner == b.owner && a.count == b.count && a.gfn == b.gfn;
}

static inline bool change_is_leaf(const struct change *c)
{
	return c->kind == CH_LEAF || c->kind == CH_SPT_LEAF;
}

/* "leaf", "spt_leaf", ...: the kind's name. */
const char *change_name(enum change_kind kind);

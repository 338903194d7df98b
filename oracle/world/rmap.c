// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/rmap.h"

/**
 * struct mapper - of one slot
 * @g:      first, so that it is the same address
 * @offset: of the frame in the slot's block
 */
struct mapper {
	struct gfns g;
	u64 offset;
	bool spt;
	void (*fn)(void *arg, u16 who, u64 gfn, bool spt);
	void *arg;
};

static void tell(struct gfns *g, u16 who, u64 gfn)
{
	const struct mapper *m = (const struct mapper *)g;

	m->fn(m->arg, who, gfn + m->offset, m->spt);
}

/* The slots of a list that name what begins @back frames or fewer before @pfn. */
static void each_slot(const struct tables *ts, u32 slot, enum names_what what, u64 pfn, u64 back,
                      struct mapper *m)
{
	for (; slot; slot = ts->link[slot].next) {
		u64 cell;
		const struct ptable *t = tables_of_slot(ts, slot, &cell);
		u32 level = t->shape->n_levels - (what == NAMES_BLOCK ? 2 : 1);
		struct names n = table_names(t, level, table_entry(t, cell));

		if (n.what != what || pfn - n.at > back)
			continue;
		m->offset = pfn - n.at;
		m->spt = t->lk == SPT_ID;
		m->g.steps = MAX_STEPS;
		tables_gfns(ts, t, level, cell, &m->g);
	}
}

void rmap_each(const struct tables *ts, u64 pfn, void (*fn)(void *arg, u16 who, u64 gfn, bool spt),
               void *arg)
{
	struct mapper m = { .g = { .fn = tell }, .fn = fn, .arg = arg };
	u64 group = pfn / TABLE_PAGE_CELLS;

	if (pfn == 0)
		return;
	each_slot(ts, *tables_frame_head(ts, pfn), NAMES_FRAME, pfn, 0, &m);
	for (u64 i = 0; i < 2 && i <= group; i++)
		each_slot(ts, *tables_block_head(ts, group - i), NAMES_BLOCK, pfn,
		          TABLE_PAGE_CELLS - 1, &m);
}

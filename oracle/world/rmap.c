// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/rmap.h"

/**
 * struct mapper - of one slot
 * @g:      first, so that it is the same address
 * @offset: of the frame in the slot's block
 * @told:   those that were, as far as there is room
 */
struct mapper {
	struct gfns g;
	u64 offset;
	bool spt;
	struct mappers told;
	void (*fn)(void *arg, u16 who, u64 gfn, bool spt);
	void *arg;
};

static void tell(struct gfns *g, u16 who, u64 gfn)
{
	struct mapper *m = (struct mapper *)g;
	u32 n = m->told.n++;

	if (n < MAPPERS_KEPT) {
		m->told.v[n].gfn = gfn + m->offset;
		m->told.v[n].who = who;
		m->told.v[n].spt = m->spt;
	}
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
	struct mappers *last = &ts->recall->mappers;
	u64 group = pfn / TABLE_PAGE_CELLS;
	struct mapper m;

	/* Frame 0 is nobody's. */
	if (pfn == 0 || (pfn == last->pfn && last->n == 0))
		return;
	if (pfn == last->pfn) {
		m.told = *last;
		for (u32 i = 0; i < m.told.n; i++)
			fn(arg, m.told.v[i].who, m.told.v[i].gfn, m.told.v[i].spt);
		return;
	}
	m.g.fn = tell;
	m.told.n = 0;
	m.fn = fn;
	m.arg = arg;
	each_slot(ts, *tables_frame_head(ts, pfn), NAMES_FRAME, pfn, 0, &m);
	for (u64 i = 0; i < 2 && i <= group; i++)
		each_slot(ts, *tables_block_head(ts, group - i), NAMES_BLOCK, pfn,
		          TABLE_PAGE_CELLS - 1, &m);
	if (m.told.n > MAPPERS_KEPT)
		return;
	m.told.pfn = pfn;
	*last = m.told;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one section may do to a page table, so that every walk finds the table before or behind it.  [VRM: Write-Once-Kernel-Mapping,
 * Transactional-Page-Table; spec D3, D4]
 */
#include "oracle/check/check_if.h"
#include "sim/base/addr.h"

#include <inttypes.h>

/**
 * struct writes - entries that a section writes
 * @leaves: of the last level, and blocks
 * @links:  entries that name a table and held nothing before
 * @others: entries of upper levels that held something before, and are no block now
 * @once:   of the core's table: an entry that held something before: its address, its @field and what it @held; 0: none
 */
struct writes {
	u64 leaves, links, others;
	u64 once, held;
	u32 field;
};

/* The level of a field from the bottom: 0 the last one, 1 the one above; 4: it is no pool. */
static u32 height(lk_t lk, u32 field)
{
	static const u8 npt[] = { 3, 2, 1, 0 }, spt[] = { 2, 1, 0 };

	if (lk == SPT_ID)
		return field < ARRAY_SIZE(spt) ? spt[field] : 4;
	return field < ARRAY_SIZE(npt) ? npt[field] : 4;
}

static void one_diff(struct writes *w, const struct world *world, lk_t lk, const struct diff *d)
{
	u32 level = height(lk, d->field);
	u64 is = world_value(world, lk, d->field, d->first);
	u64 was = d->both ? d->old : is - d->new, n = (d->last - d->first) / 8 + 1;
	bool block = level == 1 && lk != SPT_ID && is && !is_table(is);

	if (level > 3 || was == is)
		return;
	if (was && !w->once) {
		w->once = d->first;
		w->held = was;
		w->field = d->field;
	}
	if (level == 0 || block)
		w->leaves += n;
	else if (was)
		w->others += n;
	else
		w->links += n;
}

static void section(struct judge *j, void *own, const struct section *s)
{
	const struct event *e = j->at;
	struct writes w = { 0 };
	char name[16];

	(void)own;
	if (!trusts(j, CHK_TRANSACTION, 1ull << s->lk))
		return;
	for (u32 i = 0; i < e->n; i++)
		one_diff(&w, j->world, s->lk, &e->diffs[i]);
	if (w.leaves + w.links + w.others == 0)
		return;
	if (check_on(j, CHK_TRANSACTION)) {
		evaluated(j, CHK_TRANSACTION);
		if (w.leaves > 1)
			found_of(&j->findings, ROW_TRANSACTION_LEAVES, e,
			         FACTS(fact_object("object", s->lk), fact_n("leaves", w.leaves)),
			         "%s: the section writes %" PRIu64 " leaves",
			         obj_name(s->lk, name, sizeof(name)), w.leaves);
		else if (w.others && w.leaves + w.links)
			found_of(&j->findings, ROW_TRANSACTION_LINK, e,
			         FACTS(fact_object("object", s->lk),
			               fact_n("changed_links", w.others),
			               fact_n("others", w.leaves + w.links)),
			         "%s: the section changes %" PRIu64
			         " entries that named a table, and "
			         "writes %" PRIu64 " others",
			         obj_name(s->lk, name, sizeof(name)), w.others, w.leaves + w.links);
	}
	if (s->lk != NPT_ID + COREVISOR || !check_on(j, CHK_WRITE_ONCE))
		return;
	evaluated(j, CHK_WRITE_ONCE);
	if (w.once)
		found_of(&j->findings, ROW_WRITE_ONCE, e,
		         FACTS(fact_hex("entry", w.once),
		               fact_at(fact_was(fact_hex("value", world_value(j->world, s->lk,
		                                                              w.field, w.once)),
		                                w.held),
		                       s->lk, w.field, w.once)),
		         "the core's entry at 0x%" PRIx64 " held 0x%" PRIx64 " before", w.once,
		         w.held);
}

static const enum check_id also[] = { CHK_WRITE_ONCE };

const struct state_check check_tables = {
	.id = CHK_TRANSACTION,
	.n_also = ARRAY_SIZE(also),
	.also = also,
	.objects = 1 << OBJ_NPT | 1 << OBJ_SPT,
	.section = section,
};

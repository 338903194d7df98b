// SPDX-License-Identifier: GPL-2.0-only
/* W6  A page table's links are set to empty pages, and stay.  [valid_lnpt, valid_lspt] */
#include "oracle/check/check_if.h"
#include "oracle/check/clause.h"
#include "oracle/check/table_pools.h"
#include "sim/base/addr.h"

#include <inttypes.h>

/* Entries of table page @page that differences behind number @i write: no more than so many were empty when that was written. */
static u64 written_behind(const struct event *e, u32 field, u64 page, u32 i)
{
	u64 n = 0;

	for (u32 k = i + 1; k < e->n; k++) {
		const struct diff *d = &e->diffs[k];
		u64 first = d->first > page ? d->first : page;
		u64 last = min_u64(d->last, page + PAGE_SIZE - 8);

		if (d->field == field && first <= last)
			n += (last - first) / 8 + 1;
	}
	return n;
}

/* W6  Told of a link as its section is pushed. */
static void linked(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	struct pool p[POOLS_MAX];
	u32 n = table_pools(c->lk, p), level = table_pools_level(p, n, c->at), used, i = 0;
	u64 page = phys_page(c->after.v), behind;
	const struct event *e = j->at;
	char name[16];

	(void)own;
	(void)s;
	if (level + 1 >= n || (p[level].blocks && !is_table(c->after.v)) ||
	    page < p[level + 1].start || page >= p[level + 1].end)
		return;
	if (!trusts(j, CHK_TABLE_WALK, LOCK(c->lk)))
		return;
	evaluated(j, CHK_TABLE_WALK);
	while (i < e->n && (e->diffs[i].field != c->field || c->at < e->diffs[i].first ||
	                    c->at > e->diffs[i].last))
		i++;
	used = world_table_used(j->world, c->lk, page);
	behind = written_behind(e, p[level + 1].field, page, i);
	if (used <= behind && phys_page(c->before.v) == 0)
		return;
	found_of(&j->findings, ROW_TABLE_WALK, e,
	         FACTS(fact_object("object", c->lk), fact_hex("at", c->at),
	               fact_at(fact_was(fact_hex("entry", c->after.v), c->before.v), c->lk,
	                       c->field, c->at),
	               fact_hex("page", page),
	               fact_n("entries", used > behind ? used - behind : 0)),
	         "%s: the entry at 0x%" PRIx64 " goes from 0x%" PRIx64 " to 0x%" PRIx64
	         "; that page has %" PRIu64 " entries already",
	         obj_name(c->lk, name, sizeof(name)), c->at, c->before.v, c->after.v,
	         used > behind ? used - behind : 0);
}

const struct state_check check_table_walk = { .id = CHK_TABLE_WALK,
	                                      .changes = 1 << CH_LINK,
	                                      .change = linked };

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/lock_order.h"

#include "sim/base/stash.h"

void lock_order_asked(struct lock_order *o, const struct sections *ss, const struct lock_section *s)
{
	const struct lock_section *held;

	for (u32 i = 0; (held = sections_open(ss, s->cpu, i)); i++) {
		struct order_edge *g = &o->edge[held->lk][s->lk];

		if (g->count++ == 0) {
			g->first = *s;
			g->outer = held->got.index;
		}
	}
}

void lock_order_stash(struct lock_order *o, struct stash *s)
{
	for (u32 held = 0; held < ID_END; held++)
		for (u32 asked = 0; asked < ID_END; asked++) {
			struct order_edge *g = &o->edge[held][asked];

			stash_u64(s, &g->count);
			if (g->count == 0)
				continue;
			stash_u64(s, &g->outer);
			lock_section_stash(&g->first, s);
		}
}

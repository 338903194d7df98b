// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/replay_pages.h"

#include "shmem/obj/obj_pages.h"

u64 replay_pages_of(const struct obj *o)
{
	return (o->n_cells + OBJ_PAGE_CELLS - 1) / OBJ_PAGE_CELLS;
}

void replay_pages_begin(struct replay *r)
{
	for (u32 i = 0; i < r->touched.n; i++)
		r->state[r->touched.v[i].lk][r->touched.v[i].page] = 0;
	r->touched.n = r->changed.n = 0;
	r->begun = true;
}

void replay_pages_touch(struct replay *r, const struct obj *o, u64 page)
{
	u8 *state;

	if (!r->state[o->id])
		r->state[o->id] = xcalloc(replay_pages_of(o), 1);
	state = &r->state[o->id][page];
	if (!(*state & PAGE_OF_EPISODE))
		vec_push(&r->touched, ((struct replay_page){ o->id, (u32)page }));
	if (!(*state & PAGE_SINCE_STASH))
		vec_push(&r->changed, ((struct replay_page){ o->id, (u32)page }));
	*state = PAGE_OF_EPISODE | PAGE_SINCE_STASH;
}

void replay_pages_take(struct replay *r, const struct obj *o, const struct diff *d)
{
	u64 first = obj_number(o, d->field, d->first) / OBJ_PAGE_CELLS;
	u64 last = obj_number(o, d->field, d->last) / OBJ_PAGE_CELLS;

	for (u64 page = first; page <= last; page++)
		replay_pages_touch(r, o, page);
}

void replay_pages_free(struct replay *r)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		free(r->state[lk]);
	vec_free(&r->touched);
	vec_free(&r->changed);
}

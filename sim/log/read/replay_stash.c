// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/replay_stash.h"

#include "shmem/obj/obj_pages.h"
#include "sim/log/read/replay_pages.h"

#include <string.h>

void replay_track(struct replay *r)
{
	r->track = r->begun = true;
}

static u64 cells_of_page(const struct obj *o, u64 page)
{
	return min_u64(OBJ_PAGE_CELLS, o->n_cells - page * OBJ_PAGE_CELLS);
}

/* What the page says, if it is kept as that; else its cells. */
static void write_page(const struct obj *o, u64 page, struct stash *s)
{
	struct obj_page p = { .kind = PAGE_CELLS };
	u32 vmid;

	if (o->pages)
		p = o->pages->page[page];
	vmid = p.vmid;
	stash_u8(s, &p.kind);
	if (p.kind != PAGE_CELLS) {
		stash_u32(s, &vmid);
		stash_u64(s, &p.n);
		stash_u64(s, &p.add);
		return;
	}
	for (u64 i = 0; i < cells_of_page(o, page); i++)
		stash_u64(s, &o->cell[page * OBJ_PAGE_CELLS + i]);
}

static void read_cells(struct obj *o, u64 page, struct stash *s)
{
	u64 first = page * OBJ_PAGE_CELLS;
	struct obj_page none = { .kind = PAGE_CELLS };

	/* What the page says now goes, and its digest: nobody asks a replay for it. */
	if (o->pages)
		o->pages->page[page] = none;
	for (u64 i = 0; i < cells_of_page(o, page); i++)
		stash_u64(s, &o->cell[first + i]);
}

static void read_page(struct replay *r, struct obj *o, u64 page, struct stash *s)
{
	struct obj_page p = { .kind = PAGE_CELLS };
	u32 vmid = 0;

	stash_u8(s, &p.kind);
	if (p.kind == PAGE_CELLS) {
		read_cells(o, page, s);
		return;
	}
	stash_below(s, &vmid, N_VMID);
	stash_u64(s, &p.n);
	stash_u64(s, &p.add);
	p.vmid = (vmid_t)vmid;
	/* Any range that is long enough makes room for pages. */
	if (s->bad || p.kind > PAGE_ORACLE || !obj_pages_for(o, 0, o->n_cells - 1)) {
		s->bad = true;
		return;
	}
	o->pages->data = r->data;
	obj_pages_set(o, page * OBJ_PAGE_CELLS, &p);
}

bool replay_stash(struct replay *r, struct stash *s, bool whole)
{
	bool fresh = whole || r->begun;
	u32 n = fresh ? r->touched.n : r->changed.n;
	const struct replay_page *list = fresh ? r->touched.v : r->changed.v;

	stash_bool(s, &fresh);
	stash_bool(s, &r->in_episode);
	stash_u32(s, &r->episode);
	stash_u32(s, &n);
	for (u32 i = 0; i < n; i++) {
		struct replay_page p = list[i];

		stash_u32(s, &p.lk);
		stash_u32(s, &p.page);
		write_page(&r->obj[p.lk], p.page, s);
	}
	for (u32 i = 0; i < r->changed.n; i++)
		r->state[r->changed.v[i].lk][r->changed.v[i].page] = PAGE_OF_EPISODE;
	r->changed.n = 0;
	r->begun = false;
	return fresh;
}

bool replay_unstash(struct replay *r, struct stash *s)
{
	bool fresh = false;
	u32 n = 0;
	struct err e;

	stash_bool(s, &fresh);
	stash_bool(s, &r->in_episode);
	stash_u32(s, &r->episode);
	stash_u32(s, &n);
	if (fresh) {
		replay_pages_begin(r);
		for (u64 left = r->used; left; left &= left - 1) {
			lk_t id = (lk_t)__builtin_ctzll(left);

			obj_reset(&r->obj[id]);
			replay_initial(r, id);
		}
	}
	for (u32 i = 0; i < n && !s->bad; i++) {
		struct replay_page p = { 0, 0 };

		stash_below(s, &p.lk, ID_END);
		stash_u32(s, &p.page);
		if (s->bad || replay_object(r, (lk_t)p.lk, &e) < 0 ||
		    p.page >= replay_pages_of(&r->obj[p.lk])) {
			s->bad = true;
			break;
		}
		replay_pages_touch(r, &r->obj[p.lk], p.page);
		read_page(r, &r->obj[p.lk], p.page, s);
	}
	return stash_done(s);
}

const struct obj *replay_obj(const struct replay *r, lk_t lk)
{
	return r->used >> lk & 1 ? &r->obj[lk] : NULL;
}

bool replay_episode(const struct replay *r, u32 *number)
{
	*number = r->episode;
	return r->in_episode;
}

void replay_each_page(const struct replay *r, void (*fn)(void *arg, lk_t lk, u64 page), void *arg)
{
	for (u32 i = 0; i < r->touched.n; i++)
		fn(arg, (lk_t)r->touched.v[i].lk, r->touched.v[i].page);
}

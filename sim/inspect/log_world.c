// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_world.h"

#include "shmem/obj/obj_pages.h"
#include "sim/log/read/replay_stash.h"

/* Each CPU has a mark of an episode's begin; the first one begins it. */
static enum log_world_event episode(struct log_world *l, const struct event *e)
{
	if (l->begun && e->arg == l->episode)
		return LOG_WORLD_SAME;
	l->begun = true;
	l->episode = e->arg;
	world_reset(l->w);
	return LOG_WORLD_EPISODE;
}

static enum log_world_event push(struct log_world *l, const struct event *e)
{
	struct world_cell wrong;

	world_begin(l->w);
	for (u32 i = 0; i < e->n; i++) {
		if (world_apply(l->w, (lk_t)e->lk, &e->diffs[i], &wrong) == WORLD_RANGE)
			return LOG_WORLD_SAME;
		if (l->applied)
			l->applied(l->arg, e);
	}
	return LOG_WORLD_PUSH;
}

enum log_world_event log_world_event(struct log_world *l, const struct event *e)
{
	if (e->kind == MARK_EPISODE)
		return episode(l, e);
	if (!event_is_push(e->kind) || e->n == 0 || e->lk >= ID_END ||
	    e->kind != event_push_of((lk_t)e->lk))
		return LOG_WORLD_SAME;
	return push(l, e);
}

/**
 * struct become - contents that are taken over
 * @d: the cells that go on together; @open: there are some
 */
struct become {
	struct log_world *l;
	const struct replay *r;
	struct diff d;
	bool open;
};

static void apply_run(struct become *b, lk_t lk)
{
	struct world_cell wrong;

	if (b->open)
		(void)world_apply(b->l->w, lk, &b->d, &wrong);
	b->open = false;
}

static void take_cell(struct become *b, const struct obj *o, u64 cell)
{
	u64 index, old, new;
	u32 field;

	obj_place(o, cell, &field, &index);
	old = obj_get(world_obj(b->l->w, o->id), field, index);
	new = obj_get(o, field, index);
	if (b->open && (old != b->d.old || new != b->d.new || field != b->d.field || old == new))
		apply_run(b, o->id);
	if (old == new)
		return;
	if (!b->open)
		b->d = (struct diff){
			.field = (u16)field, .both = true, .first = index, .old = old, .new = new
		};
	b->d.last = index;
	b->open = true;
}

/* A page that one difference from the data oracle wrote is taken as that. */
static bool take_oracle(struct become *b, const struct obj *o, u64 page)
{
	const struct obj_page *p = o->pages ? &o->pages->page[page] : NULL;
	struct world_cell wrong;
	struct diff d = { .oracle = true };
	u32 field;

	if (!p || p->kind != PAGE_ORACLE || p->add || o->kind != OBJ_FLATMEM)
		return false;
	obj_place(o, page * OBJ_PAGE_CELLS, &field, &d.first);
	d.last = d.first + OBJ_PAGE_CELLS - 1;
	d.vmid = p->vmid;
	d.index = p->n;
	(void)world_apply(b->l->w, o->id, &d, &wrong);
	return true;
}

/* replay_each_page() */
static void take_page(void *arg, lk_t lk, u64 page)
{
	struct become *b = arg;
	const struct obj *o = replay_obj(b->r, lk);
	u64 first = page * OBJ_PAGE_CELLS;

	world_begin(b->l->w);
	if (take_oracle(b, o, page))
		return;
	for (u64 i = first; i < min_u64(first + OBJ_PAGE_CELLS, o->n_cells); i++)
		take_cell(b, o, i);
	apply_run(b, lk);
}

void log_world_become(struct log_world *l, const struct replay *r)
{
	struct become b = { .l = l, .r = r };
	u32 episode;

	world_reset(l->w);
	l->begun = replay_episode(r, &episode);
	l->episode = episode;
	replay_each_page(r, take_page, &b);
}

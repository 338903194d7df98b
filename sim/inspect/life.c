// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/life.h"

#include "oracle/data.h"
#include "shmem/obj/region.h"
#include "sim/inspect/life_print.h"
#include "sim/inspect/log_index.h"
#include "sim/inspect/log_world.h"
#include "sim/inspect/nest.h"
#include "sim/log/op.h"
#include "sim/log/read/replay_stash.h"

#include <inttypes.h>

/**
 * struct life
 * @index: of the event that is taken
 * @count: changes that were printed
 * @record: of LIFE_PAGE: the number of its record, or INVALID64
 * @value: of LIFE_CELL: what the cell holds
 */
struct life {
	const struct life_options *o;
	struct log_source *s;
	FILE *f;
	struct log_world world;
	struct nest nest;
	u64 index, count, value, record;
};

static bool in_range(const struct life *l)
{
	return l->index >= l->o->from && l->index <= l->o->to;
}

/* Does a run of @n leaves, the first of which maps to @m, map to frame @pfn? */
static bool maps_frame(struct maplet m, u32 n, u64 pfn)
{
	return m.level && pfn - m.pfn < (m.level == 2 ? n : 1);
}

static bool is_of_page(const struct change *c, u64 pfn)
{
	if (change_is_leaf(c))
		return maps_frame(c->before.map, c->n, pfn) || maps_frame(c->after.map, c->n, pfn);
	if (c->kind == CH_FLAT)
		return pfn - c->at < c->n;
	return c->kind == CH_PAGE && c->at == pfn;
}

static bool is_of_vm(const struct change *c, u64 vmid)
{
	if (c->kind == CH_PAGE)
		return c->before.page.owner == vmid || c->after.page.owner == vmid;
	if (c->kind == CH_BANK)
		return c->before.v == vmid || c->after.v == vmid;
	return (c->kind == CH_LEAF || c->kind == CH_VM) && c->who == vmid;
}

static bool is_of_bank(const struct change *c, u64 bank)
{
	return (c->kind == CH_SPT_LEAF || c->kind == CH_BANK) && c->who == bank;
}

static bool is_wanted(const struct life *l, const struct change *c)
{
	switch (l->o->of) {
	case LIFE_PAGE:
		return is_of_page(c, l->o->number);
	case LIFE_VM:
		return is_of_vm(c, l->o->number);
	case LIFE_BANK:
		return is_of_bank(c, l->o->number);
	case LIFE_CELL:
		break;
	}
	return false;
}

static struct life_at place(const struct life *l, u64 index, const struct event *e)
{
	struct nest_where in = nest_where(&l->nest, e->cpu);

	return (struct life_at){ .index = index,
		                 .cpu = e->cpu,
		                 .ns = e->time_ns,
		                 .work = nest_work_name(l->s->config, in.work),
		                 .atomic = in.atomic != NEST_NONE ? op_function(in.atomic) : NULL };
}

static void tell_change(struct life *l, const struct life_at *at, const struct change *c)
{
	if (!is_wanted(l, c))
		return;
	l->count++;
	if (l->o->json)
		life_print_json(l->f, at, c);
	else
		life_print_text(l->f, l->s->config, at, c);
}

static u64 cell_value(const struct life *l)
{
	const struct log_cell *c = &l->o->cell;

	return obj_get(world_obj(l->world.w, c->lk), c->field, c->index);
}

/* log_world.applied: has the difference changed the cell? */
static void tell_cell(void *arg, const struct event *e)
{
	struct life *l = arg;
	struct life_cell is = { .cell = l->o->cell, .before = l->value };
	struct life_at at;

	if (e->lk != is.cell.lk)
		return;
	is.after = l->value = cell_value(l);
	if (is.before == is.after || !in_range(l))
		return;
	l->count++;
	at = place(l, l->index, e);
	life_print_cell(l->f, l->s->config, &at, &is, l->o->json);
}

static void tell_changes(struct life *l, const struct event *e)
{
	struct life_at at = place(l, l->index, e);
	const struct change *c;
	u32 n;

	c = world_changes(l->world.w, &n);
	for (u32 i = 0; i < n; i++)
		tell_change(l, &at, &c[i]);
}

static void tell_episode(const struct life *l, u64 index, u64 number)
{
	if (number == 0 || index < l->o->from || index > l->o->to)
		return;
	if (l->o->json)
		fprintf(l->f, "{\"index\":%" PRIu64 ",\"episode\":%" PRIu64 "}\n", index, number);
	else
		fprintf(l->f, "%10" PRIu64 "  episode %" PRIu64 " begins, with a new machine\n",
		        index, number);
}

static void take(struct life *l, const struct event *e)
{
	bool cell = l->o->of == LIFE_CELL;

	nest_event(&l->nest, e);
	switch (log_world_event(&l->world, e)) {
	case LOG_WORLD_SAME:
		return;
	case LOG_WORLD_EPISODE:
		if (cell)
			l->value = cell_value(l);
		tell_episode(l, l->index, l->world.episode);
		return;
	case LOG_WORLD_PUSH:
		if (!cell && in_range(l))
			tell_changes(l, e);
		return;
	}
}

/* Might the block change what is asked for?  Whoever maps a page through a table that is linked elsewhere maps it otherwise. */
static bool may_change(const struct life *l, const struct index_block *b)
{
	const struct life_options *o = l->o;

	switch (o->of) {
	case LIFE_PAGE:
		return b->links || index_set_has(&b->frames, o->number, 1) ||
		       (l->record != INVALID64 && index_set_has(&b->records, l->record, 1));
	case LIFE_VM:
		return b->vms >> o->number & 1;
	case LIFE_BANK:
		return b->banks >> o->number & 1 ||
		       index_set_has(&b->cells, (u64)SPT_ID << 32, 1ull << 32);
	case LIFE_CELL:
		return index_block_has_cell(b, &o->cell);
	}
	return true;
}

/* index_walk.may: is there a line in the block which the block itself does not say, or what is there at the end? */
static bool may_tell(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct life *l = arg;

	if (l->o->to >= first && l->o->to <= last)
		return true;
	return last >= l->o->from && may_change(l, b);
}

/* The begins of episodes of blocks that are passed over, from event @from on. */
static void tell_begins(const struct life *l, const struct log_index *ix, u64 from)
{
	for (u32 i = 0; i < ix->n_points && ix->point[i].index <= l->index; i++) {
		const struct index_block *b = &ix->block[i];

		for (u32 k = 0; k < b->begins.n; k++)
			if (b->begins.v[k].index >= from)
				tell_episode(l, b->begins.v[k].index, b->begins.v[k].number);
	}
}

/* Before the next batch: what does not matter is passed over. */
static void pass_over(struct life *l, struct index_walk *walk)
{
	u64 from = l->index;

	if (!index_walk(walk, l->s, &l->index))
		return;
	tell_begins(l, walk->ix, from);
	log_world_become(&l->world, walk->st.replay);
	if (l->o->of == LIFE_CELL)
		l->value = cell_value(l);
}

/* So many blocks are read in the time that it takes to have all contents. */
enum { LEAST_BLOCKS = 4 };

int log_life(struct log_source *s, struct log_index *ix, const char *path,
             const struct life_options *o, FILE *f, struct err *e)
{
	struct life l = { .o = o, .s = s, .f = f };
	struct index_walk walk = { .ix = ix,
		                   .st = { .nest = &l.nest },
		                   .may = may_tell,
		                   .arg = &l,
		                   .least = LEAST_BLOCKS };
	struct event ev[SOURCE_BATCH];
	u32 n;
	int rc;

	if (s->config->fixed.region_cnt == 0 && o->of != LIFE_CELL)
		return err_set(e, ERR_USAGE,
		               "%s: the log has no memory regions, so no pages, VMs or banks",
		               path);
	l.world.w = world_new(s->config, o->of == LIFE_CELL ? WORLD_CONTENTS : WORLD_INDEX);
	if (o->of == LIFE_CELL) {
		l.world.applied = tell_cell;
		l.world.arg = &l;
		l.value = cell_value(&l);
	}
	l.record = region_page_index(&s->config->fixed, o->number);
	walk.st.replay = replay_new(s->config, doracle);
	replay_track(walk.st.replay);
	do {
		pass_over(&l, &walk);
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && l.index <= o->to; i++, l.index++)
			take(&l, &ev[i]);
	} while (rc == 0 && n > 0 && l.index <= o->to && (!o->keep_going || o->keep_going()));
	if (o->of != LIFE_CELL)
		life_print_end(f, l.world.w, o, l.index);
	else if (!l.count && !o->json)
		fprintf(f, "nothing changed the cell\n");
	replay_free(walk.st.replay);
	world_free(l.world.w);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/life.h"

#include "oracle/world/world.h"
#include "sim/inspect/life_print.h"
#include "sim/inspect/nest.h"
#include "sim/log/op.h"

#include <inttypes.h>

/**
 * struct life
 * @episode: the one that began last; @begun: one has
 * @count:   changes that were printed
 */
struct life {
	const struct life_options *o;
	const struct log_source *s;
	FILE *f;
	struct world *w;
	struct nest nest;
	u64 episode, count;
	bool begun;
};

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
	const struct nest_cpu *n = &l->nest.cpu[e->cpu];
	struct life_at at = { .index = index, .cpu = e->cpu, .ns = e->time_ns };

	for (u32 i = 0; i < n->n; i++) {
		u64 id = n->level[i].id;

		if (n->level[i].kind == NEST_WORK && id < l->s->config->n_ops)
			at.work = l->s->config->op_names[id];
		if (n->level[i].kind == NEST_OP)
			at.atomic = op_function(id);
	}
	return at;
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

	return obj_get(world_obj(l->w, c->lk), c->field, c->index);
}

static void tell_cell(struct life *l, const struct life_at *at, const struct diff *d, u64 before)
{
	const struct log_cell *c = &l->o->cell;
	struct life_cell is = { .cell = *c, .before = before, .after = cell_value(l) };

	if (d->field != c->field || c->index < d->first || c->index > d->last ||
	    is.before == is.after)
		return;
	l->count++;
	life_print_cell(l->f, l->s->config, at, &is, l->o->json);
}

static void push(struct life *l, u64 index, const struct event *e)
{
	struct life_at at = place(l, index, e);
	bool in = index >= l->o->from && index <= l->o->to;
	bool cell = l->o->of == LIFE_CELL && e->lk == l->o->cell.lk;
	const struct change *c;
	u32 n;

	world_begin(l->w);
	for (u32 i = 0; i < e->n; i++) {
		struct world_cell wrong;
		u64 before = cell ? cell_value(l) : 0;

		if (world_apply(l->w, e->lk, &e->diffs[i], &wrong) == WORLD_RANGE)
			return;
		if (cell && in)
			tell_cell(l, &at, &e->diffs[i], before);
	}
	if (l->o->of == LIFE_CELL)
		return;
	c = world_changes(l->w, &n);
	for (u32 i = 0; in && i < n; i++)
		tell_change(l, &at, &c[i]);
}

static void episode(struct life *l, u64 index, const struct event *e)
{
	if (l->begun && e->arg == l->episode)
		return;
	l->begun = true;
	l->episode = e->arg;
	world_reset(l->w);
	if (e->arg == 0 || index < l->o->from || index > l->o->to)
		return;
	if (l->o->json)
		fprintf(l->f, "{\"index\":%" PRIu64 ",\"episode\":%u}\n", index, e->arg);
	else
		fprintf(l->f, "%10" PRIu64 "  episode %u begins, with a new machine\n", index,
		        e->arg);
}

static void take(struct life *l, u64 index, const struct event *e)
{
	nest_event(&l->nest, e);
	if (e->kind == MARK_EPISODE)
		episode(l, index, e);
	else if (event_is_push(e->kind) && e->lk < ID_END && e->kind == event_push_of(e->lk) &&
	         e->n > 0)
		push(l, index, e);
}

int log_life(struct log_source *s, const char *path, const struct life_options *o, FILE *f,
             struct err *e)
{
	struct life l = { .o = o, .s = s, .f = f };
	struct event ev[SOURCE_BATCH];
	u64 index = 0;
	u32 n;
	int rc;

	if (s->config->fixed.region_cnt == 0 && o->of != LIFE_CELL)
		return err_set(e, ERR_USAGE,
		               "%s: the log has no memory regions, so no pages, VMs or banks",
		               path);
	l.w = world_new(s->config, o->of == LIFE_CELL ? WORLD_CONTENTS : WORLD_INDEX);
	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && index <= o->to; i++, index++)
			take(&l, index, &ev[i]);
	} while (rc == 0 && n > 0 && index <= o->to);
	if (o->of != LIFE_CELL)
		life_print_end(f, l.w, o, index);
	else if (!l.count && !o->json)
		fprintf(f, "nothing changed the cell\n");
	world_free(l.w);
	return rc;
}

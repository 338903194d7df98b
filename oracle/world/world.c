// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/world.h"

#include "oracle/data.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct content - one object
 * @have:    address space is reserved (done when the object first occurs)
 * @changed: it is not as the episode began
 * @doubt:   enum world_doubt, bits
 */
struct content {
	struct obj o;
	bool have, changed;
	u32 doubt;
};

/**
 * struct world
 * @data: gives what flat memory takes from the data oracle
 * @init: [n_init] what the objects hold at the start of an episode
 */
struct world {
	struct data_oracle data;
	u32 n_init;
	struct init_row *init;
	struct content obj[ID_END];
};

struct world *world_new(const struct log_config *config)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->data = log_config_oracle(config, doracle);
	w->n_init = config->n_init;
	w->init = xcalloc(w->n_init ? w->n_init : 1, sizeof(*w->init));
	if (w->n_init)
		memcpy(w->init, config->init, w->n_init * sizeof(*w->init));
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (u32 id = 0; id < ID_END; id++)
		if (w->obj[id].have)
			obj_destroy(&w->obj[id].o);
	free(w->init);
	free(w);
}

static bool range_ok(lk_t id, const struct diff *d)
{
	if (d->oracle && id != FLATMEM_ID)
		return false;
	if (d->field >= obj_n_fields(obj_kind_of(id)) || !obj_index_ok(id, d->field, d->first))
		return false;
	return d->last == d->first || (d->last > d->first && obj_index_ok(id, d->field, d->last));
}

static void fill(const struct world *w, struct content *o, lk_t id)
{
	for (u32 i = 0; i < w->n_init; i++) {
		const struct init_row *row = &w->init[i];

		if (row->obj == id && range_ok(id, &row->d))
			init_row_apply(row, &o->o);
	}
}

static struct content *content_of(struct world *w, lk_t id)
{
	struct content *o = &w->obj[id];

	if (unlikely(!o->have)) {
		struct err err;

		if (obj_init(&o->o, id, &err) < 0) {
			fprintf(stderr, "hypsim: %s\n", err.msg);
			exit(err_status(err.code));
		}
		o->have = true;
		o->o.by_pages = true;
		fill(w, o, id);
	}
	return o;
}

void world_reset(struct world *w)
{
	for (u32 id = 0; id < ID_END; id++) {
		struct content *o = &w->obj[id];

		if (o->changed) {
			obj_reset(&o->o);
			fill(w, o, id);
		}
		o->changed = false;
		o->doubt = 0;
	}
}

struct obj *world_obj(struct world *w, lk_t lk)
{
	SIM_ASSERT(lk < ID_END);
	return &content_of(w, lk)->o;
}

void world_doubt(struct world *w, lk_t lk, enum world_doubt why)
{
	w->obj[lk].doubt |= why;
}

u32 world_doubts(const struct world *w, lk_t lk)
{
	SIM_ASSERT_DBG(lk < ID_END);
	return w->obj[lk].doubt;
}

enum world_row world_apply(struct world *w, lk_t lk, const struct diff *d, struct world_cell *out)
{
	struct content *o = content_of(w, lk);

	o->changed = true;
	if (unlikely(!range_ok(lk, d))) {
		o->doubt |= DOUBT_WRONG;
		return WORLD_RANGE;
	}
	if (d->oracle) {
		obj_apply_oracle(&o->o, d, &w->data);
	} else if (unlikely(obj_apply(&o->o, d, &out->index, &out->value))) {
		o->doubt |= DOUBT_WRONG;
		return WORLD_OLD;
	}
	return WORLD_OK;
}

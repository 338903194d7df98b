// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_at.h"

#include "oracle/check/fact.h"
#include "oracle/data.h"
#include "sim/base/addr.h"
#include "sim/base/number.h"
#include "sim/inspect/cpu_state.h"
#include "sim/inspect/log_index.h"
#include "sim/inspect/log_world.h"
#include "sim/inspect/sections.h"
#include "sim/log/json.h"
#include "sim/log/read/replay_stash.h"

#include <inttypes.h>
#include <jansson.h>

/**
 * struct at - the machine, as far as it was read
 * @world: its @w is NULL where nobody asks for contents
 */
struct at {
	const struct at_options *o;
	struct log_source *s;
	FILE *f;
	struct sections *ss;
	struct log_world world;
};

/* index_walk.may: is the event in the block? */
static bool may_be_in(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct at *a = arg;

	(void)b;
	return a->o->index >= first && a->o->index <= last;
}

/* From the last point before the event on; returns the index of what comes next. */
static u64 begin(struct at *a, struct log_index *ix)
{
	struct index_walk walk = {
		.ix = ix, .st = { .sections = a->ss }, .may = may_be_in, .arg = a
	};
	u64 index = 0;

	if (a->world.w && ix) {
		walk.st.replay = replay_new(a->s->config, doracle);
		replay_track(walk.st.replay);
	}
	index_walk(&walk, a->s, &index);
	if (index && walk.st.replay)
		log_world_become(&a->world, walk.st.replay);
	replay_free(walk.st.replay);
	return index;
}

static int read_up_to(struct at *a, struct log_index *ix, const char *path, struct err *e)
{
	const struct sections_told told = { .arg = NULL };
	struct event ev[SOURCE_BATCH];
	u64 index;
	u32 n;
	int rc;

	a->ss = sections_new(&told);
	index = begin(a, ix);
	do {
		rc = a->s->next(a->s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && index <= a->o->index; i++, index++) {
			sections_event(a->ss, index, &ev[i]);
			if (a->world.w)
				(void)log_world_event(&a->world, &ev[i]);
		}
	} while (rc == 0 && n > 0 && index <= a->o->index);
	if (rc == 0 && index <= a->o->index)
		rc = err_set(e, ERR_USAGE, "%s: event %" PRIu64 ": the log has %" PRIu64 " events",
		             path, a->o->index, index);
	return rc;
}

/* What is told: a line of text, or a member of @o. */
static void tell_page(const struct at *a, json_t *o)
{
	struct page p = world_page(a->world.w, a->o->number);
	char owner[32];

	if (o)
		json_object_set_new(o, "page",
		                    json_pack("{s:o,s:o,s:o}", "owner", json_hex(p.owner), "count",
		                              json_hex(p.count), "gfn", json_hex(p.gfn)));
	else
		fprintf(a->f,
		        "frame 0x%" PRIx64 ": owner %s, count 0x%" PRIx64 ", gfn 0x%" PRIx64 "\n",
		        a->o->number, facts_owner(p.owner, owner, sizeof(owner)), p.count, p.gfn);
}

static void tell_walk(const struct at *a, json_t *o)
{
	u64 gfn = a->o->addr / PAGE_SIZE;
	struct maplet m = world_npt(a->world.w, (vmid_t)a->o->number, gfn);
	char who[32];

	if (o) {
		json_object_set_new(o, "walk",
		                    json_pack("{s:o,s:o,s:i}", "pfn", json_hex(m.pfn), "pte",
		                              json_hex(m.pte), "level", m.level));
		return;
	}
	fprintf(a->f, "%s, gfn 0x%" PRIx64 ": ", facts_owner(a->o->number, who, sizeof(who)), gfn);
	if (m.level)
		fprintf(a->f, "frame 0x%" PRIx64 ", level %u, ", m.pfn, m.level);
	else
		fputs("not mapped, ", a->f);
	fprintf(a->f, "pte 0x%" PRIx64 "\n", m.pte);
}

/**
 * struct dump - cells that are told
 * @all: as JSON, or NULL
 */
struct dump {
	FILE *f;
	enum obj_kind kind;
	json_t *all;
	u64 n;
};

static void tell_value(u32 field, u64 index, u64 value, void *arg)
{
	struct dump *d = arg;
	const char *name = obj_field(d->kind, field)->name;
	char number[NUMBER_TEXT];

	d->n++;
	if (d->all)
		json_array_append_new(d->all, json_pack("{s:s,s:o,s:o}", "field", name, "at",
		                                        json_hex(index), "value", json_hex(value)));
	else
		fprintf(d->f, "%s[%s] 0x%" PRIx64 "\n", name, number_hex(index, number), value);
}

static void tell_cells(const struct at *a, json_t *o)
{
	const struct log_cell *c = &a->o->cell;
	struct obj *obj = world_obj(a->world.w, c->lk);
	struct dump d = { .f = a->f, .kind = obj->kind, .all = o ? json_array() : NULL };

	if (a->o->what == AT_CELL) {
		tell_value(c->field, c->index, obj_get(obj, c->field, c->index), &d);
	} else {
		obj_settle(obj);
		obj_each(obj, tell_value, &d);
		if (!d.n && !o)
			fprintf(a->f, "nothing but zeros\n");
	}
	if (o)
		json_object_set_new(o, "cells", d.all);
}

static void tell(const struct at *a)
{
	json_t *o = a->o->json ? json_object() : NULL, *cpus = json_array();

	if (o)
		json_object_set_new(o, "index", json_integer((json_int_t)a->o->index));
	switch (a->o->what) {
	case AT_CPUS:
		for (u32 cpu = 0; cpu < a->s->config->cpus; cpu++) {
			if (o)
				json_array_append_new(cpus, cpu_state_json(a->s, a->ss, cpu));
			else
				cpu_state_print(a->s, a->ss, cpu, a->f);
		}
		if (o)
			json_object_set(o, "cpus", cpus);
		break;
	case AT_PAGE:
		tell_page(a, o);
		break;
	case AT_WALK:
		tell_walk(a, o);
		break;
	case AT_CELL:
	case AT_DUMP:
		tell_cells(a, o);
		break;
	}
	json_decref(cpus);
	if (!o)
		return;
	json_dumpf(o, a->f, JSON_COMPACT);
	fputc('\n', a->f);
	json_decref(o);
}

int log_at(struct log_source *s, struct log_index *ix, const char *path, const struct at_options *o,
           FILE *f, struct err *e)
{
	struct at a = { .o = o, .s = s, .f = f };
	bool index = o->what == AT_PAGE || o->what == AT_WALK;
	int rc;

	if (index && s->config->fixed.region_cnt == 0)
		return err_set(e, ERR_USAGE, "%s: the log has no memory regions, so no pages",
		               path);
	if (o->what != AT_CPUS)
		a.world.w = world_new(s->config, index ? WORLD_INDEX : WORLD_CONTENTS);
	rc = read_up_to(&a, ix, path, e);
	if (rc == 0)
		tell(&a);
	sections_free(a.ss);
	if (a.world.w)
		world_free(a.world.w);
	return rc;
}

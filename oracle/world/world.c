// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/world.h"

#include "oracle/data.h"
#include "oracle/world/begun.h"
#include "oracle/world/changes.h"
#include "oracle/world/page.h"
#include "oracle/world/rmap.h"
#include "shmem/obj/obj.h"
#include "shmem/obj/region.h"
#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct content - one object
 * @have:    address space is reserved (done when the object first occurs)
 * @changed: it is not as the episode began
 * @tables:  it is a page table, and the episode begins with entries in it
 * @doubt:   enum world_doubt, bits
 * @begun:   what its pages were as the episode began
 */
struct content {
	struct obj o;
	bool have, changed, tables;
	u32 doubt;
	struct begun begun;
};

/**
 * struct world
 * @data: gives what flat memory takes from the data oracle
 * @init: [n_init] what the objects hold at the start of an episode
 * @doubted: (bits) objects that have a doubt
 * @index: there are @tables and @changes, and all objects have address space
 */
struct world {
	struct data_oracle data;
	struct fixed fixed;
	struct page_map map;
	struct errata errata;
	bool index;
	struct journal journal;
	struct tables tables;
	struct changes changes;
	struct writers writers;
	u32 n_init;
	struct init_row *init;
	u64 doubted;
	struct content obj[ID_END];
};

static bool range_ok(const struct obj *o, const struct diff *d)
{
	if (d->oracle && o->id != FLATMEM_ID)
		return false;
	if (!obj_has(o, d->field, d->first))
		return false;
	return d->last == d->first || (d->last > d->first && obj_has(o, d->field, d->last));
}

static void fill(const struct world *w, struct content *o, lk_t id)
{
	for (u32 i = 0; i < w->n_init; i++) {
		const struct init_row *row = &w->init[i];

		if (row->obj == id && range_ok(&o->o, &row->d))
			init_row_apply(row, &o->o);
	}
}

/* The object is as the episode began. */
static void begin_again(const struct world *w, struct content *o, lk_t id)
{
	if (begun_restore(&o->begun, &o->o))
		return;
	obj_reset(&o->o);
	fill(w, o, id);
}

static __attribute__((cold, noinline)) void have_content(const struct world *w, struct content *o,
                                                         lk_t id)
{
	struct err err;

	if (obj_init(&o->o, id, &err) < 0) {
		fprintf(stderr, "hypsim: %s\n", err.msg);
		exit(err_status(err.code));
	}
	o->have = true;
	o->o.by_pages = true;
	fill(w, o, id);
}

static inline struct content *content_of(struct world *w, lk_t id)
{
	struct content *o = &w->obj[id];

	if (unlikely(!o->have))
		have_content(w, o, id);
	return o;
}

/**
 * struct entries - a table whose entries are to be known
 */
struct entries {
	struct tables *tables;
	const struct ptable *t;
};

static void know_entry(u32 field, u64 index, u64 value, void *arg)
{
	const struct entries *e = arg;
	u32 level = table_level(e->t, field);

	if (level < e->t->shape->n_levels)
		tables_store(e->tables, e->t, level, (index - e->t->start) / 8, 0, value);
}

/* Entries that page tables have when an episode begins. */
static void know_entries(struct world *w)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct entries e = { &w->tables, tables_of(&w->tables, lk) };

		if (!w->obj[lk].tables)
			continue;
		obj_settle(&w->obj[lk].o);
		obj_each(&w->obj[lk].o, know_entry, &e);
	}
}

static void index_all(struct world *w)
{
	w->index = true;
	tables_init(&w->tables, &w->journal);
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct obj *o = &content_of(w, lk)->o;

		if (tables_of(&w->tables, lk))
			tables_object(&w->tables, o);
	}
	for (u32 i = 0; i < w->n_init; i++) {
		const struct init_row *row = &w->init[i];
		const struct ptable *t;

		if (row->obj >= ID_END)
			continue;
		t = tables_of(&w->tables, row->obj);
		w->obj[row->obj].tables |= t && table_level(t, row->d.field) < t->shape->n_levels;
	}
	know_entries(w);
}

struct world *world_new(const struct log_config *config, enum world_keeps keeps)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->writers.journal = &w->journal;
	w->data = log_config_oracle(config, doracle);
	w->fixed = config->fixed;
	page_map_init(&w->map, &w->fixed);
	w->errata = config->errata;
	w->n_init = config->n_init;
	w->init = xcalloc(w->n_init ? w->n_init : 1, sizeof(*w->init));
	if (w->n_init)
		memcpy(w->init, config->init, w->n_init * sizeof(*w->init));
	if (keeps == WORLD_INDEX)
		index_all(w);
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (u32 id = 0; id < ID_END; id++) {
		if (w->obj[id].have) {
			obj_destroy(&w->obj[id].o);
			begun_free(&w->obj[id].begun);
		}
	}
	tables_destroy(&w->tables);
	changes_free(&w->changes);
	writers_free(&w->writers);
	journal_free(&w->journal);
	free(w->init);
	free(w);
}

void world_begins_at(struct world *w, u64 at)
{
	writers_begin(&w->writers, at);
}

void world_reset(struct world *w)
{
	if (w->index)
		tables_reset(&w->tables);
	for (u32 id = 0; id < ID_END; id++) {
		struct content *o = &w->obj[id];

		if (o->changed)
			begin_again(w, o, id);
		o->changed = false;
		o->doubt = 0;
	}
	w->doubted = 0;
	if (w->index) {
		changes_begin(&w->changes);
		know_entries(w);
	}
	journal_forget(&w->journal);
}

struct obj *world_obj(struct world *w, lk_t lk)
{
	SIM_ASSERT(lk < ID_END);
	return &content_of(w, lk)->o;
}

void world_doubt(struct world *w, lk_t lk, enum world_doubt why)
{
	u32 *doubt = &w->obj[lk].doubt;

	if ((*doubt | why) == *doubt)
		return;
	journal_word(&w->journal, doubt, *doubt | why);
	JOURNAL(&w->journal, w->doubted);
	w->doubted |= 1ull << lk;
}

u32 world_doubts(const struct world *w, lk_t lk)
{
	SIM_ASSERT_DBG(lk < ID_END);
	return w->obj[lk].doubt;
}

bool world_trusts(const struct world *w, u64 locks)
{
	return (w->doubted & locks) == 0;
}

u64 world_doubted(const struct world *w)
{
	return w->doubted;
}

void world_begin(struct world *w)
{
	changes_begin(&w->changes);
}

/* Before the difference is applied. */
static void look_ahead(struct world *w, struct obj *o, const struct diff *d)
{
	if (!changes_diff(&w->changes, &w->tables, &w->fixed, &w->data, o, d))
		world_doubt(w, o->id, DOUBT_TANGLED);
}

enum world_row world_apply(struct world *w, lk_t lk, const struct diff *d, struct world_cell *out)
{
	struct content *o = content_of(w, lk);

	o->changed = true;
	if (unlikely(!range_ok(&o->o, d))) {
		world_doubt(w, lk, DOUBT_WRONG);
		return WORLD_RANGE;
	}
	begun_note(&o->begun, &o->o, d);
	if (unlikely(w->journal.on))
		journal_note_cells(&w->journal, &o->o, d);
	if (w->index)
		look_ahead(w, &o->o, d);
	if (d->oracle) {
		obj_apply_oracle(&o->o, d, &w->data);
	} else if (unlikely(obj_apply(&o->o, d, &out->index, &out->value))) {
		world_doubt(w, lk, DOUBT_WRONG);
		return WORLD_OLD;
	}
	return WORLD_OK;
}

void world_wrote(struct world *w, lk_t lk, u32 n, const struct diff *d, u64 word)
{
	for (u32 i = 0; i < n; i++)
		writers_note(&w->writers, &w->obj[lk].o, &d[i], word);
}

u64 world_writer(const struct world *w, struct cell_at p)
{
	const struct content *o = &w->obj[p.lk];

	return o->have ? writers_word(&w->writers, &o->o, p.field, p.index) : 0;
}

/* The entry of table @t at which the walk of @gfn ends. */
static bool entry_of(const struct ptable *t, u32 bank, u64 gfn, struct cell_at *out)
{
	u32 level;
	u64 cell;

	if (!table_walk_entry(t, bank, gfn, &level, &cell))
		return false;
	*out = (struct cell_at){ .lk = (u8)t->lk,
		                 .field = (u16)t->shape->level[level].field,
		                 .index = t->start + cell * 8 };
	return true;
}

bool world_npt_entry(const struct world *w, vmid_t vmid, u64 gfn, struct cell_at *out)
{
	SIM_ASSERT(w->index);
	return vmid < N_VMID && entry_of(&w->tables.table[vmid], 0, gfn, out);
}

bool world_spt_entry(const struct world *w, u32 bank, u64 gfn, struct cell_at *out)
{
	SIM_ASSERT(w->index);
	return bank < EL2_SMMU_CFG_SIZE && entry_of(&w->tables.table[N_VMID], bank, gfn, out);
}

bool world_page_place(const struct world *w, u64 pfn, u32 field, struct cell_at *out)
{
	u64 index = region_page_index(&w->fixed, pfn);

	*out = (struct cell_at){ .lk = S2PAGE_ID, .field = (u16)field, .index = index };
	return index < MAX_S2PAGE_NUM;
}

const struct change *world_changes(struct world *w, u32 *n)
{
	SIM_ASSERT(w->index);
	return changes_get(&w->changes, n);
}

struct maplet world_npt(const struct world *w, vmid_t vmid, u64 gfn)
{
	SIM_ASSERT(w->index);
	return vmid < N_VMID ? table_walk(&w->tables.table[vmid], 0, gfn)
	                     : (struct maplet){ .level = 0 };
}

struct maplet world_spt(const struct world *w, u32 bank, u64 gfn)
{
	SIM_ASSERT(w->index);
	return bank < EL2_SMMU_CFG_SIZE ? table_walk(&w->tables.table[N_VMID], bank, gfn)
	                                : (struct maplet){ .level = 0 };
}

struct page world_page(const struct world *w, u64 pfn)
{
	SIM_ASSERT(w->index);
	return page_of(&w->obj[S2PAGE_ID].o, page_map_index(&w->map, &w->fixed, pfn));
}

u64 world_value(const struct world *w, lk_t lk, u32 field, u64 index)
{
	SIM_ASSERT(w->index);
	if (lk >= ID_END || !obj_has(&w->obj[lk].o, field, index))
		return 0;
	return obj_value(&w->obj[lk].o, field, index);
}

const struct obj *world_values(const struct world *w, lk_t lk)
{
	SIM_ASSERT(w->index && lk < ID_END);
	return &w->obj[lk].o;
}

bool world_page_cells(const struct world *w, u64 index, struct page_cells *out)
{
	const struct obj *o = &w->obj[S2PAGE_ID].o;

	SIM_ASSERT(w->index);
	if (o->pages)
		return false;
	out->owner = obj_cell(o, F_S2PAGE_s2_owner, index);
	out->count = obj_cell(o, F_S2PAGE_s2_count, index);
	out->gfn = obj_cell(o, F_S2PAGE_s2_gfn, index);
	return true;
}

void world_each_leaf(const struct world *w, vmid_t vmid,
                     void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg)
{
	SIM_ASSERT(w->index);
	if (vmid < N_VMID)
		tables_each_leaf(&w->tables, &w->tables.table[vmid], 0, fn, arg);
}

void world_each_spt_leaf(const struct world *w, u32 bank,
                         void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg)
{
	SIM_ASSERT(w->index);
	if (bank < EL2_SMMU_CFG_SIZE)
		tables_each_leaf(&w->tables, &w->tables.table[N_VMID], bank, fn, arg);
}

void world_each_mapper(const struct world *w, u64 pfn,
                       void (*fn)(void *arg, u16 who, u64 gfn, bool spt), void *arg)
{
	SIM_ASSERT(w->index);
	rmap_each(&w->tables, pfn, fn, arg);
}

static void there_is_one(void *arg, u16 who, u64 gfn, bool spt)
{
	(void)who;
	(void)gfn;
	(void)spt;
	*(bool *)arg = true;
}

bool world_is_mapped(const struct world *w, u64 pfn)
{
	bool mapped = false;

	world_each_mapper(w, pfn, there_is_one, &mapped);
	return mapped;
}

u32 world_table_used(const struct world *w, lk_t lk, u64 page)
{
	const struct ptable *t = tables_of(&w->tables, lk);
	u64 cell = (page - t->start) / 8;

	SIM_ASSERT(w->index && cell < TABLE_NPT_CELLS);
	return table_used(&w->tables, t, cell);
}

void world_each_parent(const struct world *w, lk_t lk, u64 page, void (*fn)(void *arg, u64 slot),
                       void *arg)
{
	SIM_ASSERT(w->index);
	tables_each_parent(&w->tables, tables_of(&w->tables, lk), page, fn, arg);
}

void world_each_table_page(const struct world *w, lk_t lk, void (*fn)(void *arg, u64 page),
                           void *arg)
{
	SIM_ASSERT(w->index);
	tables_each_page(&w->tables, tables_of(&w->tables, lk), fn, arg);
}

const struct fixed *world_fixed(const struct world *w)
{
	return &w->fixed;
}

const struct errata *world_errata(const struct world *w)
{
	return &w->errata;
}

struct journal *world_journal(struct world *w)
{
	return &w->journal;
}

void world_keep(struct world *w, bool on)
{
	w->journal.on = on;
	journal_forget(&w->journal);
}

u32 world_mark(struct world *w)
{
	journal_place(&w->journal);
	return w->journal.undo.n;
}

void world_undo(struct world *w, u32 mark)
{
	SIM_ASSERT(w->journal.on);
	SIM_ASSERT(mark <= w->journal.undo.n);
	journal_undo(&w->journal, mark, &w->data);
	if (w->index)
		tables_forget(&w->tables);
	changes_begin(&w->changes);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Page tables, of both shapes, as their pools say: what a gfn is mapped to, and back, which gfns an entry is for.
 *
 * A table is a row of cells, those of its object; a slot is a cell of any table, numbered through all of them.  The cells of the
 * pools lie one behind the other as their addresses do, a table page has 512, and the pools are the levels: the root's, ..., that
 * of the last entries.  An entry names a table page of the next pool, a frame, a block of 512 frames, or nothing; one that names
 * an address outside the next pool names nothing, as a walk finds nothing there.
 *
 * Each slot that names something is in one list: of the slots that name this table page, its parents (one, in a table that is well
 * formed; any number here, since a log may say anything), or of those that name a frame, or a block, with one hash.  Lists do not ask
 * whether a slot can be reached from a root, so a link of a whole subtree changes one list.
 */
#include "oracle/world/change.h"
#include "oracle/world/journal.h"

enum {
	TABLE_NPT_CELLS = 1 << 22,
	TABLE_PAGE_CELLS = 512,
	N_TABLES = N_VMID + 1,                        /* SPT is the last one */
	N_SLOTS = (N_VMID + 1) * TABLE_NPT_CELLS + 1, /* SPT needs less; number 0 is none */
	FRAME_HEADS = 1 << 20,
	BLOCK_HEADS = 1 << 16,
	MAX_LEVELS = 4,
	/* Entries that one section may make us look at: twice those of all banks. */
	MAX_STEPS = 1 << 19,
};

/**
 * struct level - entries of a table
 * @field: its pool
 * @first, @end: cells
 * @shift: of an entry's number within its page, in the gfns that it is for; entries of the root: within the root
 * @blocks: an entry may be a block's
 */
struct level {
	u32 field, first, end, shift;
	bool blocks;
};

/**
 * struct shape
 * @root_bits: log2 of the entries of a root; a table may have many
 * @gfn_bits:  gfns are below 2^gfn_bits
 */
struct shape {
	u32 n_levels, root_bits, gfn_bits;
	struct level level[MAX_LEVELS];
};

/**
 * struct way - where the last walk of a table has ended
 * @group: 1 + its 512 gfns, with the bank; 0: not known
 * @level, @cell: of the entry; in the last level, of the table page's first one
 */
struct way {
	u64 group, cell;
	u32 level;
};

/**
 * struct ptable - one
 * @way:   a walk of the same gfns ends there as well, until an entry above the last level changes
 * @start: address of its first cell
 * @slot0: number of its first cell among all slots
 * @who:   vmid; SPT: 0, it has a root for each bank
 */
struct ptable {
	const struct shape *shape;
	const struct obj *o;
	struct way *way;
	u64 start;
	u32 slot0;
	lk_t lk;
	u16 who;
};

/* A slot's neighbours in its list: slots, 0: none. */
struct slot_link {
	u32 next, prev;
};

/**
 * struct table_page
 * @parents: the slots that name it: the first
 * @used:    entries that are not 0
 */
struct table_page {
	u32 parents, used;
};

enum { MAPPERS_KEPT = 4 };

/**
 * struct mappers - who maps a frame, as rmap_each() has told it last
 * @n:   of @v; 0 of frame 0, which nobody maps
 */
struct mappers {
	u64 pfn;
	u32 n;
	struct {
		u64 gfn;
		u16 who;
		bool spt;
	} v[MAPPERS_KEPT];
};

/**
 * struct recall - what was asked last, of a world that only changes by tables_store(), tables_reset() and undo: tables_forget()
 */
struct recall {
	struct mappers mappers;
	struct way way[N_TABLES];
};

enum { N_TABLE_PAGES = (N_SLOTS / TABLE_PAGE_CELLS / 64 + 1) * 64 };

/**
 * struct tables - all
 * @link:  [N_SLOTS]
 * @page:  [N_SLOTS / TABLE_PAGE_CELLS]
 * @frame: [FRAME_HEADS] slots that name a frame, by tables_frame_head()
 * @block: [BLOCK_HEADS] slots that name a block
 * @bytes: of all of them, from @link on: address space, pages on touch
 * @seen:  a bit for each of @page that had entries or parents in this episode, also if that was undone
 */
struct tables {
	struct journal *journal;
	struct recall *recall;
	struct ptable table[N_TABLES];
	struct slot_link *link;
	struct table_page *page;
	u32 *frame, *block;
	size_t bytes;
	u64 seen[N_TABLE_PAGES / 64];
};

enum names_what { NAMES_NOTHING, NAMES_TABLE, NAMES_FRAME, NAMES_BLOCK };

/* What an entry names: @at: the first cell of a table page, or the (first) frame. */
struct names {
	u8 what;
	u64 at;
};

/* Ends the process with status 3 when there is no address space.  The tables' objects: tables_object(). */
void tables_init(struct tables *ts, struct journal *journal);
/* Table of object @o, which is an NPT or the SPT, and which holds zeros. */
void tables_object(struct tables *ts, const struct obj *o);
void tables_destroy(struct tables *ts);
/* Entries are as they were at some other time. */
void tables_forget(struct tables *ts);
/* Every slot is going to be 0; the objects are still as they were. */
void tables_reset(struct tables *ts);

/* The table of an object, or NULL: it is none. */
const struct ptable *tables_of(const struct tables *ts, lk_t lk);
/* The table of a slot, and its cell there. */
const struct ptable *tables_of_slot(const struct tables *ts, u32 slot, u64 *cell);

/* The level of a field; n_levels: it is no pool. */
u32 table_level(const struct ptable *t, u32 field);
struct names table_names(const struct ptable *t, u32 level, u64 entry);
u64 table_entry(const struct ptable *t, u64 cell);
/* What the gfn whose walk ends at this entry maps to; @entry names no table. */
struct maplet table_leaf(const struct ptable *t, u32 level, u64 entry, u64 gfn);
/* The entry at which the walk of a gfn ends: its level and cell; false: the table has no such gfn. */
bool table_walk_entry(const struct ptable *t, u32 bank, u64 gfn, u32 *level_out, u64 *cell_out);
/* From the root of bank @bank (SPT; else 0). */
struct maplet table_walk(const struct ptable *t, u32 bank, u64 gfn);
/* Entries of the page that begins with cell @cell which are not 0. */
u32 table_used(const struct tables *ts, const struct ptable *t, u64 cell);

/* For each slot that names the table page at address @page: its address. */
void tables_each_parent(const struct tables *ts, const struct ptable *t, u64 page,
                        void (*fn)(void *arg, u64 slot), void *arg);

/* For each table page that has entries or parents, but for those of the roots: its address. */
void tables_each_page(const struct tables *ts, const struct ptable *t,
                      void (*fn)(void *arg, u64 page), void *arg);

/* Slot @cell of @level is about to change: lists and counts. */
void tables_store(struct tables *ts, const struct ptable *t, u32 level, u64 cell, u64 old, u64 new);

/**
 * struct gfns - who is to be told of gfns
 * @fn:    @who: vmid, or the bank; @gfn: the first one that the slot is for
 * @steps: entries that may still be looked at; none is looked at when it is 0
 */
struct gfns {
	void (*fn)(struct gfns *g, u16 who, u64 gfn);
	u64 steps;
};

/* For each way from a root to slot @cell of @level: none, if its table page is not linked. */
void tables_gfns(const struct tables *ts, const struct ptable *t, u32 level, u64 cell,
                 struct gfns *g);

/* Each leaf that maps something from a root, in the order of gfns; @n: 512 of a block. */
void tables_each_leaf(const struct tables *ts, const struct ptable *t, u32 bank,
                      void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg);

static inline u32 *tables_frame_head(const struct tables *ts, u64 pfn)
{
	return &ts->frame[pfn % FRAME_HEADS];
}

/* Of blocks whose first frame is in this group of 512 frames. */
static inline u32 *tables_block_head(const struct tables *ts, u64 group)
{
	return &ts->block[group % BLOCK_HEADS];
}

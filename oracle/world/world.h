/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the log says the machine is: the contents of every object, rebuilt from its beginning (the configuration) and the pushes
 * alone.  It knows no check and shares nothing with the machine but the object types and the log's words.
 *
 * An object of which the log contradicts itself, or does not say all, is doubted until the episode ends.
 *
 * With WORLD_INDEX it also says what each push changes above cells, who maps a frame, and what tables map.  All that it holds can
 * be undone to any earlier point of the episode (world_keep()).
 */
#include "oracle/world/change.h"
#include "oracle/world/writers.h"
#include "shmem/obj/obj.h"
#include "sim/log/config.h"

struct world;

/* Why an object's contents are not those of the log: bits. */
enum world_doubt {
	DOUBT_WRONG = 1, /* a difference, or a digest, does not fit */
	DOUBT_HOLE = 2,  /* a killed CPU changed it and nothing says how */
	DOUBT_TANGLED =
		4, /* tables so full of pages with many parents that not all changes were found; its contents are right */
	DOUBT_UNSEEN = 8, /* its log is high-level: what it says is not applied */
	DOUBT_CONTENTS = DOUBT_WRONG | DOUBT_HOLE,
};

/* What a world keeps beside the contents. */
enum world_keeps { WORLD_CONTENTS, WORLD_INDEX };

/* What a difference is. */
enum world_row {
	WORLD_OK,
	WORLD_RANGE, /* of a field or an index that the object does not have: it was not applied */
	WORLD_OLD, /* its old value is not what the log says; it was applied, and the object is doubted */
};

/**
 * struct world_cell - where a difference is wrong
 * @index, @value: of WORLD_OLD: the cell's index, and what it held
 */
struct world_cell {
	u64 index, value;
};

/*
 * As a machine of @config begins; what is needed of it is copied.  Objects take memory when they first occur.  Ends the process
 * with status 3 when the host has no memory.
 */
struct world *world_new(const struct log_config *config, enum world_keeps keeps);
void world_free(struct world *w);
/* An episode begins: all is as at the start. */
void world_reset(struct world *w);
/* Behind world_reset(), for who asks world_writer(): the index of the episode's first event among all. */
void world_begins_at(struct world *w, u64 at);

/* The contents of object @lk, which may have pages (obj_settle()). */
struct obj *world_obj(struct world *w, lk_t lk);

/* The object is doubted from now on. */
void world_doubt(struct world *w, lk_t lk, enum world_doubt why);
/* enum world_doubt, bits; 0: the object's contents are those of the log. */
u32 world_doubts(const struct world *w, lk_t lk);

/* Are the contents of these objects (bits) those of the log, and all of their changes known? */
bool world_trusts(const struct world *w, u64 locks);
/* Objects (bits) that have a doubt. */
u64 world_doubted(const struct world *w);

/* A push begins: nothing is changed yet. */
void world_begin(struct world *w);
/* Apply one difference of a push of @lk.  On anything but WORLD_OK the object is doubted. */
enum world_row world_apply(struct world *w, lk_t lk, const struct diff *d, struct world_cell *out);
/*
 * What the differences since world_begin() change, with WORLD_INDEX: by kind, object, who, field and place, one a place and none for
 * what is as before.  Valid until the next of these calls.
 */
const struct change *world_changes(struct world *w, u32 *n);

/**
 * struct cell_at - a cell: of object @lk, its field and index
 */
struct cell_at {
	u8 lk;
	u16 field;
	u64 index;
};

/*
 * The cells of the [@n] differences @d of object @lk were written by @word (writer_word()).  Said behind world_apply(), which gave
 * WORLD_OK or WORLD_OLD for each, when those who are told of the push have been told: who wrote what was there before is known until then.
 */
void world_wrote(struct world *w, lk_t lk, u32 n, const struct diff *d, u64 word);
/* Who wrote the cell last in this episode; 0: nobody. */
u64 world_writer(const struct world *w, struct cell_at p);

/* The entry at which the walk of a gfn ends; false: the table has no such gfn. */
bool world_npt_entry(const struct world *w, vmid_t vmid, u64 gfn, struct cell_at *out);
bool world_spt_entry(const struct world *w, u32 bank, u64 gfn, struct cell_at *out);
/* The field of a frame's record; false: the frame has none. */
bool world_page_place(const struct world *w, u64 pfn, u32 field, struct cell_at *out);

/*
 * What there is, with WORLD_INDEX.  Any number may be asked for; what the machine does not have reads as nothing is mapped, as
 * unmanaged, as 0.
 */
struct maplet world_npt(const struct world *w, vmid_t vmid, u64 gfn);
struct maplet world_spt(const struct world *w, u32 bank, u64 gfn);
struct page world_page(const struct world *w, u64 pfn);
u64 world_value(const struct world *w, lk_t lk, u32 field, u64 index);
/* The cells of object @lk, for who reads many that the object has: obj_value(). */
const struct obj *world_values(const struct world *w, lk_t lk);

/* Page records from number @index on, as they lie.  False: some long range of the log has not become cells. */
struct page_cells {
	const u64 *owner, *count, *gfn;
};
bool world_page_cells(const struct world *w, u64 index, struct page_cells *out);
/* Each leaf that maps something, in the order of gfns; a block is one, of @n = 512 gfns. */
void world_each_leaf(const struct world *w, vmid_t vmid,
                     void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg);
void world_each_spt_leaf(const struct world *w, u32 bank,
                         void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg);
/* Who maps frame @pfn: vmid, or with @spt smmu_id(index, cbndx); in no order that means anything. */
void world_each_mapper(const struct world *w, u64 pfn,
                       void (*fn)(void *arg, u16 who, u64 gfn, bool spt), void *arg);
bool world_is_mapped(const struct world *w, u64 pfn);

/*
 * The table page of object @lk, an NPT or the SPT, at address @page, which is one of its pools': its entries that are not 0, and for
 * each entry that names it (of the level above) the address of that entry.
 */
u32 world_table_used(const struct world *w, lk_t lk, u64 page);
void world_each_parent(const struct world *w, lk_t lk, u64 page, void (*fn)(void *arg, u64 slot),
                       void *arg);

/* For each table page of the object that has entries or is named by one, but for the roots: its address. */
void world_each_table_page(const struct world *w, lk_t lk, void (*fn)(void *arg, u64 page),
                           void *arg);

/* What is fixed: memory regions, and which side of each slip of the published files the machine follows. */
const struct fixed *world_fixed(const struct world *w);
const struct errata *world_errata(const struct world *w);

/* Where somebody who keeps more says what is to be undone with the world: JOURNAL(). */
struct journal *world_journal(struct world *w);

/*
 * From now on what changes can be undone, until the episode ends or @on is false.  world_mark() is this point of
 * the episode, world_undo() makes all as it was there: contents, doubts, lists and their order.
 */
void world_keep(struct world *w, bool on);
u32 world_mark(struct world *w);
void world_undo(struct world *w, u32 mark);

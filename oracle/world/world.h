/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the log says the machine is: the contents of every object, rebuilt from its beginning (the configuration) and the pushes
 * alone.  It knows no check and shares nothing with the machine but the object types and the log's words.
 *
 * An object of which the log contradicts itself, or does not say all, is doubted until the episode ends.
 */
#include "shmem/obj/obj.h"
#include "sim/log/config.h"

struct world;

/* Why an object's contents are not those of the log: bits. */
enum world_doubt {
	DOUBT_WRONG = 1, /* a difference, or a digest, does not fit */
	DOUBT_HOLE = 2,  /* a killed CPU changed it and nothing says how */
};

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
struct world *world_new(const struct log_config *config);
void world_free(struct world *w);
/* An episode begins: all is as at the start. */
void world_reset(struct world *w);

/* The contents of object @lk, which may have pages (obj_settle()). */
struct obj *world_obj(struct world *w, lk_t lk);

/* The object is doubted from now on. */
void world_doubt(struct world *w, lk_t lk, enum world_doubt why);
/* enum world_doubt, bits; 0: the object's contents are those of the log. */
u32 world_doubts(const struct world *w, lk_t lk);

/* Apply one difference of a push of @lk.  On anything but WORLD_OK the object is doubted. */
enum world_row world_apply(struct world *w, lk_t lk, const struct diff *d, struct world_cell *out);

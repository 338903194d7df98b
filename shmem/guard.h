/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How a primitive gets at the cells of a locked object: one guard, one way to write.  For shmem/ only. */
#include "cpu/point.h"
#include "shmem/shared_types.h"
#include "sim/log/write/writer.h"

/*
 * The object @id, pulled by this CPU, with BarrierValid (which the source's weaker forms do not ask for: c->weak).
 * Stuck: STUCK_NOT_PULLED, STUCK_BARRIER
 */
static inline struct obj *guarded(struct cpu *c, lk_t id, const char *prim, u32 n, const u64 *args)
{
	if (unlikely(c->lock[id] != LOCK_OWN_PULLED))
		stuck_args(c, STUCK_NOT_PULLED, prim, n, args);
	if (unlikely(!BARS_ARE(c, BARRIER_VALID)) && !c->weak)
		stuck_args(c, STUCK_BARRIER, prim, n, args);
	return &c->shared->obj[id];
}

/* Its arguments stand behind the object's number. */
#define GUARDED(c, id, ...)                                                          \
	guarded(c, id, __func__, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), \
	        (const u64[]){ __VA_ARGS__ })

/* Read one cell of a guarded object.  @index is in range. */
static inline u64 cell_read(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	if (unlikely(c->points))
		point_read(c, o, field, index);
	return obj_get(o, field, index);
}

/*
 * Write one cell of a guarded object; the difference goes to the log, with the next push.  @index is in range.
 * The store is volatile: an MMU walk may read the cell at any moment, and must find the old or the new value.
 */
static inline void cell_write(struct cpu *c, struct obj *o, u32 field, u64 index, u64 value)
{
	u64 *at = obj_cell(o, field, index), old;

	/* Other CPUs may run there before the cell is looked at. */
	if (unlikely(c->control))
		c->control->note(c, o, field, (u64)(at - o->cell) - o->span[field].cell0, 1);
	old = *at;
	if (value == old)
		return;
	c->effects++;
	c->n_diffs[o->id]++;
	o->digest += obj_hash(field, index, value) - obj_hash(field, index, old);
	*(volatile u64 *)at = value;
	if (log_on(c->log))
		log_diff(c->log, o->id, field,
		         (u64)(at - o->cell) - obj_field(o->kind, field)->cell0, 1, value - old);
}

/* Is H_CalLock of the log, which a scripted environment keeps, Some? */
static inline bool high_ok(struct cpu *c, lk_t lk)
{
	struct env_state s;

	return c->env->fold(c, lk, FOLD_HIGH, &s);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Points between the steps of a CPU (cpu/point.def): there a CPU may be delayed (cpu/perturb.h), or be held by whoever controls
 * the machine's schedule.  A point changes nothing of the machine, writes no event and orders nothing.
 *
 * Where neither is so, a point is one branch on a byte of the CPU's first cache line.  Those behind a ticket and around
 * HOLD_LOCK and INC_NOW lie on the longer way of a lock (cpu.longer), which a waiter goes anyway; those of pulls, pushes, flat
 * memory, walks, values from outside and translations on the common way.
 */
#include "cpu/cpu.h"

struct obj;

enum point_kind {
#define POINT(id, word, sentence) POINT_##id,
#include "cpu/point.def"
	POINT_NR
};

/* cpu.points: at each point c->control is told.  More than 100, which is a percentage of delays. */
enum { POINTS_CONTROLLED = 255 };

/**
 * struct control_ops - who is told what a CPU does, and may hold it (c->control, c->control_arg)
 * @point: at a point, if c->points is POINTS_CONTROLLED; @object as point.def says.  May run other CPUs before it returns
 * @await: instead of spinning or sleeping: returns when @ticket of lock @lk is served, or the CPU shall leave (cpu_look()).
 *         NULL: the CPU waits by itself
 * @note:  cells [@first, @first + @n) of @field of @o (numbers of cells within the field) are about to change.  Never NULL
 * @read:  cell number @index (as obj_cell() takes it) of @field of @o is about to be read under its lock; if c->points is
 *         POINTS_CONTROLLED.  NULL: nobody asks
 * @look:  the same of a cell that is read without its lock, or of a frame
 * @slots: slots @first..@first + @n - 1 of CPU @owner's translation buffer are about to be looked at, or, with @change, filled or
 *         emptied: one, or all; if c->points is POINTS_CONTROLLED.  NULL: nobody asks
 * @at_work: what @c does next depends on whether somebody is at work on the object of lock @lk; if c->points is
 *         POINTS_CONTROLLED.  NULL: nobody asks
 * @note_ctxt: the saved context of number @id (ctxt_id()), or what the log has said of it, is about to change.  NULL: nobody
 *             asks
 * @ctxt:  the saved context of number @id is about to be read, or, with @write, changed; if c->points is POINTS_CONTROLLED.  May run
 *         other CPUs before it returns.  NULL: nobody asks
 * @enter: the core is entered: the CPU's registers are those with which it was called.  NULL: nobody asks
 */
struct control_ops {
	void (*point)(struct cpu *c, enum point_kind kind, u32 object);
	void (*await)(struct cpu *c, lk_t lk, u32 ticket);
	void (*note)(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n);
	void (*read)(struct cpu *c, const struct obj *o, u32 field, u64 index);
	void (*look)(struct cpu *c, const struct obj *o, u32 field, u64 index);
	void (*slots)(struct cpu *c, u32 owner, u64 first, u64 n, bool change);
	void (*at_work)(struct cpu *c, lk_t lk);
	void (*note_ctxt)(struct cpu *c, u32 id);
	void (*ctxt)(struct cpu *c, u32 id, bool write);
	void (*enter)(struct cpu *c, enum core_entry entry);
};

/* The CPU is at a point, and is perturbed or controlled. */
__attribute__((cold, noinline)) void point_reached(struct cpu *c, enum point_kind kind, u32 object);

static inline void point(struct cpu *c, enum point_kind kind, u32 object)
{
	if (unlikely(c->points))
		point_reached(c, kind, object);
}

/* control_ops.note_ctxt */
static inline void point_ctxt(struct cpu *c, u32 id)
{
	if (unlikely(c->control) && c->control->note_ctxt)
		c->control->note_ctxt(c, id);
}

/* control_ops.enter */
static inline void point_enter(struct cpu *c, enum core_entry entry)
{
	if (unlikely(c->control) && c->control->enter)
		c->control->enter(c, entry);
}

/* The CPU is perturbed or controlled.  A cell is about to be read under its lock; without its lock: the point, and which. */
__attribute__((cold, noinline)) void point_read(struct cpu *c, const struct obj *o, u32 field,
                                                u64 index);
__attribute__((cold, noinline)) void point_look(struct cpu *c, const struct obj *o, u32 field,
                                                u64 index);

/* The CPU is perturbed or controlled: control_ops.slots, and control_ops.at_work. */
__attribute__((cold, noinline)) void point_slots(struct cpu *c, u32 owner, u64 first, u64 n,
                                                 bool change);
__attribute__((cold, noinline)) void point_at_work(struct cpu *c, lk_t lk);

/* The CPU is perturbed or controlled: control_ops.ctxt. */
__attribute__((cold, noinline)) void point_uses(struct cpu *c, u32 id, bool write);

static inline void point_use_ctxt(struct cpu *c, u32 id, bool write)
{
	if (unlikely(c->points))
		point_uses(c, id, write);
}

/* Does somebody else decide when the CPU goes on?  Then it neither spins nor sleeps. */
static inline bool point_awaits(const struct cpu *c)
{
	return unlikely(c->control) && c->control->await;
}

/* "ticket"; and what it means. */
const char *point_word(enum point_kind kind);
const char *point_sentence(enum point_kind kind);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where steps begin, by the dependence that the search goes by.
 *
 * DEPEND_TICKETS: at each ticket, step at flat memory, value from outside and halt; any two tickets of a lock are dependent.
 *
 * DEPEND_CELLS: two outermost sections of a lock, with what is nested in them, are dependent only if one writes a cell, frame or number
 * of a value that the other reads or writes.  Such a section is one step as long as it is a number of acquisitions, at most one other
 * thing that others can see, and releases (R* N L* of Lipton, CACM 18(12), 1975): then what it does can be moved together without
 * changing anything.  Behind a release or such a thing a step begins before the next one of them.  If a lock is held there it is
 * *long*, and its tickets are ordered as by DEPEND_TICKETS; so are locks that are nested in a circle, whose order decides a deadlock.
 * What only one CPU comes to is seen by nobody, but for an access of running code: it reads cells without their locks.
 *
 * A CPU that ends its program, or is stuck, with a lock has that lock for good: it is long, since its order decides who waits for ever.
 *
 * Which locks are long, and what more than one CPU comes to, is learned: whoever learns it begins the search again.
 *
 * Finer steps, by DEPEND_TICKETS only: with GRAIN_WORD each operation on a lock's word, and on flat memory's, is a step; with
 * GRAIN_CELL each write of a cell.
 *
 * Whatever the grain, what races without a lock becomes a point.  A read without a lock that is no access of running code or of
 * a device is one as soon as there is any of its object (known.looked); from then on its cells are noted.  As soon as one of them was read while nothing
 * orders the read behind another CPU's write (known.raced) each write of a cell of that object is one as well, and with
 * GRAIN_CELL each read.
 *
 * Saved contexts have no lock, and nobody asks who uses them, until CPUs race for one (sim/explore/contexts.h): from then on (known.contexts)
 * those of its VM are resources of the steps in which they are used.  That divides no step: what a CPU uses of them before its first one is
 * a step (POINT_CTXT).
 */
#include "cpu/point.h"
#include "sim/exec/scope.h"
#include "sim/explore/touch.h"

/**
 * struct grain_known - what is learned, and what it is learned for: with it a schedule of that search is executed again
 * @long_locks: bits
 * @data, @core: bits of VMs whose values more than one CPU takes
 * @frames:    more than one CPU comes to a frame
 * @looked, @raced: bits of objects, by their locks
 * @contexts: bits of VMs for whose saved contexts CPUs race
 */
struct grain_known {
	enum scope_depend depend;
	enum scope_grain grain;
	u64 long_locks, looked, raced;
	u32 data, core, contexts;
	bool frames;
};

/* The bits of all VMs. */
enum { GRAIN_VMS = (1 << N_VMID) - 1 };

bool grain_known_equal(const struct grain_known *a, const struct grain_known *b);

/**
 * struct grain
 * @accesses:  running code or devices access memory in the explored part, so that it matters when a section writes
 * @slots:     CPUs have translation buffers, and emptying one is a step
 * @again:     something was learned
 * @nests:     [lock] bits of those that were taken while it was held
 * @spent:     [cpu] what the CPU does next that others can see, or an acquisition, begins a step
 * @accessing: [cpu] its call is an access of running code
 */
struct grain {
	struct grain_known known;
	bool accesses, slots, again;
	u64 nests[LK_SPACE];
	bool spent[EXPLORE_CPUS], accessing[EXPLORE_CPUS];
};

/* Does running code, or a device, access memory in the explored part? */
bool grain_accesses(const struct scope *s);
/* An execution begins. */
void grain_begin(struct grain *g);
/* The CPU begins a call of @p, where @g->accesses. */
void grain_call(struct grain *g, u32 cpu, const struct prim *p);
/* The points that matter: a bit for each kind. */
u32 grain_points(const struct grain *g);
/* Does a step of @cpu, which holds the locks @held, begin at the point? */
bool grain_begins(struct grain *g, u32 cpu, u64 held, enum point_kind kind, u32 object);
/*
 * The same where a cell of the object of lock @lk is about to be read or written (POINT_READ, POINT_STORE), under its lock or
 * not; not within an access.
 */
bool grain_begins_cell(struct grain *g, u32 cpu, u64 held, enum point_kind kind, lk_t lk,
                       bool locked);
/* A cell of the object was read without the lock, and not by an access. */
void grain_looked(struct grain *g, lk_t lk);
/* Such a read, or one under the lock, is not ordered behind a write by another CPU. */
void grain_raced(struct grain *g, lk_t lk);
/* CPUs race for a saved context of the VM. */
void grain_raced_context(struct grain *g, u32 vmid);
/* The CPU has used a saved context of which grain_contexts() is so. */
void grain_used_context(struct grain *g, u32 cpu);
/* The CPU has passed a lock on. */
void grain_passed(struct grain *g, u32 cpu);
/* A CPU has ended its program, or is stuck, with the locks @held. */
void grain_keeps(struct grain *g, u64 held);
/* A resource was touched that another CPU touches as well. */
void grain_shared(struct grain *g, enum resource_kind kind, u64 id);

/* Are any two tickets of the lock dependent? */
static inline bool grain_orders(const struct grain *g, lk_t lk)
{
	return g->known.depend != DEPEND_CELLS || (g->known.long_locks >> lk & 1);
}

static inline bool grain_words(const struct grain *g)
{
	return (g->known.grain & GRAIN_WORD) == GRAIN_WORD;
}

static inline bool grain_each_cell(const struct grain *g)
{
	return (g->known.grain & GRAIN_CELL) == GRAIN_CELL;
}

/* Are saved contexts of the VM what steps touch? */
static inline bool grain_contexts(const struct grain *g, u32 vmid)
{
	return unlikely(g->known.contexts >> vmid & 1);
}

/* Are cells of the lock's object noted that sections read and write? */
static inline bool grain_cells(const struct grain *g, lk_t lk)
{
	return g->known.depend == DEPEND_CELLS || g->accesses || grain_each_cell(g) ||
	       (g->known.looked >> lk & 1);
}

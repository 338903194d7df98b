/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where each CPU is: the critical sections and the atomic operations of the hypervisor that it is in, and what each of them has
 * changed so far.  A section belongs to the operation that was the innermost one when it began (at OPULL); what is nested in an
 * operation has sections of its own.
 *
 * The lock point of an operation is its first own push (or change of flat memory), just before it is applied: nothing of the
 * operation is published then, and what it holds cannot change.
 */
#include "oracle/world/change.h"
#include "oracle/world/journal.h"
#include "sim/log/event.h"
#include "sim/log/op.h"

enum {
	TRAIL_DEPTH = 8, /* atomic operations in one another */
	TRAIL_ARGS = 5,
	TRAIL_STEPS = 24,       /* steps of an operation that are kept */
	TRAIL_DONE = 1 << 14,   /* changes of a CPU's open operations */
	TRAIL_NESTED = 1 << 15, /* operations that ended in the open ones of a CPU */
	STEP_PASS = 0x80,       /* of a step: the lock was passed; without: it was taken */
};

/**
 * struct op_nested - an operation that ended in another one
 * @op, @halted, @result: as its event says; @arg: as its mark
 */
struct op_nested {
	u32 op;
	u32 halted;
	u64 result, arg[TRAIL_ARGS];
};

/**
 * struct op_open - an atomic operation that has begun
 * @serial:   of its CPU's operations: which one it is
 * @n_arg, @arg: what its mark has; those left out are 0
 * @begin_at: index of the mark among all events
 * @result, @halted: of its event; before it 0
 * @pushed:   its lock point is over
 * @lost:     it has changed more than TRAIL_DONE, or more were nested in it than TRAIL_NESTED: @done, @nested do not say all
 * @late:     it pulled behind an own push: it has no lock point (bit lk of what it pulled)
 * @locks:    (bits) locks of its own sections that it has not passed
 * @taken:    (bits) locks of all its own sections so far
 * @n_steps, @step: own sections in order, lk when one begins, STEP_PASS | lk when its lock is passed; those beyond
 *            TRAIL_STEPS are counted only
 * @n_done, @done: what its own sections and its own changes of flat memory have changed, in order
 * @n_nested, @nested: operations that ended directly in it, in order
 */
struct op_open {
	u32 op, serial;
	u32 depth, n_arg;
	u64 begin_at, arg[TRAIL_ARGS];
	u64 result;
	u32 halted, pushed;
	u32 lost, n_steps;
	u64 late, locks, taken;
	u8 step[TRAIL_STEPS];
	u32 n_done, n_nested;
	const struct change *done;
	const struct op_nested *nested;
};

/**
 * struct section - a critical section, or a change of flat memory
 * @lk:       FLATMEM_ID: a change of flat memory; then both indices are its event's
 * @pull_at, @push_at: indices among all events; INVALID64: not yet
 * @op:       the operation that it belongs to, or NULL
 * @n, @change: what the push changes; only while the push is told, else 0
 */
struct section {
	cpu_t cpu;
	lk_t lk;
	u64 pull_at, push_at;
	const struct op_open *op;
	u32 n;
	const struct change *change;
};

struct trail;

/* Ends the process with status 3 when the host has no memory.  @journal: what changes here is undone with the world. */
struct trail *trail_new(struct journal *journal);
void trail_free(struct trail *t);
/* An episode begins: nobody is in anything. */
void trail_reset(struct trail *t);

/* OPULL of lock @lk; @at: its index among all events. */
void trail_pull(struct trail *t, cpu_t cpu, lk_t lk, u64 at);
/* A push of @lk (FLATMEM_ID: a change) is about to be applied: the operation whose lock point this is, or NULL. */
const struct op_open *trail_push_begins(struct trail *t, cpu_t cpu, lk_t lk);
/* It has been applied and changed [@n] @change, copied.  Valid until the next call: the section. */
const struct section *trail_push(struct trail *t, cpu_t cpu, lk_t lk, u64 at, u32 n,
                                 const struct change *change);
/* INC_NOW: the lock is passed.  As above; NULL: the CPU had no section of it. */
const struct section *trail_pass(struct trail *t, cpu_t cpu, lk_t lk);

/* MARK_OP; NULL: too deep, or no operation: the CPU's operations are not known until it is in none. */
const struct op_open *trail_op_begins(struct trail *t, const struct event *e, u64 at);
/* MARK_SEVENT: the operation with its result, or NULL: it is not the innermost one.  Then trail_op_over(). */
const struct op_open *trail_op_ends(struct trail *t, const struct event *e);
void trail_op_over(struct trail *t, cpu_t cpu);
/* The CPU was stuck or stopped: its operations have no events.  Its sections stay. */
void trail_leaves(struct trail *t, cpu_t cpu);

/* Locks (bits) that some CPU is inside, from OPULL to INC_NOW. */
u64 trail_held(const struct trail *t);
/* Those of one CPU. */
u64 trail_held_by(const struct trail *t, cpu_t cpu);
/* The innermost operation of the CPU, or NULL. */
const struct op_open *trail_op(const struct trail *t, cpu_t cpu);

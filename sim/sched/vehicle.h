/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What simulated CPUs run on when one at a time does, and each step says which: n bodies, numbered from 0, and home, number n,
 * which is the thread that makes the vehicle.  There is no scheduler between them: who runs decides who is next, and switches
 * there directly.  Code and order of switches being the same, every kind gives the same behaviour.
 *
 * To ThreadSanitizer bodies on fibers are threads that nothing orders: a switch is no edge, so that data races between them
 * show, wherever the switches lie.  Ordered are only home before vehicle_begin() and the body that it begins, and a body that
 * has ended and home, when it runs again.  Therefore code that bodies run to decide who is next, and whose memory they share
 * without being simulated, must not be instrumented (hypsim_unseen() of cmake/nodes.cmake); what it calls that is instrumented
 * all the same, as the C library's memcpy() and free() are, stands between vehicle_unseen_begin() and _end().  Threads give the
 * baton to each other with release and acquire, which orders all.
 *
 * A body owns a stack of VEHICLE_STACK bytes on fibers, of the size that the host gives to threads otherwise; below each is a
 * guard.  It may leave its own frames by siglongjmp().  Signals, and what else belongs to the thread, are of home's thread on
 * fibers.
 */
#include "sim/base/err.h"
#include "sim/base/types.h"
#include "sim/sched/stack.h"

enum vehicle_kind {
	VEHICLE_FIBER, /* stacks of one thread: a switch exchanges the registers that a call keeps */
	VEHICLE_UCONTEXT, /* the same by swapcontext(): what VEHICLE_FIBER is on a processor that it does not know */
	VEHICLE_PTHREAD, /* a thread each, of which one has the baton; they and home stay on one core */
	VEHICLE_NR
};

struct vehicle;

/**
 * vehicle_new() - make a vehicle; the calling thread is home, and runs
 * @out:  set only if it succeeds; vehicle_free() by home
 * @n:    bodies, at least 1
 * @body: body(@arg, i) is the body number i, 0..@n-1; returns the number to switch to when it has ended, 0..@n and not i
 *
 * Returns 0 or a negative error: ERR_MEMORY, ERR_THREAD.
 */
MUST_CHECK int vehicle_new(struct vehicle **out, enum vehicle_kind kind, u32 n,
                           u32 (*body)(void *arg, u32 i), void *arg, struct err *e);

/* Called by home; each body has ended, or was never switched to since it began.  NULL: nothing. */
void vehicle_free(struct vehicle *v);

/* Called by home: body @i, which has ended or never run, begins from its beginning when it is switched to next. */
void vehicle_begin(struct vehicle *v, u32 i);

/*
 * Called by @from, who runs: @to goes on, home or a body that has begun and has not ended; returns when somebody switches back
 * to @from.  Nothing happens if they are the same.
 */
void vehicle_switch(struct vehicle *v, u32 from, u32 to);

/* Who runs: 0..n. */
u32 vehicle_running(const struct vehicle *v);

/* "fiber", "ucontext", "pthread". */
const char *vehicle_name(enum vehicle_kind kind);

/* The kind of this name; VEHICLE_NR if there is none. */
enum vehicle_kind vehicle_by_name(const char *name);

/*
 * What the caller reads and writes in between is not simulated: ThreadSanitizer does not look at it.  Neither a switch nor a
 * jump out may stand in between.
 */
#if HYPSIM_TSAN
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
#endif

static inline void vehicle_unseen_begin(void)
{
#if HYPSIM_TSAN
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
}

static inline void vehicle_unseen_end(void)
{
#if HYPSIM_TSAN
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
#endif
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One execution after the other of a scope's explored part: the CPUs are bodies of a vehicle, and a strategy decides whose step comes
 * next.
 *
 * A step begins at a point (cpu/point.h) where something is about to be done that others can see, and goes on to the CPU's next such
 * point, to a wait, or to the end of its program.  A ticket can always be taken, so no step blocks; who waits goes on when it is
 * served, before another step is chosen.  What lies between is not divided further: it touches nothing that is not the CPU's own, or
 * guarded by a lock that it holds.
 */
#include "sim/base/err.h"
#include "sim/explore/engine_result.h"
#include "sim/explore/grain.h"
#include "sim/explore/strategy.h"

struct engine;
struct grain;
struct touches;

/*
 * @setup stays the caller's, and nobody else uses its machine.  Errors: ERR_USAGE (a finer grain by DEPEND_CELLS), ERR_MEMORY, ERR_HOST,
 * ERR_THREAD.
 */
MUST_CHECK int engine_new(struct engine **out, struct setup *setup, const struct engine_opts *o,
                          struct err *e);
void engine_free(struct engine *e);

/*
 * The next execution of @s.  False: there is none.  Of EXECUTION_BLOCKED and EXECUTION_AGAIN nothing is judged and there is no result.  The
 * machine is as it was at the end until engine_undo(), which must come before the next one.
 */
bool engine_run(struct engine *e, const struct strategy *s);
void engine_undo(struct engine *e);
/* The next execution has nothing in common with the last one: it is another strategy's, or the programs are others. */
void engine_restart(struct engine *e);
/* The programs of the setup's scope are others, behind the same start.  No execution runs. */
void engine_programs(struct engine *e);
/* Of the saved contexts that have changed in the execution: a hash of what and how; 0: none has.  Before engine_undo(). */
u64 engine_contexts(const struct engine *e);

/*
 * engine_opts.depend and grain as the scope says them, where nobody else does; of engine_opts.checks those that the scope is judged by, without
 * those that are not judged by its dependence.  ERR_TEXT with the place: the scope names a check that there is not.
 */
MUST_CHECK int engine_opts_settle(struct engine_opts *o, const struct scope *scope, struct err *e);
/* Where steps begin, as the executions so far have shown; and, before one: as others have shown. */
struct grain_known engine_known(const struct engine *e);
void engine_know(struct engine *e, const struct grain_known *k);
/* The next execution is judged whole, as one in a thousand is: all invariants at its end, and memory itself against the log. */
void engine_next_whole(struct engine *e);
/* engine_opts.once */
bool engine_once(const struct engine *e);
const struct scope *engine_scope(const struct engine *e);
const struct setup *engine_setup(const struct engine *e);
const struct execution *engine_execution(const struct engine *e);
const struct engine_result *engine_result(const struct engine *e);
/*
 * What step number @k of the execution that has ended has written, *@n events in their order; NULL: nobody judges.  Valid until the next
 * execution.
 */
const struct event *engine_events(const struct engine *e, u32 k, u32 *n);
struct checker *engine_checker(const struct engine *e);
/* By which its steps name what they touch. */
struct touches *engine_touches(struct engine *e);

/* Where its steps begin, as far as that was learned; and what another engine of the same scope had learned, before the first execution. */
const struct grain *engine_grain(const struct engine *e);
void engine_learned(struct engine *e, const struct grain *g);

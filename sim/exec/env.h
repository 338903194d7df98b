/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scripted environment: it keeps the log of each lock, answers query points with the next batch of the others'
 * events, computes the folds that primitives ask for, and can undo a call that was stuck.  [RData.log, oracle]
 */
#include "sim/exec/env_types.h"
#include "sim/log/op.h"

/* The environment of all CPUs of @m, whose log is off.  Ends the process with status 3 when the host has no memory. */
struct env *env_new(struct machine *m, bool whole);
void env_free(struct env *e);
/* The machine was reset, or its words were set: logs empty, batches gone. */
void env_reset(struct env *e);

/* @p is the environment's from now on.  Returns @p. */
struct payload *env_own(struct env *e, struct payload *p);

/* One more event of lock @lk's log, as it was before the script began; the lock's word keeps in step. */
void env_log_start(struct env *e, lk_t lk, const struct env_event *ev);
/* The environment's next answer on log @lk; @batch is taken over. */
void env_answer(struct env *e, lk_t lk, struct env_events *batch);
/* Answers that were not asked for yet. */
u32 env_answers_left(const struct env *e, lk_t lk);

/* Contents that a script sets: they are there, and no push says so. */
void env_set(struct env *e, lk_t id, const struct payload *p);

/*
 * Around a call: what it did can be undone as a whole.  All of the machine is restored but the CPU's stuck report.
 */
void env_begin(struct env *e, struct cpu *c);
void env_undo(struct env *e, struct cpu *c);
void env_commit(struct env *e);

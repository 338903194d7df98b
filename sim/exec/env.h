/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scripted environment: it keeps the log of each lock, answers query points with the next batch of the others'
 * events, computes the folds that primitives ask for, and can undo a call that was stuck.  [RData.log, oracle]
 */
#include "cpu/env.h"
#include "sim/base/vec.h"
#include "sim/exec/payload.h"
#include "sim/log/op.h"
#include "sim/machine/machine.h"

/**
 * struct env_event - one event of a lock's log
 * @payload: of a push; owned by the environment
 * @applied: the object in memory holds what it says
 */
struct env_event {
	u8 kind, cpu;
	bool applied;
	u32 arg;
	struct payload *payload;
};

/* [n] oldest first */
struct env_events {
	struct env_event *v;
	u32 n, cap;
};

/**
 * struct env_log
 * @ev:    [n] oldest first
 * @batch: [n] what the environment answers, query by query; @next: the next one
 * @fresh: where the last query's answer begins in @ev
 */
struct env_log {
	struct env_events ev;
	VEC(struct env_events) batch;
	u32 next;
	u32 fresh;
};

/**
 * struct env_op - an atomic operation of the hypervisor that was done: slog
 */
struct env_op {
	u8 cpu, n;
	u16 op;
	u64 args[5];
};

struct env_undo;

/**
 * struct env - of one machine
 * @whole: pushes carry the whole contents (as recorded vectors have them), not differences
 * @slog:  [n] oldest first
 * @payloads: all that were made or taken over; freed with the next reset
 */
struct env {
	struct machine *m;
	bool whole;
	struct env_log log[LK_SPACE];
	struct payload_contents contents;
	VEC(struct env_op) slog;
	VEC(struct payload *) payloads;
	struct env_undo *undo;
};

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

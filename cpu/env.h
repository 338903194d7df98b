/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The environment of a CPU: what the other CPUs do.  In a run it is the other threads and c->env is NULL.  A script's
 * environment (and that of recorded vectors) sets c->env: it keeps the logs, answers at query points, and computes the
 * folds that the source evaluates inside a primitive.  The primitives are the same code in both.
 */
#include "sim/base/types.h"

struct cpu;
struct shared_event;

/* What acquire_lock_* and release_lock_* are made of.  [LockOps, LockOpsQ, LockOpsH, Locks] */
enum env_level {
	ENV_HIGH,   /* the upper specifications: WAIT_LOCK and OPULL in one step */
	ENV_TICKET, /* incr_ticket, get_now until served, log_hold, barrier; acquire_shared */
};

/* A published fold over a whole log. */
enum env_fold {
	FOLD_TICKET, /* CalTicketLock */
	FOLD_WRAP,   /* CalTicketLockWraparound */
	FOLD_QUEUE,  /* Q_CalLock */
	FOLD_HIGH, /* H_CalLock: of the log, or (erratum ticket-log intended) of a ticket-level log's relate_log */
};

/**
 * struct env_state - what a fold that is Some says
 * @t, @n:      tickets and now (FOLD_TICKET, FOLD_WRAP)
 * @wait_time:  CalWaitTime of the bounds in the queue (all but FOLD_HIGH)
 * @head:       the CPU at the head of the queue, MAX_CPU: the queue is empty (FOLD_QUEUE)
 */
struct env_state {
	u64 t, n;
	u64 wait_time;
	cpu_t head;
};

/* No object's number. */
enum { ENV_NO_OBJ = 0xffffffff };

/* Lock numbers that a scripted environment knows: the published text puts no limit on them. */
enum { LK_SPACE = 64 };

/**
 * struct env_ops
 * @query:  a query point on log @lk: the others' next events are appended, their steps applied to the lock's word
 * @append: this CPU's event of @kind with bound or id @arg
 * @push:   this CPU's push @e (shmem/shared.h)
 * @pull:   make object @lk what the log says: CalState of the whole log, or (@fresh) of the last query's events alone
 * @fold:   fold log @lk; false: None
 * @op:     an atomic operation of the hypervisor (sim/log/op.def) begins
 */
struct env_ops {
	void (*query)(struct cpu *c, lk_t lk);
	void (*append)(struct cpu *c, lk_t lk, u32 kind, u32 arg);
	void (*push)(struct cpu *c, lk_t lk, const struct shared_event *e);
	void (*pull)(struct cpu *c, lk_t lk, bool fresh);
	bool (*fold)(struct cpu *c, lk_t lk, enum env_fold fold, struct env_state *out);
	void (*op)(struct cpu *c, u32 op, u32 n, const u64 *args);
};

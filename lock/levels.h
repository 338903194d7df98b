/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The lock layers, each as its specification says it, over a scripted environment (c->env is not NULL).  They differ in
 * the fold that must be Some, in what they ask of lock[lk], and in the events that they append.  Each queries the
 * environment at its ticket and at each look.  All: Stuck: STUCK_RANGE and as said.
 */
#include "lock/ticket.h"

/*
 * wait_lock and pass_lock as they run: incr_ticket, get_now until served, log_hold, barrier; barrier, incr_now.
 * Stuck: STUCK_LOCK_TAKEN, STUCK_LOCK_NOT_OWN, STUCK_BARRIER, STUCK_TICKETS, STUCK_LOG_TICKET, STUCK_WAIT_TIME
 */
void wait_lock_steps(struct cpu *c, lk_t lk);
void pass_lock_steps(struct cpu *c, lk_t lk);

/*
 * CalTicketLock, without wraparound; looks neither at lock[lk] nor at bars.
 * Source: LockOpsSpec, wait_lock_spec, pass_lock_spec.  Stuck: STUCK_LOG_TICKET, STUCK_TICKETS, STUCK_WAIT_TIME
 */
void wait_lock_spec(struct cpu *c, lk_t lk);
void pass_lock_spec(struct cpu *c, lk_t lk);

/*
 * CalTicketLockWraparound; BarrierValid, which stays.
 * Source: LockOpsSpec, wait_lock_spec_wraparound, pass_lock_spec0.  Stuck: as wait_lock_spec(); STUCK_BARRIER
 */
void wait_lock_spec_wraparound(struct cpu *c, lk_t lk);
void pass_lock_spec0(struct cpu *c, lk_t lk);

/*
 * Q_CalLock; lock[lk].
 * Source: LockOpsQSpec, wait_qlock_spec, pass_qlock_spec.
 * Stuck: STUCK_LOCK_TAKEN, STUCK_LOCK_NOT_OWN, STUCK_LOG_QUEUE, STUCK_WAIT_TIME
 */
void wait_qlock(struct cpu *c, lk_t lk);
void pass_qlock(struct cpu *c, lk_t lk);

/*
 * H_CalLock: WAIT_LOCK and REL_LOCK; lock[lk].
 * Source: LockOpsHSpec, wait_hlock_spec, pass_hlock_spec.
 * Stuck: STUCK_LOCK_TAKEN, STUCK_LOCK_NOT_OWN, STUCK_LOG_HIGH
 */
void wait_hlock(struct cpu *c, lk_t lk);
void pass_hlock(struct cpu *c, lk_t lk);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "lock/ticket.h"

/**
 * wait_lock() - take a lock: incr_ticket, get_now until served, log_hold, barrier
 * @lk: CORE_ID..ID_END-1 (flat memory has no lock)
 *
 * Source: LockOpsQ, wait_qlock; LockOps, wait_lock
 * Locks:  lk; the caller respects the lock order
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN; STUCK_BARRIER; STUCK_TICKETS (the ticket is taken and stays taken: the machine
 *         is wrong)
 */
void wait_lock(struct cpu *c, lk_t lk);

/**
 * pass_lock() - give a lock up: barrier, incr_now
 *
 * Source: LockOpsQ, pass_qlock; LockOps, pass_lock
 * Stuck:  STUCK_RANGE; STUCK_LOCK_NOT_OWN (not taken, or its object is pulled); STUCK_BARRIER
 */
void pass_lock(struct cpu *c, lk_t lk);

/* Wake every sleeper: after halt or stop was set; repeat until the CPUs have left. */
void locks_wake_all(struct locks *l);

/*
 * The same where nothing is believed of slots and sleepers: a machine whose tickets are broken ends as well.  Some thousand
 * system calls.
 */
void locks_rouse_all(struct locks *l);

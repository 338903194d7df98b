/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The primitives of the ticket level.  [AbstractMachineSpec]
 *
 * enter = incr_ticket, get_now until served, log_hold, barrier; leave = barrier, incr_now.  wait_lock and pass_lock
 * (lock/wait.h) are these sequences.
 */
#include "cpu/cpu.h"
#include "lock/locks.h"

/* Every word at (@ticket, @now), nobody waiting. */
void locks_init(struct locks *l, const struct wait_policy *policy, u32 ticket, u32 now);

/* The same for the next episode: what is known of the host stays. */
void locks_reset(struct locks *l, u32 ticket, u32 now);

/**
 * incr_ticket() - take the next ticket
 * @bound: what the CPU promises on its shared events while it holds the lock
 *
 * Returns the ticket.
 * Source: AbstractMachineSpec, incr_ticket_spec.  Erratum ticket-halt
 * Stuck:  STUCK_RANGE (no lock has this number), STUCK_BARRIER, STUCK_LOG_TICKET (a script's log)
 */
u32 incr_ticket(struct cpu *c, u32 bound, lk_t lk);

/**
 * get_now() - read the now-serving number
 *
 * Source: AbstractMachineSpec, get_now_spec.  Erratum ticket-halt
 * Stuck:  STUCK_RANGE, STUCK_BARRIER, STUCK_LOG_TICKET (a script's log)
 */
u32 get_now(struct cpu *c, lk_t lk);

/**
 * log_hold() - enter, having seen one's ticket served
 *
 * Source: AbstractMachineSpec, log_hold_spec
 * Stuck:  STUCK_RANGE, STUCK_BARRIER
 */
void log_hold(struct cpu *c, lk_t lk);

/**
 * incr_now() - pass the lock on
 *
 * Source: AbstractMachineSpec, incr_now_spec
 * Stuck:  STUCK_RANGE, STUCK_BARRIER (not Barriered)
 */
void incr_now(struct cpu *c, lk_t lk);

/**
 * barrier() - a full barrier, named by the protocol: BarrierNeeded -> BarrierValid, BarrierValid -> Barriered
 *
 * Source: AbstractMachineSpec, barrier_spec
 * Stuck:  STUCK_BARRIER (Barriered)
 */
void barrier(struct cpu *c);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Flat memory's word, number 0.  Flat memory has no lock in the machine: a primitive that changes it is one atomic step.
 * The word makes it one.  It is taken for the change and its event, or for one access of running code (sim/hyp/user.h), by a
 * CPU that may hold any locks or none; it has no ticket events, no barriers and no entry in lock[].
 *
 * It orders flat memory and nothing else: the events carry a number that is counted under it.  To ThreadSanitizer it is a
 * real lock for those who use a frame, and nothing for an access that uses none.  With a scripted environment one CPU runs and nothing is taken: as published the core lock has this number too.
 */
#include "cpu/cpu.h"

/*
 * Be the only one at flat memory.  A machine that halts or stops is left before the ticket is taken, or while it is waited
 * for: the word is of no use to anybody then.  A CPU that is in and leaves its call by a jump (stuck, halt, stop) passes the
 * word on.  No lock is waited for until flat_leave(): who holds a lock may want the word.
 */
void flat_enter(struct cpu *c);
void flat_leave(struct cpu *c);

/* What the CPU, being in, does between these two uses frames: to ThreadSanitizer, the two edges of the lock. */
void flat_use(struct cpu *c);
void flat_used(struct cpu *c);

/* Being in: the number that flat memory's next event has; any CPU's. */
u32 flat_next(const struct cpu *c);

/* The number of the event that the CPU, being in, writes now; the next one's is one more, mod 2^32. */
u32 flat_number(struct cpu *c);

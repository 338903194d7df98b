/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Flat memory's word, number 0.  Flat memory has no lock in the machine: a primitive that changes it is one atomic step.
 * The word makes it one.  It is taken for the change and its event only, by a CPU that may hold any locks or none; it has no
 * ticket events, no barriers and no entry in lock[], and hypervisor code never sees it.
 *
 * It orders flat memory and nothing else: the events carry a number that is counted under it.  To ThreadSanitizer it is a
 * real lock.  With a scripted environment one CPU runs and nothing is taken: as published the core lock has this number too.
 */
#include "cpu/cpu.h"

/*
 * Be the only one at flat memory.  A machine that halts or stops is left before the ticket is taken, or while it is waited
 * for: the word is of no use to anybody then.  No call that may be stuck until flat_leave().
 */
void flat_enter(struct cpu *c);

/* The number of the event that the CPU, being in, writes now; the next one's is one more, mod 2^32. */
u32 flat_number(struct cpu *c);

void flat_leave(struct cpu *c);

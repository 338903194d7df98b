/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Admission: at most so many CPUs at a time take tickets, the others sleep outside in order (lock/policy.h).  It is one for
 * the machine and asked for only by a CPU that holds no lock, so nested locks never wait for it.
 */
#include "lock/ticket.h"

/* Before the first lock, by a CPU that was not let in yet: wait until it is. */
void admit_before(struct cpu *c);

/* The outermost lock was released by a CPU that was let in: does somebody else get in now? */
void admit_after(struct cpu *c);

/* Between operations, before the CPU stops or meets the others: give its admission back. */
void admit_quit(struct cpu *c);

/* Wake all that sleep on a slot of the admission. */
void admit_wake(u32 *slot);

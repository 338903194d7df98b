/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Before a ticket is taken.  No event is written and no step is made on the word: who gives way only comes later. */
#include "lock/ticket.h"

/**
 * way_give() - stay out of a lock while somebody is inside, for a CPU that holds none
 *
 * Where yields are dear, one in two of those who find somebody inside stays out, asleep by the clock, until the lock is free,
 * and for a few tenths of a millisecond at most.  Otherwise, which is with admission, everybody lets who is inside come back a
 * few times: a lock shall be fast there before it is fair from one section to the next.
 */
void way_give(struct cpu *c, lk_t lk);

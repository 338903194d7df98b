/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Before a ticket is taken.  No event is written and no step is made on the word: who gives way only comes later. */
#include "lock/ticket.h"

/**
 * way_give() - stay out of a lock while somebody is inside, for a CPU that holds none
 *
 * With WAIT_AUTO until the lock is free: where yields are dear one in two of those who find somebody inside does, asleep by
 * the clock, for some milliseconds at most; where they are cheap a few do, with some yields.  With admission everybody lets
 * who is inside come back a few times: a lock shall be fast there before it is fair from one section to the next.
 */
void way_give(struct cpu *c, lk_t lk);

/*
 * The CPU takes a ticket and must wait: may it have to give way from now on?  Who never has to wait never looks before it
 * takes a ticket.
 */
void way_queued(struct cpu *c);

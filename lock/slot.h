/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Sleeping until one's ticket is served.
 *
 * A sleeper counts itself in locks->sleepers, sets the slot of its ticket, looks at the word once more and sleeps on the
 * slot.  A releaser adds to the word, looks at the count and, where it is not 0, at the slot of the ticket that is next.
 * Between its steps each does a full barrier (a fetch_add, an exchange), so all of them have one order.  If the sleeper's
 * last look did not find the releaser's addition, the count and the slot were written before that addition, and the
 * releaser's two looks, which come after it, find them: no wake-up is lost.  The sleeper takes itself off the count when it
 * is awake, and its slot is its ticket's, which no other ticket that is out has.
 *
 * How the waiters wait is not asked, so they may change from one look to the next, and each for itself.
 *
 * Under ThreadSanitizer these are relaxed like the word (the instructions are the same on x86-64), and the futex is a raw
 * system call: nothing on the way of a lock gives it an edge but barrier().
 */
#include "lock/ticket.h"
#include "lock/word.h"

enum { SLOT_EMPTY = 0, SLOT_SLEEPS = 1 };

/* Sleep until woken, unless @ticket is served already or the machine ends. */
void slot_park(struct cpu *c, struct ticket_lock *l, u32 ticket);

/* Wake who sleeps on @slot; returns whether somebody did. */
bool slot_wake(u32 *slot);

/*
 * Wake all who sleep on @slot, whatever it holds: where tickets are broken several CPUs may have come to one slot, and the first
 * that leaves it empties it.
 */
void slot_rouse(u32 *slot);

/* Does who has @ticket sleep?  A look only. */
bool slot_sleeps(const struct ticket_lock *l, u32 ticket);

/* May somebody sleep?  Asked after the step on the word. */
static inline bool slot_used(const struct locks *l)
{
	return __atomic_load_n(&l->sleepers, WORD_ORDER) != 0;
}

/* INC_NOW found @word: wake who has the next ticket, if it sleeps. */
void slot_pass(struct cpu *c, struct ticket_lock *l, u64 word);

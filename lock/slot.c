// SPDX-License-Identifier: GPL-2.0-only
#include "lock/slot.h"

#include "cpu/point.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

bool slot_wake(u32 *slot)
{
	if (__atomic_load_n(slot, WORD_ORDER) != SLOT_SLEEPS)
		return false;
	if (__atomic_exchange_n(slot, SLOT_EMPTY, WORD_ORDER) != SLOT_SLEEPS)
		return false;
	syscall(SYS_futex, slot, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return true;
}

void slot_rouse(u32 *slot)
{
	__atomic_exchange_n(slot, SLOT_EMPTY, WORD_ORDER);
	syscall(SYS_futex, slot, FUTEX_WAKE_PRIVATE, MAX_CPU, NULL, NULL, 0);
}

/* The look that decides whether to sleep. */
static bool must_wait(struct cpu *c, const struct ticket_lock *l, u32 ticket)
{
	bool wait = word_now(word_get_now(&l->word)) != ticket && !flag_get(c->stop) &&
	            !flag_get(c->halt);

	point(c, POINT_SLEEP, 0);
	return wait;
}

void slot_park(struct cpu *c, struct ticket_lock *l, u32 ticket)
{
	u32 *slot = &l->slot[ticket % MAX_CPU];

	__atomic_fetch_add(&c->locks->sleepers, 1, WORD_ORDER);
	__atomic_exchange_n(slot, SLOT_SLEEPS, WORD_ORDER);
	if (must_wait(c, l, ticket)) {
		c->stats.parks++;
		syscall(SYS_futex, slot, FUTEX_WAIT_PRIVATE, SLOT_SLEEPS, NULL, NULL, 0);
	}
	__atomic_store_n(slot, SLOT_EMPTY, WORD_ORDER);
	__atomic_fetch_sub(&c->locks->sleepers, 1, WORD_ORDER);
}

bool slot_sleeps(const struct ticket_lock *l, u32 ticket)
{
	return __atomic_load_n(&l->slot[ticket % MAX_CPU], __ATOMIC_RELAXED) == SLOT_SLEEPS;
}

void slot_pass(struct cpu *c, struct ticket_lock *l, u64 word)
{
	u32 next = word_now(word) + 1;

	/* More tickets out than the one that was served. */
	if (word_ticket(word) != next)
		c->stats.wakes += slot_wake(&l->slot[next % MAX_CPU]);
}

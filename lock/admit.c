// SPDX-License-Identifier: GPL-2.0-only
#include "lock/admit.h"

#include "lock/word.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOT_EMPTY = 0 };

/*
 * Admission numbers can be handed out faster than an admitted CPU leaves this code, so two CPUs can meet in one slot: the
 * one that is in already, and one that waits MAX_CPU numbers later.  What a slot holds therefore names its number; a CPU
 * takes back its own value only, and who wakes wakes all that sleep there.
 */
static u32 admit_value(u64 number)
{
	return (u32)number << 1 | 1;
}

static void admit_take_back(u32 *slot, u64 number)
{
	u32 own = admit_value(number);

	__atomic_compare_exchange_n(slot, &own, SLOT_EMPTY, false, WORD_ORDER, WORD_ORDER);
}

/* Whatever the slot holds: a later number may have taken it over and given it back already. */
void admit_wake(u32 *slot)
{
	syscall(SYS_futex, slot, FUTEX_WAKE_PRIVATE, MAX_CPU, NULL, NULL, 0);
}

/* By a number of one's own, in order. */
void admit_before(struct cpu *c)
{
	struct admission *a = &c->locks->admission;
	u64 number = __atomic_fetch_add(&a->next, 1, WORD_ORDER);
	u32 *slot = &a->slot[number % MAX_CPU];
	bool waited = false;

	while (number >= __atomic_load_n(&a->served, WORD_ORDER)) {
		__atomic_exchange_n(slot, admit_value(number), WORD_ORDER);
		if (number >= __atomic_load_n(&a->served, WORD_ORDER) && !flag_get(c->stop) &&
		    !flag_get(c->halt))
			syscall(SYS_futex, slot, FUTEX_WAIT_PRIVATE, admit_value(number), NULL,
			        NULL, 0);
		admit_take_back(slot, number);
		waited = true;
		/* A number that stays out does no harm: the machine is ending. */
		cpu_look(c);
	}
	c->stats.admissions += waited;
	c->permit = c->locks->policy.admit_runs;
}

void admit_quit(struct cpu *c)
{
	struct admission *a = &c->locks->admission;
	u64 served;

	if (!c->permit)
		return;
	c->permit = 0;
	served = __atomic_fetch_add(&a->served, 1, WORD_ORDER);
	if (__atomic_load_n(&a->next, WORD_ORDER) <= served)
		return; /* nobody has this number yet: who takes it will see that it is in */
	/* The value goes first: who is on its way to sleep finds another one and looks again. */
	admit_take_back(&a->slot[served % MAX_CPU], served);
	admit_wake(&a->slot[served % MAX_CPU]);
}

void admit_after(struct cpu *c)
{
	struct admission *a = &c->locks->admission;

	if (--c->permit > 0)
		return;
	c->permit = 1;
	if (__atomic_load_n(&a->next, WORD_ORDER) > __atomic_load_n(&a->served, WORD_ORDER))
		admit_quit(c);
	else
		c->permit = c->locks->policy.admit_runs;
}

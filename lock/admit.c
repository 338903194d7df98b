// SPDX-License-Identifier: GPL-2.0-only
#include "lock/admit.h"

#include "lock/relax.h"
#include "lock/share.h"
#include "lock/word.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	SLOT_EMPTY = 0,
	GIVE_WAY_PAUSES = 3,  /* between two looks of who gives way */
	GIVE_WAY_LOOKS = 8,   /* that show nothing new before the core is given away */
	GIVE_WAY_ROUNDS = 16, /* of these before a ticket is taken all the same */
};

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

/* Wait for admission: a number of one's own, in order. */
static void admit_enter(struct cpu *c)
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

/*
 * With admission a lock shall be fast before it is fair from one section to the next: who finds somebody inside lets him
 * come back for a while before it takes a ticket, without looking, since a look would take the word away.  Where nothing
 * has moved meanwhile whoever is inside may need this core.  A ticket is taken where the core would be lost for long.
 */
static void give_way(struct cpu *c, lk_t lk)
{
	const u64 *w = &c->locks->lock[lk].word;
	u64 word = word_get_now(w);

	for (u32 looks = 1; unlikely(word_ticket(word) != word_now(word)); looks++) {
		u64 before = word;

		for (u32 i = 0; i < GIVE_WAY_PAUSES; i++)
			cpu_relax();
		word = word_get_now(w);
		if (word != before || looks == GIVE_WAY_ROUNDS * GIVE_WAY_LOOKS)
			return;
		if (looks % GIVE_WAY_LOOKS == 0) {
			if (share_dear(c))
				return;
			share_yield(c);
			cpu_look(c);
		}
	}
}

void admit_before(struct cpu *c, lk_t lk)
{
	if (!c->permit)
		admit_enter(c);
	give_way(c, lk);
}

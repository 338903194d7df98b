// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleepers in the order of their tickets make a convoy: who passes the lock on comes back to it while the next one is still
 * being woken, takes a ticket behind all others and sleeps, so that each section costs a sleep and a wake-up.  A convoy ends
 * only when who comes back stays out until all who have a ticket were inside.  Not everybody does: a machine on which nobody
 * ever queues would show none of what its locks are for.
 *
 * Nobody is told of who stays out, so nobody need wake it: it sleeps by the clock, and for NAPS times at most.
 */
#include "lock/way.h"

#include "lock/relax.h"
#include "lock/share.h"
#include "lock/word.h"

enum {
	PAUSES = 3,           /* between two looks */
	ADMITTED_LOOKS = 8,   /* that show nothing new before the core is given away */
	ADMITTED_ROUNDS = 16, /* of these before a ticket is taken all the same */
	SHARED_LOOKS = 64,    /* a section or two, if who is inside has a core */
	NAPS = 4,
	QUEUES = 2, /* one in so many takes its ticket at once */
};

static void pause_between_looks(void)
{
	for (u32 i = 0; i < PAUSES; i++)
		cpu_relax();
}

static bool is_free(u64 word)
{
	return word_ticket(word) == word_now(word);
}

/*
 * Looks are few, since a look takes the word away.  Where nothing has moved meanwhile whoever is inside may need this core.
 * A ticket is taken where the core would be lost for long.
 */
static void stay_awake(struct cpu *c, lk_t lk)
{
	const u64 *w = &c->locks->lock[lk].word;
	u64 word = word_get_now(w);

	for (u32 looks = 1; unlikely(!is_free(word)); looks++) {
		u64 before = word;

		pause_between_looks();
		word = word_get_now(w);
		if (word != before || looks == ADMITTED_ROUNDS * ADMITTED_LOOKS)
			return;
		if (looks % ADMITTED_LOOKS == 0) {
			if (share_dear(c))
				return;
			share_yield(c);
			cpu_look(c);
		}
	}
}

static void stay_asleep(struct cpu *c, lk_t lk)
{
	const u64 *w = &c->locks->lock[lk].word;

	if (likely(is_free(word_get_now(w))) || c->stats.ways++ % QUEUES == 0)
		return;
	for (u32 naps = 0; naps < NAPS && share_dear(c); naps++) {
		for (u32 looks = 0; looks < SHARED_LOOKS; looks++) {
			if (is_free(word_get_now(w)))
				return;
			pause_between_looks();
		}
		share_nap(c);
		cpu_look(c);
	}
}

void way_give(struct cpu *c, lk_t lk)
{
	if (share_dear(c))
		stay_asleep(c, lk);
	else
		stay_awake(c, lk);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs in the order of their tickets make a convoy: who passes the lock on comes back to it while the next one is still being
 * woken, or stands behind on the same core, takes a ticket behind all others and waits; so each section costs a switch from
 * one CPU to the next.  A convoy ends only when who comes back stays out until all who have a ticket were inside.
 *
 * Not everybody stays out: a machine on which nobody ever queues would show none of what its locks are for.  Where yields
 * are dear a switch costs most and half of them do.  Where they are cheap a few do: on cores of the machine's own the next
 * convoy comes at once, and little changes; where all its CPUs are on one core, as beside a process that computes, a few
 * suffice.
 *
 * Nobody is told of who stays out, so nobody need wake it: it yields or sleeps by the clock, and not for long.
 */
#include "lock/way.h"

#include "lock/share.h"
#include "lock/word.h"
#include "sim/base/relax.h"

enum {
	PAUSES = 3,           /* between two looks */
	ADMITTED_LOOKS = 8,   /* that show nothing new before the core is given away */
	ADMITTED_ROUNDS = 16, /* of these before a ticket is taken all the same */
	SOON_LOOKS = 64,      /* a section or two, if who is inside has a core */
	NAPS = 6,             /* each twice as long as the one before */
	QUEUES = 2,           /* one in so many takes its ticket at once, where yields are dear */
	YIELDS = 4,           /* before a ticket is taken all the same */
	STAYS = 16, /* one in so many of those who had to wait stays out of the next busy lock, where yields are cheap */
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

static bool free_soon(const u64 *w)
{
	for (u32 looks = 0; looks < SOON_LOOKS; looks++) {
		if (is_free(word_get_now(w)))
			return true;
		pause_between_looks();
	}
	return false;
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
		if (free_soon(w))
			return;
		share_nap(c, naps);
		cpu_look(c);
	}
}

static void let_by(struct cpu *c, lk_t lk)
{
	const u64 *w = &c->locks->lock[lk].word;

	if (likely(is_free(word_get_now(w))))
		return;
	c->gives_way = false;
	c->stats.ways++;
	for (u32 yields = 0; yields < YIELDS && !share_dear(c); yields++) {
		if (free_soon(w))
			return;
		share_yield(c);
		cpu_look(c);
	}
}

void way_queued(struct cpu *c)
{
	if (c->locks->policy.kind == WAIT_AUTO &&
	    (share_dear(c) || c->stats.contended % STAYS == 0))
		c->gives_way = true;
}

void way_give(struct cpu *c, lk_t lk)
{
	if (share_dear(c))
		stay_asleep(c, lk);
	else if (c->locks->policy.admit)
		stay_awake(c, lk);
	else
		let_by(c, lk);
}

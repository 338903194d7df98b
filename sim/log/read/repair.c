// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/repair.h"

#include "sim/log/read/decode.h"

#include <stdio.h>
#include <string.h>

/**
 * struct future - how a parked CPU's stream ends
 * @own:   of the locks that the CPU holds: the now half at the time the CPU was served, minus the merge's current now
 * @past:  locks of whose words the CPU has seen more than the merge has come to: it cannot fill a hole there
 * @ended: the stream ends without a CLOSE
 */
struct future {
	u32 waiting, ticket;
	u64 held, past;
	u32 own[ID_END];
	bool ended;
};

/**
 * struct ahead - in whose streams the steps are that the locks' parked CPUs wait for
 * @wanted: locks at which CPUs are parked
 * @found:  of these, the ones whose next step is in a parked CPU's stream, further on
 * @owner:  of a lock in @found: in whose
 * @whole:  look through all of the streams, for @moved
 * @moved:  how far each lock's now half is seen to go on from where it is now
 * @same_now: locks of which a later word is seen whose now half is that of where the lock is now: no INC_NOW is next
 * @same_ticket: the same of its ticket half: no INC_TICKET is next
 * @future: of the parked CPUs, when @whole
 */
struct ahead {
	u64 wanted, found;
	bool whole;
	u8 owner[ID_END];
	u32 moved[ID_END];
	u64 same_now, same_ticket;
	struct future future[MAX_CPU];
};

static void look(const struct merge *m, struct ahead *a, u32 cpu, const struct decode_step *s)
{
	u64 bit = 1ull << s->lk;
	u32 moved = word_now(s->word) - word_now(m->lock[s->lk].word);
	struct future *f = &a->future[cpu];

	if (step_rank(s) != merge_rank(&m->lock[s->lk])) {
		f->past |= bit;
		a->same_now |= moved == 0 ? bit : 0;
		a->same_ticket |=
			word_ticket(s->word) == word_ticket(m->lock[s->lk].word) ? bit : 0;
	}
	if (s->op == OP_INC_TICKET) {
		f->waiting = s->lk;
		f->ticket = word_ticket(s->word);
	} else if (s->op == OP_INC_NOW || s->op == OP_REL_LOCK) {
		f->held &= ~bit;
	} else if (s->op == OP_WAIT_LOCK) {
		f->held |= bit;
		f->own[s->lk] = moved;
	} else if (s->op == OP_ACQUIRE || (s->lk == f->waiting && word_now(s->word) == f->ticket)) {
		f->waiting = s->op == OP_ACQUIRE ? f->waiting : ~0u;
		f->held |= bit;
		f->own[s->lk] = moved;
	}
	if (moved < 1u << 31 && moved > a->moved[s->lk])
		a->moved[s->lk] = moved;
	if (a->wanted & ~a->found & bit && step_is_rmw(s) &&
	    step_rank(s) == merge_rank(&m->lock[s->lk])) {
		a->found |= bit;
		a->owner[s->lk] = (u8)cpu;
	}
}

/* Read CPU @cpu's stream on from where it is parked, to the end of its episode. */
static void look_ahead(const struct merge *m, struct ahead *a, u32 cpu)
{
	struct reader *r = reader_ahead(m->reader, cpu);
	struct decoder d;

	a->future[cpu] = (struct future){ .waiting = m->cpu[cpu].waiting,
		                          .ticket = m->cpu[cpu].ticket,
		                          .held = m->cpu[cpu].held };
	look(m, a, cpu, &m->cpu[cpu].dec.step);
	decoder_copy(&d, &m->cpu[cpu].dec);
	while (a->whole || a->wanted & ~a->found) {
		enum decode_stop stop = decoder_run(&d, NULL);
		struct reader_bytes bytes;
		struct err ignored;

		if (stop == DECODE_STEP)
			look(m, a, cpu, &d.step);
		else if (stop == DECODE_END && r && reader_next(r, cpu, &bytes, &ignored) > 0)
			reader_feed(&d, &bytes);
		else {
			a->future[cpu].ended = stop == DECODE_END;
			break;
		}
	}
	decoder_destroy(&d);
	reader_close(r);
}

static void search(const struct merge *m, struct ahead *a, bool whole)
{
	memset(a, 0, sizeof(*a));
	a->whole = whole;
	for (u64 left = m->turns.parked; left; left &= left - 1)
		a->wanted |= 1ull << m->cpu[__builtin_ctzll(left)].dec.step.lk;
	for (u64 left = m->turns.parked; left; left &= left - 1)
		look_ahead(m, a, (u32)__builtin_ctzll(left));
}

/* Of the CPUs parked at @lk the one that needs the smallest rank. */
static u32 first_parked(const struct merge *m, u32 lk)
{
	u32 cur = merge_rank(&m->lock[lk]), best = ~0u;

	for (u64 left = m->turns.parked; left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left);
		const struct decode_step *s = &m->cpu[c].dec.step;

		if (s->lk == lk &&
		    (best == ~0u || step_rank(s) - cur < step_rank(&m->cpu[best].dec.step) - cur))
			best = c;
	}
	return best;
}

static void find_lost(const struct merge *m, struct merge_finding *f, u32 lk)
{
	u32 c = first_parked(m, lk);
	const struct decode_step *s = &m->cpu[c].dec.step;
	const struct merge_lock *l = &m->lock[lk];

	if (step_is_high(s))
		merge_find(f, MERGE_LOST, lk, merge_rank(l), c,
		           "lock %u: step number %u is in no stream; CPU %u has number %u", lk,
		           merge_rank(l), c, step_rank(s));
	else if (lk == FLATMEM_ID)
		merge_find(f, MERGE_LOST, lk, merge_rank(l), c,
		           "lock %u: step number %u at flat memory is in no stream; CPU %u has "
		           "number %u",
		           lk, word_ticket(l->word), c, word_ticket(s->word));
	else
		merge_find(f, MERGE_LOST, lk, merge_rank(l), c,
		           "lock %u: rank %u (ticket %u now %u) is in no stream; CPU %u saw ticket "
		           "%u now %u after it",
		           lk, merge_rank(l), word_ticket(l->word), word_now(l->word), c,
		           word_ticket(s->word), word_now(s->word));
	merge_find_step(f, s->op, l->word, s->word);
}

/* A CPU that keeps others from lock @lk since it holds it and is not there, or ~0. */
static u32 holder_away(const struct merge *m, u32 lk)
{
	for (u32 c = 0; c < m->cpus && m->away >> lk & 1; c++)
		if (m->cpu[c].held >> lk & 1 &&
		    !(m->turns.parked >> c & 1 && m->cpu[c].dec.step.lk == lk))
			return c;
	return ~0u;
}

/* The CPU for which the parked CPU @c waits, or ~0: nobody knows. */
static u32 waits_for(const struct merge *m, const struct ahead *a, u32 c)
{
	const struct decode_step *s = &m->cpu[c].dec.step;

	/* Its step is next: it waits for the holder, or for looks that may come. */
	if (step_rank(s) == merge_rank(&m->lock[s->lk]))
		return holder_away(m, s->lk);
	return a->found >> s->lk & 1 ? a->owner[s->lk] : ~0u;
}

/* Does CPU @c wait, through others, for a step of lock @lk? */
static bool waits_at(const struct merge *m, const struct ahead *a, u32 c, u32 lk)
{
	for (u32 i = 0; i < m->cpus && c != ~0u && m->turns.parked >> c & 1; i++) {
		if (m->cpu[c].dec.step.lk == lk)
			return true;
		c = waits_for(m, a, c);
	}
	return false;
}

/* Would somebody go on at lock @lk if its holder's absence were not looked at? */
static bool would_go_on(const struct merge *m, u32 lk)
{
	return turns_waits(&m->turns, lk, merge_rank(&m->lock[lk]));
}

/*
 * A holder that waits for one that it keeps from its lock:
 *
 *   CPU A   holds X ............................ waits at Y for CPU B's INC_NOW
 *   CPU B            INC_TICKET of X, holds Y, ............... INC_NOW of Y
 *
 * B took a ticket of X and did not wait there for its turn.  Each lock's order allows that, and a check has to see it.  But
 * while A holds X and is elsewhere, the rule that a holder's events of a lock follow each other directly keeps B's INC_TICKET
 * of X back, and A cannot come back to X before B has gone on.  So the rule is dropped for X, here: the locks that are
 * released, up to the first one where somebody then goes on.
 */
static u64 knotted(const struct merge *m, const struct ahead *a)
{
	u64 out = 0;

	for (u64 left = m->away; left; left &= left - 1) {
		u32 lk = (u32)__builtin_ctzll(left), h = holder_away(m, lk);

		if (h != ~0u && !waits_at(m, a, h, lk))
			continue;
		out |= left & -left;
		if (would_go_on(m, lk))
			break;
	}
	return out;
}

/* Would somebody go on if the locks @locks were released? */
static bool release_helps(const struct merge *m, u64 locks)
{
	for (; locks; locks &= locks - 1)
		if (would_go_on(m, (u32)__builtin_ctzll(locks)))
			return true;
	return false;
}

void repair_unknot(const struct merge *m, struct repair *out)
{
	struct ahead a;

	search(m, &a, false);
	*out = (struct repair){ .what = REPAIR_RELEASE, .locks = knotted(m, &a) };
}

/* Everything that is waited for is in some stream: follow the waiting until it comes round. */
static void find_cycle(const struct merge *m, const struct ahead *a, struct merge_finding *f)
{
	char text[256] = "";
	u32 c = (u32)__builtin_ctzll(m->turns.parked), first;
	u64 seen = 0;
	size_t n = 0;

	while (!(seen >> c & 1)) {
		seen |= 1ull << c;
		c = a->owner[m->cpu[c].dec.step.lk];
	}
	first = c;
	do {
		u32 lk = m->cpu[c].dec.step.lk;

		if (n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			                      "%sCPU %u waits at lock %u for rank %u of CPU %u",
			                      n ? ", " : "", c, lk, merge_rank(&m->lock[lk]),
			                      a->owner[lk]);
		c = a->owner[lk];
	} while (c != first);
	merge_find(f, MERGE_CYCLE, m->cpu[c].dec.step.lk, step_rank(&m->cpu[c].dec.step), c,
	           "order cycle: %s", text);
}

/* Killed CPUs that may have made one step more than they stored. */
static u64 candidates(const struct merge *m)
{
	u64 all = m->dry & ~m->filled, out = 0;

	for (u64 left = all; left; left &= left - 1)
		if (m->cpu[__builtin_ctzll(left)].waiting == ~0u)
			out |= left & -left;
	return out;
}

/* The CPU was killed in a change of flat memory: its next step is that event, and no other. */
static bool in_flat(const struct merge *m, u32 cpu)
{
	return m->cpu[cpu].dec.diffs[FLATMEM_ID].n > 0;
}

/* A killed holder of a lock whose now half moved: its step can only be INC_NOW. */
static bool fill_holder(const struct merge *m, const struct ahead *a, u64 locks, struct repair *out)
{
	for (locks &= ~a->same_now; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);
		const struct decode_step *s = &m->cpu[first_parked(m, lk)].dec.step;

		if (word_now(s->word) == word_now(m->lock[lk].word))
			continue;
		for (u64 left = candidates(m); left; left &= left - 1) {
			u32 c = (u32)__builtin_ctzll(left);

			/* What it pulled it pushes before it passes the lock on. */
			if (m->cpu[c].held >> lk & 1 && !in_flat(m, c) &&
			    !(m->cpu[c].dec.pulled >> lk & 1)) {
				*out = (struct repair){ .what = REPAIR_FILL,
					                .cpu = c,
					                .lk = lk,
					                .kind = step_is_high(s) ? EV_REL_LOCK
					                                        : EV_INC_NOW };
				return true;
			}
		}
	}
	return false;
}

/*
 * Can a killed CPU that holds the locks @held have taken a ticket of @lk, or changed flat memory?  A killed CPU misses at most
 * one step.  If somebody saw one of its held locks passed on, the step that is missing was that INC_NOW, so the CPU took no
 * ticket.  @own: as in struct future; NULL: the CPU was served at the merge's current now of each lock.
 */
static bool can_take(const struct ahead *a, u64 held, const u32 *own, u32 lk)
{
	if (held >> lk & 1)
		return false;
	for (; held; held &= held - 1) {
		u32 h = (u32)__builtin_ctzll(held);

		if (a->moved[h] > (own ? own[h] : 0))
			return false;
	}
	return true;
}

/*
 * Of the killed CPUs that can have taken the ticket of @lk: a holder, since its missing step can be one of fewer; for flat
 * memory, a CPU that was about to change it.  ~0: none.
 */
static u32 taker_of(const struct merge *m, const struct ahead *a, u32 lk)
{
	u32 best = ~0u;

	for (u64 left = candidates(m); left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left);

		if (in_flat(m, c) && lk == FLATMEM_ID)
			return c;
		if (in_flat(m, c))
			continue;
		if (can_take(a, m->cpu[c].held, NULL, lk) &&
		    (best == ~0u || (m->cpu[c].held && !m->cpu[best].held)))
			best = c;
	}
	return best;
}

/* How many of the CPUs that are parked now can be found to have taken a ticket of @lk, when their streams have ended? */
static u32 later_takers(const struct merge *m, const struct ahead *a, u32 lk)
{
	u32 n = 0;

	for (u64 left = m->turns.parked & ~m->filled; left; left &= left - 1) {
		const struct future *f = &a->future[__builtin_ctzll(left)];

		n += f->ended && f->waiting == ~0u && !(f->past >> lk & 1) &&
		     can_take(a, f->held, f->own, lk);
	}
	return n;
}

/*
 * A missing step that is no holder's can only be INC_TICKET, and flat memory's OFLATMEM.  Of the locks @locks the one is
 * filled first at which the fewest other CPUs are left that can have made the missing step.
 */
static bool fill_taker(const struct merge *m, const struct ahead *a, u64 locks, struct repair *out)
{
	u32 best_lk = ~0u, fewest = ~0u;

	for (locks &= ~a->same_ticket; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);
		const struct decode_step *s = &m->cpu[first_parked(m, lk)].dec.step;
		u32 later = later_takers(m, a, lk);

		/* The number behind a WAIT_LOCK is the same CPU's REL_LOCK, which it did not come to: no later step shows that a WAIT_LOCK is missing. */
		if (step_is_high(s) || word_ticket(s->word) == word_ticket(m->lock[lk].word) ||
		    later >= fewest || taker_of(m, a, lk) == ~0u)
			continue;
		best_lk = lk;
		fewest = later;
	}
	if (best_lk == ~0u)
		return false;
	*out = (struct repair){ .what = REPAIR_FILL,
		                .cpu = taker_of(m, a, best_lk),
		                .lk = best_lk,
		                .kind = best_lk == FLATMEM_ID ? EV_OFLATMEM : EV_INC_TICKET };
	return true;
}

/* Drop the locks whose next parked step lies further ahead than killed CPUs can have made steps. */
static u64 in_reach(const struct merge *m, u64 locks)
{
	u64 out = 0;
	u32 n = (u32)__builtin_popcountll(candidates(m));

	for (; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);
		const struct decode_step *s = &m->cpu[first_parked(m, lk)].dec.step;

		if (word_ticket(s->word) - word_ticket(m->lock[lk].word) <= n &&
		    word_now(s->word) - word_now(m->lock[lk].word) <= n)
			out |= locks & -locks;
	}
	return out;
}

void repair_stalled(const struct merge *m, struct repair *out)
{
	struct ahead a;
	u64 missing, fit = 0, locks = 0;

	search(m, &a, false);
	missing = a.wanted & ~a.found;
	if (!missing)
		locks = knotted(m, &a);
	else if (merge_is_cut(m) && !m->lags)
		fit = in_reach(m, missing);
	if (fit) {
		search(m, &a, true);
		if (fill_holder(m, &a, fit, out) || fill_taker(m, &a, fit, out))
			return;
	}
	/* No holder comes back: all that others can do without is put out before it is judged. */
	if (!release_helps(m, locks))
		locks = m->away;
	*out = (struct repair){ .what = REPAIR_RELEASE, .locks = locks };
	if (release_helps(m, locks))
		return;
	out->what = REPAIR_FOUND;
	if (!missing)
		find_cycle(m, &a, &out->finding);
	else if (!merge_is_cut(m))
		find_lost(m, &out->finding, (u32)__builtin_ctzll(missing));
	else
		out->what = REPAIR_CUT;
}

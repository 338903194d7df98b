// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/repair.h"

#include "sim/log/read/decode.h"
#include "sim/log/read/merge_ready.h"

#include <stdio.h>
#include <string.h>

/**
 * struct future - how a parked CPU's stream ends
 * @own:   of the locks held: how far the now half stood from where it is now when the CPU was served
 * @past:  locks of whose words it has seen more than the merge has come to: it cannot fill a hole there
 * @ended: the stream ends without a CLOSE
 */
struct future {
	u32 waiting, ticket;
	u64 held, past;
	u32 own[ID_END];
	bool ended;
};

/**
 * struct ahead - who holds the steps that the locks' parked CPUs wait for
 * @wanted: locks at which CPUs are parked
 * @found:  of these, the ones whose next step is in a parked CPU's stream, further on
 * @owner:  in whose
 * @whole:  look through all of the streams, for @moved
 * @moved:  how far each lock's now half is seen to go on from where it is now
 * @future: of the parked CPUs, when @whole
 */
struct ahead {
	u64 wanted, found;
	bool whole;
	u8 owner[ID_END];
	u32 moved[ID_END];
	struct future future[MAX_CPU];
};

static void look(const struct merge *m, struct ahead *a, u32 cpu, const struct decode_step *s)
{
	u64 bit = 1ull << s->lk;
	u32 moved = word_now(s->word) - word_now(m->lock[s->lk].word);
	struct future *f = &a->future[cpu];

	f->past |= step_rank(s) != merge_rank(&m->lock[s->lk]) ? bit : 0;
	if (s->op == OP_INC_TICKET) {
		f->waiting = s->lk;
		f->ticket = word_ticket(s->word);
	} else if (s->op == OP_INC_NOW) {
		f->held &= ~bit;
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
			decoder_feed(&d, bytes.cur, bytes.end, bytes.open);
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
	for (u64 left = m->parked; left; left &= left - 1)
		a->wanted |= 1ull << m->cpu[__builtin_ctzll(left)].dec.step.lk;
	for (u64 left = m->parked; left; left &= left - 1)
		look_ahead(m, a, (u32)__builtin_ctzll(left));
}

/* Of the CPUs parked at @lk the one that needs the smallest rank. */
static u32 first_parked(const struct merge *m, u32 lk)
{
	u32 cur = merge_rank(&m->lock[lk]), best = ~0u;

	for (u64 left = m->parked; left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left);
		const struct decode_step *s = &m->cpu[c].dec.step;

		if (s->lk == lk &&
		    (best == ~0u || step_rank(s) - cur < step_rank(&m->cpu[best].dec.step) - cur))
			best = c;
	}
	return best;
}

static void find_lost(struct merge *m, enum merge_row row, u32 lk, const char *more)
{
	u32 c = first_parked(m, lk);
	const struct decode_step *s = &m->cpu[c].dec.step;
	const struct merge_lock *l = &m->lock[lk];

	if (s->op == OP_FLAT) {
		merge_find(m, row, lk, merge_rank(l), c,
		           "lock %u: OFLATMEM number %u is in no stream; CPU %u has number %u%s",
		           lk, word_ticket(l->word), c, word_ticket(s->word), more);
		return;
	}
	merge_find(
		m, row, lk, merge_rank(l), c,
		"lock %u: rank %u (ticket %u now %u) is in no stream; CPU %u saw ticket %u now %u "
		"after it%s",
		lk, merge_rank(l), word_ticket(l->word), word_now(l->word), c, word_ticket(s->word),
		word_now(s->word), more);
}

/* A CPU that keeps others from lock @lk since it holds it and is not there, or ~0. */
static u32 holder_away(const struct merge *m, u32 lk)
{
	for (u32 c = 0; c < m->cpus && m->away >> lk & 1; c++)
		if (m->cpu[c].held >> lk & 1 &&
		    !(m->parked >> c & 1 && m->cpu[c].dec.step.lk == lk))
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
	for (u32 i = 0; i < m->cpus && c != ~0u && m->parked >> c & 1; i++) {
		if (m->cpu[c].dec.step.lk == lk)
			return true;
		c = waits_for(m, a, c);
	}
	return false;
}

/*
 * A holder that waits for one who takes a ticket of its lock and goes on without the lock: no order of the locks forbids
 * it, and a check has to see it.  So the others go on while the holder is away.
 */
static bool unknot(struct merge *m, const struct ahead *a)
{
	for (u64 left = m->away; left; left &= left - 1) {
		u32 lk = (u32)__builtin_ctzll(left), h = holder_away(m, lk);

		if (h != ~0u && !waits_at(m, a, h, lk))
			continue;
		m->away &= ~(1ull << lk);
		wake(m, lk);
		if (m->n_ready)
			return true;
	}
	return false;
}

/* No holder comes back: all that others can do without is put out before it is judged. */
static bool release_all(struct merge *m)
{
	u64 left = m->away;

	m->away = 0;
	for (; left; left &= left - 1)
		wake(m, (u32)__builtin_ctzll(left));
	return m->n_ready > 0;
}

bool merge_unknot(struct merge *m)
{
	struct ahead a;

	search(m, &a, false);
	return unknot(m, &a);
}

/* Everything that is waited for is in some stream: follow the waiting until it comes round. */
static void find_cycle(struct merge *m, const struct ahead *a)
{
	char text[256] = "";
	u32 c = (u32)__builtin_ctzll(m->parked), first;
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
	merge_find(m, MERGE_CYCLE, m->cpu[c].dec.step.lk, step_rank(&m->cpu[c].dec.step), c,
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
static bool fill_holder(struct merge *m, u64 locks)
{
	for (; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);
		const struct decode_step *s = &m->cpu[first_parked(m, lk)].dec.step;

		if (word_now(s->word) == word_now(m->lock[lk].word))
			continue;
		for (u64 left = candidates(m); left; left &= left - 1) {
			u32 c = (u32)__builtin_ctzll(left);

			if (m->cpu[c].held >> lk & 1 && !in_flat(m, c)) {
				merge_put_filled(m, c, lk, EV_INC_NOW);
				return true;
			}
		}
	}
	return false;
}

/*
 * Can a killed CPU that holds the locks @held have taken a ticket of @lk, or changed flat memory?  Not one whose lock is
 * seen passed on: that was its step.  @own: as in struct future; NULL: since where the now halves are now.
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
 * Of the CPUs that can have taken the ticket: holders first, since they can have made fewer steps than others; for flat
 * memory, one that was about to.
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

/* How many of the CPUs that are parked now can be found to have taken it, when they have come to their ends? */
static u32 later_takers(const struct merge *m, const struct ahead *a, u32 lk)
{
	u32 n = 0;

	for (u64 left = m->parked & ~m->filled; left; left &= left - 1) {
		const struct future *f = &a->future[__builtin_ctzll(left)];

		n += f->ended && f->waiting == ~0u && !(f->past >> lk & 1) &&
		     can_take(a, f->held, f->own, lk);
	}
	return n;
}

/*
 * Anybody else's step can only be INC_TICKET, and flat memory's OFLATMEM.  First where the fewest others are left to have
 * made it.
 */
static bool fill_taker(struct merge *m, u64 locks)
{
	u32 best_lk = ~0u, fewest = ~0u;
	struct ahead a;

	search(m, &a, true);
	for (; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);
		const struct decode_step *s = &m->cpu[first_parked(m, lk)].dec.step;
		u32 later = later_takers(m, &a, lk);

		if (word_ticket(s->word) == word_ticket(m->lock[lk].word) || later >= fewest ||
		    taker_of(m, &a, lk) == ~0u)
			continue;
		best_lk = lk;
		fewest = later;
	}
	if (best_lk == ~0u)
		return false;
	merge_put_filled(m, taker_of(m, &a, best_lk), best_lk,
	                 best_lk == FLATMEM_ID ? EV_OFLATMEM : EV_INC_TICKET);
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

bool merge_repair(struct merge *m)
{
	struct ahead a;
	u64 missing, fit;
	u32 lk;

	search(m, &a, false);
	missing = a.wanted & ~a.found;
	if (!missing) {
		if (unknot(m, &a) || release_all(m))
			return true;
		find_cycle(m, &a);
		return false;
	}
	lk = (u32)__builtin_ctzll(missing);
	fit = merge_is_cut(m) ? in_reach(m, missing) : 0;
	if (fit && (fill_holder(m, fit) || fill_taker(m, fit)))
		return true;
	if (release_all(m))
		return true;
	if (!merge_is_cut(m)) {
		find_lost(m, MERGE_LOST, lk, "");
		return false;
	}
	find_lost(m, MERGE_HOLE_UNFIT, lk, ", and no killed CPU can have made it");
	return false;
}

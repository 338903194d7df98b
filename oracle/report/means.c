// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/means.h"

#include "sim/log/read/decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * struct side - both sides of the break, at the lock that it is about
 * @last: [n_last] the lock's events before it, oldest first, and the words that they found or, of those without one, left
 * @holder: CPU that is inside before the break, or ~0; @waiting: bit cpu, it has a ticket that was not served
 */
struct side {
	const struct merge_finding *f;
	const struct behind *behind;
	u32 n_last, holder;
	u64 waiting;
	struct context_event last[CONTEXT_LAST];
	u64 word[CONTEXT_LAST];
};

static void mean(struct broken *b, const char *fmt, ...) PRINTF(2, 3);

static void mean(struct broken *b, const char *fmt, ...)
{
	va_list ap;

	if (b->n_means == BROKEN_MEANS)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->mean[b->n_means++], sizeof(b->mean[0]), fmt, ap);
	va_end(ap);
}

/* From the word behind the last event back to those that each found. */
static void words(struct side *s)
{
	u64 word = s->f->word;

	for (u32 i = s->n_last; i-- > 0;) {
		if (s->last[i].kind == EV_INC_TICKET)
			word = word_make(word_ticket(word) - 1, word_now(word));
		else if (s->last[i].kind == EV_INC_NOW)
			word = word_make(word_ticket(word), word_now(word) - 1);
		s->word[i] = word;
	}
}

/* The event that had the rank first, or ~0. */
static u32 taken_by(const struct side *s)
{
	for (u32 i = s->n_last; i-- > 0;)
		if (event_is_rmw(s->last[i].kind) && word_rank(s->word[i]) == s->f->rank)
			return i;
	return ~0u;
}

/* Of CPU @cpu behind the break, the first event of @kind from its record @from on, or NULL. */
static const struct event *first_of(const struct side *s, u32 cpu, u32 from, u32 kind)
{
	for (u32 i = from; i < s->behind->n[cpu]; i++)
		if (s->behind->ev[cpu][i].kind == kind)
			return &s->behind->ev[cpu][i];
	return NULL;
}

/* Has CPU @cpu entered between the event @i before the break and its own next ticket? */
static bool has_entered(const struct side *s, u32 cpu, u32 i)
{
	for (i++; i < s->n_last; i++) {
		if (s->last[i].cpu != cpu)
			continue;
		if (s->last[i].kind == EV_HOLD_LOCK)
			return true;
		if (s->last[i].kind == EV_INC_TICKET)
			return false;
	}
	for (u32 k = 0; k < s->behind->n[cpu]; k++) {
		if (s->behind->ev[cpu][k].kind == EV_HOLD_LOCK)
			return true;
		if (s->behind->ev[cpu][k].kind == EV_INC_TICKET)
			return false;
	}
	return false;
}

/* The event @t before the break and the step behind it returned the same word: both took the ticket. */
static void same_ticket(const struct side *s, u32 t, struct broken *b)
{
	u32 first = s->last[t].cpu, second = s->f->cpu, ticket = word_ticket(s->f->seen);

	mean(b, "or CPU %u and CPU %u both have ticket %u", first, second, ticket);
	if (has_entered(s, first, t) && first_of(s, second, 0, EV_HOLD_LOCK))
		mean(b, "two CPUs are inside: CPU %u and CPU %u have both entered with ticket %u",
		     first, second, ticket);
}

/* An INC_TICKET and an INC_NOW returned the same word: does the next word that was seen lack one of them? */
static void undone(const struct side *s, u32 t, struct broken *b)
{
	u32 ticket = word_ticket(s->f->seen), now = word_now(s->f->seen), cpu = s->f->cpu;
	const struct event *e = s->behind->n[cpu] > 1 ? &s->behind->ev[cpu][1] : NULL;
	u32 other = s->last[t].kind == EV_INC_NOW ? s->last[t].cpu : cpu;

	mean(b, "or %s of CPU %u and %s of CPU %u both found ticket %u now %u",
	     event_name(s->last[t].kind), s->last[t].cpu,
	     s->last[t].kind == EV_INC_NOW ? "INC_TICKET" : "INC_NOW", cpu, ticket, now);
	if (!e || !(e->flags & EVF_WORD))
		return;
	if (e->now == now && e->ticket != ticket)
		mean(b,
		     "INC_NOW of CPU %u was undone: CPU %u saw ticket %u now %u next (now went "
		     "back from %u to %u)",
		     other, cpu, e->ticket, e->now, now + 1, now);
	else if (e->ticket == ticket && e->now != now)
		mean(b,
		     "an INC_TICKET was undone: CPU %u saw ticket %u now %u next (ticket went "
		     "back from %u to %u)",
		     cpu, e->ticket, e->now, ticket + 1, ticket);
}

/* A rank that is found twice. */
static void doubled(const struct side *s, u32 t, struct broken *b)
{
	bool passes = s->f->op == OP_INC_NOW, passed;

	if (t == ~0u)
		return;
	passed = s->last[t].kind == EV_INC_NOW;
	if (s->last[t].cpu == s->f->cpu && passed == passes)
		mean(b, "or CPU %u has the same %s twice in its stream: it was written twice",
		     s->f->cpu, event_name(s->last[t].kind));
	else if (passed && passes)
		mean(b, "two CPUs are inside: CPU %u and CPU %u both pass the lock on from now %u",
		     s->last[t].cpu, s->f->cpu, word_now(s->f->seen));
	else if (!passed && !passes)
		same_ticket(s, t, b);
	else
		undone(s, t, b);
}

/* Is the last step before the break an INC_NOW that let the now half wrap? */
static bool has_wrapped(const struct side *s)
{
	for (u32 i = s->n_last; i-- > 0;)
		if (event_is_rmw(s->last[i].kind))
			return s->last[i].kind == EV_INC_NOW && word_now(s->word[i]) == ~0u;
	return false;
}

/* Now was moved: had the CPU that was inside left, and who entered? */
static void early(const struct side *s, struct broken *b)
{
	u32 now = word_now(s->f->word);
	const struct event *pass;

	if (s->holder == ~0u)
		return;
	pass = first_of(s, s->holder, 0, EV_INC_NOW);
	if (!pass || pass->now == now)
		return;
	mean(b, "CPU %u, which was served at now %u, passes the lock on from now %u", s->holder,
	     now, pass->now);
	for (u32 c = 0; c < MAX_CPU; c++) {
		const struct event *look = first_of(s, c, 0, EV_GET_NOW);

		if (c == s->holder || !first_of(s, c, 0, EV_HOLD_LOCK) || !look ||
		    look->now - now > pass->now - now || look->now == now)
			continue;
		mean(b,
		     "two CPUs are inside: CPU %u enters at now %u before CPU %u has passed the "
		     "lock on",
		     c, look->now, s->holder);
		return;
	}
}

/* Whose stream goes on as if it had a step at the lock that is not there? */
static void skips(const struct side *s, struct broken *b)
{
	for (u32 c = 0; c < MAX_CPU; c++) {
		u32 kind = s->behind->n[c] ? s->behind->ev[c][0].kind : EV_NONE;

		if (c == s->holder && kind == EV_INC_TICKET)
			mean(b,
			     "CPU %u, which is inside, takes its next ticket, and its stream has "
			     "no INC_NOW between",
			     c);
		else if (c != s->holder && !(s->waiting >> c & 1) &&
		         (kind == EV_GET_NOW || kind == EV_HOLD_LOCK))
			mean(b,
			     "CPU %u looks whether it is served, and its stream has no INC_TICKET "
			     "before",
			     c);
	}
}

/* A rank that others went past, or whose halves do not fit. */
static void unlogged(const struct side *s, struct broken *b)
{
	u32 t0 = word_ticket(s->f->word), n0 = word_now(s->f->word);
	u32 t1 = word_ticket(s->f->seen), n1 = word_now(s->f->seen);

	if (has_wrapped(s) && t1 == t0 + 1 && n1 == n0) {
		mean(b,
		     "or the carry of now went into ticket (now wrapped from %u to 0, and ticket "
		     "went from %u to %u)",
		     ~0u, t0, t1);
		return;
	}
	if (t1 != t0 && n1 != n0)
		mean(b,
		     "or the word was changed by steps that nobody logged (ticket went from %u to "
		     "%u, now from %u to %u)",
		     t0, t1, n0, n1);
	else if (t1 != t0)
		mean(b,
		     "or the word was changed by a step that nobody logged (ticket went from %u to "
		     "%u)",
		     t0, t1);
	else if (n1 != n0)
		mean(b,
		     "or the word was changed by a step that nobody logged (now went from %u to "
		     "%u)",
		     n0, n1);
	if (n1 != n0)
		early(s, b);
	skips(s, b);
}

/* A look at a rank that has passed. */
static void late(const struct side *s, struct broken *b)
{
	u32 t0 = word_ticket(s->f->word), n0 = word_now(s->f->word);
	u32 t1 = word_ticket(s->f->seen), n1 = word_now(s->f->seen);

	mean(b, "or the word went back (ticket from %u to %u, now from %u to %u)", t0, t1, n0, n1);
}

/* A step without one before it in its own stream: which one is that, and is another CPU where this one would be? */
static void alone(const struct side *s, struct broken *b)
{
	u32 cpu = s->f->cpu, now = word_now(s->f->seen);

	switch (s->f->op) {
	case OP_INC_TICKET:
	case OP_ACQUIRE:
		mean(b,
		     "or CPU %u has a ticket already, and its stream has no INC_NOW between: it "
		     "was "
		     "not written, or the lock was not passed on",
		     cpu);
		break;
	case OP_SERVED:
		mean(b,
		     "or CPU %u enters at now %u with a ticket that it did not take: its "
		     "INC_TICKET "
		     "was not written, or it took another CPU's turn",
		     cpu, now);
		break;
	case OP_INC_NOW:
		mean(b,
		     "or CPU %u passes on a lock in which it is not: its INC_TICKET and HOLD_LOCK "
		     "were not written, or the lock was passed on twice",
		     cpu);
		break;
	}
	if (s->f->op != OP_INC_TICKET && s->holder != ~0u && s->holder != cpu &&
	    now == word_now(s->f->word))
		mean(b, "two CPUs are inside: CPU %u was served at now %u as well", s->holder, now);
}

static void flat(const struct side *s, struct broken *b)
{
	u32 have = word_ticket(s->f->word), seen = word_ticket(s->f->seen);

	if (s->f->row == MERGE_DOUBLED)
		mean(b, "or two CPUs were at flat memory at a time, and both counted number %u",
		     seen);
	else if (s->f->row == MERGE_LOST || s->f->row == MERGE_HOLE_UNFIT)
		mean(b,
		     "or flat memory was changed by a step that nobody logged (its numbers go from "
		     "%u to %u)",
		     have - 1, seen);
}

/* A step of a lock without tickets whose number is not the next one. */
static void numbered(const struct side *s, struct broken *b)
{
	u32 have = word_rank(s->f->word), seen = word_rank(s->f->seen), cpu = s->f->cpu;

	if (have == 0) {
		mean(b,
		     "or the lock's counter was not 0 when the log was opened (its first number is "
		     "%u)",
		     seen);
		return;
	}
	if (s->f->row == MERGE_LOST || s->f->row == MERGE_HOLE_UNFIT) {
		mean(b, "or a step was counted that nobody logged (the numbers go from %u to %u)",
		     have - 1, seen);
		return;
	}
	if (s->f->row != MERGE_DOUBLED)
		return;
	if (s->holder != ~0u && s->holder != cpu)
		mean(b, "two CPUs are inside: CPU %u, which got the lock before, and CPU %u",
		     s->holder, cpu);
	mean(b, "or two CPUs counted at once, outside of the lock, and both had number %u", seen);
}

/* The records of all CPUs, one behind the other. */
static void take_records(const struct behind *behind, struct broken *b)
{
	for (u32 c = 0; c < MAX_CPU; c++)
		for (u32 i = 0; i < behind->n[c]; i++) {
			const struct event *e = &behind->ev[c][i];

			b->record[b->n_records++] =
				(struct broken_record){ .kind = e->kind,
				                        .cpu = e->cpu,
				                        .lk = e->lk,
				                        .arg = e->arg,
				                        .ranked = e->flags & EVF_WORD ||
				                                  e->lk == FLATMEM_ID,
				                        .ticket = e->ticket,
				                        .now = e->now };
		}
}

/* Who is inside the lock, and who waits for it, before the break. */
static void who_is_there(const struct merge *m, struct side *s)
{
	s->holder = ~0u;
	for (u32 c = 0; c < m->cpus; c++) {
		if (m->cpu[c].held >> s->f->lk & 1)
			s->holder = c;
		if (m->cpu[c].waiting == s->f->lk)
			s->waiting |= 1ull << c;
	}
}

u64 means_of(const struct merge *m, const struct checker *c, struct broken *out)
{
	const struct merge_finding *f = &m->finding;
	struct behind *behind = malloc(sizeof(*behind));
	struct side s = { .f = f, .behind = behind };
	u64 at = f->at;
	u32 t = ~0u;

	*out = (struct broken){ .at_step = f->at_step };
	if (!behind)
		return at;
	merge_behind(m, behind);
	take_records(behind, out);
	if (f->at_step) {
		out->ticket = word_ticket(f->word);
		out->now = word_now(f->word);
		out->seen_ticket = word_ticket(f->seen);
		out->seen_now = word_now(f->seen);
		who_is_there(m, &s);
		/* Of a log that was cut the break may lie further on than what was put out. */
		if (f->word == m->lock[f->lk].word)
			s.n_last = checker_last(c, f->lk, s.last);
		words(&s);
	}
	if (f->at_step && f->lk == FLATMEM_ID) {
		flat(&s, out);
	} else if (f->at_step && (f->op == OP_WAIT_LOCK || f->op == OP_REL_LOCK)) {
		numbered(&s, out);
	} else if (f->alone) {
		alone(&s, out);
	} else if (f->at_step && f->row == MERGE_DOUBLED) {
		t = taken_by(&s);
		doubled(&s, t, out);
	} else if (f->at_step && f->row == MERGE_LATE) {
		late(&s, out);
	} else if (f->at_step && f->row != MERGE_FORGED) {
		unlogged(&s, out);
	}
	if (t != ~0u)
		at = s.last[t].index + 1;
	free(behind);
	return at;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/cut.h"

#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/log/read/decode.h"
#include "sim/log/read/misfit.h"

#include <string.h>

enum { CUT_BATCH = 64, CUT_ARENA = 1 << 16 };

/**
 * struct sight - a step behind the cut
 * @ahead: its rank, counted from where its lock is
 */
struct sight {
	u64 word;
	u32 ahead;
	u8 lk, cpu, op;
};

/**
 * struct cut - masks have one bit a CPU
 * @open:   its stream ends, as far as it was looked at, in this episode and without a CLOSE
 * @sights: [limit] at most of each stream
 */
struct cut {
	const struct merge *m;
	struct merge_finding *f;
	struct err *e;
	u64 open, behind;
	u32 limit;
	VEC(struct sight) sights;
	struct decode_batch batch;
};

/**
 * struct walk - a stream behind the cut
 * @taken:  locks of which it has a ticket that it did not pass on
 * @inside: in the merge's episode
 * @seen:   sights that were kept
 */
struct walk {
	struct decoder d;
	u64 taken;
	bool inside;
	u32 seen;
};

static u32 events_of(const struct decode_step *s)
{
	return s->op == OP_ACQUIRE ? 3 : s->op == OP_SERVED ? 2 : 1;
}

static struct decode_step step_of(const struct sight *s)
{
	return (struct decode_step){ .op = s->op, .lk = s->lk, .word = s->word };
}

/* A step whose predecessor is not in its own stream. */
static void alone(struct cut *k, u32 cpu, const struct decode_step *s, const char *what)
{
	if (k->f->row != MERGE_NONE)
		return;
	merge_find(k->f, MERGE_HOLE_UNFIT, s->lk, step_rank(s), cpu,
	           "lock %u: CPU %u %s at ticket %u now %u, and a step before that is not in its "
	           "stream",
	           s->lk, cpu, what, word_ticket(s->word), word_now(s->word));
	merge_find_step(k->f, s->op, k->m->lock[s->lk].word, s->word);
	k->f->alone = true;
}

/* What a stream says of itself. */
static void judge_alone(struct cut *k, struct walk *w, u32 cpu, const struct decode_step *s)
{
	u64 bit = 1ull << s->lk;

	switch (s->op) {
	case OP_INC_TICKET:
	case OP_ACQUIRE:
		if (w->taken & bit)
			alone(k, cpu, s, "takes its next ticket");
		w->taken |= bit;
		break;
	case OP_SERVED:
		if (!(w->taken & bit))
			alone(k, cpu, s, "is served");
		break;
	case OP_WAIT_LOCK:
		if (w->taken & bit)
			alone(k, cpu, s, "gets the lock again");
		w->taken |= bit;
		break;
	case OP_INC_NOW:
	case OP_REL_LOCK:
		if (!(w->taken & bit))
			alone(k, cpu, s, "passes the lock on");
		w->taken &= ~bit;
		break;
	default:
		break;
	}
}

static void take_step(struct cut *k, struct walk *w, u32 cpu)
{
	const struct decode_step *s = &w->d.step;
	struct sight one = { .word = s->word,
		             .ahead = step_rank(s) - merge_rank(&k->m->lock[s->lk]),
		             .lk = s->lk,
		             .cpu = (u8)cpu,
		             .op = s->op };

	k->behind += events_of(s);
	if (!w->inside)
		return;
	judge_alone(k, w, cpu, s);
	if (w->seen < k->limit)
		vec_push(&k->sights, one);
	else
		k->open |= 1ull << cpu;
	w->seen++;
}

static void unreadable(struct cut *k, struct reader *r, u32 cpu, const struct decoder *d)
{
	char place[256];

	if (k->e->code == ERR_NONE)
		err_set(k->e, ERR_RECORD, "%s: %s",
		        reader_place(r, cpu, d->cur, place, sizeof(place)), d->why);
}

/* Read CPU @cpu's stream on to its end. */
static void walk(struct cut *k, struct reader *r, u32 cpu, struct walk *w)
{
	struct reader_bytes bytes;
	struct err e;
	int rc;

	while (!interrupted()) {
		enum decode_stop stop;

		k->batch.n = 0;
		k->batch.used = 0;
		stop = decoder_run(&w->d, &k->batch);
		k->behind += k->batch.n;
		switch (stop) {
		case DECODE_STEP:
			take_step(k, w, cpu);
			/* The differences of a change of flat memory. */
			w->d.diffs[FLATMEM_ID].n = 0;
			break;
		case DECODE_EPISODE:
			k->behind++;
			w->inside = false;
			break;
		case DECODE_FULL:
			break;
		case DECODE_CLOSE:
			return;
		case DECODE_ERROR:
			unreadable(k, r, cpu, &w->d);
			k->open |= 1ull << cpu;
			return;
		case DECODE_END:
			rc = reader_next(r, cpu, &bytes, &e);
			if (rc < 0 && k->e->code == ERR_NONE)
				*k->e = e;
			if (rc <= 0) {
				k->open |= w->inside ? 1ull << cpu : 0;
				return;
			}
			reader_feed(&w->d, &bytes);
			break;
		}
	}
}

static void walk_from(struct cut *k, u32 cpu, bool parked)
{
	const struct merge_cpu *p = &k->m->cpu[cpu];
	struct reader *r = reader_ahead(k->m->reader, cpu);
	struct walk w = { .taken = p->held, .inside = parked };

	if (p->waiting != ~0u)
		w.taken |= 1ull << p->waiting;
	decoder_copy(&w.d, &p->dec);
	if (parked)
		take_step(k, &w, cpu);
	else
		k->behind++; /* its EPISODE */
	walk(k, r, cpu, &w);
	decoder_destroy(&w.d);
	reader_close(r);
}

/* By lock and rank, looks before the step that ends their rank. */
static int by_rank(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;
	struct decode_step s = step_of(x), t = step_of(y);

	if (x->lk != y->lk)
		return x->lk < y->lk ? -1 : 1;
	if (x->ahead != y->ahead)
		return x->ahead < y->ahead ? -1 : 1;
	if (step_is_rmw(&s) != step_is_rmw(&t))
		return step_is_rmw(&s) ? 1 : -1;
	return (int)x->cpu - (int)y->cpu;
}

/**
 * struct lock_line - one lock's sights in the order of their ranks
 * @at:    the word behind those that were looked at; @pos: its rank, counted from where the lock is
 * @last:  [cpu] ahead of its last sight, when its bit in @seen is set
 * @owner: [n] CPU of the tickets from @first on, 0xff: not known
 */
struct lock_line {
	u32 lk, pos;
	struct merge_lock at;
	u64 seen;
	u32 last[MAX_CPU];
	u32 first, n;
	u8 *owner;
};

static void own(struct lock_line *l, u32 ticket, u32 cpu)
{
	if (ticket - l->first < l->n)
		l->owner[ticket - l->first] = (u8)cpu;
}

/* The CPU that holds the lock in the merge, or ~0. */
static u32 holder_of(const struct merge *m, u32 lk)
{
	for (u32 c = 0; c < m->cpus; c++)
		if (m->cpu[c].held >> lk & 1)
			return c;
	return ~0u;
}

/*
 * CPUs that can have made the step of rank @l->pos, behind the ends of their streams: they have looked at this rank at most.
 * One that waits for a lock whose holder is parked behind this step can not.
 */
static u64 makers(const struct cut *k, const struct lock_line *l)
{
	const struct merge *m = k->m;
	u64 out = 0;

	for (u64 left = k->open; left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left), h;

		if (l->seen >> c & 1 && l->last[c] > l->pos)
			continue;
		h = m->dry >> c & 1 && m->cpu[c].waiting != ~0u ? holder_of(m, m->cpu[c].waiting)
		                                                : ~0u;
		if (h != ~0u && m->turns.parked >> h & 1 && m->cpu[h].dec.step.lk == l->lk &&
		    step_rank(&m->cpu[h].dec.step) - merge_rank(&m->lock[l->lk]) > l->pos)
			continue;
		out |= left & -left;
	}
	return out;
}

static void hole(struct cut *k, const struct lock_line *l, const struct sight *s, const char *why)
{
	u32 ticket = word_ticket(l->at.word), now = word_now(l->at.word);
	bool first = k->f->row == MERGE_NONE;

	if (s->op == OP_WAIT_LOCK || s->op == OP_REL_LOCK)
		merge_find(k->f, MERGE_HOLE_UNFIT, l->lk, merge_rank(&l->at), s->cpu,
		           "lock %u: step number %u is in no stream; CPU %u has number %u%s", l->lk,
		           merge_rank(&l->at), s->cpu, word_rank(s->word), why);
	else if (l->lk == FLATMEM_ID)
		merge_find(k->f, MERGE_HOLE_UNFIT, l->lk, merge_rank(&l->at), s->cpu,
		           "lock %u: step number %u at flat memory is in no stream; CPU %u has "
		           "number %u%s",
		           l->lk, ticket, s->cpu, word_ticket(s->word), why);
	else
		merge_find(k->f, MERGE_HOLE_UNFIT, l->lk, merge_rank(&l->at), s->cpu,
		           "lock %u: rank %u (ticket %u now %u) is in no stream; CPU %u saw ticket "
		           "%u now %u after it%s",
		           l->lk, merge_rank(&l->at), ticket, now, s->cpu, word_ticket(s->word),
		           word_now(s->word), why);
	if (first)
		merge_find_step(k->f, s->op, l->at.word, s->word);
}

/* The same of a lock without tickets: its numbers tell nothing of who counted them. */
static void judge_gap_high(struct cut *k, struct lock_line *l, const struct sight *s)
{
	if (!makers(k, l))
		hole(k, l, s, ", and it lies behind the end of no stream");
	l->pos = s->ahead;
	l->at.word = s->word;
}

/* The ranks from the line's to that of @s are missing. */
static void judge_gap(struct cut *k, struct lock_line *l, const struct sight *s)
{
	u32 tickets = word_ticket(s->word) - word_ticket(l->at.word);
	u32 passes = word_now(s->word) - word_now(l->at.word);
	u64 can = makers(k, l);

	if (tickets > s->ahead - l->pos || passes > s->ahead - l->pos) {
		merge_find(k->f, MERGE_WORD, l->lk, merge_rank(&l->at), s->cpu,
		           "lock %u: CPU %u saw ticket %u now %u, and the word was ticket %u now "
		           "%u before: neither half goes back",
		           l->lk, s->cpu, word_ticket(s->word), word_now(s->word),
		           word_ticket(l->at.word), word_now(l->at.word));
		return;
	}
	if (!can)
		hole(k, l, s, ", and it lies behind the end of no stream");
	else if (l->lk != FLATMEM_ID && tickets > passes + (u32)__builtin_popcountll(can))
		hole(k, l, s, ", and more tickets are missing than CPUs can have taken");
	for (u32 i = 0; i < passes && l->lk != FLATMEM_ID; i++) {
		u32 at = word_now(l->at.word) + i - l->first;

		if (at >= l->n)
			break;
		if (l->owner[at] != 0xff && !(can >> l->owner[at] & 1))
			hole(k, l, s,
			     ", and who holds the lock has not passed it on behind the end of its "
			     "stream");
	}
	l->pos = s->ahead;
	l->at.word = s->word;
}

static void judge_sight(struct cut *k, struct lock_line *l, const struct sight *s)
{
	struct decode_step step = step_of(s);

	if (s->ahead > 1u << 31 || s->ahead < l->pos) {
		merge_misfit(k->f, s->cpu, &step, &l->at);
		return;
	}
	if (step_is_high(&step)) {
		if (s->ahead > l->pos)
			judge_gap_high(k, l, s);
		l->at.word = word_of_number(word_rank(s->word) + 1);
		l->at.n_rmw++;
		l->pos++;
		return;
	}
	if (s->ahead > l->pos)
		judge_gap(k, l, s);
	if (s->word != l->at.word)
		merge_misfit(k->f, s->cpu, &step, &l->at);
	if (!step_is_rmw(&step))
		return;
	if (s->op == OP_INC_NOW) {
		l->at.word = word_make(word_ticket(s->word), word_now(s->word) + 1);
	} else {
		own(l, word_ticket(s->word), s->cpu);
		l->at.word = s->word + (1ull << 32);
	}
	l->at.n_rmw++;
	l->pos++;
}

/* The sights @s[0..n - 1] of one lock. */
static void judge_lock(struct cut *k, const struct sight *s, u32 n)
{
	const struct merge *m = k->m;
	struct lock_line l = { .lk = s->lk, .at = m->lock[s->lk] };

	l.first = word_now(l.at.word);
	l.n = n + MAX_CPU;
	l.owner = xcalloc(l.n, 1);
	memset(l.owner, 0xff, l.n);
	for (u32 c = 0; c < m->cpus; c++) {
		if (m->cpu[c].held >> l.lk & 1)
			own(&l, l.first, c);
		if (m->cpu[c].waiting == l.lk)
			own(&l, m->cpu[c].ticket, c);
	}
	for (u32 i = 0; i < n; i++) {
		l.seen |= 1ull << s[i].cpu;
		l.last[s[i].cpu] = s[i].ahead;
	}
	for (u32 i = 0; i < n && k->f->row == MERGE_NONE; i++)
		judge_sight(k, &l, &s[i]);
	free(l.owner);
}

void cut_judge(const struct merge *m, struct merge_finding *f, u64 *behind, struct err *e)
{
	struct cut k = { .m = m, .f = f, .e = e, .open = m->dry & ~m->closed };
	struct event events[CUT_BATCH];
	u64 walked = m->turns.parked | m->at_episode;

	k.batch = (struct decode_batch){
		.event = events, .max = CUT_BATCH, .arena = xcalloc(1, CUT_ARENA), .cap = CUT_ARENA
	};
	k.limit = CUT_STEPS / (walked ? (u32)__builtin_popcountll(walked) : 1);
	for (u64 left = walked; left; left &= left - 1)
		walk_from(&k, (u32)__builtin_ctzll(left), m->turns.parked & left & -left);
	if (k.sights.n)
		qsort(k.sights.v, k.sights.n, sizeof(*k.sights.v), by_rank);
	for (u32 i = 0, n; i < k.sights.n && !interrupted(); i += n) {
		for (n = 1; i + n < k.sights.n && k.sights.v[i + n].lk == k.sights.v[i].lk; n++)
			;
		judge_lock(&k, &k.sights.v[i], n);
	}
	*behind = k.behind;
	vec_free(&k.sights);
	free(k.batch.arena);
}

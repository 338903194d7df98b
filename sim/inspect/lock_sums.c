// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/lock_sums.h"

#include "sim/inspect/sections.h"

#include <stdlib.h>

/**
 * struct lock_sums
 * @row: by lock and operation; NULL: nothing was counted
 */
struct lock_sums {
	bool timed;
	struct lock_row *row[ID_END][SUMS_OPS];
};

struct lock_sums *lock_sums_new(bool timed)
{
	struct lock_sums *t = xcalloc(1, sizeof(*t));

	t->timed = timed;
	return t;
}

void lock_sums_clear(struct lock_sums *t)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		for (u32 op = 0; op < SUMS_OPS; op++) {
			free(t->row[lk][op]);
			t->row[lk][op] = NULL;
		}
}

void lock_sums_free(struct lock_sums *t)
{
	if (t)
		lock_sums_clear(t);
	free(t);
}

static struct lock_row *row_at(struct lock_sums *t, u32 lk, u32 op)
{
	struct lock_row **r = &t->row[lk][op];

	if (unlikely(!*r))
		*r = xcalloc(1, sizeof(**r));
	return *r;
}

static u32 op_of(const struct lock_section *s)
{
	if (s->in.atomic < HYP_OP_NR)
		return s->in.atomic;
	return s->in.work < 64 ? SUMS_WORK + s->in.work : (u32)SUMS_NO_OP;
}

/* What @s waited while @b had the lock. */
static u64 waited_for(const struct lock_section *s, const struct lock_section *b, bool timed)
{
	u64 from, to;

	if (!timed)
		return 1;
	from = max_u64(s->asked.ns, b->got.ns);
	to = min_u64(s->got.ns, b->released.ns);
	return to > from ? to - from : 0;
}

static void charge_holders(struct lock_sums *t, const struct sections *ss,
                           const struct lock_section *s)
{
	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		if (b)
			times_add(&row_at(t, b->lk, op_of(b))->others, waited_for(s, b, t->timed));
	}
}

void lock_sums_done(struct lock_sums *t, const struct sections *ss, const struct lock_section *s)
{
	struct lock_row *r = row_at(t, s->lk, op_of(s));

	r->acquired++;
	r->contended += s->depth > 0;
	r->hand_overs += s->from != SECTION_NONE && s->from != s->cpu;
	r->depth += s->depth;
	r->max_depth = max_u64(r->max_depth, s->depth);
	r->cpu[s->cpu]++;
	times_add(&r->hold, section_hold(s, t->timed));
	times_add(&r->wait, section_wait(s, t->timed));
	charge_holders(t, ss, s);
}

void lock_row_add(struct lock_row *r, const struct lock_row *more)
{
	r->acquired += more->acquired;
	r->contended += more->contended;
	r->hand_overs += more->hand_overs;
	r->depth += more->depth;
	r->max_depth = max_u64(r->max_depth, more->max_depth);
	times_join(&r->wait, &more->wait);
	times_join(&r->others, &more->others);
	times_join(&r->hold, &more->hold);
	for (u32 i = 0; i < MAX_CPU; i++)
		r->cpu[i] += more->cpu[i];
}

void lock_sums_add(struct lock_sums *t, const struct lock_sums *more)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		for (u32 op = 0; op < SUMS_OPS; op++)
			if (more->row[lk][op])
				lock_row_add(row_at(t, lk, op), more->row[lk][op]);
}

const struct lock_row *lock_sums_row(const struct lock_sums *t, u32 lk, u32 op)
{
	return t->row[lk][op];
}

/* Numbers of [@n], most of which are 0, as bytes and back. */
static void stash_sparse(u64 *v, u32 n, struct stash *s)
{
	u32 some = 0, at = 0;

	for (u32 i = 0; i < n; i++)
		some += v[i] != 0;
	stash_below(s, &some, n + 1);
	for (u32 k = 0; k < some; k++, at++) {
		u32 gap = 0;

		while (!s->load && v[at + gap] == 0)
			gap++;
		stash_below(s, &gap, n);
		at += gap;
		s->bad |= at >= n;
		if (s->bad)
			return;
		stash_u64(s, &v[at]);
	}
}

static void stash_times(struct times *t, struct stash *s)
{
	stash_u64(s, &t->n);
	if (t->n == 0)
		return;
	stash_u64(s, &t->min);
	stash_u64(s, &t->max);
	stash_u64(s, &t->sum);
	stash_sparse(t->bucket, TIMES_BUCKETS, s);
}

static void stash_row(struct lock_row *r, struct stash *s)
{
	u64 *const numbers[] = { &r->acquired, &r->contended, &r->hand_overs, &r->depth,
		                 &r->max_depth };

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		stash_u64(s, numbers[i]);
	stash_times(&r->wait, s);
	stash_times(&r->others, s);
	stash_times(&r->hold, s);
	stash_sparse(r->cpu, MAX_CPU, s);
}

static void read_rows(struct lock_sums *t, struct stash *s)
{
	u32 n = 0;

	stash_below(s, &n, ID_END * SUMS_OPS + 1);
	for (u32 i = 0; i < n && !s->bad; i++) {
		struct lock_row r = { .acquired = 0 };
		u32 lk = 0, op = 0;

		stash_below(s, &lk, ID_END);
		stash_below(s, &op, SUMS_OPS);
		stash_row(&r, s);
		lock_row_add(row_at(t, lk, op), &r);
	}
}

void lock_sums_stash(struct lock_sums *t, struct stash *s)
{
	u32 n = 0;

	if (s->load) {
		read_rows(t, s);
		return;
	}
	for (u32 i = 0; i < ID_END * SUMS_OPS; i++)
		n += t->row[i / SUMS_OPS][i % SUMS_OPS] != NULL;
	stash_u32(s, &n);
	for (u32 lk = 0; lk < ID_END; lk++)
		for (u32 op = 0; op < SUMS_OPS; op++) {
			if (!t->row[lk][op])
				continue;
			stash_u32(s, &lk);
			stash_u32(s, &op);
			stash_row(t->row[lk][op], s);
		}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/owed.h"

#include "oracle/check/known.h"
#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { WAIT_BITS = 14, WAIT_HEADS = 1 << WAIT_BITS, BROKEN_HEADS = 1 << 12, NO_CLAUSE = 0xff };

/**
 * struct waiting - an owed key
 * @next:  in the list of lock @lk, or the free list; 0: none
 * @chain: of those with one hash
 */
struct waiting {
	u64 key;
	u32 next, chain;
	u32 clause, lk;
};

/**
 * struct broken_key
 * @full:  number of the full evaluation that found it last
 */
struct broken_key {
	u64 key;
	u32 next, clause;
	u32 full;
};

/**
 * struct owed
 * @clause:   [n] that are on; @by_kind, @by_obj, @mappers: bits of them
 * @now:      the clause that is asked, NO_CLAUSE: none
 * @held, @doubted: locks that somebody is inside, and objects that are doubted (bits), while clauses are asked
 * @in_full:  owe() judges at once
 * @quiet:    nothing is told: what is broken when an episode begins was told in the first one
 * @booted:   the first episode has begun; @boot_broken: keys were broken then
 * @n_full:   full evaluations so far; @passes: since the last one
 * @all_due:  (bits) clauses for which there was no room: they owe all
 * @lost:     broken keys for which there was no room: the self-test says nothing in this episode
 * @e:        where findings are told; NULL: the end
 * @waits:    [1..] @n_waits in use, @free: first free one; @head: [lk]
 */
struct owed {
	const struct clause *clause[OWED_CLAUSES];
	u32 n;
	u64 by_kind[CH_NR], by_obj[OBJ_NR], mappers;
	struct judge *j;
	struct journal *journal;
	u32 now, in_full;
	u64 held, doubted;
	u32 quiet, booted, boot_broken, lost;
	u32 n_full, passes;
	u64 all_due;
	const struct event *e;
	u32 n_waits, free, n_broken, n_keys, free_key;
	u32 head[ID_END], hash[WAIT_HEADS], broken_hash[BROKEN_HEADS];
	struct waiting waits[OWED_MAX + 1];
	struct broken_key broken[BROKEN_MAX + 1];
};

ALWAYS_INLINE void set(struct owed *o, u32 *word, u32 value)
{
	journal_word(o->journal, word, value);
}

static u32 *wait_head(struct owed *o, u32 clause, u64 key)
{
	/* Keys of one clause mostly lie one behind the other: a product by the golden ratio spreads them. */
	u64 product = (key ^ (u64)clause << 57) * 0x9e3779b97f4a7c15;

	return &o->hash[product >> (64 - WAIT_BITS)];
}

static u32 *broken_head(struct owed *o, u32 clause, u64 key)
{
	return &o->broken_hash[mix64(key ^ (u64)clause << 57) % BROKEN_HEADS];
}

/* Does the key, of the chain that begins with @i, wait? */
static bool is_waiting(const struct owed *o, u32 i, u32 clause, u64 key)
{
	for (; i; i = o->waits[i].chain)
		if (o->waits[i].key == key && o->waits[i].clause == clause)
			return true;
	return false;
}

static u32 broken_of(struct owed *o, u32 clause, u64 key)
{
	u32 i = *broken_head(o, clause, key);

	while (i && (o->broken[i].key != key || o->broken[i].clause != clause))
		i = o->broken[i].next;
	return i;
}

static void forget_broken(struct owed *o, u32 at)
{
	struct broken_key *b = &o->broken[at];
	u32 *link = broken_head(o, b->clause, b->key);

	while (*link != at)
		link = &o->broken[*link].next;
	set(o, link, b->next);
	set(o, &b->next, o->free_key);
	set(o, &o->free_key, at);
	set(o, &o->n_broken, o->n_broken - 1);
	set(o, &b->clause, NO_CLAUSE);
}

/* 0: there is no room. */
static u32 keep_broken(struct owed *o, u32 clause, u64 key)
{
	u32 *head = broken_head(o, clause, key), at = o->free_key;

	if (at)
		set(o, &o->free_key, o->broken[at].next);
	else if (o->n_keys < BROKEN_MAX)
		set(o, &o->n_keys, at = o->n_keys + 1);
	else
		return 0;
	JOURNAL(o->journal, o->broken[at]);
	o->broken[at] = (struct broken_key){
		.key = key, .clause = clause, .next = *head, .full = o->n_full
	};
	set(o, head, at);
	set(o, &o->n_broken, o->n_broken + 1);
	return at;
}

static void tell(struct owed *o, enum check_row row, const struct facts *f)
{
	if (o->quiet)
		return;
	found_facts(o->j, row, o->e, f);
}

static void is_broken(struct owed *o, u32 clause, u64 key, const struct facts *f)
{
	const struct clause *c = o->clause[clause];
	u32 at = broken_of(o, clause, key);
	struct facts self;

	if (at) {
		set(o, &o->broken[at].full, o->n_full);
		return;
	}
	if (o->in_full && o->booted && !o->quiet) {
		facts_init(&self);
		facts_add(&self, "%s, key 0x%llx, is broken, and no change has said so: %s",
		          check_name(c->id), (unsigned long long)key, f->text);
		facts_value(&self, fact_word("check", check_name(c->id)));
		facts_value(&self, fact_hex("key", key));
		if (!o->lost)
			tell(o, ROW_SELFTEST_MISSED, &self);
	}
	at = keep_broken(o, clause, key);
	if (!at)
		set(o, &o->lost, 1);
	tell(o, c->row, f);
}

/* Clauses are asked, at event @e: none of that changes while they are. */
static void begin(struct owed *o, struct judge *j, const struct event *e)
{
	o->j = j;
	o->e = e;
	o->held = trail_held(j->trail);
	o->doubted = world_doubted(j->world);
}

/* At a cut of the key's locks. */
static void judge_key(struct owed *o, u32 clause, u64 key, u64 locks)
{
	const struct clause *c = o->clause[clause];
	enum clause_verdict v;
	struct facts f;
	u32 at;

	if (unlikely(locks & o->doubted)) {
		if (!o->in_full)
			not_judged(o->j, c->id, UNJUDGED_DOUBT);
		return;
	}
	facts_init(&f);
	v = c->holds(o->j, key, &f);
	if (v != CLAUSE_VACUOUS && !o->quiet)
		evaluated(o->j, c->id);
	if (unlikely(v == CLAUSE_BROKEN)) {
		is_broken(o, clause, key, &f);
		return;
	}
	if (likely(o->n_broken == 0))
		return;
	at = broken_of(o, clause, key);
	if (at && !o->in_full)
		forget_broken(o, at);
}

/* Into the list of another of @held's locks. */
static void wait_for(struct owed *o, u32 at, u64 held)
{
	u32 lk = (u32)__builtin_ctzll(held);

	set(o, &o->waits[at].lk, lk);
	set(o, &o->waits[at].next, o->head[lk]);
	set(o, &o->head[lk], at);
}

/* Into the list of one of @held's locks, unless it is in one. */
static __attribute__((noinline)) void add_waiting(struct owed *o, u32 clause, u64 key, u64 held)
{
	u32 *head = wait_head(o, clause, key), at = o->free, lk = (u32)__builtin_ctzll(held);

	if (is_waiting(o, *head, clause, key))
		return;
	if (at)
		set(o, &o->free, o->waits[at].next);
	else if (o->n_waits < OWED_MAX)
		set(o, &o->n_waits, at = o->n_waits + 1);
	else {
		JOURNAL(o->journal, o->all_due);
		o->all_due |= 1ull << clause;
		return;
	}
	if (unlikely(o->journal->on)) {
		journal_note(o->journal, &o->waits[at], sizeof(o->waits[at]));
		journal_note(o->journal, head, sizeof(*head));
		journal_note(o->journal, &o->head[lk], sizeof(o->head[lk]));
	}
	o->waits[at] = (struct waiting){
		.key = key, .next = o->head[lk], .chain = *head, .clause = clause, .lk = lk
	};
	*head = o->head[lk] = at;
}

void owe(struct owed *o, u64 key)
{
	u64 locks = o->clause[o->now]->locks(o->j->world, key);
	u64 held = locks & o->held;

	if (!held)
		judge_key(o, o->now, key, locks);
	else if (!o->in_full)
		add_waiting(o, o->now, key, held);
}

bool owed_now(const struct owed *o, u64 locks)
{
	return o->in_full && !(locks & o->held) && !(locks & o->doubted);
}

void owed_hold(struct owed *o, u64 n)
{
	u64 *evaluated = &o->j->tally[o->clause[o->now]->id].evaluated;

	if (o->quiet)
		return;
	KEEP(o->j, *evaluated);
	*evaluated += n;
}

void owe_broken(struct owed *o, bool (*match)(u64 arg, u64 key), u64 arg)
{
	if (o->n_broken == 0)
		return;
	for (u32 i = 1; i <= o->n_keys; i++)
		if (o->broken[i].clause == o->now && (!match || match(arg, o->broken[i].key)))
			owe(o, o->broken[i].key);
}

/* It waits no more; its place is free. */
static void take_out(struct owed *o, u32 at)
{
	struct waiting *w = &o->waits[at];
	u32 *link = wait_head(o, w->clause, w->key);

	while (*link != at)
		link = &o->waits[*link].chain;
	if (unlikely(o->journal->on)) {
		journal_note(o->journal, link, sizeof(*link));
		journal_note(o->journal, &w->next, sizeof(w->next));
		journal_note(o->journal, &o->free, sizeof(o->free));
	}
	*link = w->chain;
	w->next = o->free;
	o->free = at;
}

static void ask_all(struct owed *o, u32 clause)
{
	o->now = clause;
	o->clause[clause]->all(o, o->j->world);
	o->now = NO_CLAUSE;
}

/* Clauses that had no room, as far as nobody is inside of their locks; what is not judged then is owed again. */
static void pay_all(struct owed *o)
{
	u64 due = o->all_due;

	JOURNAL(o->journal, o->all_due);
	o->all_due = 0;
	for (; due; due &= due - 1)
		ask_all(o, (u32)__builtin_ctzll(due));
}

void owed_passed(struct owed *o, struct judge *j, lk_t lk)
{
	u32 at = o->head[lk];
	u64 held;

	begin(o, j, j->at);
	held = o->held;
	if (held >> lk & 1)
		return;
	if (at)
		set(o, &o->head[lk], 0);
	while (at) {
		struct waiting w = o->waits[at];
		u64 locks = o->clause[w.clause]->locks(j->world, w.key);

		if (locks & held) {
			wait_for(o, at, locks & held);
		} else {
			take_out(o, at);
			judge_key(o, w.clause, w.key, locks);
		}
		at = w.next;
	}
	if (unlikely(o->all_due))
		pay_all(o);
	if (likely(!j->selftest))
		return;
	set(o, &o->passes, o->passes + 1);
	if (o->passes >= j->selftest)
		owed_full(o, j, j->at);
}

static void touch(struct owed *o, const struct change *c)
{
	u64 set = o->by_kind[c->kind];

	if (c->kind == CH_PAGE && set & o->mappers && !world_is_mapped(o->j->world, c->at))
		set &= ~o->mappers;
	for (; set; set &= set - 1) {
		o->now = (u32)__builtin_ctzll(set);
		o->clause[o->now]->touched(o, o->j->world, c);
	}
}

void owed_section(struct owed *o, struct judge *j, const struct section *s)
{
	u64 by_obj = o->by_obj[obj_kind_of(s->lk)];
	const struct event *e = j->at;

	begin(o, j, e);
	for (u32 i = 0; i < s->n; i++)
		touch(o, &s->change[i]);
	for (u64 left = by_obj; left; left &= left - 1) {
		o->now = (u32)__builtin_ctzll(left);
		for (u32 i = 0; i < e->n; i++)
			o->clause[o->now]->diff(o, j->world, s->lk, &e->diffs[i]);
	}
	o->now = NO_CLAUSE;
}

/* Broken keys that the full evaluation has not met hold, and no change has said so. */
static void look_for_stale(struct owed *o)
{
	for (u32 i = 1; i <= o->n_keys && o->n_broken; i++) {
		struct broken_key *b = &o->broken[i];
		struct facts f;
		u64 locks;

		if (b->clause == NO_CLAUSE || b->full == o->n_full)
			continue;
		locks = o->clause[b->clause]->locks(o->j->world, b->key);
		if (locks & (o->held | o->doubted))
			continue;
		facts_init(&f);
		facts_add(&f, "%s, key 0x%llx, was broken, and no change has said that it holds",
		          check_name(o->clause[b->clause]->id), (unsigned long long)b->key);
		facts_value(&f, fact_word("check", check_name(o->clause[b->clause]->id)));
		facts_value(&f, fact_hex("key", b->key));
		tell(o, ROW_SELFTEST_STALE, &f);
		forget_broken(o, i);
	}
}

static void ask_for_all(struct owed *o)
{
	set(o, &o->n_full, o->n_full + 1);
	set(o, &o->passes, 0);
	o->in_full = true;
	for (u32 i = 0; i < o->n; i++)
		ask_all(o, i);
	if (!o->lost)
		look_for_stale(o);
	o->in_full = false;
}

void owed_full(struct owed *o, struct judge *j, const struct event *e)
{
	begin(o, j, e);
	evaluated(j, CHK_SELFTEST);
	ask_for_all(o);
}

void owed_begin(struct owed *o, struct judge *j)
{
	begin(o, j, NULL);
	if (o->booted && !o->boot_broken)
		return;
	o->quiet = o->booted;
	ask_for_all(o);
	o->quiet = false;
	set(o, &o->booted, true);
	set(o, &o->boot_broken, o->n_broken);
}

void owed_reset(struct owed *o, const struct judge *j)
{
	o->journal = world_journal(j->world);
	for (u32 i = 1; i <= o->n_waits; i++)
		*wait_head(o, o->waits[i].clause, o->waits[i].key) = 0;
	for (u32 i = 1; i <= o->n_keys; i++)
		if (o->broken[i].clause != NO_CLAUSE)
			*broken_head(o, o->broken[i].clause, o->broken[i].key) = 0;
	o->n_waits = o->free = o->n_broken = o->n_keys = o->free_key = 0;
	o->passes = o->lost = 0;
	o->all_due = 0;
	memset(o->head, 0, sizeof(o->head));
}

/* What waits is not judged. */
static void not_paid(struct owed *o, struct judge *j, bool cut)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		for (u32 i = o->head[lk]; i; i = o->waits[i].next)
			not_judged(j, o->clause[o->waits[i].clause]->id,
			           cut ? UNJUDGED_CUT : UNJUDGED_HALT);
}

void owed_end(struct owed *o, struct judge *j, bool cut)
{
	not_paid(o, j, cut);
	if (!j->brief)
		owed_full(o, j, NULL);
}

u32 owed_n_broken(const struct owed *o)
{
	return o->n_broken;
}

struct owed *owed_new(const struct judge *j, const struct clause *const *table, u32 n)
{
	struct owed *o = xcalloc(1, sizeof(*o));

	o->now = NO_CLAUSE;
	o->journal = world_journal(j->world);
	for (u32 i = 0; i < n; i++) {
		const struct clause *c = table[i];
		u64 bit = 1ull << o->n;

		if (!check_on(j, c->id))
			continue;
		SIM_ASSERT(o->n < OWED_CLAUSES);
		for (u32 kind = 0; kind < CH_NR; kind++)
			o->by_kind[kind] |= c->changes >> kind & 1 ? bit : 0;
		o->mappers |= c->mappers ? bit : 0;
		for (u32 kind = 0; kind < OBJ_NR; kind++)
			o->by_obj[kind] |= c->wrote >> kind & 1 ? bit : 0;
		o->clause[o->n++] = c;
	}
	return o;
}

void owed_free(struct owed *o)
{
	free(o);
}

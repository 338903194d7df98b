// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/sections.h"

#include "sim/base/stash.h"
#include "sim/log/config.h"
#include "sim/log/op.h"
#include "sim/log/source.h"

#include <stdlib.h>

/**
 * struct cpu_sections
 * @asked:   bits of locks that it waits for; @open: [n_open] those that it has, in the order in which it got them
 * @section: [lock]
 * @others:  [lock][cpu] of a section that has to wait: events of the CPU by the time that it asked, and once the lock is its own, since then
 */
struct cpu_sections {
	u64 asked;
	u32 n_open;
	lk_t open[ID_END];
	struct lock_section section[ID_END];
	u64 others[ID_END][MAX_CPU];
};

/**
 * struct lock_sections
 * @last:   the CPU that had it last
 * @now:    which ticket is served, as far as the log has said
 * @recent: sections of the episode that are done, by ticket: those that a section waited for are done when the section is
 */
struct lock_sections {
	u32 last, now;
	struct lock_section recent[MAX_CPU];
};

/**
 * struct sections
 * @n:       sections that were asked for
 * @episode: the one that began last; @cut: sections that an episode's end has cut
 * @own:     [cpu] events so far; @seen: CPUs from this one on had none
 */
struct sections {
	u64 n, episode;
	u32 cut, seen;
	u64 own[MAX_CPU];
	struct sections_told told;
	struct nest nest;
	struct cpu_sections cpu[MAX_CPU];
	struct lock_sections lock[ID_END];
};

/* As an episode begins. */
static void nobody_had(struct sections *ss)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		ss->lock[lk].last = SECTION_NONE;
		for (u32 i = 0; i < MAX_CPU; i++)
			ss->lock[lk].recent[i].cpu = SECTION_NONE;
	}
}

struct sections *sections_new(const struct sections_told *told)
{
	struct sections *ss = xcalloc(1, sizeof(*ss));

	ss->told = *told;
	nobody_had(ss);
	return ss;
}

void sections_free(struct sections *ss)
{
	free(ss);
}

static void note_asked(struct sections *ss, const struct lock_section *s)
{
	u64 *others = ss->cpu[s->cpu].others[s->lk];

	for (u32 i = 0; i < ss->seen; i++)
		others[i] = ss->own[i];
}

static void note_got(struct sections *ss, const struct lock_section *s)
{
	u64 *others = ss->cpu[s->cpu].others[s->lk];

	for (u32 i = 0; i < ss->seen; i++)
		others[i] = ss->own[i] - others[i];
	/* The event that has the lock is no part of the wait. */
	others[s->cpu]--;
}

static void ask(struct sections *ss, struct section_at at, const struct event *e)
{
	struct lock_section *s = &ss->cpu[e->cpu].section[e->lk];

	*s = (struct lock_section){ .number = ++ss->n,
		                    .lk = (lk_t)e->lk,
		                    .cpu = e->cpu,
		                    .asked = at,
		                    .in = nest_where(&ss->nest, e->cpu),
		                    .from = SECTION_NONE };
	if (e->flags & EVF_WORD) {
		s->ticket = e->ticket;
		s->depth = e->ticket - e->now;
		ss->lock[e->lk].now = e->now;
	}
	ss->cpu[e->cpu].asked |= 1ull << e->lk;
	if (s->depth)
		note_asked(ss, s);
	if (ss->told.asked)
		ss->told.asked(ss->told.arg, ss, s);
}

static void get(struct sections *ss, struct section_at at, const struct event *e)
{
	struct cpu_sections *c = &ss->cpu[e->cpu];
	struct lock_sections *l = &ss->lock[e->lk];

	if (!(c->asked >> e->lk & 1) || c->n_open == ID_END)
		return;
	c->asked &= ~(1ull << e->lk);
	c->section[e->lk].got = at;
	c->section[e->lk].from = l->last;
	c->open[c->n_open++] = (lk_t)e->lk;
	l->last = e->cpu;
	if (c->section[e->lk].depth)
		note_got(ss, &c->section[e->lk]);
	if (ss->told.got)
		ss->told.got(ss->told.arg, ss, &c->section[e->lk]);
}

static void let_go(struct sections *ss, struct section_at at, const struct event *e)
{
	struct cpu_sections *c = &ss->cpu[e->cpu];
	struct lock_section *s = &c->section[e->lk];
	u32 i = 0;

	while (i < c->n_open && c->open[i] != e->lk)
		i++;
	if (i == c->n_open)
		return;
	for (c->n_open--; i < c->n_open; i++)
		c->open[i] = c->open[i + 1];
	s->released = at;
	if (e->flags & EVF_WORD)
		ss->lock[e->lk].now = e->now + 1;
	if (ss->told.done)
		ss->told.done(ss->told.arg, ss, s);
	ss->lock[e->lk].recent[s->ticket % MAX_CPU] = *s;
}

/* Has the CPU the lock, or does it wait for it? */
static bool is_unfinished(const struct cpu_sections *c, lk_t lk)
{
	for (u32 i = 0; i < c->n_open; i++)
		if (c->open[i] == lk)
			return true;
	return c->asked >> lk & 1;
}

static u32 unfinished(const struct cpu_sections *c)
{
	return c->n_open + (u32)__builtin_popcountll(c->asked);
}

/* An episode begins with locks that nobody has: for a CPU with its own mark, for the locks with the first one. */
static void episode(struct sections *ss, const struct event *e)
{
	struct cpu_sections *c = &ss->cpu[e->cpu];

	ss->cut += unfinished(c);
	c->asked = 0;
	c->n_open = 0;
	if (e->n == 0 || e->args[0] == ss->episode)
		return;
	ss->episode = e->args[0];
	nobody_had(ss);
}

void sections_event(struct sections *ss, u64 index, const struct event *e)
{
	struct cpu_sections *c = &ss->cpu[e->cpu % MAX_CPU];
	struct section_at at = { .index = index,
		                 .ns = e->time_ns,
		                 .own = ss->own[e->cpu % MAX_CPU]++ };

	if (unlikely(e->cpu % MAX_CPU >= ss->seen))
		ss->seen = e->cpu % MAX_CPU + 1;
	nest_event(&ss->nest, e);
	if (e->kind == MARK_EPISODE)
		episode(ss, e);
	if (event_is_mark(e->kind) || e->lk >= ID_END)
		return;
	switch (e->kind) {
	case EV_INC_TICKET:
		ask(ss, at, e);
		return;
	case EV_GET_NOW:
		c->section[e->lk].rounds += c->asked >> e->lk & 1;
		return;
	case EV_HOLD_LOCK:
		get(ss, at, e);
		return;
	case EV_WAIT_LOCK:
		ask(ss, at, e);
		get(ss, at, e);
		return;
	case EV_INC_NOW:
	case EV_REL_LOCK:
		let_go(ss, at, e);
		return;
	default:
		return;
	}
}

const struct lock_section *sections_open(const struct sections *ss, u32 cpu, u32 i)
{
	const struct cpu_sections *c = &ss->cpu[cpu];

	return i < c->n_open ? &c->section[c->open[i]] : NULL;
}

const struct lock_section *sections_waiting(const struct sections *ss, u32 cpu, lk_t lk)
{
	const struct cpu_sections *c = &ss->cpu[cpu];

	return c->asked >> lk & 1 ? &c->section[lk] : NULL;
}

bool sections_waits(const struct sections *ss, u32 cpu)
{
	return ss->cpu[cpu].asked != 0;
}

const struct nest_cpu *sections_nest(const struct sections *ss, u32 cpu)
{
	return &ss->nest.cpu[cpu];
}

struct nest_where sections_where(const struct sections *ss, u32 cpu)
{
	return nest_where(&ss->nest, cpu);
}

struct nest *sections_brackets(struct sections *ss)
{
	return &ss->nest;
}

const struct lock_section *sections_before(const struct sections *ss, const struct lock_section *s,
                                           u32 i)
{
	u32 ticket = s->ticket - s->depth + i;
	const struct lock_section *b = &ss->lock[s->lk].recent[ticket % MAX_CPU];

	return i < s->depth && b->cpu != SECTION_NONE && b->ticket == ticket &&
	                       b->released.index < s->got.index
	               ? b
	               : NULL;
}

const u64 *sections_others(const struct sections *ss, const struct lock_section *s)
{
	return ss->cpu[s->cpu].others[s->lk];
}

u32 sections_unfinished(const struct sections *ss)
{
	u32 n = ss->cut;

	for (u32 i = 0; i < MAX_CPU; i++)
		n += unfinished(&ss->cpu[i]);
	return n;
}

const char *section_op_name(const struct log_config *c, const struct lock_section *s)
{
	const char *work = nest_work_name(c, s->in.work);

	if (s->in.atomic != NEST_NONE)
		return op_function(s->in.atomic);
	return work ? work : "-";
}

int sections_read(struct log_source *s, const struct sections_told *told, u32 *left, struct err *e)
{
	struct sections *ss = sections_new(told);
	struct event ev[SOURCE_BATCH];
	u64 index = 0;
	u32 n;
	int rc;

	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			sections_event(ss, index++, &ev[i]);
	} while (rc == 0 && n > 0);
	*left = sections_unfinished(ss);
	sections_free(ss);
	return rc;
}

static void stash_at(struct section_at *at, struct stash *s)
{
	stash_u64(s, &at->index);
	stash_u64(s, &at->ns);
	stash_u64(s, &at->own);
}

void lock_section_stash(struct lock_section *l, struct stash *s)
{
	u32 lk = l->lk;

	stash_below(s, &lk, ID_END);
	l->lk = (lk_t)lk;
	stash_below(s, &l->cpu, MAX_CPU);
	stash_u64(s, &l->number);
	stash_u32(s, &l->in.work);
	stash_u32(s, &l->in.atomic);
	stash_u32(s, &l->ticket);
	stash_u32(s, &l->depth);
	stash_u32(s, &l->rounds);
	stash_or_none(s, &l->from, MAX_CPU);
	stash_at(&l->asked, s);
	stash_at(&l->got, s);
	stash_at(&l->released, s);
}

/* The sections that a CPU has or waits for. */
static void stash_cpu(struct cpu_sections *c, u32 cpus, struct stash *s)
{
	u64 are;

	stash_mask(s, &c->asked, (1ull << ID_END) - 1);
	stash_below(s, &c->n_open, ID_END + 1);
	are = c->asked;
	for (u32 i = 0; i < c->n_open; i++) {
		u32 lk = c->open[i];

		stash_below(s, &lk, ID_END);
		c->open[i] = (lk_t)lk;
		are |= 1ull << lk;
	}
	for (; are; are &= are - 1) {
		lk_t lk = (lk_t)__builtin_ctzll(are);

		lock_section_stash(&c->section[lk], s);
		for (u32 i = 0; i < cpus && c->section[lk].depth; i++)
			stash_u64(s, &c->others[lk][i]);
	}
}

/* May a section that is not done yet ask for @b, which is?  One that has asked says for which; one that asks later, from the @now of then on. */
static bool is_asked_for(const struct sections *ss, u32 cpus, lk_t lk, const struct lock_section *b)
{
	if (b->ticket - ss->lock[lk].now < 1u << 31)
		return true;
	for (u32 i = 0; i < cpus; i++) {
		const struct lock_section *o = &ss->cpu[i].section[lk];

		if (is_unfinished(&ss->cpu[i], lk) && b->ticket - (o->ticket - o->depth) < o->depth)
			return true;
	}
	return false;
}

static void read_recent(struct sections *ss, lk_t lk, struct stash *s)
{
	u32 n = 0;

	for (u32 i = 0; i < MAX_CPU; i++)
		ss->lock[lk].recent[i].cpu = SECTION_NONE;
	stash_below(s, &n, MAX_CPU + 1);
	for (u32 i = 0; i < n; i++) {
		struct lock_section b = { .lk = lk };

		lock_section_stash(&b, s);
		ss->lock[lk].recent[b.ticket % MAX_CPU] = b;
	}
}

static void write_recent(struct sections *ss, lk_t lk, u32 cpus, struct stash *s)
{
	struct lock_section *recent = ss->lock[lk].recent;
	u64 these = 0;
	u32 n;

	for (u32 i = 0; i < MAX_CPU; i++)
		if (recent[i].cpu != SECTION_NONE && is_asked_for(ss, cpus, lk, &recent[i]))
			these |= 1ull << i;
	n = (u32)__builtin_popcountll(these);
	stash_u32(s, &n);
	for (; these; these &= these - 1) {
		lock_section_stash(&recent[__builtin_ctzll(these)], s);
	}
}

void sections_stash(struct sections *ss, u32 cpus, struct stash *s)
{
	stash_u64(s, &ss->n);
	stash_u64(s, &ss->episode);
	stash_u32(s, &ss->cut);
	nest_stash(&ss->nest, cpus, s);
	ss->seen = s->load ? cpus : ss->seen;
	for (u32 i = 0; i < cpus; i++) {
		stash_u64(s, &ss->own[i]);
		stash_cpu(&ss->cpu[i], cpus, s);
	}
	for (u32 i = 0; i < ID_END; i++) {
		stash_or_none(s, &ss->lock[i].last, MAX_CPU);
		stash_u32(s, &ss->lock[i].now);
		if (s->load)
			read_recent(ss, (lk_t)i, s);
		else
			write_recent(ss, (lk_t)i, cpus, s);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/sections.h"

#include "sim/base/vec.h"
#include "sim/log/config.h"
#include "sim/log/op.h"
#include "sim/log/source.h"

#include <stdlib.h>

/**
 * struct cpu_sections
 * @asked:   bits of locks that it waits for; @open: [n_open] those that it has, in the order in which it got them
 * @section: [lock]
 * @own:     events so far
 */
struct cpu_sections {
	u64 asked;
	u32 n_open;
	lk_t open[ID_END];
	struct lock_section section[ID_END];
	u64 own;
};

/**
 * struct lock_sections
 * @last:   the CPU that had it last
 * @recent: sections that are done, by ticket: those that a section waited for are done when the section is
 */
struct lock_sections {
	u32 last;
	struct lock_section recent[MAX_CPU];
};

/**
 * struct sections
 * @n:       sections that were asked for
 * @episode: the one that began last; @cut: sections that an episode's end has cut
 */
struct sections {
	u64 n, episode;
	u32 cut;
	struct sections_told told;
	struct nest nest;
	struct cpu_sections cpu[MAX_CPU];
	struct lock_sections lock[ID_END];
};

struct sections *sections_new(const struct sections_told *told)
{
	struct sections *ss = xcalloc(1, sizeof(*ss));

	ss->told = *told;
	for (u32 lk = 0; lk < ID_END; lk++) {
		ss->lock[lk].last = SECTION_NONE;
		for (u32 i = 0; i < MAX_CPU; i++)
			ss->lock[lk].recent[i].cpu = SECTION_NONE;
	}
	return ss;
}

void sections_free(struct sections *ss)
{
	free(ss);
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
	}
	ss->cpu[e->cpu].asked |= 1ull << e->lk;
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
	if (ss->told.done)
		ss->told.done(ss->told.arg, ss, s);
	ss->lock[e->lk].recent[s->ticket % MAX_CPU] = *s;
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
	for (u32 lk = 0; lk < ID_END; lk++)
		ss->lock[lk].last = SECTION_NONE;
}

void sections_event(struct sections *ss, u64 index, const struct event *e)
{
	struct cpu_sections *c = &ss->cpu[e->cpu % MAX_CPU];
	struct section_at at = { .index = index, .ns = e->time_ns, .own = c->own++ };

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

u64 sections_own(const struct sections *ss, u32 cpu)
{
	return ss->cpu[cpu].own;
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

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check.h"

#include "oracle/check/contents.h"
#include "oracle/check/keep.h"
#include "oracle/check/known.h"
#include "oracle/check/lock_order.h"
#include "oracle/check/marks.h"
#include "oracle/check/outcome.h"
#include "oracle/check/outside.h"
#include "oracle/check/pass.h"
#include "oracle/check/program_order.h"
#include "oracle/check/queue.h"
#include "oracle/check/registers.h"
#include "oracle/check/state.h"
#include "oracle/check/ticket.h"
#include "oracle/check/tlb.h"
#include "oracle/data.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct family *const families[FAMILY_NR] = {
	[FAMILY_QUEUE] = &queue_family,
	[FAMILY_TICKET] = &ticket_family,
	[FAMILY_PROGRAM_ORDER] = &program_order_family,
	[FAMILY_LOCK_ORDER] = &lock_order_family,
	[FAMILY_CONTENTS] = &contents_family,
	[FAMILY_MARKS] = &marks_family,
	[FAMILY_OUTCOME] = &outcome_family,
	[FAMILY_TLB] = &tlb_family,
	[FAMILY_REGISTERS] = &registers_family,
	[FAMILY_OUTSIDE] = &outside_family,
	[FAMILY_STATE] = &state_family,
};

static const u8 family_of[CHK_NR] = {
#define CHECK(id, name, family, group, told_by, clauses, source, sentence) \
	[CHK_##id] = FAMILY_##family,
#include "oracle/check/check.def"
};

/**
 * struct slice - events that were judged at once
 * @first, @n: the first one's index among all, and how many they are
 * @end:   the journal's length behind them
 * @class: of the first finding before them
 */
struct slice {
	u64 first;
	u32 n, end, class;
};

/**
 * struct undoes - what can be undone
 * @slices: all since the first event that can be
 */
struct undoes {
	struct keep keep;
	VEC(struct slice) slices;
};

/**
 * struct checker
 * @own:     the families' states
 * @undoes:  NULL: nothing can be undone
 * @episode: number of the running episode; @any: there was an event
 * @n_required: requirements
 * @merge_judged, @merge_worst: the merge is done before its events come here; what it says is kept
 * @broken: where it broke off, or NULL
 */
struct checker {
	struct judge judge;
	void *own[FAMILY_NR];
	struct undoes *undoes;
	u64 episode;
	bool any, cut, ended;
	u32 n_required;
	bool merge_judged;
	char merge_worst[112];
	struct broken *broken;
};

/* Nothing that was can be undone, from now on all can. */
static void keep_from_here(struct checker *c)
{
	journal_forget(c->judge.journal);
	for (u32 i = 0; i < FAMILY_NR; i++)
		if (families[i]->keep)
			families[i]->keep(c->own[i]);
	c->undoes->keep.base = c->judge.findings.n_events;
	c->undoes->keep.at.n = 0;
	c->undoes->slices.n = 0;
}

/* A machine of its own begins: all state but worst cases and findings is as at the start. */
static void reset(struct checker *c)
{
	world_reset(c->judge.world);
	world_begins_at(c->judge.world, c->judge.findings.n_events);
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->reset(c->own[i], &c->judge);
	memset(c->judge.holder, 0, sizeof(c->judge.holder));
	memset(c->judge.out, 0, sizeof(c->judge.out));
	memcpy(c->judge.episode_n, c->judge.findings.context.lock_n, sizeof(c->judge.episode_n));
	c->judge.now.apart = 1ull << FLATMEM_ID;
	c->judge.now.halted = false;
	c->judge.findings.episode_at = c->judge.findings.n_events;
	touched_reset(c->judge.touched);
	if (c->undoes)
		keep_from_here(c);
}

/* The episode is over. */
static void end(struct checker *c, bool closed, bool cut)
{
	for (u32 i = 0; i < FAMILY_NR; i++)
		if (families[i]->end)
			families[i]->end(c->own[i], &c->judge, closed, cut);
	findings_ended(&c->judge.findings);
}

static void judge_init(struct judge *j, const struct log_config *config,
                       const struct check_set *checks)
{
	bool tier;

	j->checks = *checks;
	check_set_remove(&j->checks, CHK_REQUIRE);
	j->cpus = config->cpus;
	j->total_cpu = config->total_cpu;
	j->fairness = config->fairness;
	j->start_ticket = config->start_ticket;
	j->start_now = config->start_now;
	j->keep_reads = config->keep_reads;
	j->barriers = config->barriers;
	j->tlb = config->tlb;
	j->tlb_as_is = errata_published(&config->errata, ERRATUM_TLB_INVALIDATE);
	j->high_as_is = errata_published(&config->errata, ERRATUM_TICKET_LOG);
	j->loads_saved = errata_published(&config->errata, ERRATUM_ACCESS_REGISTERS);
	j->data = log_config_oracle(config, doracle);
	j->n_ops = config->n_ops;
	j->errata = config->errata;
	tier = state_wanted(j, config);
	j->world = world_new(config, tier ? WORLD_INDEX : WORLD_CONTENTS);
	j->spoilt = tier ? spoilt_new() : NULL;
	j->trail = tier ? trail_new(world_journal(j->world)) : NULL;
	j->fixed = config->fixed;
	j->touched = xcalloc(1, sizeof(*j->touched));
	j->findings.world = j->world;
	j->findings.trail = j->trail;
	j->findings.touched = j->touched;
	j->findings.holder = j->holder;
	for (lk_t lk = 0; lk < ID_END; lk++)
		j->push_of[lk] = (u8)event_push_of(lk);
}

struct checker *checker_new(const struct log_config *config, struct check_set checks)
{
	struct checker *c = xcalloc(1, sizeof(*c));

	judge_init(&c->judge, config, &checks);
	c->episode = ~0ull;
	for (u32 i = 0; i < FAMILY_NR; i++)
		c->own[i] = families[i]->create(&c->judge);
	if (registers_active(&c->judge))
		c->judge.registers = register_checks_rebuilt(c->own[FAMILY_REGISTERS]);
	reset(c);
	return c;
}

void checker_how(struct checker *c, struct check_how how)
{
	SIM_ASSERT(c->judge.findings.n_events == 0);
	c->judge.findings.strict = how.strict;
	c->judge.findings.all = how.all;
	c->judge.selftest = how.full ? CHECK_FULL : 0;
	c->judge.covers = how.coverage;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->free(c->own[i]);
	if (c->undoes) {
		vec_free(&c->undoes->keep.at);
		vec_free(&c->undoes->slices);
		free(c->undoes);
	}
	free(c->broken);
	findings_free(&c->judge.findings);
	free(c->judge.touched);
	trail_free(c->judge.trail);
	spoilt_free(c->judge.spoilt);
	world_free(c->judge.world);
	free(c);
}

void checker_keep(struct checker *c)
{
	struct judge *j = &c->judge;

	SIM_ASSERT(!j->findings.all);
	if (!c->undoes) {
		c->undoes = xcalloc(1, sizeof(*c->undoes));
		c->undoes->keep.own = c->own;
		c->undoes->keep.judge = j;
		world_keep(j->world, true);
		j->journal = world_journal(j->world);
		j->findings.journal = j->findings.context.journal = j->journal;
		j->touched->journal = j->journal;
	}
	keep_from_here(c);
}

/* The first @n events of the slice were judged, which found the first finding of @class before it. */
static void slice_judged(struct checker *c, u32 n, u32 class)
{
	struct findings *s = &c->judge.findings;

	findings_judged(s, n, class);
	KEEP(s, s->n_events);
	s->n_events += n;
	s->slice = NULL;
	s->slice_n = 0;
	if (c->undoes)
		vec_push(&c->undoes->slices, ((struct slice){ .first = s->n_events - n,
		                                              .n = n,
		                                              .end = s->journal->undo.n,
		                                              .class = class }));
}

/* Judge a slice of at most @n events, all of the running episode.  Returns how many it has. */
static u32 judge_slice(struct checker *c, const struct event *ev, u32 n)
{
	struct findings *s = &c->judge.findings;
	u32 class = findings_first(s);

	s->slice = ev;
	s->slice_n = n < CONTEXT_SLICE ? n : CONTEXT_SLICE;
	context_next(&s->context, s->n_events);
	pass_events(c->own, &c->judge, c->episode, c->undoes ? &c->undoes->keep : NULL);
	n = s->slice_n;
	slice_judged(c, n, class);
	return n;
}

void checker_undo(struct checker *c, u64 n)
{
	struct undoes *u = c->undoes;
	u32 begin = 0, left = 0, class = 0;

	SIM_ASSERT(u && n >= u->keep.base && n <= c->judge.findings.n_events);
	while (u->slices.n > 0 && u->slices.v[u->slices.n - 1].first >= n)
		u->slices.n--;
	if (u->slices.n > 0) {
		const struct slice *last = &u->slices.v[u->slices.n - 1];

		begin = last->end;
		class = last->class;
		if (n < last->first + last->n) {
			/* What is left of the slice is one of its own. */
			begin = u->keep.at.v[n - u->keep.base];
			left = (u32)(n - last->first);
			u->slices.n--;
		}
	}
	world_undo(c->judge.world, begin);
	u->keep.at.n = (u32)(n - u->keep.base);
	if (left)
		slice_judged(c, left, class);
}

void checker_feed(struct checker *c, const struct event *ev, u32 n)
{
	SIM_ASSERT(!c->ended);
	while (n > 0) {
		u32 judged;

		/* Each CPU's stream has the mark: the first one begins the episode. */
		if (ev->kind == MARK_EPISODE && ev->arg != c->episode) {
			if (c->any) {
				end(c, true, false);
				reset(c);
			} else {
				KEEP(&c->judge, c->episode);
			}
			c->episode = ev->arg;
		}
		if (unlikely(!c->any)) {
			KEEP(&c->judge, c->any);
			c->any = true;
		}
		judged = judge_slice(c, ev, n);
		ev += judged;
		n -= judged;
	}
}

void checker_cut(struct checker *c)
{
	KEEP(&c->judge, c->cut);
	c->cut = true;
}

void checker_end(struct checker *c, bool closed)
{
	SIM_ASSERT(!c->ended);
	end(c, closed && !c->cut, c->cut);
	KEEP(&c->judge, c->ended);
	c->ended = true;
}

void checker_add_finding(struct checker *c, const struct finding *f)
{
	struct findings *s = &c->judge.findings;

	findings_keep(s, f);
	if (f->check != CHK_MERGE)
		return;
	if (s->found[0].check == CHK_MERGE)
		context_begin(&s->context, &s->context.first, &s->found[0]);
	findings_ended(s);
	KEEP(&c->judge, c->merge_judged);
	c->merge_judged = true;
	checker_cut(c);
}

/* Undoes checker_add_broken(): saved[0] is what it put another one into the place of. */
static void broken_back(void *arg, const u64 *saved)
{
	struct checker *c = arg;

	free(c->broken);
	c->broken = (struct broken *)(uintptr_t)saved[0];
}

static void keep_broken(struct checker *c, struct broken *was)
{
	u64 *words = journal_room(c->judge.journal, 4);

	words[0] = (u64)(uintptr_t)was;
	journal_call(c->judge.journal, words, 1, broken_back, c);
}

void checker_add_broken(struct checker *c, const struct broken *b)
{
	struct broken *was = c->broken;

	c->broken = xcalloc(1, sizeof(*b));
	*c->broken = *b;
	if (c->undoes)
		keep_broken(c, was);
	else
		free(was);
}

const struct broken *checker_broken(const struct checker *c)
{
	return c->broken;
}

u32 checker_last(const struct checker *c, lk_t lk, struct context_event out[CONTEXT_LAST])
{
	return context_last(&c->judge.findings.context, lk, out);
}

void checker_require(struct checker *c, enum check_row row, bool holds, const char *state, ...)
{
	char text[256];
	va_list ap;

	KEEP(&c->judge, c->judge.checks);
	KEEP(&c->judge, c->n_required);
	check_set_add(&c->judge.checks, CHK_REQUIRE);
	c->n_required++;
	if (holds)
		return;
	va_start(ap, state);
	(void)vsnprintf(text, sizeof(text), state, ap);
	va_end(ap);
	found_at_end(&c->judge.findings, row, FINDING_NO_LOCK, FINDING_NO_CPU, NO_FACTS, "%s",
	             text);
	findings_ended(&c->judge.findings);
}

void checker_merge_judged(struct checker *c, const char *worst)
{
	KEEP(&c->judge, c->merge_judged);
	KEEP(&c->judge, c->merge_worst);
	c->merge_judged = true;
	snprintf(c->merge_worst, sizeof(c->merge_worst), "%s", worst);
}

void checker_merge_in_part(struct checker *c)
{
	KEEP(&c->judge, c->merge_worst);
	snprintf(c->merge_worst, sizeof(c->merge_worst), "log was not read to its end");
}

const struct finding *checker_findings(const struct checker *c, u32 *n)
{
	*n = c->judge.findings.n_found[FINDING_VIOLATION];
	return c->judge.findings.found;
}

const struct finding *checker_known(const struct checker *c, u32 *n)
{
	*n = c->judge.findings.n_found[FINDING_KNOWN];
	return c->judge.findings.found + c->judge.findings.n_found[FINDING_VIOLATION];
}

u64 checker_n_findings(const struct checker *c)
{
	return c->judge.findings.n_all[FINDING_VIOLATION];
}

u64 checker_n_known(const struct checker *c)
{
	return c->judge.findings.n_all[FINDING_KNOWN];
}

u64 checker_n_known_of(const struct checker *c, enum erratum erratum)
{
	SIM_ASSERT(erratum < ERRATUM_NR);
	return c->judge.findings.n_by_erratum[erratum];
}

const struct covered *checker_covered(const struct checker *c)
{
	return c->judge.trail && check_on(&c->judge, CHK_REFINE) ? &c->judge.covered : NULL;
}

u64 checker_n_events(const struct checker *c)
{
	return c->judge.findings.n_events;
}

u64 checker_n_contended(const struct checker *c)
{
	return c->judge.now.contended;
}

u64 checker_n_ticket_events(const struct checker *c)
{
	return judge_lock_events(&c->judge);
}

u64 checker_high_locks(const struct checker *c)
{
	return c->judge.now.high;
}

u32 checker_n_cpus(const struct checker *c)
{
	return judge_n_cpus(&c->judge);
}

u32 checker_n_closed(const struct checker *c)
{
	return c->judge.now.n_closed;
}

bool checker_has(const struct checker *c, enum check_id id)
{
	return check_on(&c->judge, id);
}

const struct context_event *checker_context(const struct checker *c, u32 *n)
{
	*n = c->judge.findings.context.first.found.n;
	return c->judge.findings.context.first.found.v;
}

const struct around *checker_around(const struct checker *c, const struct finding *f)
{
	const struct findings *s = &c->judge.findings;

	return f == &s->found[0] ? &s->context.first : f->around;
}

static void merge_verdict(const struct checker *c, struct check_verdict *out)
{
	if (c->merge_judged)
		snprintf(out->worst, sizeof(out->worst), "%s", c->merge_worst);
	else
		verdict_lacks(out, c->merge_worst[0] ? c->merge_worst : "log is not in streams");
}

void checker_verdict(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct findings *s = &c->judge.findings;
	u32 family = family_of[id];

	*out = (struct check_verdict){ .judged = true,
		                       .n_findings = s->n_by_check[FINDING_VIOLATION][id],
		                       .n_known = s->n_by_check[FINDING_KNOWN][id] };
	if (id == CHK_MERGE)
		merge_verdict(c, out);
	else if (id == CHK_REQUIRE)
		snprintf(out->worst, sizeof(out->worst), "%u required", c->n_required);
	else
		families[family]->verdict(c->own[family], &c->judge, id, out);
	if (out->n_findings + out->n_known)
		out->judged = true;
	out->lacks &= !out->judged;
}

const struct obj *checker_contents(const struct checker *c, lk_t lk)
{
	return contents_of(c->own[FAMILY_CONTENTS], &c->judge, lk);
}

bool checker_compare(struct checker *c, const struct obj *memory)
{
	return contents_compare(c->own[FAMILY_CONTENTS], &c->judge, memory);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/half.h"

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

u32 half_family(enum check_id id)
{
	return family_of[id];
}

/**
 * struct slice - events that were judged at once
 * @first, @n: the first one's index among all, and how many they are
 * @end:   the journal's length behind them
 * @key:   of the first finding before them
 */
struct slice {
	u64 first;
	u32 n, end;
	struct finding_key key;
};

/**
 * struct undoes - what can be undone
 * @slices: all since the first event that can be
 */
struct undoes {
	struct keep keep;
	VEC(struct slice) slices;
};

/* Nothing that was can be undone, from now on all can. */
static void keep_from_here(struct half *h)
{
	journal_forget(h->judge.journal);
	for (u32 i = 0; i < FAMILY_NR; i++)
		if (families[i]->keep)
			families[i]->keep(h->own[i]);
	h->undoes->keep.base = h->judge.findings.n_events;
	h->undoes->keep.at.n = 0;
	h->undoes->slices.n = 0;
}

/* A machine of its own begins: all state but worst cases and findings is as at the start. */
static void reset(struct half *h)
{
	world_reset(h->judge.world);
	world_begins_at(h->judge.world, h->judge.findings.n_events);
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->reset(h->own[i], &h->judge);
	if (h->judge.follows)
		trail_reset(h->judge.follows);
	memset(h->judge.holder, 0, sizeof(h->judge.holder));
	memset(h->judge.out, 0, sizeof(h->judge.out));
	memcpy(h->judge.episode_n, h->judge.findings.context.lock_n, sizeof(h->judge.episode_n));
	h->judge.now.apart = 1ull << FLATMEM_ID;
	h->judge.now.halted = false;
	for (u32 i = 0; i < MAX_CPU; i++)
		h->judge.side[i] = h->judge.errata;
	h->judge.ever = h->judge.errata;
	h->judge.findings.episode_at = h->judge.findings.n_events;
	touched_reset(h->judge.touched);
	if (h->undoes)
		keep_from_here(h);
}

void half_end(struct half *h, bool closed, bool cut)
{
	for (u32 i = 0; i < FAMILY_NR; i++)
		if (families[i]->end)
			families[i]->end(h->own[i], &h->judge, closed, cut);
	findings_ended(&h->judge.findings);
}

static void judge_init(struct judge *j, const struct log_config *config, bool follows)
{
	bool tier;

	j->cpus = config->cpus;
	j->total_cpu = config->total_cpu;
	j->fairness = config->fairness;
	j->start_ticket = config->start_ticket;
	j->start_now = config->start_now;
	j->locks = config->locks;
	j->keep_reads = config->keep_reads;
	j->barriers = config->barriers;
	j->tlb = config->tlb;
	j->tlb_as_is = errata_published(&config->errata, ERRATUM_TLB_INVALIDATE);
	j->high_as_is = errata_published(&config->errata, ERRATUM_TICKET_LOG);
	j->data = log_config_oracle(config, doracle);
	j->n_ops = config->n_ops;
	j->errata = config->errata;
	tier = state_wanted(j, config);
	j->world = world_new(config, tier ? WORLD_INDEX : WORLD_CONTENTS);
	j->spoilt = tier ? spoilt_new() : NULL;
	j->trail = tier ? trail_new(world_journal(j->world)) : NULL;
	j->follows = follows && !tier ? trail_new(world_journal(j->world)) : NULL;
	j->fixed = config->fixed;
	j->touched = xcalloc(1, sizeof(*j->touched));
	j->findings.world = j->world;
	j->findings.trail = tier ? j->trail : j->follows;
	j->findings.touched = j->touched;
	j->findings.holder = j->holder;
	for (lk_t lk = 0; lk < ID_END; lk++)
		j->push_of[lk] = (u8)event_push_of(lk);
}

struct half *half_new(const struct log_config *config, const struct check_set *checks, u32 of,
                      bool others)
{
	struct half *h = xcalloc(1, sizeof(*h));
	bool follows;

	/* What one half finds says where the CPUs were as the other one would. */
	h->judge.checks = *checks;
	follows = state_wanted(&h->judge, config);
	h->judge.checks = (struct check_set){ 0 };
	for (u32 id = 0; id < CHK_NR; id++)
		if (check_set_has(checks, id) && id != CHK_REQUIRE &&
		    (family_of[id] == FAMILY_NR ? others : of >> family_of[id] & 1))
			check_set_add(&h->judge.checks, id);
	h->families = of;
	judge_init(&h->judge, config, follows);
	h->episode = ~0ull;
	for (u32 i = 0; i < FAMILY_NR; i++)
		h->own[i] = families[i]->create(&h->judge);
	if (registers_active(&h->judge))
		h->judge.registers = register_checks_rebuilt(h->own[FAMILY_REGISTERS]);
	reset(h);
	return h;
}

void half_free(struct half *h)
{
	if (!h)
		return;
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->free(h->own[i]);
	if (h->undoes) {
		vec_free(&h->undoes->keep.at);
		vec_free(&h->undoes->slices);
		free(h->undoes);
	}
	findings_free(&h->judge.findings);
	free(h->judge.touched);
	trail_free(h->judge.trail);
	trail_free(h->judge.follows);
	spoilt_free(h->judge.spoilt);
	world_free(h->judge.world);
	free(h);
}

void half_keep(struct half *h, bool places)
{
	struct judge *j = &h->judge;

	SIM_ASSERT(!j->findings.all);
	if (!h->undoes) {
		h->undoes = xcalloc(1, sizeof(*h->undoes));
		h->undoes->keep.own = h->own;
		h->undoes->keep.judge = j;
		world_keep(j->world, true);
		j->journal = world_journal(j->world);
		j->findings.journal = j->findings.context.journal = j->journal;
		j->touched->journal = j->journal;
	}
	h->undoes->keep.places = j->journal->sparse = places;
	keep_from_here(h);
}

/* The first @n events of the slice were judged, which found, when @key was that of the first finding before it. */
static void slice_judged(struct half *h, u32 n, struct finding_key key)
{
	struct findings *s = &h->judge.findings;

	findings_judged(s, n, key);
	KEEP(s, s->n_events);
	s->n_events += n;
	s->slice = NULL;
	s->slice_n = 0;
	if (!h->undoes)
		return;
	journal_place(s->journal);
	vec_push(
		&h->undoes->slices,
		((struct slice){
			.first = s->n_events - n, .n = n, .end = s->journal->undo.n, .key = key }));
}

/* Judge a slice of at most @n events, all of the running episode.  Returns how many it has. */
static u32 judge_slice(struct half *h, const struct event *ev, u32 n)
{
	struct findings *s = &h->judge.findings;
	struct finding_key key = findings_key(s);

	s->slice = ev;
	s->slice_n = n < CONTEXT_SLICE ? n : CONTEXT_SLICE;
	context_next(&s->context, s->n_events);
	pass_events(h->own, &h->judge, h->episode, h->undoes ? &h->undoes->keep : NULL);
	n = s->slice_n;
	slice_judged(h, n, key);
	return n;
}

void half_undo(struct half *h, u64 n)
{
	struct undoes *u = h->undoes;
	u32 begin = 0, left = 0;
	struct finding_key key = { 0 };

	SIM_ASSERT(u && n >= u->keep.base && n <= h->judge.findings.n_events);
	while (u->slices.n > 0 && u->slices.v[u->slices.n - 1].first >= n)
		u->slices.n--;
	if (u->slices.n > 0) {
		const struct slice *last = &u->slices.v[u->slices.n - 1];

		begin = last->end;
		key = last->key;
		if (n < last->first + last->n) {
			/* What is left of the slice is one of its own. */
			begin = u->keep.at.v[n - u->keep.base];
			SIM_ASSERT(begin != KEEP_NO_PLACE);
			left = (u32)(n - last->first);
			u->slices.n--;
		}
	}
	world_undo(h->judge.world, begin);
	u->keep.at.n = (u32)(n - u->keep.base);
	if (left)
		slice_judged(h, left, key);
}

void half_feed(struct half *h, const struct event *ev, u32 n)
{
	while (n > 0) {
		u32 judged;

		/* Each CPU's stream has the mark: the first one begins the episode. */
		if (ev->kind == MARK_EPISODE && ev->arg != h->episode) {
			if (h->any) {
				half_end(h, true, false);
				reset(h);
			} else {
				KEEP(&h->judge, h->episode);
			}
			h->episode = ev->arg;
		}
		if (unlikely(!h->any)) {
			KEEP(&h->judge, h->any);
			h->any = true;
		}
		judged = judge_slice(h, ev, n);
		ev += judged;
		n -= judged;
	}
}

void half_verdict(const struct half *h, enum check_id id, struct check_verdict *out)
{
	u32 family = family_of[id];

	families[family]->verdict(h->own[family], &h->judge, id, out);
}

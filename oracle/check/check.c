// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check.h"

#include "oracle/check/contents.h"
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
 * struct checker
 * @own:     the families' states
 * @episode: number of the running episode; @any: there was an event
 * @n_required: requirements
 * @merge_judged, @merge_worst: the merge is done before its events come here; what it says is kept
 * @broken: where it broke off, or NULL
 */
struct checker {
	struct judge judge;
	void *own[FAMILY_NR];
	u64 episode;
	bool any, cut, ended;
	u32 n_required;
	bool merge_judged;
	char merge_worst[112];
	struct broken *broken;
};

/* A machine of its own begins: all state but worst cases and findings is as at the start. */
static void reset(struct checker *c)
{
	world_reset(c->judge.world);
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->reset(c->own[i], &c->judge);
	memset(c->judge.holder, 0, sizeof(c->judge.holder));
	memset(c->judge.out, 0, sizeof(c->judge.out));
	memcpy(c->judge.episode_n, c->judge.findings.context.lock_n, sizeof(c->judge.episode_n));
	c->judge.apart = 1ull << FLATMEM_ID;
	c->judge.halted = false;
	if (c->judge.touched)
		touched_reset(c->judge.touched);
}

/* The episode is over. */
static void end(struct checker *c, bool closed, bool cut)
{
	for (u32 i = 0; i < FAMILY_NR; i++)
		if (families[i]->end)
			families[i]->end(c->own[i], &c->judge, closed, cut);
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
	if (config->fixed.region_cnt)
		j->touched = xcalloc(1, sizeof(*j->touched));
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
	c->judge.selftest = how.full ? CHECK_FULL : 0;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	for (u32 i = 0; i < FAMILY_NR; i++)
		families[i]->free(c->own[i]);
	free(c->broken);
	free(c->judge.touched);
	trail_free(c->judge.trail);
	spoilt_free(c->judge.spoilt);
	world_free(c->judge.world);
	free(c);
}

/**
 * struct checker_mark - where a checker was
 * @world: its journal's length
 */
struct checker_mark {
	u32 world;
	u64 episode;
	bool any;
	struct judge judge;
};

void checker_keep(struct checker *c)
{
	for (u32 id = 0; id < CHK_NR; id++)
		SIM_ASSERT(!check_on(&c->judge, id) || family_of[id] == FAMILY_STATE);
	SIM_ASSERT(c->judge.trail != NULL);
	world_keep(c->judge.world, true);
}

struct checker_mark *checker_mark(const struct checker *c)
{
	struct checker_mark *m = xcalloc(1, sizeof(*m));

	m->world = world_mark(c->judge.world);
	m->episode = c->episode;
	m->any = c->any;
	m->judge = c->judge;
	return m;
}

void checker_undo(struct checker *c, const struct checker_mark *m)
{
	SIM_ASSERT(m->episode == c->episode);
	world_undo(c->judge.world, m->world);
	c->judge = m->judge;
	c->any = m->any;
}

void checker_mark_free(struct checker_mark *m)
{
	free(m);
}

/* Judge a slice of at most @n events, all of the running episode.  Returns how many it has. */
static u32 judge_slice(struct checker *c, const struct event *ev, u32 n)
{
	struct findings *s = &c->judge.findings;
	u32 first = findings_first(s);

	s->slice = ev;
	s->slice_n = n < CONTEXT_SLICE ? n : CONTEXT_SLICE;
	context_next(&s->context, s->n_events);
	pass_events(c->own, &c->judge, c->episode);
	n = s->slice_n;
	context_judged(&s->context, n, findings_first(s) < FINDING_CLASSES ? &s->found[0] : NULL,
	               findings_first(s) < first);
	s->n_events += n;
	s->slice = NULL;
	s->slice_n = 0;
	return n;
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
			}
			c->episode = ev->arg;
		}
		c->any = true;
		judged = judge_slice(c, ev, n);
		ev += judged;
		n -= judged;
	}
}

void checker_cut(struct checker *c)
{
	c->cut = true;
}

void checker_end(struct checker *c, bool closed)
{
	SIM_ASSERT(!c->ended);
	end(c, closed && !c->cut, c->cut);
	c->ended = true;
}

void checker_add_finding(struct checker *c, const struct finding *f)
{
	struct findings *s = &c->judge.findings;

	findings_keep(s, f);
	if (f->check != CHK_MERGE)
		return;
	if (s->found[0].check == CHK_MERGE)
		context_begin(&s->context, &s->found[0]);
	c->merge_judged = true;
	checker_cut(c);
}

void checker_add_broken(struct checker *c, const struct broken *b)
{
	free(c->broken);
	c->broken = xcalloc(1, sizeof(*b));
	*c->broken = *b;
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

	check_set_add(&c->judge.checks, CHK_REQUIRE);
	c->n_required++;
	if (holds)
		return;
	va_start(ap, state);
	(void)vsnprintf(text, sizeof(text), state, ap);
	va_end(ap);
	found_at_end(&c->judge.findings, row, FINDING_NO_LOCK, FINDING_NO_CPU, "%s", text);
}

void checker_merge_judged(struct checker *c, const char *worst)
{
	c->merge_judged = true;
	snprintf(c->merge_worst, sizeof(c->merge_worst), "%s", worst);
}

void checker_merge_in_part(struct checker *c)
{
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

u64 checker_n_events(const struct checker *c)
{
	return c->judge.findings.n_events;
}

u64 checker_n_contended(const struct checker *c)
{
	return c->judge.contended;
}

u64 checker_n_ticket_events(const struct checker *c)
{
	return judge_lock_events(&c->judge);
}

u64 checker_high_locks(const struct checker *c)
{
	return c->judge.high;
}

u32 checker_n_cpus(const struct checker *c)
{
	return judge_n_cpus(&c->judge);
}

u32 checker_n_closed(const struct checker *c)
{
	return c->judge.n_closed;
}

bool checker_has(const struct checker *c, enum check_id id)
{
	return check_on(&c->judge, id);
}

const struct context_event *checker_context(const struct checker *c, u32 *n)
{
	*n = c->judge.findings.context.n_found;
	return c->judge.findings.context.found;
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

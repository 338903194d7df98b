// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check.h"

#include "oracle/check/contents.h"
#include "oracle/check/half.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What both halves have found together, in the order of findings. */
struct merged {
	u32 n[FINDING_CLASSES];
	struct finding found[MAX_FINDINGS];
};

/**
 * struct checker
 * @half:   [n_halves]; the first one also has what no family finds
 * @merged: of two halves; made when it is asked for
 * @n_required: requirements
 * @merge_judged, @merge_worst: the merge is done before its events come here; what it says is kept
 * @broken: where it broke off, or NULL
 */
struct checker {
	u32 n_halves;
	struct half *half[CHECKER_HALVES];
	struct merged *merged;
	bool cut, ended;
	u32 n_required;
	bool merge_judged;
	char merge_worst[112];
	struct broken *broken;
};

/* The half that judges a check. */
static struct half *half_of(const struct checker *c, enum check_id id)
{
	u32 family = half_family(id);

	return c->n_halves == 1 || family == FAMILY_NR || c->half[0]->families >> family & 1
	               ? c->half[0]
	               : c->half[1];
}

struct checker *checker_new(const struct log_config *config, struct check_set checks)
{
	struct checker *c = xcalloc(1, sizeof(*c));

	c->n_halves = 1;
	c->half[0] = half_new(config, &checks, FAMILIES_ALL, true);
	return c;
}

struct checker *checker_new_halves(const struct log_config *config, struct check_set checks)
{
	struct checker *c = xcalloc(1, sizeof(*c));

	c->n_halves = CHECKER_HALVES;
	c->half[0] = half_new(config, &checks, FAMILIES_EVENTS, true);
	c->half[1] = half_new(config, &checks, FAMILIES_WORLD, false);
	c->merged = xcalloc(1, sizeof(*c->merged));
	return c;
}

void checker_how(struct checker *c, struct check_how how)
{
	for (u32 i = 0; i < c->n_halves; i++) {
		struct judge *j = &c->half[i]->judge;

		SIM_ASSERT(j->findings.n_events == 0);
		j->findings.strict = how.strict;
		j->findings.all = how.all;
		j->selftest = how.full ? CHECK_FULL : 0;
		j->covers = how.coverage;
		j->pinned = how.pinned;
	}
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	for (u32 i = 0; i < c->n_halves; i++)
		half_free(c->half[i]);
	free(c->merged);
	free(c->broken);
	free(c);
}

void checker_keep(struct checker *c)
{
	SIM_ASSERT(c->n_halves == 1);
	half_keep(c->half[0], false);
}

void checker_keep_places(struct checker *c)
{
	SIM_ASSERT(c->n_halves == 1);
	half_keep(c->half[0], true);
}

void checker_undo(struct checker *c, u64 n)
{
	SIM_ASSERT(c->n_halves == 1);
	half_undo(c->half[0], n);
}

void checker_whole(struct checker *c, bool whole)
{
	for (u32 i = 0; i < c->n_halves; i++)
		c->half[i]->judge.brief = !whole;
}

void checker_feed(struct checker *c, const struct event *ev, u32 n)
{
	SIM_ASSERT(!c->ended);
	for (u32 i = 0; i < c->n_halves; i++)
		half_feed(c->half[i], ev, n);
}

void checker_feed_half(struct checker *c, u32 half, const struct event *ev, u32 n)
{
	SIM_ASSERT(half < c->n_halves);
	half_feed(c->half[half], ev, n);
}

void checker_cut(struct checker *c)
{
	KEEP(&c->half[0]->judge, c->cut);
	c->cut = true;
}

void checker_end(struct checker *c, bool closed)
{
	SIM_ASSERT(!c->ended);
	for (u32 i = 0; i < c->n_halves; i++)
		half_end(c->half[i], closed && !c->cut, c->cut);
	KEEP(&c->half[0]->judge, c->ended);
	c->ended = true;
}

void checker_add_finding(struct checker *c, const struct finding *f)
{
	struct findings *s = &c->half[0]->judge.findings;

	findings_keep(s, f);
	if (f->check != CHK_MERGE)
		return;
	if (s->found[0].check == CHK_MERGE)
		context_begin(&s->context, &s->context.first, &s->found[0]);
	findings_ended(s);
	KEEP(&c->half[0]->judge, c->merge_judged);
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
	u64 *words = journal_room(c->half[0]->judge.journal, 4);

	words[0] = (u64)(uintptr_t)was;
	journal_call(c->half[0]->judge.journal, words, 1, broken_back, c);
}

void checker_add_broken(struct checker *c, const struct broken *b)
{
	struct broken *was = c->broken;

	c->broken = xcalloc(1, sizeof(*b));
	*c->broken = *b;
	if (c->half[0]->undoes)
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
	return context_last(&c->half[0]->judge.findings.context, lk, out);
}

void checker_require(struct checker *c, enum check_row row, bool holds, const char *state, ...)
{
	char text[256];
	va_list ap;

	KEEP(&c->half[0]->judge, c->half[0]->judge.checks);
	KEEP(&c->half[0]->judge, c->n_required);
	check_set_add(&c->half[0]->judge.checks, CHK_REQUIRE);
	c->n_required++;
	if (holds)
		return;
	va_start(ap, state);
	(void)vsnprintf(text, sizeof(text), state, ap);
	va_end(ap);
	found_at_end(&c->half[0]->judge.findings, row, FINDING_NO_LOCK, FINDING_NO_CPU, NO_FACTS,
	             "%s", text);
	findings_ended(&c->half[0]->judge.findings);
}

void checker_merge_judged(struct checker *c, const char *worst)
{
	KEEP(&c->half[0]->judge, c->merge_judged);
	KEEP(&c->half[0]->judge, c->merge_worst);
	c->merge_judged = true;
	snprintf(c->merge_worst, sizeof(c->merge_worst), "%s", worst);
}

void checker_merge_in_part(struct checker *c)
{
	KEEP(&c->half[0]->judge, c->merge_worst);
	snprintf(c->merge_worst, sizeof(c->merge_worst), "log was not read to its end");
}

/* The findings of the only half, or those of both as one list. */
static const struct finding *all_found(const struct checker *c, const u32 **n)
{
	const struct findings *s[CHECKER_HALVES] = { &c->half[0]->judge.findings };
	u32 at[CHECKER_HALVES] = { 0 }, end[CHECKER_HALVES] = { 0 };
	struct merged *m = c->merged;

	*n = s[0]->n_found;
	if (c->n_halves == 1)
		return s[0]->found;
	s[1] = &c->half[1]->judge.findings;
	for (u32 i = 0; i < c->n_halves; i++)
		end[i] = s[i]->n_found[FINDING_VIOLATION] + s[i]->n_found[FINDING_KNOWN];
	memset(m->n, 0, sizeof(m->n));
	for (u32 k = 0; k < MAX_FINDINGS && (at[0] < end[0] || at[1] < end[1]); k++) {
		u32 from = at[0] == end[0] ||
		           (at[1] < end[1] &&
		            findings_before(&s[1]->found[at[1]], &s[0]->found[at[0]]));

		m->found[k] = s[from]->found[at[from]++];
		m->n[m->found[k].class]++;
	}
	*n = m->n;
	return m->found;
}

const struct finding *checker_findings(const struct checker *c, u32 *n)
{
	const struct finding *f;
	const u32 *by_class;

	f = all_found(c, &by_class);
	*n = by_class[FINDING_VIOLATION];
	return f;
}

const struct finding *checker_known(const struct checker *c, u32 *n)
{
	const struct finding *f;
	const u32 *by_class;

	f = all_found(c, &by_class);
	*n = by_class[FINDING_KNOWN];
	return f + by_class[FINDING_VIOLATION];
}

static u64 n_all(const struct checker *c, enum finding_class class)
{
	u64 n = 0;

	for (u32 i = 0; i < c->n_halves; i++)
		n += c->half[i]->judge.findings.n_all[class];
	return n;
}

u64 checker_n_findings(const struct checker *c)
{
	return n_all(c, FINDING_VIOLATION);
}

u64 checker_n_known(const struct checker *c)
{
	return n_all(c, FINDING_KNOWN);
}

u64 checker_n_known_of(const struct checker *c, enum erratum erratum)
{
	u64 n = 0;

	SIM_ASSERT(erratum < ERRATUM_NR);
	for (u32 i = 0; i < c->n_halves; i++)
		n += c->half[i]->judge.findings.n_by_erratum[erratum];
	return n;
}

const struct covered *checker_covered(const struct checker *c)
{
	const struct judge *j = &half_of(c, CHK_REFINE)->judge;

	return j->trail && check_on(j, CHK_REFINE) ? &j->covered : NULL;
}

u64 checker_n_events(const struct checker *c)
{
	return c->half[0]->judge.findings.n_events;
}

u64 checker_n_contended(const struct checker *c)
{
	return c->half[0]->judge.now.contended;
}

u64 checker_n_ticket_events(const struct checker *c)
{
	return judge_lock_events(&c->half[0]->judge);
}

u64 checker_high_locks(const struct checker *c)
{
	return c->half[0]->judge.now.high;
}

u32 checker_n_cpus(const struct checker *c)
{
	return judge_n_cpus(&c->half[0]->judge);
}

u32 checker_n_closed(const struct checker *c)
{
	return c->half[0]->judge.now.n_closed;
}

bool checker_has(const struct checker *c, enum check_id id)
{
	return check_on(&half_of(c, id)->judge, id);
}

/* What the half has found whose first finding comes first. */
static const struct findings *first_found(const struct checker *c)
{
	const struct findings *s = &c->half[0]->judge.findings, *other;

	if (c->n_halves == 1)
		return s;
	other = &c->half[1]->judge.findings;
	if (findings_first(other) == FINDING_CLASSES)
		return s;
	return findings_first(s) == FINDING_CLASSES ||
	                       findings_before(&other->found[0], &s->found[0])
	               ? other
	               : s;
}

const struct context_event *checker_context(const struct checker *c, u32 *n)
{
	const struct around *a = &first_found(c)->context.first;

	*n = a->found.n;
	return a->found.v;
}

const struct around *checker_around(const struct checker *c, const struct finding *f)
{
	const u32 *by_class;

	return f == all_found(c, &by_class) ? &first_found(c)->context.first : f->around;
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
	const struct half *h = half_of(c, id);
	const struct findings *s = &h->judge.findings;

	*out = (struct check_verdict){ .judged = true,
		                       .n_findings = s->n_by_check[FINDING_VIOLATION][id],
		                       .n_known = s->n_by_check[FINDING_KNOWN][id] };
	if (id == CHK_MERGE)
		merge_verdict(c, out);
	else if (id == CHK_REQUIRE)
		snprintf(out->worst, sizeof(out->worst), "%u required", c->n_required);
	else
		half_verdict(h, id, out);
	if (out->n_findings + out->n_known)
		out->judged = true;
	out->lacks &= !out->judged;
}

const struct obj *checker_contents(const struct checker *c, lk_t lk)
{
	const struct half *h = half_of(c, CHK_CONTENTS);

	return contents_of(h->own[FAMILY_CONTENTS], &h->judge, lk);
}

bool checker_compare(struct checker *c, const struct obj *memory)
{
	struct half *h = half_of(c, CHK_CONTENTS);

	return contents_compare(h->own[FAMILY_CONTENTS], &h->judge, memory);
}

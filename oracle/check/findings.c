// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/findings.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool findings_before(const struct finding *a, const struct finding *b)
{
	if (a->class != b->class)
		return a->class < b->class;
	return a->index < b->index || (a->index == b->index && a->check < b->check);
}

static u32 n_kept(const struct findings *s)
{
	return s->n_found[FINDING_VIOLATION] + s->n_found[FINDING_KNOWN];
}

/* Undoes put(): saved[0] is the place; behind saved[1], if that is 1, stands the last one, which had to go. */
static void take_out(void *arg, const u64 *saved)
{
	struct findings *s = arg;
	u32 at = (u32)saved[0], n = n_kept(s) - 1;

	s->n_found[s->found[at].class]--;
	memmove(&s->found[at], &s->found[at + 1], (n - at) * sizeof(s->found[0]));
	if (!saved[1])
		return;
	memcpy(&s->found[n], saved + 2, sizeof(s->found[0]));
	s->n_found[s->found[n].class]++;
}

/* One is put at @at; @last has to go for it, or NULL. */
static void keep_put(struct findings *s, u32 at, const struct finding *last)
{
	u32 n = 2 + (last ? (u32)sizeof(*last) / 8 : 0);
	u64 *words = journal_room(s->journal, n + 3);

	_Static_assert(sizeof(*last) % 8 == 0, "words of 8 bytes");
	words[0] = at;
	words[1] = last != NULL;
	if (last)
		memcpy(words + 2, last, sizeof(*last));
	journal_call(s->journal, words, n, take_out, s);
	/* Findings move. */
	journal_place(s->journal);
}

/* Where each CPU is now. */
static void take_scene(const struct findings *s, struct scenes *a)
{
	a->known = s->holder && s->touched;
	for (u32 i = 0; i < MAX_CPU && a->known; i++) {
		const struct touched_cpu *c = &s->touched->cpu[i];
		const struct op_open *o = s->trail ? trail_op(s->trail, i) : NULL;
		struct scene *to = &a->cpu[i];

		*to = (struct scene){ .holder = s->holder[i], .op = c->op, .work = c->work };
		if (!o)
			continue;
		to->op = o->op;
		to->n_arg = o->n_arg;
		memcpy(to->arg, o->arg, sizeof(to->arg));
	}
}

/* The list, in its order.  Is it the first one now? */
static bool put(struct findings *s, const struct finding *f)
{
	u32 n = n_kept(s), at = n;

	while (at > 0 && findings_before(f, &s->found[at - 1]))
		at--;
	if (at == MAX_FINDINGS)
		return false;
	if (s->journal)
		keep_put(s, at, n == MAX_FINDINGS ? &s->found[n - 1] : NULL);
	if (n == MAX_FINDINGS) {
		s->n_found[s->found[--n].class]--;
		free(s->found[n].around);
	}
	memmove(&s->found[at + 1], &s->found[at], (n - at) * sizeof(*f));
	s->found[at] = *f;
	s->n_found[f->class]++;
	if (s->all) {
		s->found[at].around = xcalloc(1, sizeof(*f->around));
		if (!f->later)
			take_scene(s, &s->found[at].around->scenes);
	}
	if (at > 0)
		return false;
	KEEP(s, s->context.first.scenes);
	s->context.first.scenes.known = false;
	if (!f->later)
		take_scene(s, &s->context.first.scenes);
	return true;
}

static void count(struct findings *s, enum finding_class class, enum check_id check,
                  enum erratum erratum)
{
	KEEP(s, s->n_all[class]);
	KEEP(s, s->n_by_check[class][check]);
	s->n_all[class]++;
	s->n_by_check[class][check]++;
	if (class != FINDING_KNOWN)
		return;
	KEEP(s, s->n_by_erratum[erratum]);
	s->n_by_erratum[erratum]++;
}

bool findings_keep(struct findings *s, const struct finding *f)
{
	struct finding strictly = *f;

	if (s->strict)
		strictly.class = FINDING_VIOLATION;
	count(s, strictly.class, f->check, f->erratum);
	return put(s, &strictly);
}

void findings_count_known(struct findings *s, enum check_row row, enum erratum erratum)
{
	count(s, s->strict ? FINDING_VIOLATION : FINDING_KNOWN, check_row_check(row), erratum);
}

void findings_add_words(struct findings *s, enum check_row row, u64 index, const char *words)
{
	for (u32 i = 0; i < n_kept(s); i++) {
		struct finding *f = &s->found[i];
		size_t at = strlen(f->state);

		if (f->index != index || f->check != check_row_check(row))
			continue;
		KEEP(s, f->state);
		snprintf(f->state + at, sizeof(f->state) - at, "%s", words);
	}
}

static void finding_place(const struct findings *s, struct finding *f, const struct event *e)
{
	u32 i = (u32)(e - s->slice);

	SIM_ASSERT(i < s->slice_n);
	f->index = f->at = s->n_events + i;
	f->cpu = e->cpu;
	f->lk = FINDING_NO_LOCK;
	event_print(e, f->event, sizeof(f->event));
	if (event_is_mark(e->kind))
		return;
	f->lk = e->lk;
	f->at = s->context.slice[s->context.n % CONTEXT_SLICES].lock_n[e->lk];
	for (const struct event *p = s->slice; p < e; p++)
		if (p->lk == e->lk && !event_is_mark(p->kind))
			f->at++;
}

/* Up to the buffer's size; a longer text is cut. */
#define FINDING_TEXT(f, fmt)                                              \
	do {                                                              \
		va_list ap;                                               \
		va_start(ap, fmt);                                        \
		(void)vsnprintf((f)->state, sizeof((f)->state), fmt, ap); \
		va_end(ap);                                               \
	} while (0)

static void row_text(struct finding *f, enum check_row row)
{
	f->check = check_row_check(row);
	f->row = check_row_name(row);
	snprintf(f->sentence, sizeof(f->sentence), "%s", check_row_sentence(row));
}

/* Does push @e write the cell? */
static bool writes(const struct event *e, const struct cell_at *p)
{
	if (!e || event_is_mark(e->kind) || !event_is_push(e->kind) || e->lk != p->lk)
		return false;
	for (u32 i = 0; i < e->n; i++)
		if (e->diffs[i].field == p->field && e->diffs[i].first <= p->index &&
		    p->index <= e->diffs[i].last)
			return true;
	return false;
}

void finding_facts(const struct findings *s, struct finding *f, const struct event *e,
                   const struct fact *fact, u32 n)
{
	for (u32 i = 0; i < n && f->n_facts < FACTS_MAX; i++) {
		struct fact *to = &f->fact[f->n_facts++];

		*to = fact[i];
		if (!to->kept || to->writer)
			continue;
		to->writer = to->other_is != OTHER_BEFORE && writes(e, &to->place)
		                     ? findings_writer(s, e)
		                     : world_writer(s->world, to->place);
	}
}

void finding_make(const struct findings *s, struct finding *out, enum check_row row,
                  const struct event *e, const char *state, ...)
{
	*out = (struct finding){ 0 };
	FINDING_TEXT(out, state);
	row_text(out, row);
	finding_place(s, out, e);
}

void found(struct findings *s, enum check_row row, const struct event *e, const char *state, ...)
{
	struct finding f = { 0 };

	FINDING_TEXT(&f, state);
	row_text(&f, row);
	finding_place(s, &f, e);
	findings_keep(s, &f);
}

void found_of(struct findings *s, enum check_row row, const struct event *e,
              const struct fact *fact, u32 n, const char *state, ...)
{
	struct finding f = { 0 };

	FINDING_TEXT(&f, state);
	row_text(&f, row);
	finding_place(s, &f, e);
	finding_facts(s, &f, e, fact, n);
	findings_keep(s, &f);
}

void found_fold(struct findings *s, enum check_id id, const char *row, const char *sentence,
                const struct event *e, const struct fact *fact, u32 n, const char *state, ...)
{
	struct finding f = { .check = id, .row = row };

	FINDING_TEXT(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", sentence);
	finding_place(s, &f, e);
	finding_facts(s, &f, e, fact, n);
	findings_keep(s, &f);
}

void found_at_end(struct findings *s, enum check_row row, lk_t lk, cpu_t cpu,
                  const struct fact *fact, u32 n, const char *state, ...)
{
	u64 index = s->slice ? s->episode_at : s->n_events;
	struct finding f = { .lk = lk,
		             .cpu = cpu,
		             .index = index,
		             .at = lk == FINDING_NO_LOCK ? index : s->context.lock_n[lk] };

	FINDING_TEXT(&f, state);
	row_text(&f, row);
	finding_facts(s, &f, NULL, fact, n);
	if (findings_keep(s, &f))
		context_begin(&s->context, &s->context.first, &s->found[0]);
}

void findings_ended(struct findings *s)
{
	for (u32 i = 0; i < n_kept(s); i++)
		if (s->found[i].around && !s->found[i].around->begun)
			context_begin(&s->context, s->found[i].around, &s->found[i]);
}

void findings_judged(struct findings *s, u32 n, struct finding_key first)
{
	struct context *h = &s->context;

	context_judged(h, n);
	if (findings_first(s) < FINDING_CLASSES)
		context_around(h, &h->first, &s->found[0],
		               findings_key_differs(findings_key(s), first));
	for (u32 i = 0; s->all && i < n_kept(s); i++)
		context_around(h, s->found[i].around, &s->found[i], !s->found[i].around->begun);
	context_over(h);
}

void findings_free(struct findings *s)
{
	for (u32 i = 0; i < n_kept(s); i++)
		free(s->found[i].around);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What was found: the collection, the events around the first finding, and where in the log the judge is. */
#include "oracle/check/context.h"
#include "oracle/check/finding.h"
#include "oracle/check/touched.h"

/**
 * struct findings
 * @found:  those that are kept in full: violations, then known ones, each in the order of the log, then of the checks.  The
 *          first MAX_FINDINGS of that order: a known one never takes a violation's place
 * @n_found: [class] how many of them
 * @n_all:   [class] all
 * @n_by_check: [class][check] of all
 * @n_by_erratum: of all known ones
 * @journal: what was, so that it can be undone; NULL: nothing will be
 * @strict:    nothing is known: each is a violation
 * @all:       what happened around each finding is kept, not only around the first one; then nothing can be undone
 * @slice, @slice_n: the events that are being judged
 * @n_events:  events and marks before the slice; @episode_at: before the episode
 * @world, @trail, @touched, @holder: where it is looked up who wrote a value and where the CPUs are; @trail may be NULL
 */
struct findings {
	struct finding found[MAX_FINDINGS];
	u32 n_found[FINDING_CLASSES];
	u64 n_all[FINDING_CLASSES];
	u64 n_by_check[FINDING_CLASSES][CHK_NR];
	u64 n_by_erratum[ERRATUM_NR];
	struct journal *journal;
	bool strict, all;

	const struct event *slice;
	u32 slice_n;
	u64 n_events, episode_at;

	const struct world *world;
	const struct trail *trail;
	const struct touched *touched;
	const struct holder *holder; /* [MAX_CPU] */

	struct context context;
};

/* The class of the first finding; FINDING_CLASSES: there is none. */
static inline u32 findings_first(const struct findings *s)
{
	return s->n_found[FINDING_VIOLATION] ? FINDING_VIOLATION
	       : s->n_found[FINDING_KNOWN]   ? FINDING_KNOWN
	                                     : FINDING_CLASSES;
}

/* Index of event @e of the slice among all. */
static inline u64 findings_index(const struct findings *s, const struct event *e)
{
	return s->n_events + (u64)(e - s->slice);
}

/**
 * struct finding_key - which finding is the first one
 * @class: FINDING_CLASSES: there is none
 */
struct finding_key {
	u32 class, check;
	u64 index;
};

static inline struct finding_key findings_key(const struct findings *s)
{
	const struct finding *f = &s->found[0];

	if (likely(findings_first(s) == FINDING_CLASSES))
		return (struct finding_key){ .class = FINDING_CLASSES };
	return (struct finding_key){ .class = f->class, .check = f->check, .index = f->index };
}

static inline bool findings_key_differs(struct finding_key a, struct finding_key b)
{
	return a.class != b.class || a.check != b.check || a.index != b.index;
}

/* The order of findings: does @a stand before @b? */
bool findings_before(const struct finding *a, const struct finding *b);
/* A finding that was made elsewhere.  It is put at its place by @f->index.  Is it the first one now? */
bool findings_keep(struct findings *s, const struct finding *f);
/* One more known finding of @row, which is counted alone, since one like it was kept. */
void findings_count_known(struct findings *s, enum check_row row, enum erratum erratum);

/* The word of who writes with event @e of the slice (oracle/world/writers.h). */
static inline u64 findings_writer(const struct findings *s, const struct event *e)
{
	const struct touched_cpu *c = &s->touched->cpu[e->cpu];

	return writer_word(
		(struct writer){ .at = findings_index(s, e),
	                         .cpu = e->cpu,
	                         .op = c->op,
	                         .work = c->work < WRITER_NO_WORK ? c->work : WRITER_NO_WORK });
}

/* What found() would keep: *out is a finding of @row at event @e of the slice. */
__attribute__((cold)) void finding_make(const struct findings *s, struct finding *out,
                                        enum check_row row, const struct event *e,
                                        const char *state, ...) PRINTF(5, 6);
/* A finding of @row at event @e of the slice; @state, printf-like, is the state just before it. */
__attribute__((cold)) void found(struct findings *s, enum check_row row, const struct event *e,
                                 const char *state, ...) PRINTF(4, 5);
/* The same, with the values that the sentence is about: FACTS(...). */
__attribute__((cold)) void found_of(struct findings *s, enum check_row row, const struct event *e,
                                    const struct fact *fact, u32 n, const char *state, ...)
	PRINTF(6, 7);
/* @f has these values; who wrote them is looked up: @e is the event that is being judged, or NULL. */
void finding_facts(const struct findings *s, struct finding *f, const struct event *e,
                   const struct fact *fact, u32 n);
/* The same for a row of a fold. */
__attribute__((cold)) void found_fold(struct findings *s, enum check_id id, const char *row,
                                      const char *sentence, const struct event *e,
                                      const struct fact *fact, u32 n, const char *state, ...)
	PRINTF(8, 9);
/* The finding of @row that was kept at @index, if it still is: @words come behind its sentence about the state. */
void findings_add_words(struct findings *s, enum check_row row, u64 index, const char *words);
/* A finding that belongs to no event: the end of the log, the memory; while a slice is judged, what an episode begins with. */
__attribute__((cold)) void found_at_end(struct findings *s, enum check_row row, lk_t lk, cpu_t cpu,
                                        const struct fact *fact, u32 n, const char *state, ...)
	PRINTF(7, 8);
/* The end of an episode, or of the log: what happened around those that were found there. */
void findings_ended(struct findings *s);
/* The first @n events of the slice were judged; @first: findings_key() before it. */
void findings_judged(struct findings *s, u32 n, struct finding_key first);
void findings_free(struct findings *s);

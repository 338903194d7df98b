// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check.h"

#include "oracle/check/state.h"
#include "sim/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checker *checker_new(const struct log_config *config, u32 mask)
{
	struct checker *c = xcalloc(1, sizeof(*c));

	c->mask = mask & CHECK_ALL;
	c->total_cpu = config->total_cpu;
	c->fairness = config->fairness;
	c->start_ticket = config->start_ticket;
	c->start_now = config->start_now;
	c->keep_reads = config->keep_reads;
	c->barriers = config->barriers;
	c->high_as_is = errata_published(&config->errata, ERRATUM_TICKET_LOG);
	c->episode = ~0ull;
	c->n_init = config->n_init;
	c->init = xcalloc(c->n_init ? c->n_init : 1, sizeof(*c->init));
	if (c->n_init)
		memcpy(c->init, config->init, c->n_init * sizeof(*c->init));
	c->ticket = ticket_new(c);
	c->queue = queue_new(c);
	c->program_order = program_order_new(c);
	c->lock_order = lock_order_new();
	c->contents = contents_new(config->seed);
	for (lk_t lk = 0; lk < ID_END; lk++)
		c->push_of[lk] = (u8)event_push_of(lk);
	ticket_reset(c);
	queue_reset(c);
	program_order_reset(c);
	return c;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	free(c->init);
	ticket_free(c->ticket);
	queue_free(c->queue);
	free(c->program_order);
	free(c->lock_order);
	contents_free(c->contents);
	free(c);
}

/* A machine of its own begins: all state but worst cases and findings is as at the start. */
static void episode(struct checker *c, u64 number)
{
	if (c->any) {
		program_order_end(c);
		contents_end(c);
		ticket_reset(c);
		queue_reset(c);
		program_order_reset(c);
		lock_order_reset(c);
		contents_reset(c);
	}
	c->episode = number;
	c->halted = false;
}

/* Judge a slice of at most @n events, all of the running episode.  Returns how many it has. */
static u32 judge_slice(struct checker *c, const struct event *ev, u32 n)
{
	bool clean = c->n_found == 0;

	c->slice = ev;
	c->slice_n = n < SLICE ? n : SLICE;
	context_next(&c->context, c->n_events);
	pass_events(c);
	n = c->slice_n;
	context_judged(&c->context, n, c->n_found ? &c->found[0] : NULL, clean && c->n_found);
	c->n_events += n;
	c->slice = NULL;
	c->slice_n = 0;
	return n;
}

void checker_feed(struct checker *c, const struct event *ev, u32 n)
{
	SIM_ASSERT(!c->ended);
	while (n > 0) {
		u32 judged;

		/* Each CPU's stream has the mark: the first one begins the episode. */
		if (ev->kind == MARK_EPISODE && ev->arg != c->episode)
			episode(c, ev->arg);
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
	if (closed)
		program_order_end(c);
	if (!c->cut)
		contents_end(c);
	c->ended = true;
}

/* Keep the first MAX_FINDINGS in the order of the log, then of the checks. */
static void findings_keep(struct checker *c, const struct finding *f)
{
	u32 at = c->n_found;

	c->n_findings++;
	c->n_by_check[f->check]++;
	while (at > 0 &&
	       (f->index < c->found[at - 1].index ||
	        (f->index == c->found[at - 1].index && f->check < c->found[at - 1].check)))
		at--;
	if (at == MAX_FINDINGS)
		return;
	if (c->n_found < MAX_FINDINGS)
		c->n_found++;
	memmove(&c->found[at + 1], &c->found[at], (c->n_found - 1 - at) * sizeof(*f));
	c->found[at] = *f;
}

static void finding_place(const struct checker *c, struct finding *f, const struct event *e)
{
	u32 i = (u32)(e - c->slice);

	SIM_ASSERT(i < c->slice_n);
	f->index = f->at = c->n_events + i;
	f->cpu = e->cpu;
	f->lk = FINDING_NO_LOCK;
	event_print(e, f->event, sizeof(f->event));
	if (event_is_mark(e->kind))
		return;
	f->lk = e->lk;
	f->at = c->context.slice[c->context.n % CONTEXT_SLICES].lock_n[e->lk];
	for (const struct event *p = c->slice; p < e; p++)
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

void found(struct checker *c, enum check_row row, const struct event *e, const char *state, ...)
{
	struct finding f = { .check = check_row_check(row), .row = check_row_name(row) };

	FINDING_TEXT(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", check_row_sentence(row));
	finding_place(c, &f, e);
	findings_keep(c, &f);
}

void found_fold(struct checker *c, enum check_id id, const char *row, const char *sentence,
                const struct event *e, const char *state, ...)
{
	struct finding f = { .check = id, .row = row };

	FINDING_TEXT(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", sentence);
	finding_place(c, &f, e);
	findings_keep(c, &f);
}

void found_at_end(struct checker *c, enum check_row row, lk_t lk, cpu_t cpu, const char *state, ...)
{
	struct finding f = { .check = check_row_check(row),
		             .row = check_row_name(row),
		             .lk = lk,
		             .cpu = cpu,
		             .index = c->n_events,
		             .at = lk == FINDING_NO_LOCK ? c->n_events : c->context.lock_n[lk] };
	bool clean = c->n_found == 0;

	FINDING_TEXT(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", check_row_sentence(row));
	findings_keep(c, &f);
	if (clean)
		context_begin(&c->context, &c->found[0]);
}

void checker_add_finding(struct checker *c, const struct finding *f)
{
	findings_keep(c, f);
	if (f->check == CHK_MERGE)
		c->merge_judged = true;
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
	*n = c->n_found;
	return c->found;
}

u64 checker_n_findings(const struct checker *c)
{
	return c->n_findings;
}

u64 checker_n_events(const struct checker *c)
{
	return c->n_events;
}

u32 checker_n_closed(const struct checker *c)
{
	return c->n_closed;
}

bool checker_has(const struct checker *c, enum check_id id)
{
	return check_on(c, id);
}

const struct context_event *checker_context(const struct checker *c, u32 *n)
{
	*n = c->context.n_found;
	return c->context.found;
}

void checker_verdict(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	*out = (struct check_verdict){ .judged = true, .n_findings = c->n_by_check[id] };
	switch (id) {
	case CHK_MERGE:
		out->judged = c->merge_judged;
		snprintf(out->worst, sizeof(out->worst), "%s",
		         c->merge_judged || c->merge_worst[0] ? c->merge_worst
		                                              : "log is not in streams");
		break;
	case CHK_QUEUE:
	case CHK_HIGH:
	case CHK_THEOREM:
	case CHK_WAIT:
	case CHK_ORACLE:
		queue_worst(c, id, out);
		break;
	case CHK_WRAP:
	case CHK_FIFO:
	case CHK_BOUND:
	case CHK_FAIRNESS:
		ticket_worst(c, id, out);
		break;
	case CHK_BARRIER:
	case CHK_PULL:
	case CHK_LEAK:
	case CHK_STUCK:
		program_order_worst(c, id, out);
		break;
	case CHK_CONTENTS:
		contents_worst(c, out);
		break;
	case CHK_ORDER:
		lock_order_worst(c, out);
		break;
	case CHK_NR:
		SIM_UNREACHABLE();
	}
	out->judged |= out->n_findings > 0;
}

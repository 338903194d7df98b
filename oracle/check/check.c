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
	c->episode = ~0ull;
	c->n_init = config->n_init;
	c->init = xcalloc(c->n_init ? c->n_init : 1, sizeof(*c->init));
	if (c->n_init)
		memcpy(c->init, config->init, c->n_init * sizeof(*c->init));
	c->tickets = tickets_new(c);
	c->queues = queues_new(c);
	c->programs = programs_new();
	c->nestings = nestings_new();
	c->contents = contents_new(config->seed);
	tickets_reset(c);
	queues_reset(c);
	return c;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	free(c->init);
	tickets_free(c->tickets);
	queues_free(c->queues);
	free(c->programs);
	free(c->nestings);
	contents_free(c->contents);
	free(c);
}

static struct near near_of(const struct checker *c, u32 i, u64 at)
{
	const struct event *e = &c->slice[i];

	return (struct near){ .index = c->n_events + i,
		              .at = event_is_mark(e->kind) ? c->n_events + i : at,
		              .arg = e->arg,
		              .kind = e->kind,
		              .cpu = e->cpu,
		              .lk = (u8)e->lk };
}

static void ring_put(struct ring *r, const struct near *v)
{
	r->v[r->n++ % NEAR_BEFORE] = *v;
}

/* Is the finding told by its lock's events (else by its CPU's)? */
static bool by_lock(const struct finding *f)
{
	switch (f->check) {
	case CHK_BARRIER:
	case CHK_ORDER:
	case CHK_LEAK:
	case CHK_STUCK:
		return f->cpu == FINDING_NO_CPU;
	case CHK_MERGE:
	case CHK_QUEUE:
	case CHK_HIGH:
	case CHK_THEOREM:
	case CHK_WRAP:
	case CHK_FIFO:
	case CHK_BOUND:
	case CHK_FAIRNESS:
	case CHK_WAIT:
	case CHK_ORACLE:
	case CHK_PULL:
	case CHK_CONTENTS:
	case CHK_NR:
		break;
	}
	return f->lk != FINDING_NO_LOCK;
}

static bool is_near(const struct finding *f, const struct near *v)
{
	return by_lock(f) ? v->lk == f->lk && !event_is_mark(v->kind) : v->cpu == f->cpu;
}

/* The events of the rings before the first finding: what came before the slice. */
static void near_begin(struct checker *c, const struct finding *f)
{
	const struct ring *r = by_lock(f)         ? &c->by_lock[f->lk]
	                       : f->cpu < MAX_CPU ? &c->by_cpu[f->cpu]
	                                          : NULL;

	c->n_near = 0;
	for (u64 i = r && r->n > NEAR_BEFORE ? r->n - NEAR_BEFORE : 0; r && i < r->n; i++)
		c->near[c->n_near++] = r->v[i % NEAR_BEFORE];
	c->near_open = NEAR_AFTER + 1;
}

static void near_put(struct checker *c, const struct near *v)
{
	const struct finding *f = &c->found[0];

	if (!is_near(f, v) || c->near_open == 0)
		return;
	if (v->index >= f->index) {
		c->near[c->n_near++] = *v;
		c->near_open--;
		return;
	}
	if (c->n_near == NEAR_BEFORE)
		memmove(c->near, c->near + 1, --c->n_near * sizeof(c->near[0]));
	c->near[c->n_near++] = *v;
}

static void passes(struct checker *c, const struct event *ev, u32 n)
{
	bool clean = c->n_found == 0;

	c->slice = ev;
	c->slice_n = n;
	queues_pass(c);
	tickets_pass(c);
	programs_pass(c);
	nestings_pass(c);
	contents_pass(c);
	if (clean && c->n_found > 0)
		near_begin(c, &c->found[0]);
	for (u32 i = 0; i < n; i++) {
		const struct event *e = &ev[i];
		struct near v;

		SIM_ASSERT_DBG(e->cpu < MAX_CPU);
		SIM_ASSERT_DBG(e->lk < ID_END);
		v = near_of(c, i, c->lock_n[e->lk]);
		if (!event_is_mark(e->kind)) {
			ring_put(&c->by_lock[e->lk], &v);
			c->lock_n[e->lk]++;
		}
		ring_put(&c->by_cpu[e->cpu], &v);
		if (unlikely(c->near_open))
			near_put(c, &v);
	}
	c->n_events += n;
	c->slice = NULL;
	c->slice_n = 0;
}

/* A machine of its own begins: all state but worst cases and findings is as at the start. */
static void episode(struct checker *c, u64 number)
{
	if (c->any) {
		programs_end(c);
		contents_end(c);
		tickets_reset(c);
		queues_reset(c);
		programs_reset(c);
		nestings_reset(c);
		contents_reset(c);
	}
	c->episode = number;
	c->halted = false;
}

void checker_feed(struct checker *c, const struct event *ev, u32 n)
{
	u32 from = 0;

	SIM_ASSERT(!c->ended);
	for (u32 i = 0; i < n; i++) {
		bool begins = ev[i].kind == MARK_EPISODE && ev[i].arg != c->episode;

		if (!begins && i - from < SLICE)
			continue;
		if (i > from)
			passes(c, ev + from, i - from);
		from = i;
		if (begins)
			episode(c, ev[i].arg);
		c->any = true;
	}
	if (n > from)
		passes(c, ev + from, n - from);
	c->any |= n > 0;
}

void checker_end(struct checker *c, bool closed)
{
	SIM_ASSERT(!c->ended);
	if (closed)
		programs_end(c);
	contents_end(c);
	c->ended = true;
}

/* Keep the first MAX_FINDINGS in the order of the log, then of the checks. */
static void keep(struct checker *c, const struct finding *f)
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

static void place(const struct checker *c, struct finding *f, const struct event *e)
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
	f->at = c->lock_n[e->lk];
	for (const struct event *p = c->slice; p < e; p++)
		if (p->lk == e->lk && !event_is_mark(p->kind))
			f->at++;
}

/* Up to the buffer's size; a longer text is cut. */
#define STATE(f, fmt)                                                     \
	do {                                                              \
		va_list ap;                                               \
		va_start(ap, fmt);                                        \
		(void)vsnprintf((f)->state, sizeof((f)->state), fmt, ap); \
		va_end(ap);                                               \
	} while (0)

void found(struct checker *c, enum check_row row, const struct event *e, const char *state, ...)
{
	struct finding f = { .check = check_row_check(row), .row = check_row_name(row) };

	STATE(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", check_row_sentence(row));
	place(c, &f, e);
	keep(c, &f);
}

void found_fold(struct checker *c, enum check_id id, const char *row, const char *sentence,
                const struct event *e, const char *state, ...)
{
	struct finding f = { .check = id, .row = row };

	STATE(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", sentence);
	place(c, &f, e);
	keep(c, &f);
}

void found_at_end(struct checker *c, enum check_row row, lk_t lk, cpu_t cpu, const char *state, ...)
{
	struct finding f = { .check = check_row_check(row),
		             .row = check_row_name(row),
		             .lk = lk,
		             .cpu = cpu,
		             .index = c->n_events,
		             .at = lk == FINDING_NO_LOCK ? c->n_events : c->lock_n[lk] };
	bool clean = c->n_found == 0;

	STATE(&f, state);
	snprintf(f.sentence, sizeof(f.sentence), "%s", check_row_sentence(row));
	keep(c, &f);
	if (clean)
		near_begin(c, &c->found[0]);
}

void checker_add_finding(struct checker *c, const struct finding *f)
{
	keep(c, f);
	if (f->check == CHK_MERGE)
		c->merge_judged = true;
}

void checker_merge_judged(struct checker *c, const char *worst)
{
	c->merge_judged = true;
	snprintf(c->merge_worst, sizeof(c->merge_worst), "%s", worst);
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
	return has(c, id);
}

const struct near *checker_near(const struct checker *c, u32 *n)
{
	*n = c->n_near;
	return c->near;
}

void checker_verdict(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	*out = (struct check_verdict){ .judged = true, .n_findings = c->n_by_check[id] };
	switch (id) {
	case CHK_MERGE:
		out->judged = c->merge_judged;
		snprintf(out->worst, sizeof(out->worst), "%s",
		         c->merge_judged ? c->merge_worst : "log is not in streams");
		break;
	case CHK_QUEUE:
	case CHK_HIGH:
	case CHK_THEOREM:
	case CHK_WAIT:
	case CHK_ORACLE:
		queues_worst(c, id, out);
		break;
	case CHK_WRAP:
	case CHK_FIFO:
	case CHK_BOUND:
	case CHK_FAIRNESS:
		tickets_worst(c, id, out);
		break;
	case CHK_BARRIER:
	case CHK_PULL:
	case CHK_LEAK:
	case CHK_STUCK:
		programs_worst(c, id, out);
		break;
	case CHK_CONTENTS:
		contents_worst(c, out);
		break;
	case CHK_ORDER:
		nestings_worst(c, out);
		break;
	case CHK_NR:
		SIM_UNREACHABLE();
	}
	out->judged |= out->n_findings > 0;
}

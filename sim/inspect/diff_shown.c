// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/diff_shown.h"

#include "oracle/data.h"
#include "sim/base/vec.h"
#include "sim/inspect/cpu_state.h"
#include "sim/inspect/show_mark.h"
#include "sim/log/read/replay.h"

#include <stdio.h>
#include <string.h>

/* Differences of a push that one line has. */
enum { SHOWN_DIFFS = 4 };

static void keep_state(struct diff_shown *at, const struct log_source *s, const struct sections *ss)
{
	size_t size;
	FILE *f = open_memstream(&at->state, &size);

	at->cpus = json_array();
	for (u32 cpu = 0; cpu < s->config->cpus; cpu++) {
		json_array_append_new(at->cpus, cpu_state_json(s, ss, cpu));
		/* Sections are levels, too. */
		if (f && (sections_nest(ss, cpu)->n || sections_waits(ss, cpu)))
			cpu_state_print(s, ss, cpu, f);
	}
	if (f)
		(void)fclose(f);
}

static void print_event(const struct log_source *s, const struct event *e, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");
	char text[64];

	if (!f)
		return;
	if (event_is_mark(e->kind))
		show_mark(f, s->config, e);
	else
		fprintf(f, "%s %s",
		        lock_name_of(&s->config->locks, (lk_t)s->lock_name(s, e->lk), text,
		                     sizeof(text)),
		        event_name(e->kind));
	(void)fclose(f);
	buf[size - 1] = 0;
}

static void keep_event(struct diff_shown *at, const struct log_source *s, const struct event *e,
                       const struct nest_where *in)
{
	at->cpu = e->cpu;
	at->lk = e->lk;
	print_event(s, e, at->event, sizeof(at->event));
	(void)cpu_state_operation(s->config, in, at->operation, sizeof(at->operation));
	if (!event_is_push(e->kind) || e->n == 0)
		return;
	at->n = e->n;
	at->diffs = xmalloc(e->n * sizeof(*at->diffs));
	memcpy(at->diffs, e->diffs, e->n * sizeof(*at->diffs));
}

/* The operation that the CPU is in before the event, or which begins with it. */
static struct nest_where inside(const struct sections *ss, const struct event *e,
                                const struct nest_where *before)
{
	return e->kind == MARK_BEGIN || e->kind == MARK_OP ? sections_where(ss, e->cpu) : *before;
}

static u64 last_of(const struct diff_shown *at, u32 n)
{
	u64 last = 0;

	for (u32 i = 0; i < n; i++)
		if (at[i].wanted)
			last = max_u64(last, at[i].index);
	return last;
}

static void take(struct log_source *s, struct sections *ss, u64 index, const struct event *e,
                 struct diff_shown *at, u32 n)
{
	struct nest_where before = sections_where(ss, e->cpu), in;

	for (u32 i = 0; i < n; i++)
		if (at[i].wanted && !at[i].there && at[i].index == index)
			keep_state(&at[i], s, ss);
	sections_event(ss, index, e);
	for (u32 i = 0; i < n; i++) {
		if (!at[i].wanted || !at[i].there || at[i].index != index)
			continue;
		in = inside(ss, e, &before);
		keep_state(&at[i], s, ss);
		keep_event(&at[i], s, e, &in);
	}
}

int diff_shown_read(struct log_source *s, struct diff_shown *at, u32 n, struct err *e)
{
	const struct sections_told told = { .arg = NULL };
	struct sections *ss = sections_new(&told);
	struct replay *r = replay_new(s->config, doracle);
	struct event ev[SOURCE_BATCH];
	u64 index = 0, last = last_of(at, n), misfit;
	u32 got;
	int rc;

	do {
		rc = s->next(s, ev, SOURCE_BATCH, &got, e);
		for (u32 i = 0; i < got && rc >= 0; i++, index++) {
			rc = replay_event(r, &ev[i], &misfit, e);
			if (rc >= 0)
				take(s, ss, index, &ev[i], at, n);
		}
	} while (rc >= 0 && got > 0 && index <= last);
	/* Behind the last event. */
	for (u32 i = 0; i < n; i++)
		if (at[i].wanted && !at[i].cpus)
			keep_state(&at[i], s, ss);
	replay_free(r);
	sections_free(ss);
	return rc < 0 ? rc : 0;
}

void diff_shown_free(struct diff_shown *at)
{
	free(at->diffs);
	free(at->state);
	json_decref(at->cpus);
}

static bool same(const struct diff *a, const struct diff *b)
{
	return a->field == b->field && a->oracle == b->oracle && a->first == b->first &&
	       a->last == b->last && a->new == b->new &&
	       (a->oracle ? a->vmid == b->vmid : a->old == b->old);
}

/* Those of @a from @from on that @b does not have in the same place. */
static void print_others(const struct diff_shown *a, const struct diff_shown *b, char *out,
                         size_t size)
{
	char one[96];
	u32 told = 0;

	snprintf(out, size, "%s", "");
	for (u32 i = 0; i < a->n; i++) {
		size_t len = strlen(out);

		if (i < b->n && same(&a->diffs[i], &b->diffs[i]))
			continue;
		if (told++ == SHOWN_DIFFS) {
			snprintf(out + len, size - len, ", ...");
			return;
		}
		snprintf(out + len, size - len, "%s%s", len ? ", " : "",
		         diff_print((lk_t)a->lk, &a->diffs[i], one, sizeof(one)));
	}
	if (told == 0)
		snprintf(out, size, "nothing else");
}

void diff_shown_values(const struct diff_shown *a, const struct diff_shown *b, char *out_a,
                       char *out_b, size_t size)
{
	print_others(a, b, out_a, size);
	print_others(b, a, out_b, size);
}

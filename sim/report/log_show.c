// SPDX-License-Identifier: GPL-2.0-only
#include "sim/report/log_show.h"

#include "oracle/data.h"
#include "sim/log/replay.h"
#include "sim/log/text.h"

#include <inttypes.h>

static bool wanted(const struct show_options *o, const struct event *e, u64 index)
{
	if (index < o->from || index > o->to || !(o->cpus >> e->cpu & 1) ||
	    !(o->kinds >> e->kind & 1))
		return false;
	/* A mark is in no lock's log: it goes when locks are chosen. */
	if (event_is_mark(e->kind))
		return o->locks == ~0ull;
	return e->lk >= 64 ? o->locks == ~0ull : o->locks >> e->lk & 1;
}

static void show_json(FILE *f, u64 index, u64 lock, const struct event *e)
{
	char buf[160];

	fprintf(f, "{\"index\":%" PRIu64 ",\"cpu\":%u,\"event\":\"%s\"", index, e->cpu,
	        event_name(e->kind));
	if (event_is_mark(e->kind)) {
		fprintf(f, ",\"args\":[");
		for (u32 i = 0; i < e->n; i++)
			fprintf(f, "%s%" PRIu64, i ? "," : "", e->args[i]);
		fprintf(f, "]");
	} else {
		fprintf(f, ",\"lock\":%" PRIu64, lock);
		if (event_arg(e->kind) != ARG_NONE)
			fprintf(f, ",\"arg\":%u", e->arg);
	}
	if (e->kind == EV_OFLATMEM && e->flags & EVF_WORD)
		fprintf(f, ",\"number\":%u", e->ticket);
	else if (e->flags & EVF_WORD)
		fprintf(f, ",\"ticket\":%u,\"now\":%u", e->ticket, e->now);
	if (e->flags & EVF_FILLED)
		fprintf(f, ",\"filled\":true");
	if (e->flags & EVF_TIME)
		fprintf(f, ",\"time_ns\":%" PRIu64, e->time_ns);
	if (e->digest_len)
		fprintf(f, ",\"digest\":\"%0*" PRIx64 "\"", 2 * e->digest_len, e->digest);
	if (event_is_push(e->kind)) {
		fprintf(f, ",\"changes\":[");
		for (u32 i = 0; i < e->n; i++)
			fprintf(f, "%s\"%s\"", i ? "," : "",
			        diff_print(e->lk, &e->diffs[i], buf, sizeof(buf)));
		fprintf(f, "]");
	}
	fprintf(f, "}\n");
}

/* One column a CPU, as wide as most events need. */
static void show_column(FILE *f, u64 index, u64 lock, const struct event *e)
{
	char buf[64], cell[96];

	if (event_is_mark(e->kind))
		snprintf(cell, sizeof(cell), "%s%s", event_name(e->kind), e->n ? " ..." : "");
	else
		snprintf(cell, sizeof(cell), "%" PRIu64 " %s%s", lock,
		         event_print(e, buf, sizeof(buf)),
		         e->flags & EVF_FILLED ? " (filled)" : "");
	fprintf(f, "%10" PRIu64 "  %*s%s\n", index, 18 * (int)e->cpu, "", cell);
}

static void show_event(const struct show_options *o, FILE *f, struct log_source *s, u64 index,
                       const struct event *e)
{
	u64 lock = s->lock_name(s, e->lk);

	switch (o->form) {
	case SHOW_TEXT:
		fprintf(f, "%10" PRIu64 "  ", index);
		text_print_event(f, s->config, lock, e);
		return;
	case SHOW_COLUMNS:
		show_column(f, index, lock, e);
		return;
	case SHOW_JSON:
		show_json(f, index, lock, e);
		return;
	}
}

static void head(const struct show_options *o, FILE *f, const struct log_config *c)
{
	if (o->form != SHOW_COLUMNS)
		return;
	fprintf(f, "%10s", "event");
	for (u32 cpu = 0; cpu < c->cpus; cpu++)
		fprintf(f, "  CPU %-*u", cpu + 1 < c->cpus ? 12 : 0, cpu);
	fputc('\n', f);
}

int log_show(struct log_source *s, const struct show_options *o, FILE *f, struct err *e)
{
	struct replay *r = replay_new(s->config, doracle);
	struct event ev[SOURCE_BATCH];
	u64 index = 0, at;
	u32 n;
	int rc;

	head(o, f, s->config);
	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && rc >= 0; i++, index++) {
			rc = replay_event(r, &ev[i], &at, e);
			if (rc >= 0 && wanted(o, &ev[i], index))
				show_event(o, f, s, index, &ev[i]);
		}
	} while (rc >= 0 && n > 0 && index <= o->to && (!o->keep_going || o->keep_going()));
	replay_free(r);
	return rc < 0 ? rc : 0;
}

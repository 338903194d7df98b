// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_show.h"

#include "oracle/data.h"
#include "sim/inspect/log_index.h"
#include "sim/inspect/show_columns.h"
#include "sim/inspect/show_mark.h"
#include "sim/log/json.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/read/replay.h"
#include "sim/log/text/text.h"

#include <inttypes.h>
#include <string.h>

/* Differences that one line shows. */
enum { SHOW_DIFFS = 4 };

/* Columns of an index and of a time, with the two behind each. */
enum { INDEX_COLUMNS = 12, TIME_COLUMNS = 17 };

/**
 * struct show - what is asked for, where it goes, and where the CPUs are
 * @columns: of SHOW_COLUMNS, else NULL
 * @episode: [cpu] that the CPU's events are of
 */
struct show {
	const struct show_options *o;
	FILE *f;
	const struct log_config *c;
	struct show_columns *columns;
	struct nest nest;
	u64 episode[MAX_CPU];
};

bool show_ops_by_name(struct nest_ops *ops, const struct log_config *c, const char *name)
{
	struct nest_ops found = { .work = 0 };

	for (u32 i = 0; i < c->n_ops && i < 64; i++)
		if (strcmp(c->op_names[i], name) == 0)
			found.work |= 1ull << i;
	for (u32 i = 0; i < HYP_OP_NR; i++)
		if (strcmp(op_function(i), name) == 0 || strcmp(op_event(i), name) == 0)
			found.atomic |= 1ull << i;
	ops->work |= found.work;
	ops->atomic |= found.atomic;
	return found.work || found.atomic;
}

/* Is it of the episode and the time that are asked for? */
static bool is_then(const struct show *sh, const struct event *e)
{
	const struct show_options *o = sh->o;

	return (!o->in_episode || sh->episode[e->cpu] == o->episode) &&
	       (!o->in_time || (e->time_ns >= o->from_ns && e->time_ns <= o->to_ns));
}

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

/* One difference: cells first..last of a field, and what they held and hold. */
static void json_change(FILE *f, lk_t id, const struct diff *d)
{
	const struct obj_field *field = obj_field(obj_kind_of(id), d->field);
	const char *(*index)(u64 v, char *buf, size_t size) =
		field->index == INDEX_PLAIN ? json_u64_text : json_hex_text;
	char a[32], b[32];

	fprintf(f, "{\"field\":\"%s\",\"first\":%s,\"last\":%s", field->name,
	        index(d->first, a, sizeof(a)), index(d->last, b, sizeof(b)));
	if (d->oracle)
		fprintf(f, ",\"doracle\":{\"vmid\":%u,\"n\":%s}}", d->vmid,
		        json_u64_text(d->index, a, sizeof(a)));
	else
		fprintf(f, ",\"old\":%s,\"new\":%s}", json_hex_text(d->old, a, sizeof(a)),
		        json_hex_text(d->new, b, sizeof(b)));
}

static void show_json(FILE *f, const struct log_config *c, u64 index, u64 lock,
                      const struct event *e)
{
	char buf[32];

	fprintf(f, "{\"index\":%" PRIu64 ",\"cpu\":%u,\"event\":\"%s\"", index, e->cpu,
	        event_name(e->kind));
	if (event_is_mark(e->kind)) {
		show_mark_json(f, c, e);
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
		fprintf(f, ",\"time_ns\":%s", json_u64_text(e->time_ns, buf, sizeof(buf)));
	if (e->digest_len)
		fprintf(f, ",\"digest\":\"0x%0*" PRIx64 "\"", 2 * e->digest_len, e->digest);
	if (event_is_push(e->kind)) {
		fprintf(f, ",\"changes\":[");
		for (u32 i = 0; i < e->n; i++) {
			fputs(i ? "," : "", f);
			json_change(f, e->lk, &e->diffs[i]);
		}
		fprintf(f, "]");
	}
	fprintf(f, "}\n");
}

static void print_step(FILE *f, const struct log_config *c, u64 lock, const struct event *e)
{
	char buf[160];

	fprintf(f, "%s ", lock_name_of(&c->locks, (lk_t)lock, buf, sizeof(buf)));
	/* The object that it pulls is the lock's. */
	if (e->kind == EV_OPULL && e->arg == lock)
		fputs(event_name(e->kind), f);
	else
		fputs(event_print(e, buf, sizeof(buf)), f);
	if (event_is_push(e->kind)) {
		for (u32 i = 0; i < e->n && i < SHOW_DIFFS; i++)
			fprintf(f, " %s", diff_print(e->lk, &e->diffs[i], buf, sizeof(buf)));
		if (e->n > SHOW_DIFFS)
			fprintf(f, " and %u more", e->n - SHOW_DIFFS);
	}
	if (e->flags & EVF_FILLED)
		fputs(" (filled)", f);
}

static void print_event(FILE *f, const struct log_config *c, u64 lock, const struct event *e)
{
	if (event_is_mark(e->kind))
		show_mark(f, c, e);
	else
		print_step(f, c, lock, e);
}

/* "  123  ", and the time of a log that has it */
static void show_where(const struct show *s, u64 index, const struct event *e)
{
	fprintf(s->f, "%10" PRIu64 "  ", index);
	if (s->c->timestamps)
		fprintf(s->f, "%12.3f us  ", (double)e->time_ns / 1e3);
}

/* "  123  cpu 2      S2PAGE HOLD_LOCK" */
static void show_nested(const struct show *s, u64 index, u64 lock, u32 depth, const struct event *e)
{
	show_where(s, index, e);
	fprintf(s->f, "cpu %-*u%*s", s->c->cpus > 10 ? 2 : 1, e->cpu, 2 + 2 * (int)depth, "");
	print_event(s->f, s->c, lock, e);
	fputc('\n', s->f);
}

static void show_column(const struct show *s, u64 index, u64 lock, u32 depth, const struct event *e)
{
	show_where(s, index, e);
	print_event(show_columns_text(s->columns, e->cpu), s->c, lock, e);
	show_columns_line(s->columns, s->f, e->cpu, depth);
}

static void show_event(const struct show *sh, struct log_source *s, u64 index, u32 depth,
                       const struct event *e)
{
	u64 lock = s->lock_name(s, e->lk);

	switch (sh->o->form) {
	case SHOW_NESTED:
		show_nested(sh, index, lock, depth, e);
		return;
	case SHOW_RAW:
		fprintf(sh->f, "%10" PRIu64 "  ", index);
		text_print_event(sh->f, s->config, lock, e);
		return;
	case SHOW_COLUMNS:
		show_column(sh, index, lock, depth, e);
		return;
	case SHOW_JSON:
		show_json(sh->f, s->config, index, lock, e);
		return;
	}
}

/* Where the event lies, and whether to show it. */
static void take(struct show *sh, struct log_source *s, u64 index, const struct event *e)
{
	const struct nest_ops *ops = &sh->o->ops;
	bool inside = nest_inside(&sh->nest, e->cpu, ops);
	u32 depth = nest_event(&sh->nest, e);

	inside |= nest_inside(&sh->nest, e->cpu, ops);
	if (e->kind == MARK_EPISODE)
		sh->episode[e->cpu] = e->arg;
	if (wanted(sh->o, e, index) && is_then(sh, e) && (inside || !sh->o->in_ops) &&
	    about_event(&sh->o->about, sh->c, e))
		show_event(sh, s, index, depth, e);
}

/* The columns of SHOW_COLUMNS, and the line above them. */
static void begin_columns(struct show *s)
{
	u32 lead = INDEX_COLUMNS + (s->c->timestamps ? TIME_COLUMNS : 0);
	char text[INDEX_COLUMNS];

	if (s->o->form != SHOW_COLUMNS)
		return;
	s->columns = show_columns_new(s->o->width, lead, s->o->cpus, s->c->cpus);
	snprintf(text, sizeof(text), "%10s", "event");
	show_columns_head(s->columns, s->f, text);
}

/* index_walk.may: might the block have an event that is wanted, or is the last one that is asked for within it? */
static bool may_show(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct show *sh = arg;
	const struct show_options *o = sh->o;

	if (o->to >= first && o->to <= last)
		return true;
	if (last < o->from || !(o->cpus & b->cpus) || !(o->kinds & b->kinds))
		return false;
	if (o->locks != ~0ull && !(o->locks & b->locks))
		return false;
	if (o->in_ops && !(o->ops.work & b->ops.work) && !(o->ops.atomic & b->ops.atomic))
		return false;
	if (o->in_episode && (o->episode < b->episode[0] || o->episode > b->episode[1]))
		return false;
	if (o->in_time && (o->to_ns < b->ns[0] || o->from_ns > b->ns[1]))
		return false;
	return index_block_about(b, &o->about);
}

/* Is there more to read than the last @n events?  At the end of what is there, until nobody writes it any more and the rest was read. */
static bool comes_more(const struct show_options *o, struct log_source *s, u32 n, bool *more)
{
	if (n > 0 || !*more)
		return n > 0;
	*more = o->more(s);
	return true;
}

int log_show(struct log_source *s, struct log_index *ix, const struct show_options *o, FILE *f,
             struct err *e)
{
	struct replay *r = replay_new(s->config, doracle);
	struct show sh = { .o = o, .f = f, .c = s->config };
	struct index_walk walk = { .ix = ix,
		                   .st = { .episode = sh.episode, .nest = &sh.nest, .replay = r },
		                   .may = may_show,
		                   .arg = &sh };
	struct event ev[SOURCE_BATCH];
	bool more = o->more != NULL;
	u64 index = 0, at;
	u32 n;
	int rc;

	if (o->in_time && !s->config->timestamps) {
		replay_free(r);
		return err_set(e, ERR_USAGE, "--time: the log has no timestamps");
	}
	begin_columns(&sh);
	do {
		index_walk(&walk, s, &index);
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && rc >= 0; i++, index++) {
			rc = replay_event(r, &ev[i], &at, e);
			if (rc >= 0)
				take(&sh, s, index, &ev[i]);
		}
	} while (rc >= 0 && comes_more(o, s, n, &more) && index <= o->to &&
	         (!o->keep_going || o->keep_going()));
	show_columns_free(sh.columns);
	replay_free(r);
	return rc < 0 ? rc : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_waits.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/inspect/index_waits.h"
#include "sim/inspect/sections_walk.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct wait - one
 * @holder: [n_holders] the sections that it waited for, the oldest first: those that the log has
 * @others: [cpu] events of the CPU between asking and having
 */
struct wait {
	struct wait_length length;
	struct lock_section s;
	u32 n_holders;
	struct lock_section holder[MAX_CPU];
	u64 others[MAX_CPU];
};

/**
 * struct waits
 * @wait:  [n] the longest so far, the longest first
 * @count: waits that there were
 * @first, @end: sections that are let go from event @first on, and before event @end, count
 * @counted: they are in @count already
 */
struct waits {
	const struct waits_options *o;
	const struct log_source *s;
	enum waits_by by;
	u32 n;
	struct wait **wait;
	u64 count, first, end;
	bool counted;
};

static const char *const by_names[] = { "time", "hand-overs", "rounds", "events" };

const char *waits_by_name(u32 by)
{
	return by < WAITS_BY_NR ? by_names[by] : NULL;
}

/* Of equal ones the one that ended first. */
static bool stands_before(struct wait_length length, u64 released, const struct wait *b)
{
	return wait_longer(length, b->length) ||
	       (!wait_longer(b->length, length) && released < b->s.released.index);
}

static bool counts(const struct waits *w, const struct lock_section *s)
{
	const struct waits_options *o = w->o;

	return s->depth > 0 && o->locks >> s->lk & 1 && o->cpus >> s->cpu & 1 &&
	       s->asked.index >= o->from && s->got.index <= o->to &&
	       s->released.index >= w->first && s->released.index < w->end;
}

/* A place for a wait that is among the longest so far; NULL: it is not. */
static struct wait *place_for(struct waits *w, struct wait_length length, u64 released)
{
	struct wait *at;
	u32 i;

	if (w->n == w->o->top && !stands_before(length, released, w->wait[w->n - 1]))
		return NULL;
	if (w->n < w->o->top)
		w->wait[w->n++] = xcalloc(1, sizeof(*at));
	at = w->wait[w->n - 1];
	for (i = w->n - 1; i > 0 && stands_before(length, released, w->wait[i - 1]); i--)
		w->wait[i] = w->wait[i - 1];
	w->wait[i] = at;
	return at;
}

static void fill(struct wait *at, const struct sections *ss, const struct lock_section *s)
{
	at->s = *s;
	at->n_holders = 0;
	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		if (b)
			at->holder[at->n_holders++] = *b;
	}
	memcpy(at->others, sections_others(ss, s), sizeof(at->others));
}

/* sections_told.done */
static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct waits *w = arg;
	struct wait_length length;
	struct wait *at;

	if (!counts(w, s))
		return;
	w->count += !w->counted;
	length = wait_length(w->by, s);
	at = place_for(w, length, s->released.index);
	if (!at)
		return;
	at->length = length;
	fill(at, ss, s);
}

static json_t *section_json(const struct log_source *src, const struct lock_section *s)
{
	const struct log_config *c = src->config;
	json_t *o = json_pack("{s:I,s:I,s:s}", "cpu", (json_int_t)s->cpu, "lock",
	                      (json_int_t)src->lock_name(src, s->lk), "operation",
	                      section_op_name(c, s));

	if (nest_work_name(c, s->in.work))
		json_object_set_new(o, "work", json_string(nest_work_name(c, s->in.work)));
	json_object_set_new(o, "asked", json_integer((json_int_t)s->asked.index));
	json_object_set_new(o, "got", json_integer((json_int_t)s->got.index));
	json_object_set_new(o, "released", json_integer((json_int_t)s->released.index));
	if (c->timestamps) {
		json_object_set_new(o, "wait_ns", json_integer((json_int_t)section_wait(s, true)));
		json_object_set_new(o, "hold_ns", json_integer((json_int_t)section_hold(s, true)));
	}
	json_object_set_new(o, "ticket", json_integer(s->ticket));
	json_object_set_new(o, "depth", json_integer(s->depth));
	json_object_set_new(o, "rounds", json_integer(s->rounds));
	return o;
}

static void print_json(const struct waits *w, const char *path, FILE *f)
{
	json_t *o = json_object(), *all = json_array();

	for (u32 i = 0; i < w->n; i++) {
		const struct wait *at = w->wait[i];
		json_t *one = section_json(w->s, &at->s), *holders = json_array();
		json_t *others = json_array();

		for (u32 k = 0; k < at->n_holders; k++)
			json_array_append_new(holders, section_json(w->s, &at->holder[k]));
		for (u32 k = 0; k < w->s->config->cpus; k++)
			json_array_append_new(others, json_integer((json_int_t)at->others[k]));
		json_object_set_new(one, "held_by", holders);
		json_object_set_new(one, "events_between", others);
		json_array_append_new(all, one);
	}
	json_object_set_new(o, "log", json_string(path));
	json_object_set_new(o, "by", json_string(by_names[w->by]));
	json_object_set_new(o, "count", json_integer((json_int_t)w->count));
	json_object_set_new(o, "waits", all);
	json_dumpf(o, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(o);
}

/* "map_page_host in fault" */
static void print_operation(FILE *f, const struct log_config *c, const struct lock_section *s)
{
	fputs(section_op_name(c, s), f);
	if (s->in.atomic != NEST_NONE && nest_work_name(c, s->in.work))
		fprintf(f, " in %s", nest_work_name(c, s->in.work));
}

static const char *plural(u64 n)
{
	return n == 1 ? "" : "s";
}

static void print_wait(const struct waits *w, u32 i, const char *path, FILE *f)
{
	const struct log_config *c = w->s->config;
	const struct wait *at = w->wait[i];
	const struct lock_section *s = &at->s;
	char name[32];

	fprintf(f, "%u. CPU %u waited for %s", i + 1, s->cpu,
	        lock_name_of(&w->s->config->locks, (lk_t)w->s->lock_name(w->s, s->lk), name,
	                     sizeof(name)));
	if (c->timestamps)
		fprintf(f, " %" PRIu64 " ns", section_wait(s, true));
	fprintf(f, "%s %u hand-over%s, %u round%s, %" PRIu64 " event%s: ",
	        c->timestamps ? ", over" : " over", s->depth, plural(s->depth), s->rounds,
	        plural(s->rounds), at->length.between, plural(at->length.between));
	print_operation(f, c, s);
	fprintf(f, ", asked at %" PRIu64 ", had it at %" PRIu64 "\n", s->asked.index, s->got.index);
	for (u32 k = 0; k < at->n_holders; k++) {
		const struct lock_section *b = &at->holder[k];

		fprintf(f, "     held by CPU %u, %" PRIu64 " to %" PRIu64, b->cpu, b->got.index,
		        b->released.index);
		if (c->timestamps)
			fprintf(f, ", %" PRIu64 " ns", section_hold(b, true));
		fputs(": ", f);
		print_operation(f, c, b);
		fputc('\n', f);
	}
	if (at->n_holders < s->depth)
		fprintf(f, "     %u holder%s unknown\n", s->depth - at->n_holders,
		        s->depth - at->n_holders == 1 ? " is" : "s are");
	fputs("     in between:", f);
	for (u32 k = 0; k < c->cpus; k++)
		fprintf(f, "%s CPU %u %" PRIu64, k ? "," : "", k, at->others[k]);
	fprintf(f, "; hypsim log show %s --from %" PRIu64 " --to %" PRIu64 "\n", path,
	        s->asked.index, s->got.index);
}

static void print_text(const struct waits *w, const char *path, FILE *f)
{
	fprintf(f, "%" PRIu64 " wait%s; the longest by %s%s\n", w->count, plural(w->count),
	        by_names[w->by], w->count ? ":" : ": none");
	for (u32 i = 0; i < w->n; i++)
		print_wait(w, i, path, f);
}

static void drop_waits(struct waits *w)
{
	for (u32 i = 0; i < w->n; i++)
		free(w->wait[i]);
	w->n = 0;
	w->count = 0;
	w->counted = false;
}

/**
 * struct blocks - who reads a log block by block, those first that may have the longest waits
 * @st:     what a point says that is wanted; @start: all before the first event
 * @waited: [ix->n_points]
 * @index:  of the next event
 */
struct blocks {
	struct waits *w;
	struct log_source *s;
	struct log_index *ix;
	struct sections *ss;
	struct index_state st;
	u64 episode[MAX_CPU];
	struct stash start;
	struct index_waited *waited;
	u64 index;
};

static u64 first_of(const struct log_index *ix, u32 block)
{
	return block ? ix->point[block - 1].index : 0;
}

/* To where the log begins. */
static void go_to_start(struct blocks *b)
{
	struct stash s = stash_of(b->start.out.v, b->start.out.n);

	index_state_stash(b->s, &b->st, &s);
	SIM_ASSERT(stash_done(&s));
	b->index = 0;
}

/* To where the block begins.  False: the index is damaged. */
static bool go_to(struct blocks *b, u32 block)
{
	u64 first = first_of(b->ix, block);

	if (b->index == first)
		return true;
	if (block == 0)
		go_to_start(b);
	else if (!log_index_go(b->ix, b->s, block - 1, &b->st))
		return false;
	b->index = first;
	return true;
}

/* Take the waits that end in the block.  False: the index is damaged, or the log is not what it was. */
static bool read_block(struct blocks *b, u32 block)
{
	u64 end = b->ix->point[block].index;
	struct event ev[SOURCE_BATCH];
	struct err e;
	u32 n;

	if (!go_to(b, block))
		return false;
	b->w->first = first_of(b->ix, block);
	b->w->end = end;
	while (b->index < end) {
		if (b->s->next(b->s, ev, SOURCE_BATCH, &n, &e) < 0 || n == 0)
			return false;
		for (u32 i = 0; i < n; i++)
			sections_event(b->ss, b->index++, &ev[i]);
	}
	return true;
}

/* Are all waits that end in the block of the range? */
static bool all_count(const struct waits *w, const struct index_waited *b)
{
	return b->first_asked >= w->o->from && b->last_got <= w->o->to;
}

static bool may_count(const struct blocks *b, u32 block)
{
	const struct index_waited *of = &b->waited[block];

	return of->count && b->ix->point[block].index > b->w->o->from &&
	       of->first_got <= b->w->o->to;
}

/* Those of which it is not known how many of their waits count; and how many there are of the others. */
static bool read_edges(struct blocks *b)
{
	for (u32 i = 0; i < b->ix->n_points; i++) {
		if (!may_count(b, i))
			b->waited[i].count = 0;
		if (b->waited[i].count && all_count(b->w, &b->waited[i])) {
			b->w->count += b->waited[i].count;
		} else if (b->waited[i].count) {
			b->waited[i].count = 0;
			if (!read_block(b, i))
				return false;
		}
	}
	b->w->counted = true;
	return true;
}

/* The block of the longest wait, of those that are not read; n_points: there is none. */
static u32 next_block(const struct blocks *b)
{
	u32 next = b->ix->n_points;

	for (u32 i = 0; i < b->ix->n_points; i++)
		if (b->waited[i].count &&
		    (next == b->ix->n_points ||
		     wait_longer(b->waited[i].longest, b->waited[next].longest)))
			next = i;
	return next;
}

static bool read_longest(struct blocks *b)
{
	const struct waits *w = b->w;
	u32 i;

	while ((i = next_block(b)) < b->ix->n_points) {
		if (w->n == w->o->top &&
		    wait_longer(w->wait[w->n - 1]->length, b->waited[i].longest))
			return true;
		b->waited[i].count = 0;
		if (!read_block(b, i))
			return false;
	}
	return true;
}

static bool read_blocks(struct blocks *b)
{
	const struct waits *w = b->w;
	struct log_index *ix = b->ix;

	b->waited = index_waited_read(ix->fd, &ix->waits, &ix->bytes, ix->n_points, w->by,
	                              w->o->locks, w->o->cpus);
	return b->waited && read_edges(b) && read_longest(b) &&
	       log_index_go_to_end(ix, b->s, &b->st);
}

/* With the index.  False: it is damaged, and nothing is read. */
static bool read_by_index(struct waits *w, struct log_source *s, struct log_index *ix,
                          struct sections *ss)
{
	struct blocks b = { .w = w, .s = s, .ix = ix, .ss = ss, .start = stash_new() };
	bool ok;

	b.st = (struct index_state){ .episode = b.episode,
		                     .nest = sections_brackets(ss),
		                     .sections = ss };
	index_state_stash(s, &b.st, &b.start);
	ok = read_blocks(&b);
	if (!ok) {
		go_to_start(&b);
		drop_waits(w);
	}
	w->first = 0;
	w->end = ~0ull;
	free(b.waited);
	vec_free(&b.start.out);
	return ok;
}

static int read_all(struct waits *w, struct log_source *s, struct log_index *ix, struct err *e)
{
	const struct sections_told told = { .done = done, .arg = w };
	struct sections *ss = sections_new(&told);
	struct index_walk all = { .ix = NULL };
	int rc;

	if (ix)
		(void)read_by_index(w, s, ix, ss);
	rc = sections_walk(ss, s, &all, e);
	sections_free(ss);
	return rc;
}

int log_waits(struct log_source *s, struct log_index *ix, const char *path,
              const struct waits_options *o, FILE *f, struct err *e)
{
	struct waits w = { .o = o, .s = s, .by = o->by, .end = ~0ull };
	int rc;

	if (w.by == WAITS_BY_NR)
		w.by = s->config->timestamps ? WAITS_BY_TIME : WAITS_BY_HAND_OVERS;
	if (w.by == WAITS_BY_TIME && !s->config->timestamps)
		return err_set(e, ERR_USAGE, "%s: --by time: the log has no timestamps", path);
	w.wait = xcalloc(o->top, sizeof(*w.wait));
	rc = read_all(&w, s, ix, e);
	if (o->json)
		print_json(&w, path, f);
	else
		print_text(&w, path, f);
	drop_waits(&w);
	free(w.wait);
	return rc;
}

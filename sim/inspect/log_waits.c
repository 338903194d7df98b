// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_waits.h"

#include "sim/base/vec.h"
#include "sim/inspect/sections_walk.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct wait - one
 * @value:  by which it is long; @between: events of all CPUs between asking and having
 * @holder: [n_holders] the sections that it waited for, the oldest first: those that the log has
 * @others: [cpu] events of the CPU between asking and having
 */
struct wait {
	u64 value, between;
	struct lock_section s;
	u32 n_holders;
	struct lock_section holder[MAX_CPU];
	u64 others[MAX_CPU];
};

/**
 * struct longest
 * @wait: [n] the longest so far, the longest first; NULL: nobody asks for this measure
 */
struct longest {
	u32 n;
	struct wait **wait;
};

/**
 * struct waits
 * @by:       what is printed
 * @longest:  [by] of o->top each
 * @count:    waits that there were
 * @own:      [cpu][lock][other] events of the other CPU as the CPU asked for the lock, and since it has the lock: between both
 */
struct waits {
	const struct waits_options *o;
	const struct log_source *s;
	enum waits_by by;
	struct longest longest[WAITS_BY_NR];
	u64 count;
	u64 (*own)[ID_END][MAX_CPU];
};

static const char *const by_names[] = { "time", "hand-overs", "rounds", "events" };

const char *waits_by_name(u32 by)
{
	return by < WAITS_BY_NR ? by_names[by] : NULL;
}

void waits_asked(struct waits *w, const struct sections *ss, const struct lock_section *s)
{
	u64 *own = w->own[s->cpu][s->lk];

	if (s->depth == 0)
		return;
	for (u32 i = 0; i < w->s->config->cpus; i++)
		own[i] = sections_own(ss, i);
}

void waits_got(struct waits *w, const struct sections *ss, const struct lock_section *s)
{
	u64 *own = w->own[s->cpu][s->lk];

	if (s->depth == 0)
		return;
	for (u32 i = 0; i < w->s->config->cpus; i++)
		own[i] = sections_own(ss, i) - own[i];
}

static u64 value_of(enum waits_by by, const struct lock_section *s, u64 between)
{
	switch (by) {
	case WAITS_BY_TIME:
		return section_wait(s, true);
	case WAITS_BY_HAND_OVERS:
		return s->depth;
	case WAITS_BY_ROUNDS:
		return s->rounds;
	case WAITS_BY_EVENTS:
	case WAITS_BY_NR:
		break;
	}
	return between;
}

static bool longer(u64 value, u64 between, const struct wait *b)
{
	return value != b->value ? value > b->value : between > b->between;
}

static bool counts(const struct waits *w, const struct lock_section *s)
{
	const struct waits_options *o = w->o;

	return s->depth > 0 && o->locks >> s->lk & 1 && o->cpus >> s->cpu & 1 &&
	       s->asked.index >= o->from && s->got.index <= o->to;
}

/* A place for a wait that is among the longest so far; NULL: it is not. */
static struct wait *place_for(struct longest *l, u32 top, u64 value, u64 between)
{
	struct wait *at;
	u32 i;

	if (l->n == top && !longer(value, between, l->wait[l->n - 1]))
		return NULL;
	if (l->n < top)
		l->wait[l->n++] = xcalloc(1, sizeof(*at));
	at = l->wait[l->n - 1];
	for (i = l->n - 1; i > 0 && longer(value, between, l->wait[i - 1]); i--)
		l->wait[i] = l->wait[i - 1];
	l->wait[i] = at;
	return at;
}

static void fill(const struct waits *w, struct wait *at, const struct sections *ss,
                 const struct lock_section *s)
{
	at->s = *s;
	at->n_holders = 0;
	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		if (b)
			at->holder[at->n_holders++] = *b;
	}
	memcpy(at->others, w->own[s->cpu][s->lk], sizeof(at->others));
	/* What the CPU itself did: the event that has the lock is no part of the wait. */
	at->others[s->cpu]--;
}

void waits_done(struct waits *w, const struct sections *ss, const struct lock_section *s)
{
	u64 between = s->got.index - s->asked.index - 1;

	if (!counts(w, s))
		return;
	w->count++;
	for (u32 by = 0; by < WAITS_BY_NR; by++) {
		u64 value = value_of((enum waits_by)by, s, between);
		struct wait *at = NULL;

		if (w->longest[by].wait)
			at = place_for(&w->longest[by], w->o->top, value, between);
		if (!at)
			continue;
		at->value = value;
		at->between = between;
		fill(w, at, ss, s);
	}
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

	for (u32 i = 0; i < w->longest[w->by].n; i++) {
		const struct wait *at = w->longest[w->by].wait[i];
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
	const struct wait *at = w->longest[w->by].wait[i];
	const struct lock_section *s = &at->s;
	char name[32];

	fprintf(f, "%u. CPU %u waited for %s", i + 1, s->cpu,
	        lock_name_of(&w->s->config->locks, (lk_t)w->s->lock_name(w->s, s->lk), name,
	                     sizeof(name)));
	if (c->timestamps)
		fprintf(f, " %" PRIu64 " ns", section_wait(s, true));
	fprintf(f, "%s %u hand-over%s, %u round%s, %" PRIu64 " event%s: ",
	        c->timestamps ? ", over" : " over", s->depth, plural(s->depth), s->rounds,
	        plural(s->rounds), at->between, plural(at->between));
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
	for (u32 i = 0; i < w->longest[w->by].n; i++)
		print_wait(w, i, path, f);
}

static struct waits *new_waits(const struct log_source *s, const struct waits_options *o)
{
	struct waits *w = xcalloc(1, sizeof(*w));

	w->o = o;
	w->s = s;
	w->own = xcalloc(MAX_CPU, sizeof(*w->own));
	return w;
}

static void ask_for(struct waits *w, enum waits_by by)
{
	w->longest[by].wait = xcalloc(w->o->top, sizeof(struct wait *));
}

struct waits *waits_new(const struct log_source *s)
{
	static const struct waits_options all = {
		.by = WAITS_BY_NR, .locks = ~0ull, .cpus = ~0ull, .to = ~0ull, .top = WAITS_KEPT
	};
	struct waits *w = new_waits(s, &all);

	for (u32 by = 0; by < WAITS_BY_NR; by++)
		ask_for(w, (enum waits_by)by);
	return w;
}

void waits_free(struct waits *w)
{
	for (u32 by = 0; by < WAITS_BY_NR; by++) {
		for (u32 i = 0; i < w->longest[by].n; i++)
			free(w->longest[by].wait[i]);
		free(w->longest[by].wait);
	}
	free(w->own);
	free(w);
}

static void stash_wait(struct wait *at, u32 cpus, struct stash *s)
{
	stash_u64(s, &at->value);
	stash_u64(s, &at->between);
	lock_section_stash(&at->s, s);
	stash_below(s, &at->n_holders, MAX_CPU + 1);
	for (u32 i = 0; i < at->n_holders; i++)
		lock_section_stash(&at->holder[i], s);
	for (u32 i = 0; i < cpus; i++)
		stash_u64(s, &at->others[i]);
}

void waits_stash(struct waits *w, struct stash *s)
{
	stash_u64(s, &w->count);
	for (u32 by = 0; by < WAITS_BY_NR; by++) {
		u32 n = w->longest[by].n;

		stash_below(s, &n, WAITS_KEPT + 1);
		for (u32 i = 0; i < n && !s->bad; i++) {
			struct wait *at =
				s->load ? xcalloc(1, sizeof(*at)) : w->longest[by].wait[i];

			stash_wait(at, w->s->config->cpus, s);
			if (!s->load)
				continue;
			if (i < w->o->top && w->longest[by].wait)
				w->longest[by].wait[w->longest[by].n++] = at;
			else
				free(at);
		}
	}
}

/* The index has the longest waits of the whole log, and how it ended. */
static bool take_from_index(struct waits *w, struct log_source *s, struct log_index *ix)
{
	const struct waits_options *o = w->o;
	const struct index_state st = { .sections = NULL };
	struct stash kept;

	if (!ix || o->from > 0 || o->to != ~0ull || o->locks != ~0ull || o->cpus != ~0ull ||
	    o->top > WAITS_KEPT || !index_in_part(ix->fd, &ix->waits, &ix->bytes) ||
	    !log_index_go_to_end(ix, s, &st) || !index_in_part(ix->fd, &ix->waits, &ix->bytes))
		return false;
	kept = stash_of(ix->bytes.v, ix->bytes.n);
	waits_stash(w, &kept);
	return true;
}

/**
 * struct window - waits that are read
 */
struct window {
	struct waits *w;
	struct sections *ss;
};

/* index_walk.may: does a wait of the range begin or end in the block, or is the section that waited still to end? */
static bool may_count(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct window *win = arg;
	const struct waits_options *o = win->w->o;
	const struct lock_section *s;

	(void)b;
	if (last < o->from || first <= o->to)
		return last >= o->from;
	for (u32 cpu = 0; cpu < win->w->s->config->cpus; cpu++)
		for (u32 i = 0; (s = sections_open(win->ss, cpu, i)); i++)
			if (s->got.index <= o->to)
				return true;
	return false;
}

static void asked(void *arg, const struct sections *ss, const struct lock_section *s)
{
	waits_asked(arg, ss, s);
}

static void got(void *arg, const struct sections *ss, const struct lock_section *s)
{
	waits_got(arg, ss, s);
}

static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	waits_done(arg, ss, s);
}

static int read_all(struct waits *w, struct log_source *s, struct log_index *ix, struct err *e)
{
	const struct sections_told told = { .asked = asked, .got = got, .done = done, .arg = w };
	struct window win = { .w = w, .ss = sections_new(&told) };
	struct index_walk walk = {
		.ix = ix, .st = { .sections = win.ss }, .may = may_count, .arg = &win
	};
	int rc;

	take_from_index(w, s, ix);
	rc = sections_walk(win.ss, s, &walk, e);
	sections_free(win.ss);
	return rc;
}

int log_waits(struct log_source *s, struct log_index *ix, const char *path,
              const struct waits_options *o, FILE *f, struct err *e)
{
	struct waits *w;
	enum waits_by by = o->by;
	int rc;

	if (by == WAITS_BY_NR)
		by = s->config->timestamps ? WAITS_BY_TIME : WAITS_BY_HAND_OVERS;
	if (by == WAITS_BY_TIME && !s->config->timestamps)
		return err_set(e, ERR_USAGE, "%s: --by time: the log has no timestamps", path);
	w = new_waits(s, o);
	w->by = by;
	ask_for(w, by);
	rc = read_all(w, s, ix, e);
	if (o->json)
		print_json(w, path, f);
	else
		print_text(w, path, f);
	waits_free(w);
	return rc;
}

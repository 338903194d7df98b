// SPDX-License-Identifier: GPL-2.0-only

/*
 * From each point of a log's index on, what is read is what a reader from the beginning gets there: the events, their old values, the
 * operations and sections that CPUs are in, the judgement; whole logs, cut ones, ones that have a step twice or not at all, episodes.
 * Nothing that is damaged of an index is believed.
 */
#include "oracle/data.h"
#include "sim/inspect/index_build.h"
#include "sim/inspect/sections.h"
#include "sim/log/read/merge.h"
#include "sim/log/read/replay_stash.h"
#include "sim/log/text/open.h"
#include "tests/kit.h"
#include "tests/kit_packed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { MANY = 40 };

static char log_path[PACKED_PATH], index_path[64];

typedef VEC(u64) hashes;

/* A reader, and what it knows: @done are the sections that ended, each with those that it waited for. */
struct reading {
	struct log_source *s;
	u64 episode[MAX_CPU];
	struct index_state st;
	hashes events, done;
};

static u64 hash(u64 sum, const void *p, size_t n)
{
	return n ? XXH3_64bits_withSeed(p, n, sum) : sum;
}

static u64 hash_section(u64 sum, const struct lock_section *s)
{
	const u64 is[] = { s->number,      s->lk,          s->cpu,      s->in.work,
		           s->in.atomic,   s->ticket,      s->depth,    s->rounds,
		           s->from,        s->asked.index, s->asked.ns, s->asked.own,
		           s->got.index,   s->got.ns,      s->got.own,  s->released.index,
		           s->released.ns, s->released.own };

	return hash(sum, is, sizeof(is));
}

/* sections_told.done */
static void note_done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct reading *r = arg;
	u64 sum = hash_section(0, s);

	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		sum = b ? hash_section(sum, b) : hash(sum, &i, sizeof(i));
	}
	if (s->depth)
		sum = hash(sum, sections_others(ss, s), r->s->config->cpus * sizeof(u64));
	vec_push(&r->done, sum);
}

static void open_reading(struct reading *r)
{
	const struct sections_told told = { .done = note_done, .arg = r };
	struct err e;

	memset(r, 0, sizeof(*r));
	if (log_open(log_path, &r->s, &e) < 0)
		fail_msg("%s", e.msg);
	r->st.sections = sections_new(&told);
	r->st.nest = sections_brackets(r->st.sections);
	r->st.replay = replay_new(r->s->config, doracle);
	r->st.episode = r->episode;
	replay_track(r->st.replay);
}

static void close_reading(struct reading *r)
{
	replay_free(r->st.replay);
	sections_free(r->st.sections);
	vec_free(&r->events);
	vec_free(&r->done);
	r->s->close(r->s);
}

/* All that an event says. */
static u64 hash_event(const struct event *e)
{
	const u64 what[] = { e->kind, e->cpu,    e->flags, e->digest_len, e->lk,     e->arg,
		             e->n,    e->ticket, e->now,   e->digest,     e->time_ns };
	u64 sum = hash(0, what, sizeof(what));

	if (event_is_mark(e->kind))
		return hash(sum, e->args, e->n * sizeof(u64));
	for (u32 i = 0; event_is_push(e->kind) && i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		const u64 is[] = { d->field, d->both, d->oracle, d->vmid,
			           d->first, d->last, d->old,    d->new };

		sum = hash(sum, is, sizeof(is));
	}
	return sum;
}

/* To the end: the events, then how it ended. */
static void read_on(struct reading *r, u64 index)
{
	struct event ev[SOURCE_BATCH];
	struct log_status status;
	struct stash state = stash_new();
	struct err e;
	u64 at;
	u32 n;
	int rc;

	do {
		rc = r->s->next(r->s, ev, SOURCE_BATCH, &n, &e);
		for (u32 i = 0; i < n; i++) {
			assert_true(replay_event(r->st.replay, &ev[i], &at, &e) >= 0);
			sections_event(r->st.sections, index++, &ev[i]);
			if (ev[i].kind == MARK_EPISODE)
				r->episode[ev[i].cpu] = ev[i].arg;
			vec_push(&r->events, hash_event(&ev[i]));
		}
	} while (rc == 0 && n > 0);
	log_source_status(r->s, &status);
	index_state_stash(r->s, &r->st, &state);
	vec_push(&r->events, (u64)-rc);
	vec_push(&r->events, hash(1, status.finding ? status.finding->text : "",
	                          status.finding ? strlen(status.finding->text) : 0));
	vec_push(&r->events, status.holes + status.behind + status.bytes + status.events);
	vec_push(&r->events, hash(2, state.out.v, state.out.n));
	vec_free(&state.out);
}

/* @part is how @whole ends. */
static void assert_ends(const hashes *whole, const hashes *part, const char *what, u64 index)
{
	u32 n = part->n;

	assert_true(n <= whole->n);
	for (u32 i = 0; i < n; i++)
		if (part->v[i] != whole->v[whole->n - n + i])
			fail_msg("from event %llu on, %s %u of %u behind it is another one",
			         (unsigned long long)index, what, i, n);
}

static void assert_from(const struct reading *whole, const struct reading *part, u64 index)
{
	assert_ends(&whole->events, &part->events, "event", index);
	assert_ends(&whole->done, &part->done, "section", index);
	assert_int_equal(whole->events.n - part->events.n, index);
}

static struct log_index *open_index(void)
{
	struct log_source *s;
	struct log_name name;
	struct log_index *ix;
	struct err e;

	assert_int_equal(log_open(log_path, &s, &e), 0);
	assert_true(index_log_name(s, &name));
	ix = log_index_open(index_path, &name);
	s->close(s);
	return ix;
}

/* A random log in a file: whether it is whole, what is wrong with it. */
static int make_log(struct rng *r)
{
	u32 cpus = 2 + (u32)rng_below(r, rng_below(r, 12) ? 6 : MAX_CPU - 1);
	struct streams_options o = streams_random(r, cpus, 40);

	o.kill = rng_below(r, 3) == 0;
	if (rng_below(r, 4) == 0) {
		o.damage = rng_below(r, 2) ? DAMAGE_HOLE : DAMAGE_TWICE;
		o.damage_at = (u32)rng_below(r, 30);
	}
	return packed_streams(&o, rng_next(r), log_path);
}

static u64 points_seen, cut_seen;

static void try_points(u64 every)
{
	const struct index_options o = { .every = every };
	struct reading whole, part;
	struct log_index *ix;
	struct err e;

	if (index_build(log_path, index_path, &o, &e) < 0)
		fail_msg("%s", e.msg);
	ix = open_index();
	assert_non_null(ix);
	open_reading(&whole);
	read_on(&whole, 0);
	for (u32 i = 0; i < ix->n_points; i++) {
		open_reading(&part);
		assert_true(log_index_go(ix, part.s, i, &part.st));
		read_on(&part, ix->point[i].index);
		assert_from(&whole, &part, ix->point[i].index);
		close_reading(&part);
	}
	/* One reader that goes from point to point. */
	open_reading(&part);
	for (u32 i = 0; i < ix->n_points; i += 3)
		assert_true(log_index_go(ix, part.s, i, &part.st));
	close_reading(&part);
	points_seen += ix->n_points;
	cut_seen += whole.events.v[whole.events.n - 3] != hash(1, "", 0);
	log_index_close(ix);
	close_reading(&whole);
}

static void law_from_each_point(void **state)
{
	struct rng r = { test_seed(23) };

	(void)state;
	points_seen = cut_seen = 0;
	for (u32 i = 0; i < (HYPSIM_TSAN ? MANY / 4 : MANY); i++) {
		int fd = make_log(&r);

		try_points(1 + rng_below(&r, 2) * 200);
		close(fd);
	}
	assert_true(points_seen > MANY);
	assert_true(cut_seen > 0);
}

/* A damaged index: it is none, or points of it are none, or it is as good as it was. */
static void assert_harmless(const struct reading *whole)
{
	struct log_index *ix = open_index();
	struct reading part;

	if (!ix)
		return;
	for (u32 i = 0; i < ix->n_points && !ix->dead; i++) {
		u64 index = 0;

		open_reading(&part);
		if (log_index_go(ix, part.s, i, &part.st))
			index = ix->point[i].index;
		read_on(&part, index);
		assert_from(whole, &part, index);
		close_reading(&part);
	}
	log_index_close(ix);
}

static void law_damage_is_not_believed(void **state)
{
	const struct index_options o = { .every = 2000 };
	struct rng r = { test_seed(29) };
	struct reading whole;
	int fd = make_log(&r);
	struct err e;
	FILE *f;
	long n;

	(void)state;
	assert_int_equal(index_build(log_path, index_path, &o, &e), 0);
	open_reading(&whole);
	read_on(&whole, 0);
	f = fopen(index_path, "r+");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	for (long at = 0; at < n; at += HYPSIM_TSAN ? 7 : 1) {
		int byte;

		fseek(f, at, SEEK_SET);
		byte = fgetc(f);
		fseek(f, at, SEEK_SET);
		fputc(byte ^ (1 << at % 8), f);
		fflush(f);
		assert_harmless(&whole);
		fseek(f, at, SEEK_SET);
		fputc(byte, f);
		fflush(f);
	}
	fclose(f);
	close_reading(&whole);
	close(fd);
}

static int setup(void **state)
{
	int fd = mkstemp(strcpy(index_path, "/tmp/hypsim-index-XXXXXX"));

	(void)state;
	close(fd);
	return fd < 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(index_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_from_each_point),
		cmocka_unit_test(law_damage_is_not_believed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

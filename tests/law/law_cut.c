// SPDX-License-Identifier: GPL-2.0-only

/*
 * A log whose streams end anywhere, each for itself, as in a copy that was made while the run went on: no finding, and what is
 * merged is the beginning of what happened.  One step that is not there before the end of its stream, or there twice, is
 * found all the same.
 */
#include "oracle/check/check.h"
#include "oracle/report/feed.h"
#include "sim/log/convert/pack.h"
#include "tests/kit.h"
#include "tests/kit_streams.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where a record of a stream ended: so many bytes, when so many events had happened. */
struct border {
	u32 bytes, events;
};

struct borders {
	VEC(struct border) of[MAX_CPU];
};

/* How the streams are cut: each at a border where at least @events have happened, or 1 of @whole_in goes to its end. */
struct cut_options {
	u32 events, whole_in;
	bool in_order;
};

static struct borders borders;
static u32 events_at[MAX_CPU]; /* where each stream was cut: events that had happened */
static u64 n_cut, n_filled;

/* Checks that the hand-made logs pass when they are whole. */
static struct check_set protocol(void)
{
	static const enum check_id ids[] = { CHK_MERGE, CHK_FIFO, CHK_WRAP, CHK_PULL };
	struct check_set set = { 0 };

	for (u32 i = 0; i < ARRAY_SIZE(ids); i++)
		check_set_add(&set, ids[i]);
	return set;
}

static void note_borders(struct streams *s, void *arg)
{
	(void)arg;
	for (u32 c = 0; c < s->o.cpus; c++) {
		u32 bytes = log_chunk_bytes(log_writer(s->log, c));
		u32 n = borders.of[c].n;
		struct border b = { .bytes = bytes, .events = s->truth.n };

		if (n == 0 || borders.of[c].v[n - 1].bytes != bytes)
			vec_push(&borders.of[c], b);
	}
}

/* Bytes of CPU @cpu's stream that are kept. */
static u32 choose(struct streams *s, const struct cut_options *o, u32 cpu)
{
	u32 n = borders.of[cpu].n, first = 0, at;

	if (o->whole_in && rng_below(&s->rng, o->whole_in) == 0) {
		events_at[cpu] = s->truth.n;
		return log_chunk_bytes(log_writer(s->log, cpu));
	}
	while (first < n && borders.of[cpu].v[first].events < o->events)
		first++;
	if (first == n)
		first = n - 1;
	at = first + (u32)rng_below(&s->rng, n - first);
	events_at[cpu] = borders.of[cpu].v[at].events;
	return borders.of[cpu].v[at].bytes;
}

/* The streams as a file that was not closed, each cut, some in two chunks. */
static struct log_source *cut_file(struct streams *s, const struct cut_options *o)
{
	int fd = memfd_create("log", 0);
	struct log_source *src;
	struct pack *p;
	char path[64];
	struct err e;

	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(pack_open(&p, path, &s->config, PACK_PLAIN, &e), 0);
	for (u32 c = 0; c < s->o.cpus; c++) {
		const u8 *records = (const u8 *)(log_writer(s->log, c)->chunk + 1);
		u32 n = choose(s, o, c);
		u32 at = borders.of[c].v[rng_below(&s->rng, borders.of[c].n)].bytes;

		at = at < n ? at : n;
		assert_int_equal(pack_chunk(p, c, records, at, false, &e), 0);
		if (at < n)
			assert_int_equal(pack_chunk(p, c, records + at, n - at, false, &e), 0);
	}
	assert_int_equal(pack_end(p, o->in_order, &e), 0);
	assert_int_equal(pack_close(p, &e), 0);
	assert_int_equal(log_open(path, &src, &e), 0);
	close(fd);
	return src;
}

static void play(struct streams *s, const struct streams_options *o, u64 seed)
{
	struct err e;

	for (u32 c = 0; c < MAX_CPU; c++)
		borders.of[c].n = 0;
	streams_init(s, o, seed);
	assert_int_equal(log_open_memory(&s->log, &s->config, ~0ull, &e), 0);
	s->between = note_borders;
	for (u32 i = 0; i < o->episodes; i++)
		assert_true(streams_episode(s, i));
	note_borders(s, NULL);
	for (u32 c = 0; c < o->cpus; c++)
		log_mark(log_writer(s->log, c), MARK_CLOSE, 0, NULL);
}

/**
 * struct told - which of the truth was merged
 * @taken: [truth.n]
 * @next:  [cpu] where to look for the CPU's next event
 */
struct told {
	const struct streams *s;
	bool *taken;
	u32 next[MAX_CPU];
	u32 episode;
};

/* A step that was filled in: the first one of its lock, whoever made it. */
static u32 find_filled(const struct told *k, const struct event *e)
{
	for (u32 i = 0; i < k->s->truth.n; i++) {
		const struct streams_event *t = &k->s->truth.v[i];

		if (!k->taken[i] && t->episode == k->episode && t->lk == e->lk && t->ranked &&
		    t->kind != EV_GET_NOW)
			return i;
	}
	fail_msg("%s of lock %u never happened", event_name(e->kind), e->lk);
	return 0;
}

/* The CPU's next event. */
static u32 find_next(struct told *k, const struct event *e)
{
	const struct streams_event *t = k->s->truth.v;
	u32 i = k->next[e->cpu];

	while (i < k->s->truth.n && (k->taken[i] || t[i].cpu != e->cpu))
		i++;
	if (i == k->s->truth.n)
		fail_msg("%s of CPU %u never happened", event_name(e->kind), e->cpu);
	if (t[i].episode != k->episode || t[i].kind != e->kind || t[i].lk != e->lk ||
	    (t[i].ranked && (t[i].ticket != e->ticket || t[i].now != e->now)))
		fail_msg("event %u of CPU %u is %s of lock %u (%u, %u), should be %s of lock %u "
		         "(%u, %u)",
		         i, e->cpu, event_name(e->kind), e->lk, e->ticket, e->now,
		         event_name(t[i].kind), t[i].lk, t[i].ticket, t[i].now);
	k->next[e->cpu] = i + 1;
	return i;
}

static void tell(struct told *k, const struct event *e)
{
	if (e->kind == MARK_EPISODE)
		k->episode = e->arg;
	if (event_is_mark(e->kind) && e->kind != MARK_ACCESS)
		return;
	k->taken[e->flags & EVF_FILLED ? find_filled(k, e) : find_next(k, e)] = true;
}

/* Of one lock what is merged comes first, in the order in which it happened. */
static void assert_locks_begin(const struct streams *s, const bool *taken)
{
	bool missing[ID_END] = { 0 };

	for (u32 i = 0; i < s->truth.n; i++) {
		const struct streams_event *t = &s->truth.v[i];

		if (!t->ranked || t->kind == EV_GET_NOW)
			continue;
		if (!taken[i])
			missing[t->lk] = true;
		else if (missing[t->lk])
			fail_msg("event %u at lock %u is merged, and one before it is not", i,
			         t->lk);
	}
}

/* What is merged is the beginning of the truth, and no check finds anything in it. */
static void assert_begins(struct streams *s, struct log_source *src, u64 seed)
{
	struct checker *c = checker_new(&s->config, protocol());
	struct told k = { .s = s, .taken = xcalloc(s->truth.n + 1, sizeof(bool)) };
	struct event ev[SOURCE_BATCH];
	struct log_status status;
	u32 n, count;
	struct err e;

	do {
		int rc = src->next(src, ev, SOURCE_BATCH, &n, &e);

		if (rc < 0)
			fail_msg("seed %llu: %s", (unsigned long long)seed, e.msg);
		for (u32 i = 0; i < n; i++)
			tell(&k, &ev[i]);
		checker_feed(c, ev, n);
	} while (n);
	feed_merge_verdict(src, c, true, &status);
	checker_cut(c);
	checker_end(c, false);
	if (checker_n_findings(c))
		fail_msg("seed %llu: %s: %s %s", (unsigned long long)seed,
		         checker_findings(c, &count)->row, checker_findings(c, &count)->sentence,
		         checker_findings(c, &count)->state);
	assert_locks_begin(s, k.taken);
	assert_true(status.cut);
	assert_true(status.holes <= s->o.cpus);
	assert_true(!status.at_cut || status.holes == 0);
	n_cut += status.at_cut;
	n_filled += status.holes > 0;
	free(k.taken);
	checker_free(c);
}

static struct streams_options random_options(struct rng *r)
{
	u32 cpus = 2 + (u32)rng_below(r, rng_below(r, 12) ? 6 : MAX_CPU - 1);

	return streams_random(r, cpus, 40);
}

static void law_any_end_is_a_cut(void **state)
{
	struct rng r = { test_seed(11) };

	(void)state;
	n_cut = n_filled = 0;
	for (u32 i = 0; i < (HYPSIM_TSAN ? 50 : 200); i++) {
		struct streams_options o = random_options(&r);
		u64 seed = rng_next(&r);
		struct cut_options cut = { .whole_in = (u32)rng_below(&r, 4) };
		struct log_source *src;
		struct streams s;

		play(&s, &o, seed);
		/* Some are cut near their ends: few steps are missing, as after a kill. */
		if (rng_below(&r, 3) == 0)
			cut.events = s.truth.n - s.truth.n / 40;
		src = cut_file(&s, &cut);
		assert_begins(&s, src, seed);
		src->close(src);
		streams_destroy(&s);
	}
	assert_true(n_cut > 20);
	assert_true(n_filled > 0);
}

/* Has CPU @cpu, by the time its stream was cut, a step of lock @lk behind the damaged one, other than a look? */
static bool goes_on(const struct streams *s, u32 cpu, u32 lk)
{
	for (u32 i = s->damaged + 1; i < events_at[cpu]; i++) {
		const struct streams_event *t = &s->truth.v[i];

		if (i > s->damaged + 2 && t->cpu == cpu && t->lk == lk && t->ranked && t->stored &&
		    t->kind != EV_GET_NOW)
			return true;
	}
	return false;
}

/*
 * Must the damage be found?  A step is behind its place in the stream that lacks it, which tells; of flat memory's, in all
 * streams, since anybody may have made it.
 */
static bool must_be_found(const struct streams *s)
{
	const struct streams_event *t = &s->truth.v[s->damaged];

	if (s->o.damage == DAMAGE_TWICE)
		return events_at[t->cpu] > s->damaged + 40;
	if (t->lk != FLATMEM_ID)
		return goes_on(s, t->cpu, t->lk);
	for (u32 c = 0; c < s->o.cpus; c++)
		if (!goes_on(s, c, FLATMEM_ID))
			return false;
	return true;
}

/* The row that the merge found, or a check; "" when nothing was found. */
static const char *row_found(struct streams *s, struct log_source *src)
{
	struct checker *c = checker_new(&s->config, protocol());
	struct log_status status;
	const char *row = "";
	struct err e;
	u32 n;

	assert_int_equal(feed_checker(src, c, NULL, &e), 0);
	feed_merge_verdict(src, c, true, &status);
	checker_cut(c);
	checker_end(c, false);
	if (checker_n_findings(c))
		row = checker_findings(c, &n)->row;
	checker_free(c);
	return row;
}

static u32 damaged_logs(enum streams_damage damage, u32 rounds, u64 fallback)
{
	struct rng r = { test_seed(fallback) };
	u32 musts = 0;

	for (u32 i = 0; i < rounds; i++) {
		struct streams_options o = random_options(&r);
		u64 seed = rng_next(&r);
		struct log_source *src;
		struct streams s;

		o.episodes = 1;
		o.ops += 10;
		o.damage = damage;
		o.damage_at = (u32)rng_below(&r, o.cpus * o.ops / 2);
		play(&s, &o, seed);
		if (s.damaged != ~0u) {
			struct cut_options cut = { .whole_in = (u32)rng_below(&r, 4),
				                   .events = s.truth.n / 2 + s.damaged / 2 };

			src = cut_file(&s, &cut);
			if (must_be_found(&s)) {
				musts++;
				if (!*row_found(&s, src))
					fail_msg("seed %llu: nothing found of the damage at event "
					         "%u (%s of CPU %u, lock %u)",
					         (unsigned long long)seed, s.damaged,
					         event_name(s.truth.v[s.damaged].kind),
					         s.truth.v[s.damaged].cpu, s.truth.v[s.damaged].lk);
			}
			src->close(src);
		}
		streams_destroy(&s);
	}
	return musts;
}

static void law_a_hole_is_found(void **state)
{
	(void)state;
	assert_true(damaged_logs(DAMAGE_HOLE, HYPSIM_TSAN ? 50 : 150, 12) > 10);
}

static void law_a_doubled_step_is_found(void **state)
{
	(void)state;
	assert_true(damaged_logs(DAMAGE_TWICE, HYPSIM_TSAN ? 50 : 150, 13) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_any_end_is_a_cut),
		cmocka_unit_test(law_a_hole_is_found),
		cmocka_unit_test(law_a_doubled_step_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

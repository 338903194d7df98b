// SPDX-License-Identifier: GPL-2.0-only

/*
 * The merge gives back what really happened: for random programs on random schedules the merged log of every lock is the
 * true one (reads of one rank in CPU order), whatever the start value, also when the run is killed at any point.
 */
#include "sim/log/read/merge.h"
#include "sim/log/write/handover.h"
#include "tests/kit.h"
#include "tests/kit_streams.h"

#include <stdio.h>
#include <string.h>

/* An event with its place: episode and lock; then rank, reads before the step, reads by CPU; ties as they came. */
struct placed {
	u64 key[2];
	u32 place;
	u8 kind, cpu;
	bool filled;
	u32 ticket, now, n;
};

static VEC(struct placed) want, have;
static u32 episode_of[MAX_CPU], begun;
static u32 last_rank[MAX_CPU][ID_END];
static u64 holes_seen;

static int by_key(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	for (u32 i = 0; i < 2; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static bool is_step(u32 kind, u32 lk)
{
	return kind == EV_INC_TICKET || kind == EV_INC_NOW ||
	       ((kind == EV_OFLATMEM || kind == MARK_ACCESS) && lk == FLATMEM_ID);
}

static struct placed place(u32 episode, u32 lk, u32 rank, u32 start, u32 kind, u32 cpu)
{
	struct placed p = { .kind = (u8)kind, .cpu = (u8)cpu };
	u32 since = rank - 2 * start;

	p.key[0] = (u64)episode << 32 | lk;
	p.key[1] = (u64)since << 8 | (is_step(kind, lk) ? 128u : cpu);
	return p;
}

/* What the merge should give: the stored events, and holes that something comes after. */
static void collect_truth(const struct streams *s)
{
	u32 last[MAX_CPU][ID_END] = { 0 }, top[ID_END] = { 0 };
	u32 episode = s->truth.n ? s->truth.v[s->truth.n - 1].episode : 0;

	for (u32 i = 0; i < s->truth.n; i++) {
		const struct streams_event *e = &s->truth.v[i];
		u32 since = e->ticket + e->now - 2 * s->o.start;

		if (e->stored && e->ranked && e->episode == episode && since > top[e->lk])
			top[e->lk] = since;
	}
	for (u32 i = 0; i < s->truth.n; i++) {
		const struct streams_event *e = &s->truth.v[i];
		bool rmw = is_step(e->kind, e->lk);
		struct placed p;

		if (e->ranked)
			last[e->cpu][e->lk] = e->ticket + e->now;
		if (!e->stored && !(rmw && e->ticket + e->now - 2 * s->o.start < top[e->lk]))
			continue;
		p = place(e->episode, e->lk, last[e->cpu][e->lk], s->o.start, e->kind, e->cpu);
		p.place = want.n;
		p.filled = !e->stored;
		p.ticket = e->ticket;
		p.now = e->now;
		p.n = e->n;
		vec_push(&want, p);
	}
	if (want.n)
		qsort(want.v, want.n, sizeof(*want.v), by_key);
}

static void take(const struct streams *s, const struct event *e)
{
	struct placed p;

	if (e->kind == MARK_EPISODE)
		episode_of[e->cpu] = begun = e->arg;
	if (event_is_mark(e->kind) && e->kind != MARK_ACCESS)
		return;
	if (e->flags & EVF_FILLED)
		episode_of[e->cpu] = begun;
	if (e->flags & EVF_WORD)
		last_rank[e->cpu][e->lk] = e->ticket + e->now;
	p = place(episode_of[e->cpu], e->lk, last_rank[e->cpu][e->lk], s->o.start, e->kind, e->cpu);
	p.filled = e->flags & EVF_FILLED;
	p.ticket = e->ticket;
	p.now = e->now;
	p.n = e->kind == EV_OFLATMEM ? e->n : 0;
	vec_push(&have, p);
}

/* Take what there is, in batches of at most @max; at most @batches of them. */
static void take_batches(const struct streams *s, struct merge *m, u32 max, u64 batches)
{
	struct log_source *src = merge_source(m);
	struct event ev[SOURCE_BATCH];
	struct err e;
	u32 n;

	for (; batches; batches--) {
		int rc = src->next(src, ev, max, &n, &e);

		if (rc < 0)
			fail_msg("%s", e.msg);
		if (n == 0)
			return;
		for (u32 i = 0; i < n; i++)
			take(s, &ev[i]);
	}
}

static void drain(const struct streams *s, struct merge *m, u32 max)
{
	take_batches(s, m, max, ~0ull);
}

static void differs(u32 i, const struct placed *h, const struct placed *w)
{
	fail_msg("event %u: %s of CPU %u (%u, %u)%s, should be %s of CPU %u (%u, %u)%s", i,
	         event_name(h->kind), h->cpu, h->ticket, h->now, h->filled ? " filled" : "",
	         event_name(w->kind), w->cpu, w->ticket, w->now, w->filled ? " filled" : "");
}

/*
 * Holes one behind the other: nothing tells their order, so only how many there are of each kind is compared.  Returns
 * the number of events behind @i that are settled.
 */
static u32 compare_holes(u32 i)
{
	u32 n = 0, balance = 0;

	while (i + n < want.n && want.v[i + n].filled && want.v[i + n].key[0] == want.v[i].key[0]) {
		if (!have.v[i + n].filled || have.v[i + n].key[0] != want.v[i].key[0])
			differs(i + n, &have.v[i + n], &want.v[i + n]);
		balance += want.v[i + n].kind == EV_INC_NOW;
		balance -= have.v[i + n].kind == EV_INC_NOW;
		n++;
	}
	assert_int_equal(balance, 0);
	return n;
}

/* The merged events of each lock, in the merge's order, against the truth one by one. */
static void compare(void)
{
	if (have.n != want.n)
		fail_msg("%u events, should be %u", have.n, want.n);
	if (!have.n)
		return;
	for (u32 i = 0; i < have.n; i++) {
		have.v[i].place = i;
		have.v[i].key[1] = 0;
	}
	qsort(have.v, have.n, sizeof(*have.v), by_key);
	for (u32 i = 0; i < have.n; i++) {
		const struct placed *h = &have.v[i], *w = &want.v[i];

		if (w->filled)
			i += compare_holes(i) - 1;
		else if (h->kind != w->kind || h->ticket != w->ticket || h->now != w->now ||
		         h->filled || h->cpu != w->cpu || h->key[0] != w->key[0] || h->n != w->n)
			differs(i, h, w);
	}
}

static void play(const struct streams_options *o, u64 seed, bool incremental)
{
	struct streams s;
	struct merge *m;
	struct err e;
	bool alive = true;

	streams_init(&s, o, seed);
	assert_int_equal(log_open_memory(&s.log, &s.config, ~0ull, &e), 0);
	memset(last_rank, 0, sizeof(last_rank));
	begun = 0;
	want.n = have.n = 0;
	m = merge_open_memory(log_in_memory(s.log));
	for (u32 i = 0; i < o->episodes && alive; i++) {
		s.o.kill = o->kill && i + 1 == o->episodes;
		alive = streams_episode(&s, i);
		if (incremental && alive) {
			drain(&s, m, SOURCE_BATCH);
			log_rewind(s.log);
		}
	}
	if (alive)
		assert_int_equal(log_close(s.log, true, &e), 0);
	merge_finish(m);
	drain(&s, m, 1 + (u32)(seed % SOURCE_BATCH));
	if (m->finding.row != MERGE_NONE)
		fail_msg("seed %llu%s: %s: %s", (unsigned long long)seed,
		         o->nested ? " nested" : "", merge_row_name(m->finding.row),
		         m->finding.text);
	assert_int_equal(merge_is_cut(m), !alive);
	holes_seen += m->n_holes;
	collect_truth(&s);
	compare();
	merge_source(m)->close(merge_source(m));
	streams_destroy(&s);
}

/* Of the CPUs' records some are handed over, at any place; and what is there is merged, now and then. */
static void hand_over_some(struct streams *s, void *arg)
{
	struct merge *m = arg;

	if (rng_below(&s->rng, 3) == 0)
		log_handover_give(log_writer(s->log, (u32)rng_below(&s->rng, s->o.cpus)));
	if (rng_below(&s->rng, 8) == 0)
		take_batches(s, m, 8 + (u32)rng_below(&s->rng, 16), 1 + rng_below(&s->rng, 4));
}

/* The merged order of each lock does not depend on how the records came: that of a file that is read at the end. */
static void play_live(const struct streams_options *o, u64 seed)
{
	struct streams s;
	struct merge *m;
	struct err e;
	bool alive = true;

	streams_init(&s, o, seed);
	assert_int_equal(log_open_memory(&s.log, &s.config, ~0ull, &e), 0);
	assert_int_equal(log_start_handover(s.log, ~0ull, &e), 0);
	memset(last_rank, 0, sizeof(last_rank));
	begun = 0;
	want.n = have.n = 0;
	m = merge_open_live(log_live(s.log));
	s.between = hand_over_some;
	s.arg = m;
	for (u32 i = 0; i < o->episodes && alive; i++) {
		s.o.kill = o->kill && i + 1 == o->episodes;
		alive = streams_episode(&s, i);
	}
	if (alive)
		assert_int_equal(log_close(s.log, true, &e), 0);
	for (u32 c = 0; c < o->cpus && !alive; c++)
		log_handover_give(log_writer(s.log, c));
	merge_finish(m);
	drain(&s, m, SOURCE_BATCH);
	if (m->finding.row != MERGE_NONE)
		fail_msg("seed %llu: %s: %s", (unsigned long long)seed,
		         merge_row_name(m->finding.row), m->finding.text);
	assert_int_equal(merge_is_cut(m), !alive);
	collect_truth(&s);
	compare();
	merge_source(m)->close(merge_source(m));
	/* a chunk of each CPU that was not closed, and one to go on in: all others were given back */
	assert_true(s.log->slots.used_bytes == (alive ? 0 : (u64)o->cpus * LOG_SLOT_BYTES));
	streams_destroy(&s);
}

static struct streams_options random_options(struct rng *r)
{
	u32 cpus = 1 + (u32)rng_below(r, rng_below(r, 8) ? 8 : MAX_CPU);

	return streams_random(r, cpus, 30);
}

static void law_merged_is_true(void **state)
{
	struct rng r = { test_seed(1) };

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		struct streams_options o = random_options(&r);

		play(&o, rng_next(&r), rng_below(&r, 2));
	}
}

static void law_killed_is_true(void **state)
{
	struct rng r = { test_seed(2) };

	(void)state;
	holes_seen = 0;
	for (u32 i = 0; i < 700; i++) {
		struct streams_options o = random_options(&r);

		o.kill = true;
		play(&o, rng_next(&r), rng_below(&r, 2));
	}
	/* The kills do hit that instant. */
	assert_true(holes_seen > 100);
}

static void law_live_is_true(void **state)
{
	struct rng r = { test_seed(4) };

	(void)state;
	for (u32 i = 0; i < (HYPSIM_TSAN ? 100 : 500); i++) {
		struct streams_options o = random_options(&r);

		o.kill = rng_below(&r, 4) == 0;
		play_live(&o, rng_next(&r));
	}
}

static void law_far_behind(void **state)
{
	struct rng r = { test_seed(3) };

	(void)state;
	for (u32 i = 0; i < 5; i++) {
		struct streams_options o = {
			.cpus = 4, .locks = 2, .ops = 3000, .episodes = 1, .quiet_cpu = true
		};

		play(&o, rng_next(&r), false);
	}
}

/* Streams of nothing but flat memory's events: their one order is the order in which they happened. */
static void law_flat_memory_has_one_order(void **state)
{
	struct rng r = { test_seed(4) };

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		struct streams_options o = {
			.cpus = 1 + i % 8, .locks = 1, .episodes = 1, .flat = 100
		};

		o.ops = 1 + (u32)rng_below(&r, 60);
		o.start = rng_below(&r, 2) ? 0 : 0u - (u32)rng_below(&r, 100);
		play(&o, rng_next(&r), false);
		assert_int_equal(have.n, o.cpus * o.ops);
		for (u32 k = 0; k < have.n; k++) {
			assert_int_equal(have.v[k].place, k);
			assert_int_equal(have.v[k].ticket, o.start + k);
			assert_int_equal(have.v[k].cpu, want.v[k].cpu);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_merged_is_true),
		cmocka_unit_test(law_killed_is_true),
		cmocka_unit_test(law_live_is_true),
		cmocka_unit_test(law_far_behind),
		cmocka_unit_test(law_flat_memory_has_one_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the second tier of checks keeps can be undone: judged straight through, and judged with undos to random events, from which
 * it goes on, a log has the same findings, at the same places and in the same words, and the same counts.  Of a storm as published,
 * some of whose pushes are changed, so that there is something to find, and objects fall into doubt.
 */
#include "oracle/check/check.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_storm.h"

#include <stdlib.h>
#include <string.h>

enum { CPUS = 3, OPS = 1500, EPISODE_OPS = 250, CHANGE_ONE_IN = 400, UNDO_ONE_IN = 60, MARKS = 8 };

/* The events of a log, with what they own. */
struct kept {
	VEC(struct event) v;
};

static struct check_set second_tier(void)
{
	struct check_set checks = check_set_group(GROUP_INV);

	check_set_join(&checks, check_set_group(GROUP_EDGE));
	return checks;
}

static void *copy(const void *from, size_t size)
{
	char *to = malloc(size + 1);

	if (size)
		memcpy(to, from, size);
	to[size] = 0;
	return to;
}

static void keep(struct kept *k, const struct event *e, struct rng *rng)
{
	struct event one = *e;

	/* Else the digest of a push that is changed says so at once. */
	if (!event_is_mark(e->kind))
		one.digest_len = 0;
	if (event_is_mark(e->kind))
		one.args = copy(e->args,
		                e->n * sizeof(*e->args) +
		                        (mark_spec(e->kind)->text ? strlen(mark_text(e)) : 0));
	else if (e->n)
		one.diffs = copy(e->diffs, e->n * sizeof(*e->diffs));
	if (event_is_push(e->kind) && e->n && e->kind != EV_OFLATMEM &&
	    rng_below(rng, CHANGE_ONE_IN) == 0) {
		struct diff *d = (struct diff *)(uintptr_t)&one.diffs[rng_below(rng, e->n)];

		d->new ^= 1ull << rng_below(rng, 14);
	}
	vec_push(&k->v, one);
}

static void collect(struct kept *k, const struct kit_storm *storm, u64 seed)
{
	struct merge *m = merge_open_memory(log_in_memory(storm->log));
	struct rng rng = { seed };
	struct event e[SOURCE_BATCH];
	struct err err;
	u32 n;

	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++)
			keep(k, &e[i], &rng);
	} while (n > 0);
	merge_free(m);
}

/* Judge on, back to some place of the episode and again, over and over. */
static u32 judge_and_undo(struct checker *c, const struct kept *k, struct rng *rng)
{
	u32 place[MARKS];
	u32 n = 0, undone = 0, budget = 3 * k->v.n;
	u64 episode = ~0ull;

	for (u32 i = 0; i < k->v.n;) {
		const struct event *e = &k->v.v[i];

		if (e->kind == MARK_EPISODE && e->arg != episode) {
			n = 0;
			episode = e->arg;
		}
		checker_feed(c, e, 1);
		i++;
		if (n < MARKS && rng_below(rng, UNDO_ONE_IN) == 0)
			place[n++] = i;
		if (n > 0 && budget > 0 && rng_below(rng, UNDO_ONE_IN) == 0) {
			u32 to = (u32)rng_below(rng, n);

			checker_undo(c, place[to]);
			budget -= budget < i - place[to] ? budget : i - place[to];
			i = place[to];
			n = to + (u32)rng_below(rng, 2);
			undone++;
		}
	}
	return undone;
}

static void same_findings(const struct finding *a, u32 n, const struct finding *b, u32 m)
{
	assert_int_equal(n, m);
	for (u32 i = 0; i < n; i++) {
		assert_string_equal(a[i].row, b[i].row);
		assert_int_equal(a[i].index, b[i].index);
		assert_string_equal(a[i].state, b[i].state);
		assert_int_equal(a[i].n_facts, b[i].n_facts);
		for (u32 k = 0; k < a[i].n_facts; k++) {
			assert_true(a[i].fact[k].value == b[i].fact[k].value);
			assert_true(a[i].fact[k].other == b[i].fact[k].other);
			assert_true(a[i].fact[k].writer == b[i].fact[k].writer);
		}
	}
}

static void same(const struct checker *a, const struct checker *b)
{
	const struct finding *f, *g;
	u32 n, m;

	assert_int_equal(checker_n_findings(a), checker_n_findings(b));
	assert_int_equal(checker_n_known(a), checker_n_known(b));
	f = checker_findings(a, &n);
	g = checker_findings(b, &m);
	same_findings(f, n, g, m);
	f = checker_known(a, &n);
	g = checker_known(b, &m);
	same_findings(f, n, g, m);
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v, w;

		if (!checker_has(a, id))
			continue;
		checker_verdict(a, id, &v);
		checker_verdict(b, id, &w);
		assert_int_equal(v.n_findings, w.n_findings);
		assert_int_equal(v.n_cases, w.n_cases);
		assert_int_equal(v.n_untold, w.n_untold);
		assert_string_equal(v.worst, w.worst);
	}
}

static void test_undo(void **state)
{
	static const char *const options[] = { "panics=20", "smmu=60",    "boot=60",
		                               "fault=100", "reclaim=40", NULL };
	const u64 seed = test_seed(3);
	const struct kit_storm_opts o = { .cpus = CPUS,
		                          .seed = seed,
		                          .ops = OPS,
		                          .episode_ops = EPISODE_OPS,
		                          .options = options };
	const struct check_how how = { .full = true };
	struct rng rng = { seed };
	struct checker *straight, *undone;
	struct kept k = { 0 };
	struct kit_storm storm;
	u32 n;

	(void)state;
	kit_storm_run(&storm, &o);
	collect(&k, &storm, seed);
	straight = checker_new(&storm.config, second_tier());
	checker_how(straight, how);
	for (u32 i = 0; i < k.v.n; i++)
		checker_feed(straight, &k.v.v[i], 1);
	checker_end(straight, false);
	undone = checker_new(&storm.config, second_tier());
	checker_how(undone, how);
	checker_keep(undone);
	n = judge_and_undo(undone, &k, &rng);
	checker_end(undone, false);
	assert_true(checker_n_findings(straight) > 0);
	assert_true(n > 100);
	same(straight, undone);
	print_message("%u events, %u undos, %llu findings, %llu known\n", k.v.n, n,
	              (unsigned long long)checker_n_findings(straight),
	              (unsigned long long)checker_n_known(straight));
	checker_free(straight);
	checker_free(undone);
	for (u32 i = 0; i < k.v.n; i++)
		if (k.v.v[i].n || event_is_mark(k.v.v[i].kind))
			free((void *)(uintptr_t)k.v.v[i].args);
	vec_free(&k.v);
	kit_storm_free(&storm);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_undo) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

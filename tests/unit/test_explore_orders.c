// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executions that are judged one after the other on one log, with undos between them: each is judged as the log of a machine that ran it
 * alone is, whatever came before.
 */
#include "sim/base/rng.h"
#include "tests/kit.h"
#include "tests/kit_executions.h"

#include <string.h>

/**
 * struct state - who is inside what
 * @lk, @outer: CPU + 1, or 0; @left: a lock was left
 */
struct state {
	u32 lk, outer;
	bool left;
};

static bool may(const struct state *s, u32 cpu, char what)
{
	switch (what) {
	case 'A':
	case 'a':
		return !s->lk;
	case 'b':
		return s->lk == cpu + 1;
	case 'n':
		return !s->lk && !s->outer;
	case '(':
		return !s->outer && s->lk != cpu + 1;
	case ')':
		return s->outer == cpu + 1 && s->lk != cpu + 1;
	case 'l':
		return !s->left && s->lk != cpu + 1 && s->outer != cpu + 1;
	default:
		return true;
	}
}

static void go(struct state *s, u32 cpu, char what)
{
	if (what == 'a')
		s->lk = cpu + 1;
	else if (what == 'b')
		s->lk = 0;
	else if (what == '(')
		s->outer = cpu + 1;
	else if (what == ')')
		s->outer = 0;
	else if (what == 'l')
		s->left = true;
}

/* The first @keep of @s stay, and the others are drawn, of @letters.  Is no section open? */
static bool draw(struct rng *r, struct kit_steps *s, u32 keep, const char *letters)
{
	struct state now = { .lk = 0 };
	u32 n = keep + 1 + (u32)rng_below(r, 8);

	for (u32 i = 0; i < keep; i++)
		go(&now, s->v[i].cpu, s->v[i].what);
	for (s->n = keep; s->n < n;) {
		u32 cpu = (u32)rng_below(r, KIT_BENCH_CPUS);
		char what = letters[rng_below(r, strlen(letters))];

		if (!may(&now, cpu, what))
			continue;
		go(&now, cpu, what);
		s->v[s->n++] = (struct kit_step){ .cpu = cpu, .what = what };
	}
	return !now.lk && !now.outer;
}

/* Executions with a prefix of what came before, mostly; some judged as if they had none, some given up. */
static void orders(bool booted, bool rest, const char *prefix, const char *letters, u32 count)
{
	struct rng r = { .s = test_seed(7) };
	struct kit_execution x = { .found = 0 };
	struct kit_steps s = { .n = 0 };
	u64 findings = 0, shared_any = 0;
	struct kit_bench b;

	kit_bench_make(&b, booted, prefix);
	b.rest = rest;
	b.brief = !rest;
	kit_bench_start(&b, (struct check_how){ 0 });
	for (u32 i = 0; i < count; i++) {
		u32 keep = x.steps.n ? (u32)rng_below(&r, x.steps.n + 1u) : 0;
		bool closed;
		u32 shared = rng_below(&r, 4) ? keep : 0;

		s = x.steps;
		closed = draw(&r, &s, keep > 40 ? 0 : keep, letters) && rng_below(&r, 3);
		shared = keep > 40 ? 0 : shared;
		findings += kit_execute(&b, &x, &s, shared, closed);
		shared_any += shared > 0;
		kit_expect_as_alone(&b, &s, closed);
		kit_bench_back(&b);
		if (rng_below(&r, 5) == 0) {
			kit_bench_step(&b,
			               &(struct kit_step){ .cpu = 1, .what = booted ? '1' : 'A' });
			explore_judge_segment(b.j, 1);
			assert_int_equal(explore_judge_segments(b.j), 1);
			explore_judge_drop(b.j);
			assert_int_equal(explore_judge_segments(b.j), 0);
			kit_bench_back(&b);
		}
	}
	assert_true(shared_any > 0);
	assert_true((findings > 0) == (strchr(letters, 'w') || strchr(letters, 'l')));
	kit_bench_free(&b);
}

/* An order is judged as the log of a machine that ran it alone: clean ones. */
static void clean_orders(void **state)
{
	(void)state;
	orders(false, true, "0A 1A 2n", "AAabn()", 60);
}

/* And ones with a write outside of the locks, or a lock that is left. */
static void broken_orders(void **state)
{
	(void)state;
	orders(false, true, "0A 1A", "AAAabn()wl", 60);
}

/* And those of hypercalls, by all checks. */
static void hypercalls(void **state)
{
	(void)state;
	orders(true, true, "01 12", "1123333", 40);
}

/* The same without all that there is, without a prefix that has a section. */
static void hypercalls_by_changes(void **state)
{
	(void)state;
	orders(true, false, "", "1123333", 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_orders),
		cmocka_unit_test(broken_orders),
		cmocka_unit_test(hypercalls),
		cmocka_unit_test(hypercalls_by_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

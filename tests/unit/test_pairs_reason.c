// SPDX-License-Identifier: GPL-2.0-only
/* A reason of a pair holds for the outcomes that it explains: another one in the same cell has none. */
#include "sim/explore/pairs.h"
#include "tests/kit.h"

#include <string.h>

static const char *const a = "decrypt_buf", *const b = "host_load";

static void explore(struct pair_cell *out)
{
	struct pair_opts o = { .seed = 1,
		               .executions = 1100,
		               .engine = { .vehicle = VEHICLE_FIBER,
		                           .depend = DEPEND_TICKETS,
		                           .judged = true,
		                           .checks = check_set_all(),
		                           .steps = 10000 } };
	struct err e;

	errata_defaults(&o.errata);
	if (pair_explore(pair_row_by_id(a), pair_row_by_id(b), &o, out, &e) < 0)
		fail_msg("%s", e.msg);
}

/* Of the start's outcomes the one that neither order gives. */
static struct odd *odd_of(struct pair_start *s)
{
	for (u32 i = 0; i < s->odds.v.n; i++)
		if (s->odds.v.v[i].why)
			return &s->odds.v.v[i];
	fail_msg("there is none");
	return NULL;
}

static const char *explained(struct pair_start *s, const u64 *names, u32 n, bool swapped)
{
	struct errata slips;

	errata_all_intended(&slips);
	return odds_explain(&s->odds, names, n, swapped ? b : a, swapped ? a : b, &s->scope->errata,
	                    &slips);
}

/* A copy of the odd outcome is planted beside it, with one thing changed; alone and beside it, it has no reason. */
static void planted(void **state)
{
	struct pair_cell c;
	struct pair_start *s;
	struct odd *x, like;
	u64 names[2];

	(void)state;
	explore(&c);
	s = &c.start.v[0];
	assert_int_equal(c.class, PAIR_EXPLAINED);
	assert_int_equal(s->class, PAIR_EXPLAINED);
	x = odd_of(s);
	assert_ptr_equal(c.why, x->why);
	like = *x;
	like.name = names[1] = 12345;
	names[0] = x->name;
	vec_push(&s->odds.v, like);
	/* The same thing alone is explained; two of it are more than the reason is about. */
	assert_non_null(explained(s, names, 1, false));
	assert_non_null(explained(s, names + 1, 1, false));
	assert_null(explained(s, names, 2, false));
	assert_null(s->odds.v.v[s->odds.v.n - 1].why);
	for (u32 part = 0; part < ODD_PARTS; part++) {
		struct odd *y = &s->odds.v.v[s->odds.v.n - 1];
		bool may = part == ODD_CONTEXTS || part == ODD_REGISTERS + 1;

		*y = like;
		y->part[part] ^= 1;
		assert_int_equal(explained(s, names + 1, 1, false) != NULL, may);
		if (!may)
			assert_null(explained(s, names, 2, false));
		*y = like;
		memset(y->between[0][0].word, 0, sizeof(y->between[0][0].word));
		assert_null(explained(s, names + 1, 1, false));
		/* Not in one of the ways to come to it. */
		*y = like;
		y->n_ways = 2;
		memset(y->between[1], 0, sizeof(y->between[1]));
		assert_null(explained(s, names + 1, 1, false));
	}
	pair_cell_free(&c);
}

/* The rows may be named in either order: then the sides are the other way round. */
static void swapped(void **state)
{
	struct pair_cell c;
	struct pair_start *s;
	struct odd *x;
	struct gaps g;
	u64 name;

	(void)state;
	explore(&c);
	s = &c.start.v[0];
	x = odd_of(s);
	name = x->name;
	assert_null(explained(s, &name, 1, true));
	g = x->between[0][0];
	x->between[0][0] = x->between[0][1];
	x->between[0][1] = g;
	assert_non_null(explained(s, &name, 1, true));
	assert_null(explained(s, &name, 1, false));
	pair_cell_free(&c);
}

/* Each word of each reason is one: an outcome that differs in nothing is compared with all of them. */
static void words(void **state)
{
	struct odds o = { .serial = { .n = 0 } };
	struct odd nothing = { .name = 1, .n_ways = 1 };
	struct errata errata, slips;
	u64 name = 1;

	(void)state;
	for (u32 i = 0; i < ERRATUM_NR; i++)
		errata_set(&errata, i, true);
	errata_all_intended(&slips);
	vec_push(&o.serial, nothing);
	vec_push(&o.v, nothing);
	for (u32 i = 0; i < n_pair_reasons; i++) {
		const struct pair_reason *r = &pair_reasons[i];

		assert_null(odds_explain(&o, &name, 1, r->a, r->b, &errata, &slips));
		assert_true(r->most == 0 || (r->between[0] && r->differs[0]));
	}
	odds_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted),
		cmocka_unit_test(swapped),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

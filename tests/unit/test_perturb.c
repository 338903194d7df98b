// SPDX-License-Identifier: GPL-2.0-only
/* Delays between the steps of a CPU: a stream of their own, nothing when they are off. */
#include "cpu/perturb.h"
#include "cpu/point.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

enum { POINTS = 2000 };

/* Pass so many points; how many delayed. */
static u64 pass(struct cpu *c, u32 points)
{
	u64 before = c->stats.perturbed;

	for (u32 i = 0; i < points; i++)
		point(c, POINT_PULL, 0);
	return c->stats.perturbed - before;
}

/* Off, a point delays nobody and draws nothing. */
static void off(void **state)
{
	static struct cpu c;
	u64 s;

	(void)state;
	perturb_begin(&c, 1, 0, 0);
	s = c.perturb_rng.s;
	assert_int_equal(pass(&c, POINTS), 0);
	assert_int_equal(c.perturb_rng.s, s);
}

/* So many points of 100 delay as were asked for. */
static void share(void **state)
{
	static struct cpu c;
	u64 n;

	(void)state;
	perturb_begin(&c, 1, 0, 10);
	n = pass(&c, POINTS);
	assert_in_range(n, POINTS / 20, POINTS / 5);
	perturb_begin(&c, 1, 0, 100);
	assert_int_equal(pass(&c, 50), 50);
}

/* Seed, episode and CPU decide: the same three give the same points, another one gives others. */
static void streams(void **state)
{
	static struct cpu a, b;

	(void)state;
	b.id = 0;
	perturb_begin(&a, 7, 3, 1);
	perturb_begin(&b, 7, 3, 1);
	assert_int_equal(a.perturb_rng.s, b.perturb_rng.s);
	perturb_begin(&b, 7, 4, 1);
	assert_int_not_equal(a.perturb_rng.s, b.perturb_rng.s);
	perturb_begin(&b, 8, 3, 1);
	assert_int_not_equal(a.perturb_rng.s, b.perturb_rng.s);
	b.id = 1;
	perturb_begin(&b, 7, 3, 1);
	assert_int_not_equal(a.perturb_rng.s, b.perturb_rng.s);
	/* Nor is it the stream of the CPU's choices. */
	assert_int_not_equal(a.perturb_rng.s, mix_key(7, MIX_CHOICE, 3, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off),
		cmocka_unit_test(share),
		cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

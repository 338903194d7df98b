// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/ticks.h"
#include "tests/kit.h"

/* What the counter says of a while is what the clock says, to a hundredth, whenever the two are looked at. */
static void as_the_clock(void **state)
{
	struct ticks t = ticks_of_host();
	u64 before = clock_ns(), from = ticks_ns(&t), begun = clock_ns(), to, ended, after;

	(void)state;
	while (clock_ns() - begun < 20000000)
		;
	ended = clock_ns();
	to = ticks_ns(&t);
	after = clock_ns();
	assert_true(to - from >= (ended - begun) / 100 * 99);
	assert_true(to - from <= (after - before) / 100 * 101);
}

/* On one core the time does not go back. */
static void goes_on(void **state)
{
	struct ticks t = ticks_of_host();
	u64 last = ticks_ns(&t);

	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		u64 now = ticks_ns(&t);

		/* A core's counter may be behind another one's by less than moving there takes. */
		assert_true(now + 1000 >= last);
		last = now;
	}
}

/* A rate of half a nanosecond a tick gives half of the ticks, for as long as the counter counts. */
static void by_the_rate(void **state)
{
	struct ticks t = { .rate = 1ull << (TICKS_SHIFT - 1) };
	u64 before, ns, after;

	(void)state;
	if (!ticks_read())
		return;
	t.base = ticks_read() - (1ull << 62);
	before = ticks_read() - t.base;
	ns = ticks_ns(&t);
	after = ticks_read() - t.base;
	assert_true(ns >= before / 2);
	assert_true(ns <= after / 2);
}

/* A host without a counter is asked for its clock. */
static void without_counter(void **state)
{
	struct ticks none = { .rate = 0 };
	u64 before = clock_ns(), ns = ticks_ns(&none);

	(void)state;
	assert_true(ns >= before);
	assert_true(ns <= clock_ns());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_clock),
		cmocka_unit_test(goes_on),
		cmocka_unit_test(by_the_rate),
		cmocka_unit_test(without_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

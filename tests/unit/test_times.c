// SPDX-License-Identifier: GPL-2.0-only
/* Distributions of durations: what the table of contention prints of them. */
#include "sim/inspect/times.h"

#include "tests/kit.h"

/* The value that a percentile says is at least the true one, and at most an eighth above it. */
static void percentiles(void **state)
{
	static const u32 percent[] = { 1, 50, 90, 99, 100 };
	struct times t = { .n = 0 };

	(void)state;
	for (u64 v = 1; v <= 1000; v++)
		times_add(&t, v * v);
	for (u32 i = 0; i < ARRAY_SIZE(percent); i++) {
		u64 want = 10ull * percent[i] * 10ull * percent[i];
		u64 got = times_at(&t, percent[i]);

		assert_true(got >= want && got <= want + want / 8);
	}
	assert_int_equal(t.min, 1);
	assert_int_equal(t.max, 1000000);
	assert_int_equal(t.sum, 333833500);
}

static void none_and_one(void **state)
{
	struct times t = { .n = 0 }, u = { .n = 0 };

	(void)state;
	assert_int_equal(times_at(&t, 50), 0);
	times_add(&u, 0);
	assert_int_equal(times_at(&u, 99), 0);
	times_add(&u, ~0ull >> 1);
	assert_int_equal(times_at(&u, 99), ~0ull >> 1);
	assert_int_equal(u.min, 0);
}

/* Two distributions that are joined are the one of all values of both. */
static void joined(void **state)
{
	struct times all = { .n = 0 }, some = { .n = 0 }, others = { .n = 0 };
	const struct times none = { .n = 0 };

	(void)state;
	for (u64 v = 5; v < 5000; v++) {
		times_add(&all, v * v);
		times_add(v % 3 ? &some : &others, v * v);
	}
	times_join(&some, &others);
	times_join(&some, &none);
	assert_memory_equal(&some, &all, sizeof(all));
	others = none;
	times_join(&others, &all);
	assert_memory_equal(&others, &all, sizeof(all));
}

static void short_numbers(void **state)
{
	static const struct {
		double v;
		const char *text;
	} row[] = { { 0, "0" },         { 7, "7" },         { 3.66, "3.7" },     { 999, "999" },
		    { 999.5, "1.00k" }, { 1234, "1.23k" },  { 81919, "81.9k" },  { 99950, "100k" },
		    { 444405, "444k" }, { 999499, "999k" }, { 7.07e6, "7.07M" }, { 1.2e9, "1.20G" },
		    { 4.5e13, "45.0T" } };
	char buf[32];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_string_equal(times_short(row[i].v, buf, sizeof(buf)), row[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles),
		cmocka_unit_test(none_and_one),
		cmocka_unit_test(joined),
		cmocka_unit_test(short_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

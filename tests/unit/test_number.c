// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "tests/kit.h"

#include <string.h>

/* A whole number below 2^64 is taken in each way in which people write it. */
static void numbers(void **state)
{
	static const struct {
		const char *text;
		u64 value;
	} good[] = {
		{ "0", 0 },
		{ "42", 42 },
		{ "0x10", 16 },
		{ "0XfF", 255 },
		{ "1e9", 1000000000 },
		{ "1E3", 1000 },
		{ "1.5e6", 1500000 },
		{ "2.50e2", 250 },
		{ "007", 7 },
		{ "0e99", 0 },
		{ "18446744073709551615", ~0ull },
		{ "0xffffffffffffffff", ~0ull },
	};
	static const char *const bad[] = { "",
		                           "x",
		                           "-1",
		                           "+1",
		                           "1.5",
		                           "1.",
		                           ".5e1",
		                           "e3",
		                           "1e",
		                           "1e-3",
		                           "0x",
		                           "0xg",
		                           "1 ",
		                           " 1",
		                           "1e20",
		                           "1.55e1",
		                           "64K",
		                           "18446744073709551616",
		                           "0x10000000000000000" };
	u64 v;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(number_parse(good[i].text, strlen(good[i].text), &v));
		assert_true(v == good[i].value);
	}
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		if (number_parse(bad[i], strlen(bad[i]), &v))
			fail_msg("\"%s\" is taken", bad[i]);
}

/* A size has a letter, or counts in the option's unit. */
static void sizes(void **state)
{
	u64 v;

	(void)state;
	assert_true(number_parse_size("64K", 3, 1 << 20, &v) && v == 65536);
	assert_true(number_parse_size("2g", 2, 1 << 20, &v) && v == 2ull << 30);
	assert_true(number_parse_size("16", 2, 1 << 20, &v) && v == 16 << 20);
	assert_true(number_parse_size("0x10", 4, 1 << 20, &v) && v == 16 << 20);
	assert_true(number_parse_size("1e3", 3, 1, &v) && v == 1000);
	assert_false(number_parse_size("K", 1, 1, &v));
	assert_false(number_parse_size("64X", 3, 1, &v));
	assert_false(number_parse_size("16777216T", 9, 1, &v));
}

static const char *known(u32 i)
{
	static const char *const words[] = { "show",         "stats",      "convert", NULL,
		                             "get_pgd_next", "lock-storm", "clash" };

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

/* The nearest word is the one that few letters are wrong in; nothing is said of a word like none. */
static void nearest(void **state)
{
	static const struct {
		const char *word, *hint;
	} rows[] = {
		{ "shwo", " (did you mean 'show'?)" },
		{ "stat", " (did you mean 'stats'?)" },
		{ "conv", " (did you mean 'convert'?)" },
		{ "LOCK_STORM", " (did you mean 'lock-storm'?)" },
		{ "get_pud_next", " (did you mean 'get_pgd_next'?)" },
		{ "burn", "" },
		{ "claims", "" }, /* half of the letters are those of "clash" */
		{ "", "" },
	};
	char buf[80];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(nearest_of(rows[i].word, 7, known, buf, sizeof(buf)),
		                    rows[i].hint);
}

/* How long something takes, in the unit that people would use. */
static void durations(void **state)
{
	static const struct {
		double seconds;
		int digits;
		const char *text;
	} rows[] = {
		{ 0.04, 1, "0.0 s" },        { 119.4, 0, "119 s" },   { 120, 0, "2 min" },
		{ 7199, 1, "120 min" },      { 7200, 1, "2.0 h" },    { 7200, 0, "2 h" },
		{ 172799, 0, "48 h" },       { 172800, 0, "2 days" }, { 1e6, 0, "11.6 days" },
		{ 1e9, 1, "1.16e+04 days" },
	};
	char text[DURATION_TEXT];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(number_duration(rows[i].seconds, rows[i].digits, text),
		                    rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

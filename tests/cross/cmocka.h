/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What tests of vehicles use of cmocka, for a processor for which Debian's cmocka is not installed (tests/cli/aarch64.sh): an assertion that
 * fails ends the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*fn)(void **state);
};

#define cmocka_unit_test(f) \
	{                   \
#f, f       \
	}

#define cmocka_run_group_tests(tests, setup, teardown) \
	cross_run(tests, sizeof(tests) / sizeof((tests)[0]))

#define fail_msg(...)                                       \
	do {                                                \
		printf("FAIL %s:%d: ", __FILE__, __LINE__); \
		printf(__VA_ARGS__);                        \
		putchar('\n');                              \
		fflush(stdout);                             \
		_Exit(1);                                   \
	} while (0)

#define assert_true(x)                      \
	do {                                \
		if (!(x))                   \
			fail_msg("%s", #x); \
	} while (0)

#define assert_int_equal(a, b)                                                                 \
	do {                                                                                   \
		unsigned long long a_ = (unsigned long long)(a), b_ = (unsigned long long)(b); \
                                                                                               \
		if (a_ != b_)                                                                  \
			fail_msg("%s is %llu, %s is %llu", #a, a_, #b, b_);                    \
	} while (0)

#define assert_memory_equal(a, b, n) assert_true(memcmp(a, b, n) == 0)
#define assert_string_equal(a, b)    assert_true(strcmp(a, b) == 0)

static inline int cross_run(const struct CMUnitTest *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *state = NULL;

		printf("%s\n", t[i].name);
		fflush(stdout);
		t[i].fn(&state);
	}
	return 0;
}

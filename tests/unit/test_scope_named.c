// SPDX-License-Identifier: GPL-2.0-only
/* Scopes that have a name. */
#include "sim/exec/scope_named.h"

#include "tests/kit.h"
#include "tests/kit_scope.h"

#include <string.h>

static const struct {
	const char *name;
	u32 cpus, sections;
	u64 classes; /* 0: not known */
	const char *verdict;
} named_rows[] = {
	{ "lock", 2, 1, 2, "clean" },
	{ "lock", 4, 1, 24, "clean" },
	{ "lock", 8, 1, 40320, "clean" },
	{ "lock", 2, 4, 70, "clean" },
	{ "lock", 3, 4, 34650, "clean" },
	{ "lock", 4, 3, 369600, "clean" },
	{ "lock", 5, 2, 113400, "clean" },
	{ "lock", 64, 100, 0, "clean" },
	{ "disjoint", 38, 3, 1, "clean" },
	{ "sequence", 2, 1, 4, "clean" },
	{ "sequence", 3, 1, 36, "clean" },
	{ "sequence", 4, 1, 576, "clean" },
	{ "sequence", 1, 3, 1, "clean" },
	{ "sequence", 2, 2, 0, "clean" },
	{ "nested", 4, 1, 24, "clean" },
	{ "nested", 2, 2, 6, "clean" },
	{ "abba", 1, 3, 1, "clean" },
	{ "abba", 2, 1, 3, "deadlock,order" },
	{ "abba", 3, 1, 12, "deadlock,order" },
	{ "abba", 4, 1, 64, "deadlock,order" },
	{ "abba", 5, 1, 384, "deadlock,order" },
	{ "abba", 6, 1, 0, "deadlock,order" },
	{ "abba", 2, 2, 0, "deadlock,order" },
	{ "split", 1, 1, 1, "clean" },
	{ "split", 2, 1, 6, "expect" },
	{ "split", 3, 1, 66, "expect" },
	{ "split", 4, 1, 1176, "expect" },
	{ "split", 5, 1, 0, "expect" },
	{ "split", 2, 2, 0, "expect" },
};

/* Shapes: with what is wrong, and mended.  How many classes they have is test_shapes.c's; here is which numbers are known. */
static const struct {
	const char *name;
	u32 cpus;
	u64 classes, mended; /* 0: not known */
	const char *verdict;
} shape_rows[] = {
	{ "wronglock", 4, 120, 24, "expect" },
	{ "wronglock", 18, 405483668029440000, 6402373705728000, "expect" },
	{ "wronglock", 64, 0, 0, "expect" },
	{ "twostage", 2, 3, 2, "expect" },
	{ "twostage", 64, 0, 0, "expect" },
	{ "carter", 2, 4, 6, "deadlock,order" },
	{ "reorder", 2, 4, 2, "expect" },
	{ "reorder-3", 3, 56, 6, "expect" },
	{ "reorder-5", 5, 40032, 120, "expect" },
	{ "reorder-10", 10, 75478285209600, 3628800, "expect" },
	{ "reorder", 12, 1575984776712192000, 479001600, "expect" },
	{ "reorder-20", 20, 0, 2432902008176640000, "expect" },
	{ "reorder-60", 60, 0, 0, "expect" },
	{ "account", 3, 6, 6, "expect" },
	{ "bluetooth", 2, 10, 9, "expect" },
	{ "bluetooth", 3, 418, 286, "expect" },
	{ "bluetooth", 4, 59532, 25866, "expect" },
	{ "bluetooth", 5, 0, 0, "expect" },
	{ "philosophers", 3, 7, 6, "deadlock,order" },
	{ "philosophers", 35, 34359738367, 34359738366, "deadlock,order" },
};

/* A named scope has as many CPUs and sections as are asked for, and says what is known of it. */
static void named(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(named_rows); i++) {
		struct scope *s;
		struct err e;
		char buf[512];

		if (scope_named(named_rows[i].name, named_rows[i].cpus, named_rows[i].sections, &s,
		                &e) < 0)
			fail_msg("%s", e.msg);
		if (s->classes != named_rows[i].classes ||
		    s->has_classes != (named_rows[i].classes != 0) ||
		    strcmp(s->verdict, named_rows[i].verdict) != 0)
			fail_msg("%s %u %u: %llu classes, %s", named_rows[i].name,
			         named_rows[i].cpus, named_rows[i].sections,
			         (unsigned long long)s->classes, s->verdict);
		assert_int_equal(s->cpus, named_rows[i].cpus);
		assert_int_equal(s->depend, DEPEND_TICKETS);
		for (u32 c = 0; c < s->cpus; c++)
			assert_int_equal(s->program[c].n % named_rows[i].sections, 0);
		assert_null(scope_round_trip(s, buf, sizeof(buf)));
		scope_free(s);
	}
}

static void shapes(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2 * ARRAY_SIZE(shape_rows); i++) {
		const struct scope_row *row = scope_row_by_name(shape_rows[i / 2].name);
		struct scope_size size = { .cpus = shape_rows[i / 2].cpus, .mended = i % 2 };
		u64 classes = size.mended ? shape_rows[i / 2].mended : shape_rows[i / 2].classes;
		struct scope *s;
		struct err e;
		char buf[512];

		assert_non_null(scope_row_mended(row));
		if (scope_make(row, &size, &s, &e) < 0)
			fail_msg("%s", e.msg);
		if (s->classes != classes || s->has_classes != (classes != 0))
			fail_msg("%s %u %u: %llu classes", row->name, size.cpus, size.mended,
			         (unsigned long long)s->classes);
		assert_string_equal(s->verdict, size.mended ? "clean" : shape_rows[i / 2].verdict);
		assert_int_equal(s->cpus, size.cpus);
		assert_null(scope_round_trip(s, buf, sizeof(buf)));
		scope_free(s);
	}
}

/* Forks of neighbours are two locks; mended, each philosopher takes the one of the lower rank first. */
static void forks(void **state)
{
	(void)state;
	for (u32 cpus = 2; cpus <= 35; cpus++) {
		const struct scope_row *row = scope_row_by_name("philosophers");
		struct scope *s, *mended;
		struct err e;

		assert_int_equal(scope_make(row, &(struct scope_size){ .cpus = cpus }, &s, &e), 0);
		assert_int_equal(scope_make(row, &(struct scope_size){ .cpus = cpus, .mended = 1 },
		                            &mended, &e),
		                 0);
		for (u32 c = 0; c < cpus; c++) {
			const struct scope_call *v = s->program[c].v, *m = mended->program[c].v;
			bool same = strcmp(v[0].text, m[0].text) == 0;

			/* The right fork is the left one of who sits there. */
			assert_string_equal(v[1].text, s->program[(c + 1) % cpus].v[0].text);
			assert_string_equal(m[same].text, v[1].text);
			assert_string_equal(m[!same].text, v[0].text);
			assert_null(strstr(m[0].text, "lock_pt"));
			assert_null(strstr(m[1].text, "lock_vm"));
		}
		scope_free(s);
		scope_free(mended);
	}
}

/* No two CPUs of disjoint have a lock in common; of abba every other CPU takes the two the other way round. */
static void locks(void **state)
{
	struct scope *s;
	struct err e;

	(void)state;
	assert_int_equal(scope_named("disjoint", 38, 1, &s, &e), 0);
	for (u32 a = 0; a < 38; a++) {
		assert_int_equal(s->program[a].n, 2);
		for (u32 b = 0; b < a; b++)
			assert_string_not_equal(s->program[a].v[0].text, s->program[b].v[0].text);
	}
	scope_free(s);
	assert_int_equal(scope_named("abba", 3, 1, &s, &e), 0);
	assert_string_equal(s->program[0].v[0].text, "acquire_lock_s2page");
	assert_string_equal(s->program[0].v[1].text, "acquire_lock_pt 0");
	assert_string_equal(s->program[1].v[0].text, "acquire_lock_pt 0");
	assert_string_equal(s->program[1].v[1].text, "acquire_lock_s2page");
	assert_string_equal(s->program[2].v[0].text, "acquire_lock_s2page");
	scope_free(s);
	assert_int_equal(scope_named("nested", 0, 0, &s, &e), 0);
	assert_int_equal(s->cpus, scope_row_by_name("nested")->cpus);
	scope_free(s);
}

/* A name that is none, a size that is none, and an option that is none are told. */
static void sizes(void **state)
{
	const struct scope_row *lock = scope_row_by_name("lock");
	struct scope_size size = { .cpus = 0 };
	struct scope *s;
	struct err e;

	(void)state;
	assert_int_equal(scope_named("lok", 0, 0, &s, &e), -ERR_USAGE);
	assert_string_equal(e.msg,
	                    "there is no scope 'lok' (did you mean 'lock'?) (hypsim list scopes)");
	assert_int_equal(scope_named("lock", 65, 0, &s, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope lock: cpus: expected a number 1..64, found \"65\"");
	assert_int_equal(scope_named("disjoint", 39, 0, &s, &e), -ERR_USAGE);
	assert_int_equal(scope_named("split", 0, 101, &s, &e), -ERR_USAGE);
	assert_string_equal(e.msg,
	                    "scope split: sections: expected a number 1..100, found \"101\"");
	assert_int_equal(scope_size_set(lock, "cpus=5", &size, &e), 0);
	assert_int_equal(scope_size_set(lock, "sections=100", &size, &e), 0);
	assert_int_equal(size.cpus, 5);
	assert_int_equal(size.sections, 100);
	assert_int_equal(scope_size_set(lock, "cpus=0", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope lock: cpus: expected a number 1..64, found \"0\"");
	assert_int_equal(scope_size_set(lock, "cpus=x", &size, &e), -ERR_USAGE);
	assert_int_equal(scope_size_set(lock, "sections=101", &size, &e), -ERR_USAGE);
	assert_int_equal(scope_size_set(lock, "cpus", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope lock: expected cpus=N or sections=K, found \"cpus\"");
	assert_int_equal(size.cpus, 5);
	assert_null(scope_row_by_name("no"));
}

/* What cannot be chosen of a shape is told, with what can. */
static void choices(void **state)
{
	const struct scope_row *carter = scope_row_by_name("carter"),
			       *reorder = scope_row_by_name("reorder"),
			       *three = scope_row_by_name("reorder-3");
	struct scope_size size = { .cpus = 0 };
	struct scope *s;
	struct err e;

	(void)state;
	assert_int_equal(scope_size_set(carter, "mended=1", &size, &e), 0);
	assert_int_equal(size.mended, 1);
	assert_int_equal(scope_size_set(carter, "mended=2", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope carter: mended: expected a number 0..1, found \"2\"");
	assert_int_equal(scope_size_set(carter, "cpus=2", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope carter: expected mended=1, found \"cpus=2\"");
	assert_int_equal(scope_size_set(three, "cpus=3", &size, &e), -ERR_USAGE);
	assert_int_equal(scope_size_set(reorder, "sections=1", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg,
	                    "scope reorder: expected cpus=N or mended=1, found \"sections=1\"");
	assert_int_equal(scope_size_set(reorder, "cpus=1", &size, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope reorder: cpus: expected a number 2..64, found \"1\"");
	assert_int_equal(scope_size_set(scope_row_by_name("lock"), "mended=0", &size, &e),
	                 -ERR_USAGE);
	assert_int_equal(scope_named("carter", 3, 0, &s, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope carter: cpus: expected 2, found \"3\"");
	assert_int_equal(scope_named("reorder-3", 0, 2, &s, &e), -ERR_USAGE);
	assert_string_equal(e.msg, "scope reorder-3: sections: expected 1, found \"2\"");
	assert_int_equal(size.cpus, 0);
	assert_int_equal(size.mended, 1);
	assert_null(scope_row_mended(scope_row_by_name("split")));
	assert_string_equal(scope_row_mended(three), scope_row_mended(reorder));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named), cmocka_unit_test(shapes), cmocka_unit_test(forks),
		cmocka_unit_test(locks), cmocka_unit_test(sizes),  cmocka_unit_test(choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

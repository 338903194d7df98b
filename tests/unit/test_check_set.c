// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check_set.h"
#include "tests/kit.h"

/* A set of one check has it and no other, wherever its bit lies. */
static void one_check(void **state)
{
	(void)state;
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_set s = check_set_of(id);

		for (u32 other = 0; other < CHK_NR; other++)
			assert_int_equal(check_set_has(&s, other), other == id);
	}
}

/* A check number beyond the first word, up to the last that a set can have, has a bit of its own. */
static void beyond_one_word(void **state)
{
	struct check_set s = { 0 };

	(void)state;
	for (u32 id = 0; id < CHECK_SET_MAX; id++) {
		assert_false(check_set_has(&s, id));
		check_set_add(&s, id);
		assert_true(check_set_has(&s, id));
	}
}

/* The groups share no check, and together they are all checks. */
static void groups(void **state)
{
	struct check_set all = check_set_all(), joined = { 0 };

	(void)state;
	for (u32 g = 0; g < GROUP_NR; g++) {
		struct check_set group = check_set_group(g);

		for (u32 i = 0; i < CHECK_SET_MAX / 64; i++)
			assert_int_equal(joined.word[i] & group.word[i], 0);
		check_set_join(&joined, group);
	}
	assert_memory_equal(&joined, &all, sizeof(all));
}

/* A family's small set begins with its first check and ends with the last check that there is. */
static void small_set(void **state)
{
	struct check_set s = check_set_of(CHK_FIFO), all = check_set_all();

	(void)state;
	assert_int_equal(check_set_bits(&s, CHK_WRAP), 1u << (CHK_FIFO - CHK_WRAP));
	assert_int_equal(check_set_bits(&s, CHK_BOUND), 0);
	assert_int_equal(check_set_bits(&all, CHK_NR - 2), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_check),
		cmocka_unit_test(beyond_one_word),
		cmocka_unit_test(groups),
		cmocka_unit_test(small_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

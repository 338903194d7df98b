// SPDX-License-Identifier: GPL-2.0-only
/* Entries of the journal are undone in the opposite order, whatever their size and kind. */
#include "oracle/world/journal.h"
#include "tests/kit.h"

static struct journal j;

static int teardown(void **state)
{
	(void)state;
	journal_free(&j);
	j = (struct journal){ .on = false };
	return 0;
}

/* Bytes of any size come back, and what lies beside them is not touched. */
static void bytes_come_back(void **state)
{
	u8 v[24];
	u32 mark[sizeof(v)];

	(void)state;
	for (u32 i = 0; i < sizeof(v); i++)
		v[i] = (u8)i;
	for (u32 n = 1; n < sizeof(v); n++) {
		mark[n] = j.undo.n;
		journal_note(&j, v + 1, n);
		for (u32 i = 1; i <= n; i++)
			v[i] = (u8)(v[i] + 100);
	}
	for (u32 n = sizeof(v) - 1; n > 0; n--) {
		journal_undo(&j, mark[n], NULL);
		/* Each of those that are left changed the bytes that it has. */
		for (u32 i = 1; i < sizeof(v); i++)
			assert_int_equal(v[i], (u8)(i + 100 * (i < n ? n - i : 0)));
		assert_int_equal(v[0], 0);
	}
	assert_int_equal(j.undo.n, 0);
}

/* While it is off nothing is kept, and who has none keeps nothing. */
static void off_is_empty(void **state)
{
	struct {
		struct journal *journal;
		u64 v;
	} who = { NULL, 1 };

	(void)state;
	JOURNAL(&j, who.v);
	KEEP(&who, who.v);
	assert_int_equal(j.undo.n, 0);
	who.journal = &j;
	KEEP(&who, who.v);
	who.v = 2;
	journal_undo(&j, 0, NULL);
	assert_int_equal(who.v, 1);
}

static u64 called[2], sum;

static void call(void *arg, const u64 *saved)
{
	called[0] = saved[0];
	called[1] = *(u64 *)arg;
	sum += saved[0];
}

/* A call has its words, and the room that it did not use is given back; stores before and behind it are undone in turn. */
static void calls_are_made(void **state)
{
	u64 v = 1, *words;
	u32 before;

	(void)state;
	sum = 0;
	journal_note(&j, &v, sizeof(v));
	v = 2;
	before = j.undo.n;
	words = journal_room(&j, 1000);
	words[0] = 77;
	journal_call(&j, words, 1, call, &v);
	assert_int_equal(j.undo.n, before + 4);
	words = journal_room(&j, 3);
	journal_call(&j, words, 0, call, &v);
	journal_undo(&j, before + 4, NULL);
	journal_note(&j, &v, sizeof(v));
	v = 3;
	sum = 0;
	journal_undo(&j, before, NULL);
	assert_int_equal(called[0], 77);
	assert_int_equal(called[1], 2);
	assert_int_equal(sum, 77);
	journal_undo(&j, 0, NULL);
	assert_int_equal(v, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(bytes_come_back, teardown),
		cmocka_unit_test_teardown(off_is_empty, teardown),
		cmocka_unit_test_teardown(calls_are_made, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

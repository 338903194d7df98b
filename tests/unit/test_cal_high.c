// SPDX-License-Identifier: GPL-2.0-only
/* H_CalLock and relate_log: the tables of spec 20, section 4. */
#include "oracle/cal/high.h"
#include "tests/kit.h"
#include "tests/kit_log.h"

#include <stdio.h>
#include <string.h>

enum { MAX_LOG = 64 };

/* "self status owner", "-" for nobody */
static const char *shown(const struct h_state *s, char *buf, size_t size)
{
	char owner[16] = "-";

	if (s->owner != H_NOBODY)
		snprintf(owner, sizeof(owner), "%u", s->owner);
	snprintf(buf, size, "%u %s %s", s->self, lock_status_name(s->st), owner);
	return buf;
}

#define HELD "3W2"

/* Each row of the table: the log before, the event, the row it breaks, and the state behind it. */
static const struct {
	const char *before, *event;
	enum cal_row row;
	const char *after;
} table[] = {
	{ "", "3W2", CAL_OK, "2 LHOLD 3" },
	{ HELD " 3R", "0W4", CAL_OK, "4 LHOLD 0" },
	{ HELD, "3P7", CAL_OK, "1 LHOLD 3" },
	{ HELD " 3P7", "3T", CAL_OK, "0 LHOLD 3" },
	{ HELD " 3P7", "3R", CAL_OK, "0 LEMPTY -" },
	/* anything else */
	{ HELD, "0W4", H_WAIT_TAKEN, "2 LHOLD 3" },
	{ HELD, "3W4", H_WAIT_TAKEN, "2 LHOLD 3" },
	{ "", "3P7", H_SHARED_FREE, "0 LEMPTY -" },
	{ HELD " 3R", "3F", H_SHARED_FREE, "0 LEMPTY -" },
	{ HELD, "0P7", H_SHARED_NOT_HELD, "2 LHOLD 3" },
	{ HELD " 3P7 3T", "3T", H_SHARED_BOUND, "0 LHOLD 3" },
	{ "3W0", "3P7", H_SHARED_BOUND, "0 LHOLD 3" },
	{ "", "3R", H_REL_FREE, "0 LEMPTY -" },
	{ HELD, "0R", H_REL_NOT_HELD, "2 LHOLD 3" },
	{ "", "3I10", H_NOT_HIGH, "0 LEMPTY -" },
	{ HELD, "3G", H_NOT_HIGH, "2 LHOLD 3" },
	{ HELD, "3H", H_NOT_HIGH, "2 LHOLD 3" },
	{ HELD, "3N", H_NOT_HIGH, "2 LHOLD 3" },
	{ HELD, "3C", H_NOT_HIGH, "2 LHOLD 3" },
};

/*
 * Every row of the table gives the state or the None that it says, and a None leaves the state
 * alone.
 */
static void follows_the_table(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		struct event e[MAX_LOG];
		u32 n = kit_log(table[i].before, e, MAX_LOG);
		struct h_state s;
		char buf[64];

		h_cal_init(&s);
		for (u32 k = 0; k < n; k++)
			assert_int_equal(h_cal_step(&s, &e[k]), CAL_OK);
		assert_int_equal(kit_log(table[i].event, e, 1), 1);
		assert_string_equal(cal_row_name(h_cal_step(&s, e)), cal_row_name(table[i].row));
		assert_string_equal(shown(&s, buf, sizeof(buf)), table[i].after);
	}
}

/*
 * Each row of relate_log: the log before, the event, the row it breaks, the event derived, and the
 * bounds left.
 */
static const struct {
	const char *before, *event;
	enum cal_row row;
	const char *derived, *bounds;
} relate[] = {
	{ "0I3", "1I4", CAL_OK, "", "3 4 " },       { "0I3", "5G", CAL_OK, "", "3 " },
	{ "0I3 1I4", "0H", CAL_OK, "0W3", "3 4 " }, { "0I3 1I4", "6H", CAL_OK, "6W3", "3 4 " },
	{ "0I3 1I4", "0N", CAL_OK, "0R", "4 " },    { "0I3 1I4", "6N", CAL_OK, "6R", "4 " },
	{ "0I3", "0P7", CAL_OK, "0P7", "3 " },      { "", "4T", CAL_OK, "4T", "" },
	{ "", "0H", R_HOLD_EMPTY, "", "" },         { "0I3 0N", "0N", R_PASS_EMPTY, "", "" },
	{ "0I3", "0C", R_NOT_TICKET, "", "3 " },    { "0I3", "0W10", R_NOT_TICKET, "", "3 " },
	{ "0I3", "0R", R_NOT_TICKET, "", "3 " },
};

/* Every ticket-level event becomes the high-level event that the table says, or none. */
static void relates_as_the_table_says(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(relate); i++) {
		struct event e[MAX_LOG], derived, want;
		u32 n = kit_log(relate[i].before, e, MAX_LOG);
		struct relate_state s;
		char buf[64] = "";

		relate_init(&s);
		for (u32 k = 0; k < n; k++)
			assert_int_equal(relate_step(&s, &e[k], &derived), CAL_OK);
		assert_int_equal(kit_log(relate[i].event, e, 1), 1);
		assert_int_equal(relate_step(&s, e, &derived), relate[i].row);
		if (kit_log(relate[i].derived, &want, 1)) {
			assert_int_equal(derived.kind, want.kind);
			assert_int_equal(derived.cpu, want.cpu);
			assert_int_equal(derived.arg, want.arg);
		} else {
			assert_int_equal(derived.kind, EV_NONE);
		}
		for (u32 k = 0; k < s.q.len; k++)
			sprintf(buf + strlen(buf), "%u ", cal_ticket_bound(&s.q, k));
		assert_string_equal(buf, relate[i].bounds);
		relate_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_table),
		cmocka_unit_test(relates_as_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

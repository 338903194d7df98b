// SPDX-License-Identifier: GPL-2.0-only
/* The laws between folds: states that break them, which no log can reach while the folds are right. */
#include "oracle/check/law.h"

#include "tests/kit.h"

#include <string.h>

/* The law between the two counter folds tells states that differ in a counter, in length and in the head. */
static void wraparound_law(void **state)
{
	struct cal_ticket plain, wrapped;

	(void)state;
	cal_ticket_init(&plain, false, 0x1ffffffffull, 0x1ffffffffull);
	cal_ticket_init(&wrapped, true, 0xffffffff, 0xffffffff);
	for (u32 i = 0; i < 4; i++) {
		struct event e = cal_event(i % 2 ? EV_INC_NOW : EV_INC_TICKET, 0, 10);

		assert_int_equal(wrap_law(&plain, &wrapped), CHECK_ROW_NR);
		assert_int_equal(cal_ticket_lock_step(&plain, &e), CAL_OK);
		assert_int_equal(cal_ticket_lock_step(&wrapped, &e), CAL_OK);
	}
	plain.t++;
	assert_int_equal(wrap_law(&plain, &wrapped), ROW_WRAP_LAW);
	plain.t--;
	plain.n--;
	assert_int_equal(wrap_law(&plain, &wrapped), ROW_WRAP_LAW);
	plain.n++;
	cal_ticket_push(&plain, 10);
	assert_int_equal(wrap_law(&plain, &wrapped), ROW_WRAP_LAW);
	cal_ticket_push(&wrapped, 11);
	assert_int_equal(wrap_law(&plain, &wrapped), ROW_WRAP_LAW);
	cal_ticket_free(&plain);
	cal_ticket_free(&wrapped);
}

/* The theorem's comparison tells different bounds and different holders. */
static void theorem_tells(void **state)
{
	struct relate_state r;
	struct q_state q;
	struct h_state h;

	(void)state;
	assert_int_equal(theorem_some(CAL_OK, CAL_OK), CHECK_ROW_NR);
	assert_int_equal(theorem_some(R_PASS_EMPTY, CAL_OK), ROW_THEOREM_RELATE);
	assert_int_equal(theorem_some(CAL_OK, H_REL_FREE), ROW_THEOREM_HIGH);
	relate_init(&r);
	q_cal_init(&q, 20, 0);
	h_cal_init(&h);
	assert_int_equal(theorem_law(&q, &r, &h), CHECK_ROW_NR);
	q_push(&q, 1, 10);
	assert_int_equal(theorem_law(&q, &r, &h), ROW_THEOREM_BOUNDS);
	cal_ticket_push(&r.q, 11);
	assert_int_equal(theorem_law(&q, &r, &h), ROW_THEOREM_BOUNDS);
	relate_free(&r);
	relate_init(&r);
	cal_ticket_push(&r.q, 10);
	assert_int_equal(theorem_law(&q, &r, &h), CHECK_ROW_NR);
	assert_int_equal(theorem_holder(&q, &h), CHECK_ROW_NR);
	q.st = LHOLD;
	assert_int_equal(theorem_law(&q, &r, &h), ROW_THEOREM_HOLDER);
	assert_int_equal(theorem_holder(&q, &h), ROW_THEOREM_HOLDER);
	h.owner = 2;
	assert_int_equal(theorem_law(&q, &r, &h), ROW_THEOREM_HOLDER);
	h.owner = 1;
	assert_int_equal(theorem_law(&q, &r, &h), CHECK_ROW_NR);
	q.st = LGET;
	assert_int_equal(theorem_law(&q, &r, &h), ROW_THEOREM_HOLDER);
	relate_free(&r);
}

/* The measure's law tells a measure that grows, stays at an own look, or starts at CalWaitTime. */
static void measure_tells(void **state)
{
	struct measure was = {
		.self = 3, .other = 9, .st = LHOLD, .n = 2, .head_bound = 10, .sum_wait = 28
	};
	struct measure is = was;

	(void)state;
	assert_int_equal(measure_law(&was, &is, EV_GET_NOW, false, 20), CHECK_ROW_NR);
	assert_int_equal(measure_law(&was, &is, EV_GET_NOW, true, 20), ROW_WAIT_STAYS);
	is.other--;
	assert_int_equal(measure_law(&was, &is, EV_GET_NOW, true, 20), CHECK_ROW_NR);
	is.self++;
	assert_int_equal(measure_law(&was, &is, EV_OPULL, false, 20), ROW_WAIT_GROWS);
	was = (struct measure){ .other = 20, .st = LEMPTY };
	is = (struct measure){
		.other = 20, .st = LEMPTY, .n = 1, .head_bound = 10, .sum_wait = 14
	};
	assert_int_equal(measure_law(&was, &is, EV_INC_TICKET, false, 20), CHECK_ROW_NR);
	is.other = 1 + 20 + 14 * 20;
	assert_int_equal(measure_law(&was, &is, EV_INC_TICKET, false, 20), ROW_WAIT_START);
	/* INC_NOW: the third waits for the new head alone. */
	was = (struct measure){ .other = 1, .st = LHOLD, .n = 3, .head_bound = 10, .sum_wait = 42 };
	is = (struct measure){
		.other = 20, .st = LEMPTY, .n = 2, .head_bound = 10, .sum_wait = 28
	};
	assert_int_equal(measure_law(&was, &is, EV_INC_NOW, false, 20), CHECK_ROW_NR);
	is.other = 22;
	assert_int_equal(measure_law(&was, &is, EV_INC_NOW, false, 20), ROW_WAIT_GROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraparound_law),
		cmocka_unit_test(theorem_tells),
		cmocka_unit_test(measure_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

enum { LK = NPT_ID + 2 };

/* A short program of primitives, one letter each, on lock LK. */
static void program(struct cpu *c, void *arg)
{
	for (const char *p = arg; *p; p++) {
		switch (*p) {
		case 'I':
			incr_ticket(c, 10, LK);
			break;
		case 'G':
			get_now(c, LK);
			break;
		case 'H':
			log_hold(c, LK);
			break;
		case 'N':
			incr_now(c, LK);
			break;
		case 'B':
			barrier(c);
			break;
		case 'W':
			wait_lock(c, LK);
			break;
		case 'P':
			pass_lock(c, LK);
			break;
		case 'a':
			acquire_shared(c, LK);
			break;
		case 'r':
			release_shared(c, LK);
			break;
		case 'l':
			shared_load(c, LK, F_NPT_pt_pgd_next, 0);
			break;
		case 's':
			shared_store(c, LK, F_NPT_pt_pgd_next, 0, 7);
			break;
		case 'x':
			shared_load(c, LK, F_NPT_pt_pgd_next, 1);
			break;
		case '0':
			wait_lock(c, FLATMEM_ID);
			break;
		case '9':
			wait_lock(c, ID_END);
			break;
		default:
			fail();
		}
	}
}

/* What a primitive may do in which state: the last letter is stuck by the rule, and has changed nothing. */
static void stuck_rules(void **state)
{
	static const struct {
		const char *good, *last, *prim;
		enum stuck_rule rule;
	} rows[] = {
		{ "", "0", "wait_lock", STUCK_RANGE },
		{ "", "9", "wait_lock", STUCK_RANGE },
		{ "Wa", "x", "shared_load", STUCK_RANGE },
		{ "W", "W", "wait_lock", STUCK_LOCK_TAKEN },
		{ "", "P", "pass_lock", STUCK_LOCK_NOT_OWN },
		{ "Wa", "P", "pass_lock", STUCK_LOCK_NOT_OWN },
		{ "", "a", "acquire_shared", STUCK_LOCK_NOT_OWN },
		{ "Wa", "a", "acquire_shared", STUCK_LOCK_NOT_OWN },
		{ "W", "r", "release_shared", STUCK_NOT_PULLED },
		{ "W", "l", "shared_load", STUCK_NOT_PULLED },
		{ "War", "s", "shared_store", STUCK_NOT_PULLED },
		{ "IGH", "I", "incr_ticket", STUCK_BARRIER },
		{ "IGH", "G", "get_now", STUCK_BARRIER },
		{ "IGH", "H", "log_hold", STUCK_BARRIER },
		{ "IGH", "N", "incr_now", STUCK_BARRIER },
		{ "IGHB", "N", "incr_now", STUCK_BARRIER },
		{ "B", "B", "barrier", STUCK_BARRIER },
		{ "B", "I", "incr_ticket", STUCK_BARRIER },
		{ "B", "G", "get_now", STUCK_BARRIER },
		{ "B", "H", "log_hold", STUCK_BARRIER },
		{ "B", "W", "wait_lock", STUCK_BARRIER },
		{ "WB", "P", "barrier", STUCK_BARRIER },
		{ "WH", "P", "pass_lock", STUCK_BARRIER },
		{ "WB", "a", "acquire_shared", STUCK_BARRIER },
		{ "WaB", "r", "release_shared", STUCK_BARRIER },
		{ "WaB", "l", "shared_load", STUCK_BARRIER },
		{ "WaB", "s", "shared_store", STUCK_BARRIER },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_machine t;
		struct cpu *c;
		u64 word, bytes;
		enum bars bars;
		u8 own;

		test_machine_make(&t, 1, 0, WAIT_SPIN, true);
		c = &t.m->cpu[0];
		assert_int_equal(cpu_call(c, program, (void *)(uintptr_t)rows[i].good), OUT_OK);
		word = t.m->locks.lock[LK].word;
		bars = c->bars;
		own = c->lock[LK];
		bytes = log_bytes(t.log);
		assert_int_equal(cpu_call(c, program, (void *)(uintptr_t)rows[i].last), OUT_STUCK);
		assert_string_equal(stuck_name(c->stuck.rule), stuck_name(rows[i].rule));
		assert_string_equal(c->stuck.prim, rows[i].prim);
		assert_true(t.m->locks.lock[LK].word == word);
		assert_int_equal(c->bars, bars);
		assert_int_equal(c->lock[LK], own);
		assert_true(log_bytes(t.log) == bytes);
		assert_true(obj_get(&t.m->shared.obj[LK], F_NPT_pt_pgd_next, 0) == 0);
		test_machine_free(&t);
	}
}

/* Enter and leave, by hand and by wait_lock, leave the same states. */
static void protocol(void **state)
{
	static const char *const programs[] = { "IGHBBN", "IGHBBNIGHBBN", "WP", "WarP",
		                                "WalsrPWP" };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(programs); i++) {
		struct test_machine t;
		struct cpu *c;
		u64 word;

		test_machine_make(&t, 1, 0xfffffffe, WAIT_SPIN, true);
		c = &t.m->cpu[0];
		assert_int_equal(cpu_call(c, program, (void *)(uintptr_t)programs[i]), OUT_OK);
		word = t.m->locks.lock[LK].word;
		assert_int_equal(word_ticket(word), word_now(word));
		assert_int_not_equal(word_now(word), 0xfffffffe);
		assert_int_equal(c->bars, BARRIER_VALID);
		assert_int_equal(c->lock[LK], LOCK_FALSE);
		assert_true(cpu_held(c) == 0);
		test_machine_free(&t);
	}
}

/* The ticket that makes more than TOTAL_CPU is stuck, and stays taken. */
static void too_many_tickets(void **state)
{
	struct test_machine t;
	struct cpu *c;

	(void)state;
	test_machine_make(&t, 1, 0, WAIT_SPIN, false);
	c = &t.m->cpu[0];
	t.m->locks.lock[LK].word = word_make(TOTAL_CPU, 0);
	assert_int_equal(cpu_call(c, program, (void *)(uintptr_t) "W"), OUT_STUCK);
	assert_int_equal(c->stuck.rule, STUCK_TICKETS);
	assert_int_equal(word_ticket(t.m->locks.lock[LK].word), TOTAL_CPU + 1);
	test_machine_free(&t);
}

/* A waiter leaves when the machine is stopped or halted. */
static void stop_and_halt(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		for (enum wait_kind k = WAIT_SPIN; k < WAIT_NR; k++) {
			struct test_machine t;

			test_machine_make(&t, 1, 0, k, true);
			t.m->locks.lock[LK].word = word_make(1, 0);
			flag_set(halt ? &t.m->halt : &t.m->stop);
			assert_int_equal(cpu_call(&t.m->cpu[0], program, (void *)(uintptr_t) "W"),
			                 halt ? OUT_PANIC : OUT_STOPPED);
			test_machine_free(&t);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stuck_rules),
		cmocka_unit_test(protocol),
		cmocka_unit_test(too_many_tickets),
		cmocka_unit_test(stop_and_halt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Admission, call by call. */
#include "lock/admit.h"
#include "tests/unit/wait_host.h"

static void serve_other(u32 *slot)
{
	(void)slot;
	set_now(OTHER, 1);
}

static void make_admission(u32 admit, u32 runs)
{
	make(WAIT_PARK);
	test_machine_admit(&h.t, admit, runs);
}

static void both_runs_of_cpu0(u32 *slot)
{
	struct admission *a = &h.t.m->locks.admission;

	assert_ptr_equal(slot, &a->slot[1]);
	if (h.sleeps == 1)
		return; /* woken for nothing */
	assert_int_equal(cpu(1)->permit, 0);
	assert_int_equal(pass(0, OTHER), OUT_OK);
	assert_int_equal(cpu(0)->permit, 2);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(cpu(0)->permit, 1);
	assert_true(a->served == 1);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(a->next == 2);
	assert_int_equal(h.wakes, 0);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(cpu(0)->permit, 0);
	assert_true(a->served == 2);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, slot);
}

/* Admission: good for so many outermost acquisitions, given on to the next in order when somebody waits for it. */
static void admission_goes_on(void **state)
{
	struct admission *a;

	(void)state;
	make_admission(1, 2);
	a = &h.t.m->locks.admission;
	assert_true(a->served == 1);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(a->next == 1);
	assert_int_equal(cpu(0)->permit, 2);
	assert_true(cpu(0)->stats.admissions == 0);
	assert_int_equal(take(0, OTHER), OUT_OK); /* nested: under the same one */
	assert_true(a->next == 1);
	h.on_sleep = both_runs_of_cpu0;
	assert_int_equal(take(1, SPT_ID), OUT_OK);
	assert_int_equal(h.sleeps, 2);
	assert_true(cpu(1)->stats.admissions == 1);
	assert_int_equal(cpu(1)->permit, 2);
	assert_int_equal(a->slot[1], 0);
	unmake();
}

/* Nobody waits: the admission is renewed; given back only when asked to, and once. */
static void admission_is_renewed(void **state)
{
	struct admission *a;

	(void)state;
	make_admission(2, 2);
	a = &h.t.m->locks.admission;
	assert_true(a->served == 2);
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(take(0, LK), OUT_OK);
		assert_int_equal(cpu(0)->permit, 2 - i % 2);
		assert_int_equal(pass(0, LK), OUT_OK);
	}
	assert_true(a->next == 1);
	assert_true(a->served == 2);
	/* the numbers 1 and 2 are out, and the CPU with 2 sleeps */
	a->next = 3;
	a->slot[2] = 2 << 1 | 1;
	admit_quit(cpu(0));
	assert_true(a->served == 3);
	assert_int_equal(a->slot[2], 0);
	assert_int_equal(cpu(0)->permit, 0);
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, &a->slot[2]);
	admit_quit(cpu(0));
	assert_true(a->served == 3);
	/* without a limit nobody takes a number */
	unmake();
	make(WAIT_PARK);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_true(h.t.m->locks.admission.next == 0);
	assert_int_equal(cpu(0)->permit, 0);
	unmake();
}

static void pass_at_3(u32 n)
{
	/* no ticket was taken yet */
	assert_true(lock(LK)->word == word_make(1, 0));
	if (n == 3)
		set_now(LK, 1);
}

static void stop_at_2(u32 n)
{
	if (n == 2)
		flag_set(&h.t.m->stop);
}

/* With admission, who finds somebody inside lets him come back before it takes a ticket, but not for ever. */
static void admitted_gives_way(void **state)
{
	struct cpu *c;

	(void)state;
	make_admission(1, 8);
	c = cpu(0);
	h.on_yield = pass_at_3;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(c->stats.yields == 3);
	assert_true(c->stats.contended == 0);
	/* nobody inside: at once */
	assert_int_equal(pass(0, LK), OUT_OK);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(c->stats.yields == 3);
	unmake();
	/* nobody comes out: fifteen yields, then a ticket */
	make_admission(1, 8);
	c = cpu(0);
	h.on_sleep = serve_next;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(c->stats.yields == 15);
	assert_true(c->stats.contended == 1);
	assert_int_equal(h.sleeps, 1);
	/* nested: no yield */
	h.on_sleep = serve_other;
	lock(OTHER)->word = word_make(1, 0);
	assert_int_equal(take(0, OTHER), OUT_OK);
	assert_true(c->stats.yields == 15);
	unmake();
	/* the machine stops meanwhile: no ticket is out */
	make_admission(1, 8);
	h.on_yield = stop_at_2;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_STOPPED);
	assert_true(lock(LK)->word == word_make(1, 0));
	unmake();
}

static void others_move(u32 n)
{
	(void)n;
	lock(LK)->word = word_make(3, 1);
}

static void serve_last(u32 *slot)
{
	(void)slot;
	set_now(LK, 3);
}

/* Where somebody came in or out meanwhile there is nothing to give way to: it takes a ticket. */
static void gives_way_until_others_move(void **state)
{
	(void)state;
	make_admission(1, 8);
	h.on_yield = others_move;
	h.on_sleep = serve_last;
	lock(LK)->word = word_make(1, 0);
	assert_int_equal(take(0, LK), OUT_OK);
	assert_true(cpu(0)->stats.yields == 1);
	assert_true(lock(LK)->word == word_make(4, 3));
	unmake();
}

static void stop_machine(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->stop);
}

static void halt_machine(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->halt);
}

/* Who waits for admission leaves when the machine stops or halts. */
static void admission_ends(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		make_admission(1, 1);
		assert_int_equal(take(0, LK), OUT_OK);
		h.on_sleep = halt ? halt_machine : stop_machine;
		assert_int_equal(take(1, OTHER), halt ? OUT_PANIC : OUT_STOPPED);
		assert_int_equal(h.sleeps, 1);
		assert_true(cpu(1)->stats.lock_acquisitions[OTHER] == 0);
		assert_int_equal(word_ticket(lock(OTHER)->word), 0);
		unmake();
	}
}

static void served_without_a_wake(u32 *slot)
{
	(void)slot;
	h.t.m->locks.admission.served++;
}

/* Whoever ends a sleep, the slot is left empty for the next one that has it. */
static void admission_slot_is_left_empty(void **state)
{
	(void)state;
	make_admission(1, 1);
	assert_int_equal(take(0, LK), OUT_OK);
	h.on_sleep = served_without_a_wake;
	assert_int_equal(take(1, OTHER), OUT_OK);
	assert_int_equal(h.t.m->locks.admission.slot[1], 0);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admission_goes_on),
		cmocka_unit_test(admission_is_renewed),
		cmocka_unit_test(admitted_gives_way),
		cmocka_unit_test(gives_way_until_others_move),
		cmocka_unit_test(admission_ends),
		cmocka_unit_test(admission_slot_is_left_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

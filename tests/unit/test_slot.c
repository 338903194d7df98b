// SPDX-License-Identifier: GPL-2.0-only
/* Sleeping on a slot, call by call: who sleeps is woken, whoever releases and at whatever lock. */
#include "tests/unit/wait_host.h"

#include "lock/flat.h"

static void do_flat_enter(struct cpu *c, void *arg)
{
	(void)arg;
	flat_enter(c);
}

static void serve_flat(u32 *slot)
{
	assert_ptr_equal(slot, &lock(FLATMEM_ID)->slot[2]);
	assert_int_equal(h.t.m->locks.sleepers, 1);
	if (h.sleeps == 3)
		set_now(FLATMEM_ID, 2);
}

/* At flat memory a waiter sleeps like at a lock. */
static void flat_sleeps(void **state)
{
	(void)state;
	make(WAIT_PARK);
	lock(FLATMEM_ID)->word = word_make(2, 0);
	h.on_sleep = serve_flat;
	assert_int_equal(cpu_call(cpu(0), do_flat_enter, NULL), OUT_OK);
	assert_int_equal(h.sleeps, 3);
	assert_int_equal(h.yields, 0);
	assert_int_equal(h.t.m->locks.sleepers, 0);
	assert_true(lock(FLATMEM_ID)->word == word_make(3, 2));
	assert_int_equal(lock(FLATMEM_ID)->slot[2], 0);
	/* and who leaves wakes the next one */
	lock(FLATMEM_ID)->word = word_make(4, 2);
	lock(FLATMEM_ID)->slot[3] = 1;
	h.t.m->locks.sleepers = 1;
	flat_leave(cpu(0));
	assert_int_equal(h.wakes, 1);
	assert_ptr_equal(h.woken, &lock(FLATMEM_ID)->slot[3]);
	unmake();
}

static void stop_while_asleep(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->stop);
}

/* It leaves when the machine stops: the others that wait leave as well. */
static void flat_stops(void **state)
{
	(void)state;
	make(WAIT_PARK);
	lock(FLATMEM_ID)->word = word_make(2, 0);
	h.on_sleep = stop_while_asleep;
	assert_int_equal(cpu_call(cpu(0), do_flat_enter, NULL), OUT_STOPPED);
	assert_int_equal(h.sleeps, 1);
	assert_int_equal(h.t.m->locks.sleepers, 0);
	unmake();
}

/* The releaser does not ask how others wait: under each policy it wakes the next in line where anybody sleeps. */
static void every_policy_wakes(void **state)
{
	(void)state;
	for (enum wait_kind k = WAIT_SPIN; k < WAIT_NR; k++) {
		for (u32 timing = 0; timing < 2; timing++) {
			make(k);
			cpu(0)->timing = cpu(0)->longer = timing;
			assert_int_equal(take(0, LK), OUT_OK);
			lock(LK)->word = word_make(2, 0);
			lock(LK)->slot[1] = 1;
			h.t.m->locks.sleepers = 1;
			assert_int_equal(pass(0, LK), OUT_OK);
			assert_int_equal(h.wakes, 1);
			assert_ptr_equal(h.woken, &lock(LK)->slot[1]);
			assert_true(cpu(0)->stats.wakes == 1);
			unmake();
		}
	}
}

static void stop_and_wake(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->stop);
	locks_wake_all(&h.t.m->locks);
}

static void halt_and_wake(u32 *slot)
{
	(void)slot;
	flag_set(&h.t.m->halt);
	locks_wake_all(&h.t.m->locks);
}

/* Stop and halt wake a sleeper, which leaves and is counted no longer. */
static void the_end_wakes(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		make(WAIT_PARK);
		h.on_sleep = halt ? halt_and_wake : stop_and_wake;
		lock(LK)->word = word_make(2, 0);
		assert_int_equal(take(0, LK), halt ? OUT_PANIC : OUT_STOPPED);
		assert_int_equal(h.sleeps, 1);
		assert_int_equal(h.wakes, MAX_CPU + 1); /* admission's slots are woken unseen */
		assert_int_equal(h.t.m->locks.sleepers, 0);
		unmake();
	}
}

/* Two CPUs came to one slot, and who left first emptied it: the other one is roused all the same, at any lock. */
static void slots_are_not_believed(void **state)
{
	(void)state;
	make(WAIT_PARK);
	lock(LK)->slot[1] = 1;
	locks_rouse_all(&h.t.m->locks);
	assert_int_equal(h.wakes, MAX_CPU * (1 + ID_END));
	assert_ptr_equal(h.woken, &lock(ID_END - 1)->slot[MAX_CPU - 1]);
	assert_int_equal(lock(LK)->slot[1], 0);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_sleeps),
		cmocka_unit_test(flat_stops),
		cmocka_unit_test(every_policy_wakes),
		cmocka_unit_test(the_end_wakes),
		cmocka_unit_test(slots_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Points: who controls a CPU is told of each, in their order, and decides when a wait goes on. */
#include "cpu/intake.h"
#include "cpu/point.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/shared.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

enum { TOLD_MAX = 32 };

static struct {
	u32 n;
	struct {
		enum point_kind kind;
		u32 object;
	} v[TOLD_MAX];
	u32 awaited, cells;
} told;

static void told_point(struct cpu *c, enum point_kind kind, u32 object)
{
	(void)c;
	assert_true(told.n < TOLD_MAX);
	told.v[told.n].kind = kind;
	told.v[told.n++].object = object;
}

/* Who held the lock gives it up meanwhile. */
static void told_await(struct cpu *c, lk_t lk, u32 ticket)
{
	u64 *word = &c->locks->lock[lk].word;

	told.awaited++;
	assert_int_equal(word_now(*word) + 1, ticket);
	word_inc_now(word, word_now(*word));
}

static void told_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	(void)c;
	(void)o;
	(void)field;
	(void)first;
	told.cells += (u32)n;
}

static const struct control_ops control = { .point = told_point,
	                                    .await = told_await,
	                                    .note = told_note };

static struct test_machine t;

static struct cpu *controlled(void)
{
	struct cpu *c;

	told.n = told.awaited = told.cells = 0;
	test_machine_make(&t, 2, 0, WAIT_YIELD, true);
	c = &t.m->cpu[0];
	c->control = &control;
	c->points = POINTS_CONTROLLED;
	c->longer = true;
	return c;
}

#define TOLD(i, k, o)                                        \
	do {                                                 \
		assert_true(told.n > (i));                   \
		assert_int_equal(told.v[i].kind, POINT_##k); \
		assert_int_equal(told.v[i].object, o);       \
	} while (0)

static void section(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_lock_s2page(c);
	shared_store(c, S2PAGE_ID, F_S2PAGE_s2_owner, 0, 3);
	release_lock_s2page(c);
}

static void one_section(void **state)
{
	struct cpu *c = controlled();

	(void)state;
	assert_int_equal(cpu_call(c, section, NULL), OUT_OK);
	assert_int_equal(told.n, 6);
	TOLD(0, TICKET, S2PAGE_ID);
	TOLD(1, HOLD, S2PAGE_ID);
	TOLD(2, PULL, S2PAGE_ID);
	TOLD(3, PUSHED, S2PAGE_ID);
	TOLD(4, PASS, S2PAGE_ID);
	TOLD(5, PASSED, S2PAGE_ID);
	assert_int_equal(told.cells, 1);
	assert_int_equal(told.awaited, 0);
	test_machine_free(&t);
}

/* The ticket before is out: the wait ends when who controls says so, whatever the policy of waiting. */
static void a_wait(void **state)
{
	struct cpu *c = controlled();

	(void)state;
	word_inc_ticket(&c->locks->lock[S2PAGE_ID].word);
	assert_int_equal(cpu_call(c, section, NULL), OUT_OK);
	assert_int_equal(told.awaited, 1);
	TOLD(0, TICKET, S2PAGE_ID);
	TOLD(1, QUEUED, S2PAGE_ID);
	TOLD(2, LOOKED, S2PAGE_ID);
	TOLD(3, HOLD, S2PAGE_ID);
	assert_int_equal(told.n, 8);
	test_machine_free(&t);
}

static void flat(struct cpu *c, void *arg)
{
	(void)arg;
	flat_store(c, 7, 9);
	get_int_esr(c, 1, 0);
	get_int_run_vcpuid(c, 2);
	panic_called(c);
}

/* Flat memory, values from outside, and a halt, which is not made yet when its point is told. */
static void others(void **state)
{
	struct cpu *c = controlled();

	(void)state;
	word_inc_ticket(&c->locks->lock[FLATMEM_ID].word);
	assert_int_equal(cpu_call(c, flat, NULL), OUT_PANIC);
	TOLD(0, FLAT, FLATMEM_ID);
	TOLD(1, FLAT_LOOKED, FLATMEM_ID);
	TOLD(2, FLAT_IN, FLATMEM_ID);
	TOLD(3, FLAT_OUT, FLATMEM_ID);
	TOLD(4, FLAT_PASSED, FLATMEM_ID);
	TOLD(5, DATA, 1);
	TOLD(6, CORE, 2);
	TOLD(7, HALT, 0);
	assert_int_equal(told.n, 8);
	assert_int_equal(told.awaited, 1);
	assert_int_equal(told.cells, 1);
	test_machine_free(&t);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(point_word(POINT_TICKET), "ticket");
	assert_string_equal(point_word(POINT_HALT), "halt");
	for (u32 i = 0; i < POINT_NR; i++)
		assert_true(point_sentence((enum point_kind)i)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_section),
		cmocka_unit_test(a_wait),
		cmocka_unit_test(others),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

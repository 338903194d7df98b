// SPDX-License-Identifier: GPL-2.0-only
/* acquire_lock_* and release_lock_*: as in a run, and over a script at both levels; both sides of the errata of locks. */
#include "lock/word.h"
#include "shmem/locks.h"
#include "sim/log/event.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

#include <stdio.h>
#include <string.h>

/**
 * struct row - a lock that the hypervisor names
 * @vmid: it takes a vmid; @id: its object, of vmid 3
 */
static const struct row {
	const char *name;
	bool vmid;
	lk_t id;
} rows[] = {
	{ "pt", true, NPT_ID + 3 }, { "spt", false, SPT_ID },    { "s2page", false, S2PAGE_ID },
	{ "core", false, CORE_ID }, { "vm", true, INFO_ID + 3 }, { "smmu", false, SMMU_ID },
};

static struct test_env t;

static int scripted(void **state)
{
	(void)state;
	test_env_reset(&t);
	return 0;
}

static int run(void **state)
{
	scripted(state);
	test_env_run(&t, true);
	return 0;
}

static const char *named(const char *verb, const struct row *r, const char *form)
{
	static char name[48];

	snprintf(name, sizeof(name), "%s_lock_%s%s", verb, r->name, form);
	return name;
}

static u64 word(lk_t lk)
{
	return t.m->locks.lock[lk].word;
}

/* CPU, kind and argument of log @lk's events, oldest first: "0INC_TICKET 10 0GET_NOW". */
static const char *log_of(lk_t lk)
{
	static char text[1024];
	size_t n = 0;

	text[0] = '\0';
	for (u32 i = 0; i < t.e->log[lk].ev.n; i++) {
		const struct env_event *ev = &t.e->log[lk].ev.v[i];
		struct event bare = { .kind = ev->kind, .arg = ev->arg };
		char one[64];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u%s", i ? " " : "", ev->cpu,
		                      event_print(&bare, one, sizeof(one)));
	}
	return text;
}

static void answer(lk_t lk, u32 n, const struct env_event *ev)
{
	struct env_events batch = { 0 };

	for (u32 i = 0; i < n; i++)
		vec_push(&batch, ev[i]);
	env_answer(t.e, lk, &batch);
}
#define ANSWER(lk, ...)                                                                          \
	answer(lk, sizeof((const struct env_event[]){ __VA_ARGS__ }) / sizeof(struct env_event), \
	       (const struct env_event[]){ __VA_ARGS__ })
#define EV(c, k, a)                                \
	{                                          \
		.cpu = c, .kind = EV_##k, .arg = a \
	}

/* Taken, pulled, and the one change of a translation allowed; given up, all is as before but the word. */
static void a_section(void **state)
{
	static const u64 three[] = { 3 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		lk_t id = rows[i].id;

		test_ok(&t, named("acquire", &rows[i], ""), three);
		assert_int_equal(t.c->lock[id], LOCK_OWN_PULLED);
		assert_int_equal(t.c->tstate, 0);
		assert_int_equal(t.c->bars, BARRIER_VALID);
		assert_true(cpu_held(t.c) == 1ull << id);
		assert_true(word(id) == word_make(1, 0));
		test_stuck(&t, STUCK_LOCK_TAKEN, named("acquire", &rows[i], ""), three);
		test_ok(&t, named("release", &rows[i], ""), three);
		assert_int_equal(t.c->lock[id], LOCK_FALSE);
		assert_int_equal(t.c->tstate, 1);
		assert_int_equal(t.c->bars, BARRIER_VALID);
		assert_true(cpu_held(t.c) == 0);
		assert_true(word(id) == word_make(1, 1));
		test_stuck(&t, STUCK_NOT_PULLED, named("release", &rows[i], ""), three);
	}
}

/* A VM that there is not has no lock, scripted or not. */
static void ranges(void **state)
{
	static const u64 beyond[] = { 17 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].vmid)
			continue;
		test_stuck(&t, STUCK_RANGE, named("acquire", &rows[i], ""), beyond);
		test_stuck(&t, STUCK_RANGE, named("release", &rows[i], ""), beyond);
	}
}

/* On a halted machine no lock is taken or given up: another CPU leaves, the one that halted it goes on. */
static void halted(void **state)
{
	static const u64 three[] = { 3 };

	(void)state;
	flag_set(&t.m->halt);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		for (u32 own = 0; own < 2; own++) {
			struct test_state *before, *after;
			u64 v;

			t.c->panicked = own;
			before = test_state_take(&t);
			assert_int_equal(test_try(&t, named("acquire", &rows[i], ""), three, &v),
			                 t.run ? OUT_PANIC : OUT_OK);
			assert_int_equal(test_try(&t, named("release", &rows[i], ""), three, &v),
			                 t.run ? OUT_PANIC : OUT_OK);
			t.c->panicked = own;
			after = test_state_take(&t);
			assert_null(test_state_differs(before, after));
			test_state_free(before);
			test_state_free(after);
		}
	}
}

/* The upper specification: two events each way, behind what the others did, whose last push is pulled. */
static void high(void **state)
{
	struct payload *p = env_own(t.e, payload_new(false));

	(void)state;
	payload_put(p, F_NPT_pt_pgd_next, 0, 0, 7);
	ANSWER(NPT_ID + 3, EV(1, WAIT_LOCK, 9), EV(1, OPULL, 8),
	       { .cpu = 1, .kind = EV_ONPT, .payload = p }, EV(1, REL_LOCK, 0));
	OK(&t, "acquire_lock_pt", 3);
	assert_string_equal(log_of(8),
	                    "1WAIT_LOCK 9 1OPULL 8 1ONPT 1REL_LOCK 0WAIT_LOCK 10 0OPULL 8");
	assert_true(OK(&t, "get_pgd_next", 3) == 7);
	assert_int_equal(t.c->tstate, 0);
	OK(&t, "set_pgd_next", 3, 9);
	OK(&t, "release_lock_pt", 3);
	assert_string_equal(log_of(8) + strlen("1WAIT_LOCK 9 1OPULL 8 1ONPT 1REL_LOCK "),
	                    "0WAIT_LOCK 10 0OPULL 8 0ONPT 0REL_LOCK");
	assert_int_equal(t.e->log[8].ev.v[6].payload->cell.n, 1);
	assert_true(t.e->log[8].ev.v[6].payload->cell.v[0].old == 7);
	assert_true(t.e->log[8].ev.v[6].payload->cell.v[0].new == 9);
	assert_int_equal(t.c->tstate, 1);
	assert_true(word(8) == word_make(0, 0));
	/* Who does not give the lock up makes the next one's log no log of the machine: stuck, and not even asked. */
	ANSWER(NPT_ID + 3, EV(2, WAIT_LOCK, 9));
	STUCK(&t, STUCK_LOG_HIGH, "acquire_lock_pt", 3);
	assert_int_equal(env_answers_left(t.e, 8), 1);
}

/* The composition of tickets: a CPU that is in front is waited for, look by look. */
static void ticket(void **state)
{
	(void)state;
	t.c->level = ENV_TICKET;
	ANSWER(CORE_ID, EV(1, INC_TICKET, 10), EV(1, GET_NOW, 0));
	ANSWER(CORE_ID, EV(1, HOLD_LOCK, 0));
	ANSWER(CORE_ID, EV(1, INC_NOW, 0));
	OK(&t, "acquire_lock_core");
	assert_string_equal(log_of(CORE_ID),
	                    "1INC_TICKET 10 1GET_NOW 0INC_TICKET 10 1HOLD_LOCK 0GET_NOW "
	                    "1INC_NOW 0GET_NOW 0HOLD_LOCK 0OPULL 1");
	assert_true(word(CORE_ID) == word_make(2, 1));
	assert_int_equal(t.c->bars, BARRIER_VALID);
	assert_int_equal(t.c->tstate, 0);
	OK(&t, "release_lock_core");
	assert_true(word(CORE_ID) == word_make(2, 2));
	assert_non_null(strstr(log_of(CORE_ID), "0OPULL 1 0OCORE_DATA 0INC_NOW"));
	assert_int_equal(t.c->lock[CORE_ID], LOCK_FALSE);
	assert_int_equal(t.c->tstate, 1);
}

/* As published H_CalLock is asked about tickets, of which it knows nothing: nothing can be pulled or pushed. */
static void ticket_log(void **state)
{
	(void)state;
	t.c->level = ENV_TICKET;
	test_env_erratum(&t, ERRATUM_TICKET_LOG, true);
	STUCK(&t, STUCK_LOG_HIGH, "acquire_lock_core");
	OK(&t, "wait_lock", CORE_ID);
	STUCK(&t, STUCK_LOG_HIGH, "acquire_shared", CORE_ID);
	test_env_erratum(&t, ERRATUM_TICKET_LOG, false);
	OK(&t, "acquire_shared", CORE_ID);
	test_env_erratum(&t, ERRATUM_TICKET_LOG, true);
	STUCK(&t, STUCK_LOG_HIGH, "release_shared_core");
	test_env_erratum(&t, ERRATUM_TICKET_LOG, false);
	OK(&t, "release_shared_core");
	OK(&t, "pass_lock", CORE_ID);
}

/* As published a lock is that of the object before; the upper specification has one numbering only. */
static void numbering(void **state)
{
	static const u64 three[] = { 3 };

	(void)state;
	test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, true);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		test_ok(&t, named("acquire", &rows[i], ""), three);
		assert_int_equal(t.c->lock[rows[i].id], LOCK_OWN_PULLED);
		test_ok(&t, named("release", &rows[i], ""), three);
	}
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		scripted(state);
		test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, true);
		test_ok(&t, named("acquire", &rows[i], "_spec0"), three);
		assert_int_equal(t.c->lock[rows[i].id], LOCK_FALSE);
		assert_int_equal(t.c->lock[rows[i].id - 1], LOCK_OWN_PULLED);
		test_ok(&t, named("release", &rows[i], "_spec0"), three);
		assert_int_equal(t.c->lock[rows[i].id - 1], LOCK_FALSE);
		test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, false);
		test_ok(&t, named("acquire", &rows[i], "_spec0"), three);
		assert_int_equal(t.c->lock[rows[i].id], LOCK_OWN_PULLED);
		test_ok(&t, named("release", &rows[i], "_spec0"), three);
	}
	/* In a run the number before the first is flat memory's, and no lock's. */
	run(state);
	test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, true);
	OK(&t, "acquire_lock_pt", 3);
	assert_int_equal(t.c->lock[NPT_ID + 2], LOCK_OWN_PULLED);
	STUCK(&t, STUCK_NOT_PULLED, "get_pgd_next", 3);
	OK(&t, "release_lock_pt", 3);
	assert_true(word(NPT_ID + 2) == word_make(1, 1));
	STUCK(&t, STUCK_RANGE, "acquire_lock_core");
}

/* The lower compositions look neither at halt nor at the range of a vmid, as published. */
static void lower(void **state)
{
	struct payload *vm0;

	(void)state;
	flag_set(&t.m->halt);
	OK(&t, "acquire_lock_spt_spec0");
	assert_int_equal(t.c->lock[SPT_ID], LOCK_OWN_PULLED);
	OK(&t, "release_lock_spt_spec0");
	assert_string_equal(log_of(SPT_ID), "0WAIT_LOCK 10 0OPULL 3 0OSPT 0REL_LOCK");
	test_env_erratum(&t, ERRATUM_LOCK_NUMBERING, true);
	/* VM 17's number would be that of VM 0's record; the table that is pushed is empty all the same. */
	vm0 = env_own(t.e, payload_new(false));
	payload_put(vm0, F_INFO_vm_kvm, 0, 0, 5);
	env_set(t.e, INFO_ID, vm0);
	OK(&t, "acquire_lock_pt_spec0", 17);
	assert_int_equal(t.c->lock[21], LOCK_OWN_PULLED);
	t.e->whole = true;
	OK(&t, "release_lock_pt_spec0", 17);
	t.e->whole = false;
	assert_int_equal(t.e->log[21].ev.v[2].payload->cell.n, 0);
	assert_string_equal(log_of(21), "0WAIT_LOCK 10 0OPULL 21 0ONPT 0REL_LOCK");
	STUCK(&t, STUCK_RANGE, "acquire_lock_vm_spec0", 0xffffffff);
}

/* As published the steps on tickets and pulls go on when the machine has halted; as intended they do nothing. */
static void ticket_halt(void **state)
{
	static const struct {
		const char *name;
		u64 a[2];
		enum bars bars;
		enum lock_state lock;
	} steps[] = {
		{ "incr_ticket", { 10, CORE_ID }, BARRIER_VALID, LOCK_FALSE },
		{ "get_now", { CORE_ID }, BARRIER_VALID, LOCK_FALSE },
		{ "log_hold", { CORE_ID }, BARRIER_VALID, LOCK_FALSE },
		{ "barrier", { 0 }, BARRIER_NEEDED, LOCK_FALSE },
		{ "incr_now", { CORE_ID }, BARRIERED, LOCK_FALSE },
		{ "acquire_shared", { CORE_ID }, BARRIER_VALID, LOCK_OWN },
		{ "release_shared_core", { 0 }, BARRIER_VALID, LOCK_OWN_PULLED },
	};

	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		for (u32 intended = 0; intended < 2; intended++) {
			struct test_state *before, *after;

			run(state);
			test_env_erratum(&t, ERRATUM_TICKET_HALT, !intended);
			flag_set(&t.m->halt);
			t.c->bars = steps[i].bars;
			t.c->lock[CORE_ID] = (u8)steps[i].lock;
			t.c->hold_word = &t.m->locks.lock[CORE_ID].word;
			before = test_state_take(&t);
			assert_int_equal(test_try(&t, steps[i].name, steps[i].a, &(u64){ 0 }),
			                 intended ? OUT_PANIC : OUT_OK);
			after = test_state_take(&t);
			if (intended || strcmp(steps[i].name, "get_now") == 0)
				assert_null(test_state_differs(before, after));
			else
				assert_non_null(test_state_differs(before, after));
			test_state_free(before);
			test_state_free(after);
		}
	}
}

static int make(void **state)
{
	(void)state;
	test_env_make(&t, false);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_env_free(&t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_section, run),
		cmocka_unit_test_setup(ranges, run),
		cmocka_unit_test_setup(ranges, scripted),
		cmocka_unit_test_setup(halted, run),
		cmocka_unit_test_setup(halted, scripted),
		cmocka_unit_test_setup(high, scripted),
		cmocka_unit_test_setup(ticket, scripted),
		cmocka_unit_test_setup(ticket_log, scripted),
		cmocka_unit_test_setup(numbering, scripted),
		cmocka_unit_test_setup(lower, scripted),
		cmocka_unit_test_setup(ticket_halt, run),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

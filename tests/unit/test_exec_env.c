// SPDX-License-Identifier: GPL-2.0-only
/* The scripted environment: what it answers, what pushes carry, what a pull makes of a log, and what undo restores. */
#include "cpu/op.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "sim/log/event.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { CORE = CORE_ID, VMID = 3, NPT = NPT_ID + VMID };

static struct test_env t;

static void make_as(bool whole)
{
	test_env_free(&t);
	test_env_make(&t, whole);
}

static int differences(void **state)
{
	(void)state;
	test_env_make(&t, false);
	return 0;
}

static int wholes(void **state)
{
	(void)state;
	test_env_make(&t, true);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_env_free(&t);
	return 0;
}

/* A push of one cell, the environment's. */
static struct payload *payload(bool whole, u32 field, u64 index, u64 old, u64 new)
{
	struct payload *p = env_own(t.e, payload_new(whole));

	payload_put(p, field, index, old, new);
	return p;
}

static void push_start(lk_t lk, cpu_t cpu, u32 kind, struct payload *p)
{
	env_log_start(t.e, lk,
	              &(struct env_event){ .kind = (u8)kind, .cpu = (u8)cpu, .payload = p });
}

static void has_cell(const struct payload *p, u32 i, u32 field, u64 index, u64 old, u64 new)
{
	assert_true(i < p->cell.n);
	assert_int_equal(p->cell.v[i].field, field);
	assert_true(p->cell.v[i].index == index);
	assert_true(p->cell.v[i].old == old);
	assert_true(p->cell.v[i].new == new);
}

static const struct env_event *last(lk_t lk)
{
	return &t.e->log[lk].ev.v[t.e->log[lk].ev.n - 1];
}

/* The k-th query of a log gets the k-th answer, later ones none; each log has its own, and the word follows. */
static void answers(void **state)
{
	struct env_events batch = { 0 };

	(void)state;
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_INC_TICKET, .arg = 10 }));
	vec_push(&batch, ((struct env_event){ .cpu = 2, .kind = EV_INC_TICKET, .arg = 10 }));
	env_answer(t.e, CORE, &batch);
	assert_null(batch.v);
	env_answer(t.e, CORE, &batch);
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_INC_NOW }));
	env_answer(t.e, CORE, &batch);
	assert_int_equal(env_answers_left(t.e, CORE), 3);
	assert_true(OK(&t, "incr_ticket", 10, NPT) == 0);
	assert_true(OK(&t, "incr_ticket", 10, CORE) == 2);
	assert_int_equal(env_answers_left(t.e, CORE), 2);
	assert_int_equal(t.e->log[CORE].ev.n, 3);
	assert_true(OK(&t, "get_now", CORE) == 0);
	assert_true(OK(&t, "get_now", CORE) == 1);
	assert_int_equal(env_answers_left(t.e, CORE), 0);
	assert_true(OK(&t, "get_now", CORE) == 1);
	assert_true(t.m->locks.lock[CORE].word == word_make(3, 1));
	assert_int_equal(last(CORE)->cpu, 0);
	t.c = &t.m->cpu[5];
	OK(&t, "get_now", CORE);
	assert_int_equal(last(CORE)->cpu, 5);
	env_answer(t.e, CORE, &batch);
	env_reset(t.e);
	assert_int_equal(t.e->log[CORE].ev.n, 0);
	assert_int_equal(env_answers_left(t.e, CORE), 0);
}

/* A push says what the section changed: each cell once, from its value before the section to its value now. */
static void section(void **state)
{
	(void)state;
	OK(&t, "acquire_lock_pt", VMID);
	OK(&t, "set_pmd_next", VMID, 1);
	OK(&t, "set_pmd_next", VMID, 2);
	OK(&t, "set_pgd_next", VMID, 9);
	OK(&t, "set_pgd_next", VMID, 0);
	OK(&t, "pt_store", VMID, pool_start(VMID) + 16, 7);
	OK(&t, "pt_store", VMID, pool_start(VMID) + 8, 6);
	OK(&t, "pt_store", VMID, pool_start(VMID) + 16, 5);
	OK(&t, "release_shared_pt", VMID);
	assert_int_equal(last(NPT)->kind, EV_ONPT);
	assert_int_equal(last(NPT)->payload->cell.n, 3);
	has_cell(last(NPT)->payload, 0, F_NPT_pt_vttbr_pool, pool_start(VMID) + 8, 0, 6);
	has_cell(last(NPT)->payload, 1, F_NPT_pt_vttbr_pool, pool_start(VMID) + 16, 0, 5);
	has_cell(last(NPT)->payload, 2, F_NPT_pt_pmd_next, 0, 0, 2);
	/* What was pushed is not pushed again. */
	OK(&t, "acquire_shared", NPT);
	OK(&t, "set_pmd_next", VMID, 4);
	OK(&t, "release_shared_pt", VMID);
	assert_int_equal(last(NPT)->payload->cell.n, 1);
	has_cell(last(NPT)->payload, 0, F_NPT_pt_pmd_next, 0, 2, 4);
	/* Nor is it anybody else's. */
	OK(&t, "acquire_lock_pt", VMID + 1);
	OK(&t, "release_lock_pt", VMID + 1);
	assert_int_equal(t.e->log[NPT + 1].ev.v[2].payload->cell.n, 0);
}

/* Whole contents are all that is not 0, in order, with the cells that the object has not. */
static void whole(void **state)
{
	(void)state;
	push_start(CORE, 2, EV_WAIT_LOCK, NULL);
	t.e->log[CORE].ev.v[0].arg = 3;
	push_start(CORE, 2, EV_OCORE_DATA, payload(true, F_CORE_next_vmid, 0, 0, 5));
	payload_put(t.e->log[CORE].ev.v[1].payload, F_CORE_next_vmid, 77, 0, 6);
	push_start(CORE, 2, EV_OCORE_DATA, payload(true, F_CORE_next_remap_ptr, 0, 0, 8));
	payload_put(t.e->log[CORE].ev.v[2].payload, F_CORE_next_vmid, 78, 0, 9);
	push_start(CORE, 2, EV_REL_LOCK, NULL);
	env_set(t.e, CORE, payload(false, F_CORE_next_vmid, 0, 0, 55));
	/* The last push is what the object holds; what stood there before, also beside the object, is gone. */
	OK(&t, "wait_hlock", CORE);
	OK(&t, "acquire_shared", CORE);
	assert_true(OK(&t, "get_next_vmid") == 0);
	assert_true(OK(&t, "get_next_remap_ptr") == 8);
	OK(&t, "set_next_vmid", 4);
	OK(&t, "release_shared_core");
	assert_int_equal(last(CORE)->payload->cell.n, 3);
	has_cell(last(CORE)->payload, 0, F_CORE_next_vmid, 0, 0, 4);
	has_cell(last(CORE)->payload, 1, F_CORE_next_vmid, 78, 0, 9);
	has_cell(last(CORE)->payload, 2, F_CORE_next_remap_ptr, 0, 0, 8);
}

/* Differences of others are taken in once: a second pull, or one after an undone call, finds the same. */
static void differences_once(void **state)
{
	struct env_events batch = { 0 };

	(void)state;
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_WAIT_LOCK, .arg = 5 }));
	vec_push(&batch,
	         ((struct env_event){ .cpu = 1,
	                              .kind = EV_OCORE_DATA,
	                              .payload = payload(false, F_CORE_next_vmid, 0, 0, 5) }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_REL_LOCK }));
	env_answer(t.e, CORE, &batch);
	OK(&t, "wait_hlock", CORE);
	assert_true(obj_get(&t.m->shared.obj[CORE], F_CORE_next_vmid, 0) == 0);
	t.c->bars = BARRIER_NEEDED;
	STUCK(&t, STUCK_BARRIER, "acquire_shared", CORE);
	t.c->bars = BARRIER_VALID;
	OK(&t, "acquire_shared", CORE);
	assert_true(OK(&t, "get_next_vmid") == 5);
	OK(&t, "set_next_vmid", 6);
	OK(&t, "release_shared_core");
	has_cell(last(CORE)->payload, 0, F_CORE_next_vmid, 0, 5, 6);
	OK(&t, "acquire_shared", CORE);
	assert_true(OK(&t, "get_next_vmid") == 6);
}

/* Contents that the caller gives are in the log and not in memory, until the next pull. */
static void given(void **state)
{
	struct payload *p = payload(false, F_CORE_next_vmid, 0, 0, 40);
	struct shared_event e = { .kind = EV_OCORE_DATA, .obj = ENV_NO_OBJ, .payload = p };

	(void)state;
	OK(&t, "acquire_lock_core");
	OK(&t, "release_shared", (u64)(uintptr_t)&e, CORE);
	assert_ptr_not_equal(last(CORE)->payload, p);
	has_cell(last(CORE)->payload, 0, F_CORE_next_vmid, 0, 0, 40);
	assert_true(obj_get(&t.m->shared.obj[CORE], F_CORE_next_vmid, 0) == 0);
	OK(&t, "acquire_shared", CORE);
	assert_true(OK(&t, "get_next_vmid") == 40);
	/* OPULL as a push has a number and no contents; an object that there is not is empty. */
	e = (struct shared_event){ .kind = EV_OPULL, .arg = 9, .obj = ENV_NO_OBJ };
	OK(&t, "release_shared", (u64)(uintptr_t)&e, CORE);
	assert_null(last(CORE)->payload);
	assert_int_equal(last(CORE)->arg, 9);
	OK(&t, "acquire_shared", CORE);
	e = (struct shared_event){ .kind = EV_ONPT, .obj = ENV_NO_OBJ };
	OK(&t, "release_shared", (u64)(uintptr_t)&e, CORE);
	assert_int_equal(last(CORE)->payload->cell.n, 0);
}

/* A call that is stuck in the middle has changed nothing: query, events, word, contents, counters, the CPU. */
static void undone(void **state)
{
	struct env_events batch = { 0 };

	(void)state;
	t.c->level = ENV_TICKET;
	test_env_erratum(&t, ERRATUM_TICKET_LOG, true);
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_INC_TICKET, .arg = 10 }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_GET_NOW }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_HOLD_LOCK }));
	vec_push(&batch,
	         ((struct env_event){ .cpu = 1,
	                              .kind = EV_OCORE_DATA,
	                              .payload = payload(true, F_CORE_next_vmid, 0, 0, 5) }));
	vec_push(&batch, ((struct env_event){ .cpu = 1, .kind = EV_INC_NOW }));
	env_answer(t.e, CORE, &batch);
	vec_push(&batch, ((struct env_event){ .cpu = 2, .kind = EV_INC_TICKET, .arg = 10 }));
	env_answer(t.e, CORE, &batch);
	/* wait_lock is done before acquire_shared finds that H_CalLock knows no tickets. */
	for (u32 i = 0; i < 3; i++)
		STUCK(&t, STUCK_LOG_HIGH, "acquire_lock_core");
	assert_int_equal(env_answers_left(t.e, CORE), 2);
	assert_int_equal(t.e->log[CORE].ev.n, 0);
	test_env_erratum(&t, ERRATUM_TICKET_LOG, false);
	OK(&t, "acquire_lock_core");
	assert_int_equal(env_answers_left(t.e, CORE), 0);
	assert_true(t.m->locks.lock[CORE].word == word_make(3, 1));
	assert_true(OK(&t, "get_next_vmid") == 5);
}

static void written_then_stuck(struct cpu *c, void *arg)
{
	(void)arg;
	OP_BEGIN(c, map_page_host, 4096);
	for (lk_t id = 0; id < ID_END; id++)
		if (id != FLATMEM_ID)
			shared_store(c, id, 0, obj_first_index(id, 0), 3);
	shared_store(c, CORE, F_CORE_next_vmid, 0, 4);
	c->shadow_ctxts[5].r[R_x0] = 7;
	c->regs.r[R_x0] = 7;
	c->data_logs->data[2]++;
	c->env->append(c, NPT, EV_GET_NOW, 0);
	panic_called(c);
	OP_END(c, map_page_host);
	RELY0(c, false, STUCK_OVERFLOW);
}

/* Undo restores all of the machine, and keeps the report. */
static void all_undone(void **state)
{
	struct test_state *before, *after;

	(void)state;
	test_env_lock(&t, 0, ID_END - 1);
	env_set(t.e, SPT_ID, payload(false, 0, SMMU_POOL_START, 0, 8));
	env_set(t.e, CORE, payload(true, F_CORE_next_vmid, 99, 0, 1));
	before = test_state_take(&t);
	env_begin(t.e, t.c);
	assert_int_equal(cpu_call(t.c, written_then_stuck, NULL), OUT_STUCK);
	after = test_state_take(&t);
	assert_non_null(test_state_differs(before, after));
	assert_int_equal(t.e->slog.n, 1);
	assert_int_equal(t.e->slog.v[0].op, OP_map_page_host);
	assert_true(t.e->slog.v[0].args[0] == 4096);
	test_state_free(after);
	env_undo(t.e, t.c);
	after = test_state_take(&t);
	if (test_state_differs(before, after))
		fail_msg("not undone: %s", test_state_differs(before, after));
	test_state_free(after);
	test_state_free(before);
	assert_int_equal(t.e->slog.n, 0);
	assert_int_equal(t.c->stuck.rule, STUCK_OVERFLOW);
	/* What the undone call wrote is in no push. */
	OK(&t, "release_shared_smmu");
	assert_int_equal(last(SMMU_ID)->payload->cell.n, 0);
}

static void pull_then_stuck(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_shared(c, CORE);
	RELY0(c, false, STUCK_OVERFLOW);
}

static void push_then_stuck(struct cpu *c, void *arg)
{
	(void)arg;
	release_shared(c, CORE);
	acquire_shared(c, CORE);
	shared_store(c, CORE, F_CORE_next_remap_ptr, 0, 9);
	RELY0(c, false, STUCK_OVERFLOW);
}

static void stuck_in(void (*fn)(struct cpu *c, void *arg))
{
	env_begin(t.e, t.c);
	assert_int_equal(cpu_call(t.c, fn, NULL), OUT_STUCK);
	env_undo(t.e, t.c);
}

/* A section of several calls: what an undone pull brought is gone and comes again, an undone push says nothing. */
static void sections_undone(void **state)
{
	struct shared_event e = { .kind = EV_OCORE_DATA,
		                  .obj = ENV_NO_OBJ,
		                  .payload = payload(false, F_CORE_next_vmid, 0, 0, 40) };

	(void)state;
	OK(&t, "acquire_lock_core");
	OK(&t, "release_shared", (u64)(uintptr_t)&e, CORE);
	stuck_in(pull_then_stuck);
	assert_true(obj_get(&t.m->shared.obj[CORE], F_CORE_next_vmid, 0) == 0);
	OK(&t, "acquire_shared", CORE);
	assert_true(OK(&t, "get_next_vmid") == 40);
	OK(&t, "set_next_vmid", 41);
	stuck_in(push_then_stuck);
	OK(&t, "set_next_vmid", 42);
	OK(&t, "release_shared_core");
	assert_int_equal(last(CORE)->payload->cell.n, 1);
	has_cell(last(CORE)->payload, 0, F_CORE_next_vmid, 0, 40, 42);
}

/* Contents that a script sets are there, no push says so, and no undo takes them back. */
static void set(void **state)
{
	(void)state;
	env_set(t.e, CORE, payload(false, F_CORE_next_vmid, 0, 0, 12));
	OK(&t, "acquire_lock_core");
	assert_true(OK(&t, "get_next_vmid") == 12);
	STUCK(&t, STUCK_LOCK_TAKEN, "acquire_lock_core");
	assert_true(OK(&t, "get_next_vmid") == 12);
	OK(&t, "release_lock_core");
	assert_int_equal(t.e->log[CORE].ev.v[2].payload->cell.n, 0);
	make_as(false);
	assert_true(obj_get(&t.m->shared.obj[CORE], F_CORE_next_vmid, 0) == 0);
}

/* A panic is the call's outcome; the next call finds the machine halted, and answers as the source says. */
static void panics(void **state)
{
	(void)state;
	assert_int_equal(TRY(&t, "panic"), OUT_PANIC);
	assert_true(flag_get(&t.m->halt));
	assert_true(OK(&t, "check", 5) == 0);
	assert_true(OK(&t, "get_pgd_next", 99) == 0);
	OK(&t, "acquire_lock_pt", 99);
	assert_int_equal(TRY(&t, "panic"), OUT_PANIC);
	t.c = &t.m->cpu[3];
	assert_true(OK(&t, "check", 5) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers, differences, unmake),
		cmocka_unit_test_setup_teardown(section, differences, unmake),
		cmocka_unit_test_setup_teardown(whole, wholes, unmake),
		cmocka_unit_test_setup_teardown(differences_once, differences, unmake),
		cmocka_unit_test_setup_teardown(given, differences, unmake),
		cmocka_unit_test_setup_teardown(undone, wholes, unmake),
		cmocka_unit_test_setup_teardown(all_undone, wholes, unmake),
		cmocka_unit_test_setup_teardown(sections_undone, differences, unmake),
		cmocka_unit_test_setup_teardown(set, differences, unmake),
		cmocka_unit_test_setup_teardown(panics, differences, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

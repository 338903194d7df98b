// SPDX-License-Identifier: GPL-2.0-only
/* The primitives that write flat memory, scripted and as in a run: frames, counters, events, both sides of each erratum. */
#include "oracle/data.h"
#include "shmem/phys.h"
#include "sim/log/event.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

enum { VMID = 4, LAST = KVM_PFN_SPACE - 1 };

static struct test_env t;

static u64 frame(u64 pfn)
{
	return obj_get(&t.m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn);
}

static u64 next(vmid_t vmid, u64 n)
{
	return doracle(t.m->model.seed, vmid, n);
}

static int scripted(void **state)
{
	(void)state;
	test_env_reset(&t);
	t.c->tstate = 0;
	return 0;
}

static int run(void **state)
{
	scripted(state);
	test_env_run(&t, true);
	return 0;
}

/* A fetch takes as many values as frames; none of the four asks for a lock or the barrier. */
static void frames(void **state)
{
	(void)state;
	t.c->bars = BARRIERED;
	OK(&t, "fetch_from_doracle", VMID, LAST - 2, 3);
	for (u64 i = 0; i < 3; i++)
		assert_true(frame(LAST - 2 + i) == next(VMID, i));
	assert_true(t.m->data_logs.data[VMID] == 3);
	assert_int_equal(t.c->tstate, 0);
	OK(&t, "clear_phys_page", LAST - 1);
	assert_true(frame(LAST - 2) == next(VMID, 0));
	assert_true(frame(LAST - 1) == 0);
	assert_true(frame(LAST) == next(VMID, 2));
	assert_int_equal(t.c->tstate, 1);
	t.c->tstate = 0;
	OK(&t, "encrypt_mem_buf", VMID, 5, 6);
	assert_true(frame(5) == 0);
	assert_true(frame(6) == next(HOSTVISOR, 0));
	assert_int_equal(t.c->tstate, 1);
	t.c->tstate = 0;
	OK(&t, "decrypt_mem_buf", VMID, 5);
	assert_true(frame(5) == next(HOSTVISOR, 1));
	assert_true(t.m->data_logs.data[HOSTVISOR] == 2);
	assert_true(t.m->data_logs.data[VMID] == 3);
	assert_int_equal(t.c->tstate, 1);
}

/* No frame is nothing to fetch, but at frame 0 the last one's number would be below 0. */
static void no_frames(void **state)
{
	(void)state;
	OK(&t, "fetch_from_doracle", VMID, 1, 0);
	assert_true(t.m->data_logs.data[VMID] == 0);
	STUCK(&t, STUCK_RANGE, "fetch_from_doracle", VMID, 0, 0);
	STUCK(&t, STUCK_RANGE, "fetch_from_doracle", VMID, LAST, 2);
	STUCK(&t, STUCK_RANGE, "fetch_from_doracle", VMID, 1, LAST + 1ull);
	STUCK(&t, STUCK_RANGE, "fetch_from_doracle", 17, 1, 1);
	STUCK(&t, STUCK_RANGE, "clear_phys_page", LAST + 1ull);
	STUCK(&t, STUCK_RANGE, "encrypt_mem_buf", VMID, 1, LAST + 1ull);
	STUCK(&t, STUCK_RANGE, "encrypt_mem_buf", VMID, LAST + 1ull, 1);
	STUCK(&t, STUCK_RANGE, "decrypt_mem_buf", VMID, LAST + 1ull);
}

/* As intended a buffer is a byte address, and a fetch closes the transaction. */
static void errata(void **state)
{
	(void)state;
	test_env_erratum(&t, ERRATUM_MEM_BUF_PFN, false);
	OK(&t, "encrypt_mem_buf", VMID, 0, 9 * PAGE_SIZE + 5);
	assert_true(frame(9) == next(HOSTVISOR, 0));
	OK(&t, "decrypt_mem_buf", VMID, (u64)LAST * PAGE_SIZE);
	assert_true(frame(LAST) == next(HOSTVISOR, 1));
	STUCK(&t, STUCK_RANGE, "decrypt_mem_buf", VMID, KVM_PHYS_SIZE);
	STUCK(&t, STUCK_RANGE, "encrypt_mem_buf", VMID, KVM_PHYS_SIZE, 0);
	STUCK(&t, STUCK_RANGE, "encrypt_mem_buf", VMID, 0, KVM_PHYS_SIZE);
	t.c->tstate = 0;
	OK(&t, "fetch_from_doracle", VMID, 1, 1);
	assert_int_equal(t.c->tstate, 0);
	test_env_erratum(&t, ERRATUM_FETCH_TSTATE, false);
	OK(&t, "fetch_from_doracle", VMID, 1, 1);
	assert_int_equal(t.c->tstate, 1);
}

/* Each is one event of log 0 behind what the others did there, and no lock knows of it. */
static void events(void **state)
{
	struct env_events batch = { 0 };
	struct payload *p = env_own(t.e, payload_new(false));
	const struct env_log *log = &t.e->log[FLATMEM_ID];

	(void)state;
	payload_put(p, F_FLATMEM_flatmem, 7, 0, 70);
	vec_push(&batch, ((struct env_event){ .kind = EV_OFLATMEM, .cpu = 2, .payload = p }));
	env_answer(t.e, FLATMEM_ID, &batch);
	OK(&t, "clear_phys_page", 8);
	assert_true(frame(7) == 70);
	assert_int_equal(log->ev.n, 2);
	assert_int_equal(log->ev.v[1].kind, EV_OFLATMEM);
	assert_int_equal(log->ev.v[1].cpu, 0);
	OK(&t, "fetch_from_doracle", VMID, 7, 2);
	assert_int_equal(log->ev.n, 3);
	assert_int_equal(log->ev.v[2].payload->cell.n, 2);
	assert_true(log->ev.v[2].payload->cell.v[0].old == 70);
	assert_true(log->ev.v[2].payload->cell.v[0].new == next(VMID, 0));
	OK(&t, "fetch_from_doracle", VMID, 7, 0);
	assert_int_equal(log->ev.n, 4);
	assert_int_equal(log->ev.v[3].payload->cell.n, 0);
	STUCK(&t, STUCK_RANGE, "clear_phys_page", LAST + 1ull);
	for (lk_t lk = 0; lk < ID_END; lk++)
		assert_int_equal(t.c->lock[lk], LOCK_FALSE);
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
		cmocka_unit_test_setup(frames, scripted),    cmocka_unit_test_setup(frames, run),
		cmocka_unit_test_setup(no_frames, scripted), cmocka_unit_test_setup(no_frames, run),
		cmocka_unit_test_setup(errata, scripted),    cmocka_unit_test_setup(errata, run),
		cmocka_unit_test_setup(events, scripted),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

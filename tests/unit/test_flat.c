// SPDX-License-Identifier: GPL-2.0-only
/* Flat memory's word, the changes made under it, and what their events make of a log. */
#include "cpu/intake.h"
#include "cpu/point.h"
#include "lock/flat.h"
#include "lock/word.h"
#include "oracle/check/check.h"
#include "oracle/data.h"
#include "shmem/flatmem.h"
#include "shmem/shared.h"
#include "sim/base/rng.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

static u64 *flat_word(const struct test_machine *t)
{
	return &t->m->locks.lock[FLATMEM_ID].word;
}

static u64 frame(const struct test_machine *t, pfn_t pfn)
{
	return obj_get(&t->m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn);
}

static void enter_and_leave(struct cpu *c, void *numbers)
{
	u32 *n = numbers;

	for (u32 i = 0; i < 4; i++) {
		flat_enter(c);
		if (i != 2)
			*n++ = flat_number(c);
		flat_leave(c);
	}
}

/* The word and the numbers wrap at 2^32, each by itself; who writes no event counts none. */
static void wraps(void **state)
{
	struct test_machine t;
	u32 n[3];

	(void)state;
	test_machine_make(&t, 1, 0xfffffffe, WAIT_AUTO, false);
	assert_int_equal(cpu_call(&t.m->cpu[0], enter_and_leave, n), OUT_OK);
	assert_true(*flat_word(&t) == word_make(2, 2));
	assert_int_equal(n[0], 0xfffffffe);
	assert_int_equal(n[1], 0xffffffff);
	assert_int_equal(n[2], 0);
	machine_reset(t.m);
	assert_int_equal(cpu_call(&t.m->cpu[0], enter_and_leave, n), OUT_OK);
	assert_int_equal(n[0], 0xfffffffe);
	test_machine_free(&t);
}

/* A CPU that sees halt or stop leaves before it has a ticket: nobody waits for it. */
static void leaves_without_ticket(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		struct test_machine t;
		u32 n[3];

		test_machine_make(&t, 1, 5, WAIT_AUTO, false);
		flag_set(halt ? &t.m->halt : &t.m->stop);
		assert_int_equal(cpu_call(&t.m->cpu[0], enter_and_leave, n),
		                 halt ? OUT_PANIC : OUT_STOPPED);
		assert_true(*flat_word(&t) == word_make(5, 5));
		test_machine_free(&t);
	}
}

static void enter_and_fall(struct cpu *c, void *arg)
{
	(void)arg;
	flat_enter(c);
	stuck(c, STUCK_RANGE, "test", 0, 0, 0);
}

static void step_and_halt(struct cpu *c, void *arg)
{
	(void)arg;
	flat_step_begin(c);
	flag_set(c->halt);
	cpu_look(c);
}

/* Who leaves by a jump passes the word on, and has counted no number. */
static void jumps_pass_on(void **state)
{
	struct test_machine t;
	u32 n[3];

	(void)state;
	test_machine_make(&t, 2, 5, WAIT_AUTO, false);
	assert_int_equal(cpu_call(&t.m->cpu[0], enter_and_fall, NULL), OUT_STUCK);
	assert_true(*flat_word(&t) == word_make(6, 6));
	assert_int_equal(cpu_call(&t.m->cpu[1], enter_and_leave, n), OUT_OK);
	assert_int_equal(n[0], 5);
	assert_int_equal(cpu_call(&t.m->cpu[0], step_and_halt, NULL), OUT_PANIC);
	assert_true(*flat_word(&t) == word_make(11, 11));
	machine_reset(t.m);
	assert_int_equal(cpu_call(&t.m->cpu[0], enter_and_leave, n), OUT_OK);
	test_machine_free(&t);
}

static void clear_frame(struct cpu *c, void *arg)
{
	(void)arg;
	flat_clear(c, 7);
}

static void *clear_thread(void *arg)
{
	struct cpu *c = arg;
	static enum outcome how;

	how = cpu_call(c, clear_frame, NULL);
	return &how;
}

/* A CPU that waits for the word leaves at halt and stop, should nobody ever pass it on, and has changed nothing. */
static void leaves_while_it_waits(void **state)
{
	(void)state;
	for (u32 halt = 0; halt < 2; halt++) {
		struct test_machine t;
		pthread_t thread;
		void *how;

		test_machine_make(&t, 2, 5, WAIT_AUTO, false);
		obj_set(&t.m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, 7, 77);
		flat_enter(&t.m->cpu[0]);
		assert_int_equal(pthread_create(&thread, NULL, clear_thread, &t.m->cpu[1]), 0);
		while (word_get_now(flat_word(&t)) != word_make(7, 5))
			sched_yield();
		flag_set(halt ? &t.m->halt : &t.m->stop);
		pthread_join(thread, &how);
		assert_int_equal(*(enum outcome *)how, halt ? OUT_PANIC : OUT_STOPPED);
		assert_true(*flat_word(&t) == word_make(7, 5));
		assert_true(frame(&t, 7) == 77);
		test_machine_free(&t);
	}
}

static void longer_step(struct cpu *c, void *arg)
{
	u64 *v = arg;

	flat_step_begin(c);
	flat_step_store(c, 7, flat_step_load(c, 7) + 1);
	v[0] = flat_step_end(c);
	flat_step_begin(c);
	v[1] = flat_step_end(c);
	v[2] = flat_load(c, 7);
}

/* A step may load and store; it is one turn at the word, and takes a number behind that of its store. */
static void step(void **state)
{
	struct test_machine t;
	u64 v[3];

	(void)state;
	test_machine_make(&t, 1, 0xffffffff, WAIT_AUTO, false);
	obj_set(&t.m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, 7, 77);
	assert_int_equal(cpu_call(&t.m->cpu[0], longer_step, v), OUT_OK);
	assert_true(v[0] == 0 && v[1] == 1 && v[2] == 78);
	assert_true(*flat_word(&t) == word_make(2, 2));
	test_machine_free(&t);
}

static void changes(struct cpu *c, void *loaded)
{
	u64 *v = loaded;

	flat_fetch(c, 5, 3, 3, 17);
	*v++ = flat_load(c, 6);
	flat_clear(c, 5);
	flat_put(c, 7, 16, 2);
	flat_store(c, 8, 77);
	flat_store(c, 8, 77);
	flat_clear(c, 9);
	flat_fetch(c, KVM_PFN_SPACE - 1, 1, 0, 1);
	flat_fetch(c, 5, 0, 0, 1);
	*v = flat_load(c, 8);
}

/* Every change does what it says and is one event with the digest of what it left; a load is none. */
static void changes_and_events(void **state)
{
	static const struct diff want[] = {
		{ .oracle = true, .vmid = 3, .first = 5, .last = 7, .index = 17 },
		{ .first = 5, .last = 5 },
		{ .oracle = true, .vmid = 16, .first = 7, .last = 7, .index = 2 },
		{ .first = 8, .last = 8, .new = 77 },
		{ .first = 0 }, /* the value was there */
		{ .first = 0 },
		{ .oracle = true,
		  .first = KVM_PFN_SPACE - 1,
		  .last = KVM_PFN_SPACE - 1,
		  .index = 1 },
		{ .first = 0 },
	};
	struct test_machine t;
	struct event ev[64];
	struct merge *m;
	struct cpu *c;
	struct err e;
	u64 loaded[2];
	u32 n, k = 0;

	(void)state;
	test_machine_make(&t, 2, 0xfffffffd, WAIT_AUTO, true);
	c = &t.m->cpu[1];
	assert_int_equal(cpu_call(c, changes, loaded), OUT_OK);
	assert_true(loaded[0] == doracle(t.config.seed, 3, 18));
	assert_true(loaded[1] == 77);
	assert_true(frame(&t, 5) == 0);
	assert_true(frame(&t, 6) == doracle(t.config.seed, 3, 18));
	assert_true(frame(&t, 7) == doracle(t.config.seed, 16, 2));
	assert_true(frame(&t, 8) == 77);
	assert_true(frame(&t, KVM_PFN_SPACE - 1) == doracle(t.config.seed, 0, 1));
	assert_int_equal(c->bars, BARRIER_VALID);
	assert_int_equal(c->lock[FLATMEM_ID], LOCK_FALSE);
	assert_true(cpu_held(c) == 0);
	assert_true(c->effects == 7);
	assert_true(c->stats.lock_acquisitions[FLATMEM_ID] == 0);
	m = merge_open_memory(log_in_memory(t.log));
	merge_finish(m);
	assert_int_equal(merge_source(m)->next(merge_source(m), ev, 64, &n, &e), 0);
	assert_int_equal(n, ARRAY_SIZE(want));
	for (; k < n; k++) {
		const struct diff *d = ev[k].diffs;

		assert_int_equal(ev[k].kind, EV_OFLATMEM);
		assert_int_equal(ev[k].cpu, 1);
		assert_int_equal(ev[k].ticket, 0xfffffffd + k);
		assert_int_equal(ev[k].digest_len, k ? 1 : 8);
		assert_int_equal(ev[k].n, want[k].first != 0);
		if (!ev[k].n)
			continue;
		assert_int_equal(d->oracle, want[k].oracle);
		assert_int_equal(d->vmid, want[k].vmid);
		assert_true(d->first == want[k].first && d->last == want[k].last);
		assert_true(d->new == (k == 1 ? 0 - doracle(t.config.seed, 3, 17) : want[k].new));
	}
	assert_true((u8)ev[n - 1].digest == (u8)t.m->shared.obj[FLATMEM_ID].digest);
	merge_free(m);
	test_machine_free(&t);
}

static u64 small_values(const struct params *p, vmid_t vmid, u64 n)
{
	(void)p;
	return 100 * vmid + n;
}

static void fetch_twice(struct cpu *c, void *arg)
{
	(void)arg;
	flat_fetch(c, 5, 3, 2, 7);
	flat_fetch(c, 5, 2, 2, 7);
}

/* Values that the log's header does not tell, of another oracle or another seed, stand in the log themselves. */
static void other_oracles(void **state)
{
	(void)state;
	for (u32 other_seed = 0; other_seed < 2; other_seed++) {
		struct test_machine t;
		struct event ev[8];
		struct checker *k;
		struct merge *m;
		struct cpu *c;
		struct err e;
		u32 n;

		test_machine_make(&t, 1, 0, WAIT_AUTO, true);
		if (other_seed)
			t.m->model.seed++;
		else
			t.m->model.doracle = small_values;
		c = &t.m->cpu[0];
		assert_int_equal(cpu_call(c, fetch_twice, NULL), OUT_OK);
		assert_true(frame(&t, 6) == flat_value(c, 2, 8));
		assert_true(other_seed || frame(&t, 6) == 208);
		m = merge_open_memory(log_in_memory(t.log));
		merge_finish(m);
		assert_int_equal(merge_source(m)->next(merge_source(m), ev, 8, &n, &e), 0);
		assert_int_equal(n, 2);
		assert_int_equal(ev[0].n, 3);
		assert_int_equal(ev[1].n, 0);
		assert_false(ev[0].diffs[1].oracle);
		assert_true(ev[0].diffs[1].new == frame(&t, 6));
		k = checker_new(&t.config, check_set_all());
		checker_feed(k, ev, n);
		assert_true(checker_compare(k, &t.m->shared.obj[FLATMEM_ID]));
		assert_int_equal(checker_n_findings(k), 0);
		checker_free(k);
		merge_free(m);
		test_machine_free(&t);
	}
}

static u64 noted[2];

static void take_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	assert_int_equal(o->id, FLATMEM_ID);
	assert_int_equal(field, F_FLATMEM_flatmem);
	/* What is about to change has not changed yet. */
	assert_true(obj_get(&c->shared->obj[FLATMEM_ID], field, first) == 0);
	noted[0] = first;
	noted[1] = n;
}

static void fetch_once(struct cpu *c, void *arg)
{
	(void)arg;
	flat_fetch(c, 5, 0, 2, 7);
	assert_true(noted[1] == 0);
	flat_fetch(c, 5, 3, 2, 7);
}

/* With a scripted environment the word is not taken: as published its number is also the core lock's, which may be held. */
static void scripted_environment(void **state)
{
	static const struct env_ops ops = { .query = NULL };
	static const struct control_ops control = { .note = take_note };
	struct test_machine t;
	struct cpu *c;

	(void)state;
	test_machine_make(&t, 1, 0, WAIT_AUTO, false);
	c = &t.m->cpu[0];
	c->env = &ops;
	c->control = &control;
	*flat_word(&t) = word_make(3, 1);
	assert_int_equal(cpu_call(c, fetch_once, NULL), OUT_OK);
	assert_true(*flat_word(&t) == word_make(3, 1));
	assert_true(noted[0] == 5 && noted[1] == 3);
	assert_true(frame(&t, 7) == flat_value(c, 2, 9));
	test_machine_free(&t);
}

enum { CPUS = 6, FRAMES = 5, ROUNDS = 1500 };

static pthread_barrier_t start_line;

static void storm(struct cpu *c, void *arg)
{
	struct rng r = { mix_key(1, 0, c->id, 0) };

	(void)arg;
	for (u32 i = 0; i < ROUNDS; i++) {
		pfn_t pfn = 100 + rng_below(&r, FRAMES);
		vmid_t vmid;

		switch (rng_below(&r, 5)) {
		case 0:
			flat_clear(c, pfn);
			break;
		case 1:
			vmid = (vmid_t)rng_below(&r, N_VMID);
			flat_fetch(c, 100, FRAMES, vmid, data_log_take(c, vmid, FRAMES));
			break;
		case 2:
			vmid = (vmid_t)rng_below(&r, N_VMID);
			flat_put(c, pfn, vmid, data_log_take(c, vmid, 1));
			break;
		case 3:
			flat_store(c, pfn, (u64)c->id << 32 | i);
			break;
		default:
			flat_store(c, pfn, flat_load(c, pfn) + 1);
			break;
		}
	}
}

static void *storm_thread(void *arg)
{
	struct cpu *c = arg;

	pthread_barrier_wait(&start_line);
	return cpu_call(c, storm, NULL) == OUT_OK ? NULL : arg;
}

/* Many CPUs at the same frames at once, no order but the word's: the log says what memory holds, and every step to it. */
static void storm_is_logged(void **state)
{
	struct test_machine t;
	struct event ev[SOURCE_BATCH];
	pthread_t thread[CPUS];
	struct checker *k;
	struct merge *m;
	struct err e;
	u64 events = 0;
	u32 n;

	(void)state;
	test_machine_make(&t, CPUS, 0u - 1000, WAIT_AUTO, true);
	pthread_barrier_init(&start_line, NULL, CPUS);
	for (u32 i = 0; i < CPUS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, storm_thread, &t.m->cpu[i]), 0);
	for (u32 i = 0; i < CPUS; i++) {
		void *stuck;

		pthread_join(thread[i], &stuck);
		assert_null(stuck);
	}
	pthread_barrier_destroy(&start_line);
	assert_int_equal(log_close(t.log, true, &e), 0);
	k = checker_new(&t.config, check_set_all());
	m = merge_open_memory(log_in_memory(t.log));
	merge_finish(m);
	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), ev, SOURCE_BATCH, &n, &e),
		                 0);
		checker_feed(k, ev, n);
		for (u32 i = 0; i < n; i++)
			events += ev[i].kind == EV_OFLATMEM;
	} while (n > 0);
	assert_int_equal(m->finding.row, MERGE_NONE);
	assert_true(events == CPUS * ROUNDS);
	assert_int_equal(t.m->locks.lock[FLATMEM_ID].number, 0u - 1000 + CPUS * ROUNDS);
	assert_true(checker_compare(k, &t.m->shared.obj[FLATMEM_ID]));
	assert_non_null(checker_contents(k, FLATMEM_ID));
	assert_int_equal(checker_n_findings(k), 0);
	/* And it can fail: a store that goes round the word is in no event. */
	obj_set(&t.m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, 100, 1);
	assert_false(checker_compare(k, &t.m->shared.obj[FLATMEM_ID]));
	merge_free(m);
	checker_free(k);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraps),
		cmocka_unit_test(leaves_without_ticket),
		cmocka_unit_test(jumps_pass_on),
		cmocka_unit_test(leaves_while_it_waits),
		cmocka_unit_test(step),
		cmocka_unit_test(changes_and_events),
		cmocka_unit_test(other_oracles),
		cmocka_unit_test(scripted_environment),
		cmocka_unit_test(storm_is_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

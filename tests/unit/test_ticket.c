// SPDX-License-Identifier: GPL-2.0-only
/* The primitives of the ticket level and of the shared objects: numbers that are no lock, values, records. */
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <stdio.h>
#include <string.h>

enum { LK = NPT_ID + 2, START = 0xfffffffe };

/* One primitive on one lock; its value, if it has one. */
struct step {
	char what;
	lk_t lk;
	u64 value;
};

static void do_step(struct cpu *c, void *arg)
{
	struct step *s = arg;

	switch (s->what) {
	case 'I':
		s->value = incr_ticket(c, 10, s->lk);
		break;
	case 'G':
		s->value = get_now(c, s->lk);
		break;
	case 'H':
		log_hold(c, s->lk);
		break;
	case 'N':
		incr_now(c, s->lk);
		break;
	case 'B':
		barrier(c);
		break;
	case 'W':
		wait_lock(c, s->lk);
		break;
	case 'P':
		pass_lock(c, s->lk);
		break;
	case 'a':
		acquire_shared(c, s->lk);
		break;
	case 'r':
		release_shared(c, s->lk);
		break;
	case 's':
		shared_store(c, s->lk, F_NPT_pt_pgd_next, 0, 7);
		break;
	case 'p':
		shared_store(c, s->lk, F_NPT_pt_pgd_pool,
		             obj_first_index(s->lk, F_NPT_pt_pgd_pool) + 24, 5);
		break;
	case 'l':
		s->value = shared_load(c, s->lk, F_NPT_pt_pgd_next, 0);
		break;
	default:
		fail();
	}
}

/* No lock has the number 0 or ID_END; a step on it is stuck before it has done anything. */
static void range(void **state)
{
	static const char *const names[] = {
		['I'] = "incr_ticket",    ['G'] = "get_now",       ['H'] = "log_hold",
		['N'] = "incr_now",       ['W'] = "wait_lock",     ['P'] = "pass_lock",
		['a'] = "acquire_shared", ['r'] = "release_shared"
	};

	(void)state;
	for (const char *p = "IGHNWPar"; *p; p++) {
		for (u32 high = 0; high < 2; high++) {
			struct step s = { .what = *p, .lk = high ? ID_END : FLATMEM_ID };
			struct test_machine t;
			struct cpu *c;

			test_machine_make(&t, 1, 0, WAIT_SPIN, true);
			c = &t.m->cpu[0];
			c->bars = *p == 'N' ? BARRIERED : BARRIER_VALID;
			/* what else the primitive asks for holds, so that only the number is wrong */
			c->lock[FLATMEM_ID] = *p == 'r'                ? LOCK_OWN_PULLED
			                      : *p == 'P' || *p == 'a' ? LOCK_OWN
			                                               : LOCK_FALSE;
			assert_int_equal(cpu_call(c, do_step, &s), OUT_STUCK);
			assert_string_equal(stuck_name(c->stuck.rule), "STUCK_RANGE");
			assert_string_equal(c->stuck.prim, names[(int)*p]);
			/* incr_ticket's bound stands before the lock */
			assert_int_equal(c->stuck.n_args, *p == 'I' ? 2 : 1);
			assert_true(c->stuck.args[c->stuck.n_args - 1] == s.lk);
			assert_true(log_bytes(t.log) == 0);
			assert_true(t.m->locks.lock[FLATMEM_ID].word == 0);
			test_machine_free(&t);
		}
	}
}

/* Run @program on LK, each letter a call of its own; the records must be @hex. */
static void records(const char *program, const char *hex, struct test_machine *t)
{
	char text[256] = "";
	struct cpu *c;
	size_t n = 0;

	test_machine_make(t, 1, START, WAIT_SPIN, true);
	c = &t->m->cpu[0];
	for (const char *p = program; *p; p++) {
		struct step s = { .what = *p, .lk = LK };

		assert_int_equal(cpu_call(c, do_step, &s), OUT_OK);
		if (*p == 'I')
			assert_true(s.value == START);
		if (*p == 'G')
			assert_true(s.value == START);
		if (*p == 'l')
			assert_true(s.value == 7);
	}
	for (const u8 *p = (const u8 *)(c->log->chunk + 1); p < log_cur(c->log); p++) {
		assert_true(n + 4 < sizeof(text));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x", n ? " " : "", *p);
	}
	assert_string_equal(text, hex);
}

/* By hand: one record a step, barriers on the next one. */
static void by_hand(void **state)
{
	struct test_machine t;

	(void)state;
	records("IGHBBN", "01 07 12 13 0d 34", &t);
	assert_int_equal(word_ticket(t.m->locks.lock[LK].word), START + 1u);
	assert_int_equal(word_now(t.m->locks.lock[LK].word), START + 1u);
	test_machine_free(&t);
	records("IGH", "01 07 12 13", &t);
	assert_ptr_equal(t.m->cpu[0].hold_word, &t.m->locks.lock[LK].word);
	assert_int_equal(t.m->cpu[0].bars, BARRIER_NEEDED);
	test_machine_free(&t);
}

/* A whole section: fused record, pull, differences, push, release. */
static void section(void **state)
{
	struct test_machine t;
	struct obj *o;
	char hex[128];
	u32 before;

	(void)state;
	test_machine_make(&t, 1, START, WAIT_SPIN, true);
	before = t.m->shared.obj[LK].digest & 0xff;
	test_machine_free(&t);
	snprintf(hex, sizeof(hex), "05 07 77 %02x 19 08 00 0e", before);
	records("Wasl", hex, &t);
	assert_int_equal(t.m->cpu[0].tstate, 0);
	assert_int_equal(t.m->cpu[0].lock[LK], LOCK_OWN_PULLED);
	test_machine_free(&t);
	/* the same value again is no difference */
	records("Wass", hex, &t);
	test_machine_free(&t);
	/* a cell is counted from the field's first, whatever its index */
	snprintf(hex, sizeof(hex), "05 07 77 %02x 19 02 03 0a", before);
	records("Wap", hex, &t);
	test_machine_free(&t);
	records("WP", "05 07 0d 34", &t);
	test_machine_free(&t);
	test_machine_make(&t, 1, START, WAIT_SPIN, true);
	for (const char *p = "WasrP"; *p; p++) {
		struct step s = { .what = *p, .lk = LK };

		assert_int_equal(cpu_call(&t.m->cpu[0], do_step, &s), OUT_OK);
		if (*p == 'r') {
			assert_int_equal(t.m->cpu[0].tstate, 1);
			assert_int_equal(t.m->cpu[0].lock[LK], LOCK_OWN);
		}
	}
	/* 05 07, 77 d, 19 08 00 0e, the whole digest in 10 bytes, 98, 34 */
	assert_true(log_bytes(t.log) == 2 + 2 + 4 + 10 + 1 + 1);
	o = &t.m->shared.obj[LK];
	assert_memory_equal((u8 *)(t.m->cpu[0].log->chunk + 1) + 9, &o->digest, 7);
	test_machine_free(&t);
}

/* Without a log the same steps write nothing. */
static void unlogged(void **state)
{
	(void)state;
	for (const char *const *prog = (const char *const[]){ "IGHBBN", "WaslrP", NULL }; *prog;
	     prog++) {
		struct test_machine t;

		test_machine_make(&t, 1, START, WAIT_SPIN, false);
		for (const char *p = *prog; *p; p++) {
			struct step s = { .what = *p, .lk = LK };

			assert_int_equal(cpu_call(&t.m->cpu[0], do_step, &s), OUT_OK);
		}
		assert_true(log_bytes(t.log) == 0);
		test_machine_free(&t);
	}
}

/* Stopped: no ticket is taken any more, even of a free lock. */
static void no_ticket_after_the_end(void **state)
{
	struct step s = { .what = 'W', .lk = LK };
	struct test_machine t;

	(void)state;
	test_machine_make(&t, 1, START, WAIT_YIELD, false);
	flag_set(&t.m->stop);
	assert_int_equal(cpu_call(&t.m->cpu[0], do_step, &s), OUT_STOPPED);
	assert_int_equal(word_ticket(t.m->locks.lock[LK].word), START);
	test_machine_free(&t);
}

/* Names of policies, both ways; locks_init forgets what was there. */
static void names_and_init(void **state)
{
	static struct locks l;
	const struct wait_policy policy = {
		.kind = WAIT_AUTO, .cores = 3, .admit = 2, .admit_runs = 5
	};

	(void)state;
	for (enum wait_kind k = WAIT_SPIN; k < WAIT_NR; k++)
		assert_int_equal(wait_kind_by_name(wait_kind_name(k)), k);
	assert_string_equal(wait_kind_name(WAIT_PARK), "park");
	assert_string_equal(wait_kind_name(WAIT_NR), "?");
	assert_int_equal(wait_kind_by_name("none"), WAIT_NR);
	memset(&l, 0xff, sizeof(l));
	locks_init(&l, &policy, 3, 4);
	assert_memory_equal(&l.policy, &policy, sizeof(policy));
	assert_true(l.admission.next == 0);
	assert_true(l.admission.served == 2);
	for (u32 i = 0; i < MAX_CPU; i++) {
		assert_int_equal(l.admission.slot[i], 0);
		for (lk_t lk = 0; lk < ID_END; lk++)
			assert_int_equal(l.lock[lk].slot[i], 0);
	}
	for (lk_t lk = 0; lk < ID_END; lk++)
		assert_true(l.lock[lk].word == word_make(3, 4));
}

/* The names that reports print. */
static void cpu_names(void **state)
{
	(void)state;
	assert_string_equal(bars_name(BARRIER_VALID), "BarrierValid");
	assert_string_equal(bars_name(BARRIER_NEEDED), "BarrierNeeded");
	assert_string_equal(bars_name(BARRIERED), "Barriered");
	assert_string_equal(lock_state_name(LOCK_FALSE), "LockFalse");
	assert_string_equal(lock_state_name(LOCK_OWN), "LockOwn false");
	assert_string_equal(lock_state_name(LOCK_OWN_PULLED), "LockOwn true");
	assert_string_equal(stuck_name(STUCK_NR), "?");
	assert_string_equal(stuck_sentence(STUCK_NR), "?");
	assert_string_equal(stuck_sentence(STUCK_NONE), "not stuck");
}

static void call_again(struct cpu *c, void *arg)
{
	struct step s = { .what = 'B' };

	(void)arg;
	(void)cpu_call(c, do_step, &s);
}

static void nested_call(void *arg)
{
	struct test_machine t;

	(void)arg;
	test_machine_make(&t, 1, 0, WAIT_SPIN, false);
	cpu_call(&t.m->cpu[0], call_again, NULL);
}

static void leave_outside(void *arg)
{
	struct test_machine t;

	(void)arg;
	test_machine_make(&t, 1, 0, WAIT_SPIN, false);
	cpu_leave(&t.m->cpu[0], OUT_STOPPED);
}

static void leave_ok(struct cpu *c, void *arg)
{
	(void)arg;
	cpu_leave(c, OUT_OK);
}

static void leave_as_ok(void *arg)
{
	struct test_machine t;

	(void)arg;
	test_machine_make(&t, 1, 0, WAIT_SPIN, false);
	cpu_call(&t.m->cpu[0], leave_ok, NULL);
}

/* Calls do not nest, nobody leaves a call that is not there, and a jump is never "ok". */
static void call_bugs(void **state)
{
	(void)state;
	assert_true(dies(nested_call, NULL));
	assert_true(dies(leave_outside, NULL));
	assert_true(dies(leave_as_ok, NULL));
}

/* Sums and quantiles over CPUs. */
static void stats(void **state)
{
	static struct cpu_stats a, b;
	struct hist h = { 0 };

	(void)state;
	assert_true(hist_quantile(&h, 0.5) == 0);
	hist_add(&h, 0);
	hist_add(&h, 5);
	hist_add(&h, 6);
	hist_add(&h, 1000);
	assert_true(h.n == 4);
	assert_true(h.sum == 1011);
	assert_true(h.max == 1000);
	assert_true(h.bucket[0] == 1);
	assert_true(h.bucket[2] == 2);
	assert_true(h.bucket[9] == 1);
	assert_true(hist_quantile(&h, 0) == 1);
	assert_true(hist_quantile(&h, 0.5) == 7);
	assert_true(hist_quantile(&h, 0.99) == 1000);
	assert_true(hist_quantile(&h, 1) == 1000);
	a.wait = b.wait = b.hold = h;
#define STAT(name, sentence)   \
	a.name = __LINE__ * 2; \
	b.name = __LINE__;
#include "cpu/stats.def"
	for (lk_t lk = 0; lk < ID_END; lk++) {
		a.lock_acquisitions[lk] = b.lock_acquisitions[lk] = lk;
		a.lock_contended[lk] = b.lock_contended[lk] = 2 * lk;
		a.lock_wait_ns[lk] = b.lock_wait_ns[lk] = 3 * lk;
		a.lock_wait_max_ns[lk] = 4 * lk;
		b.lock_wait_max_ns[lk] = 5 * lk;
	}
	assert_true(cpu_acquisitions(&a) == ID_END * (ID_END - 1) / 2);
	cpu_stats_merge(&a, &b);
#define STAT(name, sentence) assert_true(a.name == 3 * b.name);
#include "cpu/stats.def"
	for (lk_t lk = 0; lk < ID_END; lk++) {
		assert_true(a.lock_acquisitions[lk] == 2 * lk);
		assert_true(a.lock_contended[lk] == 4 * lk);
		assert_true(a.lock_wait_ns[lk] == 6 * lk);
		assert_true(a.lock_wait_max_ns[lk] == 5 * lk);
	}
	assert_memory_equal(&a.hold, &h, sizeof(h));
	assert_true(a.wait.n == 8);
	assert_true(a.wait.sum == 2022);
	assert_true(a.wait.max == 1000);
	assert_true(a.wait.bucket[2] == 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(section),
		cmocka_unit_test(unlogged),
		cmocka_unit_test(names_and_init),
		cmocka_unit_test(cpu_names),
		cmocka_unit_test(call_bugs),
		cmocka_unit_test(stats),
		cmocka_unit_test(no_ticket_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

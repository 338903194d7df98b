// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/run.h"

#include "lock/wait.h"
#include "scenarios/scenarios.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* Run a scenario with its default options; its own condition must hold when the run ended in order. */
static struct run_result run(const char *name, struct test_machine *t, const struct run_opts *o)
{
	const struct scenario *s = scenario_by_name(name);
	u64 values[SCENARIO_MAX_OPTIONS];
	struct scenario_setup setup = { .cpus = t->m->params.cpus, .values = values };
	struct run_result r;
	struct workload w;
	struct err e;
	struct run_differs differs;

	assert_non_null(s);
	scenario_option_defaults(s, values);
	assert_int_equal(s->begin(&w, &setup, &e), 0);
	assert_int_equal(machine_run(t->m, &w, o, &r, &e), 0);
	if (r.end == RUN_DONE && s->verify)
		assert_true(s->verify(&w, t->m, &differs));
	s->end(&w);
	return r;
}

/* Every policy, with and without admission, does all operations, loses no update and leaves all locks free. */
static void policies(void **state)
{
	(void)state;
	for (enum wait_kind k = WAIT_SPIN; k < WAIT_NR; k++) {
		for (u32 admit = 0; admit <= 2; admit++) {
			u32 cpus = k == WAIT_SPIN ? 2 : 5;
			struct run_opts o = { .ops = 400, .stall_ms = 60000 };
			struct test_machine t;
			struct run_result r;

			test_machine_make(&t, cpus, 0xffffffff - 50, k, true);
			test_machine_admit(&t, admit, 8);
			r = run("lock-storm", &t, &o);
			assert_int_equal(r.end, RUN_DONE);
			assert_true(r.ops == 400 * cpus);
			for (lk_t lk = CORE_ID; lk < ID_END; lk++)
				assert_true(t.m->locks.lock[lk].word >> 32 ==
				            (u32)t.m->locks.lock[lk].word);
			test_machine_free(&t);
		}
	}
}

struct mind {
	struct sharing *sharing;
	struct flag over;
};

static void *change_minds(void *arg)
{
	struct mind *mind = arg;

	for (u64 i = 0; !flag_get(&mind->over); i++) {
		pub_store(&mind->sharing->until_ns, i % 2 ? ~0ull : 0);
		usleep(50);
	}
	return NULL;
}

/* Nobody is forgotten where waiters change between sleep and yields all the time, at locks and at flat memory. */
static void minds_change(void **state)
{
	static const char *const names[] = { "lock-storm", "flat-storm" };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		struct run_opts o = { .ops = 20000, .stall_ms = 60000 };
		struct test_machine t;
		struct run_result r;
		struct mind mind;
		pthread_t id;

		test_machine_make(&t, 5, 0, WAIT_AUTO, false);
		mind = (struct mind){ .sharing = &t.m->locks.sharing };
		assert_int_equal(pthread_create(&id, NULL, change_minds, &mind), 0);
		r = run(names[i], &t, &o);
		flag_set(&mind.over);
		pthread_join(id, NULL);
		assert_int_equal(r.end, RUN_DONE);
		assert_true(r.ops == 5 * 20000);
		assert_true(t.m->locks.sleepers == 0);
		test_machine_free(&t);
	}
}

/* Two locks in opposite orders: the run ends with the CPUs and locks named. */
static void deadlock_is_named(void **state)
{
	struct run_opts o = { .ops = 1u << 30, .stall_ms = 60000 };

	(void)state;
	for (enum wait_kind k = WAIT_YIELD; k < WAIT_NR; k++) {
		struct test_machine t;
		struct run_result r;

		test_machine_make(&t, 2, 0, k, true);
		r = run("deadlock", &t, &o);
		assert_int_equal(r.end, RUN_DEADLOCK);
		assert_non_null(strstr(r.text, "waits for NPT:1"));
		assert_non_null(strstr(r.text, "waits for NPT:2"));
		test_machine_free(&t);
	}
}

static void choose_lock(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)n;
	(void)r;
	*op = (struct operation){ .args = { cpu }, .n_args = 1 };
}

/* The CPU that takes the lock keeps it and does not end its operation. */
static void keep_lock(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	if (cpu_held(c))
		while (!flag_get(c->stop))
			;
	cpu_look(c);
	wait_lock(c, CORE_ID);
}

/* The same, and who keeps it makes a signal come. */
static void keep_lock_until_signal(struct cpu *c, void *arg, struct operation *op)
{
	if (cpu_held(c))
		__atomic_store_n((int *)arg, 1, __ATOMIC_RELAXED);
	keep_lock(c, arg, op);
}

/* A signal while a CPU waits for ever: the run ends at once, with a log that is whole, and not at the limit of a stall. */
static void a_signal_ends_what_does_not_move(void **state)
{
	volatile int signals = 0;
	struct workload w = { .arg = (void *)(uintptr_t)&signals,
		              .choose = choose_lock,
		              .execute = keep_lock_until_signal };
	struct run_opts o = { .ops = 2, .stall_ms = 60000, .interrupts = &signals };
	struct test_machine t;
	struct run_result r;
	struct err e;

	(void)state;
	test_machine_make(&t, 2, 0, WAIT_YIELD, false);
	assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_INTERRUPTED);
	assert_true(r.elapsed_ns < 20 * 1000000000ull);
	assert_false(r.whole);
	assert_non_null(strstr(r.text, "had not moved for "));
	assert_int_equal(log_close(t.m->log, true, &e), 0);
	test_machine_free(&t);
}

/* A CPU that waits for a lock which is never given up is a stall, not a hang. */
static void stall_is_found(void **state)
{
	struct workload w = { .choose = choose_lock, .execute = keep_lock };
	struct run_opts o = { .ops = 2, .stall_ms = 300 };
	struct test_machine t;
	struct run_result r;
	struct err e;

	(void)state;
	test_machine_make(&t, 2, 0, WAIT_YIELD, false);
	assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_STALL);
	assert_non_null(strstr(r.text, "has not moved"));
	test_machine_free(&t);
}

static void take_twice(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	wait_lock(c, CORE_ID);
	wait_lock(c, CORE_ID);
}

/* A stuck call ends the run and says who and why. */
static void stuck_ends_the_run(void **state)
{
	struct workload w = { .choose = choose_lock, .execute = take_twice };
	struct run_opts o = { .ops = 10, .stall_ms = 60000 };
	struct test_machine t;
	struct run_result r;
	struct err e;

	(void)state;
	test_machine_make(&t, 3, 0, WAIT_PARK, true);
	assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_STUCK);
	assert_int_equal(t.m->cpu[r.cpu].stuck.rule, STUCK_LOCK_TAKEN);
	test_machine_free(&t);
}

/* Episodes: every machine but the first begins with words at their start and contents initial. */
static void episodes(void **state)
{
	struct run_opts o = { .ops = 90, .episode_ops = 30, .stall_ms = 60000 };
	struct test_machine t;
	struct run_result r;

	(void)state;
	test_machine_make(&t, 3, 0, WAIT_AUTO, true);
	r = run("lock-storm", &t, &o);
	assert_int_equal(r.end, RUN_DONE);
	assert_true(r.episodes == 3);
	assert_true(r.ops == 270);
	test_machine_free(&t);
}

static void count_consume(void *arg)
{
	struct test_machine *t = arg;

	for (lk_t lk = CORE_ID; lk < ID_END; lk++)
		assert_true(t->m->locks.lock[lk].word >> 32 == (u32)t->m->locks.lock[lk].word);
	t->config.seed++;
	log_rewind(t->log);
}

/* A full log in memory makes the CPUs meet, with all locks free, and the run goes on. */
static void full_log_meets(void **state)
{
	struct test_machine t;
	struct run_opts o = {
		.ops = 60000, .stall_ms = 60000, .consume = count_consume, .arg = &t
	};
	struct run_result r;

	(void)state;
	test_machine_make(&t, 2, 0, WAIT_AUTO, true);
	t.log->slots.limit_bytes = 0;
	r = run("lock-storm", &t, &o);
	assert_int_equal(r.end, RUN_DONE);
	assert_true(r.ops == 120000);
	assert_true(t.config.seed >= 2);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies),
		cmocka_unit_test(minds_change),
		cmocka_unit_test(deadlock_is_named),
		cmocka_unit_test(stall_is_found),
		cmocka_unit_test(a_signal_ends_what_does_not_move),
		cmocka_unit_test(stuck_ends_the_run),
		cmocka_unit_test(episodes),
		cmocka_unit_test(full_log_meets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

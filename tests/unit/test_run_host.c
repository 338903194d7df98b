// SPDX-License-Identifier: GPL-2.0-only
/* What the host does to a run: threads that cannot be had, meetings that take longer than a stall. */
#include "sim/machine/run.h"

#include "lock/wait.h"
#include "sim/log/write/supply.h"
#include "sim/run/online.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CPUS = 4, LK = NPT_ID };

/* Threads that can still be had; below 0: any number. */
static int threads_left = -1;

/* Not under the sanitizers, which must see each thread themselves. */
#if !HYPSIM_TSAN && !defined(__SANITIZE_ADDRESS__)
#define CAN_REFUSE 1
int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (threads_left == 0)
		return EAGAIN;
	if (threads_left > 0)
		threads_left--;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(id, attr, fn, arg);
}
#else
#define CAN_REFUSE 0
#endif

static struct test_machine t;

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)cpu;
	(void)n;
	(void)r;
	*op = (struct operation){ 0 };
}

static void section(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	wait_lock(c, LK);
	pass_lock(c, LK);
}

static const struct workload sections = { .choose = choose, .execute = section };

/* A CPU whose thread cannot be had is an error that names it; the threads that run already end, and nobody waits for it. */
static void no_thread_for_a_cpu(void **state)
{
	(void)state;
	if (!CAN_REFUSE)
		skip();
	for (u32 room = 0; room < CPUS; room++) {
		struct run_opts o = { .stall_ms = 60000 };
		struct run_result r;
		char want[128];
		struct err e;

		test_machine_make(&t, CPUS, 0, WAIT_AUTO, false);
		threads_left = (int)room;
		assert_int_equal(machine_run(t.m, &sections, &o, &r, &e), -ERR_THREAD);
		threads_left = -1;
		snprintf(want, sizeof(want), "cannot start the thread of CPU %u: %s", room,
		         strerror(EAGAIN));
		assert_string_equal(e.msg, want);
		for (u32 c = room; c < CPUS; c++)
			assert_true(t.m->cpu[c].pub.progress == 0);
		test_machine_free(&t);
	}
}

/* Without a thread that makes chunks ahead the CPUs make them; without one that judges there is no online checker. */
static void no_thread_beside(void **state)
{
	struct run_opts o = { .ops = 100, .stall_ms = 60000 };
	struct checker *c;
	struct online *online = NULL;
	struct log_config config;
	struct run_result r;
	struct log *log;
	struct err e;

	(void)state;
	if (!CAN_REFUSE)
		skip();
	test_machine_make(&t, 1, 0, WAIT_AUTO, true);
	threads_left = 0;
	log_supply_start(&t.log->supply);
	threads_left = -1;
	assert_null(t.log->supply.thread);
	assert_int_equal(machine_run(t.m, &sections, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_DONE);
	test_machine_free(&t);

	log_config_init(&config, CPUS);
	assert_int_equal(log_open_memory(&log, &config, ~0ull, &e), 0);
	c = checker_new(&config, check_set_all());
	threads_left = 0;
	assert_int_equal(
		online_start(&online, log, (struct online_limits){ ~0ull, ~0ull }, c, NULL, &e),
		-ERR_THREAD);
	threads_left = -1;
	assert_null(online);
	assert_non_null(strstr(e.msg, "cannot start the thread of the checker"));
	checker_free(c);
	log_free(log);
	log_config_free(&config);
}

static u32 meetings;

static void slow_to_judge(void *arg)
{
	(void)arg;
	meetings++;
	usleep(1500000);
}

/* The log is full after the first operation; the next one is slow, so that the watch looks while it lasts. */
static void fill(struct cpu *c, void *arg, struct operation *op)
{
	section(c, arg, op);
	if (c->id == 0 && c->pub.progress == 0)
		flag_set(&t.log->slots.full);
	usleep(50000);
}

/* Each section takes 0.4 s. */
static void long_section(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	wait_lock(c, LK);
	usleep(400000);
	pass_lock(c, LK);
}

/*
 * Who waits behind others that pass the lock on moves, however long its own turn is in coming.  (Where the host itself takes
 * so long that a section stalls, again.)
 */
static void queue_is_no_stall(void **state)
{
	static const struct workload w = { .choose = choose, .execute = long_section };
	struct run_opts o = { .ops = 1, .stall_ms = 1000 };
	struct run_result r;
	struct err e;

	(void)state;
	for (u32 try = 0; try < 5; try++) {
		test_machine_make(&t, CPUS, 0, WAIT_AUTO, false);
		assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
		test_machine_free(&t);
		if (r.end == RUN_DONE)
			break;
	}
	assert_int_equal(r.end, RUN_DONE);
	assert_int_equal(r.ops, CPUS);
}

/* CPUs that meet do not stall, however long what they met for takes. */
static void meeting_is_no_stall(void **state)
{
	struct workload w = { .choose = choose, .execute = fill };
	struct run_opts o = { .ops = 3, .stall_ms = 1000, .consume = slow_to_judge };
	struct run_result r;
	struct err e;

	(void)state;
	test_machine_make(&t, CPUS, 0, WAIT_AUTO, true);
	assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_DONE);
	assert_int_equal(meetings, 1);
	test_machine_free(&t);
}

enum { SLOW_LOOKS = 6 };

static u32 slow_looks;

static void slow_look(void *arg, u64 elapsed_ms, u64 ops)
{
	(void)arg;
	(void)elapsed_ms;
	(void)ops;
	if (__atomic_add_fetch(&slow_looks, 1, __ATOMIC_RELAXED) < SLOW_LOOKS)
		usleep(300000);
}

static void until_it_has_looked(struct cpu *c, void *arg, struct operation *op)
{
	(void)c;
	(void)arg;
	(void)op;
	while (__atomic_load_n(&slow_looks, __ATOMIC_RELAXED) < SLOW_LOOKS)
		usleep(1000);
}

/* Time in which the watch did not run is not counted: a process that was stopped, or had no core, is no stall. */
static void no_watch_is_no_stall(void **state)
{
	struct workload w = { .choose = choose, .execute = until_it_has_looked };
	struct run_opts o = { .ops = 1, .stall_ms = 1000, .progress = slow_look };
	struct run_result r;
	struct err e;

	(void)state;
	test_machine_make(&t, CPUS, 0, WAIT_AUTO, true);
	assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
	assert_int_equal(r.end, RUN_DONE);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_thread_for_a_cpu),  cmocka_unit_test(no_thread_beside),
		cmocka_unit_test(meeting_is_no_stall),  cmocka_unit_test(queue_is_no_stall),
		cmocka_unit_test(no_watch_is_no_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

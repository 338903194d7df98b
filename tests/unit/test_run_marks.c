// SPDX-License-Identifier: GPL-2.0-only
/* What a run's streams say of its operations, and how a run ends: stuck, panic, deadlock, stall, interrupt, no room. */
#include "sim/machine/run.h"

#include "lock/wait.h"
#include "lock/word.h"
#include "sim/log/mark_arg.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_events.h"
#include "tests/kit_machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LK = NPT_ID + 2 };

static struct test_machine t;
static volatile int interrupts;
static u64 interrupt_at; /* operations after which the watch sees an interrupt; 0: none */
static struct {
	u32 calls;
	u64 ops, ms;
} seen;

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)r;
	*op = (struct operation){ .kind = (u32)n, .args = { cpu, 100 + n }, .n_args = 2 };
}

static void choose_random(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)cpu;
	(void)n;
	*op = (struct operation){ .args = { rng_next(r) & 0xffff }, .n_args = 1 };
}

/* The marks of CPU @cpu in the log of the run, "begin 0 1; end". */
static const char *marks(u32 cpu)
{
	return kit_marks(t.log, cpu, KIT_MARKS_ALL);
}

static void count_progress(void *arg, u64 elapsed_ms, u64 ops)
{
	(void)arg;
	seen.calls++;
	seen.ms = elapsed_ms;
	seen.ops = ops;
	if (interrupt_at && ops >= interrupt_at)
		interrupts = 1;
}

static struct run_result run_with(u32 cpus, const struct workload *w, struct run_opts o)
{
	struct run_result r;
	struct err e;

	memset(&seen, 0, sizeof(seen));
	test_machine_make(&t, cpus, 0, WAIT_YIELD, true);
	if (!o.stall_ms)
		o.stall_ms = 60000;
	o.progress = count_progress;
	assert_int_equal(machine_run(t.m, w, &o, &r, &e), 0);
	assert_int_equal(log_close(t.log, r.end == RUN_DONE, &e), 0);
	return r;
}

static void result_is_kind(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	wait_lock(c, LK);
	pass_lock(c, LK);
	op->result = op->kind;
}

/* Operations in order: kind, arguments, and the result unless it is 0. */
static void operations(void **state)
{
	struct workload w = { .choose = choose, .execute = result_is_kind };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 3 });

	(void)state;
	assert_int_equal(r.end, RUN_DONE);
	assert_true(r.whole);
	assert_true(r.ops == 3 && r.cpu_ops[0] == 3);
	assert_string_equal(marks(0), "begin 0 0 100; end; begin 1 0 101; end 1; begin 2 0 102; "
	                              "end 2; close");
	/* one for each operation */
	assert_true(t.m->cpu[0].pub.progress == 3);
	test_machine_free(&t);
}

/* Each episode counts its operations from 0 again and draws from a sequence of its own. */
static void episodes(void **state)
{
	struct workload w = { .choose = choose, .execute = result_is_kind };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 4, .episode_ops = 2 });
	char first[4096];
	u32 a[4];

	(void)state;
	assert_true(r.episodes == 2);
	assert_string_equal(marks(0), "begin 0 0 100; end; begin 1 0 101; end 1; "
	                              "begin 0 0 100; end; begin 1 0 101; end 1; close");
	test_machine_free(&t);
	w.choose = choose_random;
	w.execute = result_is_kind;
	run_with(1, &w, (struct run_opts){ .ops = 4, .episode_ops = 2 });
	snprintf(first, sizeof(first), "%s", marks(0));
	test_machine_free(&t);
	assert_int_equal(sscanf(first,
	                        "begin 0 %u; end; begin 0 %u; end; begin 0 %u; end; begin 0 %u",
	                        &a[0], &a[1], &a[2], &a[3]),
	                 4);
	assert_true(a[0] != a[1] && a[0] != a[2]);
	/* Episode 1 is what it is, whatever episode 0 drew. */
	run_with(1, &w, (struct run_opts){ .ops = 3, .episode_ops = 1 });
	assert_int_equal(sscanf(marks(0), "begin 0 %*u; end; begin 0 %u", &a[3]), 1);
	assert_int_equal(a[3], a[2]);
	test_machine_free(&t);
}

static void stuck_at_1(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	wait_lock(c, op->kind == 1 ? ID_END : LK);
	pass_lock(c, LK);
}

/* A stuck call: the rule is in the stream, with the call, and nothing follows. */
static void stuck_is_told(void **state)
{
	struct workload w = { .choose = choose, .execute = stuck_at_1 };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 9 });
	char want[128];

	(void)state;
	assert_int_equal(r.end, RUN_STUCK);
	assert_int_equal(r.cpu, 0);
	assert_false(r.whole);
	assert_true(r.ops == 1);
	snprintf(want, sizeof(want), "begin 0 0 100; end; begin 1 0 101; stuck %u wait_lock(0x27)",
	         STUCK_RANGE);
	assert_string_equal(marks(0), want);
	test_machine_free(&t);
}

static void panic_at_1(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	if (op->kind == 1)
		panic_called(c);
}

static void panic_is_told(void **state)
{
	struct workload w = { .choose = choose, .execute = panic_at_1 };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 9 });

	(void)state;
	assert_int_equal(r.end, RUN_PANIC);
	assert_int_equal(r.cpu, 0);
	assert_int_equal(t.m->cpu[r.cpu].panic.reason, PANIC_CALLED);
	assert_true(r.reasons[PANIC_CALLED] == 1);
	assert_false(r.whole);
	assert_string_equal(marks(0), "begin 0 0 100; end; begin 1 0 101; panic 1");
	test_machine_free(&t);
}

static void panic_then_stuck(struct cpu *c, void *arg, struct operation *op)
{
	panic_at_1(c, arg, op);
	if (op->kind == 1)
		stuck(c, STUCK_RANGE, "test", 0, 0, 0);
}

/* A call that is stuck behind its panic, where it goes on with zeros: both are told. */
static void stuck_behind_a_panic(void **state)
{
	struct workload w = { .choose = choose, .execute = panic_then_stuck, .panics = true };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 9 });
	char want[128];

	(void)state;
	assert_int_equal(r.end, RUN_STUCK);
	assert_int_equal(r.cpu, 0);
	assert_true(r.panics == 1);
	snprintf(want, sizeof(want), "begin 0 0 100; end; begin 1 0 101; panic %u; stuck %u test()",
	         PANIC_CALLED, STUCK_RANGE);
	assert_string_equal(marks(0), want);
	test_machine_free(&t);
}

static u32 begun, over, ended_panic, ended_ok;

static void old_machine(void *arg, const struct machine *m)
{
	(void)arg;
	assert_true(flag_get(&m->halt));
	assert_int_equal(m->episode, begun);
	over++;
}

static void new_machine(void *arg, const struct machine *m)
{
	(void)arg;
	assert_false(flag_get(&m->halt));
	begun++;
}

static void count_end(void *arg, struct cpu *c, const struct operation *op, enum outcome how)
{
	(void)arg;
	(void)c;
	assert_int_equal(op->kind == 1, how == OUT_PANIC);
	how == OUT_PANIC ? ended_panic++ : ended_ok++;
}

/* Where a workload says so, a panic ends the episode: each one after it begins on a machine that is reset. */
static void panic_ends_the_episode(void **state)
{
	struct workload w = { .choose = choose,
		              .execute = panic_at_1,
		              .ended = count_end,
		              .over = old_machine,
		              .episode = new_machine,
		              .panics = true };
	struct run_result r;

	(void)state;
	begun = over = ended_panic = ended_ok = 0;
	r = run_with(1, &w, (struct run_opts){ .ops = 5 });
	assert_int_equal(r.end, RUN_DONE);
	assert_string_equal(marks(0), "begin 0 0 100; end; begin 1 0 101; panic 1; "
	                              "begin 0 0 100; end; begin 1 0 101; panic 1; "
	                              "begin 0 0 100; end; close");
	assert_int_equal(PANIC_CALLED, 1);
	assert_true(r.panics == 2);
	assert_true(r.reasons[PANIC_CALLED] == 2);
	assert_true(r.episodes == 3);
	assert_int_equal(begun, 2);
	assert_int_equal(over, 2);
	assert_int_equal(ended_panic, 2);
	assert_int_equal(ended_ok, 3);
	test_machine_free(&t);
}

static void choose_until_3(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	choose(arg, cpu, n, r, op);
	op->kind = n == 3 ? OP_NEW_EPISODE : 0;
}

/* A CPU that has used the machine up makes all meet for the next one. */
static void used_up(void **state)
{
	struct workload w = { .choose = choose_until_3, .execute = panic_at_1 };
	struct run_result r = run_with(2, &w, (struct run_opts){ .ops = 7 });

	(void)state;
	assert_int_equal(r.end, RUN_DONE);
	assert_true(r.episodes >= 3);
	assert_true(r.ops == 14);
	assert_true(r.panics == 0);
	test_machine_free(&t);
}

/* CPUs 0 and 1 take two locks in opposite orders; CPU 2 waits for what they hold and is in no cycle. */
static void opposite(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	if (c->id == 2) {
		while (!(pub_load(&t.m->cpu[0].pub.waits) && pub_load(&t.m->cpu[1].pub.waits)))
			cpu_look(c);
		wait_lock(c, LK);
	}
	wait_lock(c, LK + c->id);
	while (!pub_load(&t.m->cpu[1 - c->id].pub.held))
		cpu_look(c);
	wait_lock(c, LK + 1 - c->id);
}

static void deadlock_is_told(void **state)
{
	struct workload w = { .choose = choose, .execute = opposite };
	struct run_result r = run_with(3, &w, (struct run_opts){ .ops = 1 });
	char want[128];

	(void)state;
	assert_int_equal(r.end, RUN_DEADLOCK);
	assert_true(r.elapsed_ns >= 50000000);
	for (u32 c = 0; c < 2; c++) {
		/* The run's own mark, which stands by the first CPU that it names. */
		snprintf(want, sizeof(want), "begin 0 %u 100; stuck %u%s", c, STUCK_DEADLOCK,
		         c ? "" : "; deadlock 0 8 1 1 7 0");
		assert_string_equal(marks(c), want);
	}
	assert_string_equal(marks(2), "begin 0 2 100; stopped");
	assert_non_null(strstr(r.text, "cpu 0 waits for NPT:3 (lock 8), held by cpu 1"));
	assert_non_null(strstr(r.text, "; cpu 1 waits for NPT:2 (lock 7), held by cpu 0"));
	test_machine_free(&t);
}

static void loop(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	for (;;)
		cpu_look(c);
}

static void lost_ticket(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	word_inc_ticket(&c->locks->lock[LK].word); /* nobody will give it up */
	wait_lock(c, LK);
}

/* A stall says who, for how long and for what. */
static void stalls(void **state)
{
	struct workload w = { .choose = choose, .execute = loop };
	struct run_result r = run_with(1, &w, (struct run_opts){ .ops = 1, .stall_ms = 100 });

	(void)state;
	assert_int_equal(r.end, RUN_STALL);
	assert_string_equal(r.text, "cpu 0 has not moved for 100 ms; it waits for no lock");
	assert_string_equal(marks(0), "begin 0 0 100; stopped; stall 0 0 0 0 0 100");
	assert_true(seen.calls >= 1);
	assert_true(seen.ms >= 90);
	test_machine_free(&t);
	w.execute = lost_ticket;
	r = run_with(1, &w, (struct run_opts){ .ops = 1, .stall_ms = 100 });
	assert_int_equal(r.end, RUN_STALL);
	assert_string_equal(r.text,
	                    "cpu 0 has not moved for 100 ms; it waits for lock 7, which nobody "
	                    "holds or gives up");
	test_machine_free(&t);
}

static void slow(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	wait_lock(c, LK);
	usleep(100000);
	pass_lock(c, LK);
}

/* Who moves, however slowly, does not stall; the progress that is told grows to what was done. */
static void slow_is_no_stall(void **state)
{
	struct workload w = { .choose = choose, .execute = slow };
	struct run_result r = run_with(2, &w, (struct run_opts){ .ops = 8, .stall_ms = 1500 });

	(void)state;
	assert_int_equal(r.end, RUN_DONE);
	assert_true(seen.ops >= 8);
	assert_true(r.cpu_ns < r.elapsed_ns * 64);
	test_machine_free(&t);
}

static void briefly(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)c;
	(void)op;
	usleep(1000);
}

static void loop_and_interrupt_twice(struct cpu *c, void *arg, struct operation *op)
{
	__atomic_store_n(&interrupts, 2, __ATOMIC_RELAXED);
	loop(c, arg, op);
}

/* One interrupt ends the run between two operations; the second leaves the one that waits. */
static void interrupted(void **state)
{
	struct workload w = { .choose = choose, .execute = briefly };
	struct run_result r;

	(void)state;
	interrupts = 0;
	interrupt_at = 4;
	r = run_with(1, &w, (struct run_opts){ .interrupts = &interrupts });
	assert_int_equal(r.end, RUN_INTERRUPTED);
	assert_true(r.whole);
	assert_true(r.ops >= 4);
	test_machine_free(&t);
	interrupt_at = 0;
	interrupts = 0;
	w.execute = loop_and_interrupt_twice;
	r = run_with(1, &w, (struct run_opts){ .interrupts = &interrupts });
	assert_int_equal(r.end, RUN_INTERRUPTED);
	assert_false(r.whole);
	test_machine_free(&t);
}

static void fail_log_at_3(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)c;
	if (op->kind == 3)
		flag_set(&t.log->slots.failed);
	usleep(1000);
}

/* A log that failed ends the run, which says so; so does one that failed at the very end. */
static void log_failed(void **state)
{
	struct workload w = { .choose = choose, .execute = fail_log_at_3 };

	(void)state;
	for (u64 ops = 0; ops <= 4; ops += 4) {
		struct run_opts o = { .ops = ops, .stall_ms = 60000 };
		struct run_result r;
		struct err e;

		test_machine_make(&t, 1, 0, WAIT_YIELD, true);
		assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
		assert_int_equal(r.end, RUN_LOG_FAILED);
		test_machine_free(&t);
	}
}

/* Who meets the others, or has ended, gives its admission back: the next one comes in. */
static void meeting_gives_admission_back(void **state)
{
	struct workload w = { .choose = choose, .execute = result_is_kind };
	struct run_opts o = { .ops = 12, .stall_ms = 2000 };
	struct run_result r;
	struct err e;

	(void)state;
	for (o.episode_ops = 0; o.episode_ops <= 4; o.episode_ops += 4) {
		test_machine_make(&t, 3, 0, WAIT_PARK, true);
		test_machine_admit(&t, 1, 1000);
		assert_int_equal(machine_run(t.m, &w, &o, &r, &e), 0);
		assert_int_equal(r.end, RUN_DONE);
		assert_true(r.ops == 36);
		test_machine_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations),
		cmocka_unit_test(episodes),
		cmocka_unit_test(stuck_is_told),
		cmocka_unit_test(panic_is_told),
		cmocka_unit_test(stuck_behind_a_panic),
		cmocka_unit_test(panic_ends_the_episode),
		cmocka_unit_test(used_up),
		cmocka_unit_test(deadlock_is_told),
		cmocka_unit_test(stalls),
		cmocka_unit_test(slow_is_no_stall),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(log_failed),
		cmocka_unit_test(meeting_gives_admission_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A run that is judged while it lasts: the same verdict as its log's, it stops when something is found, and memory is given back. */
#include "sim/run/online.h"

#include "lock/wait.h"
#include "oracle/report/feed.h"
#include "scenarios/scenarios.h"
#include "sim/log/write/handover.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CPUS = 3 };

static struct test_machine t;
static struct checker *checker;
static struct online *online;
static u32 drains;
static u64 most_used;

static u64 used(void)
{
	return __atomic_load_n(&t.log->slots.used_bytes, __ATOMIC_RELAXED);
}

static void drain(void *arg)
{
	(void)arg;
	drains++;
	most_used = max_u64(most_used, used());
	online_drain(online);
	/* All is given back but what each CPU writes to. */
	assert_true(used() == (u64)t.log->cpus * LOG_SLOT_BYTES);
}

static const struct online_limits unlimited = { ~0ull, ~0ull };

/* Run @w on @cpus CPUs, judged meanwhile; the log in memory, or in @path. */
static struct run_result run(u32 cpus, const struct workload *w, struct run_opts o,
                             const char *path, struct online_limits limits, struct log_source **s)
{
	struct machine_params p = { .cpus = cpus, .policy = { .kind = WAIT_AUTO, .cores = 2 } };
	struct run_result r;
	struct err e;

	drains = 0;
	most_used = 0;
	test_machine_make(&t, cpus, 0, WAIT_AUTO, true);
	if (path) {
		machine_free(t.m);
		log_free(t.log);
		assert_int_equal(log_open_file(&t.log, &t.config, path, &e), 0);
		assert_int_equal(machine_create(&t.m, &p, t.log, &e), 0);
	}
	checker = checker_new(&t.config, check_set_all());
	assert_int_equal(online_start(&online, t.log, limits, checker, NULL, &e), 0);
	o.stall_ms = 60000;
	o.found = online_found(online);
	o.consume = drain;
	assert_int_equal(machine_run(t.m, w, &o, &r, &e), 0);
	assert_int_equal(log_close(t.log, true, &e), 0);
	assert_int_equal(online_stop(online, s, &e), 0);
	/* Nothing is left of the chunks. */
	assert_true(t.log->slots.used_bytes == 0);
	return r;
}

static void end(void)
{
	online_free(online);
	checker_free(checker);
	test_machine_free(&t);
}

/* The storm, as hypsim run has it. */
static struct run_result storm(u32 cpus, u64 ops, u64 episode, const char *path,
                               struct online_limits limits, struct log_source **s)
{
	const struct scenario *storm = scenario_by_name("lock-storm");
	struct run_opts o = { .ops = ops, .episode_ops = episode };
	u64 values[SCENARIO_MAX_OPTIONS];
	struct scenario_setup setup = {
		.scenario = storm, .cpus = cpus, .total_cpu = TOTAL_CPU, .values = values
	};
	struct run_result r;
	struct workload w;
	struct err e;

	scenario_option_defaults(storm, values);
	assert_int_equal(storm->begin(&w, &setup, &e), 0);
	r = run(cpus, &w, o, path, limits, s);
	storm->end(&w);
	return r;
}

/* Each check's line, as the table prints it. */
static void verdicts(const struct checker *c, char *text, size_t size)
{
	size_t at = 0;

	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		checker_verdict(c, (enum check_id)id, &v);
		at += (size_t)snprintf(text + at, size - at, "%s %d %llu %s\n",
		                       check_name((enum check_id)id), v.judged,
		                       (unsigned long long)v.n_findings, v.worst);
		assert_true(at < size);
	}
}

/* What was judged while the run lasted is what its file says, line by line. */
static void same_verdict(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3; i++) {
		char path[64], live[4096], later[4096];
		struct checker *again;
		struct log_source *s, *file;
		struct log_status status;
		struct err e;

		snprintf(path, sizeof(path), "test_online.%d", (int)getpid());
		storm(CPUS + i, HYPSIM_TSAN ? 3000 : 20000, i == 2 ? 1000 : 0, path, unlimited, &s);
		feed_merge_verdict(s, checker, true, &status);
		assert_true(status.closed);
		checker_end(checker, true);
		verdicts(checker, live, sizeof(live));
		again = checker_new(&t.config, check_set_all());
		assert_int_equal(log_open(path, &file, &e), 0);
		assert_int_equal(feed_checker(file, again, NULL, &e), 0);
		feed_merge_verdict(file, again, true, &status);
		checker_end(again, true);
		verdicts(again, later, sizeof(later));
		assert_string_equal(live, later);
		assert_true(checker_n_events(again) == checker_n_events(checker));
		assert_true(checker_n_findings(checker) == 0);
		file->close(file);
		checker_free(again);
		end();
		unlink(path);
	}
}

/* More than may wait makes the CPUs meet until it was judged; a run may be as long as it likes. */
static void memory_is_limited(void **state)
{
	u64 limit = (CPUS + 2) * (u64)LOG_SLOT_BYTES;
	struct log_source *s;
	struct run_result r;

	(void)state;
	r = storm(CPUS, HYPSIM_TSAN ? 20000 : 200000, 0, NULL,
	          (struct online_limits){ limit, ~0ull }, &s);
	assert_int_equal(r.end, RUN_DONE);
	assert_true(checker_n_findings(checker) == 0);
	/* an operation may take a few more before its CPU meets the others */
	assert_true(most_used <= limit + 2 * (u64)CPUS * LOG_SLOT_BYTES);
	assert_true(log_bytes(t.log) > limit || HYPSIM_TSAN);
	end();
	/* a limit that is reached at once */
	r = storm(CPUS, HYPSIM_TSAN ? 20000 : 100000, 0, NULL, (struct online_limits){ 1, ~0ull },
	          &s);
	assert_int_equal(r.end, RUN_DONE);
	assert_true(drains > 0);
	assert_true(checker_n_findings(checker) == 0);
	end();
}

/* More than can be judged in the time that the judge may lag likewise; and nobody meets for that where it may lag for ever. */
static void lag_is_limited(void **state)
{
	static const u64 ns[] = { 1, ~0ull };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(ns); i++) {
		struct online_limits limits = { ~0ull, ns[i] };
		struct log_source *s;
		struct run_result r;

		r = storm(CPUS, HYPSIM_TSAN ? 20000 : 100000, 0, NULL, limits, &s);
		assert_int_equal(r.end, RUN_DONE);
		assert_true(i ? drains == 0 : drains > 0);
		assert_true(checker_n_findings(checker) == 0);
		assert_true(online_lag_ns(online) > 0);
		end();
	}
}

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)cpu;
	(void)n;
	(void)r;
	*op = (struct operation){ 0 };
}

/* CPU 0 takes two locks in an order that is not theirs; nobody waits for it. */
static void wrong_order(struct cpu *c, void *arg, struct operation *op)
{
	lk_t lk = NPT_ID + 3 * c->id;

	(void)arg;
	(void)op;
	if (c->id == 0) {
		wait_lock(c, lk + 1);
		wait_lock(c, lk);
		pass_lock(c, lk);
		pass_lock(c, lk + 1);
	} else {
		wait_lock(c, lk);
		pass_lock(c, lk);
	}
	usleep(1000);
}

/* A run without end is stopped by what is found, though no CPU has filled a chunk. */
static void stops_when_found(void **state)
{
	struct workload w = { .choose = choose, .execute = wrong_order };
	struct log_source *s;
	struct run_result r;
	const struct finding *f;
	u32 n;

	(void)state;
	r = run(CPUS, &w, (struct run_opts){ 0 }, NULL, unlimited, &s);
	assert_int_equal(r.end, RUN_FOUND);
	f = checker_findings(checker, &n);
	assert_true(n > 0);
	assert_string_equal(f[0].row, "ORDER_RANK");
	assert_int_equal(f[0].cpu, 0);
	end();
}

/* A thread that is not stopped ends with its online checker; so does the queue with what is in it. */
static void given_up(void **state)
{
	struct log_config config;
	struct log *log;
	struct err e;

	(void)state;
	log_config_init(&config, CPUS);
	assert_int_equal(log_open_memory(&log, &config, ~0ull, &e), 0);
	checker = checker_new(&config, check_set_all());
	assert_int_equal(online_start(&online, log, unlimited, checker, NULL, &e), 0);
	online_free(online);
	for (u32 c = 0; c < CPUS; c++) {
		log_episode(log_writer(log, c), 0, 0, 0);
		log_handover_give(log_writer(log, c));
		/* and nothing when there is nothing new */
		log_handover_give(log_writer(log, c));
	}
	assert_int_equal(log_close(log, true, &e), 0);
	log_free(log);
	checker_free(checker);
	log_config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_verdict),   cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(lag_is_limited), cmocka_unit_test(stops_when_found),
		cmocka_unit_test(given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The checking table: merge, folds and checks over a storm's log on one core, and what they take of memory. */
#include "bench/frame.h"
#include "oracle/cal/queue.h"
#include "oracle/check/check.h"
#include "oracle/report/feed.h"
#include "scenarios/scenarios.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { K_MERGE, K_QUEUE, K_ALL, K_ROWS };
enum { KC_RATE, KC_EVENTS, KC_MIB, KC_NR };

static const struct table_col cols[KC_NR] = { { "events", "M/s", 1 },
	                                      { "log", "M events", 2 },
	                                      { "memory", "MiB", 1 } };

static void must(int rc, const struct err *e)
{
	if (rc < 0) {
		fprintf(stderr, "hypsim bench: %s\n", e->msg);
		exit(err_status(e->code));
	}
}

/* A storm's log of @ops operations of each of @cpus CPUs, in @path. */
static void make_log(const char *path, u32 cpus, u64 ops)
{
	const struct scenario *s = scenario_by_name("lock-storm");
	struct machine_params mp = { .cpus = cpus,
		                     .seed = 1,
		                     .policy = { .kind = WAIT_AUTO, .cores = 2 } };
	struct run_opts ro = { .ops = ops, .stall_ms = 60000 };
	u64 values[SCENARIO_MAX_OPTIONS];
	struct scenario_setup setup = { .cpus = cpus, .values = values };
	struct log_config config;
	struct run_result res;
	struct workload w;
	struct machine *m;
	struct log *l;
	struct err e;

	log_config_init(&config, cpus);
	config.machine = config.barriers = config.digests = true;
	must(log_open_file(&l, &config, path, &e), &e);
	must(machine_create(&m, &mp, l, &e), &e);
	scenario_option_defaults(s, values);
	must(s->begin(&w, &setup, &e), &e);
	must(machine_run(m, &w, &ro, &res, &e), &e);
	must(log_close(l, true, &e), &e);
	s->end(&w);
	machine_free(m);
	log_free(l);
	log_config_free(&config);
}

/* Q_CalLock of every lock over a batch; returns the first row that is not CAL_OK. */
static enum cal_row fold(struct q_state *q, const struct event *ev, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		enum cal_row row =
			event_is_mark(ev[i].kind) ? CAL_OK : q_cal_step(&q[ev[i].lk], &ev[i]);

		if (unlikely(row != CAL_OK))
			return row;
	}
	return CAL_OK;
}

/* Resident memory of the process, MiB. */
static double resident_mib(void)
{
	unsigned long long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%llu %llu", &pages, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

struct check_point {
	const char *path;
	u32 cpus;
};

static void measure(void *arg, u32 row, double *out)
{
	const struct check_point *p = arg;
	struct event batch[SOURCE_BATCH];
	struct q_state *q = xcalloc(ID_END, sizeof(*q));
	struct checker *c = NULL;
	struct log_source *s;
	u64 events = 0, start;
	struct err e;
	u32 n;

	must(log_open(p->path, &s, &e), &e);
	for (u32 lk = 0; lk < ID_END; lk++)
		q_cal_init(&q[lk], s->config->fairness, 0);
	if (row == K_ALL)
		c = checker_new(s->config, check_set_all());
	start = clock_ns();
	do {
		must(s->next(s, batch, SOURCE_BATCH, &n, &e), &e);
		for (u32 i = 0; i < n; i++)
			events += !event_is_mark(batch[i].kind);
		if (row == K_QUEUE && fold(q, batch, n) != CAL_OK)
			exit(1);
		if (row == K_ALL)
			checker_feed(c, batch, n);
	} while (n > 0);
	out[KC_RATE] = (double)events / (double)(clock_ns() - start) * 1e3;
	out[KC_EVENTS] = (double)events / 1e6;
	out[KC_MIB] = resident_mib();
	if (c)
		checker_free(c);
	s->close(s);
	free(q);
}

void bench_check(const struct bench_opts *o)
{
	static const char *const names[K_ROWS] = { "merge", "merge + Q_CalLock",
		                                   "merge + all checks" };
	struct table t = { .name = "check",
		           .title = "check: a lock-storm's log, one core",
		           .cols = cols,
		           .n_cols = KC_NR };
	/* About 10 events an operation; a second point ten times as long shows that memory stays. */
	u64 ops = (u64)(o->seconds * 1.5e6) + 1000;
	char path[256];

	snprintf(path, sizeof(path), "%s/hypsim-bench-%d.hlog", o->dir, (int)getpid());
	for (u32 i = 0; i < o->n_cpus + 1; i++) {
		bool longer = i == o->n_cpus;
		struct check_point p = { path, o->cpus[longer ? i - 1 : i] };
		u32 first = t.n;

		make_log(path, p.cpus, (longer ? 10 : 1) * ops / p.cpus);
		for (u32 k = 0; k < K_ROWS; k++)
			table_add(&t, "%2u CPU%s%s %s", p.cpus, p.cpus == 1 ? " " : "s",
			          longer ? ", long" : "", names[k]);
		bench_rows(&t, first, K_ROWS, o->repeat, measure, &p);
		unlink(path);
	}
	table_print(stdout, &t, o->form);
	table_free(&t);
}

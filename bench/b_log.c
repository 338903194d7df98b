// SPDX-License-Identifier: GPL-2.0-only
/*
 * The logging tables: what an event costs, what logging costs a lock, what an event takes on disk.
 */
#include "bench/frame.h"
#include "bench/tracer.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "scenarios/scenarios.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/supply.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* Rounds of one measurement that is to last @seconds, at about @per_second rounds. */
static u32 loops_of(const struct bench_opts *o, double per_second)
{
	double n = o->seconds * per_second + 1000;

	return n < 1e8 ? (u32)n : 100000000u;
}

/* A log of each kind, or none. */
static struct log *open_kind(enum log_kind kind, const struct log_config *config, const char *dir,
                             char *path, size_t size)
{
	struct log *l = NULL;
	struct err e;

	snprintf(path, size, "%s/hypsim-bench-%d.hlog", dir, (int)getpid());
	if (kind == LOG_FILE)
		bench_must(log_open_file(&l, config, path, &e), &e);
	else if (kind == LOG_MEMORY)
		bench_must(log_open_memory(&l, config, ~0ull, &e), &e);
	else
		bench_must(log_open_off(&l, config, &e), &e);
	return l;
}

static void close_kind(struct log *l, const char *path)
{
	struct err e;

	bench_must(log_close(l, true, &e), &e);
	if (l->slots.kind == LOG_FILE)
		unlink(path);
	log_free(l);
}

/* ---- an event ---- */

enum { E_MEMORY, E_FILE, E_WAITING, E_TIMES, E_RDTSC, E_FPRINTF, E_LTTNG, E_ROWS };
enum { EC_NS, EC_RDTSC, EC_NR };

static const struct table_col event_cols[EC_NR] = { { "event", "ns", 2 },
	                                            { "ratio", "to rdtsc", 3 } };

/* The records of uncontended sections, as wait_lock and pass_lock make them: four events a round. */
static double sections_ns(struct log_writer *w, u32 loops)
{
	u32 t = 0;
	u64 start = clock_ns();

	for (u32 i = 0; i < loops; i++, t++) {
		log_acquire(w, CORE_ID, word_make(t, t), 10);
		log_barrier(w);
		log_barrier(w);
		log_inc_now(w, CORE_ID, word_make(t + 1, t));
	}
	return (double)(clock_ns() - start) / loops / 4;
}

/* The records of a waiter among others: INC_TICKET, two GET_NOWs, served, INC_NOW: six events a round. */
static double waits_ns(struct log_writer *w, u32 loops)
{
	u32 t = 3, n = 0;
	u64 start = clock_ns();

	for (u32 i = 0; i < loops; i++, t += 4, n += 4) {
		log_inc_ticket(w, CORE_ID, word_make(t, n), 10);
		log_get_now(w, CORE_ID, word_make(t + 1, n + 1));
		log_get_now(w, CORE_ID, word_make(t + 2, n + 2));
		log_served(w, CORE_ID, word_make(t + 3, n + 3));
		log_barrier(w);
		log_barrier(w);
		log_inc_now(w, CORE_ID, word_make(t + 3, n + 3));
	}
	return (double)(clock_ns() - start) / loops / 6;
}

static double rdtsc_ns(u32 loops)
{
#if defined(__x86_64__)
	u64 start = clock_ns(), sum = 0;

	for (u32 i = 0; i < loops; i++)
		sum += __rdtsc();
	bench_use(sum);
	return (double)(clock_ns() - start) / loops;
#else
	return NAN;
#endif
}

static double fprintf_ns(const char *dir, u32 loops)
{
	char path[256];
	FILE *f;
	u64 start;

	snprintf(path, sizeof(path), "%s/hypsim-bench-%d.txt", dir, (int)getpid());
	f = fopen(path, "w");
	if (!f)
		return NAN;
	start = clock_ns();
	for (u32 i = 0; i < loops; i++)
		fprintf(f, "%u %u INC_TICKET %u %u %u\n", CORE_ID, 0u, 10u, i, i);
	fflush(f);
	start = clock_ns() - start;
	fclose(f);
	unlink(path);
	return (double)start / loops;
}

struct event_run {
	const struct bench_opts *o;
	struct tracer *tracer; /* or NULL */
};

static void measure_event(void *arg, u32 row, double *out)
{
	const struct event_run *er = arg;
	const struct bench_opts *o = er->o;
	struct log_config config;
	char path[256];
	struct log *l;

	if (row == E_RDTSC) {
		out[EC_NS] = rdtsc_ns(loops_of(o, 2e7));
		return;
	}
	if (row == E_FPRINTF) {
		out[EC_NS] = fprintf_ns(o->dir, loops_of(o, 1e6));
		return;
	}
	if (row == E_LTTNG) {
		if (er->tracer)
			out[EC_NS] = tracer_ns(er->tracer, loops_of(o, 1e6));
		return;
	}
	log_config_init(&config, 1);
	config.timestamps = row == E_TIMES;
	l = open_kind(row == E_FILE ? LOG_FILE : LOG_MEMORY, &config, o->dir, path, sizeof(path));
	out[EC_NS] = row == E_WAITING ? waits_ns(log_writer(l, 0), loops_of(o, 1e7))
	                              : sections_ns(log_writer(l, 0), loops_of(o, 1e7));
	close_kind(l, path);
	log_config_free(&config);
}

static void table_event(const struct bench_opts *o)
{
	static const char *const names[E_ROWS] = { "to memory",           "to a mapped file",
		                                   "to memory, waiting",  "to memory, timestamps",
		                                   "one rdtsc",           "fprintf of a line",
		                                   "LTTng-UST tracepoint" };
	struct table t = { .name = "event",
		           .title = "log: one event, one CPU",
		           .cols = event_cols,
		           .n_cols = EC_NR };
	struct event_run er = { .o = o };

	for (u32 i = 0; i < E_ROWS; i++)
		table_add(&t, "%s", names[i]);
	er.tracer = tracer_start(o->dir, t.rows[E_LTTNG].note, sizeof(t.rows[E_LTTNG].note));
	bench_rows(&t, 0, er.tracer ? E_ROWS : E_LTTNG, o->repeat, measure_event, &er);
	tracer_stop(er.tracer);
	for (u32 i = 0; i < E_ROWS; i++)
		t.rows[i].v[EC_RDTSC] = t.rows[i].v[EC_NS] / t.rows[E_RDTSC].v[EC_NS];
	bench_show(o, &t);
	table_free(&t);
}

/* ---- a lock, logged and not ---- */

struct pair_row {
	const char *name;
	u32 cpus;
	enum log_kind kind;
	bool section, times;
	u32 base; /* the row that its ratio is to */
};

static const struct pair_row pair_rows[] = {
	{ "1 CPU, off", 1, LOG_OFF, false, false, 0 },
	{ "1 CPU, memory", 1, LOG_MEMORY, false, false, 0 },
	{ "1 CPU, file", 1, LOG_FILE, false, false, 0 },
	{ "1 CPU, memory, timestamps", 1, LOG_MEMORY, false, true, 0 },
	{ "1 CPU, pull+write+push, off", 1, LOG_OFF, true, false, 4 },
	{ "1 CPU, pull+write+push, memory", 1, LOG_MEMORY, true, false, 4 },
	{ "2 CPUs, off", 2, LOG_OFF, false, false, 6 },
	{ "2 CPUs, memory", 2, LOG_MEMORY, false, false, 6 },
	{ "2 CPUs, file", 2, LOG_FILE, false, false, 6 },
};

enum { PC_NS, PC_RATIO, PC_BYTES, PC_NR };

static const struct table_col pair_cols[PC_NR] = { { "section", "ns", 1 },
	                                           { "ratio", "to off", 2 },
	                                           { "bytes", "each", 2 } };

struct pair_run {
	const struct pair_row *row;
	struct machine *m;
	pthread_barrier_t start;
	u64 loops;
};

struct pair_thread {
	struct pair_run *run;
	u32 cpu;
	pthread_t id;
};

static void pair_body(struct cpu *c, void *arg)
{
	const struct pair_run *r = arg;

	for (u64 i = 0; i < r->loops; i++) {
		wait_lock(c, CORE_ID);
		if (r->row->section) {
			acquire_shared(c, CORE_ID);
			shared_store(c, CORE_ID, F_CORE_next_vmid, 0,
			             shared_load(c, CORE_ID, F_CORE_next_vmid, 0) + 1);
			release_shared(c, CORE_ID);
		}
		pass_lock(c, CORE_ID);
	}
}

static void *pair_main(void *arg)
{
	struct pair_thread *t = arg;

	pthread_barrier_wait(&t->run->start);
	cpu_call(&t->run->m->cpu[t->cpu], pair_body, t->run);
	return NULL;
}

static void measure_pair(void *arg, u32 row, double *out)
{
	const struct bench_opts *o = arg;
	const struct pair_row *p = &pair_rows[row];
	struct pair_run r = { .row = p, .loops = loops_of(o, 1e7) / p->cpus };
	struct machine_params mp = { .cpus = p->cpus,
		                     .timing = p->times,
		                     .policy = { .kind = WAIT_AUTO, .cores = 2 } };
	struct pair_thread t[2];
	struct log_config config;
	char path[256];
	struct log *l;
	struct err e;
	u64 start;

	log_config_init(&config, p->cpus);
	config.timestamps = p->times;
	l = open_kind(p->kind, &config, o->dir, path, sizeof(path));
	bench_must(machine_create(&r.m, &mp, l, &e), &e);
	pthread_barrier_init(&r.start, NULL, p->cpus + 1);
	for (u32 i = 0; i < p->cpus; i++) {
		t[i] = (struct pair_thread){ .run = &r, .cpu = i };
		if (pthread_create(&t[i].id, NULL, pair_main, &t[i]))
			exit(3);
	}
	log_supply_start(&l->supply);
	start = clock_ns();
	pthread_barrier_wait(&r.start);
	for (u32 i = 0; i < p->cpus; i++)
		pthread_join(t[i].id, NULL);
	log_supply_stop(&l->supply);
	out[PC_NS] = (double)(clock_ns() - start) / (double)(r.loops * p->cpus);
	if (p->kind != LOG_OFF)
		out[PC_BYTES] = (double)log_bytes(l) / (double)(r.loops * p->cpus);
	pthread_barrier_destroy(&r.start);
	machine_free(r.m);
	close_kind(l, path);
	log_config_free(&config);
}

static void table_pair(const struct bench_opts *o)
{
	struct table t = { .name = "logged",
		           .title = "log: a section of one lock, logged and not",
		           .cols = pair_cols,
		           .n_cols = PC_NR };

	for (u32 i = 0; i < ARRAY_SIZE(pair_rows); i++)
		table_add(&t, "%s", pair_rows[i].name);
	bench_rows(&t, 0, t.n, o->repeat, measure_pair, (void *)(uintptr_t)o);
	for (u32 i = 0; i < t.n; i++)
		t.rows[i].v[PC_RATIO] = t.rows[i].v[PC_NS] / t.rows[pair_rows[i].base].v[PC_NS];
	bench_show(o, &t);
	table_free(&t);
}

/* ---- bytes ---- */

enum { BC_EVENTS, BC_BYTES, BC_ZSTD, BC_NR };

static const struct table_col byte_cols[BC_NR] = { { "events", "M", 2 },
	                                           { "plain", "bytes", 3 },
	                                           { "zstd -1", "bytes", 3 } };

/* Size of @l's records after zstd -1, chunk by chunk. */
static u64 packed_bytes(const struct log *l)
{
	size_t cap = ZSTD_compressBound(LOG_SLOT_BYTES);
	void *to = xcalloc(1, cap);
	u64 sum = 0;

	for (u32 c = 0; c < l->cpus; c++) {
		for (u32 i = 0; i < l->chunks[c].n; i++) {
			const struct log_chunk_header *h = l->chunks[c].v[i];

			sum += ZSTD_compress(to, cap, h + 1, h->record_bytes, 1);
		}
	}
	free(to);
	return sum;
}

struct bytes_point {
	const struct bench_opts *o;
	u32 cpus;
	bool bare; /* lock events alone: no pull, push or marks */
};

/* TEVENTs of a closed log in memory; marks do not count. */
static u64 events_of(const struct log *l)
{
	struct merge *m = merge_open_memory(log_in_memory(l));
	struct event batch[SOURCE_BATCH];
	u64 sum = 0;
	struct err e;
	u32 n;

	merge_finish(m);
	do {
		bench_must(merge_source(m)->next(merge_source(m), batch, SOURCE_BATCH, &n, &e), &e);
		for (u32 i = 0; i < n; i++)
			sum += !event_is_mark(batch[i].kind);
	} while (n > 0);
	merge_free(m);
	return sum;
}

static void bare_execute(struct cpu *c, void *arg, struct operation *op)
{
	(void)arg;
	(void)op;
	for (u32 i = 0; i < 1000; i++) {
		wait_lock(c, CORE_ID + i % 4);
		pass_lock(c, CORE_ID + i % 4);
	}
}

static void bare_choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)cpu;
	(void)n;
	(void)r;
	*op = (struct operation){ 0 };
}

static void measure_bytes(void *arg, u32 row, double *out)
{
	const struct bytes_point *p = &((const struct bytes_point *)arg)[row];
	const struct scenario *s = scenario_by_name("lock-storm");
	struct machine_params mp = { .cpus = p->cpus,
		                     .seed = 1,
		                     .policy = { .kind = WAIT_AUTO, .cores = 2 } };
	struct run_opts ro = { .duration_ms = (u64)(p->o->seconds * 1000) + 1, .stall_ms = 60000 };
	struct workload w = { .choose = bare_choose, .execute = bare_execute };
	u64 values[SCENARIO_MAX_OPTIONS];
	struct scenario_setup setup = { .cpus = p->cpus, .values = values };
	struct log_config config;
	struct run_result res;
	struct machine *m;
	struct log *l;
	struct err e;
	u64 events;

	log_config_init(&config, p->cpus);
	config.machine = config.barriers = config.digests = true;
	bench_must(log_open_memory(&l, &config, ~0ull, &e), &e);
	bench_must(machine_create(&m, &mp, l, &e), &e);
	scenario_option_defaults(s, values);
	if (!p->bare)
		bench_must(s->begin(&w, &setup, &e), &e);
	bench_must(machine_run(m, &w, &ro, &res, &e), &e);
	bench_must(log_close(l, true, &e), &e);
	events = events_of(l);
	out[BC_EVENTS] = (double)events / 1e6;
	out[BC_BYTES] = (double)log_bytes(l) / (double)events;
	out[BC_ZSTD] = (double)packed_bytes(l) / (double)events;
	if (!p->bare)
		s->end(&w);
	machine_free(m);
	log_free(l);
	log_config_free(&config);
}

static void table_bytes(const struct bench_opts *o)
{
	struct table t = { .name = "bytes",
		           .title = "log: bytes an event on disk",
		           .cols = byte_cols,
		           .n_cols = BC_NR };
	struct bytes_point p[2 * BENCH_MAX_POINTS];

	for (u32 i = 0; i < 2 * o->n_cpus; i++) {
		p[i] = (struct bytes_point){ o, o->cpus[i / 2], i % 2 == 0 };
		table_add(&t, "%2u CPU%s  %s", p[i].cpus, p[i].cpus == 1 ? " " : "s",
		          p[i].bare ? "lock events alone" : "lock-storm");
	}
	bench_rows(&t, 0, t.n, o->repeat, measure_bytes, p);
	bench_show(o, &t);
	table_free(&t);
}

void bench_log(const struct bench_opts *o)
{
	table_event(o);
	table_pair(o);
	table_bytes(o);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What every benchmark needs on a shared machine: repetitions in turn, medians, and whether a measurement counts.
 *
 * A measurement is valid when a ping-pong between two threads took about as long before it as after it (two virtual CPUs
 * are sometimes two hyperthreads of one core, and then hand-overs are many times faster), and when others used little of
 * the machine meanwhile, but for the foreign processes that the benchmark itself had started and stopped (bench/foreign.h).
 */
#include "bench/span.h"
#include "bench/table.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

#include <pthread.h>

enum { BENCH_MAX_REPEAT = 32, BENCH_MAX_POINTS = 8, BENCH_MAX_OWN = 8, BENCH_MAX_CHOSEN = 16 };

struct hypsim_bench_lock;

/**
 * struct bench_lock_opts - what the lock table measures
 * @own:    [n_own] locks of shared objects
 * @chosen: [n_chosen] words of which one must stand in a row's name; none: all rows, and those beside foreign processes
 * @section, @think: how long a thread stays inside and outside
 * @places: how many locks there are, of which a thread takes any
 * @pin:    each thread stays on a core
 * @histogram: a table of waits and one of hand-overs, too
 */
struct bench_lock_opts {
	const struct hypsim_bench_lock *own[BENCH_MAX_OWN];
	u32 n_own;
	const char *chosen[BENCH_MAX_CHOSEN];
	u32 n_chosen;
	struct bench_span section, think;
	u32 places;
	bool pin, histogram;
};

/* Is the lock of this name among those that are asked for? */
bool bench_is_chosen(const struct bench_lock_opts *o, const char *name);

/**
 * struct bench_opts
 * @cpus:    [n_cpus] numbers of simulated CPUs to measure with
 * @seconds: of one measurement
 * @repeat:  measurements of each point; the median counts
 * @dir:     where files are written
 * @found:   set when a lock turned out to be none
 * @saved:   where tables are kept; NULL: nowhere
 */
struct bench_opts {
	u32 cpus[BENCH_MAX_POINTS], n_cpus;
	double seconds;
	u32 repeat;
	const char *dir;
	enum table_form form;
	struct bench_lock_opts lock;
	bool *found;
	struct results *saved;
};

/* Print a table that is measured, and keep it. */
void bench_show(const struct bench_opts *o, const struct table *t);

/**
 * struct bench_guard - around one measurement
 * @probe_ns: hand-over time before it; @busy, @own, @steal: clocks when it began
 */
struct bench_guard {
	double probe_ns;
	u64 wall, busy, own, steal;
};

/* The core number @number of those that the calling thread may use, which begin anew behind the last; -1: they are not known. */
int bench_core(u32 number);
void bench_stay_on(pthread_t thread, int core);
/* Nanoseconds of one hand-over between two threads. */
double bench_probe(void);
void bench_guard_begin(struct bench_guard *g);
/* Was it valid?  If not, @note says why. */
bool bench_guard_end(const struct bench_guard *g, char *note, size_t size);

double bench_median(double *v, u32 n);

/* CPU time of the process, nanoseconds. */
u64 bench_cpu_ns(void);
/* Context switches of the process, voluntary and not. */
u64 bench_switches(void);
/* End the process, with the message and its exit status, when @rc < 0. */
void bench_must(int rc, const struct err *e);
/* A value that the compiler must make. */
void bench_use(u64 v);

/*
 * Measure rows in turn (A B C A B C): @measure(arg, row, out) fills out[0..n_cols); each row gets the medians.  A
 * measurement that is not valid is repeated up to twice, and then left out; a row of which nothing is valid is marked.
 * Rows measured in one call can be compared: a measurement whose probe is not that of the first one is not valid either.
 */
void bench_rows(struct table *t, u32 first_row, u32 n_rows, u32 repeat,
                void (*measure)(void *arg, u32 row, double *out), void *arg);

/* The tables. */
void bench_lock(const struct bench_opts *o);
void bench_log(const struct bench_opts *o);
void bench_check(const struct bench_opts *o);
void bench_prim(const struct bench_opts *o);
void bench_hyp(const struct bench_opts *o);
void bench_explore(const struct bench_opts *o);
void bench_shapes(const struct bench_opts *o);
/* The CPUs of the smallest shape: with fewer bench_shapes() has no rows. */
u32 bench_shapes_cpus(void);

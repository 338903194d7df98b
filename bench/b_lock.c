// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock table: this project's waiting policies beside the ticket, MCS and CLH locks of Concurrency Kit and pthread's
 * mutex and spinlock, every CPU taking the same lock around the same few instructions, logging off.
 *
 * "word" is the lock alone: take a ticket, wait by pause, pass on.  The rows of the policies are wait_lock and pass_lock
 * of a machine, with all they check and count.
 */
#include "bench/foreign_table.h"
#include "bench/frame.h"
#include "bench/subject.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	C_RATE,
	C_RATIO,
	C_NS,
	C_JAIN,
	C_HANDS,
	C_MAXMIN,
	C_DEPTH,
	C_P50,
	C_P99,
	C_P999,
	C_MAX,
	C_CPU,
	C_SWITCH,
	C_PROBE,
	C_NR
};

static const struct table_col cols[C_NR] = {
	[C_RATE] = { "acquired", "M/s", 5 },    [C_RATIO] = { "ratio", "to ck", 2 },
	[C_NS] = { "time", "ns", 1 },           [C_JAIN] = { "Jain", "", 3 },
	[C_HANDS] = { "hand-over", "M/s", 5 },  [C_MAXMIN] = { "max/min", "", 2 },
	[C_DEPTH] = { "depth", "CPUs", 2 },     [C_P50] = { "p50", "us", 2 },
	[C_P99] = { "p99", "us", 2 },           [C_P999] = { "p99.9", "us", 2 },
	[C_MAX] = { "longest", "us", 1 },       [C_CPU] = { "CPU", "ns", 1 },
	[C_SWITCH] = { "switches", "each", 3 }, [C_PROBE] = { "probe", "ns", 0 },
};

/* Time for every thread to come to the lock: locks that collapse then are fast for as long as some did not. */
enum { WARM_UP_US = 100000 };

/**
 * struct worker
 * @n: acquisitions so far; @before: at the end of the warm-up; @after: when time was over
 */
struct worker {
	struct bench_run *run;
	u32 cpu;
	pthread_t id;
	u64 n, before, after;
	struct hist wait;
} __attribute__((aligned(CACHE_LINE)));

static void *work(void *arg)
{
	struct worker *w = arg;
	struct bench_run *r = w->run;

	pthread_barrier_wait(&r->start);
	r->subject->loop(r, w->cpu, &w->n, &w->wait);
	return NULL;
}

/* Clocks and counts of the process at one moment. */
struct moment {
	u64 wall, cpu, switches, handovers;
};

static struct moment look(const struct bench_run *r)
{
	return (struct moment){
		.wall = clock_ns(),
		.cpu = bench_cpu_ns(),
		.switches = bench_switches(),
		.handovers = __atomic_load_n(&r->section.handovers, __ATOMIC_RELAXED),
	};
}

/* What the threads did from @a to @b. */
static void judge(const struct bench_run *r, const struct worker *w, const struct moment *a,
                  const struct moment *b, double *out)
{
	double sum = 0, squares = 0, max = 0, min = INFINITY;
	struct hist wait = { 0 };
	double ns = (double)(b->wall - a->wall);

	for (u32 i = 0; i < r->cpus; i++) {
		double n = (double)(w[i].after - w[i].before);

		sum += n;
		squares += n * n;
		max = n > max ? n : max;
		min = n < min ? n : min;
		hist_merge(&wait, &w[i].wait);
	}
	out[C_RATE] = sum / ns * 1e3;
	out[C_NS] = sum > 0 ? ns / sum : NAN;
	out[C_JAIN] = squares > 0 ? sum * sum / (r->cpus * squares) : NAN;
	out[C_HANDS] = (double)(b->handovers - a->handovers) / ns * 1e3;
	out[C_CPU] = sum > 0 ? (double)(b->cpu - a->cpu) / sum : NAN;
	out[C_SWITCH] = sum > 0 ? (double)(b->switches - a->switches) / sum : NAN;
	out[C_MAXMIN] = min > 0 ? max / min : INFINITY;
	if (isinf(out[C_MAXMIN]))
		out[C_MAXMIN] = NAN;
	out[C_DEPTH] =
		r->section.sampled ? (double)r->section.depth / (double)r->section.sampled : NAN;
	out[C_P50] = (double)hist_quantile(&wait, 0.5) / 1e3;
	out[C_P99] = (double)hist_quantile(&wait, 0.99) / 1e3;
	out[C_P999] = (double)hist_quantile(&wait, 0.999) / 1e3;
	out[C_MAX] = (double)wait.max / 1e3;
}

static void run_subject(const struct subject *s, u32 cpus, double seconds, double *out)
{
	struct bench_run *r = NULL;
	struct worker *w = NULL;
	struct moment a, b;

	if (posix_memalign((void **)&r, CACHE_LINE, sizeof(*r)) ||
	    posix_memalign((void **)&w, CACHE_LINE, cpus * sizeof(*w)))
		exit(3);
	memset(r, 0, sizeof(*r));
	memset(w, 0, cpus * sizeof(*w));
	r->subject = s;
	r->cpus = cpus;
	r->section.last = ~0u;
	s->init(r);
	pthread_barrier_init(&r->start, NULL, cpus + 1);
	for (u32 i = 0; i < cpus; i++) {
		w[i].run = r;
		w[i].cpu = i;
		if (pthread_create(&w[i].id, NULL, work, &w[i]))
			exit(3);
	}
	pthread_barrier_wait(&r->start);
	usleep(WARM_UP_US);
	for (u32 i = 0; i < cpus; i++)
		w[i].before = __atomic_load_n(&w[i].n, __ATOMIC_RELAXED);
	a = look(r);
	usleep((useconds_t)(seconds * 1e6));
	for (u32 i = 0; i < cpus; i++)
		w[i].after = __atomic_load_n(&w[i].n, __ATOMIC_RELAXED);
	b = look(r);
	flag_set(&r->stop);
	for (u32 i = 0; i < cpus; i++)
		pthread_join(w[i].id, NULL);
	judge(r, w, &a, &b, out);
	pthread_barrier_destroy(&r->start);
	s->destroy(r);
	free(r);
	free(w);
}

struct point {
	u32 cpus;
	double seconds;
};

static void measure(void *arg, u32 row, double *out)
{
	const struct point *p = arg;

	run_subject(&subjects[row], p->cpus, p->seconds, out);
}

/* Acquisitions a second, in millions. */
static double lock_rate(const struct bench_opts *o, u32 cpus, enum wait_kind kind, bool admit)
{
	double out[TABLE_MAX_COLS];
	u32 i = 0;

	while (subjects[i].wait != kind || subjects[i].admit != admit)
		i++;
	run_subject(&subjects[i], cpus, o->seconds, out);
	return out[C_RATE];
}

void bench_lock(const struct bench_opts *o)
{
	struct table t = { .name = "lock",
		           .title = "lock: every CPU takes the same lock, logging off",
		           .cols = cols,
		           .n_cols = C_NR,
		           .probe_col = C_PROBE };

	for (u32 i = 0; i < o->n_cpus; i++) {
		struct point p = { o->cpus[i], o->seconds };
		u32 first = t.n;
		double ck;

		for (u32 k = 0; k < n_subjects; k++)
			table_add(&t, "%2u CPU%s  %s", p.cpus, p.cpus == 1 ? " " : "s",
			          subjects[k].name);
		bench_rows(&t, first, n_subjects, o->repeat, measure, &p);
		ck = t.rows[first + SUBJECT_CK_TICKET].v[C_RATE];
		for (u32 k = 0; k < n_subjects; k++)
			t.rows[first + k].v[C_RATIO] = t.rows[first + k].v[C_RATE] / ck;
	}
	table_print(stdout, &t, o->form);
	table_free(&t);
	foreign_table(o, "lock-foreign",
	              "lock: acquisitions, beside foreign processes that compute", lock_rate);
}

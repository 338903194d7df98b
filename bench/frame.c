// SPDX-License-Identifier: GPL-2.0-only
#include "bench/frame.h"

#include "bench/foreign.h"
#include "bench/progress.h"
#include "bench/results.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

bool bench_is_chosen(const struct bench_lock_opts *o, const char *name)
{
	for (u32 i = 0; i < o->n_chosen; i++)
		if (strstr(name, o->chosen[i]))
			return true;
	return o->n_chosen == 0;
}

enum { PROBES = 5, PROBE_ROUNDS = 5000, PROBE_LIMIT_NS = 10000000, RETRIES = 2, PROBE_FACTOR = 2 };

struct pingpong {
	_Alignas(CACHE_LINE) u64 turn;
	u64 stop_ns;
	int core; /* of the second thread; -1: wherever it runs */
};

/* From round @first on: hand the turn over as soon as it comes, or give up when the time is over (the other one may have no core). */
static u64 play(struct pingpong *p, u64 me, u64 first)
{
	for (u64 i = first; i < PROBE_ROUNDS; i++) {
		u32 looks = 0;

		while (__atomic_load_n(&p->turn, __ATOMIC_ACQUIRE) != 2 * i + me) {
			__builtin_ia32_pause();
			if (++looks % 1024 == 0 && clock_ns() > p->stop_ns)
				return i;
		}
		__atomic_store_n(&p->turn, 2 * i + me + 1, __ATOMIC_RELEASE);
	}
	return PROBE_ROUNDS;
}

int bench_core(u32 number)
{
	cpu_set_t may;
	int core = 0;

	if (pthread_getaffinity_np(pthread_self(), sizeof(may), &may) || CPU_COUNT(&may) == 0)
		return -1;
	number %= (u32)CPU_COUNT(&may);
	while (!CPU_ISSET(core, &may) || number-- > 0)
		core++;
	return core;
}

void bench_stay_on(pthread_t thread, int core)
{
	cpu_set_t one;

	if (core < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(core, &one);
	pthread_setaffinity_np(thread, sizeof(one), &one);
}

static void *pong(void *arg)
{
	struct pingpong *p = arg;

	bench_stay_on(pthread_self(), p->core);
	play(p, 1, 0);
	return NULL;
}

static double probe_once(int core)
{
	struct pingpong p = { .stop_ns = clock_ns() + PROBE_LIMIT_NS, .core = core };
	u64 start, done;
	pthread_t t;

	if (pthread_create(&t, NULL, pong, &p))
		return NAN;
	/* The second thread has come to its core when it answers for the first time. */
	__atomic_store_n(&p.turn, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&p.turn, __ATOMIC_ACQUIRE) == 1 && clock_ns() < p.stop_ns)
		__builtin_ia32_pause();
	start = clock_ns();
	done = play(&p, 0, 1);
	start = clock_ns() - start;
	pthread_join(t, NULL);
	return done > 1 ? (double)start / (double)(2 * done) : NAN;
}

/*
 * The best of a few: a probe that was interrupted says nothing of the cores.  Always the same two: which ones the kernel
 * would choose is not asked, but whether they still are as near to each other as they were.
 */
double bench_probe(void)
{
	double best = INFINITY;
	int core[2] = { bench_core(0), bench_core(1) };
	cpu_set_t may;
	bool pin = pthread_getaffinity_np(pthread_self(), sizeof(may), &may) == 0 &&
	           core[0] != core[1];

	if (pin)
		bench_stay_on(pthread_self(), core[0]);
	for (u32 i = 0; i < PROBES; i++) {
		double ns = probe_once(pin ? core[1] : -1);

		best = ns < best ? ns : best;
	}
	if (pin)
		pthread_setaffinity_np(pthread_self(), sizeof(may), &may);
	return best;
}

u64 bench_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

u64 bench_switches(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u64)u.ru_nvcsw + (u64)u.ru_nivcsw;
}

void bench_must(int rc, const struct err *e)
{
	if (rc < 0) {
		fprintf(stderr, "hypsim bench: %s\n", e->msg);
		exit(err_status(e->code));
	}
}

void bench_use(u64 v)
{
	__asm__ volatile("" : : "r"(v));
}

/* A tick of /proc/stat's clocks. */
static u64 tick_ns(void)
{
	return 1000000000u / (u64)sysconf(_SC_CLK_TCK);
}

/* Time that all cores together were busy, and that the host took away, nanoseconds. */
static void host_clocks(u64 *busy, u64 *steal)
{
	unsigned long long user = 0, nice = 0, sys = 0, idle, iowait, irq = 0, soft = 0, st = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (f && fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &sys, &idle,
	                &iowait, &irq, &soft, &st) != 8)
		user = nice = sys = irq = soft = st = 0;
	if (f)
		fclose(f);
	*busy = (user + nice + sys + irq + soft) * tick_ns();
	*steal = st * tick_ns();
}

void bench_guard_begin(struct bench_guard *g)
{
	g->probe_ns = bench_probe();
	host_clocks(&g->busy, &g->steal);
	g->own = bench_cpu_ns() + foreign_cpu_ns();
	g->wall = clock_ns();
}

/* Two probes that cannot be of the same two cores. */
static bool differ(double a, double b)
{
	return a > PROBE_FACTOR * b || b > PROBE_FACTOR * a;
}

bool bench_guard_end(const struct bench_guard *g, char *note, size_t size)
{
	u64 wall = clock_ns() - g->wall, own = bench_cpu_ns() + foreign_cpu_ns() - g->own;
	u64 busy, steal;
	u64 all = wall * (u64)sysconf(_SC_NPROCESSORS_ONLN);
	double foreign, stolen, after;

	host_clocks(&busy, &steal);
	after = bench_probe();
	busy -= g->busy;
	foreign = busy > own ? (double)(busy - own) / (double)all : 0;
	stolen = (double)(steal - g->steal) / (double)all;
	/* The host's clocks tick in hundredths of a second: what two ticks explain may be nobody's. */
	if (foreign + stolen > 0.10 + 2 * (double)tick_ns() / (double)all) {
		snprintf(note, size, "not valid: others %.0f%%, steal %.0f%%", foreign * 100,
		         stolen * 100);
		return false;
	}
	if (differ(g->probe_ns, after)) {
		snprintf(note, size, "not valid: probe %.0f ns, then %.0f ns", g->probe_ns, after);
		return false;
	}
	return true;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *v, u32 n)
{
	u32 have = 0;

	for (u32 i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[have++] = v[i];
	if (!have)
		return NAN;
	qsort(v, have, sizeof(*v), order);
	return have % 2 ? v[have / 2] : (v[have / 2 - 1] + v[have / 2]) / 2;
}

/* What the repetitions of one row came to; in @v[] NAN where a row has no such figure. */
struct repeats {
	double v[BENCH_MAX_REPEAT][TABLE_MAX_COLS];
	bool valid[BENCH_MAX_REPEAT];
	char note[sizeof(((struct table_row *)0)->note)];
};

/* One measurement, repeated while it is not valid.  @probe_ns: that of the first one of these rows; 0: this is the first. */
static void repeat_once(struct repeats *r, u32 rep, u32 row, double *probe_ns,
                        const struct table *t, void (*measure)(void *arg, u32 row, double *out),
                        void *arg)
{
	for (u32 try = 0; try <= RETRIES && !r->valid[rep]; try++) {
		struct bench_guard g;

		for (u32 c = 0; c < TABLE_MAX_COLS; c++)
			r->v[rep][c] = NAN;
		bench_guard_begin(&g);
		measure(arg, row, r->v[rep]);
		r->valid[rep] = bench_guard_end(&g, r->note, sizeof(r->note));
		if (t->probe_col)
			r->v[rep][t->probe_col] = g.probe_ns;
		if (*probe_ns == 0)
			*probe_ns = g.probe_ns;
		if (r->valid[rep] && differ(g.probe_ns, *probe_ns)) {
			snprintf(r->note, sizeof(r->note),
			         "not valid: probe %.0f ns, of the first row %.0f ns", g.probe_ns,
			         *probe_ns);
			r->valid[rep] = false;
		}
	}
}

/* Of one column: the median, the smallest and the largest. */
static void row_column(struct table_row *row, u32 c, double *v, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		row->lo[c] = isnan(row->lo[c]) ? v[i] : fmin(row->lo[c], v[i]);
		row->hi[c] = isnan(row->hi[c]) ? v[i] : fmax(row->hi[c], v[i]);
	}
	row->v[c] = bench_median(v, n);
}

/* The medians of what is valid; of all, and marked, when nothing is. */
static void row_medians(struct table_row *row, const struct repeats *r, u32 repeat, u32 n_cols)
{
	bool any = false;

	for (u32 rep = 0; rep < repeat; rep++)
		any |= r->valid[rep];
	for (u32 c = 0; c < n_cols; c++) {
		double v[BENCH_MAX_REPEAT];

		for (u32 rep = 0; rep < repeat; rep++)
			v[rep] = r->valid[rep] || !any ? r->v[rep][c] : NAN;
		row_column(row, c, v, repeat);
	}
	if (any)
		return;
	row->valid = false;
	memcpy(row->note, r->note, sizeof(row->note));
}

void bench_rows(struct table *t, u32 first_row, u32 n_rows, u32 repeat,
                void (*measure)(void *arg, u32 row, double *out), void *arg)
{
	struct repeats *got = xcalloc(n_rows, sizeof(*got));
	double probe_ns = 0;

	for (u32 rep = 0; rep < repeat; rep++)
		for (u32 r = 0; r < n_rows; r++) {
			repeat_once(&got[r], rep, r, &probe_ns, t, measure, arg);
			progress_step();
		}
	for (u32 r = 0; r < n_rows; r++)
		row_medians(&t->rows[first_row + r], &got[r], repeat, t->n_cols);
	free(got);
}

void bench_show(const struct bench_opts *o, const struct table *t)
{
	progress_end();
	table_print(stdout, t, o->form);
	if (o->saved)
		results_add(o->saved, t);
}

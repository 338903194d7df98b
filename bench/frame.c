// SPDX-License-Identifier: GPL-2.0-only
#include "bench/frame.h"

#include "sim/base/clock.h"
#include "sim/base/vec.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PROBES = 5, PROBE_ROUNDS = 2000, PROBE_LIMIT_NS = 10000000, RETRIES = 2, PROBE_FACTOR = 2 };

struct pingpong {
	_Alignas(CACHE_LINE) u64 turn;
	u64 stop_ns;
};

/* Hand the turn over as soon as it comes, or give up when the time is over (the other one may have no core). */
static u64 play(struct pingpong *p, u64 me)
{
	for (u64 i = 0; i < PROBE_ROUNDS; i++) {
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

static void *pong(void *arg)
{
	play(arg, 1);
	return NULL;
}

static double probe_once(void)
{
	struct pingpong p = { .stop_ns = clock_ns() + PROBE_LIMIT_NS };
	u64 start, done;
	pthread_t t;

	if (pthread_create(&t, NULL, pong, &p))
		return NAN;
	start = clock_ns();
	done = play(&p, 0);
	start = clock_ns() - start;
	pthread_join(t, NULL);
	return done ? (double)start / (double)(2 * done) : NAN;
}

/* The best of a few: a probe that was interrupted says nothing of the cores. */
double bench_probe(void)
{
	double best = INFINITY;

	for (u32 i = 0; i < PROBES; i++) {
		double ns = probe_once();

		best = ns < best ? ns : best;
	}
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
	g->own = bench_cpu_ns();
	g->wall = clock_ns();
}

bool bench_guard_end(const struct bench_guard *g, char *note, size_t size)
{
	u64 wall = clock_ns() - g->wall, own = bench_cpu_ns() - g->own, busy, steal;
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
	if (after > PROBE_FACTOR * g->probe_ns || g->probe_ns > PROBE_FACTOR * after) {
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

void bench_rows(struct table *t, u32 first_row, u32 n_rows, u32 repeat,
                void (*measure)(void *arg, u32 row, double *out), void *arg)
{
	double(*got)[BENCH_MAX_REPEAT][TABLE_MAX_COLS] = xcalloc(n_rows, sizeof(*got));

	for (u32 rep = 0; rep < repeat; rep++) {
		for (u32 r = 0; r < n_rows; r++) {
			struct table_row *row = &t->rows[first_row + r];
			bool valid = false;
			char note[sizeof(row->note)] = "";

			for (u32 try = 0; try <= RETRIES && !valid; try++) {
				struct bench_guard g;

				for (u32 c = 0; c < TABLE_MAX_COLS; c++)
					got[r][rep][c] = NAN;
				bench_guard_begin(&g);
				measure(arg, r, got[r][rep]);
				valid = bench_guard_end(&g, note, sizeof(note));
			}
			if (!valid) {
				row->valid = false;
				memcpy(row->note, note, sizeof(note));
			}
		}
	}
	for (u32 r = 0; r < n_rows; r++) {
		for (u32 c = 0; c < t->n_cols; c++) {
			double v[BENCH_MAX_REPEAT];

			for (u32 rep = 0; rep < repeat; rep++)
				v[rep] = got[r][rep][c];
			t->rows[first_row + r].v[c] = bench_median(v, repeat);
		}
	}
	free(got);
}

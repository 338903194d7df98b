// SPDX-License-Identifier: GPL-2.0-only
#include "bench/foreign.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIFE_S = 600 }; /* of a foreign process that nobody stops */

static __attribute__((noreturn)) void compute(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	alarm(LIFE_S);
	if (getppid() != parent)
		_exit(0);
	for (u64 i = 0;; i++)
		bench_use(i);
}

void foreign_start(struct foreign *f, u32 n)
{
	pid_t parent = getpid();

	fflush(NULL);
	for (f->n = 0; f->n < n; f->n++) {
		f->pid[f->n] = fork();
		if (f->pid[f->n] == 0)
			compute(parent);
		if (f->pid[f->n] < 0) {
			perror("hypsim bench: fork");
			foreign_stop(f);
			exit(3);
		}
	}
}

void foreign_stop(struct foreign *f)
{
	for (u32 i = 0; i < f->n; i++) {
		kill(f->pid[i], SIGKILL);
		waitpid(f->pid[i], NULL, 0);
	}
	f->n = 0;
}

static u64 timeval_ns(const struct timeval *t)
{
	return (u64)t->tv_sec * 1000000000u + (u64)t->tv_usec * 1000;
}

u64 foreign_cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return timeval_ns(&u.ru_utime) + timeval_ns(&u.ru_stime);
}

enum { C_AUTO, C_PARK, C_YIELD, C_SHARE, C_ADMIT, C_NR };

static const struct table_col cols[C_NR] = { [C_AUTO] = { "auto", "M/s", 3 },
	                                     [C_PARK] = { "park", "M/s", 3 },
	                                     [C_YIELD] = { "yield", "M/s", 3 },
	                                     [C_SHARE] = { "auto", "of best", 2 },
	                                     [C_ADMIT] = { "auto, admit", "M/s", 3 } };

struct points {
	const struct bench_opts *o;
	double (*rate)(const struct bench_opts *o, u32 cpus, enum wait_kind kind, bool admit);
	u32 cpus[BENCH_MAX_POINTS], n;
};

/* Row by row: each number of CPUs, beside 0 to FOREIGN_MAX processes. */
static void measure(void *arg, u32 row, double *out)
{
	const struct points *p = arg;
	u32 cpus = p->cpus[row / (FOREIGN_MAX + 1)];
	struct foreign f;

	foreign_start(&f, row % (FOREIGN_MAX + 1));
	out[C_AUTO] = p->rate(p->o, cpus, WAIT_AUTO, false);
	out[C_PARK] = p->rate(p->o, cpus, WAIT_PARK, false);
	out[C_YIELD] = p->rate(p->o, cpus, WAIT_YIELD, false);
	out[C_ADMIT] = p->rate(p->o, cpus, WAIT_AUTO, true);
	foreign_stop(&f);
}

void foreign_table(const struct bench_opts *o, const char *name, const char *title,
                   double (*rate)(const struct bench_opts *o, u32 cpus, enum wait_kind kind,
                                  bool admit))
{
	struct table t = { .name = name, .title = title, .cols = cols, .n_cols = C_NR };
	struct points p = { .o = o, .rate = rate };

	for (u32 i = 0; i < o->n_cpus; i++) {
		if (o->cpus[i] == 1)
			continue;
		p.cpus[p.n++] = o->cpus[i];
		for (u32 f = 0; f <= FOREIGN_MAX; f++)
			table_add(&t, "%2u CPUs beside %u", o->cpus[i], f);
	}
	bench_rows(&t, 0, t.n, o->repeat, measure, &p);
	for (u32 i = 0; i < t.n; i++) {
		double *v = t.rows[i].v;

		v[C_SHARE] = v[C_AUTO] / fmax(v[C_AUTO], fmax(v[C_PARK], v[C_YIELD]));
	}
	if (t.n)
		table_print(stdout, &t, o->form);
	table_free(&t);
}

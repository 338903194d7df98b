// SPDX-License-Identifier: GPL-2.0-only
#include "bench/foreign_table.h"

#include "bench/progress.h"

#include <math.h>

enum { C_AUTO, C_PARK, C_YIELD, C_SHARE, C_ADMIT, C_NR };

static const struct table_col cols[C_NR] = { [C_AUTO] = { "auto", "M/s", 3 },
	                                     [C_PARK] = { "park", "M/s", 3 },
	                                     [C_YIELD] = { "yield", "M/s", 3 },
	                                     [C_SHARE] = { "of best", "", 2 },
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

u32 foreign_table_runs(void)
{
	return (FOREIGN_MAX + 1) * C_SHARE + FOREIGN_MAX + 1;
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
	progress_plan(name, t.n * o->repeat, 0);
	bench_rows(&t, 0, t.n, o->repeat, measure, &p);
	for (u32 i = 0; i < t.n; i++) {
		double *v = t.rows[i].v;

		v[C_SHARE] = v[C_AUTO] / fmax(v[C_AUTO], fmax(v[C_PARK], v[C_YIELD]));
	}
	if (t.n)
		bench_show(o, &t);
	table_free(&t);
}

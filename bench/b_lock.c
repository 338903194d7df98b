// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock table: this project's waiting policies beside locks of Concurrency Kit, of pthreads and of the caller's own, every thread
 * taking the same lock, or any of a few, around the same instructions, logging off.
 *
 * "word" is the lock alone: take a ticket, wait by pause, pass on.  The rows of the policies are wait_lock and pass_lock
 * of a machine, with all they check and count.
 */
#include "bench/foreign_table.h"
#include "bench/frame.h"
#include "bench/lock_run.h"
#include "bench/progress.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct table_col cols[LC_NR] = {
	[LC_RATE] = { "acquired", "M/s", 5 },    [LC_RATIO] = { "ratio", "to ck", 2 },
	[LC_NS] = { "time", "ns", 1 },           [LC_JAIN] = { "Jain", "", 3 },
	[LC_HANDS] = { "hand-over", "M/s", 5 },  [LC_MAXMIN] = { "max/min", "", 2 },
	[LC_DEPTH] = { "depth", "CPUs", 2 },     [LC_P50] = { "p50", "us", 2 },
	[LC_P99] = { "p99", "us", 2 },           [LC_P999] = { "p99.9", "us", 2 },
	[LC_MAX] = { "longest", "us", 1 },       [LC_CPU] = { "CPU", "ns", 1 },
	[LC_SWITCH] = { "switches", "each", 3 }, [LC_PASS50] = { "pass p50", "us", 2 },
	[LC_PASS99] = { "pass p99", "us", 2 },   [LC_OVERTAKEN] = { "overtaken", "each", 2 },
	[LC_OVERTAKEN_MAX] = { "most", "", 0 },  [LC_PROBE] = { "probe", "ns", 0 },
};

/* Histograms: a column each power of two, from HIST_FIRST on; the first has what is below, the last what is above. */
enum { HIST_FIRST = 6, HIST_COLS = 18 };

/**
 * struct point - rows of one number of threads
 * @row: [n] the locks; @seen: [n] what their runs added up to
 */
struct point {
	struct lock_load load;
	double seconds;
	const struct subject *row;
	struct lock_seen *seen;
	u32 n;
};

static void measure(void *arg, u32 row, double *out)
{
	const struct point *p = arg;

	lock_run(&p->row[row], &p->load, p->seconds, out, &p->seen[row]);
}

/* Acquisitions a second, in millions. */
static double lock_rate(const struct bench_opts *o, u32 cpus, enum wait_kind kind, bool admit)
{
	struct lock_load load = { .cpus = cpus, .places = 1 };
	struct lock_seen seen = { .n = 0 };
	double out[TABLE_MAX_COLS];
	u32 i = 0;

	while (subjects[i].wait != kind || subjects[i].admit != admit)
		i++;
	lock_run(&subjects[i], &load, o->seconds, out, &seen);
	return out[LC_RATE];
}

/* The locks that are asked for: [*n], to be freed; *ck: which of them is the one that the others are compared with, ~0: none. */
static struct subject *rows_of(const struct bench_lock_opts *o, u32 *n, u32 *ck)
{
	struct subject *row = xcalloc(n_subjects + o->n_own, sizeof(*row));

	*n = 0;
	*ck = ~0u;
	for (u32 i = 0; i < n_subjects; i++) {
		if (!bench_is_chosen(o, subjects[i].name))
			continue;
		if (i == SUBJECT_CK_TICKET)
			*ck = *n;
		row[(*n)++] = subjects[i];
	}
	for (u32 i = 0; i < o->n_own; i++)
		row[(*n)++] = subject_of(o->own[i]);
	return row;
}

/* A lock in which two were at once is none, however fast. */
static void tell_broken(const struct bench_opts *o, struct table_row *row,
                        const struct lock_seen *seen)
{
	if (seen->lost == 0 && seen->met == 0)
		return;
	row->valid = false;
	snprintf(row->note, sizeof(row->note),
	         "NOT A LOCK: %llu of %llu sections lost, %llu met another",
	         (unsigned long long)seen->lost, (unsigned long long)seen->n,
	         (unsigned long long)seen->met);
	*o->found = true;
}

/* The share of each column, in percent. */
static void hist_row(struct table_row *row, const struct hist *h)
{
	for (u32 c = 0; c < HIST_COLS; c++)
		row->v[c] = 0;
	for (u32 b = 0; b < HIST_BUCKETS; b++) {
		u32 c = b < HIST_FIRST ? 0 : b - HIST_FIRST;

		row->v[c < HIST_COLS ? c : HIST_COLS - 1] +=
			h->n ? 100.0 * (double)h->bucket[b] / (double)h->n : 0;
	}
}

static void name_ns(char *out, size_t size, u64 ns)
{
	if (ns < 1000000)
		snprintf(out, size, "%.3g us", (double)ns / 1e3);
	else
		snprintf(out, size, "%.3g ms", (double)ns / 1e6);
}

static void hist_table(const struct bench_opts *o, const struct table *of,
                       const struct lock_seen *seen, bool waits)
{
	char names[HIST_COLS][16];
	struct table_col hist_cols[HIST_COLS];
	struct table t = { .name = waits ? "lock-waits" : "lock-passes",
		           .title = waits ? "lock: how long until the lock was had, percent below"
		                          : "lock: from giving up to another thread that waited, "
		                            "percent below",
		           .cols = hist_cols,
		           .n_cols = HIST_COLS };

	for (u32 c = 0; c < HIST_COLS; c++) {
		if (c + 1 == HIST_COLS)
			snprintf(names[c], sizeof(names[c]), "above");
		else
			name_ns(names[c], sizeof(names[c]), 2ull << (HIST_FIRST + c));
		hist_cols[c] = (struct table_col){ names[c], "", 2 };
	}
	for (u32 i = 0; i < of->n; i++) {
		struct table_row *row = table_add(&t, "%s", of->rows[i].name);

		table_row_is(row, of->rows[i].cpus, of->rows[i].subject);
		hist_row(row, waits ? &seen[i].wait : &seen[i].hand);
	}
	bench_show(o, &t);
	table_free(&t);
}

/* Seconds that the tables take. */
static double planned(const struct bench_opts *o, u32 rows)
{
	double each = o->seconds + lock_run_more(o->seconds);
	u32 points = o->n_cpus * rows;

	for (u32 i = 0; i < o->n_cpus && o->lock.n_chosen == 0; i++)
		if (o->cpus[i] > 1)
			points += foreign_table_runs();
	return points * o->repeat * each;
}

void bench_lock(const struct bench_opts *o)
{
	struct table t = { .name = "lock",
		           .title = "lock: every CPU takes the same lock, logging off",
		           .cols = cols,
		           .n_cols = LC_NR,
		           .probe_col = LC_PROBE };
	struct lock_seen *seen;
	struct subject *row;
	u32 n, ck;

	if (o->lock.places > 1)
		t.title = "lock: every CPU takes any of the locks, logging off";
	row = rows_of(&o->lock, &n, &ck);
	seen = xcalloc(n * o->n_cpus, sizeof(*seen));
	progress_plan("lock", n * o->n_cpus * o->repeat, planned(o, n));
	for (u32 i = 0; i < o->n_cpus; i++) {
		u32 first = t.n;
		struct point p = { .load = { .cpus = o->cpus[i],
			                     .places = o->lock.places,
			                     .pin = o->lock.pin,
			                     .section = o->lock.section,
			                     .think = o->lock.think },
			           .seconds = o->seconds,
			           .row = row,
			           .seen = &seen[first],
			           .n = n };

		for (u32 k = 0; k < n; k++)
			table_row_is(table_add(&t, "%2u CPU%s  %s", o->cpus[i],
			                       o->cpus[i] == 1 ? " " : "s", row[k].name),
			             o->cpus[i], row[k].name);
		bench_rows(&t, first, n, o->repeat, measure, &p);
		for (u32 k = 0; k < n; k++) {
			if (ck != ~0u)
				t.rows[first + k].v[LC_RATIO] = t.rows[first + k].v[LC_RATE] /
				                                t.rows[first + ck].v[LC_RATE];
			tell_broken(o, &t.rows[first + k], &seen[first + k]);
		}
	}
	bench_show(o, &t);
	if (o->lock.histogram) {
		hist_table(o, &t, seen, true);
		hist_table(o, &t, seen, false);
	}
	table_free(&t);
	free(seen);
	free(row);
	if (o->lock.n_chosen == 0)
		foreign_table(o, "lock-foreign",
		              "lock: acquisitions, beside foreign processes that compute",
		              lock_rate);
}

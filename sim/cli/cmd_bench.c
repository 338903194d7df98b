// SPDX-License-Identifier: GPL-2.0-only
/* hypsim bench: lock contention, logging and checking costs, side by side in one run. */
#include "bench/compare.h"
#include "bench/frame.h"
#include "bench/own_lock.h"
#include "bench/plot.h"
#include "bench/progress.h"
#include "bench/subject.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/base/whole_file.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_JSON = 256,
	KEY_CSV,
	KEY_DIR,
	KEY_LOCK,
	KEY_ROW,
	KEY_SECTION,
	KEY_THINK,
	KEY_LOCKS,
	KEY_PIN,
	KEY_HISTOGRAM,
	KEY_SAVE,
	KEY_PLOT,
	KEY_LOAD,
	KEY_COMPARE,
	KEY_COLUMN,
	KEY_PROGRESS
};

static const struct argp_option options[] = {
	{ "cpus", 'c', "N,...", 0, "numbers of CPUs (default 1,2,4,8,16)", 0 },
	{ "seconds", 's', "S", 0, "of one measurement (default 0.6)", 0 },
	{ "repeat", 'r', "N", 0, "measurements of each point, the median counts (default 5)", 0 },
	{ "dir", KEY_DIR, "DIR", 0, "where files are written (default: /var/tmp)", 0 },
	{ "json", KEY_JSON, NULL, 0, "one JSON object a table", 0 },
	{ "csv", KEY_CSV, NULL, 0, "comma-separated values", 0 },
	{ "progress", KEY_PROGRESS, NULL, 0,
	  "tell how long it takes and how far it is, also where standard error is no terminal", 0 },
	{ "save", KEY_SAVE, "FILE", 0,
	  "keep the tables in FILE, with host, kernel, compiler, version and date", 0 },
	{ "load", KEY_LOAD, "FILE", 0, "for --plot: measure nothing, but take what --save kept",
	  0 },
	{ "plot", KEY_PLOT, "FILE.svg|png|pdf", 0,
	  "draw the lock table by gnuplot: throughput, hand-over latency and fairness against the "
	  "number of CPUs",
	  0 },
	{ "compare", KEY_COMPARE, NULL, 0,
	  "measure nothing; the arguments are two files of --save, OLD and NEW: ratios, and which "
	  "are beyond noise",
	  0 },
	{ "column", KEY_COLUMN, "NAME", 0,
	  "of --compare: this figure (default: the first one of each table)", 0 },
	{ NULL, 0, NULL, 0, "Of the lock table:", 1 },
	{ "lock", KEY_LOCK, "FILE.so", 0,
	  "measure a lock of your own, too: a shared object by hypsim/bench_lock.h; again for "
	  "another",
	  1 },
	{ "row", KEY_ROW, "TEXT", 0,
	  "only locks whose names have TEXT in them, and your own; again for another; without the "
	  "table beside foreign processes",
	  1 },
	{ "locks", KEY_LOCKS, "N", 0, "so many locks, of which each CPU takes any (default 1)", 1 },
	{ "section", KEY_SECTION, "[random:]NS", 0,
	  "stay in a section for NS nanoseconds more, or for 0 to twice as long (default 0)", 1 },
	{ "think", KEY_THINK, "[random:]NS", 0, "the same between two sections (default 0)", 1 },
	{ "pin", KEY_PIN, NULL, 0, "each CPU stays on a core", 1 },
	{ "histogram", KEY_HISTOGRAM, NULL, 0, "how long waits and hand-overs took, too", 1 },
	{ 0 },
};

static const struct {
	const char *name;
	void (*run)(const struct bench_opts *o);
} tables[] = {
	{ "lock", bench_lock },     { "log", bench_log }, { "check", bench_check },
	{ "prim", bench_prim },     { "hyp", bench_hyp }, { "explore", bench_explore },
	{ "shapes", bench_shapes },
};

/**
 * struct args
 * @chosen:  bit i: tables[i]
 * @files:   [n_files] of --compare
 * @of_lock: an option of the lock table alone, or NULL
 */
struct args {
	struct bench_opts o;
	u32 chosen;
	const char *save, *plot, *load, *column, *of_lock;
	bool compare;
	const char *files[2];
	u32 n_files;
};

static const char *table_name(u32 i)
{
	return tables[i].name;
}

static void cpu_list(struct argp_state *state, struct bench_opts *o, const char *arg)
{
	o->n_cpus = 0;
	for (const char *p = arg;; p++) {
		const char *end = p + strcspn(p, ",");
		u64 v = 0;

		if (!number_parse(p, (size_t)(end - p), &v) || v < 1 || v > MAX_CPU ||
		    o->n_cpus == BENCH_MAX_POINTS)
			argp_error(state, "--cpus: expected at most %d numbers 1..%d, found \"%s\"",
			           BENCH_MAX_POINTS, MAX_CPU, arg);
		o->cpus[o->n_cpus++] = (u32)v;
		p = end;
		if (!*p)
			return;
	}
}

/* Where all tables are asked for, one that has no rows is left out. */
static void leave_out_empty(struct argp_state *state, struct args *a)
{
	u32 most = 0;

	for (u32 i = 0; i < a->o.n_cpus; i++)
		most = a->o.cpus[i] > most ? a->o.cpus[i] : most;
	if (most >= bench_shapes_cpus())
		return;
	for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
		if (tables[i].run != bench_shapes)
			continue;
		if (a->chosen >> i & 1)
			argp_error(state,
			           "shapes: the smallest shape has %u CPUs, and --cpus has at most "
			           "%u",
			           bench_shapes_cpus(), most);
		if (!a->chosen)
			a->chosen = ((1u << ARRAY_SIZE(tables)) - 1) & ~(1u << i);
	}
}

static void own_lock(struct argp_state *state, struct bench_lock_opts *o, const char *path)
{
	struct err e;

	if (o->n_own == BENCH_MAX_OWN)
		argp_error(state, "--lock: at most %d of them", BENCH_MAX_OWN);
	o->own[o->n_own] = own_lock_open(path, &e);
	if (!o->own[o->n_own++])
		argp_failure(state, err_status(e.code), 0, "--lock: %s", e.msg);
}

static void span(struct argp_state *state, const char *option, const char *arg,
                 struct bench_span *out)
{
	if (!span_parse(arg, out))
		argp_error(state,
		           "%s: expected nanoseconds up to a second, or random: and these, found "
		           "\"%s\"",
		           option, arg);
}

/* Options of the lock table; false: @key is none. */
static bool parse_lock(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	struct bench_lock_opts *o = &a->o.lock;

	switch (key) {
	case KEY_LOCK:
		a->of_lock = "--lock";
		own_lock(state, o, arg);
		return true;
	case KEY_ROW:
		if (!a->of_lock)
			a->of_lock = "--row";
		if (o->n_chosen == BENCH_MAX_CHOSEN)
			argp_error(state, "--row: at most %d of them", BENCH_MAX_CHOSEN);
		o->chosen[o->n_chosen++] = arg;
		return true;
	case KEY_LOCKS:
		a->of_lock = "--locks";
		o->places = (u32)arg_number(state, "--locks", arg, 1, SUBJECT_MAX_PLACES);
		return true;
	case KEY_SECTION:
		a->of_lock = "--section";
		span(state, "--section", arg, &o->section);
		return true;
	case KEY_THINK:
		a->of_lock = "--think";
		span(state, "--think", arg, &o->think);
		return true;
	case KEY_PIN:
		a->of_lock = "--pin";
		o->pin = true;
		return true;
	case KEY_HISTOGRAM:
		a->of_lock = "--histogram";
		o->histogram = true;
		return true;
	default:
		return false;
	}
}

/* Does any lock that is measured have @text in its name? */
static bool names_a_row(const struct bench_lock_opts *o, const char *text)
{
	for (u32 i = 0; i < n_subjects; i++)
		if (strstr(subjects[i].name, text))
			return true;
	for (u32 i = 0; i < o->n_own; i++)
		if (strstr(o->own[i]->name, text))
			return true;
	return false;
}

/* What goes together. */
static void fit(struct argp_state *state, struct args *a)
{
	const struct bench_lock_opts *o = &a->o.lock;
	/* Of what is loaded those rows are drawn. */
	bool drawn_rows = a->load && a->of_lock && strcmp(a->of_lock, "--row") == 0;

	/* What is kept may have locks that this program does not know. */
	for (u32 i = 0; i < o->n_chosen && !a->load; i++)
		if (!names_a_row(o, o->chosen[i]))
			argp_error(state, "--row: no lock has \"%s\" in its name", o->chosen[i]);
	if (a->compare && a->n_files != 2)
		argp_error(state, "--compare: OLD and NEW are files that --save has written");
	if (a->column && !a->compare)
		argp_error(state, "--column goes with --compare");
	if (a->load && !a->plot)
		argp_error(state, "--load goes with --plot");
	if ((a->compare || a->load) && (a->save || (a->of_lock && !drawn_rows) || a->chosen))
		argp_error(state, "%s measures nothing: %s has no effect there",
		           a->compare ? "--compare" : "--load",
		           a->save      ? "--save"
		           : a->of_lock ? a->of_lock
		                        : "a table");
	if (a->compare && a->plot)
		argp_error(state, "--compare draws nothing: --plot goes with --load");
	/* What is said of locks is of their table. */
	if ((a->of_lock || a->plot) && a->chosen && !(a->chosen & 1))
		argp_error(state, "%s is of the table lock, which is not asked for",
		           a->of_lock ? a->of_lock : "--plot");
	if ((a->of_lock || a->plot) && !a->chosen && !a->load)
		a->chosen = 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	char hint[80];

	if (parse_lock(key, arg, state))
		return 0;
	switch (key) {
	case KEY_SAVE:
		a->save = arg;
		return 0;
	case KEY_LOAD:
		a->load = arg;
		return 0;
	case KEY_PLOT:
		a->plot = arg;
		return 0;
	case KEY_COMPARE:
		a->compare = true;
		return 0;
	case KEY_COLUMN:
		a->column = arg;
		return 0;
	case KEY_PROGRESS:
		progress_always();
		return 0;
	case 'c':
		cpu_list(state, &a->o, arg);
		return 0;
	case 's':
		a->o.seconds = arg_seconds(state, "--seconds", arg, 3600);
		return 0;
	case 'r':
		a->o.repeat = (u32)arg_number(state, "--repeat", arg, 1, BENCH_MAX_REPEAT);
		return 0;
	case KEY_DIR:
		a->o.dir = arg;
		return 0;
	case KEY_JSON:
	case KEY_CSV:
		if (a->o.form != TABLE_TEXT &&
		    a->o.form != (key == KEY_CSV ? TABLE_CSV : TABLE_JSON))
			argp_error(state, "--json and --csv are two forms of one output");
		a->o.form = key == KEY_CSV ? TABLE_CSV : TABLE_JSON;
		return 0;
	case ARGP_KEY_ARG:
		if (a->compare) {
			if (a->n_files == 2)
				argp_error(state, "--compare: one file too many: \"%s\"", arg);
			a->files[a->n_files++] = arg;
			return 0;
		}
		for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
			if (strcmp(tables[i].name, arg) == 0) {
				a->chosen |= 1u << i;
				return 0;
			}
		}
		argp_error(state,
		           "there is no table '%s'%s (lock, log, check, prim, hyp, explore, "
		           "shapes)",
		           arg,
		           nearest_of(arg, ARRAY_SIZE(tables), table_name, hint, sizeof(hint)));
		return 0;
	case ARGP_KEY_END:
		fit(state, a);
		leave_out_empty(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[lock] [log] [check] [prim] [hyp] [explore] [shapes]\n--compare OLD NEW",
	.doc = "Measure, in turn and several times; medians.  A row that did not count says why.  "
	       "Without an argument: all tables.\v"
	       "  lock    this project's lock and others, by numbers of CPUs, and beside foreign "
	       "processes\n"
	       "  log     what an event in the log costs, in time and bytes\n"
	       "  check   what merging, folding and checking an event costs\n"
	       "  prim    the machine's primitives\n"
	       "  hyp     the hypervisor's operations; the storm also beside foreign processes\n"
	       "  explore searches of every schedule: bare, judged, on fibers and pthreads\n"
	       "  shapes  executions until each strategy finds a classic shape's fault, with at "
	       "most "
	       "as many CPUs as --cpus has\n\n"
	       "Columns of the table lock: acquired, of all CPUs; ratio, to that of ck ticket; "
	       "time, from one acquisition to the next of any CPU; Jain, fairness: 1 when all CPUs "
	       "had the lock as often; hand-over, acquisitions behind another CPU's; max/min, of "
	       "the CPUs' counts; depth, CPUs at the lock; p50, p99, p99.9, longest: waits, of one "
	       "acquisition in 64; CPU, time of processors for an acquisition; switches, of "
	       "threads.  By stamps, in a run of their own: pass p50, p99: from the release to the "
	       "next holder, which was waiting; overtaken: by how many that had asked later, by "
	       "the clock before the call, each acquisition and at most (64).  probe: a hand-over "
	       "between two cores.\n\n"
	       "Exit status: 0, 1 a lock is none (two CPUs were inside at once, or one did not "
	       "come back), 2 wrong usage, 3 the host failed.",
};

/* The files that the tables write, should a signal come. */
static void leave_nothing(const char *dir)
{
	static char path[2][256];

	for (u32 i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/hypsim-bench-%d.%s", dir, (int)getpid(),
		         i ? "txt" : "hlog");
		interrupt_leftover(path[i]);
	}
}

/* A file of --save. */
static struct results *read_saved(const char *path)
{
	struct err e;
	struct results *s = results_read(path, &e);

	if (!s)
		bench_must(-(int)e.code, &e);
	return s;
}

static int compare(const struct args *a)
{
	struct results *before = read_saved(a->files[0]), *now = read_saved(a->files[1]);
	u32 n = compare_print(stdout, before, now, a->column, a->o.form);

	results_free(before);
	results_free(now);
	if (n > 0)
		return cli_finish_stdout(EXIT_NOTHING);
	fprintf(stderr, "hypsim bench: --compare: no row of the two files has %s%s in both\n",
	        a->column ? "a figure " : "a figure", a->column ? a->column : "");
	return cli_finish_stdout(EXIT_BAD_INPUT);
}

static void measure(const struct args *a)
{
	for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!a->chosen || a->chosen >> i & 1) {
			tables[i].run(&a->o);
			fflush(stdout);
		}
	}
}

/* What cannot be written is told before anything is measured. */
static void try_files(const struct args *a)
{
	struct err e;

	if (a->save)
		bench_must(whole_try(a->save, &e), &e);
	if (a->plot)
		bench_must(plot_try(a->plot, &e), &e);
}

int cmd_bench(int argc, char **argv)
{
	bool found = false;
	struct args a = { .o = { .cpus = { 1, 2, 4, 8, 16 },
		                 .n_cpus = 5,
		                 .seconds = 0.6,
		                 .repeat = 5,
		                 .dir = "/var/tmp",
		                 .lock = { .places = 1 },
		                 .found = &found } };
	struct err e;

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (a.compare)
		return compare(&a);
	try_files(&a);
	leave_nothing(a.o.dir);
	interrupts_catch(INTERRUPT_AT_ONCE);
	a.o.saved = a.load ? read_saved(a.load) : a.save || a.plot ? results_new() : NULL;
	if (!a.load)
		measure(&a);
	if (a.save)
		bench_must(results_write(a.o.saved, a.save, &e), &e);
	if (a.plot)
		bench_must(plot_locks(a.o.saved, &a.o.lock, a.plot, &e), &e);
	results_free(a.o.saved);
	return cli_finish_stdout(found ? EXIT_VIOLATION : EXIT_NOTHING);
}

// SPDX-License-Identifier: GPL-2.0-only
/* hypsim bench: lock contention, logging and checking costs, side by side in one run. */
#include "bench/frame.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_JSON = 256, KEY_CSV, KEY_DIR };

static const struct argp_option options[] = {
	{ "cpus", 'c', "N,...", 0, "numbers of CPUs (default 1,2,4,8,16)", 0 },
	{ "seconds", 's', "S", 0, "of one measurement (default 0.6)", 0 },
	{ "repeat", 'r', "N", 0, "measurements of each point, the median counts (default 5)", 0 },
	{ "dir", KEY_DIR, "DIR", 0, "where files are written (default: /var/tmp)", 0 },
	{ "json", KEY_JSON, NULL, 0, "one JSON object a table", 0 },
	{ "csv", KEY_CSV, NULL, 0, "comma-separated values", 0 },
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

struct args {
	struct bench_opts o;
	u32 chosen; /* bit i: tables[i] */
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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	char hint[80];

	switch (key) {
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
		leave_out_empty(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[lock] [log] [check] [prim] [hyp] [explore] [shapes]",
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
	       "Exit status: 0, 2 wrong usage, 3 the host failed.",
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

int cmd_bench(int argc, char **argv)
{
	struct args a = { .o = { .cpus = { 1, 2, 4, 8, 16 },
		                 .n_cpus = 5,
		                 .seconds = 0.6,
		                 .repeat = 5,
		                 .dir = "/var/tmp" } };

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	leave_nothing(a.o.dir);
	interrupts_catch(INTERRUPT_AT_ONCE);
	for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!a.chosen || a.chosen >> i & 1) {
			tables[i].run(&a.o);
			fflush(stdout);
		}
	}
	return cli_finish_stdout(EXIT_NOTHING);
}

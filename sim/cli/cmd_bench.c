// SPDX-License-Identifier: GPL-2.0-only
/* hypsim bench: lock contention, logging and checking costs, side by side in one run. */
#include "bench/frame.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

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
	{ "lock", bench_lock }, { "log", bench_log }, { "check", bench_check },
	{ "prim", bench_prim }, { "hyp", bench_hyp },
};

struct args {
	struct bench_opts o;
	u32 chosen; /* bit i: tables[i] */
};

static void cpu_list(struct argp_state *state, struct bench_opts *o, const char *arg)
{
	o->n_cpus = 0;
	for (const char *p = arg;; p++) {
		char *end;
		unsigned long v = strtoul(p, &end, 10);

		if (end == p || v < 1 || v > MAX_CPU || (*end && *end != ',') ||
		    o->n_cpus == BENCH_MAX_POINTS)
			argp_error(state, "--cpus: expected at most %d numbers 1..%d, found \"%s\"",
			           BENCH_MAX_POINTS, MAX_CPU, arg);
		o->cpus[o->n_cpus++] = (u32)v;
		p = end;
		if (!*p)
			return;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	char *end;

	switch (key) {
	case 'c':
		cpu_list(state, &a->o, arg);
		return 0;
	case 's':
		a->o.seconds = strtod(arg, &end);
		if (end == arg || *end || !(a->o.seconds > 0) || a->o.seconds > 3600)
			argp_error(state, "--seconds: expected seconds above 0, found \"%s\"", arg);
		return 0;
	case 'r':
		a->o.repeat = (u32)arg_number(state, "--repeat", arg, 1, BENCH_MAX_REPEAT);
		return 0;
	case KEY_DIR:
		a->o.dir = arg;
		return 0;
	case KEY_JSON:
		a->o.form = TABLE_JSON;
		return 0;
	case KEY_CSV:
		a->o.form = TABLE_CSV;
		return 0;
	case ARGP_KEY_ARG:
		for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
			if (strcmp(tables[i].name, arg) == 0) {
				a->chosen |= 1u << i;
				return 0;
			}
		}
		argp_error(state, "there is no table '%s' (lock, log, check, prim, hyp)", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[lock] [log] [check] [prim] [hyp]",
	.doc = "Measure, in turn and several times; medians.  A row that did not count says why.  "
	       "Without an argument: all tables.\v"
	       "  lock    this project's lock and others, by numbers of CPUs, and beside foreign "
	       "processes\n"
	       "  log     what an event in the log costs, in time and bytes\n"
	       "  check   what merging, folding and checking an event costs\n"
	       "  prim    the machine's primitives\n"
	       "  hyp     the hypervisor's operations; the storm also beside foreign processes\n\n"
	       "Exit status: 0, 2 wrong usage, 3 the host failed.",
};

int cmd_bench(int argc, char **argv)
{
	struct args a = { .o = { .cpus = { 1, 2, 4, 8, 16 },
		                 .n_cpus = 5,
		                 .seconds = 0.6,
		                 .repeat = 5,
		                 .dir = "/var/tmp" } };

	cli_begin_stdout();
	argp_err_exit_status = EXIT_BAD_INPUT;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!a.chosen || a.chosen >> i & 1) {
			tables[i].run(&a.o);
			fflush(stdout);
		}
	}
	return cli_finish_stdout(EXIT_NOTHING);
}

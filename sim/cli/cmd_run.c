// SPDX-License-Identifier: GPL-2.0-only
/* hypsim run: a scenario on free-running CPUs, logged and judged. */
#include "scenarios/bugs/bugs.h"
#include "scenarios/scenarios.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/cli/run_report.h"
#include "sim/cli/run_setup.h"
#include "sim/run/run_check.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_ADMIT = 256,
	KEY_CHECK,
	KEY_COVERAGE,
	KEY_EPISODE,
	KEY_ERRATA,
	KEY_ERRATUM,
	KEY_FORCE,
	KEY_JSON,
	KEY_KEEP,
	KEY_MEMORY,
	KEY_OVERLAPS,
	KEY_PERTURB,
	KEY_RANDOM_OUTSIDE,
	KEY_TIMES,
	KEY_RUNS,
	KEY_STALL,
	KEY_STRICT,
	KEY_FULL,
	KEY_ALL,
	KEY_TLB
};

static const struct argp_option options[] = {
	{ "cpus", 'c', "N", 0, "simulated CPUs, 1..64 (default: the scenario's)", 0 },
	{ "ops", 'n', "N", 0, "operations of each CPU (default 100000, without --duration)", 0 },
	{ "duration", 'd', "S", 0, "run for S seconds (decimals allowed)", 0 },
	{ "seed", 's', "S", 0, "seed of every choice (default 1)", 0 },
	{ "log", 'l', "FILE", 0, "write the log to FILE (default: in memory)", 0 },
	{ "force", KEY_FORCE, NULL, 0, "--log may overwrite a file that is no log", 0 },
	{ "check", KEY_CHECK, "after|online|off", 0,
	  "judge the log when the run has ended (default), while it lasts, or not at all", 0 },
	{ "wait", 'w', "POLICY", 0,
	  "spin, yield, park, or auto: yield, and park where a yield is dear (default: the "
	  "scenario's)",
	  0 },
	{ "admit", KEY_ADMIT, "N", OPTION_ARG_OPTIONAL,
	  "at most N CPUs (default: cores) between a ticket and the last release", 0 },
	{ "admit-runs", KEY_RUNS, "R", 0,
	  "acquisitions that one admission is good for (default 8192)", 0 },
	{ "episode", KEY_EPISODE, "N", 0, "a machine of its own every N operations of each CPU",
	  0 },
	{ "memory", KEY_MEMORY, "MIB", 0,
	  "when so much of the log waits in memory to be judged, the CPUs meet until it was "
	  "(default 256)",
	  0 },
	{ "timestamps", KEY_TIMES, NULL, 0, "time every event, wait and hold times", 0 },
	{ "keep-reads", KEY_KEEP, NULL, 0,
	  "log every look at a lock word (fairness is not judged then)", 0 },
	{ "strict", KEY_STRICT, NULL, 0,
	  "a known finding, of what a slip of the published files does, is a violation", 0 },
	{ "overlaps", KEY_OVERLAPS, NULL, 0,
	  "show of each pair of operations that can come to one object how often they met on it",
	  0 },
	{ "coverage", KEY_COVERAGE, NULL, 0,
	  "show what of the hypervisor the log has reached: operations, ways of their steps, sides "
	  "of errata, clauses, pairs that met",
	  0 },
	{ "all", KEY_ALL, NULL, 0,
	  "tell every finding that is kept in full (64 of a log), the known ones as well, not only "
	  "the first one",
	  0 },
	{ "full", KEY_FULL, NULL, 0,
	  "evaluate all invariants in full after every 1000 sections, not only at the begin and "
	  "the end of an episode",
	  0 },
	{ "stall", KEY_STALL, "S", 0,
	  "a CPU that does not move for S seconds is a finding (default 20)", 0 },
	{ "tlb", KEY_TLB, NULL, 0,
	  "each CPU has a translation buffer, which the published machine has not: translations "
	  "go stale, which is known and counted, unless --erratum tlb-invalidate=intended",
	  0 },
	{ "errata", KEY_ERRATA, "default|intended", 0,
	  "which side of all slips of the published files to follow, but for those that --erratum "
	  "or the scenario names",
	  0 },
	{ "perturb", KEY_PERTURB, "PERCENT", 0,
	  "delay the CPUs between their steps (locks, pulls, pushes, flat memory, walks), by the "
	  "seed, at PERCENT of 100 of them, so that windows of a few instructions open (default: "
	  "the "
	  "scenario's, mostly 0)",
	  0 },
	{ "random-outside", KEY_RANDOM_OUTSIDE, "PERCENT", 0,
	  "PERCENT of 100 of the values that the core and VMs take from outside are anything, by "
	  "the seed, and not what hosts and guests chose; implies -o claims=off",
	  0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0,
	  "which side of one slip to follow (hypsim list errata)", 0 },
	{ "option", 'o', "KEY=VALUE", 0, "an option of the scenario", 0 },
	{ "json", KEY_JSON, NULL, 0, "the result as one JSON object", 0 },
	RESULTS_ROWS,
	{ "quiet", 'q', NULL, 0, "no progress, and nothing at all when nothing was found", 0 },
	{ 0 },
};

static u64 seconds_ms(struct argp_state *state, const char *option, const char *arg)
{
	double s = arg_seconds(state, option, arg, 1e6);

	/* Less than a millisecond is one: 0 would be "not given". */
	return s < 0.001 ? 1 : (u64)(s * 1000 + 0.5);
}

static u32 bugs_count(void)
{
	u32 n = 0;

	while (bugs[n])
		n++;
	return n;
}

/* Scenarios, and bugs behind them. */
static const char *scenario_name(u32 i)
{
	u32 n = scenarios_count();

	return i < n ? scenarios[i]->name : bugs[i - n]->scenario.name;
}

/* Options of which one says nothing beside, or without, another. */
static void conflicts(struct argp_state *state, const struct run_setup *r)
{
	bool in_memory = r->check == CHECK_ONLINE || (r->check != CHECK_OFF && !r->log_path);

	if (r->force && !r->log_path)
		argp_error(state, "--force goes with --log only");
	if (r->memory_given && !in_memory)
		argp_error(state, "--memory goes with a log that waits in memory to be judged: "
		                  "without --check off, and with --log only if --check online");
	if (r->overlaps && r->check == CHECK_OFF)
		argp_error(state, "--overlaps are found in the log: it goes not with --check off");
	if (r->coverage && r->check == CHECK_OFF)
		argp_error(state, "--coverage is found in the log: it goes not with --check off");
	if ((r->how.strict || r->how.full) && r->check == CHECK_OFF)
		argp_error(state, "--strict and --full say how the log is judged: they go not with "
		                  "--check off");
	if (r->policy.admit_runs != WAIT_ADMIT_RUNS && !r->policy.admit)
		argp_error(state, "--admit-runs goes with --admit only");
}

static void scenario_argument(struct argp_state *state, struct run_setup *r, char *arg)
{
	char hint[96];

	if (r->scenario)
		argp_error(state, "one scenario only, found \"%s\" too", arg);
	r->scenario = scenario_by_name(arg);
	if (!r->scenario)
		r->scenario = bug_by_name(arg);
	if (!r->scenario)
		argp_error(state, "unknown scenario '%s'%s ('hypsim list scenarios' shows them)",
		           arg,
		           nearest_of(arg, scenarios_count() + bugs_count(), scenario_name, hint,
		                      sizeof(hint)));
}

/* The options that say how the log is kept and judged. */
static error_t parse_log(int key, char *arg, struct argp_state *state)
{
	struct run_setup *r = state->input;

	switch (key) {
	case 'l':
		r->log_path = arg;
		if (strcmp(arg, "-") == 0)
			argp_error(state, "--log: a log is written in place, and standard output "
			                  "is no file");
		return 0;
	case KEY_FORCE:
		r->force = true;
		return 0;
	case KEY_CHECK:
		r->check = strcmp(arg, "off") == 0      ? CHECK_OFF
		           : strcmp(arg, "online") == 0 ? CHECK_ONLINE
		                                        : CHECK_AFTER;
		if (r->check == CHECK_AFTER && strcmp(arg, "after") != 0)
			argp_error(state, "--check: expected after, online or off, found \"%s\"",
			           arg);
		return 0;
	case KEY_MEMORY:
		r->memory_given = true;
		r->memory_bytes = arg_mib(state, "--memory", arg, 1ull << 40);
		return 0;
	case KEY_STRICT:
		r->how.strict = true;
		return 0;
	case KEY_FULL:
		r->how.full = true;
		return 0;
	case KEY_ALL:
		r->how.all = true;
		return 0;
	case KEY_OVERLAPS:
		r->overlaps = true;
		return 0;
	case KEY_COVERAGE:
		r->coverage = true;
		return 0;
	case KEY_TIMES:
		r->timestamps = true;
		return 0;
	case KEY_KEEP:
		r->keep_reads = true;
		return 0;
	case KEY_JSON:
		r->json = true;
		return 0;
	case 'q':
		r->quiet = true;
		return 0;
	default:
		return results_parse(key, arg, state, &r->results);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_setup *r = state->input;

	switch (key) {
	case 'c':
		r->cpus = (u32)arg_number(state, "--cpus", arg, 1, MAX_CPU);
		return 0;
	case 'n':
		r->opts.ops = arg_number(state, "--ops", arg, 1, ~0ull);
		return 0;
	case 'd':
		r->opts.duration_ms = seconds_ms(state, "--duration", arg);
		return 0;
	case 's':
		r->seed = arg_number(state, "--seed", arg, 0, ~0ull);
		return 0;
	case 'w':
		r->policy.kind = wait_kind_by_name(arg);
		if (r->policy.kind == WAIT_NR)
			argp_error(state,
			           "--wait: expected spin, yield, park or auto, found \"%s\"", arg);
		return 0;
	case KEY_ADMIT:
		r->policy.admit =
			arg ? (u32)arg_number(state, "--admit", arg, 1, MAX_CPU) : r->policy.cores;
		return 0;
	case KEY_RUNS:
		r->policy.admit_runs = (u32)arg_number(state, "--admit-runs", arg, 1, 1u << 30);
		return 0;
	case KEY_EPISODE:
		r->opts.episode_ops = arg_number(state, "--episode", arg, 1, ~0ull);
		return 0;
	case KEY_ERRATA:
		arg_errata(state, &r->chosen, arg);
		return 0;
	case KEY_ERRATUM:
		arg_erratum(state, &r->chosen, arg);
		return 0;
	case KEY_STALL:
		r->opts.stall_ms = seconds_ms(state, "--stall", arg);
		return 0;
	case KEY_TLB:
		r->tlb = true;
		return 0;
	case KEY_PERTURB:
		r->perturb = (u32)arg_number(state, "--perturb", arg, 0, 100);
		return 0;
	case KEY_RANDOM_OUTSIDE:
		r->random_outside = (u32)arg_number(state, "--random-outside", arg, 0, 100);
		return 0;
	case 'o':
		r->scenario_options[r->n_scenario_options++ % MAX_SET_OPTIONS] = arg;
		if (r->n_scenario_options > MAX_SET_OPTIONS)
			argp_error(state, "too many -o");
		return 0;
	case ARGP_KEY_ARG:
		scenario_argument(state, r, arg);
		return 0;
	case ARGP_KEY_END:
		conflicts(state, r);
		if (!r->scenario)
			argp_error(state, "which scenario? ('hypsim list scenarios' shows them)");
		return 0;
	default:
		return parse_log(key, arg, state);
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SCENARIO",
	.doc = "Run a scenario on free-running CPUs, log what they do, and judge the log.\v"
	       "Exit status: 0 nothing found, 1 a violation or a stuck call, 2 wrong usage, 3 the "
	       "host failed "
	       "(disk full, out of memory), 130 or 143 interrupted before it was done and judged, "
	       "and nothing found.",
};

static int fail(const struct err *e)
{
	fprintf(stderr, "hypsim run: %s\n", e->msg);
	return err_status(e->code);
}

/* A log that the run is to write is no place for its results. */
static int begin_results(struct run_setup *r, struct err *e)
{
	return results_out_begin(&r->results, &r->log_path, r->log_path ? 1 : 0, e);
}

int cmd_run(int argc, char **argv)
{
	struct run_setup r;
	struct err e;
	int status;

	argp_err_exit_status = EXIT_BAD_INPUT;
	run_setup_defaults(&r);
	options_known(&argp, argc, argv);
	results_out_line(&r.results, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &r);
	/* The first ends the run after the operations under way, the second does not wait. */
	interrupts_catch(INTERRUPT_COUNT);
	r.opts.interrupts = interrupts_count();
	status = begin_results(&r, &e);
	if (status >= 0)
		status = run_setup_prepare(&r, &e);
	if (status >= 0)
		status = run_setup_execute(&r, &e);
	/* A signal that comes when all is done and judged has interrupted nothing. */
	if (status >= 0 && r.result.end != RUN_INTERRUPTED && r.result.end != RUN_LOG_FAILED &&
	    !r.judged_in_part)
		interrupts_missed();
	if (status >= 0)
		status = run_report(&r);
	if (status < 0) {
		results_failed(&r.results, r.scenario->name, e.msg);
		status = fail(&e);
	}
	status = results_out_end(&r.results, "hypsim run", status);
	run_setup_free(&r);
	return cli_finish_stdout(status);
}

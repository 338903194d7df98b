// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/replay_args.h"

#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/replay_log.h"
#include "sim/explore/saved.h"

#include <argp.h>
#include <string.h>

/* clang-format off */
enum { KEY_VEHICLE = 256, KEY_TOLERANT, KEY_FORCE, KEY_TIMES, KEY_STEPS, KEY_PRINT, KEY_STEP, KEY_EPISODE, KEY_GDB };
/* clang-format on */

/* An execution has at most so many steps where nobody says. */
enum { STEPS = 100000 };

static const struct argp_option rows[] = {
	{ "tolerant", KEY_TOLERANT, NULL, 0,
	  "on a scope that is like the schedule's: only steps that the schedule names are ordered, "
	  "by "
	  "CPU, call, object, and which of these it is; others are made as soon as they can be",
	  0 },
	{ "log", 'l', "FILE", 0, "leave the log of the execution in FILE (hypsim check)", 0 },
	{ "force", KEY_FORCE, NULL, 0, "--log may overwrite a file that is no log", 0 },
	{ "times", KEY_TIMES, "N", 0,
	  "so often (default 1); executions that differ are a bug of hypsim, and it aborts", 0 },
	{ "cpus", 'c', "N", 0, "of SCOPE, as for hypsim explore", 0 },
	{ "seed", 's', "S", 0,
	  "of SCOPE: seed of the data oracles, and of storm and clash (default 1)", 0 },
	{ "option", 'o', "KEY=N", 0, "of SCOPE, a named one, as for hypsim explore", 0 },
	DRAWN_ROWS("of SCOPE, "),
	{ "errata", KEY_ERRATA, "default|intended", 0, "of SCOPE, as for hypsim explore", 0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0, "of SCOPE, as for hypsim explore",
	  0 },
	{ "tlb", KEY_TLB, NULL, 0, "of SCOPE, as for hypsim explore", 0 },
	{ "steps", KEY_STEPS, "N", 0, "of the execution, at most (default 100000)", 0 },
	{ "vehicle", KEY_VEHICLE, "NAME", 0,
	  "what the CPUs run on: fiber (default), ucontext, pthread; the result is the same", 0 },
	{ "step", KEY_STEP, NULL, 0,
	  "walk through it by commands of standard input, or of a prompt: help says which", 0 },
	{ "gdb", KEY_GDB, NULL, 0,
	  "under gdb: it stops where another CPU goes on, on that CPU's stack; breakpoints of your "
	  "own stop "
	  "in the schedule's order",
	  0 },
	{ "episode", KEY_EPISODE, "N", 0, "of LOG: this one alone (default: each)", 0 },
	{ "print", KEY_PRINT, NULL, 0, "write the scope as a file, and end", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

/* What replay does: it executes a schedule, where neither the argument nor an option chooses something else. */
enum { REPLAYS, STEPS_BY_HAND, UNDER_GDB, PRINTS, REPLAYS_LOG, MODES };
enum {
	OF_REPLAY = 1 << REPLAYS,
	OF_STEP = 1 << STEPS_BY_HAND,
	OF_GDB = 1 << UNDER_GDB,
	OF_PRINT = 1 << PRINTS,
	OF_LOG = 1 << REPLAYS_LOG,
	OF_ENGINE = OF_REPLAY | OF_STEP | OF_GDB, /* a schedule is executed */
	OF_SCOPE = OF_ENGINE | OF_PRINT,
};

static const struct goes_mode modes[MODES] = {
	[REPLAYS] = { 0, "a schedule" },
	[STEPS_BY_HAND] = { KEY_STEP, NULL },
	[UNDER_GDB] = { KEY_GDB, NULL },
	[PRINTS] = { KEY_PRINT, NULL },
	[REPLAYS_LOG] = { 0, "a log of hypsim run, with which --episode and --json go only" }
};

static const struct goes_row together[] = {
	{ KEY_TOLERANT, OF_REPLAY | OF_GDB | OF_PRINT, 0, { 0 } },
	{ 'l', OF_REPLAY, 0, { KEY_TIMES } },
	{ KEY_FORCE, OF_REPLAY, 'l', { 0 } },
	{ KEY_TIMES, OF_REPLAY, 0, { 0 } },
	{ 'c', OF_SCOPE, 0, { 0 } },
	{ 's', OF_SCOPE, 0, { 0 } },
	{ 'o', OF_SCOPE, 0, { 0 } },
	{ 'n', OF_SCOPE, 0, { 0 } },
	{ KEY_BEFORE, OF_SCOPE, 0, { 0 } },
	{ KEY_ERRATA, OF_SCOPE, 0, { 0 } },
	{ KEY_ERRATUM, OF_SCOPE, 0, { 0 } },
	{ KEY_TLB, OF_SCOPE, 0, { 0 } },
	{ KEY_STEPS, OF_ENGINE, 0, { 0 } },
	{ KEY_VEHICLE, OF_ENGINE, 0, { 0 } },
	{ KEY_STEP, OF_STEP, 0, { 0 } },
	{ KEY_GDB, OF_GDB, 0, { 0 } },
	{ KEY_EPISODE, OF_LOG, 0, { 0 } },
	{ KEY_PRINT, OF_PRINT, 0, { 0 } },
	{ 'j', OF_REPLAY | OF_LOG, 0, { 0 } },
};

const struct goes_with replay_goes = { rows, together, ARRAY_SIZE(together), modes, MODES };

static error_t parse_how(int key, char *arg, struct argp_state *state)
{
	struct replay_args *o = state->input;

	switch (key) {
	case KEY_TOLERANT:
		o->how = REPLAY_TOLERANT;
		return 0;
	case 'l':
		o->log = arg;
		if (strcmp(arg, "-") == 0)
			argp_error(state, "--log: a log is written in place, and standard output "
			                  "is no file");
		return 0;
	case KEY_FORCE:
		o->force = true;
		return 0;
	case KEY_TIMES:
		o->times = arg_number(state, "--times", arg, 1, 1000000000);
		return 0;
	case KEY_STEPS:
		o->steps = (u32)arg_number(state, "--steps", arg, 1, 10000000);
		return 0;
	case KEY_VEHICLE:
		o->vehicle = arg_vehicle(state, arg);
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case KEY_STEP:
		o->step = true;
		return 0;
	case KEY_GDB:
		o->gdb = true;
		return 0;
	case KEY_EPISODE:
		o->episode = arg_number(state, "--episode", arg, 0, ~0ull - 1);
		return 0;
	case KEY_PRINT:
		o->print = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_arg(char *arg, struct argp_state *state)
{
	struct replay_args *o = state->input;

	if (!o->what)
		o->what = arg;
	else if (!o->from.scope)
		o->from.scope = arg;
	else
		argp_error(state, "one schedule and one scope, found \"%s\" too", arg);
	return 0;
}

static void settle(struct argp_state *state, struct replay_args *o)
{
	u32 mode = goes_mode_of(state, &replay_goes, &o->said);
	bool is_stdin = o->what && strcmp(o->what, "-") == 0;

	o->is_log = o->what && !saved_is_string(o->what) && replay_log_is(o->what);
	goes_with_check(state, &replay_goes, &o->said, o->is_log ? REPLAYS_LOG : mode);
	if (o->is_log && o->from.scope)
		argp_error(state, "%s is a log, which goes without a scope", o->what);
	if (o->is_log)
		return;
	if (!o->what)
		argp_error(state, "which schedule? (a file of hypsim explore --save, '-' is "
		                  "standard input; or the string that hypsim explore prints)");
	if (saved_is_string(o->what) && !o->from.scope)
		argp_error(state, "which scope? (a string has the scope's hash only)");
	if (o->scope_said && !o->from.scope)
		argp_error(state, "--cpus, --seed, -o, --errata, --erratum and --tlb say how SCOPE "
		                  "is read, and there is none");
	if ((o->step || o->gdb) && is_stdin)
		argp_error(state, "--%s reads commands from standard input, which is the schedule",
		           o->step ? "step" : "gdb");
	if ((o->step || o->gdb || is_stdin) && o->from.scope && strcmp(o->from.scope, "-") == 0)
		argp_error(state, "standard input is the scope, and cannot be the schedule or the "
		                  "commands too");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_args *o = state->input;

	goes_said_add(&o->said, &replay_goes, key);
	switch (key) {
	case ARGP_KEY_ARG:
		return parse_arg(arg, state);
	case ARGP_KEY_END:
		settle(state, o);
		return 0;
	default:
		if (scope_args_parse(key, arg, state, &o->from) != 0)
			return parse_how(key, arg, state);
		o->scope_said = true;
		return 0;
	}
}

static const struct argp argp = {
	.options = rows,
	.parser = parse,
	.args_doc = "FILE|STRING [SCOPE]\nLOG",
	.doc = "Execute a schedule that 'hypsim explore' has found: FILE is what its --save has "
	       "written, STRING what it has printed, and SCOPE is the scope, which FILE has too.  "
	       "Each step must be the one that the schedule says; it stops at the first that "
	       "differs.\n"
	       "Or execute what a log of 'hypsim run' has again, entry by entry, in the log's "
	       "orders of locks and frames, with its values from outside, and compare results and "
	       "contents with it.  An episode is in memory while it is executed.\v"
	       "Exit status: 0 the same was found again (of a schedule that found nothing: "
	       "nothing), or the log has what was executed; 1 a step differs, or it came to "
	       "something else; 2 wrong usage, a malformed schedule or log, or another scope; 3 "
	       "the "
	       "host failed.",
};

void replay_args_parse(struct replay_args *o, int argc, char **argv)
{
	*o = (struct replay_args){
		.from = { .seed = 1 }, .times = 1, .steps = STEPS, .episode = ~0ull
	};
	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, o);
}

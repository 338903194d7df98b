// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_args.h"

#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"

#include <argp.h>
#include <string.h>

enum {
	KEY_STRATEGY = 256,
	KEY_DEPTH,
	KEY_DEPEND,
	KEY_GRAIN,
	KEY_VEHICLE,
	KEY_EXECUTIONS,
	KEY_ROUNDS,
	KEY_SYMMETRY,
	KEY_STEPS,
	KEY_MEMORY,
	KEY_ALL,
	KEY_CHECK,
	KEY_STRICT,
	KEY_REQUIRE,
	KEY_PRINT,
	KEY_SAVE,
	KEY_NO_SHRINK,
	KEY_SHRINK_TIME,
	KEY_PROGRESS,
	KEY_REDRAW,
};

/* Executions have at most so many steps where nobody says. */
enum { STEPS = 100000 };

static const struct argp_option rows[] = {
	{ "cpus", 'c', "N", 0,
	  "CPUs of the machine, at least (default: as many as the scope names)", 0 },
	{ "seed", 's', "S", 0,
	  "seed of the data oracles (of storm and clash: of the scope), and of strategies that "
	  "draw (default 1)",
	  0 },
	{ "option", 'o', "KEY=N", 0,
	  "of a named scope: cpus, sections, mended (hypsim list scopes); of storm and "
	  "clash: as for hypsim run",
	  0 },
	DRAWN_ROWS(""),
	{ "redraw", KEY_REDRAW, NULL, 0,
	  "of clash, with a strategy that draws: each execution is of another scope, that of the "
	  "next seed",
	  0 },
	{ "errata", KEY_ERRATA, "default|intended", 0,
	  "which side of all slips of the published files to follow, but for those that --erratum "
	  "names",
	  0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0,
	  "which side of one slip to follow (hypsim list errata); ID 'all' is every one", 0 },
	{ "strategy", KEY_STRATEGY, "NAME", 0,
	  "dfs: every class once (default); revisit: the same, by parts that know nothing of "
	  "each other; naive: every order of steps; executions drawn at "
	  "random, with --executions or --time: random, pct, surw, urw, pos, feedback",
	  0 },
	{ "depth", KEY_DEPTH, "N", 0,
	  "of pct: how many orders of two steps a bug needs (default 3)", 0 },
	{ "depend", KEY_DEPEND, "tickets|cells", 0,
	  "which steps are dependent: any two tickets of a lock, or sections that come to one cell "
	  "of "
	  "which one writes it (default: as the scope says, else tickets)",
	  0 },
	{ "grain", KEY_GRAIN, "lock|word|cell|word,cell", 0,
	  "where steps begin: at each ticket, access and value from outside (lock, the default "
	  "where the scope says nothing); word: also at each step on the word of a lock, or of "
	  "flat memory; cell: also at each write of a cell; needs --depend tickets",
	  0 },
	{ "tlb", KEY_TLB, NULL, 0,
	  "each CPU has a translation buffer; as published its entries go stale, unless --erratum "
	  "tlb-invalidate=intended (default: as the scope says)",
	  0 },
	{ "vehicle", KEY_VEHICLE, "NAME", 0,
	  "what the CPUs run on: fiber (default), ucontext, pthread; the result is the same", 0 },
	{ "executions", KEY_EXECUTIONS, "N", 0, "end after so many", 0 },
	{ "time", 't', "SECONDS", 0, "end after so long", 0 },
	{ "rounds", KEY_ROUNDS, "N", 0,
	  "tell only of classes that need at most N rounds: CPUs in the order of their numbers, "
	  "each "
	  "as far as the class lets it; all are executed, so it saves no work",
	  0 },
	{ "symmetry", KEY_SYMMETRY, NULL, 0,
	  "of dfs: CPUs with the same program get into it in the order of their numbers; not the "
	  "same "
	  "where the code looks at its CPU's number",
	  0 },
	{ "steps", KEY_STEPS, "N", 0, "of one execution, at most (default 100000)", 0 },
	{ "class-memory", KEY_MEMORY, "SIZE", 0,
	  "for what remembers classes (default 64M): beyond it their number is a lower bound", 0 },
	SCALE_ROWS,
	PAIRS_OPTIONS,
	{ "all", KEY_ALL, NULL, 0, "go on behind the first finding", 0 },
	{ "check", KEY_CHECK, "on|off", 0, "judge each execution (default on)", 0 },
	{ "strict", KEY_STRICT, NULL, 0,
	  "a known finding, of what a slip of the published files does, is a violation", 0 },
	{ "require", KEY_REQUIRE, "complete", 0, "exit status 1 if not every class was there", 0 },
	{ "save", KEY_SAVE, "FILE", 0,
	  "write the first finding (the first deadlock, if there is one), its scope and its "
	  "schedule, for hypsim replay",
	  0 },
	{ "no-shrink", KEY_NO_SHRINK, NULL, 0,
	  "the finding at which the search ends is said and written as it was found", 0 },
	{ "shrink-time", KEY_SHRINK_TIME, "SECONDS", 0, "to make it small, at most (default 2)",
	  0 },
	{ "progress", KEY_PROGRESS, NULL, 0,
	  "tell how far it is on standard error, every second, also where that is no terminal", 0 },
	{ "print", KEY_PRINT, NULL, 0, "write the scope as a file, and end", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const char *strategy_name(u32 i)
{
	return search_name((enum search_kind)i);
}

static enum search_kind strategy(struct argp_state *state, const char *arg)
{
	enum search_kind kind = search_by_name(arg);

	if (kind == SEARCH_NR)
		arg_unknown(state, "--strategy", arg, SEARCH_NR, strategy_name);
	return kind;
}

static error_t parse_search(int key, char *arg, struct argp_state *state)
{
	struct explore_args *o = state->input;

	switch (key) {
	case KEY_STRATEGY:
		o->search.kind = strategy(state, arg);
		return 0;
	case KEY_VEHICLE:
		o->engine.vehicle = arg_vehicle(state, arg);
		return 0;
	case KEY_DEPTH:
		o->search.depth = (u32)arg_number(state, "--depth", arg, 1, 100);
		return 0;
	case KEY_DEPEND:
		o->engine.depend = strcmp(arg, "cells") == 0 ? DEPEND_CELLS : DEPEND_TICKETS;
		if (o->engine.depend == DEPEND_TICKETS && strcmp(arg, "tickets") != 0)
			argp_error(state, "--depend: expected tickets or cells, found \"%s\"", arg);
		return 0;
	case KEY_GRAIN:
		o->from.grain = scope_grain_by_name(arg, strlen(arg));
		if (o->from.grain == GRAIN_DEFAULT)
			argp_error(state,
			           "--grain: expected lock, word, cell or word,cell, found \"%s\"",
			           arg);
		return 0;
	case KEY_EXECUTIONS:
		o->search.executions = arg_number(state, "--executions", arg, 1, ~0ull);
		return 0;
	case KEY_SYMMETRY:
		o->search.symmetry = true;
		return 0;
	case KEY_ROUNDS:
		o->search.rounds = (u32)arg_number(state, "--rounds", arg, 1, SEARCH_ROUNDS);
		return 0;
	case 't':
		o->search.seconds = arg_number(state, "--time", arg, 1, 1000000000);
		return 0;
	case KEY_STEPS:
		o->engine.steps = (u32)arg_number(state, "--steps", arg, 1, 10000000);
		return 0;
	case KEY_MEMORY:
		o->search.class_bytes = arg_mib(state, "--class-memory", arg, 1ull << 40);
		return 0;
	case KEY_ALL:
		o->search.all = true;
		return 0;
	case KEY_CHECK:
		o->engine.judged = strcmp(arg, "on") == 0;
		if (!o->engine.judged && strcmp(arg, "off") != 0)
			argp_error(state, "--check: expected on or off, found \"%s\"", arg);
		return 0;
	case KEY_STRICT:
		o->engine.how.strict = true;
		return 0;
	case KEY_REQUIRE:
		o->complete = true;
		if (strcmp(arg, "complete") != 0)
			argp_error(state, "--require: expected complete, found \"%s\"", arg);
		return 0;
	default:
		if (scope_args_parse(key, arg, state, &o->from) == 0 ||
		    pairs_parse(key, arg, state, &o->pairs) == 0)
			return 0;
		return scale_parse(key, arg, state, &o->scale);
	}
}

/* Programs are others in each execution. */
static void check_redraw(struct argp_state *state, const struct explore_args *o)
{
	struct drawn_opts drawn;

	if (!o->redraw)
		return;
	if (!scope_args_drawn(&o->from, &drawn) || !drawn.row->starts)
		argp_error(state, "--redraw is for clash");
	if (o->search.kind < SEARCH_SAMPLER || o->search.kind == SEARCH_SAMPLER + SAMPLER_FEEDBACK)
		argp_error(state,
		           "--redraw is for strategies that draw, and not for feedback, which "
		           "changes "
		           "executions of one scope: random, pct, surw, urw, pos");
	if (o->scale.estimate)
		argp_error(state, "--redraw is not for --estimate");
}

/* What --pairs does not do must not look as if it were done. */
static void refuse_for_pairs(struct argp_state *state, const struct explore_args *o)
{
	const struct search_opts *s = &o->search;

	if (!o->pairs.chosen)
		return;
	if (o->from.grain != GRAIN_DEFAULT || o->from.tlb)
		argp_error(state, "--grain and --tlb are for a scope: --pairs has its own");
	if (o->from.cpus || o->from.n_sizes)
		argp_error(state, "--cpus and -o are for a scope: --pairs has its own");
	if (s->kind != SEARCH_DFS || o->engine.depend != DEPEND_DEFAULT || s->symmetry || s->rounds)
		argp_error(state, "--strategy, --depend, --symmetry and --rounds are for a scope: "
		                  "--pairs explores by dfs under tickets");
	if (scale_spreads(&o->scale) || o->scale.merge || o->scale.estimate)
		argp_error(state, "--jobs, --shard, --resume, --merge and --estimate are for a "
		                  "scope, and not for --pairs");
	if (o->save || o->print || o->complete)
		argp_error(state, "--save, --print and --require are for a scope, and not for "
		                  "--pairs");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explore_args *o = state->input;

	switch (key) {
	case KEY_PRINT:
		o->print = true;
		return 0;
	case KEY_PROGRESS:
		o->progress = o->pairs.progress = true;
		return 0;
	case KEY_SAVE:
		o->save = arg;
		return 0;
	case KEY_NO_SHRINK:
		o->no_shrink = true;
		return 0;
	case KEY_SHRINK_TIME:
		o->shrink_seconds = arg_seconds(state, "--shrink-time", arg, 3600);
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case KEY_REDRAW:
		o->redraw = true;
		return 0;
	case ARGP_KEY_ARG:
		(void)scale_parse(key, arg, state, &o->scale);
		if (o->from.scope && !o->scale.merge)
			argp_error(state, "one scope only, found \"%s\" too", arg);
		o->from.scope = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->search.kind != SEARCH_DFS && o->search.kind != SEARCH_REVISIT &&
		    scale_spreads(&o->scale))
			argp_error(state, "--jobs, --shard and --resume are not for --strategy %s",
			           search_name(o->search.kind));
		pairs_check(state, &o->pairs, o->from.scope);
		refuse_for_pairs(state, o);
		if (!o->from.scope && !o->pairs.chosen)
			argp_error(state, "which scope? (a file, '-' is standard input, or a name: "
			                  "hypsim list scopes)");
		if (o->search.kind >= SEARCH_SAMPLER && !o->print && !o->search.executions &&
		    !o->search.seconds)
			argp_error(state,
			           "--strategy %s never ends: how many executions, or how long? "
			           "(--executions, --time)",
			           search_name(o->search.kind));
		check_redraw(state, o);
		if (o->search.symmetry &&
		    (o->search.kind != SEARCH_DFS || scale_spreads(&o->scale)))
			argp_error(state, "--symmetry is for --strategy dfs, without --jobs, "
			                  "--shard and --resume");
		if (o->search.depth && o->search.kind != SEARCH_SAMPLER + SAMPLER_PCT)
			argp_error(state, "--depth is for --strategy pct");
		return 0;
	default:
		return parse_search(key, arg, state);
	}
}

static const struct argp argp = {
	.options = rows,
	.parser = parse,
	.args_doc = "SCOPE\n--merge FILE...",
	.doc = "Run every schedule of a scope: a file in the language of 'hypsim exec' with a part "
	       "between 'concurrent' and 'end', or a name (hypsim list scopes).  Schedules that "
	       "differ by the order of independent steps are one class, which is run once.  Each "
	       "execution is judged by all checks.\v"
	       "Exit status: 0 nothing was found, or what the scope expects; 1 a violation, "
	       "another "
	       "verdict or number of classes than the scope expects, or not complete and that is "
	       "required; 2 wrong usage or a malformed scope; 3 the host failed.",
};

void explore_args_parse(struct explore_args *o, int argc, char **argv)
{
	*o = (struct explore_args){
		.from = { .seed = 1 },
		.shrink_seconds = 2,
		.engine = { .judged = true, .checks = check_set_all(), .steps = STEPS },
		.search = { .class_bytes = 64 << 20 }
	};
	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, o);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_args.h"

#include "oracle/report/explain.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/goes_with.h"

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
	KEY_COUNT,
	KEY_UNTIL,
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
	{ "count", KEY_COUNT, "CALL[,CALL...]+...", 0,
	  "of --redraw: in how many of the scopes a CPU has one of the calls before a +, another "
	  "one "
	  "of those behind it (run+HVC_SMMU_CLEAR,HVC_SMMU_LPAE_MAP; *: any call)",
	  0 },
	{ "errata", KEY_ERRATA, "default|intended", 0,
	  "which side of all slips of the published files to follow, but for those that --erratum "
	  "names",
	  0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0,
	  "which side of one slip to follow (hypsim list errata); ID 'all' is every one", 0 },
	{ "strategy", KEY_STRATEGY, "NAME", 0,
	  "dfs: every class once (default); revisit: the same, by parts that know nothing of "
	  "each other; naive: every order of steps; serial: operations one after another; "
	  "executions drawn at "
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
	{ "until", KEY_UNTIL, "NAME[,NAME...]", 0,
	  "go on until one of these is found: rows, checks, clauses (hypsim list rules), "
	  "deadlock, "
	  "stuck, expect; nothing is made smaller",
	  0 },
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
	RESULTS_ROWS,
	{ 0 },
};

/* What explore does: it searches, where no option chooses something else. */
enum { SEARCHES, ESTIMATES, MERGES, PAIRS, PRINTS, MODES };
enum {
	OF_SEARCH = 1 << SEARCHES,
	OF_ESTIMATE = 1 << ESTIMATES,
	OF_MERGE = 1 << MERGES,
	OF_PAIRS = 1 << PAIRS,
	OF_PRINT = 1 << PRINTS,
	OF_SCOPE = OF_SEARCH | OF_ESTIMATE | OF_PRINT,  /* a scope is read */
	OF_ENGINE = OF_SEARCH | OF_ESTIMATE | OF_PAIRS, /* something is executed */
};

static const struct goes_mode modes[MODES] = { [SEARCHES] = { 0, "a search" },
	                                       [ESTIMATES] = { KEY_ESTIMATE, NULL },
	                                       [MERGES] = { KEY_MERGE, NULL },
	                                       [PAIRS] = { KEY_PAIRS, NULL },
	                                       [PRINTS] = { KEY_PRINT, NULL } };

static const struct goes_row together[] = {
	{ 'c', OF_SCOPE, 0, { 0 } },
	{ 's', OF_SCOPE | OF_PAIRS, 0, { 0 } },
	{ 'o', OF_SCOPE, 0, { 0 } },
	{ 'n', OF_SCOPE, 0, { 0 } },
	{ KEY_BEFORE, OF_SCOPE, 0, { 0 } },
	{ KEY_REDRAW, OF_SEARCH, 0, { 'J', KEY_SHARD, KEY_RESUME } },
	{ KEY_COUNT, OF_SEARCH, KEY_REDRAW, { 0 } },
	{ KEY_ERRATA, OF_SCOPE | OF_PAIRS, 0, { 0 } },
	{ KEY_ERRATUM, OF_SCOPE | OF_PAIRS, 0, { 0 } },
	{ KEY_STRATEGY, OF_SEARCH, 0, { 0 } },
	{ KEY_DEPTH, OF_SEARCH, 0, { 0 } },
	{ KEY_DEPEND, OF_SCOPE, 0, { 0 } },
	{ KEY_GRAIN, OF_SCOPE, 0, { 0 } },
	{ KEY_TLB, OF_SCOPE, 0, { 0 } },
	{ KEY_VEHICLE, OF_ENGINE, 0, { 0 } },
	{ KEY_EXECUTIONS, OF_SEARCH | OF_PAIRS, 0, { 0 } },
	{ 't', OF_SEARCH | OF_PAIRS, 0, { 0 } },
	{ KEY_ROUNDS, OF_SEARCH, 0, { 0 } },
	{ KEY_SYMMETRY, OF_SEARCH, 0, { 'J', KEY_SHARD, KEY_RESUME } },
	{ KEY_STEPS, OF_ENGINE, 0, { 0 } },
	{ KEY_MEMORY, OF_SEARCH, 0, { 0 } },
	{ 'J', OF_SEARCH, 0, { 0 } },
	{ KEY_SHARD, OF_SEARCH, 0, { 0 } },
	{ KEY_RESUME, OF_SEARCH, 0, { 0 } },
	{ KEY_EVERY, OF_SEARCH, KEY_RESUME, { 0 } },
	{ KEY_ESTIMATE, OF_ESTIMATE, 0, { 0 } },
	{ KEY_MERGE, OF_MERGE, 0, { 0 } },
	{ KEY_PAIRS, OF_PAIRS, 0, { 0 } },
	{ KEY_ONLY, OF_PAIRS, KEY_PAIRS, { 0 } },
	{ KEY_COMPARE, OF_PAIRS, KEY_PAIRS, { 0 } },
	{ KEY_HTML, OF_PAIRS, KEY_PAIRS, { 0 } },
	{ KEY_ALL, OF_SEARCH, 0, { 0 } },
	{ KEY_UNTIL, OF_SEARCH, 0, { KEY_ALL, 'J', KEY_SHARD, KEY_RESUME } },
	{ KEY_CHECK, OF_ENGINE, 0, { 0 } },
	{ KEY_STRICT, OF_SEARCH | OF_PAIRS, 0, { 0 } },
	{ KEY_REQUIRE, OF_SEARCH | OF_MERGE, 0, { 0 } },
	{ KEY_SAVE, OF_SEARCH, 0, { 0 } },
	{ KEY_NO_SHRINK, OF_SEARCH, 0, { 0 } },
	{ KEY_SHRINK_TIME, OF_SEARCH, 0, { KEY_NO_SHRINK, KEY_ALL, KEY_UNTIL } },
	{ KEY_PROGRESS, OF_SEARCH | OF_PAIRS, 0, { 0 } },
	{ KEY_PRINT, OF_PRINT, 0, { 0 } },
	{ 'j', OF_ENGINE | OF_MERGE, 0, { 0 } },
	{ KEY_JUNIT, OF_SEARCH | OF_MERGE | OF_PAIRS, 0, { 0 } },
	{ KEY_SARIF, OF_SEARCH | OF_MERGE | OF_PAIRS, 0, { 0 } },
	{ KEY_ANNOTATE, OF_SEARCH | OF_MERGE | OF_PAIRS, 0, { 0 } },
};

const struct goes_with explore_goes = { rows, together, ARRAY_SIZE(together), modes, MODES };

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

/* Words that a finding can be named by. */
static const char *until(struct argp_state *state, const char *arg)
{
	static const char *const words[] = { "deadlock", "stuck", "expect" };

	for (const char *p = arg;; p++) {
		size_t len = strcspn(p, ",");
		bool known = explain_knows(p, len);

		for (u32 i = 0; i < ARRAY_SIZE(words); i++)
			known |= strlen(words[i]) == len && memcmp(words[i], p, len) == 0;
		if (!known)
			argp_error(state,
			           "--until: expected a row, a check or a clause, deadlock, stuck "
			           "or expect, found \"%.*s\"",
			           (int)len, p);
		p += len;
		if (!*p)
			return arg;
	}
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
		o->from.depend = o->engine.depend;
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
	case KEY_UNTIL:
		o->until = until(state, arg);
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
		    pairs_parse(key, arg, state, &o->pairs) == 0 ||
		    results_parse(key, arg, state, &o->results) == 0)
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
}

/* What goes together by the options' names may not by what they say. */
static void check_values(struct argp_state *state, const struct explore_args *o)
{
	enum search_kind kind = o->search.kind;

	if (kind != SEARCH_DFS && kind != SEARCH_REVISIT && scale_spreads(&o->scale))
		argp_error(state, "--jobs, --shard and --resume are not for --strategy %s",
		           search_name(kind));
	if (kind >= SEARCH_SAMPLER && !o->search.executions && !o->search.seconds)
		argp_error(state,
		           "--strategy %s never ends: how many executions, or how long? "
		           "(--executions, --time)",
		           search_name(kind));
	check_redraw(state, o);
	if (o->search.symmetry && kind != SEARCH_DFS)
		argp_error(state, "--symmetry is for --strategy dfs");
	if (o->search.depth && kind != SEARCH_SAMPLER + SAMPLER_PCT)
		argp_error(state, "--depth is for --strategy pct");
	if (o->engine.how.strict && !o->engine.judged)
		argp_error(state, "--strict does not go with --check off");
	if (o->save && strcmp(o->save, "-") == 0 && o->json)
		argp_error(state, "--save - does not go with --json: both are standard output");
}

static void check_all(struct argp_state *state, const struct explore_args *o)
{
	goes_with_check(state, &explore_goes, &o->said,
	                goes_mode_of(state, &explore_goes, &o->said));
	if (o->pairs.chosen && o->from.scope)
		argp_error(state, "--pairs has scopes of its own, found \"%s\"", o->from.scope);
	if (o->scale.merge && !o->from.scope)
		argp_error(state, "--merge: which files? (what --json has printed for each shard)");
	if (!o->from.scope && !o->pairs.chosen)
		argp_error(state, "which scope? (a file, '-' is standard input, or a name: "
		                  "hypsim list scopes)");
	check_values(state, o);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explore_args *o = state->input;
	struct err err;

	goes_said_add(&o->said, &explore_goes, key);
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
	case KEY_COUNT:
		o->count = arg;
		if (sides_read(&o->sides, arg, &err) < 0)
			argp_error(state, "--count: %s", err.msg);
		return 0;
	case ARGP_KEY_ARG:
		(void)scale_parse(key, arg, state, &o->scale);
		if (o->from.scope && !o->scale.merge)
			argp_error(state, "one scope only, found \"%s\" too", arg);
		o->from.scope = arg;
		return 0;
	case ARGP_KEY_END:
		check_all(state, o);
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
	results_out_line(&o->results, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, o);
}

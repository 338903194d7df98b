// SPDX-License-Identifier: GPL-2.0-only
/* hypsim replay: a schedule that was found, again. */
#include "oracle/report/page.h"
#include "sim/base/interrupt.h"
#include "sim/base/options.h"
#include "sim/base/vec.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/goes_with.h"
#include "sim/cli/output.h"
#include "sim/cli/replay_gdb.h"
#include "sim/cli/replay_log.h"
#include "sim/cli/replay_report.h"
#include "sim/cli/replay_step.h"
#include "sim/cli/scope_args.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* clang-format off */
enum { KEY_VEHICLE = 256, KEY_TOLERANT, KEY_FORCE, KEY_TIMES, KEY_STEPS, KEY_PRINT, KEY_STEP, KEY_EPISODE, KEY_GDB };
/* clang-format on */

/* An execution has at most so many steps where nobody says. */
enum { STEPS = 100000 };

struct options {
	const char *what;
	struct scope_args from;
	enum vehicle_kind vehicle;
	enum replay_how how;
	const char *log;
	u64 times;
	u32 steps;
	u64 episode;
	bool force, json, scope_said, print, step, is_log, gdb;
	struct goes_said said;
};

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

static const struct goes_with goes = { rows, together, ARRAY_SIZE(together), modes, MODES };

static error_t parse_how(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

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
	struct options *o = state->input;

	if (!o->what)
		o->what = arg;
	else if (!o->from.scope)
		o->from.scope = arg;
	else
		argp_error(state, "one schedule and one scope, found \"%s\" too", arg);
	return 0;
}

static void settle(struct argp_state *state, struct options *o)
{
	u32 mode = goes_mode_of(state, &goes, &o->said);
	bool is_stdin = o->what && strcmp(o->what, "-") == 0;

	o->is_log = o->what && !saved_is_string(o->what) && replay_log_is(o->what);
	goes_with_check(state, &goes, &o->said, o->is_log ? REPLAYS_LOG : mode);
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
		argp_error(state, "standard input is the scope, and something else too");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	goes_said_add(&o->said, &goes, key);
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

/* ---- reading ---- */

static int read_saved(const struct options *o, struct saved *k, struct err *e)
{
	return saved_is_string(o->what) ? saved_parse(k, o->what, e) : saved_read(k, o->what, e);
}

/* Steps begin where the schedule has them: a scope that says nothing of that follows it. */
static int settle_grain(const struct saved *k, struct scope *s, struct err *e)
{
	if (s->grain == GRAIN_DEFAULT && k->known.grain > GRAIN_LOCK)
		s->grain = k->known.grain;
	if (strcmp(scope_grain_name(s->grain), scope_grain_name(k->known.grain)) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "%s: the schedule is of grain %s, and the scope says grain %s",
	               s->name, scope_grain_name(k->known.grain), scope_grain_name(s->grain));
}

/* The scope that is executed, and the one that the schedule is of, if it is known. */
static int read_scopes(const struct options *o, const struct saved *k, struct scope **scope,
                       struct scope **of, struct err *e)
{
	int rc = k->scope ? saved_scope(k, of, e) : 0;

	if (rc == 0)
		rc = o->from.scope ? scope_args_read(&o->from, scope, e) : saved_scope(k, scope, e);
	if (rc == 0)
		rc = settle_grain(k, *scope, e);
	if (rc < 0 || o->how == REPLAY_TOLERANT || saved_hash(*scope) == k->hash)
		return rc;
	return err_set(
		e, ERR_USAGE,
		"%s: another scope than the schedule's, or another seed or erratum (its hash "
		"is %016llx, and not %016llx): --tolerant replays it nevertheless",
		(*scope)->name, (unsigned long long)saved_hash(*scope),
		(unsigned long long)k->hash);
}

/* ---- executing ---- */

/**
 * struct run - one after the other of the same schedule
 * @known: where steps begin
 * @note: [EXPLORE_CPUS][room] numbers of notes + 1, of the CPUs' steps
 */
struct run {
	const struct options *o;
	const struct saved *saved;
	const struct scope *scope;
	struct setup *setup;
	struct engine *e;
	struct replay_map map;
	bool mapped;
	struct wheres *wheres;
	struct grain_known known;
	struct {
		u32 *v;
		u32 n, cap;
	} note[EXPLORE_CPUS];
	struct replay_said said;
};

/* The CPU is at a point: where it is in the code. */
static void at_point(void *arg, u32 cpu, const struct execution *x)
{
	struct run *r = arg;

	while (r->note[cpu].n <= x->at[cpu].nth)
		vec_push(&r->note[cpu], 0);
	r->note[cpu].v[x->at[cpu].nth] = wheres_note(r->wheres) + 1;
}

/* The CPU's step begins. */
static void step_begins(void *arg, u32 cpu, const struct execution *x)
{
	const struct run *r = arg;
	const struct scope_calls *p = &r->scope->program[cpu];
	u32 call = r->setup->call[cpu].number;

	replay_gdb_tell(x, call < p->n ? p->v[call].text : "");
}

/* What is known only before it is undone. */
static void ended(void *arg, struct engine *e)
{
	struct run *r = arg;
	const struct engine_result *x = engine_result(e);
	struct checker *k = engine_checker(e);

	if (x->cycle.n) {
		wait_cycle_print(&x->cycle, r->said.cycle, sizeof(r->said.cycle));
		r->said.cycle_at = x->cycle_at;
	}
	if (!r->o->json && k && x->violations)
		page_findings(stdout, k, &r->setup->config,
		              (struct page_how){ .color = isatty(STDOUT_FILENO) });
}

static void stop(struct run *r)
{
	engine_free(r->e);
	setup_free(r->setup);
	r->e = NULL;
	r->setup = NULL;
}

static int start(struct run *r, const char *log, bool looks, struct err *e)
{
	struct engine_opts o = { .vehicle = r->o->vehicle,
		                 .judged = !log,
		                 .once = log != NULL,
		                 .checks = check_set_all(),
		                 .how = { .strict = r->saved->strict },
		                 .steps = r->o->steps,
		                 .depend = r->known.depend,
		                 .grain = r->known.grain };
	int rc = engine_opts_settle(&o, r->scope, e);

	if (rc == 0)
		rc = log ? setup_new_file(&r->setup, r->scope, log, r->o->force, e)
		         : setup_new(&r->setup, r->scope, true, e);
	if (looks) {
		o.at = at_point;
		o.begins = step_begins;
		o.at_arg = r;
	}
	if (rc == 0)
		rc = engine_new(&r->e, r->setup, &o, e);
	if (rc == 0)
		engine_know(r->e, &r->known);
	else
		stop(r);
	return rc;
}

static void once(struct run *r, struct replayed *out, bool told)
{
	replay_run(r->e, r->setup, &r->saved->schedule, r->o->how, r->mapped ? &r->map : NULL, out,
	           told ? ended : NULL, r);
}

/* The execution again, with its log in a file: it is not judged, which is for who reads the log. */
static int write_log(struct run *r, const struct replayed *first, struct err *e)
{
	struct replayed again;
	int rc = start(r, r->o->log, false, e);

	if (rc < 0)
		return rc;
	once(r, &again, false);
	if (again.end != first->end || again.took.n != first->took.n)
		nondeterminism("its end", end_name(first->end), end_name(again.end));
	rc = setup_close(r->setup, e);
	replayed_free(&again);
	stop(r);
	return rc;
}

/* As one array: [EXPLORE_CPUS][steps]. */
static u32 *notes_of(const struct run *r, u32 steps)
{
	u32 *all = xcalloc((size_t)EXPLORE_CPUS * (steps + 1), sizeof(*all));

	for (u32 c = 0; c < EXPLORE_CPUS; c++)
		for (u32 i = 0; i < r->note[c].n && i < steps; i++)
			all[c * steps + i] = r->note[c].v[i];
	return all;
}

static int replay(struct run *r, struct err *e)
{
	struct replayed first, again;
	u32 *note;
	int rc = start(r, NULL, true, e), status;

	if (rc < 0)
		return rc;
	once(r, &first, true);
	r->known = engine_known(r->e);
	stop(r);
	if (r->o->times > 1)
		rc = start(r, NULL, false, e);
	for (u64 i = 1; rc == 0 && i < r->o->times && !interrupted(); i++) {
		once(r, &again, false);
		replay_same(&first, &again);
		replayed_free(&again);
	}
	stop(r);
	if (rc == 0 && r->o->log)
		rc = write_log(r, &first, e);
	note = notes_of(r, first.took.n);
	r->said.r = &first;
	r->said.note = note;
	r->said.known = wheres_look_up(r->wheres);
	r->said.as_said = !first.differs && replay_has(first.found, r->saved->verdict);
	status = r->said.as_said ? EXIT_NOTHING : EXIT_VIOLATION;
	if (rc == 0 && r->o->json)
		replay_json(&r->said);
	else if (rc == 0)
		replay_print(stdout, &r->said);
	free(note);
	replayed_free(&first);
	return rc < 0 ? rc : status;
}

/* By hand. */
static int step(const struct options *o, const struct saved *k, const struct scope *scope,
                struct err *e)
{
	struct walk *w = walk_new(k, e);
	struct engine_opts eo = { .vehicle = o->vehicle,
		                  .judged = true,
		                  .depend = k->known.depend,
		                  .grain = k->known.grain,
		                  .checks = check_set_all(),
		                  .how = { .strict = k->strict },
		                  .steps = o->steps,
		                  .at = walk_at,
		                  .at_arg = w };
	struct setup *setup = NULL;
	struct engine *engine = NULL;
	int rc;

	if (!w)
		return -(int)e->code;
	rc = engine_opts_settle(&eo, scope, e);
	if (rc == 0)
		rc = setup_new(&setup, scope, true, e);
	if (rc == 0)
		rc = engine_new(&engine, setup, &eo, e);
	if (rc == 0) {
		engine_know(engine, &k->known);
		rc = walk_run(w, engine, setup);
	}
	engine_free(engine);
	setup_free(setup);
	walk_free(w);
	return rc;
}

static int run(const struct options *o)
{
	struct scope *scope = NULL, *of = NULL;
	struct saved k = { .seed = 0 };
	struct run r = { .o = o, .saved = &k };
	struct err err;
	int rc = read_saved(o, &k, &err);

	if (rc == 0)
		rc = read_scopes(o, &k, &scope, &of, &err);
	if (rc == 0 && o->print) {
		scope_print(stdout, scope);
	} else if (rc == 0 && o->step) {
		rc = step(o, &k, scope, &err);
	} else if (rc == 0) {
		r.scope = scope;
		r.known = k.known;
		r.mapped = of && o->how == REPLAY_TOLERANT;
		r.wheres = wheres_new();
		r.said = (struct replay_said){ .saved = &k,
			                       .scope = scope,
			                       .how = o->how,
			                       .times = o->times,
			                       .wheres = r.wheres };
		if (r.mapped)
			replay_map_new(&r.map, of, scope);
		rc = replay(&r, &err);
		if (r.mapped)
			replay_map_free(&r.map);
		wheres_free(r.wheres);
		for (u32 c = 0; c < EXPLORE_CPUS; c++)
			vec_free(&r.note[c]);
	}
	if (rc < 0) {
		fprintf(stderr, "hypsim replay: %s\n", err.msg);
		rc = err_status(err.code);
	}
	saved_free(&k);
	scope_free(scope);
	scope_free(of);
	return rc;
}

int cmd_replay(int argc, char **argv)
{
	struct options o = { .from = { .seed = 1 }, .times = 1, .steps = STEPS, .episode = ~0ull };

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.gdb)
		return replay_gdb_run(argc, argv);
	interrupts_catch(INTERRUPT_STEPS);
	return cli_finish_stdout(
		o.is_log ? replay_log(&(struct replay_log_opts){
				   .path = o.what, .episode = o.episode, .json = o.json })
			 : run(&o));
}

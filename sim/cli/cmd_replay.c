// SPDX-License-Identifier: GPL-2.0-only
/* hypsim replay: a schedule that was found, again. */
#include "oracle/report/page.h"
#include "sim/base/interrupt.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/cli/replay_args.h"
#include "sim/cli/replay_gdb.h"
#include "sim/cli/replay_log.h"
#include "sim/cli/replay_report.h"
#include "sim/cli/replay_step.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

static int read_saved(const struct replay_args *o, struct saved *k, struct err *e)
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
static int read_scopes(const struct replay_args *o, const struct saved *k, struct scope **scope,
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
 */
struct run {
	const struct replay_args *o;
	const struct saved *saved;
	const struct scope *scope;
	struct setup *setup;
	struct engine *e;
	struct replay_map map;
	bool mapped;
	struct step_wheres *wheres;
	struct grain_known known;
	struct replay_said said;
};

/* The CPU is at a point: where it is in the code. */
static void at_point(void *arg, u32 cpu, const struct execution *x)
{
	const struct run *r = arg;

	step_wheres_at(r->wheres, cpu, x);
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

static int replay(struct run *r, struct err *e)
{
	struct replayed first, again;
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
	r->said.r = &first;
	r->said.known = step_wheres_look_up(r->wheres);
	r->said.as_said = !first.differs && replay_has(first.found, r->saved->verdict);
	status = r->said.as_said ? EXIT_NOTHING : EXIT_VIOLATION;
	if (rc == 0 && r->o->json)
		replay_json(&r->said);
	else if (rc == 0)
		replay_print(stdout, &r->said);
	replayed_free(&first);
	return rc < 0 ? rc : status;
}

/* By hand. */
static int step(const struct replay_args *o, const struct saved *k, const struct scope *scope,
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

static int run(const struct replay_args *o)
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
		r.wheres = step_wheres_new();
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
		step_wheres_free(r.wheres);
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
	struct replay_args o;

	replay_args_parse(&o, argc, argv);
	if (o.gdb)
		return replay_gdb_run(argc, argv);
	interrupts_catch(INTERRUPT_STEPS);
	return cli_finish_stdout(
		o.is_log ? replay_log(&(struct replay_log_opts){
				   .path = o.what, .episode = o.episode, .json = o.json })
			 : run(&o));
}

// SPDX-License-Identifier: GPL-2.0-only
/* A cell of the matrix: its starts are found, explored and compared with the serial orders. */
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/found.h"
#include "sim/explore/pairs.h"
#include "sim/explore/serial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kept outcomes of a start; memory of classes. */
enum { OUTCOMES = 1000, CLASS_BYTES = 16 << 20 };

/**
 * struct trial - a start that is made and tried
 * @known:   known findings of the part before, by erratum; @violations: of the part before
 * @start_contents: of the objects
 * @n_calls: of the programs; @n_now: in this execution
 */
struct trial {
	const struct pair_opts *o;
	const struct pair_cell_id *id;
	struct pair_start *out;
	struct setup *setup;
	struct engine *e;
	struct found *found;
	u64 known[ERRATUM_NR];
	u64 violations, start_contents;
	u32 n_calls[2], n_now[2];
};

const char *pair_class_name(enum pair_class c)
{
	static const char *const names[] = {
		[PAIR_NO_START] = "no start", [PAIR_INDEPENDENT] = "independent",
		[PAIR_SERIAL] = "serial",     [PAIR_EXPLAINED] = "explained",
		[PAIR_NEITHER] = "neither",
	};

	return names[c];
}

/* Is it stuck in an access that has come to no page of its own?  The published accesses have no other answer (must_end()). */
static bool faults(const struct trial *t, const struct engine_result *r)
{
	for (u32 i = 0; i < 2; i++) {
		const struct called *c = &r->called[i][0];

		if (!t->n_now[i] || !c->made || c->did.outcome != OUT_STUCK)
			continue;
		if (pair_rows[t->id->row[i]].sort != PAIR_ACCESS)
			return false;
		if (c->did.rule != STUCK_NO_TRANSLATION && c->did.rule != STUCK_NOT_VERIFIED &&
		    c->did.rule != STUCK_NO_RECORD && c->did.rule != STUCK_NOT_OWNER)
			return false;
	}
	return true;
}

/* Has the judge found something but that a call is stuck? */
static bool other_findings(const struct checker *k)
{
	u32 n = 0;
	const struct finding *f = k ? checker_findings(k, &n) : NULL;

	for (u32 i = 0; i < n; i++)
		if (strcmp(f[i].row, "STUCK_CALL") != 0)
			return true;
	return false;
}

/* What the execution that has ended says beside its outcome. */
static void look(void *arg, struct engine *e)
{
	struct trial *t = arg;
	const struct engine_result *r = engine_result(e);
	struct checker *k = engine_checker(e);
	bool bad = r->violations > t->violations || r->end == EXECUTION_DEADLOCK ||
	           r->end == EXECUTION_STUCK;

	if (r->end == EXECUTION_HALTED)
		t->out->flags |= PAIR_PANICS;
	if (r->end == EXECUTION_STUCK && faults(t, r) && !other_findings(k)) {
		t->out->flags |= PAIR_FAULTS;
	} else if (bad) {
		t->out->flags |= PAIR_VIOLATION;
		found_add(t->found, e);
	}
	for (u32 i = 0; k && i < ERRATUM_NR; i++)
		if (checker_n_known_of(k, (enum erratum)i) > t->known[i]) {
			t->out->flags |= PAIR_KNOWN;
			errata_set(&t->out->errata, (enum erratum)i, true);
		}
}

/* One serial execution of the programs of @sides (bits), from the start. */
static const struct engine_result *alone(struct trial *t, u32 sides)
{
	struct serial *s = serial_new();
	struct strategy strategy = serial_strategy(s);
	bool more;

	for (u32 i = 0; i < 2; i++)
		t->out->scope->program[i].n = t->n_now[i] = sides >> i & 1 ? t->n_calls[i] : 0;
	engine_restart(t->e);
	more = engine_run(t->e, &strategy);
	SIM_ASSERT(more);
	serial_free(s);
	return engine_result(t->e);
}

static void again(struct trial *t)
{
	engine_undo(t->e);
	for (u32 i = 0; i < 2; i++)
		t->out->scope->program[i].n = t->n_now[i] = t->n_calls[i];
	engine_restart(t->e);
}

/* What is there, and was found, before either has done anything. */
static void look_before(struct trial *t)
{
	struct checker *k;

	t->violations = alone(t, 0)->violations;
	k = engine_checker(t->e);
	for (u32 i = 0; k && i < ERRATUM_NR; i++)
		t->known[i] = checker_n_known_of(k, (enum erratum)i);
	t->start_contents = outcome_contents(t->setup->m);
	again(t);
}

/* Has the side, alone, done what it is to do? */
static bool did(struct trial *t, u32 side)
{
	const struct engine_result *r = alone(t, 1u << side);
	const struct called *c = &r->called[side][0];
	const struct pair_refusal *refused = t->id->refused;
	/* Not saved contexts: each entry of the core saves its registers. */
	bool changed = outcome_contents(t->setup->m) != t->start_contents;
	bool ok = c->did.outcome == OUT_OK && r->end == EXECUTION_DONE;
	bool halted = c->did.outcome == OUT_PANIC && r->end == EXECUTION_HALTED;
	bool result = false;

	if (refused && t->id->refused_side == side) {
		result = refused->reason == PANIC_NONE
		                 ? ok && !changed
		                 : halted && c->did.panic.reason == refused->reason;
	} else {
		switch (pair_rows[t->id->row[side]].effect) {
		case PAIR_DOES_CHANGES:
			result = ok && changed;
			break;
		case PAIR_DOES_HALTS:
			result = halted;
			break;
		case PAIR_DOES_NONE:
			result = ok;
			break;
		}
	}
	look(t, t->e);
	again(t);
	return result;
}

/* An order of the two. */
static void look_serial(void *arg, struct engine *e)
{
	struct trial *t = arg;

	odds_add(&t->out->odds, e, t->setup->m, true);
}

static void look_found(void *arg, struct engine *e)
{
	struct trial *t = arg;

	look(t, e);
	odds_add(&t->out->odds, e, t->setup->m, false);
}

static void search(struct trial *t, enum search_kind kind, struct endings *outcomes,
                   struct search_result *r)
{
	struct search_opts so = { .kind = kind,
		                  .all = true,
		                  .class_bytes = CLASS_BYTES,
		                  .each = look_serial,
		                  .each_arg = t,
		                  .interrupted = t->o->interrupted };

	if (kind == SEARCH_DFS) {
		so.executions = t->o->executions;
		so.seconds = t->o->seconds;
		so.each = look_found;
	}
	engine_restart(t->e);
	search_run(t->e, t->setup, &so, outcomes, NULL, NULL, r);
}

static void classify(struct pair_start *s)
{
	u32 n = outcomes_count(s->outcomes);
	bool serial = outcomes_left(s->outcomes) == 0;

	for (u32 i = 0; i < n; i++)
		serial &= outcomes_get(s->outcomes, i)->serial == OUTCOME_SERIAL;
	if (!s->r.complete)
		s->flags |= PAIR_INCOMPLETE;
	if (!serial)
		s->class = PAIR_NEITHER;
	else
		s->class = n > 1 || !s->r.complete ? PAIR_SERIAL : PAIR_INDEPENDENT;
}

static void explore(struct trial *t)
{
	struct endings *orders = outcomes_new(t->out->scope, OUTCOMES);
	struct search_result r;
	size_t at = 0;

	t->out->outcomes = outcomes_new(t->out->scope, OUTCOMES);
	search(t, SEARCH_SERIAL, orders, &r);
	search(t, SEARCH_DFS, t->out->outcomes, &t->out->r);
	outcomes_compare(t->out->outcomes, orders);
	outcomes_free(orders);
	classify(t->out);
	for (u32 i = 0; i < found_count(t->found) && at < PAIR_FOUND; i++)
		if (!found_get(t->found, i)->answer)
			at += (size_t)snprintf(t->out->found + at, PAIR_FOUND - at, "%s%s",
			                       at ? " " : "", found_get(t->found, i)->name);
}

static void start_free(struct pair_start *s)
{
	outcomes_free(s->outcomes);
	odds_free(&s->odds);
	scope_free(s->scope);
	free(s->text);
}

/* 1: it was explored; 0: in this start they do not do what they should. */
static int try_start(const struct pair_cell_id *id, u32 same, const struct pair_opts *o,
                     struct pair_start *out, struct err *e)
{
	struct scope_opts so = { .cpus = 2, .seed = o->seed, .errata = o->errata };
	struct trial t = { .o = o, .id = id, .out = out };
	struct err setup_err;
	char name[96];
	int rc;

	*out = (struct pair_start){ .text = pair_text(id, same),
		                    .refused = id->refused,
		                    .refused_side = id->refused_side,
		                    .same = same };
	snprintf(name, sizeof(name), "%s/%s", pair_rows[id->row[0]].id, pair_rows[id->row[1]].id);
	rc = scope_parse(&out->scope, name, out->text, strlen(out->text), &so, e);
	if (rc < 0)
		return rc;
	/* A call of the part before that is refused: the facts of the two do not go together. */
	rc = setup_new(&t.setup, out->scope, o->engine.judged, &setup_err);
	if (rc < 0) {
		if (setup_err.code == ERR_USAGE)
			return 0;
		*e = setup_err;
		return rc;
	}
	t.n_calls[0] = out->scope->program[0].n;
	t.n_calls[1] = out->scope->program[1].n;
	rc = engine_new(&t.e, t.setup, &o->engine, e);
	if (rc == 0) {
		t.found = found_new();
		look_before(&t);
		if (did(&t, 0) && did(&t, 1)) {
			out->flags = 0;
			explore(&t);
			rc = 1;
		}
		found_free(t.found);
	}
	engine_free(t.e);
	setup_free(t.setup);
	return rc;
}

/* The first of all ways to have resources in common in which it works. */
static int find_start(const struct pair_cell_id *id, const struct pair_opts *o,
                      struct pair_cell *cell, struct err *e)
{
	static const u32 ways[] = {
		PAIR_SAME_ALL,
		PAIR_SAME_VM | PAIR_SAME_PAGE,
		PAIR_SAME_VM | PAIR_SAME_BANK,
		PAIR_SAME_VM,
		PAIR_SAME_PAGE | PAIR_SAME_BANK,
		PAIR_SAME_PAGE,
		PAIR_SAME_BANK,
		0,
	};
	char *before[2 * ARRAY_SIZE(ways)];
	u32 n = 0;
	int rc = 0;

	for (u32 i = 0; i < ARRAY_SIZE(before) && rc == 0; i++) {
		u32 same = ways[i % ARRAY_SIZE(ways)] | (i < ARRAY_SIZE(ways) ? PAIR_IN_BLOCK : 0);
		struct pair_start s;
		char *text = pair_text(id, same);
		bool had = false;

		for (u32 k = 0; k < n; k++)
			had |= strcmp(before[k], text) == 0;
		before[n++] = text;
		if (had)
			continue;
		rc = try_start(id, same, o, &s, e);
		if (rc == 1)
			vec_push(&cell->start, s);
		else
			start_free(&s);
	}
	while (n > 0)
		free(before[--n]);
	return rc;
}

static bool stopped(const struct pair_opts *o)
{
	return o->interrupted && o->interrupted();
}

static int all_starts(const struct pair_opts *o, struct pair_cell *cell, struct err *e)
{
	struct pair_cell_id id = { .row = { cell->row[0], cell->row[1] } };
	int rc = find_start(&id, o, cell, e);

	for (u32 i = 0; i < n_pair_refusals && rc >= 0; i++) {
		id.refused = &pair_refusals[i];
		for (u32 side = 0; side < 2 && rc >= 0 && !stopped(o); side++) {
			if (strcmp(pair_rows[cell->row[side]].id, id.refused->id) != 0 ||
			    (side == 1 && cell->row[0] == cell->row[1]))
				continue;
			id.refused_side = side;
			rc = find_start(&id, o, cell, e);
			cell->not_built += rc == 0;
		}
	}
	return rc;
}

/* Outcomes that neither order gives: is there a reason for each? */
static void explain(struct pair_start *s, struct pair_cell *cell)
{
	VEC(u64) names = { .n = 0 };
	struct errata slips;
	const char *why;

	if (s->class != PAIR_NEITHER)
		return;
	for (u32 i = 0; i < outcomes_count(s->outcomes); i++)
		if (outcomes_get(s->outcomes, i)->serial != OUTCOME_SERIAL)
			vec_push(&names, outcomes_get(s->outcomes, i)->name);
	errata_all_intended(&slips);
	why = odds_explain(&s->odds, names.v, names.n, pair_rows[cell->row[0]].id,
	                   pair_rows[cell->row[1]].id, &s->scope->errata, &slips);
	vec_free(&names);
	if (!why)
		return;
	s->class = PAIR_EXPLAINED;
	cell->why = why;
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		if (!errata_published(&slips, i))
			continue;
		s->flags |= PAIR_KNOWN;
		errata_set(&s->errata, i, true);
	}
}

int pair_explore(u32 a, u32 b, const struct pair_opts *o, struct pair_cell *out, struct err *e)
{
	int rc;

	*out = (struct pair_cell){ .row = { a, b }, .why = "" };
	rc = all_starts(o, out, e);
	if (rc < 0) {
		pair_cell_free(out);
		return rc;
	}
	for (u32 i = 0; i < out->start.n; i++) {
		struct pair_start *s = &out->start.v[i];

		explain(s, out);
		out->flags |= s->flags;
		if (s->class > out->class)
			out->class = s->class;
	}
	/* Starts that are refused are further ones. */
	if (out->start.n == 0 || out->start.v[0].refused) {
		const char *why = pair_no_start(pair_rows[a].id, pair_rows[b].id);

		out->why = why ? why : "";
		if (out->class < PAIR_EXPLAINED)
			out->class = PAIR_NO_START;
	}
	return 0;
}

void pair_cell_free(struct pair_cell *c)
{
	for (u32 i = 0; i < c->start.n; i++)
		start_free(&c->start.v[i]);
	vec_free(&c->start);
	*c = (struct pair_cell){ .why = "" };
}

// SPDX-License-Identifier: GPL-2.0-only
/* The matrix as JSON, and what differs from one that was stored. */
#include "sim/base/vec.h"
#include "sim/cli/pairs_report.h"
#include "sim/explore/saved.h"
#include "sim/log/json.h"

#include <string.h>

/* Of one that neither order gives: in what, between which steps of each side the other has one, and why that is in order. */
static void odd_json(json_t *o, const struct odd *x)
{
	char buf[1024];
	json_t *between = json_array();

	for (u32 side = 0; side < 2; side++)
		json_array_append_new(between,
		                      json_string(odd_between_print(x, side, buf, sizeof(buf))));
	json_object_set_new(o, "differs",
	                    json_string(odd_differs_print(x->differs, buf, sizeof(buf))));
	json_object_set_new(o, "between", between);
	json_object_set_new(o, "why", json_string(x->why ? x->why : ""));
}

static json_t *outcome_json(const struct ending *e, const struct odds *odds)
{
	json_t *o = json_object(), *results = json_array(), *steps = json_array();
	char buf[160];

	for (u32 i = 0; i < 2; i++) {
		const struct called *c = &e->called[i];

		json_array_append_new(results, json_pack("{s:s,s:o}", "result",
		                                         called_print(c, buf, sizeof(buf)),
		                                         "registers", json_hex(c->regs)));
	}
	/* [CPU, steps in a row]: an image is thousands of steps of one CPU. */
	for (u32 i = 0, n; i < e->n_steps; i += n) {
		for (n = 1; i + n < e->n_steps && e->step[i + n] == e->step[i]; n++)
			;
		json_array_append_new(steps, json_pack("[i,i]", (int)e->step[i], (int)n));
	}
	json_object_set_new(o, "end", json_string(end_name(e->end)));
	json_object_set_new(o, "serial", json_boolean(e->serial == OUTCOME_SERIAL));
	if (e->serial != OUTCOME_SERIAL)
		odd_json(o, odds_find(odds, e->name));
	json_object_set_new(o, "results", results);
	json_object_set_new(o, "contents", json_hex(e->contents));
	json_object_set_new(o, "executions", json_integer((json_int_t)e->count));
	json_object_set_new(o, "violations", json_integer((json_int_t)e->violations));
	json_object_set_new(o, "schedule", steps);
	return o;
}

static json_t *errata_json(const struct errata *errata)
{
	json_t *a = json_array();

	for (u32 i = 0; i < ERRATUM_NR; i++)
		if (errata_published(errata, (enum erratum)i))
			json_array_append_new(a, json_string(erratum_name((enum erratum)i)));
	return a;
}

static json_t *words_json(const char *words)
{
	json_t *a = json_array();

	for (const char *p = words; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		json_array_append_new(a, json_stringn(p, len));
		p += len;
	}
	return a;
}

static json_t *start_json(const struct pair_start *s)
{
	json_t *o = json_object(), *outcomes = json_array();

	for (u32 i = 0; i < outcomes_count(s->outcomes); i++)
		json_array_append_new(outcomes,
		                      outcome_json(outcomes_get(s->outcomes, i), &s->odds));
	json_object_set_new(o, "refused",
	                    s->refused ? json_pack("{s:s,s:i,s:s,s:s}", "entry", s->refused->id,
	                                           "cpu", (int)s->refused_side, "start",
	                                           s->refused->name, "by", s->refused->who)
	                               : json_null());
	json_object_set_new(o, "same",
	                    json_pack("{s:b,s:b,s:b}", "vm", s->same & PAIR_SAME_VM, "page",
	                              s->same & PAIR_SAME_PAGE, "bank", s->same & PAIR_SAME_BANK));
	json_object_set_new(o, "class", json_string(pair_class_name(s->class)));
	json_object_set_new(o, "complete", json_boolean(s->r.complete));
	json_object_set_new(o, "executions", json_integer((json_int_t)s->r.executions));
	json_object_set_new(o, "classes", json_integer((json_int_t)s->r.classes));
	json_object_set_new(o, "panics", json_boolean(s->flags & PAIR_PANICS));
	json_object_set_new(o, "faults", json_boolean(s->flags & PAIR_FAULTS));
	json_object_set_new(o, "violation", json_boolean(s->flags & PAIR_VIOLATION));
	json_object_set_new(o, "found", words_json(s->found));
	json_object_set_new(o, "known", errata_json(&s->errata));
	json_object_set_new(o, "scope", json_string(s->text));
	json_object_set_new(o, "outcomes", outcomes);
	return o;
}

static json_t *cell_json(const struct pair_cell *c)
{
	json_t *o = json_object(), *starts = json_array();

	for (u32 i = 0; i < c->start.n; i++)
		json_array_append_new(starts, start_json(&c->start.v[i]));
	json_object_set_new(o, "a", json_string(pair_rows[c->row[0]].id));
	json_object_set_new(o, "b", json_string(pair_rows[c->row[1]].id));
	json_object_set_new(o, "class", json_string(pair_class_name(c->class)));
	json_object_set_new(o, "why", json_string(c->why));
	json_object_set_new(o, "complete", json_boolean(!(c->flags & PAIR_INCOMPLETE)));
	json_object_set_new(o, "panics", json_boolean(c->flags & PAIR_PANICS));
	json_object_set_new(o, "faults", json_boolean(c->flags & PAIR_FAULTS));
	json_object_set_new(o, "known", json_boolean(c->flags & PAIR_KNOWN));
	json_object_set_new(o, "violation", json_boolean(c->flags & PAIR_VIOLATION));
	json_object_set_new(o, "not_built", json_integer(c->not_built));
	json_object_set_new(o, "starts", starts);
	return o;
}

json_t *pairs_json(const struct pairs_said *s)
{
	json_t *o = json_object(), *rows = json_array(), *cells = json_array();

	for (u32 i = 0; i < s->n_rows; i++) {
		const struct pair_row *r = &pair_rows[s->row[i]];

		json_array_append_new(rows,
		                      json_pack("{s:s,s:s,s:s}", "id", r->id, "sort",
		                                pair_sort_name(r->sort), "covers", r->covers));
	}
	for (u32 i = 0; i < s->n_cells; i++)
		json_array_append_new(cells, cell_json(&s->cell[i]));
	json_object_set_new(o, "published", errata_json(&s->o->errata));
	json_object_set_new(o, "seed", json_hex(s->o->seed));
	json_object_set_new(o, "executions", json_integer((json_int_t)s->o->executions));
	json_object_set_new(o, "interrupted", json_boolean(s->interrupted));
	json_object_set_new(o, "entries", rows);
	json_object_set_new(o, "cells", cells);
	return o;
}

static const json_t *find_cell(const json_t *matrix, const char *a, const char *b)
{
	size_t i;
	const json_t *c;

	json_array_foreach(json_object_get(matrix, "cells"), i, c)
	{
		const char *x = json_string_value(json_object_get(c, "a"));
		const char *y = json_string_value(json_object_get(c, "b"));

		if (x && y && strcmp(x, a) == 0 && strcmp(y, b) == 0)
			return c;
	}
	return NULL;
}

/* Of an outcome what it is, without how often it was there and when. */
static bool same_outcome(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "end", "serial", "results", "contents" };

	for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
		if (!json_equal(json_object_get(a, keys[i]), json_object_get(b, keys[i])))
			return false;
	return true;
}

static bool has_outcome(const json_t *outcomes, const json_t *one)
{
	size_t i;
	const json_t *o;

	json_array_foreach(outcomes, i, o) if (same_outcome(o, one)) return true;
	return false;
}

static u32 missing(const json_t *from, const json_t *in)
{
	size_t i;
	const json_t *o;
	u32 n = 0;

	json_array_foreach(from, i, o) n += !has_outcome(in, o);
	return n;
}

/* What differs between the two starts, in words; "": nothing. */
static const char *start_differs(const json_t *was, const json_t *is, char *buf, size_t size)
{
	static const char *const keys[] = { "refused", "same",  "class",     "complete",
		                            "panics",  "found", "violation", "known",
		                            "classes", "scope", "faults" };
	const json_t *a = json_object_get(was, "outcomes"), *b = json_object_get(is, "outcomes");
	bool complete = json_is_true(json_object_get(was, "complete")) &&
	                json_is_true(json_object_get(is, "complete"));

	for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
		if ((complete || strcmp(keys[i], "classes") != 0) &&
		    !json_equal(json_object_get(was, keys[i]), json_object_get(is, keys[i]))) {
			snprintf(buf, size, "%s", keys[i]);
			return buf;
		}
	if (complete && (missing(a, b) || missing(b, a)))
		snprintf(buf, size, "outcomes (%u are gone, %u are new)", missing(a, b),
		         missing(b, a));
	else
		buf[0] = '\0';
	return buf;
}

/* Says in what the cell differs. */
static void cell_differs(FILE *f, const json_t *was, const json_t *is)
{
	static const char *const keys[] = { "class", "why", "not_built" };
	const json_t *x = json_object_get(was, "starts"), *y = json_object_get(is, "starts");
	const char *a = json_string_value(json_object_get(is, "a"));
	const char *b = json_string_value(json_object_get(is, "b"));
	char buf[96];

	for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
		if (!json_equal(json_object_get(was, keys[i]), json_object_get(is, keys[i])))
			fprintf(f, "%s x %s: %s differs\n", a, b, keys[i]);
	if (json_array_size(x) != json_array_size(y)) {
		fprintf(f, "%s x %s: %zu starts, were %zu\n", a, b, json_array_size(y),
		        json_array_size(x));
		return;
	}
	for (size_t i = 0; i < json_array_size(x); i++) {
		const char *how =
			start_differs(json_array_get(x, i), json_array_get(y, i), buf, sizeof(buf));

		if (how[0])
			fprintf(f, "%s x %s: start %zu: %s differs\n", a, b, i, how);
	}
}

/* How the cell differs from the one before, a line each; "": in nothing.  malloc'ed */
static char *told_of(const json_t *before, const json_t *c)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	if (before)
		cell_differs(f, before, c);
	else
		fprintf(f, "%s x %s: is new\n", json_string_value(json_object_get(c, "a")),
		        json_string_value(json_object_get(c, "b")));
	fclose(f);
	return text;
}

int pairs_load(json_t **out, const char *old, struct err *e)
{
	json_error_t je;
	json_t *was = json_load_file(old, 0, &je);

	if (!was && je.line < 0)
		return err_set(e, ERR_OPEN, "%s: %s", old, je.text);
	if (!was || !json_is_array(json_object_get(was, "cells"))) {
		json_decref(was);
		return err_set(e, ERR_TEXT, "%s:%d:%d: expected what explore --pairs --json prints",
		               old, je.line > 0 ? je.line : 1, je.line > 0 ? je.column : 1);
	}
	*out = was;
	return 0;
}

int pairs_compare(FILE *f, const json_t *now, const json_t *was, const char *old, u32 *n_differ,
                  json_t *differ, struct err *e)
{
	size_t i;
	const json_t *c;

	*n_differ = 0;
	if (!json_equal(json_object_get(was, "published"), json_object_get(now, "published")))
		return err_set(e, ERR_USAGE, "%s: the errata are on other sides there", old);
	json_array_foreach(json_object_get(now, "cells"), i, c)
	{
		const char *a = json_string_value(json_object_get(c, "a"));
		const char *b = json_string_value(json_object_get(c, "b"));
		char *told = told_of(find_cell(was, a, b), c), name[128];

		snprintf(name, sizeof(name), "%s x %s", a, b);
		fputs(told, f);
		*n_differ += told[0] != '\0';
		if (differ && told[0])
			json_object_set_new(differ, name, json_string(told));
		free(told);
	}
	fprintf(f, "compared with %s: %u of %zu cells differ\n", old, *n_differ,
	        json_array_size(json_object_get(now, "cells")));
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The matrix of pairs for who reads results by machine. */
#include "oracle/results/results.h"
#include "sim/cli/pairs_report.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <string.h>

bool pairs_is_bad(const struct pair_cell *c)
{
	return c->class == PAIR_NEITHER || (c->flags & PAIR_VIOLATION) ||
	       (c->class == PAIR_NO_START && !c->why[0]);
}

/* What was found in the starts of the cell. */
static void found_words(const struct pair_cell *c, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%s", pair_class_name(c->class));

	for (u32 i = 0; i < c->start.n && at < size; i++)
		if (c->start.v[i].found[0])
			at += (size_t)snprintf(buf + at, size - at, "%s start %u: %s",
			                       i ? ";" : ":", i, c->start.v[i].found);
}

static json_t *finding(const char *state, const char *again)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:s}", "check", "pair", "row", "pair", "sentence",
	                 "a pair of operations is not as it shall be", "state", json_bytes(state),
	                 "again", again);
}

static void add_cell(json_t *suite, const struct pair_cell *c, const json_t *differ,
                     const char *again)
{
	char name[128], state[1024];
	const char *how;
	json_t *test;

	snprintf(name, sizeof(name), "%s x %s", pair_rows[c->row[0]].id, pair_rows[c->row[1]].id);
	test = results_case(suite, "pair", name);
	how = results_string(differ, name);
	if (how[0])
		results_found(test, finding(how, again), false);
	found_words(c, state, sizeof(state));
	if (!differ && pairs_is_bad(c))
		results_found(test, finding(state, again), false);
	else if (c->flags & PAIR_INCOMPLETE)
		results_skip(test, "NOT complete: the budget was not enough for every class");
}

json_t *pairs_suite(const struct pairs_said *s, const json_t *differ, const char *again)
{
	json_t *suite = results_suite("pairs", NULL, again);

	results_seconds(suite, s->seconds);
	for (u32 i = 0; i < s->n_cells; i++)
		add_cell(suite, &s->cell[i], differ, again);
	if (s->interrupted)
		results_error(results_case(suite, "pair", "all"), "interrupted");
	return suite;
}

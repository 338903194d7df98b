// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_pairs.h"

#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/vec.h"
#include "sim/cli/cmd.h"
#include "sim/cli/pairs_report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a start, where nobody says: an image beside one section of S2PAGE has 513 classes. */
enum { EXECUTIONS = 1100 };

error_t pairs_parse(int key, char *arg, struct argp_state *state, struct pairs_opts *o)
{
	if (key == KEY_PAIRS)
		o->chosen = true;
	else if (key == KEY_COMPARE)
		o->compare = arg;
	else if (key == KEY_HTML)
		o->html = arg;
	else if (key != KEY_ONLY)
		return ARGP_ERR_UNKNOWN;
	else if (o->n_only == ARRAY_SIZE(o->only))
		argp_error(state, "too many --only");
	else
		o->only[o->n_only++] = arg;
	return 0;
}

static const char *row_id(u32 i)
{
	return pair_rows[i].id;
}

static int choose_rows(const struct pairs_opts *o, struct pairs_said *s, struct err *e)
{
	bool has[PAIRS_ROWS] = { false };
	char hint[80];

	SIM_ASSERT(n_pair_rows <= PAIRS_ROWS);
	for (u32 i = 0; i < o->n_only; i++) {
		u32 row = pair_row_by_id(o->only[i]);

		if (row == n_pair_rows)
			return err_set(
				e, ERR_USAGE, "--only: there is no entry operation '%s'%s",
				o->only[i],
				nearest_of(o->only[i], n_pair_rows, row_id, hint, sizeof(hint)));
		has[row] = true;
	}
	for (u32 i = 0; i < n_pair_rows; i++)
		if (o->n_only == 0 || has[i])
			s->row[s->n_rows++] = i;
	s->cell = xcalloc(s->n_rows * (s->n_rows + 1) / 2, sizeof(*s->cell));
	return 0;
}

/* How far it has come, every second: on a terminal one line, which is gone when all is there; elsewhere only if it is @asked for. */
static void progress(const struct pairs_said *s, u32 all, bool asked, u64 *next_ns)
{
	bool terminal = isatty(STDERR_FILENO), last = s->n_cells == all || s->interrupted;
	u64 now = clock_ns();

	if (last && terminal)
		fprintf(stderr, "\r\033[K");
	if (last || now < *next_ns || (!terminal && !asked))
		return;
	fprintf(stderr, terminal ? "\r%u of %u cells" : "%u of %u cells\n", s->n_cells, all);
	*next_ns = now + 1000000000;
}

static int explore_all(struct pairs_said *s, bool asked, struct err *e)
{
	u32 all = s->n_rows * (s->n_rows + 1) / 2;
	u64 next_ns = 0;
	int rc = 0;

	for (u32 i = 0; i < s->n_rows && rc == 0 && !s->interrupted; i++)
		for (u32 k = i; k < s->n_rows && rc == 0 && !s->interrupted; k++) {
			s->interrupted = s->o->interrupted();
			if (!s->interrupted)
				rc = pair_explore(s->row[i], s->row[k], s->o, &s->cell[s->n_cells],
				                  e);
			s->n_cells += !s->interrupted && rc == 0;
			progress(s, all, asked, &next_ns);
		}
	return rc;
}

static bool is_bad(const struct pairs_said *s)
{
	for (u32 i = 0; i < s->n_cells; i++)
		if (pairs_is_bad(&s->cell[i]))
			return true;
	return false;
}

static int write_page(const struct pairs_opts *o, const struct pairs_said *s, const json_t *now,
                      struct err *e)
{
	struct whole_file to;
	int rc = whole_open(&to, o->html, e);

	if (rc < 0)
		return rc;
	rc = pairs_html(&to, s, now, e);
	if (rc == 0)
		rc = whole_commit(&to, e);
	whole_drop(&to);
	return rc;
}

/* @was: what --compare names; NULL: none */
static int report(const struct pairs_opts *o, const struct pairs_said *s, const json_t *was,
                  bool json, struct results_out *results, struct err *e)
{
	json_t *now = json || was || o->html ? pairs_json(s) : NULL;
	json_t *told = was ? json_object() : NULL;
	u32 differ = 0;
	int rc = o->html ? write_page(o, s, now, e) : 0;

	if (json) {
		json_dumpf(now, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
	} else {
		pairs_print(stdout, s);
	}
	if (rc == 0 && was)
		rc = pairs_compare(json ? stderr : stdout, now, was, o->compare, &differ, told, e);
	json_decref(now);
	if (rc == 0 && results_wanted(results))
		json_array_append_new(results->suites, pairs_suite(s, told, results->line));
	json_decref(told);
	if (rc < 0)
		return rc;
	if (was)
		return differ ? EXIT_VIOLATION : EXIT_NOTHING;
	return is_bad(s) ? EXIT_VIOLATION : EXIT_NOTHING;
}

int explore_pairs(const struct pairs_opts *o, u64 seed, const struct search_opts *search,
                  const struct engine_opts *engine, const struct errata_choice *errata, bool json,
                  struct results_out *results)
{
	struct pair_opts po = { .seed = seed,
		                .executions = search->executions,
		                .seconds = search->seconds,
		                .engine = *engine,
		                .interrupted = interrupted };
	struct errata intended;
	struct pairs_said s = { .o = &po };
	json_t *was = NULL;
	struct err e;
	u64 start = clock_ns();
	int rc = choose_rows(o, &s, &e);

	errata_defaults(&po.errata);
	errata_apply_all(&po.errata, errata);
	errata_apply_named(&po.errata, errata);
	errata_all_intended(&intended);
	s.intended = memcmp(&intended, &po.errata, sizeof(intended)) == 0;
	po.engine.depend = DEPEND_TICKETS;
	if (!po.executions && !po.seconds)
		po.executions = EXECUTIONS;
	/* Before the matrix, which takes minutes. */
	if (rc == 0 && o->compare)
		rc = pairs_load(&was, o->compare, &e);
	if (rc == 0 && o->html)
		rc = whole_try(o->html, &e);
	if (rc == 0)
		rc = explore_all(&s, o->progress, &e);
	s.seconds = (double)(clock_ns() - start) / 1e9;
	if (rc == 0)
		rc = report(o, &s, was, json, results, &e);
	for (u32 i = 0; i < s.n_cells; i++)
		pair_cell_free(&s.cell[i]);
	free(s.cell);
	json_decref(was);
	if (rc >= 0)
		return rc;
	results_failed(results, "pairs", e.msg);
	fprintf(stderr, "hypsim explore: %s\n", e.msg);
	return err_status(e.code);
}

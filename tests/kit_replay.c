// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_replay.h"

#include "sim/base/vec.h"
#include "sim/explore/dfs.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_insert(const char **lines, u32 at, const char *line)
{
	u32 n = 0;

	while (lines[n])
		n++;
	assert_true(n + 1 < LINES && at <= n);
	memmove(lines + at + 1, lines + at, (n - at) * sizeof(*lines));
	lines[at] = line;
}

static void print(FILE *f, const char *const *lines)
{
	for (u32 i = 0; lines[i]; i++)
		fprintf(f, "%s\n", lines[i]);
}

struct scope *lines_scope(const struct lines *l)
{
	struct scope_opts o = { .cpus = l->cpus, .seed = 1 };
	struct scope *s;
	struct err e;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	print(f, l->before);
	fprintf(f, "concurrent\n");
	for (u32 i = 0; i < l->cpus; i++) {
		fprintf(f, "cpu %u\n", i);
		print(f, l->program[i]);
	}
	fprintf(f, "end\n");
	print(f, l->after);
	fclose(f);
	errata_defaults(&o.errata);
	if (scope_parse(&s, "test", text, len, &o, &e) < 0)
		fail_msg("%s\n%s", e.msg, text);
	free(text);
	return s;
}

void ran_new(struct ran *r, const struct scope *s, enum vehicle_kind vehicle)
{
	struct engine_opts o = {
		.vehicle = vehicle, .judged = true, .checks = check_set_all(), .steps = 10000
	};
	struct err e;

	if (setup_new(&r->setup, s, true, &e) < 0 || engine_new(&r->e, r->setup, &o, &e) < 0)
		fail_msg("%s", e.msg);
}

void ran_free(struct ran *r)
{
	engine_free(r->e);
	setup_free(r->setup);
}

/* The keys of each execution's steps; its calls are what a replay adds. */
static void keep(struct schedules *out, struct ran *again, const struct execution *x)
{
	struct schedule keys = { .n = 0 };
	struct replayed r;

	for (u32 i = 0; i < x->n; i++)
		schedule_add_key(&keys, &x->step[i].step);
	replay_run(again->e, again->setup, &keys, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_false(r.differs);
	schedule_copy(&out->v[out->n], &r.took);
	snprintf(out->verdict[out->n], FOUND_NAME, "%s", replay_verdict(r.found));
	out->n++;
	replayed_free(&r);
	schedule_free(&keys);
}

struct schedules schedules_of(const struct scope *s, u32 max, bool all)
{
	struct schedules out = { .v = xcalloc(max, sizeof(struct schedule)),
		                 .verdict = xcalloc(max, FOUND_NAME) };
	struct dfs *d = dfs_new();
	struct strategy by = dfs_strategy(d);
	struct ran ran, again;

	ran_new(&ran, s, VEHICLE_FIBER);
	ran_new(&again, s, VEHICLE_FIBER);
	while (out.n < max && engine_run(ran.e, &by)) {
		if (all || search_found(engine_result(ran.e)))
			keep(&out, &again, engine_execution(ran.e));
		engine_undo(ran.e);
	}
	ran_free(&again);
	ran_free(&ran);
	dfs_free(d);
	return out;
}

void schedules_free(struct schedules *s)
{
	for (u32 i = 0; i < s->n; i++)
		schedule_free(&s->v[i]);
	free(s->v);
	free(s->verdict);
}

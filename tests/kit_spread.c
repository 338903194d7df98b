// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_spread.h"

#include "sim/exec/scope_named.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum vehicle_kind kit_vehicle = VEHICLE_FIBER;

const struct kit_scope_size kit_spread_scopes[KIT_SPREAD_SCOPES] = {
	{ "lock", 4, 1 }, { "lock", 3, 3 },   { "sequence", 4, 1 },
	{ "abba", 4, 1 }, { "nested", 4, 1 }, { "split", 3, 1 },
};

struct scope *kit_scope(const char *name, u32 cpus, u32 sections)
{
	struct scope *s;
	struct err err;

	if (scope_named(name, cpus, sections, &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

struct engine_opts kit_engine_opts(const struct scope *s, bool judged)
{
	return (struct engine_opts){ .vehicle = kit_vehicle,
		                     .depend = s->depend == DEPEND_CELLS ? DEPEND_CELLS
		                                                         : DEPEND_TICKETS,
		                     .judged = judged,
		                     .checks = check_set_all(),
		                     .steps = 10000 };
}

struct spread_opts kit_whole(void)
{
	return (struct spread_opts){
		.search = { .kind = SEARCH_REVISIT, .all = true, .class_bytes = 64 << 20 },
		.jobs = 1,
		.keep_ns = 1000000
	};
}

int kit_try_search(const struct scope *s, const struct spread_opts *o, bool judged, struct came *c,
                   struct err *err)
{
	struct engine_opts eo = kit_engine_opts(s, judged);

	c->endings = outcomes_new(s, 1000);
	c->found = found_new();
	return spread_run(s, &eo, o, c->endings, c->found, NULL, NULL, &c->r, err);
}

struct came kit_searched(const struct scope *s, const struct spread_opts *o, bool judged)
{
	struct came c;
	struct err err;

	if (kit_try_search(s, o, judged, &c, &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

void came_drop(struct came *c)
{
	outcomes_free(c->endings);
	found_free(c->found);
}

struct came kit_plain(const struct scope *s, bool judged)
{
	struct engine_opts eo = kit_engine_opts(s, judged);
	struct search_opts so = { .kind = SEARCH_DFS, .all = true, .class_bytes = 64 << 20 };
	struct came c = { .endings = outcomes_new(s, 1000), .found = found_new() };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, judged, &err) < 0 || engine_new(&e, setup, &eo, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, c.endings, NULL, NULL, &c.r.sum);
	engine_free(e);
	setup_free(setup);
	return c;
}

void kit_same_sums(const struct came *a, const struct came *b)
{
	const struct search_result *x = &a->r.sum, *y = &b->r.sum;

	assert_int_equal(x->executions, y->executions);
	assert_int_equal(x->classes, y->classes);
	assert_int_equal(x->redundant, y->redundant);
	assert_int_equal(x->blocked, y->blocked);
	assert_int_equal(x->steps, y->steps);
	assert_memory_equal(x->ends, y->ends, sizeof(x->ends));
	assert_int_equal(x->violations, y->violations);
	assert_int_equal(x->unexpected, y->unexpected);
	assert_int_equal(x->complete, y->complete);
	assert_int_equal(outcomes_count(a->endings), outcomes_count(b->endings));
	for (u32 i = 0; i < outcomes_count(a->endings); i++) {
		const struct ending *p = outcomes_get(a->endings, i);
		const struct ending *q = outcomes_get(b->endings, i);

		assert_int_equal(p->name, q->name);
		assert_int_equal(p->count, q->count);
		assert_int_equal(p->n_steps, q->n_steps);
	}
}

void kit_same_found(const struct came *a, const struct came *b)
{
	assert_int_equal(found_count(a->found), found_count(b->found));
	for (u32 i = 0; i < found_count(a->found); i++) {
		const struct found_name *n = found_get(a->found, i);
		u32 k = 0;

		while (k < found_count(b->found) &&
		       strcmp(found_get(b->found, k)->name, n->name) != 0)
			k++;
		assert_true(k < found_count(b->found));
		assert_int_equal(found_get(b->found, k)->executions, n->executions);
	}
}

void kit_temp_name(char *path, size_t size)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	snprintf(path, size, "%s/hypsim-kept-XXXXXX", dir ? dir : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
}

void kit_begin_long(struct built *b)
{
	built_begin(b, 2);
	for (u32 i = 0; i < 1200; i++)
		built_section(b, i % 2, 0);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/shrink.h"

#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/explore/dfs.h"
#include "sim/explore/shrink_near.h"
#include "sim/explore/shrink_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Executions in which a smaller scope is looked for the finding, and for one without it. */
enum { SEARCHED = 100 };

/**
 * struct shrinking
 * @like:   what is found, of what it is
 * @passes: some schedule of the scope does not find it
 * @scope, @schedule, @known: the smallest so far
 */
struct shrinking {
	const struct shrink_opts *o;
	struct shrink_like like;
	bool passes;
	struct scope *scope;
	struct schedule schedule;
	struct grain_known known;
	u64 start, tried;
};

static bool over(const struct shrinking *s)
{
	return clock_ns() - s->start >= s->o->ns;
}

/**
 * struct attempt - a scope that is tried
 * @found, @passed: a schedule finds it; another one does not
 */
struct attempt {
	struct setup *setup;
	struct engine *e;
	bool found, passed;
	struct schedule schedule;
};

static int attempt_begin(struct attempt *a, const struct shrinking *s, const struct scope *scope,
                         const struct grain_known *known, struct err *e)
{
	struct engine_opts o = s->o->engine;
	int rc;

	*a = (struct attempt){ .found = false };
	o.depend = known->depend;
	o.grain = known->grain;
	rc = setup_new(&a->setup, scope, true, e);
	if (rc == 0)
		rc = engine_new(&a->e, a->setup, &o, e);
	if (rc == 0)
		engine_know(a->e, known);
	return rc;
}

static void attempt_end(struct attempt *a)
{
	engine_free(a->e);
	setup_free(a->setup);
	schedule_free(&a->schedule);
}

/* By the schedule of the scope that it is made from. */
static void by_schedule(struct attempt *a, const struct shrinking *s, const struct scope *scope)
{
	struct shrink_like like = s->like;
	struct shrink_seen seen = { .like = &like };
	struct replay_map map;
	struct replayed r;

	replay_map_new(&map, s->scope, scope);
	replay_run(a->e, a->setup, &s->schedule, REPLAY_TOLERANT, &map, &r, shrink_see, &seen);
	a->found = seen.same;
	a->passed |= !seen.same && r.end != EXECUTION_STUCK;
	schedule_copy(&a->schedule, &r.took);
	replayed_free(&r);
	replay_map_free(&map);
}

/* By a short search: for what it did not come to yet. */
static void by_search(struct attempt *a, const struct shrinking *s)
{
	struct schedule keys = { .n = 0 };
	bool had = a->found;

	shrink_search(a->e, &s->like, SEARCHED, &a->found, &a->passed, s->passes, &keys);
	/* It was also looked for anew where steps turned out to begin elsewhere. */
	if (a->found && (!had || keys.n > 0)) {
		struct replayed r;

		replay_run(a->e, a->setup, &keys, REPLAY_STRICT, NULL, &r, NULL, NULL);
		schedule_copy(&a->schedule, &r.took);
		replayed_free(&r);
	}
	schedule_free(&keys);
}

/* The engine has learned where steps begin: the smallest scope's schedule becomes one that goes by that.  False: there was nothing to learn. */
static bool relearn(struct shrinking *s, struct attempt *a)
{
	struct grain_known known = engine_known(a->e);

	if (grain_known_equal(&known, &s->known))
		return false;
	by_schedule(a, s, s->scope);
	if (!a->found)
		by_search(a, s);
	if (!a->found)
		return false;
	schedule_copy(&s->schedule, &a->schedule);
	s->known = engine_known(a->e);
	return true;
}

/* Is the same found in the scope of these lines?  Then it becomes the smallest one. */
static bool try_lines(struct shrinking *s, struct scope_lines *l)
{
	struct scope *scope = NULL;
	struct attempt a = { .found = false };
	struct err e;
	bool good = false;

	s->tried++;
	if (lines_parse(l, s->scope, &scope, &e) == 0 &&
	    attempt_begin(&a, s, scope, &s->known, &e) == 0) {
		by_schedule(&a, s, scope);
		if (!a.found || (s->passes && !a.passed))
			by_search(&a, s);
		good = a.found && (a.passed || !s->passes);
	}
	if (good) {
		schedule_copy(&s->schedule, &a.schedule);
		s->known = engine_known(a.e);
	}
	attempt_end(&a);
	if (good) {
		scope_free(s->scope);
		s->scope = scope;
	} else {
		scope_free(scope);
	}
	lines_free(l);
	return good;
}

static bool fewer_cpus(struct shrinking *s)
{
	bool any = false;

	for (u32 c = s->scope->cpus; c-- > 0 && !over(s);) {
		struct scope_lines l, less;

		if (s->scope->cpus == 1)
			break;
		lines_of(&l, s->scope);
		lines_without_cpu(&less, &l, c);
		any |= try_lines(s, &less);
		lines_free(&l);
	}
	return any;
}

/**
 * struct units - lines that can be left out
 * @first: the first line of each
 */
struct units {
	struct scope_lines l;
	VEC(u32) first;
};

static void units_of(struct units *u, const struct scope *s)
{
	u->first.n = 0;
	lines_of(&u->l, s);
	for (u32 i = 0; i < u->l.n; i++)
		if (lines_unit(&u->l, i))
			vec_push(&u->first, i);
}

static void units_drop(struct units *u)
{
	lines_free(&u->l);
	vec_free(&u->first);
}

/* Units [@i, @i + @n) and [@k, @k + @m) are left out. */
static bool without(struct shrinking *s, struct units *u, u32 i, u32 n, u32 k, u32 m)
{
	bool *gone = xcalloc(u->l.n + 1, sizeof(*gone)), good;
	struct scope_lines less;

	for (u32 x = 0; x < u->first.n; x++)
		if ((x >= i && x < i + n) || (x >= k && x < k + m))
			memset(gone + u->first.v[x], true, lines_unit(&u->l, u->first.v[x]));
	lines_without(&less, &u->l, gone);
	free(gone);
	good = try_lines(s, &less);
	if (good) {
		lines_free(&u->l);
		units_of(u, s->scope);
	}
	return good;
}

/* @chunk of them at a time, from the last on. */
static bool fewer_units(struct shrinking *s, u32 chunk)
{
	struct units u = { .first = { .n = 0 } };
	bool any = false;

	units_of(&u, s->scope);
	for (u32 end = u.first.n; end >= chunk && end > 0 && !over(s);) {
		if (without(s, &u, end - chunk, chunk, 0, 0)) {
			any = true;
			end = (u32)min_u64(end - chunk, u.first.n);
		} else {
			end -= chunk > 1 ? chunk / 2 : 1;
		}
	}
	units_drop(&u);
	return any;
}

/* Two of them, as a lock that is taken and given up. */
static bool fewer_pairs(struct shrinking *s)
{
	struct units u = { .first = { .n = 0 } };
	bool any = false;

	units_of(&u, s->scope);
	for (u32 i = 0; i < u.first.n && !over(s); i++)
		for (u32 k = i + 1; k < u.first.n && !over(s); k++)
			if (without(s, &u, i, 1, k, 1)) {
				any = true;
				k = i;
			}
	units_drop(&u);
	return any;
}

/* Every number of every line that is not an expectation. */
static bool simpler_numbers(struct shrinking *s)
{
	struct scope_lines l;
	bool any = false;

	lines_of(&l, s->scope);
	for (u32 i = 0; i < l.n && !over(s); i++) {
		int had = 1;

		if (!lines_unit(&l, i) && strncmp(l.v[i], "boot", 4) != 0)
			continue;
		if (strncmp(l.v[i], "cpu", 3) == 0)
			continue;
		for (u32 which = 0; had >= 0 && !over(s); which++)
			for (u32 how = 0; !over(s); how++) {
				struct scope_lines less;

				had = lines_simpler(&less, &l, i, which, how);
				if (had <= 0)
					break;
				if (strcmp(less.v[i], l.v[i]) == 0) {
					lines_free(&less);
					continue;
				}
				if (!try_lines(s, &less))
					continue;
				any = true;
				lines_free(&l);
				lines_of(&l, s->scope);
				if (i >= l.n)
					break;
				how = 0;
			}
		if (over(s))
			break;
	}
	lines_free(&l);
	return any;
}

static void smaller_scope(struct shrinking *s)
{
	bool any = true;

	while (any && !over(s)) {
		any = fewer_cpus(s);
		for (u32 chunk = 16; chunk > 0 && !over(s); chunk /= 2)
			any |= fewer_units(s, chunk);
		any |= fewer_pairs(s);
		any |= simpler_numbers(s);
	}
}

/* The smallest scope's schedule, its passing one, and what is shown of it. */
static int finish(struct shrinking *s, struct shrunk *out, struct err *e)
{
	struct attempt a;
	int rc = attempt_begin(&a, s, s->scope, &s->known, e);

	if (rc == 0) {
		do {
			schedule_free(&out->passing);
			out->passes = out->decides = false;
			shrink_switches(a.e, a.setup, &s->like, &s->schedule,
			                s->start + s->o->ns + s->o->ns / 10);
			shrink_nearest(a.e, a.setup, &s->like, &s->schedule, out);
		} while (relearn(s, &a));
		shrink_held(a.e, a.setup, &s->schedule, out);
	}
	attempt_end(&a);
	out->scope = s->scope;
	out->schedule = s->schedule;
	out->known = s->known;
	out->tried = s->tried;
	out->in_time = !over(s);
	out->ns = clock_ns() - s->start;
	return rc;
}

static int copy_scope(const struct scope *from, struct scope **out, struct err *e)
{
	struct scope_lines l;
	int rc;

	lines_of(&l, from);
	rc = lines_parse(&l, from, out, e);
	lines_free(&l);
	return rc;
}

int shrink(const struct scope *scope, const struct schedule *schedule,
           const struct grain_known *known, const char *verdict, const struct shrink_opts *o,
           struct shrunk *out, struct err *e)
{
	struct shrinking s = { .o = o, .known = *known, .start = clock_ns() };
	struct shrink_seen seen = { .like = &s.like, .learn = true };
	struct replayed r;
	struct attempt a = { .found = false };
	int rc = copy_scope(scope, &s.scope, e);

	*out = (struct shrunk){ .tried = 0 };
	snprintf(s.like.verdict, sizeof(s.like.verdict), "%s", verdict);
	if (rc == 0)
		rc = attempt_begin(&a, &s, s.scope, known, e);
	if (rc == 0) {
		replay_run(a.e, a.setup, schedule, REPLAY_STRICT, NULL, &r, shrink_see, &seen);
		if (!seen.same)
			rc = err_set(e, ERR_USAGE, "the schedule does not come to %s", verdict);
		schedule_copy(&s.schedule, &r.took);
		replayed_free(&r);
	}
	if (rc == 0) {
		shrink_search(a.e, &s.like, SEARCHED, &(bool){ true }, &s.passes, true, NULL);
		relearn(&s, &a);
	}
	attempt_end(&a);
	/* Where all schedules find it, another answer is another mistake. */
	s.like.pinned = !s.passes;
	if (rc == 0) {
		smaller_scope(&s);
		rc = finish(&s, out, e);
	}
	if (rc < 0) {
		scope_free(s.scope);
		schedule_free(&s.schedule);
		out->scope = NULL;
		out->schedule = (struct schedule){ .n = 0 };
	}
	return rc;
}

void shrunk_free(struct shrunk *s)
{
	scope_free(s->scope);
	s->scope = NULL;
	schedule_free(&s->schedule);
	schedule_free(&s->passing);
	free(s->held);
	free(s->waits);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/shrink_near.h"

#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/explore/dfs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is found ---- */

static void stuck_detail(const struct engine *e, const struct scope *s, char *buf, size_t size)
{
	const struct engine_result *r = engine_result(e);

	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++) {
			const struct called *k = &r->called[c][i];

			if (k->made && k->did.outcome == OUT_STUCK) {
				called_print(k, buf, size);
				return;
			}
		}
}

/* Its words up to the first number: numbers can become simpler. */
static void without_numbers(const char *text, char *buf, size_t size)
{
	size_t n = strcspn(text, " ");

	while (text[n] == ' ' && !isdigit((unsigned char)text[n + 1]))
		n += 1 + strcspn(text + n + 1, " ");
	snprintf(buf, size, "%.*s", (int)n, text);
}

/* Of the execution that has ended: detail and answer, for @like->verdict. */
static void details(const struct engine *e, struct shrink_like *like)
{
	const struct engine_result *r = engine_result(e);

	like->detail[0] = like->answer[0] = '\0';
	if (r->end == EXECUTION_DEADLOCK && strcmp(like->verdict, "deadlock") == 0) {
		snprintf(like->detail, sizeof(like->detail), "%s", r->cycle.n ? "circle" : "");
	} else if (r->end == EXECUTION_STUCK) {
		stuck_detail(e, engine_scope(e), like->detail, sizeof(like->detail));
	} else if (strcmp(like->verdict, "expect") == 0 && r->unexpected.expect) {
		without_numbers(r->unexpected.what, like->detail, sizeof(like->detail));
		scope_outcome_print(&r->unexpected.got, like->answer, sizeof(like->answer));
	}
}

static void learn_beside(const struct engine *e, struct shrink_like *like)
{
	struct found *f = found_new();

	found_add(f, e);
	like->n_beside = (u32)min_u64(found_count(f), SHRINK_NAMES);
	for (u32 i = 0; i < like->n_beside; i++)
		snprintf(like->beside[i], FOUND_NAME, "%s", found_get(f, i)->name);
	found_free(f);
}

/* Was something found that was not there before?  A lock whose release was left out is another mistake, not a smaller one. */
static bool finds_more(const struct found *f, const struct shrink_like *like)
{
	for (u32 i = 0; i < found_count(f) && like->n_beside < SHRINK_NAMES; i++) {
		u32 k = 0;

		while (k < like->n_beside && strcmp(found_get(f, i)->name, like->beside[k]) != 0)
			k++;
		if (k == like->n_beside)
			return true;
	}
	return false;
}

/* Has the execution that has ended found it? */
static bool finds_same(const struct engine *e, const struct shrink_like *like)
{
	struct shrink_like is = *like;
	struct found *f;
	bool has;

	if (engine_result(e)->end >= EXECUTION_BLOCKED)
		return false;
	f = found_new();
	found_add(f, e);
	has = replay_has(f, like->verdict) && !finds_more(f, like);
	found_free(f);
	details(e, &is);
	return has && strcmp(is.detail, like->detail) == 0 &&
	       (!like->pinned || strcmp(is.answer, like->answer) == 0);
}

void shrink_see(void *arg, struct engine *e)
{
	struct shrink_seen *s = arg;

	if (s->learn) {
		details(e, s->like);
		learn_beside(e, s->like);
	}
	s->same = finds_same(e, s->like);
}

/* Ended as it should, and does not find it. */
static bool passes(const struct engine *e, const struct shrink_like *like)
{
	enum execution_end end = engine_result(e)->end;

	return (end == EXECUTION_DONE || end == EXECUTION_HALTED) && !finds_same(e, like);
}

static void keys_of(struct schedule *keys, const struct execution *x)
{
	keys->n = 0;
	for (u32 i = 0; i < x->n; i++)
		schedule_add_key(keys, &x->step[i].step);
}

/* Where steps begin was learned, which counts from the first execution on. */
static void search_anew(struct dfs **d, struct strategy *by)
{
	dfs_free(*d);
	*d = dfs_new();
	*by = dfs_strategy(*d);
}

void shrink_search(struct engine *e, const struct shrink_like *like, u32 max, bool *found,
                   bool *passed, bool passing, struct schedule *keys)
{
	struct dfs *d = dfs_new();
	struct strategy by = dfs_strategy(d);

	for (u32 i = 0; i < max && (!*found || (passing && !*passed)); i++) {
		if (!engine_run(e, &by))
			break;
		if (engine_result(e)->end == EXECUTION_AGAIN) {
			search_anew(&d, &by);
			*found = *passed = false;
			engine_undo(e);
			continue;
		}
		if (!*found && finds_same(e, like)) {
			*found = true;
			if (keys)
				keys_of(keys, engine_execution(e));
		}
		*passed |= passes(e, like);
		engine_undo(e);
	}
	dfs_free(d);
}

/* ---- fewer switches ---- */

/* Does the schedule, executed tolerantly, find the same?  @took: what it came to. */
static bool try_schedule(struct engine *e, struct setup *setup, const struct shrink_like *like,
                         const struct schedule *s, struct schedule *took)
{
	struct shrink_like copy = *like;
	struct shrink_seen seen = { .like = &copy };
	struct replayed r;

	replay_run(e, setup, s, REPLAY_TOLERANT, NULL, &r, shrink_see, &seen);
	schedule_copy(took, &r.took);
	replayed_free(&r);
	return seen.same;
}

/* Step number @from, and those of its CPU that follow at once, come to place @to, before or behind. */
static void moved(struct schedule *out, const struct schedule *s, u32 from, u32 n, u32 to)
{
	out->n = 0;
	for (u32 i = 0; i <= s->n; i++) {
		if (i == to)
			for (u32 k = from; k < from + n; k++)
				vec_push(out, s->v[k]);
		if (i < s->n && (i < from || i >= from + n))
			vec_push(out, s->v[i]);
	}
}

static u32 block(const struct schedule *s, u32 i)
{
	u32 n = 1;

	while (i + n < s->n && s->v[i + n].step.cpu == s->v[i].step.cpu)
		n++;
	return n;
}

static bool fewer_switches(struct engine *e, struct setup *setup, const struct shrink_like *like,
                           struct schedule *s, u64 until)
{
	struct schedule other = { .n = 0 }, took = { .n = 0 };
	bool any = false;

	for (u32 i = 0; i < s->n && !any; i += block(s, i))
		for (u32 to = 0; to <= s->n && !any && clock_ns() < until; to++) {
			u32 n = block(s, i);

			if (to >= i && to <= i + n)
				continue;
			moved(&other, s, i, n, to);
			any = schedule_switches(&other) < schedule_switches(s) &&
			      try_schedule(e, setup, like, &other, &took) && took.n <= s->n &&
			      schedule_switches(&took) < schedule_switches(s);
		}
	if (any)
		schedule_copy(s, &took);
	schedule_free(&other);
	schedule_free(&took);
	return any;
}

void shrink_switches(struct engine *e, struct setup *setup, const struct shrink_like *like,
                     struct schedule *s, u64 until)
{
	while (s->n <= 200 && fewer_switches(e, setup, like, s, until))
		;
}

/* ---- the nearest one without ---- */

/**
 * struct races - of an execution: pairs of steps that race, the last first, each as the schedule that has them the other way round
 */
struct race {
	u32 first, second;
	struct schedule other;
};

struct races {
	struct race *v;
	u32 n, cap;
};

static void other_way(struct races *out, const struct execution *x, const struct schedule *s, u32 i,
                      u32 k)
{
	struct race r = { .first = i, .second = k };

	for (u32 m = 0; m < i; m++)
		vec_push(&r.other, s->v[m]);
	for (u32 m = i + 1; m < k; m++)
		if (!happens_before(x, i, m))
			vec_push(&r.other, s->v[m]);
	vec_push(&r.other, s->v[k]);
	vec_push(&r.other, s->v[i]);
	for (u32 m = i + 1; m < s->n; m++)
		if (m > k || (m < k && happens_before(x, i, m)))
			vec_push(&r.other, s->v[m]);
	vec_push(out, r);
}

/* Two steps of one object that others lie between: the CPU of the later one goes on up to it before the earlier one is made. */
static void far_way(struct races *out, const struct schedule *s, u32 i, u32 k)
{
	struct race r = { .first = i, .second = k };

	for (u32 m = 0; m < i; m++)
		vec_push(&r.other, s->v[m]);
	for (u32 m = i; m <= k; m++)
		if (s->v[m].step.cpu == s->v[k].step.cpu)
			vec_push(&r.other, s->v[m]);
	for (u32 m = i; m < s->n; m++)
		if (m > k || s->v[m].step.cpu != s->v[k].step.cpu)
			vec_push(&r.other, s->v[m]);
	vec_push(out, r);
}

/* Beyond so many steps only those that race are tried. */
enum { FAR = 60 };

static void all_far(struct races *out, const struct schedule *s)
{
	for (u32 apart = 1; apart < s->n && s->n <= FAR; apart++)
		for (u32 k = s->n; k-- > apart;) {
			const struct step *a = &s->v[k - apart].step, *b = &s->v[k].step;

			if (a->cpu != b->cpu && a->object == b->object)
				far_way(out, s, k - apart, k);
		}
}

struct seeing {
	const struct schedule *s;
	struct races races;
};

static void see_races(void *arg, struct engine *e)
{
	struct seeing *g = arg;
	const struct execution *x = engine_execution(e);
	u32 *near = xcalloc(x->n_near + 1, sizeof(*near));

	for (u32 k = x->n; k-- > 1 && x->n == g->s->n;) {
		u32 n = execution_races(x, k, near);

		while (n-- > 0)
			other_way(&g->races, x, g->s, near[n], k);
	}
	free(near);
	all_far(&g->races, g->s);
}

/* How far two schedules are the same. */
static u32 common(const struct schedule *a, const struct schedule *b)
{
	u32 i = 0;

	while (i < a->n && i < b->n && step_equal(&a->v[i].step, &b->v[i].step))
		i++;
	return i;
}

/* Of a search's executions that do not find it, the one that has most in common with @s. */
static void by_search(struct engine *e, const struct shrink_like *like, const struct schedule *s,
                      struct shrunk *out)
{
	struct dfs *d = dfs_new();
	struct strategy by = dfs_strategy(d);
	struct schedule keys = { .n = 0 };

	for (u32 i = 0; i < 1000 && engine_run(e, &by); i++) {
		if (engine_result(e)->end == EXECUTION_AGAIN) {
			search_anew(&d, &by);
			out->passes = false;
			out->first = 0;
		} else if (passes(e, like)) {
			keys_of(&keys, engine_execution(e));
			if (!out->passes || common(&keys, s) > out->first) {
				out->first = common(&keys, s);
				out->passes = true;
				schedule_copy(&out->passing, &keys);
			}
		}
		engine_undo(e);
	}
	schedule_free(&keys);
	dfs_free(d);
}

/* The execution does not find it, and ended as it should. */
struct passing {
	const struct shrink_like *like;
	bool passes;
};

static void see_passing(void *arg, struct engine *e)
{
	struct passing *p = arg;

	p->passes = passes(e, p->like);
}

void shrink_nearest(struct engine *e, struct setup *setup, const struct shrink_like *like,
                    const struct schedule *s, struct shrunk *out)
{
	struct seeing g = { .s = s };
	struct replayed r;

	replay_run(e, setup, s, REPLAY_STRICT, NULL, &r, see_races, &g);
	replayed_free(&r);
	for (u32 i = 0; i < g.races.n; i++) {
		struct race *v = &g.races.v[i];
		struct passing p = { .like = like };

		if (!out->passes) {
			replay_run(e, setup, &v->other, REPLAY_TOLERANT, NULL, &r, see_passing, &p);
			if (p.passes) {
				out->passes = out->decides = true;
				out->first = v->first;
				out->second = v->second;
				schedule_copy(&out->passing, &r.took);
			}
			replayed_free(&r);
		}
		schedule_free(&v->other);
	}
	vec_free(&g.races);
	if (!out->passes)
		by_search(e, like, s, out);
}

/* ---- what is held ---- */

/**
 * struct holding - the schedule is followed, and noted what each CPU holds and waits for before each step
 */
struct holding {
	const struct schedule *s;
	const struct setup *setup;
	struct shrunk *out;
	u32 cpus;
	bool begun;
};

static void note(struct holding *h, u32 at)
{
	for (u32 c = 0; c < h->cpus; c++) {
		const struct cpu *cpu = &h->setup->m->cpu[c];
		u64 waits = pub_load(&cpu->pub.waits);

		h->out->held[at * h->cpus + c] = cpu_held(cpu);
		h->out->waits[at * h->cpus + c] = waits ? waits_lock(waits) + 1 : 0;
	}
}

static bool hold_begin(void *arg)
{
	struct holding *h = arg;
	bool first = !h->begun;

	h->begun = true;
	return first;
}

static u32 hold_choose(void *arg, const struct execution *x)
{
	struct holding *h = arg;

	if (x->n >= h->s->n)
		return NOBODY;
	note(h, x->n);
	return h->s->v[x->n].step.cpu;
}

/* Those that still hold something hold it for good. */
static void hold_ended(void *arg, const struct execution *x)
{
	if (x->n == ((struct holding *)arg)->s->n)
		note(arg, x->n);
}

static u32 hold_same(const void *arg)
{
	(void)arg;
	return 0;
}

void shrink_held(struct engine *e, struct setup *setup, const struct schedule *s,
                 struct shrunk *out)
{
	struct holding h = { .s = s, .setup = setup, .out = out, .cpus = setup->scope->cpus };
	struct strategy by = { hold_begin, hold_choose, hold_ended, hold_same, &h, true };

	out->held = xcalloc((size_t)(s->n + 1) * h.cpus, sizeof(*out->held));
	out->waits = xcalloc((size_t)(s->n + 1) * h.cpus, sizeof(*out->waits));
	if (engine_run(e, &by))
		engine_undo(e);
}

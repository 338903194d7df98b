// SPDX-License-Identifier: GPL-2.0-only
/*
 * undo LOG...: all that a judge keeps can be undone, to any event of an episode.  Judged straight through, and judged with undos to
 * random events, also from behind the end, from which it goes on, a log has the same report, byte by byte: findings in their order
 * and words, verdicts, worst cases, counts, the events around the first finding, and the same contents.  Each log as it is, and
 * with events that are changed, dropped, doubled and out of place, so that every family finds something.
 */
#include "oracle/check/check.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/text/open.h"
#include "tests/kit_say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_EVENTS = 12000, MAX_SLICE = 700, CORRUPTED = 4 };

/* The events of a log, with what they own. */
struct kept {
	VEC(struct event) v;
};

static struct {
	struct rng rng;
	const char *path;
	const struct log_config *config;
	u64 undone, judged, findings;
} t;

static void *copy(const void *from, size_t size)
{
	char *to = xcalloc(1, size + 1);

	if (size)
		memcpy(to, from, size);
	return to;
}

static struct event own(const struct event *e)
{
	struct event one = *e;

	if (event_is_mark(e->kind))
		one.args = copy(e->args,
		                e->n * sizeof(*e->args) +
		                        (mark_spec(e->kind)->text ? strlen(mark_text(e)) : 0));
	else
		one.diffs = copy(e->diffs, e->n * sizeof(*e->diffs));
	return one;
}

static void forget(struct kept *k)
{
	for (u32 i = 0; i < k->v.n; i++)
		free((void *)(uintptr_t)k->v.v[i].args);
	vec_free(&k->v);
}

/* What there is of the log, up to MAX_EVENTS. */
static void collect(struct kept *k, struct log_source *s)
{
	struct event e[SOURCE_BATCH];
	struct err err;
	u32 n;

	do {
		if (s->next(s, e, SOURCE_BATCH, &n, &err) < 0)
			return;
		for (u32 i = 0; i < n && k->v.n < MAX_EVENTS; i++)
			vec_push(&k->v, own(&e[i]));
	} while (n > 0 && k->v.n < MAX_EVENTS);
}

/* ---- events that are not what they were ---- */

static u32 below(u64 n)
{
	return (u32)rng_below(&t.rng, n);
}

static void change_lock_event(struct event *e)
{
	switch (below(5)) {
	case 0: /* another event of the lock */
		e->kind = (u8)(EV_INC_TICKET + below(EV_END - EV_INC_TICKET));
		e->n = 0;
		e->arg = e->kind == EV_OPULL ? e->lk : e->arg;
		break;
	case 1:
		e->cpu = (u8)below(t.config->cpus);
		break;
	case 2:
		e->arg = below(3) ? below(20) : e->lk;
		break;
	case 3:
		e->ticket ^= 1u << below(3);
		break;
	default:
		if (e->n && below(4))
			((struct diff *)(uintptr_t)e->diffs)[below(e->n)].new ^= 1ull << below(14);
		else
			e->digest ^= 1ull << below(8);
	}
}

/* Arguments of registers, of values from outside and of translations are judged by who reads them. */
static void change_mark(struct event *e)
{
	u64 *args = (u64 *)(uintptr_t)e->args;

	if (e->kind == MARK_BARRIER || e->kind == MARK_CLOSE)
		e->cpu = (u8)below(t.config->cpus);
	else if (e->n && (e->kind == MARK_OUTSIDE || e->kind == MARK_REGS || e->kind == MARK_CTXT ||
	                  e->kind == MARK_FILL || e->kind == MARK_TLBI || e->kind == MARK_MEMORY ||
	                  e->kind == MARK_SEVENT))
		args[below(e->n)] ^= 1ull << below(10);
}

static void corrupt(struct kept *to, const struct kept *from, u32 one_in)
{
	bool bounds = below(2);

	for (u32 i = 0; i < from->v.n; i++) {
		struct event e = own(&from->v.v[i]);
		bool bad = e.kind != MARK_EPISODE && below(one_in) == 0;
		u32 how = below(8);

		/* Each CPU may promise what it likes, within reason. */
		if (bounds && e.kind == EV_INC_TICKET)
			e.arg = 6 + below(12);
		if (bad && how == 0) { /* it is missing */
			free((void *)(uintptr_t)e.args);
			continue;
		}
		if (bad && how == 1) {
			vec_push(&to->v, own(&e));
		} else if (bad && how == 2 && i + 1 < from->v.n &&
		           from->v.v[i + 1].kind != MARK_EPISODE) {
			vec_push(&to->v, own(&from->v.v[++i]));
		} else if (bad && event_is_mark(e.kind)) {
			change_mark(&e);
		} else if (bad) {
			change_lock_event(&e);
		}
		vec_push(&to->v, e);
	}
}

/* ---- judging ---- */

/* Where the episode that event @at is in begins. */
static u32 episode_of(const struct kept *k, u32 at)
{
	u32 episode = ~0u, first = 0;

	for (u32 i = 0; i <= at; i++) {
		if (k->v.v[i].kind == MARK_EPISODE && k->v.v[i].arg != episode) {
			episode = k->v.v[i].arg;
			first = i;
		}
	}
	return first;
}

/* Some objects are compared with a memory that may be another one. */
static void compare(struct checker *c)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct obj o;
		struct err e;

		if (!checker_contents(c, lk) || obj_init(&o, lk, &e) < 0)
			continue;
		(void)checker_compare(c, &o);
		obj_destroy(&o);
	}
}

/* What is said behind the events, to be undone. */
static void end_and_more(struct checker *c)
{
	struct finding f = { .check = CHK_MERGE, .row = "CYCLE", .index = checker_n_events(c) };

	if (below(3) == 0)
		checker_cut(c);
	if (below(3) == 0)
		checker_add_finding(c, &f);
	checker_end(c, below(2));
	if (below(2))
		compare(c);
	if (below(3) == 0)
		checker_require(c, ROW_REQUIRE_CONTENDED, false, "never");
}

/* Some events are places (checker_keep_places()). */
static void mark_places(struct kept *k)
{
	u32 one_in = 1 + below(12);

	for (u32 i = 0; i < k->v.n; i++)
		if (below(one_in) == 0)
			k->v.v[i].flags |= EVF_PLACE;
		else
			k->v.v[i].flags &= (u8)~EVF_PLACE;
}

/* Back to some event of the episode from @first on, mostly a near one; @places: or to the place before it.  Returns it. */
static u32 back(struct checker *c, const struct kept *k, u32 first, u32 at, bool places)
{
	u32 n = at - first, far = below(4) ? (n < 40 ? n : 40) : n;
	u32 to = at - below(far + 1ull);

	while (places && to > first && to < at && !(k->v.v[to].flags & EVF_PLACE))
		to--;
	checker_undo(c, to);
	t.undone++;
	return to;
}

static void keep(struct checker *c, bool places)
{
	if (places)
		checker_keep_places(c);
	else
		checker_keep(c);
}

static struct checker *with_undos(const struct kept *k, struct check_how how, bool closed)
{
	bool places = below(2);
	struct checker *c = checker_new(t.config, check_set_all());
	u32 first, base = 0, budget = 6 * k->v.n + 1000, at = 0;

	checker_how(c, how);
	keep(c, places);
	while (at < k->v.n) {
		u32 n = 1 + below(below(3) ? 12 : MAX_SLICE);

		if (n > k->v.n - at)
			n = k->v.n - at;
		checker_feed(c, &k->v.v[at], n);
		at += n;
		first = episode_of(k, at - 1);
		if (below(100) == 0) {
			/* From now on, and not from the episode's begin. */
			keep(c, places);
			base = at;
		}
		first = first > base ? first : base;
		for (u32 i = below(3); i > 0 && budget > 0; i--) {
			u32 was = at;

			if (below(4) == 0)
				end_and_more(c);
			at = back(c, k, first, at, places);
			budget -= budget < was - at + 1 ? budget : was - at + 1;
		}
	}
	for (u32 i = 0; i < 3; i++) {
		end_and_more(c);
		checker_undo(c, at);
	}
	checker_end(c, closed);
	return c;
}

static struct checker *straight(const struct kept *k, struct check_how how, bool closed)
{
	struct checker *c = checker_new(t.config, check_set_all());

	checker_how(c, how);
	checker_feed(c, k->v.v, k->v.n);
	checker_end(c, closed);
	return c;
}

/* ---- and comparing ---- */

static void differs(const char *a, const char *b, u32 variant)
{
	while (*a && *a == *b) {
		const char *x = strchr(a, '\n'), *y = strchr(b, '\n');

		if (!x || !y || x - a != y - b || strncmp(a, b, (size_t)(x - a)) != 0)
			break;
		a = x + 1;
		b = y + 1;
	}
	printf("%s, variant %u: judged straight through\n  %.*s\nand with undos\n  %.*s\n", t.path,
	       variant, (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

static bool same(const struct kept *k, u32 variant)
{
	struct check_how how = { .strict = below(4) == 0, .full = below(2) };
	bool closed = below(2), equal;
	struct checker *a = straight(k, how, closed), *b = with_undos(k, how, closed);
	char *x = kit_say(a, t.config), *y = kit_say(b, t.config);

	equal = strcmp(x, y) == 0;
	if (!equal)
		differs(x, y, variant);
	t.judged++;
	t.findings += checker_n_findings(a);
	free(x);
	free(y);
	checker_free(a);
	checker_free(b);
	return equal;
}

static bool log_holds(const char *path)
{
	struct log_source *s;
	struct kept k = { 0 };
	bool ok;
	struct err e;

	if (log_open(path, &s, &e) < 0) {
		printf("%s: %s\n", path, e.msg);
		return false;
	}
	t.path = path;
	t.config = s->config;
	collect(&k, s);
	mark_places(&k);
	ok = same(&k, 0);
	for (u32 i = 1; i <= CORRUPTED && k.v.n; i++) {
		struct kept bad = { 0 };

		corrupt(&bad, &k, below(3) ? 4u << below(8) : ~0u);
		ok &= same(&bad, i);
		forget(&bad);
	}
	forget(&k);
	s->close(s);
	return ok;
}

int main(int argc, char **argv)
{
	const char *seed = getenv("HYPSIM_SEED");
	bool ok = true;

	t.rng.s = seed ? strtoull(seed, NULL, 0) : 1;
	for (int i = 1; i < argc; i++)
		ok &= log_holds(argv[i]);
	printf("%d logs, %llu judged, %llu undos, %llu findings\n", argc - 1,
	       (unsigned long long)t.judged, (unsigned long long)t.undone,
	       (unsigned long long)t.findings);
	return !(ok && t.findings);
}

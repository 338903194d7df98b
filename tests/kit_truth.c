// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_truth.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/explore/classes.h"
#include "sim/explore/found.h"
#include "sim/explore/outcome.h"
#include "sim/explore/search.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Different numbers. */
struct numbers {
	u64 *v;
	u32 n, cap;
};

/**
 * struct way - what one search has come to
 * @classes: their names; @endings: of outcomes; @judged: of outcomes with what was found
 */
struct way {
	const struct setup *setup;
	struct search_result r;
	struct numbers classes, endings, judged;
};

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void settle(struct numbers *s)
{
	u32 n = 0;

	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof(*s->v), by_value);
	for (u32 i = 0; i < s->n; i++)
		if (n == 0 || s->v[n - 1] != s->v[i])
			s->v[n++] = s->v[i];
	s->n = n;
}

static bool equal(const struct numbers *a, const struct numbers *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->v, b->v, a->n * sizeof(*a->v)) == 0);
}

/* Of the names of all that was found, in any order. */
static u64 found_name_of(const struct engine *e)
{
	struct found *f = found_new();
	u64 sum = 0;

	found_add(f, e);
	for (u32 i = 0; i < found_count(f); i++) {
		u64 h = 0;

		for (const char *p = found_get(f, i)->name; *p; p++)
			h = mix64(h + (u8)*p);
		sum += h;
	}
	found_free(f);
	return sum;
}

static void each(void *arg, struct engine *e)
{
	struct way *w = arg;
	const struct engine_result *r = engine_result(e);
	u64 name = outcome_name(e, w->setup->m);

	/* The programs have three locks: there is one circle at most, whatever the order. */
	name = mix64(name + (r->cycle.n ? r->cycle.mask : 0));
	vec_push(&w->classes, class_name(engine_execution(e)));
	vec_push(&w->endings, name);
	vec_push(&w->judged, mix64(name + found_name_of(e)));
}

/* The search begins again: what it has executed does not count. */
static void again(void *arg)
{
	struct way *w = arg;

	w->classes.n = w->endings.n = w->judged.n = 0;
}

static void go(struct way *w, const struct truth *t, const struct scope *s, enum search_kind kind,
               enum scope_depend depend, bool judged)
{
	/* On threads, which hand each other the baton, ThreadSanitizer takes races on purpose as ordered. */
	bool threads = HYPSIM_TSAN && t->races;
	struct engine_opts o = { .vehicle = threads ? VEHICLE_PTHREAD : VEHICLE_FIBER,
		                 .depend = depend,
		                 .judged = judged,
		                 .checks = check_set_all(),
		                 .steps = 10000 };
	struct search_opts so = { .kind = kind,
		                  .all = true,
		                  .executions = kind == SEARCH_NAIVE ? TRUTH_ORDERS : 0,
		                  .class_bytes = 1 << 20,
		                  .each = each,
		                  .each_arg = w,
		                  .again = again };
	static const enum check_id of_order[] = { CHK_FIFO, CHK_BOUND, CHK_FAIRNESS, CHK_WAIT };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	/* By cells they are not judged. */
	for (u32 i = 0; i < ARRAY_SIZE(of_order); i++)
		check_set_remove(&o.checks, of_order[i]);
	*w = (struct way){ .setup = NULL };
	if (setup_new(&setup, s, judged, &err) < 0 || engine_new(&e, setup, &o, &err) < 0)
		fail_msg("%s", err.msg);
	w->setup = setup;
	search_run(e, setup, &so, NULL, NULL, w, &w->r);
	engine_free(e);
	setup_free(setup);
	settle(&w->classes);
	settle(&w->endings);
	settle(&w->judged);
}

static void drop(struct way *w)
{
	vec_free(&w->classes);
	vec_free(&w->endings);
	vec_free(&w->judged);
}

static bool differs(char *why, size_t size, const char *who, const char *what, u64 is, u64 should)
{
	snprintf(why, size, "%s: %llu %s, should be %llu", who, (unsigned long long)is, what,
	         (unsigned long long)should);
	return false;
}

/* A search that executes each class once has the classes and outcomes of all orders. */
static bool as_naive(const struct way *w, const struct way *naive, const char *who, char *why,
                     size_t size)
{
	if (!w->r.complete)
		return differs(why, size, who, "complete", 0, 1);
	if (w->r.redundant + w->r.blocked)
		return differs(why, size, who, "redundant or blocked",
		               w->r.redundant + w->r.blocked, 0);
	if (w->r.executions != naive->classes.n)
		return differs(why, size, who, "executions", w->r.executions, naive->classes.n);
	if (!equal(&w->classes, &naive->classes))
		return differs(why, size, who, "classes, and others than", w->classes.n,
		               naive->classes.n);
	if (!equal(&w->endings, &naive->endings))
		return differs(why, size, who, "outcomes", w->endings.n, naive->endings.n);
	return true;
}

static bool as_tickets(struct truth *t, const struct scope *s, const struct way *tickets, char *why,
                       size_t size)
{
	struct way cells;
	bool same;

	go(&cells, t, s, SEARCH_DFS, DEPEND_CELLS, true);
	/* What is said of a context for which CPUs race may stand behind another CPU's use of it: what is found goes by the schedule. */
	same = cells.r.complete && (t->races ? equal(&cells.endings, &tickets->endings)
	                                     : equal(&cells.judged, &tickets->judged));
	if (!same)
		differs(why, size, "by cells", cells.r.complete ? "outcomes" : "complete ones",
		        cells.judged.n, tickets->judged.n);
	else if (cells.classes.n > tickets->classes.n)
		same = differs(why, size, "by cells", "classes, more than by tickets",
		               cells.classes.n, tickets->classes.n);
	t->dependences++;
	t->by_cells += cells.classes.n;
	t->by_tickets += tickets->classes.n;
	t->endings += tickets->judged.n;
	t->wasted += cells.r.redundant + cells.r.blocked;
	t->fewer += cells.classes.n < tickets->classes.n;
	drop(&cells);
	return same;
}

static void count(struct truth *t, const struct way *naive, const struct way *dfs)
{
	t->programs++;
	t->orders += naive->r.executions;
	t->classes += dfs->classes.n;
	t->deadlocks += dfs->r.ends[EXECUTION_DEADLOCK] > 0;
	t->halts += dfs->r.ends[EXECUTION_HALTED] > 0;
	t->stuck += dfs->r.ends[EXECUTION_STUCK] > 0;
	t->found += dfs->r.violations > 0 || dfs->r.unexpected > 0;
}

bool truth_add(struct truth *t, const struct scope *s, bool both, char *why, size_t size)
{
	struct way naive, dfs, revisit;
	bool same = true;

	go(&naive, t, s, SEARCH_NAIVE, DEPEND_TICKETS, false);
	if (!naive.r.complete) {
		t->left++;
		drop(&naive);
		return true;
	}
	go(&dfs, t, s, SEARCH_DFS, DEPEND_TICKETS, both);
	go(&revisit, t, s, SEARCH_REVISIT, DEPEND_TICKETS, false);
	same = as_naive(&dfs, &naive, "dfs", why, size) &&
	       (revisit.r.unfit || as_naive(&revisit, &naive, "revisit", why, size));
	if (same && both)
		same = as_tickets(t, s, &dfs, why, size);
	t->revisited += !revisit.r.unfit;
	count(t, &naive, &dfs);
	drop(&naive);
	drop(&dfs);
	drop(&revisit);
	return same;
}

static unsigned long long ull(u64 n)
{
	return (unsigned long long)n;
}

void truth_print(const struct truth *t, const char *name)
{
	print_message(
		"%s: %llu programs, %llu orders, %llu classes, all found; %llu by revisit too\n",
		name, ull(t->programs), ull(t->orders), ull(t->classes), ull(t->revisited));
	print_message(
		"    with deadlocks %llu, halts %llu, stuck calls %llu, findings %llu; left out as "
		"too large %llu\n",
		ull(t->deadlocks), ull(t->halts), ull(t->stuck), ull(t->found), ull(t->left));
	print_message("    by cells: %llu programs, the same %llu outcomes; %llu classes of %llu, "
	              "fewer in %llu "
	              "programs; %llu redundant or blocked\n",
	              ull(t->dependences), ull(t->endings), ull(t->by_cells), ull(t->by_tickets),
	              ull(t->fewer), ull(t->wasted));
}

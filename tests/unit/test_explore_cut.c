// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an execution counts as that a halt cuts, against a model that shares nothing with the engine: programs of locks, of which every
 * order of steps is made, and which may halt at any of their steps.
 */
#include "sim/base/vec.h"
#include "sim/explore/search.h"
#include "tests/kit.h"
#include "tests/kit_built.h"

#include <string.h>

enum { CPUS = 4, LOCKS = 3, TICKETS = 16, OPS = 16, NONE = 0xff };

/**
 * struct trace - of an execution: what its class is
 * @order: [n] of each lock the CPUs in the order of their tickets
 * @halts: [n_halts] CPUs in the order in which they have halted
 */
struct trace {
	u8 order[LOCKS][TICKETS], n[LOCKS];
	u8 halts[CPUS], n_halts;
};

struct traces {
	struct trace *v;
	u32 n, cap;
};

static void traces_add(struct traces *all, const struct trace *t)
{
	for (u32 i = 0; i < all->n; i++)
		if (memcmp(&all->v[i], t, sizeof(*t)) == 0)
			return;
	vec_push(all, *t);
}

static bool traces_have(const struct traces *all, const struct trace *t)
{
	for (u32 i = 0; i < all->n; i++)
		if (memcmp(&all->v[i], t, sizeof(*t)) == 0)
			return true;
	return false;
}

/* What a CPU does: takes a ticket and waits, gives the lock up, or halts. */
struct op {
	char what;
	u8 lk;
};

/**
 * struct model
 * @longest: executions in which halts come last; @cut: what had been done when a halt came, whenever it came
 * @deadlocks: of the longest
 */
struct model {
	u32 cpus;
	struct op op[CPUS][OPS];
	u32 n[CPUS];
	struct traces longest, cut;
	u64 deadlocks;
};

/* @ticket: [cpu] that it waits with, or NONE; @now: [lock] that is served */
struct state {
	u8 pc[CPUS], ticket[CPUS], now[LOCKS];
	struct trace t;
};

static u32 lock_of(const char *name, u64 arg)
{
	return strstr(name, "s2page") ? 0 : (u32)arg;
}

static void model_of(struct model *m, const struct scope *s)
{
	memset(m, 0, sizeof(*m));
	m->cpus = s->cpus;
	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++) {
			const struct scope_call *call = &s->program[c].v[i];
			const char *name = call->prim->name;
			struct op op = { .what = 'h' };

			if (strcmp(name, "panic") != 0)
				op = (struct op){ name[0], (u8)lock_of(name, call->args[0]) };
			assert_true(m->n[c] < OPS);
			m->op[c][m->n[c]++] = op;
		}
}

static char next_of(const struct model *m, const struct state *s, u32 c)
{
	return s->pc[c] < m->n[c] ? m->op[c][s->pc[c]].what : 'e';
}

/* Every CPU goes on until it takes a ticket, waits, halts or has ended. */
static void settle(const struct model *m, struct state *s)
{
	bool more = true;

	while (more) {
		more = false;
		for (u32 c = 0; c < m->cpus; c++) {
			char what = next_of(m, s, c);
			u8 lk = what == 'a' || what == 'r' ? m->op[c][s->pc[c]].lk : 0;

			if (what == 'r')
				s->now[lk]++;
			else if (what != 'a' || s->ticket[c] != s->now[lk])
				continue;
			s->ticket[c] = NONE;
			s->pc[c]++;
			more = true;
		}
	}
}

static bool is_pending(const struct model *m, const struct state *s, u32 c)
{
	return next_of(m, s, c) == 'a' && s->ticket[c] == NONE;
}

static void take(const struct model *m, struct state *s, u32 c)
{
	u8 lk = m->op[c][s->pc[c]].lk;

	s->ticket[c] = s->t.n[lk];
	s->t.order[lk][s->t.n[lk]++] = (u8)c;
	settle(m, s);
}

static void halt(struct state *s, u32 c)
{
	s->t.halts[s->t.n_halts++] = (u8)c;
	s->pc[c] = OPS;
}

/* All that are at their halts, in every order: nobody else does anything. */
static void halts(struct model *m, const struct state *s)
{
	bool some = false, waits = false;

	for (u32 c = 0; c < m->cpus; c++) {
		struct state next = *s;

		waits |= next_of(m, s, c) == 'a';
		if (next_of(m, s, c) != 'h')
			continue;
		some = true;
		halt(&next, c);
		halts(m, &next);
	}
	if (some)
		return;
	if (!traces_have(&m->longest, &s->t))
		m->deadlocks += waits && s->t.n_halts == 0;
	traces_add(&m->longest, &s->t);
}

static void all_orders(struct model *m, const struct state *s)
{
	bool some = false;

	for (u32 c = 0; c < m->cpus; c++) {
		struct state next = *s;

		if (next_of(m, s, c) == 'h') {
			halt(&next, c);
			traces_add(&m->cut, &next.t);
		}
		if (!is_pending(m, s, c))
			continue;
		some = true;
		take(m, &next, c);
		all_orders(m, &next);
	}
	if (!some)
		halts(m, s);
}

static void run_model(struct model *m, const struct scope *s)
{
	struct state first = { .pc = { 0 } };

	model_of(m, s);
	memset(first.ticket, NONE, sizeof(first.ticket));
	settle(m, &first);
	all_orders(m, &first);
}

static void drop_model(struct model *m)
{
	vec_free(&m->longest);
	vec_free(&m->cut);
}

/* What the search has executed, as the model has it. */
static void each(void *arg, struct engine *e)
{
	const struct execution *x = engine_execution(e);
	struct trace t = { .n_halts = 0 };

	for (u32 i = 0; i < x->n; i++) {
		const struct step *s = &x->step[i].step;
		u32 lk = s->object == S2PAGE_ID ? 0 : s->object - INFO_ID;

		if (s->kind == POINT_HALT) {
			t.halts[t.n_halts++] = s->cpu;
			continue;
		}
		assert_int_equal(s->kind, POINT_TICKET);
		assert_true(lk < LOCKS);
		t.order[lk][t.n[lk]++] = s->cpu;
	}
	vec_push((struct traces *)arg, t);
}

static struct search_result search(const struct scope *s, enum search_kind kind, struct traces *out)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 10000 };
	struct search_opts so = {
		.kind = kind, .all = true, .class_bytes = 1 << 20, .each = each, .each_arg = out
	};
	struct search_result r;
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, false, &err) < 0 || engine_new(&e, setup, &o, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, NULL, NULL, NULL, &r);
	engine_free(e);
	setup_free(setup);
	return r;
}

/* Is all that was done before the halt also done in @t, in the same orders, and is that halt its first one? */
static bool goes_on(const struct trace *cut, const struct trace *t)
{
	if (t->n_halts == 0 || t->halts[0] != cut->halts[0])
		return false;
	for (u32 k = 0; k < LOCKS; k++)
		if (cut->n[k] > t->n[k] || memcmp(cut->order[k], t->order[k], cut->n[k]) != 0)
			return false;
	return true;
}

struct sums {
	u64 classes, halted, deadlocks, cut, shorter;
};

static void as_model(const struct scope *s, struct sums *sums)
{
	static const enum search_kind kinds[] = { SEARCH_DFS, SEARCH_REVISIT };
	struct model m;

	run_model(&m, s);
	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct traces got = { .n = 0 };
		struct search_result r = search(s, kinds[k], &got);

		assert_int_equal(got.n, m.longest.n);
		for (u32 i = 0; i < got.n; i++)
			assert_true(traces_have(&m.longest, &got.v[i]));
		assert_int_equal(r.ends[EXECUTION_DEADLOCK], m.deadlocks);
		for (u32 i = 0; i < m.cut.n; i++) {
			u32 at = 0;

			while (at < got.n && !goes_on(&m.cut.v[i], &got.v[at]))
				at++;
			assert_true(at < got.n);
		}
		sums->halted += r.ends[EXECUTION_HALTED];
		vec_free(&got);
	}
	for (u32 i = 0; i < m.cut.n; i++)
		sums->shorter += !traces_have(&m.longest, &m.cut.v[i]);
	sums->classes += m.longest.n;
	sums->deadlocks += m.deadlocks;
	sums->cut += m.cut.n;
	drop_model(&m);
}

/* Wherever a halt cuts an execution, a class goes on from what had been done, and its first halt is that one; there are no other classes. */
static void cut_counts_as_longest(void **state)
{
	struct rng r = { .s = test_seed(31) };
	struct sums sums = { 0 };

	(void)state;
	for (u32 i = 0; i < 400; i++) {
		struct built b;

		built_random(&b, &r);
		/* A CPU that halts somewhere. */
		built_call(&b, (u32)rng_below(&r, b.s.cpus), "panic", 0, 0);
		as_model(&b.s, &sums);
		built_drop(&b);
	}
	print_message(
		"%llu classes, %llu deadlocks; %llu ways to be cut, %llu of them in no class as "
		"they are\n",
		(unsigned long long)sums.classes, (unsigned long long)sums.deadlocks,
		(unsigned long long)sums.cut, (unsigned long long)sums.shorter);
	assert_true(sums.deadlocks > 0 && sums.halted > 0 && sums.shorter > sums.cut / 4);
}

/* @text: CPUs by '|': 'A', 'B': a section of that lock; 'a', 'b': taken and kept; 'h': a halt. */
static void build(struct built *b, const char *text)
{
	u32 cpu = 0;

	built_begin(b, 1);
	for (const char *p = text; *p; p++) {
		if (*p == '|')
			cpu++;
		else if (*p == 'h')
			built_call(b, cpu, "panic", 0, 0);
		else if (*p >= 'a')
			built_lock(b, cpu, (u32)(*p - 'a'));
		else
			built_section(b, cpu, (u32)(*p - 'A'));
	}
}

/* Numbers that can be seen: halts of two CPUs are dependent, and a halt and what another CPU does are not. */
static void known(void **state)
{
	static const struct {
		const char *text;
		u64 classes, halted;
	} rows[] = {
		{ "h|A", 1, 1 },   { "h|AB", 1, 1 },      { "Ah|A", 2, 2 },  { "h|h", 2, 2 },
		{ "h|h|h", 6, 6 }, { "h|h|h|h", 24, 24 }, { "h|A|A", 2, 2 }, { "Ah|Ah", 4, 4 },
		{ "ah|A", 2, 2 },  { "ah|A|A", 6, 6 },    { "hA|A", 1, 1 },  { "Ah|Bh", 2, 2 },
		{ "ab|ba", 3, 0 }, { "ab|ba|h", 3, 3 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct traces got = { .n = 0 };
		struct sums sums = { 0 };
		struct search_result r;
		struct built b;

		build(&b, rows[i].text);
		r = search(&b.s, SEARCH_DFS, &got);
		if (r.classes != rows[i].classes || r.ends[EXECUTION_HALTED] != rows[i].halted)
			print_message("%s: %llu classes, %llu halted\n", rows[i].text,
			              (unsigned long long)r.classes,
			              (unsigned long long)r.ends[EXECUTION_HALTED]);
		assert_int_equal(r.classes, rows[i].classes);
		assert_int_equal(r.ends[EXECUTION_HALTED], rows[i].halted);
		as_model(&b.s, &sums);
		vec_free(&got);
		built_drop(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(cut_counts_as_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search against known answers: how many classes a scope has is a number that can be computed by hand, and what naive enumeration
 * of all orders gives.
 */
#include "shmem/locks.h"
#include "sim/base/vec.h"
#include "sim/explore/alike.h"
#include "sim/explore/search.h"
#include "tests/kit.h"
#include "tests/kit_built.h"

#include <stdio.h>
#include <string.h>

static u32 max_rounds;
static bool symmetry;

static struct search_result searched(const struct scope *s, const struct engine_opts *o,
                                     enum search_kind kind, struct endings *endings)
{
	struct search_opts so = { .kind = kind,
		                  .all = true,
		                  .rounds = max_rounds,
		                  .symmetry = symmetry,
		                  .class_bytes = 64 << 20 };
	struct search_result r;
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, o->judged, &err) < 0 || engine_new(&e, setup, o, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, endings, NULL, NULL, &r);
	engine_free(e);
	setup_free(setup);
	return r;
}

static struct search_result explored_by(const struct scope *s, enum search_kind kind, bool judged,
                                        enum scope_depend depend, struct endings *endings)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = depend,
		                 .judged = judged,
		                 .checks = check_set_all(),
		                 .steps = 10000 };

	return searched(s, &o, kind, endings);
}

static struct search_result explored(const struct scope *s, enum search_kind kind, bool judged)
{
	return explored_by(s, kind, judged, DEPEND_TICKETS, NULL);
}

static void has(struct built *b, u64 classes, u64 deadlocks)
{
	static const enum search_kind kinds[] = { SEARCH_DFS, SEARCH_REVISIT };

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct search_result r = explored(&b->s, kinds[i], false);

		assert_true(r.complete);
		assert_int_equal(r.executions, classes);
		assert_int_equal(r.classes, classes);
		assert_int_equal(r.redundant, 0);
		assert_int_equal(r.blocked, 0);
		assert_int_equal(r.ends[EXECUTION_DEADLOCK], deadlocks);
	}
	built_drop(b);
}

/* N CPUs, one lock, K sections each: (NK)! / (K!)^N orders. */
static void one_lock(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 classes;
	} rows[] = { { 2, 1, 2 },   { 3, 1, 6 },    { 4, 1, 24 },   { 5, 1, 120 },
		     { 6, 1, 720 }, { 7, 1, 5040 }, { 2, 2, 6 },    { 2, 3, 20 },
		     { 2, 4, 70 },  { 3, 2, 90 },   { 3, 3, 1680 }, { 4, 2, 2520 } };
	struct built b;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++)
				built_section(&b, c, 0);
		has(&b, rows[i].classes, 0);
	}
}

static void disjoint(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 4);
	for (u32 c = 0; c < 4; c++)
		built_section(&b, c, c + 1);
	has(&b, 1, 0);
}

/* A, then B: (N!)^2. */
static void sequence(void **state)
{
	static const u64 classes[] = { 4, 36, 576 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 4; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_section(&b, c, 0);
			built_section(&b, c, 1);
		}
		has(&b, classes[n - 2], 0);
	}
}

/* A { B }: N!. */
static void nested(void **state)
{
	static const u64 classes[] = { 2, 6, 24 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 4; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_lock(&b, c, 0);
			built_section(&b, c, 1);
			built_unlock(&b, c, 0);
		}
		has(&b, classes[n - 2], 0);
	}
}

/* A { B } and B { A }, CPUs alternating. */
static void abba(void **state)
{
	static const u64 classes[] = { 3, 12, 64, 384 }, deadlocks[] = { 1, 6, 40, 264 };
	struct built b;

	(void)state;
	for (u32 n = 2; n <= 5; n++) {
		built_begin(&b, n);
		for (u32 c = 0; c < n; c++) {
			built_lock(&b, c, c % 2);
			built_section(&b, c, 1 - c % 2);
			built_unlock(&b, c, c % 2);
		}
		has(&b, classes[n - 2], deadlocks[n - 2]);
	}
}

/* Every order of steps has the classes of the search, and no others. */
static void as_naive(void **state)
{
	struct rng r = { .s = test_seed(11) };
	u64 executions = 0, classes = 0, deadlocks = 0, halts = 0;

	(void)state;
	for (u32 i = 0; i < 400; i++) {
		struct search_result naive, dfs, revisit;
		struct built b;

		built_random(&b, &r);
		naive = explored(&b.s, SEARCH_NAIVE, false);
		dfs = explored(&b.s, SEARCH_DFS, false);
		revisit = explored(&b.s, SEARCH_REVISIT, false);
		assert_true(naive.complete && dfs.complete);
		if (dfs.classes != naive.classes || dfs.redundant || dfs.blocked)
			for (u32 c = 0; c < b.s.cpus; c++)
				for (u32 k = 0; k < b.s.program[c].n; k++)
					print_message("%u: cpu %u %s\n", i, c,
					              b.s.program[c].v[k].text);
		assert_int_equal(dfs.classes, naive.classes);
		assert_int_equal(dfs.redundant, 0);
		assert_int_equal(dfs.blocked, 0);
		assert_true(revisit.complete);
		assert_int_equal(revisit.classes, naive.classes);
		assert_int_equal(revisit.redundant, 0);
		assert_memory_equal(revisit.ends, dfs.ends, sizeof(dfs.ends));
		executions += naive.executions;
		classes += dfs.classes;
		deadlocks += dfs.ends[EXECUTION_DEADLOCK];
		halts += dfs.ends[EXECUTION_HALTED];
		built_drop(&b);
	}
	print_message("%llu orders, %llu classes, %llu deadlocks, %llu halts\n",
	              (unsigned long long)executions, (unsigned long long)classes,
	              (unsigned long long)deadlocks, (unsigned long long)halts);
	assert_true(deadlocks > 0 && halts > 0 && executions > 2 * classes);
}

static struct scope *parsed(const char *text)
{
	struct scope_opts o = { .seed = 1 };
	struct scope *s;
	struct err err;

	errata_defaults(&o.errata);
	if (scope_parse(&s, "text", text, strlen(text), &o, &err) < 0)
		fail_msg("%s\n%s", err.msg, text);
	return s;
}

static struct search_result explored_text(const char *text, enum search_kind kind)
{
	struct scope *s = parsed(text);
	struct search_result r = explored(s, kind, false);

	scope_free(s);
	return r;
}

/* A host's fault, a page that goes to a VM or is scrubbed, a load or store of the host: at one of three pages. */
static void random_call(struct rng *r, char *text, size_t size)
{
	u32 page = (u32)rng_below(r, 3);
	size_t at = strlen(text);

	switch (rng_below(r, 5)) {
	case 0:
		snprintf(text + at, size - at, "fault 0x20%u000\n", page);
		return;
	case 1:
		snprintf(text + at, size - at, "assign_pfn_to_vm 1 0x8000%u 0x20%u\n", page, page);
		return;
	case 2:
		snprintf(text + at, size - at, "clear_vm_page 1 0x20%u\n", page);
		return;
	case 3:
		snprintf(text + at, size - at, "mem_store 0x20%u 1\n", page);
		return;
	default:
		snprintf(text + at, size - at, "mem_load 0x20%u 3\n", page);
		return;
	}
}

static void random_text(struct rng *r, char *text, size_t size)
{
	static const u32 shapes[][3] = { { 1, 1, 0 }, { 2, 1, 0 }, { 1, 2, 0 }, { 1, 1, 1 } };
	const u32 *shape = shapes[rng_below(r, ARRAY_SIZE(shapes))];

	snprintf(text, size,
	         "boot 1024\nfault 0x200000\nassign_pfn_to_vm 1 0x80001 0x201\nconcurrent\n");
	for (u32 c = 0; c < 3; c++) {
		size_t at = strlen(text);

		if (shape[c])
			snprintf(text + at, size - at, "cpu %u\n", c);
		for (u32 i = 0; i < shape[c]; i++)
			random_call(r, text, size);
	}
	snprintf(text + strlen(text), size - strlen(text), "end\n");
}

/* The same of the hypervisor: tables that change under locks, and accesses that walk them without. */
static void as_naive_booted(void **state)
{
	struct rng r = { .s = test_seed(12) };
	u64 executions = 0, classes = 0, redundant = 0, halts = 0;
	char text[1024];

	(void)state;
	for (u32 i = 0; i < 60; i++) {
		struct search_result naive, dfs;

		random_text(&r, text, sizeof(text));
		naive = explored_text(text, SEARCH_NAIVE);
		dfs = explored_text(text, SEARCH_DFS);
		if (dfs.classes != naive.classes || dfs.redundant || dfs.blocked)
			print_message("%u: %llu of %llu classes, %llu redundant, %llu blocked\n%s",
			              i, (unsigned long long)dfs.classes,
			              (unsigned long long)naive.classes,
			              (unsigned long long)dfs.redundant,
			              (unsigned long long)dfs.blocked, text);
		assert_int_equal(dfs.classes, naive.classes);
		executions += naive.executions;
		classes += dfs.classes;
		redundant += dfs.redundant + dfs.blocked;
		halts += dfs.ends[EXECUTION_HALTED];
	}
	print_message("%llu orders, %llu classes, %llu redundant or blocked, %llu halts\n",
	              (unsigned long long)executions, (unsigned long long)classes,
	              (unsigned long long)redundant, (unsigned long long)halts);
	assert_int_equal(redundant, 0);
	assert_true(halts > 0 && executions > 2 * classes);
}

static bool has_ending(const struct endings *all, u64 name)
{
	for (u32 i = 0; i < outcomes_count(all); i++)
		if (outcomes_get(all, i)->name == name)
			return true;
	return false;
}

/**
 * struct sums - of both dependences
 */
struct sums {
	u64 tickets, cells, redundant, begun, deadlocks, halts, endings;
};

/* Both dependences have the same outcomes: results, how it ended, contents. */
static void same_endings(const struct scope *s, struct sums *sums)
{
	struct endings *by_tickets = outcomes_new(s, 10000), *by_cells = outcomes_new(s, 10000);
	struct search_result t = explored_by(s, SEARCH_DFS, false, DEPEND_TICKETS, by_tickets);
	struct search_result c = explored_by(s, SEARCH_DFS, false, DEPEND_CELLS, by_cells);

	assert_true(t.complete && c.complete);
	assert_int_equal(outcomes_left(by_tickets), 0);
	for (u32 i = 0; i < outcomes_count(by_tickets); i++)
		assert_true(has_ending(by_cells, outcomes_get(by_tickets, i)->name));
	assert_int_equal(outcomes_count(by_tickets), outcomes_count(by_cells));
	assert_true(c.classes <= t.classes);
	sums->tickets += t.classes;
	sums->cells += c.classes;
	sums->redundant += c.redundant + c.blocked;
	sums->begun += c.begun;
	sums->deadlocks += c.ends[EXECUTION_DEADLOCK];
	sums->halts += c.ends[EXECUTION_HALTED];
	sums->endings += outcomes_count(by_cells);
	outcomes_free(by_tickets);
	outcomes_free(by_cells);
}

static void print_sums(const struct sums *s)
{
	print_message("%llu classes by tickets, %llu by cells (%llu redundant or blocked), %llu "
	              "outcomes; "
	              "%llu deadlocks, %llu halts; begun %llu times\n",
	              (unsigned long long)s->tickets, (unsigned long long)s->cells,
	              (unsigned long long)s->redundant, (unsigned long long)s->endings,
	              (unsigned long long)s->deadlocks, (unsigned long long)s->halts,
	              (unsigned long long)s->begun);
}

static void cells_as_tickets(void **state)
{
	struct rng r = { .s = test_seed(13) };
	struct sums locks = { 0 }, booted = { 0 };
	char text[1024];

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		struct built b;

		built_random(&b, &r);
		same_endings(&b.s, &locks);
		built_drop(&b);
	}
	print_sums(&locks);
	assert_true(locks.deadlocks > 0 && locks.halts > 0 && locks.cells < locks.tickets);
	for (u32 i = 0; i < 100; i++) {
		struct scope *s;

		random_text(&r, text, sizeof(text));
		s = parsed(text);
		same_endings(s, &booted);
		scope_free(s);
	}
	print_sums(&booted);
	assert_true(booted.halts > 0 && booted.cells < booted.tickets);
	assert_true(20 * (locks.redundant + booted.redundant) <= locks.cells + booted.cells);
}

/* What has little to do with cells, and yet an order: a lock that is never given up, and an access before a section. */
static void cells_see_all(void **state)
{
	static const struct {
		const char *text;
		u64 endings;
	} rows[] = {
		{ "concurrent\n"
		  "cpu 0\nacquire_lock_s2page\nrelease_lock_s2page\n"
		  "cpu 1\nacquire_lock_s2page\n"
		  "end\n",
		  2 },
		{ "concurrent\n"
		  "cpu 0\nacquire_lock_s2page\nrelease_lock_s2page\n"
		  "cpu 1\nacquire_lock_s2page\nget_now 77\n"
		  "end\n",
		  2 },
		/* Its frame is no other CPU's: the access reads the page's record. */
		{ "boot 1024\nfault 0x201000\nconcurrent\n"
		  "cpu 0\nmem_load 0x201 3\n"
		  "acquire_lock_core\nget_next_vmid\nrelease_lock_core\n"
		  "cpu 1\nacquire_lock_s2page\nset_s2_page_vmid 1 1\nrelease_lock_s2page\n"
		  "acquire_lock_core\nset_next_vmid 9\nrelease_lock_core\n"
		  "end\n",
		  4 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *s = parsed(rows[i].text);
		struct sums sums = { 0 };

		same_endings(s, &sums);
		assert_int_equal(sums.endings, rows[i].endings);
		scope_free(s);
	}
}

/* Of classes that differ by who is who one is explored: (NK)! / (K!)^N / N!, and N! for one lock behind another. */
static void symmetric(void **state)
{
	static const struct {
		u32 cpus, sections;
		bool two;
		u64 classes;
	} rows[] = { { 4, 1, false, 1 },   { 2, 2, false, 3 },   { 3, 2, false, 15 },
		     { 4, 2, false, 105 }, { 3, 3, false, 280 }, { 2, 1, true, 2 },
		     { 3, 1, true, 6 },    { 4, 1, true, 24 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct search_result r;
		struct built b;

		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++) {
				built_section(&b, c, 0);
				if (rows[i].two)
					built_section(&b, c, 1);
			}
		symmetry = true;
		r = explored(&b.s, SEARCH_DFS, false);
		symmetry = false;
		assert_true(r.complete);
		assert_int_equal(r.classes, rows[i].classes);
		assert_int_equal(r.redundant + r.blocked, 0);
		built_drop(&b);
	}
}

/* A CPU that makes calls beside its program is like no other one. */
static void alike(void **state)
{
	static const char program[] = "acquire_lock_core\nrelease_lock_core\n";
	static const struct {
		const char *before, *behind;
		u8 same_as[3];
	} rows[] = {
		{ "", "", { 0, 0, 0 } },
		{ "cpu 0\nget_cur_vmid\n", "", { 0, 1, 1 } },
		{ "", "cpu 1\nget_cur_vmid\n", { 0, 1, 0 } },
		{ "", "get_cur_vmid\n", { 0, 1, 1 } },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 same_as[EXPLORE_CPUS];
		struct scope *s;
		char text[512];

		snprintf(text, sizeof(text), "%sconcurrent\ncpu 0\n%scpu 1\n%scpu 2\n%send\n%s",
		         rows[i].before, program, program, program, rows[i].behind);
		s = parsed(text);
		alike_cpus(s, same_as);
		assert_memory_equal(same_as, rows[i].same_as, sizeof(rows[i].same_as));
		scope_free(s);
	}
}

/* How many orders of one lock need at most 1, 2, ... rounds. */
static void rounds(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 sums[7];
	} rows[] = { { 3, 1, { 1, 5, 6 } },
		     { 4, 1, { 1, 12, 23, 24 } },
		     { 5, 1, { 1, 27, 93, 119, 120 } },
		     { 6, 1, { 1, 58, 360, 662, 719, 720 } },
		     { 2, 2, { 1, 5, 6 } },
		     { 3, 2, { 1, 21, 69, 89, 90 } } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct endings *endings;
		struct search_result r;
		struct built b;
		u64 sum = 0;

		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++)
				built_section(&b, c, 0);
		endings = outcomes_new(&b.s, 10);
		max_rounds = 2;
		r = explored_by(&b.s, SEARCH_DFS, false, DEPEND_TICKETS, endings);
		max_rounds = 0;
		for (u32 k = 0; k < 7 && rows[i].sums[k]; k++) {
			sum += r.rounds[k];
			assert_int_equal(sum, rows[i].sums[k]);
		}
		assert_int_equal(sum, r.executions);
		assert_int_equal(r.beyond, r.executions - rows[i].sums[1]);
		assert_int_equal(outcomes_get(endings, 0)->count, rows[i].sums[1]);
		outcomes_free(endings);
		built_drop(&b);
	}
}

static u64 do_many(struct cpu *c, const u64 *a)
{
	for (u64 i = 0; i < a[0]; i++) {
		acquire_lock_vm(c, 1);
		release_lock_vm(c, 1);
	}
	return 0;
}

/* More steps of one CPU than a clock can count: the execution is cut, and the search is not complete. */
static void more_steps_than_clocks_count(void **state)
{
	static const struct prim many = {
		.name = "many", .family = PRIM_HYP, .n_args = 1, .call = do_many
	};
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 1000000 };

	(void)state;
	for (u32 more = 0; more < 2; more++) {
		struct search_result r;
		struct built b;

		built_begin(&b, 1);
		vec_push(&b.s.program[0],
		         ((struct scope_call){ .prim = &many,
		                               .args = { EXPLORE_CPU_STEPS + more } }));
		r = searched(&b.s, &o, SEARCH_DFS, NULL);
		assert_int_equal(r.ends[EXECUTION_DONE], !more);
		assert_int_equal(r.ends[EXECUTION_LIMIT], more);
		assert_int_equal(r.complete, !more);
		assert_int_equal(r.steps, EXPLORE_CPU_STEPS);
		built_drop(&b);
	}
}

/* With the judge: nothing is found in what is in order, and each deadlock is said to be one. */
static void judged(void **state)
{
	struct search_result r;
	struct built b;

	(void)state;
	built_begin(&b, 3);
	for (u32 c = 0; c < 3; c++) {
		built_section(&b, c, 0);
		built_section(&b, c, 0);
	}
	r = explored(&b.s, SEARCH_DFS, true);
	assert_int_equal(r.executions, 90);
	assert_int_equal(r.violations, 0);
	built_drop(&b);
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++) {
		built_lock(&b, c, c);
		built_section(&b, c, 1 - c);
		built_unlock(&b, c, c);
	}
	r = explored(&b.s, SEARCH_DFS, true);
	assert_int_equal(r.executions, 3);
	assert_int_equal(r.ends[EXECUTION_DEADLOCK], 1);
	built_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lock),
		cmocka_unit_test(disjoint),
		cmocka_unit_test(sequence),
		cmocka_unit_test(nested),
		cmocka_unit_test(abba),
		cmocka_unit_test(as_naive),
		cmocka_unit_test(judged),
		cmocka_unit_test(rounds),
		cmocka_unit_test(more_steps_than_clocks_count),
		cmocka_unit_test(symmetric),
		cmocka_unit_test(alike),
		cmocka_unit_test(as_naive_booted),
		cmocka_unit_test(cells_as_tickets),
		cmocka_unit_test(cells_see_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

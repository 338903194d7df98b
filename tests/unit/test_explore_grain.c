// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps finer than a section: known answers, the classes of naive enumeration, and bugs that are seeded here and show at one grain and
 * not at a coarser one.
 */
#include "sim/explore/found.h"
#include "sim/explore/search.h"
#include "tests/kit.h"
#include "tests/kit_built.h"
#include "tests/kit_programs.h"
#include "tests/kit_seeded.h"

#include <string.h>

/* A host that has page PAGE, whose entry stands at ENTRY, in a machine with or without translation buffers. */
#define ENTRY 0x911000
#define HOST(tlb)                                                                       \
	"erratum tlb-invalidate intended\nboot 1024\nset tlb " tlb "\nfault 0x200000\n" \
	"concurrent\nend\n"

/* ---- searching ---- */

/**
 * struct searched
 * @endings: by what they came to; freed by searched_free()
 */
struct searched {
	struct search_result r;
	struct endings *endings;
	struct found *found;
};

static void each(void *arg, struct engine *e)
{
	found_add(arg, e);
}

static void again(void *arg)
{
	found_clear(arg);
}

static struct searched search(const struct scope *s, enum search_kind kind, enum scope_grain grain,
                              bool judged)
{
	/* Some programs here race on purpose: on threads, which hand each other the baton, ThreadSanitizer takes them as ordered. */
	struct engine_opts o = { .vehicle = HYPSIM_TSAN ? VEHICLE_PTHREAD : VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .grain = grain,
		                 .judged = judged,
		                 .checks = check_set_all(),
		                 .steps = 10000 };
	struct search_opts so = {
		.kind = kind, .all = true, .class_bytes = 64 << 20, .again = again
	};
	struct searched out = { .endings = outcomes_new(s, 10000), .found = found_new() };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct err err;

	if (setup_new(&setup, s, judged, &err) < 0 || engine_new(&e, setup, &o, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, out.endings, each, out.found, &out.r);
	engine_free(e);
	setup_free(setup);
	return out;
}

static void searched_free(struct searched *s)
{
	outcomes_free(s->endings);
	found_free(s->found);
}

static u64 classes_of(const struct scope *s, enum scope_grain grain)
{
	struct searched out = search(s, SEARCH_DFS, grain, false);

	assert_true(out.r.complete);
	assert_int_equal(out.r.classes, out.r.executions);
	assert_int_equal(out.r.redundant + out.r.blocked, 0);
	searched_free(&out);
	return out.r.classes;
}

static bool finds(const struct scope *s, enum scope_grain grain, const char *name)
{
	struct searched out = search(s, SEARCH_DFS, grain, true);
	bool found = false;

	assert_true(out.r.complete);
	assert_int_equal(out.r.redundant + out.r.blocked, 0);
	for (u32 i = 0; i < found_count(out.found); i++)
		found |= !name || strcmp(found_get(out.found, i)->name, name) == 0;
	searched_free(&out);
	return found;
}

/* ---- known answers ---- */

/*
 * The first CPU's ticket comes first.  The other's comes behind its INC_NOW, and is served; or before it, and then the first look comes
 * before it or behind: three, and as many where the other one is first.  What more CPUs and sections have was counted by a model of the
 * lock's word of thirty lines, which enumerates all orders.
 */
static void words_of_one_lock(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 classes;
	} rows[] = { { 2, 1, 6 }, { 2, 2, 142 }, { 3, 1, 150 } };
	struct built b;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		built_begin(&b, rows[i].cpus);
		for (u32 c = 0; c < rows[i].cpus; c++)
			for (u32 k = 0; k < rows[i].sections; k++)
				built_section(&b, c, 0);
		assert_int_equal(classes_of(&b.s, GRAIN_WORD), rows[i].classes);
		assert_int_equal(classes_of(&b.s, GRAIN_BOTH), rows[i].classes);
		built_drop(&b);
	}
}

/* Locks have words of their own: one behind another 6 * 6, and a lock that nobody else can come to adds nothing. */
static void words_of_two_locks(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++) {
		built_section(&b, c, 0);
		built_section(&b, c, 1);
	}
	assert_int_equal(classes_of(&b.s, GRAIN_WORD), 36);
	built_drop(&b);
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++) {
		built_lock(&b, c, 0);
		built_section(&b, c, 1);
		built_unlock(&b, c, 0);
	}
	assert_int_equal(classes_of(&b.s, GRAIN_WORD), 6);
	built_drop(&b);
}

/*
 * Flat memory's word is one as well.  Two loads that change nothing: whose ticket is first, and whether the other's comes before the first
 * is through, and waits, or behind; who waits there looks when there is something new to see, and not before.
 */
static void words_of_flat_memory(void **state)
{
	struct scope *s = program_scope(HOST("0"));

	(void)state;
	for (u32 c = 0; c < 2; c++)
		seed(s, c, LOAD, PAGE, 0);
	assert_int_equal(classes_of(s, GRAIN_LOCK), 1);
	assert_int_equal(classes_of(s, GRAIN_WORD), 4);
	scope_free(s);
}

/*
 * A load that comes behind the page's taking finds no translation, and does not look whose the page is.  So the write of that comes before the
 * load or behind it only where the load comes before the taking: three, though what the load touches is another thing each time.
 */
static void what_varies(void **state)
{
	struct scope *s = program_scope(HOST("0"));

	(void)state;
	seed(s, 0, LOAD, PAGE, 0);
	seed(s, 1, TAKE, WAITS, ENTRY);
	seed(s, 2, WRITE_BOTH, 1, 0);
	assert_int_equal(classes_of(s, GRAIN_LOCK), 3);
	assert_int_equal(classes_of(s, GRAIN_CELL), 3);
	scope_free(s);
}

/* A broken lock has several owners at a time, who are ordered by what they do: so many classes as the model counts. */
static void several_owners(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++)
		seed(&b.s, c, SECTION, LOAD_AND_STORE, 0);
	assert_int_equal(classes_of(&b.s, GRAIN_WORD), 142);
	built_drop(&b);
}

/*
 * CPU 1 loads by a translation that CPU 0 takes away and does not invalidate, and CPU 2 has a section of the table that changes nothing.
 * Before the change it is as good as the table's: 2 orders of the tickets.  Behind it the load asks whether somebody is at work: it comes
 * before CPU 2's ticket, before its INC_NOW, or behind; but where CPU 2 was first, behind.
 */
static void who_is_at_work(void **state)
{
	struct scope *s = program_scope(
		"erratum tlb-invalidate intended\nboot 1024\nset tlb 1\nfault 0x200000\n"
		"cpu 1\nmem_load 0x200 3\nconcurrent\ncpu 2\nacquire_lock_pt 0\n"
		"release_lock_pt 0\nend\n");
	struct searched out;

	(void)state;
	seed(s, 0, TAKE, WAITS_NOT, ENTRY);
	seed(s, 1, LOAD, PAGE, 0);
	out = search(s, SEARCH_DFS, GRAIN_LOCK, false);
	assert_true(out.r.complete);
	assert_int_equal(out.r.classes, 2 + 3 + 1);
	/* That the load does not ask where it comes first is not known before. */
	assert_in_range(out.r.redundant + out.r.blocked, 0, 1);
	searched_free(&out);
	scope_free(s);
}

/* What sections write is ordered by their lock, however fine the steps: one cell or two, two classes. */
static void cells_under_a_lock(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++)
		seed(&b.s, c, WRITE_BOTH, c + 1, 0);
	assert_int_equal(classes_of(&b.s, GRAIN_LOCK), 2);
	assert_int_equal(classes_of(&b.s, GRAIN_CELL), 2);
	assert_int_equal(classes_of(&b.s, GRAIN_BOTH), 6);
	built_drop(&b);
}

/*
 * Whose a page is, and for how many, is read without the lock while a section writes one and then the other: each read comes before the
 * write of its cell or behind it, 4 ways; two reads of one cell: 3.  The reads and, as they race, the writes are points at any grain.
 */
static void what_races(void **state)
{
	static const struct {
		u64 both, classes, endings;
	} rows[] = { { 1, 4, 2 }, { 0, 3, 2 } };
	struct built b;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct searched out;

		built_begin(&b, 2);
		seed(&b.s, 0, WRITE_BOTH, 7, 0);
		seed(&b.s, 1, LOOK_TWICE, rows[i].both, 0);
		assert_int_equal(classes_of(&b.s, GRAIN_LOCK), rows[i].classes);
		assert_int_equal(classes_of(&b.s, GRAIN_CELL), rows[i].classes);
		out = search(&b.s, SEARCH_DFS, GRAIN_LOCK, false);
		/* One CPU alone never sees two different values: that it did is an outcome. */
		assert_int_equal(outcomes_count(out.endings), rows[i].endings);
		assert_true(out.r.begun > 1);
		searched_free(&out);
		built_drop(&b);
	}
}

/* Nobody writes what is read: one class, and it is no race. */
static void what_does_not_race(void **state)
{
	struct built b;

	(void)state;
	built_begin(&b, 2);
	for (u32 c = 0; c < 2; c++)
		seed(&b.s, c, LOOK_TWICE, c, 0);
	assert_int_equal(classes_of(&b.s, GRAIN_LOCK), 1);
	built_drop(&b);
}

/* ---- seeded bugs ---- */

/* A lock that is broken where CPUs meet at its word: where a section is one step they never do. */
static void broken_locks(void **state)
{
	static const struct {
		enum broken_how how;
		const char *found;
	} rows[] = { { SOUND, NULL },
		     { LOAD_AND_STORE, "WRAP_TICKET" },
		     { LOAD_AND_STORE, "Q_HOLD_EARLY" },
		     { ENTERS_EARLY, "Q_HOLD_EARLY" } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct built b;

		built_begin(&b, 2);
		for (u32 c = 0; c < 2; c++)
			seed(&b.s, c, SECTION, rows[i].how, 0);
		assert_false(finds(&b.s, GRAIN_LOCK, NULL));
		/* By cell a section is several steps, so that CPUs wait, but take tickets in one. */
		assert_int_equal(finds(&b.s, GRAIN_CELL, NULL), rows[i].how == ENTERS_EARLY);
		assert_int_equal(finds(&b.s, GRAIN_WORD, rows[i].found), rows[i].how != SOUND);
		built_drop(&b);
	}
}

/*
 * A section that gives a page of the host's away and takes it back: who stores meanwhile, without a lock, has stored nothing.  The store
 * is one step, which comes between the two writes where each is a point.
 */
static void torn_section(void **state)
{
	static const char text[] = "boot 1024\nset cell FLATMEM flatmem[0x200] 5\nfault 0x200000\n"
				   "concurrent\n"
				   "cpu 0\nacquire_lock_s2page\nset_s2_page_vmid 0 1\n"
				   "set_s2_page_vmid 0 0\nrelease_lock_s2page\n"
				   "cpu 1\nmem_store 0x200 1\nend\n"
				   "get cell FLATMEM flatmem[0x200]\nexpect 0\n";
	struct scope *s = program_scope(text);

	(void)state;
	assert_int_equal(classes_of(s, GRAIN_LOCK), 2);
	assert_false(finds(s, GRAIN_LOCK, "expect"));
	assert_int_equal(classes_of(s, GRAIN_CELL), 3);
	assert_true(finds(s, GRAIN_CELL, "expect"));
	scope_free(s);
}

/* An invalidation that is not waited for, or too late: an access by the old translation, which finds that there is no other. */
static void stale_translations(void **state)
{
	static const struct {
		const char *text;
		enum taken_how how;
		bool stale;
	} rows[] = { { HOST("1"), WAITS, false },
		     { HOST("1"), WAITS_LATE, true },
		     { HOST("1"), WAITS_NOT, true },
		     { HOST("0"), WAITS, false },
		     { HOST("0"), WAITS_NOT, false } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *s = program_scope(rows[i].text);

		seed(s, 0, TAKE, rows[i].how, ENTRY);
		seed(s, 1, LOAD, PAGE, 0);
		seed(s, 1, LOAD, PAGE, 0);
		assert_int_equal(finds(s, GRAIN_LOCK, "TLB_STALE"), rows[i].stale);
		scope_free(s);
	}
}

/* ---- ground truth ---- */

static bool has_ending(const struct endings *all, u64 name)
{
	for (u32 i = 0; i < outcomes_count(all); i++)
		if (outcomes_get(all, i)->name == name)
			return true;
	return false;
}

/* Every order of steps has the classes of the search and no others, and comes to what it comes to. */
static void as_naive(const struct scope *s, enum scope_grain grain, u64 sums[3])
{
	struct searched naive = search(s, SEARCH_NAIVE, grain, false);
	struct searched dfs = search(s, SEARCH_DFS, grain, false);

	assert_true(naive.r.complete && dfs.r.complete);
	if (dfs.r.classes != naive.r.classes)
		for (u32 c = 0; c < s->cpus; c++)
			for (u32 k = 0; k < s->program[c].n; k++)
				print_message("cpu %u %s\n", c, s->program[c].v[k].text);
	assert_int_equal(dfs.r.classes, naive.r.classes);
	assert_int_equal(outcomes_count(dfs.endings), outcomes_count(naive.endings));
	for (u32 i = 0; i < outcomes_count(naive.endings); i++)
		assert_true(has_ending(dfs.endings, outcomes_get(naive.endings, i)->name));
	sums[0] += naive.r.executions;
	sums[1] += dfs.r.classes;
	sums[2] += dfs.r.redundant + dfs.r.blocked;
	searched_free(&naive);
	searched_free(&dfs);
}

static void print_sums(const char *what, const u64 sums[3])
{
	print_message("%s: %llu orders, %llu classes, %llu redundant or blocked\n", what,
	              (unsigned long long)sums[0], (unsigned long long)sums[1],
	              (unsigned long long)sums[2]);
	assert_true(50 * sums[2] <= sums[1]);
	assert_true(sums[0] > 2 * sums[1]);
}

static void words_as_naive(void **state)
{
	struct rng r = { .s = test_seed(21) };
	u64 sums[3] = { 0 };

	(void)state;
	for (u32 i = 0; i < 100; i++) {
		struct built b;

		built_random_of(&b, &r, i % 5 ? 2 : 3, i % 5 ? 2 : 1);
		as_naive(&b.s, i % 2 ? GRAIN_WORD : GRAIN_BOTH, sums);
		built_drop(&b);
	}
	for (u32 i = 0; i < 60; i++) {
		struct built b;

		built_begin(&b, 2);
		for (u32 c = 0; c < 2; c++)
			for (u32 k = 0; k <= rng_below(&r, 2) && k < 2 - i % 2; k++)
				seed(&b.s, c, SECTION, rng_below(&r, 3), 0);
		as_naive(&b.s, GRAIN_WORD, sums);
		built_drop(&b);
	}
	print_sums("words", sums);
	assert_int_equal(sums[2], 0);
}

static void cells_as_naive(void **state)
{
	struct rng r = { .s = test_seed(22) };
	u64 sums[3] = { 0 };

	(void)state;
	for (u32 i = 0; i < 120; i++) {
		struct scope *s = program_scope(HOST("0"));

		for (u32 c = 0; c < 2 + (i % 4 == 0); c++) {
			u32 calls = i % 4 ? 1 + (u32)rng_below(&r, 2) : 1;

			for (u32 k = 0; k < calls; k++) {
				u32 what = (u32)rng_below(&r, 4);

				if (what == 0)
					seed(s, c, WRITE_BOTH, rng_below(&r, 2), 0);
				else if (what == 1)
					seed(s, c, LOOK_TWICE, rng_below(&r, 2), 0);
				else if (what == 2)
					seed(s, c, LOAD, PAGE, 0);
				else
					seed(s, c, TAKE, WAITS, ENTRY);
			}
		}
		as_naive(s, i % 3 ? GRAIN_CELL : GRAIN_LOCK, sums);
		scope_free(s);
	}
	print_sums("cells", sums);
}

static void buffers_as_naive(void **state)
{
	struct rng r = { .s = test_seed(23) };
	u64 sums[3] = { 0 };

	(void)state;
	for (u32 i = 0; i < 60; i++) {
		struct scope *s = program_scope(HOST("1"));

		for (u32 c = 0; c < 2; c++) {
			u32 takes = (u32)rng_below(&r, 4);

			for (u32 k = 0; k < 3; k++)
				if (k == takes)
					seed(s, c, TAKE, rng_below(&r, 3), ENTRY);
				else if (rng_below(&r, 2))
					seed(s, c, LOAD, PAGE + rng_below(&r, 2), 0);
		}
		as_naive(s, i % 3 ? GRAIN_LOCK : GRAIN_CELL, sums);
		scope_free(s);
	}
	print_sums("buffers", sums);
}

/* A section that is divided is none that dependence by cells takes as a whole. */
static void not_by_cells(void **state)
{
	struct engine_opts o = { .depend = DEPEND_CELLS, .grain = GRAIN_CELL };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct built b;
	struct err err;

	(void)state;
	built_begin(&b, 1);
	built_section(&b, 0, 0);
	assert_int_equal(setup_new(&setup, &b.s, false, &err), 0);
	assert_int_equal(engine_new(&e, setup, &o, &err), -ERR_USAGE);
	assert_null(e);
	setup_free(setup);
	built_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_one_lock),    cmocka_unit_test(words_of_two_locks),
		cmocka_unit_test(words_of_flat_memory), cmocka_unit_test(what_varies),
		cmocka_unit_test(several_owners),       cmocka_unit_test(who_is_at_work),
		cmocka_unit_test(cells_under_a_lock),   cmocka_unit_test(what_races),
		cmocka_unit_test(what_does_not_race),   cmocka_unit_test(broken_locks),
		cmocka_unit_test(torn_section),         cmocka_unit_test(stale_translations),
		cmocka_unit_test(words_as_naive),       cmocka_unit_test(cells_as_naive),
		cmocka_unit_test(buffers_as_naive),     cmocka_unit_test(not_by_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

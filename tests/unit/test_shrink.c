// SPDX-License-Identifier: GPL-2.0-only
/* What was found in a large scope is found in a small one, and what decides is said. */
#include "sim/explore/shrink.h"
#include "tests/kit.h"
#include "tests/kit_replay.h"

#include <string.h>

/*
 * Scopes with more than it takes.  @cpus, @calls: of the smallest scope that has the finding, and a schedule without it
 */
static const struct {
	const char *name, *verdict;
	struct lines l;
	u32 cpus, calls, steps, switches;
} rows[] = {
	{ .name = "check and act",
	  .verdict = "expect",
	  .l = { .before = { "acquire_lock_vm 3", "release_lock_vm 3" },
	         .program = { { "acquire_lock_vm 3", "check_then_act", "release_lock_vm 3" },
	                      { "check_then_act", "acquire_lock_vm 3", "release_lock_vm 3" },
	                      { "acquire_lock_vm 5", "release_lock_vm 5", "acquire_lock_core",
	                        "release_lock_core" } },
	         .after = { "acquire_lock_core", "get_next_vmid", "expect 1", "release_lock_core" },
	         .cpus = 3 },
	  .cpus = 2,
	  .calls = 2,
	  .steps = 4,
	  .switches = 1 },
	{ .name = "two locks",
	  .verdict = "deadlock",
	  .l = { .program = { { "acquire_lock_vm 3", "release_lock_vm 3", "acquire_lock_s2page",
	                        "acquire_lock_pt 3", "get_pgd_next 3", "release_lock_pt 3",
	                        "release_lock_s2page" },
	                      { "acquire_lock_pt 3", "acquire_lock_s2page", "release_lock_s2page",
	                        "release_lock_pt 3" },
	                      { "acquire_lock_pt 4", "release_lock_pt 4" } },
	         .cpus = 4 },
	  .cpus = 2,
	  .calls = 6,
	  .steps = 4,
	  .switches = 1 },
	{ .name = "numbers of VMs",
	  .verdict = "expect",
	  .l = { .before = { "boot 4096", "hvc HVC_REGISTER_KVM" },
	         .program = { { "map_page_host 0x300000" },
	                      { "register_kvm", "expect 2", "map_page_host 0x400000" },
	                      { "map_page_host 0x300000", "register_kvm", "expect 3" } },
	         .cpus = 3 },
	  .cpus = 2,
	  .calls = 2,
	  .steps = 4 },
};

static u32 calls_of(const struct scope *s)
{
	u32 n = 0;

	for (u32 c = 0; c < s->cpus; c++)
		n += s->program[c].n;
	return n;
}

/* The first schedule that comes to @verdict. */
static const struct schedule *first(const struct schedules *all, const char *verdict)
{
	for (u32 i = 0; i < all->n; i++)
		if (strcmp(all->verdict[i], verdict) == 0)
			return &all->v[i];
	fail_msg("no schedule comes to %s", verdict);
	return NULL;
}

/* Strictly, on its scope, with an engine that knows what the search has learned: is @verdict found? */
static bool finds(const struct shrunk *s, const struct schedule *schedule, const char *verdict)
{
	struct replayed r;
	struct ran ran;
	bool has;

	ran_new(&ran, s->scope, VEHICLE_FIBER);
	engine_know(ran.e, &s->known);
	replay_run(ran.e, ran.setup, schedule, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_false(r.differs);
	has = replay_has(r.found, verdict);
	replayed_free(&r);
	ran_free(&ran);
	return has;
}

/* Each becomes as small as it can be, finds the same, and has a schedule beside it that does not: with two steps the other way round. */
static void small(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct shrink_opts o = {
			.engine = { .judged = true, .checks = check_set_all(), .steps = 10000 },
			.ns = 20000000000ull
		};
		struct scope *s = lines_scope(&rows[i].l);
		struct schedules all = schedules_of(s, 500, false);
		struct grain_known known = { .depend = DEPEND_TICKETS };
		struct shrunk out;
		struct err e;

		assert_int_equal(shrink(s, first(&all, rows[i].verdict), &known, rows[i].verdict,
		                        &o, &out, &e),
		                 0);
		print_message("%s: %u CPUs, %u calls, %u steps\n", rows[i].name, out.scope->cpus,
		              calls_of(out.scope), out.schedule.n);
		assert_true(out.in_time);
		assert_int_equal(out.scope->cpus, rows[i].cpus);
		assert_int_equal(calls_of(out.scope), rows[i].calls);
		assert_int_equal(out.schedule.n, rows[i].steps);
		assert_int_equal(schedule_switches(&out.schedule), rows[i].switches);
		assert_true(finds(&out, &out.schedule, rows[i].verdict));
		assert_true(out.passes && out.decides);
		assert_false(finds(&out, &out.passing, rows[i].verdict));
		assert_true(out.schedule.v[out.first].step.cpu !=
		            out.schedule.v[out.second].step.cpu);
		shrunk_free(&out);
		schedules_free(&all);
		scope_free(s);
	}
}

/* What every schedule finds needs no second CPU; and when there is no time, what was found is what there is. */
static void limits(void **state)
{
	struct lines l = { .program = { { "acquire_lock_pt 3", "acquire_lock_s2page",
		                          "release_lock_s2page", "release_lock_pt 3" },
		                        { "acquire_lock_core", "release_lock_core" } },
		           .cpus = 2 };
	struct shrink_opts o = {
		.engine = { .judged = true, .checks = check_set_all(), .steps = 10000 },
		.ns = 20000000000ull
	};
	struct scope *s = lines_scope(&l);
	struct schedules all = schedules_of(s, 10, false);
	struct grain_known known = { .depend = DEPEND_TICKETS };
	struct shrunk out;
	struct err e;

	(void)state;
	assert_int_equal(all.n, 1);
	assert_int_equal(shrink(s, &all.v[0], &known, "ORDER_RANK", &o, &out, &e), 0);
	assert_int_equal(out.scope->cpus, 1);
	assert_int_equal(calls_of(out.scope), 4);
	assert_false(out.passes);
	shrunk_free(&out);
	o.ns = 0;
	assert_int_equal(shrink(s, &all.v[0], &known, "ORDER_RANK", &o, &out, &e), 0);
	assert_false(out.in_time);
	assert_int_equal(out.scope->cpus, 2);
	assert_int_equal(calls_of(out.scope), 6);
	shrunk_free(&out);
	assert_true(shrink(s, &all.v[0], &known, "deadlock", &o, &out, &e) < 0);
	assert_int_equal(e.code, ERR_USAGE);
	schedules_free(&all);
	scope_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

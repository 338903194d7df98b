// SPDX-License-Identifier: GPL-2.0-only
/*
 * When clauses are judged, and what the full evaluation finds: a clause of the core data and of context banks that is false from
 * next_vmid 5 on, and that a test may make deaf.
 */
#include "oracle/check/known.h"
#include "oracle/check/owed.h"
#include "tests/kit.h"
#include "tests/kit_world.h"

#include <string.h>

enum { CPU = 1, OTHER = 2, LIMIT = 5 };

static struct judge *j;
static struct owed *o;
static struct event at;
static bool deaf;
static u32 judged;

static void touched(struct owed *to, const struct world *w, const struct change *c)
{
	(void)w;
	if (!deaf)
		owe(to, c->kind == CH_BANK ? c->at : 0);
}

static u64 locks(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(CORE_ID) | LOCK(SMMU_ID);
}

static enum clause_verdict holds(const struct judge *of, u64 key, struct facts *f)
{
	judged++;
	if (key)
		return CLAUSE_VACUOUS;
	if (world_value(of->world, CORE_ID, F_CORE_next_vmid, 0) < LIMIT)
		return CLAUSE_HOLDS;
	facts_add(f, "too many");
	return CLAUSE_BROKEN;
}

static void all(struct owed *to, const struct world *w)
{
	(void)w;
	for (u64 key = 0; key < 3; key++)
		owe(to, key);
}

static const struct clause clause = {
	.id = CHK_REMAP_PTR,
	.row = ROW_REMAP_PTR,
	.changes = 1 << CH_CORE | 1 << CH_BANK,
	.touched = touched,
	.locks = locks,
	.holds = holds,
	.all = all,
};

static const struct clause *const table[] = { &clause };

static int setup(void **state)
{
	(void)state;
	j = calloc(1, sizeof(*j));
	j->checks = check_set_all();
	j->world = kit_world();
	world_keep(j->world, true);
	j->trail = trail_new(world_journal(j->world));
	j->spoilt = spoilt_new();
	at = (struct event){ .kind = EV_INC_NOW, .cpu = CPU };
	j->at = j->findings.slice = &at;
	j->findings.slice_n = 1;
	o = owed_new(j, table, 1);
	owed_reset(o, j);
	owed_begin(o, j);
	deaf = false;
	judged = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	owed_free(o);
	trail_free(j->trail);
	spoilt_free(j->spoilt);
	world_free(j->world);
	free(j);
	return 0;
}

static void take(cpu_t cpu, lk_t lk)
{
	trail_pull(j->trail, cpu, lk, 0);
}

static void pass(cpu_t cpu, lk_t lk)
{
	trail_pass(j->trail, cpu, lk);
	owed_passed(o, j, lk);
}

static void push(cpu_t cpu, lk_t lk, u32 field, u64 index, u64 old, u64 new)
{
	const struct diff d = { .field = (u16)field,
		                .both = true,
		                .first = index,
		                .last = index,
		                .old = old,
		                .new = new };
	const struct change *c;
	struct world_cell cell;
	u32 n;

	world_begin(j->world);
	assert_int_equal(world_apply(j->world, lk, &d, &cell), WORLD_OK);
	c = world_changes(j->world, &n);
	at.n = 0;
	owed_section(o, j, trail_push(j->trail, cpu, lk, 0, n, c));
}

/* How often the row was found. */
static u32 times(enum check_row row)
{
	u32 n = 0;

	for (u32 i = 0; i < j->findings.n_found[FINDING_VIOLATION]; i++)
		n += strcmp(j->findings.found[i].row, check_row_name(row)) == 0;
	return n;
}

/* It is judged when nobody is inside of any of its locks, once, and found once until it holds again. */
static void test_cut(void **state)
{
	(void)state;
	take(OTHER, SMMU_ID);
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 1, 7);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 7, 8);
	pass(CPU, CORE_ID);
	assert_int_equal(judged, 0);
	take(CPU, CORE_ID);
	pass(OTHER, SMMU_ID);
	assert_int_equal(judged, 0);
	pass(CPU, CORE_ID);
	assert_int_equal(judged, 1);
	assert_int_equal(times(ROW_REMAP_PTR), 1);
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 8, 9);
	pass(CPU, CORE_ID);
	assert_int_equal(times(ROW_REMAP_PTR), 1);
	assert_int_equal(owed_n_broken(o), 1);
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 9, 2);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 2, 1);
	pass(CPU, CORE_ID);
	assert_int_equal(owed_n_broken(o), 0);
	owed_full(o, j, &at);
	assert_int_equal(times(ROW_SELFTEST_MISSED) + times(ROW_SELFTEST_STALE), 0);
}

/* A clause that does not hear of a change is found out by the full evaluation: in both directions. */
static void test_selftest(void **state)
{
	(void)state;
	take(CPU, CORE_ID);
	deaf = true;
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 1, 7);
	owed_full(o, j, &at);
	assert_int_equal(times(ROW_SELFTEST_MISSED), 0);
	pass(CPU, CORE_ID);
	assert_int_equal(times(ROW_REMAP_PTR), 0);
	owed_full(o, j, &at);
	assert_int_equal(times(ROW_SELFTEST_MISSED), 1);
	assert_int_equal(times(ROW_REMAP_PTR), 1);
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 7, 1);
	pass(CPU, CORE_ID);
	owed_full(o, j, NULL);
	assert_int_equal(times(ROW_SELFTEST_STALE), 1);
	assert_int_equal(owed_n_broken(o), 0);
}

/* A doubted object: it is not judged, and counted. */
static void test_doubt(void **state)
{
	(void)state;
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 1, 7);
	world_doubt(j->world, SMMU_ID, DOUBT_WRONG);
	pass(CPU, CORE_ID);
	assert_int_equal(judged, 0);
	assert_int_equal(j->tally[CHK_REMAP_PTR].unjudged[UNJUDGED_DOUBT], 1);
	owed_full(o, j, &at);
	assert_int_equal(times(ROW_SELFTEST_MISSED), 0);
}

/* A lock that is never passed. */
static void test_halt(void **state)
{
	(void)state;
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 1, 7);
	owed_end(o, j, false);
	assert_int_equal(times(ROW_REMAP_PTR), 0);
	assert_int_equal(j->tally[CHK_REMAP_PTR].unjudged[UNJUDGED_HALT], 1);
}

/* There is no room for more keys: all are owed. */
static void test_all_due(void **state)
{
	(void)state;
	take(CPU, SMMU_ID);
	for (u64 round = 0; round < OWED_MAX / EL2_SMMU_CFG_SIZE + 1; round++)
		for (u64 k = 0; k < EL2_SMMU_CFG_SIZE; k++)
			push(CPU, SMMU_ID, F_SMMU_smmu_vmid, k, round ? round - 1 : INVALID, round);
	assert_int_equal(judged, 0);
	pass(CPU, SMMU_ID);
	assert_in_range(judged, EL2_SMMU_CFG_SIZE, 2 * EL2_SMMU_CFG_SIZE);
}

/* What waits and what is broken is undone with the world. */
static void test_undo(void **state)
{
	u32 first, second;

	(void)state;
	take(CPU, CORE_ID);
	first = world_mark(j->world);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 1, 7);
	second = world_mark(j->world);
	pass(CPU, CORE_ID);
	assert_int_equal(owed_n_broken(o), 1);
	take(CPU, CORE_ID);
	push(CPU, CORE_ID, F_CORE_next_vmid, 0, 7, 1);
	pass(CPU, CORE_ID);
	assert_int_equal(owed_n_broken(o), 0);
	world_undo(j->world, second);
	pass(CPU, CORE_ID);
	assert_int_equal(owed_n_broken(o), 1);
	assert_int_equal(times(ROW_REMAP_PTR), 2);
	world_undo(j->world, first);
	assert_int_equal(owed_n_broken(o), 0);
	pass(CPU, CORE_ID);
	assert_int_equal(owed_n_broken(o), 0);
	owed_full(o, j, &at);
	assert_int_equal(times(ROW_SELFTEST_MISSED) + times(ROW_SELFTEST_STALE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_selftest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_doubt, setup, teardown),
		cmocka_unit_test_setup_teardown(test_halt, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_due, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Brackets of a log: operations and sections, and what closes what. */
#include "sim/inspect/nest.h"

#include "sim/log/op.h"
#include "tests/kit.h"

struct row {
	u32 cpu, kind, id; /* of an operation, or the lock */
	u32 depth;
};

static u32 take(struct nest *n, const struct row *r)
{
	const u64 args[] = { r->id };
	struct event e = { .kind = (u8)r->kind, .cpu = (u8)r->cpu };

	if (event_is_mark(r->kind)) {
		e.n = 1;
		e.args = args;
	} else {
		e.lk = r->id;
	}
	return nest_event(n, &e);
}

static void expect_depths(const struct row *row, u32 n_rows)
{
	struct nest n = { .cpu = { { 0 } } };

	for (u32 i = 0; i < n_rows; i++) {
		u32 depth = take(&n, &row[i]);

		if (depth != row[i].depth)
			fail_msg("row %u: depth %u, expected %u", i, depth, row[i].depth);
	}
}

/* A bracket's two ends are as deep as each other, what lies within is one deeper, and each CPU has its own. */
static void depths(void **state)
{
	static const struct row row[] = {
		{ 0, MARK_EPISODE, 0, 0 },
		{ 0, MARK_BEGIN, 2, 0 },
		{ 0, MARK_OP, OP_el2_free_smmu_pgd, 1 },
		{ 1, MARK_BEGIN, 2, 0 },
		{ 0, EV_INC_TICKET, SMMU_ID, 2 },
		{ 0, EV_HOLD_LOCK, SMMU_ID, 2 },
		{ 0, MARK_BARRIER, 0, 3 },
		{ 1, EV_INC_TICKET, SMMU_ID, 1 },
		{ 0, MARK_OP, OP_get_vm_poweron, 3 },
		{ 0, EV_WAIT_LOCK, INFO_ID, 4 },
		{ 0, EV_OVMINFO, INFO_ID, 5 },
		{ 0, EV_REL_LOCK, INFO_ID, 4 },
		{ 0, MARK_SEVENT, OP_get_vm_poweron, 3 },
		{ 0, EV_INC_NOW, SMMU_ID, 2 },
		{ 1, EV_HOLD_LOCK, SMMU_ID, 1 },
		{ 0, MARK_SEVENT, OP_el2_free_smmu_pgd, 1 },
		{ 0, MARK_END_OP, 0, 0 },
		{ 1, EV_OSMMU, SMMU_ID, 2 },
		{ 0, MARK_BEGIN, 1, 0 },
	};

	(void)state;
	expect_depths(row, ARRAY_SIZE(row));
}

/* A panic, a stop and a stuck call leave brackets open: what closes around them closes them. */
static void left_open(void **state)
{
	static const struct row row[] = {
		{ 0, MARK_BEGIN, 1, 0 },
		{ 0, MARK_OP, OP_map_page_host, 1 },
		{ 0, EV_HOLD_LOCK, S2PAGE_ID, 2 },
		{ 0, EV_HOLD_LOCK, NPT_ID, 3 },
		{ 0, MARK_SEVENT, OP_map_page_host, 1 },
		{ 0, MARK_PANIC, 0, 1 },
		{ 0, MARK_EPISODE, 1, 0 },
		{ 0, MARK_BEGIN, 1, 0 },
		{ 0, MARK_OP, OP_map_page_host, 1 },
		{ 0, EV_INC_TICKET, S2PAGE_ID, 2 },
		{ 0, MARK_STOPPED, 0, 0 },
		{ 0, MARK_BEGIN, 1, 0 },
		{ 0, EV_HOLD_LOCK, CORE_ID, 1 },
		{ 0, MARK_STUCK, 4, 2 },
		{ 0, MARK_CLOSE, 0, 0 },
	};

	(void)state;
	expect_depths(row, ARRAY_SIZE(row));
}

/* What closes a bracket that is not open, or lies too deep to be seen, closes nothing. */
static void nothing_to_close(void **state)
{
	static const struct row row[] = {
		{ 0, MARK_END_OP, 0, 0 },         { 0, MARK_SEVENT, OP_map_io, 0 },
		{ 0, MARK_OP, OP_map_io, 0 },     { 0, EV_INC_NOW, CORE_ID, 1 },
		{ 0, MARK_END_OP, 0, 1 },         { 0, MARK_SEVENT, OP_map_page_host, 1 },
		{ 0, MARK_SEVENT, OP_map_io, 0 },
	};
	struct nest n = { .cpu = { { 0 } } };

	(void)state;
	expect_depths(row, ARRAY_SIZE(row));
	for (u32 i = 0; i < NEST_MAX; i++)
		assert_int_equal(take(&n, &(struct row){ 63, MARK_OP, i, 0 }), i);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(take(&n, &(struct row){ 63, MARK_OP, 60, 0 }), NEST_MAX);
	assert_int_equal(take(&n, &(struct row){ 63, MARK_SEVENT, 60, 0 }), NEST_MAX);
	assert_int_equal(take(&n, &(struct row){ 63, MARK_SEVENT, 5, 0 }), 5);
}

/* A CPU is in an operation from its begin to its end, however deep below it. */
static void inside(void **state)
{
	const struct nest_ops work = { .work = 1ull << 2 };
	const struct nest_ops atomic = { .atomic = 1ull << OP_map_io };
	struct nest n = { .cpu = { { 0 } } };

	(void)state;
	take(&n, &(struct row){ 1, MARK_BEGIN, 2, 0 });
	assert_true(nest_inside(&n, 1, &work));
	assert_false(nest_inside(&n, 1, &atomic));
	assert_false(nest_inside(&n, 0, &work));
	take(&n, &(struct row){ 1, MARK_OP, OP_map_io, 0 });
	/* A lock with the number of an operation is none. */
	take(&n, &(struct row){ 0, EV_HOLD_LOCK, OP_map_io, 0 });
	take(&n, &(struct row){ 0, EV_HOLD_LOCK, 2, 0 });
	take(&n, &(struct row){ 1, EV_HOLD_LOCK, INFO_ID, 0 });
	assert_true(nest_inside(&n, 1, &work));
	assert_true(nest_inside(&n, 1, &atomic));
	assert_false(nest_inside(&n, 0, &atomic));
	assert_false(nest_inside(&n, 0, &work));
	take(&n, &(struct row){ 1, MARK_SEVENT, OP_map_io, 0 });
	assert_false(nest_inside(&n, 1, &atomic));
	take(&n, &(struct row){ 1, MARK_END_OP, 0, 0 });
	assert_false(nest_inside(&n, 1, &work));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depths),
		cmocka_unit_test(left_open),
		cmocka_unit_test(nothing_to_close),
		cmocka_unit_test(inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Which sections and operations a CPU is in, and what belongs to which. */
#include "oracle/world/trail.h"
#include "tests/kit.h"

enum { CPU = 3 };

static struct journal journal;

static int setup(void **state)
{
	*state = trail_new(&journal);
	return 0;
}

static int teardown(void **state)
{
	trail_free(*state);
	journal_free(&journal);
	journal.on = false;
	return 0;
}

static const struct op_open *begin(struct trail *t, u64 op, u64 arg)
{
	const u64 args[] = { op, arg };
	const struct event e = { .kind = MARK_OP, .cpu = CPU, .n = 2, .args = args };

	return trail_op_begins(t, &e, 17);
}

static const struct op_open *end(struct trail *t, u64 op, u64 halted, u64 result)
{
	const u64 args[] = { op, halted, result };
	const struct event e = { .kind = MARK_SEVENT, .cpu = CPU, .n = 3, .args = args };

	return trail_op_ends(t, &e);
}

static struct change page(u64 pfn)
{
	return (struct change){ .kind = CH_PAGE, .lk = S2PAGE_ID, .n = 1, .at = pfn };
}

/* S2PAGE(NPT:0) of one operation: its lock point is the push of NPT:0, and it holds both there. */
static void test_lock_point(void **state)
{
	struct trail *t = *state;
	struct change a = page(5), b = page(6);
	const struct op_open *o = begin(t, OP_clear_vm_page, 2);
	const struct section *s;

	assert_int_equal(o->arg[0], 2);
	assert_int_equal(o->begin_at, 17);
	trail_pull(t, CPU, S2PAGE_ID, 20);
	trail_pull(t, CPU, NPT_ID, 21);
	assert_int_equal(trail_held(t), 1ull << S2PAGE_ID | 1ull << NPT_ID);
	assert_ptr_equal(trail_push_begins(t, CPU, NPT_ID), o);
	assert_int_equal(o->locks, 1ull << S2PAGE_ID | 1ull << NPT_ID);
	s = trail_push(t, CPU, NPT_ID, 22, 1, &a);
	assert_int_equal(s->pull_at, 21);
	assert_ptr_equal(s->op, o);
	s = trail_pass(t, CPU, NPT_ID);
	assert_int_equal(s->lk, NPT_ID);
	assert_int_equal(trail_held(t), 1ull << S2PAGE_ID);
	assert_null(trail_push_begins(t, CPU, S2PAGE_ID));
	s = trail_push(t, CPU, S2PAGE_ID, 25, 1, &b);
	assert_non_null(trail_pass(t, CPU, S2PAGE_ID));
	assert_int_equal(o->late, 0);
	assert_int_equal(o->n_steps, 4);
	assert_int_equal(o->step[2], STEP_PASS | NPT_ID);
	o = end(t, OP_clear_vm_page, 0, 0);
	assert_int_equal(o->n_done, 2);
	assert_int_equal(o->done[0].at, 5);
	assert_int_equal(o->done[1].at, 6);
	trail_op_over(t, CPU);
	assert_null(trail_op(t, CPU));
	assert_int_equal(trail_held(t), 0);
}

/* What is nested has its own changes; the outer one is told its result. */
static void test_nested(void **state)
{
	struct trail *t = *state;
	struct change a = page(5), b = page(6), c = page(7);
	const struct op_open *outer = begin(t, OP_verify_and_load_images, 1), *inner;

	trail_pull(t, CPU, INFO_ID + 1, 20);
	assert_ptr_equal(trail_push_begins(t, CPU, FLATMEM_ID), outer);
	trail_push(t, CPU, FLATMEM_ID, 21, 1, &a);
	inner = begin(t, OP_assign_pfn_to_vm, 1);
	trail_pull(t, CPU, S2PAGE_ID, 22);
	assert_ptr_equal(trail_push_begins(t, CPU, S2PAGE_ID), inner);
	trail_push(t, CPU, S2PAGE_ID, 23, 1, &b);
	assert_ptr_equal(end(t, OP_assign_pfn_to_vm, 1, 9), inner);
	assert_int_equal(inner->n_done, 1);
	assert_int_equal(inner->done[0].at, 6);
	assert_int_equal(inner->locks, 1ull << S2PAGE_ID);
	trail_op_over(t, CPU);
	trail_push(t, CPU, INFO_ID + 1, 24, 1, &c);
	outer = end(t, OP_verify_and_load_images, 1, 0);
	assert_int_equal(outer->n_done, 2);
	assert_int_equal(outer->done[1].at, 7);
	assert_int_equal(outer->n_nested, 1);
	assert_int_equal(outer->nested[0].op, OP_assign_pfn_to_vm);
	assert_int_equal(outer->nested[0].halted, 1);
	assert_int_equal(outer->nested[0].result, 9);
	assert_int_equal(outer->taken, 1ull << (INFO_ID + 1));
	trail_op_over(t, CPU);
	assert_int_equal(trail_held_by(t, CPU), 1ull << (INFO_ID + 1) | 1ull << S2PAGE_ID);
}

/* A pull behind an own push is no matter of what is nested. */
static void test_late(void **state)
{
	struct trail *t = *state;
	const struct op_open *o = begin(t, OP_map_page_host, 4096);

	trail_pull(t, CPU, S2PAGE_ID, 20);
	trail_push_begins(t, CPU, S2PAGE_ID);
	trail_push(t, CPU, S2PAGE_ID, 21, 0, NULL);
	trail_pass(t, CPU, S2PAGE_ID);
	begin(t, OP_walk_s2pt, 0);
	trail_pull(t, CPU, NPT_ID + 1, 22);
	end(t, OP_walk_s2pt, 0, 0);
	trail_op_over(t, CPU);
	assert_int_equal(o->late, 0);
	trail_pull(t, CPU, NPT_ID, 23);
	assert_int_equal(o->late, 1ull << NPT_ID);
	trail_leaves(t, CPU);
	assert_null(trail_op(t, CPU));
	assert_int_equal(trail_held(t), 1ull << NPT_ID | 1ull << (NPT_ID + 1));
}

/* Marks that do not fit: an event of another operation, one that there is not, one too many in one another. */
static void test_marks(void **state)
{
	struct trail *t = *state;

	begin(t, OP_walk_s2pt, 0);
	assert_null(end(t, OP_gen_vmid, 0, 0));
	assert_null(begin(t, HYP_OP_NR, 0));
	assert_null(begin(t, OP_gen_vmid, 0));
	assert_null(end(t, OP_gen_vmid, 0, 0));
	assert_null(end(t, HYP_OP_NR, 0, 0));
	assert_non_null(end(t, OP_walk_s2pt, 0, 0));
	trail_op_over(t, CPU);
	for (u32 i = 0; i < TRAIL_DEPTH; i++)
		assert_non_null(begin(t, OP_walk_s2pt, i));
	assert_null(begin(t, OP_walk_s2pt, 0));
}

/* All of it is undone with the journal. */
static void test_undo(void **state)
{
	struct trail *t = *state;
	struct change a = page(5), b = page(6);
	const struct op_open *o;
	u32 mark;

	journal.on = true;
	begin(t, OP_clear_vm_page, 2);
	trail_pull(t, CPU, S2PAGE_ID, 20);
	trail_push_begins(t, CPU, S2PAGE_ID);
	trail_push(t, CPU, S2PAGE_ID, 21, 1, &a);
	mark = journal.undo.n;
	trail_pass(t, CPU, S2PAGE_ID);
	end(t, OP_clear_vm_page, 0, 0);
	trail_op_over(t, CPU);
	begin(t, OP_grant_vm_page, 2);
	begin(t, OP_walk_s2pt, 2);
	trail_pull(t, CPU, NPT_ID, 30);
	trail_push_begins(t, CPU, NPT_ID);
	trail_push(t, CPU, NPT_ID, 31, 1, &b);
	journal_undo(&journal, mark, NULL);
	assert_int_equal(trail_held(t), 1ull << S2PAGE_ID);
	o = trail_op(t, CPU);
	assert_int_equal(o->op, OP_clear_vm_page);
	assert_int_equal(o->pushed, 1);
	assert_int_equal(o->n_done, 1);
	assert_int_equal(o->done[0].at, 5);
	journal_undo(&journal, 0, NULL);
	assert_null(trail_op(t, CPU));
	assert_int_equal(trail_held(t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lock_point, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nested, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Dates of clash: what comes to which object, and who has posted holds where it says. */
#include "cpu/point.h"
#include "lock/word.h"
#include "scenarios/clash_hold.h"
#include "scenarios/clash_set_up.h"
#include "scenarios/scenarios.h"
#include "sim/base/vec.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

enum { CPUS = 2, RESTS = 3 };

static struct {
	u64 values[SCENARIO_MAX_OPTIONS];
	struct errata errata;
	struct workload w;
	struct kit *kit;
	struct kit_cpu *k;
	struct clash_cpu *own;
	struct cpu c;
	struct locks *locks;
	struct flag halt;
} t;

static int make(void **state)
{
	const struct scenario *s = scenario_by_name("clash");
	struct scenario_setup setup = { .scenario = s, .cpus = CPUS, .total_cpu = 8 };
	struct err e;

	(void)state;
	memset(&t, 0, sizeof(t));
	errata_defaults(&t.errata);
	scenario_option_defaults(s, t.values);
	setup.values = t.values;
	setup.errata = &t.errata;
	assert_int_equal(s->begin(&t.w, &setup, &e), 0);
	t.kit = t.w.arg;
	t.k = &t.kit->cpu[0];
	t.own = &((struct clash *)t.kit->own)->cpu[0];
	t.locks = xcalloc(1, sizeof(*t.locks));
	t.locks->policy.kind = WAIT_YIELD;
	t.c.locks = t.locks;
	t.c.halt = &t.halt;
	t.k->c = &t.c;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	scenario_by_name("clash")->end(&t.w);
	free(t.locks);
	return 0;
}

static void pull(lk_t lk)
{
	point(&t.c, POINT_TICKET, lk);
	(void)word_inc_ticket(&t.locks->lock[lk].word);
	point(&t.c, POINT_PULL, lk);
	(void)word_inc_now(&t.locks->lock[lk].word, 0);
	point(&t.c, POINT_PUSHED, lk);
}

static bool inside(void)
{
	return board_get(&t.own->stage) == clash_stage(t.own->turn, CLASH_INSIDE);
}

/* Who has posted holds in the section of that number, of an object of the list; in no other, and behind it in a few more. */
static void holds_where_it_says(void **state)
{
	(void)state;
	t.own->come = 1;
	t.own->gone = 1;
	clash_set_stage(t.k, CLASH_POSTED);
	clash_hold_begin(t.k, LIST_VM, 2, RESTS);
	pull(S2PAGE_ID);
	pull(INFO_ID + 1);
	pull(S2PAGE_ID);
	assert_false(inside());
	pull(INFO_ID + 3);
	assert_true(inside());
	assert_int_equal(t.own->holds, CLASH_HOLDS - 1);
	for (u32 i = 0; i < 2 * CLASH_HOLDS; i++)
		pull(INFO_ID + 1);
	assert_int_equal(t.own->holds, 0);
	assert_true(clash_hold_end(t.k));
	assert_false(clash_hold_end(t.k));
	assert_int_equal(t.c.points, t.own->perturb);
}

/* It waits until all who have come have a ticket, or are done, or until it has no patience left. */
static void waits_for_who_has_come(void **state)
{
	(void)state;
	t.own->come = 2;
	clash_hold_begin(t.k, LIST_NONE, 1, RESTS);
	(void)word_inc_ticket(&t.locks->lock[CORE_ID].word);
	(void)word_inc_ticket(&t.locks->lock[CORE_ID].word);
	pull(CORE_ID);
	assert_int_equal(t.own->patience, RESTS);
	pull(SPT_ID);
	assert_int_equal(t.own->patience, 0);
	pull(SPT_ID);
	assert_int_equal(t.own->holds, 0);
	assert_true(clash_hold_end(t.k));
}

static bool is_listed(enum clash_list list, const char *name)
{
	const struct clash *s = t.kit->own;

	for (u32 mode = 0; mode < KIT_MODES; mode++)
		for (u32 i = 0; i < s->n_listed[list][mode]; i++)
			if (s->listed[list][mode][i] == clash_op_named(t.kit, name))
				return true;
	return false;
}

/* What comes to an object can have a date about it with all the others that do: the first run of a vCPU with what boots its VM. */
static void lists(void **state)
{
	(void)state;
	assert_true(is_listed(LIST_VM, "vcpu_run"));
	assert_true(is_listed(LIST_VM, "load_crypt_vcpu"));
	assert_true(is_listed(LIST_VM, "guest_off"));
	assert_true(is_listed(LIST_PAGES, "guest_grant"));
	assert_true(is_listed(LIST_CORE, "remap_vm_image"));
	assert_false(is_listed(LIST_VM, "host_fault"));
	for (u32 l = LIST_NONE + 1; l < LISTS; l++) {
		assert_true(((struct clash *)t.kit->own)->n_listed[l][KIT_HOST] > 0);
		assert_int_equal(clash_list_has(l, INFO_ID + 1), l == LIST_VM);
		assert_int_equal(clash_list_has(l, S2PAGE_ID), l == LIST_PAGES);
		assert_int_equal(clash_list_has(l, CORE_ID), l == LIST_VMIDS);
		assert_int_equal(clash_list_has(l, SMMU_ID), l == LIST_BANKS);
		assert_int_equal(clash_list_has(l, SPT_ID), l == LIST_TABLES);
		assert_int_equal(clash_list_has(l, NPT_ID + COREVISOR), l == LIST_CORE);
		assert_int_equal(clash_list_has(l, NPT_ID + 1), l == LIST_MEMORY);
		assert_false(clash_list_has(l, NPT_ID + HOSTVISOR));
	}
}

static const struct {
	const char *op, *host, *guest;
	u32 part, state;
	bool fresh, guests, off;
} plans[] = {
#define PLAN(op_, part_, state_, ...) { .op = op_, .part = part_, .state = state_, __VA_ARGS__ },
#define FRESH                         .fresh = true
#define GUESTS                        .guests = true
#include "scenarios/clash_plans.def"
};

static void is_of_mode(const char *name, enum kit_mode mode)
{
	if (name)
		assert_int_equal(t.kit->op[clash_op_named(t.kit, name)]->mode, mode);
}

/* A plan holds in a section that there is, and who comes by name is a host or a guest as it says. */
static void plans_can_be(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(plans); i++) {
		assert_in_range(plans[i].part, 1, CLASH_LIST_PARTS);
		assert_true(clash_op_named(t.kit, plans[i].op) < t.kit->n_ops);
		is_of_mode(plans[i].host, KIT_HOST);
		is_of_mode(plans[i].guest, KIT_GUEST);
		assert_false(plans[i].guest && !plans[i].guests);
		assert_true(!plans[i].fresh || strcmp(plans[i].op, "vcpu_run") == 0);
		assert_true(!plans[i].off || plans[i].state == VERIFIED);
	}
}

/* Steps of CPU 0 towards an episode's machine, until there is none or it waits. */
static u32 steps(void)
{
	struct operation op;
	u32 n = 0;

	t.k->c = NULL;
	t.k->idles = false;
	while (clash_set_up(t.k, &op) && !t.k->idles)
		n++;
	t.k->c = &t.c;
	return n;
}

/* Each CPU sets up VMs of its own, in the order of their vmids: who comes first does not make the machine ready. */
static void each_sets_up_its_own(void **state)
{
	struct clash *s = t.kit->own;
	struct operation op;

	(void)state;
	assert_true(clash_set_up(&t.kit->cpu[1], &op));
	assert_string_equal(t.kit->cpu[1].op->name, "timer_set_cntvoff");
	assert_int_equal(s->cpu[1].steps, 0);
	assert_false(s->cpu[1].set_up);
	assert_in_range(steps(), 1, 100);
	assert_int_equal(s->ready, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holds_where_it_says, make, unmake),
		cmocka_unit_test_setup_teardown(waits_for_who_has_come, make, unmake),
		cmocka_unit_test_setup_teardown(lists, make, unmake),
		cmocka_unit_test_setup_teardown(plans_can_be, make, unmake),
		cmocka_unit_test_setup_teardown(each_sets_up_its_own, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

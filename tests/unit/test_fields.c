// SPDX-License-Identifier: GPL-2.0-only
/* Guarded getters and setters, every row of shmem/fields.def: the cell, the guard, the halt; as in a run. */
#include "shmem/fields.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

#include <string.h>

enum key { CORE, S2PAGE, NPT, SPT, SMMU, INFO, INFO_VCPU, INFO_LOAD };

/**
 * struct row - of fields.def
 * @bits: of the value
 */
struct row {
	const char *name;
	bool set;
	enum key key;
	u32 field, bits;
};

static const struct row rows[] = {
#define GETTER(n, key, kind, f, type) { #n, false, key, F_##kind##_##f, 8 * sizeof(type) },
#define SETTER(n, key, kind, f, type) { #n, true, key, F_##kind##_##f, 8 * sizeof(type) },
#include "shmem/fields.def"
};

/* For each key: two choices of arguments, the object and the index that they name. */
static const struct place {
	u32 n_args;
	struct {
		u64 a[2];
		lk_t id;
		u64 index;
	} at[2];
} places[] = {
	[CORE] = { 0, { { { 0 }, CORE_ID, 0 }, { { 0 }, CORE_ID, 0 } } },
	[S2PAGE] = { 1, { { { 0 }, S2PAGE_ID, 0 }, { { 0xffffff }, S2PAGE_ID, 0xffffff } } },
	[NPT] = { 1, { { { 0 }, NPT_ID, 0 }, { { 16 }, NPT_ID + 16, 0 } } },
	[SPT] = { 0, { { { 0 }, SPT_ID, 0 }, { { 0 }, SPT_ID, 0 } } },
	[SMMU] = { 2, { { { 7, 0 }, SMMU_ID, 7 }, { { 2, 1 }, SMMU_ID, 10 } } },
	[INFO] = { 1, { { { 0 }, INFO_ID, 0 }, { { 16 }, INFO_ID + 16, 0 } } },
	[INFO_VCPU] = { 2, { { { 3, 0 }, INFO_ID + 3, 0 }, { { 3, 7 }, INFO_ID + 3, 7 } } },
	[INFO_LOAD] = { 2, { { { 3, 0 }, INFO_ID + 3, 0 }, { { 3, 4 }, INFO_ID + 3, 4 } } },
};

static struct test_env t;

static int begin(void **state)
{
	(void)state;
	test_env_reset(&t);
	test_env_run(&t, true);
	return 0;
}

/* The arguments of a row at one of its places, the value behind them. */
static const u64 *args(const struct row *r, u32 at, u64 value)
{
	static u64 a[3];
	const struct place *p = &places[r->key];

	memcpy(a, p->at[at].a, sizeof(p->at[at].a));
	a[p->n_args] = value;
	return a;
}

static u64 largest(const struct row *r)
{
	return r->bits == 32 ? 0xffffffff : INVALID64;
}

/* A getter reads one cell, a setter writes it and no other, at its full width. */
static void one_cell(void **state)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		for (u32 at = 0; at < 2; at++) {
			lk_t id = places[r->key].at[at].id;
			u64 index = places[r->key].at[at].index, effects;
			struct obj *o = &t.m->shared.obj[id];

			begin(state);
			t.c->lock[id] = LOCK_OWN_PULLED;
			effects = t.c->effects;
			if (!r->set) {
				obj_set(o, r->field, index, largest(r));
				assert_true(test_ok(&t, r->name, args(r, at, 0)) == largest(r));
				continue;
			}
			test_ok(&t, r->name, args(r, at, largest(r)));
			assert_true(obj_get(o, r->field, index) == largest(r));
			assert_true(o->digest == obj_hash(r->field, index, largest(r)));
			assert_true(obj_digest(o) == o->digest);
			assert_true(t.c->effects == effects + 1);
			test_ok(&t, r->name, args(r, at, largest(r)));
			assert_true(t.c->effects == effects + 1);
		}
	}
}

/* Without the object, or at a step of the barrier protocol, every one of them is stuck, and has changed nothing. */
static void guarded(void **state)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		lk_t id = places[r->key].at[1].id;
		const u64 *a = args(r, 1, 5);

		begin(state);
		test_stuck(&t, STUCK_NOT_PULLED, r->name, a);
		t.c->lock[id] = LOCK_OWN;
		test_stuck(&t, STUCK_NOT_PULLED, r->name, a);
		/* Every other object is no help. */
		memset(t.c->lock, LOCK_OWN_PULLED, sizeof(t.c->lock));
		t.c->lock[id] = LOCK_OWN;
		test_stuck(&t, STUCK_NOT_PULLED, r->name, a);
		t.c->lock[id] = LOCK_OWN_PULLED;
		t.c->bars = BARRIER_NEEDED;
		test_stuck(&t, STUCK_BARRIER, r->name, a);
		t.c->bars = BARRIERED;
		test_stuck(&t, STUCK_BARRIER, r->name, a);
		/* The source's weaker forms do not ask. */
		t.c->weak = true;
		test_ok(&t, r->name, a);
		t.c->lock[id] = LOCK_OWN;
		test_stuck(&t, STUCK_NOT_PULLED, r->name, a);
	}
}

/* Under a script the strength is the call's to choose, and a name that ends in 0 is always strong. */
static void strengths(void **state)
{
	const u64 a[] = { 3, 0x6010008, 5 };
	static const struct {
		const char *weak, *strong;
	} forms[] = { { "get_pgd_next", "get_pgd_next0" }, { "get_pud_next", "get_pud_next0" },
		      { "get_pmd_next", "get_pmd_next0" }, { "set_pgd_next", "set_pgd_next0" },
		      { "set_pud_next", "set_pud_next0" }, { "set_pmd_next", "set_pmd_next0" },
		      { "pt_load", "pt_load0" },           { "pt_store", "pt_store0" } };
	u64 v;

	begin(state);
	test_env_run(&t, false);
	test_env_lock(&t, NPT_ID + 3, NPT_ID + 3);
	t.c->bars = BARRIERED;
	for (u32 i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct prim *weak = prim_by_name(forms[i].weak);
		const struct prim *strong = prim_by_name(forms[i].strong);

		assert_int_equal(exec_call(t.e, t.c, weak, a, true, &v), OUT_OK);
		assert_int_equal(exec_call(t.e, t.c, weak, a, false, &v), OUT_STUCK);
		assert_int_equal(t.c->stuck.rule, STUCK_BARRIER);
		assert_int_equal(exec_call(t.e, t.c, strong, a, true, &v), OUT_STUCK);
		assert_int_equal(t.c->stuck.rule, STUCK_BARRIER);
	}
}

/* In a run another CPU's halt ends the call; the CPU that halted the machine goes on with zeros, ranges or no ranges. */
static void halted(void **state)
{
	begin(state);
	memset(t.c->lock, LOCK_OWN_PULLED, sizeof(t.c->lock));
	flag_set(&t.m->halt);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 beyond[] = { INVALID64, INVALID64, 7 }, value = 9;
		struct test_state *before = test_state_take(&t), *after;

		t.c->panicked = false;
		assert_int_equal(test_try(&t, rows[i].name, args(&rows[i], 0, 7), &value),
		                 OUT_PANIC);
		t.c->panicked = true;
		assert_int_equal(test_try(&t, rows[i].name, beyond, &value), OUT_PANIC);
		assert_true(value == 0);
		t.c->panicked = false;
		after = test_state_take(&t);
		assert_null(test_state_differs(before, after));
		test_state_free(before);
		test_state_free(after);
	}
}

/* As published it writes the load index, and nothing writes vm_inc_exe. */
static void inc_exe(void **state)
{
	struct obj *info = &t.m->shared.obj[INFO_ID + 4];

	(void)state;
	t.c->lock[INFO_ID + 4] = LOCK_OWN_PULLED;
	OK(&t, "set_vm_inc_exe", 4, 1);
	assert_true(obj_get(info, F_INFO_vm_next_load_info, 0) == 1);
	assert_true(OK(&t, "get_vm_inc_exe", 4) == 0);
	test_env_erratum(&t, ERRATUM_SET_VM_INC_EXE, false);
	OK(&t, "set_vm_inc_exe", 4, 7);
	assert_true(obj_get(info, F_INFO_vm_next_load_info, 0) == 1);
	assert_true(OK(&t, "get_vm_inc_exe", 4) == 7);
	t.c->lock[INFO_ID + 4] = LOCK_OWN;
	STUCK(&t, STUCK_NOT_PULLED, "set_vm_inc_exe", 4, 7);
	STUCK(&t, STUCK_RANGE, "set_vm_inc_exe", 17, 7);
}

static int make(void **state)
{
	(void)state;
	test_env_make(&t, false);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	test_env_free(&t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_cell, begin),  cmocka_unit_test_setup(guarded, begin),
		cmocka_unit_test_setup(strengths, begin), cmocka_unit_test_setup(halted, begin),
		cmocka_unit_test_setup(inc_exe, begin),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

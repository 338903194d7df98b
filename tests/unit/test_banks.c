// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/banks.h"
#include "scenarios/pools.h"
#include "tests/kit.h"

enum { B = 5, VM = 3, OTHER = 4, SLOT = 63 };

static struct banks b;

static int forget(void **state)
{
	(void)state;
	b = (struct banks){ .of = { 0 } };
	return 0;
}

static void give(u32 bank, vmid_t vmid)
{
	assert_true(bank_take(&b, bank));
	bank_give(&b, bank, vmid);
}

static void state_is(u32 bank, enum bank_state want, vmid_t want_vmid)
{
	vmid_t vmid;

	assert_int_equal(bank_state(&b, bank, &vmid), want);
	if (want == BANK_OWNED)
		assert_int_equal(vmid, want_vmid);
}

/* A bank is claimed by one only, and then nobody's again, or somebody's. */
static void take(void **state)
{
	(void)state;
	assert_true(bank_take(&b, B));
	assert_false(bank_take(&b, B));
	state_is(B, BANK_TAKEN, 0);
	bank_drop(&b, B);
	state_is(B, BANK_FREE, 0);
	give(B, VM);
	state_is(B, BANK_OWNED, VM);
	assert_false(bank_take(&b, B));
}

/* A bank in use does not change hands, and one that is claimed is not used. */
static void use_or_retire(void **state)
{
	vmid_t vmid;

	(void)state;
	assert_false(bank_use(&b, B, &vmid));
	give(B, VM);
	assert_true(bank_use(&b, B, &vmid));
	assert_int_equal(vmid, VM);
	assert_true(bank_use(&b, B, &vmid));
	assert_false(bank_retire(&b, B, VM));
	bank_unuse(&b, B);
	assert_false(bank_retire(&b, B, VM));
	bank_unuse(&b, B);
	assert_false(bank_retire(&b, B, OTHER));
	assert_true(bank_retire(&b, B, VM));
	assert_false(bank_use(&b, B, &vmid));
	bank_drop(&b, B);
	give(B, HOSTVISOR);
	assert_true(bank_use(&b, B, &vmid));
	assert_int_equal(vmid, HOSTVISOR);
}

/* The banks of a VM are found from any number on. */
static void of_a_vm(void **state)
{
	(void)state;
	assert_int_equal(bank_of(&b, VM, 0), NO_BANK);
	give(2, VM);
	give(9, VM);
	give(3, OTHER);
	assert_int_equal(banks_of(&b, VM), 2);
	assert_int_equal(bank_of(&b, VM, 0), 2);
	assert_int_equal(bank_of(&b, VM, 2), 2);
	assert_int_equal(bank_of(&b, VM, 3), 9);
	assert_int_equal(bank_of(&b, VM, 10), 2);
	assert_true(bank_retire(&b, 2, VM));
	assert_int_equal(banks_of(&b, VM), 2);
	bank_freed(&b, 2, VM);
	assert_int_equal(bank_of(&b, VM, 0), 9);
	assert_int_equal(banks_of(&b, VM), 1);
}

/* A place is claimed by one only, also the last; claims of other places do not matter. */
static void places(void **state)
{
	(void)state;
	give(B, VM);
	assert_true(bank_slot_take(&b, B, SLOT));
	assert_false(bank_slot_take(&b, B, SLOT));
	assert_true(bank_slot_take(&b, B, 0));
	bank_slot_drop(&b, B, SLOT);
	assert_true(bank_slot_take(&b, B, SLOT));
	assert_false(bank_slot_take(&b, B, 0));
}

/* What is mapped is found, and a bank that changes hands has nothing. */
static void mapped(void **state)
{
	(void)state;
	give(B, VM);
	assert_int_equal(bank_slot_some(&b, B, 7), BANK_SLOTS);
	bank_slot_set(&b, B, SLOT, true);
	bank_slot_set(&b, B, SLOT, true);
	bank_slot_set(&b, B, 4, true);
	assert_true(bank_slot_mapped(&b, B, SLOT));
	assert_false(bank_slot_mapped(&b, B, 5));
	assert_int_equal(bank_slot_some(&b, B, 0), 4);
	assert_int_equal(bank_slot_some(&b, B, 5), SLOT);
	bank_slot_set(&b, B, SLOT, false);
	bank_slot_set(&b, B, SLOT, false);
	assert_int_equal(bank_slot_some(&b, B, 5), 4);
	assert_true(bank_retire(&b, B, VM));
	bank_give(&b, B, OTHER);
	assert_int_equal(bank_slot_some(&b, B, 0), BANK_SLOTS);
}

/* Of a pool no more is reserved than it has. */
static void pool(void **state)
{
	struct pool_hint p = { 0 };
	u64 first = 99;

	(void)state;
	assert_true(pool_reserve(&p, 3, 5, &first));
	assert_int_equal(first, 0);
	assert_false(pool_reserve(&p, 3, 5, &first));
	assert_true(pool_reserve(&p, 2, 5, &first));
	assert_int_equal(first, 3);
	assert_false(pool_reserve(&p, 1, 5, &first));
	pool_drop(&p, 2);
	assert_true(pool_reserve(&p, 1, 5, &first));
	assert_int_equal(first, 3);
	assert_int_equal(p.drawn, 0);
	pool_drawn(&p, 4);
	assert_int_equal(p.drawn, 4);
}

/* Without claims a bank is taken and freed by all who find it so. */
static void no_claims(void **state)
{
	vmid_t vmid;

	(void)state;
	b.no_claims = true;
	assert_true(bank_take(&b, B));
	assert_true(bank_take(&b, B));
	bank_give(&b, B, VM);
	bank_drop(&b, B);
	state_is(B, BANK_OWNED, VM);
	assert_false(bank_take(&b, B));
	assert_true(bank_use(&b, B, &vmid));
	assert_true(bank_slot_take(&b, B, SLOT));
	assert_true(bank_slot_take(&b, B, SLOT));
	bank_slot_drop(&b, B, SLOT);
	assert_true(bank_retire(&b, B, VM));
	assert_false(bank_retire(&b, B, OTHER));
	bank_unuse(&b, B);
	bank_freed(&b, B, VM);
	state_is(B, BANK_FREE, 0);
	assert_int_equal(banks_of(&b, VM), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(take, forget),
		cmocka_unit_test_setup(use_or_retire, forget),
		cmocka_unit_test_setup(of_a_vm, forget),
		cmocka_unit_test_setup(places, forget),
		cmocka_unit_test_setup(mapped, forget),
		cmocka_unit_test_setup(no_claims, forget),
		cmocka_unit_test(pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/board.h"

#include "tests/kit.h"

enum { PAGES = 8, P = 3, VM = 5, LIMIT = 4 };

static struct board b;

static int forget(void **state)
{
	(void)state;
	for (u32 i = 0; i < PAGES; i++)
		b.page[i] = b.kept[i].turn = ~0ull;
	b.no_claims = false;
	board_forget(&b);
	return 0;
}

static void page_is(u64 page, enum page_state state, vmid_t vmid, u32 users, u32 least, u32 most)
{
	struct page_hint h = board_page(&b, page);

	assert_int_equal(h.state, state);
	assert_int_equal(h.vmid, vmid);
	assert_int_equal(h.users, users);
	assert_int_equal(h.least, least);
	assert_int_equal(h.most, most);
}

static vmid_t whose;

static bool use(u64 page)
{
	return board_page_use(&b, page, &whose);
}

static void give_to_vm(u64 page)
{
	assert_true(board_page_take(&b, page));
	board_page_give(&b, page, VM);
}

/* A page that the host uses is not claimed, and a claimed one not used. */
static void use_or_take(void **state)
{
	(void)state;
	assert_true(use(P));
	assert_int_equal(whose, HOSTVISOR);
	assert_true(use(P));
	assert_false(board_page_take(&b, P));
	board_page_unuse(&b, P);
	assert_false(board_page_take(&b, P));
	board_page_unuse(&b, P);
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
	assert_true(board_page_take(&b, P));
	page_is(P, PAGE_TAKEN, 0, 0, 0, 0);
	assert_false(use(P));
	assert_false(board_page_take(&b, P));
	board_page_give(&b, P, HOSTVISOR);
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
}

/* A range is claimed whole or not at all. */
static void take_range(void **state)
{
	(void)state;
	assert_true(use(P));
	assert_false(board_pages_take(&b, 0, PAGES));
	for (u64 i = 0; i < PAGES; i++)
		page_is(i, PAGE_HOST, 0, i == P, 0, 0);
	board_page_unuse(&b, P);
	assert_true(board_pages_take(&b, 1, PAGES - 1));
	page_is(0, PAGE_HOST, 0, 0, 0, 0);
	page_is(PAGES - 1, PAGE_TAKEN, 0, 0, 0, 0);
}

/* A VM's page is the host's to use between a grant that has ended and a revoke that has not begun. */
static void shares(void **state)
{
	(void)state;
	give_to_vm(P);
	assert_false(use(P));
	assert_false(board_revoke_begin(&b, P, VM));
	assert_false(board_grant_begin(&b, P, VM + 1, LIMIT));
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
	page_is(P, PAGE_VM, VM, 0, 0, 1);
	assert_false(use(P));
	assert_false(board_page_reclaim(&b, P, VM));
	board_grant_end(&b, P);
	page_is(P, PAGE_VM, VM, 0, 1, 1);
	assert_true(use(P));
	assert_int_equal(whose, VM);
	assert_false(board_revoke_begin(&b, P, VM)); /* the last one, and the host uses it */
	assert_false(board_page_freeze(&b, P, VM));
	board_page_unuse(&b, P);
	assert_false(board_revoke_begin(&b, P, VM + 1));
	assert_true(board_revoke_begin(&b, P, VM));
	page_is(P, PAGE_VM, VM, 0, 0, 1);
	assert_false(use(P));
	board_revoke_end(&b, P);
	page_is(P, PAGE_VM, VM, 0, 0, 0);
}

/* While it is shared twice, one share may go although the host uses it; and there is a limit. */
static void several_shares(void **state)
{
	(void)state;
	give_to_vm(P);
	for (u32 i = 0; i < LIMIT; i++) {
		assert_true(board_grant_begin(&b, P, VM, LIMIT));
		board_grant_end(&b, P);
	}
	assert_false(board_grant_begin(&b, P, VM, LIMIT));
	assert_true(use(P));
	for (u32 i = LIMIT; i > 1; i--) {
		assert_true(board_revoke_begin(&b, P, VM));
		board_revoke_end(&b, P);
		page_is(P, PAGE_VM, VM, 1, i - 1, i - 1);
	}
	assert_false(board_revoke_begin(&b, P, VM));
}

/* A shared page can be taken back from a VM that is off; the host that uses it does not mind. */
static void reclaim(void **state)
{
	(void)state;
	give_to_vm(P);
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
	board_grant_end(&b, P);
	assert_true(use(P));
	assert_false(board_page_reclaim(&b, P, VM + 1));
	assert_true(board_page_reclaim(&b, P, VM));
	page_is(P, PAGE_TAKEN, 0, 1, 0, 0);
	board_page_give(&b, P, HOSTVISOR);
	page_is(P, PAGE_HOST, 0, 1, 0, 0);
	board_page_unuse(&b, P);
}

/* A page for devices alone is neither shared nor frozen, and goes back to the host. */
static void for_devices(void **state)
{
	(void)state;
	assert_true(board_page_take(&b, P));
	board_page_give_device(&b, P, VM);
	page_is(P, PAGE_DEVICE, VM, 0, 0, 0);
	assert_false(use(P));
	assert_false(board_page_take(&b, P));
	assert_false(board_page_freeze(&b, P, VM));
	assert_false(board_grant_begin(&b, P, VM, LIMIT));
	assert_false(board_revoke_begin(&b, P, VM));
	assert_false(board_page_reclaim(&b, P, VM + 1));
	assert_true(board_page_reclaim(&b, P, VM));
	board_page_give(&b, P, HOSTVISOR);
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
}

/* A frozen page cannot be shared until it is given back. */
static void freeze(void **state)
{
	(void)state;
	give_to_vm(P);
	assert_false(board_page_freeze(&b, P, VM + 1));
	assert_true(board_page_freeze(&b, P, VM));
	assert_false(board_grant_begin(&b, P, VM, LIMIT));
	board_page_give(&b, P, VM);
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
}

/* What may have changed a page's contents moves its turn on. */
static void turns(void **state)
{
	u32 turn;

	(void)state;
	give_to_vm(P);
	turn = board_page(&b, P).turn;
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
	assert_true(board_page(&b, P).turn != turn);
	turn = board_page(&b, P).turn;
	board_grant_end(&b, P);
	assert_true(board_page(&b, P).turn != turn);
	turn = board_page(&b, P).turn;
	assert_true(use(P));
	board_page_unuse(&b, P);
	assert_true(board_page(&b, P).turn == turn);
}

/* What was stored is known as long as the page has the turn in which it was. */
static void keeps(void **state)
{
	u64 value;
	u32 turn;

	(void)state;
	give_to_vm(P);
	turn = board_page(&b, P).turn;
	assert_false(board_kept(&b, P, turn, &value));
	board_keep(&b, P, turn, 7);
	assert_true(board_kept(&b, P, turn, &value));
	assert_int_equal(value, 7);
	assert_true(board_page_reclaim(&b, P, VM));
	assert_false(board_kept(&b, P, board_page(&b, P).turn, &value));
}

static void vm_runs(u64 ready)
{
	board_vm_set(&b, VM, VM_RUNS);
	board_set(&b.vm[VM].ready, ready);
}

/* vCPUs are claimed one by one, from the one that was asked for on. */
static void vcpus(void **state)
{
	(void)state;
	vm_runs(0x8009);
	assert_int_equal(board_vcpu_take(&b, VM, 4), 15);
	assert_int_equal(board_vcpu_take(&b, VM, 4), 0);
	assert_int_equal(board_vm_running(&b, VM), 2);
	assert_int_equal(board_vcpu_take(&b, VM, 3), 3);
	assert_int_equal(board_vcpu_take(&b, VM, 3), NO_VCPU);
	assert_int_equal(board_vm_running(&b, VM), 3);
	board_vcpu_entered(&b, VM, 15);
	assert_true(board_vcpu_leave(&b, VM, 15));
	board_vcpu_back(&b, VM, 15);
	assert_int_equal(board_vm_running(&b, VM), 2);
	board_vcpu_drop(&b, VM, 0);
	assert_int_equal(board_vm_running(&b, VM), 1);
	assert_int_equal(board_vcpu_take(&b, VM, 0), 0);
}

/* A VM is not powered off while a vCPU is about to run, and then none runs any more. */
static void off(void **state)
{
	(void)state;
	vm_runs(3);
	assert_int_equal(board_vcpu_take(&b, VM, 0), 0);
	assert_false(board_vm_move(&b, VM, VM_RUNS, VM_OFF));
	board_vcpu_entered(&b, VM, 0);
	assert_false(board_vm_move(&b, VM, VM_OFF, VM_CLEARED));
	assert_true(board_vm_move(&b, VM, VM_RUNS, VM_OFF));
	assert_int_equal(board_vm(&b, VM), VM_OFF);
	assert_int_equal(board_vm_running(&b, VM), 1);
	assert_int_equal(board_vcpu_take(&b, VM, 1), NO_VCPU);
	assert_true(board_vcpu_leave(&b, VM, 0));
	board_vcpu_back(&b, VM, 0);
	assert_int_equal(board_vm_running(&b, VM), 0);
	assert_int_equal(board_vm(&b, VM), VM_OFF);
}

/* A VM that is held stays in its state, and one that has left it is not held. */
static void holds(void **state)
{
	(void)state;
	assert_false(board_vm_hold(&b, VM, VM_BOOTS));
	board_vm_set(&b, VM, VM_BOOTS);
	assert_true(board_vm_hold(&b, VM, VM_BOOTS));
	assert_true(board_vm_hold(&b, VM, VM_BOOTS));
	board_vm_release(&b, VM);
	assert_false(board_vm_move(&b, VM, VM_BOOTS, VM_VERIFIES));
	board_vm_release(&b, VM);
	assert_true(board_vm_move(&b, VM, VM_BOOTS, VM_VERIFIES));
	assert_false(board_vm_hold(&b, VM, VM_BOOTS));
}

/* Who closes a state waits for its holders, and there are no new ones. */
static void closes(void **state)
{
	(void)state;
	board_vm_set(&b, VM, VM_BOOTS);
	assert_true(board_vm_hold(&b, VM, VM_BOOTS));
	assert_false(board_vm_close(&b, VM, VM_BOOTS, VM_VERIFIES));
	assert_int_equal(board_vm(&b, VM), VM_VERIFIES);
	assert_false(board_vm_hold(&b, VM, VM_BOOTS));
	board_vm_release(&b, VM);
	assert_true(board_vm_close(&b, VM, VM_BOOTS, VM_VERIFIES));
}

/* A pinned vCPU does not leave, and one that is leaving is not pinned. */
static void pins(void **state)
{
	(void)state;
	vm_runs(3);
	assert_int_equal(board_vcpu_pin(&b, VM, 0), NO_VCPU);
	assert_int_equal(board_vcpu_take(&b, VM, 1), 1);
	board_vcpu_entered(&b, VM, 1);
	assert_true(board_vcpu_leave(&b, VM, 1));
	assert_int_equal(board_vcpu_pin(&b, VM, 0), NO_VCPU);
	board_vcpu_stay(&b, VM, 1);
	assert_int_equal(board_vcpu_pin(&b, VM, 0), 1);
	assert_false(board_vcpu_leave(&b, VM, 1));
}

/* Without claims everybody may have a page, and the hint is what the last one made of it. */
static void no_claims(void **state)
{
	(void)state;
	b.no_claims = true;
	assert_true(board_page_take(&b, P));
	assert_true(board_page_take(&b, P));
	assert_true(use(P));
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
	board_page_back(&b, P, VM);
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
	board_page_unuse(&b, P);
	board_page_give(&b, P, VM);
	page_is(P, PAGE_VM, VM, 0, 0, 0);
	assert_false(board_page_take(&b, P));
	assert_true(board_page_freeze(&b, P, VM));
	assert_true(board_page_reclaim(&b, P, VM));
	/* shared as often as grants have ended, and never less than 0 times */
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
	assert_true(board_grant_begin(&b, P, VM, LIMIT));
	board_grant_end(&b, P);
	page_is(P, PAGE_VM, VM, 0, 1, 1);
	assert_true(board_revoke_begin(&b, P, VM));
	assert_true(board_revoke_begin(&b, P, VM));
	board_revoke_end(&b, P);
	board_revoke_end(&b, P);
	page_is(P, PAGE_VM, VM, 0, 0, 0);
	board_page_give(&b, P, HOSTVISOR);
	board_grant_end(&b, P);
	page_is(P, PAGE_HOST, 0, 0, 0, 0);
}

/* Nor does a VM wait for who is about to run it, and a vCPU is taken by all who find it READY. */
static void no_claims_of_vms(void **state)
{
	(void)state;
	b.no_claims = true;
	board_vm_set(&b, VM, VM_RUNS);
	board_set(&b.vm[VM].ready, 2);
	assert_int_equal(board_vcpu_take(&b, VM, 0), 1);
	assert_int_equal(board_vcpu_take(&b, VM, 0), 1);
	assert_true(board_vm_hold(&b, VM, VM_RUNS));
	board_vcpu_entered(&b, VM, 1);
	assert_int_equal(board_vcpu_take(&b, VM, 0), NO_VCPU);
	assert_int_equal(board_vm_running(&b, VM), 1);
	assert_int_equal(board_vcpu_pin(&b, VM, 0), 1);
	assert_true(board_vcpu_leave(&b, VM, 1));
	assert_true(board_vm_move(&b, VM, VM_RUNS, VM_ENDS));
	assert_true(board_vm_close(&b, VM, VM_ENDS, VM_OFF));
	board_vm_release(&b, VM);
	board_vcpu_back(&b, VM, 1);
	assert_int_equal(board_vm_running(&b, VM), 0);
	assert_int_equal(board_vm(&b, VM), VM_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(use_or_take, forget),
		cmocka_unit_test_setup(take_range, forget),
		cmocka_unit_test_setup(shares, forget),
		cmocka_unit_test_setup(several_shares, forget),
		cmocka_unit_test_setup(reclaim, forget),
		cmocka_unit_test_setup(for_devices, forget),
		cmocka_unit_test_setup(freeze, forget),
		cmocka_unit_test_setup(turns, forget),
		cmocka_unit_test_setup(keeps, forget),
		cmocka_unit_test_setup(vcpus, forget),
		cmocka_unit_test_setup(off, forget),
		cmocka_unit_test_setup(holds, forget),
		cmocka_unit_test_setup(closes, forget),
		cmocka_unit_test_setup(pins, forget),
		cmocka_unit_test_setup(no_claims, forget),
		cmocka_unit_test_setup(no_claims_of_vms, forget),
	};

	struct err e;
	int rc;

	if (board_make(&b, PAGES, &e) < 0)
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	board_free(&b);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/board.h"

#include "sim/base/check.h"

#include <stdlib.h>
#include <string.h>

/* A page's word: state, vmid, users, least, most, turn, from the low bits up. */
enum {
	P_STATE = 0,
	P_VMID = 2,
	P_USERS = 8,
	P_LEAST = 24,
	P_MOST = 32,
	P_TURN = 40,
	TURN_BITS = 24,
};

#define ONE(shift) (1ull << (shift))

static u32 bits(u64 word, u32 shift, u32 n)
{
	return (u32)(word >> shift & (ONE(n) - 1));
}

static struct page_hint unpack(u64 w)
{
	return (struct page_hint){ .state = (enum page_state)bits(w, P_STATE, 2),
		                   .vmid = bits(w, P_VMID, 6),
		                   .users = bits(w, P_USERS, 16),
		                   .least = bits(w, P_LEAST, 8),
		                   .most = bits(w, P_MOST, 8),
		                   .turn = bits(w, P_TURN, TURN_BITS) };
}

/* State and VM of a page, nothing shared, users and turn as they were. */
static u64 owned(u64 w, enum page_state state, vmid_t vmid)
{
	u64 users = (u64)bits(w, P_USERS, 16) << P_USERS;
	u64 turn = w >> P_TURN;

	/* The turn has the highest bits: what is beyond it is lost. */
	return (u64)state << P_STATE | (u64)vmid << P_VMID | users | (turn + 1) << P_TURN;
}

static u64 turned(u64 w)
{
	return w + ONE(P_TURN);
}

int board_make(struct board *b, u64 n_pages, struct err *e)
{
	b->n_pages = n_pages;
	b->page = calloc(n_pages, sizeof(*b->page));
	b->kept = calloc(n_pages, sizeof(*b->kept));
	if (!b->page || !b->kept) {
		board_free(b);
		return err_set(e, ERR_MEMORY, "no memory for hints of %llu pages",
		               (unsigned long long)n_pages);
	}
	board_forget(b);
	return 0;
}

void board_free(struct board *b)
{
	free(b->page);
	free(b->kept);
}

void board_forget(struct board *b)
{
	memset(b->page, 0, b->n_pages * sizeof(*b->page));
	memset(b->kept, 0, b->n_pages * sizeof(*b->kept));
	memset(b->vm, 0, sizeof(b->vm));
	memset(b->recent, 0, sizeof(b->recent));
	for (vmid_t v = 0; v < N_VMID; v++) {
		memset(b->vm[v].slot, 0xff, sizeof(b->vm[v].slot));
		memset(b->vm[v].block, 0xff, sizeof(b->vm[v].block));
		memset(b->vm[v].device, 0xff, sizeof(b->vm[v].device));
		memset(b->vm[v].loaded, 0xff, sizeof(b->vm[v].loaded));
	}
	b->banks = (struct banks){ .no_claims = b->no_claims };
	memset(&b->pools, 0, sizeof(b->pools));
	b->given = b->registered = b->open = 0;
}

struct page_hint board_page(const struct board *b, u64 page)
{
	SIM_ASSERT_DBG(page < b->n_pages);
	return unpack(board_get(&b->page[page]));
}

bool board_page_use(struct board *b, u64 page, vmid_t *vmid)
{
	u64 w = board_get(&b->page[page]);

	for (;;) {
		struct page_hint h = unpack(w);

		if (h.state != PAGE_HOST && !(h.state == PAGE_VM && h.least > 0))
			return false;
		*vmid = h.vmid;
		if (b->no_claims || board_cas(&b->page[page], &w, w + ONE(P_USERS)))
			return true;
	}
}

void board_page_unuse(struct board *b, u64 page)
{
	if (b->no_claims)
		return;
	SIM_ASSERT(board_page(b, page).users > 0);
	board_add(&b->page[page], -ONE(P_USERS));
}

bool board_page_take(struct board *b, u64 page)
{
	u64 w = board_get(&b->page[page]);

	for (;;) {
		struct page_hint h = unpack(w);

		if (h.state != PAGE_HOST || h.users > 0)
			return false;
		if (b->no_claims || board_cas(&b->page[page], &w, owned(w, PAGE_TAKEN, 0)))
			return true;
	}
}

bool board_pages_take(struct board *b, u64 first, u64 n)
{
	for (u64 i = 0; i < n; i++) {
		if (board_page_take(b, first + i))
			continue;
		while (i-- > 0)
			board_page_back(b, first + i, HOSTVISOR);
		return false;
	}
	return true;
}

static void give(struct board *b, u64 page, enum page_state to, vmid_t vmid)
{
	u64 w = board_get(&b->page[page]);

	SIM_ASSERT(b->no_claims || unpack(w).state == PAGE_TAKEN);
	while (!board_cas(&b->page[page], &w, owned(w, to, vmid)))
		;
}

void board_page_give(struct board *b, u64 page, vmid_t vmid)
{
	give(b, page, vmid == HOSTVISOR ? PAGE_HOST : PAGE_VM, vmid);
}

void board_page_back(struct board *b, u64 page, vmid_t vmid)
{
	if (!b->no_claims)
		board_page_give(b, page, vmid);
}

void board_page_give_device(struct board *b, u64 page, vmid_t vmid)
{
	give(b, page, PAGE_DEVICE, vmid);
}

/* A VM's page, @device: also one of its devices alone. */
static bool claim(struct board *b, u64 page, vmid_t vmid, u32 most, bool device)
{
	u64 w = board_get(&b->page[page]);

	for (;;) {
		struct page_hint h = unpack(w);

		if (h.state != PAGE_VM && !(device && h.state == PAGE_DEVICE))
			return false;
		if (h.vmid != vmid || h.least != h.most || h.most > most)
			return false;
		if (b->no_claims || board_cas(&b->page[page], &w, owned(w, PAGE_TAKEN, 0)))
			return true;
	}
}

bool board_page_reclaim(struct board *b, u64 page, vmid_t vmid)
{
	return claim(b, page, vmid, MAX_SHARE_COUNT, true);
}

bool board_page_freeze(struct board *b, u64 page, vmid_t vmid)
{
	return claim(b, page, vmid, 0, false);
}

bool board_grant_begin(struct board *b, u64 page, vmid_t vmid, u32 limit)
{
	u64 w = board_get(&b->page[page]);

	for (;;) {
		struct page_hint h = unpack(w);

		if (h.state != PAGE_VM || h.vmid != vmid || h.most >= limit)
			return false;
		if (b->no_claims || board_cas(&b->page[page], &w, turned(w + ONE(P_MOST))))
			return true;
	}
}

/* Without claims: once more (@grant), or once less, shared, if it still is a VM's page that can be. */
static void count_once(struct board *b, u64 page, bool grant)
{
	u64 w = board_get(&b->page[page]), one = ONE(P_LEAST) + ONE(P_MOST);
	struct page_hint h;

	do {
		h = unpack(w);
		if (h.state != PAGE_VM || (grant ? h.most == MAX_SHARE_COUNT : h.least == 0))
			return;
	} while (!board_cas(&b->page[page], &w, turned(grant ? w + one : w - one)));
}

/* Add @change to the counts of a page that is a VM's. */
static void count(struct board *b, u64 page, u64 change)
{
	u64 w = board_get(&b->page[page]);

	SIM_ASSERT(unpack(w).state == PAGE_VM);
	while (!board_cas(&b->page[page], &w, turned(w + change)))
		;
}

void board_grant_end(struct board *b, u64 page)
{
	if (b->no_claims)
		count_once(b, page, true);
	else
		count(b, page, ONE(P_LEAST));
}

void board_grant_drop(struct board *b, u64 page)
{
	if (!b->no_claims)
		count(b, page, -ONE(P_MOST));
}

bool board_revoke_begin(struct board *b, u64 page, vmid_t vmid)
{
	u64 w = board_get(&b->page[page]);

	for (;;) {
		struct page_hint h = unpack(w);

		if (h.state != PAGE_VM || h.vmid != vmid || h.least == 0)
			return false;
		if (h.least == 1 && h.users > 0)
			return false;
		if (b->no_claims || board_cas(&b->page[page], &w, turned(w - ONE(P_LEAST))))
			return true;
	}
}

void board_revoke_end(struct board *b, u64 page)
{
	if (b->no_claims)
		count_once(b, page, false);
	else
		count(b, page, -ONE(P_MOST));
}

void board_revoke_drop(struct board *b, u64 page)
{
	if (!b->no_claims)
		count(b, page, ONE(P_LEAST));
}

bool board_slot_take(struct board *b, u64 *slot, u64 old)
{
	if (b->no_claims)
		return board_get(slot) == old;
	return board_cas(slot, &old, SLOT_TAKEN);
}

void board_keep(struct board *b, u64 page, u32 turn, u64 value)
{
	board_set(&b->kept[page].value, value);
	board_set(&b->kept[page].turn, (u64)turn + 1);
}

bool board_kept(const struct board *b, u64 page, u32 turn, u64 *value)
{
	*value = board_get(&b->kept[page].value);
	return board_get(&b->kept[page].turn) == (u64)turn + 1;
}

/* A VM's word: state, vCPUs that run or are about to, and who needs it to stay: those that are about to, and holders. */
enum { V_STATE = 0, V_RUNNING = 8, V_ENTERING = 24 };

enum vm_state_hint board_vm(const struct board *b, vmid_t vmid)
{
	return (enum vm_state_hint)bits(board_get(&b->vm[vmid].word), V_STATE, 8);
}

u32 board_vm_running(const struct board *b, vmid_t vmid)
{
	return bits(board_get(&b->vm[vmid].word), V_RUNNING, 16);
}

void board_vm_set(struct board *b, vmid_t vmid, enum vm_state_hint state)
{
	board_set(&b->vm[vmid].word, (u64)state << V_STATE);
}

bool board_vm_move(struct board *b, vmid_t vmid, enum vm_state_hint from, enum vm_state_hint to)
{
	u64 w = board_get(&b->vm[vmid].word);

	for (;;) {
		if (bits(w, V_STATE, 8) != from || (!b->no_claims && bits(w, V_ENTERING, 16) > 0))
			return false;
		if (board_cas(&b->vm[vmid].word, &w, w - from + to))
			return true;
	}
}

static void vm_add(struct board *b, vmid_t vmid, u64 change)
{
	board_add(&b->vm[vmid].word, change);
}

bool board_vm_hold(struct board *b, vmid_t vmid, enum vm_state_hint state)
{
	u64 w = board_get(&b->vm[vmid].word);

	do {
		if (bits(w, V_STATE, 8) != state)
			return false;
	} while (!b->no_claims && !board_cas(&b->vm[vmid].word, &w, w + ONE(V_ENTERING)));
	return true;
}

void board_vm_release(struct board *b, vmid_t vmid)
{
	if (!b->no_claims)
		vm_add(b, vmid, -ONE(V_ENTERING));
}

bool board_vm_close(struct board *b, vmid_t vmid, enum vm_state_hint from, enum vm_state_hint to)
{
	u64 w = board_get(&b->vm[vmid].word);

	while (bits(w, V_STATE, 8) == from && !board_cas(&b->vm[vmid].word, &w, w - from + to))
		;
	return b->no_claims || bits(board_get(&b->vm[vmid].word), V_ENTERING, 16) == 0;
}

/* A bit of @m that is set, @which or the next one; NO_VCPU: none is. */
static u32 some_bit(u64 m, u32 which)
{
	u32 at = which % 64;
	u64 turned_mask = at ? m >> at | m << (64 - at) : m;

	return m ? ((u32)__builtin_ctzll(turned_mask) + at) % 64 : NO_VCPU;
}

/* The same, and it is cleared. */
static u32 take_bit(u64 *mask, u32 which)
{
	u64 m = board_get(mask);

	while (m) {
		u32 bit = some_bit(m, which);

		if (board_cas(mask, &m, m & ~ONE(bit)))
			return bit;
	}
	return NO_VCPU;
}

u32 board_vcpu_take(struct board *b, vmid_t vmid, u32 which)
{
	struct vm_hint *v = &b->vm[vmid];
	u64 w = board_get(&v->word);
	u32 vcpuid;

	if (b->no_claims)
		return bits(w, V_STATE, 8) == VM_RUNS ? some_bit(board_get(&v->ready), which)
		                                      : NO_VCPU;
	do {
		if (bits(w, V_STATE, 8) != VM_RUNS || board_get(&v->ready) == 0)
			return NO_VCPU;
	} while (!board_cas(&v->word, &w, w + ONE(V_RUNNING) + ONE(V_ENTERING)));
	vcpuid = take_bit(&v->ready, which);
	if (vcpuid == NO_VCPU)
		vm_add(b, vmid, -ONE(V_RUNNING) - ONE(V_ENTERING));
	return vcpuid;
}

void board_vcpu_entered(struct board *b, vmid_t vmid, u32 vcpuid)
{
	board_or(&b->vm[vmid].active, ONE(vcpuid));
	if (b->no_claims) {
		board_and(&b->vm[vmid].ready, ~ONE(vcpuid));
		vm_add(b, vmid, ONE(V_RUNNING));
	} else {
		vm_add(b, vmid, -ONE(V_ENTERING));
	}
}

void board_vcpu_stay(struct board *b, vmid_t vmid, u32 vcpuid)
{
	board_or(&b->vm[vmid].active, ONE(vcpuid));
}

bool board_vcpu_leave(struct board *b, vmid_t vmid, u32 vcpuid)
{
	u64 m = board_get(&b->vm[vmid].active);

	if (b->no_claims)
		return true;
	do {
		if (m >> (BOARD_MAX_VCPUS + vcpuid) & 1)
			return false;
	} while (!board_cas(&b->vm[vmid].active, &m, m & ~ONE(vcpuid)));
	return true;
}

void board_vcpu_back(struct board *b, vmid_t vmid, u32 vcpuid)
{
	if (b->no_claims)
		board_and(&b->vm[vmid].active, ~ONE(vcpuid));
	board_or(&b->vm[vmid].ready, ONE(vcpuid));
	vm_add(b, vmid, -ONE(V_RUNNING));
}

void board_vcpu_drop(struct board *b, vmid_t vmid, u32 vcpuid)
{
	if (b->no_claims)
		return;
	board_or(&b->vm[vmid].ready, ONE(vcpuid));
	vm_add(b, vmid, -ONE(V_RUNNING) - ONE(V_ENTERING));
}

u32 board_vcpu_pin(struct board *b, vmid_t vmid, u32 which)
{
	u64 m = board_get(&b->vm[vmid].active);

	for (u32 i = 0; i < BOARD_MAX_VCPUS; i++) {
		u32 vcpuid = (which + i) % BOARD_MAX_VCPUS;

		if (b->no_claims && m >> vcpuid & 1)
			return vcpuid;
		while ((m >> vcpuid & 1) && !(m >> (BOARD_MAX_VCPUS + vcpuid) & 1))
			if (board_cas(&b->vm[vmid].active, &m, m | ONE(BOARD_MAX_VCPUS + vcpuid)))
				return vcpuid;
	}
	return NO_VCPU;
}

void board_vcpu_unpin(struct board *b, vmid_t vmid, u32 vcpuid)
{
	if (!b->no_claims)
		board_add(&b->vm[vmid].active, -ONE(BOARD_MAX_VCPUS + vcpuid));
}

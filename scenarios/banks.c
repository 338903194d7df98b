// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/banks.h"

#include "scenarios/hints.h"
#include "sim/base/check.h"

/* A bank's word: state, owner, users, from the low bits up. */
enum { B_STATE = 0, B_VMID = 2, B_USERS = 8 };

#define ONE(shift) (1ull << (shift))

static enum bank_state state_of(u64 w)
{
	return (enum bank_state)(w >> B_STATE & 3);
}

static vmid_t owner_of(u64 w)
{
	return (vmid_t)(w >> B_VMID & 63);
}

enum bank_state bank_state(const struct banks *b, u32 bank, vmid_t *vmid)
{
	u64 w = board_get(&b->bank[bank].word);

	*vmid = owner_of(w);
	return state_of(w);
}

bool bank_take(struct banks *b, u32 bank)
{
	u64 w = BANK_FREE;

	if (b->no_claims)
		return state_of(board_get(&b->bank[bank].word)) == BANK_FREE;
	return board_cas(&b->bank[bank].word, &w, BANK_TAKEN);
}

void bank_give(struct banks *b, u32 bank, vmid_t vmid)
{
	SIM_ASSERT(b->no_claims || state_of(board_get(&b->bank[bank].word)) == BANK_TAKEN);
	board_set(&b->bank[bank].mapped, 0);
	board_set(&b->bank[bank].tables, 0);
	board_or(&b->of[vmid], ONE(bank));
	board_set(&b->bank[bank].word, (u64)vmid << B_VMID | BANK_OWNED);
}

void bank_drop(struct banks *b, u32 bank)
{
	if (b->no_claims)
		return;
	SIM_ASSERT(state_of(board_get(&b->bank[bank].word)) == BANK_TAKEN);
	board_set(&b->bank[bank].word, BANK_FREE);
}

void bank_freed(struct banks *b, u32 bank, vmid_t vmid)
{
	board_and(&b->of[vmid], ~ONE(bank));
	board_set(&b->bank[bank].word, BANK_FREE);
}

bool bank_retire(struct banks *b, u32 bank, vmid_t vmid)
{
	u64 w = (u64)vmid << B_VMID | BANK_OWNED;

	if (b->no_claims)
		return board_get(&b->bank[bank].word) == w;
	return board_cas(&b->bank[bank].word, &w, BANK_TAKEN);
}

bool bank_use(struct banks *b, u32 bank, vmid_t *vmid)
{
	u64 w = board_get(&b->bank[bank].word);

	do {
		if (state_of(w) != BANK_OWNED)
			return false;
	} while (!b->no_claims && !board_cas(&b->bank[bank].word, &w, w + ONE(B_USERS)));
	*vmid = owner_of(w);
	return true;
}

void bank_unuse(struct banks *b, u32 bank)
{
	if (!b->no_claims)
		board_add(&b->bank[bank].word, -ONE(B_USERS));
}

/* A bit of @mask that is set, @which or one behind, 64: none is. */
static u32 some_bit(u64 mask, u32 which)
{
	u64 above = mask & ~0ull << which % 64;

	return mask ? (u32)__builtin_ctzll(above ? above : mask) : 64;
}

u32 bank_of(const struct banks *b, vmid_t vmid, u32 which)
{
	u32 bank = some_bit(board_get(&b->of[vmid]), which % BANKS);

	return bank < BANKS ? bank : NO_BANK;
}

u32 banks_of(const struct banks *b, vmid_t vmid)
{
	return (u32)__builtin_popcountll(board_get(&b->of[vmid]));
}

bool bank_slot_take(struct banks *b, u32 bank, u32 slot)
{
	u64 m = board_get(&b->bank[bank].busy);

	if (b->no_claims)
		return true;
	do {
		if (m >> slot & 1)
			return false;
	} while (!board_cas(&b->bank[bank].busy, &m, m | ONE(slot)));
	return true;
}

void bank_slot_drop(struct banks *b, u32 bank, u32 slot)
{
	if (!b->no_claims)
		board_and(&b->bank[bank].busy, ~ONE(slot));
}

bool bank_slot_mapped(const struct banks *b, u32 bank, u32 slot)
{
	return board_get(&b->bank[bank].mapped) >> slot & 1;
}

void bank_slot_set(struct banks *b, u32 bank, u32 slot, bool mapped)
{
	if (mapped)
		board_or(&b->bank[bank].mapped, ONE(slot));
	else
		board_and(&b->bank[bank].mapped, ~ONE(slot));
}

u32 bank_slot_some(const struct banks *b, u32 bank, u32 which)
{
	return some_bit(board_get(&b->bank[bank].mapped), which);
}

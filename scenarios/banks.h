/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the CPUs of a scenario tell each other of the SMMUs' context banks: whose each is, what is mapped in it, and what is
 * being done to it now.  Hints, as those of board.h, whose vmids and pages they name.
 *
 * A bank has BANK_SLOTS places in its device addresses where pages can be mapped; each has the same frame in every bank of
 * a VM, for a page has one guest frame.
 */
#include "sim/base/consts.h"
#include "sim/base/types.h"

enum { BANKS = EL2_SMMU_CFG_SIZE, BANK_SLOTS = 64, NO_BANK = 0xffffffff };

enum bank_state {
	BANK_FREE,  /* nobody's */
	BANK_TAKEN, /* claimed: it changes hands */
	BANK_OWNED, /* a VM's, or the host's */
};

/**
 * struct bank_hint
 * @word:   state, owner, operations under way that need it to stay
 * @mapped: bit s: a page is mapped at place s; changed by who has claimed the place
 * @busy:   bit s: place s is claimed
 * @tables: the scenario's own: which of its tables are drawn from the pools
 */
struct bank_hint {
	u64 word, mapped, busy, tables;
};

/**
 * struct banks
 * @no_claims: as of struct board
 * @of: [vmid] bit b: bank b is the VM's, until it is nobody's again
 */
struct banks {
	bool no_claims;
	struct bank_hint bank[BANKS];
	u64 of[N_VMID];
};

/* @vmid: whose it is, of BANK_OWNED. */
enum bank_state bank_state(const struct banks *b, u32 bank, vmid_t *vmid);

/* Nobody's: claimed. */
bool bank_take(struct banks *b, u32 bank);
/* Claimed before: now @vmid's, with nothing mapped. */
void bank_give(struct banks *b, u32 bank, vmid_t vmid);
/* Claimed before by bank_take(): still nobody's. */
void bank_drop(struct banks *b, u32 bank);
/* @vmid's, and no operation under way needs it: claimed; it counts as @vmid's until bank_freed(). */
bool bank_retire(struct banks *b, u32 bank, vmid_t vmid);
/* Claimed before by bank_retire(): nobody's now. */
void bank_freed(struct banks *b, u32 bank, vmid_t vmid);
/* It has an owner, @vmid, and keeps it until bank_unuse(). */
bool bank_use(struct banks *b, u32 bank, vmid_t *vmid);
void bank_unuse(struct banks *b, u32 bank);

/* A bank of @vmid, @which of them or one behind; NO_BANK: it has none. */
u32 bank_of(const struct banks *b, vmid_t vmid, u32 which);
/* How many it has. */
u32 banks_of(const struct banks *b, vmid_t vmid);

/* The place is claimed by nobody: claimed. */
bool bank_slot_take(struct banks *b, u32 bank, u32 slot);
void bank_slot_drop(struct banks *b, u32 bank, u32 slot);
bool bank_slot_mapped(const struct banks *b, u32 bank, u32 slot);
/* Of a claimed one. */
void bank_slot_set(struct banks *b, u32 bank, u32 slot, bool mapped);
/* A place where a page is mapped, @which or one behind; BANK_SLOTS: there is none. */
u32 bank_slot_some(const struct banks *b, u32 bank, u32 which);

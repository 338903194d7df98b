/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the CPUs of a hypervisor's scenario tell each other of the machine, so that what they choose is legal: whose page
 * is whose, which vCPUs are READY, what is being done now.  Hints of the scenario, no part of the machine: relaxed atomics
 * that order nothing, and a claim before an operation that must not meet another one.
 *
 * A claim is made before the operation begins and given back when it has ended, so that between claims a hint says what
 * the machine holds.
 *
 * With @no_claims a claim asks what the hint says and keeps nobody away: what two CPUs choose at the same moment meets, and a
 * hint is what the last of them made of it, which the machine need not hold.
 */
#include "scenarios/banks.h"
#include "scenarios/hints.h"
#include "scenarios/pools.h"
#include "sim/base/consts.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

/* Of a managed page. */
enum page_state {
	PAGE_HOST,  /* the host's */
	PAGE_TAKEN, /* claimed: it changes hands */
	PAGE_VM,    /* a VM's */
	PAGE_DEVICE /* a VM's, for its devices: never shared, and the guest has not taken it */
};

/**
 * struct page_hint - a page's hint, unpacked
 * @vmid:  PAGE_VM, PAGE_DEVICE: whose
 * @users: operations of the host under way that need the page to stay the host's, or shared
 * @least, @most: of PAGE_VM, how often it is shared: with grants and revokes under way, between the two
 * @turn:  counts what was begun and ended that may change what the page holds, mod 2^24
 */
struct page_hint {
	enum page_state state;
	vmid_t vmid;
	u32 users, least, most, turn;
};

enum vm_state_hint {
	VM_NONE,     /* its vmid was not given out */
	VM_BOOTS,    /* one CPU's, which alone does its boot */
	VM_VERIFIES, /* to be verified as soon as nobody holds it */
	VM_RUNS,     /* verified */
	VM_STAYS,    /* verified, and no vCPU of it can run */
	VM_ENDS,     /* one of its vCPUs powers it off now: it is neither on nor off for sure */
	VM_OFF,      /* powered off */
	VM_CLEARED   /* its pages are the host's again */
};

/* Places where a guest gets single pages, and blocks of 2 MiB. */
enum { BOARD_MAX_VCPUS = 32, BOARD_SLOTS = 48, BOARD_BLOCK_SLOTS = 2 };

/* Pages that a VM has for its devices alone, and pages that came to it encrypted. */
enum { BOARD_DEVICE_SLOTS = 16, BOARD_LOADED_SLOTS = 8 };

#define SLOT_FREE  INVALID64
#define SLOT_TAKEN (INVALID64 - 1)

/**
 * struct vm_hint
 * @word:  state, and vCPUs that run or are about to
 * @ready: bit c: vCPU c is READY, and nobody's
 * @active: bit c: vCPU c runs and stays; bit 32 + c: it has to stay
 * @started: bit c: vCPU c has run before
 * @vcpus: registered: vCPUs 0..@vcpus - 1; written before it runs
 * @image: number of the first page of its first image's block; written before it runs
 * @token: what a vCPU that left, or was loaded, had in its registers
 * @loaded_vcpus: bit c: vCPU c begins with the registers that it was loaded with
 * @slot, @block, @device, @loaded: number of the first page there, or SLOT_FREE, SLOT_TAKEN
 */
struct vm_hint {
	u64 word, ready, active, started, vcpus, image;
	u64 token[BOARD_MAX_VCPUS];
	u64 slot[BOARD_SLOTS];
	u64 block[BOARD_BLOCK_SLOTS];
	u64 device[BOARD_DEVICE_SLOTS];
	u64 loaded[BOARD_LOADED_SLOTS];
	u64 loaded_vcpus;
} __attribute__((aligned(CACHE_LINE)));

enum { BOARD_RECENT = 64 };

/**
 * struct kept - what was stored into a page last, by the only one who stores there
 * @turn: the page's turn then, and 1; 0: nothing is known
 */
struct kept {
	u64 value, turn;
};

/**
 * struct board
 * @no_claims: nothing is claimed; else nobody changes what another has claimed
 * @page:   [n_pages] by number of the managed page
 * @kept:   [n_pages]
 * @recent: numbers of pages that were shared, for who wants one; any may be shared no more
 * @given:  vmids given out or about to be; @registered: given out
 * @open:   VMs that may still do something: booting, running, or not cleared
 * @banks:  the SMMUs' context banks; @pools: of table pages
 */
struct board {
	bool no_claims;
	u64 *page;
	struct kept *kept;
	u64 n_pages;
	struct vm_hint vm[N_VMID];
	u64 recent[BOARD_RECENT];
	u64 given, registered, open;
	struct banks banks;
	struct pools pools;
};

/* Errors: ERR_MEMORY. */
MUST_CHECK int board_make(struct board *b, u64 n_pages, struct err *e);
void board_free(struct board *b);
/* Nothing is known: all pages are the host's. */
void board_forget(struct board *b);

struct page_hint board_page(const struct board *b, u64 page);

/*
 * The host uses it: true when it is its own, or shared; it stays so until board_page_unuse(), or until it is taken back from
 * a VM that is off.  *vmid: whose it is.
 */
bool board_page_use(struct board *b, u64 page, vmid_t *vmid);
void board_page_unuse(struct board *b, u64 page);
/* The host's, and not in use: claimed. */
bool board_page_take(struct board *b, u64 page);
/* All pages of [first, first + n), or none. */
bool board_pages_take(struct board *b, u64 first, u64 n);
/* Claimed before: now a VM's (0: the host's). */
void board_page_give(struct board *b, u64 page, vmid_t vmid);
/* Claimed before by a take or freeze: still what it was then, @vmid's (0: the host's). */
void board_page_back(struct board *b, u64 page, vmid_t vmid);
/* Claimed before: now a VM's, for its devices alone. */
void board_page_give_device(struct board *b, u64 page, vmid_t vmid);
/* A VM's page, with no grant or revoke under way, or its devices' page: claimed. */
bool board_page_reclaim(struct board *b, u64 page, vmid_t vmid);
/* A VM's page that is not shared: claimed, so that it stays so. */
bool board_page_freeze(struct board *b, u64 page, vmid_t vmid);

/* One more time shared: begins; ends. */
bool board_grant_begin(struct board *b, u64 page, vmid_t vmid, u32 limit);
void board_grant_end(struct board *b, u64 page);
/* One time less: not the last one while the host uses it. */
bool board_revoke_begin(struct board *b, u64 page, vmid_t vmid);
void board_revoke_end(struct board *b, u64 page);
/* A begun one that will not be done. */
void board_grant_drop(struct board *b, u64 page);
void board_revoke_drop(struct board *b, u64 page);

/* The place, of struct vm_hint, is @old, SLOT_FREE or a page: claimed, and SLOT_TAKEN. */
bool board_slot_take(struct board *b, u64 *slot, u64 old);

/* What is stored into a page in one of its turns is found there as long as it has the same. */
void board_keep(struct board *b, u64 page, u32 turn, u64 value);
/* What must be found there in this turn; false: nothing is known. */
bool board_kept(const struct board *b, u64 page, u32 turn, u64 *value);

enum vm_state_hint board_vm(const struct board *b, vmid_t vmid);
/* vCPUs of it that run or are about to. */
u32 board_vm_running(const struct board *b, vmid_t vmid);
void board_vm_set(struct board *b, vmid_t vmid, enum vm_state_hint state);
/* @from: now @to.  Not while a vCPU is about to run, or somebody holds it. */
bool board_vm_move(struct board *b, vmid_t vmid, enum vm_state_hint from, enum vm_state_hint to);

/* It is in this state, and stays in it until board_vm_release(). */
bool board_vm_hold(struct board *b, vmid_t vmid, enum vm_state_hint state);
void board_vm_release(struct board *b, vmid_t vmid);
/* @from: now @to, and nobody can hold it in @from any more.  Does nobody, now? */
bool board_vm_close(struct board *b, vmid_t vmid, enum vm_state_hint from, enum vm_state_hint to);

enum { NO_VCPU = 0xffffffff };

/*
 * A vCPU that is READY, of a VM that runs, @which or one behind: claimed, and the VM is not powered off before
 * board_vcpu_entered().  NO_VCPU: there is none.
 */
u32 board_vcpu_take(struct board *b, vmid_t vmid, u32 which);
/* Claimed, and it will not run. */
void board_vcpu_drop(struct board *b, vmid_t vmid, u32 vcpuid);
/* The vCPU runs. */
void board_vcpu_entered(struct board *b, vmid_t vmid, u32 vcpuid);
/* The vCPU is about to leave.  False when it has to stay. */
bool board_vcpu_leave(struct board *b, vmid_t vmid, u32 vcpuid);
/* The vCPU will not leave. */
void board_vcpu_stay(struct board *b, vmid_t vmid, u32 vcpuid);
/* The vCPU has left, and is READY again. */
void board_vcpu_back(struct board *b, vmid_t vmid, u32 vcpuid);
/* One that runs, @which or one behind, has to stay until board_vcpu_unpin().  NO_VCPU: there is none that need not already. */
u32 board_vcpu_pin(struct board *b, vmid_t vmid, u32 which);
void board_vcpu_unpin(struct board *b, vmid_t vmid, u32 vcpuid);

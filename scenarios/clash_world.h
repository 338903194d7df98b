/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A machine on which everything meets: five blocks of pages for images, a few single pages, four context banks, and VMs that
 * take each other's place.  What is chosen is about a *focus*, one VM, page and bank; two CPUs often take the same one at the
 * same moment (a *date*).
 *
 * Nobody knows what must come.  A failed guard mostly halts the machine, so a CPU looks at the machine before it chooses, without
 * a lock, and of what would halt it now only a dose is done.  What it has seen may have changed when the operation comes to
 * its lock.
 */
#include "scenarios/kit.h"

enum {
	CLASH_IMAGES = 5,    /* blocks 0..4 of 512 pages; the next one has single pages */
	CLASH_HOT = 4,       /* pages of an image that operations are about */
	CLASH_SINGLE = 16,   /* single pages */
	CLASH_BANKS = 4,     /* 0 and 1 of both SMMUs */
	CLASH_VCPUS = 4,     /* of a VM */
	CLASH_LENGTHS = 512, /* buckets of lengths of episodes */
	CLASH_LENGTH_STEP = 16,
	CLASH_LISTED = 16,
	CLASH_LISTS = 8,
	CLASH_PLANS = 128,
	CLASH_PARTS =
		5, /* of an operation: to begin together, and its first sections (scenarios/clash_date.h) */
	CLASH_LIST_PARTS = 3, /* sections of an operation with an object of a list */
	CLASH_ROWS = CLASH_PARTS + (CLASH_LISTS - 1) * CLASH_LIST_PARTS,
};

/* Objects that dates are about (scenarios/clash_lists.h). */
enum clash_list {
	LIST_NONE,
	LIST_VM,     /* the record of the focus' VM, or of a guest's own */
	LIST_PAGES,  /* the records of pages */
	LIST_VMIDS,  /* what gives vmids and places of images in the core's map */
	LIST_CORE,   /* the core's map */
	LIST_MEMORY, /* the table of the focus' VM */
	LIST_BANKS,  /* whose each bank is */
	LIST_TABLES, /* the banks' tables */
	LISTS,
};

/**
 * struct focus - what operations are about
 * @page: number of a managed page: one of an image's, or a single one
 * @bank: smmu_id()
 */
struct focus {
	vmid_t vmid;
	u64 page;
	u32 bank;
};

/**
 * struct clash_cpu - one CPU's; written by its thread only
 * @steps: towards the set up of an episode, how many it has done; @set_up: all of them
 * @again_planned: what its plan says is posted, and another plan may be followed
 * @reckless: nothing is heeded now; @doomed: what was chosen would halt the machine
 * @perturb: the CPU's percentage of delays when it has no date
 * @ops:   of this episode, without setting up
 * @comes: it has come to another CPU's focus, and takes any operation (scenarios/clash_alone.h)
 * @known:  @perturb is
 * @turn, @posted: dates that it has posted; what it has posted now, from 1 on
 * @with, @with_op, @did, @did_part, @date: whose date it has come to, from 1 on, with which operation; what it does there, in which
 *         part of the other's; the date's word
 * @again: so many operations more it does there; @contended: of the CPU's statistics, before it
 * @list, @part, @sections, @holds, @patience: of the operation that it has posted: in sections of which objects it holds, from which
 *         on, how many there were, in how many more it waits, how often it gives its core away meanwhile (scenarios/clash_hold.h)
 * @stage: how far it is in its date, which others read; @gone, @came: how many of the @come who came to it are done, and what one
 *         of them did, which they write
 * @spares: another CPU needs a vCPU that has not run yet: this one runs others
 * @to: the list of the date that it has come to
 * @only: the one operation that it comes with, from 1 on; 0: any
 * @runs: the vCPU that it may be about to run, clash_vcpu(); 0: none; others read it
 * @end_steps: of this episode, towards its end; @plan_steps: since the CPU has set a plan
 * @running, @refused, @halting, @all: of all episodes: operations about a VM with a vCPU that runs, that were refused, that
 *         halted the machine, and all
 */
struct clash_cpu {
	struct focus focus;
	u32 steps;
	u8 perturb;
	bool known, reckless, doomed, comes, set_up, again_planned, spares;
	u8 list, to;
	u32 posted, with, with_op, did, did_part, part, sections, holds, patience, come;
	u32 end_steps, again, only, plan_steps;
	u64 date, contended;
	u64 turn, stage, gone, came, runs;
	u64 ops;
	u64 running, refused, halting, all;
} __attribute__((aligned(CACHE_LINE)));

/**
 * struct clash - in kit->own
 * @alone:  operations are chosen in one thread (scenarios/clash_alone.h)
 * @ready:  the episode is set up; a hint.  @set_up: so many CPUs have done their part of it
 * @verifying: bit v: VM v is being verified, which takes long; @entering, @ran: [vmid] bit c: vCPU c is about to run, has run; hints
 * @date:   who waits for another CPU, about what: date_word(); 0: nobody; a hint
 * @goal:   how the episode ends (scenarios/clash_end.c); 0: it does not yet; a hint
 * @kit_episode: the kit's own, of workload.episode
 * @length: [bucket] episodes that had so many operations
 * @tried:  [operation][row][operation] dates so far of what was posted, which held there (row_of()), and what came; from here on nothing is used
 *         when @alone; all that follows are hints
 * @halted: [operation][operation] how many of these halted the machine
 * @sections: [operation] that were counted in one of these so far
 * @leaves: bit o: with operation o a guest ceases to run
 * @listed: [list][mode][n_listed] operations (scenarios/clash_lists.h); written before the run
 * @planned: [plan] how often it was followed
 * @made:   [operation] dates at the end of an episode that were made with it
 */
struct clash {
	u64 heedless, dates, ops;
	bool alone;
	u64 ready, set_up, date, goal;
	u64 verifying, entering[N_VMID], ran[N_VMID];
	u64 length[CLASH_LENGTHS];
	void (*kit_episode)(void *arg, const struct machine *m);
	struct clash_cpu cpu[MAX_CPU];
	u64 tried[SCENARIO_MAX_OPS][CLASH_ROWS][SCENARIO_MAX_OPS];
	u64 halted[SCENARIO_MAX_OPS][SCENARIO_MAX_OPS];
	u64 sections[SCENARIO_MAX_OPS];
	u64 leaves;
	u32 listed[CLASH_LISTS][KIT_MODES][CLASH_LISTED], n_listed[CLASH_LISTS][KIT_MODES];
	u64 planned[CLASH_PLANS];
	u64 made[SCENARIO_MAX_OPS];
};

static inline struct clash *clash_of(const struct kit_cpu *k)
{
	return k->kit->own;
}

/* clash_cpu.runs */
static inline u64 clash_vcpu(vmid_t vmid, u32 vcpuid)
{
	return (u64)vmid << 8 | vcpuid;
}

static inline struct focus *clash_focus(const struct kit_cpu *k)
{
	return &clash_of(k)->cpu[k->id].focus;
}

/*
 * Have the CPUs done their length of the episode?  Then what would halt the machine is no longer heeded, or what comes to a date.  Of an
 * episode of which few operations are seen it is always the end, and it is heeded all the same.
 */
static inline bool clash_ends(const struct kit_cpu *k)
{
	return clash_of(k)->alone || board_get(&clash_of(k)->goal) != 0;
}

/* A page of an image or a single one, where VMs find it. */
u64 clash_gfn(u64 page);
/* The first page of the block that a VM's image is in. */
u64 clash_image(vmid_t vmid);
/* Bank number @i of those that operations are about. */
u32 clash_bank(u32 i);
/* A page that operations are about: of the VM's image, of another one's, or a single one. */
u64 clash_page(struct rng *r, vmid_t vmid);
/* Has this VM, or nobody (INVALID), one of the few banks?  *@bank is the first one that it has. */
bool clash_has_bank(const struct kit_cpu *k, u32 owner, u32 *bank);
/* One of the few banks that this VM has, or nobody (INVALID), for who heeds nothing; else, and if there is none, the focus' bank. */
u32 clash_bank_of(struct kit_cpu *k, u32 owner);
/* Mostly a bank of the focus' VM, if it has one. */
void clash_find_bank(struct kit_cpu *k, struct rng *r);
/* Another focus, or nearly the one that there is. */
void clash_look_around(struct kit_cpu *k, struct rng *r);

/* What the machine holds now; all without a lock. */
u32 clash_vm_state(const struct kit_cpu *k, vmid_t vmid);
u32 clash_vcpu_state(const struct kit_cpu *k, vmid_t vmid, u32 vcpuid);
u32 clash_next_vmid(const struct kit_cpu *k);
u32 clash_owner(const struct kit_cpu *k, u64 page);
u32 clash_count(const struct kit_cpu *k, u64 page);
u32 clash_bank_owner(const struct kit_cpu *k, u32 bank);
/* Where the devices of a bank's owner find the page: the host's at its frame's own place, if there is one. */
u64 clash_iova_gfn(const struct kit_cpu *k, u64 page, u32 owner);
/* Could VM @vmid get the page now, at the place where it finds it? */
bool clash_may_get(const struct kit_cpu *k, vmid_t vmid, u64 page);
/* The same, and for a device of it: only at its place. */
bool clash_may_map(const struct kit_cpu *k, vmid_t vmid, u64 page);
/* The focus' page, or another one that @is so for @vmid, if a few tries find one; in one thread always the focus'. */
u64 clash_page_that(const struct kit_cpu *k, struct rng *r, vmid_t vmid,
                    bool (*is)(const struct kit_cpu *k, vmid_t vmid, u64 page));
/* Is the page the VM's?  For clash_page_that(). */
bool clash_is_owner(const struct kit_cpu *k, vmid_t vmid, u64 page);
/* A page of a VM that is off, of which nothing runs and which has no bank, so that it can be taken back; false: none was found. */
bool clash_left_page(const struct kit_cpu *k, struct rng *r, u64 *page);
/* Is the VM's first image the block in which all entry points lie? */
bool clash_has_image(const struct kit_cpu *k, vmid_t vmid);
/* Is it READY, and not being verified, as far as one cares? */
bool clash_is_ready(const struct kit_cpu *k, struct rng *r, vmid_t vmid);
/* Has the VM a vCPU that runs? */
bool clash_runs(const struct kit_cpu *k, vmid_t vmid);
/* The run of a vCPU by a host. */
bool clash_run_choose(struct kit_cpu *k, struct rng *r, struct operation *op);
bool clash_run_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op);
void kit_clash_run_execute(struct cpu *c, struct kit_cpu *k, struct operation *op);
/* An operation that would halt the machine: is it left undone?  All but a dose are. */
bool clash_heeds(const struct kit_cpu *k, struct rng *r, bool halts);

/*
 * Devices that act whoever runs on the CPU, as devices do: for the owner of the focus' bank, beyond the published model, in which
 * only who runs has devices.  Operations of hosts and of guests alike.
 */
/* A page that the bank maps, if one of a few tries finds one. */
bool clash_dma_choose(struct kit_cpu *k, struct rng *r, struct operation *op);
void clash_dma_load(struct cpu *c, struct kit_cpu *k, struct operation *op);
void clash_dma_store(struct cpu *c, struct kit_cpu *k, struct operation *op);

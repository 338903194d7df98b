// SPDX-License-Identifier: GPL-2.0-only
/* What guests do in clash: loads, stores, shares, exits, the end of their VM, and what their devices do; about the focus. */
#include "scenarios/clash_world.h"
#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"
#include "sim/hyp/user.h"

enum {
	MAX_SHARED = 3,
	NOTHING = 16,
	OFF = 12,
	AGAIN = 4,
	TRIES = 8,
	MORE_TRIES = 24,
	OWN_TRIES = 16,
	MANY = 256
};

#define NO_GFN INVALID64

enum { SHARE_ADDR, SHARE_SIZE, SHARE_TIMES }; /* args; 0 times: once */

/* A page of the guest's own, or of the focus; seldom a place where it has nothing. */
static u64 some_gfn(const struct kit_cpu *k, struct rng *r)
{
	if (rng_below(r, NOTHING) == 0)
		return KIT_NOTHING_GFN + rng_below(r, NOTHING);
	return clash_gfn(rng_below(r, 2) ? clash_focus(k)->page : clash_page(r, k->vmid));
}

/* Where the guest has a page of its own, with @shared one that it shares, if a few tries find one; else NO_GFN.  In one thread any. */
static u64 own_gfn(const struct kit_cpu *k, struct rng *r, bool shared)
{
	for (u32 try = 0; try < OWN_TRIES && !clash_of(k)->alone; try++) {
		u64 page = try ? clash_page(r, k->vmid) : clash_focus(k)->page;

		if (clash_owner(k, page) == k->vmid && !(shared && clash_count(k, page) == 0) &&
		    look_stage2(k->c, k->vmid, clash_gfn(page)).pfn)
			return clash_gfn(page);
	}
	return clash_of(k)->alone ? some_gfn(k, r) : NO_GFN;
}

static bool access_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	bool own = !clash_of(k)->alone && rng_below(r, NOTHING);
	u64 gfn = own ? own_gfn(k, r, false) : NO_GFN;

	op->n_args = 2;
	op->args[0] = gfn == NO_GFN ? some_gfn(k, r) : gfn;
	op->args[1] = kit_some_reg(r);
	return true;
}

/* A bank of its own, if it has any of those that are about. */
static u32 own_bank(const struct kit_cpu *k)
{
	for (u32 i = 0; i < CLASH_BANKS; i++)
		if (clash_bank_owner(k, clash_bank(i)) == k->vmid)
			return clash_bank(i);
	return clash_focus(k)->bank;
}

/* Mostly where something is mapped. */
static bool device_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = rng_below(r, NOTHING) ? own_bank(k) : clash_focus(k)->bank;

	op->n_args = 4;
	op->args[1] = kit_some_reg(r);
	op->args[2] = smmu_cbndx_of(bank);
	op->args[3] = smmu_index_of(bank);
	for (u32 try = 0; try < (clash_of(k)->alone ? TRIES : MORE_TRIES); try++) {
		op->args[0] = some_gfn(k, r);
		if (look_bank(k->c, (u32)op->args[2], (u32)op->args[3], op->args[0]).pfn)
			break;
	}
	return true;
}

static void end_access(struct kit_cpu *k, struct access a, struct operation *op)
{
	op->result = a.value;
	k->note[0] = a.how == ACCESS_OWN || a.how == ACCESS_SHARED;
}

static void load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(k, mem_access(c, ACCESS_LOAD, op->args[0], (u32)op->args[1]), op);
}

static void store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(k, mem_access(c, ACCESS_STORE, op->args[0], (u32)op->args[1]), op);
}

static struct access device(struct cpu *c, enum access_kind kind, const struct operation *op)
{
	return dev_access(c, kind, op->args[0], (u32)op->args[1], (u32)op->args[2],
	                  (u32)op->args[3]);
}

static void device_load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(k, device(c, ACCESS_LOAD, op), op);
}

static void device_store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(k, device(c, ACCESS_STORE, op), op);
}

static bool access_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)op;
	return k->note[0];
}

/*
 * A few pages: as published neither address nor size is looked at, and from 2^48 on, or for a size beyond, the core is stuck, or
 * busy for hours (docs/findings.md: guest-outside-spec).  Such calls are not drawn.
 */
static bool share_choose(struct kit_cpu *k, struct rng *r, struct operation *op, bool shared)
{
	u64 gfn = own_gfn(k, r, shared);

	/* Where there is nothing a share comes to no page: few do. */
	if (gfn == NO_GFN && rng_below(r, AGAIN))
		return false;
	op->n_args = 2;
	op->args[SHARE_ADDR] = (gfn == NO_GFN ? some_gfn(k, r) : gfn) * PAGE_SIZE;
	op->args[SHARE_SIZE] = (1 + rng_below(r, MAX_SHARED)) * PAGE_SIZE;
	return true;
}

/* Now and then as often as a page can be shared, and once more. */
static bool grant_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->args[SHARE_TIMES] = rng_below(r, MANY) ? 0 : MAX_SHARE_COUNT + 1;
	return share_choose(k, r, op, false);
}

static bool revoke_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return share_choose(k, r, op, true);
}

static void grant_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	u64 times = op->args[SHARE_TIMES];

	do
		kit_grant_execute(c, k, op);
	while (times-- > 1 && !c->ihost);
}

/* One try of OFF, so that a VM lives for a while; at the end of an episode, where it meets what would halt the machine, of two. */
static bool off_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	bool ends = clash_ends(k);

	if (clash_of(k)->cpu[k->id].reckless)
		ends = true;
	else if (clash_vm_state(k, k->vmid) == POWEROFF &&
	         (clash_of(k)->alone || rng_below(r, AGAIN)))
		return false;
	if (!ends && rng_below(r, OFF))
		return false;
	op->n_args = 3;
	op->args[0] = ESR_ELx_EC_HVC64;
	op->args[1] = PSCI_0_2_FN_SYSTEM_OFF;
	op->args[2] = 0;
	return true;
}

static void off_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	(void)k;
	c->regs.r[R_x0] = op->args[1];
	kit_trap(c, op->args[0]);
}

static bool off_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	(void)op;
	return c->ihost;
}

#define GUEST(name_, share_, prefix, execute_)                                \
	.name = name_, .weight = "clash", .share = share_, .mode = KIT_GUEST, \
	.choose = prefix##_choose, .execute = execute_

const struct kit_op kit_clash_guest_ops[] = {
	{ GUEST("guest_load", 10, access, load_execute), .judge = access_judge },
	{ GUEST("guest_store", 10, access, store_execute), .judge = access_judge },
	{ GUEST("device_load", 5, device, device_load_execute), .judge = access_judge },
	{ GUEST("device_store", 5, device, device_store_execute), .judge = access_judge },
	{ GUEST("guest_dma_load", 3, clash_dma, clash_dma_load), .judge = access_judge },
	{ GUEST("guest_dma_store", 3, clash_dma, clash_dma_store), .judge = access_judge },
	{ GUEST("guest_grant", 12, grant, grant_execute) },
	{ GUEST("guest_revoke", 12, revoke, kit_revoke_execute) },
	{ GUEST("guest_off", 1, off, off_execute), .judge = off_judge },
	{ .name = NULL },
};

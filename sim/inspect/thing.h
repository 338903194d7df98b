/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What an event, a mark or a change is about: page frames, VMs, vCPUs, context banks. */
#include "sim/base/addr.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

/*
 * THING_FRAME: page frames, by number; THING_RECORD: page records, by number; THING_VM: by vmid; THING_VCPU: thing_vcpu();
 * THING_BANK: smmu_id().
 */
enum thing_kind { THING_FRAME, THING_RECORD, THING_VM, THING_VCPU, THING_BANK };

enum { THING_VCPUS = 64, THING_BANKS = SMMU_NUM * SMMU_NUM_CTXT_BANKS };

static inline u64 thing_vcpu(u64 vmid, u64 vcpuid)
{
	return vmid * THING_VCPUS + vcpuid;
}

/* What an argument of a mark names. */
enum thing_role {
	ROLE_UNKNOWN, /* nobody has looked yet */
	ROLE_NONE,
	ROLE_FRAME,
	ROLE_ADDR,
	ROLE_ENTRY,
	ROLE_VM,
	ROLE_VCPU,
	ROLE_CBNDX,
	ROLE_SMMU,
	ROLE_SPACE,
	ROLE_OBJECT,
};

enum { ROLE_ROWS = 64, ROLE_ARGS = 8 };

/**
 * struct thing_roles - of those arguments that came already, for who asks of many events
 * @v: enum thing_role by mark, first argument of those whose others' names depend on it, and place
 */
struct thing_roles {
	u8 v[EV_NR][ROLE_ROWS][ROLE_ARGS];
};

/**
 * struct things_told - who wants them
 * @roles: NULL: each is found out anew
 * @thing: numbers @first .. @first + @n - 1 of a kind; the same one may come twice
 */
struct things_told {
	void (*thing)(void *arg, enum thing_kind kind, u64 first, u64 n);
	void *arg;
	struct thing_roles *roles;
};

/*
 * Tell what @e is about; its differences have both values (replay_event()).  Of a step on a lock: the VM whose table or record the lock
 * guards.  Of a push, besides: the records and frames that it changes, frames that leaves of tables named or name, owners before and
 * behind, vCPUs of a VM's record, the bank of an entry of a first table.  Of a mark: what its arguments name, by thing_arg_name(): pfn,
 * vmid, owner, vcpuid (of the VM before it), cbndx and index; pte, pa and map_page_host's addr by their frame; address spaces and
 * objects by their VM or bank; what a surprise is about.
 */
void things_of(const struct event *e, const struct things_told *told);

/*
 * The name of argument @i of mark @e, not terminated, of *len bytes, as it is shown: that of the operation's or the panic's argument
 * where there is one, else the mark's.
 */
const char *thing_arg_name(const struct event *e, u32 i, size_t *len);

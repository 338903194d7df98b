/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The shared objects of a machine, and how a CPU gets at them: pull after the lock was taken, push before it is given
 * up, guarded loads and stores in between.  [AbstractMachineSpec, RData.Shared]
 *
 * Contents are plain memory, guarded by the lock of the same number.
 */
#include "cpu/cpu.h"
#include "shmem/shared_types.h"

MUST_CHECK int shared_init(struct shared *s, struct err *e);
/* All contents 0 again, in time proportional to what was touched. */
void shared_reset(struct shared *s);
void shared_destroy(struct shared *s);

/**
 * acquire_shared() - pull the object of a lock that was taken
 *
 * With a scripted environment H_CalLock of the log must be Some and the object becomes CalState of the log; in a run the
 * checker judges both.
 *
 * Source: AbstractMachineSpec, acquire_shared_spec.  Errata: ticket-log, ticket-halt
 * Locks:  lk is held
 * Stuck:  STUCK_RANGE; STUCK_LOCK_NOT_OWN (not LockOwn false); STUCK_BARRIER; STUCK_LOG_HIGH
 */
void acquire_shared(struct cpu *c, lk_t lk);

/**
 * struct shared_event - what a release pushes
 * @kind: a push; with a scripted environment also EV_OPULL with @arg, as the published type allows
 * @obj:  whose contents it carries; ENV_NO_OBJ: an object that does not exist, and is empty
 * @payload: contents that the caller gives, in the environment's form; NULL: what @obj holds
 */
struct shared_event {
	u32 kind, arg;
	lk_t obj;
	const void *payload;
};

/**
 * release_shared_event() - push what is given
 *
 * Source: AbstractMachineSpec, release_shared_spec.  Errata: ticket-log, ticket-halt
 * Locks:  lk is held
 * Stuck:  STUCK_RANGE; STUCK_NOT_PULLED (not LockOwn true); STUCK_BARRIER; STUCK_LOG_HIGH
 */
void release_shared_event(struct cpu *c, const struct shared_event *e, lk_t lk);

/* Push the object of lock @lk: the event of its kind, with the differences and the digest.  As release_shared_event(). */
void release_shared(struct cpu *c, lk_t lk);

/*
 * Push one object.  Source: AbstractMachineSpec, release_shared_*_spec.  Erratum lock-numbering: as published the lock is
 * lock_idx_*, and a vmid is not looked at.  Stuck: as release_shared_event()
 */
void release_shared_pt(struct cpu *c, vmid_t vmid);
void release_shared_spt(struct cpu *c);
void release_shared_s2page(struct cpu *c);
void release_shared_core(struct cpu *c);
void release_shared_vm(struct cpu *c, vmid_t vmid);
void release_shared_smmu(struct cpu *c);

/**
 * shared_load() - read a cell of a pulled object
 * @field, @index: as the object's kind has them (shmem/obj/obj.def)
 *
 * Locks: lk is held and pulled
 * Stuck: STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER
 */
u64 shared_load(struct cpu *c, lk_t lk, u32 field, u64 index);

/* Write a cell of a pulled object; the difference goes to the log.  Locks and Stuck: as shared_load(). */
void shared_store(struct cpu *c, lk_t lk, u32 field, u64 index, u64 value);

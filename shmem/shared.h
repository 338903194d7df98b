/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The shared objects of a machine, and how a CPU gets at them: pull after the lock was taken, push before it is given
 * up, guarded loads and stores in between.  [AbstractMachineSpec, RData.Shared]
 *
 * Contents are plain memory, guarded by the lock of the same number.
 */
#include "cpu/cpu.h"
#include "shmem/obj/obj.h"

struct shared {
	struct obj obj[ID_END];
};

MUST_CHECK int shared_init(struct shared *s, struct err *e);
/* All contents 0 again, in time proportional to what was touched. */
void shared_reset(struct shared *s);
void shared_destroy(struct shared *s);

/**
 * acquire_shared() - pull the object of a lock that was taken
 *
 * Source: AbstractMachineSpec, acquire_shared_spec.  In a run the log is judged by the checker (H_CalLock), not here.
 * Locks:  lk is held
 * Stuck:  STUCK_RANGE; STUCK_LOCK_NOT_OWN (not LockOwn false); STUCK_BARRIER
 */
void acquire_shared(struct cpu *c, lk_t lk);

/**
 * release_shared() - push the object: the event of its kind, with the differences and the digest
 *
 * Source: AbstractMachineSpec, release_shared_spec
 * Locks:  lk is held
 * Stuck:  STUCK_RANGE; STUCK_NOT_PULLED (not LockOwn true); STUCK_BARRIER
 */
void release_shared(struct cpu *c, lk_t lk);

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

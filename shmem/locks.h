/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the hypervisor calls: take a lock and pull its object; push the object and give the lock up.
 *
 * In a run acquire_lock_* is wait_lock and acquire_shared, release_lock_* is release_shared_* and pass_lock.  With a
 * scripted environment c->level says whether it is that (ENV_TICKET) or the upper specification (ENV_HIGH).
 *
 * A halted machine: nothing.  Erratum lock-numbering (not at ENV_HIGH).
 * Source: LocksSpec, acquire_lock_*_spec, release_lock_*_spec
 * Locks:  the one named; the caller respects the lock order
 * Stuck:  STUCK_RANGE (vmid); acquire: STUCK_LOCK_TAKEN; release: STUCK_NOT_PULLED; as wait_lock(), acquire_shared(), ...;
 *         STUCK_LOG_HIGH (a script's log)
 */
#include "cpu/cpu.h"

struct shared_event;

void acquire_lock_pt(struct cpu *c, vmid_t vmid);
void acquire_lock_spt(struct cpu *c);
void acquire_lock_s2page(struct cpu *c);
void acquire_lock_core(struct cpu *c);
void acquire_lock_vm(struct cpu *c, vmid_t vmid);
void acquire_lock_smmu(struct cpu *c);

void release_lock_pt(struct cpu *c, vmid_t vmid);
void release_lock_spt(struct cpu *c);
void release_lock_s2page(struct cpu *c);
void release_lock_core(struct cpu *c);
void release_lock_vm(struct cpu *c, vmid_t vmid);
void release_lock_smmu(struct cpu *c);

/*
 * The lower compositions, over a scripted environment only: wait_hlock and acquire_shared; release_shared_* and
 * pass_hlock.  They look neither at halt nor at the range of a vmid.  Erratum lock-numbering.
 * Source: LocksSpec, acquire_lock_spec0, acquire_lock_*_spec0, release_lock_spec0, release_lock_*_spec0
 */
void acquire_lock_spec0(struct cpu *c, lk_t lk);
void release_lock_spec0(struct cpu *c, const struct shared_event *e, lk_t lk);

void acquire_lock_pt_spec0(struct cpu *c, vmid_t vmid);
void acquire_lock_spt_spec0(struct cpu *c);
void acquire_lock_s2page_spec0(struct cpu *c);
void acquire_lock_core_spec0(struct cpu *c);
void acquire_lock_vm_spec0(struct cpu *c, vmid_t vmid);
void acquire_lock_smmu_spec0(struct cpu *c);

void release_lock_pt_spec0(struct cpu *c, vmid_t vmid);
void release_lock_spt_spec0(struct cpu *c);
void release_lock_s2page_spec0(struct cpu *c);
void release_lock_core_spec0(struct cpu *c);
void release_lock_vm_spec0(struct cpu *c, vmid_t vmid);
void release_lock_smmu_spec0(struct cpu *c);

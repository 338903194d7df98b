/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: NPTOps  over: NPTWalk
 *
 * The stage-2 tables, each function one section of its lock.
 */
#include "cpu/cpu.h"

/**
 * get_level_s2pt() - how a VM's address is mapped
 * @addr: guest address in bytes; is_addr
 *
 * Returns 3, 2 or 0, as get_npt_level(); 0 on a halted machine.  Atomic event: OPT_GET.
 * Source: NPTOps, get_level_s2pt_spec0
 * Locks:  NPT(vmid)
 * Stuck:  STUCK_RANGE; as acquire_lock_pt()
 */
u32 get_level_s2pt(struct cpu *c, u32 vmid, u64 addr);

/*
 * The entry that maps @addr, as walk_npt(); 0 on a halted machine.  Atomic event: OPT_GET.
 * Source: NPTOps, walk_s2pt_spec0.  Locks, Stuck: as get_level_s2pt().
 */
u64 walk_s2pt(struct cpu *c, u32 vmid, u64 addr);

/**
 * map_s2pt() - map a VM's address, as set_npt()
 *
 * Source: NPTOps, map_s2pt_spec0
 * Locks:  NPT(vmid)
 * Panics: as set_npt(); the lock stays held
 * Stuck:  STUCK_RANGE; as acquire_lock_pt()
 */
void map_s2pt(struct cpu *c, u32 vmid, u64 addr, u32 level, u64 pte);

/**
 * clear_pfn_host() - the host maps a page no more
 * @pfn: is_pfn; the host's mappings are flat
 *
 * The entry becomes PAGE_GUEST; where the host has none, nothing changes, though the table is pushed all the same.
 *
 * Source: NPTOps, clear_pfn_host_spec0
 * Locks:  NPT(HOSTVISOR)
 * Panics: a block of the host covers the page, which the host never has; the lock stays held
 * Stuck:  STUCK_RANGE; as acquire_lock_pt()
 */
void clear_pfn_host(struct cpu *c, u64 pfn);

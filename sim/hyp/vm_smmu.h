/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the owner of a context bank may do with it: a VM that has been verified may change nothing.
 *
 * Layer: BootOps  over: BootAux
 *
 * Each is one section on INFO of @vmid, inside the caller's on SMMU.  @vmid: the bank's owner, 0..16; only VMs 1..15 have
 * a state that counts.  @cbndx: context bank 0..7 of SMMU @index 0..1; @iova: I/O virtual address in bytes, < 2^40.
 * Ranges are looked at first, also on a halted machine, which then does nothing.
 */
#include "cpu/cpu.h"

/**
 * alloc_smmu() - empty the table of a bank that gets an owner
 *
 * Source: BootOps, alloc_smmu_spec0.  Errata: smmu-alloc-off, smmu-pt-clear, smmu-pt-clear-tstate
 * Locks:  INFO(vmid), inside it SPT
 * Panics: VM @vmid is VERIFIED; as intended also when it is POWEROFF
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void alloc_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index);

/**
 * assign_smmu() - give a page of the host to a VM, for its devices; nothing for vmid 0 and 16
 * @pfn: frame, < 2^28
 * @gfn: I/O page number under which it may be mapped, < 2^36
 *
 * Source: BootOps, assign_smmu_spec0
 * Locks:  INFO(vmid), inside it S2PAGE, inside that NPT(0)
 * Panics: VM @vmid is VERIFIED; assign_pfn_to_smmu()
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void assign_smmu(struct cpu *c, vmid_t vmid, u64 pfn, u64 gfn);

/**
 * map_smmu() - map a page of the bank's owner for its devices
 * @pte: leaf entry; the page that it names must be the owner's and meant for @iova
 *
 * Source: BootOps, map_smmu_spec0
 * Locks:  INFO(vmid), inside it S2PAGE, inside that SPT
 * Panics: VM @vmid is VERIFIED; update_smmu_page()
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void map_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index, u64 iova, u64 pte);

/**
 * clear_smmu() - take a mapping away
 *
 * A VM that is POWEROFF may, as published.
 *
 * Source: BootOps, clear_smmu_spec0.  Erratum: smmu-clear-off
 * Locks:  INFO(vmid), inside it S2PAGE, inside that SPT
 * Panics: VM @vmid is VERIFIED; as intended also when it is POWEROFF
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void clear_smmu(struct cpu *c, vmid_t vmid, u32 cbndx, u32 index, u64 iova);

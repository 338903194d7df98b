/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * SMMUs as the host's hypercalls and faults see them: context banks and their owners, mappings for devices, registers.
 *
 * Layer: MmioOpsAux, MmioOps  over: MmioCore
 *
 * The operations of MmioOps are atomic steps of the top; each but the translation is one section on SMMU, and is called
 * with no lock held.  The first two below are parts of emulate_mmio() and take none.
 *
 * @cbndx: context bank 0..7 of SMMU @index 0..1; @iova: I/O virtual address in bytes, any offset in the page, < 2^40.
 * Ranges are looked at first, also on a halted machine, which then answers 0 or does nothing.  A bank's owner is INVALID
 * (nobody) or 0..16, anything else is STUCK_RANGE.
 */
#include "cpu/cpu.h"

/**
 * is_smmu_range() - the SMMU whose registers are at @addr, the last one of several; or INVALID
 * @addr: in bytes, < 2^48
 *
 * A halted machine answers INVALID.
 *
 * Source: MmioOpsAux, is_smmu_range_spec0.  Erratum smmu-num
 * Stuck:  STUCK_RANGE (addr, also on a halted machine; number, base or end of the SMMUs)
 */
u32 is_smmu_range(struct cpu *c, u64 addr);

/**
 * handle_host_mmio() - do what the host's instruction does, and go on behind it
 * @addr: page of the fault in bytes, < 2^48; the offset comes from far_el2
 * @hsr:  syndrome
 *
 * Source: MmioOpsAux, handle_host_mmio_spec0.  Errata: host-skip-instr; those of handle_smmu_write()
 * Locks:  SMMU is held, also for reads
 * Panics: handle_smmu_read(), handle_smmu_write(); the program counter stays
 * Stuck:  STUCK_RANGE, also on a halted machine; STUCK_NOT_PULLED; handle_smmu_read(), handle_smmu_write();
 *         STUCK_OVERFLOW (the program counter)
 */
void handle_host_mmio(struct cpu *c, u64 addr, u32 index, u32 hsr);

/**
 * emulate_mmio() - an access of the host to @addr, if an SMMU is there: its number, or INVALID: there is none
 * @addr: page of the fault in bytes, < 2^48
 * @hsr:  syndrome
 *
 * Source: MmioOps, emulate_mmio_spec0.  Atomic event OSMMU_GET
 * Locks:  SMMU
 * Panics: handle_host_mmio()
 * Stuck:  STUCK_RANGE (addr, cur_vcpuid); STUCK_LOCK_TAKEN; is_smmu_range(), handle_host_mmio()
 */
u32 emulate_mmio(struct cpu *c, u64 addr, u32 hsr);

/**
 * el2_free_smmu_pgd() - take a bank from an owner that is off (get_vm_poweron()); as published its table stays
 *
 * Source: MmioOps, el2_free_smmu_pgd_spec0.  Errata: dead-vm-entries, poweroff-other-vcpu.  Atomic event OSMMU_FREE
 * Locks:  SMMU, inside it INFO(owner); as intended then SPT
 * Panics: the owner is not off; INFO is released by then
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void el2_free_smmu_pgd(struct cpu *c, u32 cbndx, u32 index);

/**
 * el2_alloc_smmu_pgd() - give a bank that nobody owns to @vmid 0..16, with an empty table; nothing when it is owned
 *
 * Source: MmioOps, el2_alloc_smmu_pgd_spec0.  Errata: those of alloc_smmu().  Atomic event OSMMU_ALLOC
 * Locks:  SMMU, inside it INFO(vmid), inside that SPT
 * Panics: the SMMU has no such bank; alloc_smmu()
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void el2_alloc_smmu_pgd(struct cpu *c, u32 cbndx, vmid_t vmid, u32 index);

/**
 * smmu_assign_page() - give a page of the host to the VM that owns the bank; nothing when that is nobody, 0 or 16
 * @pfn: frame, < 2^28
 * @gfn: I/O page number under which it may be mapped, < 2^36
 *
 * Source: MmioOps, smmu_assign_page_spec0.  Atomic event OASSIGN_SMMU
 * Locks:  SMMU, inside it INFO(owner), inside that S2PAGE, inside that NPT(0)
 * Panics: the VM is VERIFIED; the page is neither the host's and unshared nor the VM's; the host maps it by a block
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void smmu_assign_page(struct cpu *c, u32 cbndx, u32 index, u64 pfn, u64 gfn);

/**
 * smmu_map_page() - map a page for the devices behind a bank; nothing when nobody owns it
 * @pte: leaf entry; smmu_init_pte() makes one
 *
 * Source: MmioOps, smmu_map_page_spec0.  Atomic event OSMMU_MAP
 * Locks:  SMMU, inside it INFO(owner), inside that S2PAGE, inside that SPT
 * Panics: the owner is a VM that is VERIFIED; the page is not the owner's, or meant for another address; a pool of tables
 *         is used up
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void smmu_map_page(struct cpu *c, u32 cbndx, u32 index, u64 iova, u64 pte);

/**
 * el2_arm_lpae_iova_to_phys() - the physical address that devices behind a bank reach at @iova
 *
 * Whoever owns the bank.  An address that is not mapped gives its offset in the page.
 *
 * Source: MmioOps, el2_arm_lpae_iova_to_phys_spec0.  Atomic event OSMMU_GET
 * Locks:  SPT
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
u64 el2_arm_lpae_iova_to_phys(struct cpu *c, u64 iova, u32 cbndx, u32 index);

/**
 * el2_arm_lpae_clear() - take a mapping of a bank away; nothing when nobody owns it
 *
 * Source: MmioOps, el2_arm_lpae_clear_spec0.  Atomic event OSMMU_CLEAR
 * Locks:  SMMU, inside it INFO(owner), inside that S2PAGE, inside that SPT
 * Panics: the owner is a VM that is VERIFIED; clear_smmu()
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
void el2_arm_lpae_clear(struct cpu *c, u64 iova, u32 cbndx, u32 index);

/**
 * get_vm_banks() - how many context banks are a VM's: what the source has nobody ask
 * @vmid: is_vmid
 *
 * Of a VM that is off the number only gets smaller (erratum smmu-alloc-off, as intended).
 *
 * Source: none; erratum dead-vm-entries, as intended.  Atomic event OSMMU_GET
 * Locks:  SMMU
 * Stuck:  STUCK_RANGE; STUCK_LOCK_TAKEN
 */
u32 get_vm_banks(struct cpu *c, u32 vmid);

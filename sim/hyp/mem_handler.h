/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: MemHandler  over: CtxtSwitch
 *
 * What a trap asks of the memory of a VM or of a device: ranges of pages, as in sim/hyp/mem_ops.h.
 *
 * All: nothing on a halted machine.  A panic ends the range where it is: what came before is done.
 * Stuck: STUCK_RANGE, also at a page within the range; as the functions that they call.
 */
#include "cpu/cpu.h"

/**
 * clear_vm_stage2_range() - pages of a VM that is off go back to the host; of one that is on (get_vm_poweron()), nothing, and
 *                           as intended of one that has a context bank, nothing
 * @vmid:  is_vmid
 * @start: physical address in bytes; is_paddr
 * @size:  bytes, rounded down to pages; is_paddr
 *
 * Source: MemHandler, clear_vm_stage2_range_spec.  Errata: dead-vm-entries, poweroff-other-vcpu
 * Locks:  INFO(vmid); as intended SMMU; then as clear_vm_range()
 * Panics: as clear_vm_range()
 */
void clear_vm_stage2_range(struct cpu *c, u32 vmid, u64 start, u64 size);

/**
 * el2_arm_lpae_map() - give a page of the host to the owner of a context bank (smmu_assign_page()), then map it for its devices
 *                      (smmu_map_page())
 * @iova:  device address in bytes; is_smmu_addr
 * @paddr: physical address in bytes; is_paddr
 * @prot:  attributes; < 2^63 - 1, no address bits
 * @cbndx, @index: context bank 0..7 of SMMU 0..1
 *
 * Source: MemHandler, el2_arm_lpae_map_spec
 * Locks:  SMMU, inside it INFO, inside it S2PAGE, inside it NPT(HOSTVISOR); then the same with SPT for NPT(HOSTVISOR)
 * Panics: as smmu_assign_page(), smmu_map_page()
 */
void el2_arm_lpae_map(struct cpu *c, u64 iova, u64 paddr, u64 prot, u32 cbndx, u32 index);

/**
 * kvm_phys_addr_ioremap() - map a range of devices into a VM's table (map_io())
 * @vmid: is_vmid
 * @gpa:  guest address in bytes; is_addr, as that of every page
 * @pa:   physical address in bytes; is_paddr, as that of every page
 * @size: bytes, rounded up to pages; is_addr
 *
 * Source: MemHandler, kvm_phys_addr_ioremap_spec
 * Locks:  for each page INFO(vmid), inside it S2PAGE, inside it NPT(vmid)
 * Panics: as map_io()
 */
void kvm_phys_addr_ioremap(struct cpu *c, u32 vmid, u64 gpa, u64 pa, u64 size);

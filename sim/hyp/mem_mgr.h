/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Layer: MemManager  over: PageManager
 *
 * Who owns a page, and who maps it.  Each function but map_pfn_vm is one section on S2PAGE, with at most one other inside.
 *
 * All: nothing on a halted machine.  When the machine halts inside, the locks that are held then stay held, and nothing more
 * is pushed.  Stuck: STUCK_RANGE (before a lock is taken; a record or region, as get_pfn_owner()); as the acquire_lock_*.
 */
#include "cpu/cpu.h"

/**
 * map_page_host() - map one page into the host's stage-2 table, if the host may see it
 * @addr: physical address in bytes, any offset in the page; is_paddr
 *
 * A page that is not managed is mapped as a device.  The host's mappings are flat.  Atomic event: OMAP_HOST.
 *
 * Source: MemManager, map_page_host_spec0.  Erratum count-invalid
 * Locks:  S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: the page belongs to a VM and is not shared; as map_s2pt()
 */
void map_page_host(struct cpu *c, u64 addr);

/**
 * clear_vm_page() - a page of a VM goes back to the host, as 0
 * @vmid: is_vmid; a page that belongs to another stays
 * @pfn:  is_pfn
 *
 * The VM's own table and those of its devices stay as they are.  Atomic event: OCLEAR_VM.
 *
 * Source: MemManager, clear_vm_page_spec0.  Erratum smmu-host-offset
 * Locks:  S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: as clear_pfn_host()
 */
void clear_vm_page(struct cpu *c, u32 vmid, u64 pfn);

/**
 * assign_pfn_to_vm() - a page of the host becomes a VM's, at its guest frame
 * @vmid: is_vmid
 * @gfn:  guest frame; is_gfn
 * @pfn:  is_pfn
 *
 * The host maps it no more, and it holds what the outside world gives the VM.  Of the VM's own page, guest frame and count
 * are settled if they were open.  Atomic event: OASSIGN_VM.
 *
 * Source: MemManager, assign_pfn_to_vm_spec0
 * Locks:  S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: the page is another VM's or not managed; the host's, with a count; the VM's, at another guest frame; as
 *         clear_pfn_host()
 */
void assign_pfn_to_vm(struct cpu *c, u32 vmid, u64 gfn, u64 pfn);

/**
 * map_pfn_vm() - map a page or a block into a VM's table; whose it is is not asked
 * @vmid:  is_vmid
 * @addr:  guest address in bytes; is_addr
 * @pte:   the address of the page; other bits are discarded
 * @level: 2: a block; any other: a page
 *
 * Atomic event: OMAP_VM.
 *
 * Source: MemManager, map_pfn_vm_spec0
 * Locks:  NPT(vmid)
 * Panics: as map_s2pt()
 */
void map_pfn_vm(struct cpu *c, u32 vmid, u64 addr, u64 pte, u32 level);

/**
 * map_vm_io() - map a device into a VM's table; a managed page is not
 * @vmid: is_vmid
 * @gpa:  guest address in bytes; is_addr
 * @pa:   physical address in bytes; is_addr
 *
 * Source: MemManager, map_vm_io_spec0
 * Locks:  S2PAGE, inside it NPT(vmid)
 * Panics: as map_s2pt()
 */
void map_vm_io(struct cpu *c, u32 vmid, u64 gpa, u64 pa);

/**
 * grant_vm_page() - a VM shares its page once more with the host; up to MAX_SHARE_COUNT times, then nothing
 * @vmid: is_vmid; a page that belongs to another stays
 * @pfn:  is_pfn
 *
 * Atomic event: OGRANT.
 *
 * Source: MemManager, grant_vm_page_spec0
 * Locks:  S2PAGE
 */
void grant_vm_page(struct cpu *c, u32 vmid, u64 pfn);

/**
 * revoke_vm_page() - a VM shares its page once less; with the last the host maps it no more
 * @vmid: is_vmid; a page that belongs to another stays, and one that is not shared
 * @pfn:  is_pfn
 *
 * With the last it holds what the outside world gives the VM.  Atomic event: OREVOKE.
 *
 * Source: MemManager, revoke_vm_page_spec0.  Erratum count-invalid
 * Locks:  S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: as clear_pfn_host(); the count is less by then
 */
void revoke_vm_page(struct cpu *c, u32 vmid, u64 pfn);

/**
 * assign_pfn_to_smmu() - a page of the host becomes a VM's, for its devices
 * @vmid: is_vmid; its own page stays as it is
 * @gfn:  device frame; is_gfn
 * @pfn:  is_pfn
 *
 * Its count is INVALID until the VM takes it (assign_pfn_to_vm()).  What it holds stays.
 *
 * Source: MemManager, assign_pfn_to_smmu_spec0
 * Locks:  S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: the page is another VM's or not managed; the host's, with a count; as clear_pfn_host()
 */
void assign_pfn_to_smmu(struct cpu *c, u32 vmid, u64 gfn, u64 pfn);

/**
 * update_smmu_page() - map a page of a bank's owner for its devices
 * @vmid:         is_vmid
 * @cbndx, @index: context bank 0..7 of SMMU 0..1
 * @iova:         device address in bytes; is_smmu_addr
 * @pte:          the entry
 *
 * Of a page of the host the count grows, up to EL2_SMMU_CFG_SIZE.
 *
 * Source: MemManager, update_smmu_page_spec0.  Erratum smmu-host-offset: as published no page of the host comes so far
 * Locks:  S2PAGE, inside it SPT
 * Panics: the page is another's, or its guest frame is not that of @iova; as map_spt()
 */
void update_smmu_page(struct cpu *c, u32 vmid, u32 cbndx, u32 index, u64 iova, u64 pte);

/**
 * unmap_smmu_page() - a device address is mapped no more
 * @cbndx, @index: context bank 0..7 of SMMU 0..1
 * @iova:         device address in bytes; is_smmu_addr; one that is not mapped stays so
 *
 * Of a page of the host the count is less by one.
 *
 * Source: MemManager, unmap_smmu_page_spec0
 * Locks:  S2PAGE, inside it SPT
 */
void unmap_smmu_page(struct cpu *c, u32 cbndx, u32 index, u64 iova);

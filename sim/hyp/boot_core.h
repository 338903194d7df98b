/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What booting a VM is made of: VM numbers, the core's address space for images, and an image's way into the VM.
 *
 * Layer: BootCore, BootAux  over: VMPower
 *
 * A halted machine: they answer 0 or do nothing.
 */
#include "cpu/cpu.h"

/**
 * gen_vmid() - the next VM's number, 1..15; never given out again
 *
 * Source: BootCore, gen_vmid_spec0.  Event: OGEN_VMID
 * Locks:  CORE
 * Panics: all 15 are out
 * Stuck:  STUCK_RANGE (next_vmid is no vmid)
 */
u32 gen_vmid(struct cpu *c);

/**
 * alloc_remap_addr() - address of the next @pgnum pages of the core's address space for images, in bytes
 * @pgnum: pages, < 2^36; 0 is accepted
 *
 * Nothing is given back.  The block that would end at REMAP_END itself is refused.
 *
 * Source: BootCore, alloc_remap_addr_spec0
 * Locks:  CORE, inside the INFO that the caller holds
 * Panics: the space is used up
 * Stuck:  STUCK_RANGE
 */
u64 alloc_remap_addr(struct cpu *c, u64 pgnum);

/**
 * unmap_and_load_vm_image() - give the frames of an image to the VM, in blocks of 2 MB, and map them there
 * @target_addr: guest address of the image in bytes, < 2^48; the block that it lies in is given as a whole
 * @remap_addr:  where the core has the image, in bytes, < 2^48
 * @num:         pages of 4 KB, < 2^36
 *
 * The frame at the beginning of each block is looked up in the core's table; that the others follow it is not looked at,
 * and nothing is unmapped from the core.
 *
 * Source: BootAux, unmap_and_load_vm_image_spec.  Erratum load-frame-zero
 * Locks:  the caller holds INFO(vmid); for each block NPT(COREVISOR); 512 times S2PAGE > NPT(HOSTVISOR); NPT(vmid)
 * Panics: the core has nothing mapped there; assign_pfn_to_vm(); map_pfn_vm()
 * Stuck:  STUCK_RANGE
 */
void unmap_and_load_vm_image(struct cpu *c, vmid_t vmid, u64 target_addr, u64 remap_addr, u64 num);

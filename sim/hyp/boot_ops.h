/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A VM's record from its registration to the first run: states of the VM and its vCPUs, images, device mappings.
 * The rest of this layer is in vm_crypt.h and vm_smmu.h.
 *
 * Layer: BootOps  over: BootAux
 *
 * All take INFO(vmid) themselves and hold it to their end; a panic leaves it held.  A halted machine: they answer 0 or
 * do nothing.
 */
#include "cpu/cpu.h"

/**
 * search_load_info() - where the core has what a guest address of an image holds; 0: the address is in no image
 * @vmid: 0..16
 * @addr: guest address in bytes, any
 *
 * Of two images over one address the later counts.
 *
 * Source: BootOps, search_load_info_spec0.  Event: OVM_GET
 * Locks:  INFO(vmid)
 * Stuck:  STUCK_RANGE (also: more than 5 images; an image's base, size or remap address, or the end of the remap block)
 */
u64 search_load_info(struct cpu *c, vmid_t vmid, u64 addr);

/**
 * set_vcpu_active() - this CPU runs the vCPU from now on: READY -> ACTIVE
 *
 * Source: BootOps, set_vcpu_active_spec0.  Event: OVM_ACTIVE
 * Locks:  INFO(vmid)
 * Panics: the VM is not VERIFIED, or the vCPU not READY
 * Stuck:  STUCK_RANGE
 */
void set_vcpu_active(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * set_vcpu_inactive() - it runs no longer: ACTIVE -> READY, whatever the VM's state is
 *
 * Source: BootOps, set_vcpu_inactive_spec0.  Event: OVM_INACTIVE
 * Locks:  INFO(vmid)
 * Panics: the vCPU is not ACTIVE
 * Stuck:  STUCK_RANGE
 */
void set_vcpu_inactive(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * register_vcpu() - a new vCPU of a VM that is not verified yet: UNUSED -> READY, its context marked as never run
 *
 * Source: BootOps, register_vcpu_spec0.  Event: OREG_VCPU
 * Locks:  INFO(vmid)
 * Panics: the VM is not READY, or the vCPU not UNUSED
 * Stuck:  STUCK_RANGE
 */
void register_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * register_kvm() - a new VM: its number, 1..15; UNUSED -> READY
 *
 * Two steps: between number and record another CPU may act.
 *
 * Source: BootOps, register_kvm_spec0.  Events: OGEN_VMID, OREG_KVM
 * Locks:  CORE, then INFO of the new number
 * Panics: gen_vmid(); the record is not UNUSED (the number is gone all the same)
 */
u32 register_kvm(struct cpu *c);

/**
 * set_boot_info() - a new image: its number, 0..4; 5: there are five already, and nothing was done
 * @load_addr: guest address in bytes, < 2^48
 * @size:      bytes, < 2^48; 0 is accepted
 *
 * Source: BootOps, set_boot_info_spec0.  Event: OBOOT_INFO
 * Locks:  INFO(vmid), inside it CORE
 * Panics: the VM is not READY; alloc_remap_addr() (both locks stay held, and the number is used up in the held record)
 * Stuck:  STUCK_RANGE
 */
u32 set_boot_info(struct cpu *c, vmid_t vmid, u64 load_addr, u64 size);

/**
 * remap_vm_image() - frame @pfn is the next page of an image; the core maps it
 * @pfn:      < 2^28; whose it is, is not looked at
 * @load_idx: 0..4; an image that there is not, or that has all its pages: nothing
 *
 * Source: BootOps, remap_vm_image_spec0.  Event: OREMAP_IMAGE
 * Locks:  INFO(vmid), inside it NPT(COREVISOR)
 * Panics: the VM is not READY; map_s2pt()
 * Stuck:  STUCK_RANGE
 */
void remap_vm_image(struct cpu *c, vmid_t vmid, u64 pfn, u32 load_idx);

/**
 * verify_and_load_images() - the frames of each image become the VM's, then its signature is looked at: READY -> VERIFIED
 * @vmid: 0..16; 1..15 when there is an image
 *
 * An image of which pages are missing is loaded as it is; a VM without an image is verified.
 *
 * Source: BootOps, verify_and_load_images_spec.  Event: OVERIFY, around those of unmap_and_load_vm_image()
 * Locks:  INFO(vmid), inside it those of unmap_and_load_vm_image()
 * Panics: the VM is not READY; a bad image (its frames are the VM's by then); as intended another frame (erratum image-frames);
 *         unmap_and_load_vm_image()
 * Stuck:  STUCK_RANGE
 */
void verify_and_load_images(struct cpu *c, vmid_t vmid);

/**
 * map_io() - the VM sees the device page @pa at @gpa; an address of memory is refused without a word
 * @gpa, @pa: bytes, < 2^48
 *
 * Source: BootOps, map_io_spec0.  Event: OMAP_IO
 * Locks:  INFO(vmid) > S2PAGE > NPT(vmid)
 * Panics: the VM is not READY; map_s2pt()
 * Stuck:  STUCK_RANGE
 */
void map_io(struct cpu *c, vmid_t vmid, u64 gpa, u64 pa);

/**
 * is_inc_exe() - 1: the VM was restored from an encrypted image
 *
 * Source: BootOps, is_inc_exe_spec0.  Event: OVM_GET
 * Locks:  INFO(vmid)
 * Stuck:  STUCK_RANGE
 */
u32 is_inc_exe(struct cpu *c, vmid_t vmid);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A vCPU's registers between two runs: what the first run begins with, what the host may see and change in between.
 *
 * Layer: VCPUOpsAux, VCPUOps  over: MmioOps
 *
 * Called with no lock held.  No lock guards a context: it is this CPU's while the vCPU is ACTIVE here.  A halted
 * machine: nothing.  The word dirty of a context says what a run is to begin with: INVALID64: it is the first; else bit
 * i: the host has set x_i; DIRTY_PC_FLAG: the instruction is done; PENDING_EXCEPT_INJECT_FLAG: an exception is due.
 */
#include "cpu/cpu.h"

/**
 * reset_gp_regs() - first run: the entry point that the host asks for, if it lies in an image
 *
 * Source: VCPUOpsAux, reset_gp_regs_spec
 * Locks:  INFO(vmid), taken and released
 * Panics: it lies in none; no lock is held
 * Stuck:  STUCK_RANGE
 */
void reset_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * reset_sys_regs() - first run: the system registers at their reset values
 *
 * Source: VCPUOpsAux, reset_sys_regs_spec0.  Erratum reset-sys-regs
 * Locks:  none
 * Stuck:  STUCK_RANGE
 */
void reset_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * sync_dirty_to_shadow() - the registers that the host may set take what it has set
 *
 * One value of the VM's data oracle for each, in rising order.
 *
 * Source: VCPUOpsAux, sync_dirty_to_shadow_spec0
 * Locks:  none
 * Stuck:  STUCK_RANGE
 */
void sync_dirty_to_shadow(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * prep_wfx() - exit by WFI or WFE: the instruction is done
 *
 * Source: VCPUOpsAux, prep_wfx_spec0
 * Locks:  none
 * Stuck:  STUCK_RANGE
 */
void prep_wfx(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * prep_hvc() - exit by a hypercall: the host sees what it needs of it and answers in x0; SYSTEM_OFF ends the VM
 *
 * Source: VCPUOpsAux, prep_hvc_spec0
 * Locks:  INFO(vmid) for SYSTEM_OFF, else none
 * Stuck:  STUCK_RANGE
 */
void prep_hvc(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * prep_abort() - exit by an abort: below MAX_MMIO_ADDR the host stands in for the device
 *
 * Source: VCPUOpsAux, prep_abort_spec0.  Errata: abort-flag-sign, dirty-bit
 * Locks:  none
 * Stuck:  STUCK_RANGE (also: the fault address in hpfar_el2)
 */
void prep_abort(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * update_exception_gp_regs() - the guest goes on in its exception vector
 *
 * Source: VCPUOpsAux, update_exception_gp_regs_spec0
 * Locks:  none
 * Stuck:  STUCK_RANGE
 */
void update_exception_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * post_handle_shadow_s2pt_fault() - map the page that the host offers for the guest's fault
 * @addr: guest address in bytes, < 2^48
 *
 * Entry and level are the host's choice and not looked at before: an address of 2^40 or more in the entry is stuck.
 *
 * Source: VCPUOpsAux, post_handle_shadow_s2pt_fault_spec0
 * Locks:  those of prot_and_map_vm_s2pt()
 * Panics: prot_and_map_vm_s2pt()
 * Stuck:  STUCK_RANGE
 */
void post_handle_shadow_s2pt_fault(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u64 addr);

/**
 * save_shadow_kvm_regs() - what the host gets of the exit of the vCPU that ran here, by its class
 *
 * Source: VCPUOps, save_shadow_kvm_regs_spec0
 * Locks:  those of prep_hvc()
 * Panics: a trap of another class; no lock is held
 * Stuck:  STUCK_RANGE
 */
void save_shadow_kvm_regs(struct cpu *c);

/**
 * restore_shadow_kvm_regs() - what the vCPU that is to run here begins with
 *
 * Source: VCPUOps, restore_shadow_kvm_regs_spec0.  Erratum pc-overflow
 * Locks:  INFO, once or twice in turn (first run); else those of post_handle_shadow_s2pt_fault()
 * Panics: reset_gp_regs(); post_handle_shadow_s2pt_fault()
 * Stuck:  STUCK_RANGE; STUCK_OVERFLOW (pc + 4)
 */
void restore_shadow_kvm_regs(struct cpu *c);

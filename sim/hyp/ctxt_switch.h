/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Between the host and a vCPU: all but the general registers, which the trap handlers move.
 *
 * Layer: CtxtSwitch  over: VCPUOps
 *
 * Called with no lock held.  A halted machine: nothing.
 */
#include "cpu/cpu.h"

/**
 * save_host() - system and floating-point registers into the host's context
 *
 * Source: CtxtSwitch, save_host_spec.  Erratum save-sysregs-pc
 * Locks:  none
 */
void save_host(struct cpu *c);

/**
 * restore_host() - the host runs here again, with the registers of its context
 *
 * Source: CtxtSwitch, restore_host_spec
 * Locks:  none
 */
void restore_host(struct cpu *c);

/**
 * save_vm() - registers into the vCPU's context, what the host gets of the exit, and the vCPU runs here no longer
 *
 * Source: CtxtSwitch, save_vm_spec.  Errata: save-sysregs-pc, timer-enable-traps
 * Locks:  INFO(cur_vmid), twice in turn when the guest has powered the VM off
 * Panics: save_shadow_kvm_regs(); set_vcpu_inactive()
 * Stuck:  STUCK_RANGE; STUCK_OVERFLOW (timer_enable_traps())
 */
void save_vm(struct cpu *c);

/**
 * restore_vm() - run the VM that the host names in x0, on the vCPU that the core's oracle names
 *
 * Source: CtxtSwitch, restore_vm_spec.  Errata: run-vcpuid, timer-enable-traps
 * Locks:  INFO(vmid); then those of restore_shadow_kvm_regs()
 * Panics: no such VM or vCPU (no lock is held); set_vcpu_active(); restore_shadow_kvm_regs()
 * Stuck:  STUCK_RANGE (erratum published: also a vCPU that there is not); STUCK_OVERFLOW (timer_enable_traps())
 */
void restore_vm(struct cpu *c);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Which function answers a hypercall of the host or an exit of a guest, and the moves of registers around it.  The
 * entries above stand in api.h.
 *
 * Layer: TrapDispatcher, TrapHandlerRaw, TrapHandler  over: FaultHandler
 *
 * Called with no lock held.  A halted machine: they answer 0 or do nothing.
 */
#include "cpu/cpu.h"

/**
 * host_hvc_dispatcher() - do what the host asks for in x0, with x1..x5; results go to x0 of its context
 *
 * An argument out of its range panics, with no lock held; a number that names nothing does nothing.
 *
 * Source: TrapDispatcher, host_hvc_dispatcher_spec.  Errata: hvc-numbers, crypt-hypercalls, clear-range-bound,
 *         ioremap-bound
 * Locks:  those of the function called
 * Panics: a range; the function called
 * Stuck:  STUCK_RANGE (what runs here); the function called
 */
void host_hvc_dispatcher(struct cpu *c);

/**
 * vm_exit_dispatcher() - answer a trap of the guest, or leave it to the host: 0: the guest goes on, 1: the host
 *
 * Source: TrapDispatcher, vm_exit_dispatcher_spec.  Errata: exit-classes, core-handle-sys64
 * Locks:  those of core_handle_pvops()
 * Panics: another class of trap; core_handle_pvops()
 * Stuck:  STUCK_RANGE; STUCK_OVERFLOW (core_handle_sys64())
 */
u32 vm_exit_dispatcher(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/* Hypercall of the host.  Source: TrapHandlerRaw, host_hvc_handler_raw_spec.  Locks, Panics, Stuck: host_hvc_dispatcher() */
void host_hvc_handler_raw(struct cpu *c);

/* Fault of the host.  Source: TrapHandlerRaw, host_npt_handler_raw_spec.  Locks, ..: handle_host_stage2_fault() */
void host_npt_handler_raw(struct cpu *c);

/*
 * The host has a vCPU run: of the VM in x0.
 * Source: TrapHandlerRaw, host_vcpu_run_handler_raw_spec.  Erratum core-to-vm.  Locks, ..: save_host(), restore_vm()
 */
void host_vcpu_run_handler_raw(struct cpu *c);

/**
 * vm_exit_handler_raw() - a guest's trap, or an interrupt while it ran
 *
 * The guest goes on, or cur_vmid is HOSTVISOR and the host does.
 *
 * Source: TrapHandlerRaw, vm_exit_handler_raw_spec.  Erratum core-to-vm
 * Locks:  those of vm_exit_dispatcher(), then those of save_vm()
 * Panics: an exit that is neither; vm_exit_dispatcher(); save_vm()
 * Stuck:  STUCK_RANGE; the functions called
 */
void vm_exit_handler_raw(struct cpu *c);

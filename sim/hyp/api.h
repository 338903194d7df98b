/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a machine's host, guests and devices can do: the eight entries of the top layer.
 *
 * Layer: TrapHandler  over: TrapHandlerRaw
 *
 * Registers are those of the CPU, c->regs: arguments and results of hypercalls in x0..x5, what a fault or an exit was in
 * esr_el2, ec, far_el2, hpfar_el2.  An entry takes every lock that it needs and holds none when it ends.  All are stuck
 * in another mode than theirs (cpu/mode.h): STUCK_MODE.  A halted machine: nothing; a panic leaves the CPU in the core,
 * with the locks that it held.
 */
#include "cpu/cpu.h"

/**
 * host_hvc_handler() - the host calls the core: number in x0, arguments in x1..x5 (sim/hyp/hvc.def), result in x0
 *
 * Source: TrapHandler, host_hvc_handler_spec0.  Mode: host
 * Locks, Panics, Stuck: host_hvc_dispatcher()
 */
void host_hvc_handler(struct cpu *c);

/**
 * host_npt_handler() - the host has touched an address that its table does not have: hpfar_el2, far_el2, esr_el2
 *
 * Source: TrapHandler, host_npt_handler_spec0.  Mode: host
 * Locks, Panics, Stuck: handle_host_stage2_fault()
 */
void host_npt_handler(struct cpu *c);

/**
 * host_vcpu_run_handler() - the host has a vCPU of the VM in x0 run: the guest goes on here
 *
 * Source: TrapHandler, host_vcpu_run_handler_spec0.  Mode: host; leaves a guest's
 * Locks, Panics, Stuck: restore_vm()
 */
void host_vcpu_run_handler(struct cpu *c);

/**
 * vm_exit_handler() - the guest traps or is interrupted: ec, esr_el2, and x0..x3 of a hypercall
 *
 * The guest goes on, or the host does: c->ihost says which.
 *
 * Source: TrapHandler, vm_exit_handler_spec0.  Mode: guest; leaves a guest's or the host's
 * Locks, Panics, Stuck: vm_exit_handler_raw()
 */
void vm_exit_handler(struct cpu *c);

/**
 * mem_load() - what runs on the CPU loads a page into a register
 * @gfn: page of its addresses
 * @reg: number of the register, 0..29
 *
 * Of a page that is not its own alone it gets a value of its data oracle, which is not used up.
 *
 * Source: TrapHandler, mem_load_spec.  Mode: host or guest.  Erratum access-registers
 * Locks:  none (sim/hyp/user.h)
 * Stuck:  STUCK_RANGE (@reg); STUCK_NO_TRANSLATION; a guest: STUCK_NOT_VERIFIED, STUCK_NO_RECORD
 */
void mem_load(struct cpu *c, u64 gfn, u32 reg);

/**
 * mem_store() - it stores a register into a page; into one that is not its own alone: nothing
 * @reg: number of the register (CTXT_*); one that there is not is 0
 *
 * Source: TrapHandler, mem_store_spec.  Mode, Errata, Locks, Stuck (but for @reg): as mem_load()
 */
void mem_store(struct cpu *c, u64 gfn, u32 reg);

/**
 * dev_load() - a device of what runs on the CPU loads, through a context bank's table
 * @gfn: page of the bank's addresses
 * @cbndx, @index: context bank 0..7 of SMMU 0..1
 *
 * Source: TrapHandler, dev_load_spec.  Mode, Errata, Locks: as mem_load()
 * Stuck:  STUCK_RANGE; STUCK_NOT_OWNER (the bank is another's); as mem_load()
 */
void dev_load(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);

/* Source: TrapHandler, dev_store_spec.  All: as dev_load() and mem_store() */
void dev_store(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);

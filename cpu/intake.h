/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Values that come in from outside: from the data oracle of a VM, or from the core's.  Each takes the next one and
 * moves the counter on; the counters are shared by all CPUs and move by one atomic addition.
 *
 * All: a halted machine answers 0 and takes nothing.  Stuck: STUCK_RANGE (vmid, vcpuid).
 */
#include "cpu/cpu.h"

/* Which register is asked for plays no part: it is the next value of the VM. */
u64 get_int_esr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u64 get_int_gpr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index);
u64 get_int_pc(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u64 get_int_pstate(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
/* No effect in the model, and never stuck. */
void set_int_gpr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index, u64 value);

/* From the core's oracle. */
u64 get_vm_fault_addr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u64 get_int_new_pte(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u64 get_int_new_level(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u64 get_int_run_vcpuid(struct cpu *c, vmid_t vmid);

/* From the oracle of what runs here. */
u64 read_actlr_el1(struct cpu *c);

/* Device registers: the host's oracle, whatever the address; writes have no effect in the model, but c->device has the last. */
u64 readq_relaxed(struct cpu *c, u64 addr);
u64 readl_relaxed(struct cpu *c, u64 addr);
void writeq_relaxed(struct cpu *c, u64 value, u64 addr);
void writel_relaxed(struct cpu *c, u64 value, u64 addr);

/* Parameters of the machine. */
u64 get_shared_kvm(struct cpu *c, vmid_t vmid);
u64 get_shared_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
u32 verify_image(struct cpu *c, vmid_t vmid, u64 addr);
u64 get_sys_reg_desc_val(struct cpu *c, u32 index);
/* Also on a halted machine. */
u64 get_exception_vector(struct cpu *c, u64 pstate);

/* The next value of @vmid's data oracle, which is not used up.  @vmid is in range. */
u64 data_peek(struct cpu *c, vmid_t vmid);

/* Take @n values of @vmid's data oracle: the number of the first.  @vmid is in range. */
u64 data_log_take(struct cpu *c, vmid_t vmid, u64 n);

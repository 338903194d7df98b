/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Saved contexts and what says who runs here.  No lock guards a context: it belongs to the CPU on which its vCPU is
 * ACTIVE, and the host's to the CPU with its number.
 *
 * All: a halted machine answers 0 or does nothing.  Stuck, unless said otherwise: STUCK_RANGE (vmid, vcpuid).
 */
#include "cpu/cpu.h"

/* Numbers without a register read 0 and take no write; any number is accepted.  Source: get_shadow_ctxt_spec */
u64 get_shadow_ctxt(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index);
void set_shadow_ctxt(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index, u64 value);

/* esr_el2.  Source: get_shadow_esr_spec */
u64 get_shadow_esr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/* x0..x30 := 0; fp_q0..fp_q31, fp_fpsr and fp_fpcr := 0. */
void clear_shadow_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
void reset_fp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

u64 get_shadow_dirty_bit(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
/* Assigns (erratum dirty-bit intended: ors in what is not 0). */
void set_shadow_dirty_bit(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u64 value);

/*
 * The registers of what runs here that a load of it changes and a store takes; by the same numbers, nothing is stuck, and
 * halt is not looked at.  Erratum access-registers.  Source: mem_load_ref_spec, mem_store_ref_spec
 */
u64 get_access_reg(struct cpu *c, u32 index);
void set_access_reg(struct cpu *c, u32 index, u64 value);

/* Nothing is out of range here.  Source: get_cur_vmid_spec, get_cur_vcpuid_spec */
u32 get_cur_vmid(struct cpu *c);
u32 get_cur_vcpuid(struct cpu *c);
/* HOSTVISOR and COREVISOR run on the vCPU of this CPU's number, whatever @vcpuid is.  Source: set_per_cpu_spec */
void set_per_cpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/* No effect in the model, and never stuck. */
void encrypt_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
void encrypt_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
/* New registers from the data oracle, as the machine's parameters say. */
void decrypt_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);
void decrypt_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/* The two helpers, on a context alone.  Source: get_shadow_ctxt_specx, set_shadow_ctxt_specx */
u64 get_shadow_ctxt_specx(const struct ctxt *ctxt, u32 index, bool sp_el1);
void set_shadow_ctxt_specx(struct ctxt *ctxt, u32 index, u64 value, bool sp_el1);

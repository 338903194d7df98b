/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Moves between the physical CPU's registers (c->regs) and the saved context of what runs here (cur_vmid, cur_vcpuid).
 * All: nothing on a halted machine.  None takes an argument, none is stuck unless said.
 */
#include "cpu/cpu.h"

/* x0..x30 into the context, and back.  Erratum core-to-vm: as published it brings everything but x0..x30. */
void host_to_core(struct cpu *c);
void vm_to_core(struct cpu *c);
void core_to_host(struct cpu *c);
void core_to_vm(struct cpu *c);

/* esr_el2, ec, far_el2, hpfar_el2 into the context. */
void exit_populate_fault(struct cpu *c);

/* Erratum save-sysregs-pc. */
void save_sysregs(struct cpu *c);
void restore_sysregs(struct cpu *c);
void fpsimd_save_state(struct cpu *c);
void fpsimd_restore_state(struct cpu *c);

void activate_traps(struct cpu *c);
void deactivate_traps(struct cpu *c);
/* Erratum timer-enable-traps.  Stuck: STUCK_OVERFLOW */
void timer_enable_traps(struct cpu *c);
/* No effect in the model. */
void timer_set_cntvoff(struct cpu *c);

void vm_el2_restore_state(struct cpu *c);
void host_el2_restore_state(struct cpu *c);

/*
 * The source's helpers on records alone: @gp, @sys: the saved context, @rgp, @rsys: the CPU's registers.  Each changes
 * its first argument.
 */
void host_to_core_specx(struct ctxt *gp, const struct ctxt *rgp);
void vm_to_core_specx(struct ctxt *gp, const struct ctxt *rgp);
void core_to_host_specx(struct ctxt *rgp, const struct ctxt *gp);
void core_to_vm_specx(struct ctxt *rgp, const struct ctxt *gp);
void exit_populate_fault_specx(struct ctxt *gp, const struct ctxt *rgp);
void save_sysregs_specx(struct ctxt *sys, const struct ctxt *rsys, bool pc);
void restore_sysregs_specx(struct ctxt *rsys, const struct ctxt *sys);
void fpsimd_save_state_specx(struct ctxt *gp, const struct ctxt *rgp);
void fpsimd_restore_state_specx(struct ctxt *rgp, const struct ctxt *gp);
void clear_shadow_gp_regs_specx(struct ctxt *gp);
void reset_fp_regs_specx(struct ctxt *gp);
void activate_traps_specx(struct ctxt *regt);
void deactivate_traps_specx(struct ctxt *regt);
void timer_enable_traps_specx(struct ctxt *regt, bool published);
void vm_el2_restore_state_specx(struct ctxt *regc, const struct ctxt *ctxt, u64 vttbr);
void host_el2_restore_state_specx(struct ctxt *regc, u64 vttbr);

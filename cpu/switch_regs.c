// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/switch_regs.h"

#include "cpu/say.h"

void host_to_core_specx(struct ctxt *gp, const struct ctxt *rgp)
{
	regs_move(gp, rgp, MOVE_GP);
}

void vm_to_core_specx(struct ctxt *gp, const struct ctxt *rgp)
{
	regs_move(gp, rgp, MOVE_GP);
}

void core_to_host_specx(struct ctxt *rgp, const struct ctxt *gp)
{
	regs_move(rgp, gp, MOVE_GP);
}

void core_to_vm_specx(struct ctxt *rgp, const struct ctxt *gp)
{
	regs_move(rgp, gp, MOVE_GP);
}

void exit_populate_fault_specx(struct ctxt *gp, const struct ctxt *rgp)
{
	regs_move(gp, rgp, MOVE_FAULT);
}

void save_sysregs_specx(struct ctxt *sys, const struct ctxt *rsys, bool pc)
{
	regs_move(sys, rsys, MOVE_SYS);
	sys->r[R_mpidr_el1] = rsys->r[R_vmpidr_el2];
	if (pc) {
		sys->r[R_pc] = rsys->r[R_elr_el2];
		sys->r[R_pstate] = rsys->r[R_spsr_el2];
	}
}

void restore_sysregs_specx(struct ctxt *rsys, const struct ctxt *sys)
{
	regs_move(rsys, sys, MOVE_SYS);
	regs_move(rsys, sys, MOVE_FAULT);
	rsys->r[R_vmpidr_el2] = rsys->r[R_mpidr_el1] = sys->r[R_mpidr_el1];
	rsys->r[R_elr_el2] = sys->r[R_pc];
	rsys->r[R_spsr_el2] = sys->r[R_pstate];
}

void fpsimd_save_state_specx(struct ctxt *gp, const struct ctxt *rgp)
{
	regs_move(gp, rgp, MOVE_FP);
}

void fpsimd_restore_state_specx(struct ctxt *rgp, const struct ctxt *gp)
{
	regs_move(rgp, gp, MOVE_FP);
}

void clear_shadow_gp_regs_specx(struct ctxt *gp)
{
	regs_clear(gp, MOVE_GP);
}

void reset_fp_regs_specx(struct ctxt *gp)
{
	regs_clear(gp, MOVE_FP);
}

void activate_traps_specx(struct ctxt *regt)
{
	regt->r[R_pmuselr_el0] = 0;
	regt->r[R_pmuserenr_el0] = ARMV8_PMU_USERENR_MASK;
	regt->r[R_mdcr_el2] = HYPSEC_MDCR_EL2_FLAG;
	regt->r[R_cptr_el2] = CPTR_VM;
}

void deactivate_traps_specx(struct ctxt *regt)
{
	regt->r[R_pmuserenr_el0] = 0;
	regt->r[R_mdcr_el2] = 0;
	regt->r[R_cptr_el2] = CPTR_EL2_DEFAULT;
}

/* SOURCE: subtracts and adds where bits are meant */
void timer_enable_traps_specx(struct ctxt *regt, bool published)
{
	u64 *v = &regt->r[R_cnthctl_el2];

	*v = published ? *v - CNTHCTL_EL1PCEN + CNTHCTL_EL1PCTEN
	               : (*v & ~(u64)CNTHCTL_EL1PCEN) | CNTHCTL_EL1PCTEN;
}

void vm_el2_restore_state_specx(struct ctxt *regc, const struct ctxt *ctxt, u64 vttbr)
{
	regc->r[R_vttbr_el2] = vttbr;
	regc->r[R_tpidr_el2] = ctxt->r[R_tpidr_el2];
	regc->r[R_hcr_el2] = HCR_HYPSEC_VM_FLAGS;
}

void host_el2_restore_state_specx(struct ctxt *regc, u64 vttbr)
{
	regc->r[R_vttbr_el2] = vttbr;
	regc->r[R_hcr_el2] = HCR_HOST_NVHE_FLAGS;
	regc->r[R_tpidr_el2] = 0;
}

/* A move between c->regs and the current context begins; false: the machine has halted. */
static bool begins(struct cpu *c, u64 move)
{
	if (cpu_halted(c))
		return false;
	point_use_ctxt(c, ctxt_id(c, c->cur_vmid, c->cur_vcpuid), say_is_save(move));
	say_move(c, move);
	return true;
}

/* Blocks of the registers that traps, and the hypervisor's own, are. */
#define TRAP_BLOCKS (reg_block(R_pmuselr_el0) | reg_block(R_cnthctl_el2))
#define EL2_BLOCKS  (reg_block(R_vttbr_el2) | reg_block(R_hcr_el2) | reg_block(R_tpidr_el2))

/* The same of a change of c->regs alone, in @blocks. */
static bool changes_regs(struct cpu *c, u32 blocks)
{
	if (cpu_halted(c))
		return false;
	say_touch_regs(c, blocks);
	return true;
}

void host_to_core(struct cpu *c)
{
	if (begins(c, MV_MOVE_SAVE_GP))
		host_to_core_specx(cur_ctxt(c), &c->regs);
}

void vm_to_core(struct cpu *c)
{
	if (begins(c, MV_MOVE_SAVE_GP))
		vm_to_core_specx(cur_ctxt(c), &c->regs);
}

void core_to_host(struct cpu *c)
{
	if (begins(c, MV_MOVE_LOAD_GP))
		core_to_host_specx(&c->regs, cur_ctxt(c));
}

/* SOURCE: core_to_host_specx with its arguments exchanged: the context with the CPU's x0..x30 becomes the registers */
static void core_to_vm_exchanged(struct cpu *c)
{
	struct ctxt all = *cur_ctxt(c);

	core_to_host_specx(&all, &c->regs);
	regs_copy_group(&c->regs, &all, REGS);
}

void core_to_vm(struct cpu *c)
{
	bool exchanged = published(c, ERRATUM_CORE_TO_VM);

	if (!begins(c, exchanged ? MV_MOVE_LOAD_REST : MV_MOVE_LOAD_GP))
		return;
	if (exchanged)
		core_to_vm_exchanged(c);
	else
		core_to_vm_specx(&c->regs, cur_ctxt(c));
}

void exit_populate_fault(struct cpu *c)
{
	if (begins(c, MV_MOVE_SAVE_FAULT))
		exit_populate_fault_specx(cur_ctxt(c), &c->regs);
}

void save_sysregs(struct cpu *c)
{
	if (begins(c, MV_MOVE_SAVE_SYS))
		save_sysregs_specx(cur_ctxt(c), &c->regs, !published(c, ERRATUM_SAVE_SYSREGS_PC));
}

void restore_sysregs(struct cpu *c)
{
	if (begins(c, MV_MOVE_LOAD_SYS))
		restore_sysregs_specx(&c->regs, cur_ctxt(c));
}

void fpsimd_save_state(struct cpu *c)
{
	if (begins(c, MV_MOVE_SAVE_FP))
		fpsimd_save_state_specx(cur_ctxt(c), &c->regs);
}

void fpsimd_restore_state(struct cpu *c)
{
	if (begins(c, MV_MOVE_LOAD_FP))
		fpsimd_restore_state_specx(&c->regs, cur_ctxt(c));
}

void activate_traps(struct cpu *c)
{
	if (changes_regs(c, TRAP_BLOCKS))
		activate_traps_specx(&c->regs);
}

void deactivate_traps(struct cpu *c)
{
	if (changes_regs(c, TRAP_BLOCKS))
		deactivate_traps_specx(&c->regs);
}

void timer_enable_traps(struct cpu *c)
{
	bool adds = published(c, ERRATUM_TIMER_ENABLE_TRAPS);

	if (!changes_regs(c, TRAP_BLOCKS))
		return;
	RELY0(c, !adds || c->regs.r[R_cnthctl_el2] != INVALID64, STUCK_OVERFLOW);
	timer_enable_traps_specx(&c->regs, adds);
}

void timer_set_cntvoff(struct cpu *c)
{
	(void)c;
}

void vm_el2_restore_state(struct cpu *c)
{
	if (!changes_regs(c, EL2_BLOCKS))
		return;
	point_use_ctxt(c, ctxt_id(c, c->cur_vmid, c->cur_vcpuid), false);
	vm_el2_restore_state_specx(&c->regs, cur_ctxt(c), pt_vttbr(c->cur_vmid));
}

void host_el2_restore_state(struct cpu *c)
{
	if (changes_regs(c, EL2_BLOCKS))
		host_el2_restore_state_specx(&c->regs, pt_vttbr(HOSTVISOR));
}

// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/dabt.h"

#include "cpu/say.h"

u32 host_dabt_get_rd(struct cpu *c, u32 hsr)
{
	(void)c;
	return (hsr >> ESR_ELx_SRT_SHIFT) & ESR_ELx_SRT_MASK;
}

u32 host_dabt_get_as(struct cpu *c, u32 hsr)
{
	(void)c;
	return 1u << ((hsr & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT);
}

u32 host_dabt_is_write(struct cpu *c, u32 hsr)
{
	(void)c;
	return hsr & ESR_ELx_WNR;
}

/* SOURCE: the sum must be a number of 64 bits, whatever pc a guest has */
static void rely_pc(struct cpu *c, const char *prim)
{
	RELY_OF(prim, c,
	        c->regs.r[R_elr_el2] <= INVALID64 - 4 || !published(c, ERRATUM_PC_OVERFLOW),
	        STUCK_OVERFLOW, c->regs.r[R_elr_el2]);
}

/* SOURCE: both write esr_el2, not elr_el2 */
void host_skip_instr(struct cpu *c)
{
	u64 *r = c->regs.r;

	if (cpu_halted(c))
		return;
	rely_pc(c, __func__);
	say_touch_regs(c, reg_block(R_esr_el2) | reg_block(R_elr_el2));
	r[published(c, ERRATUM_HOST_SKIP_INSTR) ? R_esr_el2 : R_elr_el2] = r[R_elr_el2] + 4;
}

void core_handle_sys64(struct cpu *c)
{
	u64 *r = c->regs.r;

	if (cpu_halted(c))
		return;
	rely_pc(c, __func__);
	say_touch_regs(c, reg_block(R_esr_el2) | reg_block(R_elr_el2));
	r[published(c, ERRATUM_CORE_HANDLE_SYS64) ? R_esr_el2 : R_elr_el2] = r[R_elr_el2] + 4;
}

u64 host_get_fault_ipa(struct cpu *c, u64 addr)
{
	return cpu_halted(c) ? 0 : addr | (c->regs.r[R_far_el2] & (PAGE_SIZE - 1));
}

u64 read_hpfar_el2(struct cpu *c)
{
	return cpu_halted(c) ? 0 : c->regs.r[R_hpfar_el2];
}

u64 read_esr_el2(struct cpu *c)
{
	return cpu_halted(c) ? 0 : c->regs.r[R_esr_el2];
}

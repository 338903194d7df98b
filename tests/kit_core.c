// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_core.h"

#include "sim/hyp/api.h"

void kit_hvc(struct cpu *c, u64 nr, u64 x1, u64 x2, u64 x3, u64 x4)
{
	const u64 x[] = { nr, x1, x2, x3, x4 };

	for (u32 i = 0; i < ARRAY_SIZE(x); i++)
		c->regs.r[R_x0 + i] = x[i];
	host_hvc_handler(c);
}

void kit_host_fault(struct cpu *c, u64 pfn)
{
	c->regs.r[R_hpfar_el2] = pfn * 16;
	c->regs.r[R_far_el2] = 0;
	host_npt_handler(c);
}

void kit_trap(struct cpu *c, u64 class, u64 x0, u64 addr)
{
	c->regs.r[R_ec] = ARM_EXCEPTION_TRAP;
	c->regs.r[R_esr_el2] = class << ESR_ELx_EC_SHIFT;
	c->regs.r[R_elr_el2] = 0x1000;
	c->regs.r[R_x0] = x0;
	c->regs.r[R_x2] = addr;
	c->regs.r[R_x3] = PAGE_SIZE;
	vm_exit_handler(c);
}

u64 kit_core_zero(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)cpu;
	(void)p;
	(void)vmid;
	(void)n;
	return 0;
}

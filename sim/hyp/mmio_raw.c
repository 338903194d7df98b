// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mmio_raw.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"

u64 host_get_mmio_data(struct cpu *c, u32 hsr)
{
	u32 vcpuid = get_cur_vcpuid(c);
	u32 rt = host_dabt_get_rd(c, hsr);

	return get_shadow_ctxt(c, HOSTVISOR, vcpuid, rt);
}

/* SOURCE: PTE_AF_OR_SH_IS is a bit of the address field (smmu_init_pte) */
u64 smmu_init_pte(struct cpu *c, u64 prot, u64 addr)
{
	u64 attrs =
		published(c, ERRATUM_SMMU_PTE_ATTRS) ? PTE_AF_OR_SH_IS : SMMU_PTE_ATTRS_INTENDED;

	RELY(c, is_addr(addr) && prot < INT64_MAX, STUCK_RANGE, prot, addr);
	return addr | (prot | attrs);
}

u32 smmu_get_cbndx(struct cpu *c, u64 offset)
{
	/* Below the base the difference wraps, and names no bank. */
	u64 cbndx = (offset - SMMU_GLOBAL_BASE) >> ARM_SMMU_PGSHIFT;

	RELY(c, is_smmu_cfg(cbndx), STUCK_RANGE, offset);
	return (u32)cbndx;
}

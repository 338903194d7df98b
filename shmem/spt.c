// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/spt.h"

#include "shmem/guard.h"

static u32 pool_of(u64 addr)
{
	if (addr < SMMU_PGD_START)
		return F_SPT_spt_vttbr_pool;
	return addr < SMMU_PMD_START ? F_SPT_spt_pgd_pool : F_SPT_spt_pmd_pool;
}

static bool in_pool(u64 addr)
{
	return SMMU_POOL_START <= addr && addr < SMMU_POOL_END;
}

u64 smmu_pt_load(struct cpu *c, u64 addr)
{
	const struct obj *o;

	if (cpu_halted(c))
		return 0;
	RELY(c, in_pool(addr), STUCK_RANGE, addr);
	o = GUARDED(c, SPT_ID, addr);
	RELY(c, addr % sizeof(u64) == 0, STUCK_UNALIGNED, addr);
	return cell_read(c, o, pool_of(addr), addr);
}

void smmu_pt_store(struct cpu *c, u64 addr, u64 value)
{
	struct obj *o;
	bool leaf;

	if (cpu_halted(c))
		return;
	RELY(c, in_pool(addr), STUCK_RANGE, addr, value);
	o = GUARDED(c, SPT_ID, addr, value);
	RELY(c, addr % sizeof(u64) == 0, STUCK_UNALIGNED, addr, value);
	leaf = addr >= SMMU_PMD_START;
	RELY(c, !leaf || c->tstate == 0, STUCK_TSTATE, addr, value);
	cell_write(c, o, pool_of(addr), addr, value);
	if (leaf)
		c->tstate = 1;
}

/* SOURCE: the address that goes on is the loop's result only; every write is to the first (smmu_pt_clear_loop) */
u64 smmu_pt_clear_loop(struct cpu *c, struct obj *o, u32 n, u64 addr)
{
	bool same = published(c, ERRATUM_SMMU_PT_CLEAR);

	for (u32 k = 0; k < n; k++)
		cell_write(c, o, F_SPT_spt_vttbr_pool, same ? addr : addr + k * sizeof(u64), 0);
	return addr + n * sizeof(u64);
}

void smmu_pt_clear(struct cpu *c, u32 cbndx, u32 index)
{
	struct obj *o;

	if (cpu_halted(c))
		return;
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, index);
	o = GUARDED(c, SPT_ID, cbndx, index);
	RELY(c, c->tstate == 0, STUCK_TSTATE, cbndx, index);
	smmu_pt_clear_loop(c, o, PTRS_PER_S2_PGD, SMMU_TTBR(index, cbndx));
	if (!published(c, ERRATUM_SMMU_PT_CLEAR_TSTATE))
		c->tstate = 1;
}

u64 get_smmu_cfg_hw_ttbr(struct cpu *c, u32 cbndx, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, cbndx, index);
	return SMMU_TTBR(index, cbndx);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/fixed.h"

#include "shmem/shared.h"

u64 get_mem_region_flag(struct cpu *c, u32 index)
{
	RELY(c, is_memblock(index), STUCK_RANGE, index);
	return c->shared->fixed.region[index].mb_flag;
}

u32 get_smmu_num(struct cpu *c)
{
	return cpu_halted(c) ? 0 : c->shared->fixed.smmu.smmu_num;
}

u64 get_smmu_size(struct cpu *c, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_smmu(index), STUCK_RANGE, index);
	return c->shared->fixed.smmu.smmu_size[index];
}

u64 get_smmu_base(struct cpu *c, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_smmu(index), STUCK_RANGE, index);
	return c->shared->fixed.smmu.smmu_phys_base[index];
}

u32 get_smmu_num_context_banks(struct cpu *c, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_smmu(index), STUCK_RANGE, index);
	return c->shared->fixed.smmu.smmu_dev_context_banks[index];
}

u32 get_smmu_pgshift(struct cpu *c, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_smmu(index), STUCK_RANGE, index);
	return c->shared->fixed.smmu.smmu_pgshift[index];
}

void mem_load_raw(struct cpu *c, u64 gfn, u32 reg)
{
	(void)c;
	(void)gfn;
	(void)reg;
}

void mem_store_raw(struct cpu *c, u64 gfn, u32 reg)
{
	(void)c;
	(void)gfn;
	(void)reg;
}

void dev_load_raw(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	mem_load_raw(c, gfn, reg);
	(void)cbndx;
	(void)index;
}

void dev_store_raw(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	mem_store_raw(c, gfn, reg);
	(void)cbndx;
	(void)index;
}

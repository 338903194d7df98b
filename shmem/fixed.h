/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What is fixed at boot and read without a lock: memory regions and the configuration of the SMMUs. */
#include "cpu/cpu.h"
#include "shmem/obj/fixed_types.h"
#include "shmem/shared.h"

/* Regions; also on a halted machine.  Stuck: STUCK_RANGE (not is_memblock).  Each access of a page asks for all of them. */
static inline u32 get_mem_region_cnt(struct cpu *c)
{
	return c->shared->fixed.region_cnt;
}

static inline u64 get_mem_region_base(struct cpu *c, u32 index)
{
	RELY(c, is_memblock(index), STUCK_RANGE, index);
	return c->shared->fixed.region[index].mb_base;
}

static inline u64 get_mem_region_size(struct cpu *c, u32 index)
{
	RELY(c, is_memblock(index), STUCK_RANGE, index);
	return c->shared->fixed.region[index].mb_size;
}

static inline u64 get_mem_region_index(struct cpu *c, u32 index)
{
	RELY(c, is_memblock(index), STUCK_RANGE, index);
	return c->shared->fixed.region[index].mb_index;
}

u64 get_mem_region_flag(struct cpu *c, u32 index);

/* SMMUs; a halted machine answers 0.  Stuck: STUCK_RANGE (not is_smmu). */
u32 get_smmu_num(struct cpu *c);
u64 get_smmu_size(struct cpu *c, u32 index);
u64 get_smmu_base(struct cpu *c, u32 index);
u32 get_smmu_num_context_banks(struct cpu *c, u32 index);
u32 get_smmu_pgshift(struct cpu *c, u32 index);

/* Accesses of running code and of devices: no effect at this level, and never stuck. */
void mem_load_raw(struct cpu *c, u64 gfn, u32 reg);
void mem_store_raw(struct cpu *c, u64 gfn, u32 reg);
void dev_load_raw(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);
void dev_store_raw(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index);

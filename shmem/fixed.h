/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What is fixed at boot and read without a lock: memory regions and the configuration of the SMMUs. */
#include "cpu/cpu.h"

/* [RData.MemBlock] */
struct mem_region {
	u64 mb_base, mb_size, mb_index, mb_flag;
};

/* [RData.SMMUConf]; [SMMU_NUM] each */
struct smmu_conf {
	u32 smmu_num;
	u64 smmu_phys_base[SMMU_NUM], smmu_size[SMMU_NUM], smmu_hyp_base[SMMU_NUM];
	u32 smmu_pgshift[SMMU_NUM], smmu_features[SMMU_NUM], smmu_options[SMMU_NUM];
	u32 smmu_dev_context_banks[SMMU_NUM], num_s2_context_banks[SMMU_NUM];
	u32 smmu_dev_mapping_groups[SMMU_NUM], smmu_va_size[SMMU_NUM], smmu_ipa_size[SMMU_NUM];
	u32 smmu_pa_size[SMMU_NUM], smmu_dev_global_irqs[SMMU_NUM];
	u32 smmu_dev_context_irqs[SMMU_NUM], smmu_exists[SMMU_NUM];
};

struct fixed {
	u32 region_cnt;
	struct mem_region region[MAX_MEMBLOCK_NUM];
	struct smmu_conf smmu;
};

/* Regions; also on a halted machine.  Stuck: STUCK_RANGE (not is_memblock). */
u32 get_mem_region_cnt(struct cpu *c);
u64 get_mem_region_base(struct cpu *c, u32 index);
u64 get_mem_region_size(struct cpu *c, u32 index);
u64 get_mem_region_index(struct cpu *c, u32 index);
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

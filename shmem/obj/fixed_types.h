/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Memory regions and the configuration of the SMMUs: what is fixed at boot. */
#include "sim/base/consts.h"
#include "sim/base/types.h"

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

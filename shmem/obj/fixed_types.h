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
#define U64S(name, max) u64 name[SMMU_NUM];
#define U32S(name, max) u32 name[SMMU_NUM];
#include "shmem/obj/smmu_conf.def"
};

struct fixed {
	u32 region_cnt;
	struct mem_region region[MAX_MEMBLOCK_NUM];
	struct smmu_conf smmu;
};

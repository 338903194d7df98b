// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/table_pools.h"

#include "shmem/obj/obj.h"
#include "sim/base/addr.h"

u32 table_pools(lk_t lk, struct pool p[POOLS_MAX])
{
	vmid_t v = lk - NPT_ID;

	if (lk == SPT_ID) {
		p[0] = (struct pool){ SMMU_POOL_START, SMMU_PGD_START, F_SPT_spt_vttbr_pool,
			              NO_CURSOR, false };
		p[1] = (struct pool){ SMMU_PGD_START, SMMU_PMD_START, F_SPT_spt_pgd_pool,
			              F_SPT_spt_pgd_next, false };
		p[2] = (struct pool){ SMMU_PMD_START, SMMU_POOL_END, F_SPT_spt_pmd_pool,
			              F_SPT_spt_pmd_next, false };
		return 3;
	}
	p[0] = (struct pool){ pool_start(v), pgd_start(v), F_NPT_pt_vttbr_pool, NO_CURSOR, false };
	p[1] = (struct pool){ pgd_start(v), pud_start(v), F_NPT_pt_pgd_pool, F_NPT_pt_pgd_next,
		              false };
	p[2] = (struct pool){ pud_start(v), pmd_start(v), F_NPT_pt_pud_pool, F_NPT_pt_pud_next,
		              true };
	p[3] = (struct pool){ pmd_start(v), pool_end(v), F_NPT_pt_pmd_pool, F_NPT_pt_pmd_next,
		              false };
	return 4;
}

u32 table_pools_level(const struct pool *p, u32 n, u64 at)
{
	u32 level = 0;

	while (level < n && (at < p[level].start || at >= p[level].end))
		level++;
	return level;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The invariants as one check of the second tier: what is owed, at pushes and passes. */
#include "oracle/check/owed.h"

static const struct clause *const table[] = {
	&clause_host_npt_cons,  &clause_host_flatmap,  &clause_host_s2_map,
	&clause_page_0_invalid, &clause_host_iso,      &clause_vm_iso,
	&clause_smmu_vm,        &clause_smmu_iso,      &clause_smmu_count,
	&clause_smmu_count_0,   &clause_remap_ptr,     &clause_core_map,
	&clause_remap_addr,     &clause_core_remap,    &clause_remap_no_overlap,
	&clause_table_next,     &clause_table_zero,    &clause_table_link,
	&clause_table_block,    &clause_table_parents, &clause_host_count,
	&clause_counts,         &clause_block_aligned, &clause_isolation,
};

/* Their checks. */
static const enum check_id ids[] = {
	CHK_HOST_NPT_CONS, CHK_HOST_FLATMAP, CHK_HOST_S2_MAP,      CHK_PAGE_0_INVALID,
	CHK_HOST_ISO,      CHK_VM_ISO,       CHK_SMMU_VM,          CHK_SMMU_ISO,
	CHK_SMMU_COUNT,    CHK_SMMU_COUNT_0, CHK_REMAP_PTR,        CHK_CORE_MAP,
	CHK_REMAP_ADDR,    CHK_CORE_REMAP,   CHK_REMAP_NO_OVERLAP, CHK_TABLE_NEXT,
	CHK_TABLE_ZERO,    CHK_TABLE_LINK,   CHK_TABLE_BLOCK,      CHK_TABLE_PARENTS,
	CHK_HOST_COUNT,    CHK_COUNTS,       CHK_BLOCK_ALIGNED,    CHK_ISOLATION,
};

_Static_assert(ARRAY_SIZE(ids) == ARRAY_SIZE(table), "a check each");

const struct clause *clause_of(enum check_id id)
{
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i]->id == id)
			return table[i];
	return NULL;
}

static void *create(const struct judge *j)
{
	return owed_new(j, table, ARRAY_SIZE(table));
}

static void destroy(void *own)
{
	owed_free(own);
}

static void reset(void *own, const struct judge *j)
{
	owed_reset(own, j);
}

static void begin(struct judge *j, void *own)
{
	owed_begin(own, j);
}

static void section(struct judge *j, void *own, const struct section *s)
{
	owed_section(own, j, s);
}

static void passed(struct judge *j, void *own, const struct section *s)
{
	owed_passed(own, j, s->lk);
}

static void end(struct judge *j, void *own, bool cut)
{
	owed_end(own, j, cut);
}

const struct state_check check_invariants = {
	.id = CHK_SELFTEST,
	.n_also = ARRAY_SIZE(ids),
	.also = ids,
	.create = create,
	.free = destroy,
	.reset = reset,
	.episode_begin = begin,
	/* What flat memory holds no invariant asks. */
	.objects = ~(1u << OBJ_FLATMEM),
	.section = section,
	.passed = passed,
	.episode_end = end,
};

// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/mmap.h"

enum { PT_LEVELS = 3 };

/**
 * struct slot - an entry above the last level, on the way to an address
 * @field: its pool; @next, @limit: cursor of the pool of what it names, and the end of that pool
 * @at:    its address; @entry: what it holds, 0: nothing
 */
struct slot {
	u32 field, next;
	u64 at, entry, limit;
};

/* What a page or no page is mapped to by entry @pte. */
static struct maplet maplet_of(u64 pte, u8 level)
{
	u64 pfn = phys_page(pte) / PAGE_SIZE;

	return (struct maplet){ .pfn = pfn, .pte = pte, .level = pfn ? level : 0 };
}

/**
 * walk() - the slots on the way to an address, with the tables that a walk with allocation adds
 * @index: [n] of the entry in each table
 * @page:  [n] address of the first table, and behind the call of the others: those that are there, or will be
 *
 * Returns false when an entry names no table of the next pool: the pages have no such walk.
 */
static bool walk(struct abs *s, lk_t lk, struct slot *slot, const u64 *index, u64 page, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		slot[i].at = page | index[i] * 8;
		slot[i].entry = page ? abs_entry(s, lk, slot[i].field, slot[i].at) : 0;
		if (i + 1 == n || slot[i].entry == 0) {
			page = 0;
			continue;
		}
		page = phys_page(slot[i].entry);
		if (!is_table(slot[i].entry) || !obj_index_ok(lk, slot[i + 1].field, page))
			return false;
	}
	return true;
}

/**
 * add_tables() - a table page for each of the first @n slots that holds nothing
 *
 * Their cursors advance, and each entry becomes page | 3; a slot in a table that is new lies in that table.  Returns false when a
 * pool is used up.
 */
static bool add_tables(struct abs *s, lk_t lk, struct slot *slot, const u64 *index, u32 n,
                       u32 slots, struct effect *out)
{
	for (u32 i = 0; i < n; i++)
		if (!slot[i].entry && abs_entry(s, lk, slot[i].next, 0) + PAGE_SIZE > slot[i].limit)
			return false;
	for (u32 i = 0; i < n; i++) {
		u64 page;

		if (slot[i].entry)
			continue;
		page = abs_entry(s, lk, slot[i].next, 0);
		if (i + 1 < slots)
			slot[i + 1].at = page | index[i + 1] * 8;
		effect_entry(out, s, CH_LINK, lk, slot[i].field, slot[i].at, page | PMD_TYPE_TABLE);
		effect_entry(out, s, CH_CURSOR, lk, slot[i].next, 0, page + PAGE_SIZE);
	}
	return true;
}

/* A block replaces what its 512 gfns were mapped to, pages of a table too. */
static void map_block(struct abs *s, vmid_t vmid, u64 gfn, u64 pte, const struct slot *pmd,
                      struct effect *out)
{
	struct maplet first = maplet_of(pte, 2), before;
	u32 changes = 0;

	gfn = gfn / PMD_PAGE_NUM * PMD_PAGE_NUM;
	before = abs_npt(s, vmid, gfn);
	if (pmd->entry && is_table(pmd->entry)) {
		for (u32 i = 0; i < PMD_PAGE_NUM; i++)
			changes +=
				!maplet_equal(abs_npt(s, vmid, gfn + i), change_maplet(first, i));
		effect_entry(out, s, CH_LINK, NPT_ID + vmid, pmd->field, pmd->at, pte);
	} else if (!maplet_equal(before, first)) {
		changes = PMD_PAGE_NUM;
	}
	effect_leaf(out, false, vmid, gfn, PMD_PAGE_NUM, changes, before, first);
}

bool local_mmap(struct abs *s, vmid_t vmid, u64 addr, u32 level, u64 pte, u64 outer,
                struct effect *out)
{
	struct slot slot[PT_LEVELS] = {
		{ F_NPT_pt_vttbr_pool, F_NPT_pt_pgd_next, 0, 0, pud_start(vmid) },
		{ F_NPT_pt_pgd_pool, F_NPT_pt_pud_next, 0, 0, pmd_start(vmid) },
		{ F_NPT_pt_pud_pool, F_NPT_pt_pmd_next, 0, 0, pool_end(vmid) },
	};
	const u64 index[PT_LEVELS] = { pgd_index(addr), pud_index(addr), pmd_index(addr) };
	const struct slot *pmd = &slot[2];
	lk_t lk = NPT_ID + vmid;
	u32 tables = level == 2 ? 2 : 3;
	struct maplet before, after = maplet_of(pte, 3);

	/* 30/E7, 30/E8: an entry that names a table, and 0, are no leaves; the top specification (32/E-T16) takes the first */
	if (!is_vmid(vmid) || !is_addr(addr) || pte == 0 || (level == 2 && is_table(pte)) ||
	    !walk(s, lk, slot, index, pool_start(vmid), PT_LEVELS)) {
		effect_stuck(out);
		return false;
	}
	/* 30/E9: what was allocated before the machine halts is never published */
	if ((level != 2 && pmd->entry && !is_table(pmd->entry)) ||
	    !add_tables(s, lk, slot, index, tables, PT_LEVELS, out)) {
		effect_halts(out, outer | LK(lk));
		return false;
	}
	if (level == 2) {
		map_block(s, vmid, addr / PAGE_SIZE, pte, pmd, out);
		return true;
	}
	before = abs_npt(s, vmid, addr / PAGE_SIZE);
	effect_leaf(out, false, vmid, addr / PAGE_SIZE, 1, !maplet_equal(before, after), before,
	            after);
	return true;
}

bool unmap_host(struct abs *s, u64 pfn, u64 outer, struct effect *out)
{
	/* 30/E19, 32/E-B8: the top specification asks whether the entry is 0; PAGE_GUEST, which is not, maps nothing either */
	if (abs_npt(s, HOSTVISOR, pfn).level == 0)
		return true;
	return local_mmap(s, HOSTVISOR, pfn * PAGE_SIZE, 3, PAGE_GUEST, outer, out);
}

bool local_spt_map(struct abs *s, u32 cbndx, u32 index, u64 iova, u64 pte, u64 outer,
                   struct effect *out)
{
	struct slot slot[] = {
		{ F_SPT_spt_vttbr_pool, F_SPT_spt_pgd_next, 0, 0, SMMU_PMD_START },
		{ F_SPT_spt_pgd_pool, F_SPT_spt_pmd_next, 0, 0, SMMU_POOL_END },
	};
	const u64 at[] = { stage2_pgd_index(iova), pmd_index(iova) };
	u32 n = ARRAY_SIZE(slot), bank = smmu_id(index, cbndx);
	struct maplet before, after = maplet_of(pte, 3);

	if (!walk(s, SPT_ID, slot, at, SMMU_TTBR(index, cbndx), n)) {
		effect_stuck(out);
		return false;
	}
	if (!add_tables(s, SPT_ID, slot, at, n, n, out)) {
		effect_halts(out, outer | LK(SPT_ID));
		return false;
	}
	before = abs_spt(s, bank, iova / PAGE_SIZE);
	effect_leaf(out, true, bank, iova / PAGE_SIZE, 1, !maplet_equal(before, after), before,
	            after);
	return true;
}

void clear_bank(struct abs *s, u32 cbndx, u32 index, struct effect *out)
{
	u64 root = SMMU_TTBR(index, cbndx), links = 0;
	/* 31/E1: as published the first entry is cleared 1024 times */
	u64 n = abs_published(s, ERRATUM_SMMU_PT_CLEAR) ? 1 : PTRS_PER_S2_PGD;
	u64 gfns = n << (S2_PGDIR_SHIFT - PAGE_SHIFT);
	u32 bank = smmu_id(index, cbndx);

	for (u64 i = 0; i < n; i++)
		links += abs_entry(s, SPT_ID, F_SPT_spt_vttbr_pool, root + i * 8) != 0;
	effect_leaf(out, true, bank, 0, (u32)gfns, (u32)abs_spt_mapped(s, bank, 0, gfns),
	            (struct maplet){ 0 }, (struct maplet){ 0 });
	effect_no_entries(out, SPT_ID, F_SPT_spt_vttbr_pool, root, (u32)n, (u32)links);
}

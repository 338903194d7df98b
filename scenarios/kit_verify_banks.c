// SPDX-License-Identifier: GPL-2.0-only
/* After a run: do the SMMUs hold what the CPUs' operations were to do? */
#include "scenarios/kit_smmu.h"

#include <stdio.h>

static u64 cell(const struct machine *m, lk_t lk, u32 field, u64 index)
{
	return obj_get(&m->shared.obj[lk], field, index);
}

/* An entry of a table that @table names; 0: it names none. */
static u64 entry(const struct machine *m, u32 pool, u64 table, u64 i)
{
	u64 at = phys_page(table) | i * sizeof(u64);

	return obj_index_ok(SPT_ID, pool, at) ? cell(m, SPT_ID, pool, at) : 0;
}

static u64 frame_at(const struct machine *m, u32 bank, u64 gfn)
{
	u64 addr = gfn * PAGE_SIZE;
	u64 e = SMMU_TTBR(smmu_index_of(bank), smmu_cbndx_of(bank));

	e = entry(m, F_SPT_spt_vttbr_pool, e, stage2_pgd_index(addr));
	e = entry(m, F_SPT_spt_pgd_pool, e, pmd_index(addr));
	return phys_page(entry(m, F_SPT_spt_pmd_pool, e, pte_index(addr))) / PAGE_SIZE;
}

static bool place_ok(const struct kit *kit, const struct machine *m, u32 bank, vmid_t vmid,
                     u32 slot, struct run_differs *out)
{
	bool mapped = bank_slot_mapped(&kit->board.banks, bank, slot);
	u64 have = frame_at(m, bank, smmu_gfn(slot));
	u64 want = mapped ? kit_pfn(kit, smmu_page(kit, vmid, slot)) : 0;

	if (have == want)
		return true;
	snprintf(out->text, sizeof(out->text),
	         "guest frame 0x%llx of bank %u is mapped to frame 0x%llx, and not to 0x%llx",
	         (unsigned long long)smmu_gfn(slot), bank, (unsigned long long)have,
	         (unsigned long long)want);
	differs_about(out, RUN_ABOUT_BANK, bank);
	differs_about(out, RUN_ABOUT_FRAME, mapped ? want : have);
	return false;
}

static bool bank_ok(const struct kit *kit, const struct machine *m, u32 bank,
                    struct run_differs *out)
{
	vmid_t vmid;
	enum bank_state state = bank_state(&kit->board.banks, bank, &vmid);
	u64 want = state == BANK_OWNED ? vmid : INVALID;
	u64 have = cell(m, SMMU_ID, F_SMMU_smmu_vmid, bank);

	if (have != want) {
		snprintf(out->text, sizeof(out->text),
		         "bank %u belongs to %llu, and should to %llu", bank,
		         (unsigned long long)have, (unsigned long long)want);
		differs_about(out, RUN_ABOUT_BANK, bank);
		if (state == BANK_OWNED)
			differs_about(out, RUN_ABOUT_VM, vmid);
		return false;
	}
	for (u32 slot = 0; state == BANK_OWNED && slot < BANK_SLOTS; slot++)
		if (!place_ok(kit, m, bank, vmid, slot, out))
			return false;
	return true;
}

/* A page that devices of the VM alone have is for one guest frame, and for no other. */
static bool device_ok(const struct kit *kit, const struct machine *m, vmid_t vmid, u32 slot,
                      struct run_differs *out)
{
	u64 page = board_get(&kit->board.vm[vmid].device[slot]), gfn;
	struct page_hint h;

	if (page >= SLOT_TAKEN)
		return true;
	/* It may have been taken back since, and be another VM's. */
	h = board_page(&kit->board, page);
	if (h.state != PAGE_DEVICE || h.vmid != vmid)
		return true;
	gfn = cell(m, S2PAGE_ID, F_S2PAGE_s2_gfn, page);
	if (gfn == smmu_gfn(slot))
		return true;
	snprintf(out->text, sizeof(out->text),
	         "page 0x%llx has guest frame 0x%llx, and should have 0x%llx",
	         (unsigned long long)page, (unsigned long long)gfn,
	         (unsigned long long)smmu_gfn(slot));
	differs_about(out, RUN_ABOUT_FRAME, kit_pfn(kit, page));
	differs_about(out, RUN_ABOUT_VM, vmid);
	return false;
}

bool kit_verify_banks(const struct kit *kit, const struct machine *m, struct run_differs *out)
{
	for (u32 bank = 0; bank < BANKS; bank++)
		if (!bank_ok(kit, m, bank, out))
			return false;
	for (vmid_t v = 1; v <= MAX_VM_NUM; v++)
		for (u32 slot = 0; slot < BOARD_DEVICE_SLOTS; slot++)
			if (!device_ok(kit, m, v, slot, out))
				return false;
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Context banks and their tables.  [SecurityInvs: smmu_vm, smmu_iso, smmu_count]  Keys: bank; bank and gfn; frame. */
#include "oracle/check/clause.h"
#include "sim/base/addr.h"

enum { BANKS = EL2_SMMU_CFG_SIZE };

static u64 owner_of(const struct world *w, u64 bank)
{
	return world_value(w, SMMU_ID, F_SMMU_smmu_vmid, bank);
}

static u64 state_of(const struct world *w, u64 vmid)
{
	return world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0);
}

static u64 locks_smmu(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(SMMU_ID);
}

/* S8  A bank is nobody's, the host's or a VM's. */
static enum clause_verdict smmu_vm(const struct judge *j, u64 bank, struct facts *f)
{
	u64 owner = owner_of(j->world, bank);

	if (owner == INVALID)
		return CLAUSE_VACUOUS;
	if (owner < COREVISOR)
		return CLAUSE_HOLDS;
	f->bank = (u32)bank;
	facts_value(f, fact_n("bank", bank));
	facts_value(f, fact_at(fact("owner", FACT_OWNER, owner), SMMU_ID, F_SMMU_smmu_vmid, bank));
	facts_add(f, "the owner of bank %u is %llu", (u32)bank, (unsigned long long)owner);
	return CLAUSE_BROKEN;
}

static void bank_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	owe(o, c->at);
}

static void all_banks(struct owed *o, const struct world *w)
{
	(void)w;
	for (u64 k = 0; k < BANKS; k++)
		owe(o, k);
}

const struct clause clause_smmu_vm = {
	.id = CHK_SMMU_VM,
	.row = ROW_SMMU_VM,
	.changes = 1 << CH_BANK,
	.touched = bank_touched,
	.locks = locks_smmu,
	.holds = smmu_vm,
	.all = all_banks,
};

/**
 * struct of_bank - the leaves of a bank
 */
struct of_bank {
	struct owed *o;
	u64 bank;
};

static void owe_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	const struct of_bank *b = arg;

	(void)n;
	(void)m;
	owe(b->o, key3(b->bank, 0, gfn));
}

static void owe_bank(struct owed *o, const struct world *w, u64 bank)
{
	struct of_bank b = { o, bank };

	world_each_spt_leaf(w, (u32)bank, owe_leaf, &b);
}

static void all_leaves(struct owed *o, const struct world *w)
{
	for (u64 k = 0; k < BANKS; k++)
		if (owner_of(w, k) != INVALID)
			owe_bank(o, w, k);
}

static void owe_mapper(void *o, u16 who, u64 gfn, bool spt)
{
	if (spt)
		owe(o, key3(who, 0, gfn));
}

/* Of leaves, records and banks: the keys are banks and gfns. */
static void leaf_touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind == CH_PAGE) {
		world_each_mapper(w, c->at, owe_mapper, o);
	} else if (c->kind == CH_BANK) {
		owe_bank(o, w, c->at);
		owe_broken(o, key_begins, c->at);
	} else {
		for (u32 i = 0; i < c->n; i++)
			owe(o, key3(c->who, 0, c->at + i));
	}
}

/* Does S9 say something of a bank of @owner? */
static bool is_told(const struct world *w, u64 owner)
{
	return owner == HOSTVISOR || (is_vm(owner) && state_of(w, owner) <= VERIFIED);
}

static u64 locks_iso(const struct world *w, u64 key)
{
	u64 owner = owner_of(w, key_a(key));
	u64 info = is_vm(owner) ? LOCK(INFO_ID + (lk_t)owner) : 0;

	return LOCK(SMMU_ID) | LOCK(SPT_ID) | LOCK(S2PAGE_ID) | info;
}

/* S9  A frame that a bank maps is its owner's, and has that gfn. */
static enum clause_verdict smmu_iso(const struct judge *j, u64 key, struct facts *f)
{
	u64 bank = key_a(key), gfn = key_c(key), owner = owner_of(j->world, bank);
	struct maplet m = world_spt(j->world, (u32)bank, gfn);
	struct page p = world_page(j->world, m.pfn);
	char who[32];

	if (m.pfn == 0 || !is_told(j->world, owner))
		return CLAUSE_VACUOUS;
	if (p.owner == owner && p.gfn == gfn)
		return CLAUSE_HOLDS;
	facts_spt(f, j->world, (u32)bank, gfn, m);
	facts_add(f, "; the bank is %s", facts_owner(owner, who, sizeof(who)));
	facts_value(
		f, fact_at(fact("bank_owner", FACT_OWNER, owner), SMMU_ID, F_SMMU_smmu_vmid, bank));
	facts_page(f, j->world, m.pfn, p);
	if (is_vm(owner))
		facts_vm(f, j->world, owner);
	return CLAUSE_BROKEN;
}

static void iso_touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind != CH_VM) {
		leaf_touched(o, w, c);
		return;
	}
	if (c->field != F_INFO_vm_state || (c->before.v <= VERIFIED) == (c->after.v <= VERIFIED))
		return;
	for (u64 k = 0; k < BANKS; k++) {
		if (owner_of(w, k) != c->who)
			continue;
		if (c->after.v <= VERIFIED)
			owe_bank(o, w, k);
		else
			owe_broken(o, key_begins, k);
	}
}

const struct clause clause_smmu_iso = {
	.id = CHK_SMMU_ISO,
	.row = ROW_SMMU_ISO,
	.changes = 1 << CH_SPT_LEAF | 1 << CH_PAGE | 1 << CH_BANK | 1 << CH_VM,
	.mappers = true,
	.touched = iso_touched,
	.locks = locks_iso,
	.holds = smmu_iso,
	.all = all_leaves,
};

static u64 locks_count(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(SMMU_ID) | LOCK(SPT_ID) | LOCK(S2PAGE_ID);
}

static u64 offset(const struct world *w)
{
	return smmu_host_gfn(0, errata_published(world_errata(w), ERRATUM_SMMU_HOST_OFFSET));
}

/* S10  The count of a page of the host is at least the number of the host's banks that map it. */
static enum clause_verdict smmu_count(const struct judge *j, u64 pfn, struct facts *f)
{
	const struct obj *smmu = world_values(j->world, SMMU_ID);
	struct page p = world_page(j->world, pfn);
	u64 n = 0, gfn = pfn + offset(j->world);

	for (u32 k = 0; k < BANKS && p.owner == HOSTVISOR; k++)
		n += obj_value(smmu, F_SMMU_smmu_vmid, k) == HOSTVISOR &&
		     world_spt(j->world, k, gfn).pfn != 0;
	if (n == 0)
		return CLAUSE_VACUOUS;
	if (p.count >= n)
		return CLAUSE_HOLDS;
	facts_page(f, j->world, pfn, p);
	facts_value(f, fact_hex("bank_gfn", gfn));
	facts_value(f, fact_n("banks", n));
	facts_add(f, "; banks of the host that map gfn 0x%llx: %llu", (unsigned long long)gfn,
	          (unsigned long long)n);
	return CLAUSE_BROKEN;
}

static void owe_host_frame(void *arg, u64 gfn, u32 n, struct maplet m)
{
	const struct of_bank *b = arg;

	(void)n;
	(void)m;
	if (gfn >= b->bank)
		owe(b->o, gfn - b->bank);
}

static void count_touched(struct owed *o, const struct world *w, const struct change *c)
{
	struct of_bank b = { o, offset(w) };

	if (c->kind == CH_PAGE) {
		owe(o, c->at);
	} else if (c->kind == CH_BANK) {
		world_each_spt_leaf(w, (u32)c->at, owe_host_frame, &b);
		owe_broken(o, NULL, 0);
	} else {
		for (u32 i = 0; i < c->n; i++)
			owe_host_frame(&b, c->at + i, 1, c->after.map);
	}
}

static void count_all(struct owed *o, const struct world *w)
{
	struct of_bank b = { o, offset(w) };

	for (u32 k = 0; k < BANKS; k++)
		if (owner_of(w, k) == HOSTVISOR)
			world_each_spt_leaf(w, k, owe_host_frame, &b);
}

const struct clause clause_smmu_count = {
	.id = CHK_SMMU_COUNT,
	.row = ROW_SMMU_COUNT,
	.changes = 1 << CH_SPT_LEAF | 1 << CH_PAGE | 1 << CH_BANK,
	.touched = count_touched,
	.locks = locks_count,
	.holds = smmu_count,
	.all = count_all,
};

/* A page of the host whose count is 0 is mapped in no bank of the host.  [smmu_count_0_no_map, from S4, S5, S9, S10] */
static enum clause_verdict smmu_count_0(const struct judge *j, u64 key, struct facts *f)
{
	u64 bank = key_a(key), gfn = key_c(key);
	struct maplet m = world_spt(j->world, (u32)bank, gfn);
	struct page p = world_page(j->world, m.pfn);

	if (m.pfn == 0 || owner_of(j->world, bank) != HOSTVISOR || p.owner != HOSTVISOR)
		return CLAUSE_VACUOUS;
	if (p.count != 0)
		return CLAUSE_HOLDS;
	facts_spt(f, j->world, (u32)bank, gfn, m);
	facts_page(f, j->world, m.pfn, p);
	return CLAUSE_BROKEN;
}

const struct clause clause_smmu_count_0 = {
	.id = CHK_SMMU_COUNT_0,
	.row = ROW_SMMU_COUNT_0,
	.changes = 1 << CH_SPT_LEAF | 1 << CH_PAGE | 1 << CH_BANK,
	.mappers = true,
	.touched = leaf_touched,
	.locks = locks_count,
	.holds = smmu_count_0,
	.all = all_leaves,
};

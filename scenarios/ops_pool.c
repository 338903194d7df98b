// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hosts use up the pools of table pages, and the addresses for images, one of them in each episode: up to the last
 * page all goes well, and then the machine halts, there and nowhere else.
 *
 * What an operation draws from a pool is known before it: it takes a place in the tables where nothing is yet.
 */
#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"

/* Pools, and which of them an episode is about. */
enum pool { PGD, PUD, PMD, SPT_PGD, SPT_PMD, REMAP, POOLS };

/* k->note beside those of kit_smmu.h, which begin anew with each choice */
enum { POOL_FIRST = SMMU_VM + 1 };

enum {
	OTHERS_SHARE = 8, /* one operation of so many is about another pool than the episode's */
	SPT_PAGES = (SMMU_PMD_START - SMMU_PGD_START) / PAGE_SIZE,
	REMAP_PAGES = REMAP_SIZE / PAGE_SIZE - 1, /* the last one is never given out */
	MIN_IMAGE = 512,                          /* pages: four VMs use all addresses up */
	MAX_IMAGE = 1024,
	PLACE = 300, /* of a table: none of those that kit_smmu.h has */
	PROT = 0xc0,
	DEVICE_ADDR = 0x30000000,
	DEVICE_PAGES = 1024,
};

_Static_assert(SPT_PAGES == (SMMU_POOL_END - SMMU_PMD_START) / PAGE_SIZE, "both pools have it");

/* Of the bank's first GiB: its second table is being drawn, and is drawn. */
enum { FIRST_CLAIMED = 1, FIRST_DONE = 2 };

static enum pool target(const struct kit_cpu *k)
{
	return (enum pool)(k->episode % POOLS);
}

/* The level of VM @vmid's table that is to run out. */
static enum pool level_of(u64 vmid)
{
	return (enum pool)(PGD + vmid % 3);
}

static u64 size_of(enum pool pool)
{
	switch (pool) {
	case PGD:
		return (PUD_OFFSET - PGD_OFFSET) / PAGE_SIZE;
	case PUD:
		return (PMD_OFFSET - PUD_OFFSET) / PAGE_SIZE;
	case PMD:
		return (PT_POOL_PER_VM - PMD_OFFSET) / PAGE_SIZE;
	case SPT_PGD:
	case SPT_PMD:
		return SPT_PAGES;
	case REMAP:
	case POOLS:
		break;
	}
	return REMAP_PAGES;
}

/* What is drawn of a pool: all of the one that the episode is about, and of others not all. */
static u64 limit(const struct kit_cpu *k, enum pool pool)
{
	return pool == target(k) ? size_of(pool) : size_of(pool) / 4 * 3;
}

static bool now(const struct kit_cpu *k, struct rng *r, enum pool pool)
{
	return pool == target(k) || rng_below(r, OTHERS_SHARE) == 0;
}

static u64 cell(struct cpu *c, lk_t lk, u32 field)
{
	return obj_get(&c->shared->obj[lk], field, 0);
}

/* The machine halts where the pool is: it is empty, and its lock stays held. */
static void check_halt(struct cpu *c, struct kit_cpu *k, const struct operation *op, lk_t lk,
                       u32 field, u64 end)
{
	if (c->panicked && k->bad && (c->lock[lk] != LOCK_OWN_PULLED || cell(c, lk, field) < end))
		kit_surprise(k, op, "and did not halt at the empty pool");
}

/* register_kvm */

/* Where addresses for images are to run out, each VM has all the images that it can. */
static bool kvm_may(const struct kit_cpu *k)
{
	return target(k) != REMAP || k->boot.vmid == 0 || k->boot.images == MAX_LOAD_INFO_NUM;
}

static bool kvm_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	(void)op;
	return kit_take_vmid(k->kit);
}

static bool kvm_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)k;
	return is_vm(op->result);
}

static void kvm_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how != KIT_DID)
		return;
	k->boot = (struct kit_boot){ .vmid = (vmid_t)op->result };
	board_vm_set(&k->kit->board, k->boot.vmid, VM_BOOTS);
}

/* set_boot_info: addresses for images */

static bool info_args(const struct kit_cpu *k, struct operation *op, u64 pages)
{
	op->n_args = 3;
	op->args[0] = k->boot.vmid;
	op->args[1] = KIT_IMAGE_GFN * PAGE_SIZE;
	op->args[2] = pages * PAGE_SIZE;
	return true;
}

static bool info_may(const struct kit_cpu *k)
{
	return k->boot.vmid && k->boot.images < MAX_LOAD_INFO_NUM;
}

static bool info_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct pool_hint *remap = &k->kit->board.pools.remap;
	u64 left = limit(k, REMAP) - board_get(&remap->reserved), first;
	u64 pages = left > MAX_IMAGE ? MIN_IMAGE + rng_below(r, MAX_IMAGE - MIN_IMAGE) : left;

	return pages > 0 && now(k, r, REMAP) &&
	       pool_reserve(remap, pages, limit(k, REMAP), &first) && info_args(k, op, pages);
}

static void info_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	kit_hvc(c, k, HVC_SET_BOOT_INFO, op);
	check_halt(c, k, op, CORE_ID, F_CORE_next_remap_ptr, REMAP_END - op->args[2]);
}

static void info_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how != KIT_DID)
		return;
	k->boot.images++;
	pool_drawn(&k->kit->board.pools.remap, op->args[2] / PAGE_SIZE);
}

static bool info_empty(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return board_get(&k->kit->board.pools.remap.drawn) == REMAP_PAGES && info_may(k) &&
	       info_args(k, op, rng_below(r, 2) ? 1 : rng_below(r, MAX_IMAGE) + 1);
}

static const struct kit_bad info_bad[] = {
	{ "the addresses are used up", KIT_PANICKED, info_empty },
	{ NULL, KIT_DID, NULL },
};

/* ioremap: tables of a VM's stage-2 table */

/* Area number @i of the VM, where its table has nothing of its level. */
static bool io_args(struct operation *op, struct rng *r, u64 vmid, u64 i)
{
	static const u32 shift[] = { [PGD] = PGDIR_SHIFT, [PUD] = PUD_SHIFT, [PMD] = PMD_SHIFT };

	op->n_args = 4;
	op->args[0] = vmid;
	op->args[1] = i << shift[level_of(vmid)];
	op->args[2] = DEVICE_ADDR + rng_below(r, DEVICE_PAGES) * PAGE_SIZE;
	op->args[3] = PAGE_SIZE;
	return true;
}

static bool io_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, VM_BOOTS);
	u64 i;

	return v && now(k, r, level_of(v)) &&
	       pool_reserve(&k->kit->board.pools.stage2[v], 1, limit(k, level_of(v)), &i) &&
	       io_args(op, r, v, i);
}

static void io_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	static const u32 field[] = {
		[PGD] = F_NPT_pt_pgd_next, [PUD] = F_NPT_pt_pud_next, [PMD] = F_NPT_pt_pmd_next
	};
	vmid_t v = (vmid_t)op->args[0];
	const u64 end[] = { [PGD] = pud_start(v), [PUD] = pmd_start(v), [PMD] = pool_end(v) };

	kit_hvc(c, k, HVC_PHYS_ADDR_IOREMAP, op);
	check_halt(c, k, op, NPT_ID + v, field[level_of(v)], end[level_of(v)]);
}

static bool io_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	return walk_stage2(c, (vmid_t)op->args[0], op->args[1] / PAGE_SIZE) ==
	       op->args[2] / PAGE_SIZE;
}

static void io_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	if (how == KIT_DID)
		pool_drawn(&k->kit->board.pools.stage2[op->args[0]], 1);
}

static bool io_empty(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, VM_BOOTS);
	u64 size = size_of(level_of(v));

	return v && board_get(&k->kit->board.pools.stage2[v].drawn) == size &&
	       io_args(op, r, v, size);
}

static const struct kit_bad io_bad[] = {
	{ "no table is left", KIT_PANICKED, io_empty },
	{ NULL, KIT_DID, NULL },
};

/* smmu_alloc: one bank a VM */

/* By the CPU that has registered the VM. */
static bool alloc_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	return k->boot.vmid && banks_of(&k->kit->board.banks, k->boot.vmid) == 0 &&
	       smmu_free_bank(k, r) && smmu_alloc_args(op, k->note[SMMU_FREE], k->boot.vmid);
}

static bool alloc_taken(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	smmu_begin(k);
	if (smmu_vm_bank(k, r, VM_BOOTS))
		return smmu_alloc_args(op, k->note[SMMU_BANK], k->note[SMMU_VM]);
	smmu_release(k);
	return false;
}

static const struct kit_bad alloc_bad[] = {
	{ "the bank is taken", KIT_REFUSED, alloc_taken },
	{ NULL, KIT_DID, NULL },
};

/* smmu_map: tables of the SMMUs */

static bool map_args(const struct kit_cpu *k, struct operation *op, u64 gfn)
{
	op->n_args = 5;
	op->args[0] = (gfn + PLACE) * PAGE_SIZE;
	op->args[1] = kit_pfn(k->kit, k->note[SMMU_PAGE]) * PAGE_SIZE;
	op->args[2] = PROT;
	op->args[3] = smmu_cbndx_of(k->note[SMMU_BANK]);
	op->args[4] = smmu_index_of(k->note[SMMU_BANK]);
	return true;
}

/* Guest frame of a GiB, and of 2 MiB of the first one; the first GiB is for those. */
static u64 gib(u64 i)
{
	return (1 + i) << (PUD_SHIFT - PAGE_SHIFT);
}

static u64 two_mib(u64 i)
{
	return i << (PMD_SHIFT - PAGE_SHIFT);
}

/* A table of each level, for a GiB where the bank has nothing. */
static bool reserve_both(struct kit_cpu *k, u64 *i)
{
	struct pools *p = &k->kit->board.pools;
	u64 pmd;

	if (!pool_reserve(&p->spt_pgd, 1, limit(k, SPT_PGD), i))
		return false;
	if (pool_reserve(&p->spt_pmd, 1, SPT_PAGES, &pmd))
		return true;
	pool_drop(&p->spt_pgd, 1);
	return false;
}

static bool has_first(const struct kit_cpu *k)
{
	return board_get(&k->kit->board.banks.bank[k->note[SMMU_BANK]].tables) & FIRST_DONE;
}

/* A table of the last level; the bank's first brings the one above it, and the others wait for that. */
static bool reserve_last(struct kit_cpu *k, u64 *i)
{
	struct board *b = &k->kit->board;
	u64 *tables = &b->banks.bank[k->note[SMMU_BANK]].tables, have = 0, pgd;

	if (board_get(tables) == FIRST_CLAIMED)
		return false;
	if (!pool_reserve(&b->pools.spt_pmd, 1, limit(k, SPT_PMD), i))
		return false;
	if (has_first(k))
		return true;
	k->note[POOL_FIRST] = 1;
	if (board_cas(tables, &have, FIRST_CLAIMED) &&
	    pool_reserve(&b->pools.spt_pgd, 1, SPT_PAGES, &pgd))
		return true;
	pool_drop(&b->pools.spt_pmd, 1);
	return false;
}

static bool take_frame(struct kit_cpu *k, struct rng *r)
{
	u64 page = kit_take_page(k, r);

	if (page == INVALID64)
		return false;
	k->note[SMMU_PAGE] = page;
	if (smmu_frame_ok(k->kit, kit_pfn(k->kit, page)))
		return true;
	board_page_back(&k->kit->board, page, HOSTVISOR);
	return false;
}

static bool map_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	bool last = target(k) == SPT_PMD;
	u64 i;

	smmu_begin(k);
	if (now(k, r, last ? SPT_PMD : SPT_PGD) && smmu_vm_bank(k, r, VM_BOOTS) &&
	    take_frame(k, r)) {
		if (last ? reserve_last(k, &i) : reserve_both(k, &i))
			return map_args(k, op, last ? two_mib(i) : gib(i));
		board_page_back(&k->kit->board, k->note[SMMU_PAGE], HOSTVISOR);
	}
	smmu_release(k);
	return false;
}

static void map_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	kit_hvc(c, k, HVC_SMMU_LPAE_MAP, op);
	if (target(k) == SPT_PMD)
		check_halt(c, k, op, SPT_ID, F_SPT_spt_pmd_next, SMMU_POOL_END);
	else
		check_halt(c, k, op, SPT_ID, F_SPT_spt_pgd_next, SMMU_PMD_START);
}

static bool map_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	return walk_bank(c, (u32)op->args[3], (u32)op->args[4], op->args[0] / PAGE_SIZE) ==
	       op->args[1] / PAGE_SIZE;
}

static void map_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;
	bool first = k->note[POOL_FIRST] != SMMU_NONE;

	(void)op;
	if (how == KIT_DID) {
		board_page_give_device(b, k->note[SMMU_PAGE], (vmid_t)k->note[SMMU_VM]);
		pool_drawn(&b->pools.spt_pmd, 1);
		if (first || target(k) != SPT_PMD)
			pool_drawn(&b->pools.spt_pgd, 1);
		if (first)
			board_or(&b->banks.bank[k->note[SMMU_BANK]].tables, FIRST_DONE);
	}
	smmu_release(k);
}

static bool map_empty(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct pools *p = &k->kit->board.pools;
	bool last = target(k) == SPT_PMD;

	smmu_begin(k);
	if (target(k) != SPT_PGD && !last)
		return false;
	if (board_get(last ? &p->spt_pmd.drawn : &p->spt_pgd.drawn) < SPT_PAGES)
		return false;
	if (smmu_vm_bank(k, r, VM_BOOTS) && (!last || has_first(k)) && take_frame(k, r))
		return map_args(k, op, last ? two_mib(SPT_PAGES) : gib(SPT_PAGES));
	smmu_release(k);
	return false;
}

static const struct kit_bad map_bad[] = {
	{ "no table is left", KIT_PANICKED, map_empty },
	{ NULL, KIT_DID, NULL },
};

#define POOL(name_, share_, prefix, ended_)                                               \
	.name = name_, .weight = "pool", .share = share_, .mode = KIT_HOST, .sure = true, \
	.choose = prefix##_choose, .ended = ended_

const struct kit_op kit_pool_ops[] = {
	{ POOL("register_kvm", 1, kvm, kvm_ended), .hvc = HVC_REGISTER_KVM, .may = kvm_may,
	  .judge = kvm_judge },
	{ POOL("set_boot_info", 1, info, info_ended), .may = info_may, .execute = info_execute,
	  .bad = info_bad },
	{ POOL("ioremap", 4, io, io_ended), .execute = io_execute, .judge = io_judge,
	  .bad = io_bad },
	{ POOL("smmu_alloc", 1, alloc, smmu_alloc_ended), .hvc = HVC_SMMU_ALLOC_PGD,
	  .bad = alloc_bad },
	{ POOL("smmu_map", 4, map, map_ended), .execute = map_execute, .judge = map_judge,
	  .bad = map_bad },
	/* what is done when a pool is empty */
	{ .name = "timer_set_cntvoff",
	  .weight = "pool",
	  .share = 1,
	  .mode = KIT_HOST,
	  .hvc = HVC_TIMER_SET_CNTVOFF,
	  .sure = true,
	  .idle = true,
	  .judge = kit_judge_nothing },
	{ .name = NULL },
};

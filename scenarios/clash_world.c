// SPDX-License-Identifier: GPL-2.0-only
/* The few pages, VMs and banks of clash, and looks at what the machine holds. */
#include "scenarios/clash_world.h"
#include "sim/hyp/user.h"

#include "scenarios/kit_smmu.h"
#include "shmem/walk.h"

enum {
	FIRST_SINGLE = CLASH_IMAGES * PMD_PAGE_NUM,
	SINGLE =
		16, /* of the block, from here on: bit 4 of their frames is set (erratum smmu-pte-attrs) */
	RECENT = 3, /* VMs that operations are mostly about */
	PARTS = 100000,
	COUNTED = 4, /* one page of so many is one that a device of the host has, if any is found */
	COUNTED_TRIES = 8,
	PAGE_TRIES = 12,
	CARELESS = 16, /* one look of so many does not ask whether the VM is being verified */
};

u64 clash_gfn(u64 page)
{
	return (page < FIRST_SINGLE ? KIT_IMAGE_GFN : KIT_SLOT_GFN) + page % PMD_PAGE_NUM;
}

u32 clash_bank(u32 i)
{
	return i % 2 + i / 2 * SMMU_NUM_CTXT_BANKS;
}

u64 clash_image(vmid_t vmid)
{
	return (u64)(vmid + CLASH_IMAGES - 1) % CLASH_IMAGES * PMD_PAGE_NUM;
}

/* Two pages from the block's start on, which are remapped, and two whose frames can be mapped for devices. */
static u64 hot(struct rng *r)
{
	static const u64 page[CLASH_HOT] = { 0, 1, 16, 17 };

	return page[rng_below(r, CLASH_HOT)];
}

u64 clash_page(struct rng *r, vmid_t vmid)
{
	if (rng_below(r, 2))
		return FIRST_SINGLE + SINGLE + rng_below(r, CLASH_SINGLE);
	if (rng_below(r, 8) == 0)
		return rng_below(r, CLASH_IMAGES) * PMD_PAGE_NUM + hot(r);
	return clash_image(vmid) + hot(r);
}

/* One of the last few VMs, seldom any, or the one that comes next. */
static vmid_t some_vm(const struct kit_cpu *k, struct rng *r)
{
	u32 next = clash_next_vmid(k);

	if (next <= 1)
		return 1;
	if (rng_below(r, 16) == 0)
		return (vmid_t)(1 + rng_below(r, min_u64(next, MAX_VM_NUM)));
	return (vmid_t)(next - 1 - rng_below(r, min_u64(next - 1, RECENT)));
}

/* A page that a device of the host has: only as intended is there a place for one (erratum smmu-host-offset). */
static bool counted_page(const struct kit_cpu *k, struct rng *r, vmid_t vmid, u64 *page)
{
	if (errata_published(&k->kit->errata, ERRATUM_SMMU_HOST_OFFSET) || rng_below(r, COUNTED))
		return false;
	for (u32 try = 0; try < COUNTED_TRIES; try++) {
		*page = clash_page(r, vmid);
		if (clash_owner(k, *page) == HOSTVISOR && clash_count(k, *page) > 0)
			return true;
	}
	return false;
}

void clash_look_around(struct kit_cpu *k, struct rng *r)
{
	struct focus *f = clash_focus(k);

	f->vmid = some_vm(k, r);
	if (!counted_page(k, r, f->vmid, &f->page))
		f->page = clash_page(r, f->vmid);
	f->bank = clash_bank((u32)rng_below(r, CLASH_BANKS));
}

bool clash_has_bank(const struct kit_cpu *k, u32 owner, u32 *bank)
{
	for (u32 i = 0; i < CLASH_BANKS; i++)
		if (clash_bank_owner(k, clash_bank(i)) == owner) {
			*bank = clash_bank(i);
			return true;
		}
	return false;
}

u32 clash_bank_of(struct kit_cpu *k, u32 owner)
{
	u32 bank;

	return clash_of(k)->cpu[k->id].reckless && clash_has_bank(k, owner, &bank)
	               ? bank
	               : clash_focus(k)->bank;
}

void clash_find_bank(struct kit_cpu *k, struct rng *r)
{
	struct focus *f = clash_focus(k);

	for (u32 i = 0; i < CLASH_BANKS && rng_below(r, 8); i++)
		if (clash_bank_owner(k, clash_bank(i)) == f->vmid)
			f->bank = clash_bank(i);
}

static u64 look(const struct kit_cpu *k, lk_t id, u32 field, u64 index)
{
	return peek_object(k->c, id, field, index);
}

u32 clash_vm_state(const struct kit_cpu *k, vmid_t vmid)
{
	return (u32)look(k, INFO_ID + vmid, F_INFO_vm_state, 0);
}

u32 clash_vcpu_state(const struct kit_cpu *k, vmid_t vmid, u32 vcpuid)
{
	return (u32)look(k, INFO_ID + vmid, F_INFO_vm_vcpu_state, vcpuid);
}

u32 clash_next_vmid(const struct kit_cpu *k)
{
	return (u32)look(k, CORE_ID, F_CORE_next_vmid, 0);
}

u32 clash_owner(const struct kit_cpu *k, u64 page)
{
	return (u32)look(k, S2PAGE_ID, F_S2PAGE_s2_owner, page);
}

u32 clash_count(const struct kit_cpu *k, u64 page)
{
	return (u32)look(k, S2PAGE_ID, F_S2PAGE_s2_count, page);
}

u32 clash_bank_owner(const struct kit_cpu *k, u32 bank)
{
	return (u32)look(k, SMMU_ID, F_SMMU_smmu_vmid, bank);
}

u64 clash_iova_gfn(const struct kit_cpu *k, u64 page, u32 owner)
{
	bool slip = errata_published(&k->kit->errata, ERRATUM_SMMU_HOST_OFFSET);

	return owner == HOSTVISOR && !slip ? smmu_host_gfn(kit_pfn(k->kit, page), false)
	                                   : clash_gfn(page);
}

bool clash_may_get(const struct kit_cpu *k, vmid_t vmid, u64 page)
{
	u32 owner = clash_owner(k, page);
	u64 gfn = look(k, S2PAGE_ID, F_S2PAGE_s2_gfn, page);

	if (owner == HOSTVISOR)
		return clash_count(k, page) == 0;
	return owner == vmid && (gfn == INVALID64 || gfn == clash_gfn(page));
}

bool clash_may_map(const struct kit_cpu *k, vmid_t vmid, u64 page)
{
	u32 owner = clash_owner(k, page);

	if (owner == HOSTVISOR)
		return clash_count(k, page) == 0;
	return owner == vmid && look(k, S2PAGE_ID, F_S2PAGE_s2_gfn, page) == clash_gfn(page);
}

u64 clash_page_that(const struct kit_cpu *k, struct rng *r, vmid_t vmid,
                    bool (*is)(const struct kit_cpu *k, vmid_t vmid, u64 page))
{
	u64 focus = clash_focus(k)->page, page = focus;

	for (u32 try = 0; try < PAGE_TRIES && !clash_of(k)->alone; try++) {
		if (is(k, vmid, page))
			return page;
		page = clash_page(r, vmid);
	}
	return focus;
}

bool clash_is_owner(const struct kit_cpu *k, vmid_t vmid, u64 page)
{
	return clash_owner(k, page) == vmid;
}

bool clash_left_page(const struct kit_cpu *k, struct rng *r, u64 *page)
{
	u32 next = clash_next_vmid(k), bank;

	for (vmid_t v = 1; v < next && is_vm(v); v++) {
		if (clash_vm_state(k, v) != POWEROFF || clash_runs(k, v) ||
		    clash_has_bank(k, v, &bank))
			continue;
		*page = clash_page_that(k, r, v, clash_is_owner);
		if (clash_owner(k, *page) == v)
			return true;
	}
	return false;
}

bool clash_is_ready(const struct kit_cpu *k, struct rng *r, vmid_t vmid)
{
	if (clash_vm_state(k, vmid) != READY)
		return false;
	return !(board_get(&clash_of(k)->verifying) >> vmid & 1) || rng_below(r, CARELESS) == 0;
}

bool clash_runs(const struct kit_cpu *k, vmid_t vmid)
{
	for (u32 i = 0; i < CLASH_VCPUS; i++)
		if (clash_vcpu_state(k, vmid, i) == ACTIVE)
			return true;
	return false;
}

bool clash_heeds(const struct kit_cpu *k, struct rng *r, bool halts)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];

	if (!halts)
		return false;
	if (!own->reckless && rng_below(r, PARTS) >= s->heedless)
		return true;
	own->doomed = true;
	return false;
}

enum { DMA_TRIES = 4 };

bool clash_dma_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct focus *f = clash_focus(k);
	u32 owner = clash_bank_owner(k, f->bank);

	op->n_args = 4;
	op->args[1] = rng_next(r);
	op->args[2] = smmu_cbndx_of(f->bank);
	op->args[3] = smmu_index_of(f->bank);
	op->args[0] = clash_iova_gfn(k, f->page, owner);
	for (u32 try = 0; try < DMA_TRIES; try++) {
		if (look_bank(k->c, (u32)op->args[2], (u32)op->args[3], op->args[0]).pfn)
			break;
		op->args[0] = clash_iova_gfn(k, clash_page(r, f->vmid), owner);
	}
	return true;
}

static void end_access(struct cpu *c, struct kit_cpu *k, enum access_kind kind,
                       struct operation *op)
{
	struct access a =
		dma_access(c, kind, op->args[0], op->args[1], (u32)op->args[2], (u32)op->args[3]);

	op->result = a.value;
	k->note[0] = a.how == ACCESS_OWN || a.how == ACCESS_SHARED;
}

void clash_dma_load(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(c, k, ACCESS_LOAD, op);
}

void clash_dma_store(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	end_access(c, k, ACCESS_STORE, op);
}

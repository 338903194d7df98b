// SPDX-License-Identifier: GPL-2.0-only
/* NPTOps' and MemManager's operations, one step each.  [TrapHandlerSpec; spec/30 sections 3.4, 6, 9.3] */
#include "oracle/spec/mmap.h"
#include "oracle/spec/steps.h"

/* OPT_GET vmid addr: walk_s2pt.  A reader: the top specification has no function for it. */
void read_walk_s2pt(struct abs *s, const u64 *arg, struct effect *out)
{
	GOES(walk_s2pt, READ);
	if (!is_vmid(arg[0]) || !is_addr(arg[1])) {
		effect_stuck(out);
		return;
	}
	out->result = abs_npt(s, (vmid_t)arg[0], arg[1] / PAGE_SIZE).pte;
}

/* OPT_GET vmid addr: get_level_s2pt.  0 also where the entry names frame 0, as PAGE_GUEST does. */
void read_level_s2pt(struct abs *s, const u64 *arg, struct effect *out)
{
	if (!is_vmid(arg[0]) || !is_addr(arg[1])) {
		effect_stuck(out);
		return;
	}
	out->result = abs_npt(s, (vmid_t)arg[0], arg[1] / PAGE_SIZE).level;
	if (out->result)
		GOES(get_level_s2pt, MAPPED);
	else
		GOES(get_level_s2pt, NOT_MAPPED);
}

/* 30/E30, 40/K1: as published INVALID, which is no number of sharers, is above 0. */
static bool is_shared(struct abs *s, u64 count)
{
	return count > 0 && (count != INVALID || abs_published(s, ERRATUM_COUNT_INVALID));
}

/*
 * OMAP_HOST addr
 *   owner INVALID          mapped flat, as a device
 *   owner 0, or shared     mapped flat
 *   otherwise              the machine halts
 * 30/E5: the layer's range is is_paddr, the lower one's is_addr: is_paddr.
 */
void local_map_host(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 addr = arg[0], pfn = addr / PAGE_SIZE;
	struct page page;

	if (!is_paddr(addr)) {
		effect_stuck(out);
		return;
	}
	page = abs_page(s, pfn);
	if (page.owner == INVALID) {
		GOES(map_page_host, DEVICE);
		local_mmap(s, HOSTVISOR, addr, 3, pfn * PAGE_SIZE | PAGE_S2_DEVICE | S2_RDWR,
		           LK(S2PAGE_ID), out);
	} else if (page.owner == HOSTVISOR || is_shared(s, page.count)) {
		if (page.owner == HOSTVISOR)
			GOES(map_page_host, HOST);
		else
			GOES(map_page_host, SHARED);
		local_mmap(s, HOSTVISOR, addr, 3, pfn * PAGE_SIZE | PAGE_S2_KERNEL, LK(S2PAGE_ID),
		           out);
	} else {
		GOES(map_page_host, FOREIGN);
		effect_halts(out, LK(S2PAGE_ID));
	}
}

/*
 * OCLEAR_VM vmid pfn.  30/E1: the layer's specification leaves the host's table as it is; body and top specification unmap the
 * frame there.
 */
void local_clear_vm_page(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], pfn = arg[1];
	bool published = abs_published(s, ERRATUM_SMMU_HOST_OFFSET);

	if (!is_vmid(vmid) || !is_pfn(pfn)) {
		effect_stuck(out);
		return;
	}
	if (abs_page(s, pfn).owner != vmid) {
		GOES(clear_vm_page, NOT_ITS);
		return;
	}
	GOES(clear_vm_page, GIVEN_BACK);
	if (!unmap_host(s, pfn, LK(S2PAGE_ID), out))
		return;
	effect_page(out, s, pfn, (struct page){ HOSTVISOR, 0, smmu_host_gfn(pfn, published) });
	effect_flat(out, pfn, value_of(0));
}

/*
 * OASSIGN_VM vmid gfn pfn
 *   owner 0, count 0      it becomes the VM's, at @gfn, with contents from outside; the host loses it
 *   owner 0, else         halts
 *   owner vmid            at @gfn, or at none so far: it is there, and a count INVALID becomes 0; elsewhere: halts
 *   otherwise             halts
 * 30/E14, 32/E-T8: of a page that the VM has the top specification stores the old record again; the body stores the new one.
 * 30/E3: it also writes the record of a page whose host mapping halts the machine, which nobody can see.
 */
void local_assign_pfn_to_vm(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], gfn = arg[1], pfn = arg[2];
	struct page page;

	if (!is_vmid(vmid) || !is_gfn(gfn) || !is_pfn(pfn)) {
		effect_stuck(out);
		return;
	}
	page = abs_page(s, pfn);
	if (page.owner == HOSTVISOR && page.count == 0) {
		GOES(assign_pfn_to_vm, GIVEN);
		if (!unmap_host(s, pfn, LK(S2PAGE_ID), out))
			return;
		effect_page(out, s, pfn, (struct page){ vmid, 0, gfn });
		effect_flat(out, pfn, effect_take(out, MV_STREAM_DATA, (u16)vmid, INVALID64));
	} else if (page.owner == HOSTVISOR) {
		GOES(assign_pfn_to_vm, COUNTED);
		effect_halts(out, LK(S2PAGE_ID));
	} else if (page.owner != vmid) {
		GOES(assign_pfn_to_vm, FOREIGN);
		effect_halts(out, LK(S2PAGE_ID));
	} else if (page.gfn == INVALID64 || page.gfn == gfn) {
		GOES(assign_pfn_to_vm, SETTLED);
		page.gfn = gfn;
		page.count = page.count == INVALID ? 0 : page.count;
		effect_page(out, s, pfn, page);
	} else {
		GOES(assign_pfn_to_vm, ELSEWHERE);
		effect_halts(out, LK(S2PAGE_ID));
	}
}

/* OMAP_VM vmid addr pte level.  Who has the frames is not asked. */
void local_map_pfn_vm(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], addr = arg[1], pa = phys_page(arg[2]), level = arg[3];

	if (!is_vmid(vmid) || !is_addr(addr)) {
		effect_stuck(out);
	} else if (level == 2) {
		GOES(map_pfn_vm, BLOCK);
		local_mmap(s, (vmid_t)vmid, addr, 2, (pa | PAGE_S2_KERNEL) & NOT_PMD_TABLE_BIT, 0,
		           out);
	} else {
		GOES(map_pfn_vm, PAGE);
		local_mmap(s, (vmid_t)vmid, addr, 3, pa | PAGE_S2_KERNEL, 0, out);
	}
}

/* OMAP_IO vmid gpa pa: map_io, and in it map_vm_io. */
void local_map_io(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 gpa = arg[1], pa = arg[2];
	vmid_t vmid = (vmid_t)arg[0];

	if (!is_vmid(arg[0]) || !is_addr(gpa) || !is_addr(pa)) {
		effect_stuck(out);
		return;
	}
	if (abs_vm(s, vmid, F_INFO_vm_state, 0) != READY) {
		GOES(map_io, NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
		return;
	}
	if (abs_page(s, pa / PAGE_SIZE).owner != INVALID) {
		GOES(map_io, MEMORY);
		return;
	}
	GOES(map_io, DEVICE);
	local_mmap(s, vmid, gpa, 3, phys_page(pa) | PAGE_S2_DEVICE | S2_RDWR,
	           LK(INFO_ID + vmid) | LK(S2PAGE_ID), out);
}

/* OGRANT vmid pfn.  30/E37: beyond 100 shares nothing is counted, and nobody hears of it. */
void local_grant_vm_page(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], pfn = arg[1];
	struct page page;

	if (!is_vmid(vmid) || !is_pfn(pfn)) {
		effect_stuck(out);
		return;
	}
	page = abs_page(s, pfn);
	if (page.owner != vmid) {
		GOES(grant_vm_page, NOT_ITS);
	} else if (page.count >= MAX_SHARE_COUNT) {
		GOES(grant_vm_page, FULL);
	} else {
		GOES(grant_vm_page, COUNTED);
		page.count++;
		effect_page(out, s, pfn, page);
	}
}

/* OREVOKE vmid pfn. */
void local_revoke_vm_page(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], pfn = arg[1];
	struct page page;
	bool last;

	if (!is_vmid(vmid) || !is_pfn(pfn)) {
		effect_stuck(out);
		return;
	}
	page = abs_page(s, pfn);
	last = page.count == 1;
	if (page.owner != vmid) {
		GOES(revoke_vm_page, NOT_ITS);
		return;
	}
	if (!is_shared(s, page.count)) {
		GOES(revoke_vm_page, NOT_SHARED);
		return;
	}
	if (last)
		GOES(revoke_vm_page, LAST);
	else
		GOES(revoke_vm_page, COUNTED);
	if (last && !unmap_host(s, pfn, LK(S2PAGE_ID), out))
		return;
	page.count--;
	effect_page(out, s, pfn, page);
	if (last)
		effect_flat(out, pfn, effect_take(out, MV_STREAM_DATA, (u16)vmid, INVALID64));
}

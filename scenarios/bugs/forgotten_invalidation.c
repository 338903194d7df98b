// SPDX-License-Identifier: GPL-2.0-only
/* bug/forgotten-invalidation: revoke_vm_page takes a page out of the host's table, and out of no translation buffer. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/fixed.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "shmem/phys.h"
#include "sim/hyp/npt_walk.h"
#include "sim/hyp/page_mgr.h"
#include "sim/hyp/pt_walk.h"

static void unmap_host(struct cpu *c, u64 pfn)
{
	u64 addr = pfn * PAGE_SIZE, entry;

	acquire_lock_pt(c, HOSTVISOR);
	if (get_npt_level(c, HOSTVISOR, addr) != 0) {
		entry = walk_pgd(c, HOSTVISOR, get_pt_vttbr(c, HOSTVISOR), addr, 0);
		entry = walk_pud(c, HOSTVISOR, entry, addr, 0);
		entry = walk_pmd(c, HOSTVISOR, entry, addr, 0);
		set_pte(c, HOSTVISOR, entry, addr, PAGE_GUEST);
		/* tlb_invalidate_begin() and tlb_invalidate_wait() are what is missing. */
	}
	release_lock_pt(c, HOSTVISOR);
}

static void revoke(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 count;

	OP_BEGIN(c, revoke_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	count = get_pfn_count(c, pfn);
	if (get_pfn_owner(c, pfn) == vmid && count > 0) {
		set_pfn_count(c, pfn, count - 1);
		if (count == 1) {
			unmap_host(c, pfn);
			fetch_from_doracle(c, vmid, pfn, 1);
		}
	}
	release_lock_s2page(c);
	OP_END(c, revoke_vm_page);
}

const struct bug bug_forgotten_invalidation = {
	.scenario = { .name = "bug/forgotten-invalidation",
	              .sentence =
	                      "a page leaves the host's table, and no translation buffer is told",
	              .aim = "the host goes on with the old translation; its CPUs have buffers "
	                     "here",
	              .tlb = true,
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .revoke_vm_page = revoke },
	.named_by = "tlb",
};

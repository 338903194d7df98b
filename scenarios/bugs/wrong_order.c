// SPDX-License-Identifier: GPL-2.0-only
/* bug/wrong-order: clear_vm_page takes the lock of the host's table before that of the page records. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "shmem/tlb.h"
#include "sim/hyp/npt_walk.h"
#include "sim/hyp/page_mgr.h"

static void clear(struct cpu *c, u32 vmid, u64 pfn)
{
	OP_BEGIN(c, clear_vm_page, vmid, pfn);
	/* Everybody else takes S2PAGE first: two CPUs that meet here wait for each other. */
	acquire_lock_pt(c, HOSTVISOR);
	acquire_lock_s2page(c);
	if (get_pfn_owner(c, pfn) == vmid) {
		if (get_npt_level(c, HOSTVISOR, pfn * PAGE_SIZE) != 0)
			set_npt(c, HOSTVISOR, pfn * PAGE_SIZE, 3, PAGE_GUEST);
		set_pfn_owner(c, pfn, HOSTVISOR);
		set_pfn_count(c, pfn, 0);
		set_pfn_map(c, pfn, smmu_host_gfn(pfn, published(c, ERRATUM_SMMU_HOST_OFFSET)));
		clear_phys_page(c, pfn);
	}
	release_lock_s2page(c);
	tlb_invalidate_wait(c);
	release_lock_pt(c, HOSTVISOR);
	OP_END(c, clear_vm_page);
}

const struct bug bug_wrong_order = {
	.scenario = { .name = "bug/wrong-order",
	              .sentence = "the host's table is locked before the page records",
	              .aim = "the order is wrong in every run, the deadlock comes in few",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .clear_vm_page = clear },
	.named_by = "order",
};

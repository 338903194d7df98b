// SPDX-License-Identifier: GPL-2.0-only
/* bug/forgotten-scrub: clear_vm_page gives a page back to the host with what the VM left in it. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/page_mgr.h"

static void clear(struct cpu *c, u32 vmid, u64 pfn)
{
	OP_BEGIN(c, clear_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	if (get_pfn_owner(c, pfn) == vmid) {
		clear_pfn_host(c, pfn);
		set_pfn_owner(c, pfn, HOSTVISOR);
		set_pfn_count(c, pfn, 0);
		set_pfn_map(c, pfn, smmu_host_gfn(pfn, published(c, ERRATUM_SMMU_HOST_OFFSET)));
		/* clear_phys_page(c, pfn) is what is missing. */
	}
	release_lock_s2page(c);
	OP_END(c, clear_vm_page);
}

const struct bug bug_forgotten_scrub = {
	.scenario = { .name = "bug/forgotten-scrub",
	              .sentence = "a page goes back to the host with what the VM left in it",
	              .aim = "no table and no record is wrong: only what the page holds",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .clear_vm_page = clear },
	.named_by = "scrub",
};

// SPDX-License-Identifier: GPL-2.0-only
/* bug/wrong-owner: grant_vm_page does not ask whose a page is. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "sim/hyp/page_mgr.h"

static void grant(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 count;

	OP_BEGIN(c, grant_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	count = get_pfn_count(c, pfn);
	/* get_pfn_owner(c, pfn) == vmid is what is missing. */
	if (count < MAX_SHARE_COUNT)
		set_pfn_count(c, pfn, count + 1);
	release_lock_s2page(c);
	OP_END(c, grant_vm_page);
}

const struct bug bug_wrong_owner = {
	.scenario = { .name = "bug/wrong-owner",
	              .sentence = "a VM shares a page that it does not have",
	              .aim = "every record stays one that there can be: the operation did what it "
	                     "must not",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .grant_vm_page = grant },
	.named_by = "refine",
};

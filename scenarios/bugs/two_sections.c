// SPDX-License-Identifier: GPL-2.0-only
/* bug/two-sections: grant_vm_page looks at a page's record in one section, and changes it in the next. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "sim/hyp/page_mgr.h"

static void grant(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 owner, count;

	OP_BEGIN(c, grant_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	owner = get_pfn_owner(c, pfn);
	count = get_pfn_count(c, pfn);
	release_lock_s2page(c);
	/* Whatever was true of the page need not be now. */
	acquire_lock_s2page(c);
	if (owner == vmid && count < MAX_SHARE_COUNT)
		set_pfn_count(c, pfn, count + 1);
	release_lock_s2page(c);
	OP_END(c, grant_vm_page);
}

const struct bug bug_two_sections = {
	.scenario = { .name = "bug/two-sections",
	              .sentence =
	                      "a page's record is looked at in one section and changed in another",
	              .aim = "each section is right, and no two CPUs need to meet for it to be "
	                     "seen",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .grant_vm_page = grant },
	.named_by = "sequence",
};

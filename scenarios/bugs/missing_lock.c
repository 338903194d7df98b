// SPDX-License-Identifier: GPL-2.0-only
/* bug/missing-lock: grant_vm_page changes a page's record without the lock of the records. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "sim/hyp/page_mgr.h"

static void grant(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 count;

	OP_BEGIN(c, grant_vm_page, vmid, pfn);
	/* acquire_lock_s2page(c) is what is missing: two CPUs that share the page at once could lose one of the shares. */
	count = get_pfn_count(c, pfn);
	if (get_pfn_owner(c, pfn) == vmid && count < MAX_SHARE_COUNT)
		set_pfn_count(c, pfn, count + 1);
	OP_END(c, grant_vm_page);
}

const struct bug bug_missing_lock = {
	.scenario = { .name = "bug/missing-lock",
	              .sentence = "a page is shared without the lock of the page records",
	              .aim = "the machine refuses the first access: its object was not pulled",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .grant_vm_page = grant },
	.named_by = "stuck",
};

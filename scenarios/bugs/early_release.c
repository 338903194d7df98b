// SPDX-License-Identifier: GPL-2.0-only
/* bug/early-release: revoke_vm_page gives the lock of the page records up before the host has lost the page. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/page_mgr.h"

static void revoke(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 count;

	OP_BEGIN(c, revoke_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	count = get_pfn_count(c, pfn);
	if (get_pfn_owner(c, pfn) == vmid && count > 0)
		set_pfn_count(c, pfn, count - 1);
	release_lock_s2page(c);
	/* Here the page is the VM's alone, and the host still maps it. */
	if (count == 1) {
		clear_pfn_host(c, pfn);
		fetch_from_doracle(c, vmid, pfn, 1);
	}
	OP_END(c, revoke_vm_page);
}

const struct bug bug_early_release = {
	.scenario = { .name = "bug/early-release",
	              .sentence = "the page records are given up before the host has lost the page",
	              .aim = "between the two sections the host maps a page that is not shared",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .revoke_vm_page = revoke },
	.named_by = "host_iso",
};

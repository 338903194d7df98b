// SPDX-License-Identifier: GPL-2.0-only
/* bug/forgotten-unmap: assign_pfn_to_vm gives a page to a VM, and the host keeps its mapping. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/page_mgr.h"

static void assign(struct cpu *c, u32 vmid, u64 gfn, u64 pfn)
{
	OP_BEGIN(c, assign_pfn_to_vm, vmid, gfn, pfn);
	acquire_lock_s2page(c);
	if (get_pfn_owner(c, pfn) == HOSTVISOR && get_pfn_count(c, pfn) == 0) {
		/* clear_pfn_host(c, pfn) is what is missing. */
		set_pfn_owner(c, pfn, vmid);
		set_pfn_map(c, pfn, gfn);
		fetch_from_doracle(c, vmid, pfn, 1);
	}
	release_lock_s2page(c);
	OP_END(c, assign_pfn_to_vm);
}

const struct bug bug_forgotten_unmap = {
	.scenario = { .name = "bug/forgotten-unmap",
	              .sentence = "a page is given to a VM and stays in the host's table",
	              .aim = "the host reads and writes what is the VM's alone",
	              BUG_SCENARIO(WAIT_AUTO, 2, bug_errata) },
	.hyp = { .assign_pfn_to_vm = assign },
	.named_by = "host_iso",
};

// SPDX-License-Identifier: GPL-2.0-only
/* bug/lost-wakeup: who passes the lock of the page records on does not wake the CPU that sleeps until it is served. */
#include "cpu/op.h"
#include "lock/wait.h"
#include "scenarios/bugs/bug.h"
#include "shmem/locks.h"
#include "shmem/shared.h"
#include "sim/hyp/page_mgr.h"

/* pass_lock, step by step, without its look for sleepers. */
static void pass_in_silence(struct cpu *c, lk_t lk)
{
	barrier(c);
	incr_now(c, lk);
	c->lock[lk] = LOCK_FALSE;
	pub_store(&c->pub.held, cpu_held(c) & ~(1ull << lk));
}

static void grant(struct cpu *c, u32 vmid, u64 pfn)
{
	u32 count;

	OP_BEGIN(c, grant_vm_page, vmid, pfn);
	acquire_lock_s2page(c);
	count = get_pfn_count(c, pfn);
	if (get_pfn_owner(c, pfn) == vmid && count < MAX_SHARE_COUNT)
		set_pfn_count(c, pfn, count + 1);
	release_shared(c, S2PAGE_ID);
	pass_in_silence(c, S2PAGE_ID);
	OP_END(c, grant_vm_page);
}

const struct bug bug_lost_wakeup = {
	.scenario = { .name = "bug/lost-wakeup",
	              .sentence = "a lock is passed on, and the CPU that sleeps there is not woken",
	              .aim = "needs sleeping waiters (--wait park, the default here) and two CPUs "
	                     "that meet",
	              BUG_SCENARIO(WAIT_PARK, 4, bug_errata) },
	.hyp = { .grant_vm_page = grant },
	.named_by = "outcome",
};

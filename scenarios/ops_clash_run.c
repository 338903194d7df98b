// SPDX-License-Identifier: GPL-2.0-only
/* Runs of vCPUs in clash: which one a host runs, and with which page. */
#include "scenarios/clash_world.h"
#include "shmem/walk.h"

enum {
	FRESH_TRIES = 8,
	/* It and the next run for the first time at the end of an episode, but for one time of so many. */
	LAST_VCPU = 2,
	CAREFUL = 4, /* one run of so many is of a vCPU that is about to run elsewhere */
	NOWHERE = 8, /* one VM of so many that have no image: one of its vCPUs is run */
	KEPT = 64,
};

/* A page of the focus, a block below pages or over them, or nothing. */
static void bring(struct kit_cpu *k, struct rng *r, struct operation *op, vmid_t vmid)
{
	u64 page = clash_page_that(k, r, vmid, clash_may_get);
	/* Who comes to the VM's table brings a page. */
	u64 kind = rng_below(r, clash_of(k)->cpu[k->id].to == LIST_MEMORY ? 8 : 16);

	if (kind < 8 && clash_may_get(k, vmid, page) &&
	    !clash_heeds(k, r, look_stage2(k->c, vmid, clash_gfn(page)).level == 2)) {
		op->args[RUN_ADDR] = clash_gfn(page) * PAGE_SIZE;
		op->args[RUN_PTE] = kit_pfn(k->kit, page) * PAGE_SIZE;
		op->args[RUN_LEVEL] = 3;
	} else if (kind == 8) {
		page = page / PMD_PAGE_NUM * PMD_PAGE_NUM;
		for (u64 i = 0; i < PMD_PAGE_NUM; i++)
			if (clash_heeds(k, r, !clash_may_get(k, vmid, page + i)))
				return;
		op->args[RUN_ADDR] = clash_gfn(page) * PAGE_SIZE;
		op->args[RUN_PTE] = kit_pfn(k->kit, page) * PAGE_SIZE;
		op->args[RUN_LEVEL] = 2;
	}
}

/* Is the vCPU about to run elsewhere, as far as one sees?  In one thread it is not. */
static bool is_taken(const struct kit_cpu *k, vmid_t vmid, u32 vcpuid)
{
	const struct clash *s = clash_of(k);

	for (u32 i = 0; i < k->kit->cpus && !s->alone; i++)
		if (i != k->id && board_get(&s->cpu[i].runs) == clash_vcpu(vmid, vcpuid))
			return true;
	return board_get(&s->entering[vmid]) >> vcpuid & 1;
}

/* One that has run, or else one of several that have not, for who leaves the last of these to another CPU. */
static u32 run_before(const struct kit_cpu *k, vmid_t vmid)
{
	u64 ran = board_get(&clash_of(k)->ran[vmid]);
	u32 fresh = 0, found = CLASH_VCPUS - 1;

	for (u32 i = CLASH_VCPUS; i-- > 0;) {
		if (clash_vcpu_state(k, vmid, i) != READY || is_taken(k, vmid, i))
			continue;
		if (ran >> i & 1)
			return i;
		if (fresh++)
			found = i;
	}
	return found;
}

/* Rather one that is to run for the first time, which asks for its entry point and its registers. */
static u32 fresh_vcpu(const struct kit_cpu *k, struct rng *r, vmid_t vmid)
{
	u64 ran = board_get(&clash_of(k)->ran[vmid]);
	bool alone = clash_of(k)->alone;
	u32 vcpuid = (u32)rng_below(r, CLASH_VCPUS);

	for (u32 try = 0; try < FRESH_TRIES; try++) {
		if (!(ran >> vcpuid & 1) && clash_vcpu_state(k, vmid, vcpuid) == READY &&
		    (alone || !is_taken(k, vmid, vcpuid)))
			break;
		vcpuid = (u32)rng_below(r, CLASH_VCPUS);
	}
	if (!clash_ends(k) && vcpuid >= LAST_VCPU && !(ran >> vcpuid & 1) && rng_below(r, KEPT))
		vcpuid = 0;
	return vcpuid;
}

bool clash_run_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = clash_focus(k)->vmid;
	bool before = clash_of(k)->cpu[k->id].spares || clash_of(k)->cpu[k->id].to == LIST_MEMORY;
	u32 vcpuid = before ? run_before(k, v) : fresh_vcpu(k, r, v);
	bool runnable = v <= k->kit->runnable && clash_vm_state(k, v) == VERIFIED &&
	                clash_vcpu_state(k, v, vcpuid) == READY &&
	                (clash_has_image(k, v) || rng_below(r, NOWHERE) == 0);

	if (clash_heeds(k, r, !runnable) ||
	    (is_taken(k, v, vcpuid) && rng_below(r, clash_of(k)->alone ? CAREFUL : KEPT)))
		return false;
	board_set(&clash_of(k)->cpu[k->id].runs, clash_vcpu(v, vcpuid));
	*op = (struct operation){ .kind = op->kind, .n_args = RUN_ARGS };
	op->args[RUN_VMID] = v;
	op->args[RUN_VCPU] = vcpuid;
	bring(k, r, op, v);
	return true;
}

void kit_clash_run_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	u64 *entering = &clash_of(k)->entering[op->args[RUN_VMID]],
	    bit = 1ull << op->args[RUN_VCPU];

	board_or(entering, bit);
	kit_run(c, k, op);
	board_or(&clash_of(k)->ran[op->args[RUN_VMID]], bit);
	board_and(entering, ~bit);
}

bool clash_run_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	(void)op;
	return !c->ihost;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The host touches a page that it does not have: it is mapped, if the host may see it. */
#include "scenarios/kit.h"
#include "shmem/walk.h"

enum { NOTE_PAGE, NOTE_VMID }; /* k->note; NOTE_PAGE: INVALID64: none */

/* Devices below 2 MiB, where no SMMU has its registers. */
enum { DEVICE_FRAME0 = 0x120, DEVICE_FRAMES = 0xe0, PAGE_TRIES = 16 };

/* A page that the host may touch, in use: often one that was shared lately. */
static bool use_page(struct kit_cpu *k, struct rng *r)
{
	struct board *b = &k->kit->board;

	for (u32 try = 0; try < PAGE_TRIES; try++) {
		u64 page = rng_below(r, k->kit->reach);
		vmid_t vmid;

		if (try == 0 && rng_below(r, 3) == 0)
			page = board_get(&b->recent[page % BOARD_RECENT]);
		if (page < k->kit->reach && board_page_use(b, page, &vmid)) {
			k->note[NOTE_PAGE] = page;
			k->note[NOTE_VMID] = vmid;
			return true;
		}
	}
	return false;
}

static u64 frame_addr(const struct kit_cpu *k)
{
	return kit_pfn(k->kit, k->note[NOTE_PAGE]) * PAGE_SIZE;
}

static bool fault_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->n_args = 1;
	if (rng_below(r, 16) == 0) {
		k->note[NOTE_PAGE] = INVALID64;
		op->args[0] = (DEVICE_FRAME0 + rng_below(r, DEVICE_FRAMES)) * PAGE_SIZE;
		return true;
	}
	if (!use_page(k, r))
		return false;
	op->args[0] = frame_addr(k);
	return true;
}

static bool fault_private(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t vmid;

	if (!kit_freeze_page(k, r, k->kit->reach, &k->note[NOTE_PAGE], &vmid))
		return false;
	op->n_args = 1;
	op->args[0] = frame_addr(k);
	return true;
}

static bool fault_core(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)k;
	op->n_args = 1;
	op->args[0] = PT_POOL_START + rng_below(r, BOOT_CORE_PAGES) * PAGE_SIZE;
	return true;
}

static bool fault_beyond(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct errata *e = &k->kit->errata;

	op->n_args = 1;
	op->args[0] = KVM_PHYS_SIZE + rng_below(r, KVM_PFN_SPACE) * PAGE_SIZE;
	return !errata_published(e, ERRATUM_HPFAR_MASK) &&
	       !errata_published(e, ERRATUM_HOST_OUTSIDE_SPEC);
}

/*
 * The page stays the host's, or shared, so the host has it now.  But of a VM that is off it may have been taken back since,
 * and with that from the host's table.
 */
static bool fault_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u64 pfn = op->args[0] / PAGE_SIZE, page = k->note[NOTE_PAGE];
	bool found = walk_stage2(c, HOSTVISOR, pfn) == pfn;

	if (found || page == INVALID64)
		return found;
	return k->note[NOTE_VMID] != HOSTVISOR &&
	       board_page(&k->kit->board, page).vmid != k->note[NOTE_VMID];
}

static void fault_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	(void)how;
	if (k->bad || k->note[NOTE_PAGE] == INVALID64)
		return;
	board_page_unuse(&k->kit->board, k->note[NOTE_PAGE]);
	k->faulted[k->n_faulted++ % KIT_FAULTED] = k->note[NOTE_PAGE];
}

enum { FAULT_CORE };

static const struct kit_bad fault_bad[] = {
	[FAULT_CORE] = { "a page of the core", KIT_PANICKED, fault_core },
	{ "a VM's page that is not shared", KIT_PANICKED, fault_private },
	{ "beyond the physical addresses", KIT_PANICKED, fault_beyond },
	{ NULL, KIT_DID, NULL },
};

const struct kit_op kit_fault_ops[] = {
	{ .name = "host_fault",
	  .weight = "fault",
	  .share = 1,
	  .mode = KIT_HOST,
	  .sure = true,
	  .choose = fault_choose,
	  .execute = kit_fault_execute,
	  .judge = fault_judge,
	  .ended = fault_ended,
	  .bad = fault_bad,
	  .dose = "core",
	  .dosed = &fault_bad[FAULT_CORE] },
	{ .name = NULL },
};

// SPDX-License-Identifier: GPL-2.0-only
/* The host touches a page that it does not have: it is mapped, if the host may see it. */
#include "scenarios/kit.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"

enum { NOTE_PAGE, NOTE_SHARED }; /* k->note; NOTE_PAGE: INVALID64: none */

/* Devices below 1 MiB, where no SMMU has its registers; frame 0 counts as none in a walk. */
enum { DEVICE_FRAMES = 256, PAGE_TRIES = 16 };

/* A page that the host may touch, in use: often one that was shared lately. */
static bool use_page(struct kit_cpu *k, struct rng *r)
{
	struct board *b = &k->kit->board;

	for (u32 try = 0; try < PAGE_TRIES; try++) {
		u64 page = rng_below(r, k->kit->reach);

		if (try == 0 && rng_below(r, 3) == 0)
			page = board_get(&b->recent[page % BOARD_RECENT]);
		if (page < k->kit->reach && board_page_use(b, page)) {
			k->note[NOTE_PAGE] = page;
			k->note[NOTE_SHARED] = board_page(b, page).state == PAGE_VM;
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
		op->args[0] = (1 + rng_below(r, DEVICE_FRAMES - 1)) * PAGE_SIZE;
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

static void fault_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	u64 addr = op->args[0];

	(void)k;
	c->regs.r[R_hpfar_el2] =
		published(c, ERRATUM_HPFAR_MASK) ? addr / 256 : addr / PAGE_SIZE * 16;
	c->regs.r[R_far_el2] = 0;
	c->regs.r[R_esr_el2] = (u64)ESR_ELx_EC_DABT_LOW << ESR_ELx_EC_SHIFT;
	host_npt_handler(c);
}

/* A shared page may have been taken back meanwhile from a VM that is off, and then the host has to ask again. */
static bool reclaimed(const struct kit_cpu *k)
{
	return k->note[NOTE_SHARED] &&
	       board_page(&k->kit->board, k->note[NOTE_PAGE]).state != PAGE_VM;
}

/* The page stays the host's, or shared, so the host has it now. */
static bool fault_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u64 pfn = op->args[0] / PAGE_SIZE;

	return walk_stage2(c, HOSTVISOR, pfn) == pfn ||
	       (!k->bad && k->note[NOTE_PAGE] != INVALID64 && reclaimed(k));
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

static const struct kit_bad fault_bad[] = {
	{ "a VM's page that is not shared", KIT_PANICKED, fault_private },
	{ NULL, KIT_DID, NULL },
};

const struct kit_op kit_fault_ops[] = {
	{ .name = "host_fault",
	  .weight = "fault",
	  .share = 1,
	  .mode = KIT_HOST,
	  .sure = true,
	  .choose = fault_choose,
	  .execute = fault_execute,
	  .judge = fault_judge,
	  .ended = fault_ended,
	  .bad = fault_bad },
	{ .name = NULL },
};

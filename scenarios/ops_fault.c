// SPDX-License-Identifier: GPL-2.0-only
/* The host touches pages: faults that map them, loads and stores; and the guests' loads and stores. */
#include "scenarios/kit.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"
#include "sim/hyp/user.h"

enum { NOTE_PAGE, NOTE_VMID, NOTE_HOW }; /* k->note; NOTE_PAGE: INVALID64: none */

/* Devices below 1 MiB, where no SMMU has its registers; frame 0 counts as none in a walk. */
enum { DEVICE_FRAMES = 256, PAGE_TRIES = 16 };

/* Any page of a VM that nobody shares, claimed, so that it stays so. */
static bool freeze_page(struct kit_cpu *k, struct rng *r, u64 below)
{
	struct board *b = &k->kit->board;

	for (u32 try = 0; try < PAGE_TRIES; try++) {
		u64 page, gfn;
		vmid_t v = kit_some_vm(k, r, try % 4 == 3 ? VM_STAYS : VM_RUNS);

		if (!v || !kit_guest_page(k, r, v, &gfn, &page) || page >= below)
			continue;
		if (!board_page_freeze(b, page, v))
			continue;
		k->note[NOTE_PAGE] = page;
		k->note[NOTE_VMID] = v;
		return true;
	}
	return false;
}

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
	if (!freeze_page(k, r, k->kit->reach))
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

/* The page stays the host's, or shared, so the host has it now. */
static bool fault_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	u64 pfn = op->args[0] / PAGE_SIZE;

	(void)k;
	return walk_stage2(c, HOSTVISOR, pfn) == pfn;
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

/* A page that the host has touched lately, in use. */
static bool host_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 n = min_u64(k->n_faulted, KIT_FAULTED);

	if (n == 0)
		return false;
	k->note[NOTE_PAGE] = k->faulted[rng_below(r, n)];
	if (!board_page_use(&k->kit->board, k->note[NOTE_PAGE]))
		return false;
	op->n_args = 2;
	op->args[0] = kit_pfn(k->kit, k->note[NOTE_PAGE]);
	op->args[1] = rng_below(r, CTXT_X30);
	return true;
}

/* Whoever asks for it, a VM's page that is not shared must not be found. */
static bool host_private(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	if (!freeze_page(k, r, k->kit->board.n_pages))
		return false;
	op->n_args = 2;
	op->args[0] = kit_pfn(k->kit, k->note[NOTE_PAGE]);
	op->args[1] = rng_below(r, CTXT_X30);
	return true;
}

static void host_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	(void)how;
	if (k->bad)
		board_page_give(&k->kit->board, k->note[NOTE_PAGE], (vmid_t)k->note[NOTE_VMID]);
	else
		board_page_unuse(&k->kit->board, k->note[NOTE_PAGE]);
}

static bool guest_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	op->n_args = 2;
	op->args[1] = rng_below(r, CTXT_X30);
	return kit_guest_page(k, r, k->vmid, &op->args[0], &k->note[NOTE_PAGE]);
}

static bool guest_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)k;
	op->n_args = 2;
	op->args[0] = KIT_NOTHING_GFN + rng_below(r, 1u << 20);
	op->args[1] = rng_below(r, CTXT_X30);
	return true;
}

static void access_execute(struct cpu *c, struct kit_cpu *k, struct operation *op,
                           enum access_kind kind)
{
	struct access a = mem_access(c, kind, op->args[0], (u32)op->args[1]);

	k->note[NOTE_HOW] = a.how;
	op->result = a.value;
}

static void load_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	access_execute(c, k, op, ACCESS_LOAD);
}

static void store_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	access_execute(c, k, op, ACCESS_STORE);
}

static bool access_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)op;
	return k->note[NOTE_HOW] == ACCESS_OWN || k->note[NOTE_HOW] == ACCESS_SHARED;
}

static const struct kit_bad host_bad[] = {
	{ "a VM's page that is not shared", KIT_REFUSED, host_private },
	{ NULL, KIT_DID, NULL },
};

static const struct kit_bad guest_bad[] = {
	{ "nothing is mapped there", KIT_REFUSED, guest_nothing },
	{ NULL, KIT_DID, NULL },
};

#define ACCESS(name_, mode_, side, kind)                                                   \
	{                                                                                  \
		.name = name_, .weight = "access", .share = 1, .mode = mode_,              \
		.choose = side##_choose, .execute = kind##_execute, .judge = access_judge, \
		.ended = side##_ended, .bad = side##_bad                                   \
	}

#define guest_ended NULL

const struct kit_op kit_access_ops[] = {
	ACCESS("host_load", KIT_HOST, host, load),
	ACCESS("host_store", KIT_HOST, host, store),
	ACCESS("guest_load", KIT_GUEST, guest, load),
	ACCESS("guest_store", KIT_GUEST, guest, store),
	{ .name = NULL },
};

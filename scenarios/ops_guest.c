// SPDX-License-Identifier: GPL-2.0-only
/* What a guest does: share pages with the host and take them back, leave for the host, power its VM off. */
#include "scenarios/kit.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"

enum { NOTE_PAGE, NOTE_COUNT, NOTE_VMID }; /* k->note */

enum { MAX_SHARED = 4, SHARE_LIMIT = 32, RECENT_TRIES = 8 };

/* share */

static bool begins(struct kit_cpu *k, u64 page, bool grant)
{
	struct board *b = &k->kit->board;

	return grant ? board_grant_begin(b, page, k->vmid, SHARE_LIMIT)
	             : board_revoke_begin(b, page, k->vmid);
}

static bool share_args(struct operation *op, u64 gfn, u64 n)
{
	op->n_args = 2;
	op->args[0] = gfn * PAGE_SIZE;
	op->args[1] = n * PAGE_SIZE;
	return true;
}

/* A page of its first image that was shared lately. */
static bool recent_page(const struct kit_cpu *k, struct rng *r, u64 *gfn, u64 *page)
{
	const struct board *b = &k->kit->board;
	u64 image = board_get(&b->vm[k->vmid].image);

	for (u32 try = 0; try < RECENT_TRIES; try++) {
		*page = board_get(&b->recent[rng_below(r, BOARD_RECENT)]);
		*gfn = KIT_IMAGE_GFN + *page - image;
		if (*page >= image && *page - image < PMD_PAGE_NUM)
			return true;
	}
	return false;
}

/* A page, or a few that follow each other in its first image. */
static bool share_choose(struct kit_cpu *k, struct rng *r, struct operation *op, bool grant)
{
	u64 gfn, page, n = 0, most = 1;

	if (!(!grant && recent_page(k, r, &gfn, &page)) &&
	    !kit_guest_page(k, r, k->vmid, &gfn, &page))
		return false;
	if (gfn - KIT_IMAGE_GFN < PMD_PAGE_NUM)
		most = min_u64(1 + rng_below(r, MAX_SHARED), KIT_IMAGE_GFN + PMD_PAGE_NUM - gfn);
	while (n < most && begins(k, page + n, grant))
		n++;
	k->note[NOTE_PAGE] = page;
	k->note[NOTE_COUNT] = n;
	return n > 0 && share_args(op, gfn, n);
}

static bool grant_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return share_choose(k, r, op, true);
}

static bool revoke_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return share_choose(k, r, op, false);
}

/* The guest goes on, and each page's count has changed. */
static bool share_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)op;
	return !c->ihost && c->effects - k->effects >= (k->bad ? 1 : k->note[NOTE_COUNT]);
}

static void grant_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;

	(void)op;
	(void)how;
	if (k->bad)
		return;
	for (u64 i = 0; i < k->note[NOTE_COUNT]; i++) {
		u64 page = k->note[NOTE_PAGE] + i;

		board_grant_end(b, page);
		board_set(&b->recent[page % BOARD_RECENT], page);
	}
}

static void revoke_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;

	(void)op;
	(void)how;
	if (k->bad) {
		if (k->note[NOTE_PAGE] != INVALID64)
			board_page_back(b, k->note[NOTE_PAGE], (vmid_t)k->note[NOTE_VMID]);
		return;
	}
	for (u64 i = 0; i < k->note[NOTE_COUNT]; i++)
		board_revoke_end(b, k->note[NOTE_PAGE] + i);
}

static bool share_nothing(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	k->note[NOTE_PAGE] = INVALID64;
	return share_args(op, KIT_NOTHING_GFN + rng_below(r, 1u << 20), 1 + rng_below(r, 8));
}

/* More than there is, or more than may be shared at once: erratum guest-outside-spec, as intended. */
static bool share_beyond(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	k->note[NOTE_PAGE] = INVALID64;
	share_args(op, KIT_IMAGE_GFN, 1);
	switch (rng_below(r, 3)) {
	case 0:
		op->args[0] += KVM_ADDR_SPACE;
		break;
	case 1:
		op->args[0] = KVM_ADDR_SPACE - PAGE_SIZE;
		op->args[1] = 2 * PAGE_SIZE;
		break;
	default:
		op->args[1] = GRANT_SIZE_INTENDED + 1 + rng_below(r, 1ull << 47);
		break;
	}
	return !errata_published(&k->kit->errata, ERRATUM_GUEST_OUTSIDE_SPEC);
}

/* A page that is not shared, and stays so. */
static bool revoke_private(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 gfn;

	if (!kit_guest_page(k, r, k->vmid, &gfn, &k->note[NOTE_PAGE]) ||
	    !board_page_freeze(&k->kit->board, k->note[NOTE_PAGE], k->vmid))
		return false;
	k->note[NOTE_VMID] = k->vmid;
	return share_args(op, gfn, 1);
}

static const struct kit_bad grant_bad[] = {
	{ "nothing is mapped there", KIT_REFUSED, share_nothing },
	{ "beyond the guest's addresses, or too much", KIT_REFUSED, share_beyond },
	{ NULL, KIT_DID, NULL },
};

static const struct kit_bad revoke_bad[] = {
	{ "nothing is mapped there", KIT_REFUSED, share_nothing },
	{ "beyond the guest's addresses, or too much", KIT_REFUSED, share_beyond },
	{ "a page that is not shared", KIT_REFUSED, revoke_private },
	{ NULL, KIT_DID, NULL },
};

/* Leave for the host. */

static bool leave(struct kit_cpu *k)
{
	return board_vcpu_leave(&k->kit->board, k->vmid, k->vcpuid);
}

/* What the vCPU has in two registers, to be found there when it runs again. */
static void leave_token(struct cpu *c, struct kit_cpu *k)
{
	u64 token = c->effects << 8 | k->id;

	c->regs.r[R_tpidr_el0] = token;
	c->regs.r[R_fp_q31] = token;
	board_set(&k->kit->board.vm[k->vmid].token[k->vcpuid], token);
}

static bool left_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	(void)op;
	return c->ihost;
}

static void left_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	(void)op;
	if (how != KIT_DID)
		return;
	board_vcpu_back(&k->kit->board, k->vmid, k->vcpuid);
	k->guest = false;
}

/* args of an exit: a class of trap, x0, hpfar_el2; or what it is that is no trap */
enum { EXIT_CLASS, EXIT_X0, EXIT_HPFAR, EXIT_ARGS };

static bool trap_args(struct operation *op, u64 class, u64 x0, u64 hpfar)
{
	op->n_args = EXIT_ARGS;
	op->args[EXIT_CLASS] = class;
	op->args[EXIT_X0] = x0;
	op->args[EXIT_HPFAR] = hpfar;
	return true;
}

static bool trap_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const u64 fn[] = { PSCI_0_2_FN64_CPU_ON, PSCI_0_2_FN_AFFINITY_INFO,
		                  PSCI_0_2_FN64_AFFINITY_INFO, 0x100 };
	static const u64 class[] = { ESR_ELx_EC_HVC64, ESR_ELx_EC_WFx, ESR_ELx_EC_HVC32,
		                     ESR_ELx_EC_IABT_LOW, ESR_ELx_EC_DABT_LOW };
	bool slip = errata_published(&k->kit->errata, ERRATUM_EXIT_CLASSES);
	u64 which = rng_below(r, slip ? 1 : ARRAY_SIZE(class));

	return leave(k) && trap_args(op, class[which], fn[rng_below(r, ARRAY_SIZE(fn))],
	                             (KIT_IO_GFN + rng_below(r, 1u << 19)) * 16);
}

static void trap_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	leave_token(c, k);
	c->regs.r[R_x0] = op->args[EXIT_X0];
	c->regs.r[R_hpfar_el2] = op->args[EXIT_HPFAR];
	kit_trap(c, op->args[EXIT_CLASS]);
}

static bool trap_class(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const u64 none[] = { 0, 0x3f, 0x15, 0x18 };

	(void)k;
	return trap_args(op, none[rng_below(r, ARRAY_SIZE(none))], 0, 0);
}

static const struct kit_bad trap_bad[] = {
	{ "a class that nobody answers", KIT_PANICKED, trap_class },
	{ NULL, KIT_DID, NULL },
};

static bool interrupt_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	op->n_args = 1;
	op->args[0] = ARM_EXCEPTION_INTERRUPT;
	return leave(k);
}

static void interrupt_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	leave_token(c, k);
	c->regs.r[R_ec] = op->args[0];
	c->regs.r[R_esr_el2] = 0;
	vm_exit_handler(c);
}

static bool interrupt_other(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)k;
	op->n_args = 1;
	op->args[0] = rng_below(r, 2) ? 0 : ARM_EXCEPTION_INTERRUPT + 1;
	return true;
}

static const struct kit_bad interrupt_bad[] = {
	{ "neither trap nor interrupt", KIT_PANICKED, interrupt_other },
	{ NULL, KIT_DID, NULL },
};

/* Power off: not while the host is about to run a vCPU of it. */

static bool off_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct board *b = &k->kit->board;

	(void)r;
	if (board_vm(b, k->vmid) != VM_RUNS || !leave(k))
		return false;
	if (!board_vm_move(b, k->vmid, VM_RUNS, VM_ENDS)) {
		board_vcpu_stay(b, k->vmid, k->vcpuid);
		return false;
	}
	return trap_args(op, ESR_ELx_EC_HVC64, PSCI_0_2_FN_SYSTEM_OFF, 0);
}

static bool off_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)op;
	return c->ihost && peek_vm_state(c, k->vmid) == POWEROFF;
}

static void off_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	/* Nobody can hold a VM that ends. */
	if (how == KIT_DID && !board_vm_move(&k->kit->board, k->vmid, VM_ENDS, VM_OFF))
		kit_surprise(k, op, "and the VM was in use");
	left_ended(k, op, how);
}

/* A trap that the core answers: the guest goes on. */

static void sys64_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	(void)k;
	(void)op;
	kit_trap(c, ESR_ELx_EC_SYS64);
}

static bool sys64_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)k;
	(void)op;
	return !c->ihost;
}

#define SHARE(name_, share_, prefix)                                                        \
	.name = name_, .weight = "share", .share = share_, .mode = KIT_GUEST, .sure = true, \
	.choose = prefix##_choose, .execute = kit_##prefix##_execute, .judge = share_judge, \
	.ended = prefix##_ended, .bad = prefix##_bad

#define LEAVE(name_, weight_, share_, prefix, execute_, judge_, bad_)                       \
	.name = name_, .weight = weight_, .share = share_, .mode = KIT_GUEST, .sure = true, \
	.choose = prefix##_choose, .execute = execute_, .judge = judge_, .bad = bad_

const struct kit_op kit_guest_ops[] = {
	{ SHARE("guest_grant", 1, grant) },
	{ SHARE("guest_revoke", 1, revoke) },
	{ LEAVE("guest_trap", "exit", 1, trap, trap_execute, left_judge, trap_bad),
	  .ended = left_ended },
	{ LEAVE("guest_interrupt", "exit", 1, interrupt, interrupt_execute, left_judge,
	        interrupt_bad),
	  .ended = left_ended },
	{ LEAVE("guest_off", "off", 1, off, trap_execute, off_judge, NULL), .ended = off_ended },
	{ .name = "guest_sys64",
	  .weight = "exit",
	  .share = 1,
	  .mode = KIT_GUEST,
	  .sure = true,
	  .idle = true,
	  .execute = sys64_execute,
	  .judge = sys64_judge },
	{ .name = NULL },
};

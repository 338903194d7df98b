// SPDX-License-Identifier: GPL-2.0-only
/* Calls of the machine's entries, and claims that several tables of operations make. */
#include "scenarios/kit.h"
#include "sim/base/check.h"
#include "sim/hyp/api.h"

/* Erratum hvc-numbers: the numbers that the two registering calls have as published. */
static u64 number(const struct cpu *c, u64 nr)
{
	if (published(c, ERRATUM_HVC_NUMBERS) && nr == HVC_REGISTER_KVM)
		return 26;
	if (published(c, ERRATUM_HVC_NUMBERS) && nr == HVC_REGISTER_VCPU)
		return 27;
	return nr;
}

/* What the host or a guest computed meanwhile: some of the registers from which it stores. */
static void compute(struct cpu *c)
{
	u64 value = mix64(c->stats.atomic_events);

	for (u32 i = 0; i < KIT_COMPUTED; i++) {
		c->regs.r[R_x0 + KIT_FIRST_REG + value % KIT_REGS] = value ^ c->id;
		value = mix64(value);
	}
	/* Seldom one of the others that nobody traps; fp_q31 is a vCPU's token's. */
	if (value % KIT_RARE == 0) {
		c->regs.r[R_fp_q0 + (value >> 8) % 31] = mix64(value);
		c->regs.r[R_contextidr_el1] = value;
	}
}

void kit_hvc(struct cpu *c, struct kit_cpu *k, u64 nr, struct operation *op)
{
	u64 *x = &c->regs.r[R_x0], nr_now = number(c, nr);

	(void)k;
	compute(c);
	x[0] = nr_now;
	for (u32 i = 0; i < op->n_args; i++)
		x[1 + i] = op->args[i];
	host_hvc_handler(c);
	/* A call without a result leaves its number. */
	op->result = x[0] == nr_now ? 0 : x[0];
}

void kit_trap(struct cpu *c, u64 ec)
{
	compute(c);
	c->regs.r[R_ec] = ARM_EXCEPTION_TRAP;
	c->regs.r[R_esr_el2] = ec << ESR_ELx_EC_SHIFT;
	vm_exit_handler(c);
}

void kit_fault_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	u64 addr = op->args[0];

	(void)k;
	c->regs.r[R_hpfar_el2] =
		published(c, ERRATUM_HPFAR_MASK) ? addr / 256 : addr / PAGE_SIZE * 16;
	c->regs.r[R_far_el2] = 0;
	c->regs.r[R_esr_el2] = (u64)ESR_ELx_EC_DABT_LOW << ESR_ELx_EC_SHIFT;
	host_npt_handler(c);
}

static void share(struct cpu *c, const struct operation *op, u64 nr)
{
	c->regs.r[R_x0] = nr;
	c->regs.r[R_x2] = op->args[0];
	c->regs.r[R_x3] = op->args[1];
	kit_trap(c, ESR_ELx_EC_HVC64);
}

void kit_grant_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	(void)k;
	share(c, op, HVC_KVM_SET_DESC_PFN);
}

void kit_revoke_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	(void)k;
	share(c, op, HVC_KVM_UNSET_DESC_PFN);
}

u64 kit_pfn(const struct kit *kit, u64 page)
{
	const struct fixed *f = &kit->fixed;

	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *m = &f->region[i];

		if (m->mb_index != INVALID64 && page >= m->mb_index &&
		    page - m->mb_index < m->mb_size / PAGE_SIZE)
			return m->mb_base / PAGE_SIZE + page - m->mb_index;
	}
	/* Without claims a place may have lost its page since somebody looked. */
	SIM_ASSERT(kit->board.no_claims);
	return 0;
}

void kit_answer(struct kit_cpu *k, u64 value)
{
	SIM_ASSERT(k->n_core < KIT_ANSWERS_MAX);
	k->core[k->n_core++] = value;
}

enum { BLOCK_TRIES = 4, PAGE_TRIES = 8 };

u64 kit_take_block(struct kit_cpu *k, struct rng *r)
{
	struct board *b = &k->kit->board;
	u64 n = b->n_pages / PMD_PAGE_NUM, near = k->kit->reach / PMD_PAGE_NUM;

	for (u32 try = 0; try < BLOCK_TRIES; try++) {
		u64 block = rng_below(r, try % 2 == 0 ? near : n);

		if (!kit_block_of_pages(block) &&
		    board_pages_take(b, block * PMD_PAGE_NUM, PMD_PAGE_NUM))
			return block * PMD_PAGE_NUM;
	}
	return INVALID64;
}

u64 kit_take_page(struct kit_cpu *k, struct rng *r)
{
	struct board *b = &k->kit->board;
	u64 n = b->n_pages / PMD_PAGE_NUM, near = k->kit->reach / PMD_PAGE_NUM;

	for (u32 try = 0; try < PAGE_TRIES; try++) {
		u64 blocks = (try % 2 == 0 ? near : n) / 4;
		u64 page =
			(rng_below(r, blocks) * 4 + 3) * PMD_PAGE_NUM + rng_below(r, PMD_PAGE_NUM);

		if (board_page_take(b, page))
			return page;
	}
	return INVALID64;
}

vmid_t kit_some_vm(const struct kit_cpu *k, struct rng *r, enum vm_state_hint state)
{
	const struct board *b = &k->kit->board;
	u64 n = min_u64(board_get(&b->given), MAX_VM_NUM), at;

	if (n == 0)
		return 0;
	at = rng_below(r, n);
	for (u64 i = 0; i < n; i++) {
		vmid_t v = (vmid_t)(1 + (at + i) % n);

		if (board_vm(b, v) == state)
			return v;
	}
	return 0;
}

vmid_t kit_pin_of_off(const struct kit_cpu *k, struct rng *r, u32 *vcpuid)
{
	struct board *b = &k->kit->board;
	u64 at = rng_below(r, MAX_VM_NUM);

	for (u64 i = 0; i < MAX_VM_NUM; i++) {
		vmid_t v = (vmid_t)(1 + (at + i) % MAX_VM_NUM);

		if (board_vm(b, v) != VM_OFF || board_vm_running(b, v) == 0)
			continue;
		*vcpuid = board_vcpu_pin(b, v, (u32)rng_below(r, BOARD_MAX_VCPUS));
		if (*vcpuid != NO_VCPU)
			return v;
	}
	return 0;
}

bool kit_take_vmid(struct kit *kit)
{
	u64 n = board_get(&kit->board.given);

	do {
		if (n >= kit->vms)
			return false;
	} while (!board_cas(&kit->board.given, &n, n + 1));
	board_add(&kit->board.open, 1);
	return true;
}

void kit_vm_done(struct kit *kit)
{
	board_add(&kit->board.open, -1ull);
}

bool kit_guest_page(const struct kit_cpu *k, struct rng *r, vmid_t vmid, u64 *gfn, u64 *page)
{
	const struct vm_hint *v = &k->kit->board.vm[vmid];
	u64 which = rng_below(r, 8), at = rng_below(r, BOARD_SLOTS);

	if (which < 4) {
		u64 slot = board_get(&v->slot[at]);

		if (slot < SLOT_TAKEN) {
			*gfn = KIT_SLOT_GFN + at;
			*page = slot;
			return true;
		}
	} else if (which == 4) {
		u64 block = board_get(&v->block[at % BOARD_BLOCK_SLOTS]);

		if (block < SLOT_TAKEN) {
			u64 i = rng_below(r, PMD_PAGE_NUM);

			*gfn = KIT_BLOCK_GFN + at % BOARD_BLOCK_SLOTS * PMD_PAGE_NUM + i;
			*page = block + i;
			return true;
		}
	}
	at = rng_below(r, PMD_PAGE_NUM);
	*gfn = KIT_IMAGE_GFN + at;
	*page = board_get(&v->image) + at;
	return true;
}

bool kit_freeze_page(struct kit_cpu *k, struct rng *r, u64 below, u64 *page, vmid_t *vmid)
{
	struct board *b = &k->kit->board;

	for (u32 try = 0; try < PAGE_TRIES; try++) {
		u64 gfn;

		*vmid = kit_some_vm(k, r, try % 4 == 3 ? VM_STAYS : VM_RUNS);
		if (*vmid && kit_guest_page(k, r, *vmid, &gfn, page) && *page < below &&
		    board_page_freeze(b, *page, *vmid))
			return true;
	}
	return false;
}

bool kit_judge_nothing(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	(void)c;
	(void)k;
	(void)op;
	return true;
}

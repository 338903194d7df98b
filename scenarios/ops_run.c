// SPDX-License-Identifier: GPL-2.0-only
/* The host has vCPUs run, brings guests the pages that they lack, and takes back what a VM that is off had. */
#include "scenarios/kit.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"

/* k->note; of illegal forms NOTE_VCPU: a vCPU that is claimed, NOTE_PINNED: that has to stay; NOTE_BANK: in use */
enum { NOTE_PAGE, NOTE_SLOT, NOTE_COUNT, NOTE_VCPU, NOTE_PINNED, NOTE_BANK };

enum { FAULT_PERCENT = 40, BLOCK_PERCENT = 3, RECLAIM_PAGES = 64, PAGE_TRIES = 8 };

static struct vm_hint *hint(const struct kit_cpu *k, u64 vmid)
{
	return &k->kit->board.vm[vmid];
}

static void fault_at(struct operation *op, u64 gfn, u64 pfn, u64 level)
{
	op->args[RUN_ADDR] = gfn * PAGE_SIZE;
	op->args[RUN_PTE] = pfn * PAGE_SIZE;
	op->args[RUN_LEVEL] = level;
}

/* A place of the guest where nothing is, claimed; false: none was found. */
static bool take_slot(struct board *b, u64 *slot, u64 n, struct rng *r, u64 *which)
{
	u64 at = rng_below(r, n);

	*which = at;
	return board_slot_take(b, &slot[at], SLOT_FREE);
}

/* A page for the VM: often one that came encrypted and that it has already. */
static u64 next_page(struct kit_cpu *k, struct rng *r, vmid_t vmid)
{
	u64 *loaded = &hint(k, vmid)->loaded[rng_below(r, BOARD_LOADED_SLOTS)];
	u64 page = board_get(loaded);

	if (page >= SLOT_TAKEN || !board_slot_take(&k->kit->board, loaded, page))
		return kit_take_page(k, r);
	if (board_page_freeze(&k->kit->board, page, vmid)) {
		board_set(loaded, SLOT_FREE);
		return page;
	}
	board_set(loaded, page);
	return INVALID64;
}

/* The host brings a page or a block that the guest lacks, if there is one to be had. */
static void choose_fault(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct vm_hint *v = hint(k, op->args[RUN_VMID]);
	u64 percent = rng_below(r, 100), slot, page;
	bool block = percent < BLOCK_PERCENT;

	if (percent >= FAULT_PERCENT || !(board_get(&v->started) >> op->args[RUN_VCPU] & 1))
		return;
	if (!take_slot(&k->kit->board, block ? v->block : v->slot,
	               block ? BOARD_BLOCK_SLOTS : BOARD_SLOTS, r, &slot))
		return;
	page = block ? kit_take_block(k, r) : next_page(k, r, (vmid_t)op->args[RUN_VMID]);
	if (page == INVALID64) {
		board_set(block ? &v->block[slot] : &v->slot[slot], SLOT_FREE);
		return;
	}
	k->note[NOTE_PAGE] = page;
	k->note[NOTE_SLOT] = slot;
	if (block)
		fault_at(op, KIT_BLOCK_GFN + slot * PMD_PAGE_NUM, kit_pfn(k->kit, page), 2);
	else
		fault_at(op, KIT_SLOT_GFN + slot, kit_pfn(k->kit, page), 3);
}

static bool run_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, VM_RUNS);
	u32 vcpuid;

	if (!v)
		return false;
	vcpuid = board_vcpu_take(&k->kit->board, v, (u32)rng_below(r, BOARD_MAX_VCPUS));
	if (vcpuid == NO_VCPU)
		return false;
	op->n_args = RUN_ARGS;
	op->args[RUN_VMID] = v;
	op->args[RUN_VCPU] = vcpuid;
	k->note[NOTE_PAGE] = INVALID64;
	choose_fault(k, r, op);
	return true;
}

void kit_run(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	k->n_core = k->next_core = 0;
	kit_answer(k, op->args[RUN_VCPU]);
	kit_answer(k, op->args[RUN_ADDR]);
	kit_answer(k, op->args[RUN_PTE]);
	kit_answer(k, op->args[RUN_LEVEL]);
	c->regs.r[R_x0] = op->args[RUN_VMID];
	host_vcpu_run_handler(c);
}

static void run_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	kit_run(c, k, op);
}

/* The vCPU runs, with the registers that it left with, and has the page that it was brought. */
static bool run_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	const struct vm_hint *v = hint(k, op->args[RUN_VMID]);
	u64 vcpuid = op->args[RUN_VCPU], gfn = op->args[RUN_ADDR] / PAGE_SIZE;

	if (c->ihost || c->cur_vmid != op->args[RUN_VMID] || c->cur_vcpuid != vcpuid)
		return false;
	if (kit_meets(k))
		return true;
	if ((board_get(&v->started) | board_get(&v->loaded_vcpus)) >> vcpuid & 1 &&
	    c->regs.r[R_tpidr_el0] != board_get(&v->token[vcpuid]))
		return false;
	if (board_get(&v->started) >> vcpuid & 1 &&
	    c->regs.r[R_fp_q31] != board_get(&v->token[vcpuid]))
		return false;
	return gfn == 0 || walk_stage2(c, c->cur_vmid, gfn) == op->args[RUN_PTE] / PAGE_SIZE;
}

static void run_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;
	struct vm_hint *v = hint(k, op->args[RUN_VMID]);
	u64 page = k->note[NOTE_PAGE], slot = k->note[NOTE_SLOT];

	if (how != KIT_DID || k->bad)
		return;
	k->guest = true;
	k->vmid = (vmid_t)op->args[RUN_VMID];
	k->vcpuid = (vcpuid_t)op->args[RUN_VCPU];
	board_or(&v->started, 1ull << k->vcpuid);
	board_vcpu_entered(b, k->vmid, k->vcpuid);
	if (page == INVALID64)
		return;
	if (op->args[RUN_LEVEL] == 3) {
		board_page_give(b, page, k->vmid);
		board_set(&v->slot[slot], page);
		return;
	}
	for (u64 i = 0; i < PMD_PAGE_NUM; i++)
		board_page_give(b, page + i, k->vmid);
	board_set(&v->block[slot], page);
}

static bool run_args(struct operation *op, u64 vmid, u64 vcpuid)
{
	op->n_args = RUN_ARGS;
	op->args[RUN_VMID] = vmid;
	op->args[RUN_VCPU] = vcpuid;
	return true;
}

static bool run_no_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	static const u64 none[] = { HOSTVISOR, COREVISOR, 1ull << 32 | 1, INVALID64 };

	(void)k;
	return run_args(op, none[rng_below(r, ARRAY_SIZE(none))], 0);
}

static bool run_unverified(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	(void)r;
	return k->boot.vmid && k->boot.vcpus && k->boot.vmid <= k->kit->runnable &&
	       run_args(op, k->boot.vmid, 0);
}

static bool run_off(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, rng_below(r, 2) ? VM_OFF : VM_CLEARED);

	return v && run_args(op, v, 0);
}

static bool run_unregistered(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, VM_RUNS);
	u64 vcpus = v ? board_get(&hint(k, v)->vcpus) : 0;

	return v && vcpus < k->kit->total_cpu && run_args(op, v, vcpus);
}

/* It runs elsewhere, and does not leave. */
static bool run_active(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t v = kit_some_vm(k, r, VM_RUNS);
	u32 vcpuid;

	if (!v)
		return false;
	vcpuid = board_vcpu_pin(&k->kit->board, v, (u32)rng_below(r, BOARD_MAX_VCPUS));
	return vcpuid != NO_VCPU && run_args(op, v, vcpuid);
}

/* A vCPU that has run before, claimed, and a page of VM @of (0: of another), which stays its own. */
static bool run_with_page(struct kit_cpu *k, struct rng *r, struct operation *op, bool own)
{
	struct board *b = &k->kit->board;
	vmid_t v = kit_some_vm(k, r, VM_RUNS), of;
	u64 gfn, page;
	u32 vcpuid;

	of = own ? v : kit_some_vm(k, r, rng_below(r, 2) ? VM_RUNS : VM_STAYS);
	if (!v || !of || (!own && of == v))
		return false;
	vcpuid = board_vcpu_take(b, v, (u32)rng_below(r, BOARD_MAX_VCPUS));
	if (vcpuid == NO_VCPU)
		return false;
	if (!(board_get(&hint(k, v)->started) >> vcpuid & 1) ||
	    !kit_guest_page(k, r, of, &gfn, &page) || !board_page_freeze(b, page, of)) {
		board_vcpu_drop(b, v, vcpuid);
		return false;
	}
	run_args(op, v, vcpuid);
	fault_at(op, KIT_NOTHING_GFN, kit_pfn(k->kit, page), 3);
	return true;
}

static bool run_foreign_page(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return run_with_page(k, r, op, false);
}

static bool run_other_gfn(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return run_with_page(k, r, op, true);
}

/* A vCPU that has run before, claimed, and an entry that no VM can have. */
static bool run_with_entry(struct kit_cpu *k, struct rng *r, struct operation *op, u64 pfn,
                           u64 level)
{
	struct board *b = &k->kit->board;
	vmid_t v = kit_some_vm(k, r, VM_RUNS);
	u32 vcpuid = v ? board_vcpu_take(b, v, (u32)rng_below(r, BOARD_MAX_VCPUS)) : NO_VCPU;

	if (vcpuid == NO_VCPU)
		return false;
	if (!(board_get(&hint(k, v)->started) >> vcpuid & 1)) {
		board_vcpu_drop(b, v, vcpuid);
		return false;
	}
	run_args(op, v, vcpuid);
	fault_at(op, level == 2 ? KIT_BLOCK_GFN : KIT_NOTHING_GFN, pfn, level);
	return true;
}

static bool run_not_aligned(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 page = rng_below(r, k->kit->board.n_pages / PMD_PAGE_NUM) * PMD_PAGE_NUM;

	return !errata_published(&k->kit->errata, ERRATUM_BLOCK_NOT_ALIGNED) &&
	       run_with_entry(k, r, op, kit_pfn(k->kit, page) + 1 + rng_below(r, PMD_PAGE_NUM - 1),
	                      2);
}

static bool run_beyond(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return !errata_published(&k->kit->errata, ERRATUM_HOST_OUTSIDE_SPEC) &&
	       run_with_entry(k, r, op, KVM_PFN_SPACE + rng_below(r, PMD_PAGE_NUM) * PMD_PAGE_NUM,
	                      2 + rng_below(r, 2));
}

static const struct kit_bad run_bad[] = {
	{ "no VM", KIT_PANICKED, run_no_vm },
	{ "the VM is not verified", KIT_PANICKED, run_unverified },
	{ "the VM is off", KIT_PANICKED, run_off },
	{ "the vCPU is not registered", KIT_PANICKED, run_unregistered },
	{ "the vCPU runs", KIT_PANICKED, run_active },
	{ "with a page of another VM", KIT_PANICKED, run_foreign_page },
	{ "with a page that it has elsewhere", KIT_PANICKED, run_other_gfn },
	{ "with a block that is not aligned", KIT_PANICKED, run_not_aligned },
	{ "with a page beyond the physical addresses", KIT_PANICKED, run_beyond },
	{ NULL, KIT_DID, NULL },
};

/* clear_vm_stage2_range */

static bool clear_args(const struct kit_cpu *k, struct operation *op, u64 vmid, u64 page, u64 n)
{
	op->n_args = 3;
	op->args[0] = vmid;
	op->args[1] = kit_pfn(k->kit, page) * PAGE_SIZE;
	op->args[2] = n * PAGE_SIZE;
	return true;
}

/*
 * The next pages of [first, first + n) that VM @vmid still has, claimed: how many, from *page on.  *busy: others have
 * claimed some of the range.
 */
static u64 claim_range(struct kit_cpu *k, vmid_t vmid, u64 first, u64 n, u64 *page, bool *busy)
{
	struct board *b = &k->kit->board;
	u64 i = 0, count = 0;

	while (i < n && !board_page_reclaim(b, first + i, vmid)) {
		*busy |= board_page(b, first + i).state == PAGE_TAKEN;
		i++;
	}
	*page = first + i;
	while (i + count < n && count < RECLAIM_PAGES &&
	       (count == 0 || board_page_reclaim(b, *page + count, vmid)))
		count++;
	return count;
}

/* The same of the first list[i] that has any. */
static u64 claim_listed(struct kit_cpu *k, vmid_t vmid, const u64 *list, u32 n_list, u64 pages,
                        u64 *page, bool *busy)
{
	u64 n = 0;

	for (u32 i = 0; i < n_list && n == 0; i++) {
		u64 first = board_get(&list[i]);

		if (first < SLOT_TAKEN)
			n = claim_range(k, vmid, first, pages, page, busy);
	}
	return n;
}

/* The next pages that VM @vmid, which is off, still has, claimed; 0: it has none, or others have claimed them. */
static u64 claim_pages(struct kit_cpu *k, vmid_t vmid, u64 *page, bool *busy)
{
	struct vm_hint *v = hint(k, vmid);
	u64 n = claim_range(k, vmid, board_get(&v->image), PMD_PAGE_NUM, page, busy);

	if (n == 0)
		n = claim_listed(k, vmid, v->block, BOARD_BLOCK_SLOTS, PMD_PAGE_NUM, page, busy);
	if (n == 0)
		n = claim_listed(k, vmid, v->slot, BOARD_SLOTS, 1, page, busy);
	if (n == 0)
		n = claim_listed(k, vmid, v->device, BOARD_DEVICE_SLOTS, 1, page, busy);
	if (n == 0)
		n = claim_listed(k, vmid, v->loaded, BOARD_LOADED_SLOTS, 1, page, busy);
	return n;
}

/* Erratum dead-vm-entries, as intended: a VM that has a bank keeps its pages. */
static bool keeps_pages(const struct kit_cpu *k, vmid_t vmid)
{
	return !errata_published(&k->kit->errata, ERRATUM_DEAD_VM_ENTRIES) &&
	       banks_of(&k->kit->board.banks, vmid) > 0;
}

static bool clear_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct board *b = &k->kit->board;
	vmid_t v = kit_some_vm(k, r, VM_OFF);
	bool busy = false;
	u64 page, n;

	if (!v || (!b->no_claims && (board_vm_running(b, v) > 0 || keeps_pages(k, v))))
		return false;
	n = claim_pages(k, v, &page, &busy);
	if (n == 0) {
		if (!busy && board_vm_move(b, v, VM_OFF, VM_CLEARED))
			kit_vm_done(k->kit);
		return false;
	}
	k->note[NOTE_PAGE] = page;
	k->note[NOTE_COUNT] = n;
	return clear_args(k, op, v, page, n);
}

static void clear_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct board *b = &k->kit->board;

	(void)how;
	if (k->bad) {
		if (k->note[NOTE_VCPU] != NO_VCPU)
			board_vcpu_drop(b, (vmid_t)op->args[0], (u32)k->note[NOTE_VCPU]);
		if (k->note[NOTE_PINNED] != NO_VCPU)
			board_vcpu_unpin(b, (vmid_t)op->args[0], (u32)k->note[NOTE_PINNED]);
		if (k->note[NOTE_BANK] != NO_BANK)
			bank_unuse(&b->banks, (u32)k->note[NOTE_BANK]);
		return;
	}
	for (u64 i = 0; i < k->note[NOTE_COUNT]; i++)
		board_page_give(b, k->note[NOTE_PAGE] + i, HOSTVISOR);
}

static void clear_begin(struct kit_cpu *k)
{
	k->note[NOTE_VCPU] = k->note[NOTE_PINNED] = NO_VCPU;
	k->note[NOTE_BANK] = NO_BANK;
}

/* Any pages of the VM's image. */
static bool clear_some(struct kit_cpu *k, struct rng *r, struct operation *op, vmid_t v)
{
	return clear_args(k, op, v, board_get(&hint(k, v)->image), 1 + rng_below(r, PMD_PAGE_NUM));
}

/* It runs, and is not powered off as long as a vCPU is claimed; or it is one that never runs. */
static bool clear_on(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct board *b = &k->kit->board;
	vmid_t v = kit_some_vm(k, r, VM_STAYS);

	clear_begin(k);
	if (!v || rng_below(r, 2)) {
		v = kit_some_vm(k, r, VM_RUNS);
		if (!v)
			return false;
		k->note[NOTE_VCPU] = board_vcpu_take(b, v, 0);
		if (k->note[NOTE_VCPU] == NO_VCPU)
			return false;
	}
	return clear_some(k, r, op, v);
}

/* The VM is off, and one of its vCPUs runs still, and does not leave. */
static bool clear_running(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 vcpuid;
	vmid_t v;

	clear_begin(k);
	if (errata_published(&k->kit->errata, ERRATUM_POWEROFF_OTHER_VCPU))
		return false;
	v = kit_pin_of_off(k, r, &vcpuid);
	if (!v)
		return false;
	k->note[NOTE_PINNED] = vcpuid;
	return clear_some(k, r, op, v);
}

/* The VM is off, and a bank is its own, and stays so. */
static bool clear_banked(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct banks *b = &k->kit->board.banks;
	vmid_t v = kit_some_vm(k, r, VM_OFF), owner;
	u32 bank = v ? bank_of(b, v, (u32)rng_below(r, BANKS)) : NO_BANK;

	clear_begin(k);
	if (bank == NO_BANK || errata_published(&k->kit->errata, ERRATUM_DEAD_VM_ENTRIES) ||
	    !bank_use(b, bank, &owner))
		return false;
	k->note[NOTE_BANK] = bank;
	if (owner == v)
		return clear_some(k, r, op, v);
	bank_unuse(b, bank);
	return false;
}

static bool clear_no_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return clear_args(k, op, rng_below(r, 2) ? HOSTVISOR : COREVISOR, 0, 1);
}

static bool clear_range(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	clear_args(k, op, 1, 0, 1);
	op->args[2] = KVM_PHYS_SIZE;
	if (rng_below(r, 2) && !errata_published(&k->kit->errata, ERRATUM_HOST_OUTSIDE_SPEC)) {
		op->args[1] = KVM_PHYS_SIZE - PAGE_SIZE;
		op->args[2] = (1 + rng_below(r, 4)) * PAGE_SIZE;
	}
	return true;
}

static const struct kit_bad clear_bad[] = {
	{ "the VM is not off", KIT_REFUSED, clear_on },
	{ "a vCPU of it runs", KIT_REFUSED, clear_running },
	{ "it has a bank", KIT_REFUSED, clear_banked },
	{ "no VM", KIT_PANICKED, clear_no_vm },
	{ "beyond the physical addresses", KIT_PANICKED, clear_range },
	{ NULL, KIT_DID, NULL },
};

const struct kit_op kit_run_ops[] = {
	{ .name = "vcpu_run",
	  .weight = "run",
	  .share = 1,
	  .mode = KIT_HOST,
	  .sure = true,
	  .choose = run_choose,
	  .execute = run_execute,
	  .judge = run_judge,
	  .ended = run_ended,
	  .bad = run_bad },
	{ .name = "clear_vm_s2_range",
	  .weight = "reclaim",
	  .share = 1,
	  .mode = KIT_HOST,
	  .hvc = HVC_CLEAR_VM_S2_RANGE,
	  .sure = true,
	  .choose = clear_choose,
	  .ended = clear_ended,
	  .bad = clear_bad },
	{ .name = NULL },
};

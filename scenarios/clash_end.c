// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_end.h"

#include "lock/share.h"
#include "scenarios/clash_date.h"
#include "scenarios/clash_lists.h"
#include "scenarios/kit_smmu.h"

#include <string.h>

enum {
	PATIENCE = 6,    /* steps of who is to post, before there is another plan */
	STEPS = 24,      /* of a CPU towards the end, before any operation comes */
	PLAN_TRIES = 8,  /* plans that are tried, if there is none for the first */
	PAGE_TRIES = 16, /* pages that are tried, if an operation cannot be had with the first */
	RESTS = 4,       /* for a date that somebody is about to post */
	FOLLOWED =
		4, /* a plan that was followed counts so often as one for which there was no VM */
};

/*
 * Plans: what is posted, and in which of its sections with a VM's record it holds; does it need a vCPU that has not run yet; do
 * guests of the VM come, or hosts; and of a VM in which state: UNUSED is the one that is made next.
 *   host, guest: those who come do only this; with both one comes as a host
 *   off:         a guest ends the VM before, and others run on
 * Plans are followed equally often: one that stands here five times, five times as often as another one.
 */
static const struct plan {
	const char *op;
	u32 part;
	bool fresh, guests;
	u32 state;
	const char *host, *guest;
	bool off;
} plans[] = {
#define PLAN(op_, part_, state_, ...) { .op = op_, .part = part_, .state = state_, __VA_ARGS__ },
#define FRESH                         .fresh = true
#define GUESTS                        .guests = true
#include "scenarios/clash_plans.def"
};
_Static_assert(ARRAY_SIZE(plans) <= CLASH_PLANS, "clash.planned");

/* The bits of clash.goal: number of the plan from 1 on, 0: none, the focus, who follows the plan, and G_SET, with which it is not 0. */
enum { G_PLAN = 0, G_VMID = 8, G_BANK = 16, G_PAGE = 24, G_CPU = 40, G_SET = 63 };

static u32 read_goal(u64 w, struct focus *f)
{
	*f = (struct focus){ .vmid = (vmid_t)(w >> G_VMID & 0xff),
		             .bank = (u32)(w >> G_BANK & 0xff),
		             .page = w >> G_PAGE & 0xffff };
	return (u32)(w >> G_PLAN & 0xff);
}

static u64 goal_word(const struct kit_cpu *k, u32 plan)
{
	const struct focus *f = clash_focus(k);

	return (u64)plan << G_PLAN | (u64)f->vmid << G_VMID | (u64)f->bank << G_BANK |
	       f->page << G_PAGE | (u64)k->id << G_CPU | 1ull << G_SET;
}

/* vCPUs that could run, for the first time or again. */
static u32 vcpus(const struct kit_cpu *k, vmid_t vmid, bool fresh)
{
	u64 ran = board_get(&clash_of(k)->ran[vmid]);
	u32 n = 0;

	for (u32 i = 0; i < CLASH_VCPUS; i++)
		n += clash_vcpu_state(k, vmid, i) == READY && !(fresh && ran >> i & 1);
	return n;
}

static bool is_about(const char *op, const char *name)
{
	return op && strcmp(op, name) == 0;
}

/* Do those who come run a vCPU as well? */
static bool all_run(const struct plan *p)
{
	return is_about(p->host, p->op);
}

/* Is there what is posted, or comes, together with something about a bank? */
static bool has_bank_for(const struct kit_cpu *k, vmid_t vmid, const struct plan *p)
{
	bool needs = p->state == READY || p->off || is_about(p->host, "smmu_map") ||
	             is_about(p->host, "smmu_clear");
	bool gets = is_about(p->op, "smmu_alloc") || is_about(p->host, "smmu_alloc");
	u32 bank;

	return (!gets || clash_has_bank(k, INVALID, &bank)) &&
	       (!needs || clash_has_bank(k, vmid, &bank));
}

static bool is_guests(const struct kit *kit, const struct plan *p)
{
	return kit->op[clash_op_named(kit, p->op)]->mode == KIT_GUEST;
}

static bool fits(const struct kit_cpu *k, vmid_t vmid, const struct plan *p)
{
	if (vmid > k->kit->runnable || clash_vm_state(k, vmid) != p->state ||
	    !has_bank_for(k, vmid, p))
		return false;
	return p->state == READY || vcpus(k, vmid, p->fresh) > (u32)all_run(p) ||
	       (!p->fresh && !p->off && clash_runs(k, vmid));
}

/* A VM that the plan can be about, one with a bank if there is any; 0: there is none. */
static vmid_t find_vm(const struct kit_cpu *k, struct rng *r, const struct plan *p)
{
	u32 n = (u32)min_u64(clash_next_vmid(k) - 1, MAX_VM_NUM), bank;
	u64 first = n ? rng_below(r, n) : 0;
	vmid_t found = 0;

	for (u32 i = 0; i < n; i++) {
		vmid_t v = (vmid_t)(1 + (first + i) % n);

		if (!fits(k, v, p))
			continue;
		found = v;
		if (clash_has_bank(k, v, &bank))
			break;
	}
	return found;
}

static bool find_focus(struct kit_cpu *k, struct rng *r, const struct plan *p)
{
	vmid_t v = p->state == UNUSED ? (vmid_t)clash_next_vmid(k) : find_vm(k, r, p);

	if (!is_vm(v))
		return false;
	clash_look_around(k, r);
	clash_focus(k)->vmid = v;
	clash_find_bank(k, r);
	return true;
}

/* The plan that was followed least of those for which there is a focus now, from 1 on; 0: of a few there is none. */
static u32 find_plan(struct kit_cpu *k, struct rng *r)
{
	u64 *planned = clash_of(k)->planned;

	for (u32 try = 0; try < PLAN_TRIES; try++) {
		u32 at = (u32)rng_below(r, ARRAY_SIZE(plans)), best = at;

		for (u32 n = 0; n < ARRAY_SIZE(plans); n++) {
			u32 i = (at + n) % ARRAY_SIZE(plans);

			if (board_get(&planned[i]) < board_get(&planned[best]))
				best = i;
		}
		if (find_focus(k, r, &plans[best]))
			return best + 1;
		/* Another one comes first next time. */
		board_add(&planned[best], 1);
	}
	return 0;
}

/* A plan is set, in place of @old. */
static void set_plan(struct kit_cpu *k, struct rng *r, u64 old)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	u32 plan = 0;

	if (s->dates && k->kit->cpus > 1)
		plan = find_plan(k, r);
	own->plan_steps = 0;
	if (board_cas(&s->goal, &old, goal_word(k, plan)) && plan)
		board_add(&s->planned[plan - 1], FOLLOWED);
}

void clash_end_begins(struct kit_cpu *k, struct rng *r)
{
	struct clash *s = clash_of(k);
	u64 done = 0;

	if (board_get(&s->goal))
		return;
	for (u32 i = 0; i < k->kit->cpus; i++)
		done += board_get(&s->cpu[i].ops);
	if (done > s->ops * k->kit->cpus)
		set_plan(k, r, 0);
}

/* The operation of this name, if it can be chosen. */
static bool take(struct kit_cpu *k, struct rng *r, const char *name, struct operation *op)
{
	u32 i = clash_op_named(k->kit, name);

	*op = (struct operation){ .kind = i };
	k->op = k->kit->op[i];
	return !k->op->choose || k->op->choose(k, r, op);
}

/* Something that ends nothing, while another CPU is awaited. */
static bool passes_time(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	share_rest(k->c);
	return take(k, r, k->guest ? "guest_load" : "timer_set_cntvoff", op);
}

/* A step to be the host, or a guest of the focus' VM; false: there is none. */
static bool becomes(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	return take(k, r, k->guest ? "guest_interrupt" : "vcpu_run", op) || passes_time(k, r, op);
}

static bool is_one(const struct kit_cpu *k, bool guest)
{
	return k->guest == guest && (!guest || k->vmid == clash_focus(k)->vmid);
}

/* The VM that is made next gets a bank, if there is one. */
static bool gives_bank(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 next = clash_next_vmid(k), bank;

	if (!is_vm(next) || clash_has_bank(k, next, &bank) || !clash_has_bank(k, INVALID, &bank) ||
	    !take(k, r, "timer_set_cntvoff", op))
		return false;
	k->op = k->kit->op[op->kind = clash_op_named(k->kit, "smmu_alloc")];
	clash_focus(k)->bank = bank;
	return smmu_alloc_args(op, bank, next);
}

/* The operation, about one of a few pages with which it can be had, and so can what is to come. */
static bool take_any_page(struct kit_cpu *k, struct rng *r, const struct plan *p,
                          struct operation *op)
{
	bool maps = is_about(p->host, "smmu_map") || is_about(p->op, "smmu_map");
	struct focus *f = clash_focus(k);

	maps = maps && (p->state != VERIFIED || p->fresh);
	(void)clash_has_bank(k, f->vmid, &f->bank);
	for (u32 i = 0; i < PAGE_TRIES; i++) {
		bool fine = !maps || (clash_may_map(k, f->vmid, f->page) &&
		                      smmu_frame_ok(k->kit, kit_pfn(k->kit, f->page)));

		if (fine && take(k, r, p->op, op))
			return true;
		f->page = clash_page(r, f->vmid);
	}
	return false;
}

/* Is the machine not yet as the plan needs it?  Then others do something about that. */
static bool too_early(const struct kit_cpu *k, const struct plan *p)
{
	return p->off && clash_vm_state(k, clash_focus(k)->vmid) != POWEROFF;
}

static bool posts(struct kit_cpu *k, struct rng *r, u32 plan, struct operation *op)
{
	const struct plan *p = &plans[plan];
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	if (!is_one(k, is_guests(k->kit, p)))
		return becomes(k, r, op);
	if (p->state == UNUSED) {
		if (gives_bank(k, r, op))
			return true;
		clash_focus(k)->vmid = (vmid_t)min_u64(clash_next_vmid(k), MAX_VM_NUM);
	}
	/* What is posted halts the machine, but for the first run of a vCPU and others that must come further, and what is done for a
	 * VM that is off. */
	own->reckless = !p->fresh && !p->off && p->part == 1;
	if (too_early(k, p) || !take_any_page(k, r, p, op)) {
		own->reckless = false;
		return passes_time(k, r, op);
	}
	own->again_planned = true;
	return clash_post(k, r, op, k->kit->cpus - 1, LIST_VM, p->part);
}

/* Does the CPU come as a guest? */
static bool is_to_be_guest(const struct kit_cpu *k, const struct plan *p, u32 by)
{
	u32 cpus = k->kit->cpus;

	return p->guests && !(p->host && p->guest && (k->id + cpus - by) % cpus == 1);
}

/* One of the guests ends the VM, when another one is there to run on. */
static bool ends_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 active = 0;

	for (u32 i = 0; i < CLASH_VCPUS; i++)
		active += clash_vcpu_state(k, k->vmid, i) == ACTIVE;
	return active > 1 && take(k, r, "guest_off", op);
}

static bool comes(struct kit_cpu *k, struct rng *r, u32 plan, u32 by, struct operation *op)
{
	const struct plan *p = &plans[plan];
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];
	bool guest = is_to_be_guest(k, p, by), came = false;
	const char *only = guest ? p->guest : p->host;

	own->spares = p->fresh && !all_run(p);
	if (!is_one(k, guest))
		return becomes(k, r, op);
	if (guest && too_early(k, p) && ends_vm(k, r, op))
		return true;
	own->only = only ? clash_op_named(k->kit, only) + 1 : 0;
	for (u32 i = 0; i < RESTS && !came; i++) {
		came = clash_keep_date(k, r, op);
		if (!came)
			share_rest(k->c);
	}
	own->only = 0;
	return came || passes_time(k, r, op);
}

bool clash_end(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];
	u64 w = board_get(&clash_of(k)->goal);
	u32 plan;

	if (own->end_steps >= STEPS)
		return false;
	/* The machine goes on although the plan was followed, or the plan cannot be followed: so there is another one. */
	if (own->again_planned || ((w >> G_CPU & 0xff) == k->id && own->plan_steps++ >= PATIENCE)) {
		own->again_planned = false;
		set_plan(k, r, w);
		w = board_get(&clash_of(k)->goal);
	}
	plan = read_goal(w, clash_focus(k));
	if (plan == 0)
		return false;
	own->end_steps++;
	own->reckless = false;
	return (w >> G_CPU & 0xff) == k->id ? posts(k, r, plan - 1, op)
	                                    : comes(k, r, plan - 1, (u32)(w >> G_CPU & 0xff), op);
}

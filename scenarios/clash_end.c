// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_end.h"

#include "lock/share.h"
#include "scenarios/clash_date.h"
#include "scenarios/clash_lists.h"

enum {
	STEPS = 10,     /* of a CPU towards the end, before any operation comes */
	VM_TRIES = 12,  /* looks for a VM that a plan can be about */
	PLAN_TRIES = 4, /* plans that are tried, if there is none for the first */
	RESTS = 4,      /* for a date that somebody is about to post */
};

/*
 * Plans: what is posted, and in which of its sections with a VM's record it holds; does it need a vCPU that has not run yet; do
 * guests of the VM come, or hosts; and of a VM in which state.  Plans are followed equally often: one that stands here five times, five times
 * as often as another one.
 */
static const struct plan {
	const char *op;
	u32 part;
	bool fresh, guests;
	u32 state;
} plans[] = {
	{ "vcpu_run", 1, true, false, VERIFIED },
	{ "vcpu_run", 2, true, false, VERIFIED },
	{ "vcpu_run", 3, true, false, VERIFIED },
	{ "vcpu_run", 2, true, false, VERIFIED },
	{ "vcpu_run", 3, true, false, VERIFIED },
	{ "vcpu_run", 2, true, false, VERIFIED },
	{ "vcpu_run", 3, true, false, VERIFIED },
	{ "vcpu_run", 2, true, false, VERIFIED },
	{ "vcpu_run", 3, true, false, VERIFIED },
	{ "vcpu_run", 2, true, true, VERIFIED },
	{ "vcpu_run", 3, true, true, VERIFIED },
	{ "guest_interrupt", 1, false, false, VERIFIED },
	{ "guest_interrupt", 1, false, false, VERIFIED },
	{ "guest_off", 1, false, false, VERIFIED },
	{ "guest_off", 1, false, false, VERIFIED },
	{ "guest_off", 1, false, true, VERIFIED },
	{ "register_vcpu", 1, false, true, VERIFIED },
	{ "set_boot_info", 1, false, true, VERIFIED },
	{ "remap_vm_image", 1, false, true, VERIFIED },
	{ "ioremap", 1, false, true, VERIFIED },
	{ "verify_vm_image", 1, false, true, VERIFIED },
	{ "smmu_alloc", 1, false, true, VERIFIED },
	{ "smmu_map", 1, false, true, VERIFIED },
	{ "smmu_clear", 1, false, true, VERIFIED },
	{ "decrypt_buf", 1, false, true, VERIFIED },
	{ "load_crypt_vcpu", 1, false, true, VERIFIED },
	{ "register_kvm", 1, false, false, VERIFIED },
	{ "register_kvm", 1, false, false, VERIFIED },
	{ "smmu_map", 2, false, true, POWEROFF },
	{ "smmu_map", 2, false, true, POWEROFF },
	{ "smmu_map", 2, false, false, READY },
	{ "smmu_map", 2, false, false, READY },
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

/* A vCPU that could run, for the first time or again. */
static bool has_vcpu(const struct kit_cpu *k, vmid_t vmid, bool fresh)
{
	u64 ran = board_get(&clash_of(k)->ran[vmid]);

	for (u32 i = 0; i < CLASH_VCPUS; i++)
		if (clash_vcpu_state(k, vmid, i) == READY && !(fresh && ran >> i & 1))
			return true;
	return false;
}

static bool is_guests(const struct kit *kit, const struct plan *p)
{
	return kit->op[clash_op_named(kit, p->op)]->mode == KIT_GUEST;
}

static bool fits(const struct kit_cpu *k, vmid_t vmid, const struct plan *p)
{
	u32 bank;

	if (vmid > k->kit->runnable || clash_vm_state(k, vmid) != p->state)
		return false;
	if (p->state != VERIFIED)
		return clash_has_bank(k, vmid, &bank) && (p->state == READY || clash_runs(k, vmid));
	return has_vcpu(k, vmid, p->fresh) || (!p->fresh && clash_runs(k, vmid));
}

/* A VM that the plan can be about, mostly one with a bank, becomes the focus'. */
static bool find_focus(struct kit_cpu *k, struct rng *r, const struct plan *p)
{
	u32 bank;

	for (u32 i = 0; i < VM_TRIES; i++) {
		clash_look_around(k, r);
		if (fits(k, clash_focus(k)->vmid, p) &&
		    (i + 2 >= VM_TRIES || clash_has_bank(k, clash_focus(k)->vmid, &bank))) {
			clash_find_bank(k, r);
			return true;
		}
	}
	return false;
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

void clash_end_begins(struct kit_cpu *k, struct rng *r)
{
	struct clash *s = clash_of(k);
	u64 done = 0, none = 0;

	if (board_get(&s->goal))
		return;
	for (u32 i = 0; i < k->kit->cpus; i++)
		done += board_get(&s->cpu[i].ops);
	if (done <= s->ops * k->kit->cpus)
		return;
	(void)board_cas(&s->goal, &none,
	                goal_word(k, s->dates && k->kit->cpus > 1 ? find_plan(k, r) : 0));
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

static bool posts(struct kit_cpu *k, struct rng *r, u32 plan, struct operation *op)
{
	const struct plan *p = &plans[plan];
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	if (!is_one(k, is_guests(k->kit, p)))
		return becomes(k, r, op);
	/* What is posted halts the machine, but for the first run of a vCPU, which must go on. */
	own->reckless = !p->fresh;
	if (!take(k, r, p->op, op)) {
		own->reckless = false;
		return passes_time(k, r, op);
	}
	board_add(&clash_of(k)->planned[plan], 1);
	if (k->op->hvc == HVC_REGISTER_KVM)
		return clash_post_vm(k, r, op);
	return clash_post(k, r, op, k->kit->cpus - 1, LIST_VM, p->part);
}

static bool comes(struct kit_cpu *k, struct rng *r, u32 plan, struct operation *op)
{
	if (!is_one(k, plans[plan].guests))
		return becomes(k, r, op);
	for (u32 i = 0; i < RESTS; i++) {
		if (clash_keep_date(k, r, op))
			return true;
		share_rest(k->c);
	}
	return passes_time(k, r, op);
}

bool clash_end(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];
	u64 w = board_get(&clash_of(k)->goal);
	u32 plan;

	if (own->end_steps >= STEPS)
		return false;
	plan = read_goal(w, clash_focus(k));
	if (plan == 0)
		return false;
	own->end_steps++;
	own->reckless = false;
	return (w >> G_CPU & 0xff) == k->id ? posts(k, r, plan - 1, op) : comes(k, r, plan - 1, op);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What is taken from a VM: nothing runs in it any more, and no device of it reaches what others get.  [spec X2, X3] */
#include "oracle/check/check_if.h"
#include "oracle/check/known.h"
#include "sim/base/addr.h"
#include "sim/log/mark_arg.h"

/**
 * struct runner - who a CPU runs, as its entries and exits say, whatever state the vCPU has
 * @vmid, @vcpuid: @vmid HOSTVISOR: the host
 */
struct runner {
	u64 vmid, vcpuid;
};

/**
 * struct reclaim
 * @runs:   [cpu] until the exit in which the vCPU becomes inactive: from there on its state alone says who may take what
 * @before: who entered the core last
 */
struct reclaim {
	struct runner runs[MAX_CPU], before[MAX_CPU];
};

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct reclaim *r = own;
	struct runner *runs = &r->runs[e->cpu], *before = &r->before[e->cpu];
	const u64 *a = e->args;

	if (e->kind == MARK_ENTER) {
		KEEP(j, *before);
		*before = (struct runner){ .vmid = HOSTVISOR };
		if (a[0] == MV_ENTRY_EXIT)
			*before = (struct runner){ .vmid = a[2], .vcpuid = a[3] };
	} else if (e->kind == MARK_LEAVE) {
		KEEP(j, *runs);
		*runs = *before;
		if (e->n > 0)
			*runs = (struct runner){ .vmid = a[0] ? HOSTVISOR : a[2], .vcpuid = a[3] };
	}
}

static bool ends_run(u64 op)
{
	return op == OP_set_vcpu_inactive;
}

static void op_begins(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct runner *runs = &((struct reclaim *)own)->runs[cpu];

	if (o->arg[0] != runs->vmid || o->arg[1] != runs->vcpuid)
		return;
	KEEP(j, *runs);
	runs->vmid = HOSTVISOR;
}

static u64 state_of(const struct world *w, u64 vmid)
{
	return world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0);
}

/**
 * struct running - a vCPU that runs
 * @cpu: where, as the marks of its CPU say; MAX_CPU: its state says so
 */
struct running {
	u64 vcpuid;
	u32 cpu;
};

/* Does a vCPU of the VM run, by its state or by the marks of its CPU? */
static bool does_run(const struct judge *j, const struct reclaim *r, u64 vmid, struct running *out)
{
	for (u32 i = 0; i < MAX_CPU; i++) {
		if (world_value(j->world, INFO_ID + (lk_t)vmid, F_INFO_vm_vcpu_state, i) != ACTIVE)
			continue;
		*out = (struct running){ .vcpuid = i, .cpu = MAX_CPU };
		return true;
	}
	for (u32 i = 0; i < MAX_CPU; i++) {
		if (r->runs[i].vmid != vmid)
			continue;
		*out = (struct running){ .vcpuid = r->runs[i].vcpuid, .cpu = i };
		return true;
	}
	return false;
}

/* What is taken from VM @vmid, which runs, in words. */
static void facts_taken(struct facts *f, const struct world *w, u64 vmid, const struct change *c,
                        const struct running *runs)
{
	unsigned long long vcpuid = runs->vcpuid;
	char who[32];

	if (c->kind == CH_PAGE) {
		facts_page_was(f, w, c->at, c->before.page, c->after.page);
	} else {
		facts_add(f, "bank %llu is taken from %s", (unsigned long long)c->at,
		          facts_owner(vmid, who, sizeof(who)));
		facts_value(f, fact_n("bank", c->at));
		facts_value(f, fact_at(fact_was(fact("bank_owner", FACT_OWNER, c->after.v), vmid),
		                       SMMU_ID, F_SMMU_smmu_vmid, c->at));
	}
	if (runs->cpu == MAX_CPU)
		facts_add(f, "; vCPU %llu is active", vcpuid);
	else
		facts_add(f, "; vCPU %llu runs on CPU %u", vcpuid, runs->cpu);
	facts_value(f, fact_n("vcpu", vcpuid));
	if (runs->cpu == MAX_CPU)
		facts_value(f, fact_at(fact("vcpu_state", FACT_STATE, ACTIVE), INFO_ID + (lk_t)vmid,
		                       F_INFO_vm_vcpu_state, vcpuid));
	else
		facts_value(f, fact_n("runs_on_cpu", runs->cpu));
	facts_vm(f, w, vmid);
}

/* X2 */
static void active(struct judge *j, const struct reclaim *r, u64 vmid, const struct change *c)
{
	enum check_row row = c->kind == CH_PAGE ? ROW_RECLAIM_PAGE : ROW_RECLAIM_BANK;
	struct running runs;
	struct facts f;

	if (!check_on(j, CHK_RECLAIM))
		return;
	if (!trusts(j, CHK_RECLAIM, 1ull << (INFO_ID + vmid)))
		return;
	evaluated(j, CHK_RECLAIM);
	if (!does_run(j, r, vmid, &runs))
		return;
	facts_init(&f);
	f.pfn = c->kind == CH_PAGE ? c->at : INVALID64;
	f.by = state_of(j->world, vmid) == POWEROFF ? 1u << KNOWN_OTHER_VCPU : 0;
	if (found_again(j, row, j->at, &f))
		return;
	facts_taken(&f, j->world, vmid, c, &runs);
	found_facts(j, row, j->at, &f);
}

/**
 * struct mappers - the first bank of @vmid that maps a frame
 */
struct mappers {
	const struct world *w;
	u64 vmid, gfn;
	u32 bank;
	bool any;
};

static void is_mapper(void *arg, u16 who, u64 gfn, bool spt)
{
	struct mappers *m = arg;

	if (!spt || m->any || world_value(m->w, SMMU_ID, F_SMMU_smmu_vmid, who) != m->vmid)
		return;
	m->any = true;
	m->bank = who;
	m->gfn = gfn;
}

/* X3 */
static void devices(struct judge *j, u64 vmid, const struct change *c)
{
	struct mappers m = { .w = j->world, .vmid = vmid };
	struct facts f;

	if (!check_on(j, CHK_DEVICES))
		return;
	if (!trusts(j, CHK_DEVICES, 1ull << SMMU_ID | 1ull << SPT_ID))
		return;
	evaluated(j, CHK_DEVICES);
	world_each_mapper(j->world, c->at, is_mapper, &m);
	if (!m.any)
		return;
	facts_init(&f);
	f.pfn = c->at;
	f.bank = m.bank;
	if (state_of(j->world, vmid) == POWEROFF)
		f.by = 1u << KNOWN_DEAD_ENTRIES | 1u << KNOWN_ALLOC_OFF;
	if (found_again(j, ROW_DEVICES, j->at, &f))
		return;
	facts_spt(&f, j->world, m.bank, m.gfn, world_spt(j->world, m.bank, m.gfn));
	facts_add(&f, "; the bank is VM %llu's", (unsigned long long)vmid);
	facts_value(&f, fact_at(fact("bank_owner", FACT_OWNER, vmid), SMMU_ID, F_SMMU_smmu_vmid,
	                        m.bank));
	facts_page(&f, j->world, c->at, c->after.page);
	facts_vm(&f, j->world, vmid);
	found_facts(j, ROW_DEVICES, j->at, &f);
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	u64 was = c->kind == CH_PAGE ? c->before.page.owner : c->before.v;

	(void)s;
	if (c->kind == CH_BANK && is_vm(was) && c->after.v != was) {
		active(j, own, was, c);
	} else if (c->kind == CH_PAGE && is_vm(was) && c->after.page.owner == HOSTVISOR) {
		active(j, own, was, c);
		devices(j, was, c);
	}
}

static const enum check_id also[] = { CHK_DEVICES };

const struct state_check check_reclaim = {
	.id = CHK_RECLAIM,
	.n_also = ARRAY_SIZE(also),
	.also = also,
	.changes = 1 << CH_PAGE | 1 << CH_BANK,
	.bytes = sizeof(struct reclaim),
	.change = change,
	.ops = ends_run,
	.op_begin = op_begins,
	.marks = STATE_MARK(MARK_ENTER) | STATE_MARK(MARK_LEAVE),
	.mark = mark,
};

// SPDX-License-Identifier: GPL-2.0-only
/* What is taken from a VM: nothing runs in it any more, and no device of it reaches what others get.  [spec X2, X3] */
#include "oracle/check/check_if.h"
#include "oracle/check/known.h"
#include "sim/base/addr.h"

static u64 state_of(const struct world *w, u64 vmid)
{
	return world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0);
}

/* X2  @f: what is taken. */
static void active(struct judge *j, u64 vmid, enum check_row row, struct facts *f)
{
	lk_t lk = INFO_ID + (lk_t)vmid;

	if (!check_on(j, CHK_RECLAIM))
		return;
	if (!trusts(j, CHK_RECLAIM, 1ull << lk))
		return;
	evaluated(j, CHK_RECLAIM);
	for (u32 i = 0; i < MAX_CPU; i++) {
		if (world_value(j->world, lk, F_INFO_vm_vcpu_state, i) != ACTIVE)
			continue;
		facts_add(f, "; vCPU %u is active", i);
		facts_vm(f, j->world, vmid);
		f->by = state_of(j->world, vmid) == POWEROFF ? 1u << KNOWN_OTHER_VCPU : 0;
		found_facts(j, row, j->at, f);
		return;
	}
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
	facts_spt(&f, m.bank, m.gfn, world_spt(j->world, m.bank, m.gfn));
	facts_add(&f, "; the bank is VM %llu's", (unsigned long long)vmid);
	facts_page(&f, c->at, c->after.page);
	facts_vm(&f, j->world, vmid);
	if (state_of(j->world, vmid) == POWEROFF)
		f.by = 1u << KNOWN_DEAD_ENTRIES | 1u << KNOWN_ALLOC_OFF;
	found_facts(j, ROW_DEVICES, j->at, &f);
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	u64 was = c->kind == CH_PAGE ? c->before.page.owner : c->before.v;
	struct facts f;
	char who[32];

	(void)own;
	(void)s;
	facts_init(&f);
	if (c->kind == CH_BANK && is_vm(was) && c->after.v != was) {
		facts_add(&f, "bank %llu is taken from %s", (unsigned long long)c->at,
		          facts_owner(was, who, sizeof(who)));
		active(j, was, ROW_RECLAIM_BANK, &f);
	} else if (c->kind == CH_PAGE && is_vm(was) && c->after.page.owner == HOSTVISOR) {
		facts_page(&f, c->at, c->before.page);
		active(j, was, ROW_RECLAIM_PAGE, &f);
		devices(j, was, c);
	}
}

static const enum check_id also[] = { CHK_DEVICES };

const struct state_check check_reclaim = {
	.id = CHK_RECLAIM,
	.n_also = ARRAY_SIZE(also),
	.also = also,
	.changes = 1 << CH_PAGE | 1 << CH_BANK,
	.change = change,
};

// SPDX-License-Identifier: GPL-2.0-only
/* The VMs' stage-2 tables.  [SecurityInvs: vm_iso]  Keys: VM and gfn. */
#include "oracle/check/clause.h"
#include "sim/base/addr.h"

static u64 locks(const struct world *w, u64 key)
{
	lk_t vmid = (lk_t)key_a(key);

	(void)w;
	return LOCK(S2PAGE_ID) | LOCK(NPT_ID + vmid) | LOCK(INFO_ID + vmid);
}

/* Is the VM no further than VERIFIED? */
static bool lives(u64 state)
{
	return state <= VERIFIED;
}

/* S7  A frame that a VM maps which is not powered off is unmanaged, or the VM's own. */
static enum clause_verdict iso(const struct judge *j, u64 key, struct facts *f)
{
	vmid_t vmid = (vmid_t)key_a(key);
	struct maplet m = world_npt(j->world, vmid, key_c(key));
	struct page p = world_page(j->world, m.pfn);

	if (m.pfn == 0 || p.owner == INVALID ||
	    !lives(world_value(j->world, INFO_ID + vmid, F_INFO_vm_state, 0)))
		return CLAUSE_VACUOUS;
	if (p.owner == vmid)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, vmid, key_c(key), m);
	facts_page(f, j->world, m.pfn, p);
	facts_vm(f, j->world, vmid);
	return CLAUSE_BROKEN;
}

/**
 * struct of_vm - the leaves of a VM
 */
struct of_vm {
	struct owed *o;
	u64 vmid;
};

static void owe_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	const struct of_vm *v = arg;

	(void)m;
	for (u32 i = 0; i < n; i++)
		owe(v->o, key3(v->vmid, 0, gfn + i));
}

static void owe_mapper(void *o, u16 who, u64 gfn, bool spt)
{
	if (is_vm(who) && !spt)
		owe(o, key3(who, 0, gfn));
}

static void state_touched(struct owed *o, const struct world *w, const struct change *c)
{
	struct of_vm v = { o, c->who };

	if (!is_vm(c->who) || c->field != F_INFO_vm_state ||
	    lives(c->before.v) == lives(c->after.v))
		return;
	if (lives(c->after.v))
		world_each_leaf(w, c->who, owe_leaf, &v);
	else
		owe_broken(o, key_begins, c->who);
}

static void touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind == CH_VM)
		state_touched(o, w, c);
	else if (c->kind == CH_PAGE)
		world_each_mapper(w, c->at, owe_mapper, o);
	else if (is_vm(c->who))
		for (u32 i = 0; i < c->n; i++)
			owe(o, key3(c->who, 0, c->at + i));
}

static void all(struct owed *o, const struct world *w)
{
	for (u64 vmid = HOSTVISOR + 1; vmid < COREVISOR; vmid++) {
		struct of_vm v = { o, vmid };

		if (lives(world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0)))
			world_each_leaf(w, (vmid_t)vmid, owe_leaf, &v);
	}
}

const struct clause clause_vm_iso = {
	.id = CHK_VM_ISO,
	.row = ROW_VM_ISO,
	.changes = 1 << CH_LEAF | 1 << CH_PAGE | 1 << CH_VM,
	.mappers = true,
	.touched = touched,
	.locks = locks,
	.holds = iso,
	.all = all,
};

/* X4  A block's address is a multiple of its size: hardware takes no other, and the model adds up. */
static enum clause_verdict aligned(const struct judge *j, u64 key, struct facts *f)
{
	vmid_t vmid = (vmid_t)key_a(key);
	struct maplet m = world_npt(j->world, vmid, key_c(key));

	if (m.level != 2)
		return CLAUSE_VACUOUS;
	if (phys_page(m.pte) / PAGE_SIZE % PMD_PAGE_NUM == 0)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, vmid, key_c(key), m);
	f->by = is_vm(vmid) ? 1u << KNOWN_BLOCK : 0;
	return CLAUSE_BROKEN;
}

static u64 locks_npt(const struct world *w, u64 key)
{
	(void)w;
	return LOCK(NPT_ID + key_a(key));
}

/* One key a block: the first of its gfns. */
static void block_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	owe(o, key3(c->who, 0, c->at / PMD_PAGE_NUM * PMD_PAGE_NUM));
}

static void owe_block(void *arg, u64 gfn, u32 n, struct maplet m)
{
	const struct of_vm *v = arg;

	(void)n;
	if (m.level == 2)
		owe(v->o, key3(v->vmid, 0, gfn));
}

static void all_blocks(struct owed *o, const struct world *w)
{
	for (u64 vmid = 0; vmid < N_VMID; vmid++) {
		struct of_vm v = { o, vmid };

		world_each_leaf(w, (vmid_t)vmid, owe_block, &v);
	}
}

const struct clause clause_block_aligned = {
	.id = CHK_BLOCK_ALIGNED,
	.row = ROW_BLOCK_ALIGNED,
	.changes = 1 << CH_LEAF,
	.touched = block_touched,
	.locks = locks_npt,
	.holds = aligned,
	.all = all_blocks,
};
